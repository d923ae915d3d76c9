"""
FIX messages to requests: bytes in, :mod:`exsim.model.requests` out.

Checked here is what a request is made of: the fields that its version requires, and the form and
code of each value read. Codes that the venue does not know are passed on for it to refuse. Text
is UTF-8, so that reports give back the very bytes that came.
"""

from __future__ import annotations

import re
from typing import Final

from exsim.model.codes import OrdType, TimeInForce
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    Carry,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    ReplaceOrder,
    Request,
)
from exsim.protocols.fix_capture import TRADE_ACK, TRADES, read_ack
from exsim.protocols.fix_capture import read as read_trades
from exsim.protocols.fix_carry import NOTHING, OWNER, Carrier, routing_only
from exsim.protocols.fix_crosses import TYPES as CROSS_TYPES
from exsim.protocols.fix_crosses import read as read_cross
from exsim.protocols.fix_faults import fault, quantity
from exsim.protocols.fix_given import OWN_FIELDS
from exsim.protocols.fix_instructions import READ
from exsim.protocols.fix_instructions import read as read_asked
from exsim.protocols.fix_lists import TYPES as LIST_TYPES
from exsim.protocols.fix_lists import read as read_list
from exsim.protocols.fix_market_data import QUERY, check_query
from exsim.protocols.fix_market_data import read as read_query
from exsim.protocols.fix_mass import TYPES as MASS_TYPES
from exsim.protocols.fix_mass import read as read_mass
from exsim.protocols.fix_multileg import TYPES as MULTILEG_TYPES
from exsim.protocols.fix_multileg import read as read_multileg
from exsim.protocols.fix_quotes import TYPES as QUOTE_TYPES
from exsim.protocols.fix_quotes import read as read_quote
from exsim.protocols.fix_recall import Recall
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_securities import TYPES as REFERENCE_TYPES
from exsim.protocols.fix_securities import check_session
from exsim.protocols.fix_securities import read as read_reference
from exsim.protocols.fix_versions import (
    BUSINESS_IDS,
    CANCEL,
    NEW_ORDER,
    REPLACE,
    STATUS,
    Version,
)
from exsim.wire.fix import FixMessage, amount, parse_utc_timestamp
from exsim.wire.fix_reasons import (
    INVALID_MSG_TYPE,
)

_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_GTD: Final = int(TimeInForce.GTD)
_NO_SYMBOL: Final = "[N/A]"
"""A Symbol(55) that says that SecurityID(48) names the instrument."""
_MANY: Final = MASS_TYPES | QUOTE_TYPES | LIST_TYPES | CROSS_TYPES | {TRADES, TRADE_ACK}
_COPIED: Final = 1
_ASKS: Final = 2
_OTHER: Final = 0  # BusinessRejectReason(380)

