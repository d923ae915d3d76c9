"""
A whole protocol of exsim in one small module: lines of text, for tests and as an example.

A counterparty sends ``LOGIN name`` first, then ::

    NEW id BUY|SELL qty symbol price     CANCEL id original     SAY anything

and is answered with lines such as ``new id 100`` or ``fill id 40@10``. The simulator's side says
``PING`` after a second of silence, and hangs up after two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zope.interface import implementer

from exsim.errors import Conflict, NotFound, Problem, Unprocessable
from exsim.interfaces import IAcceptor, IConnection, IMessages, IProtocol, ISession, Recorder
from exsim.model.amounts import format_amount, parse_amount
from exsim.model.codes import OrdType, ReportKind, Side
from exsim.model.events import CancelReject, Event, MessageReject, Outgoing, Report
from exsim.model.journal import EntryKind
from exsim.model.messages import Description, FieldView, SessionView
from exsim.model.options import Option, text
from exsim.model.requests import CancelOrder, NewOrder, OtherMessage, Request
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.model.vocabulary import UNKNOWN

SECOND = 10**9
LONGEST = 1000
_MEANINGS = {"BUY": "they buy", "SELL": "they sell"}


@implementer(ISession)
class LineSession:
    """A counterparty; what is said to it while it is away is lost."""

    connection: LineConnection | None

    def __init__(self, settings: SessionSettings, record: Recorder) -> None:
        self.name = settings.name
        self.settings = settings
        self.connection = None
        self.logons = 0
        self.refusal: str | None = None
        self._record = record
        self._lines = 0

    def send(self, event: Event, now: int) -> None:
        """An event as a line."""
        if isinstance(event, Report):
            kind = ReportKind(event.kind).name.lower()
            line = f"{kind} {event.cl_ord_id} {format_amount(event.leaves)}"
            if event.last_qty:
                line += f" {format_amount(event.last_qty)}@{format_amount(event.last_px)}"
            self.say(line, now)
        elif isinstance(event, Outgoing):
            self.send_fields(event.fields, now)
        elif isinstance(event, CancelReject | MessageReject):
            self.say(f"refused {event.reason.value}", now)

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """To send it again is as fast."""
        return False

    def send_fields(self, fields: Sequence[tuple[str, str]], now: int) -> None:
        """The values, joined by spaces."""
        line = " ".join(value for _, value in fields)
        if "\n" in line:
            raise Unprocessable("a line cannot hold a line feed")
        self.say(line, now)

    def say(self, line: str, now: int) -> None:
        """Send a line, if somebody is there."""
        if self.connection is not None:
            self._lines += 1
            data = line.encode()
            self._record(now, int(EntryKind.OUT), self.name, data)
            self.connection.write(data + b"\n")

    def logout(self, text: str, now: int) -> None:
        """Say goodbye and hang up."""
        self.say(f"BYE {text}", now)
        self.disconnect(now)

    def disconnect(self, now: int) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.closing = True
            self.connection = None

    def reset(self, now: int) -> None:
        """Count lines from 1 again."""
        self.disconnect(now)
        self._lines = 0

    def send_raw(self, data: bytes, now: int) -> None:
        """Bytes as they are."""
        if self.connection is None:
            raise Conflict(f"{self.name} is away")
        self._record(now, int(EntryKind.OUT), self.name, data)
        self.connection.write(data)

    def test_request(self, test_id: str, now: int) -> None:
        """Ask whether somebody is there."""
        if self.connection is None:
            raise Conflict(f"{self.name} is away")
        self.say(f"PING {test_id}", now)

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """Lines that come have no number; those that go are counted on from there."""
        if next_in not in (None, 1):
            raise Conflict("lines that come have no number")
        if next_out is not None:
            self._lines = next_out - 1

    def refuse_logons(self, text: str | None) -> None:
        """Let nobody in, or anybody again."""
        self.refusal = text

    def opens(self, now: int) -> int:
        """It is open all day."""
        return now

    def view(self) -> SessionView:
        """How things are."""
        state = "offline" if self.connection is None else "active"
        return SessionView(state, 1, self._lines + 1, "", {"name": self.name}, self.refusal)

    def state(self) -> object:
        """What it counts."""
        return [self._lines, self.logons, self.refusal]

    def restore(self, state: Any) -> None:
        """Count on."""
        self._lines, self.logons, self.refusal = state


@implementer(IConnection)
class LineConnection:
    """One socket's lines."""

    session: LineSession | None

    def __init__(self, acceptor: LineAcceptor, now: int, number: int = 0) -> None:
        self.number = number
        self.replayed = False
        self.session = None
        self.closing = False
        self.why = ""
        self._acceptor = acceptor
        self._input = b""
        self._output = b""
        self._heard = now
        self._asked = 0  # nanoseconds that it has more, since it was asked whether it is there

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes; a line that is too long ends the connection."""
        self._input += data
        self._heard, self._asked = now, 0
        if len(self._input) > LONGEST and b"\n" not in self._input:
            self.closing = True

    def next_request(self, now: int) -> Request | None:
        """The next line that is one."""
        while b"\n" in self._input and not self.closing:
            line, _, self._input = self._input.partition(b"\n")
            if self.session is None:
                self._login(line, now)
            else:
                self._acceptor.record(now, int(EntryKind.IN), self.session.name, line)
                request = _request(self.session.name, line)
                if request is not None:
                    return request
                self.session.say("what?", now)
        return None

    def _login(self, line: bytes, now: int) -> None:
        word, _, name = line.decode(errors="replace").partition(" ")
        session = self._acceptor.sessions.get(name)
        if word != "LOGIN" or session is None or session.connection is not None:
            self.closing = True
            return
        self._acceptor.record(now, int(EntryKind.LINK), "", b"of %d" % self.number)
        self._acceptor.record(now, int(EntryKind.IN), name, line)
        if session.refusal is not None:
            self.write(f"SORRY {session.refusal}\n".encode())
            self.closing = True
            return
        self.join(session)

    def again(self, kind: int, data: bytes, now: int) -> None:
        """A line."""
        self.receive(data + b"\n", now)

    def state(self) -> object:
        """Whose it is, and what is not whole yet."""
        name = None if self.session is None else self.session.name
        return [self.number, name, self._input, self._heard, self.closing]

    def join(self, session: LineSession) -> None:
        """Be the connection of a session from now on."""
        self.session = session
        session.connection = self
        session.logons += 1

    def write(self, data: bytes) -> None:
        """Add to what is to be sent."""
        self._output += data

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """To take it in again is as fast."""
        return None

    def data_to_send(self) -> bytes:
        """What to write now."""
        data, self._output = self._output, b""
        return data

    def next_deadline(self) -> int | None:
        """A second after the last that was heard, and another one after that."""
        return None if self.closing else self._heard + SECOND + self._asked

    def rewind(self, now: int) -> None:
        """Real time does not go back."""

    def market_deadline(self) -> int | None:
        """None goes by a market's clock."""
        return None

    def deadline(self, now: int) -> None:
        """Ask whether somebody is there, or give up."""
        if self.session is None or now >= self._heard + 2 * SECOND:
            self.closing = True
        else:
            self._asked = SECOND
            self.session.say("PING", now)

    def lost(self, now: int) -> None:
        """The socket is gone."""
        if self.session is not None and self.session.connection is self:
            self.session.connection = None


