"""Who has to hear of every change of orders that depend on each other."""

from __future__ import annotations

from exsim.model.events import Event
from exsim.orders.order import Order
from exsim.orders.watcher import Watcher


class Links(Watcher):
    """
    ``touched`` are orders that changed since their links were last followed; ``waiting`` the
    numbers of those that are not to be in a book until another one triggers them.
    """

    __slots__ = ("touched", "waiting")

    def __init__(self) -> None:
        self.touched: list[Order] = []
        self.waiting: dict[int, bool] = {}

    def rivals(self, number: int) -> tuple[str, bool]:
        """
        What the orders share of which one that trades cancels the others, if this is one of them;
        and whether its first fill does. Empty for none.
        """
        raise NotImplementedError

    def follow(self, now: int, out: list[Event]) -> None:
        """Do to the orders that depend on those touched what their links ask for."""
        raise NotImplementedError
