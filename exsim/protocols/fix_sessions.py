"""Session machines joined with the mapping: requests out of messages, messages out of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from exsim.errors import Bug, Conflict, Unprocessable
from exsim.model.codes import Reason
from exsim.model.events import (
    CancelReject,
    Copied,
    Details,
    DisplayRefreshed,
    Event,
    LegFill,
    Listed,
    MassReport,
    MessageReject,
    Outgoing,
    Report,
    TradesAnswer,
    TradeTold,
)
from exsim.model.lists import ListState
from exsim.model.market_data import DataRefused, DataTold, DataWaiting
from exsim.model.messages import SessionView
from exsim.model.news import NewsTold
from exsim.model.plain import Plain
from exsim.model.quote_events import QuoteEvent
from exsim.model.reference_data import InstrumentsTold, PhaseTold, ReferenceEvent
from exsim.model.requests import Request
from exsim.model.settings import MARKET_DATA, ORDER_ENTRY, SessionSettings
from exsim.protocols.fix_capture import trade_copied, trade_told, trades_answer
from exsim.protocols.fix_dialect import Dialect, Names
from exsim.protocols.fix_fees import NO, fee_fields
from exsim.protocols.fix_fields import encode_fields
from exsim.protocols.fix_lists import list_state
from exsim.protocols.fix_market_data import data_refused, data_told
from exsim.protocols.fix_mass import listed_fields, mass_report
from exsim.protocols.fix_multileg import kind_field, leg_report
from exsim.protocols.fix_news import news_told
from exsim.protocols.fix_options import BOTH, IDENTIFIERS, MULTILEG, tells_trade
from exsim.protocols.fix_quotes_told import quote_answer
from exsim.protocols.fix_refused import APPL_VER, Refused, RefusedAs, RefusedBusiness
from exsim.protocols.fix_reports import Reports, day_fields, routing
from exsim.protocols.fix_requests import Requests, reference
from exsim.protocols.fix_securities import instruments_told, phase_told
from exsim.protocols.fix_versions import APPL_VER_IDS, FIXT, Version, find_version
from exsim.protocols.session_options import throttle_of
from exsim.sessions.fix_header import route_back
from exsim.sessions.fix_session import SESSION_TYPES, FixSession
from exsim.sessions.quick import QuickSession
from exsim.wire.fix import FixMessage

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
        "_copy_trades",
        "_echo_tags",
        "_fill_style",
        "_fixt",
        "_looks_on",
        "_map_orders",
        "_multileg_reports",
        "_report_fees",
        "_reports",
        "_requests",
        "_requests_by_version",
        "_spoken",
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
        self._report_fees: str = settings.options["report_fees"]
        self._copy_trades: str = settings.options["copy_trades"]
        self._multileg_reports: str = settings.options["multileg_reports"]
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
        clock = self.machine.clock
        if clock is not None:
            now = clock.time(now)
        if isinstance(event, Report):
            if event.more is not None and event.more.legs and self._tells_legs():
                self._send_legs(event, event.more.legs, now)
                return
            report = self._reports.report(event)
            if event.more is not None:
                report = (report, self._told_more(event, event.more))
            self.machine.send(b"8", report, now, routing(event.carry))
        elif isinstance(event, DataTold):  # next in number to reports
            msg_type, body = data_told(event.req_id, event.content, self._reports.version)
            self.machine.send(msg_type, body, now)
        elif isinstance(event, CancelReject):
            body = self._reports.cancel_reject(event)
            self.machine.send(b"9", body, now, routing(event.carry))
        elif isinstance(event, MessageReject):
            if event.msg_type == "j":
                return  # two sides that refuse each other's refusals would never stop
            msg_type, body = self._reports.message_reject(event)
            self.machine.send(msg_type, body, now, routing(event.carry))
        elif isinstance(event, Listed):
            listed = (
                self._reports.report(event.report),
                listed_fields(event, self._reports.version),
            )
            self.machine.send(b"8", listed, now, routing(event.report.carry))
        elif isinstance(event, Outgoing):
            self._send_fields(event.fields, now)
        elif isinstance(event, Copied):
            self._send_copies(event.report, now)
        elif isinstance(event, (DataRefused, InstrumentsTold, PhaseTold)):
            self._tell_data(event, now)
        elif isinstance(event, NewsTold):
            msg_type, news = news_told(event.news, self._reports.version)
            self.machine.send(msg_type, news, now)
        elif isinstance(event, DataWaiting):
            pass  # no FIX session shares a stream
        elif isinstance(event, DisplayRefreshed):
            pass  # no report of FIX says it
        elif isinstance(event, QuoteEvent):
            told = quote_answer(event, self._reports)
            if told is not None:
                self.machine.send(told[0], told[1], now, routing(event.carry))
        elif isinstance(event, ListState):
            state = list_state(event, self._reports)
            if state is not None:
                self.machine.send(state[0], state[1], now, routing(event.carry))
        else:
            answer = self._answer_of(event)
            if answer is not None:
                msg_type, body = answer
                self.machine.send(msg_type, body, now, routing(event.request.carry))

    def _tell_data(self, event: DataRefused | ReferenceEvent, now: int) -> None:
        """Send what is told to those who look on."""
        version = self._reports.version
        if isinstance(event, InstrumentsTold):
            msg_type, body = instruments_told(event, version)
        elif isinstance(event, PhaseTold):
            msg_type, body = phase_told(event, version)
        else:
            msg_type, body = data_refused(event)
        carry = event.carry if isinstance(event, PhaseTold) else event.request.carry
        self.machine.send(msg_type, body, now, routing(carry))

    def _answer_of(
        self, event: MassReport | TradesAnswer | TradeTold
    ) -> tuple[bytes, bytes] | None:
        """MsgType and body of an answer about many orders or trades."""
        if isinstance(event, MassReport):
            return mass_report(event, self._reports)
        if isinstance(event, TradesAnswer):
            return trades_answer(event, self._reports)
        return trade_told(event, self._reports)

    def _tells_legs(self) -> bool:
        """Whether fills of multileg instruments are told of each leg, too, or of these alone."""
        return self._multileg_reports != MULTILEG and self._reports.version.multileg_reporting

    def _send_legs(self, event: Report, legs: tuple[LegFill, ...], now: int) -> None:
        if self._multileg_reports == BOTH and event.more is not None:
            report = (self._reports.report(event), self._told_more(event, event.more))
            self.machine.send(b"8", report, now, routing(event.carry))
        for number, fill in enumerate(legs, 1):
            of_leg = (self._reports.report(leg_report(event, fill, number)), kind_field(True))
            self.machine.send(b"8", of_leg, now, routing(event.carry))

    def _told_more(self, report: Report, more: Details) -> bytes:
        """What a report has that few have."""
        version = self._reports.version
        fields = b""
        if more.exec_ref_id:
            fields += b"19=%b\x01" % more.exec_ref_id.encode()
        if more.restated >= 0:
            why = version.restatement(report.kind, more.restated)
            fields += b"" if why < 0 else b"378=%d\x01" % why
        if more.today is not None and version.day_quantities:
            fields += day_fields(more.today)
        if more.commission is not None and self._report_fees != NO:
            fields += fee_fields(more.commission, self._report_fees, version)
        if more.multileg and version.multileg_reporting:
            fields += kind_field(False)
        return fields

    def _send_copies(self, report: Report, now: int) -> None:
        """Send a copy of a report, a TradeCaptureReport(AE) of a fill, or both."""
        trades = self._copy_trades if self._reports.version.trade_reports else ""
        if trades != "only":
            self.machine.send(b"8", self._copy(report), now, _copied(report))
        trade = trade_copied(report, self._reports) if trades else None
        if trade is not None:
            self.machine.send(trade[0], trade[1], now, _copied(report))

    def _copy(self, report: Report) -> tuple[object, ...]:
        """The body of a copy of a report: with CopyMsgIndicator(797) where the version has it."""
        mark = b"797=Y\x01" if self._reports.version.copy_indicator else b""
        more = b"" if report.more is None else self._told_more(report, report.more)
        return (self._reports.report(report), mark + more)

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """See :meth:`exsim.interfaces.ISession.sent_so`."""
        now = self._time(now)
        if isinstance(event, Report):
            if event.more is not None and event.more.legs and self._tells_legs():
                return False
            report = self._reports.report(event)
            if event.more is not None:
                report = (report, self._told_more(event, event.more))
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
        )


def _copied(report: Report) -> bytes:
    """The header of a copy: DeliverToCompID(128) is the session that the report itself went to."""
    return b"128=%b\x01" % report.session.encode() if report.session else b""
