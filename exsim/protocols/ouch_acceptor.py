"""The OUCH side of one endpoint: who may log in, and who is made a session as it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exsim.errors import Conflict
from exsim.interfaces import MarketTime, Moment, Recorder
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.protocols.ouch42 import Ouch42
from exsim.protocols.ouch50 import Ouch50
from exsim.protocols.ouch_caller import OuchCaller
from exsim.protocols.ouch_dialect import Ouch
from exsim.protocols.ouch_options import session_options_of
from exsim.protocols.ouch_sessions import OuchSession
from exsim.protocols.soup_acceptor import SoupAcceptor
from exsim.protocols.soup_messages import SoupMessages
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession


class OuchAcceptor(SoupAcceptor):
    """Gives each session a stream and an account of its own, in the version that it speaks."""

    __slots__ = ("_versions", "messages")

    def __init__(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> None:
        self._versions: dict[str, Ouch] = {"5.0": Ouch50(), "4.2": Ouch42()}
        family = self._versions[settings.options["version"]].family
        super().__init__(settings, record, taken, family)
        self.messages = SoupMessages(self.sessions, family)
        for session in sessions:
            self.open(session)

    def keep_time(self, market: MarketTime, moment: Moment) -> None:
        """Have sessions know the clock of their market, and messages midnight there."""
        super().keep_time(market, moment)
        for ouch in self._versions.values():
            ouch.moment = moment

    def _values(self, user: str) -> Values:
        return session_options_of(self._options, user)

    def _member(self, settings: SessionSettings, rules: SoupRules) -> OuchSession:
        machine = SoupSession(settings.name, rules, self._record)
        ouch = self._versions[settings.options["version"]]
        self.messages.learn(ouch.family)
        return OuchSession(settings, machine, ouch)

    def caller(self, name: str, example: Mapping[str, str]) -> OuchCaller:
        """
        See :class:`exsim.interfaces.IPlayable`.

        :raises exsim.errors.Conflict: when the session is logged in.
        """
        session = self.sessions.get(name)
        if not isinstance(session, OuchSession):
            return OuchCaller(self._versions[self._options["version"]].family, name, "")
        if session.machine.connection is not None:
            raise Conflict(f"session {name!r} is logged in: log it out, or play as another")
        rules = session.machine.rules
        return OuchCaller(session.ouch.family, rules.user, rules.password)

    def close(self, name: str, now: int) -> None:
        """
        Disconnect and forget a session, but for how its messages are told.

        :raises exsim.errors.NotFound: when there is none of that name.
        """
        session = self.sessions.get(name)
        super().close(name, now)
        if session is not None:
            self.messages.remember(session)
