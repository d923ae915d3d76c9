"""
FIX messages to requests: bytes in, :mod:`exsim.model.requests` out.

Checked here is what a request is made of: the fields that its version requires, and the form and
code of each value read. Codes that the venue does not know are passed on for it to refuse. Text
is UTF-8, so that reports give back the very bytes that came.
"""

from __future__ import annotations

import re
from typing import Final

from exsim.errors import RemoteError
from exsim.model.codes import OrdType
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    ReplaceOrder,
    Request,
)
from exsim.protocols.fix_carry import NOTHING, Carrier, routing_only
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_versions import (
    BUSINESS_IDS,
    CANCEL,
    CONDITIONALLY_REQUIRED,
    NEW_ORDER,
    REPLACE,
    STATUS,
    Version,
)
from exsim.wire.fix import FixMessage, amount, parse_utc_timestamp
from exsim.wire.fix_reasons import (
    INCORRECT_FORMAT,
    INVALID_MSG_TYPE,
    REQUIRED_TAG_MISSING,
    TAG_WITHOUT_VALUE,
    VALUE_INCORRECT,
)

_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_OTHER: Final = 0  # BusinessRejectReason(380)

_ALWAYS_READ: Final = {
    NEW_ORDER: frozenset(b"11 38 40 54 55".split()),
    REPLACE: frozenset(b"11 38 40 54 55".split()),
    CANCEL: frozenset(b"11 54".split()),
    STATUS: frozenset((b"54",)),
}
"""Fields whose absence shows as they are read; any other required one is looked for."""

# What a fault is looked for in: fields with codes, fields of another form, and fields of which
# one is required under a condition.
_CODED: Final = {
    NEW_ORDER: tuple(b"40 54 59 21".split()),
    REPLACE: tuple(b"40 54 59 21".split()),
    CANCEL: (b"54",),
    STATUS: (b"54",),
}
_TEXT: Final = tuple(b"11 37 41 55".split())
_CONDITIONAL: Final = {
    NEW_ORDER: ((b"55",), (b"38",)),
    REPLACE: ((b"41", b"37"), (b"55",), (b"38",)),
    CANCEL: ((b"41", b"37"),),
    STATUS: ((b"11", b"37"),),
}


_MOST_RUNS: Final = 512
_LONGEST_RUN: Final = 512  # bytes

_plain_time: Final = re.compile(
    rb"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])-(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?"
).fullmatch
"""Recognises most times at a quarter of the cost of reading them."""


