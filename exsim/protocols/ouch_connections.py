"""Connections of OUCH: packets to requests of whoever logged in."""

from __future__ import annotations

from collections.abc import Callable

from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.protocols.ouch_sessions import OuchSession
from exsim.protocols.soup_lines import SoupLine
from exsim.sessions.soup_connection import SoupConnection
from exsim.sessions.soup_session import SoupSession
from exsim.wire.layout import BadMessage


class OuchConnection(SoupLine):
    """One socket's conversation. ``session_of`` finds the session of the machine that logged in."""

    __slots__ = ("_session_of", "session")

    def __init__(
        self, machine: SoupConnection, session_of: Callable[[SoupSession], OuchSession]
    ) -> None:
        super().__init__(machine)
        self._session_of = session_of
        self.session: OuchSession | None = None

    def next_request(self, now: int) -> Request | None:
        """Work through what came in up to the next request; None when there is none."""
        machine = self._machine
        session = self.session
        if session is None:
            if not machine.log_in(now):
                return None
            assert machine.session is not None
            session = self.session = self._session_of(machine.session)
            session.logged_on(self, now)
        while True:
            raw = machine.next_message(now)
            if raw is None:
                return None
            try:
                request = session.request(raw, now)
            except BadMessage as bad:
                machine.close(str(bad))
                return None
            if request is not None:
                return request

    def deadline(self, now: int) -> None:
        """Time passed: a heartbeat, a time-out, or the end of the day."""
        session = self.session
        if session is not None and session.connection is self:
            closes = session.machine.closes()
            if closes is not None and now >= closes:
                session.day_ends(now)
        self._machine.deadline(now)

    def restore(self, plain: Plain, session: OuchSession | None) -> None:
        """Be as :meth:`state` told; ``session`` is whose it is."""
        self._machine.restore(plain, None if session is None else session.machine)
        self.session = session
        if session is not None and plain["attached"]:
            session.resume(self)
