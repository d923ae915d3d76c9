"""Numbers for things that have none, so that a cursor into a list of them stays right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Numbers:
    """
    Gives each name of a kind a number that it keeps while it is there.

    New names are numbered in order of name, after all before them; one that went and came back is
    new. So a list by number neither repeats nor skips anything that is there from page to page.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}
        self._last = 0

    def of(self, kind: str, names: Iterable[str]) -> list[tuple[int, str]]:
        """The names there are now, with their numbers, in order of these."""
        before = self._numbers.get(kind, {})
        now = {}
        for name in sorted(names, key=lambda name: (before.get(name, self._last + 1), name)):
            number = before.get(name)
            if number is None:
                self._last += 1
                number = self._last
            now[name] = number
        self._numbers[kind] = now
        return [(number, name) for name, number in now.items()]

    def state(self) -> object:
        """All numbers, for a snapshot."""
        return [self._last, self._numbers]

    def restore(self, state: Any) -> None:
        """Go on with these."""
        self._last, self._numbers = state
