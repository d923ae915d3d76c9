"""What comes in on a connection that has logged on: order, gaps, and session messages."""

from __future__ import annotations

from typing import Final

from exsim.model.messages import ORDERLY
from exsim.model.plain import Plain
from exsim.sessions.fix_checks import (
    HeaderCheck,
    is_poss_dup,
    number_fault,
    orig_time_fault,
    value_fault,
)
from exsim.sessions.fix_kept import Kept
from exsim.sessions.fix_logon import logon_body, logon_fault, new_password, take_versions
from exsim.sessions.fix_output import FixOutput
from exsim.sessions.fix_session import SESSION_TYPES, Fault, FixSession, State
from exsim.wire.fix import FixMessage, decode
from exsim.wire.fix_reasons import OTHER, VALUE_INCORRECT

DEFAULT_PATIENCE: Final = 30
"""Seconds after which a gap is asked for again where there are no heartbeats."""

_SECOND: Final = 1_000_000_000

_LOGGING_ON: Final = State.LOGON
_TEST_REQUEST: Final = b"1"
_HEARTBEAT: Final = b"0"
_RESEND_REQUEST: Final = b"2"
_SEQUENCE_RESET: Final = b"4"
_LOGOUT: Final = b"5"
_LOGON: Final = b"A"
_OUT_OF_TURN: Final = frozenset((_RESEND_REQUEST, _SEQUENCE_RESET, _LOGOUT, _LOGON))
"""Types of messages that may act whatever their number is."""


