"""What sessions of all protocols over SoupBinTCP have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.errors import Conflict
from exsim.interfaces import Tamper
from exsim.model.messages import SessionView
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.model.settings import SessionSettings
from exsim.protocols.member import Member
from exsim.sessions.soup_session import SoupSession
from exsim.wire import soup
from exsim.wire.layout import Family

if TYPE_CHECKING:
    from exsim.protocols.soup_lines import SoupLine


class SoupMember(Member):
    """A counterparty that logs in, with its ``machine``."""

    __slots__ = ("_connection", "machine")

    def __init__(self, settings: SessionSettings, machine: SoupSession, family: Family) -> None:
        super().__init__(settings, family)
        self.machine = machine
        self._connection: SoupLine | None = None

    @property
    def connection(self) -> SoupLine | None:
        """Where it is logged in, or None."""
        return self._connection if self.machine.connection is not None else None

    @property
    def logons(self) -> int:
        """How often it has logged in."""
        return self.machine.logins

    def logged_on(self, connection: SoupLine, now: int) -> None:
        """A connection was accepted."""
        self._connection = connection

    def resume(self, connection: SoupLine) -> None:
        """Be logged in there again."""
        self._connection = connection

    def day_ends(self, now: int) -> None:
        """The period of the schedule is over: what its protocol says then comes here."""

    def request(self, raw: bytes, now: int) -> Request | None:
        """
        The request that a message makes; None when it is ignored, or answered here.

        :raises exsim.wire.layout.BadMessage: when it is no message.
        """
        raise NotImplementedError

    # -- out

    def say(self, payload: bytes, now: int) -> None:
        """Send a message in sequence, now or when the counterparty is there."""
        self.machine.send(payload, now)

    def send_raw(self, data: bytes, now: int) -> None:
        """Send bytes as they are."""
        if not self.machine.send_raw(data, now):
            raise Conflict(f"session {self.name!r} has no connection to send on")

    def test_request(self, test_id: str, now: int) -> None:
        """Send a Debug packet, which needs no answer: SoupBinTCP has no test request."""
        if not self.machine.send_packet(soup.DEBUG, test_id.encode(), now):
            raise Conflict(f"session {self.name!r} is not logged in")

    # -- its life

    def show(self, tamper: Tamper | None) -> None:
        """Show its packets to faults."""
        self.machine.show(tamper)

    def logout(self, text: str, now: int) -> None:
        """End the session; does nothing when it is not logged in."""
        self.machine.end(text, now)

    def disconnect(self, now: int) -> None:
        """Close the connection, if there is one, without a word."""
        self.machine.disconnect("disconnected by the simulator")

    def reset(self, now: int) -> None:
        """Disconnect, and begin another stream where that is its own."""
        self.machine.reset()

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """Give this number next.

        :raises exsim.errors.Conflict: where the protocol does not have it so.
        """
        raise NotImplementedError

    def refuse_logons(self, text: str | None) -> None:
        """Accept no more logins, for this reason; with None, accept them again."""
        self.machine.closed = text
        self.machine.unlock()

    def opens(self, now: int) -> int:
        """When it may be logged in next; ``now`` if it may be already."""
        return self.machine.opens(now)

    def view(self) -> SessionView:
        """State and sequence numbers."""
        machine = self.machine
        session = machine.stream.session.decode()
        identity = {"user": machine.rules.user, "session": session, "version": self.family.name}
        peer = machine.peer if machine.connection is not None else ""
        numbers = machine.received + 1, machine.stream.next
        return SessionView(machine.state.value, *numbers, peer, identity, machine.closed)

    # -- snapshots

    def state(self) -> Plain:
        """All of it but its connection, for a snapshot."""
        return self.machine.snapshot()

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with no connection as yet."""
        self.machine.restore(plain)
