"""An order as the matching engine is given it, with all that it asks for."""

from __future__ import annotations

from typing import Final

from exsim.errors import Bug
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.instructions import Instructions, Trigger
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE

BUY: Final = int(Side.BUY)
SELL: Final = int(Side.SELL)
#: The sides that rest among the asks.
SELLS: Final = frozenset((SELL, int(Side.SELL_SHORT), int(Side.SELL_SHORT_EXEMPT)))
MARKET: Final = int(OrdType.MARKET)
LIMIT: Final = int(OrdType.LIMIT)
STOP: Final = int(OrdType.STOP)
STOP_LIMIT: Final = int(OrdType.STOP_LIMIT)
IF_TOUCHED: Final = int(OrdType.MARKET_IF_TOUCHED)
LIMIT_IF_TOUCHED: Final = int(OrdType.LIMIT_IF_TOUCHED)
MARKET_TO_LIMIT: Final = int(OrdType.MARKET_TO_LIMIT)
PEGGED: Final = int(OrdType.PEGGED)
DAY: Final = int(TimeInForce.DAY)
IOC: Final = int(TimeInForce.IOC)
FOK: Final = int(TimeInForce.FOK)

NOTHING: Final = Instructions()
"""What an order asks for besides that asks for nothing."""
TYPES: Final = frozenset(int(ord_type) for ord_type in OrdType)

TOUCHED: Final = frozenset((IF_TOUCHED, LIMIT_IF_TOUCHED))
TRIGGERS: Final = tuple(int(trigger) for trigger in Trigger)
#: What a waiting order becomes once it is elected or touched.
ELECTED: Final = {
    STOP: MARKET,
    STOP_LIMIT: LIMIT,
    IF_TOUCHED: MARKET,
    LIMIT_IF_TOUCHED: LIMIT,
}


class Entry:
    """
    A new order, or the terms that a resting one is to have from now.

    ``qty`` is its open quantity. ``price`` is its limit,
    :data:`~exsim.model.requests.NO_PRICE` for none. ``owner`` names whose it is, for self-trade
    prevention; empty where nobody's orders are kept apart from it. ``lmm`` marks an order of a
    lead market maker. Orders with the same ``rivals`` are on the understanding that one of them
    trades: once it is filled, or with its first fill where it says ``at_once``, no other trades
    until it is settled what became of them. ``level`` is where the stop of one that comes back has
    trailed to, :data:`~exsim.model.requests.NO_PRICE` for where it is given.

    :raises exsim.errors.Bug: for a side, an order type or a quantity that no book takes, for a
        stop or a peg that does not say where or to what.
    """

    __slots__ = (
        "at_once",
        "extra",
        "level",
        "lmm",
        "ord_type",
        "order_id",
        "owner",
        "price",
        "qty",
        "rivals",
        "side",
        "tif",
    )

    def __init__(
        self,
        order_id: int,
        side: int,
        ord_type: int,
        tif: int,
        price: int,
        qty: int,
        extra: Instructions | None = None,
        owner: str = "",
        lmm: bool = False,
        rivals: str = "",
        at_once: bool = False,
        level: int = NO_PRICE,
    ) -> None:
        if qty <= 0:
            raise Bug(f"order {order_id}: quantity {qty} must be greater than 0")
        self.order_id = order_id
        self.side = BUY if side == BUY else SELL
        self.ord_type = ord_type
        self.tif = tif
        self.price = price
        self.qty = qty
        self.extra = NOTHING if extra is None else extra
        self.owner = owner
        self.lmm = lmm
        self.rivals = rivals
        self.at_once = at_once
        self.level = level
        if side != BUY and side not in SELLS:
            raise Bug(
                f"order {order_id}: side {side} is neither BUY ({BUY}) nor one of the "
                f"sells {sorted(SELLS)}"
            )
        if ord_type not in TYPES:
            raise Bug(f"order {order_id}: order type {ord_type} is none of {sorted(TYPES)}")
        if ord_type in ELECTED and self.extra.stop_px == NO_PRICE and not self.trails:
            raise Bug(f"order {order_id}: order type {ord_type} needs a stop price or a trail")
        if ord_type in TOUCHED and self.trails:
            raise Bug(f"order {order_id}: order type {ord_type} does not trail, stops do")
        if self.extra.trigger not in TRIGGERS:
            raise Bug(f"order {order_id}: trigger {self.extra.trigger} is none of {TRIGGERS}")
        if ord_type == PEGGED and not self.extra.peg:
            raise Bug(f"order {order_id}: a pegged order needs what it is pegged to")

    @property
    def buys(self) -> bool:
        """Whether it buys."""
        return self.side == BUY

    @property
    def immediate(self) -> bool:
        """Whether it trades at once or not at all."""
        return self.tif == IOC or self.tif == FOK

    @property
    def stop(self) -> int:
        """Where its stop is as it begins to wait."""
        return self.extra.stop_px if self.level == NO_PRICE else self.level

    @property
    def trails(self) -> bool:
        """Whether its stop follows the market."""
        return self.extra.trail > 0 or self.extra.trail_percent > 0

    def altered(self, ord_type: int, price: int, qty: int) -> Entry:
        """The same with another order type, price and open quantity."""
        return Entry(
            self.order_id,
            self.side,
            ord_type,
            self.tif,
            price,
            qty,
            self.extra,
            self.owner,
            self.lmm,
            self.rivals,
            self.at_once,
        )

    def alike(self, other: Entry) -> bool:
        """Whether another asks for the same besides price and quantity while it rests."""
        mine, its = self.extra, other.extra
        return (
            (mine.display, mine.display_high) == (its.display, its.display_high)
            and (mine.hidden, mine.all_or_none) == (its.hidden, its.all_or_none)
            and (mine.peg, mine.peg_offset) == (its.peg, its.peg_offset)
            and (mine.discretion, mine.only_best) == (its.discretion, its.only_best)
        )

    def state(self) -> Plain:
        """The values that make it, in the order of its parameters."""
        extra = None if self.extra is NOTHING else self.extra.state()
        return [
            self.order_id,
            self.side,
            self.ord_type,
            self.tif,
            self.price,
            self.qty,
            extra,
            self.owner,
            self.lmm,
            self.rivals,
            self.at_once,
        ]


def entry_of(plain: Plain) -> Entry:
    """The entry of plain values."""
    order_id, side, ord_type, tif, price, qty, extra, owner, lmm, rivals, at_once = plain
    asked = None if extra is None else Instructions(*extra)
    return Entry(order_id, side, ord_type, tif, price, qty, asked, owner, lmm, rivals, at_once)
