"""A MoldUDP64 session: a stream sent to all who listen, and answers to who missed some."""

from __future__ import annotations

from typing import Final

from exsim.faults.detour import Detour
from exsim.interfaces import Recorder, Tamper
from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.model.treatment import Piece, Treatment
from exsim.sessions.mold_rules import MoldRules
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import mold

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_GARBLED: Final = int(EntryKind.GARBLED)
_NOTE: Final = int(EntryKind.NOTE)
BURST: Final = 20
"""Packets that are sent before others get their turn."""
ALL: Final = ""
"""Where packets for all go, as the address of nobody."""
_SECOND: Final = 1_000_000_000


class MoldSession:
    """
    The server of a session, without its socket.

    Call :meth:`more` when there is more in the ``stream``, :meth:`asked` with what came from a
    reader, and :meth:`deadline` when :meth:`next_deadline` says; then send :meth:`packets_to_send`.
    Who sends them sends :meth:`heartbeat` as well, whenever he has sent nothing for long enough.
    ``next`` is the number of the message that is sent next: a session that is made later does not
    begin with what was, of which each reader may ask for.

    What is sent to all goes by way of the faults of ``tamper``, and so do requests; answers do not.
    Heartbeats pass by faults and journal, since nothing comes of them.
    """

    __slots__ = (
        "_count",
        "_detour",
        "_now",
        "_ready",
        "_second",
        "_session",
        "deaf",
        "name",
        "next",
        "received",
        "record",
        "rules",
        "silent",
        "stream",
        "tamper",
        "up",
    )

    def __init__(self, name: str, rules: MoldRules, record: Recorder, stream: SoupStream) -> None:
        self.name = name
        self.rules = rules
        self.record = record
        self.stream = stream
        self.up = False
        self.tamper: Tamper | None = None
        self.silent = False  # nothing gets out any more, by a fault
        self.deaf = False  # nor in
        self.next = stream.next
        self.received = 0
        self._session = stream.session
        self._ready: list[tuple[str, bytes]] = []
        self._detour: Detour | None = None
        self._second = self._count = 0
        self._now = 0

    # -- out

    def begin(self, now: int) -> None:
        """Packets can be sent from now on."""
        self.up = True
        self._now = now
        self.more(now)

    def end(self) -> None:
        """They cannot."""
        self.up = self.silent = self.deaf = False
        self._detour = None
        self._ready.clear()

    def more(self, now: int) -> None:
        """Send what of the stream was not sent yet: some of it, if it is much."""
        self._now = now
        if not self.up:
            return
        stream = self.stream
        if self._session != stream.session:
            self.say_end(now)
            self._session, self.next = stream.session, 1
        for _ in range(BURST):
            if self.next >= stream.next:
                return
            first = max(self.next, stream.first)
            messages = self._fitting(first, stream.next)
            self.next = first + len(messages)
            self._send(mold.packet(self._session, first, messages), now)

    def _fitting(self, first: int, end: int) -> list[bytes]:
        """Messages from a number on, up to another, as many as a packet holds: one at least."""
        stream, left = self.stream, self.rules.packet_size - mold.HEADER_SIZE
        found: list[bytes] = []
        for seq in range(first, end):
            message = stream.get(seq)
            left -= mold.LENGTH_SIZE + len(message)
            if left < 0 and found:
                break
            found.append(message)
        return found

    def say_end(self, now: int) -> None:
        """Tell all that the session is over."""
        if self.up:
            self._send(mold.end_of_session(self._session, self.next), now)

    def heartbeat(self) -> bytes:
        """What says that nothing was missed up to the last packet; nothing where all is silent."""
        if self.silent or not self.up:
            return b""
        return mold.packet(self._session, self.next, ())

    def packets_to_send(self) -> list[tuple[str, bytes]]:
        """Addresses (:data:`ALL` for all) and packets to send now; they are gone from here."""
        ready, self._ready = self._ready, []
        return ready

    def send_raw(self, data: bytes, now: int) -> bool:
        """Send all some bytes as they are; False when that cannot be."""
        if self.up:
            self._leave(data, now)
        return self.up

    # -- in

    def asked(self, data: bytes, sender: str, now: int) -> None:
        """A reader's request: it is answered with one packet, of as many messages as that holds."""
        self._now = now
        if not self.up or self._too_many(now):
            return
        try:
            wanted = mold.read_request(data)
        except mold.BadPacket:
            self.record(now, _GARBLED, self.name, data)
            return
        self.record(now, _IN, self.name, data)
        if self.deaf:
            return
        treatment = None if self.tamper is None else self.tamper.incoming(data, now)
        if treatment is not None:
            self._note(treatment, now)
            self.deaf = self.deaf or treatment.hole_in
            self.silent = self.silent or treatment.hole_out
            if treatment.ignored or not treatment.pieces:
                return
        self.received += 1
        if wanted.session == self._session and wanted.sequence:
            self._answer(wanted, sender, now)

    def _too_many(self, now: int) -> bool:
        second = now // _SECOND
        if second != self._second:
            self._second, self._count = second, 0
        if self._count >= self.rules.max_requests:
            return True
        self._count += 1
        return False

    def _answer(self, wanted: mold.Request, sender: str, now: int) -> None:
        """What was sent and is kept; a heartbeat where nothing of it was sent yet."""
        first = wanted.sequence
        if first < self.stream.first:
            return
        end = min(first + wanted.count, self.next)
        messages = self._fitting(first, end)
        raw = mold.packet(self._session, first if messages else self.next, messages)
        if self.silent:
            return
        self.record(now, _OUT, self.name, raw)
        self._ready.append((sender, raw))

    # -- faults

    def _send(self, raw: bytes, now: int) -> None:
        """Send all a packet, as faults have it."""
        if self.tamper is None and self._detour is None:
            self._leave(raw, now)
            return
        treatment = None if self.tamper is None else self.tamper.outgoing(raw, now)
        if treatment is None:
            self._go([Piece(raw)], now)
            return
        self._note(treatment, now)
        self._go(treatment.pieces, now)
        self.deaf = self.deaf or treatment.hole_in
        self.silent = self.silent or treatment.hole_out

    def _go(self, pieces: list[Piece], now: int) -> None:
        """Send pieces, each in its time."""
        for piece in pieces:
            if self._detour is None and piece.straight:
                self._leave(piece.raw, now)
                continue
            if self._detour is None:
                self._detour = Detour()
            for each in self._detour.enter(piece, now):
                self._leave(each.raw, now)
        self._settle()

    def _settle(self) -> None:
        if self._detour is not None and self._detour.empty:
            self._detour = None

    def _note(self, treatment: Treatment, now: int) -> None:
        for note in treatment.notes:
            self.record(now, _NOTE, self.name, note)

    def _leave(self, raw: bytes, now: int) -> None:
        """A packet is really sent: the journal has these."""
        if raw and not self.silent:
            self.record(now, _OUT, self.name, raw)
            self._ready.append((ALL, raw))

    # -- time

    @property
    def behind(self) -> bool:
        """Whether it has not sent all of the stream yet."""
        return self.next < self.stream.next or self._session != self.stream.session

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        if not self.up:
            return None
        if self.behind:
            return self._now
        return None if self._detour is None else self._detour.next_due()

    def deadline(self, now: int) -> None:
        """Time passed: go on with the stream, and with what was held up."""
        if self._detour is not None:
            for piece in self._detour.due(now):
                self._leave(piece.raw, now)
            self._settle()
        self.more(now)

    # -- snapshots

    def restart(self) -> None:
        """Forget what was asked for."""
        self.received = 0

    def state(self) -> Plain:
        """All of it but what is on its way, for a snapshot."""
        return {"session": self._session, "next": self.next, "received": self.received}

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with nowhere to send to as yet."""
        self._session, self.next = plain["session"], plain["next"]
        self.received = plain["received"]

    def line_state(self) -> Plain:
        """What belongs to its socket: times, and what is on its way."""
        detour = None if self._detour is None else self._detour.state()
        return [self._second, self._count, self._now, self.silent, self.deaf, detour]

    def restore_line(self, plain: Plain) -> None:
        """Be as :meth:`line_state` told; it is up."""
        self._second, self._count, self._now, self.silent, self.deaf, detour = plain
        self._detour = Detour.restored(detour)
        self.up = True
