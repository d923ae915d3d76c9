"""
Conversations with a FIX session machine, written as scripts of what goes in and comes out.

A script has one step a line::

    > A 1 | 98=0 | 108=30     we, the counterparty, send a Logon with MsgSeqNum 1
    < A 1 | 98=0 | 108=30     the machine answers exactly this next
    $ 8=FIX.4.2|9=5|...       we send these very bytes
    + 30                      so many seconds pass
    ~                         our socket is gone
    x                         the machine has closed, having said nothing more

A line may begin with the number of its connection; a new number opens one, on which the machine
logs on by itself where the session initiates. ``<n>`` stands for
the time now, n seconds off. A field such as ``49=WT`` replaces the one that would be sent, and
``49=-`` leaves it out. A Logon of FIXT.1.1 has DefaultApplVerID 9 unless it says otherwise.
NewOrderSingle is given to the application, which sends it back.

What is expected is built here, by hand, so that bytes are compared with bytes that the code
under test had no part in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from exsim.model.journal import EntryKind
from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_rules import FixRules
from exsim.sessions.fix_session import Check, FixSession
from exsim.wire.fix import FixMessage

SECOND = 1_000_000_000
START = int(datetime(2024, 2, 29, 23, 59, 50, tzinfo=UTC).timestamp()) * SECOND
ALL = ("FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1")
NEW = ("FIX.4.2", "FIX.4.4", "FIXT.1.1")
"""The versions that matter most, and have codes in their rejects."""
OLD = ("FIX.4.0", "FIX.4.1")
CUTS = ("message", "byte", "joined")
"""How the bytes we send are cut: the outcome has to be the same."""

_HEADER = (34, 43, 49, 50, 52, 56, 57, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145)
_STEP = re.compile(r"\s*(\d?)([><$+~x])\s*(.*)")


def rules(**changes: Any) -> FixRules:
    """Settings as a session usually has them, with some changed."""
    values: dict[str, Any] = {
        "comp_id": "XSIM",
        "sender_comp_id": "CLIENT",
        "begin_string": "any",
        "default_appl_ver_id": "9",
        "sender_ids": (),
        "target_ids": (),
        "initiates": False,
        "schedule": None,
        "username": "",
        "password": "",
        "test_indicator": "",
        "max_logon_failures": 0,
        "logon_lockout": 10 * SECOND,
        "verbose_refusal": False,
        "reset_on_logon": False,
        "reset_on_logout": False,
        "reset_on_disconnect": False,
        "next_expected": False,
        "heartbeat": 30,
        "heartbeat_min": 1,
        "heartbeat_max": 3600,
        "logon_timeout": 10 * SECOND,
        "logout_timeout": 2 * SECOND,
        "max_latency": 120 * SECOND,
        "check_comp_id": True,
        "resend_size": 100_000,
        "max_message_size": 65_536,
        "max_fields": 2_000,
        "check_body_length": True,
        "check_checksum": True,
        "timestamp_digits": None,
    }
    values.update(changes)
    return FixRules(**values)


def stamp(version: str, now: int, seconds: int = 0) -> str:
    """A time as the version writes it: whole seconds, or milliseconds from FIX.4.2."""
    moment = datetime.fromtimestamp(now // SECOND, UTC) + timedelta(seconds=seconds)
    text = moment.strftime("%Y%m%d-%H:%M:%S")
    return text if version in OLD else f"{text}.{now % SECOND // 1_000_000:03d}"


def wrap(begin: str, fields: list[str]) -> bytes:
    """Fields, MsgType first, as a message: with the right length and checksum."""
    body = "".join(f"{field}\x01" for field in fields)
    text = f"8={begin}\x019={len(body.encode('latin-1'))}\x01{body}".encode("latin-1")
    return text + b"10=%03d\x01" % (sum(text) % 256)


class Directory:
    """The sessions of an endpoint: here by SenderCompID."""

    def __init__(self, *sessions: FixSession) -> None:
        self.sessions = {session.header.theirs: session for session in sessions}
        self.asked = 0

    def find(
        self, begin_string: bytes, sender: bytes, target: bytes, message: FixMessage
    ) -> FixSession | None:
        """The session of a sender that wants to talk to us."""
        self.asked += 1
        return self.sessions.get(sender) if target == b"XSIM" else None


def echo(session: FixSession, message: FixMessage, now: int) -> None:
    """The application: sends the body of a message back, and PossResend with it."""
    header = body = b""
    for tag, value in zip(message.parts[::2], message.parts[1::2], strict=True):
        if tag == b"97":
            header += b"97=%b\x01" % value
        elif int(tag) not in (8, 9, 35, 10, *_HEADER):
            body += b"%b=%b\x01" % (tag, value)
    session.send(message.msg_type, body, now, header)


class Conversation:
    """The machine of one session in one version, and the counterparty's sockets."""

    def __init__(
        self,
        version: str = "FIX.4.4",
        cut: str = "message",
        check: Check | None = None,
        application: Callable[[FixSession, FixMessage, int], None] = echo,
        **changes: Any,
    ) -> None:
        self.version = version
        self.cut = cut
        self.now = START
        self.journal: list[tuple[int, str, bytes]] = []
        self.rules = rules(**changes)
        self.session = FixSession("client", self.rules, self.record, check)
        self.directory = Directory(self.session)
        self.application = application
        self.connections: dict[str, FixConnection] = {}
        self.received: dict[str, bytes] = {}
        self.everything = b""
        self._unsent: list[tuple[str, bytes]] = []
        self._expected: list[tuple[str, str, bytes]] = []

    def record(self, time: int, kind: int, session: str, data: bytes) -> int:
        """The journal."""
        self.journal.append((kind, session, data))
        return len(self.journal)

    def recorded(self, kind: EntryKind) -> list[bytes]:
        """What the journal has of one kind."""
        return [data for found, _session, data in self.journal if found == kind]

    # -- steps

    def run(self, script: str) -> Conversation:
        """Carry out a script; AssertionError where the machine does anything else."""
        for line in filter(str.strip, script.splitlines()):
            step = _STEP.fullmatch(line)
            assert step is not None, f"no step: {line!r}"
            number, kind, text = step[1] or "1", step[2], step[3].partition("#")[0].strip()
            self.open(number)
            self._step(number, kind, text, line.strip())
        self.flush()
        for number, left in self.received.items():
            assert not left, f"{number} got more than expected: {readable(left)}"
        return self

    def _step(self, number: str, kind: str, text: str, line: str) -> None:
        if kind == "<":
            self._expected.append((number, line, self.message(text, ours=False)))
        elif kind in ">$":
            self._unsent.append(
                (number, self.message(text) if kind == ">" else text.replace("|", "\x01").encode())
            )
        if kind not in "<>$" or self.cut != "joined":
            self.flush()
        if kind == "+":
            self.advance(float(text))
        elif kind == "~":
            self.connections[number].lost(self.now)
        elif kind == "x":
            assert not self.received[number], f"{line}: got {readable(self.received[number])}"
            assert self.connections[number].closing, f"{line}: it is open"

    def open(self, number: str = "1") -> FixConnection:
        """Connect, if not done yet."""
        if number not in self.connections:
            self.flush()
            self.connections[number] = FixConnection(
                self.directory, self.rules, f"peer {number}", self.record, self.now
            )
            self.received[number] = b""
            if self.rules.initiates:
                self.connections[number].initiate(self.session, self.now)
                self.collect(number)
        return self.connections[number]

    def flush(self) -> None:
        """Send what was not sent yet, and compare what came with what was expected."""
        while self._unsent:
            number, data = self._unsent.pop(0)
            if self.cut == "joined":
                while self._unsent and self._unsent[0][0] == number:
                    data += self._unsent.pop(0)[1]
            size = 1 if self.cut == "byte" else len(data)
            for start in range(0, len(data), size):
                self.feed(number, data[start : start + size])
        for number, line, expected in self._expected:
            got = self.received[number]
            assert got.startswith(expected), (
                f"{self.version}, {self.cut}: {line}\n wanted {readable(expected)}\n"
                f" got    {readable(got) or 'nothing'}"
            )
            self.received[number] = got[len(expected) :]
        self._expected.clear()

    def feed(self, number: str, data: bytes) -> None:
        """Let a connection have some bytes, and the application what comes of them."""
        connection = self.connections[number]
        connection.receive(data, self.now)
        while (message := connection.next_message(self.now)) is not None:
            assert connection.session is not None
            self.application(connection.session, message, self.now)
        self.collect(number)

    def collect(self, number: str = "1") -> None:
        """Take what a connection has to send."""
        data = self.connections[number].data_to_send()
        self.received[number] += data
        self.everything += data

    def advance(self, seconds: float) -> None:
        """Let time pass, and deadlines fall due."""
        end = self.now + int(seconds * SECOND)
        for _turn in range(1000):
            due = [
                (deadline, number)
                for number, connection in self.connections.items()
                if (deadline := connection.next_deadline()) is not None and deadline <= end
            ]
            if not due:
                break
            deadline, number = min(due)
            self.now = max(self.now, deadline)
            self.connections[number].deadline(self.now)
            self.collect(number)
        else:
            raise AssertionError("deadlines fall due for ever")
        self.now = end

    # -- messages

    def message(self, text: str, ours: bool = True) -> bytes:
        """The message of a step: ``TYPE SEQ | tag=value | ...``."""
        head, *given = [part.strip() for part in text.split("|")]
        msg_type, _space, seq = head.partition(" ")
        fields = {
            "34": seq,
            "49": "CLIENT" if ours else "XSIM",
            "52": "<0>",
            "56": "XSIM" if ours else "CLIENT",
        }
        body: list[str] = []
        begin = self.version
        for field in given:
            tag, _equals, value = field.partition("=")
            if tag == "8":
                begin = value
            elif tag.isdigit() and int(tag) in _HEADER:
                fields[tag] = value
            elif field:
                body.append(field)
        if self.version == "FIXT.1.1" and msg_type == "A" and "1137=" not in text:
            body.append("1137=9")
        header = [f"{tag}={fields[tag]}" for tag in sorted(fields, key=int) if fields[tag] != "-"]
        whole = [f"35={msg_type}", *header, *[field for field in body if field != "1137=-"]]
        return wrap(begin, [re.sub(r"<(-?\d+)>", self._time, field) for field in whole])

    def _time(self, mark: re.Match[str]) -> str:
        return stamp(self.version, self.now, int(mark[1]))


def readable(data: bytes) -> str:
    """Bytes for an error text."""
    return data.replace(b"\x01", b"|").decode("latin-1")


def converse(script: str, versions: tuple[str, ...] = ALL, **changes: Any) -> None:
    """Run a script in several versions, with the bytes cut in every way."""
    for version in versions:
        sent = set()
        for cut in CUTS:
            sent.add(Conversation(version, cut, **changes).run(script).everything)
        assert len(sent) == 1, f"{version}: what is sent depends on how the bytes were cut"