_ALWAYS_READ: Final = {
    NEW_ORDER: frozenset(b"11 38 40 54".split()),
    REPLACE: frozenset(b"11 38 40 54".split()),
    CANCEL: frozenset(b"11 54".split()),
    STATUS: frozenset((b"54",)),
}
"""Fields whose absence shows as they are read; any other required one is looked for."""

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
    version says. With ``map_orders`` its messages make requests that trade, with ``looks_on`` those
    that ask for market data. ``recall`` reads messages that are known to be right.
    """

    __slots__ = (
        "_also_required",
        "_asks_cancel_type",
        "_brings",
        "_carrier",
        "_hand_insts",
        "_looks_on",
        "_map_orders",
        "_ord_types",
        "_session",
        "_sides",
        "_time",
        "_times_in_force",
        "_trading_session",
        "recall",
        "version",
    )

    def __init__(
        self,
        session: str,
        version: Version,
        echo_tags: tuple[bytes, ...] = (),
        map_orders: bool = True,
        looks_on: bool = False,
        venue: str = "",
    ) -> None:
        self._trading_session = version.trading_session(venue)
        self.version = version
        self._looks_on = looks_on
        self._map_orders = map_orders
        self._session = session
        own = frozenset(version.told) | frozenset(OWN_FIELDS.values())
        echoed = tuple([tag for tag in echo_tags if tag not in own])
        self._carrier = Carrier(version.carried + echoed)
        self.recall = Recall(session, version, self._carrier.tags)
        # By MsgType and tags, of messages that have all required ones: _COPIED, _ASKS, both or 0.
        self._brings: dict[bytes, dict[bytes, int]] = {
            NEW_ORDER: {},
            REPLACE: {},
            CANCEL: {},
        }
        self._time: bytes | None = None  # the last TransactTime that was right
        self._sides = version.codes[b"54"]
        self._ord_types = version.codes[b"40"]
        self._times_in_force = version.codes[b"59"]
        self._hand_insts = version.codes[b"21"]
        self._also_required: dict[bytes, tuple[bytes, ...]] = {
            msg_type: tuple(tag for tag in tags if tag not in _ALWAYS_READ[msg_type])
            for msg_type, tags in version.required.items()
        }
        self._asks_cancel_type = b"125" in self._also_required[CANCEL]

    def request(self, message: FixMessage) -> Request:
        """
        The request that a message makes.

        :raises Refused: when the message is malformed: a field is missing or has a wrong value.
        :raises RefusedBusiness: when it lacks a field that is required under a condition, or asks
            for what there is no request for.
        :raises RefusedAs: when it asks for market data that cannot be.
        """
        msg_type = message.msg_type
        if not self._map_orders:
            if self._looks_on and msg_type in self.version.messages:
                if msg_type == QUERY:
                    check_query(message, self.version, self._trading_session)
                    return read_query(message, self._session, routing_only(message))
                if msg_type in REFERENCE_TYPES:
                    check_session(message, self.version, self._trading_session)
                    return read_reference(message, self._session, routing_only(message))
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
            if msg_type in _MANY and msg_type in self.version.messages:
                return self._many(message)
            if msg_type in MULTILEG_TYPES and msg_type in self.version.messages:
                return read_multileg(message, self.version, self._terms)
        except (KeyError, ValueError):
            raise fault(message, self.version) from None
        return self._other(message)

    def _terms(self, message: FixMessage) -> NewOrder:
        """What NewOrderSingle(D) and OrderCancelReplaceRequest(G) have in common."""
        fields = message.fields
        brings = self._brings[message.msg_type].get(message.run, -1)
        if brings < 0:
            brings = self._look_at(message)
        ord_type = self._ord_types[fields[b"40"]]
        tif = self._times_in_force[fields[b"59"]] if b"59" in fields else 0
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
        symbol = fields[b"55"].decode() if b"55" in fields else _security(fields)
        if not (cl_ord_id and symbol):
            raise ValueError
        account = text = ""
        carry = NOTHING
        special = ord_type > _LIMIT or tif == _GTD
        if brings:  # Account(1) and Text(58) are among what reports copy
            if b"1" in fields:
                account = fields[b"1"].decode("utf-8", "replace")
            if b"58" in fields:
                text = fields[b"58"].decode("utf-8", "replace")
            carry = self._carrier.carry(message)
            special = special or brings >= _ASKS
        order = NewOrder(
            self._session,
            cl_ord_id,
            symbol,
            self._sides[fields[b"54"]],
            ord_type,
            tif,
            quantity(fields[b"38"], self.version) if b"38" in fields else self._no_quantity(fields),
            price,
            account,
            text,
            carry,
            message.raw,
        )
        return self._special(order, fields) if special else order

    def _no_quantity(self, fields: dict[bytes, bytes]) -> int:
        """
        What stands for the OrderQty(38) of an order that has CashOrderQty(152) instead.

        :raises KeyError: when it has not.
        """
        fields[b"152" if self.version.takes_cash else b"38"]
        return 0

    def _special(self, order: NewOrder, fields: dict[bytes, bytes]) -> NewOrder:
        """The order with what it asks for besides."""
        price = amount(fields[b"44"]) if b"44" in fields else NO_PRICE
        asked = read_asked(fields, self.version, order.side, order.ord_type, order.tif, price)
        carry = order.carry
        if asked.told:
            carry = Carry(OWNER, carry.body, carry.routing, asked.told)
        return NewOrder(
            order.session,
            order.cl_ord_id,
            _security(fields) if order.symbol == _NO_SYMBOL else order.symbol,
            order.side,
            asked.ord_type,
            asked.tif,
            order.qty,
            asked.price,
            order.account,
            order.text,
            carry,
            order.raw,
            asked.extra,
        )

    def _look_at(self, message: FixMessage) -> int:
        """
        What messages of these tags bring: something that reports copy, something that they ask
        for, both or nothing; that is remembered.

        :raises KeyError: when one lacks a field that is required.
        """
        for tag in self._also_required[message.msg_type]:
            message.fields[tag]
        brings = 0 if self._carrier.brings_nothing(message) else _COPIED
        if message.msg_type != CANCEL and not message.fields.keys().isdisjoint(READ):
            brings += _ASKS
        if len(message.run) <= _LONGEST_RUN:
            known = self._brings[message.msg_type]
            if len(known) >= _MOST_RUNS:
                known.clear()
            known[message.run] = brings
        return brings

    def _check_time(self, time: bytes) -> None:
        if _plain_time(time) is None:
            parse_utc_timestamp(time)
        self._time = time

    def _replace(self, message: FixMessage) -> ReplaceOrder:
        orig_cl_ord_id, order_id = _order_ids(message.fields, b"41")
        return ReplaceOrder(orig_cl_ord_id, self._terms(message), order_id)

    def _cancel(self, message: FixMessage) -> CancelOrder:
        fields = message.fields
        brings = self._brings[CANCEL].get(message.run, -1)
        if brings < 0:
            brings = self._look_at(message)
        orig_cl_ord_id, order_id = _order_ids(fields, b"41")
        time = fields.get(b"60")
        if time is not None and time != self._time:
            self._check_time(time)
        if b"38" in fields:
            quantity(fields[b"38"], self.version)
        if self._asks_cancel_type:
            self._check_cancel_type(fields[b"125"])
        return CancelOrder(
            self._session,
            _text(fields[b"11"]),
            orig_cl_ord_id,
            order_id,
            _text(fields[b"55"]) if b"55" in fields else "",
            self._sides[fields[b"54"]],
            fields[b"1"].decode("utf-8", "replace") if b"1" in fields else "",
            self._carrier.carry(message) if brings else NOTHING,
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

    def _many(self, message: FixMessage) -> Request:
        """A request about many orders or trades, about one not known, about quotes, of a cross."""
        carry, ref = self._carrier.carry(message), reference(message)
        if message.msg_type == TRADES:
            return read_trades(message, self._session, self.version, carry, ref)
        if message.msg_type == TRADE_ACK:
            return read_ack(message, self._session, carry, ref)
        if message.msg_type in QUOTE_TYPES:
            return read_quote(message, self._session, self.version, carry, ref)
        if message.msg_type in LIST_TYPES or message.msg_type in CROSS_TYPES:
            read = read_list if message.msg_type in LIST_TYPES else read_cross
            back = routing_only(message)
            return read(message, self._session, self.version, back, ref, self._terms)
        return read_mass(message, self._session, self.version, carry, ref)

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


def _security(fields: dict[bytes, bytes]) -> str:
    """
    The instrument that SecurityIDSource(22) and SecurityID(48) name, as venues know it; see
    :meth:`exsim.model.settings.Instrument.identifiers`.

    :raises KeyError: when there is none.
    """
    return f"{_text(fields.get(b'22', b'-'))}:{_text(fields[b'48'])}".removeprefix("-")


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
