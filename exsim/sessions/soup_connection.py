"""One SoupBinTCP connection of a server: bytes in, messages for the application, bytes out."""

from __future__ import annotations

from typing import Final, Protocol

from exsim.interfaces import Recorder
from exsim.model.journal import EntryKind
from exsim.model.messages import ORDERLY
from exsim.model.plain import Plain
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.wire import soup

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_GARBLED: Final = int(EntryKind.GARBLED)
_LINK: Final = int(EntryKind.LINK)
CHUNK: Final = 100
"""Missed messages that are sent before others get their turn."""
CLOSES: Final = "the session closes now"
"""Why a connection ends at the end of a schedule's period."""


class SoupDirectory(Protocol):
    """Knows the sessions of an endpoint."""

    def find(self, asked: soup.Login) -> SoupSession | None:
        """The session that a login is for, made on the fly where any is accepted; or None."""


class SoupConnection:
    """
    A conversation without its socket, as the server of it.

    Feed it with :meth:`receive`, then take messages with :meth:`next_message` until there is none.
    Then write :meth:`data_to_send`, and close if :attr:`closing`. Call :meth:`deadline` when
    :meth:`next_deadline` says. ``session`` is who logged in, also after the end; None before.

    :param rules: of the endpoint; once somebody has logged in those of the session hold.
    :param number: what the journal calls it; 0: it is not told from others there.
    """

    __slots__ = (
        "_at",
        "_directory",
        "_framer",
        "_last_in",
        "_last_out",
        "_login_by",
        "_now",
        "_ready",
        "_record",
        "_rules",
        "closing",
        "number",
        "peer",
        "session",
        "why",
    )

    def __init__(
        self,
        directory: SoupDirectory,
        rules: SoupRules,
        peer: str,
        record: Recorder,
        now: int,
        number: int = 0,
    ) -> None:
        self.number = number
        self.peer = peer
        self.session: SoupSession | None = None
        self.closing = False
        self.why = ""
        self._directory = directory
        self._rules = rules
        self._record = record
        self._framer = soup.Framer(rules.max_packet)
        self._ready: list[bytes] = []
        self._at = 0  # the number of the message that it is sent next
        self._login_by = now + rules.login_timeout
        self._last_in = self._last_out = self._now = now

    # -- in

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        self._now = now
        if not self.closing:
            self._framer.feed(data)

    def next_message(self, now: int) -> bytes | None:
        """
        Work through what came in, up to the next message for the application: a whole packet of
        unsequenced data. None when there is none.
        """
        self._now = now
        while not self.closing:
            raw = self._next(now)
            if raw is None:
                return None
            if self._take(raw, now):
                return raw
        return None

    def log_in(self, now: int) -> bool:
        """
        Work through what came in until somebody is logged in, and no farther; whether one is.

        To be called first where there is something to be said to who logs in.
        """
        self._now = now
        while self.session is None and not self.closing:
            raw = self._next(now)
            if raw is None:
                return False
            self._take(raw, now)
        return self.session is not None

    def _next(self, now: int) -> bytes | None:
        try:
            return self._framer.next()
        except soup.BadPacket as bad:
            self.cut(str(bad), now)
            return None

    def message(self, raw: bytes, now: int) -> None:
        """Take in one whole packet, of a journal."""
        self.receive(raw, now)

    def _take(self, raw: bytes, now: int) -> bool:
        """Act on a packet; whether it is the application's."""
        kind, session = soup.kind_of(raw), self.session
        self._last_in = now
        if session is None:
            self._log_in(raw, now)
            return False
        self._record(now, _IN, session.name, raw)
        if kind == soup.UNSEQUENCED:
            session.received += 1
            return True
        if kind == soup.LOGOUT:
            self.close(ORDERLY)
        elif kind not in (soup.CLIENT_HEARTBEAT, soup.DEBUG):
            self.close(f"a packet of type {kind!r} from a client that is logged in")
        return False

    def _log_in(self, raw: bytes, now: int) -> None:
        kind = soup.kind_of(raw)
        self._record_of(now)
        if kind == soup.DEBUG:
            self._record(now, _IN, "", raw)
            return
        try:
            if kind != soup.LOGIN:
                raise soup.BadPacket(f"the first packet is of type {kind!r}, no Login Request")
            asked = soup.read_login(soup.payload_of(raw))
        except soup.BadPacket as bad:
            self._record(now, _GARBLED, "", raw)
            self.close(str(bad))
            return
        session = self._directory.find(asked)
        if session is None:
            self._record(now, _IN, "", raw)
            self._reject(soup.NOT_AUTHORISED, "there is no such session", now)
            return
        self._record(now, _IN, session.name, raw)
        reason, why = session.refusal(asked, now)
        if reason:
            self._reject(reason, why, now)
            return
        self.session = session
        self._at = session.begins(asked.sequence)
        session.attach(self, self.peer)
        self.write(soup.accepted(session.stream.session, self._at), now)
        self.more(now)

    def _reject(self, reason: bytes, why: str, now: int) -> None:
        raw = soup.rejected(reason)
        self._record_of(now)
        self._record(now, _OUT, "", raw)
        self._ready.append(raw)
        self.close(why)

    def _record_of(self, now: int) -> None:
        """Say in the journal whose the next entry is, while no session does."""
        if self.number:
            self._record(now, _LINK, "", b"of %d" % self.number)

    def cut(self, why: str, now: int) -> None:
        """End for something that cannot be a packet."""
        self._now = now
        if not self.closing:
            name = "" if self.session is None else self.session.name
            self._record(now, _LINK, name, b"cut %d %b" % (self.number, why.encode()))
            self.close(why)

    # -- out

    def write(self, raw: bytes, now: int) -> None:
        """Send a packet."""
        if self.closing:
            return
        name = "" if self.session is None else self.session.name
        self._record(now, _OUT, name, raw)
        self._ready.append(raw)
        self._last_out = now

    def more(self, now: int) -> None:
        """Send what of the stream was not sent yet: some of it, if it is much."""
        session = self.session
        if session is None or self.closing:
            return
        stream = session.stream
        self._at = max(self._at, stream.first)
        end = min(stream.next, self._at + CHUNK)
        while self._at < end:
            payload = stream.get(self._at)
            self._at += 1
            self.write(soup.packet(soup.SEQUENCED, payload), now)

    def renumber(self, seq: int) -> None:
        """The stream goes on with another number: nothing before that is sent any more."""
        self._at = seq

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""
        data = b"".join(self._ready)
        self._ready.clear()
        return data

    # -- time

    @property
    def _behind(self) -> bool:
        """Whether it has not been sent all of the stream yet."""
        return self.session is not None and self._at < self.session.stream.next

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        if self.closing:
            return None
        if self._behind:
            return self._now
        session = self.session
        if session is None:
            return self._login_by
        rules = session.rules
        due = min(self._last_out + rules.heartbeat, self._last_in + rules.timeout)
        closes = session.closes()
        return due if closes is None else min(due, closes)

    def deadline(self, now: int) -> None:
        """Time passed: go on with the stream, send a heartbeat, or give up."""
        self._now = now
        session = self.session
        if self.closing:
            return
        if session is None:
            if now >= self._login_by:
                self.close("no login came in time")
            return
        self.more(now)
        rules, closes = session.rules, session.closes()
        if closes is not None and now >= closes:
            session.end(CLOSES, now)
        elif now - self._last_in >= rules.timeout:
            self.close("nothing was received for too long")
        elif now - self._last_out >= rules.heartbeat:
            self.write(soup.packet(soup.SERVER_HEARTBEAT), now)

    # -- the end

    def close(self, why: str) -> None:
        """Close once what is ready is written; nothing more is taken in."""
        if self.closing:
            return
        self.closing = True
        self.why = why
        session = self.session
        if session is not None and session.connection is self:
            session.detach()

    def lost(self, now: int) -> None:
        """The socket is gone."""
        self._now = now
        self.close("the connection was lost")

    # -- snapshots

    def state(self) -> Plain:
        """All of it but a packet that is not whole yet, for a snapshot."""
        session = self.session
        return {
            "number": self.number,
            "peer": self.peer,
            "session": "" if session is None else session.name,
            "attached": session is not None and session.connection is self,
            "closing": self.closing,
            "why": self.why,
            "at": self._at,
            "times": [self._login_by, self._last_in, self._last_out, self._now],
        }

    def restore(self, plain: Plain, session: SoupSession | None) -> None:
        """Be as :meth:`state` told; ``session`` is the one it named, restored already."""
        self.session = session
        self.closing = plain["closing"]
        self.why = plain["why"]
        self._at = plain["at"]
        self._login_by, self._last_in, self._last_out, self._now = plain["times"]
        if session is not None and plain["attached"]:
            session.connection = self
            session.state = session.state.ACTIVE
