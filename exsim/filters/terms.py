"""What filters are made of: comparisons; what joins them is in joins.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from exsim.filters.names import (
    ANY,
    CODED,
    DIRECTION,
    ENDPOINT,
    EVENT,
    FIELD,
    NAME,
    NUMBERS,
    PARTIAL_TRADE,
    RAW,
    SEQ,
    SESSION,
    TEXTS,
    TIME,
    TIMES,
    TYPE,
    Key,
    codes_of,
)
from exsim.filters.seen import Seen, folded
from exsim.filters.values import Moment, Number, moment, number, pattern, quoted

EQUAL: Final = "="
UNEQUAL: Final = "!="
CONTAINS: Final = "~"
REGEX: Final = "~/"
ORDERED: Final = (">=", "<=", ">", "<")
OPS: Final = (UNEQUAL, *ORDERED, EQUAL, CONTAINS)

LONGEST_GOT: Final = 200
"""Characters of what a message has instead that are told."""


class Miss(NamedTuple):
    """What differs: of ``key`` (``OrderQty(38)``) something else was wanted than was there."""

    key: str
    wanted: str
    got: str


class Term:
    """A part of a filter."""

    __slots__ = ()

    def matches(self, seen: Seen) -> bool:
        """Whether a message fits."""
        raise NotImplementedError

    def distance(self, seen: Seen) -> int:
        """How far a message is from fitting: 0 where it does."""
        raise NotImplementedError

    def misses(self, seen: Seen) -> list[Miss]:
        """What of a message does not fit; empty where all does."""
        raise NotImplementedError

    def text(self) -> str:
        """The part, as it is written."""
        raise NotImplementedError


class Compare(Term):
    """
    ``key op value,value``: one of the values of the key is so to one of those that are wanted.

    ``!=`` is the opposite of ``=``, so that it fits where there is no such field, too.

    :raises ValueError: when a value makes no sense for the key.
    """

    __slots__ = (
        "_codes",
        "_moments",
        "_named",
        "_numbers",
        "_pattern",
        "foreign",
        "key",
        "op",
        "wanted",
    )

    def __init__(self, key: Key, op: str, wanted: Sequence[str], quoted: bool = False) -> None:
        if op in ORDERED and len(wanted) != 1:
            raise ValueError(f"{key.text}{op} takes one value")
        self.key = key
        self.op = op
        self.wanted = tuple(wanted)
        self._codes: tuple[str, ...] = ()
        self._named: tuple[str, ...] = ()
        self._numbers: tuple[Number, ...] = ()
        self._moments: tuple[Moment, ...] = ()
        self._pattern: re.Pattern[str] | None = None
        self.foreign = False
        """Whether a type is wanted that may be called so in a dialect, by whatever code."""
        if op == REGEX:
            self._pattern = pattern(wanted[0])
        elif op == CONTAINS:
            self._codes = tuple(value.lower() for value in wanted)
        elif key.values == TIMES:
            self._moments = tuple(moment(value) for value in wanted)
        else:
            self._read(quoted)

    def _read(self, quoted: bool) -> None:
        key, wanted = self.key, self.wanted
        if key.codes is None:
            self._codes = wanted
        elif key.kind == TYPE:
            unknown = [value for value in wanted if folded(value) not in key.codes]
            self.foreign = any(len(value) > 2 for value in unknown)
            taken = unknown if quoted else ()  # as they are
            self._codes = tuple(
                code
                for value in wanted
                for code in ((value,) if value in taken else codes_of(key, value))
            )
        else:
            self._codes = tuple(code for value in wanted for code in codes_of(key, value))
        if key.kind in (TYPE, NAME) or key.values in (CODED, ANY):
            self._named = tuple(folded(value) for value in wanted if number(value) is None)
        if key.values != TEXTS and key.codes is None:
            found = [number(value) for value in wanted]
            if key.values == NUMBERS and None in found:
                wrong = wanted[found.index(None)]
                raise ValueError(f"{key.text} is a number, which {wrong!r} is not")
            self._numbers = tuple(each for each in found if each is not None)

    @property
    def only(self) -> str | None:
        """The one text or code that fits; None where there are several, or it is neither."""
        if self.op != EQUAL or self._numbers or self._moments or len(self._codes) != 1:
            return None
        if self.foreign:
            return None
        if self._named and (self.key.kind != TYPE or self.key.codes is None):
            return None
        return self._codes[0]

    @property
    def codes(self) -> tuple[str, ...]:
        """The texts or codes that fit, where the operator is ``=``."""
        return self._codes

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Those that are wanted."""
        return self._numbers

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The times that are wanted."""
        return self._moments

    @property
    def numeric(self) -> bool:
        """Whether values are compared as numbers."""
        return bool(self._numbers) and not self._named

    @property
    def exact(self) -> bool:
        """Whether of FIX no more values than ``codes`` fit, and these as they are written."""
        if self._numbers or self._moments:
            return False
        return not self._named or self.key.codes is not None

    def matches(self, seen: Seen) -> bool:
        """Whether a message fits."""
        return self._any(seen) != (self.op == UNEQUAL)

    def distance(self, seen: Seen) -> int:
        """How far a message is from fitting: farther where there is no such field at all."""
        if self.matches(seen):
            return 0
        return weight(self.key) if len(self._values(seen)) else 2 * weight(self.key)

    def _any(self, seen: Seen) -> bool:
        if self._moments and self.key.kind == TIME:
            return self._at(seen.time)
        values = self._values(seen)
        for value in values:
            if self.fits(value) or self._partial(value, seen):
                return True
        if not self._named or not values or self.op not in (EQUAL, UNEQUAL):
            return False
        if self.key.codes is not None and seen.found(self.key.tag) is not None:
            return False  # in FIX all codes of these are known
        return self._fits_by_name(seen)

    def _at(self, time: int) -> bool:
        if self.op in (EQUAL, UNEQUAL):
            return any(each.compare(time) == 0 for each in self._moments)
        return self._ordered(self._moments[0].compare(time))

    def _at_text(self, value: str) -> bool:
        try:
            point = moment(value)
        except ValueError:
            return False
        return not point.daily and self._at(point.ns)

    def _values(self, seen: Seen) -> Sequence[str]:
        kind = self.key.kind
        if kind == FIELD:
            return seen.values(self.key.tag, self.key.names)
        if kind == EVENT:
            return seen.events
        return (_own(kind, seen),)

    def fits(self, value: str) -> bool:
        """Whether a value is so, whatever else a message has; of ``!=`` whether it is equal."""
        if self._pattern is not None:
            return self._pattern.search(value) is not None
        op = self.op
        if self._moments:
            return self._at_text(value)
        if op in (EQUAL, UNEQUAL):
            return value in self._codes or self._equals(value)
        if op == CONTAINS:
            lower = value.lower()
            return any(part in lower for part in self._codes)
        if self._numbers:
            got = number(value)
            return got is not None and self._ordered(got.compare(self._numbers[0]))
        wanted = self._codes[0]
        return self._ordered((value > wanted) - (value < wanted))

    def calls(self, meaning: str) -> bool:
        """Whether values of this meaning may fit by that."""
        return folded(meaning) in self._named

    def _equals(self, value: str) -> bool:
        """Where the texts are not the same."""
        got = number(value) if self._numbers else None
        return got is not None and any(got.compare(each) == 0 for each in self._numbers)

    def _partial(self, value: str, seen: Seen) -> bool:
        """Whether a value fits with the status of the order beside it."""
        if value != "F" or PARTIAL_TRADE not in self._codes or self.key.tag != "150":
            return False
        return "1" in seen.values("39", ("ordstatus",))

    def _ordered(self, sign: int) -> bool:
        op = self.op
        if op == ">=":
            return sign >= 0
        if op == ">":
            return sign > 0
        if op == "<=":
            return sign <= 0
        return op == "<" and sign < 0

    def _fits_by_name(self, seen: Seen) -> bool:
        """Whether a code is there that is called so."""
        if self.key.kind != FIELD:
            return folded(seen.name) in self._named
        for field in seen.fields(self.key.tag, self.key.names):
            if field.meaning and folded(field.meaning) in self._named:
                return True
        return False

    def misses(self, seen: Seen) -> list[Miss]:
        """It, where it does not fit."""
        if self.matches(seen):
            return []
        return [Miss(self.key.title, self.words(), got(self.key, seen))]

    def words(self) -> str:
        """What is wanted, for people."""
        if self.op == REGEX:
            return f"~ /{self.wanted[0]}/"
        equal = self.op in (EQUAL, UNEQUAL)
        shown = [self.key.shown(value) if equal else value for value in self.wanted]
        start = "" if self.op == EQUAL else "not " if self.op == UNEQUAL else f"{self.op} "
        return start + " or ".join(shown)

    def text(self) -> str:
        """The part, as it is written."""
        if self.op == REGEX:
            return f"{self.key.text}~/{self.wanted[0].replace('/', chr(92) + '/')}/"
        return f"{self.key.text}{self.op}" + ",".join(quoted(value) for value in self.wanted)


class Has(Term):
    """``has(key)``: the field is there, whatever it holds."""

    __slots__ = ("key",)

    def __init__(self, key: Key) -> None:
        if key.kind != FIELD:
            raise ValueError(f"every message has {key.text}: has() is for fields")
        self.key = key

    def matches(self, seen: Seen) -> bool:
        """Whether a message fits."""
        return len(seen.values(self.key.tag, self.key.names)) > 0

    def distance(self, seen: Seen) -> int:
        """How far a message is from fitting."""
        return 0 if self.matches(seen) else weight(self.key)

    def misses(self, seen: Seen) -> list[Miss]:
        """It, where it does not fit."""
        return [] if self.matches(seen) else [Miss(self.key.title, "present", "absent")]

    def text(self) -> str:
        """The part, as it is written."""
        return f"has({self.key.text})"


def weight(key: Key) -> int:
    """How much farther off a message is whose type is another, than one whose price is."""
    if key.tag == "35" or key.kind in (TYPE, NAME):
        return 8
    if key.kind == DIRECTION:
        return 6
    return 1 if key.kind == FIELD else 3


def _own(kind: str, seen: Seen) -> str:
    """What is known of a message besides its fields."""
    if kind == TYPE:
        return seen.type
    if kind == SESSION:
        return seen.session
    if kind == DIRECTION:
        return seen.direction
    if kind == NAME:
        return seen.name
    if kind == ENDPOINT:
        return seen.endpoint
    if kind == RAW:
        return seen.text
    if kind == SEQ:
        return str(seen.seq)
    if kind == EVENT:
        return " ".join(seen.events)
    return seen.venue


def got(key: Key, seen: Seen) -> str:
    """What a message has of a key, for people."""
    if key.kind == TYPE:
        return f"{seen.name}({seen.type})" if seen.name else seen.type
    if key.kind == TIME:
        return time_of_day(seen.time)
    if key.kind != FIELD:
        return _own(key.kind, seen)[:LONGEST_GOT]
    found = seen.fields(key.tag, key.names)
    if not found:
        return "absent"
    shown = [f"{each.meaning}({each.value})" if each.meaning else each.value for each in found]
    return ", ".join(shown)[:LONGEST_GOT]


def time_of_day(ns: int) -> str:
    """The time of day of nanoseconds since 1970 UTC, to the millisecond."""
    second = ns // 1_000_000_000
    day = second % 86_400
    return f"{day // 3600:02}:{day // 60 % 60:02}:{day % 60:02}.{ns // 1_000_000 % 1000:03}"
