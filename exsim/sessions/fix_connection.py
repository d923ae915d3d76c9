"""One FIX connection: bytes in, messages for the application, bytes out, and its timers."""

from __future__ import annotations

from typing import Final

from exsim.errors import Bug
from exsim.interfaces import Recorder
from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.sessions.fix_arrivals import FixArrivals
from exsim.sessions.fix_inbound import FixInbound
from exsim.sessions.fix_logon import (
    FixDirectory,
    LogonRefused,
    admit,
    refusal,
    refusal_body,
)
from exsim.sessions.fix_output import FixOutput
from exsim.sessions.fix_resend import FixResend, SentStore
from exsim.sessions.fix_rules import FixRules
from exsim.sessions.fix_session import SESSION_TYPES, FixSession, State
from exsim.sessions.fix_tampered import send_due
from exsim.sessions.session_clock import SessionClock
from exsim.wire.fix import FixMessage, GarbledMessage, decode
from exsim.wire.fix_frame import BEGIN, Framer, Garbled, MessageTooLong, WholeMessages

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_GARBLED: Final = int(EntryKind.GARBLED)
_LINK: Final = int(EntryKind.LINK)
_TIMER: Final = int(EntryKind.TIMER)
_SECOND: Final = 1_000_000_000
_ACTIVE: Final = State.ACTIVE

TEST_ID: Final = b"TEST"
"""TestReqID(112) of our TestRequests."""
END_OF_SESSION: Final = "the session closes now"
"""Text(58) of the Logout at the end of a schedule's period."""


