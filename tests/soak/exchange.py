"""A whole exchange in memory that lives through recorded steps, watched while it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from zope.interface import implementer

from exsim.config.load import load
from exsim.model.journal import EntryKind
from exsim.model.messages import SessionView
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.tree import build_exchange
from exsim.sessions.fix_kept import MOST_KEPT, MOST_KEPT_BYTES
from tests.fix_conversation import SECOND, START
from tests.soak.recordings import Cut, Send, Step, Wait

INI = Path(__file__).resolve().parents[2] / "etc" / "exsim.ini"
CUTS = ("whole", "bytes", "joined")
"""A message in each read, a byte in each read, all that is sent without a break in one read."""
RULES = {
    "usual": (),
    "strict": ("reject_user_defined=yes",),
    "lax": ("validate=no", "check_comp_id=no", "max_latency=0s", "reset_on_disconnect=yes"),
}
"""Keys of the endpoint: nothing may depend on them either."""
MESSAGE_SIZE = 8_192
"""The longest message: more than the junk that is kept at once, and than digits make a number."""
SESSIONS = 5
RESEND_SIZE = 10
ECHO = 200
"""Bytes that may be sent for each that came in, resends and rejects and all."""
MEASURED = 64
"""Reads are measured when they come to so many bytes."""
LAST_WAIT = 100.0
"""Seconds after the last step: sessions with the usual HeartBtInt have timed out by then."""

_CATALOGUE = Catalogue()


class Broken(Exception):
    """The exchange did what it must not do."""


class Outcome(NamedTuple):
    """All that must not depend on how the bytes were cut."""

    heard: list[bytes]
    ends: list[str]
    journal: list[tuple[int, int, int, str, bytes]]
    sessions: list[tuple[str, SessionView]]
    resting: list[tuple[int, int, int]]


@cache
def settings(rules: str) -> Settings:
    """The simulator of etc/exsim.ini, with tight bounds."""
    keys = (
        f"max_message_size={MESSAGE_SIZE}",
        f"max_sessions={SESSIONS}",
        f"resend_size={RESEND_SIZE}",
        *RULES[rules],
    )
    return load(str(INI), [f"endpoint:order-entry.{key}" for key in keys], _CATALOGUE)


class Line:
    """A connection, and what came out of it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.heard = b""
        self.longest_read = 0


