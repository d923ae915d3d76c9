"""Session machines joined with the mapping: requests out of messages, messages out of events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from exsim.errors import Bug
from exsim.model.events import CancelReject, Event, MessageReject, Report
from exsim.model.messages import SessionView
from exsim.model.requests import Request
from exsim.model.settings import SessionSettings
from exsim.protocols.fix_fields import encode_fields
from exsim.protocols.fix_options import tells_trade
from exsim.protocols.fix_refused import APPL_VER, Refused, RefusedBusiness
from exsim.protocols.fix_reports import Reports, routing
from exsim.protocols.fix_requests import Requests, reference
from exsim.protocols.fix_versions import APPL_VER_IDS, FIXT, Version, find_version
from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_header import route_back
from exsim.sessions.fix_session import FixSession
from exsim.wire.fix import FixMessage

_APPL_VER_ID: Final = b"1128"


class MappedSession:
    """
    A counterparty: its machine, and the mapping of the version that it speaks.

    In FIXT.1.1 a message may be in another version than the session (ApplVerID); what is sent is
    always in the session's.
    """

    __slots__ = (
        "_appl_ver_id",
        "_connection",
        "_echo_tags",
        "_fill_style",
        "_fixt",
        "_map_orders",
        "_reports",
        "_requests",
        "_requests_by_version",
        "_tells_appl_ver_id",
        "machine",
        "name",
        "settings",
    )

    def __init__(self, settings: SessionSettings, machine: FixSession) -> None:
        self.name = settings.name
        self.settings = settings
        self.machine = machine
        self._connection: MappedConnection | None = None
        self._fill_style: str = settings.options["fill_style"]
        self._echo_tags: tuple[bytes, ...] = settings.options["echo_tags"]
        self._tells_appl_ver_id: bool = settings.options["tell_appl_ver_id"]
        self._map_orders: bool = settings.options["map_orders"]
        self._requests_by_version: dict[str, Requests] = {}
        self._speak()

    def _speak(self) -> None:
        """Map as the version has it that the machine speaks now."""
        machine = self.machine
        version = find_version(machine.begin_string, machine.appl_ver_id)
        if version is None:
            raise Bug(
                f"session {self.name} speaks {machine.begin_string!r}, application version"
                f" {machine.appl_ver_id!r}, which has no mapping"
            )
        digits = machine.rules.timestamp_digits
        self._appl_ver_id = machine.appl_ver_id
        self._fixt = machine.begin_string == FIXT
        self._requests = self._requests_of(version)
        self._reports = Reports(
            version,
            tells_trade(self._fill_style, version),
            version.timestamp_digits if digits is None else digits,
            machine.appl_ver_id.decode() if self._fixt and self._tells_appl_ver_id else "",
            self._echo_tags,
        )

    def _requests_of(self, version: Version) -> Requests:
        requests = self._requests_by_version.get(version.name)
        if requests is None:
            requests = Requests(self.name, version, self._echo_tags, self._map_orders)
            self._requests_by_version[version.name] = requests
        return requests

    # -- in

    @property
    def connection(self) -> MappedConnection | None:
        """Where it is logged on, or None."""
        return self._connection if self.machine.output is not None else None

    @property
    def logons(self) -> int:
        """How often it has logged on."""
        return self.machine.logons

    def logged_on(self, connection: MappedConnection) -> None:
        """A connection was accepted."""
        self._connection = connection
        self._speak()

    def request(self, message: FixMessage) -> Request:
        """
        The request that a message makes.

        :raises Refused: when it is malformed.
        :raises RefusedBusiness: when it asks for what cannot be.
        """
        if self._fixt:
            if self.machine.appl_ver_id is not self._appl_ver_id:  # it logged on once more
                self._speak()
            if _APPL_VER_ID in message.fields:
                version = APPL_VER_IDS.get(message.fields[_APPL_VER_ID])
                if version is None:
                    raise Refused(APPL_VER, _APPL_VER_ID)
                return self._requests_of(version).request(message)
        return self._requests.request(message)

    def refuse(self, message: FixMessage, refused: RefusedBusiness, now: int) -> None:
        """Send a BusinessMessageReject(j) of a message."""
        msg_type, body = self._reports.business_reject(
            message.msg_type.decode("utf-8", "replace"),
            reference(message),
            refused.reason,
            refused.text,
        )
        self.machine.send(msg_type, body, now, route_back(message))

    # -- out

    def send(self, event: Event, now: int) -> None:
        """
        Send what an event says.

        :raises exsim.errors.Unprocessable: when chosen fields make no message.
        """
        if isinstance(event, Report):
            body = self._reports.report(event)
            self.machine.send(b"8", body, now, routing(event.carry))
        elif isinstance(event, CancelReject):
            body = self._reports.cancel_reject(event)
            self.machine.send(b"9", body, now, routing(event.carry))
        elif isinstance(event, MessageReject):
            if event.msg_type == "j":
                return  # two sides that refuse each other's refusals would never stop
            msg_type, body = self._reports.message_reject(event)
            self.machine.send(msg_type, body, now, routing(event.carry))
        else:
            self.send_fields(event.fields, now)

    def send_fields(self, fields: Sequence[tuple[str, str]], now: int) -> None:
        """
        Send a message of these fields, type included.

        :raises exsim.errors.Unprocessable: when they make none.
        """
        msg_type, body, header = encode_fields(fields)
        self.machine.send(msg_type, body, now, header)

    # -- its life

    def logout(self, text: str, now: int) -> None:
        """Begin an orderly logout; does nothing when not logged on."""
        self.machine.logout(text, now)

    def disconnect(self, now: int) -> None:
        """Close the connection, if there is one, without a word."""
        self.machine.disconnect(now)

    def reset(self, now: int) -> None:
        """Forget sequence numbers and messages sent."""
        self.machine.reset(now)

    def view(self) -> SessionView:
        """State and sequence numbers."""
        machine = self.machine
        identity = {
            "begin_string": machine.begin_string.decode(),
            "sender_comp_id": machine.rules.sender_comp_id,
            "target_comp_id": machine.rules.comp_id,
        }
        if machine.begin_string == FIXT:
            identity["appl_ver_id"] = machine.appl_ver_id.decode()
        peer = machine.peer if machine.output is not None else ""
        return SessionView(machine.state.value, machine.next_in, machine.next_out, peer, identity)


class MappedConnection:
    """One socket's conversation. ``session_of`` finds the session of the machine that logged on."""

    __slots__ = ("_machine", "_session_of", "session")

    def __init__(
        self, machine: FixConnection, session_of: Callable[[FixSession], MappedSession]
    ) -> None:
        self._machine = machine
        self._session_of = session_of
        self.session: MappedSession | None = None

    @property
    def closing(self) -> bool:
        """Whether to close the socket once what is to be sent is written."""
        return self._machine.closing

    @property
    def why(self) -> str:
        """Why it closes, for a log."""
        return self._machine.why

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        self._machine.receive(data, now)

    def next_request(self, now: int) -> Request | None:
        """Work through what came in up to the next request; None when there is none."""
        while True:
            message = self._machine.next_message(now)
            session = self.session or self._logged_on()
            if message is None or session is None:
                return None
            try:
                return session.request(message)
            except Refused as refused:
                session.machine.reject(message, refused.reason, refused.tag, "", now)
            except RefusedBusiness as business:  # a name of its own: compiled, each has one type
                session.refuse(message, business, now)

    def _logged_on(self) -> MappedSession | None:
        machine = self._machine.session
        if machine is None:
            return None
        self.session = self._session_of(machine)
        self.session.logged_on(self)
        return self.session

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""
        return self._machine.data_to_send()

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        return self._machine.next_deadline()

    def deadline(self, now: int) -> None:
        """Time passed."""
        self._machine.deadline(now)

    def lost(self, now: int) -> None:
        """The socket is gone."""
        self._machine.lost(now)
