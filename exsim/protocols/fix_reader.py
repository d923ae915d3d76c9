"""A reader of somebody else's FIX market data: logs on, subscribes to best prices, and listens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.errors import RemoteError
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer

_SECOND: Final = 1_000_000_000
_SILENT: Final = 1.2
"""Heartbeats after which who is silent is asked, and after twice that given up."""
_REFUSALS: Final = (b"3", b"j", b"Y")
"""Reject, BusinessMessageReject, MarketDataRequestReject."""
_APPLICATION: Final = b"9"
"""DefaultApplVerID: FIX.5.0SP2."""


class FixReader:
    """
    One connection's. Numbers begin with 1 each time; what was missed is not asked for again, since
    all there is comes with the subscription.

    ``ready``: logged on. ``closed``: why it is over; empty as long as it is not. ``refused``: why a
    subscription is refused.

    :param heartbeat: seconds.
    :param full: whether updates are to tell all (MDUpdateType(265) of 0) or what changed.
    """

    def __init__(
        self,
        begin: str,
        sender: str,
        target: str,
        symbols: Sequence[str],
        heartbeat: int = 30,
        full: bool = True,
        username: str = "",
        password: str = "",
    ) -> None:
        self._begin = begin.encode()
        self._names = sender.encode(), target.encode()
        self._symbols = [symbol.encode() for symbol in symbols]
        self._heartbeat = heartbeat
        self._full = full
        self._user = username.encode(), password.encode()
        self._framer = Framer()
        self._next = 1
        self._sent_at = self._heard_at = 0
        self._asked = False
        self.ready = False
        self.closed = ""
        self.refused = ""

    def log_on(self, now: int) -> bytes:
        """The Logon, with which numbers begin anew on both sides."""
        self._heard_at = now
        body = b"98=0\x01108=%d\x01141=Y\x01" % self._heartbeat
        if self._begin == b"FIXT.1.1":
            body += b"1137=%b\x01" % _APPLICATION
        for tag, value in zip((b"553", b"554"), self._user, strict=True):
            if value:
                body += b"%b=%b\x01" % (tag, value)
        return self._made(b"A", body, now)

    def log_out(self, now: int) -> bytes:
        """A Logout."""
        return self._made(b"5", b"", now)

    def hear(self, data: bytes, now: int) -> tuple[bytes, list[bytes]]:
        """What is to be said at once to what was heard, and the market data in it."""
        self._framer.feed(data)
        self._heard_at, self._asked = now, False
        answers, told = b"", []
        while (item := self._framer.next()) is not None:
            if not isinstance(item, bytes):
                continue  # garbage is passed over
            try:
                message = decode(item)
            except RemoteError:
                continue
            if message.msg_type in (b"W", b"X"):
                told.append(item)
            else:
                answers += self._heard(message, now)
        return answers, told

    def _heard(self, message: FixMessage, now: int) -> bytes:
        fields, kind = message.fields, message.msg_type
        text = fields.get(b"58", b"").decode("utf-8", "replace")
        if kind == b"A" and not self.ready:
            self.ready = True
            return self._subscription(now)
        elif kind == b"5":
            self.closed = f"it was logged out: {text or 'nobody says why'}"
        elif kind == b"1":
            return self._made(b"0", b"112=%b\x01" % fields.get(b"112", b""), now)
        elif kind == b"2":
            return self._filled(fields.get(b"7", b"1"), now)
        elif kind in _REFUSALS:
            self.refused = text or f"a message {kind.decode()} without a text"
        return b""

    def _subscription(self, now: int) -> bytes:
        """A MarketDataRequest for best bids, best asks and trades."""
        body = b"262=1\x01263=1\x01264=1\x01265=%d\x01" % (not self._full)
        body += b"267=3\x01269=0\x01269=1\x01269=2\x01146=%d\x01" % len(self._symbols)
        body += b"".join(b"55=%b\x01" % symbol for symbol in self._symbols)
        return self._made(b"V", body, now)

    def _filled(self, begin: bytes, now: int) -> bytes:
        """Nothing is there to be sent again from a number on."""
        number, self._next = self._next, int(begin) if begin.isdigit() else 1
        filled = self._made(b"4", b"123=Y\x0136=%d\x01" % number, now, b"43=Y\x01")
        self._next = number
        return filled

    def passes(self, now: int) -> bytes:
        """Time has passed: what is to be said by that."""
        beat = self._heartbeat * _SECOND
        silent = now - self._heard_at
        if silent >= 2 * _SILENT * beat:
            self.closed = f"nothing was heard for {silent // _SECOND} s"
        elif silent >= _SILENT * beat and not self._asked and self.ready:
            self._asked = True
            return self._made(b"1", b"112=there\x01", now)
        elif now - self._sent_at >= beat and self.ready:
            return self._made(b"0", b"", now)
        return b""

    def _made(self, kind: bytes, body: bytes, now: int, header: bytes = b"") -> bytes:
        head = b"35=%b\x0134=%d\x0149=%b\x0152=%b\x0156=%b\x01" % (
            *(kind, self._next, self._names[0], utc_timestamp(now, 3), self._names[1]),
        )
        self._next += 1
        self._sent_at = now
        return encode(self._begin, head + header + body)
