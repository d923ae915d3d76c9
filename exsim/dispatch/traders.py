"""Who wants to hear of trades in the books of a venue, and may own orders there."""

from __future__ import annotations

from exsim.model.events import Event
from exsim.model.trades import BookEvent


class Traders:
    """Told of what the engine did, after it was booked on the orders."""

    __slots__ = ()

    def traded(self, done: list[BookEvent], symbol: str, now: int, out: list[Event]) -> None:
        """These happened in the book of an instrument."""
        raise NotImplementedError

    def day_over(self, now: int, out: list[Event]) -> None:
        """The day is over, and with it what they have there that is no order."""
        raise NotImplementedError

    def owns(self, number: int) -> bool:
        """Whether an order is one of theirs, and not one that somebody entered as an order."""
        raise NotImplementedError
