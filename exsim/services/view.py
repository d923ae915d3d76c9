"""What a policy sees of its venue."""

from __future__ import annotations

from collections.abc import Callable

from zope.interface import implementer

from exsim.dispatch.venue import Venue
from exsim.interfaces import IView, Random
from exsim.model.requests import Request
from exsim.model.settings import Instrument

MessageFields = Callable[[Request], tuple[tuple[str, str], ...]]


@implementer(IView)
class View:
    """The view of one policy: the venue's data, and randomness of its own."""

    def __init__(self, venue: Venue, random: Random, fields: MessageFields) -> None:
        self.random = random
        self._venue = venue
        self._fields = fields

    def instrument(self, symbol: str) -> Instrument | None:
        """The instrument, or None when the venue has none of that symbol."""
        return self._venue.instruments.get(symbol)

    def price(self, symbol: str, now: int) -> int | None:
        """What the venue's pricing source says, units of 10^-8, or None."""
        return self._venue.price(symbol, now)

    def best(self, symbol: str, side: int) -> int | None:
        """The best resting price of a side, units of 10^-8, or None."""
        if symbol not in self._venue.instruments:
            return None
        return self._venue.engine.book(symbol).best(side)

    def fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """The message behind a request: its type and body as (tag, value) pairs, in order."""
        return self._fields(request)