class Exchange:
    """
    The exchange, its counterparties' sockets, and the time.

    :param clock: seconds, to measure each read by; ``slowest`` is the longest.
    """

    def __init__(self, rules: str, clock: Callable[[], float]) -> None:
        self.exchange, _parts = build_exchange(settings(rules), _CATALOGUE)
        self.endpoint = self.exchange.endpoints["order-entry"]
        self.now = START
        self.lines: list[Line] = []
        self.fed = 0
        self.slowest = 0.0
        self._clock = clock
        self._open: dict[str, Line] = {}

    def live(self, steps: list[Step], cut: str) -> Outcome:
        """Live through the steps, with the bytes cut in one of the ways of :data:`CUTS`."""
        for who, run in groupby(steps, lambda step: step.who if isinstance(step, Send) else None):
            if who is None:
                for step in run:
                    self._pass(step)
            else:
                self._send(who, [step.data for step in run if isinstance(step, Send)], cut)
            self._turn_over()
        self._wait(LAST_WAIT)
        self._turn_over()
        return self._outcome()

    # -- steps

    def _pass(self, step: Step) -> None:
        if isinstance(step, Wait):
            self._wait(step.seconds)
        elif isinstance(step, Cut) and step.who in self._open:
            self._lose(step.who)

    def _send(self, who: str, messages: list[bytes], cut: str) -> None:
        line = self._open.get(who)
        if line is None:
            connection = self.exchange.connected(self.endpoint, f"peer {who}", self.now)
            line = self._open[who] = Line(connection)
            self.lines.append(line)
        self.fed += sum(map(len, messages))
        if cut == "joined":
            messages = [b"".join(messages)]
        if cut == "bytes":
            messages = [data[at : at + 1] for data in messages for at in range(len(data))]
        line.longest_read = max(line.longest_read, *map(len, messages))
        self._read(line, messages)

    def _read(self, line: Line, reads: list[bytes]) -> None:
        """
        Let a connection have bytes, read by read.

        Small reads are measured together, as if they were one: looking at the clock takes longer
        than most of them.
        """
        received, clock, connection = self.exchange.received, self._clock, line.connection
        begun, since = clock(), 0
        for data in reads:
            received(self.endpoint, connection, data, self.now)
            sent = connection.data_to_send()
            if sent:
                line.heard += sent
            since += len(data)
            if since >= MEASURED:
                ended = clock()
                self.slowest = max(self.slowest, ended - begun)
                begun, since = ended, 0
        self.slowest = max(self.slowest, clock() - begun)

    def _lose(self, who: str) -> None:
        line = self._open.pop(who)
        self.exchange.lost(self.endpoint, line.connection, self.now)

    def _wait(self, seconds: float) -> None:
        """Let time pass, and deadlines fall due."""
        end = self.now + int(seconds * SECOND)
        for _turn in range(10_000):
            due = min(self._deadlines(), key=lambda each: each[0], default=(end + 1, None))
            if due[0] > end or due[1] is None:
                break
            self.now = max(self.now, due[0])
            self.exchange.deadline(self.endpoint, due[1].connection, self.now)
            due[1].heard += due[1].connection.data_to_send()
            self._close_ended()
        else:
            raise Broken("deadlines fall due for ever")
        self.now = end

    def _deadlines(self) -> Iterator[tuple[int, Line]]:
        for line in self._open.values():
            deadline = line.connection.next_deadline()
            if deadline is not None:
                yield deadline, line

    def _turn_over(self) -> None:
        """Write what events left in other connections, close those that end, look at the bounds."""
        self._wait(0)
        self.exchange.take_touched()
        self._close_ended()
        self._check_bounds()

    def _close_ended(self) -> None:
        for who, line in list(self._open.items()):
            line.heard += line.connection.data_to_send()
            if line.connection.closing:
                self._lose(who)

    # -- bounds

    def _check_bounds(self) -> None:
        for line in self._open.values():
            machine = line.connection._machine
            most = MESSAGE_SIZE + line.longest_read
            self._check("bytes that are no message yet", len(machine._framer._buffer), most)
            inbound = machine._inbound
            if inbound is not None:
                self._check("messages kept after a gap", len(inbound.kept), MOST_KEPT)
                self._check("bytes kept after a gap", inbound.kept.size, MOST_KEPT_BYTES)
            self._check("bytes not written", len(machine.data_to_send()), 0)
            self._check("resends under way", len(machine._output._waiting), 0)
        sessions: Any = self.endpoint.acceptor.sessions
        self._check("sessions", len(sessions), SESSIONS)
        for session in sessions.values():
            self._check("messages to resend", len(session.machine.sent), RESEND_SIZE)

    @staticmethod
    def _check(what: str, found: int, most: int) -> None:
        if found > most:
            raise Broken(f"{what}: {found}, more than {most}")

    # -- the end

    def _outcome(self) -> Outcome:
        for line in self._open.values():
            session = line.connection.session
            if session is None or 0 < session.machine.heartbeat <= 30:
                raise Broken("a connection is open still, long after the last that came in")
        heard = [line.heard for line in self.lines]
        self._check("bytes sent", sum(map(len, heard)), ECHO * self.fed)
        book = self.exchange.dispatcher.venues["XSIM"].engine.book("AAA")
        return Outcome(
            heard,
            [line.connection.why for line in self.lines],
            [
                (entry.seq, entry.time, entry.kind, entry.session, entry.data)
                for entry in self.exchange.journal.entries(0)
            ],
            [(name, session.view()) for name, session in self.exchange.sessions.items()],
            [order for side in (1, 2) for order in book.orders(side)],
        )

    def describe(self) -> None:
        """Read all that came in, as REST does when it is asked for messages."""
        messages = self.endpoint.acceptor.messages
        for entry in self.exchange.journal.entries(0):
            if entry.kind == EntryKind.OUT:
                continue
            session, data = entry.session, entry.data
            messages.describe(session, data)
            messages.text(session, data)
            messages.masked(session, data)
            messages.matches(session, data, "D", [("55", "AAA"), ("MsgSeqNum", None)])
            messages.fields(session, data)


@implementer(ILogObserver)
class Errors:
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        """Something was logged."""
        if event.get("log_level") in (LogLevel.error, LogLevel.critical):
            failure = event.get("log_failure")
            trace = failure.getTraceback() if failure is not None else ""
            self.texts.append(f"{formatEvent(event)}\n{trace}")


@contextmanager
def nothing_logged() -> Iterator[None]:
    """Errors that the exchange catches and logs are errors here too."""
    errors = Errors()
    globalLogPublisher.addObserver(errors)
    try:
        yield
    finally:
        globalLogPublisher.removeObserver(errors)
    if errors.texts:
        raise Broken(f"an error was logged: {errors.texts[0]}")