class FixInbound:
    """
    Applies the rules of a session to each message received on one connection.

    ``kept`` has the messages that came after a gap by MsgSeqNum, None for one that has acted
    already. ``last`` is when the last message came, in nanoseconds; ``tested`` says whether a
    TestRequest of ours waits for one.
    """

    __slots__ = (
        "_begin_string",
        "_check",
        "_most_parts",
        "_output",
        "_session",
        "kept",
        "last",
        "name",
        "tested",
    )

    def __init__(self, session: FixSession, output: FixOutput, now: int) -> None:
        self.name = session.name
        self._session = session
        self._output = output
        self._begin_string = session.header.begin_string
        self._check = HeaderCheck(session)
        self._most_parts = 2 * session.rules.max_fields
        self.kept = Kept()
        self.last = now
        self.tested = False

    def take(self, message: FixMessage, now: int) -> FixMessage | None:
        """Act on a message just received; give it back if it is the application's turn."""
        session = self._session
        self.last = now
        self.tested = False
        if message.fields.get(b"8") != self._begin_string:
            self._wrong_version(message, now)
            return None
        fault = self._check.fault(message, now)
        if len(message.parts) > self._most_parts:
            fault = Fault(OTHER, text=f"More than {self._most_parts // 2} fields")
        if fault is not None:
            self._refuse(message, fault, now)
            return None
        if session.state is _LOGGING_ON:
            self._answered(message, now)
            return None
        seq = message.seq
        if message.msg_type in _OUT_OF_TURN and self._act_out_of_turn(message, now):
            return None
        if seq == session.next_in:
            return self._act(message, now)
        if seq > session.next_in:
            self._keep(seq, message.raw, now)
        else:
            self._too_low(message, now)
        return None

    def acted(self, now: int) -> None:
        """What :meth:`take` comes to for a message of the application that has its turn."""
        self.last = now
        self.tested = False
        self._session.next_in += 1

    def ignore(self, message: FixMessage, now: int) -> None:
        """Count a message, and do nothing else about it."""
        session, seq = self._session, message.seq
        self.last = now
        self.tested = False
        if seq == session.next_in:
            session.next_in = seq + 1
        elif seq > session.next_in:
            self._keep(seq, None, now)

    def has_next(self) -> bool:
        """Whether the message whose turn it is was kept."""
        return self.kept.has(self._session.next_in)

    def take_kept(self, now: int) -> FixMessage | None:
        """The same for the message kept whose turn has come."""
        session = self._session
        raw = self.kept.pop(session.next_in)
        if raw is None:
            session.next_in += 1
            return None
        return self._act(decode(raw, session.data_fields), now)

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [self._begin_string, self.kept.state(), self.last, self.tested]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self._begin_string, kept, self.last, self.tested = plain
        self.kept.restore(kept)

    # -- messages that cannot have their turn

    def _wrong_version(self, message: FixMessage, now: int) -> None:
        if message.seq == self._session.next_in:
            self._session.next_in += 1
        self._session.logout("Incorrect BeginString", now)

    def _refuse(self, message: FixMessage, fault: Fault, now: int) -> None:
        """Reject a message; if it was its turn, the number is used up."""
        session = self._session
        if message.seq == session.next_in and message.msg_type != _SEQUENCE_RESET:
            session.next_in += 1
        self._reject(message, fault, now)

    def _reject(self, message: FixMessage, fault: Fault, now: int) -> None:
        session = self._session
        session.reject(message, fault.reason, fault.tag, fault.text, now)
        if fault.logout:
            session.logout("", now)

    def _too_low(self, message: FixMessage, now: int) -> None:
        """A number that was used before: fine for a possible duplicate, else the end."""
        if is_poss_dup(message):
            if message.msg_type != _SEQUENCE_RESET:
                fault = orig_time_fault(message)
                if fault is not None:
                    self._reject(message, fault, now)
            return
        self._end_too_low(message, now)

    def _end_too_low(self, message: FixMessage, now: int) -> None:
        number = message.fields.get(b"34", b"")
        if message.seq or (number and not number.strip(b"0")):
            expected = self._session.next_in
            self._end(f"MsgSeqNum too low, expecting {expected} but received {message.seq}", now)
        else:
            self._end("Required tag missing: MsgSeqNum (34)", now)

    def _end(self, text: str, now: int, told: bool = True) -> None:
        self._session.logout(text if told else "", now)
        self._session.end(text)

    # -- gaps

    def _keep(self, seq: int, raw: bytes | None, now: int) -> None:
        """Keep a message that came after a gap, if there is room, and see that it gets filled."""
        session = self._session
        self.kept.add(seq, raw)
        # What was asked for is not asked for again, unless it has not come for a while: the
        # request, or what answered it, may have been lost.
        patience = (session.heartbeat or DEFAULT_PATIENCE) * _SECOND
        if session.next_in > session.requested or now - session.requested_at >= patience:
            session.requested = seq - 1
            session.requested_at = now
            body = b"7=%d\x0116=%d\x01" % (session.next_in, session.header.version.infinity)
            session.send_session(_RESEND_REQUEST, body, now)

    def _skip_to(self, number: int) -> None:
        """Expect this number next, and forget what was kept below it."""
        self._session.next_in = number
        self.kept.forget_below(number)

    # -- messages in their turn

    def _act(self, message: FixMessage, now: int) -> FixMessage | None:
        session = self._session
        session.next_in = message.seq + 1
        fault = session.check(message) if session.check is not None else None
        if fault is None and b"43" in message.fields and is_poss_dup(message):
            if message.msg_type != _SEQUENCE_RESET:
                fault = orig_time_fault(message)
        if fault is not None:
            self._reject(message, fault, now)
            return None
        if message.msg_type not in SESSION_TYPES:
            return message
        if message.msg_type == _TEST_REQUEST:
            self._answer_test(message, now)
        elif message.msg_type == _SEQUENCE_RESET:
            self._fill_gap(message, now)
        elif message.msg_type == _HEARTBEAT:
            session.trip.answered(message.fields.get(b"112"), now)
        elif message.msg_type == _LOGON:
            self._reject(message, Fault(OTHER, text="Already logged on"), now)
        return None

    def _answer_test(self, message: FixMessage, now: int) -> None:
        fault = value_fault(message, b"112")
        if fault is not None:
            self._reject(message, fault, now)
        else:
            self._session.send_session(b"0", b"112=%b\x01" % message.fields[b"112"], now)

    def _fill_gap(self, message: FixMessage, now: int) -> None:
        fault = number_fault(message, b"36")
        if fault is None and int(message.fields[b"36"]) <= message.seq:
            fault = Fault(VALUE_INCORRECT)
        if fault is not None:
            self._reject(message, fault, now)
        else:
            self._skip_to(int(message.fields[b"36"]))

    # -- messages that act out of turn

    def _act_out_of_turn(self, message: FixMessage, now: int) -> bool:
        """Act if this message need not wait for those before it, and say whether it did."""
        fields = message.fields
        if message.msg_type == _LOGOUT:
            self._logged_out(message, now)
            return True
        if message.msg_type == _RESEND_REQUEST:
            return self._resend(message, now)
        if message.msg_type == _SEQUENCE_RESET and fields.get(b"123") != b"Y":
            self._reset_to(message, now)
            return True
        if message.msg_type == _LOGON and fields.get(b"141") == b"Y":
            if self._session.state is State.ACTIVE:
                self.log_on(message, now)
            return True
        return False

    def _logged_out(self, message: FixMessage, now: int) -> None:
        session = self._session
        if message.seq == session.next_in:
            session.next_in += 1
        if session.state is not State.LOGOUT:
            session.send_session(_LOGOUT, b"", now)
        self._output.end(ORDERLY)
        session.detach(session.rules.reset_on_logout or session.rules.reset_on_disconnect)

    def _resend(self, message: FixMessage, now: int) -> bool:
        """
        Answer a ResendRequest at once: if both sides miss messages, each must go on asking.

        Only afterwards do we look whether it came after a gap itself.
        """
        session = self._session
        seq = message.seq
        if seq < session.next_in and is_poss_dup(message):
            return False
        fault = number_fault(message, b"7") or number_fault(message, b"16")
        if fault is not None:
            self._refuse(message, fault, now)
            return True
        begin, end = int(message.fields[b"7"]), int(message.fields[b"16"])
        if 0 < end < begin:
            self._refuse(message, Fault(VALUE_INCORRECT, b"16"), now)
            return True
        if not session.resend(max(begin, 1), end, now):
            self._end("Too many ResendRequests at once", now)
        elif seq == session.next_in:
            session.next_in += 1
        elif seq > session.next_in:
            self._keep(seq, None, now)
        return True

    def _reset_to(self, message: FixMessage, now: int) -> None:
        """SequenceReset in reset mode: its own number does not count."""
        fault = number_fault(message, b"36")
        if fault is None and int(message.fields[b"36"]) < self._session.next_in:
            fault = Fault(VALUE_INCORRECT)
        if fault is not None:
            self._reject(message, fault, now)
        else:
            self._skip_to(int(message.fields[b"36"]))

    # -- logon

    def log_on(self, message: FixMessage, now: int) -> None:
        """Accept a Logon of somebody who may log on, or begin the numbers of a session anew."""
        session = self._session
        if self._terms_refused(message, now):
            return
        reset = message.fields.get(b"141") == b"Y"
        if reset or session.rules.reset_on_logon:
            self._begin_anew()
        if message.seq < session.next_in:
            self._end_too_low(message, now)
            return
        sent = session.next_out
        session.heartbeat = int(message.fields[b"108"])
        if session.state is State.LOGON:
            session.accept()
        take_versions(message, session)
        status = new_password(message, session)
        expected = self._expected_after(message.seq)
        session.send_session(_LOGON, logon_body(session, reset, expected, status), now)
        self._logged_on(message, sent, now)

    def begin(self, now: int) -> None:
        """Log on to a counterparty that we have connected to."""
        session = self._session
        rules = session.rules
        if rules.reset_on_logon:
            self._begin_anew()
        session.heartbeat = rules.heartbeat
        expected = session.next_in if self._heeds_expected() else 0
        body = logon_body(session, rules.reset_on_logon, expected, None)
        session.send_session(_LOGON, body, now)

    def _answered(self, message: FixMessage, now: int) -> None:
        """What the counterparty says to our Logon: its own, or why not."""
        session = self._session
        if message.msg_type != _LOGON:
            text = message.fields.get(b"58", b"").decode("utf-8", "replace")
            session.end(f"our Logon was not accepted: {text or message.msg_type.decode()}")
            return
        if message.fields.get(b"141") == b"Y" and not session.rules.reset_on_logon:
            self._begin_anew()
            session.next_out = 2  # after our Logon, which is number 1 now
        fault = session.check(message) if session.check is not None else None
        if fault is not None:
            self._refuse(message, fault, now)
            session.end("the Logon that answered ours is not valid")
            return
        if message.seq < session.next_in:
            self._end_too_low(message, now)
            return
        sent = session.next_out - 1
        take_versions(message, session)
        session.accept()
        self._logged_on(message, sent, now)

    def _terms_refused(self, message: FixMessage, now: int) -> bool:
        """Whether the terms of a Logon cannot be met, which then ends the session."""
        session = self._session
        text = logon_fault(message, session.rules)
        if text:
            self._end(text, now, told=session.rules.verbose_refusal)
        return bool(text)

    def _begin_anew(self) -> None:
        self._session.reset_numbers()
        self.kept.clear()

    def _logged_on(self, message: FixMessage, sent: int, now: int) -> None:
        """
        See that both sides get what they miss, after Logons have gone both ways.

        ``sent`` is the number of our own Logon.
        """
        session = self._session
        heeds = self._heeds_expected() and b"789" in message.fields
        if message.seq == session.next_in:
            session.next_in += 1
        else:
            if heeds:  # it knows from our Logon what we miss, and sends that by itself
                session.requested = message.seq - 1
                session.requested_at = now
            self._keep(message.seq, None, now)
        if heeds:
            self._send_from(message, sent, now)

    def _send_from(self, message: FixMessage, sent: int, now: int) -> None:
        """Send what the counterparty misses, going by NextExpectedMsgSeqNum(789)."""
        session = self._session
        fault = number_fault(message, b"789")
        expected = int(message.fields[b"789"]) if fault is None else 0
        last = sent + 1 if session.rules.initiates else sent
        if not 0 < expected <= last:
            self._end(f"NextExpectedMsgSeqNum (789) must be from 1 to {last}", now)
        elif expected < sent:
            session.resend(expected, sent, now)

    def _heeds_expected(self) -> bool:
        return self._session.rules.next_expected and self._session.header.version.next_expected

    def _expected_after(self, seq: int) -> int:
        """NextExpectedMsgSeqNum(789) to answer a Logon of that number with; 0: none."""
        if not self._heeds_expected():
            return 0
        next_in = self._session.next_in
        return next_in + 1 if seq == next_in else next_in