class Requests:
    """
    Maps the application messages of one session in one version.

    A message is read as if it were right; only where that fails is it searched for what is wrong
    with it. ``echo_tags`` are fields that reports copy from their order besides those that the
    version says.
    """

    __slots__ = (
        "_also_required",
        "_carrier",
        "_hand_insts",
        "_map_orders",
        "_ord_types",
        "_plain",
        "_session",
        "_sides",
        "_time",
        "_times_in_force",
        "version",
    )

    def __init__(
        self,
        session: str,
        version: Version,
        echo_tags: tuple[bytes, ...] = (),
        map_orders: bool = True,
    ) -> None:
        self.version = version
        self._map_orders = map_orders
        self._session = session
        self._carrier = Carrier(version.carried + echo_tags)
        # By MsgType and tags, of messages that have all required ones: whether they are plain.
        self._plain: dict[bytes, dict[bytes, bool]] = {NEW_ORDER: {}, REPLACE: {}}
        self._time: bytes | None = None  # the last TransactTime that was right
        self._sides = version.codes[b"54"]
        self._ord_types = version.codes[b"40"]
        self._times_in_force = version.codes[b"59"]
        self._hand_insts = version.codes[b"21"]
        self._also_required: dict[bytes, tuple[bytes, ...]] = {
            msg_type: tuple(tag for tag in tags if tag not in _ALWAYS_READ[msg_type])
            for msg_type, tags in version.required.items()
        }

    def request(self, message: FixMessage) -> Request:
        """
        The request that a message makes.

        :raises Refused: when the message is malformed: a field is missing or has a wrong value.
        :raises RefusedBusiness: when it lacks a field that is required under a condition, or asks
            for what there is no request for.
        """
        msg_type = message.msg_type
        if not self._map_orders:
            return self._other(message)
        try:
            if msg_type == NEW_ORDER:
                return self._terms(message)
            if msg_type == CANCEL:
                return self._cancel(message)
            if msg_type == REPLACE:
                return self._replace(message)
            if msg_type == STATUS:
                return self._status(message)
        except (KeyError, ValueError):
            raise _fault(message, self.version) from None
        return self._other(message)

    def _terms(self, message: FixMessage) -> NewOrder:
        """What NewOrderSingle(D) and OrderCancelReplaceRequest(G) have in common."""
        fields = message.fields
        plain = self._plain[message.msg_type].get(message.run)
        if plain is None:
            plain = self._look_at(message)
        ord_type = self._ord_types[fields[b"40"]]
        price = NO_PRICE
        if b"44" in fields:
            price = amount(fields[b"44"])
            if ord_type == _MARKET:
                price = NO_PRICE
        elif ord_type == _LIMIT:
            raise ValueError
        time = fields.get(b"60")
        if time is not None and time != self._time:
            self._check_time(time)
        if b"21" in fields:
            self._hand_insts[fields[b"21"]]
        cl_ord_id = fields[b"11"].decode()
        symbol = fields[b"55"].decode()
        if not (cl_ord_id and symbol):
            raise ValueError
        return NewOrder(
            self._session,
            cl_ord_id,
            symbol,
            self._sides[fields[b"54"]],
            ord_type,
            self._times_in_force[fields[b"59"]] if b"59" in fields else 0,
            quantity(fields[b"38"], self.version),
            price,
            fields[b"1"].decode("utf-8", "replace") if b"1" in fields else "",
            fields[b"58"].decode("utf-8", "replace") if b"58" in fields else "",
            NOTHING if plain else self._carrier.carry(message),
            message.raw,
        )

    def _look_at(self, message: FixMessage) -> bool:
        """
        Whether a message of these tags brings nothing that reports copy; that is remembered.

        :raises KeyError: when one lacks a field that is required.
        """
        for tag in self._also_required[message.msg_type]:
            message.fields[tag]
        plain = self._carrier.brings_nothing(message)
        if len(message.run) <= _LONGEST_RUN:
            known = self._plain[message.msg_type]
            if len(known) >= _MOST_RUNS:
                known.clear()
            known[message.run] = plain
        return plain

    def _check_time(self, time: bytes) -> None:
        if _plain_time(time) is None:
            parse_utc_timestamp(time)
        self._time = time

    def _replace(self, message: FixMessage) -> ReplaceOrder:
        orig_cl_ord_id, order_id = _order_ids(message.fields, b"41")
        return ReplaceOrder(orig_cl_ord_id, self._terms(message), order_id)

    def _cancel(self, message: FixMessage) -> CancelOrder:
        fields = message.fields
        for tag in self._also_required[CANCEL]:
            fields[tag]
        orig_cl_ord_id, order_id = _order_ids(fields, b"41")
        if b"60" in fields and _plain_time(fields[b"60"]) is None:
            parse_utc_timestamp(fields[b"60"])
        if b"38" in fields:
            quantity(fields[b"38"], self.version)
        if b"125" in self._also_required[CANCEL]:
            self._check_cancel_type(fields[b"125"])
        return CancelOrder(
            self._session,
            _text(fields[b"11"]),
            orig_cl_ord_id,
            order_id,
            _text(fields[b"55"]) if b"55" in fields else "",
            self._sides[fields[b"54"]],
            fields[b"1"].decode("utf-8", "replace") if b"1" in fields else "",
            self._carrier.carry(message),
            message.raw,
        )

    def _check_cancel_type(self, cancel_type: bytes) -> None:
        """CxlType(125), in FIX.4.0 alone: all that is left (F), or a part of it (P)."""
        if self.version.codes[b"125"][cancel_type] != ord("F"):
            text = "CxlType (125) P is not supported: replace the order to reduce it"
            raise RefusedBusiness(_OTHER, text)

    def _status(self, message: FixMessage) -> OrderStatusQuery:
        fields = message.fields
        for tag in self._also_required[STATUS]:
            fields[tag]
        cl_ord_id, order_id = _order_ids(fields, b"11")
        return OrderStatusQuery(
            self._session,
            cl_ord_id,
            order_id,
            _text(fields[b"55"]) if b"55" in fields else "",
            self._sides[fields[b"54"]],
            fields[b"1"].decode("utf-8", "replace") if b"1" in fields else "",
            self._carrier.carry(message),
            message.raw,
        )

    def _other(self, message: FixMessage) -> OtherMessage:
        msg_type = message.msg_type
        if msg_type not in self.version.messages and not msg_type.startswith(b"U"):
            raise Refused(INVALID_MSG_TYPE)
        return OtherMessage(
            self._session,
            msg_type.decode("utf-8", "replace"),
            reference(message),
            routing_only(message),
            message.raw,
            message.fields.get(b"11", b"").decode("utf-8", "replace"),
        )


