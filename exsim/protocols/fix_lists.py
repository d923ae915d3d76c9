"""
Lists of orders: NewOrderList(E), ListExecute(L), ListCancelRequest(K) and ListStatusRequest(M), and
ListStatus(N).

From FIX.4.2 a NewOrderList has all its orders, before it has one of them: there it is read like a
NewOrderSingle that is linked to the others by their ListID(66).
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.instructions import Instructions
from exsim.model.lists import (
    LIST_CANCEL,
    LIST_EXECUTE,
    LIST_STATUS,
    ListedOrder,
    ListQuestion,
    ListState,
    NewList,
)
from exsim.model.requests import Carry, NewOrder, Request
from exsim.protocols.fix_entries import Read, entries, order_of
from exsim.protocols.fix_given import unsupported
from exsim.protocols.fix_links import contingency_of
from exsim.protocols.fix_mass import check, text_of
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_reports import Reports
from exsim.protocols.fix_versions import NEW_ORDER, Version, ord_status
from exsim.wire.fix import FixMessage, parse_utc_timestamp
from exsim.wire.fix_reasons import INCORRECT_FORMAT

NEW_LIST: Final = b"E"
_KINDS: Final = {b"K": LIST_CANCEL, b"L": LIST_EXECUTE, b"M": LIST_STATUS}
TYPES: Final = frozenset((NEW_LIST, *_KINDS))
"""The types of message that are read here."""

_REQUIRED: Final = (b"66", b"68", b"73", b"394")
_REQUIRED_SINGLE: Final = (b"66", b"67", b"68")
_ACK: Final = 1  # ListStatusType(429)
_RESPONSE: Final = 2
_STARTED: Final = 4
_RECEIVED: Final = 2  # for execution
_EXECUTING: Final = 3  # ListOrderStatus(431)
_ALL_DONE: Final = 6
_REJECT: Final = 7


def read(
    message: FixMessage, session: str, version: Version, carry: Carry, ref: str, terms: Read
) -> Request:
    """
    The request of one of :data:`TYPES`.

    :param terms: gives the order of a message.
    :raises Refused: when a field is missing or wrong.
    :raises RefusedBusiness: when it asks for what exsim cannot do.
    """
    if message.msg_type == NEW_LIST:
        if not version.list_of_orders:
            return _single_order(message, version, terms)
        return _new_list(message, session, version, carry, ref, terms)
    fields = message.fields
    check(fields, (b"66",))
    if b"60" in fields:
        try:
            parse_utc_timestamp(fields[b"60"])
        except ValueError:
            raise Refused(INCORRECT_FORMAT, b"60") from None
    kind = _KINDS[message.msg_type]
    msg_type = message.msg_type.decode()
    return ListQuestion(kind, session, text_of(fields, b"66"), msg_type, ref, carry, message.raw)


def _new_list(
    message: FixMessage, session: str, version: Version, carry: Carry, ref: str, terms: Read
) -> NewList:
    fields = message.fields
    check(fields, _REQUIRED)
    for tag, values in ((b"433", (b"1", b"2")), (b"893", (b"Y",))):
        if tag in fields and fields[tag] not in values:  # driven by prices, to be continued
            raise unsupported(tag, fields[tag])
    name = fields[b"66"]
    singles = entries(message, b"73", None)
    if fields[b"68"] != fields[b"73"]:
        raise unsupported(b"68", fields[b"68"])
    orders = [order_of(each, terms, version, b"66=" + name + b"\x01") for each in singles]
    return NewList(
        session,
        text_of(fields, b"66"),
        contingency_of(fields, version, listed=True),
        orders,
        "E",
        ref,
        carry,
        message.raw,
        fields.get(b"433") == b"2",
    )


def _single_order(message: FixMessage, version: Version, terms: Read) -> NewOrder:
    """The order of a NewOrderList before FIX.4.2."""
    fields = message.fields
    check(fields, _REQUIRED_SINGLE)
    single = FixMessage(
        message.raw,
        NEW_ORDER,
        message.parts,
        fields,
        message.seq,
        message.repeated,
        message.run,
        message.empty,
    )
    order = order_of(single, terms, version, b"66=" + fields[b"66"] + b"\x01")
    extra = Instructions() if order.extra is None else order.extra
    extra.link = text_of(fields, b"66")
    extra.contingency = contingency_of(fields, version, listed=True)
    return order.with_extra(extra)


# -- ListStatus


def list_state(event: ListState, reports: Reports) -> tuple[bytes, bytes] | None:
    """MsgType and body of a ListStatus(N); None where the version acknowledges no list."""
    version = reports.version
    if not version.list_of_orders and not event.answer:
        return None
    fields = [(66, event.name), (82, "1"), (83, "1")]
    if version.list_of_orders:
        kind = _STARTED if event.started else _RESPONSE if event.answer else _ACK
        fields[1:1] = [(429, str(kind))]
        fields[3:3] = [(431, str(_order_status(event)))]
        if event.text:
            fields.append((444, event.text.replace("\x01", " ")))
        fields += [(60, reports.time_of(event.time)), (68, str(len(event.orders)))]
    fields.append((73, str(len(event.orders))))
    for order in event.orders:
        fields += _order_fields(order, version)
    return b"N", "".join([f"{tag}={text}\x01" for tag, text in fields]).encode()


def _order_status(event: ListState) -> int:
    if event.reason is not None:
        return _REJECT
    if not event.open:
        return _ALL_DONE
    return _RECEIVED if event.waits else _EXECUTING


def _order_fields(order: ListedOrder, version: Version) -> list[tuple[int, str]]:
    fields = [(11, order.cl_ord_id), (14, format_amount(order.cum))]
    if version.list_of_orders:
        fields.append((39, ord_status(version, order.status)))
    if version.exec_type:
        fields.append((151, format_amount(order.leaves)))
    fields += [(84, format_amount(order.canceled)), (6, format_amount(order.avg))]
    if order.text:
        fields.append((58, order.text.replace("\x01", " ")))
    return fields
