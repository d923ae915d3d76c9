"""What OUCH 5.0 and 4.2 have in common in their codes, and why they refuse."""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError
from exsim.model.amounts import UNIT
from exsim.model.codes import Liquidity, Reason, Side, TimeInForce
from exsim.model.requests import NO_PRICE

OWNER: Final = "ouch"
"""Owner of the carries made here."""

ENTER: Final = b"O"
REPLACE: Final = b"U"
CANCEL: Final = b"X"
MODIFY: Final = b"M"

DAY: Final = 86_400_000_000_000
"""Nanoseconds in a day."""
MOST_SHARES: Final = 999_999
MOST_SECONDS: Final = 86_399
MARKET_PRICES: Final = frozenset((2_000_000_000, 0x7FFF_FFFF))
"""Prices that stand for none, in units of 10^-4: $200,000.0000 in 5.0, $214,748.3647 in 4.2."""
MOST_PRICE: Final = 1_999_999_900
PRICE_UNIT: Final = 10_000
"""Units of 10^-8 in one of a price."""

SIDES: Final = {
    b"B": int(Side.BUY),
    b"S": int(Side.SELL),
    b"T": int(Side.SELL_SHORT),
    b"E": int(Side.SELL_SHORT_EXEMPT),
}
SIDE_CODES: Final = {number: code for code, number in SIDES.items()}
CROSSES: Final = {
    b"O": int(TimeInForce.AT_OPENING),
    b"C": int(TimeInForce.AT_CLOSE),
    b"H": int(TimeInForce.GOOD_FOR_AUCTION),
}
"""Times in force of orders for a cross; that of others says the message."""
CONTINUOUS: Final = b"N"

LIQUIDITY: Final = {
    int(Liquidity.NONE): b"R",
    int(Liquidity.ADDED): b"A",
    int(Liquidity.REMOVED): b"R",
    int(Liquidity.AUCTION): b"H",
    int(Liquidity.OPENING_AUCTION): b"O",
    int(Liquidity.CLOSING_AUCTION): b"C",
}

CANCEL_REASONS: Final = {
    Reason.NO_LIQUIDITY.value: b"I",
    Reason.SELF_TRADE.value: b"Q",
    Reason.POST_ONLY.value: b"F",
    Reason.BAND.value: b"K",
    Reason.SHORT_SALE.value: b"D",
    Reason.CLOSED.value: b"E",
}
"""Reasons of a Canceled, by the text of the report."""

SYMBOL: Final = "symbol"
CLOSED: Final = "closed"
HALTED: Final = "halted"
QUANTITY: Final = "quantity"
PRICE: Final = "price"
DISPLAY: Final = "display"
SIDE: Final = "side"
CROSS: Final = "cross"
PEG: Final = "peg"
MAX_FLOOR: Final = "max floor"
MIN_QTY: Final = "min qty"
ROUTE: Final = "route"
RETAIL: Final = "retail"
MIDPOINT_POST_ONLY: Final = "midpoint post only"
FIRM: Final = "firm"
NOTIONAL: Final = "notional"
CROSSED: Final = "crossed"
KILLED: Final = "killed"
REPLACE_NOT_ALLOWED: Final = "replace"
OTHER: Final = "other"
"""Why an order is refused; each version has its own codes for them."""

REFUSALS: Final = {
    Reason.UNKNOWN_SYMBOL: SYMBOL,
    Reason.CLOSED: CLOSED,
    Reason.QUANTITY: QUANTITY,
    Reason.PRICE: PRICE,
    Reason.TICK: PRICE,
    Reason.BAND: PRICE,
    Reason.NOTIONAL: NOTIONAL,
    Reason.POST_ONLY: CROSSED,
    Reason.ACCOUNT: FIRM,
    Reason.NOT_ALLOWED: FIRM,
    Reason.KILLED: KILLED,
}


class Unfit(RemoteError):
    """An order that cannot be; ``why`` is one of the reasons above."""

    def __init__(self, why: str) -> None:
        super().__init__(f"refused: {why}")
        self.why = why


def refusal(reason: Reason | None, text: str) -> str:
    """Why an order was refused."""
    if reason is Reason.CLOSED and "halt" in text:
        return HALTED
    return OTHER if reason is None else REFUSALS.get(reason, OTHER)


def shares(qty: int) -> int:
    """A quantity in units of 10^-8 as whole shares that fit in a message."""
    return min(max(qty // UNIT, 0), 0xFFFF_FFFF)


def since_midnight(time: int) -> int:
    """Nanoseconds since midnight UTC."""
    return time % DAY


def check_price(price: int) -> int:
    """
    A price of a message in units of 10^-8, NO_PRICE for the one that stands for a market order.

    :raises Unfit: when it is too high, or none.
    """
    if 0 < price <= MOST_PRICE:
        return price * PRICE_UNIT
    if price in MARKET_PRICES:
        return NO_PRICE
    raise Unfit(PRICE)


def check_shares(count: int) -> int:
    """
    A quantity of a message in units of 10^-8.

    :raises Unfit: when it is none that may be.
    """
    if not 0 < count <= MOST_SHARES:
        raise Unfit(QUANTITY)
    return count * UNIT
