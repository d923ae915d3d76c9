"""Prices from outside over real sockets: another exsim by FIX, a server of HTTP, a web socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater
from twisted.trial.unittest import SkipTest, TestCase
from twisted.web.resource import Resource
from twisted.web.server import Site

from exsim.client import AsyncSimulator
from exsim.client.spawn_async import SpawnedAsyncSimulator

sockets: Any = reactor
HEAD = """
[rest]
listen = tcp:0:interface=127.0.0.1

[venue:X]
pricing = feed

[instrument:X:AAA]
"""
READER = (
    HEAD
    + """
[pricing:feed]
source = {source}
retry = 100ms
retry_most = 300ms
conflate = 5ms
{keys}
"""
)
OTHER = (
    HEAD.replace("pricing = feed", "").replace("AAA", "SPY")
    + """
[endpoint:data]
venue = X
protocol = fix
role = market-data
listen = tcp:0:interface=127.0.0.1
comp_id = OTHER
accept_any_logon = yes
"""
)


class Quotes(Resource):
    """An HTTP server with a price."""

    isLeaf = True

    def render_GET(self, request: Any) -> bytes:
        """It."""
        return b'{"data":[{"s":"AAA","b":"98.99","a":99.01}]}'


class ExternalTests(TestCase):
    """A simulator that reads by itself."""

    timeout = 240

    async def spawn(self, text: str) -> SpawnedAsyncSimulator:
        """One with that configuration, ended with the test."""
        path = Path(self.mktemp()).with_suffix(".ini")
        path.write_text(text)
        simulator = await AsyncSimulator.spawn(reactor, str(path), timeout=60)
        self.running.append(simulator)
        return simulator

    def setUp(self) -> None:
        """Nothing runs yet, nor at the end."""
        self.running: list[SpawnedAsyncSimulator] = []
        self.addCleanup(self.stop_all)

    def stop_all(self) -> Deferred[Any]:
        """End all of them."""
        return gatherResults([self.stop(simulator) for simulator in list(self.running)])

    def stop(self, simulator: SpawnedAsyncSimulator) -> Deferred[None]:
        """End one of them."""
        self.running.remove(simulator)
        return simulator.stop()

    async def until(self, simulator: AsyncSimulator, price: str | None) -> None:
        """Wait until AAA is worth that."""
        while (await simulator.get_price("AAA")).price != price:
            await deferLater(reactor, 0.02, lambda: None)

    async def quote(self, simulator: AsyncSimulator, bid: str, ask: str) -> None:
        """Enter orders of both sides."""
        await simulator.enter_order("X", symbol="SPY", side="BUY", quantity="1", price=bid)
        await simulator.enter_order("X", symbol="SPY", side="SELL", quantity="1", price=ask)

    async def read_fix(self) -> None:
        """Best prices of the other's book, also once it was cut off; an outage when it is gone."""
        other = await self.spawn(OTHER)
        port = (await other.get_endpoint("data")).port
        keys = f"connect = tcp:127.0.0.1:{port}\ntarget_comp_id = OTHER\nmap = SPY=AAA\n"
        keys += "outage = withdraw"
        simulator = await self.spawn(READER.format(source="external-fix", keys=keys))
        await self.quote(other, "98", "100")
        await self.until(simulator, "99")
        (session,) = (await other.list_sessions()).items
        await other.disconnect_session(session.name)
        while (await other.get_session(session.name)).state != "active":
            await deferLater(reactor, 0.02, lambda: None)
        await self.quote(other, "99", "101")
        await self.until(simulator, "99.5")
        await self.stop(other)
        await self.until(simulator, None)
        self.assertEqual((await simulator.get_source("X", "feed")).link, "down")

    def test_fix(self) -> Deferred[None]:
        """See :meth:`read_fix`."""
        return Deferred.fromCoroutine(self.read_fix())

    async def read_http(self) -> None:
        """A server that is asked."""
        listening: Any = sockets.listenTCP(0, Site(Quotes()), interface="127.0.0.1")
        self.addCleanup(listening.stopListening)
        keys = f"url = http://127.0.0.1:{listening.getHost().port}/\nitems = data\n"
        keys += "fields = symbol=s, bid=b, ask=a"
        simulator = await self.spawn(READER.format(source="external-http", keys=keys))
        await self.until(simulator, "99")

    def test_http(self) -> Deferred[None]:
        """See :meth:`read_http`."""
        return Deferred.fromCoroutine(self.read_http())

    async def read_websocket(self) -> None:
        """One that is subscribed to, lost, and there again."""
        try:
            from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
        except ImportError:
            raise SkipTest("autobahn is not there") from None
        peers: list[Any] = []

        class Server(WebSocketServerProtocol):  # type: ignore[misc]
            """Tells a price to who subscribes, another one to the second."""

            def onMessage(self, payload: bytes, isBinary: bool) -> None:
                """A subscription."""
                symbol = json.loads(payload)["subscribe"]
                peers.append(self)
                told = {"data": {"s": symbol, "p": 90 + len(peers)}}
                self.sendMessage(json.dumps(told).encode())

        factory = WebSocketServerFactory()
        factory.protocol = Server
        listening: Any = sockets.listenTCP(0, factory, interface="127.0.0.1")
        self.addCleanup(listening.stopListening)
        keys = f"url = ws://127.0.0.1:{listening.getHost().port}\n"
        keys += 'say = {"subscribe":"AAA"}\nfields = symbol=data.s, last=data.p'
        text = READER.replace("{keys}", keys).replace("{source}", "external-websocket")
        simulator = await self.spawn(text)
        await self.until(simulator, "91")
        peers[0].dropConnection(abort=True)
        await self.until(simulator, "92")

    def test_websocket(self) -> Deferred[None]:
        """See :meth:`read_websocket`."""
        return Deferred.fromCoroutine(self.read_websocket())
