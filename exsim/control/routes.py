"""Which operation of the table a method and a path ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from exsim.control.entries import PREFIX, Operation
from exsim.control.problems import Refused


class Place:
    """Where a path leads: to the operations of each method, and on by words or a name."""

    __slots__ = ("name", "operations", "words")

    def __init__(self) -> None:
        self.operations: Final[dict[str, Operation]] = {}
        self.words: Final[dict[str, Place]] = {}
        self.name: Place | None = None


class Routes:
    """The paths of operations, a segment after the other. What answers GET answers HEAD, too."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = Place()
        for operation in operations:
            place = self._made(operation.path)
            place.operations[operation.method] = operation
            if operation.method == "GET":
                place.operations["HEAD"] = operation

    def _made(self, path: str) -> Place:
        place = self._root
        for segment in _segments(path):
            if segment.startswith("{"):
                place.name = place.name or Place()
                place = place.name
            else:
                place = place.words.setdefault(segment, Place())
        return place

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """
        The operation that is asked for, and the text of each argument in the path, as it came.

        Where a segment is a word of one path and could be a name in another, it is the word, as in
        ``/holds/wait``, unless nothing there takes the method.

        :raises Refused: 404 where there is no such path, 405 where it does not take the method.
        """
        taken: Iterable[str] = ()
        if path.startswith(PREFIX):
            for place, names in _leads_to(self._root, _segments(path.removeprefix(PREFIX)), ()):
                if method in place.operations:
                    operation = place.operations[method]
                    return operation, dict(zip(operation.path_fields, names, strict=True))
                taken = taken or place.operations
        if not taken:
            told = f"There is no {path[:200]}; {PREFIX}/openapi.json lists what there is."
            raise Refused(404, told)
        allowed = ", ".join(sorted(taken))
        raise Refused(405, f"{path[:200]} takes {allowed}.", Allow=allowed)


def _segments(path: str) -> Sequence[str]:
    return path.split("/")


def _leads_to(
    place: Place, segments: Sequence[str], names: tuple[str, ...]
) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Where these segments lead from a place, words before names, and what the names are."""
    if not segments:
        yield place, names
        return
    first, rest = segments[0], segments[1:]
    if first in place.words:
        yield from _leads_to(place.words[first], rest, names)
    if first and place.name is not None:
        yield from _leads_to(place.name, rest, (*names, first))
