"""
A book that is too simple to be wrong: the oracle of the matching engine.

It has the API of :class:`exsim.engine.book.Book`, keeps one list of resting orders in the order
of their arrival, and scans and sorts all of it for every question.
"""

from __future__ import annotations

from collections.abc import Iterator

from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.trades import BookEvent, Dropped, Traded


class NaiveOrder:
    """A resting order."""

    def __init__(self, order_id: int, buys: bool, price: int, qty: int) -> None:
        self.order_id = order_id
        self.buys = buys
        self.price = price
        self.qty = qty


class NaiveBook:
    """Resting orders, oldest first."""

    def __init__(self) -> None:
        self.resting: list[NaiveOrder] = []

    def enter(
        self,
        order_id: int,
        side: int,
        ord_type: int,
        tif: int,
        price: int,
        qty: int,
        out: list[BookEvent],
    ) -> None:
        """Trade with every order that crosses, best first; rest or drop what is left."""
        buys = side == Side.BUY
        makers = [
            maker
            for maker in self._ranked(not buys)
            if ord_type == OrdType.MARKET
            or (maker.price <= price if buys else maker.price >= price)
        ]
        if tif == TimeInForce.FOK and sum(maker.qty for maker in makers) < qty:
            makers = []
        for maker in makers:
            traded = min(maker.qty, qty)
            if traded:
                out.append(Traded(maker.order_id, order_id, maker.price, traded))
            maker.qty -= traded
            qty -= traded
        self.resting = [order for order in self.resting if order.qty]
        immediate = tif in (TimeInForce.IOC, TimeInForce.FOK) or ord_type == OrdType.MARKET
        if qty and immediate:
            out.append(Dropped(order_id, qty))
        elif qty:
            self.resting.append(NaiveOrder(order_id, buys, price, qty))

    def cancel(self, order_id: int) -> int:
        """Take an order out."""
        qty = self.open_qty(order_id)
        self.resting = [order for order in self.resting if order.order_id != order_id]
        return qty

    def replace(self, order_id: int, price: int, qty: int, out: list[BookEvent]) -> bool:
        """Change an order where it stands, or take it out and enter it again."""
        for order in self.resting:
            if order.order_id == order_id:
                if price == order.price and qty <= order.qty:
                    order.qty = qty
                else:
                    self.cancel(order_id)
                    self.enter(
                        order_id,
                        Side.BUY if order.buys else Side.SELL,
                        OrdType.LIMIT,
                        TimeInForce.DAY,
                        price,
                        qty,
                        out,
                    )
                return True
        return False

    def open_qty(self, order_id: int) -> int:
        """What is open of an order."""
        return sum(order.qty for order in self.resting if order.order_id == order_id)

    def best(self, side: int) -> int | None:
        """The first price of the ranking."""
        return next((price for _, price, _ in self.orders(side)), None)

    def levels(self, side: int, depth: int) -> list[tuple[int, int, int]]:
        """Sums over the ranking, price by price."""
        prices = list(dict.fromkeys(price for _, price, _ in self.orders(side)))
        quantities = [[q for _, p, q in self.orders(side) if p == price] for price in prices]
        levels = [(price, sum(qs), len(qs)) for price, qs in zip(prices, quantities, strict=True)]
        return levels[:depth] if depth else levels

    def orders(self, side: int) -> Iterator[tuple[int, int, int]]:
        """The ranking."""
        return ((o.order_id, o.price, o.qty) for o in self._ranked(side == Side.BUY))

    def __len__(self) -> int:
        return len(self.resting)

    def _ranked(self, buys: bool) -> list[NaiveOrder]:
        # Sorting is stable: at one price the oldest stays first.
        return sorted(
            (order for order in self.resting if order.buys == buys),
            key=lambda order: -order.price if buys else order.price,
        )
