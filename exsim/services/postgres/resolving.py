"""Names of servers looked up by the reactor, since libpq would keep everybody waiting for that."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from exsim.services.postgres.address import PostgresAway


@implementer(IResolutionReceiver)
class _Found:
    """Gathers the addresses of one name."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.done: Deferred[list[str]] = Deferred()

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Wait."""

    def addressResolved(self, address: IAddress) -> None:
        """One of them."""
        self.hosts.append(address.host)  # type: ignore[attr-defined]  # of IPv4 and IPv6

    def resolutionComplete(self) -> None:
        """That was all."""
        self.done.callback(self.hosts)


async def resolved(reactor: Any, parameters: Mapping[str, str]) -> dict[str, str]:
    """
    The same parameters of libpq, with the addresses of each host.

    :raises exsim.services.postgres.address.PostgresAway: when a name is of nobody.
    """
    hosts = parameters.get("host") or os.environ.get("PGHOST", "")
    if not hosts or parameters.get("hostaddr") or os.environ.get("PGHOSTADDR"):
        return dict(parameters)
    names = hosts.split(",")
    ports = (parameters.get("port") or os.environ.get("PGPORT", "")).split(",")
    found: list[tuple[str, str, str]] = []
    for at, name in enumerate(names):
        port = ports[at] if len(ports) == len(names) else ports[0]
        found += [(name, address, port) for address in await _addresses(reactor, name)]
    columns = [",".join(column) for column in zip(*found, strict=True)]
    return {**parameters, "host": columns[0], "hostaddr": columns[1], "port": columns[2]}


async def _addresses(reactor: Any, name: str) -> list[str]:
    """Those of one name; of a unix socket, or what is an address already, none is needed."""
    if not name or name.startswith(("/", "@")):
        return [""]
    try:
        return [str(ipaddress.ip_address(name))]
    except ValueError:
        pass
    receiver = _Found()
    reactor.nameResolver.resolveHostName(receiver, name)
    addresses = await receiver.done
    if not addresses:
        raise PostgresAway(f"no address of {name} is known")
    return addresses
