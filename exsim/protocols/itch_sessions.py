"""Sessions of ITCH, which all are sent one stream, and their connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exsim.errors import Conflict, Unprocessable
from exsim.model.events import Event, Outgoing
from exsim.model.market_data import DataWaiting
from exsim.model.messages import SessionView
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.model.settings import SessionSettings
from exsim.protocols.ouch_text import build
from exsim.protocols.soup_lines import SoupLine
from exsim.sessions.soup_connection import SoupConnection
from exsim.sessions.soup_session import SoupSession
from exsim.wire import soup
from exsim.wire.layouts.itch50 import ITCH50


class ItchSession:
    """A counterparty that looks on."""

    __slots__ = ("_connection", "machine", "name", "settings")

    def __init__(self, settings: SessionSettings, machine: SoupSession) -> None:
        self.name = settings.name
        self.settings = settings
        self.machine = machine
        self._connection: ItchConnection | None = None

    @property
    def connection(self) -> ItchConnection | None:
        """Where it is logged in, or None."""
        return self._connection if self.machine.connection is not None else None

    @property
    def logons(self) -> int:
        """How often it has logged in."""
        return self.machine.logins

    def logged_on(self, connection: ItchConnection) -> None:
        """A connection was accepted, or is there again."""
        self._connection = connection

    # -- out

    def send(self, event: Event, now: int) -> None:
        """Send what is new in the stream; or a message that somebody chose."""
        if isinstance(event, DataWaiting):
            if self.machine.connection is not None:
                self.machine.connection.more(now)
        elif isinstance(event, Outgoing):
            self.send_fields(event.fields, now)

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """To send it again is as fast."""
        return False

    def send_fields(self, fields: Sequence[tuple[str, str]], now: int) -> None:
        """
        Add a message of these fields to the stream; its type is the field ``Type``.

        The others are sent it with what comes next.

        :raises exsim.errors.Unprocessable: when they make none.
        """
        try:
            payload = build(ITCH50.outbound, fields)
        except ValueError as error:
            raise Unprocessable(str(error)) from None
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

    def logout(self, text: str, now: int) -> None:
        """End the session; does nothing when it is not logged in."""
        self.machine.end(text, now)

    def disconnect(self, now: int) -> None:
        """Close the connection, if there is one, without a word."""
        self.machine.disconnect("disconnected by the simulator")

    def reset(self, now: int) -> None:
        """Disconnect; the stream is not its own."""
        self.machine.reset()

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """The stream is not its own.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict("the numbers of an ITCH stream are those of all its sessions")

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
        identity = {"user": machine.rules.user, "session": session, "version": ITCH50.name}
        peer = machine.peer if machine.connection is not None else ""
        numbers = machine.received + 1, machine.stream.next
        return SessionView(machine.state.value, *numbers, peer, identity, machine.closed)

    def state(self) -> Plain:
        """All of it but its connection, for a snapshot."""
        return self.machine.snapshot()

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with no connection as yet."""
        self.machine.restore(plain)


class ItchConnection(SoupLine):
    """One socket's conversation. ``session_of`` finds the session of the machine that logged in."""

    __slots__ = ("_session_of", "session")

    def __init__(
        self, machine: SoupConnection, session_of: Callable[[SoupSession], ItchSession]
    ) -> None:
        super().__init__(machine)
        self._session_of = session_of
        self.session: ItchSession | None = None

    def next_request(self, now: int) -> Request | None:
        """Work through what came in: who looks on asks for nothing."""
        machine = self._machine
        while (raw := machine.next_message(now)) is not None:
            machine.close(f"{len(raw)} bytes of unsequenced data: nothing is asked of ITCH")
        if self.session is None and machine.session is not None:
            self.session = self._session_of(machine.session)
            self.session.logged_on(self)
        return None

    def restore(self, plain: Plain, session: ItchSession | None) -> None:
        """Be as :meth:`state` told; ``session`` is whose it is."""
        self._machine.restore(plain, None if session is None else session.machine)
        self.session = session
        if session is not None and plain["attached"]:
            session.logged_on(self)
