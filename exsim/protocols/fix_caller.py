"""A counterparty of FIX that we play ourselves, as when a recording is played into a venue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from exsim.errors import RemoteError
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_fields import encode_fields
from exsim.sessions.fix_header import HEADER_TAGS
from exsim.sessions.fix_rules import ANY_VERSION, FixRules
from exsim.sessions.fix_session import FixSession
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer

_DEFAULT: Final = "FIX.4.4"
_APPLICATION: Final = b"9"
"""DefaultApplVerID of a logon where nobody says another: FIX.5.0SP2."""
_KEPT: Final = frozenset((b"50", b"57", b"97", b"115", b"116", b"128", b"129", b"142", b"143"))
"""Fields of the header that a counterparty chooses: who it is for, and whether it says so again."""
_OWN: Final = HEADER_TAGS - _KEPT | {b"10"}
"""Fields that are written here."""


class FixCaller:
    """
    See :class:`exsim.interfaces.Caller`. It goes on with the numbers that the session expects, asks
    for nothing again, and sends nothing again: a gap fill answers who asks.

    :param rules: of the session, or of its endpoint where it is made by its logon.
    :param name: its CompID.
    :param session: the session, where there is one.
    :param example: the fields of a message of it, for its version.
    """

    __slots__ = (
        "_appl_ver_id",
        "_begin",
        "_dialect",
        "_framer",
        "_name",
        "_next",
        "_password",
        "_rules",
        "_version",
        "closed",
        "order_ids",
        "ready",
    )

    def __init__(
        self,
        rules: FixRules,
        name: str,
        session: FixSession | None,
        dialect: Dialect,
        example: Mapping[str, str],
    ) -> None:
        spoken = rules.begin_string if session is not None else ANY_VERSION
        if spoken == ANY_VERSION:
            spoken = example.get("8", _DEFAULT)
        self._begin = spoken.encode()
        self._name = name
        self._rules = rules
        self._dialect = dialect
        self._version = example.get("1128", "").encode()
        self._appl_ver_id = rules.default_appl_ver_id.encode() or self._version or _APPLICATION
        self._password = "" if session is None else session.lock.password
        self._next = 1 if session is None or rules.reset_on_logon else session.next_in
        self._framer = Framer()
        self.ready = False
        self.closed = ""
        self.order_ids: dict[str, str] = {}

    def log_on(self, now: int) -> bytes:
        """A Logon that the session accepts."""
        rules = self._rules
        body = b"98=0\x01108=%d\x01" % max(0, rules.heartbeat_min)
        if self._begin == b"FIXT.1.1":
            body += b"1137=%b\x01" % self._appl_ver_id
        for tag, text in ((b"464", rules.test_indicator), (b"553", rules.username),
                          (b"554", self._password)):  # fmt: skip
            if text:
                body += b"%b=%b\x01" % (tag, text.encode())
        return self._made(b"A", b"", body, now)

    def log_out(self, now: int) -> bytes:
        """A Logout."""
        return self._made(b"5", b"", b"", now)

    def say(self, kind: str, fields: Sequence[tuple[str, str]], now: int) -> bytes:
        """
        A message of this type and these fields; most of the header is its own.

        :raises exsim.errors.Unprocessable: when they make none.
        """
        sent = [each for each in fields if each[0].encode() not in _OWN]
        names = self._dialect.names(self._begin, self._appl_ver_id)
        msg_type, body, header = encode_fields([("35", kind), *sent], names)
        return self._made(msg_type, header, body, now)

    def hear(self, data: bytes, now: int) -> bytes:
        """What is to be said at once to what was heard."""
        self._framer.feed(data)
        answers = b""
        while (item := self._framer.next()) is not None:
            if isinstance(item, bytes):
                try:
                    answers += self._heard(decode(item), now)
                except RemoteError:
                    continue  # garbage, as faults send it
        return answers

    def _heard(self, message: FixMessage, now: int) -> bytes:
        fields, kind = message.fields, message.msg_type
        if kind == b"A":
            self.ready = True
        elif kind == b"5":
            self.closed = fields.get(b"58", b"it was logged out").decode("utf-8", "replace")
        elif kind == b"1":
            return self._made(b"0", b"", b"112=%b\x01" % fields.get(b"112", b""), now)
        elif kind == b"2":
            return self._filled(fields.get(b"7", b"1"), now)
        elif b"11" in fields and b"37" in fields:
            self.order_ids[fields[b"11"].decode()] = fields[b"37"].decode()
        return b""

    def _filled(self, begin: bytes, now: int) -> bytes:
        """Nothing is there to be sent again from a number on."""
        number, self._next = self._next, int(begin)
        body = b"123=Y\x0136=%d\x01" % number
        stamp = utc_timestamp(now, 3)
        filled = self._made(b"4", b"43=Y\x01122=%b\x01" % stamp, body, now)
        self._next = number
        return filled

    def _made(self, msg_type: bytes, header: bytes, body: bytes, now: int) -> bytes:
        rules, version = self._rules, self._version
        ids = b"".join(
            b"%b=%b\x01" % each
            for each in (*rules.sender_ids, *rules.target_ids)
            if each[0] + b"=" not in header
        )
        if version and self._begin == b"FIXT.1.1" and msg_type not in b"A012345":
            header = b"1128=%b\x01" % version + header
        stamp = utc_timestamp(now, 3 if self._begin >= b"FIX.4.2" else 0)
        head = b"35=%b\x0134=%d\x0149=%b\x0152=%b\x0156=%b\x01" % (
            *(msg_type, self._next, self._name.encode(), stamp, rules.comp_id.encode()),
        )
        self._next += 1
        return encode(self._begin, head + ids + header + body)
