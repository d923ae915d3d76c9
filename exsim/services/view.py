"""What a policy sees of its venue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from zope.interface import implementer

from exsim.dispatch.venue import Venue
from exsim.interfaces import IView, Random
from exsim.model.requests import Request
from exsim.model.settings import Instrument


class Messages(Protocol):
    """Knows the messages behind requests, and their senders: the exchange does."""

    def fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """See :meth:`exsim.interfaces.IView.fields`."""

    def matches(
        self, request: Request, msg_type: str | None, fields: Sequence[tuple[str, str | None]]
    ) -> bool:
        """See :meth:`exsim.interfaces.IView.matches`."""

    def logons(self, session: str) -> int:
        """See :meth:`exsim.interfaces.IView.logons`."""


@implementer(IView)
class View:
    """The view of one policy: the venue's data, and randomness of its own."""

    def __init__(self, venue: Venue, random: Random, messages: Messages) -> None:
        self.random = random
        self._venue = venue
        self.fields = messages.fields
        self.matches = messages.matches
        self.logons = messages.logons

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
