"""Small verified stand-ins for what the parts of exsim are given."""

from __future__ import annotations

import random
from collections.abc import Sequence

from zope.interface import implementer

from exsim.interfaces import IView, Random
from exsim.model.requests import Request
from exsim.model.settings import Instrument


@implementer(IView)
class FakeView:
    """A venue that knows what it is told; ``message`` is behind every request."""

    def __init__(
        self,
        *instruments: Instrument,
        seed: int = 1,
        message: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.random: Random = random.Random(seed)
        self.message = message
        self.header: set[tuple[str, str | None]] = set()
        self.logged_on = 1
        self.prices: dict[str, int] = {}
        self.bests: dict[tuple[str, int], int] = {}
        self._instruments = {each.symbol: each for each in instruments}

    def instrument(self, symbol: str) -> Instrument | None:
        """One of those given."""
        return self._instruments.get(symbol)

    def price(self, symbol: str, now: int) -> int | None:
        """What ``prices`` says."""
        return self.prices.get(symbol)

    def best(self, symbol: str, side: int) -> int | None:
        """What ``bests`` says."""
        return self.bests.get((symbol, side))

    def fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """The message."""
        return self.message

    def matches(
        self, request: Request, msg_type: str | None, fields: Sequence[tuple[str, str | None]]
    ) -> bool:
        """By the message and ``header``."""
        known = {*self.message, *self.header}
        return msg_type in (None, dict(self.message).get("35")) and all(
            field in known for field in fields
        )

    def logons(self, session: str) -> int:
        """What ``logged_on`` says."""
        return self.logged_on
