"""Endpoints as the exchange knows them, what is left of those removed, and all their sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exsim.dispatch.chain import Chain
from exsim.dispatch.venue import Venue
from exsim.interfaces import IAcceptor, IMessages, IProtocol, ISession
from exsim.model.bots import BOT
from exsim.model.settings import EndpointSettings


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as configured, with its protocol's side of it; ``trades``: orders come there."""

    settings: EndpointSettings
    protocol: IProtocol
    acceptor: IAcceptor
    venue: Venue
    trades: bool

    @property
    def chain(self) -> Chain:
        """The policies that a request of a session passes that has none of its own."""
        return self.venue.chain if self.trades else ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where journal entries come from: what is left of an endpoint when it is removed."""

    messages: IMessages
    venue: str
    protocol: str


class Names(Mapping[str, object]):
    """What no session made on the fly may be named: as others are, or as bots may be."""

    def __init__(self, sessions: Mapping[str, ISession]) -> None:
        self._sessions = sessions

    def __getitem__(self, name: str) -> object:
        return name if name.startswith(BOT) else self._sessions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sessions)

    def __len__(self) -> int:
        return len(self._sessions)


class AllSessions(Mapping[str, ISession]):
    """The sessions of all endpoints as one mapping, always current."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    def __getitem__(self, name: str) -> ISession:
        for endpoint in self._endpoints.values():
            if name in endpoint.acceptor.sessions:
                return endpoint.acceptor.sessions[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        for endpoint in self._endpoints.values():
            yield from endpoint.acceptor.sessions

    def __len__(self) -> int:
        return sum(len(endpoint.acceptor.sessions) for endpoint in self._endpoints.values())
