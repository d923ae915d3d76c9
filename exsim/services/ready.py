"""Telling the world that everything listens, and where; and noticing that nobody is left."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from twisted.application.service import MultiService, Service
from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import IDelayedCall, IListeningPort, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim import __version__
from exsim.services.endpoints import EndpointService
from exsim.services.listening import host_and_port
from exsim.services.proxy_sockets import ProxyService
from exsim.services.rest import RestService

log = Logger(namespace="exsim")


class TellsReady(Service):
    """
    Started last: once the reactor runs it tells that we are ready, and removes at the end what of
    that lasts, the ready file.

    Not before: a signal to stop that comes earlier would just end us, with nothing put in order.
    """

    name = "ready"

    def __init__(self, reactor: IReactorTime, path: str | None) -> None:
        self._reactor = reactor
        self._path = None if path is None else Path(path)
        self._timer: IDelayedCall | None = None
        self._runs = False

    def startService(self) -> None:
        """Everything before this has started."""
        super().startService()
        self._timer = self._reactor.callLater(0, self._begin)

    def stopService(self) -> None:
        """It is ready no longer."""
        super().stopService()
        self._runs = False
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _begin(self) -> None:
        self._runs = True
        self._tell()

    def _tell(self) -> None:
        """The reactor runs: tell everybody."""
        raise NotImplementedError

    def _write(self, content: Mapping[str, Any]) -> None:
        """Write the ready file, whole, where one is wanted."""
        if self._path is not None:
            draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            draft.write_text(json.dumps(content, indent=1) + "\n")
            draft.replace(self._path)


class ReadyService(TellsReady):
    """Says in the log what listens where, writes that to the ready file, and publishes it."""

    def __init__(
        self,
        reactor: IReactorTime,
        endpoints: MultiService,
        rest: RestService | None,
        path: str | None,
        proxies: Iterable[object] = (),
        publish: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> None:
        super().__init__(reactor, path)
        self._publish = publish
        self._endpoints = endpoints
        self._proxies = proxies
        self._rest = rest

    def _tell(self) -> None:
        log.info("exsim {version} is ready", version=__version__)
        for service in self._endpoints:
            assert isinstance(service, EndpointService)
            log.info(
                "  {name}: {protocol} {role} of venue {venue} {where}",
                name=service.endpoint.settings.name,
                protocol=service.endpoint.settings.protocol,
                role=service.endpoint.settings.role,
                venue=service.endpoint.settings.venue,
                where=_where(service),
            )
        for service in self._proxies:
            assert isinstance(service, ProxyService)
            log.info(
                "  {name}: {protocol} to {connect} on {where}",
                name=service.name,
                protocol=service.proxy.settings.protocol,
                connect=service.proxy.settings.connect,
                where=where(service.port),
            )
        if self._rest is not None:
            log.info("  REST on {url}/api/v1", url=self._rest.url)
        content = self._content()
        self._write(content)
        if self._publish is not None:
            self._publish(content)

    def _content(self) -> dict[str, Any]:
        endpoints = {}
        for service in self._endpoints:
            assert isinstance(service, EndpointService)
            if service.port is None:
                continue
            host, port = host_and_port(service.port)
            endpoints[service.endpoint.settings.name] = {"host": host, "port": port}
        rest = None if self._rest is None else self._rest.url
        content = {"pid": os.getpid(), "rest": rest, "endpoints": endpoints}
        proxies = {}
        for service in self._proxies:
            assert isinstance(service, ProxyService)
            host, port = host_and_port(service.port)
            proxies[service.proxy.name] = {"host": host, "port": port}
        return {**content, "proxies": proxies} if proxies else content


def _where(service: EndpointService) -> str:
    """Where an endpoint listens, for people."""
    if service.port is None:
        return "connects by itself"
    text = where(service.port)
    return f"on {text} with TLS" if service.endpoint.settings.tls_certificate else f"on {text}"


def where(port: IListeningPort | None) -> str:
    """Where something listens, for people."""
    host, number = host_and_port(port)
    return host if number is None else f"{host}:{number}"


class Lifeline(Service):
    """
    Stops the simulator when standard input ends.

    Whoever started it holds the other end of the pipe, so it ends with them, however they end.
    """

    name = "lifeline"

    def __init__(self, reactor: Any, stop: Callable[[], None]) -> None:
        self._reactor = reactor
        self._stop = stop
        self._reader: _Reader | None = None

    def startService(self) -> None:
        """Watch standard input."""
        super().startService()
        self._reader = _Reader(self._reactor, self._ended)
        self._reader.startReading()

    def stopService(self) -> None:
        """Watch no longer."""
        super().stopService()
        if self._reader is not None:
            self._reader.stopReading()
            self._reader = None

    def _ended(self) -> None:
        if self.running:
            self._stop()


class _Reader(FileDescriptor):
    """Reads standard input, throws it away, and tells when it ends."""

    def __init__(self, reactor: Any, ended: Callable[[], None]) -> None:
        super().__init__(reactor)
        self._ended = ended

    def fileno(self) -> int:
        """Standard input."""
        return 0

    def doRead(self) -> None:
        """There is something, or nothing any more."""
        try:
            data = os.read(0, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.connectionLost(Failure(EOFError()))

    def connectionLost(self, reason: Failure) -> None:
        """It ended."""
        self.stopReading()
        self._ended()
