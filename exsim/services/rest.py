"""The REST interface as a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort

from exsim.config.listen import brings_tls
from exsim.control.operations import IControl
from exsim.control.resource import make_site
from exsim.errors import ConfigError, Problem
from exsim.model.settings import RestSettings
from exsim.services.listening import host_and_port, listen, raise_now


def read_token(path: str) -> str:
    """
    The bearer token in a file, which holds just that.

    :raises exsim.errors.ConfigError: when it cannot be read or is empty.
    """
    try:
        token = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(f"[rest] token_file = {path}: {error}")]) from None
    if not token:
        raise ConfigError([Problem(f"[rest] token_file = {path}: the file is empty")])
    return token


class RestService(Service):
    """Listens for HTTP. ``port`` is there once it does."""

    name = "rest"

    def __init__(self, settings: RestSettings, control: IControl, reactor: Any) -> None:
        self._settings = settings
        self._control = control
        self._reactor = reactor
        self.port: IListeningPort | None = None

    def privilegedStartService(self) -> None:
        """Listen; a port that cannot be had stops the start of the whole simulator."""
        token = read_token(self._settings.token_file) if self._settings.token_file else None
        site = make_site(self._control, token, self._reactor)
        raise_now(listen(self._reactor, "rest", self._settings, site).addCallback(self._listens))

    def _listens(self, port: IListeningPort) -> None:
        self.port = port

    @property
    def url(self) -> str:
        """Where clients find it; empty before it listens."""
        host, port = host_and_port(self.port)
        if port is None:
            return host
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        secure = self._settings.tls_certificate or brings_tls(self._settings.listen)
        scheme = "https" if secure else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def stopService(self) -> Deferred[None] | None:
        """Take no more requests; those under way are cut with their connections."""
        super().stopService()
        if self.port is None:
            return None
        stopping = self.port.stopListening()
        self.port = None
        return stopping if isinstance(stopping, Deferred) else None
