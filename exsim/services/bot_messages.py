"""How what bots ask for is read: entries of their own kind, in tags and values of FIX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from zope.interface import implementer

from exsim.interfaces import IMessages
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.messages import Description, FieldView
from exsim.model.vocabulary import UNKNOWN

_TYPE: Final = "35"
_TYPES: Final = {
    "D": "NewOrderSingle",
    "F": "OrderCancelRequest",
    "G": "OrderCancelReplaceRequest",
}
_NAMES: Final = {
    "11": "ClOrdID",
    "18": "ExecInst",
    "38": "OrderQty",
    "40": "OrdType",
    "41": "OrigClOrdID",
    "44": "Price",
    "54": "Side",
    "55": "Symbol",
    "59": "TimeInForce",
    "99": "StopPx",
    "1138": "DisplayQty",
}
_CODES: Final = {"40": OrdType, "54": Side, "59": TimeInForce}


def _pairs(data: bytes) -> Iterator[tuple[str, str]]:
    for field in data.decode("utf-8", "replace").split("\x01"):
        tag, _, value = field.partition("=")
        yield tag, value


def _meaning(tag: str, value: str) -> str:
    codes = _CODES.get(tag)
    number = int(value) if value.isdigit() else ord(value[:1] or "\0")
    return "" if codes is None or number not in codes.__members__.values() else codes(number).name


@implementer(IMessages)
class BotMessages:
    """Reads them; see :class:`exsim.interfaces.IMessages`."""

    vocabulary = UNKNOWN

    def describe(self, session: str, data: bytes) -> Description:
        """What was asked for, with names."""
        kind, fields = "", []
        for tag, value in _pairs(data):
            if tag == _TYPE:
                kind = value
            else:
                fields.append(FieldView(tag, _NAMES.get(tag, ""), value, _meaning(tag, value)))
        return Description(kind, _TYPES.get(kind, ""), tuple(fields))

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether it is of a type, and has all these fields, by tag or name."""
        there = dict(_pairs(data))
        if msg_type not in (None, there.get(_TYPE)):
            return False
        there.update({_NAMES[tag]: value for tag, value in there.items() if tag in _NAMES})
        return all(key in there and value in (None, there[key]) for key, value in fields)

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """The values of the fields with a tag."""
        if tag == "name":
            return [self.describe(session, data).name]
        return [value for key, value in _pairs(data) if key == tag]

    def masked(self, session: str, data: bytes) -> bytes:
        """It as it is: there are no passwords in it."""
        return data

    def text(self, session: str, data: bytes) -> str:
        """It as one line."""
        return data.decode("utf-8", "replace").replace("\x01", "|")

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """It as pairs."""
        return tuple(_pairs(data))
