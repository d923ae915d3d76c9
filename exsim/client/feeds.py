"""
Readers of a venue's feeds, without their sockets: of ITCH over SoupBinTCP, and of FIX market data.

Both are fed bytes and the time, and give messages and what to send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from exsim.errors import RemoteError
from exsim.sessions.soup_client import SoupClient
from exsim.wire import fix
from exsim.wire.fix_frame import Framer, Garbled
from exsim.wire.soup import Login

HEARTBEAT: Final = 10
"""Seconds between two heartbeats of FIX."""
_SECOND: Final = 1_000_000_000
_ADMIN: Final = frozenset((b"0", b"1", b"2", b"3", b"4", b"5", b"A"))


class FeedRefused(RemoteError):
    """The venue gives no such feed: what it said is the text."""


class Feed(Protocol):
    """One connection of a reader."""

    def receive(self, data: bytes, now: int) -> Iterator[bytes]:
        """The messages that are whole now; raises RemoteError where it cannot go on."""

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""

    def deadline(self, now: int) -> None:
        """Time passes."""

    @property
    def over(self) -> bool:
        """Whether nothing comes any more."""


class ItchFeed:
    """Logs in, and reads from the number ``next`` on."""

    def __init__(self, user: str, password: str, session: bytes, next: int, now: int) -> None:
        self._client = SoupClient(Login(user.encode(), password.encode(), session, next), now)

    @property
    def session(self) -> bytes:
        """The stream that it reads."""
        return self._client.session

    @property
    def next(self) -> int:
        """The number to go on from."""
        return self._client.next

    @property
    def over(self) -> bool:
        """See :class:`Feed`."""
        return self._client.closing

    def receive(self, data: bytes, now: int) -> Iterator[bytes]:
        """See :class:`Feed`."""
        self._client.receive(data, now)
        while (found := self._client.next_message()) is not None:
            if found[0]:
                yield found[1]

    def data_to_send(self) -> bytes:
        """See :class:`Feed`."""
        return self._client.data_to_send()

    def deadline(self, now: int) -> None:
        """See :class:`Feed`."""
        self._client.deadline(now)


class FixFeed:
    """Logs on, asks for books by order and trades of instruments, and reads what comes."""

    def __init__(
        self, version: str, sender: str, target: str, symbols: Sequence[str], now: int
    ) -> None:
        self._begin = version.encode()
        self._head = f"49={sender}\x0156={target}\x01".encode()
        self._symbols = symbols
        self._framer = Framer(1 << 20)
        self._ready: list[bytes] = []
        self._seq = 0
        self._sent = now
        self.over = False
        appl = "1137=9\x01" if version.startswith("FIXT") else ""
        self._send(b"A", f"98=0\x01108={HEARTBEAT}\x01141=Y\x01{appl}".encode(), now)

    def _send(self, kind: bytes, body: bytes, now: int) -> None:
        self._seq += 1
        self._sent = now
        stamp = fix.utc_timestamp(now, 3)
        head = b"35=%b\x0134=%d\x01%b52=%b\x01" % (kind, self._seq, self._head, stamp)
        self._ready.append(fix.encode(self._begin, head + body))

    def receive(self, data: bytes, now: int) -> Iterator[bytes]:
        """See :class:`Feed`."""
        self._framer.feed(data)
        while (raw := self._framer.next()) is not None:
            if isinstance(raw, Garbled):
                continue
            message = fix.decode(raw)
            if message.msg_type in _ADMIN:
                self._admin(message, now)
            elif message.msg_type in (b"Y", b"j"):
                text = message.fields.get(b"58", message.fields.get(b"281", b""))
                raise FeedRefused(f"the request was rejected: {text.decode('utf-8', 'replace')}")
            else:
                yield raw

    def _admin(self, message: fix.FixMessage, now: int) -> None:
        kind, fields = message.msg_type, message.fields
        if kind == b"A":
            self._subscribe(now)
        elif kind == b"1":
            self._send(b"0", b"112=%b\x01" % fields.get(b"112", b""), now)
        elif kind == b"2":  # nothing of what we said is of use again
            follows = self._seq + 1
            begin, self._seq = int(fields[b"7"]), int(fields[b"7"]) - 1
            self._send(b"4", b"43=Y\x01123=Y\x0136=%d\x01" % follows, now)
            self._seq = max(begin, follows - 1)
        elif kind in (b"3", b"5"):
            text = fields.get(b"58", b"logged out").decode("utf-8", "replace")
            raise FeedRefused(f"the session was ended: {text}")

    def _subscribe(self, now: int) -> None:
        symbols = "".join(f"55={symbol}\x01" for symbol in self._symbols)
        body = (
            "262=recording\x01263=1\x01264=0\x01265=1\x01266=N\x01267=3\x01269=0\x01269=1\x01"
            f"269=2\x01146={len(self._symbols)}\x01{symbols}"
        )
        self._send(b"V", body.encode(), now)

    def data_to_send(self) -> bytes:
        """See :class:`Feed`."""
        data = b"".join(self._ready)
        self._ready.clear()
        return data

    def deadline(self, now: int) -> None:
        """See :class:`Feed`."""
        if now - self._sent >= HEARTBEAT * _SECOND:
            self._send(b"0", b"", now)
