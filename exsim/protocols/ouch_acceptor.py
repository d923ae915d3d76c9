"""The OUCH side of one endpoint: who may log in, and who is made a session as it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exsim.errors import Conflict, NotFound
from exsim.interfaces import MarketTime, Recorder
from exsim.model.plain import Plain
from exsim.model.settings import EndpointSettings, SessionSettings
from exsim.protocols.ouch42 import Ouch42
from exsim.protocols.ouch50 import Ouch50
from exsim.protocols.ouch_connections import OuchConnection
from exsim.protocols.ouch_dialect import Ouch
from exsim.protocols.ouch_messages import OuchMessages
from exsim.protocols.ouch_options import session_options_of, soup_rules
from exsim.protocols.ouch_sessions import OuchSession
from exsim.protocols.soup_lines import Newcomers
from exsim.sessions.soup_connection import SoupConnection
from exsim.sessions.soup_session import SoupSession
from exsim.wire import soup


class OuchAcceptor:
    """
    The sessions of an endpoint by name, and by the user names of their counterparties.

    With ``accept_any_logon`` a user that is not configured gets a session of its own, up to
    ``max_sessions``.
    """

    __slots__ = (
        "_by_user",
        "_market",
        "_newcomers",
        "_options",
        "_record",
        "_rules",
        "_settings",
        "_versions",
        "messages",
        "sessions",
    )

    def __init__(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> None:
        self._settings = settings
        self._options: Mapping[str, Any] = settings.options
        self._record = record
        self._market: MarketTime | None = None
        self._versions: dict[str, Ouch] = {"5.0": Ouch50(), "4.2": Ouch42()}
        self._rules = soup_rules(settings.options, session_options_of(settings.options, ""), "")
        self._by_user: dict[bytes, OuchSession] = {}
        self.sessions: dict[str, OuchSession] = {}
        self._newcomers = Newcomers(
            settings.name, settings.options, self.sessions, taken, self._unused, self._forget
        )
        family = self._versions[settings.options["version"]].family
        self.messages = OuchMessages(self.sessions, family)
        for session in sessions:
            self.open(session)

    def connect(self, peer: str, now: int, number: int = 0) -> OuchConnection:
        """A socket was accepted from ``peer``."""
        machine = SoupConnection(self, self._rules, peer, self._record, now, number)
        return OuchConnection(machine, self._session_of)

    def keep_time(self, market: MarketTime) -> None:
        """Have sessions know the clock of their market."""
        self._market = market
        for session in self.sessions.values():
            session.market = market

    def initiate(self, name: str, peer: str, now: int, number: int = 0) -> OuchConnection:
        """
        Nobody connects for a session of OUCH.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(f"session {name!r} is of OUCH: its counterparty connects to us")

    def _session_of(self, machine: SoupSession) -> OuchSession:
        return self.sessions[machine.name]

    def open(self, settings: SessionSettings) -> OuchSession:
        """
        Add a session.

        :raises exsim.errors.Conflict: when one with its name or identity is there.
        """
        if settings.name in self.sessions:
            raise Conflict(f"endpoint {self._settings.name} has a session {settings.name!r}")
        rules = soup_rules(self._options, settings.options, settings.name)
        other = self._by_user.get(rules.user.encode())
        if other is not None:
            raise Conflict(
                f"session {other.name!r} of endpoint {self._settings.name} has user"
                f" {rules.user!r} already"
            )
        machine = SoupSession(settings.name, rules, self._record)
        ouch = self._versions[settings.options["version"]]
        session = OuchSession(settings, machine, ouch, self._market)
        self.sessions[settings.name] = session
        self._by_user[rules.user.encode()] = session
        return session

    def close(self, name: str, now: int) -> None:
        """
        Disconnect and forget a session.

        :raises exsim.errors.NotFound: when there is none of that name.
        """
        session = self.sessions.get(name)
        if session is None:
            raise NotFound(f"endpoint {self._settings.name} has no session {name!r}")
        session.disconnect(now)
        self.messages.remember(session)
        del self.sessions[name]
        self._newcomers.made.pop(name, None)
        del self._by_user[session.machine.rules.user.encode()]

    # -- the directory of the machine

    def find(self, asked: soup.Login) -> SoupSession | None:
        """The session that a login is for, made on the fly where any is accepted."""
        session = self._by_user.get(asked.user)
        if session is not None:
            return session.machine
        named = self._newcomers.name(asked.user)
        return None if named is None else self._make(named[0], named[1]).machine

    def _unused(self, name: str) -> bool:
        machine = self.sessions[name].machine
        return machine.logins == 0 and machine.connection is None

    def _forget(self, name: str) -> None:
        self.close(name, 0)

    def _make(self, name: str, user: str) -> OuchSession:
        options = session_options_of(self._options, user)
        session = self.open(SessionSettings(name, self._settings.name, options=options))
        self._newcomers.made[name] = user
        return session

    # -- snapshots

    def made(self, name: str) -> Plain:
        """The user name that a session was made for on the fly; None for another."""
        return self._newcomers.made.get(name)

    def remake(self, name: str, made: Plain) -> OuchSession:
        """Make a session again that :meth:`made` told of."""
        return self._make(name, made)

    def resume(self, plain: Plain) -> OuchConnection:
        """Make a connection again, of a session that is restored already."""
        connection = self.connect(plain["peer"], 0, plain["number"])
        connection.restore(plain, self.sessions.get(plain["session"]))
        return connection
