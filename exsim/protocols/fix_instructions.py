"""
What an order asks for besides its side, quantity and price: fields of FIX to instructions.

This is read only where a message has one of :data:`READ`, or a type or time in force that is not
one of the plainest; all other orders never come here.

What a version has no field or no code for is given under the tag plus 20,000, in the codes of
FIX.5.0SP2 and in words of exsim's own, and takes the place of the field: see
:data:`~exsim.protocols.fix_given.OWN_FIELDS`.
"""

from __future__ import annotations

from typing import Final

from exsim.model.codes import PREVIOUSLY_QUOTED, OrdType, Side, TimeInForce
from exsim.model.instructions import Instructions, Peg, PostOnly, Trigger
from exsim.model.requests import NO_PRICE
from exsim.protocols.fix_given import OWN_FIELDS, Given, missing, unsupported
from exsim.protocols.fix_links import read_link
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_versions import VERSIONS, Version
from exsim.wire.fix import parse_utc_timestamp
from exsim.wire.fix_reasons import INCORRECT_FORMAT, TAG_WITHOUT_VALUE, VALUE_INCORRECT

_NEWEST: Final = VERSIONS["FIX.5.0SP2"]
READ: Final = (
    frozenset(_NEWEST.told)
    | frozenset(b"97 152 432 2362 48 114 5700".split())
    | set(OWN_FIELDS.values())
)
"""Tags that make a message ask for something."""

_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_STOP: Final = int(OrdType.STOP)
_STOP_LIMIT: Final = int(OrdType.STOP_LIMIT)
_MARKET_IF_TOUCHED: Final = int(OrdType.MARKET_IF_TOUCHED)
_LIMIT_IF_TOUCHED: Final = int(OrdType.LIMIT_IF_TOUCHED)
_MARKET_TO_LIMIT: Final = int(OrdType.MARKET_TO_LIMIT)
_PEGGED: Final = int(OrdType.PEGGED)
_DAY: Final = int(TimeInForce.DAY)
_GTD: Final = int(TimeInForce.GTD)
_AT_CLOSE: Final = int(TimeInForce.AT_CLOSE)
_BUY: Final = int(Side.BUY)
_SELL_SHORT: Final = int(Side.SELL_SHORT)

_MARKET_ON_CLOSE: Final = 5
_ON_CLOSE: Final = ord("A")
_LIMIT_ON_CLOSE: Final = ord("B")
_TRIGGERED: Final = frozenset((_STOP, _STOP_LIMIT, _MARKET_IF_TOUCHED, _LIMIT_IF_TOUCHED))
_WITH_LIMIT: Final = frozenset((_LIMIT, _STOP_LIMIT, _LIMIT_IF_TOUCHED))
_WITHOUT_PRICE: Final = frozenset((_MARKET, _STOP, _MARKET_IF_TOUCHED, _MARKET_TO_LIMIT))

_OWN_ORD_TYPES: Final = {**_NEWEST.codes[b"40"], b"T": _LIMIT_IF_TOUCHED}
_HIDDEN: Final = b"hidden"
_REPRICE: Final = b"reprice"

# ExecInst(18); the numbers of pegs are those of PegPriceType(1094), known to the venue or not
_POST_ONLY: Final = b"6"
_ALL_OR_NONE: Final = b"G"
_ON_HALT: Final = b"K"
_NOT_BEST: Final = b"Z"
_ON_CONNECTION_LOSS: Final = b"o"
_TRAILING: Final = b"a"
_PEGS: Final = {
    b"L": 1,
    b"M": int(Peg.MID),
    b"O": 3,
    b"P": int(Peg.MARKET),
    b"R": int(Peg.PRIMARY),
    b"T": 6,
    b"W": 7,
    b"d": 9,
}
_TRAILING_PEG: Final = 8  # PegPriceType(1094)
_TRIGGERS: Final = {int(trigger): int(trigger) for trigger in Trigger}
_OTHER_TRIGGERS: Final = {b"1103": b"55", b"1104": b"48", b"1105": b"22"}
_PERCENT_TYPES: Final = {1: 100, 4: 1}  # PegOffsetType(836): so many make one hundredth
_UNDISCLOSED: Final = 4
_RANDOM: Final = 3
_NEW: Final = 2
DAY_LENGTH: Final = 86_400_000_000_000
_NOTHING: Final = Instructions().state()


