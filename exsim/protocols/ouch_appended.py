"""What an order of OUCH 5.0 asks for by the options that are appended to it."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.instructions import Instructions, Peg, PostOnly
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.protocols import ouch_codes as c
from exsim.wire.layout import BadMessage
from exsim.wire.layouts import ouch50 as m

_GTD: Final = int(TimeInForce.GTD)
_PEGGED: Final = int(OrdType.PEGGED)
_BUY: Final = int(Side.BUY)
_SECOND: Final = 1_000_000_000
_PEGS: Final = {b"P": int(Peg.MARKET), b"M": int(Peg.MID), b"R": int(Peg.PRIMARY)}

Options = dict[int, int | bytes]


def read_appended(order: NewOrder, data: bytes, hidden: bool, now: int) -> None:
    """
    Have an order ask for what is appended to it; ``hidden`` is what its display says, ``now``
    market time.

    :raises exsim.protocols.ouch_codes.Unfit: when that cannot be.
    """
    options: Options = {}
    try:
        for option, value in m.ENTER.elements(data, 0):
            options[option.tag] = value
    except BadMessage:
        raise c.Unfit(c.OTHER) from None
    _check(options)
    firm = options.get(m.FIRM.tag)
    if isinstance(firm, bytes):
        order.account = firm.rstrip(b" ").decode("latin-1")
    extra = Instructions(hidden=hidden)
    asks = _show(order, extra, options) or hidden
    asks = _peg(order, extra, options) or asks
    asks = _discretion(order, extra, options) or asks
    if options.get(m.POST_ONLY.tag) == b"P":
        if extra.peg == Peg.MID:
            raise c.Unfit(c.MIDPOINT_POST_ONLY)
        extra.post_only = int(PostOnly.REPRICE)
        asks = True
    if options.get(m.SHARES_LOCATED.tag) == b"Y":
        extra.located = asks = True
    if order.tif == _GTD:
        extra.expire = now + _seconds(options) * _SECOND
        asks = True
    if asks:
        order.extra = extra


def _check(options: Options) -> None:
    """Refuse what no order here can have."""
    route = options.get(m.ROUTE.tag, b"")
    if isinstance(route, bytes) and route.strip(b" "):
        raise c.Unfit(c.ROUTE)
    handling = options.get(m.HANDLE_INST.tag, b" ")
    if handling in (b"O", b"T", b"Q") or options.get(m.CUSTOMER_TYPE.tag) == b"R":
        raise c.Unfit(c.RETAIL)
    if handling != b" " or options.get(m.USER_REF_IDX.tag, 0) != 0:
        raise c.Unfit(c.OTHER)


def _show(order: NewOrder, extra: Instructions, options: Options) -> bool:
    """How much of it is shown, and the least that it trades."""
    least, most = _number(options, m.MIN_QTY.tag), _number(options, m.MAX_FLOOR.tag)
    reserves = _number(options, m.RANDOM_RESERVES.tag)
    extra.min_qty = least * UNIT
    if extra.min_qty > order.qty:
        raise c.Unfit(c.MIN_QTY)
    if reserves and not most:
        raise c.Unfit(c.MAX_FLOOR)
    if most and most * UNIT < order.qty:
        if extra.hidden:
            raise c.Unfit(c.MAX_FLOOR)
        extra.display = most * UNIT
        extra.display_high = (most + reserves) * UNIT if reserves else 0
    return bool(least or extra.display)


def _peg(order: NewOrder, extra: Instructions, options: Options) -> bool:
    """What its price follows."""
    kind = options.get(m.PRICE_TYPE.tag, b"L")
    if kind in (b"L", b" "):
        return False
    if not isinstance(kind, bytes) or kind not in _PEGS:
        raise c.Unfit(c.PEG)
    order.ord_type = _PEGGED
    extra.peg = _PEGS[kind]
    extra.peg_offset = _number(options, m.PEG_OFFSET.tag) * c.PRICE_UNIT
    return True


def _discretion(order: NewOrder, extra: Instructions, options: Options) -> bool:
    """How much beyond its price it trades."""
    price = _number(options, m.DISCRETION_PRICE.tag)
    if not price:
        return False
    if options.get(m.DISCRETION_PRICE_TYPE.tag, b"L") != b"L" or order.price == NO_PRICE:
        raise c.Unfit(c.PEG)
    more = price * c.PRICE_UNIT - order.price
    extra.discretion = more if order.side == _BUY else -more
    if extra.discretion < 0:
        raise c.Unfit(c.PRICE)
    return True


def _seconds(options: Options) -> int:
    seconds = _number(options, m.EXPIRE_TIME.tag)
    if not 0 < seconds <= c.MOST_SECONDS:
        raise c.Unfit(c.OTHER)
    return seconds


def _number(options: Options, tag: int) -> int:
    value = options.get(tag, 0)
    return value if isinstance(value, int) else 0