class FixConnection:
    """
    A conversation without its socket.

    Feed it with :meth:`receive`, then take messages with :meth:`next_message` until there is
    none; each is to be answered before the next is taken. Then write :meth:`data_to_send`, and
    close if :attr:`closing`. Call :meth:`deadline` when :attr:`next_deadline` says.

    ``session`` is who logged on, also after the connection is closed; None before that.

    :param rules: of the endpoint; once somebody has logged on those of the session hold.
    :param peer: the address that the connection is from, or to.
    :param number: what the journal calls it; 0: it is not told from others there.
    :param clock: where time is not the real one; as the session has it once somebody logged on.
        :meth:`time` makes the ``now`` of all other methods of real time.
    """

    __slots__ = (
        "_arrivals",
        "_directory",
        "_framer",
        "_inbound",
        "_logon_by",
        "_now",
        "_output",
        "_paced",
        "_patience",
        "_period",
        "_record",
        "_rules",
        "clock",
        "number",
        "peer",
        "session",
    )

    def __init__(
        self,
        directory: FixDirectory,
        rules: FixRules,
        peer: str,
        record: Recorder,
        now: int,
        number: int = 0,
        clock: SessionClock | None = None,
    ) -> None:
        self.number = number
        self.clock = clock
        self._directory = directory
        self._framer = Framer(rules.max_message_size, rules.check_body_length, rules.check_checksum)
        self._inbound: FixInbound | None = None
        self._logon_by = now + rules.logon_timeout
        self._now = now
        self._paced = 0  # the heartbeat that period and patience are of, in nanoseconds
        self._period = 0
        self._patience = 0
        self._output = FixOutput(now)
        self._arrivals = FixArrivals(self._output)
        self._record = record if clock is None else clock.record
        self._rules = rules
        self.peer = peer
        self.session: FixSession | None = None

    def initiate(self, session: FixSession, now: int) -> None:
        """Log on: we have connected to the counterparty. The session must be offline."""
        session.attach(self._output, session.header.begin_string, self.peer, now)
        self.session = session
        self._inbound = FixInbound(session, self._output, now)
        self._inbound.begin(now)

    @property
    def closing(self) -> bool:
        """Whether to close the socket once :meth:`data_to_send` is written."""
        return self._output.closing

    @property
    def why(self) -> str:
        """Why the connection is closing, for a log."""
        return self._output.why

    def time(self, now: int) -> int:
        """The time here, where the real time is ``now``."""
        return now if self.clock is None else self.clock.time(now)

    # -- bytes

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        self._now = now
        if not self._output.ended:
            self._framer.feed(data)

    def data_to_send(self) -> bytes:
        """
        What to write now; it is gone from here afterwards.

        A long resend comes in pieces: while there are more, a deadline is due at once.
        """
        return self._output.take()

    @property
    def uneven(self) -> bool:
        """Whether some of it has a mark for the socket: :meth:`segments_to_send` tells which."""
        return self._output.uneven

    def segments_to_send(self) -> list[bytes]:
        """The same as :meth:`data_to_send`, with these marks."""
        return self._output.take_segments()

    def next_message(self, now: int) -> FixMessage | None:
        """Work through what came in, up to the next message for the application."""
        self._now = now
        output = self._output
        while not output.ended:
            inbound = self._inbound
            if inbound is not None and len(inbound.kept) and inbound.has_next():
                taken = inbound.take_kept(now)
            elif self._arrivals.late:
                taken = self._take_late(now)
                now = self._now
            else:
                try:
                    item = self._framer.next()
                except MessageTooLong as too_long:
                    self._cut(str(too_long), now)
                    return None
                if not isinstance(item, bytes):
                    if item is None:
                        return None
                    self._garbled(item)
                    continue
                try:
                    session = self.session
                    message = decode(item, None if session is None else session.data_fields)
                except GarbledMessage as error:
                    self._garbled(Garbled(item, str(error)))
                    continue
                if inbound is None:
                    self._log_on(message, now)
                    now = self._now
                    continue
                self._record(now, _IN, inbound.name, item)
                if session is not None:
                    arrivals = self._arrivals
                    if session.tamper is not None or not arrivals.straight:
                        arrivals.arrived(session, inbound, message, now)
                        continue
                taken = inbound.take(message, now)
            if taken is not None:
                return taken
        return None

    def _take_late(self, now: int) -> FixMessage | None:
        """Act on the next message that was held up."""
        raw = self._arrivals.late.popleft()
        session, inbound = self.session, self._inbound
        try:
            message = decode(raw, None if session is None else session.data_fields)
        except GarbledMessage as error:
            self._garbled(Garbled(raw, str(error)))
            return None
        if inbound is None:
            self._log_on(message, now, late=True)
            return None
        return inbound.take(message, now)

    def _garbled(self, garbled: Garbled) -> None:
        """Pass over garbage; where a logon is due, a garbled message ends the connection."""
        session = self.session
        name = session.name if session is not None else ""
        if session is None:
            self._record_of()
        self._record(self._now, _GARBLED, name, garbled.data)
        if garbled.message and session is None and not self._output.deaf:
            self._close(garbled.why)

    def _record_of(self) -> None:
        """Say in the journal whose the next entry is, while no session does."""
        if self.number:
            self._record(self._now, _LINK, "", b"of %d" % self.number)

    def _log_on(self, message: FixMessage, now: int, late: bool = False) -> None:
        """The first message; ``late``: a fault has held it up, so that the journal has it."""
        if not late:
            self._record_of()
        if self._output.deaf:
            if not late:
                self._record(now, _IN, "", message.raw)
            return
        real = now if self.clock is None else self.clock.real
        try:
            session = admit(message, self._directory, self._rules, real)
        except LogonRefused as refused:
            if refused.session is not None:
                self._take_clock(refused.session)
            self._refuse(message, refused, self.time(real))
            return
        self._take_clock(session)
        now = self._now = self.time(real)
        if not late:
            self._record(now, _IN, session.name, message.raw)
            if session.tamper is not None:
                if self._arrivals.logon_held(session, message, self.peer, now):
                    return
        session.attach(self._output, message.fields[b"8"], self.peer, now)
        self.session = session
        self._inbound = FixInbound(session, self._output, now)
        self._inbound.log_on(message, now)

    def _take_clock(self, session: FixSession) -> None:
        """Go by the time of whose connection it is."""
        self.clock = session.clock
        self._record = session.record

    def _refuse(self, message: FixMessage, refused: LogonRefused, now: int) -> None:
        """End the connection; say why if the counterparty may know."""
        session = refused.session
        self._record(now, _IN, session.name if session is not None else "", message.raw)
        if session is not None and session.rules.verbose_refusal:
            session.attach(self._output, message.fields[b"8"], self.peer, now)
            session.send_session(b"5", refusal_body(refused, session.header.version), now)
            session.end(str(refused))
        elif self._rules.verbose_refusal:
            raw = refusal(message, refused, self._rules, now)
            if raw:
                self._record(now, _OUT, "", raw)
                self._output.write(raw, now)
        self._close(str(refused))

    # -- the end

    def _cut(self, why: str, now: int) -> None:
        """Close for something that cannot be a message."""
        name = self.session.name if self.session is not None else ""
        self._record(now, _LINK, name, b"cut %d %b" % (self.number, why.encode()))
        self._close(why)

    def _close(self, why: str) -> None:
        """Close without a word, once what was to be sent is."""
        session = self.session
        if session is not None and session.output is self._output:
            session.end(why)
        else:
            self._output.end(why)

    def lost(self, now: int) -> None:
        """The socket is gone."""
        self._now = now
        self._close("the connection was lost")
        self._output.abort("")

    # -- snapshots

    def state(self) -> Plain:
        """All of it but what came of a message that is not whole yet, for a snapshot."""
        session, inbound = self.session, self._inbound
        if session is not None and session.removed:
            session = inbound = None
        sent = SentStore(0) if session is None else session.sent
        return {
            "number": self.number,
            "peer": self.peer,
            "session": "" if session is None else session.name,
            "attached": session is not None and session.output is self._output,
            "logon_by": self._logon_by,
            "now": self._now,
            "inbound": None if inbound is None else inbound.state(),
            "output": self._output.state(sent),
            "arrivals": self._arrivals.state(),
        }

    def restore(self, plain: Plain, session: FixSession | None) -> None:
        """Be as :meth:`state` told; ``session`` is the one it named, restored already."""
        self._logon_by = plain["logon_by"]
        self._now = plain["now"]
        self._arrivals.restore(plain["arrivals"])
        self.session = session
        if session is None:
            self._output.restore(plain["output"], self._no_resend)
            return
        self._take_clock(session)
        if plain["attached"]:
            session.output = self._output
        self._inbound = FixInbound(session, self._output, self._now)
        self._inbound.restore(plain["inbound"])
        self._output.restore(plain["output"], session.no_resend)

    def _no_resend(self) -> FixResend:
        raise Bug("a resend without a session")

    # -- a journal run again

    def message(self, raw: bytes, now: int) -> None:
        """Take in one message, as it is."""
        if not isinstance(self._framer, WholeMessages):
            self._framer = WholeMessages()
        self.receive(raw, now)

    @property
    def straight(self) -> bool:
        """Whether messages act as they come: somebody is logged on, and nothing is held up."""
        session, inbound, output = self.session, self._inbound, self._output
        if session is None or inbound is None or output.ended or session.output is not output:
            return False
        if session.tamper is not None or output.detour is not None:
            return False
        return self._arrivals.straight and session.state is _ACTIVE and not len(inbound.kept)

    def recall(self, raw: bytes) -> FixMessage | None:
        """
        A message of the application that acted, as its answer shows, where messages act as they
        come; None where :meth:`message` has to see to it.
        """
        session = self.session
        if session is None:
            return None
        try:
            message = decode(raw, session.data_fields)
        except GarbledMessage:
            return None
        if (
            message.seq == session.next_in
            and message.msg_type not in SESSION_TYPES
            and b"43" not in message.fields
        ):
            return message
        return None

    def recalled(self, now: int) -> None:
        """The message whose turn it was has acted."""
        self._now = now
        if self._inbound is not None:
            self._inbound.acted(now)

    def garbage(self, data: bytes, now: int) -> None:
        """Take in garbage: what a journal has instead of the bytes that it was found in."""
        self._now = now
        if not self._output.ended:
            self._garbled(Garbled(data, "a garbled message", data.startswith(BEGIN)))

    def cut(self, why: str, now: int) -> None:
        """End as it did for something that cannot be a message."""
        self._now = now
        if not self._output.ended:
            self._cut(why, now)

    def waited(self, now: int) -> None:
        """Say in the journal that a message has its turn that had to wait."""
        name = self.session.name if self.session is not None else ""
        self._record(now, _TIMER, name, b"waiting %d" % self.number)

    # -- timers

    def rewind(self, now: int) -> None:
        """Time went back to ``now``: what is to come is counted from here."""
        self._now = min(self._now, now)
        self._logon_by = min(self._logon_by, now + self._rules.logon_timeout)
        self._output.last = min(self._output.last, now)
        if self._inbound is not None:
            self._inbound.last = min(self._inbound.last, now)
        if self.session is not None:
            self.session.logout_at = min(self.session.logout_at, now)
            self.session.requested_at = min(self.session.requested_at, now)

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        return self._now if self._output.pending else self.next_timer()

    def next_timer(self) -> int | None:
        """The same but for a resend that is to go on, for which no time has to pass."""
        output = self._output
        if output.ended:
            return None
        due = self._next_timer()
        if output.detour is None and self._arrivals.straight and output.logout is None:
            return due
        logout = None if output.logout is None else self._now
        dues = (due, output.next_due(), self._arrivals.next_due(), logout)
        return min([each for each in dues if each is not None], default=None)

    def _next_timer(self) -> int | None:
        """The same but for what faults hold up."""
        session, inbound = self.session, self._inbound
        if self._output.deaf:  # it is the counterparty's to notice
            return None
        if session is None or inbound is None:
            return self._logon_by
        if session.state is State.LOGOUT:
            return session.logout_at + session.rules.logout_timeout
        if session.state is State.LOGON:
            return self._logon_by
        due = self._alive_by(session, inbound)
        closes = session.closes()
        if due is None or closes is None:
            return due if closes is None else closes
        return min(due, closes)

    def _alive_by(self, session: FixSession, inbound: FixInbound) -> int | None:
        """When a Heartbeat or TestRequest is due, or the patience ends."""
        if session.heartbeat != self._paced:  # not multiplied in each turn
            self._paced = session.heartbeat
            self._period = self._paced * _SECOND
            self._patience = self._period * 12 // 10
        if not self._paced:
            return None
        if inbound.tested:
            return inbound.last + 2 * self._patience
        idle, silent = self._output.last + self._period, inbound.last + self._patience
        return idle if idle < silent else silent  # not with min(), which takes a call

    def deadline(self, now: int) -> None:
        """Time passed: go on with a resend, send a Heartbeat or TestRequest, or give up."""
        self._now = now
        session, inbound, output = self.session, self._inbound, self._output
        output.proceed(now)
        self._arrivals.due(now)
        if session is not None and session.output is output:
            send_due(session, output, now)
            if output.logout is not None:
                text, output.logout = output.logout, None
                session.logout(text, now)
        if output.ended:
            return
        if output.deaf:
            return
        if session is None or inbound is None:
            if now >= self._logon_by:
                self._close("no logon came in time")
        elif session.state is State.LOGON:
            if now >= self._logon_by:
                self._close("our Logon was not answered in time")
        elif session.state is State.LOGOUT:
            if now >= session.logout_at + session.rules.logout_timeout:
                self._close("our Logout was not answered in time")
        else:
            closes = session.closes()
            if closes is not None and now >= closes:
                session.logout(END_OF_SESSION, now)
            elif session.heartbeat:
                self._keep_alive(session, inbound, now)

    def _keep_alive(self, session: FixSession, inbound: FixInbound, now: int) -> None:
        period = session.heartbeat * _SECOND
        silence = now - inbound.last
        if silence >= period * 24 // 10:
            self._close("nothing was received for too long")
        elif inbound.tested:
            return  # a heartbeat of ours would tell nothing that the TestRequest did not
        elif silence >= period * 12 // 10:
            inbound.tested = True
            session.trip.asked(TEST_ID, now)
            session.send_session(b"1", b"112=%b\x01" % TEST_ID, now)
        elif now - self._output.last >= period:
            session.send_session(b"0", b"", now)
