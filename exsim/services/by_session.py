"""What is found by the name of a session: its endpoint, its messages, what it is at its venue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exsim.dispatch.accounts import Membership, nobody
from exsim.dispatch.bot_runner import Runner
from exsim.dispatch.venue import Venue
from exsim.interfaces import ISession
from exsim.model.messages import Description
from exsim.model.requests import Request
from exsim.services.belonging import has_role, membership_of
from exsim.services.origins import Endpoint


class BySession:
    """Looks where a session is, among the endpoints that are there now."""

    def __init__(self, endpoints: Mapping[str, Endpoint], bots: Mapping[str, Runner]) -> None:
        self._endpoints = endpoints
        self._bots = bots

    def where(self, name: str) -> Endpoint | None:
        """The endpoint that a session is at; None where there is no such session."""
        for endpoint in self._endpoints.values():
            if name in endpoint.acceptor.sessions:
                return endpoint
        return None

    def endpoint_of(self, name: str) -> str:
        """The name of that; empty where there is no such session."""
        where = self.where(name)
        return "" if where is None else where.settings.name

    def find(self, name: str) -> ISession | None:
        """A session; None where there is no such session."""
        where = self.where(name)
        return None if where is None else where.acceptor.sessions[name]

    def logons(self, name: str) -> int:
        """How often a session has logged on."""
        session = self.find(name)
        return 0 if session is None else session.logons

    # -- its messages

    def describe(self, name: str, data: bytes) -> Description:
        """A session's message decoded; nothing for a request that was no message."""
        where = self.where(name)
        if where is None or not data:
            return Description("", "", ())
        return where.acceptor.messages.describe(name, data)

    def fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """The message behind a request, as its protocol's pairs; none for one over REST."""
        name, data = request.session, request.raw
        where = self.where(name)
        return where.acceptor.messages.fields(name, data) if where is not None and data else ()

    def matches(
        self, request: Request, msg_type: str | None, fields: Sequence[tuple[str, str | None]]
    ) -> bool:
        """Whether the message behind a request is of a type and has fields."""
        name, data = request.session, request.raw
        where = self.where(name)
        if where is None or not data:
            return False
        return where.acceptor.messages.matches(name, data, msg_type, fields)

    # -- what it is at its venue

    def membership(self, name: str) -> Membership:
        """What a session is; one that there is not, or no more, is nothing."""
        session = self.find(name)
        if session is not None:
            return membership_of(session)
        bot = self._bots.get(name)
        return nobody(name) if bot is None else Membership(bot.firm)

    def having(self, venue: Venue, role: str) -> list[str]:
        """The sessions of a venue that are logged on and have a role."""
        return [
            name
            for endpoint in self._endpoints.values()
            if endpoint.venue is venue
            for name, session in endpoint.acceptor.sessions.items()
            if session.connection is not None and has_role(session, role)
        ]