class Asked:
    """What an order comes to: its terms, and ``told``, what its reports give back of them."""

    __slots__ = ("extra", "ord_type", "price", "tif", "told")

    def __init__(self, ord_type: int, tif: int, price: int) -> None:
        self.ord_type: int = ord_type
        self.tif: int = tif
        self.price: int = price
        self.extra: Instructions | None = None
        self.told: bytes = b""


def read(
    fields: dict[bytes, bytes],
    version: Version,
    side: int,
    ord_type: int,
    tif: int,
    price: int,
) -> Asked:
    """
    What an order asks for.

    :param ord_type: the number of the code of OrdType(40), ``tif`` that of TimeInForce(59);
        ``price`` is the Price(44) or ``NO_PRICE``.
    :raises Refused: when a value is malformed, or contradicts another.
    :raises RefusedBusiness: when one is missing that the others need, or cannot be done.
    """
    given = Given(fields, version)
    asked = Asked(ord_type, tif, price)
    extra = Instructions()
    _read_type(given, asked)
    trailing = _read_exec_inst(given, extra)
    _read_trigger(given, asked, extra, side == _BUY)
    _read_peg(given, asked, extra, trailing)
    _read_quantities(given, extra)
    _read_cash(given, extra)
    _read_discretion(given, extra)
    _read_expiry(given, asked, extra)
    read_link(fields, version, extra)
    extra.resent = fields.get(b"97") == b"Y"
    found = given.tag(b"2362")
    if found:
        extra.group = fields[found].decode("utf-8", "replace")
    if side == _SELL_SHORT:
        extra.located = fields.get(b"114") == b"N" or bool(fields.get(b"5700"))
    if ord_type == PREVIOUSLY_QUOTED:
        if not fields.get(b"117"):
            raise missing(b"117")
        extra.quote_id = fields[b"117"].decode("utf-8", "replace")
    _check(asked, extra)
    if extra.state() != _NOTHING:
        asked.extra = extra
    asked.told = _told(given, asked, ord_type, tif)
    return asked


def _read_type(given: Given, asked: Asked) -> None:
    """The types "on close" are market and limit orders at the close."""
    own = OWN_FIELDS[b"40"]
    if own in given.fields:
        number = _OWN_ORD_TYPES.get(given.fields[given.tag(b"40")])
        if number is None:
            raise Refused(VALUE_INCORRECT, own)
        asked.ord_type = number
    if OWN_FIELDS[b"59"] in given.fields:
        asked.tif = given.code(b"59")
    if asked.ord_type in (_MARKET_ON_CLOSE, _ON_CLOSE, _LIMIT_ON_CLOSE):
        if asked.tif not in (_DAY, _AT_CLOSE):
            raise Refused(VALUE_INCORRECT, b"59")
        limit = asked.ord_type == _LIMIT_ON_CLOSE or (
            asked.ord_type == _ON_CLOSE and asked.price != NO_PRICE
        )
        asked.ord_type = _LIMIT if limit else _MARKET
        asked.tif = _AT_CLOSE


