"""
Orders of multileg instruments, from FIX.4.3: NewOrderMultileg(AB) and
MultilegOrderCancelReplace(AC); and reports of fills, which may be told leg by leg.

Either message is a NewOrderSingle, or OrderCancelReplaceRequest, with the legs of its instrument in
the group NoLegs(555). Symbol(55) names a listed instrument; where it is ``[N/A]``, or missing, the
legs do: one has exactly these, or is made, where its venue has ``user_defined = yes``.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import UNIT
from exsim.model.codes import Side
from exsim.model.events import LegFill, Report
from exsim.model.requests import NO_PRICE, NewOrder, ReplaceOrder
from exsim.model.settings import Leg, name_by_legs
from exsim.protocols.fix_entries import Read, apart, single
from exsim.protocols.fix_faults import fault
from exsim.protocols.fix_given import missing, unsupported
from exsim.protocols.fix_mass import check, text_of
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_versions import Version
from exsim.wire.fix import FixMessage, amount
from exsim.wire.fix_reasons import INCORRECT_FORMAT, VALUE_INCORRECT

_NEW: Final = b"AB"
_REPLACE: Final = b"AC"
TYPES: Final = frozenset((_NEW, _REPLACE))
"""The types of message that are read here."""

_REQUIRED: Final = {
    _NEW: (b"11", b"54", b"60", b"40"),
    _REPLACE: (b"41", b"11", b"54", b"60", b"40"),
}
_NO_SYMBOL: Final = b"[N/A]"
_SIDES: Final = {b"1": "buy", b"2": "sell"}
_LEG_FIELDS: Final = frozenset(
    b"600 601 602 603 604 605 606 607 608 764 609 610 611 1212 248 249 250 251 252 253 257 599 596"
    b" 597 598 254 612 942 613 1436 1440 1420 614 615 616 617 618 619 620 621 622 623 624 556 740"
    b" 739 955 956 1017 1358 1528 1594 687 690 682 683 688 689 670 671 672 673 674 1367 675 1366"
    b" 564 565 539 524 525 538 804 545 805 654 566 587 588 686 681 684 676 677 678 679 680 1379"
    b" 1381 1383 1384 637 685 1152".split()
)
"""The fields that an entry of the group may have."""


def read(message: FixMessage, version: Version, terms: Read) -> NewOrder | ReplaceOrder:
    """
    The request of one of :data:`TYPES`.

    :param terms: gives the order of a message.
    :raises Refused: when a field is missing or wrong.
    :raises RefusedBusiness: when it asks for what exsim cannot do.
    """
    fields = message.fields
    check(fields, _REQUIRED[message.msg_type])
    own: list[list[bytes]] = []
    rest = message.parts
    if b"555" in fields:
        own, rest = apart(message, b"555", _LEG_FIELDS)
    named = fields.get(b"55", _NO_SYMBOL) != _NO_SYMBOL or b"48" in fields
    if not named:
        if not own:
            raise missing(b"555")
        name = name_by_legs(tuple([_leg(each) for each in own])).encode()
        rest = [b"55", name, *_without_symbol(rest)]
    alone = single(message, [], rest)
    try:
        order = terms(alone)
    except (KeyError, ValueError):
        raise fault(alone, version) from None
    if message.msg_type == _NEW:
        return order
    return ReplaceOrder(text_of(fields, b"41"), order, text_of(fields, b"37"))


def _without_symbol(parts: list[bytes]) -> list[bytes]:
    """Tags and values but for Symbol(55), which says that there is none."""
    found: list[bytes] = []
    for index in range(0, len(parts) - 1, 2):
        if parts[index] != b"55":
            found += parts[index : index + 2]
    return found


def _leg(parts: list[bytes]) -> Leg:
    """One leg: what it is, which side the buyer of the whole has in it, and how many."""
    fields = dict(zip(parts[::2], parts[1::2], strict=True))
    symbol = text_of(fields, b"600")
    if symbol in ("", _NO_SYMBOL.decode()):
        if b"602" not in fields:
            raise missing(b"600")
        source = text_of(fields, b"603")
        symbol = f"{source}:{text_of(fields, b'602')}" if source else text_of(fields, b"602")
    if b"624" not in fields:
        raise missing(b"624")
    side = _SIDES.get(fields[b"624"])
    if side is None:
        raise unsupported(b"624", fields[b"624"])
    try:
        ratio = amount(fields[b"623"]) if b"623" in fields else UNIT
    except ValueError:
        raise Refused(INCORRECT_FORMAT, b"623") from None
    if ratio <= 0:
        raise Refused(VALUE_INCORRECT, b"623")
    return Leg(symbol, ratio, side)


# -- reports


def kind_field(of_leg: bool) -> bytes:
    """MultiLegReportingType(442): of a leg of a multileg instrument, or of that as a whole."""
    return b"442=2\x01" if of_leg else b"442=3\x01"


def leg_report(report: Report, fill: LegFill, number: int) -> Report:
    """
    The report of what a fill comes to in a leg, the ``number``-th: of its instrument, side and
    price, with quantities by its ratio.
    """
    terms = report.terms
    of_leg = NewOrder(
        terms.session,
        terms.cl_ord_id,
        fill.symbol,
        fill.side if fill.side == int(Side.BUY) else int(Side.SELL),
        terms.ord_type,
        terms.tif,
        _times(terms.qty, fill.ratio),
        NO_PRICE,
        terms.account,
        terms.text,
        terms.carry,
    )
    return Report(
        report.kind,
        report.session,
        of_leg,
        report.order_id,
        f"{report.exec_id}-{number}",
        report.cl_ord_id,
        report.status,
        _times(report.cum, fill.ratio),
        _times(report.leaves, fill.ratio),
        fill.price,
        report.time,
        fill.qty,
        fill.price,
        carry=report.carry,
    )


def _times(qty: int, ratio: int) -> int:
    return qty * ratio // UNIT
