"""Another venue as a pricing source sees it that follows its prices: to look at, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exsim.model.settings import Instrument

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


class Leader:
    """
    See :class:`exsim.interfaces.ILeader`. The venue is looked up each time: it may come and go.

    :param source: only what this pricing source of it says; empty for any.
    """

    __slots__ = ("_source", "_venues", "venue")

    def __init__(self, venues: Mapping[str, Venue], venue: str, source: str) -> None:
        self._venues = venues
        self.venue = venue
        self._source = source

    def price(self, symbol: str, at: int) -> int | None:
        """What an instrument was worth there at a time of the market; None where nobody said."""
        venue = self._venues.get(self.venue)
        return None if venue is None else venue.prices.was(symbol, at, self._source)

    def instrument(self, symbol: str) -> Instrument | None:
        """The instrument there; None where there is none."""
        venue = self._venues.get(self.venue)
        return None if venue is None else venue.instruments.get(symbol)
