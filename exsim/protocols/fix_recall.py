"""
Requests of messages that were right, as their answers in a journal show: no more is read of them
than what a request is made of.

Messages with the same tags come over and over. Once one was read whole, others that have the same
tags in the same order are read by its shape, in C; there is none where there is no C, nor for
messages with groups, data, instructions or a way back.
"""

from __future__ import annotations

from typing import Any, Final, cast

from exsim.model.carry import Carry
from exsim.model.codes import OrdType, TimeInForce
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder
from exsim.protocols.fix_carry import NOTHING, OWNER, PARTY_GROUP, ROUTED
from exsim.protocols.fix_instructions import READ
from exsim.protocols.fix_versions import CANCEL, NEW_ORDER, REPLACE, Version
from exsim.wire.fix import DATA_FIELDS, FixMessage

try:
    from exsim.protocols import _fix_recall
except ImportError:  # an install of pure Python
    _fix_recall = None  # type: ignore[assignment]

_Shape: Final[Any] = getattr(_fix_recall, "Shape", None)

Recallable = NewOrder | CancelOrder | ReplaceOrder

_SKIP: Final = 0
_SAME: Final = 1
_NUMBER: Final = 2
_TEXT: Final = 3
_LOOSE_TEXT: Final = 4
_AMOUNT: Final = 5
_CODE: Final = 6

_NAMES: Final = {
    b"34": (_NUMBER, 0),
    b"11": (_TEXT, 1),
    b"55": (_TEXT, 2),
    b"54": (_CODE, 3),
    b"1": (_LOOSE_TEXT, 8),
}
_TERMS: Final = {
    **_NAMES,
    b"40": (_CODE, 4),
    b"59": (_CODE, 5),
    b"38": (_AMOUNT, 6),
    b"44": (_AMOUNT, 7),
    b"58": (_LOOSE_TEXT, 9),
}
_FORMER: Final = {b"41": (_TEXT, 10), b"37": (_TEXT, 11)}
_READ: Final = {
    NEW_ORDER: _TERMS,
    CANCEL: {**_NAMES, **_FORMER},
    REPLACE: {**_TERMS, **_FORMER},
}
"""By MsgType the fields that are read: how, and which of the values they are."""
_NOTHING: Final = (0, "", "", 0, 0, 0, 0, NO_PRICE, "", "", "", "", b"")
"""The values of fields that are not there; the last are the fields that reports copy."""
_Values = tuple[int, str, str, int, int, int, int, int, str, str, str, str, bytes]

_ODD: Final = frozenset((b"43", b"1128", *PARTY_GROUP, *ROUTED, *READ, *DATA_FIELDS))
"""Fields that ask for more than is done here."""
_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_GTD: Final = int(TimeInForce.GTD)
_MOST: Final = 16


class Recall:
    """
    Reads messages of one session in one version. ``copied`` are the tags that reports copy from
    their order, as they stand there.
    """

    __slots__ = ("_body", "_carry", "_copied", "_session", "_shapes", "_version")

    def __init__(self, session: str, version: Version, copied: tuple[bytes, ...]) -> None:
        self._session = session
        self._version = version
        self._copied = copied
        self._body = b""
        self._carry = NOTHING
        self._shapes: list[tuple[bytes, Any]] = []

    def learn(self, message: FixMessage) -> None:
        """Read others by the shape of a message that made a request, where that can be."""
        msg_type = message.msg_type
        if _Shape is None or msg_type not in _READ or message.repeated:
            return
        if b"55" not in message.fields or not _ODD.isdisjoint(message.fields):
            return
        if len(self._shapes) >= _MOST:
            self._shapes.clear()
        fields = [self._field(tag, msg_type, message) for tag in message.parts[::2]]
        self._shapes.append((msg_type, _Shape(fields, _NOTHING)))

    def _field(self, tag: bytes, msg_type: bytes, message: FixMessage) -> tuple[object, ...]:
        kind, slot = _READ[msg_type].get(tag, (_SKIP, -1))
        extra: object = None
        if tag == b"35":
            kind, extra = _SAME, msg_type
        elif kind == _CODE:
            extra = self._version.codes[tag]
        copied = [each for each in self._copied if each in message.fields]
        return (tag + b"=", kind, slot, copied.index(tag) if tag in copied else -1, extra)

    def read(self, raw: bytes, seq: int) -> Recallable | None:
        """The request of a message with this MsgSeqNum; None where it has to be read whole."""
        for msg_type, shape in self._shapes:
            found = shape.read(raw)
            if found is not None:
                return self._request(msg_type, cast(_Values, found), raw, seq)
        return None

    def _request(
        self, msg_type: bytes, values: _Values, raw: bytes, expected: int
    ) -> Recallable | None:
        (
            seq,
            cl_ord_id,
            symbol,
            side,
            ord_type,
            tif,
            qty,
            price,
            account,
            text,
            orig_cl_ord_id,
            order_id,
            body,
        ) = values
        if seq != expected:
            return None
        carry = NOTHING
        if body:
            if body is not self._body:
                self._body, self._carry = body, Carry(OWNER, body)
            carry = self._carry
        session = self._session
        if msg_type == CANCEL:
            return CancelOrder(
                session, cl_ord_id, orig_cl_ord_id, order_id, symbol, side, account, carry, raw
            )
        if ord_type > _LIMIT or tif == _GTD or (ord_type == _LIMIT and price == NO_PRICE):
            return None
        if ord_type == _MARKET:
            price = NO_PRICE
        terms = NewOrder(
            session,
            cl_ord_id,
            symbol,
            side,
            ord_type,
            tif,
            qty,
            price,
            account,
            text,
            carry,
            raw,
        )
        return terms if msg_type == NEW_ORDER else ReplaceOrder(orig_cl_ord_id, terms, order_id)
