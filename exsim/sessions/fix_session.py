"""A FIX session: one counterparty with its sequence numbers, whatever connection it has now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from exsim.errors import Bug
from exsim.interfaces import Recorder, Tamper
from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.model.treatment import Piece
from exsim.sessions.fix_header import FixHeader, route_back
from exsim.sessions.fix_lock import Lock
from exsim.sessions.fix_output import FixOutput
from exsim.sessions.fix_resend import FixResend, SentStore
from exsim.sessions.fix_rules import ANY_VERSION, FixRules
from exsim.sessions.fix_tampered import send_pieces, send_tampered
from exsim.sessions.fix_trip import RoundTrip
from exsim.sessions.fix_version import REJECT_TEXTS
from exsim.sessions.session_clock import SessionClock
from exsim.wire.fix import FixMessage
from exsim.wire.fix_parts import Part

SESSION_TYPES: Final = frozenset((b"0", b"1", b"2", b"3", b"4", b"5", b"A"))
"""MsgTypes of the session's own messages, which are never sent again."""

_OUT: Final = int(EntryKind.OUT)


class State(Enum):
    """Where a session stands; the values are what people are told."""

    OFFLINE = "offline"
    LOGON = "logon"  # connected, the logon is not accepted yet
    ACTIVE = "active"
    LOGOUT = "logout"  # our Logout is sent, and waits for its answer


_ACTIVE: Final = State.ACTIVE

TRANSITIONS: Final = {
    State.OFFLINE: frozenset({State.LOGON}),
    State.LOGON: frozenset({State.ACTIVE, State.LOGOUT, State.OFFLINE}),
    State.ACTIVE: frozenset({State.LOGOUT, State.OFFLINE}),
    State.LOGOUT: frozenset({State.OFFLINE}),
}
"""The states that may follow each state."""


class Fault:
    """
    What is wrong with a message: a SessionRejectReason(373) and the tag at fault, b"" for none.

    ``text`` replaces the text that the reason has; ``logout`` ends the session as well.
    """

    __slots__ = ("logout", "reason", "tag", "text")

    def __init__(self, reason: int, tag: bytes = b"", text: str = "", logout: bool = False) -> None:
        self.reason = reason
        self.tag = tag
        self.text = text
        self.logout = logout


Check = Callable[[FixMessage], Fault | None]
"""Validates a message against a dictionary."""