def _read_exec_inst(given: Given, extra: Instructions) -> bool:
    """ExecInst(18): several codes, with spaces between; whether it asks for a trailing stop."""
    trailing = False
    for tag in (b"18", OWN_FIELDS[b"18"]):
        value = given.fields.get(tag)
        if value is None:
            continue
        if not value:
            raise Refused(TAG_WITHOUT_VALUE, tag)
        codes = given.version.codes[b"18"] if tag == b"18" else _NEWEST.codes[b"18"]
        for code in value.split(b" "):
            if tag != b"18" and code == _HIDDEN:
                extra.hidden = True
            elif tag != b"18" and code == _REPRICE:
                extra.post_only = int(PostOnly.REPRICE)
            elif code not in codes:
                raise Refused(VALUE_INCORRECT, tag)
            elif code == _POST_ONLY:
                extra.post_only = extra.post_only or int(PostOnly.REJECT)
            elif code == _ALL_OR_NONE:
                extra.all_or_none = True
            elif code == _ON_HALT:
                extra.cancel_on_halt = True
            elif code == _NOT_BEST:
                extra.only_best = True
            elif code == _ON_CONNECTION_LOSS:
                extra.cancel_on_disconnect = True
            elif code == _TRAILING:
                trailing = True
            elif code in _PEGS:
                if extra.peg and extra.peg != _PEGS[code]:
                    raise Refused(VALUE_INCORRECT, tag)
                extra.peg = _PEGS[code]
    return trailing


def _read_trigger(given: Given, asked: Asked, extra: Instructions, buy: bool) -> None:
    """
    StopPx(99), or the block of TriggerType(1100), which makes a stop of a market or limit order.

    With a direction that is away from the market's it is an if-touched order instead.
    """
    extra.stop_px = given.amount(b"99")
    price_type = given.only(b"1107", *_TRIGGERS)
    if price_type >= 0:
        extra.trigger = _TRIGGERS[price_type]
    if not given.tag(b"1100"):
        return
    given.only(b"1100", 4)
    given.only(b"1101", 1)
    for tag, own in _OTHER_TRIGGERS.items():
        if tag in given.fields and given.fields[tag] != given.fields.get(own):
            raise unsupported(tag, given.fields[tag])
    if b"1110" in given.fields:
        raise unsupported(b"1110", given.fields[b"1110"])
    if extra.stop_px == NO_PRICE:
        extra.stop_px = given.amount(b"1102")
        if extra.stop_px == NO_PRICE:
            raise missing(b"1102")
    if asked.ord_type in (_MARKET, _LIMIT):
        direction = given.code(b"1109")
        if direction < 0:
            raise missing(b"1109")
        stop = (direction == ord("U")) == buy
        if asked.ord_type == _MARKET:
            asked.ord_type = _STOP if stop else _MARKET_IF_TOUCHED
        else:
            asked.ord_type = _STOP_LIMIT if stop else _LIMIT_IF_TOUCHED


def _read_peg(given: Given, asked: Asked, extra: Instructions, trailing: bool) -> None:
    """PegInstructions; a trailing stop may be given as a pegged order, or as a stop."""
    peg = given.code(b"1094")
    if peg == _TRAILING_PEG:
        trailing = True
    elif peg >= 0:
        if extra.peg and extra.peg != peg:
            raise Refused(VALUE_INCORRECT, b"1094")
        extra.peg = peg
    offset = given.amount(b"211")
    given.only(b"835", 0)
    given.only(b"838", 2)
    if trailing:
        if asked.ord_type == _PEGGED:
            asked.ord_type = _STOP if asked.price == NO_PRICE else _STOP_LIMIT
        if asked.ord_type not in (_STOP, _STOP_LIMIT):
            raise Refused(VALUE_INCORRECT, b"40")
        if offset == NO_PRICE or not offset:
            raise missing(b"211")
        kind = given.only(b"836", 0, *_PERCENT_TYPES)
        extra.peg = 0
        if kind in _PERCENT_TYPES:
            extra.trail_percent = abs(offset) // _PERCENT_TYPES[kind]
        else:
            extra.trail = abs(offset)
    elif asked.ord_type == _PEGGED:
        given.only(b"836", 0)
        if not extra.peg:
            raise missing(b"1094" if given.version.codes[b"1094"] else b"18")
        extra.peg_offset = 0 if offset == NO_PRICE else offset
    else:
        extra.peg = 0  # as FIX has it, such a code means something for pegged orders alone


