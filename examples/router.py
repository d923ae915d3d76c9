"""
A small smart order router, to show how one is tested at several venues.

It looks at all venues by ``GET /consolidated``, and buys by FIX where that is cheapest with fees.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from order_manager import SocketOrderManager

from exsim.control.consolidated_results import Consolidated, ConsolidatedVenue


class Markets(Protocol):
    """What tells of all venues, such as :class:`exsim.client.Simulator`."""

    def get_consolidated(self, symbol: str) -> Consolidated:
        """All books of an instrument as one."""


class Router:
    """
    Buys at several venues.

    :param markets: tells what there is.
    :param venues: order managers that are logged on, by venue.
    """

    def __init__(self, markets: Markets, venues: Mapping[str, SocketOrderManager]) -> None:
        self._markets = markets
        self._venues = venues

    def buy(self, symbol: str, quantity: int, limit: str) -> list[tuple[str, int]]:
        """Buy at no more than a price, fees apart: where, and how much was bought there."""
        bought: list[tuple[str, int]] = []
        for venue in self._cheapest(symbol, Decimal(limit)):
            assert venue.ask is not None
            wanted = min(quantity, int(Decimal(venue.ask.quantity)))
            filled = self._take(venue, wanted, venue.ask.price)
            if filled:
                bought.append((venue.venue, filled))
                quantity -= filled
            if not quantity:
                break
        return bought

    def _cheapest(self, symbol: str, limit: Decimal) -> list[ConsolidatedVenue]:
        """Venues that offer it at the limit or below and can be trusted, the cheapest first."""
        found = [
            (Decimal(venue.ask.net or venue.ask.price), venue.venue, venue)
            for venue in self._markets.get_consolidated(symbol).venues
            if venue.state == "open" and not venue.stale and venue.ask is not None
            if Decimal(venue.ask.price) <= limit
        ]
        return [venue for _, _, venue in sorted(found, key=lambda each: each[:2])]

    def _take(self, venue: ConsolidatedVenue, quantity: int, price: str) -> int:
        """Buy at one venue what is there at a price; how much that was."""
        manager = self._venues[venue.venue]
        name = manager.buy(venue.symbol, quantity, limit=price)
        if manager.order(name).filled < quantity:
            manager.cancel(name)
        return manager.order(name).filled
