"""What happened, on one line each, for those who read a failure late at night."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from exsim.filters.names import SHORT, key_of
from exsim.filters.seen import Seen, folded
from exsim.filters.terms import time_of_day
from exsim.model.messages import Description, FieldView

WIDTH: Final = 100
"""Characters of fields on a line; what does not fit is left out."""
LONGEST: Final = 60
"""Characters of one value."""

IN: Final = "-->"
OUT: Final = "<--"

_TOLD: Final = frozenset(
    [
        *("8", "9", "10", "34", "35", "43", "49", "50", "52", "56", "57", "60", "89", "93", "97"),
        *("115", "116", "122", "128", "129", "142", "143", "144", "145", "369", "1128"),
        *("11", "41", "37", "17", "150", "39", "54", "38", "55", "44", "40", "59", "32", "31"),
        *("14", "151", "6", "21"),
    ]
)
"""Fields that are told in a way of their own, or that every message has."""
_NAMES: Final = {(tag, name): short for short, tag in SHORT.items() for name in key_of(short).names}
"""Short names by tag and folded name: other protocols mean other things by numbers."""
_FLAGS: Final = {("43", "Y"): "PossDup", ("97", "Y"): "PossResend"}


class Line(NamedTuple):
    """One thing that happened: ``way`` is an arrow, seen from the counterparty on the left."""

    seq: int
    time: int
    who: str
    way: str
    text: str


def line_of(seen: Seen) -> Line:
    """A message: its type, and the fields that tell most."""
    described = seen.description
    text = f"{title_of(described)} {summary(described)}".rstrip()
    way = OUT if seen.direction == "out" else IN
    return Line(seen.seq, seen.time, printable(seen.session) or "?", way, printable(text))


def printable(text: str) -> str:
    """Text that a terminal may be given: what it would act on is escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(lines: Sequence[Line]) -> list[str]:
    """Lines as text, with what is alike in columns."""
    number = max([len(str(line.seq)) for line in lines], default=0)
    who = max([len(line.who) for line in lines], default=0)
    return [
        f"#{str(line.seq).ljust(number)} {time_of_day(line.time)} {line.who.ljust(who)}"
        f" {line.way} {line.text}"
        for line in lines
    ]


def title_of(described: Description) -> str:
    """A type by name and code."""
    if described.name and described.type:
        return f"{described.name}({described.type})"
    return described.name or described.type or "garbled"


def summary(described: Description) -> str:
    """The fields of a message that tell most, then others as far as there is room."""
    found: dict[str, FieldView] = {}
    words: list[str] = []
    for field in described.fields:
        flag = _FLAGS.get((field.tag, field.value))
        if flag is not None:
            words.append(f"[{flag}]")
        found.setdefault(field.tag, field)
    for tag in ("11", "41", "37"):
        if tag in found:
            words.append(_pair(found[tag]))
    words += [*_state(found), *_terms(found), *_done(found)]
    room = WIDTH - sum(len(word) + 1 for word in words)
    for field in described.fields:
        if field.tag in _TOLD:
            continue
        word = _pair(field)
        room -= len(word) + 1
        if room < 0:
            words.append("...")
            break
        words.append(word)
    return " ".join(words)


def _state(found: dict[str, FieldView]) -> list[str]:
    """What a report says of its order: once, where ExecType and OrdStatus are one."""
    words = [_pair(found[tag]) for tag in ("150", "39") if tag in found]
    if len(words) == 2 and _value(found["150"]) == _value(found["39"]):
        return words[:1]
    return words


def _terms(found: dict[str, FieldView]) -> list[str]:
    """``BUY 500 IBM @ 10.05 LIMIT DAY``."""
    words = [_value(found[tag]) for tag in ("54", "38", "55") if tag in found]
    if "44" in found:
        words += ["@", _value(found["44"])]
    return words + [_value(found[tag]) for tag in ("40", "59") if tag in found]


def _done(found: dict[str, FieldView]) -> list[str]:
    """``last 60 @ 10.05 cum 60 leaves 40``, where something was filled."""
    words: list[str] = []
    if "32" in found and found["32"].value not in ("0", ""):
        words += ["last", found["32"].value]
        if "31" in found:
            words += ["@", found["31"].value]
    if "14" in found and found["14"].value != "0":
        words += ["cum", found["14"].value]
        if "151" in found:
            words += ["leaves", found["151"].value]
    return words


def _pair(field: FieldView) -> str:
    short = _NAMES.get((field.tag, folded(field.name)))
    return f"{short or field.name or field.tag}={_value(field)}"


def _value(field: FieldView) -> str:
    value = field.meaning or field.value
    if len(value) > LONGEST:
        value = value[: LONGEST - 3] + "..."
    return f'"{value}"' if " " in value or not value else value