@implementer(IMessages)
class LineMessages:
    """Lines for people."""

    vocabulary = UNKNOWN

    def describe(self, session: str, data: bytes) -> Description:
        """The words of a line as fields 1, 2, ..."""
        words = data.decode(errors="replace").split()
        fields = tuple(
            FieldView(str(n), "word", word, _MEANINGS.get(word, ""))
            for n, word in enumerate(words, 1)
        )
        return Description(words[0] if words else "", "Line", fields)

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """By the first word, and by words at their places."""
        described = self.describe(session, data)
        known = {field.tag: field.value for field in described.fields}
        return msg_type in (None, described.type) and all(
            tag in known and value in (None, known[tag]) for tag, value in fields
        )

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """It takes the whole line."""
        return None

    def masked(self, session: str, data: bytes) -> bytes:
        """There is nothing secret in a line."""
        return data

    def text(self, session: str, data: bytes) -> str:
        """The line."""
        return data.decode(errors="replace")

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """The words."""
        return tuple((field.tag, field.value) for field in self.describe(session, data).fields)


@implementer(IAcceptor)
class LineAcceptor:
    """The sessions of one endpoint."""

    def __init__(self, sessions: Iterable[SessionSettings], record: Recorder) -> None:
        self.record = record
        self.messages = LineMessages()
        self.sessions = {s.name: LineSession(s, record) for s in sessions}

    def connect(self, peer: str, now: int, number: int = 0) -> LineConnection:
        """A socket was accepted."""
        return LineConnection(self, now, number)

    def keep_time(self, market: object, moment: object) -> None:
        """All time is real."""

    def initiate(self, name: str, peer: str, now: int, number: int = 0) -> LineConnection:
        """We have connected: whoever is there needs no login, but is told who we think it is."""
        session = self.sessions[name]
        if session.connection is not None:
            raise Conflict(f"{name} has a connection already")
        connection = LineConnection(self, now, number)
        connection.join(session)
        session.say(f"HELLO {name}", now)
        return connection

    def open(self, settings: SessionSettings) -> LineSession:
        """Add a session."""
        if settings.name in self.sessions:
            raise Conflict(f"there is a session {settings.name}")
        self.sessions[settings.name] = LineSession(settings, self.record)
        return self.sessions[settings.name]

    def made(self, name: str) -> object:
        """All are configured."""
        return None

    def remake(self, name: str, made: object) -> LineSession:
        """None was made on the fly."""
        raise NotFound(f"there is no session {name}")

    def resume(self, state: Any) -> LineConnection:
        """Make a connection again."""
        number, name, read, heard, closing = state
        connection = LineConnection(self, heard, number)
        connection.receive(read, heard)
        connection.closing = closing
        if name is not None:
            connection.session = self.sessions[name]
            if not closing:
                self.sessions[name].connection = connection
        return connection

    def close(self, name: str, now: int) -> None:
        """Disconnect and forget a session."""
        if name not in self.sessions:
            raise NotFound(f"there is no session {name}")
        self.sessions.pop(name).disconnect(now)


