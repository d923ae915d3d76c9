"""Session machines joined with the mapping: requests out of messages, messages out of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from exsim.errors import Bug, Conflict, Unprocessable
from exsim.model.codes import Reason
from exsim.model.events import CancelReject, Event, Outgoing, Report
from exsim.model.messages import SessionView
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.model.settings import MARKET_DATA, ORDER_ENTRY, SessionSettings
from exsim.protocols.fix_changed import changed
from exsim.protocols.fix_dialect import Dialect, Names
from exsim.protocols.fix_fields import encode_fields
from exsim.protocols.fix_options import IDENTIFIERS, tells_trade
from exsim.protocols.fix_refused import APPL_VER, Refused, RefusedAs, RefusedBusiness
from exsim.protocols.fix_reports import Reports, routing
from exsim.protocols.fix_requests import Requests, reference
from exsim.protocols.fix_telling import Telling
from exsim.protocols.fix_versions import APPL_VER_IDS, FIXT, Version, find_version
from exsim.protocols.session_options import throttle_of
from exsim.sessions.fix_header import route_back
from exsim.sessions.fix_session import SESSION_TYPES, FixSession
from exsim.sessions.fix_version import REJECT_TEXTS
from exsim.sessions.quick import QuickSession
from exsim.wire.fix import FixMessage, decode

if TYPE_CHECKING:
    from exsim.protocols.fix_connections import MappedConnection

_APPL_VER_ID: Final = b"1128"
NEVER: Final = 2**62
"""A time for what nobody can tell when it will be."""
TOO_MANY: Final = "Throttle limit exceeded"
"""What a session is told that sends more than it may."""


class MappedSession(QuickSession):
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
        "_looks_on",
        "_map_orders",
        "_reports",
        "_requests",
        "_requests_by_version",
        "_spoken",
        "_telling",
        "_tells_appl_ver_id",
        "_venue",
        "dialect",
        "machine",
        "name",
        "settings",
        "throttle",
    )

    def __init__(
        self,
        settings: SessionSettings,
        machine: FixSession,
        dialect: Dialect,
        role: str = ORDER_ENTRY,
        venue: str = "",
    ) -> None:
        self._venue = venue
        self.name = settings.name
        self.settings = settings
        self.machine = machine
        self.dialect = dialect
        self._connection: MappedConnection | None = None
        self._fill_style: str = settings.options["fill_style"]
        self._echo_tags: tuple[bytes, ...] = settings.options["echo_tags"]
        self._tells_appl_ver_id: bool = settings.options["tell_appl_ver_id"]
        self._map_orders: bool = role == ORDER_ENTRY and settings.options["map_orders"]
        self._looks_on = role == MARKET_DATA
        self.throttle = throttle_of(settings.options)
        self._requests_by_version: dict[str, Requests] = {}
        self._speak()

    def _speak(self) -> None:
        """Map as the version has it that the machine speaks now."""
        self._map(self.machine.begin_string, self.machine.appl_ver_id)

    def _map(self, begin_string: bytes, appl_ver_id: bytes) -> None:
        version = find_version(begin_string, appl_ver_id)
        if version is None:
            raise Bug(
                f"session {self.name} speaks {begin_string!r}, application version"
                f" {appl_ver_id!r}, which has no mapping"
            )
        digits = self.machine.rules.timestamp_digits
        self._spoken = begin_string
        self._appl_ver_id = appl_ver_id
        self._fixt = begin_string == FIXT
        self._requests = self._requests_of(version)
        self._reports = Reports(
            version,
            tells_trade(self._fill_style, version),
            version.timestamp_digits if digits is None else digits,
            appl_ver_id.decode() if self._fixt and self._tells_appl_ver_id else "",
            self._echo_tags,
        )
        self._telling = Telling(self._reports, self.settings)

    def _requests_of(self, version: Version) -> Requests:
        requests = self._requests_by_version.get(version.name)
        if requests is None:
            looks_on = self._looks_on
            requests = Requests(
                self.name, version, self._echo_tags, self._map_orders, looks_on, self._venue
            )
            self._requests_by_version[version.name] = requests
        return requests

    # -- in

    @property
    def connection(self) -> Any:
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
        :raises RefusedAs: likewise, where the version has a message of its own for that.
        """
        if self._fixt:
            if self.machine.appl_ver_id is not self._appl_ver_id:  # it logged on once more
                self._speak()
            code = self.machine.version_of(message)
            if code is not self._appl_ver_id:
                version = APPL_VER_IDS.get(code)
                if version is None:
                    raise Refused(APPL_VER, _APPL_VER_ID)
                return self._requests_of(version).request(message)
        return self._requests.request(message)

    def changed(self, raw: bytes, fields: Sequence[tuple[str, str]]) -> Request:
        """
        The request of a message with other values in some fields; see :class:`IChangeable`.

        :raises exsim.errors.Unprocessable: when it is none then.
        """
        data_fields = self.machine.data_fields
        message = changed(decode(raw, data_fields), fields, self.names_in(raw), data_fields)
        try:
            return self.request(message)
        except Refused as refused:
            why = REJECT_TEXTS.get(refused.reason, "it is malformed")
            raise Unprocessable(f"{why} (tag {refused.tag.decode()})") from None
        except RefusedBusiness as refused:
            raise Unprocessable(refused.text) from None
        except RefusedAs:
            raise Unprocessable("it asks for what cannot be") from None

    def recalled(self, raw: bytes) -> Request | None:
        """
        The request of a message that was right, if it is one that is easily read, whose turn it is.
        """
        machine = self.machine
        if self._fixt and (machine.appl_ver_ids or machine.appl_ver_id is not self._appl_ver_id):
            return None
        return self._requests.recall.read(raw, machine.next_in)

    def learn(self, message: FixMessage) -> None:
        """Know messages like this, which made a request, from now."""
        if self._map_orders and self.machine.data_fields is None:
            self._requests.recall.learn(message)

    def refuse(self, message: FixMessage, refused: RefusedBusiness, now: int) -> None:
        """Send a BusinessMessageReject(j) of a message."""
        msg_type, body = self._reports.business_reject(
            message.msg_type.decode("utf-8", "replace"),
            reference(message),
            refused.reason,
            refused.text,
        )
        self.machine.send(msg_type, body, now, route_back(message))

    def refuse_as(self, message: FixMessage, refused: RefusedAs, now: int) -> None:
        """Send the message that refuses a message."""
        self.machine.send(refused.msg_type, refused.body, now, route_back(message))

    def refuse_throttled(self, message: FixMessage, now: int) -> None:
        """Refuse a message of a session that sends too many."""
        msg_type, body = self._reports.business_reject(
            message.msg_type.decode("utf-8", "replace"),
            reference(message),
            self._reports.version.business_reasons.get(Reason.THROTTLED),
            TOO_MANY,
        )
        self.machine.send(msg_type, body, now, route_back(message))

    # -- out

    def send(self, event: Event, now: int) -> None:
        """
        Send what an event says.

        :raises exsim.errors.Unprocessable: when chosen fields make no message.
        """
        machine = self.machine
        clock = machine.clock
        if clock is not None:
            now = clock.time(now)
        if isinstance(event, Report) and event.more is None:
            machine.send(b"8", self._reports.report(event), now, routing(event.carry))
        elif isinstance(event, Outgoing):
            self._send_fields(event.fields, now)
        else:
            for msg_type, body, header in self._telling.messages(event):
                machine.send(msg_type, body, now, header)

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """See :meth:`exsim.interfaces.ISession.sent_so`."""
        now = self._time(now)
        if isinstance(event, Report):
            report = self._telling.report(event)
            if report is None:
                return False
            return self.machine.sent_so(raw, b"8", report, now, routing(event.carry))
        if isinstance(event, CancelReject):
            body = self._reports.cancel_reject(event)
            return self.machine.sent_so(raw, b"9", body, now, routing(event.carry))
        return False

    def send_fields(self, fields: Sequence[tuple[str, str]], now: int) -> None:
        """
        Send a message of these fields, type included.

        One of the session's own types is never sent again, and so needs a connection.

        :raises exsim.errors.Unprocessable: when they make none.
        """
        self._send_fields(fields, self._time(now))

    def _time(self, now: int) -> int:
        """The machine's time, where the real time is ``now``."""
        return now if self.machine.clock is None else self.machine.clock.time(now)

    def _send_fields(self, fields: Sequence[tuple[str, str]], now: int) -> None:
        machine = self.machine
        names = self.dialect.names(machine.begin_string, machine.appl_ver_id)
        msg_type, body, header = encode_fields(fields, names)
        if msg_type not in SESSION_TYPES:
            machine.send(msg_type, body, now, header)
        elif machine.output is not None:
            machine.send_session(msg_type, body, now, header)
        else:
            raise Unprocessable(
                f"session {self.name!r} has no connection, and a message of type"
                f" {msg_type.decode()} is not kept for the next"
            )

    def names_in(self, data: bytes) -> Names:
        """The names of the version of one of its messages."""
        return self.dialect.names_in(data, self.machine.appl_ver_id)

    # -- snapshots

    def state(self) -> Plain:
        """All of it but its connection, for a snapshot."""
        return {
            "machine": self.machine.snapshot(),
            "spoken": [self._spoken, self._appl_ver_id],
            "throttle": None if self.throttle is None else self.throttle.state(),
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with no connection as yet."""
        machine = self.machine
        machine.restore(plain["machine"])
        if self.throttle is not None and plain["throttle"] is not None:
            self.throttle.restore(plain["throttle"])
        # What is mapped follows what the machine speaks only when the next request comes.
        begin_string, appl_ver_id = plain["spoken"]
        if find_version(begin_string, appl_ver_id) is not None:
            self._map(begin_string, appl_ver_id)
        if appl_ver_id == machine.appl_ver_id:
            machine.appl_ver_id = self._appl_ver_id

    def resume(self, connection: MappedConnection) -> None:
        """Be logged on there again."""
        self._connection = connection

    # -- its life

    def logout(self, text: str, now: int) -> None:
        """Begin an orderly logout; does nothing when not logged on."""
        self.machine.logout(text, self._time(now))

    def disconnect(self, now: int) -> None:
        """Close the connection, if there is one, without a word."""
        self.machine.disconnect(now)

    def remove(self, now: int) -> None:
        """Close the connection, and be known no more: what waits for its turn is dropped."""
        if self._connection is not None:
            self._connection.drop_waiting()
        self.disconnect(now)
        self.machine.removed = True

    def reset(self, now: int) -> None:
        """Forget sequence numbers and messages sent."""
        self.machine.reset(self._time(now))

    def send_raw(self, data: bytes, now: int) -> None:
        """Send bytes as they are."""
        if not self.machine.send_raw(data, self._time(now)):
            raise Conflict(f"session {self.name!r} has no connection to send on")

    def test_request(self, test_id: str, now: int) -> None:
        """Send a TestRequest(1)."""
        if not self.machine.test(test_id, self._time(now)):
            raise Conflict(f"session {self.name!r} is not logged on")

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """Expect and give these sequence numbers next; None: as it is."""
        machine = self.machine
        machine.set_numbers(next_in or machine.next_in, next_out or machine.next_out)

    def refuse_logons(self, text: str | None) -> None:
        """Accept no more logons, for this reason; with None, accept them again."""
        self.machine.lock.closed = text
        self.machine.lock.open()

    def opens(self, now: int) -> int:
        """When the session may be logged on next; ``now`` if it may be already."""
        schedule, clock = self.machine.rules.schedule, self.machine.clock
        time = self._time(now)
        if schedule is None or schedule.period(time) is not None:
            return now
        opens = schedule.opens(time)
        due = opens if clock is None else clock.due(opens)
        return NEVER if due is None else due

    def view(self) -> SessionView:
        """State and sequence numbers."""
        machine = self.machine
        identity = {
            "begin_string": machine.begin_string.decode(),
            "sender_comp_id": machine.rules.sender_comp_id,
            "target_comp_id": machine.rules.comp_id,
        }
        for _tag, key in IDENTIFIERS:
            if self.settings.options[key]:
                identity[key] = self.settings.options[key]
        if machine.begin_string == FIXT:
            identity["appl_ver_id"] = machine.appl_ver_id.decode()
        peer = machine.peer if machine.output is not None else ""
        return SessionView(
            machine.state.value,
            machine.next_in,
            machine.next_out,
            peer,
            identity,
            machine.lock.closed,
            None if machine.trip.took is None else (machine.trip.took, machine.trip.at),
        )
