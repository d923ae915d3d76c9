"""What a SoupBinTCP connection sends and receives while faults look at its session."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from exsim.faults.detour import Detour
from exsim.faults.marked import Marked
from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.model.treatment import Piece, Treatment
from exsim.sessions.soup_session import SoupSession
from exsim.wire import soup

if TYPE_CHECKING:
    from exsim.sessions.soup_connection import SoupConnection

_NOTE: Final = int(EntryKind.NOTE)


class SoupTampered:
    """
    What stands between a connection and its socket, from the first fault of its session on.

    ``late`` are packets received whose turn has come; ``deaf``: nothing that is received reaches
    anybody; ``uneven``: some of what is ready has a mark for the socket; ``ending`` is why the
    session is to end as soon as that can be said, None: it is not.
    """

    __slots__ = ("_arriving", "_connection", "_leaving", "deaf", "ending", "late", "uneven")

    def __init__(self, connection: SoupConnection) -> None:
        self._connection = connection
        self._leaving: Detour | None = None
        self._arriving: Detour | None = None
        self.late: deque[bytes] = deque()
        self.deaf = False
        self.uneven = False
        self.ending: str | None = None

    @property
    def mute(self) -> bool:
        """Whether nothing that is sent reaches anybody."""
        return self._leaving is not None and self._leaving.hole

    # -- out

    def leave(self, session: SoupSession | None, raw: bytes, now: int) -> None:
        """Send a packet as faults have it."""
        tamper = None if session is None else session.tamper
        treatment = None if tamper is None else tamper.outgoing(raw, now)
        if session is None or treatment is None:
            self._go([Piece(raw)], now)
        else:
            self._note(session, treatment, now)
            self._finish(treatment, now)

    def _note(self, session: SoupSession, treatment: Treatment, now: int) -> None:
        """Say in the journal which faults have fired."""
        for data in treatment.notes:
            session.record(now, _NOTE, session.name, data)

    def _finish(self, treatment: Treatment, now: int) -> None:
        """Send what takes the place of a packet, and see to the connection after it."""
        self._go(treatment.pieces, now)
        if treatment.logout is not None:
            self.ending = treatment.logout
        if treatment.hole_in:
            self.deaf = True
        if treatment.hole_out or treatment.ends:
            if self._leaving is None:
                self._leaving = Detour()
            self._leaving.swallow()
        if treatment.ends:
            self._connection.close(treatment.ends)

    def _go(self, pieces: Sequence[Piece], now: int) -> None:
        """Send pieces, each in its time."""
        for piece in pieces:
            if self._leaving is None:
                if piece.straight:
                    self._write(piece, now)
                    continue
                self._leaving = Detour()
            for each in self._leaving.enter(piece, now):
                self._write(each, now)
            self._settle()

    def _write(self, piece: Piece, now: int) -> None:
        """The journal has what really leaves, and when."""
        if piece.defect is not None:
            self.uneven = True
        self._connection.put(piece.raw, Marked.of(piece), now)

    # -- in

    def arrived(self, session: SoupSession, raw: bytes, now: int) -> None:
        """Have a packet take its turn as faults want it."""
        if self.deaf:
            return
        tamper = session.tamper
        treatment = None if tamper is None else tamper.incoming(raw, now)
        if treatment is None:
            self._enter([Piece(raw)], now)
            return
        self._note(session, treatment, now)
        if treatment.ignored and soup.kind_of(raw) == soup.UNSEQUENCED:
            session.received += 1
        self._take(treatment, now)

    def login_held(self, session: SoupSession, raw: bytes, now: int) -> bool:
        """Whether a login that could be is not to be now, if ever, for faults of its session."""
        tamper = session.tamper
        treatment = None if tamper is None else tamper.incoming(raw, now)
        if treatment is None:
            return False
        self._note(session, treatment, now)
        text = treatment.logout if treatment.refused is None else treatment.refused
        if text is None:
            self._take(treatment, now)
        elif treatment.silent:
            self._connection.close(f"a fault refuses the login: {text}")
        else:
            code = treatment.code.encode()
            self._connection.reject(code, f"a fault refuses the login: {text}", now)
        return True

    def _take(self, treatment: Treatment, now: int) -> None:
        """What takes a packet's place comes in; what of it is for the socket goes out."""
        self._enter([piece for piece in treatment.pieces if piece.defect is None], now)
        treatment.pieces = [piece for piece in treatment.pieces if piece.defect is not None]
        self._finish(treatment, now)

    def _enter(self, pieces: Sequence[Piece], now: int) -> None:
        for piece in pieces:
            if self._arriving is None:
                if piece.straight:
                    self.late.append(piece.raw)
                    continue
                self._arriving = Detour()
            for each in self._arriving.enter(piece, now):
                self.late.append(each.raw)
            self._settle()

    # -- time

    def next_due(self, now: int) -> int | None:
        """When something is due that is held up."""
        if self.ending is not None:
            return now
        dues = [each.next_due() for each in (self._leaving, self._arriving) if each is not None]
        return min([each for each in dues if each is not None], default=None)

    def due(self, now: int) -> None:
        """Time passed."""
        if self._arriving is not None:
            for piece in self._arriving.due(now):
                self.late.append(piece.raw)
        if self._leaving is not None:
            for piece in self._leaving.due(now):
                self._write(piece, now)
        self._settle()

    def _settle(self) -> None:
        """Go straight again where nothing is held up any more."""
        if self._arriving is not None and self._arriving.empty:
            self._arriving = None
        if self._leaving is not None and self._leaving.empty:
            self._leaving = None

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot; None where nothing is held up."""
        leaving, arriving = self._leaving, self._arriving
        if leaving is None and arriving is None and not self.deaf and self.ending is None:
            return None
        detours = [None if each is None else each.state() for each in (leaving, arriving)]
        return [*detours, self.deaf, self.ending]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        leaving, arriving, self.deaf, self.ending = plain
        self._leaving = Detour.restored(leaving)
        self._arriving = Detour.restored(arriving)
