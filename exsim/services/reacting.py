"""What rules do after messages and events that they are about, when what those came of is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.logger import Logger

from exsim.dispatch.venue import Venue
from exsim.dispatch.watching import MOST
from exsim.filters import Seen
from exsim.interfaces import IConnection
from exsim.model.messages import Description, FieldView

if TYPE_CHECKING:
    from exsim.services.exchange import Exchange

log = Logger(namespace="exsim")


class Reacting:
    """
    Shows events to the rules of venues, and has the plays of those that fired begin. There is one
    where a venue has a rule that is about no request; it knows who has logged on before.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._logons: dict[str, int] = {}
        self._waits = False
        self._busy = False
        self.sync()

    def sync(self) -> None:
        """Take all as known that has logged on."""
        exchange = self._exchange
        self._logons = {name: exchange.logons(name) for name in exchange.sessions}
        for venue in exchange.dispatcher.venues.values():
            if venue.rulebook is not None:
                venue.rulebook.watching.begun = self._begun

    def _begun(self) -> None:
        self._waits = True

    # -- events

    def came(self, connection: IConnection, venue: Venue, now: int) -> None:
        """Something came on a connection: perhaps somebody has logged on by it."""
        session = connection.session
        if session is not None and session.logons != self._logons.get(session.name, 0):
            self._logons[session.name] = session.logons
            self._happened(venue, session.name, now, "logon")
        self.publish(now)

    def left(self, venue: Venue, session: str, orderly: bool, why: str, now: int) -> None:
        """The connection of a session is gone."""
        self._happened(venue, session, now, "logout" if orderly else "disconnect", Text=why)

    def phase(self, venue: Venue, now: int) -> None:
        """A phase has begun."""
        phase = venue.phase.value
        self._happened(venue, "", now, "phase", f"phase:{phase}", Text=phase)

    def _happened(self, venue: Venue, session: str, now: int, *events: str, **told: str) -> None:
        book, exchange = venue.rulebook, self._exchange
        if book is None or not book.watching.entries:
            return
        fields = tuple(FieldView("58", name, value) for name, value in told.items())
        description = Description("", events[-1], fields)
        endpoint = exchange.endpoint_of(session) if session else ""
        seq = exchange.journal.last
        seen = Seen(seq, now, venue.name, endpoint, session, "", b"", lambda: description)
        seen.events = events
        book.watching.happened(seen, now)

    # -- plays

    def publish(self, now: int) -> None:
        """Have all begin that waits, and what that leads to; ``now`` is real time."""
        if not self._waits or self._busy:
            return
        self._busy, count = True, 0
        try:
            self._waits = False
            for venue in list(self._exchange.dispatcher.venues.values()):
                count = self._begin(venue, now, count)
        finally:
            self._busy = False
        if self._waits:  # one venue's rules are never those of another, but what they do may be
            self.publish(now)

    def _begin(self, venue: Venue, now: int, count: int) -> int:
        book = venue.rulebook
        if book is None:
            return count
        while (play := book.watching.next()) is not None:
            count += 1
            if count > MOST:
                text = f"one turn led to {MOST} plays, each perhaps to the next: no more are begun"
                book.plays.note(play, "failed", why=text)
                log.error("rule {rule} failed: {text}", rule=play.rule, text=text)
                book.watching.clear()
                break
            book.plays.begin(play, now, venue.time(now))
            self._exchange.send_events(now)
        return count
