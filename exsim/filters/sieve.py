"""The entries of a journal that may fit a filter: what surely does not is passed over at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from exsim.filters.looks import ALWAYS, NO, Plan, Quick, delimited
from exsim.model.journal import Entry, EntryKind

try:
    from exsim.filters import _looks
except ImportError:  # an install of pure Python
    _looks = None  # type: ignore[assignment]

_BOT = int(EntryKind.BOT)

_sift: Final[Callable[[dict[str, Plan], list[Entry], int], int] | None] = getattr(
    _looks, "sift", None
)


class Sieve:
    """
    Looks at entries by their bytes, as ``looks`` has it for each endpoint.

    What bots asked for may fit, and what is of an endpoint without a look.
    """

    __slots__ = ("_looks", "_plans")

    def __init__(self, looks: Mapping[str, Quick]) -> None:
        self._looks = {name: look for name, look in looks.items() if look is not ALWAYS}
        plans = {look: look.plan() for look in set(self._looks.values())}  # many may have one
        self._plans = {name: plans[look] for name, look in self._looks.items()}

    def next(self, entries: list[Entry], begin: int = 0) -> int:
        """The index of the first from ``begin`` on that may fit; how many there are if none may."""
        if _sift is not None:
            return _sift(self._plans, entries, begin)
        return self.next_slowly(entries, begin)

    def next_slowly(self, entries: list[Entry], begin: int = 0) -> int:
        """The same without C."""
        looks = self._looks
        for index in range(begin, len(entries)):
            entry = entries[index]
            look = looks.get(entry.origin)
            if look is None or entry.kind == _BOT:
                return index
            if look.look(delimited(entry.data), entry) != NO:
                return index
        return len(entries)
