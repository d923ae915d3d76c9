"""Messages that a FIX connection has received, and faults have another fate for."""

from __future__ import annotations

from collections import deque

from exsim.faults.detour import Detour
from exsim.model.plain import Plain
from exsim.model.treatment import Piece, Treatment
from exsim.sessions.fix_inbound import FixInbound
from exsim.sessions.fix_output import FixOutput
from exsim.sessions.fix_session import FixSession
from exsim.sessions.fix_tampered import finish, note
from exsim.wire.fix import FixMessage


class FixArrivals:
    """
    What is held up between a connection's bytes and its session.

    ``late`` are messages whose turn has come; ``straight`` says that nothing is held up, so that
    messages need not come by here where no fault looks at them.
    """

    __slots__ = ("_detour", "_output", "late")

    def __init__(self, output: FixOutput) -> None:
        self._output = output
        self._detour: Detour | None = None
        self.late: deque[bytes] = deque()

    @property
    def straight(self) -> bool:
        """Whether messages go straight to their session."""
        return self._detour is None and not self._output.deaf

    def arrived(
        self, session: FixSession, inbound: FixInbound, message: FixMessage, now: int
    ) -> None:
        """Have a message take its turn as faults want it."""
        if self._output.deaf:
            return
        tamper = session.tamper
        treatment = None if tamper is None else tamper.incoming(message.raw, now)
        if treatment is None:
            self._enter([Piece(message.raw)], now)
            return
        note(session, treatment, now)
        if treatment.ignored:
            inbound.ignore(message, now)
        if treatment.logout is not None:
            session.logout(treatment.logout, now)
            treatment.logout = None
        self._take(session, treatment, now)

    def logon_held(self, session: FixSession, message: FixMessage, peer: str, now: int) -> bool:
        """Whether a Logon is not to be accepted now, if ever, for faults of its session."""
        tamper = session.tamper
        treatment = None if tamper is None else tamper.incoming(message.raw, now)
        if treatment is None:
            return False
        note(session, treatment, now)
        text = treatment.logout if treatment.refused is None else treatment.refused
        if text is None:
            self._take(session, treatment, now)
            return True
        session.attach(self._output, message.fields[b"8"], peer, now)
        if not treatment.silent:
            session.logout(text, now)
        session.end(f"a fault refuses the logon: {text}")
        return True

    def _take(self, session: FixSession, treatment: Treatment, now: int) -> None:
        """What takes a message's place comes in; what of it is for the socket goes out."""
        self._enter([piece for piece in treatment.pieces if piece.defect is None], now)
        treatment.pieces = [piece for piece in treatment.pieces if piece.defect is not None]
        finish(session, self._output, treatment, now)

    def _enter(self, pieces: list[Piece], now: int) -> None:
        for piece in pieces:
            if self._detour is None:
                if piece.straight:
                    self.late.append(piece.raw)
                    continue
                self._detour = Detour()
            self._came(self._detour.enter(piece, now))

    def _came(self, pieces: list[Piece]) -> None:
        """These have been held up for long enough."""
        for piece in pieces:
            self.late.append(piece.raw)
        if self._detour is not None and self._detour.empty:
            self._detour = None

    # -- time

    def next_due(self) -> int | None:
        """When something is due that is held up."""
        return None if self._detour is None else self._detour.next_due()

    def due(self, now: int) -> None:
        """Time passed."""
        if self._detour is not None:
            self._came(self._detour.due(now))

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot: between two turns nothing is late any more."""
        return None if self._detour is None else self._detour.state()

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self._detour = Detour.restored(plain)