@implementer(IProtocol)
class LineProtocol:
    """Orders as lines of text."""

    name = "lines"
    endpoint_options = (Option("greeting", text, "hello", "does nothing but be an option"),)
    session_options = (Option("greeting", text, "hello", "does nothing but be an option"),)

    def acceptor(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> LineAcceptor:
        """The acceptor of one endpoint."""
        return LineAcceptor(sessions, record)

    def problems(self, options: Values, connects: bool) -> list[tuple[str, Problem]]:
        """A greeting is a word that people say."""
        wrong = options["greeting"] == "grr"
        return [("greeting", Problem("grr is no greeting"))] if wrong else []


def _request(session: str, line: bytes) -> Request | None:
    words = line.decode(errors="replace").split()
    try:
        if len(words) == 6 and words[0] == "NEW":
            _, name, side, qty, symbol, price = words
            amounts = parse_amount(qty), parse_amount(price)
            code = int(Side[side])
            return NewOrder(session, name, symbol, code, OrdType.LIMIT, 0, *amounts, raw=line)
        if len(words) == 3 and words[0] == "CANCEL":
            return CancelOrder(session, words[1], words[2], raw=line)
    except (ValueError, KeyError):
        return None
    return OtherMessage(session, words[0], raw=line) if words[:1] == ["SAY"] else None