class FixSession:
    """
    One counterparty. It outlives its connections.

    ``next_in`` and ``next_out`` are the MsgSeqNum expected and given next; ``requested`` is the
    last number that we have asked for and not got yet, ``requested_at`` when we did. ``heartbeat``
    is the HeartBtInt agreed on, in seconds; ``logons`` counts the logons accepted; ``logout_at``
    is when our Logout was sent; ``peer`` the address that it is or was last connected from;
    ``appl_ver_id`` the code of the application version in FIXT.1.1, and ``appl_ver_ids`` that of
    types of message for which the Logon named another. ``output`` is where the
    connection of now is written to, or None. ``check``, if given, is asked about each message in
    its turn, before it acts. ``lock`` knows who may not log on now. ``data_fields`` are those that
    messages are read by, as :func:`exsim.wire.fix.decode` takes them. ``clock`` is there where its
    time is not the real one: whoever calls makes the session's time of theirs by it. ``tamper``, if
    there is one, is shown each message, and may have another fate for it. ``trip`` is how long the
    newest TestRequest and its answer took.
    """

    __slots__ = (
        "_period",
        "appl_ver_id",
        "appl_ver_ids",
        "check",
        "clock",
        "data_fields",
        "header",
        "heartbeat",
        "lock",
        "logons",
        "logout_at",
        "name",
        "next_in",
        "next_out",
        "output",
        "peer",
        "record",
        "removed",
        "requested",
        "requested_at",
        "rules",
        "sent",
        "state",
        "tamper",
        "trip",
    )

    def __init__(
        self,
        name: str,
        rules: FixRules,
        record: Recorder,
        check: Check | None = None,
        clock: SessionClock | None = None,
    ) -> None:
        self.name = name
        self.rules = rules
        self.clock = clock
        self.record = record if clock is None else clock.record
        self.check = check
        self.data_fields: Mapping[bytes, bytes] | None = None
        self.header = FixHeader(rules)
        self.tamper: Tamper | None = None
        self.lock = Lock(rules)
        self.trip = RoundTrip()
        self.sent = SentStore(rules.resend_size)
        self.removed = False  # nobody knows it any more, but for a connection that is to close
        self.requested = 0
        self.requested_at = 0
        self.next_in = 1
        self.next_out = 1
        self.state = State.OFFLINE
        self.output: FixOutput | None = None
        self.peer = ""
        self.heartbeat = 0
        self.logons = 0
        self.logout_at = 0
        self.appl_ver_id = rules.default_appl_ver_id.encode()
        self.appl_ver_ids: dict[bytes, bytes] = {}
        self._period = 0  # when the schedule's period began that the numbers are of; 0: unknown

    @property
    def begin_string(self) -> bytes:
        """BeginString(8) of what is sent: where any is allowed, that of the last logon."""
        return self.header.begin_string

    def version_of(self, message: FixMessage) -> bytes:
        """
        The code of the application version of a message of FIXT.1.1.

        It is the message's own ApplVerID(1128), or else the RefApplVerID(1130) that the Logon had
        for its type, or else the DefaultApplVerID(1137) of the Logon.
        """
        named = message.fields.get(b"1128")
        return named or self.appl_ver_ids.get(message.msg_type) or self.appl_ver_id

    # -- sending

    def send(self, msg_type: bytes, body: Part, now: int, header: bytes = b"") -> None:
        """
        Send an application message; ``body`` and ``header`` are fields with their SOH.

        While nobody is logged on it is numbered and kept, so that the counterparty finds the
        gap at its next logon and asks for it.
        """
        if self.output is None:
            self._enter_period(now)
        seq = self.next_out
        self.next_out = seq + 1
        raw = self.header.build(msg_type, seq, now, header, body)
        self.sent.keep(seq, raw)
        output = self.output
        if self.state is _ACTIVE and output is not None:
            if self.tamper is None and output.detour is None:
                self.record(now, _OUT, self.name, raw)
                output.write(raw, now)
            else:
                send_tampered(self, output, raw, seq, now, True)

    def sent_so(
        self, raw: bytes, msg_type: bytes, body: Part, now: int, header: bytes = b""
    ) -> bool:
        """
        The same as :meth:`send` where a journal has the message already; False, with nothing done,
        where another one would be sent.
        """
        output, seq = self.output, self.next_out
        if self.state is not _ACTIVE or output is None:
            return False
        if self.tamper is not None or output.detour is not None:
            return False
        if not self.header.built(raw, msg_type, seq, now, header, body):
            return False
        self.next_out = seq + 1
        self.sent.keep(seq, raw)
        output.sent(raw, now)
        return True

    def send_session(self, msg_type: bytes, body: bytes, now: int, header: bytes = b"") -> None:
        """Send a session message on the connection of now; it is never sent again."""
        output = self.output
        if output is None:
            raise Bug(f"session {self.name} is offline: it cannot send 35={msg_type!r}")
        seq = self.next_out
        self.next_out = seq + 1
        raw = self.header.build(msg_type, seq, now, header, body)
        self.sent.skip(seq)
        if self.tamper is None and output.detour is None:
            self.record(now, _OUT, self.name, raw)
            output.write(raw, now)
        else:
            send_tampered(self, output, raw, seq, now, False)

    def send_raw(self, data: bytes, now: int) -> bool:
        """Send bytes as they are, under no number; False when there is no connection."""
        output = self.output
        if output is None:
            return False
        if output.detour is None:
            self.record(now, _OUT, self.name, data)
            output.write(data, now)
        else:
            send_pieces(self, output, [Piece(data)], now)
        return True

    def test(self, test_id: str, now: int) -> bool:
        """Send a TestRequest; False when nobody is logged on."""
        if self.state is not State.ACTIVE:
            return False
        name = _encoded(test_id)
        self.trip.asked(name, now)
        self.send_session(b"1", b"112=%b\x01" % name, now)
        return True

    def reject(self, message: FixMessage, reason: int, tag: bytes, text: str, now: int) -> None:
        """
        Send a session-level Reject(3) of ``message``.

        :param reason: SessionRejectReason(373), left out where the version has no such code.
        :param tag: the tag at fault, or b"" (0 is a tag that somebody may have sent).
        :param text: Text(58); empty: that of the reason.
        """
        if self.output is None:
            return
        version = self.header.version
        text = text or REJECT_TEXTS.get(reason, "Other")
        if tag and not version.reject_details:
            text = f"{text} ({tag.decode()})"
        body = b"45=%d\x0158=%b\x01" % (message.seq, _encoded(text))
        if version.reject_details:
            if tag:
                body += b"371=%b\x01" % tag
            body += b"372=%b\x01" % message.msg_type
            if reason in version.reject_reasons:
                body += b"373=%d\x01" % reason
        self.send_session(b"3", body, now, route_back(message))

    def resend(self, begin: int, end: int, now: int) -> bool:
        """
        Send the messages from ``begin`` to ``end`` again; ``end`` 0 stands for the last.

        Returns False when too many resends are under way already.
        """
        last = self.next_out - 1
        end = min(end, last) if end else last
        if self.output is None or begin > end:
            return True
        return self.output.resend(FixResend(self, begin, end), now)

    # -- its life

    def attach(self, output: FixOutput, begin_string: bytes, peer: str, now: int) -> None:
        """A connection wants to log on."""
        self._become(State.LOGON)
        self._enter_period(now)
        self.requested = 0
        self.output = output
        self.peer = peer
        if self.rules.begin_string == ANY_VERSION:
            self.header.speak(begin_string, self.rules)

    def accept(self) -> None:
        """The logon is accepted."""
        self._become(State.ACTIVE)
        self.logons += 1

    def closes(self) -> int | None:
        """When the schedule ends the period that the session is in; None: never."""
        schedule = self.rules.schedule
        if schedule is None or not self._period:
            return None
        return schedule.closes(self._period)

    def _enter_period(self, now: int) -> None:
        """Begin the numbers anew if the schedule has begun another period."""
        schedule = self.rules.schedule
        period = schedule.period(now) if schedule is not None else None
        if period is not None and period != self._period:
            if self._period:
                self.reset_numbers()
            self._period = period

    def logout(self, text: str, now: int) -> None:
        """Begin an orderly logout; does nothing when not logged on."""
        if self.state in (State.LOGON, State.ACTIVE):
            body = b"58=%b\x01" % _encoded(text) if text else b""
            self.send_session(b"5", body, now)
            self._become(State.LOGOUT)
            self.logout_at = now

    def end(self, why: str) -> None:
        """Close the connection once all is written, for what came in on it."""
        if self.output is not None:
            self.output.end(why)
            self.detach(self.rules.reset_on_disconnect)

    def disconnect(self, now: int, why: str = "disconnected by us") -> None:
        """Close the connection, if there is one, at once and without a word."""
        if self.output is not None:
            self.output.abort(why)
            self.detach(self.rules.reset_on_disconnect)

    def detach(self, reset: bool) -> None:
        """The connection is gone; start both directions anew if ``reset``."""
        self._become(State.OFFLINE)
        self.output = None
        self.trip.forget()
        if reset:
            self.reset_numbers()

    def reset(self, now: int) -> None:
        """Forget sequence numbers and messages sent. One that is logged on is disconnected."""
        self.disconnect(now, "the session was reset")
        self.reset_numbers()
        self.lock.open()

    def reset_numbers(self) -> None:
        """Start both directions at 1."""
        self.next_in = 1
        self.next_out = 1
        self.requested = 0
        self.sent = SentStore(self.rules.resend_size)  # a resend under way goes on with the old

    def set_numbers(self, next_in: int, next_out: int) -> None:
        """Expect and give these numbers next, also while logged on."""
        if next_in != self.next_in:
            self.next_in = next_in
            self.requested = 0
        if next_out != self.next_out:
            self.next_out = next_out
            self.sent.move(next_out)

    # -- snapshots

    def no_resend(self) -> FixResend:
        """A resend of nothing, to be restored."""
        return FixResend(self, 1, 0)

    def snapshot(self) -> Plain:
        """All of it but its output, for a snapshot."""
        return {
            "begin_string": self.header.begin_string,
            "next_in": self.next_in,
            "next_out": self.next_out,
            "sent": self.sent.state(),
            "requested": [self.requested, self.requested_at],
            "state": self.state.value,
            "peer": self.peer,
            "heartbeat": self.heartbeat,
            "logons": self.logons,
            "logout_at": self.logout_at,
            "appl_ver_id": self.appl_ver_id,
            "appl_ver_ids": list(self.appl_ver_ids.items()),
            "period": self._period,
            "lock": self.lock.state(),
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`snapshot` told, with no output as yet."""
        if self.rules.begin_string == ANY_VERSION:
            self.header.speak(plain["begin_string"], self.rules)
        self.next_in = plain["next_in"]
        self.next_out = plain["next_out"]
        self.sent.restore(plain["sent"])
        self.requested, self.requested_at = plain["requested"]
        self.state = State(plain["state"])
        self.peer = plain["peer"]
        self.heartbeat = plain["heartbeat"]
        self.logons = plain["logons"]
        self.logout_at = plain["logout_at"]
        self.appl_ver_id = plain["appl_ver_id"]
        self.appl_ver_ids = dict(plain["appl_ver_ids"])
        self._period = plain["period"]
        self.lock.restore(plain["lock"])

    def _become(self, state: State) -> None:
        if state not in TRANSITIONS[self.state]:
            raise Bug(f"session {self.name} cannot go from {self.state.value} to {state.value}")
        self.state = state


def _encoded(text: str) -> bytes:
    """Text(58), which cannot hold a delimiter."""
    return text.replace("\x01", " ").encode("utf-8", "replace")