def reference(message: FixMessage) -> str:
    """What a BusinessMessageReject says of a message: MsgSeqNum, and its identifier if any."""
    tag = BUSINESS_IDS.get(message.msg_type)
    value = message.fields.get(tag) if tag is not None else None
    seq = str(message.seq)
    return f"{seq} {value.decode('utf-8', 'replace')}" if value else seq


def quantity(value: bytes, version: Version) -> int:
    """A quantity in units of 10^-8; below FIX.4.2 it is an integer.

    :raises ValueError: when it is none.
    """
    if version.whole_quantities and b"." in value:
        raise ValueError
    return amount(value)


def _text(value: bytes) -> str:
    if not value:
        raise ValueError
    return value.decode()


def _order_ids(fields: dict[bytes, bytes], tag: bytes) -> tuple[str, str]:
    """A ClOrdID and OrderID(37), which may stand in for it from FIX.5.0SP1."""
    cl_ord_id = _text(fields[tag]) if tag in fields else ""
    order_id = _text(fields[b"37"]) if b"37" in fields else ""
    if not cl_ord_id and not order_id:
        raise ValueError
    return cl_ord_id, order_id


def _fault(message: FixMessage, version: Version) -> RemoteError:
    """The first thing that is wrong with a message that could not be read."""
    fields = message.fields
    msg_type = message.msg_type
    for tag in version.required[msg_type]:
        if tag not in fields:
            return Refused(REQUIRED_TAG_MISSING, tag)
    coded = _CODED[msg_type]
    if b"125" in version.required[msg_type]:
        coded += (b"125",)
    for tag in (*coded, *_TEXT, b"38", b"44", b"60"):
        if tag in fields and not fields[tag]:
            return Refused(TAG_WITHOUT_VALUE, tag)
    for tag in coded:
        if tag in fields and fields[tag] not in version.codes[tag]:
            return Refused(VALUE_INCORRECT, tag)
    for tag in (*_TEXT, b"38", b"44", b"60"):
        if tag in fields and not _well_formed(tag, fields[tag], version):
            return Refused(INCORRECT_FORMAT, tag)
    for either in _CONDITIONAL[msg_type]:
        if not any(tag in fields for tag in either):
            return _conditional(either[0])
    return _conditional(b"44")


def _well_formed(tag: bytes, value: bytes, version: Version) -> bool:
    try:
        if tag == b"38":
            quantity(value, version)
        elif tag == b"44":
            amount(value)
        elif tag == b"60":
            parse_utc_timestamp(value)
        else:
            value.decode()
    except ValueError:
        return False
    return True


def _conditional(tag: bytes) -> RefusedBusiness:
    text = f"Conditionally Required Field Missing ({tag.decode()})"
    return RefusedBusiness(CONDITIONALLY_REQUIRED, text)
