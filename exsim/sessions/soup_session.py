"""A SoupBinTCP session: one counterparty and its stream, whatever connection it has now."""

from __future__ import annotations

from enum import Enum
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

from exsim.interfaces import Recorder, Tamper
from exsim.model.plain import Plain
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import soup

if TYPE_CHECKING:
    from exsim.sessions.soup_connection import SoupConnection


class State(Enum):
    """Where a session stands; the values are what people are told."""

    OFFLINE = "offline"
    ACTIVE = "active"


class SoupSession:
    """
    One counterparty of a server. It outlives its connections.

    ``stream`` are the messages that it was and is sent in sequence, one of its own or ``shared``;
    ``received`` counts those that came from it. ``connection`` is where it is logged in, or None;
    ``logins`` counts how often it was; ``closed`` says why no login is accepted, None if any may
    be; ``tamper`` are the faults that are shown what it sends and receives, None where none is set.
    ``period`` is when the period of the schedule began that the stream is of, 0 where that is
    unknown.
    """

    __slots__ = (
        "_failures",
        "_until",
        "closed",
        "connection",
        "logins",
        "name",
        "peer",
        "period",
        "received",
        "record",
        "removed",
        "rules",
        "shares",
        "state",
        "stream",
        "tamper",
    )

    def __init__(
        self, name: str, rules: SoupRules, record: Recorder, shared: SoupStream | None = None
    ) -> None:
        self.name = name
        self.rules = rules
        self.record = record
        self.removed = False  # nobody knows it any more, but for a connection that is to close
        self.shares = shared is not None
        self.stream = shared or SoupStream(rules.session.encode(), rules.kept)
        self.state = State.OFFLINE
        self.connection: SoupConnection | None = None
        self.tamper: Tamper | None = None
        self.received = 0
        self.logins = 0
        self.peer = ""
        self.closed: str | None = None
        self._failures = 0
        self._until = 0
        self.period = 0

    # -- logging in

    def refusal(self, asked: soup.Login, now: int) -> tuple[bytes, str]:
        """Why a login may not be, as the reason that it is told and for our log; b"": it may."""
        if now < self._until:
            return soup.NOT_AUTHORISED, "there were too many wrong passwords"
        wanted = self.rules.password.encode()
        if wanted and not compare_digest(asked.password, wanted):
            self._failed(now)
            return soup.NOT_AUTHORISED, "wrong password"
        self._failures = 0
        if self.rules.initiates:
            return soup.NOT_AUTHORISED, f"session {self.name} is one that we log in to"
        if self.closed is not None:
            return soup.NO_SESSION, self.closed
        schedule = self.rules.schedule
        if schedule is not None and schedule.period(now) is None:
            return soup.NO_SESSION, "the session is closed at this time"
        self.enter_period(now)
        if asked.session not in (b"", self.stream.session):
            return soup.NO_SESSION, f"the session of now is {self.stream.session.decode()}"
        if asked.sequence > self.stream.next:
            return soup.NO_SESSION, f"{asked.sequence} was asked for, {self.stream.next} is next"
        if self.connection is not None:
            return soup.NOT_AUTHORISED, f"session {self.name} is in use"
        return b"", ""

    def _failed(self, now: int) -> None:
        self._failures += 1
        most = self.rules.max_login_failures
        if most and self._failures >= most:
            self._failures = 0
            self._until = now + self.rules.login_lockout

    def begins(self, asked: int) -> int:
        """The number of the first message that a login gets which asks for this one."""
        stream = self.stream
        if not asked:
            back = 0 if self.rules.zero_is_next else 1
            return max(stream.first, stream.next - back)
        return max(stream.first, asked)

    def attach(self, connection: SoupConnection, peer: str) -> None:
        """A login was accepted."""
        self.connection = connection
        self.peer = peer
        self.state = State.ACTIVE
        self.logins += 1
        self.show(self.tamper)

    def show(self, tamper: Tamper | None) -> None:
        """Show these faults what is sent and received from now on; None: nobody."""
        self.tamper = tamper
        if tamper is not None and self.connection is not None:
            self.connection.misbehave()

    def detach(self) -> None:
        """The connection is gone."""
        self.connection = None
        self.state = State.OFFLINE

    def enter_period(self, now: int) -> None:
        """Begin another stream if the schedule has begun another period."""
        schedule = self.rules.schedule
        period = schedule.period(now) if schedule is not None else None
        if period is not None and period != self.period:
            if self.period:
                self.restart()
            self.period = period

    def closes(self) -> int | None:
        """When the schedule ends the period that the session is in; None: never."""
        schedule = self.rules.schedule
        return schedule.closes(self.period) if schedule is not None and self.period else None

    def opens(self, now: int) -> int:
        """When it may be logged in next: ``now`` if it may be already."""
        schedule = self.rules.schedule
        if schedule is None or schedule.period(now) is not None:
            return now
        return schedule.opens(now)

    # -- sending

    def send(self, payload: bytes, now: int) -> None:
        """Send a message in sequence: now, or when the counterparty is there and asks for it."""
        if self.connection is None:
            self.enter_period(now)
        self.stream.append(payload)
        if self.connection is not None:
            self.connection.more(now)

    def send_packet(self, kind: bytes, payload: bytes, now: int) -> bool:
        """Send a packet of any type, which is not kept; False when there is no connection."""
        if self.connection is None:
            return False
        self.connection.write(soup.packet(kind, payload), now)
        return True

    def send_raw(self, data: bytes, now: int) -> bool:
        """Send bytes as they are; False when there is no connection."""
        if self.connection is None:
            return False
        self.connection.write(data, now)
        return True

    # -- the end

    def end(self, why: str, now: int) -> None:
        """Say that the session ends, and close once all is written."""
        if self.connection is not None:
            self.connection.write(soup.packet(soup.END_OF_SESSION), now)
            self.connection.close(why)

    def disconnect(self, why: str) -> None:
        """Close the connection, if there is one, without a word."""
        if self.connection is not None:
            self.connection.close(why)

    def restart(self) -> None:
        """Begin another stream, with number 1; one that is shared is not this one's to begin."""
        if not self.shares:
            self.stream.restart()
        self.received = 0

    def reset(self) -> None:
        """Disconnect, and forget all that was sent."""
        self.disconnect("the session was reset")
        self.restart()
        self.unlock()

    def unlock(self) -> None:
        """Forget wrong passwords."""
        self._failures = self._until = 0

    # -- snapshots

    def snapshot(self) -> Plain:
        """All of it but its connection, for a snapshot."""
        return {
            "stream": None if self.shares else self.stream.state(),
            "received": self.received,
            "logins": self.logins,
            "peer": self.peer,
            "closed": self.closed,
            "lock": [self._failures, self._until],
            "period": self.period,
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`snapshot` told, with no connection as yet."""
        if not self.shares:
            self.stream.restore(plain["stream"])
        self.received = plain["received"]
        self.logins = plain["logins"]
        self.peer = plain["peer"]
        self.closed = plain["closed"]
        self._failures, self._until = plain["lock"]
        self.period = plain["period"]


SESSION_NAME: Final = "EXSIM"
"""What a stream is called where nobody says."""
