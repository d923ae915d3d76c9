"""Prices that come by a web socket, as JSON (by autobahn: ``pip install exsim[external]``)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS

from exsim.errors import ConfigError, Problem
from exsim.services import tls
from exsim.services.external.feeder import SECOND, Feeder, Lost
from exsim.services.external.fields import BadFeed, Fields

MOST_BYTES: Final = 16 << 20
"""Bytes that a message may have."""
_MISSING: Final = "web sockets need autobahn: pip install exsim[external]"


def peer_of(feeder: WebSocketFeeder, fields: Fields) -> Any:
    """
    The factory of one connection, whose ``over`` fires with why it is over.

    :raises exsim.errors.ConfigError: when autobahn is missing.
    """
    try:
        from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
    except ImportError:
        raise ConfigError([Problem(_MISSING)]) from None

    class Peer(WebSocketClientProtocol):  # type: ignore[misc]
        """The socket."""

        def onOpen(self) -> None:
            """Say what is to be said first."""
            if feeder.values["say"]:
                self.sendMessage(feeder.values["say"].encode())
            feeder.connected()

        def onMessage(self, payload: bytes, isBinary: bool) -> None:
            """Tell what is told."""
            try:
                feeder.told(fields.ticks(payload))
            except BadFeed as error:
                feeder.say(f"a message makes no sense: {error}")

        def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
            """Tell who waits for that."""
            over, self.factory.over = self.factory.over, None
            if over is not None:
                over.callback(reason or f"closed with code {code}")

    factory = WebSocketClientFactory(feeder.values["url"], reactor=feeder.reactor)
    factory.protocol = Peer
    factory.noisy = False
    factory.over = Deferred()
    ping = feeder.values["ping"] / SECOND
    factory.setProtocolOptions(
        autoPingInterval=ping,
        autoPingTimeout=ping,
        openHandshakeTimeout=10,
        maxMessagePayloadSize=MOST_BYTES,
    )
    return factory


class WebSocketFeeder(Feeder):
    """Reads one web socket."""

    def startService(self) -> None:
        """Begin; without autobahn the simulator does not."""
        peer_of(self, Fields(self.values))
        super().startService()

    async def read(self) -> None:
        """See :class:`~exsim.services.external.feeder.Feeder`."""
        url = self.values["url"]
        factory = peer_of(self, Fields(self.values))
        over = factory.over
        try:
            peer: Any = await self._endpoint(url).connect(factory)
        except Exception as error:  # whatever ails the other side, we go on
            if not self.running:
                raise
            raise Lost(f"{url} cannot be connected to: {tls.reason(error)}") from None
        try:
            why = await over
        except BaseException:  # it is given up: the service stops
            factory.over = None
            peer.dropConnection(abort=True)
            raise
        raise Lost(f"{url} is lost: {why}")

    def _endpoint(self, url: str) -> Any:
        parts = urlsplit(url)
        secure = parts.scheme == "wss"
        host = parts.hostname or ""
        plain = HostnameEndpoint(self.reactor, host, parts.port or (443 if secure else 80))
        if not secure:
            return plain
        from twisted.internet.ssl import optionsForClientTLS  # which takes its time

        return wrapClientTLS(optionsForClientTLS(host), plain)
