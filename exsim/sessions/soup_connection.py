"""One SoupBinTCP connection of a server: bytes in, messages for the application, bytes out."""

from __future__ import annotations

from typing import Final, Protocol

from exsim.faults.marked import segments
from exsim.interfaces import Recorder
from exsim.model.journal import EntryKind
from exsim.model.messages import ORDERLY
from exsim.model.plain import Plain
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.sessions.soup_tampered import SoupTampered
from exsim.wire import soup

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_GARBLED: Final = int(EntryKind.GARBLED)
_LINK: Final = int(EntryKind.LINK)
CHUNK: Final = 100
"""Missed messages that are sent before others get their turn."""
CLOSES: Final = "the session closes now"
"""Why a connection ends at the end of a schedule's period."""
OVER: Final = "another session has begun"
"""Why one ends whose stream, which is that of others as well, began anew."""


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
        "_stream",
        "_tampered",
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
        self._tampered: SoupTampered | None = None  # from the first fault of its session on
        self._ready: list[bytes] = []
        self._at = 0  # the number of the message that it is sent next
        self._stream = b""  # the name of the session that this number is of
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
            tampered = self._tampered
            if tampered is not None and tampered.late:
                raw = tampered.late.popleft()
                if self._take_late(raw, now):
                    return raw
                continue
            came = self._next(now)
            if came is None:
                return None
            if self._take(came, now):
                return came
        return None

    def log_in(self, now: int) -> bool:
        """
        Work through what came in until somebody is logged in, and no farther; whether one is.

        To be called first where there is something to be said to who logs in.
        """
        self._now = now
        while self.session is None and not self.closing:
            if self._tampered is not None and self._tampered.late:
                self._take_late(self._tampered.late.popleft(), now)
                continue
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
        if self._tampered is not None:
            self._tampered.arrived(session, raw, now)
            return False
        return self._act(kind, session)

    def _take_late(self, raw: bytes, now: int) -> bool:
        """Act on a packet that has come by faults; the journal has it already."""
        session = self.session
        if session is None:
            self._log_in(raw, now, late=True)
            return False
        return self._act(soup.kind_of(raw), session)

    def _act(self, kind: bytes, session: SoupSession) -> bool:
        if kind == soup.UNSEQUENCED:
            session.received += 1
            return True
        if kind == soup.LOGOUT:
            self.close(ORDERLY)
        elif kind not in (soup.CLIENT_HEARTBEAT, soup.DEBUG):
            self.close(f"a packet of type {kind!r} from a client that is logged in")
        return False

    def _log_in(self, raw: bytes, now: int, late: bool = False) -> None:
        """The first packet that counts; ``late``: the journal has it, and faults had it before."""
        kind = soup.kind_of(raw)
        if not late:
            self._record_of(now)
        if kind == soup.DEBUG or (self._tampered is not None and self._tampered.deaf):
            self._enter(now, _IN, "", raw, late)
            return
        try:
            if kind != soup.LOGIN:
                raise soup.BadPacket(f"the first packet is of type {kind!r}, no Login Request")
            asked = soup.read_login(soup.payload_of(raw))
        except soup.BadPacket as bad:
            self._enter(now, _GARBLED, "", raw, late)
            self.close(str(bad))
            return
        session = self._directory.find(asked)
        if session is None:
            self._enter(now, _IN, "", raw, late)
            self.reject(soup.NOT_AUTHORISED, "there is no such session", now)
            return
        self._enter(now, _IN, session.name, raw, late)
        reason, why = session.refusal(asked, now)
        if reason:
            self.reject(reason, why, now)
            return
        if session.tamper is not None:
            if not late and self.misbehave().login_held(session, raw, now):
                return
        self.session = session
        self._at = session.begins(asked.sequence)
        self._stream = session.stream.session
        session.attach(self, self.peer)
        self.write(soup.accepted(session.stream.session, self._at), now)
        self.more(now)

    def _enter(self, now: int, kind: int, name: str, raw: bytes, late: bool) -> None:
        """Write to the journal what came, if it is not there yet."""
        if not late:
            self._record(now, kind, name, raw)

    def reject(self, reason: bytes, why: str, now: int) -> None:
        """Refuse a login, and end; ``why`` is for our log."""
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
        self._last_out = now
        if self._tampered is not None:
            self._tampered.leave(self.session, raw, now)
        else:
            self.put(raw, raw, now)

    def put(self, raw: bytes, data: bytes, now: int) -> None:
        """Have a packet leave; ``data`` may have a mark for the socket besides."""
        if raw:
            name = "" if self.session is None else self.session.name
            self._record(now, _OUT, name, raw)
        self._ready.append(data)

    def misbehave(self) -> SoupTampered:
        """Have what is sent and received go by the faults of its session from now on."""
        if self._tampered is None:
            self._tampered = SoupTampered(self)
        return self._tampered

    def more(self, now: int) -> None:
        """Send what of the stream was not sent yet: some of it, if it is much."""
        session = self.session
        if session is None or self.closing:
            return
        stream = session.stream
        if stream.session != self._stream:
            session.end(OVER, now)  # its numbers say nothing any more: it has to log in anew
            return
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
        if self._tampered is not None:
            self._tampered.uneven = False
        return data

    @property
    def uneven(self) -> bool:
        """Whether some of it has a mark for the socket: :meth:`segments_to_send` tells which."""
        return self._tampered is not None and self._tampered.uneven

    def segments_to_send(self) -> list[bytes]:
        """The same as :meth:`data_to_send`, with these marks."""
        taken = segments(self._ready)
        self.data_to_send()
        return taken

    # -- time

    @property
    def _behind(self) -> bool:
        """Whether it has not been sent all of the stream yet."""
        session = self.session
        if session is None:
            return False
        return self._at < session.stream.next or self._stream != session.stream.session

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        if self.closing:
            return None
        if self._behind:
            return self._now
        if self._tampered is not None:
            return self._next_tampered(self._tampered)
        session = self.session
        if session is None:
            return self._login_by
        rules = session.rules
        due = min(self._last_out + rules.heartbeat, self._last_in + rules.timeout)
        closes = session.closes()
        return due if closes is None else min(due, closes)

    def _next_tampered(self, tampered: SoupTampered) -> int | None:
        """The same under faults: that nothing comes of what does not get through is no wonder."""
        session, deaf = self.session, tampered.deaf
        dues = [tampered.next_due(self._now)]
        if session is None:
            dues.append(None if deaf else self._login_by)
        else:
            dues.append(None if deaf else self._last_in + session.rules.timeout)
            dues.append(None if tampered.mute else self._last_out + session.rules.heartbeat)
            dues.append(session.closes())
        return min([each for each in dues if each is not None], default=None)

    def deadline(self, now: int) -> None:
        """Time passed: go on with the stream, send a heartbeat, or give up."""
        self._now = now
        session, tampered = self.session, self._tampered
        deaf = mute = False
        if tampered is not None and not self.closing:
            deaf, mute = tampered.deaf, tampered.mute
            tampered.due(now)
        if self.closing:
            return
        if session is None:
            if now >= self._login_by and not deaf:
                self.close("no login came in time")
            return
        self.more(now)
        rules, closes = session.rules, session.closes()
        if tampered is not None and tampered.ending is not None:
            session.end(tampered.ending, now)
        elif closes is not None and now >= closes:
            session.end(CLOSES, now)
        elif now - self._last_in >= rules.timeout and not deaf:
            self.close("nothing was received for too long")
        elif now - self._last_out >= rules.heartbeat and not mute:
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
        session = None if self.session is None or self.session.removed else self.session
        return {
            "number": self.number,
            "peer": self.peer,
            "session": "" if session is None else session.name,
            "attached": session is not None and session.connection is self,
            "closing": self.closing,
            "why": self.why,
            "at": self._at,
            "stream": self._stream,
            "times": [self._login_by, self._last_in, self._last_out, self._now],
            "tampered": None if self._tampered is None else self._tampered.state(),
        }

    def restore(self, plain: Plain, session: SoupSession | None) -> None:
        """Be as :meth:`state` told; ``session`` is the one it named, restored already."""
        self.session = session
        self.closing = plain["closing"]
        self.why = plain["why"]
        self._at = plain["at"]
        self._stream = plain.get("stream", b"" if session is None else session.stream.session)
        self._login_by, self._last_in, self._last_out, self._now = plain["times"]
        if plain["tampered"] is not None:
            self.misbehave().restore(plain["tampered"])
        if session is not None and plain["attached"]:
            session.connection = self
            session.state = session.state.ACTIVE
            session.show(session.tamper)
