"""Sessions of ITCH over MoldUDP64: the stream of an endpoint, sent to all who listen."""

from __future__ import annotations

from collections.abc import Sequence

from exsim.errors import Conflict
from exsim.interfaces import Tamper
from exsim.model.events import Event, Outgoing
from exsim.model.market_data import DataWaiting
from exsim.model.messages import ORDERLY, SessionView
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.model.settings import SessionSettings
from exsim.protocols.member import Member
from exsim.sessions.mold_session import MoldSession
from exsim.wire.layout import Family

OFFLINE = "offline"
ACTIVE = "active"


class MoldLine:
    """
    What a session has of its socket; see :class:`exsim.interfaces.IConnection` and, since datagrams
    are no stream, :class:`exsim.interfaces.IDatagrams`. ``sender`` is who sent what is received.
    """

    __slots__ = ("_in", "closing", "number", "peer", "replayed", "sender", "session", "why")

    def __init__(self, session: MoldPublisher, peer: str, number: int) -> None:
        self.session: MoldPublisher | None = session
        self.peer = peer
        self.number = number
        self.closing = False
        self.why = ""
        self.replayed = False
        self.sender = ""
        self._in: list[bytes] = []

    @property
    def _machine(self) -> MoldSession:
        assert self.session is not None
        return self.session.machine

    def receive(self, data: bytes, now: int) -> None:
        """Take in one datagram."""
        if not self.closing:
            self._in.append(data)

    def next_request(self, now: int) -> Request | None:
        """Answer what came in: who looks on asks for nothing but what it missed."""
        waiting, self._in = self._in, []
        for data in waiting:
            self._machine.asked(data, self.sender, now)
        return None

    def again(self, kind: int, data: bytes, now: int) -> None:
        """Take in what an entry of a journal has."""
        self.receive(data, now)

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """To take it in again is as fast."""
        return None

    def data_to_send(self) -> bytes:
        """All packets, one behind the other; they are gone from here afterwards."""
        return b"".join([raw for _, raw in self.packets_to_send()])

    def packets_to_send(self) -> Sequence[tuple[str, bytes]]:
        """The same, each with the address that it goes to: empty for all who listen."""
        return self._machine.packets_to_send()

    def heartbeat(self) -> bytes:
        """What to send all when nothing was sent for a while; empty for nothing."""
        return b"" if self.closing else self._machine.heartbeat()

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        return None if self.closing else self._machine.next_deadline()

    def market_deadline(self) -> int | None:
        """None goes by a market's clock."""
        return None

    def rewind(self, now: int) -> None:
        """Real time does not go back."""

    def deadline(self, now: int) -> None:
        """Time passed: more of the stream."""
        if not self.closing:
            self._machine.deadline(now)

    def close(self, why: str) -> None:
        """Close once what is ready is sent."""
        if not self.closing:
            self.closing = True
            self.why = why

    def lost(self, now: int) -> None:
        """The socket is gone."""
        self.close("the socket was closed")
        if self.session is not None:
            self.session.parted(self)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        assert self.session is not None
        about = [self.closing, self.why, self._machine.line_state()]
        return {"mold": self.session.name, "number": self.number, "peer": self.peer, "line": about}

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.closing, self.why, line = plain["line"]
        self._machine.restore_line(line)


class MoldPublisher(Member):
    """A session that is sent to all who listen; see :class:`exsim.interfaces.ISession`."""

    __slots__ = ("_begun", "_line", "machine", "peer", "refusal")

    def __init__(self, settings: SessionSettings, machine: MoldSession, family: Family) -> None:
        super().__init__(settings, family)
        self.machine = machine
        self._line: MoldLine | None = None
        self._begun = 0
        self.peer = ""
        self.refusal: str | None = None

    @property
    def connection(self) -> MoldLine | None:
        """What it has of its socket, or None."""
        return self._line

    @property
    def logons(self) -> int:
        """How often it had one."""
        return self._begun

    def attach(self, peer: str, now: int, number: int) -> MoldLine:
        """
        There is a socket now.

        :raises exsim.errors.Conflict: when there was one already.
        """
        if self._line is not None:
            raise Conflict(f"session {self.name!r} is sent already")
        line = self._line = MoldLine(self, peer, number)
        self._begun += 1
        self.peer = peer
        self.machine.begin(now)
        return line

    def again(self, plain: Plain) -> MoldLine:
        """The line that a snapshot tells of."""
        line = self._line = MoldLine(self, plain["peer"], plain["number"])
        line.restore(plain)
        return line

    def parted(self, line: MoldLine) -> None:
        """A line has no socket any more."""
        if self._line is line:
            self._line = None
            self.machine.end()

    # -- out

    def send(self, event: Event, now: int) -> None:
        """Send what is new in the stream; or a message that somebody chose."""
        if isinstance(event, DataWaiting):
            self.machine.more(now)
        elif isinstance(event, Outgoing):
            self.send_fields(event.fields, now)

    def say(self, payload: bytes, now: int) -> None:
        """Add a message to the stream."""
        self.machine.stream.append(payload)
        self.machine.more(now)

    def send_raw(self, data: bytes, now: int) -> None:
        """Send a packet of bytes as they are."""
        if not self.machine.send_raw(data, now):
            raise Conflict(f"session {self.name!r} has no socket to send on")

    def test_request(self, test_id: str, now: int) -> None:
        """Nobody is there to answer.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict("MoldUDP64 has no test request: nobody answers")

    # -- its life

    def show(self, tamper: Tamper | None) -> None:
        """Show its packets to faults."""
        self.machine.tamper = tamper

    def logout(self, text: str, now: int) -> None:
        """Say that the session ends, and send no more."""
        self.machine.say_end(now)
        self._close(ORDERLY)

    def disconnect(self, now: int) -> None:
        """Close the socket, if there is one, without a word."""
        self._close("disconnected by the simulator")

    def _close(self, why: str) -> None:
        if self._line is not None:
            self._line.close(why)

    def reset(self, now: int) -> None:
        """Nothing of it is its own: the stream is that of all."""
        self.machine.restart()

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """The stream is not its own.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict("the numbers of an ITCH stream are those of all its sessions")

    def refuse_logons(self, text: str | None) -> None:
        """Send no more from the next start of the socket on; with None, send again."""
        self.refusal = text

    def opens(self, now: int) -> int:
        """It may be sent always."""
        return now

    def view(self) -> SessionView:
        """State and numbers."""
        up = self._line is not None and not self._line.closing
        machine = self.machine
        to, _, requests = self.peer.partition(" ")
        identity = {
            "session": machine.stream.session.decode(),
            "version": self.family.name,
            "requests": requests,
        }
        state, peer = (ACTIVE, to) if up else (OFFLINE, "")
        return SessionView(state, machine.received + 1, machine.next, peer, identity, self.refusal)

    def state(self) -> Plain:
        """All of it but its socket, for a snapshot."""
        return [self._begun, self.peer, self.refusal, self.machine.state()]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with no socket as yet."""
        self._begun, self.peer, self.refusal, machine = plain
        self.machine.restore(machine)
