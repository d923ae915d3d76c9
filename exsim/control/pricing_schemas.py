"""
What operations about prices and their sources take: arguments and JSON bodies, as msgspec Structs.

What all of that has in common is said in :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from exsim.control.fields import Cursor, Key, Limit, Moment, Percent, Price, Setting, Span, Word
from exsim.control.inputs import Input

# Arguments: of the path and the query.


class PricesArguments(Input, frozen=True):
    """Prices of a venue; it may be left out when there is just one."""

    venue: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class PriceArguments(Input, frozen=True):
    """The price of one instrument; the venue may be left out when there is just one."""

    symbol: Key
    venue: Key | None = None


class SourcesArguments(Input, frozen=True):
    """The pricing sources of a venue."""

    venue: Key
    after: Cursor | None = None
    limit: Limit = 100


class SourceArguments(Input, frozen=True):
    """One pricing source of a venue."""

    venue: Key
    name: Key


class FactsArguments(Input, frozen=True):
    """An instrument that a pricing source prices: the first one where none is named."""

    venue: Key
    name: Key
    symbol: Key | None = None


class PlotArguments(Input, frozen=True):
    """The same, and what picture of it."""

    venue: Key
    name: Key
    symbol: Key | None = None
    format: Literal["png", "svg"] = "png"


# Bodies.


class NewPrice(Input, frozen=True):
    """What an instrument is worth now."""

    price: Price


class PriceStep(Input, frozen=True):
    """By how much more an instrument is worth now, or less; to the nearest price that may be."""

    by: Price | None = None
    percent: Percent | None = None

    one_of = ("by", "percent")


class PriceRamp(Input, frozen=True):
    """The price that an instrument goes to in even steps, and within which time of the market."""

    price: Price
    within: Span


class PricePoint(Input, frozen=True):
    """What an instrument is worth from a time of the market on, or so long after now."""

    price: Price
    at: Moment | None = None
    after: Span | None = None

    one_of = ("at", "after")


class PriceSchedule(Input, frozen=True):
    """What an instrument is worth, from which time on; in any order. None: no plans any more."""

    points: Annotated[list[PricePoint], Meta(max_length=1000)]


class SourceChange(Input, frozen=True):
    """Keys of a pricing source, and what they are from its next step on, as in an ini file."""

    parameters: Annotated[dict[Word, Setting], Meta(min_length=1, max_length=64)]


class Told(Input, frozen=True):
    """
    What a feed tells of an instrument, by its symbol there: best bid, best ask, last price or what
    it is worth. What is left out is as it was.
    """

    symbol: Key
    bid: Price | None = None
    ask: Price | None = None
    last: Price | None = None


class Feeding(Input, frozen=True):
    """What a source is told from outside, and how the connection is that it comes by."""

    prices: Annotated[list[Told], Meta(max_length=10_000)] = []
    link: Literal["up", "down"] | None = None
