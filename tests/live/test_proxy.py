"""
A proxy between a client and an acceptor that others wrote, over real sockets.

Both are asyncfix (FIX 4.4): what the proxy makes of messages is judged by sessions that are not
exsim's. Sockets of our own show that bytes, ends and slow readers pass through as they are.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.connection import AsyncFIXConnection, ConnectionState
from asyncfix.connection_server import AsyncFIXDummyServer
from asyncfix.journaler import Journaler
from asyncfix.protocol import FIXProtocol44
from asyncfix.protocol.common import FOrdStatus
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from exsim.testing import simulator as exchange
from exsim.testing.exchange import Exchange
from exsim.testing.proxies import Proxy
from tests.live.test_asyncfix import PATIENCE, read_at_once
from tests.live.test_faults import Reads, Watched

ROOT = Path(__file__).parent.parent.parent


class Acceptor(AsyncFIXDummyServer):  # type: ignore[misc]  # asyncfix has no types
    """An asyncfix acceptor, which acknowledges each order."""

    _socket_reader: Any

    def __init__(self, client: str) -> None:
        log = logging.Logger("acceptor")
        super().__init__(FIXProtocol44(), "XSIM", client, Journaler(), "127.0.0.1", 0, 30, log)
        self.got: list[FIXMessage] = []
        self.sent: list[FIXMessage] = []
        self.port = 0
        self.reads: Any = None
        self._listener: Any = None

    async def listen(self) -> None:
        """Take clients, one at a time, on a free port."""
        await AsyncFIXConnection.connect(self)
        self._listener = await asyncio.start_server(self._handle_accept, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _process_message(self, msg: FIXMessage, raw_msg: bytes) -> None:
        self.got.append(msg)
        await super()._process_message(msg, raw_msg)

    async def send_msg(self, msg: FIXMessage) -> None:
        """Send, and keep it."""
        self.sent.append(msg)
        await super().send_msg(msg)

    async def on_connect(self) -> None:
        """The client is to log on; look at all that is read from here on."""
        self.reads = self._socket_reader = Reads(self._socket_reader)
        read_at_once(self)

    async def on_logon(self, is_healthy: bool) -> None:
        """It did."""

    async def on_logout(self, msg: FIXMessage) -> None:
        """It went."""

    async def on_disconnect(self) -> None:
        """It is gone."""

    async def on_state_change(self, connection_state: object) -> None:
        """Nothing to do."""

    async def should_replay(self, historical_replay_msg: FIXMessage) -> bool:
        """Everything may be sent again."""
        return True

    async def on_message(self, msg: FIXMessage) -> None:
        """Acknowledge an order."""
        if msg.msg_type != FMsg.NEWORDERSINGLE:
            return
        report = {
            FTag.ClOrdID: msg[FTag.ClOrdID],
            FTag.OrderID: "1",
            FTag.ExecID: str(len(self.sent)),
            FTag.ExecType: "0",
            FTag.OrdStatus: "0",
            FTag.Symbol: msg[FTag.Symbol],
            FTag.Side: msg[FTag.Side],
            FTag.OrderQty: msg[FTag.OrderQty],
            FTag.LeavesQty: msg[FTag.OrderQty],
            FTag.CumQty: 0,
            FTag.AvgPx: 0,
        }
        await self.send_msg(FIXMessage(FMsg.EXECUTIONREPORT, report))

    async def stop_listening(self) -> None:
        """Take no more clients, and end the tasks that asyncfix started."""
        self._listener.close()
        with contextlib.suppress(ConnectionError):
            await self.disconnect(ConnectionState.DISCONNECTED_WCONN_TODAY)
        for task in (self._aio_task_socket_read, self._aio_task_heartbeat):
            task.cancel()


class Scene:
    """A client, a proxy, and an acceptor, logged on to each other."""

    def __init__(self, proxy: Proxy, client: Watched, acceptor: Acceptor) -> None:
        self.proxy = proxy
        self.client = client
        self.acceptor = acceptor

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)


@cache
def spawned() -> SpawnedSimulator:
    """One for all tests here."""
    one = Simulator.spawn()
    atexit.register(one.stop)
    return one


Script = Callable[[Scene], Awaitable[None]]


class BetweenTests(SynchronousTestCase):
    """What two asyncfix sessions make of what the proxy does."""

    def setUp(self) -> None:
        """A fresh exchange, whose proxy it is."""
        spawned().reset()
        self.exsim = Exchange(spawned(), spawned().endpoints)

    def play(self, script: Script) -> Scene:
        """Run a script, after which both sides are looked at."""
        return asyncio.run(self._play(script))

    async def _play(self, script: Script) -> Scene:
        name = self._testMethodName.upper().replace("_", "-")
        acceptor = Acceptor(name)
        await acceptor.listen()
        with self.exsim.proxy(f"tcp:127.0.0.1:{acceptor.port}") as proxy:
            client = Watched(name, proxy.host, proxy.port)
            scene = Scene(proxy, client, acceptor)
            try:
                await client.connect()
                await asyncio.wait_for(client.active.wait(), PATIENCE)
                await script(scene)
            finally:
                spawned().clear_faults()
                await client.stop_watching()
                await acceptor.stop_listening()
        return scene

    def test_seen(self) -> None:
        """Nothing is asked for: both go on as without it, and all is told, verified, recorded."""

        async def script(scene: Scene) -> None:
            spawned().start_recording("seen")
            bid = await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)
            whose = scene.client.name
            self.exsim.verify_in_order(
                f"type=D qty=10 session={whose}", f"type=8 exec=new session={whose}"
            )
            (order,) = self.exsim.query("D", endpoint=scene.proxy.origin)
            self.assertEqual((order.direction, order["Symbol"]), ("in", "AAA"))
            (link,) = scene.proxy.links()
            self.assertEqual((link.session, link.state), (whose, "open"))

        self.addCleanup(spawned().delete_recording, "seen")
        scene = self.play(script)
        spawned().stop_recording("seen")
        self.assertEqual((scene.client.asked, scene.client.errors), ([], []))
        told = spawned().convert_recording("seen", "script")
        self.assertIn("expect type=D dir=in Symbol=AAA Side=1 OrderQty=10", told)
        self.assertIn("expect type=8 dir=out ExecType=0", told)

    def test_drop(self) -> None:
        """The client asks the acceptor for the report that was lost, and gets it again."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("drop", "type=8", "out", count=1)
            first = await scene.client.buy("one", 10, 10)
            await scene.until(lambda: len(scene.acceptor.sent) == 2)
            await scene.client.buy("two", 10, 10)
            await scene.until(lambda: first.status == FOrdStatus.NEW)

        self.assertEqual(self.play(script).client.asked, [("2", "0")])

    def test_drop_in(self) -> None:
        """The acceptor asks the client for the order that was lost."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("drop", "type=D", "in", count=1)
            first = await scene.client.buy("one", 10, 10)
            await scene.client.buy("two", 10, 10)
            await scene.until(lambda: first.status == FOrdStatus.NEW)

        self.assertIn("2", self.play(script).client.types())

    def test_hold_and_edit(self) -> None:
        """The acceptor gets an order only when it is released, and as it was changed."""

        async def script(scene: Scene) -> None:
            scene.proxy.hold("D", symbol="AAA")
            bid = await scene.client.buy("bid", 10, 10)
            held = scene.proxy.held.wait()
            self.assertEqual((held.type, held.session), ("D", scene.client.name))
            self.assertEqual([str(m.msg_type) for m in scene.acceptor.got], ["A"])
            held.release({44: "9.5", 58: "edited"})
            await scene.until(lambda: bid.status == FOrdStatus.NEW)
            order = scene.acceptor.got[-1]
            self.assertEqual((order[FTag.Price], order[FTag.Text]), ("9.5", "edited"))

        self.assertEqual(self.play(script).client.errors, [])

    def test_hold_and_drop(self) -> None:
        """Or never."""

        async def script(scene: Scene) -> None:
            scene.proxy.hold("D", count=1)
            first = await scene.client.buy("one", 10, 10)
            scene.proxy.held.wait().drop()
            await scene.client.buy("two", 10, 10)
            await scene.until(lambda: first.status == FOrdStatus.NEW)  # it was asked for again

        self.play(script)

    def test_change(self) -> None:
        """The client takes a report for what it says."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("change", "type=8", "out", fields="39=8|150=8|58=changed")
            bid = await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.REJECTED)

        self.assertEqual(self.play(script).client.got[-1][FTag.Text], "changed")

    def test_delay(self) -> None:
        """A report is late."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("latency", "type=8", "out", time="400ms")
            begun = time.monotonic()
            bid = await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)
            self.assertGreater(time.monotonic() - begun, 0.4)

        self.assertEqual(self.play(script).client.asked, [])

    def test_duplicate(self) -> None:
        """The client logs out, since a number came twice."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("duplicate", "type=8", "out")
            await scene.client.buy("bid", 10, 10)
            await asyncio.wait_for(scene.client.gone.wait(), PATIENCE)

        goodbye = self.play(script).client.goodbye
        self.assertEqual(goodbye, "MsgSeqNum is too low, expected 3, got 2")

    def test_bad_checksum(self) -> None:
        """The acceptor does not read an order whose checksum is wrong, and misses it then."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("bad-checksum", "type=D", "in", count=1)
            await scene.client.buy("one", 10, 10)
            await scene.until(lambda: len(scene.acceptor.reads.chunks) == 2)
            await scene.client.buy("two", 10, 10)
            await scene.until(lambda: "2" in scene.client.types())

        scene = self.play(script)
        self.assertNotIn("one--1", [m.get(FTag.ClOrdID, "") for m in scene.acceptor.got[:2]])

    def test_cut(self) -> None:
        """Both sides find themselves alone in the middle of a message."""

        async def script(scene: Scene) -> None:
            scene.proxy.fault("cut", "type=8", "out")
            await scene.client.buy("bid", 10, 10)
            await asyncio.wait_for(scene.client.gone.wait(), PATIENCE)

        self.assertEqual(self.play(script).client.reads.end, "closed")


class SocketTests(SynchronousTestCase):
    """Bytes, ends and slow readers."""

    def setUp(self) -> None:
        """An acceptor that is a plain socket."""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.listener.settimeout(PATIENCE)
        self.port = self.listener.getsockname()[1]
        self.exsim = Exchange(spawned(), spawned().endpoints)

    def connect(self, protocol: Any) -> tuple[Proxy, socket.socket, socket.socket]:
        """The proxy, and both far ends."""
        proxy = self.exsim.proxy(f"tcp:127.0.0.1:{self.port}", protocol)
        self.addCleanup(proxy.remove)
        client = socket.create_connection((proxy.host, proxy.port), PATIENCE)
        self.addCleanup(client.close)
        server, _ = self.listener.accept()
        self.addCleanup(server.close)
        server.settimeout(PATIENCE)
        return proxy, client, server

    def test_half_close(self) -> None:
        """Garbage passes, and so does the end of one direction; the other goes on."""
        for protocol in ("fix", "soup", "raw"):
            _, client, server = self.connect(protocol)
            client.sendall(b"\x00\x00garbage 8=FI")
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(read_all(server), b"\x00\x00garbage 8=FI")
            server.sendall(b"answer")
            server.close()
            self.assertEqual(read_all(client), b"answer")

    def test_refused(self) -> None:
        """Nobody is there: the client is disconnected, and the events say why."""
        proxy = self.exsim.proxy(f"tcp:127.0.0.1:{self.port}")
        self.addCleanup(proxy.remove)
        self.listener.close()
        client = socket.create_connection((proxy.host, proxy.port), PATIENCE)
        self.addCleanup(client.close)
        self.assertEqual(client.recv(1), b"")
        found = spawned().wait_events(after="0-0", kind=["session"], timeout="2s", limit=1000)
        why = [event.text for event in found.items if "cannot connect" in event.text]
        self.assertIn("Connection was refused", why[-1])

    def test_slow_reader(self) -> None:
        """Who does not read holds up who sends; nothing piles up, and nothing is lost."""
        _, client, server = self.connect("raw")
        client.setblocking(False)
        block, sent, end = bytes(range(256)) * 256, 0, time.monotonic() + PATIENCE
        quiet = 0
        while quiet < 20 and time.monotonic() < end:
            try:
                sent += client.send(block)
                quiet = 0
            except BlockingIOError:
                quiet += 1
                time.sleep(0.02)
        self.assertEqual(quiet, 20, "it takes whatever is sent")
        client.setblocking(True)
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(len(read_all(server)), sent)


def read_all(one: socket.socket) -> bytes:
    """All up to the end."""
    found = []
    while data := one.recv(1 << 20):
        found.append(data)
    return b"".join(found)


class CommandTests(SynchronousTestCase):
    """``exsim proxy``, before a venue of exsim's own; and in a test."""

    def test_saves(self) -> None:
        """What went by is a recording, a script and a test when it stops."""
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        venue = spawned().endpoints["order-entry"]
        ready = folder / "ready.json"
        words = ["proxy", "--listen", "tcp:0:interface=127.0.0.1", "--rest", "none"]
        words += ["--connect", f"tcp:{venue.host}:{venue.port}", "--ready-file", str(ready)]
        words += ["--record", str(folder / "r"), "--script", str(folder / "s")]
        words += ["--test", str(folder / "t"), "--until-eof"]
        command = [sys.executable, "-m", "exsim", *words]
        run = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            end = time.monotonic() + 3 * PATIENCE
            while not ready.exists() and time.monotonic() < end and run.poll() is None:
                time.sleep(0.02)
            address = json.loads(ready.read_text())["proxies"]["proxy"]
            asyncio.run(self.trade(address["host"], address["port"]))
        finally:
            run.send_signal(signal.SIGTERM)
            _, log = run.communicate(timeout=PATIENCE)
        self.assertEqual(run.returncode, 0, log)
        self.assertIn("expect type=8 dir=out ExecType=0", (folder / "s").read_text())
        self.assertIn("def test_proxy(exsim)", (folder / "t").read_text())
        types = [each["type"] for each in json.loads((folder / "r").read_text())["messages"]]
        self.assertEqual(types[:4], ["A", "A", "D", "8"])

    async def trade(self, host: str, port: int) -> None:
        """An order by asyncfix."""
        client = Watched("COMMAND", host, port)
        try:
            await client.connect()
            await asyncio.wait_for(client.active.wait(), PATIENCE)
            bid = await client.buy("bid", 10, 10)
            async with asyncio.timeout(PATIENCE):
                while bid.status != FOrdStatus.NEW:
                    await asyncio.sleep(0.005)
        finally:
            await client.stop_watching()

    def test_wrong(self) -> None:
        """What cannot be is told with status 2."""
        words = ["proxy", "--listen", "x", "--connect", "y"]
        command = [sys.executable, "-m", "exsim", *words]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("exsim proxy: --listen: ", run.stderr)

    def test_in_a_test(self) -> None:
        """Without an address it stands before the exchange itself, and goes with the test."""
        with exchange() as exsim, exsim.proxy() as proxy:
            proxy.hold("8", direction="out", exec="new")
            asyncio.run(self.released(proxy))
            exsim.expect("8", exec="new", endpoint=proxy.origin)
            self.assertEqual(proxy.held.all(), [])

    async def released(self, proxy: Proxy) -> None:
        """An order whose report is held for a moment."""
        client = Watched("HELD", proxy.host, proxy.port)
        try:
            await client.connect()
            await asyncio.wait_for(client.active.wait(), PATIENCE)
            bid = await client.buy("bid", 10, 10)
            held = await asyncio.to_thread(proxy.held.wait)
            self.assertEqual(bid.status, FOrdStatus.PENDING_NEW)
            await asyncio.to_thread(held.release)
            async with asyncio.timeout(PATIENCE):
                while bid.status != FOrdStatus.NEW:
                    await asyncio.sleep(0.005)
        finally:
            await client.stop_watching()
