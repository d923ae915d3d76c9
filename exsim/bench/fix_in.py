"""
``fix-in``: what a FIX order costs before anybody looks at what it asks for.

A NewOrderSingle(D) of 200 bytes is cut out of what was read and decoded, passes the checks of its
session, and is held to the dictionary of its version: each by itself, and all together as a
connection does it. Every message comes in a read of its own, which is the dearest way to come.
"""

from __future__ import annotations

from typing import Final

from exsim.bench.measure import Stage, Work, machine, measure
from exsim.bench.result import Result, Row, row
from exsim.model.options import read_options
from exsim.model.settings import EndpointSettings, SessionSettings
from exsim.protocols.fix_acceptor import FixAcceptor
from exsim.services.fix import Fix
from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_inbound import FixInbound
from exsim.sessions.fix_output import FixOutput
from exsim.sessions.fix_session import FixSession
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer

VERSIONS: Final = ("FIX.4.2", "FIX.4.4")
SIZE: Final = 200
"""Bytes of a message."""
TIMES: Final = 100
"""Messages in each round."""
COUNTERPARTY: Final = "TRADER"
"""The CompID of who sends them."""
STAGES: Final = ("framing and decoding", "session checks", "dictionary")
SUM: Final = "sum of these"
TOGETHER: Final = "all in one"

_NOW: Final = 1_704_164_645_678_000_000  # 2024-01-02 03:04:05.678
_FIRST: Final = 100_001  # MsgSeqNum: as long as it is in the middle of a day
_COMP_ID: Final = "XSIM"


def fix_in(seconds: float) -> Result:
    """Run it for about so many seconds."""
    lines = [Line(version) for version in VERSIONS]
    stages = [stage for line in lines for stage in line.stages()]
    taken = measure(stages, seconds)
    each = len(stages) // len(lines)
    rows: list[Row] = []
    for index, line in enumerate(lines):
        rows += _rows(line.version, taken[index * each : (index + 1) * each])
    what = f"CPU time to take in a NewOrderSingle of {SIZE} bytes, each in a read of its own."
    return Result("fix-in", what, machine(), len(taken[0]), TIMES, tuple(rows))


def _rows(version: str, taken: list[list[int]]) -> list[Row]:
    *parts, together = taken
    sums = [sum(one) for one in zip(*parts, strict=True)]
    names = (*STAGES, SUM, TOGETHER)
    return [
        row(version, name, found, TIMES)
        for name, found in zip(names, (*parts, sums, together), strict=True)
    ]


class Line:
    """A counterparty that speaks a version, and what it sends."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.messages = [order(version, _FIRST + number) for number in range(TIMES)]
        self._checked = acceptor("yes")
        self._unchecked = acceptor("no")

    def stages(self) -> tuple[Stage, ...]:
        """What is measured, in the order of :data:`STAGES`; then all in one."""
        return self._decoding, self._session_checks, self._dictionary, self._together

    def _decoding(self) -> Work:
        framer = Framer()
        reads = self._reads()

        def work() -> None:
            for data in reads:
                framer.feed(data)
                raw = framer.next()
                assert isinstance(raw, bytes)
                decode(raw)
                framer.next()

        return work

    def _session_checks(self) -> Work:
        session = self._logged_on(self._unchecked)[1]
        inbound = FixInbound(session, FixOutput(_NOW), _NOW)
        messages = self._decoded()

        def work() -> None:
            for message in messages:
                taken = inbound.take(message, _NOW)
                assert taken is message

        return work

    def _dictionary(self) -> Work:
        check = self._logged_on(self._checked)[1].check
        assert check is not None
        messages = self._decoded()

        def work() -> None:
            for message in messages:
                fault = check(message)
                assert fault is None

        return work

    def _together(self) -> Work:
        connection = self._logged_on(self._checked)[0]
        reads = self._reads()

        def work() -> None:
            for data in reads:
                connection.receive(data, _NOW)
                message = connection.next_message(_NOW)
                assert message is not None
                connection.next_message(_NOW)

        return work

    def _logged_on(self, acceptor: FixAcceptor) -> tuple[FixConnection, FixSession]:
        """A new connection, which expects the first message next."""
        session = acceptor.sessions[COUNTERPARTY].machine
        session.reset(_NOW)
        connection = FixConnection(acceptor, session.rules, "bench", _no_journal, _NOW)
        connection.receive(logon(self.version), _NOW)
        connection.next_message(_NOW)
        connection.data_to_send()
        session.next_in = _FIRST
        return connection, session

    # Bytes that were looked up once keep their hash, so each round gets new ones.

    def _reads(self) -> list[bytes]:
        return [bytes(bytearray(one)) for one in self.messages]

    def _decoded(self) -> list[FixMessage]:
        return [decode(data) for data in self._reads()]


def acceptor(validate: str) -> FixAcceptor:
    """
    An endpoint with a session that is held to a dictionary, or is not.

    Whoever else logs on gets a session of the same kind.
    """
    fix = Fix()
    options = read_options(
        fix.endpoint_options,
        {"comp_id": _COMP_ID, "accept_any_logon": "yes", "validate": validate},
    )
    endpoint = EndpointSettings("bench", "XSIM", "fix", "", options=options)
    options = read_options(fix.session_options, {"validate": validate})
    session = SessionSettings(COUNTERPARTY, "bench", options=options)
    return fix.acceptor(endpoint, [session], _no_journal, {})


def _no_journal(time: int, kind: int, session: str, data: bytes) -> int:
    return 0


def logon(version: str) -> bytes:
    """The Logon of our counterparty."""
    return _message(version, b"A", 1, b"98=0\x01108=30\x01")


def order(version: str, seq: int) -> bytes:
    """A NewOrderSingle of :data:`SIZE` bytes; no two of a round are the same."""
    body = b"11=ORD%014d\x011=%b\x0121=1\x0155=AAA\x0154=%d\x0160=%b\x0138=%d\x0140=2\x0144=%b\x01"
    stamp = utc_timestamp(_NOW, 3)
    price = b"%d.%02d" % (100 + seq % 7, seq % 100)
    account = b""
    for _try in range(2):
        terms = (seq, account, 1 + seq % 2, stamp, 100 + seq % 9, price)
        message = _message(version, b"D", seq, body % terms + b"59=0\x01")
        account = b"A" * (SIZE - len(message))
    return message


def _message(version: str, msg_type: bytes, seq: int, body: bytes) -> bytes:
    head = b"35=%b\x0134=%d\x0149=%b\x0152=%b\x0156=%b\x01" % (
        msg_type,
        seq,
        COUNTERPARTY.encode(),
        utc_timestamp(_NOW, 3),
        _COMP_ID.encode(),
    )
    return encode(version.encode(), head + body)
