"""
What operations about prices and pricing sources answer, as msgspec Structs.

What all of that has in common is said in :mod:`exsim.control.results`.
"""

from __future__ import annotations

from exsim.control.fields import Amount, Time
from exsim.control.results import Output


class InstrumentPrice(Output, frozen=True):
    """
    What an instrument is worth; null when it has no price. ``source`` is the pricing source that
    says so, null where none does; ``since`` the time of the market at which that was new, null
    where it is so from the start.
    """

    venue: str
    symbol: str
    price: Amount | None
    source: str | None = None
    since: Time | None = None


class PriceChange(Output, frozen=True):
    """
    What an instrument was worth from a time of the market on; by which entry of the journal, 0
    where that was since the day began.
    """

    time: Time
    price: Amount
    seq: int


class PriceHistory(Output, frozen=True):
    """The newest changes of what an instrument is worth, oldest first."""

    venue: str
    symbol: str
    changes: list[PriceChange]


class PricingSource(Output, frozen=True):
    """
    A pricing source of a venue: its kind, whether it goes on, and what is wrong where it failed.

    ``due`` is the time of the market at which it moves next, null where it does not;
    ``parameters`` are its keys, as in an ini file; ``symbols`` the instruments that it prices.
    ``link`` is how the connection is that prices from outside come by, empty where nobody said;
    ``outages`` are the instruments of which nothing was told for too long. ``relation`` is what the
    prices of a follower are to those of the other venue now, empty for all other sources.
    """

    venue: str
    name: str
    source: str
    running: bool
    trouble: str
    due: Time | None
    parameters: dict[str, str]
    symbols: list[str]
    link: str = ""
    outages: list[str] = []
    relation: str = ""


class StylisedFact(Output, frozen=True):
    """
    A number that tells what a market is like, null where too little was seen of it; how much was
    ``seen``, ``of`` what; and what real markets have, by which study.
    """

    name: str
    title: str
    value: float | None
    seen: int
    of: str
    reference: str
    source: str


class MarketFacts(Output, frozen=True):
    """
    What the market of an instrument was like between two times of it: as far back as what was seen
    is kept. ``every`` says how often its book is looked at, null where that is not done.
    """

    venue: str
    name: str
    symbol: str
    begin: Time
    end: Time
    every: str | None
    facts: list[StylisedFact]
