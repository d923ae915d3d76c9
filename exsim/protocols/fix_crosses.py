"""
Crosses, from FIX.4.3: NewOrderCross(s), and what is asked of one that is there (t and u).

There is no answer to a cross as a whole: each of its sides is an order with ExecutionReports(8), or
an OrderCancelReject(9), of its own.
"""

from __future__ import annotations

from typing import Final

from exsim.model.lists import CROSS_CANCEL, CROSS_REPLACE, ChangeCross, NewCross
from exsim.model.requests import CancelOrder, Carry, ReplaceOrder
from exsim.protocols.fix_entries import Read, entries, order_of
from exsim.protocols.fix_given import missing, unsupported
from exsim.protocols.fix_mass import check, side_of, text_of
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_versions import Version
from exsim.wire.fix import FixMessage, parse_utc_timestamp
from exsim.wire.fix_reasons import INCORRECT_FORMAT, REQUIRED_TAG_MISSING, VALUE_INCORRECT

_NEW: Final = b"s"
_REPLACE: Final = b"t"
_CANCEL: Final = b"u"
TYPES: Final = frozenset((_NEW, _REPLACE, _CANCEL))
"""The types of message that are read here."""

_REQUIRED: Final = {
    _NEW: (b"548", b"549", b"550", b"552", b"40", b"60"),
    _REPLACE: (b"548", b"551", b"549", b"550", b"552", b"40", b"60"),
    _CANCEL: (b"548", b"551", b"549", b"550", b"552", b"60"),
}
_CROSS_TYPES: Final = (b"1", b"2", b"3", b"4")
_OTHER_CROSS_TYPES: Final = (b"5", b"6", b"7", b"8", b"9")
_PRIORITIES: Final = (b"0", b"1", b"2")

_SIDE_FIELDS: Final = frozenset(
    b"54 41 11 526 583 586 453 448 447 452 2376 802 523 803 229 75 1 660 581 589 590 591 70 78 79"
    b" 661 736 467 539 524 525 538 804 545 805 80 854 38 152 516 468 469 12 13 479 497 528 529 582"
    b" 121 120 775 58 354 355 77 203 544 635 377 659 962 963 964 1690 1724 1725 1091 2404 2351 2352"
    b" 2362".split()
)
"""The fields that a side may have; any other is the cross's own."""


def read(
    message: FixMessage, session: str, version: Version, carry: Carry, ref: str, terms: Read
) -> NewCross | ChangeCross:
    """
    The request of one of :data:`TYPES`.

    :param terms: gives the order of a message.
    :raises Refused: when a field is missing or wrong.
    :raises RefusedBusiness: when it asks for what exsim cannot do.
    """
    fields = message.fields
    check(fields, _REQUIRED[message.msg_type])
    _check_codes(fields)
    told = b"548=" + fields[b"548"] + b"\x01549=" + fields[b"549"] + b"\x01"
    if b"551" in fields:
        told += b"551=" + fields[b"551"] + b"\x01"
    sides = entries(message, b"552", _SIDE_FIELDS)
    name, msg_type = text_of(fields, b"548"), message.msg_type.decode()
    rest = (msg_type, ref, carry, message.raw)
    if message.msg_type == _NEW:
        orders = [order_of(side, terms, version, told) for side in sides]
        kind, priority = int(fields[b"549"]), int(fields[b"550"])
        return NewCross(session, name, kind, priority, orders, *rest)
    parts: list[CancelOrder | ReplaceOrder] = []
    for side in sides:
        orig = text_of(side.fields, b"41")
        if not orig:
            raise missing(b"41")
        if message.msg_type == _REPLACE:
            parts.append(ReplaceOrder(orig, order_of(side, terms, version, told)))
        else:
            parts.append(_cancel(side, session, orig, version, carry))
    what = CROSS_REPLACE if message.msg_type == _REPLACE else CROSS_CANCEL
    return ChangeCross(what, session, name, parts, *rest)


def _cancel(
    side: FixMessage, session: str, orig: str, version: Version, carry: Carry
) -> CancelOrder:
    fields = side.fields
    check(fields, (b"11", b"54"))
    symbol, account = text_of(fields, b"55"), text_of(fields, b"1")
    number = side_of(fields, version)
    name = text_of(fields, b"11")
    return CancelOrder(session, name, orig, "", symbol, number, account, carry, side.raw)


def _check_codes(fields: dict[bytes, bytes]) -> None:
    """The codes of a cross, and that it has two sides."""
    if fields[b"549"] in _OTHER_CROSS_TYPES:
        raise unsupported(b"549", fields[b"549"])
    for tag, codes in ((b"549", _CROSS_TYPES), (b"550", _PRIORITIES), (b"552", (b"1", b"2"))):
        if fields[tag] not in codes:
            raise Refused(VALUE_INCORRECT, tag)
    if fields[b"552"] == b"1" and b"551" not in fields:
        raise unsupported(b"552", b"1")
    try:
        parse_utc_timestamp(fields[b"60"])
    except ValueError:
        raise Refused(INCORRECT_FORMAT, b"60") from None
    if b"54" not in fields:
        raise Refused(REQUIRED_TAG_MISSING, b"54")
