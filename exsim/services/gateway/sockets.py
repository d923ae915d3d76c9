"""A gateway as a service: it listens, and has a relay for each client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    UNIXClientEndpoint,
)
from twisted.internet.interfaces import IAddress, IListeningPort
from twisted.internet.protocol import Factory

from exsim.client.launch import Address
from exsim.model.settings import GatewaySettings
from exsim.services.gateway.directory import Directory
from exsim.services.gateway.places import IPlaces
from exsim.services.gateway.relay import Relay
from exsim.services.listening import address_text, listen, raise_now
from exsim.services.proxy_sides import Given, Side, all_gone

CONNECTS_WITHIN: Final = 5.0
"""Seconds that a connection to a venue may take to be made."""
REASONS: Final = ("late", "no_logon", "unknown", "nowhere", "unreachable", "full")
"""Why clients are taken nowhere."""


class Counts:
    """What a gateway did since its start: clients taken somewhere, and not taken; bytes."""

    __slots__ = ("bytes_in", "bytes_out", "opened", "refused")

    def __init__(self) -> None:
        self.opened = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.refused = Counter(dict.fromkeys(REASONS, 0))


class GatewayService(Service):
    """One of ``[gateway:NAME]``; ``port`` is there once it listens."""

    def __init__(
        self,
        settings: GatewaySettings,
        directory: Directory,
        places: IPlaces,
        reactor: Any,
        now: Callable[[], int],
    ) -> None:
        self.setName(f"gateway:{settings.name}")
        self.settings = settings
        self.directory = directory
        self.places = places
        self.reactor = reactor
        self.now = now
        self.counts = Counts()
        self.relays: set[Relay] = set()
        self.port: IListeningPort | None = None

    def connect(self, place: Address, side: Side) -> Deferred[Any]:
        """Connect a side to a venue."""
        connecting: Deferred[Any] = endpoint_of(self.reactor, place).connect(Given(side))
        return connecting

    def privilegedStartService(self) -> None:
        """Listen; a port that cannot be had stops the start."""
        super().privilegedStartService()
        section = f"gateway:{self.settings.name}"
        listening = listen(self.reactor, section, self.settings, _Clients(self))
        raise_now(listening.addCallback(self._listens))

    def _listens(self, port: IListeningPort) -> None:
        self.port = port

    async def stop(self) -> None:
        """Take no more clients, close all relays, and wait for the sockets."""
        await maybeDeferred(super().stopService)
        if self.port is not None:
            port, self.port = self.port, None
            await maybeDeferred(port.stopListening)
        relays = list(self.relays)
        sides = [side for one in relays for side in (one.client, one.upstream) if side.there]
        for one in relays:
            one.close("the gateway stops")
        await all_gone(self.reactor, sides)

    def stopService(self) -> Deferred[None]:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())


def endpoint_of(reactor: Any, place: Address) -> Any:
    """What connects to a place: a socket file, an address, or the name of a host."""
    host, port, wait = place.host, place.port, CONNECTS_WITHIN
    if port is None:
        return UNIXClientEndpoint(reactor, host, timeout=round(wait))
    try:
        version = ip_address(host).version
    except ValueError:
        return HostnameEndpoint(reactor, host, port, timeout=wait)
    kind = TCP4ClientEndpoint if version == 4 else TCP6ClientEndpoint
    return kind(reactor, host, port, timeout=wait)


class _Clients(Factory):
    """Makes the side of a client, up to ``max_connections``."""

    noisy = False

    def __init__(self, gateway: GatewayService) -> None:
        self._gateway = gateway

    def buildProtocol(self, addr: IAddress | None) -> Side | None:
        """A side, or None where there are enough: the socket is closed at once."""
        gateway = self._gateway
        if not gateway.running or len(gateway.relays) >= gateway.settings.max_connections:
            gateway.counts.refused["full"] += 1
            return None
        relay = Relay(gateway, "" if addr is None else address_text(addr))
        gateway.relays.add(relay)
        return relay.client
