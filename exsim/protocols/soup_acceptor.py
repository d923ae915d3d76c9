"""What endpoints of all protocols over SoupBinTCP have in common: who may log in, and as whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from exsim.errors import Conflict, NotFound
from exsim.faults.soup import SoupSurgery
from exsim.interfaces import MarketTime, Moment, Recorder, Surgery, Tamper
from exsim.model.plain import Plain
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.protocols.member import Member
from exsim.protocols.ouch_options import soup_rules
from exsim.protocols.soup_lines import SoupLine
from exsim.protocols.soup_member import SoupMember
from exsim.sessions.soup_connection import SoupConnection
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.wire import soup
from exsim.wire.layout import Family

_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]")


class SoupAcceptor:
    """
    The sessions of an endpoint by name, and by the user names of their counterparties.

    With ``accept_any_logon`` a user that is not configured gets a session of its own, up to
    ``max_sessions``. A protocol says what its sessions are.

    :param taken: the names of all sessions there are.
    :param family: the messages of whoever has not logged in.
    """

    __slots__ = (
        "_by_user",
        "_family",
        "_made",
        "_market",
        "_options",
        "_record",
        "_rules",
        "_settings",
        "_surgeries",
        "_taken",
        "opened",
        "sessions",
    )

    def __init__(
        self,
        settings: EndpointSettings,
        record: Recorder,
        taken: Mapping[str, object],
        family: Family,
    ) -> None:
        self._settings = settings
        self._options: Mapping[str, Any] = settings.options
        self._record = record
        self._market: MarketTime | None = None
        self._taken = taken
        self._rules = soup_rules(settings.options, self._values(""), "")
        self._by_user: dict[bytes, SoupMember] = {}
        self._made: dict[str, str] = {}  # user names of sessions made on the fly, by name
        self._family = family
        self._surgeries: dict[str, SoupSurgery] = {}
        self.opened: Callable[[str], None] = _nobody
        self.sessions: dict[str, Member] = {}

    # -- what a protocol says

    def _values(self, user: str) -> Values:
        """The values of a session's keys for a user that the endpoint alone tells of."""
        raise NotImplementedError

    def _member(self, settings: SessionSettings, rules: SoupRules) -> SoupMember:
        """A session, as yet of nobody."""
        raise NotImplementedError

    # -- connections

    def connect(self, peer: str, now: int, number: int = 0) -> SoupLine:
        """A socket was accepted from ``peer``."""
        machine = SoupConnection(self, self._rules, peer, self._record, now, number)
        return SoupLine(machine, self.sessions)

    def initiate(self, name: str, peer: str, now: int, number: int = 0) -> Any:
        """
        Nobody connects for a session over SoupBinTCP.

        :raises exsim.errors.Conflict: always.
        """
        protocol = self._settings.protocol.upper()
        raise Conflict(f"session {name!r} is of {protocol}: its counterparty connects to us")

    def keep_time(self, market: MarketTime, moment: Moment) -> None:
        """Have sessions know the clock of their market."""
        self._market = market
        for session in self.sessions.values():
            session.market = market

    # -- sessions

    def open(self, settings: SessionSettings) -> Member:
        """
        Add a session.

        :raises exsim.errors.Conflict: when one with its name or identity is there.
        """
        return self._open(settings)

    def _open(self, settings: SessionSettings) -> SoupMember:
        if settings.name in self.sessions:
            raise Conflict(f"endpoint {self._settings.name} has a session {settings.name!r}")
        rules = soup_rules(self._options, settings.options, settings.name)
        user = rules.user.encode()
        if user in self._by_user:
            other = self._by_user[user].name
            raise Conflict(
                f"session {other!r} of endpoint {self._settings.name} has user {rules.user!r}"
                " already"
            )
        session = self._member(settings, rules)
        session.market = self._market
        self.sessions[settings.name] = self._by_user[user] = session
        self.opened(settings.name)
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
        del self.sessions[name]
        self._made.pop(name, None)
        if isinstance(session, SoupMember):
            session.machine.removed = True
            del self._by_user[session.machine.rules.user.encode()]

    # -- logins

    def find(self, asked: soup.Login) -> SoupSession | None:
        """The session that a login is for, made on the fly where any is accepted."""
        session = self._by_user.get(asked.user)
        if session is None:
            session = self._newcomer(asked.user)
        return None if session is None else session.machine

    def _newcomer(self, asked: bytes) -> SoupMember | None:
        """A session for a user whom nobody configured; None where there is to be none."""
        if not self._options["accept_any_logon"] or not asked or not self._has_room():
            return None
        try:
            user = asked.decode("ascii")
        except UnicodeDecodeError:
            return None
        return self._make(self._free_name(user), user)

    def _has_room(self) -> bool:
        """Whether another session may be made; those that nobody ever used make room for it."""
        most: int = self._options["max_sessions"]
        if len(self._made) >= most:
            for name in [name for name in self._made if self._is_unused(name)]:
                self.close(name, 0)
        return len(self._made) < most

    def _is_unused(self, name: str) -> bool:
        session = self.sessions[name]
        return session.logons == 0 and session.connection is None

    def _free_name(self, user: str) -> str:
        """A name as close to that of the user as others leave it."""
        plain = _STRANGE.sub("_", user)
        wider = f"{plain}@{self._settings.name}"
        number, name = 1, plain
        while name in self.sessions or name in self._taken:
            name = wider if number == 1 else f"{wider}-{number}"
            number += 1
        return name

    def _make(self, name: str, user: str) -> SoupMember:
        values = self._values(user)
        session = self._open(SessionSettings(name, self._settings.name, options=values))
        self._made[name] = user
        return session

    # -- faults

    def surgery(self, session: str) -> Surgery:
        """See :meth:`exsim.interfaces.IBreakable.surgery`."""
        member = self.sessions.get(session)
        family = self._family if member is None else member.family
        found = self._surgeries.get(family.name)
        if found is None:
            found = self._surgeries[family.name] = SoupSurgery(family)
        return found

    def tamper(self, session: str, tamper: Tamper | None) -> None:
        """Show the packets of a session, from the next one on, to these faults, or to none."""
        self.sessions[session].show(tamper)

    # -- snapshots

    def made(self, name: str) -> Plain:
        """The user name that a session was made for on the fly; None for another."""
        return self._made.get(name)

    def remake(self, name: str, made: Plain) -> SoupMember:
        """Make a session again that :meth:`made` told of."""
        return self._make(name, made)

    def resume(self, plain: Plain) -> Any:
        """Make a connection again, of a session that is restored already."""
        connection = self.connect(plain["peer"], 0, plain["number"])
        session = self.sessions.get(plain["session"])
        connection.restore(plain, session if isinstance(session, SoupMember) else None)
        return connection


def _nobody(session: str) -> None:
    """Nobody wants to know which sessions are opened."""
