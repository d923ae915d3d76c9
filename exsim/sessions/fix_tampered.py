"""What a FIX session sends while faults look at it, or something is held up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from exsim.faults.conflation import conflated
from exsim.faults.detour import Detour
from exsim.faults.fix import renumbered
from exsim.faults.marked import Marked
from exsim.model.journal import EntryKind
from exsim.model.treatment import Piece, Treatment

if TYPE_CHECKING:
    from exsim.sessions.fix_output import FixOutput
    from exsim.sessions.fix_session import FixSession

_OUT: Final = int(EntryKind.OUT)
_NOTE: Final = int(EntryKind.NOTE)


def send_tampered(
    session: FixSession, output: FixOutput, raw: bytes, seq: int, now: int, kept: bool
) -> None:
    """
    Send a message that has just been made under number ``seq``, as faults have it.

    ``kept`` says that it was kept for a resend, so that it has to be forgotten if it never was.
    """
    output.last = now  # so that a heartbeat that is lost is not due again at once
    tamper = session.tamper
    treatment = None if tamper is None else tamper.outgoing(raw, now)
    if treatment is None:
        send_pieces(session, output, [Piece(raw)], now)
        return
    note(session, treatment, now)
    if treatment.unused or treatment.skipped:
        session.sent.forget(seq)
        session.next_out = seq + treatment.skipped
        if not treatment.unused:
            seq = session.next_out
            session.next_out = seq + 1
            if kept:
                session.sent.keep(seq, treatment.kept)
            session.sent.move(session.next_out)
    finish(session, output, treatment, now)


def resend_tampered(session: FixSession, raw: bytes, into: list[bytes], now: int) -> None:
    """Send a message again, or a gap fill, as faults have it; what goes at once goes there."""
    tamper, output = session.tamper, session.output
    treatment = None if tamper is None else tamper.outgoing(raw, now)
    if output is None:  # the connection only ends when all is written
        session.record(now, _OUT, session.name, raw)
        into.append(raw)
    elif treatment is None:
        send_pieces(session, output, [Piece(raw)], now, into)
    else:
        note(session, treatment, now)
        finish(session, output, treatment, now, into)


def note(session: FixSession, treatment: Treatment, now: int) -> None:
    """Say in the journal which faults have fired."""
    for data in treatment.notes:
        session.record(now, _NOTE, session.name, data)


def finish(
    session: FixSession,
    output: FixOutput,
    treatment: Treatment,
    now: int,
    into: list[bytes] | None = None,
) -> None:
    """Send what takes the place of a message, and see to the connection after it."""
    send_pieces(session, output, treatment.pieces, now, into)
    if treatment.logout is not None:
        output.logout = treatment.logout
    if treatment.hole_in:
        output.deaf = True
    if treatment.hole_out:
        output.swallow()
    if treatment.ends:
        output.break_off(treatment.ends)


def send_pieces(
    session: FixSession,
    output: FixOutput,
    pieces: Sequence[Piece],
    now: int,
    into: list[bytes] | None = None,
) -> None:
    """Send pieces, each in its time; those that go at once go to the output, or ``into`` there."""
    for piece in pieces:
        detour = output.detour
        if detour is None:
            if piece.straight:
                _write(session, output, piece, now, into)
                continue
            detour = output.detour = Detour()
        for each in detour.enter(piece, now):
            _write(session, output, each, now, into)
        output.settle()


def send_due(session: FixSession, output: FixOutput, now: int) -> None:
    """Send what has been held up for long enough."""
    detour = output.detour
    if detour is not None:
        due = detour.due(now)
        together = [piece for piece in due if piece.merged]
        for piece in [*(piece for piece in due if not piece.merged), *conflated(together)]:
            _write(session, output, piece, now, None)
        output.settle()


def _write(
    session: FixSession, output: FixOutput, piece: Piece, now: int, into: list[bytes] | None
) -> None:
    """The journal has what really leaves, and when."""
    if piece.unnumbered:
        seq = session.next_out
        session.next_out = seq + 1
        piece.raw = renumbered(piece.raw, seq, now)
        session.sent.keep(seq, piece.raw)
    if piece.raw:
        session.record(now, _OUT, session.name, piece.raw)
    data = Marked.of(piece)
    if piece.defect is not None:
        output.uneven = True
    if into is None:
        output.write(data, now)
    else:
        into.append(data)
