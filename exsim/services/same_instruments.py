"""
Which instruments of several venues are the same.

Two are the same where they have an identifier of one kind in common: ISIN, CUSIP, SEDOL or FIGI;
or else where they have the same symbol, and neither ISIN nor CUSIP says that they differ. RIC and
exchange symbol are names at a venue, and say nothing. Their currency has to be the same, too, since
else their prices cannot be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from exsim.errors import Conflict, NotFound

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_SHARED: Final = ("1", "2", "4", "S")
"""SecurityIDSource(22) of what does not depend on the venue: CUSIP, SEDOL, ISIN, FIGI."""
_EXCLUSIVE: Final = ("1", "4")
"""Those of which an instrument has one alone."""


class Listed(NamedTuple):
    """An instrument at a venue; its identifiers are as ``4:US0378331005``."""

    venue: str
    symbol: str
    currency: str
    identifiers: tuple[str, ...]


class Same:
    """Instruments that are the same, in the order of their venues; the first one names them."""

    __slots__ = ("exclusive", "listed")

    def __init__(self, first: Listed) -> None:
        self.listed = [first]
        self.exclusive = _exclusive(first)

    @property
    def symbol(self) -> str:
        """That at the first venue."""
        return self.listed[0].symbol

    @property
    def currency(self) -> str:
        """That of all."""
        return self.listed[0].currency

    @property
    def identifiers(self) -> list[str]:
        """Those of all."""
        return list(dict.fromkeys(each for one in self.listed for each in one.identifiers))

    def admits(self, other: dict[str, str]) -> bool:
        """Whether something with these exclusive identifiers may be the same."""
        return all(self.exclusive.get(kind, found) == found for kind, found in other.items())

    def add(self, other: Listed) -> None:
        """Another one is the same."""
        self.listed.append(other)
        self.exclusive.update(_exclusive(other))

    def text(self) -> str:
        """What it is and where, for people."""
        places = ", ".join(dict.fromkeys(one.venue for one in self.listed))
        named = " ".join(self.identifiers[:1])
        return " ".join(filter(None, (self.currency, named, f"at {places}")))


def _exclusive(listed: Listed) -> dict[str, str]:
    found: dict[str, str] = {}
    for identifier in listed.identifiers:
        kind, _, value = identifier.partition(":")
        if kind in _EXCLUSIVE:
            found.setdefault(kind, value)
    return found


class Instruments:
    """All of some venues, those that are the same together."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self.all: list[Same] = []
        self._symbols: dict[str, list[Same]] = {}
        self._identifiers: dict[str, list[Same]] = {}
        for one in listed:
            self._place(one)

    def _place(self, listed: Listed) -> None:
        """Have it be with those that it is the same as, and these all be one."""
        exclusive = _exclusive(listed)
        joined: Same | None = None
        for same in list(self._alike(listed)):
            if same.currency != listed.currency or not same.admits(exclusive):
                continue
            if joined is None:
                joined = same
                same.add(listed)
            elif joined is not same and joined.admits(same.exclusive):
                self._join(joined, same)
        if joined is None:
            joined = Same(listed)
            self.all.append(joined)
        self._index(listed, joined)

    def _alike(self, listed: Listed) -> Iterator[Same]:
        """What it may be the same as: what has an identifier of it, or else its symbol."""
        found = False
        for identifier in listed.identifiers:
            if identifier.partition(":")[0] in _SHARED:
                for same in self._identifiers.get(identifier, ()):
                    found = True
                    yield same
        if not found:
            yield from self._symbols.get(listed.symbol, ())

    def _join(self, same: Same, other: Same) -> None:
        """The two are one, as another instrument shows that has identifiers of both."""
        self.all.remove(other)
        for one in other.listed:
            same.add(one)
            for index in self._indexes(one):
                if other in index:
                    index.remove(other)
            self._index(one, same)

    def _index(self, listed: Listed, same: Same) -> None:
        """Have it be found by all its names."""
        for index in self._indexes(listed):
            if same not in index:
                index.append(same)

    def _indexes(self, listed: Listed) -> Iterator[list[Same]]:
        """What is found by each of its names: by identifiers with their kind and without."""
        yield self._symbols.setdefault(listed.symbol, [])
        for identifier in listed.identifiers:
            for name in (identifier, identifier.partition(":")[2]):
                yield self._identifiers.setdefault(name, [])

    def find(self, name: str, currency: str = "") -> list[Same]:
        """Those of a symbol, or else of an identifier, with its kind or without."""
        found = self._symbols.get(name) or self._identifiers.get(name) or []
        return [same for same in found if currency in ("", same.currency)]


def the_one(found: Sequence[Same], name: str, currency: str) -> Same:
    """
    What is meant by a symbol or identifier, of what was found.

    :raises exsim.errors.NotFound: when that is nothing.
    :raises exsim.errors.Conflict: when it may be several, which are told.
    """
    if not found:
        money = f" in {currency}" if currency else ""
        raise NotFound(f"no venue lists an instrument {name!r}{money}, by symbol or identifier")
    if len(found) > 1:
        told = "; ".join(same.text() for same in found)
        raise Conflict(
            f"{name!r} is not the same everywhere ({told}): say an identifier, or which currency"
        )
    return found[0]


class Known:
    """Those of venues, found anew where another instrument or venue is there since."""

    def __init__(self) -> None:
        self._seen: list[tuple[Venue, int]] = []
        self._found = Instruments(())

    def of(self, venues: Sequence[Venue]) -> Instruments:
        """Those of these venues."""
        seen = [(venue, venue.listed) for venue in venues]
        if seen != self._seen:
            self._seen = seen
            self._found = Instruments(
                Listed(venue.name, each.symbol, each.currency, tuple(each.identifiers()))
                for venue in venues
                for each in venue.instruments.values()
            )
        return self._found