def _read_quantities(given: Given, extra: Instructions) -> None:
    """MinQty(110); DisplayQty(1138), MaxFloor(111) or MaxShow(210), and how that is shown again."""
    extra.min_qty = max(given.quantity(b"110"), 0)
    display = given.quantity(b"1138")
    if display < 0:
        display = given.quantity(b"111")
    if display < 0:
        display = given.quantity(b"210")
    extra.display = max(display, 0)
    method = given.code(b"1084")
    if display == 0 or method == _UNDISCLOSED:
        extra.hidden = True
        extra.display = 0
    given.only(b"1083", 2)
    refresh = given.quantity(b"1088")
    if method == _NEW and refresh >= 0 and refresh != display:
        raise unsupported(b"1088", given.fields[b"1088"])
    low, high = given.quantity(b"1085"), given.quantity(b"1086")
    if method == _RANDOM or (method < 0 and high >= 0):
        if high < 0:
            raise missing(b"1086")
        extra.display = low if low > 0 else extra.display
        if high < extra.display:
            raise Refused(VALUE_INCORRECT, given.tag(b"1086"))
        extra.display_high = high


def _read_cash(given: Given, extra: Instructions) -> None:
    """CashOrderQty(152), in Currency(15), where there is no OrderQty(38)."""
    fields = given.fields
    if b"38" in fields or b"152" not in fields:
        return
    cash = given.amount(b"152")
    if cash <= 0:
        raise Refused(VALUE_INCORRECT, b"152")
    extra.cash = cash
    extra.cash_in = fields.get(b"15", b"").decode("utf-8", "replace")


def _read_discretion(given: Given, extra: Instructions) -> None:
    """DiscretionInst(388) and its offset, which is beyond the price whatever its sign is."""
    inst, offset = given.code(b"388"), given.amount(b"389")
    if inst < 0 and offset == NO_PRICE:
        return
    if inst < 0:
        raise missing(b"388")
    if offset == NO_PRICE:
        raise missing(b"389")
    given.only(b"388", 0)
    given.only(b"842", 0)
    extra.discretion = abs(offset)


def _read_expiry(given: Given, asked: Asked, extra: Instructions) -> None:
    """ExpireTime(126), or ExpireDate(432), with which an order good till date ends."""
    time = day = 0
    if given.tag(b"126"):
        time = _time(given.fields[b"126"], b"126")
    if given.tag(b"432"):
        day = _time(given.fields[b"432"] + b"-00:00:00", b"432") // DAY_LENGTH
    if asked.tif == _GTD:
        extra.expire = time
        extra.expire_day = 0 if time else day
        if not time and not day:
            raise missing(b"126")


def _time(value: bytes, tag: bytes) -> int:
    try:
        return parse_utc_timestamp(value)
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None


def _check(asked: Asked, extra: Instructions) -> None:
    """What the type of an order needs, and what it has no use for."""
    ord_type = asked.ord_type
    if ord_type not in _TRIGGERED:
        extra.stop_px = NO_PRICE
    elif extra.stop_px == NO_PRICE and not (extra.trail or extra.trail_percent):
        raise missing(b"99")
    if ord_type in _WITHOUT_PRICE:
        asked.price = NO_PRICE
    elif asked.price == NO_PRICE and ord_type in _WITH_LIMIT:
        raise missing(b"44")


def _told(given: Given, asked: Asked, ord_type: int, tif: int) -> bytes:
    """The fields as they came; OrdType and TimeInForce come first where they came otherwise."""
    fields = given.fields
    told = b""
    if asked.ord_type != ord_type or asked.tif != tif:
        told = b"40=" + fields[b"40"] + b"\x0159=" + (fields.get(b"59") or b"0") + b"\x01"
    for tag in given.version.told:
        value = fields.get(tag)
        if value:
            told += tag + b"=" + value + b"\x01"
    for tag in OWN_FIELDS.values():
        value = fields.get(tag)
        if value:
            told += tag + b"=" + value + b"\x01"
    return told
