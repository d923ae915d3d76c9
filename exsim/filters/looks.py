"""
Quick looks at a message of a journal: whether it may fit a part of a filter, and whether it must.

Here are those at what an entry has besides bytes, and what joins looks; for bytes see
:mod:`exsim.filters.byte_looks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from exsim.model.journal import Entry, EntryKind

NO: Final = 0
PERHAPS: Final = 1
YES: Final = 2
"""Whether a message fits; of all parts of a filter the least counts, of alternatives the most."""

Plan = tuple[object, ...]
"""What a look does, in words of C: its kind, and what it looks for. See looks.c."""
(
    OTHER,
    ONE_OF,
    HOLDING,
    NUMBER_IN,
    TEXT_IN,
    VALUE_SO,
    TYPE_SO,
    PACKET_SO,
    FIELD_SO,
    SESSION_SO,
    ANYWHERE,
    TEXT_SO,
    IN_PACKET,
    SOMEWHERE,
    WITHIN,
    DIRECTION,
    ALL,
    EITHER,
    NOT,
) = range(19)
"""Kinds of looks."""

_OUT: Final = int(EntryKind.OUT)
_MOST_KNOWN: Final = 10_000
"""How many verdicts are kept, whatever messages have in them."""


class Quick:
    """
    Says of an entry of a journal, which is a message, whether it fits.

    Its bytes come as :func:`delimited` makes them, so that each field is between two delimiters.
    """

    __slots__ = ()

    def look(self, whole: bytes, entry: Entry) -> int:
        """:data:`NO` and :data:`YES` only where that is sure, else :data:`PERHAPS`."""
        return PERHAPS

    def plan(self) -> Plan:
        """The same for C: by default, to ask this."""
        return (OTHER, self)


def delimited(data: bytes) -> bytes:
    """The bytes of a message between two delimiters, made once for all that look at it."""
    return b"\x01" + data + b"\x01"


ALWAYS: Final = Quick()
"""Knows nothing."""


class Judge:
    """
    Says of a part of a message, such as its type or a value, whether it fits: of equal ones the
    same, so that ``known`` has what it said.
    """

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def of(self, part: Any) -> int:
        """What is known of a part, or is from now on."""
        said = self.known.get(part)
        if said is None:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            said = self.known[part] = self.judge(part)
        return said

    def judge(self, part: Any) -> int:
        """:data:`NO`, :data:`PERHAPS` or :data:`YES`."""
        raise NotImplementedError


class Judged(Quick):
    """Looks at one part of a message, and asks of that."""

    __slots__ = ("_judge",)

    def __init__(self, judge: Judge) -> None:
        self._judge = judge


class SessionSo(Judged):
    """What is of a session of whose name a judge says that it fits."""

    __slots__ = ()

    def look(self, whole: bytes, entry: Entry) -> int:
        return self._judge.of(entry.session)

    def plan(self) -> Plan:
        return (SESSION_SO, self._judge.known, self._judge)


class Within(Quick):
    """
    What has a number in the journal, or where ``timed`` a time, from ``low`` to ``high``: of times
    what is beyond whole ``cycle`` nanoseconds counts, unless that is 0.
    """

    __slots__ = ("_cycle", "_high", "_low", "_timed")

    def __init__(self, timed: bool, cycle: int, low: int, high: int) -> None:
        self._timed = timed
        self._cycle = cycle
        self._low = low
        self._high = high

    def look(self, whole: bytes, entry: Entry) -> int:
        value = entry.time if self._timed else entry.seq
        if self._cycle:
            value %= self._cycle
        return YES if self._low <= value <= self._high else NO

    def plan(self) -> Plan:
        return (WITHIN, self._timed, self._cycle, self._low, self._high)


class OfDirection(Quick):
    """What went one of these ways."""

    __slots__ = ("_ways",)

    def __init__(self, ways: Sequence[str]) -> None:
        self._ways = tuple(ways)

    def look(self, whole: bytes, entry: Entry) -> int:
        return YES if ("out" if entry.kind == _OUT else "in") in self._ways else NO

    def plan(self) -> Plan:
        return (DIRECTION, "in" in self._ways, "out" in self._ways)


class All(Quick):
    """What fits all of these."""

    __slots__ = ("_most", "_parts")

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = [part for part in parts if part is not ALWAYS]
        self._most = YES if len(self._parts) == len(parts) else PERHAPS

    def look(self, whole: bytes, entry: Entry) -> int:
        found = self._most
        for part in self._parts:
            said = part.look(whole, entry)
            if said == NO:
                return NO
            if said < found:
                found = said
        return found

    def plan(self) -> Plan:
        return (ALL, self._most, tuple([part.plan() for part in self._parts]))


class Either(Quick):
    """What fits one of these."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = list(parts)

    def look(self, whole: bytes, entry: Entry) -> int:
        found = NO
        for part in self._parts:
            said = part.look(whole, entry)
            if said == YES:
                return YES
            if said > found:
                found = said
        return found

    def plan(self) -> Plan:
        return (EITHER, tuple([part.plan() for part in self._parts]))


NONE: Final = Either(())
"""What fits no message."""
EVERY: Final = All(())
"""What fits any."""


class No(Quick):
    """What does not fit this."""

    __slots__ = ("_part",)

    def __init__(self, part: Quick) -> None:
        self._part = part

    def look(self, whole: bytes, entry: Entry) -> int:
        return YES - self._part.look(whole, entry)

    def plan(self) -> Plan:
        return (NOT, self._part.plan())
