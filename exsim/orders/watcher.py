"""Who wants to hear of every change of an order."""

from __future__ import annotations

from exsim.orders.order import Order


class Watcher:
    """Told of each order that :class:`exsim.orders.registry.Orders` reports of."""

    __slots__ = ()

    def changed(self, order: Order) -> None:
        """An order is in a new state, which has been reported."""
        raise NotImplementedError


class Tally:
    """Told of each report by its kind, where somebody counts them."""

    __slots__ = ()

    def reported(self, order: Order, kind: int, now: int) -> None:
        """Something of an order is reported, a :class:`exsim.model.codes.ReportKind`."""
        raise NotImplementedError
