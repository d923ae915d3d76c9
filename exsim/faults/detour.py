"""Messages of one direction that do not go straight: delayed, held back, or swallowed."""

from __future__ import annotations

from typing import Final

from exsim.model.plain import Plain
from exsim.model.treatment import Defect, Piece

MOST_WAITING: Final = 10_000
"""Messages that wait at a time; with one more the first of them goes before its time."""


class _Waiting:
    """A piece that waits until ``due``, or until ``passes`` others have gone."""

    __slots__ = ("due", "passes", "piece")

    def __init__(self, piece: Piece, due: int, passes: int) -> None:
        self.piece = piece
        self.due = due
        self.passes = passes


class Detour:
    """
    What waits between a session and its socket, in the order in which it came.

    ``hole``: all that comes from now on is swallowed. Times are nanoseconds since 1970 UTC, by the
    session's clock.
    """

    __slots__ = ("_blocking", "_busy_until", "_passing", "_waiting", "hole")

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._blocking = 0  # how many of them others have to wait for
        self._passing = 0  # how many of them wait for others
        self._busy_until = 0  # by what is paced
        self.hole = False

    @property
    def empty(self) -> bool:
        """Whether all goes straight again."""
        return not self._waiting and not self.hole

    def swallow(self) -> None:
        """Let nothing through any more, nor what waits."""
        self.hole = True
        self._waiting.clear()
        self._blocking = self._passing = 0

    def enter(self, piece: Piece, now: int) -> list[Piece]:
        """What goes now that a piece comes: that, others that waited for it, or nothing."""
        if self.hole:
            return []
        if piece.straight and not self._blocking:
            return self._passed(piece)
        self._wait(piece, now)
        if len(self._waiting) <= MOST_WAITING:
            return []
        first = self._waiting[0]
        self._leave(first)
        return [first.piece]

    def due(self, now: int) -> list[Piece]:
        """What has waited long enough."""
        found: list[Piece] = []
        blocked = False
        for each in list(self._waiting):
            if each.due > now or (blocked and each.piece.in_order):
                blocked = blocked or each.piece.in_order
                continue
            if each in self._waiting:  # it may have gone with another meanwhile
                self._leave(each)
                found += [each.piece] if each.passes else self._passed(each.piece)
        return found

    def next_due(self) -> int | None:
        """When :meth:`due` has something next; None: never."""
        first: int | None = None
        behind = 0
        for each in self._waiting:
            due = each.due
            if each.piece.in_order:
                due = behind = max(behind, due)
            if first is None or due < first:
                first = due
        return first

    def _wait(self, piece: Piece, now: int) -> None:
        due = now + piece.delay
        if piece.paced:
            self._busy_until = due = max(due, self._busy_until) + piece.paced
        if piece.straight:
            piece.in_order = True
        self._join(_Waiting(piece, due, piece.passes))

    def _join(self, each: _Waiting) -> None:
        self._waiting.append(each)
        self._blocking += each.piece.in_order
        self._passing += each.passes > 0

    def _leave(self, each: _Waiting) -> None:
        self._waiting.remove(each)
        self._blocking -= each.piece.in_order
        self._passing -= each.passes > 0

    def _passed(self, piece: Piece) -> list[Piece]:
        """A piece goes, and with it those that have let enough others pass."""
        if not self._passing:
            return [piece]
        before: list[Piece] = []
        after: list[Piece] = []
        for each in list(self._waiting):
            if each.passes:
                if each.passes > 1:
                    each.passes -= 1
                else:
                    self._leave(each)
                    (before if each.piece.ahead else after).append(each.piece)
        return [*before, piece, *after]

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        waiting = [[each.due, each.passes, _plain(each.piece)] for each in self._waiting]
        return [self.hole, self._busy_until, waiting]

    @classmethod
    def restored(cls, plain: Plain) -> Detour | None:
        """One as :meth:`state` told; None where that told of none."""
        if plain is None:
            return None
        detour = cls()
        detour.hole, detour._busy_until, waiting = plain
        for due, passes, piece in waiting:
            detour._join(_Waiting(_piece(piece), due, passes))
        return detour


def _plain(piece: Piece) -> Plain:
    defect = piece.defect
    odd = None if defect is None else [defect.how, defect.size, defect.gap]
    held = [piece.delay, piece.passes, piece.ahead, piece.in_order, piece.paced]
    return [piece.raw, *held, odd, piece.unnumbered, piece.merged]


def _piece(plain: Plain) -> Piece:
    raw, delay, passes, ahead, in_order, paced, odd, unnumbered, merged = plain
    piece = Piece(raw)
    piece.unnumbered, piece.merged = unnumbered, merged
    piece.delay, piece.passes, piece.ahead = delay, passes, ahead
    piece.in_order, piece.paced = in_order, paced
    piece.defect = None if odd is None else Defect(*odd)
    return piece
