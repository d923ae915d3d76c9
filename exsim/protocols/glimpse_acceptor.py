"""
GLIMPSE: what an ITCH stream comes to just now, for those who come late.

Whoever logs in at 1 is sent the state as ITCH messages: the last System Event, then the directory,
the state and the restriction of each instrument, then each displayed order, in the order in which
they came; last an End of Snapshot, with the number of the ITCH message to go on from.
"""

from __future__ import annotations

from typing import Final

from exsim.model.book_updates import Listener
from exsim.model.plain import Plain
from exsim.model.settings import SessionSettings
from exsim.protocols.itch_acceptor import ItchAcceptor, ItchStream
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import soup
from exsim.wire.layout import Family
from exsim.wire.layouts.itch50 import END_OF_SNAPSHOT, GLIMPSE

_NUMBER_SIZE: Final = 20


class GlimpseStream(ItchStream):
    """
    Counts the messages of an ITCH stream, and keeps what they come to; none is kept itself. Of a
    stream ``_beside`` it, that has others too as somebody sent them by hand, the number counts.
    """

    __slots__ = ("_beside", "_directory", "_last_event", "_orders", "count")

    def __init__(self, stream: SoupStream) -> None:
        super().__init__(stream)
        self.count = 0
        self._beside: ItchStream | None = None
        self._last_event = b""
        self._directory: dict[bytes, bytes] = {}  # by type and stock locate, of which it is
        self._orders: dict[bytes, bytes] = {}  # Add Orders by their references

    def beside(self, others: list[Listener]) -> None:
        """The first ITCH stream that began with it is the one to go on with."""
        self._beside = None
        for each in others:
            if isinstance(each, ItchStream) and not isinstance(each, GlimpseStream):
                self._beside = each
                return

    def _append(self, raw: bytes, now: int) -> None:
        self.count += 1
        kind, ref = raw[:1], raw[11:19]
        if kind == b"S":
            self._last_event = raw
        elif kind in (b"R", b"H", b"Y", b"N", b"h"):
            self._directory[kind + raw[1:3]] = raw
        elif kind in (b"A", b"F"):
            self._orders[ref] = raw
        elif kind in (b"E", b"C", b"X"):
            self._less(ref, int.from_bytes(raw[19:23], "big"))
        elif kind == b"D":
            del self._orders[ref]
        elif kind == b"U":
            added = self._orders.pop(ref)
            begin = added[:5] + raw[5:11] + raw[19:27] + added[19:20] + raw[27:31]
            self._orders[raw[19:27]] = begin + added[24:32] + raw[31:35] + added[36:]

    def _less(self, ref: bytes, shares: int) -> None:
        added = self._orders[ref]
        left = int.from_bytes(added[20:24], "big") - shares
        if left:
            self._orders[ref] = added[:20] + left.to_bytes(4, "big") + added[24:]
        else:
            del self._orders[ref]

    def messages(self) -> list[bytes]:
        """What is sent of the state of now."""
        begin = [self._last_event] if self._last_event else []
        next_number = self.count + 1 if self._beside is None else self._beside.stream.next
        goes_on = b"%d" % next_number
        end = END_OF_SNAPSHOT.encode((goes_on.rjust(_NUMBER_SIZE),))
        return [*begin, *self._directory.values(), *self._orders.values(), end]

    def cleared(self, now: int, moment: int) -> None:
        """Another stream begins."""
        super().cleared(now, moment)
        self.count = 0
        self._directory.clear()
        self._orders.clear()

    def state(self) -> Plain:
        """All that it knows, for a snapshot."""
        about, orders = list(self._directory.values()), list(self._orders.values())
        return [super().state(), self.count, self._last_event, about, orders]

    def restore(self, state: Plain) -> None:
        """Be as :meth:`state` told."""
        stream, self.count, self._last_event, about, orders = state
        super().restore(stream)
        self._directory = {raw[:1] + raw[1:3]: raw for raw in about}
        self._orders = {raw[11:19]: raw for raw in orders}


class GlimpseAcceptor(ItchAcceptor):
    """Sends each session the state as it logs in; it has a stream of its own for that."""

    __slots__ = ()

    def _told(self) -> Family:
        """The messages that its sessions are sent."""
        return GLIMPSE

    def _stream(self, stream: SoupStream) -> ItchStream:
        """What listens to the venue."""
        return GlimpseStream(stream)

    def _machine(self, settings: SessionSettings, rules: SoupRules) -> SoupSession:
        """The machine of a session."""
        return SoupSession(settings.name, rules, self._record)

    def find(self, asked: soup.Login) -> SoupSession | None:
        """The session that a login is for, with the state of now to be sent."""
        machine = super().find(asked)
        listener = self.listener
        if machine is not None and machine.connection is None:
            assert isinstance(listener, GlimpseStream)
            machine.stream.clear()
            for message in listener.messages():
                machine.stream.append(message)
        return machine
