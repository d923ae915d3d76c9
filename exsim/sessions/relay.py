"""
What a proxy does with what two others say to each other: both directions of one link.

There is no session here, nor a socket: bytes that one side sent become bytes for the other. As long
as nothing is asked for they go on as they came, at once, whole messages or not; the messages in
them are only looked at. With a tamper (see :class:`exsim.interfaces.Tamper`) each whole message
waits for what faults make of it, as a message of one of our own sessions does.

``in`` is from the client to the other acceptor, ``out`` from there to the client: the words are
those of a venue in whose place the proxy stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.errors import RemoteError
from exsim.faults.detour import Detour
from exsim.faults.marked import Marked
from exsim.interfaces import Tamper
from exsim.model.journal import EntryKind
from exsim.model.treatment import HALF_CLOSE, Piece, Treatment
from exsim.sessions.relay_frames import Frame, Frames, Passed, frames_of

IN: Final = "in"
OUT: Final = "out"
MOST_WAITING: Final = 4 * 1024 * 1024
"""Bytes that wait for their time in one direction before no more are read from there."""
LARGEST: Final = 8 * 1024 * 1024
"""Bytes of the longest message that is taken for one."""

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_GARBLED: Final = int(EntryKind.GARBLED)
_NOTE: Final = int(EntryKind.NOTE)

Record = Callable[[int, int, bytes], None]
"""Writes an entry of the journal: its time, its kind, and the bytes."""


class Flow:
    """
    One direction of a link.

    ``out`` is what is to be written to the other side, in order, with marks on what is to be
    written oddly. ``tamper`` is None where nothing is asked for.

    :param keep: takes a message that is held; ``treatment.pieces`` are what is to be released.
    :param seen: is told each whole message, before it goes anywhere.
    :param spread: does what a treatment has for the link as a whole.
    """

    __slots__ = (
        "_ahead",
        "_cutting",
        "_detour",
        "_frames",
        "_keep",
        "_pending",
        "_record",
        "_seen",
        "_spread",
        "_waiting",
        "direction",
        "ended",
        "ends",
        "out",
        "shut",
        "tamper",
    )

    def __init__(
        self,
        direction: str,
        framing: str,
        record: Record,
        keep: Callable[[str, Treatment, int], None],
        seen: Callable[[str, Frames, bytes], None],
        spread: Callable[[Treatment], None],
    ) -> None:
        self.direction = direction
        self.out: list[bytes] = []
        self.ended = False  # its source says no more
        self.ends = ""  # a fault breaks the link off, for this reason
        self.shut = False  # nothing is written to its destination any more
        self.tamper: Tamper | None = None
        self._frames = frames_of(framing, LARGEST)
        self._record = record
        self._keep = keep
        self._seen = seen
        self._spread = spread
        self._pending = bytearray()  # what came, and is no whole message yet
        self._cutting = False
        self._ahead = 0  # how much of that has gone on already
        self._detour: Detour | None = None
        self._waiting = 0  # bytes in the detour

    # -- what comes

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes of the source."""
        if self.shut:
            return
        self._pending += data
        self._frames.feed(data)
        self._go_straight()
        self._cut(now)

    def settle(self) -> None:
        """Another tamper is set than before: where there is none, nothing waits to be whole."""
        if not self.shut and not self._cutting:
            self._go_straight()

    def end(self, now: int) -> None:
        """The source says no more: what was not whole goes on as it is."""
        if self.ended:
            return
        self.ended = True
        if self._pending:
            self._loose(bytes(self._pending), self._ahead, now)
            self._pending.clear()
            self._ahead = 0

    def _go_straight(self) -> None:
        """Let all go that came, if nothing is asked for."""
        if self.tamper is not None or self._detour is not None:
            return
        rest = bytes(self._pending[self._ahead :])
        if rest:
            self.out.append(rest)
            self._ahead += len(rest)

    def _cut(self, now: int) -> None:
        """Work through the whole messages; what they do may change who is to look at them."""
        self._cutting = True
        begin = 0
        while not self.shut:
            try:
                frame = self._frames.next()
            except RemoteError as error:
                self._give_up(begin, str(error), now)
                begin = 0
                break
            if frame is None:
                break
            begin += len(frame.raw)
            self._take(frame, now)
        self._cutting = False
        if not self.shut:
            del self._pending[:begin]
            self._go_straight()

    def _take(self, frame: Frame, now: int) -> None:
        """Pass a piece of the stream on, of which some may have gone already."""
        gone = min(len(frame.raw), self._ahead)
        self._ahead -= gone
        if frame.garbled:
            self._loose(frame.raw, gone, now)
        else:
            self._seen(self.direction, self._frames, frame.raw)
            self._message(frame.raw, gone, now)

    def _give_up(self, begin: int, why: str, now: int) -> None:
        """No more messages can be told apart: all goes on, from now on as it is."""
        rest = bytes(self._pending[begin:])
        self._pending.clear()
        gone, self._ahead = self._ahead, 0
        self._frames = Passed(why)
        self._loose(rest, gone, now)

    def _loose(self, raw: bytes, gone: int, now: int) -> None:
        """Pass on what is no message, of which so much has gone already."""
        if self.direction == IN:
            self._record(now, _GARBLED, raw)
        self._pass(raw, gone, now)

    def _message(self, raw: bytes, gone: int, now: int) -> None:
        """Pass a whole message on, as faults have it unless it has begun to go."""
        if self.direction == IN:
            self._record(now, _IN, raw)
        tamper = self.tamper
        treatment = None
        if tamper is not None and not gone:
            inward = self.direction == IN
            treatment = tamper.incoming(raw, now) if inward else tamper.outgoing(raw, now)
        if treatment is None:
            self._pass(raw, gone, now)
        else:
            self._treat(treatment, now)

    def _treat(self, treatment: Treatment, now: int) -> None:
        """Do as faults have it."""
        for note in treatment.notes:
            self._record(now, _NOTE, note)
        if treatment.held:
            self._keep(self.direction, treatment, now)
        else:
            self.enter(treatment.pieces, now)
        if treatment.ends:
            self.ends = self.ends or treatment.ends
            self.swallow()
        elif not self.shut:
            self._spread(treatment)

    def _pass(self, raw: bytes, gone: int, now: int) -> None:
        """Pass bytes on, of which so many have gone already, which were recorded by nobody yet."""
        if not gone:
            self.enter([Piece(raw)], now)
            return
        if self.direction == OUT:
            self._record(now, _OUT, raw)
        if gone < len(raw):
            self.out.append(raw[gone:])

    # -- what goes

    def enter(self, pieces: list[Piece], now: int) -> None:
        """Send pieces on, each in its time."""
        for piece in pieces:
            if self.shut:
                return
            if self._detour is None:
                if piece.straight:
                    self._write(piece, now)
                    continue
                self._detour = Detour()
            self._waiting += len(piece.raw)
            for each in self._detour.enter(piece, now):
                self._leave(each, now)
            self._forget_detour()

    def _leave(self, piece: Piece, now: int) -> None:
        self._waiting -= len(piece.raw)
        self._write(piece, now)

    def _write(self, piece: Piece, now: int) -> None:
        """The journal has what really leaves for the client, and when."""
        if self.shut:
            return
        if piece.raw and self.direction == OUT:
            self._record(now, _OUT, piece.raw)
        self.out.append(Marked.of(piece))
        if piece.defect is not None and piece.defect.how == HALF_CLOSE:
            self.swallow()

    def _forget_detour(self) -> None:
        if self._detour is not None and self._detour.empty:
            self._detour = None
            self._waiting = 0

    def swallow(self) -> None:
        """Let nothing through any more, nor what waits."""
        self.shut = True
        self._detour = None
        self._waiting = 0
        self._pending.clear()
        self._ahead = 0

    def take(self) -> list[bytes]:
        """What to write now; it is gone from here afterwards."""
        found, self.out = self.out, []
        return found

    # -- time

    @property
    def full(self) -> bool:
        """Whether so much waits that no more is to be read from the source."""
        return self._waiting > MOST_WAITING

    @property
    def done(self) -> bool:
        """Whether the source says no more, and all that it said is on its way."""
        return self.ended and self._detour is None

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` has something to do; None: never, as it is."""
        return None if self._detour is None else self._detour.next_due()

    def deadline(self, now: int) -> None:
        """Time passed: what has waited long enough goes."""
        if self._detour is not None:
            for piece in self._detour.due(now):
                self._leave(piece, now)
            self._forget_detour()
            self._go_straight()


class Relay:
    """
    Both directions of one link. ``name`` is what the client calls itself, empty before it has.

    :param record: writes an entry of the journal for this link.
    :param keep: takes a message that is held.
    :param named: is called when the client has said its name.
    """

    __slots__ = ("_named", "_record", "inward", "name", "outward")

    def __init__(
        self,
        framing: str,
        record: Callable[[int, int, str, bytes], None],
        keep: Callable[[str, Treatment, int], None],
        named: Callable[[], None],
    ) -> None:
        self.name = ""
        self._record = record
        self._named = named
        self.inward = Flow(IN, framing, self._write, keep, self._look, self._spread)
        self.outward = Flow(OUT, framing, self._write, keep, self._look, self._spread)

    def flow(self, direction: str) -> Flow:
        """One of both."""
        return self.inward if direction == IN else self.outward

    def _write(self, now: int, kind: int, data: bytes) -> None:
        self._record(now, kind, self.name, data)

    def _look(self, direction: str, frames: Frames, raw: bytes) -> None:
        """Learn what the client calls itself."""
        if not self.name and direction == IN:
            self.name = frames.name(raw)
            if self.name:
                self._named()

    def _spread(self, treatment: Treatment) -> None:
        """Have nothing get through any more, in one direction or both."""
        if treatment.hole_in:
            self.inward.swallow()
        if treatment.hole_out:
            self.outward.swallow()

    @property
    def ends(self) -> str:
        """Why a fault breaks the link off; empty where none does."""
        return self.inward.ends or self.outward.ends

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` has something to do next; None: never, as it is."""
        found = [
            due
            for due in (self.inward.next_deadline(), self.outward.next_deadline())
            if due is not None
        ]
        return min(found) if found else None

    def deadline(self, now: int) -> None:
        """Time passed."""
        self.inward.deadline(now)
        self.outward.deadline(now)
