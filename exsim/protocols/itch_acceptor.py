"""The ITCH side of one endpoint: one stream of messages, and who may log in to be sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exsim.errors import Conflict, NotFound
from exsim.interfaces import MarketTime, Recorder
from exsim.model.messages import Description
from exsim.model.plain import Plain
from exsim.model.settings import EndpointSettings, SessionSettings
from exsim.protocols import ouch_text as text
from exsim.protocols.itch_options import session_options_of, soup_rules
from exsim.protocols.itch_sessions import ItchConnection, ItchSession
from exsim.protocols.itch_writer import ItchWriter
from exsim.protocols.soup_lines import Newcomers
from exsim.sessions.soup_connection import SoupConnection
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import soup
from exsim.wire.layout import Family
from exsim.wire.layouts.itch50 import ITCH50


class ItchMessages:
    """What is said of messages; see :class:`exsim.interfaces.IMessages`."""

    __slots__ = ("_family",)

    def __init__(self, family: Family) -> None:
        self._family = family

    def describe(self, session: str, data: bytes) -> Description:
        """A message with the names of its fields and codes, passwords masked."""
        return text.describe(data, self._family)

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether a message is of a type, and has all of these fields."""
        return text.matches(data, msg_type, fields, self._family)

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """The type of a message; other fields :meth:`describe` tells."""
        return [text.type_of(data, self._family)] if tag == "35" else None

    def masked(self, session: str, data: bytes) -> bytes:
        """The message with passwords overwritten by as many asterisks."""
        return text.masked(data)

    def text(self, session: str, data: bytes) -> str:
        """The message as one readable line, passwords masked."""
        return text.line(data, self._family)

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """The message's type and body, as a session sends them."""
        return text.pairs(data, self._family)


class ItchStream(ItchWriter):
    """What is told of a venue, as one stream of messages."""

    __slots__ = ("stream",)

    def __init__(self, stream: SoupStream) -> None:
        self.stream = stream
        super().__init__(self._append)

    def _append(self, raw: bytes, now: int) -> None:
        self.stream.append(raw)

    def cleared(self, now: int, moment: int) -> None:
        """Another stream begins, with what is there."""
        self.stream.restart()
        super().cleared(now, moment)

    def state(self) -> Plain:
        """All that it knows, and the stream, for a snapshot."""
        return [super().state(), self.stream.state()]

    def restore(self, state: Plain) -> None:
        """Be as :meth:`state` told."""
        writer, stream = state
        super().restore(writer)
        self.stream.restore(stream)


class ItchAcceptor:
    """
    The sessions of an endpoint by name, and by the user names of their counterparties.

    With ``accept_any_logon`` a user that is not configured gets a session of its own, up to
    ``max_sessions``. ``listener`` writes the stream that all are sent.
    """

    __slots__ = (
        "_by_user",
        "_newcomers",
        "_options",
        "_record",
        "_rules",
        "_settings",
        "listener",
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
        self._rules = soup_rules(settings.options, session_options_of(settings.options, ""), "")
        self._by_user: dict[bytes, ItchSession] = {}
        self.sessions: dict[str, ItchSession] = {}
        self._newcomers = Newcomers(
            settings.name, settings.options, self.sessions, taken, self._unused, self._forget
        )
        self.messages = ItchMessages(self._told())
        self.listener = self._stream(SoupStream(self._rules.session.encode(), self._rules.kept))
        for session in sessions:
            self.open(session)

    def keep_time(self, market: MarketTime) -> None:
        """What is told has its own times."""

    def connect(self, peer: str, now: int, number: int = 0) -> ItchConnection:
        """A socket was accepted from ``peer``."""
        machine = SoupConnection(self, self._rules, peer, self._record, now, number)
        return ItchConnection(machine, self._session_of)

    def initiate(self, name: str, peer: str, now: int, number: int = 0) -> ItchConnection:
        """
        Nobody connects for a session of ITCH.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(f"session {name!r} is of ITCH: its counterparty connects to us")

    def _session_of(self, machine: SoupSession) -> ItchSession:
        return self.sessions[machine.name]

    def open(self, settings: SessionSettings) -> ItchSession:
        """
        Add a session.

        :raises exsim.errors.Conflict: when one with its name or identity is there.
        """
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
        session = self.sessions[settings.name] = ItchSession(
            settings, self._machine(settings, rules)
        )
        self._by_user[user] = session
        return session

    def _told(self) -> Family:
        """The messages that its sessions are sent."""
        return ITCH50

    def _stream(self, stream: SoupStream) -> ItchStream:
        """What listens to the venue."""
        return ItchStream(stream)

    def _machine(self, settings: SessionSettings, rules: SoupRules) -> SoupSession:
        """The machine of a session, which shares the stream."""
        return SoupSession(settings.name, rules, self._record, self.listener.stream)

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

    def _make(self, name: str, user: str) -> ItchSession:
        options = session_options_of(self._options, user)
        session = self.open(SessionSettings(name, self._settings.name, options=options))
        self._newcomers.made[name] = user
        return session

    # -- snapshots

    def made(self, name: str) -> Plain:
        """The user name that a session was made for on the fly; None for another."""
        return self._newcomers.made.get(name)

    def remake(self, name: str, made: Plain) -> ItchSession:
        """Make a session again that :meth:`made` told of."""
        return self._make(name, made)

    def resume(self, plain: Plain) -> ItchConnection:
        """Make a connection again, of a session that is restored already."""
        connection = self.connect(plain["peer"], 0, plain["number"])
        connection.restore(plain, self.sessions.get(plain["session"]))
        return connection
