"""What the keys of a filter stand for: words of exsim's own, names and tags of fields, codes."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from exsim.filters.fix_names import CODES, FIELDS, MESSAGES, OTHERS
from exsim.filters.seen import folded
from exsim.model.codes import Phase
from exsim.model.messages import Description

TYPE: Final = "type"
NAME: Final = "name"
SESSION: Final = "session"
VENUE: Final = "venue"
ENDPOINT: Final = "endpoint"
DIRECTION: Final = "dir"
TIME: Final = "time"
SEQ: Final = "seq"
RAW: Final = "raw"
EVENT: Final = "event"
FIELD: Final = "field"

NUMBERS: Final = "#"
TIMES: Final = "@"
CODED: Final = "*"
TEXTS: Final = "text"
ANY: Final = "any"
"""What values are; ``ANY`` where nobody knows."""

OWN: Final = {
    "type": TYPE,
    "name": NAME,
    "session": SESSION,
    "venue": VENUE,
    "endpoint": ENDPOINT,
    "dir": DIRECTION,
    "direction": DIRECTION,
    "time": TIME,
    "seq": SEQ,
    "raw": RAW,
    "event": EVENT,
}
"""Keys of what is known of a message besides its fields."""

SHORT: Final = {
    "symbol": "55",
    "side": "54",
    "qty": "38",
    "price": "44",
    "stop": "99",
    "ord_type": "40",
    "tif": "59",
    "account": "1",
    "exec": "150",
    "status": "39",
    "cl_ord_id": "11",
    "orig_cl_ord_id": "41",
    "order_id": "37",
    "exec_id": "17",
    "last_qty": "32",
    "last_px": "31",
    "cum": "14",
    "leaves": "151",
    "avg": "6",
    "reason": "103",
    "text": "58",
    "sender": "49",
    "target": "56",
    "seq_num": "34",
}
"""Short names of the fields that are asked for most, by their tags in FIX."""

ALSO: Final = {
    ("40", "MARKET_TO_LIMIT"): ("K",),
    ("59", "GTC"): ("1",),
    ("59", "AT_OPENING"): ("2",),
    ("59", "AT_CLOSE"): ("7",),
    ("59", "OPG"): ("2",),
    ("59", "IOC"): ("3",),
    ("59", "FOK"): ("4",),
    ("59", "GTD"): ("6",),
    ("59", "ATC"): ("7",),
    ("39", "PARTIAL"): ("1",),
    ("39", "FILL"): ("2",),
    ("39", "CANCELLED"): ("4",),
    ("150", "FILL"): ("1", "2", "F"),
    ("150", "TRADE"): ("1", "2", "F"),
    ("150", "PARTIAL"): ("1", "F1"),
    ("150", "PARTIAL_FILL"): ("1", "F1"),
    ("150", "CANCELLED"): ("4",),
    ("150", "CORRECT"): ("G",),
    ("150", "BUST"): ("H",),
    ("150", "TRIGGERED"): ("L",),
}
"""
Names of codes besides those of FIX. What one version calls a fill others call a trade, and whether
that is a part the status tells: ``F1`` is an ExecType of F with an OrdStatus of 1.
"""
PARTIAL_TRADE: Final = "F1"

ELSEWHERE: Final = {
    "11": ("ordertoken", "userrefnum"),
    "31": ("executionprice",),
    "32": ("executedshares",),
    "37": ("orderreferencenumber", "reference"),
    "38": ("quantity", "shares"),
    "41": ("existingordertoken", "previousordertoken", "origuserrefnum"),
    "53": ("shares",),
    "54": ("buysellindicator",),
    "55": ("stock",),
}
"""What protocols without tags call the fields that FIX has by these."""


class Key:
    """
    What a part of a filter looks at.

    ``kind`` is one of :data:`OWN` or :data:`FIELD`; ``tag`` the tag of a field, empty for one that
    only its ``names`` (folded) are known of; ``values`` says what its values are, such as
    :data:`NUMBERS`; ``codes`` has the codes by their folded names, where all are known. ``text``
    is the key as it was written.
    """

    __slots__ = ("codes", "kind", "names", "tag", "text", "values")

    def __init__(
        self,
        text: str,
        kind: str,
        tag: str = "",
        names: tuple[str, ...] = (),
        values: str = ANY,
        codes: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.text = text
        self.kind = kind
        self.tag = tag
        self.names = names
        self.values = values
        self.codes = codes

    @property
    def title(self) -> str:
        """How it is called in reports, such as ``OrderQty(38)``."""
        if self.kind != FIELD:
            return self.kind
        if not self.tag:
            return self.text.strip('"')
        name = _NAMES.get(self.tag)
        return f"{name}({self.tag})" if name else self.tag

    def shown(self, value: str) -> str:
        """A code or its name as both: ``BUY(1)``; what has no name, or several codes, as it is."""
        names = _CODE_NAMES.get("35" if self.kind == TYPE else self.tag)
        if names is None or self.codes is None:
            return value
        codes = self.codes.get(folded(value), (value,))
        name = names.get(codes[0], "")
        return f"{name}({codes[0]})" if name and len(codes) == 1 else value


def key_of(text: str) -> Key:
    """
    The key that a word is.

    :raises ValueError: when nothing is called so.
    """
    own = OWN.get(text.lower())
    if own is not None:
        codes = _OWN_CODES.get(own)
        values = NUMBERS if own == SEQ else TIMES if own == TIME else TEXTS
        return Key(text, own, values=values, codes=codes)
    if text.isascii() and text.isdigit():
        return _field(text, text.lstrip("0") or "0")
    tag = SHORT.get(text.lower()) or _TAGS.get(folded(text))
    if tag is None and folded(text) in _OTHERS:
        return Key(text, FIELD, names=(folded(text),))
    if tag is None:
        raise ValueError(f"nothing is called {text!r}{_perhaps(text, known())}")
    return _field(text, tag)


def named_key(name: str) -> Key:
    """The key of a field of which nothing but the name is known, of whatever protocol."""
    return Key(f'"{name}"', FIELD, names=(folded(name),))


def known() -> list[str]:
    """All words that can be keys."""
    return [*OWN, *SHORT, *_NAMES.values()]


def _field(text: str, tag: str) -> Key:
    values = _VALUES.get(tag, ANY)
    names = (folded(_NAMES[tag]), *ELSEWHERE.get(tag, ())) if tag in _NAMES else ()
    return Key(text, FIELD, tag, names, values, _CODES.get(tag))


def codes_of(key: Key, value: str) -> tuple[str, ...]:
    """
    The codes that a value stands for, which is one, or the name of one.

    :raises ValueError: when it is neither.
    """
    codes = key.codes
    if codes is None:
        return (value,)
    found = codes.get(folded(value))
    if found is not None:
        return found
    if key.kind not in (DIRECTION, EVENT) and (len(value) <= 2 or key.tag in ("102", "103")):
        return (value,)  # of a dialect, perhaps
    if key.kind == TYPE and value.startswith("U"):
        return (value,)
    names = _names_of(key)
    what = "type of message" if key.kind == TYPE else key.title
    raise ValueError(f"{value!r} is no {what}{_perhaps(value, names)}")


def _names_of(key: Key) -> list[str]:
    if key.kind == TYPE or key.tag == "35":
        return list(_MESSAGES)
    if key.kind in (DIRECTION, EVENT):
        return [each[0] for each in codes.values()] if (codes := key.codes) else []
    also = [name for tag, name in ALSO if tag == key.tag]
    return [*_CODE_NAMES[key.tag].values(), *also]


def _perhaps(word: str, names: Iterable[str]) -> str:
    """The end of a sentence on an unknown word: what is nearest, or all where these are few."""
    by_fold: dict[str, str] = {}
    for name in names:
        by_fold.setdefault(folded(name), name)
    close = get_close_matches(folded(word), by_fold, n=1)
    if close:
        return f": did you mean {by_fold[close[0]]!r}?"
    if len(by_fold) <= 40:
        return "; known: " + ", ".join(by_fold.values())
    return ""


def field_value(description: Description, name: str) -> str | None:
    """
    The value of a field of a decoded message by tag, name or short name; None where it has none.

    :raises ValueError: when nothing is called so.
    """
    try:
        key = key_of(name)
    except ValueError:
        for field in description.fields:  # of a dialect, or of another protocol
            if folded(field.name) == folded(name):
                return field.value
        raise
    if key.kind == TYPE:
        return description.type
    if key.kind == NAME:
        return description.name
    for field in description.fields:
        named = not field.tag.isdigit() and folded(field.name) in key.names
        if field.tag == key.tag or named:
            return field.value
    return None


def names_of_type(code: str) -> tuple[str, ...]:
    """What a type of message is called in versions of FIX, in any one at least."""
    return tuple(_TYPE_NAMES.get(code, ()))


def _read_fields() -> None:
    for word in FIELDS.split():
        name, _, tag = word.partition("=")
        plain = tag.rstrip("#@*")
        _TAGS[folded(name)] = plain
        _NAMES.setdefault(plain, name)
        _VALUES[plain] = tag[len(plain) :] or TEXTS
    for tag, name in (("32", "LastQty"), ("53", "Quantity"), ("22", "SecurityIDSource")):
        _NAMES[tag] = name  # of the two that it has had


def _read_codes() -> None:
    tag = ""
    for word in CODES.split():
        name, equals, code = word.partition("=")
        if not equals:
            tag = name
            _CODES[tag] = {}
            _CODE_NAMES[tag] = {}
            continue
        _CODES[tag][folded(name)] = (code,)
        _CODE_NAMES[tag].setdefault(code, name)
    for (tag, name), codes in ALSO.items():
        _CODES[tag][folded(name)] = codes
    for word in MESSAGES.split():
        name, _, code = word.partition("=")
        _MESSAGES[name] = code
        _MESSAGE_CODES[folded(name)] = (code,)
        _TYPE_NAMES.setdefault(code, []).append(name)
    _CODES["35"] = _MESSAGE_CODES
    _CODE_NAMES["35"] = {code: name for name, code in _MESSAGES.items()}


_TAGS: dict[str, str] = {}
_NAMES: dict[str, str] = {}
_VALUES: dict[str, str] = {}
_CODES: dict[str, dict[str, tuple[str, ...]]] = {}
_CODE_NAMES: dict[str, dict[str, str]] = {}
_MESSAGES: dict[str, str] = {}
_TYPE_NAMES: dict[str, list[str]] = {}
_MESSAGE_CODES: dict[str, tuple[str, ...]] = {}
_WAYS: dict[str, tuple[str, ...]] = {"in": ("in",), "out": ("out",)}
_EVENTS: dict[str, tuple[str, ...]] = {
    folded(event): (event,)
    for event in (
        "logon",
        "logout",
        "disconnect",
        "phase",
        *(f"phase:{each.value}" for each in Phase),
    )
}
_OWN_CODES: dict[str, dict[str, tuple[str, ...]]] = {
    TYPE: _MESSAGE_CODES,
    DIRECTION: _WAYS,
    EVENT: _EVENTS,
}
_OTHERS: frozenset[str] = frozenset([folded(word) for word in OTHERS.split()])
_read_fields()
_read_codes()
