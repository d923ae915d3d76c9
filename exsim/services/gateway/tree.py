"""
The tree of a process that is nothing but gateways.

::

    exsim
      watch              measures the process
      places             asks nodes where venues are; one for each set of nodes
      gateways           a service for each gateway: sockets
      rest               HTTP: health and metrics
      ready              the ready file
      systemd            (where that started us) tells it how we are
      lifeline           (for a gateway that a test started)
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from treq.client import HTTPClient
from twisted.application.service import IService
from twisted.logger import Logger
from twisted.web.client import Agent

from exsim import __version__
from exsim.client.asynchronous import AsyncSimulator
from exsim.config.listen import brings_tls, interface_of, is_local, listen, port_of
from exsim.errors import ConfigError, Problem
from exsim.model.settings import GatewaySettings, RestSettings, Settings
from exsim.services.branches import Branch, Root
from exsim.services.gateway.control import GatewayControl
from exsim.services.gateway.directory import Directory
from exsim.services.gateway.places import NodePlaces
from exsim.services.gateway.sockets import GatewayService
from exsim.services.listening import host_and_port
from exsim.services.quiet_pool import quiet_pool
from exsim.services.ready import Lifeline, TellsReady, where
from exsim.services.rest import RestService, tokens_of
from exsim.services.systemd import Condition, systemd
from exsim.services.watch import Watch

CONNECTS_WITHIN: Final = 1.0
"""Seconds that a connection to a node may take to be made."""

log = Logger(namespace="exsim")


def build_gateways(
    settings: Settings,
    rest: RestSettings | None,
    reactor: Any,
    ready_file: str | None = None,
    until_eof: bool = False,
    now: Callable[[], int] = time.time_ns,
) -> IService:
    """
    The tree of all gateways of a configuration, not yet started; ``rest`` is where this process has
    its own REST, None for none.

    :raises exsim.errors.ConfigError: when there is none, or it is not said where nodes are.
    """
    if not settings.gateways:
        raise ConfigError([Problem("there is no [gateway:NAME], so there is nothing to listen at")])
    watch, branch = Watch(reactor), Branch("gateways")
    places: dict[tuple[str, ...], NodePlaces] = {}
    for one in settings.gateways:
        urls = one.nodes or (_own_url(one, settings.rest),)
        if urls not in places:
            places[urls] = _places(urls, settings, reactor)
        gateway = GatewayService(one, Directory(one, settings), places[urls], reactor, now)
        gateway.setServiceParent(branch)
    gateways = [one for one in branch if isinstance(one, GatewayService)]
    control = GatewayControl(gateways, settings, watch)
    served = None if rest is None else RestService(rest, control, reactor, watch.secrets)
    children = (
        watch,
        *places.values(),
        branch,
        served,
        GatewayReady(reactor, gateways, served, ready_file),
        systemd(reactor, lambda: Condition(True, control.trouble() or "ready")),
        Lifeline(reactor, reactor.stop) if until_eof else None,
    )
    return Root(children)


def rest_of(settings: Settings, listening: str) -> RestSettings | None:
    """
    Where a gateway has its REST, with the tokens and the TLS of ``[rest]``; None for ``none``.

    :raises exsim.errors.ConfigError: when that makes no sense.
    """
    if listening == "none":
        return None
    try:
        listen(listening)
    except ValueError as error:
        raise ConfigError([Problem(f"--rest: {error}")]) from None
    rest = replace(settings.rest or RestSettings(), listen=listening)
    if not is_local(listening) and not any((rest.token_file, rest.trade_tokens, rest.read_tokens)):
        text = (
            f"--rest: other machines can connect to {listening!r}: add interface=127.0.0.1, or "
            "token_file = FILE to [rest], with a token that they have to bring"
        )
        raise ConfigError([Problem(text)])
    return rest


def _places(urls: tuple[str, ...], settings: Settings, reactor: Any) -> NodePlaces:
    http = HTTPClient(
        Agent(reactor, connectTimeout=CONNECTS_WITHIN, pool=quiet_pool(reactor, False))
    )
    tokens = {} if settings.rest is None else tokens_of(settings.rest)
    token = next((some[0] for some in tokens.values() if some), None)
    clients = [(url, AsyncSimulator(url, reactor, token, http)) for url in urls]
    return NodePlaces(clients, reactor)


def _own_url(gateway: GatewaySettings, rest: RestSettings | None) -> str:
    """
    Where the node of this host has its REST.

    :raises exsim.errors.ConfigError: when the configuration does not tell.
    """
    port = 0 if rest is None else port_of(rest.listen)
    if rest is None or not port:
        text = (
            f"[gateway:{gateway.name}] nodes: say where REST of a node is, such as http://host:8480"
        )
        raise ConfigError([Problem(text)])
    host = interface_of(rest.listen) or "127.0.0.1"
    scheme = "https" if rest.tls_certificate or brings_tls(rest.listen) else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class GatewayReady(TellsReady):
    """Says in the log what listens where, and writes that to the ready file."""

    def __init__(
        self,
        reactor: Any,
        gateways: list[GatewayService],
        rest: RestService | None,
        path: str | None,
    ) -> None:
        super().__init__(reactor, path)
        self._gateways = gateways
        self._rest = rest

    def _tell(self) -> None:
        log.info("exsim {version}: the gateway is ready", version=__version__)
        for one in self._gateways:
            words = {"name": one.name, "protocol": one.settings.protocol, "where": where(one.port)}
            log.info("  {name}: {protocol} on {where}", **words)
        if self._rest is not None:
            log.info("  REST on {url}/api/v1", url=self._rest.url)
        self._write(self._content())

    def _content(self) -> dict[str, Any]:
        places = {one.settings.name: host_and_port(one.port) for one in self._gateways}
        rest = None if self._rest is None else self._rest.url
        endpoints = {name: {"host": host, "port": port} for name, (host, port) in places.items()}
        return {"pid": os.getpid(), "rest": rest, "endpoints": endpoints}
