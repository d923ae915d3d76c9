"""What joins the parts of a filter: all of them, one of them, and not one."""

from __future__ import annotations

from collections.abc import Sequence

from exsim.filters.seen import Seen
from exsim.filters.terms import Compare, Has, Miss, Term, got, weight


class AllOf(Term):
    """Parts that all have to fit; with no part, everything fits."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Term]) -> None:
        self.parts = tuple(parts)

    def matches(self, seen: Seen) -> bool:
        """Whether a message fits."""
        return all(part.matches(seen) for part in self.parts)

    def distance(self, seen: Seen) -> int:
        """How far a message is from fitting."""
        total = 0
        for part in self.parts:
            total += part.distance(seen)
        return total

    def misses(self, seen: Seen) -> list[Miss]:
        """All that does not fit."""
        return [miss for part in self.parts for miss in part.misses(seen)]

    def text(self) -> str:
        """The parts, as they are written."""
        return " ".join(_inner(part, (AnyOf,)) for part in self.parts)


class AnyOf(Term):
    """Parts of which one has to fit."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Term]) -> None:
        self.parts = tuple(parts)

    def matches(self, seen: Seen) -> bool:
        """Whether a message fits."""
        return any(part.matches(seen) for part in self.parts)

    def distance(self, seen: Seen) -> int:
        """How far a message is from fitting: as far as the part that comes nearest."""
        return min([part.distance(seen) for part in self.parts])

    def misses(self, seen: Seen) -> list[Miss]:
        """What does not fit of the part that comes nearest."""
        nearest = self.parts[0]
        for part in self.parts:
            if part.distance(seen) < nearest.distance(seen):
                nearest = part
        return nearest.misses(seen)

    def text(self) -> str:
        """The parts, as they are written."""
        return " or ".join(_inner(part, ()) for part in self.parts)


class Not(Term):
    """A part that must not fit."""

    __slots__ = ("part",)

    def __init__(self, part: Term) -> None:
        self.part = part

    def matches(self, seen: Seen) -> bool:
        """Whether a message fits."""
        return not self.part.matches(seen)

    def distance(self, seen: Seen) -> int:
        """How far a message is from fitting."""
        if not self.part.matches(seen):
            return 0
        part = self.part
        return weight(part.key) if isinstance(part, (Compare, Has)) else 1

    def misses(self, seen: Seen) -> list[Miss]:
        """It, where what must not fit does."""
        part = self.part
        if not part.matches(seen):
            return []
        if isinstance(part, Compare):
            return [Miss(part.key.title, f"not {part.words()}", got(part.key, seen))]
        if isinstance(part, Has):
            return [Miss(part.key.title, "absent", got(part.key, seen))]
        return [Miss("message", f"not ({part.text()})", "is so")]

    def text(self) -> str:
        """The part, as it is written."""
        return "not " + _inner(self.part, (AnyOf, AllOf))


def _inner(part: Term, loose: tuple[type[Term], ...]) -> str:
    text = part.text()
    if loose and isinstance(part, (AnyOf, AllOf)) and type(part) in loose:
        return f"({text})"
    return text
