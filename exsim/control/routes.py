"""
Which operation a request is of, by its method and its path.

Klein would find it, too, but makes a regular expression and two functions of each path, which
takes a tenth of a second at every start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from exsim.control.entries import PREFIX, Operation
from exsim.control.problems import Refused


class _Place:
    """Where the first segments of paths lead, and what may be done there, by method."""

    __slots__ = ("named", "operations", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Place] = {}
        self.named: _Place | None = None
        self.operations: dict[str, Operation] = {}

    def beyond(self, segment: str) -> _Place:
        """The place after a segment of a path of the table, made if there is none yet."""
        if not segment.startswith("{"):
            return self.words.setdefault(segment, _Place())
        if self.named is None:
            self.named = _Place()
        return self.named


class Routes:
    """Finds operations; what a path has in braces fits any segment that is not empty."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Place()
        for operation in operations:
            place = self._root
            for segment in _segments(PREFIX + operation.path):
                place = place.beyond(segment)
            place.operations[operation.method] = operation
            if operation.method == "GET":
                place.operations["HEAD"] = operation

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """
        The operation, and what its path gives, still percent-encoded.

        :raises exsim.control.problems.Refused: when there is none: with 405 where another method
            would do, else with 404.
        """
        allowed: set[str] = set()
        for place, given in _places(self._root, _segments(path), ()):
            if method in place.operations:
                operation = place.operations[method]
                return operation, dict(zip(operation.path_fields, given, strict=True))
            allowed.update(place.operations)
        if allowed:
            methods = ", ".join(sorted(allowed))
            raise Refused(405, f"{path[:200]} takes {methods}.", Allow=methods)
        raise Refused(404, f"There is no {path[:200]}; {PREFIX}/openapi.json lists what there is.")


def _segments(path: str) -> list[str]:
    return path.split("/")[1:]


def _places(
    place: _Place, segments: Sequence[str], given: tuple[str, ...]
) -> Iterator[tuple[_Place, tuple[str, ...]]]:
    """Where a path may lead, with what it gives; first where it does by its very words."""
    if not segments:
        yield place, given
        return
    first, rest = segments[0], segments[1:]
    if first in place.words:
        yield from _places(place.words[first], rest, given)
    if place.named is not None and first:
        yield from _places(place.named, rest, (*given, first))
