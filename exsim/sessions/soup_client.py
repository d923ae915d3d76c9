"""The other side of SoupBinTCP: a client that logs in, without its socket."""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError
from exsim.wire import soup

HEARTBEAT: Final = 1_000_000_000
"""Nanoseconds without a packet of ours after which a heartbeat is sent."""
TIMEOUT: Final = 15_000_000_000
"""Nanoseconds without a packet of theirs after which it gives up."""


class LoginRefused(RemoteError):
    """The server took no login; ``reason`` is the code that it gave."""

    def __init__(self, reason: bytes) -> None:
        said = {soup.NOT_AUTHORISED: "not authorised", soup.NO_SESSION: "no such session"}
        super().__init__(f"the login was rejected: {said.get(reason, repr(reason))}")
        self.reason = reason


class SoupClient:
    """
    A conversation without its socket, as the client of it.

    ``session`` and ``next`` are the stream and the number of its next message, once the login is
    accepted; what to log in with to go on after a loss. ``ended`` says that the stream is over.
    """

    __slots__ = (
        "_framer",
        "_last_in",
        "_last_out",
        "_ready",
        "accepted",
        "closing",
        "ended",
        "next",
        "session",
        "why",
    )

    def __init__(self, asked: soup.Login, now: int, most: int = 65_537) -> None:
        self._framer = soup.Framer(most)
        self._ready = [soup.login(asked)]
        self._last_in = self._last_out = now
        self.accepted = False
        self.closing = False
        self.ended = False
        self.next = asked.sequence
        self.session = asked.session
        self.why = ""

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        self._last_in = now
        if not self.closing:
            self._framer.feed(data)

    def next_message(self) -> tuple[int, bytes] | None:
        """
        The next message and its number, 0 for one out of sequence; None when there is none.

        :raises LoginRefused: when the server takes no login.
        :raises exsim.wire.soup.BadPacket: when nothing that comes can be trusted any more.
        """
        while not self.closing:
            raw = self._framer.next()
            if raw is None:
                return None
            kind, payload = soup.kind_of(raw), soup.payload_of(raw)
            if kind == soup.SEQUENCED:
                seq = self.next
                self.next = seq + 1
                return seq, payload
            if kind == soup.UNSEQUENCED:
                return 0, payload
            self._take(kind, payload)
        return None

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == soup.ACCEPTED:
            self.session, self.next = soup.read_accepted(payload)
            self.accepted = True
        elif kind == soup.REJECTED:
            self._close("the login was rejected")
            raise LoginRefused(payload[:1])
        elif kind == soup.END_OF_SESSION:
            self.ended = True
            self._close("the session has ended")
        elif kind not in (soup.SERVER_HEARTBEAT, soup.DEBUG):
            self._close(f"a packet of type {kind!r} from a server")

    def send(self, payload: bytes, now: int) -> None:
        """Send a message."""
        self._write(soup.packet(soup.UNSEQUENCED, payload), now)

    def log_out(self, now: int) -> None:
        """End it."""
        self._write(soup.packet(soup.LOGOUT), now)
        self._close("logged out")

    def _write(self, raw: bytes, now: int) -> None:
        self._ready.append(raw)
        self._last_out = now

    def _close(self, why: str) -> None:
        self.closing = True
        self.why = why

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""
        data = b"".join(self._ready)
        self._ready.clear()
        return data

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        if self.closing:
            return None
        return min(self._last_out + HEARTBEAT, self._last_in + TIMEOUT)

    def deadline(self, now: int) -> None:
        """Time passed: send a heartbeat, or give up."""
        if now - self._last_in >= TIMEOUT:
            self._close("nothing was received for too long")
        elif now - self._last_out >= HEARTBEAT:
            self._write(soup.packet(soup.CLIENT_HEARTBEAT), now)
