"""What a matching engine says: who traded with whom, and what did not come to rest."""

from __future__ import annotations

from exsim.model.codes import Reason


class Traded:
    """A trade between a resting order (maker) and an incoming one (taker), at the maker's price."""

    __slots__ = ("maker_id", "price", "qty", "taker_id")

    def __init__(self, maker_id: int, taker_id: int, price: int, qty: int) -> None:
        self.maker_id = maker_id
        self.taker_id = taker_id
        self.price = price
        self.qty = qty

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Traded)
            and self.maker_id == other.maker_id
            and self.taker_id == other.taker_id
            and self.price == other.price
            and self.qty == other.qty
        )

    def __repr__(self) -> str:
        return (
            f"Traded(maker_id={self.maker_id}, taker_id={self.taker_id}, "
            f"price={self.price}, qty={self.qty})"
        )


class Dropped:
    """
    The open rest ``qty`` of an order that does not rest, or not any more.

    ``why`` is NO_LIQUIDITY for what is left of an IOC, FOK or market order. ``prevented`` are
    quantity and price of the trade that self-trade prevention kept it from.
    """

    __slots__ = ("order_id", "prevented", "qty", "why")

    def __init__(
        self,
        order_id: int,
        qty: int,
        why: Reason = Reason.NO_LIQUIDITY,
        prevented: tuple[int, int] | None = None,
    ) -> None:
        self.order_id = order_id
        self.qty = qty
        self.why = why
        self.prevented = prevented

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Dropped)
            and self.order_id == other.order_id
            and self.qty == other.qty
            and self.why is other.why
        )

    def __repr__(self) -> str:
        return f"Dropped(order_id={self.order_id}, qty={self.qty}, why={self.why})"


class Reduced:
    """
    ``qty`` of an order was taken off without a trade, as self-trade prevention may do.

    ``prevented`` is as in :class:`Dropped`.
    """

    __slots__ = ("order_id", "prevented", "qty", "why")

    def __init__(
        self, order_id: int, qty: int, why: Reason, prevented: tuple[int, int] | None = None
    ) -> None:
        self.order_id = order_id
        self.qty = qty
        self.why = why
        self.prevented = prevented

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Reduced)
            and self.order_id == other.order_id
            and self.qty == other.qty
            and self.why is other.why
        )

    def __repr__(self) -> str:
        return f"Reduced(order_id={self.order_id}, qty={self.qty}, why={self.why})"


class Triggered:
    """A stop order was elected, or an if-touched order touched: it is in the market from now."""

    __slots__ = ("order_id",)

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Triggered) and self.order_id == other.order_id

    def __repr__(self) -> str:
        return f"Triggered(order_id={self.order_id})"


class Repriced:
    """The price of an order is another from now, by its own instructions (a peg, for one)."""

    __slots__ = ("order_id", "price")

    def __init__(self, order_id: int, price: int) -> None:
        self.order_id = order_id
        self.price = price

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Repriced)
            and self.order_id == other.order_id
            and self.price == other.price
        )

    def __repr__(self) -> str:
        return f"Repriced(order_id={self.order_id}, price={self.price})"


class Refreshed:
    """The next part of an iceberg is displayed, ``shown`` of it, behind all others at its price."""

    __slots__ = ("order_id", "shown")

    def __init__(self, order_id: int, shown: int) -> None:
        self.order_id = order_id
        self.shown = shown

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Refreshed)
            and self.order_id == other.order_id
            and self.shown == other.shown
        )

    def __repr__(self) -> str:
        return f"Refreshed(order_id={self.order_id}, shown={self.shown})"


class Interrupted:
    """
    The book collects from now: this order, which was elected or moved, would have traded too far
    from the last price. It is in the book.
    """

    __slots__ = ("order_id",)

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interrupted) and self.order_id == other.order_id

    def __repr__(self) -> str:
        return f"Interrupted(order_id={self.order_id})"


class LegTrade:
    """What one order traded of its own instrument in a trade of several at once."""

    __slots__ = ("order_id", "price", "qty", "symbol")

    def __init__(self, symbol: str, order_id: int, price: int, qty: int) -> None:
        self.symbol = symbol
        self.order_id = order_id
        self.price = price
        self.qty = qty

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LegTrade)
            and self.symbol == other.symbol
            and self.order_id == other.order_id
            and self.price == other.price
            and self.qty == other.qty
        )

    def __repr__(self) -> str:
        return (
            f"LegTrade(symbol={self.symbol!r}, order_id={self.order_id}, "
            f"price={self.price}, qty={self.qty})"
        )


class Combined:
    """
    An order of a multileg instrument (``spread``) traded with orders of all of its ``legs``.

    ``taker_id`` is the one of them that came last, or that took while it rested.
    """

    __slots__ = ("legs", "spread", "taker_id")

    def __init__(self, taker_id: int, spread: LegTrade, legs: list[LegTrade]) -> None:
        self.taker_id = taker_id
        self.spread = spread
        self.legs = legs

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Combined)
            and self.taker_id == other.taker_id
            and self.spread == other.spread
            and self.legs == other.legs
        )

    def __repr__(self) -> str:
        return f"Combined(taker_id={self.taker_id}, spread={self.spread}, legs={self.legs})"


class InBook:
    """What follows happened in the book of this instrument, up to the next that says so."""

    __slots__ = ("symbol",)

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InBook) and self.symbol == other.symbol

    def __repr__(self) -> str:
        return f"InBook(symbol={self.symbol!r})"


BookEvent = (
    Traded | Dropped | Reduced | Triggered | Repriced | Refreshed | Interrupted | Combined | InBook
)


class Trade:
    """
    A trade on the venue's tape. A fill by a policy or a person has one side only, and
    so has one at an implied price in each of its books (the other
    order id is empty). ``taker_side`` is a :class:`exsim.model.codes.Side`; ``auction`` says that
    it is one of those that ended an auction.
    """

    __slots__ = (
        "auction",
        "maker_order_id",
        "price",
        "qty",
        "symbol",
        "taker_order_id",
        "taker_side",
        "time",
        "trade_id",
    )

    def __init__(
        self,
        trade_id: int,
        time: int,
        symbol: str,
        price: int,
        qty: int,
        maker_order_id: str,
        taker_order_id: str,
        taker_side: int,
        auction: bool = False,
    ) -> None:
        self.trade_id = trade_id
        self.time = time
        self.symbol = symbol
        self.price = price
        self.qty = qty
        self.maker_order_id = maker_order_id
        self.taker_order_id = taker_order_id
        self.taker_side = taker_side
        self.auction = auction

    def revised(self, price: int, qty: int) -> Trade:
        """The same at another price, and of another quantity."""
        number, time, symbol, _, _, *about = self.state()
        return Trade(number, time, symbol, price, qty, *about)  # type: ignore[arg-type]

    def state(self) -> list[int | str]:
        """The values that make it."""
        return [
            self.trade_id,
            self.time,
            self.symbol,
            self.price,
            self.qty,
            self.maker_order_id,
            self.taker_order_id,
            self.taker_side,
            self.auction,
        ]
