"""The REST interface as a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort

from exsim.config.listen import brings_tls
from exsim.control.access import Access
from exsim.control.carried import Find, make_node_site
from exsim.control.operations import IControl
from exsim.control.resource import make_site
from exsim.errors import ConfigError, Problem
from exsim.model.settings import RestSettings
from exsim.services.listening import host_and_port, listen, raise_now


def read_tokens(key: str, path: str) -> list[str]:
    """
    The bearer tokens in a file that a key of [rest] names, one on each line.

    :raises exsim.errors.ConfigError: when it cannot be read or is empty.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(f"[rest] {key} = {path}: {error}")]) from None
    tokens = [line.strip() for line in lines if line.strip()]
    if not tokens:
        raise ConfigError([Problem(f"[rest] {key} = {path}: the file is empty")])
    return tokens


def tokens_of(settings: RestSettings) -> dict[str, list[str]]:
    """
    The bearer tokens by role, from the files that the settings name.

    :raises exsim.errors.ConfigError: when one cannot be read or is empty.
    """
    files = {
        "read": ("read_tokens", settings.read_tokens),
        "trade": ("trade_tokens", settings.trade_tokens),
        "admin": ("token_file", settings.token_file),
    }
    return {role: read_tokens(key, path) for role, (key, path) in files.items() if path}


class RestService(Service):
    """
    Listens for HTTP. ``port`` is there once it does; ``secrets`` gets the tokens then.

    ``carried`` is asked for venues by other nodes, which bring ``token``: the first one of
    ``token_file``.
    """

    name = "rest"

    def __init__(
        self,
        settings: RestSettings,
        control: IControl,
        reactor: Any,
        secrets: set[str],
        carried: Find | None = None,
    ) -> None:
        self._settings = settings
        self._control = control
        self._reactor = reactor
        self._secrets = secrets
        self._carried = carried
        self.port: IListeningPort | None = None
        self.token: str | None = None

    def privilegedStartService(self) -> None:
        """Listen; a port that cannot be had stops the start of the whole simulator."""
        tokens = tokens_of(self._settings)
        self._secrets.update(token for some in tokens.values() for token in some)
        self.token = next(iter(tokens.get("admin", [])), None)
        access = Access(tokens, self._settings.allowed_hosts)
        if self._carried is None:
            site = make_site(self._control, access, self._reactor)
        else:
            site = make_node_site(self._control, access, self._reactor, self._carried)
        raise_now(listen(self._reactor, "rest", self._settings, site).addCallback(self._listens))

    def _listens(self, port: IListeningPort) -> None:
        self.port = port

    @property
    def url(self) -> str:
        """Where clients find it; empty before it listens."""
        host, port = host_and_port(self.port)
        if port is None:
            return host
        return self._url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)

    def reached_at(self, name: str) -> str:
        """
        Where other hosts find it: under the ``name`` of this one, where it listens at all its
        addresses; empty before it listens, and where that is a socket file.
        """
        host, port = host_and_port(self.port)
        if port is None:
            return ""
        return self._url(name if host in ("0.0.0.0", "::") else host, port)

    def _url(self, host: str, port: int) -> str:
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
