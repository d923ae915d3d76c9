"""Listening on an address that an operator wrote, with an error that says where and why."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IListeningPort, IProtocolFactory
from twisted.python.failure import Failure

from exsim.errors import ConfigError, Problem
from exsim.model.settings import EndpointSettings, GatewaySettings, RestSettings
from exsim.services import tls

BACKLOG = 1024
"""Connections that may wait to be accepted."""


def address_text(address: IAddress) -> str:
    """An address for people: ``127.0.0.1:9878`` or a path."""
    if isinstance(address, IPv4Address):
        return f"{address.host}:{address.port}"
    if isinstance(address, IPv6Address):
        return f"[{address.host}]:{address.port}"
    if isinstance(address, UNIXAddress):
        return (address.name or b"unix").decode(errors="replace")
    return str(address)


def host_and_port(port: IListeningPort | None) -> tuple[str, int | None]:
    """The real host and port; of a unix socket its path and None; empty before it listens."""
    if port is None:
        return "", None
    address = port.getHost()
    if isinstance(address, IPv4Address | IPv6Address):
        return address.host, address.port
    return address_text(address), None


def with_backlog(description: str) -> str:
    """A description whose queue of new connections is longer than Twisted's 50, if it says none."""
    kind = description.partition(":")[0]
    if kind in ("tcp", "ssl", "tcp6", "unix") and "backlog=" not in description:
        return f"{description}:backlog={BACKLOG}"
    return description


def listen(
    reactor: Any,
    section: str,
    settings: EndpointSettings | GatewaySettings | RestSettings,
    factory: IProtocolFactory,
) -> Deferred[IListeningPort]:
    """
    Listen where settings say, with TLS if they say so; ``section`` is where they were written.

    :raises exsim.errors.ConfigError: (also as a failure) when the address cannot be had.
    """
    description = settings.listen
    factory = tls.serve(section, settings, factory, reactor)
    place = f"[{section}] listen = {description}"

    def refuse(failure: Failure) -> Failure:
        reason = failure.value
        cause = getattr(reason, "socketError", None) or reason
        return Failure(ConfigError([Problem(f"{place}: cannot listen: {cause}")]))

    try:
        server = serverFromString(reactor, with_backlog(description))
    except Exception as error:  # noqa: BLE001 - whatever a parser makes of somebody's text
        raise ConfigError([Problem(f"{place}: {error}")]) from None
    listening: Deferred[IListeningPort] = maybeDeferred(server.listen, factory)
    return listening.addErrback(refuse)


def raise_now(deferred: Deferred[Any]) -> None:
    """Raise the failure that a Deferred has already, so that start-up stops for it."""
    failures: list[Failure] = []
    deferred.addErrback(failures.append)
    if failures:
        failures[0].raiseException()
