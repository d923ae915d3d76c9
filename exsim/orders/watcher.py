"""Who wants to hear of every change of an order."""

from __future__ import annotations

from exsim.orders.order import Order


class Watcher:
    """Told of each order that :class:`exsim.orders.registry.Orders` reports of."""

    __slots__ = ()

    def changed(self, order: Order) -> None:
        """An order is in a new state, which has been reported."""
        raise NotImplementedError
