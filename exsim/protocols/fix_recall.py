"""
Requests of messages that were right, as their answers in a journal show: no more is read of them
than what a request is made of.

Messages with the same tags come over and over. Once one was read whole, others that have the same
tags in the same order are read by its shape, in C; there is none where there is no C, nor for
messages with groups, data, instructions or a way back.
"""

from __future__ import annotations

from collections.abc import Callable
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

_Shapes: Final[Any] = getattr(_fix_recall, "Shapes", None)

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
_NOTHING: Final = (0, "", "", 0, 0, 0, 0, NO_PRICE, "", "", "", "")
"""The values of fields that are not there."""
_NEW: Final = 0
_CANCEL: Final = 1
_REPLACE: Final = 2
_KINDS: Final = {NEW_ORDER: _NEW, CANCEL: _CANCEL, REPLACE: _REPLACE}
_Values = tuple[int, str, str, int, int, int, int, int, str, str, str, str, int, bytes]
"""Those values, then what kind of message it is, and the fields that reports copy."""

_ODD: Final = frozenset((b"43", b"1128", *PARTY_GROUP, *ROUTED, *READ, *DATA_FIELDS))
"""Fields that ask for more than is done here."""
_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_GTD: Final = int(TimeInForce.GTD)
_REPORT: Final = b"\x0135=8\x0134="
_CANCEL_REJECT: Final = b"\x0135=9\x0134="


def is_answer_slowly(raw: bytes) -> bool:
    """Whether a message that was sent is an ExecutionReport(8) or OrderCancelReject(9)."""
    # Not with ``in``, which first tries whether it is given a number.
    return raw.find(_REPORT) >= 0 or raw.find(_CANCEL_REJECT) >= 0


is_answer: Final[Callable[[bytes], bool]] = getattr(_fix_recall, "is_answer", is_answer_slowly)
"""The same, in C where there is that."""


class Recall:
    """
    Reads messages of one session in one version. ``copied`` are the tags that reports copy from
    their order, as they stand there.
    """

    __slots__ = ("_body", "_carry", "_copied", "_read", "_session", "_shapes", "_version")

    def __init__(self, session: str, version: Version, copied: tuple[bytes, ...]) -> None:
        self._session = session
        self._version = version
        self._copied = copied
        self._body = b""
        self._carry = NOTHING
        self._shapes: Any = None if _Shapes is None else _Shapes()
        self._read: Callable[[bytes], object] | None = getattr(self._shapes, "read", None)

    def learn(self, message: FixMessage) -> None:
        """Read others by the shape of a message that made a request, where that can be."""
        msg_type = message.msg_type
        if self._shapes is None or msg_type not in _READ or message.repeated:
            return
        if b"55" not in message.fields or not _ODD.isdisjoint(message.fields):
            return
        fields = [self._field(tag, msg_type, message) for tag in message.parts[::2]]
        self._shapes.learn(fields, (*_NOTHING, _KINDS[msg_type], b""))

    def _field(self, tag: bytes, msg_type: bytes, message: FixMessage) -> tuple[object, ...]:
        kind, slot = _READ[msg_type].get(tag, (_SKIP, -1))
        extra: object = None
        if tag == b"35":
            kind, extra = _SAME, msg_type
        elif kind == _CODE:
            extra = self._version.codes[tag]
        copied = [each for each in self._copied if each in message.fields]
        return (tag + b"=", kind, slot, copied.index(tag) if tag in copied else -1, extra)

    def read(self, raw: bytes, expected: int) -> Recallable | None:
        """The request of a message with this MsgSeqNum; None where it has to be read whole."""
        if self._read is None:
            return None
        found = self._read(raw)
        if found is None:
            return None
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
            kind,
            body,
        ) = cast(_Values, found)
        if seq != expected:
            return None
        carry = NOTHING
        if body:
            if body is not self._body:
                self._body, self._carry = body, Carry(OWNER, body)
            carry = self._carry
        session = self._session
        if kind == _CANCEL:
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
        return terms if kind == _NEW else ReplaceOrder(orig_cl_ord_id, terms, order_id)
