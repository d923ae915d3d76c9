"""Builds what one side of a FIX session sends: standard header, body, trailer."""

from __future__ import annotations

from typing import Final

from exsim.sessions.fix_rules import ANY_VERSION, FixRules
from exsim.sessions.fix_version import SESSION_VERSIONS, SessionVersion
from exsim.wire.fix import SOH, FixMessage, same, utc_timestamp, wrap
from exsim.wire.fix_parts import Part

HEADER_TAGS: Final = frozenset(
    b"8 9 35 34 43 49 50 52 56 57 90 91 97 115 116 122 128 129 142 143 144 145 212 213 347 369 370"
    b" 627 628 629 630 1128 1129 1156".split()
)
"""Fields of the standard header in any version."""

_ROUTES: Final = (
    (b"115=", b"128"),
    (b"116=", b"129"),
    (b"128=", b"115"),
    (b"129=", b"116"),
    (b"144=", b"145"),
    (b"145=", b"144"),
)
"""OnBehalfOf and DeliverTo: the field of an answer, and that of the message it is taken from."""

_NOT_KNOWN_YET: Final = b"FIX.4.4"
"""The version of what a session that may speak any has to send before its first logon."""


def route_back(message: FixMessage) -> bytes:
    """The header fields that send an answer the way that ``message`` came."""
    fields = message.fields
    routing = b""
    for answered, brought in _ROUTES:
        value = fields.get(brought)
        if value:
            routing += answered + value + SOH
    return routing


def _other_ids(rules: FixRules) -> bytes:
    """Sub and location identifiers: what is the target's of theirs is the sender's of ours."""
    turned = {b"50": b"57", b"142": b"143", b"57": b"50", b"143": b"142"}
    found = [(turned[tag], value) for tag, value in (*rules.sender_ids, *rules.target_ids)]
    return b"".join(b"%b=%b\x01" % pair for pair in sorted(found, key=lambda pair: int(pair[0])))


class FixHeader:
    """
    The identity of a session, and the messages written under it.

    Fields come in the order 8, 9, 35, 34, 49, 52, 56, then the rest of the header.
    """

    __slots__ = (
        "_digits",
        "_from",
        "_ids",
        "_now",
        "_prefix",
        "_stamp",
        "_to",
        "begin_string",
        "ours",
        "theirs",
        "version",
    )

    def __init__(self, rules: FixRules) -> None:
        self.ours = rules.comp_id.encode()
        self._from: bytes = b"\x0149=%b\x0152=" % self.ours
        self._ids = _other_ids(rules)
        self.address(rules.sender_comp_id.encode())
        named = rules.begin_string != ANY_VERSION
        self.speak(rules.begin_string.encode() if named else _NOT_KNOWN_YET, rules)

    def address(self, theirs: bytes) -> None:
        """Write to this CompID."""
        self.theirs: bytes = theirs
        self._to: bytes = b"\x0156=%b\x01%b" % (theirs, self._ids)

    def speak(self, begin_string: bytes, rules: FixRules) -> None:
        """Go on in this version."""
        self.begin_string: bytes = begin_string
        self.version: SessionVersion = SESSION_VERSIONS[begin_string]
        digits = rules.timestamp_digits
        self._digits: int = self.version.digits if digits is None else digits
        self._now = -1  # the time of ``_stamp``
        self._stamp = b""
        self._prefix: bytes = b"8=%b\x019=" % begin_string

    def build(self, msg_type: bytes, seq: int, now: int, header: bytes, body: Part) -> bytes:
        """A whole message; ``header`` and ``body`` are fields with their SOH."""
        stamp = self._stamp_of(now)
        return wrap(
            self._prefix,
            b"35=",
            msg_type,
            b"\x0134=",
            seq,
            self._from,
            stamp,
            self._to,
            header,
            body,
        )

    def built(
        self, raw: bytes, msg_type: bytes, seq: int, now: int, header: bytes, body: Part
    ) -> bool:
        """Whether ``raw`` is the message that :meth:`build` would make."""
        stamp = self._stamp_of(now)
        return same(
            raw,
            self._prefix,
            b"35=",
            msg_type,
            b"\x0134=",
            seq,
            self._from,
            stamp,
            self._to,
            header,
            body,
        )

    def _stamp_of(self, now: int) -> bytes:
        """SendingTime; that of the last message is known."""
        if now != self._now:
            self._stamp = utc_timestamp(now, self._digits)
            self._now = now
        return self._stamp

    def duplicate(self, sent: bytes, now: int) -> bytes:
        """The same message to send again: with PossDupFlag(43) and OrigSendingTime(122)."""
        _begin, _length, msg_type, seq, ours, time, theirs, rest = sent.split(SOH, 7)
        header, body = self._split_header(rest[:-7], time[3:])
        stamp = utc_timestamp(now, self._digits)
        inner = b"%b\x01%b\x0143=Y\x01%b\x0152=%b\x01%b\x01%b%b" % (
            msg_type,
            seq,
            ours,
            stamp,
            theirs,
            header,
            body,
        )
        return wrap(self._prefix, inner)

    def _split_header(self, rest: bytes, sent_at: bytes) -> tuple[bytes, bytes]:
        """What is left of the header, with OrigSendingTime in its place; and the body."""
        before = after = b""
        while rest:
            field, _soh, others = rest.partition(SOH)
            tag = field[: field.find(b"=")]
            if tag not in HEADER_TAGS:
                break
            rest = others
            if tag in (b"43", b"122"):
                continue
            if int(tag) < 122:
                before += field + SOH
            else:
                after += field + SOH
        return before + b"122=" + sent_at + SOH + after, rest

    def gap_fill(self, seq: int, new_seq: int, now: int) -> bytes:
        """SequenceReset in place of all messages from ``seq`` up to, not including, ``new_seq``."""
        stamp = utc_timestamp(now, self._digits)
        inner = (
            b"35=4\x0134=%d\x0143=Y\x0149=%b\x0152=%b\x0156=%b\x01%b122=%b\x0136=%d\x01123=Y\x01"
            % (seq, self.ours, stamp, self.theirs, self._ids, stamp, new_seq)
        )
        return wrap(self._prefix, inner)
