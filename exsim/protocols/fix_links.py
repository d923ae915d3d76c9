"""
Orders that depend on each other: how FIX says so, and exsim's own fields where it does not.

ContingencyType(1385) is in NewOrderList(E) alone, from FIX.5.0SP1. Before, and for orders that come
one by one, 21385 has its codes, and ``B`` for a bracket; the orders that belong together have the
same 20583, or the ListID(66) of a NewOrderList.
"""

from __future__ import annotations

from typing import Final

from exsim.model.instructions import Instructions
from exsim.model.lists import Contingency
from exsim.protocols.fix_given import OWN_FIELDS, unsupported
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_versions import Version
from exsim.wire.fix_reasons import INCORRECT_FORMAT, TAG_WITHOUT_VALUE, VALUE_INCORRECT

_LINK: Final = OWN_FIELDS[b"583"]
_OWN_CONTINGENCY: Final = OWN_FIELDS[b"1385"]
_CONTINGENCY: Final = b"1385"
_CODES: Final = {
    b"1": int(Contingency.OCO),
    b"2": int(Contingency.OTO),
    b"3": int(Contingency.OUO),
    b"4": int(Contingency.OUO_PROPORTIONAL),
}
_OWN_CODES: Final = {**_CODES, b"B": int(Contingency.BRACKET)}
_CODE_TEXTS: Final = {number: code.decode() for code, number in _OWN_CODES.items()}
_OTHER_CODES: Final = (b"5", b"6")


def contingency_of(fields: dict[bytes, bytes], version: Version, listed: bool) -> int:
    """
    How orders depend on each other; ``listed``: the message is a list.

    :raises Refused: when there is no such code.
    :raises RefusedBusiness: when exsim cannot do it.
    """
    value = fields.get(_OWN_CONTINGENCY)
    tag, codes = _OWN_CONTINGENCY, _OWN_CODES
    if value is None and listed and version.contingency:
        value = fields.get(_CONTINGENCY)
        tag, codes = _CONTINGENCY, _CODES
    if value is None:
        return int(Contingency.NONE)
    if value in _OTHER_CODES and version.contingency:
        raise unsupported(tag, value)
    number = codes.get(value)
    if number is None:
        raise Refused(VALUE_INCORRECT if value else TAG_WITHOUT_VALUE, tag)
    return number


def read_link(fields: dict[bytes, bytes], version: Version, extra: Instructions) -> None:
    """What a single order belongs to."""
    value = fields.get(_LINK)
    if value is None:
        return
    if not value:
        raise Refused(TAG_WITHOUT_VALUE, _LINK)
    try:
        extra.link = value.decode()
    except ValueError:
        raise Refused(INCORRECT_FORMAT, _LINK) from None
    extra.contingency = contingency_of(fields, version, listed=False)


def link_told(extra: Instructions) -> str:
    """The same of an order that came by another way, for its reports."""
    if not extra.link:
        return ""
    link = extra.link.replace("\x01", " ")
    told = f"{_LINK.decode()}={link}\x01"
    code = _CODE_TEXTS.get(extra.contingency)
    return told if code is None else f"{told}{_OWN_CONTINGENCY.decode()}={code}\x01"
