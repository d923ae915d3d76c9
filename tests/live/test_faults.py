"""
Each kind of fault meets a FIX engine that others wrote, over real sockets: asyncfix (FIX 4.4).

What is looked at is what that engine read, what it made of it, and what it did then: ask for a
resend, log out with a reason, hang up, wait. asyncfix does not look at SendingTime, and passes on
reports as they come: where it does nothing about a fault, the test shows that it met it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.connection import ConnectionState
from asyncfix.protocol.common import FOrdStatus
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from exsim.faults.book import BY_NAME
from exsim.faults.kinds import DATA
from exsim.faults.protocols import served
from exsim.wire.fix import encode
from tests.live.test_asyncfix import PATIENCE, Trader, read_at_once

SHORT = 2
"""Seconds between heartbeats of those who are to miss them."""


class Reads:
    """Reads for asyncfix, and keeps what came: bytes as they came, and how it ended."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.chunks: list[bytes] = []
        self.end = ""

    async def read(self, most: int) -> bytes:
        """The next bytes."""
        try:
            data: bytes = await self._reader.read(most)
        except ConnectionError as error:
            self.end = type(error).__name__
            raise
        if data:
            self.chunks.append(data)
        else:
            self.end = "closed"
        return data


class Watched(Trader):
    """An asyncfix client of which everything is seen."""

    _socket_reader: Any

    def __init__(self, name: str, host: str, port: int, heartbeat: int = 30) -> None:
        super().__init__(name, host, port)
        self.name = name
        self._heartbeat_period = heartbeat
        self.sent: list[FIXMessage] = []
        self.got: list[FIXMessage] = []
        self.reads: Any = None
        self.hung_up = False  # before anybody else did
        self.errors: list[str] = []
        self.log = logging.Logger(name)
        self.log.addHandler(_Keeper(self.errors))

    async def on_connect(self) -> None:
        """Log on, and look at all that is read from here on."""
        self.reads = self._socket_reader = Reads(self._socket_reader)
        read_at_once(self)
        beat = self._heartbeat_period
        await self.send_msg(FIXMessage(FMsg.LOGON, {FTag.EncryptMethod: 0, FTag.HeartBtInt: beat}))

    async def disconnect(self, *args: Any, **more: Any) -> None:
        """Hang up, of its own accord or since the other side did."""
        self.hung_up = self.hung_up or not self.reads.end
        await super().disconnect(*args, **more)

    async def send_msg(self, msg: FIXMessage) -> None:
        """Send, and keep it."""
        self.sent.append(msg)
        await super().send_msg(msg)

    async def _process_message(self, msg: FIXMessage, raw_msg: bytes) -> None:
        """A message that could be read, of whatever number."""
        self.got.append(msg)
        await super()._process_message(msg, raw_msg)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What it asked to be sent again."""
        return [
            (msg[FTag.BeginSeqNo], msg[FTag.EndSeqNo])
            for msg in self.sent
            if msg.msg_type == FMsg.RESENDREQUEST
        ]

    @property
    def goodbye(self) -> str:
        """What it said as it logged out; empty if it did not."""
        said = [msg for msg in self.sent if msg.msg_type == FMsg.LOGOUT]
        return str(said[-1].get(FTag.Text, "")) if said else ""

    def types(self) -> str:
        """The types of all messages read."""
        return "".join(str(msg[FTag.MsgType]) for msg in self.got)

    async def stop_watching(self) -> None:
        """Log out if need be, and end the tasks that asyncfix started."""
        if self._aio_task_socket_read is not None:
            with contextlib.suppress(ConnectionError):
                await self.stop()


class _Keeper(logging.Handler):
    """Keeps what asyncfix says went wrong."""

    def __init__(self, into: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._into = into

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        error = record.exc_info[1] if record.exc_info else None
        self._into.append(repr(error) if error else record.getMessage())


class Scene:
    """A client that has logged on, its simulator, and the faults of its session."""

    def __init__(self, simulator: SpawnedSimulator, client: Watched) -> None:
        self.simulator = simulator
        self.client = client

    def fault(self, kind: str, **more: Any) -> str:
        """Set a fault of the client's session; its name."""
        return self.simulator.create_fault(kind=kind, session=self.client.name, **more).name

    async def test(self, fault: str = "") -> None:
        """
        Have the simulator send something else: a TestRequest shows the next number.

        If a fault is named, once that has fired.
        """
        if fault:
            await self.until(lambda: self.simulator.get_fault(fault).hits)
        self.simulator.test_session(self.client.name)

    async def until(self, condition: Callable[[], object], within: float = PATIENCE) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(0.005)

    async def gone(self) -> None:
        """Wait until the connection is gone."""
        await asyncio.wait_for(self.client.gone.wait(), PATIENCE)


def holds(message: FIXMessage, fields: dict[str, str]) -> bool:
    """Whether a message has these fields."""
    return all(message.get(tag, None) == value for tag, value in fields.items())


Script = Callable[[Scene], Awaitable[None]]


@cache
def simulator() -> SpawnedSimulator:
    """One for all tests here: each has a session and faults of its own."""
    spawned = Simulator.spawn()
    atexit.register(spawned.stop)
    return spawned


class LiveFaultCase(SynchronousTestCase):
    """A simulator, and a client of it."""

    def play(self, script: Script, log_on: bool = True, heartbeat: int = 30) -> Watched:
        """Run a script, after which its client is looked at."""
        return asyncio.run(self._play(script, log_on, heartbeat))

    async def _play(self, script: Script, log_on: bool, heartbeat: int) -> Watched:
        address = simulator().endpoints["order-entry"]
        name = self._testMethodName.upper().replace("_", "-")
        assert address.port is not None
        client = Watched(name, address.host, address.port, heartbeat)
        try:
            if log_on:
                await client.connect()
                await asyncio.wait_for(client.active.wait(), PATIENCE)
            await script(Scene(simulator(), client))
        finally:
            simulator().clear_faults()
            await client.stop_watching()
        return client


class AnyMessageTests(LiveFaultCase):
    """Messages lost, late, doubled, changed."""

    def test_drop(self) -> None:
        """It sees the gap, asks for the report, and its order is what it should be."""

        async def script(scene: Scene) -> None:
            client = scene.client
            fault = scene.fault("drop", match={"type": "8", "exec": "new"}, count=1)
            bid = await client.buy("bid", 10, 10)
            await scene.test(fault)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)
            self.assertEqual(client.got[-1][FTag.PossDupFlag], "Y")

        client = self.play(script)
        self.assertEqual(client.asked, [("2", "0")])
        self.assertEqual(client.types(), "A184")

    def test_drop_in(self) -> None:
        """It is asked for the order again, and sends it as a possible duplicate."""

        async def script(scene: Scene) -> None:
            client = scene.client
            fault = scene.fault("drop", match="type=D", direction="in", count=1)
            await client.buy("bid", 10, 10)
            await scene.test(fault)
            again = {FTag.ClOrdID: "bid--1", FTag.PossDupFlag: "Y"}
            await scene.until(lambda: any(holds(msg, again) for msg in client.sent))

        self.assertIn("2", self.play(script).types())

    def test_ignore(self) -> None:
        """It waits for an answer that never comes; its next order has one."""

        async def script(scene: Scene) -> None:
            client = scene.client
            scene.fault("ignore", match="type=D", count=1)
            lost = await client.buy("lost", 10, 10)
            bid = await client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)
            self.assertEqual(lost.status, FOrdStatus.PENDING_NEW)

        self.assertEqual(self.play(script).asked, [])

    def test_delay(self) -> None:
        """A later message overtakes the report: it asks for that, and gets it twice."""

        async def script(scene: Scene) -> None:
            client = scene.client
            more = {"parameters": {"time": "300ms"}}
            fault = scene.fault("delay", match="type=8", count=1, **more)
            bid = await client.buy("bid", 10, 10)
            await scene.test(fault)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)

        self.assertEqual(self.play(script).asked, [("2", "0")])

    def test_duplicate(self) -> None:
        """It logs out, since a number came twice."""

        async def script(scene: Scene) -> None:
            scene.fault("duplicate", match="type=8")
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        self.assertEqual(self.play(script).goodbye, "MsgSeqNum is too low, expected 3, got 2")

    def test_change(self) -> None:
        """It takes the report for what it says."""

        async def script(scene: Scene) -> None:
            scene.fault("change", match="type=8", parameters={"fields": "39=8|150=8|58=changed"})
            bid = await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.REJECTED)

        self.assertEqual(self.play(script).got[-1][FTag.Text], "changed")

    def test_insert(self) -> None:
        """A message that is somebody else's has it log out."""

        async def script(scene: Scene) -> None:
            body = "35=0|34=3|49=OTHER|56=OTHER|52=20260101-00:00:00|".replace("|", "\x01")
            raw = encode(b"FIX.4.4", body.encode()).decode().replace("\x01", "|")
            scene.fault("insert", match="type=8", parameters={"raw": raw})
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        self.assertEqual(self.play(script).goodbye, "TargetCompID / SenderCompID mismatch")


class StreamTests(LiveFaultCase):
    """The stream of bytes."""

    def late(self, kind: str, **parameters: object) -> tuple[float, Watched]:
        """How long an answer takes with such a fault, in seconds."""
        took = 0.0

        async def script(scene: Scene) -> None:
            nonlocal took
            scene.fault(kind, match="type=8", parameters=parameters)
            begun = time.monotonic()
            bid = await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)
            took = time.monotonic() - begun

        client = self.play(script)
        self.assertEqual(client.asked, [])
        return took, client

    def test_latency(self) -> None:
        """It waits so long, and all is well."""
        self.assertGreater(self.late("latency", time="400ms")[0], 0.4)

    def test_jitter(self) -> None:
        """By the seed, it waits for a part of the time."""
        took, _ = self.late("jitter", time="1s")
        self.assertGreater(took, 0.02)

    def test_bandwidth(self) -> None:
        """As long as a line of 500 bytes a second takes for the report."""
        took, client = self.late("bandwidth", rate=500)
        self.assertGreater(took, len(client.reads.chunks[-1]) / 500 - 0.01)

    def test_slicer(self) -> None:
        """
        It reads the report in many pieces. A beginning that is not all of ``8=FIX.`` it throws
        away, and asks for the report again when it sees the gap.
        """

        async def script(scene: Scene) -> None:
            more = {"parameters": {"size": 8, "gap": "10ms"}}
            fault = scene.fault("slicer", match="type=8", count=1, **more)
            bid = await scene.client.buy("bid", 10, 10)
            await scene.test(fault)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)

        chunks = self.play(script).reads.chunks
        self.assertGreater(sum(not chunk.startswith(b"8=FIX.4.4\x019=") for chunk in chunks), 5)

    def test_cut(self) -> None:
        """It has read a part of the report, and the connection is gone."""

        async def script(scene: Scene) -> None:
            client = scene.client
            scene.fault("cut", match="type=8", count=1)
            bid = await client.buy("bid", 10, 10)
            await scene.gone()
            self.assertEqual((bid.status, client.types()), (FOrdStatus.PENDING_NEW, "A"))
            self.assertTrue(client.reads.chunks[-1].startswith(b"8=FIX.4.4\x019="))
            self.assertNotIn(b"\x0110=", client.reads.chunks[-1])
            self.assertEqual(client.reads.end, "closed")

        self.play(script)

    def test_cut_before(self) -> None:
        """Nothing of the report came: it asks for that after its next logon."""

        async def script(scene: Scene) -> None:
            client = scene.client
            scene.fault("cut", match="type=8", count=1, parameters={"at": 0})
            bid = await client.buy("bid", 10, 10)
            await scene.gone()
            await client.connect()
            await scene.until(lambda: bid.status == FOrdStatus.NEW)

        self.assertEqual(self.play(script).asked, [("2", "0")])

    def test_reset(self) -> None:
        """Its socket is reset."""

        async def script(scene: Scene) -> None:
            scene.fault("reset", match="type=D", direction="in")
            await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: scene.client.reads.end)

        self.assertEqual(self.play(script).reads.end, "ConnectionResetError")

    def test_black_hole(self) -> None:
        """It hears nothing, asks whether anybody is there, and gives up."""

        async def script(scene: Scene) -> None:
            scene.fault("black-hole", match="type=8")
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        client = self.play(script, heartbeat=SHORT)
        self.assertEqual(client.types(), "A")
        self.assertIn(FMsg.TESTREQUEST, [msg.msg_type for msg in client.sent])
        self.assertTrue(client.hung_up)

    def test_half_close(self) -> None:
        """It reads the end of the stream, where its own side is still open."""

        async def script(scene: Scene) -> None:
            scene.fault("half-close", match="type=8")
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        client = self.play(script)
        self.assertEqual((client.types(), client.reads.end), ("A8", "closed"))


class FrameTests(LiveFaultCase):
    """The bytes of one message."""

    def spoiled(self, kind: str, more: int = 1, **parameters: object) -> Watched:
        """Meet such a report; so many other messages later it is there."""

        async def script(scene: Scene) -> None:
            fault = scene.fault(kind, match="type=8", count=1, parameters=parameters)
            bid = await scene.client.buy("bid", 10, 10)
            for _ in range(more):
                await scene.until(lambda: scene.simulator.get_fault(fault).hits)
                if kind != "join":  # which sends the report with the next message
                    await scene.until(lambda: len(scene.client.reads.chunks) > 1)
                self.assertEqual(bid.status, FOrdStatus.PENDING_NEW)
                await scene.test()
            await scene.until(lambda: bid.status == FOrdStatus.NEW)

        return self.play(script)

    def test_bad_checksum(self) -> None:
        """It passes over the report, and asks for it when the next number shows the gap."""
        self.assertEqual(self.spoiled("bad-checksum").asked, [("2", "0")])

    def test_wrong_body_length(self) -> None:
        """It takes the rest of the report from the next message, which then is lost to it."""
        client = self.spoiled("wrong-body-length", by=5)
        self.assertEqual(client.types(), "A8")
        self.assertIn(b"\x0135=1\x01", client.reads.chunks[-1])

    def test_missing_soh(self) -> None:
        """It takes the end of the report from the next message, which then is lost to it."""
        client = self.spoiled("missing-soh")
        self.assertEqual(client.types(), "A8")
        self.assertIn(b"\x0135=1\x01", client.reads.chunks[-1])

    def test_join(self) -> None:
        """It reads two messages at once."""
        client = self.spoiled("join")
        self.assertEqual(client.reads.chunks[-1].count(b"8=FIX.4.4\x01"), 2)
        self.assertEqual(client.types(), "A81")

    def test_garbage(self) -> None:
        """It passes over what is no message."""
        client = self.spoiled("garbage", 0, raw="nonsense")
        self.assertTrue(client.reads.chunks[-1].startswith(b"nonsense8=FIX"))
        self.assertEqual(client.types(), "A8")

    def test_oversize_field(self) -> None:
        """It makes out a report of 100,000 bytes."""
        client = self.spoiled("oversize-field", 0)
        self.assertEqual(len(client.got[-1][FTag.Text]), 100_000)


class SessionTests(LiveFaultCase):
    """Sequence numbers and session messages."""

    def test_skip_number(self) -> None:
        """It asks for what never was, and is told that there is nothing."""

        async def script(scene: Scene) -> None:
            scene.fault("skip-number", match="type=8", count=1)
            bid = await scene.client.buy("bid", 10, 10)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)

        client = self.play(script)
        self.assertEqual((client.asked, client.types()), ([("2", "0")], "A848"))

    def test_low_number(self) -> None:
        """It logs out."""

        async def script(scene: Scene) -> None:
            scene.fault("low-number", match="type=8")
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        self.assertEqual(self.play(script).goodbye, "MsgSeqNum is too low, expected 2, got 1")

    def test_reorder(self) -> None:
        """It asks for what another message has overtaken."""

        async def script(scene: Scene) -> None:
            fault = scene.fault("reorder", match="type=8", count=1)
            bid = await scene.client.buy("bid", 10, 10)
            await scene.test(fault)
            await scene.until(lambda: bid.status == FOrdStatus.NEW)

        self.assertEqual(self.play(script).asked, [("2", "0")])

    def test_ignore_resend_request(self) -> None:
        """It asks, and waits for what does not come."""

        async def script(scene: Scene) -> None:
            client = scene.client
            fault = scene.fault("drop", match="type=8", count=1)
            ignored = scene.fault("ignore-resend-request")
            bid = await client.buy("bid", 10, 10)
            await scene.test(fault)
            await scene.until(lambda: scene.simulator.get_fault(ignored).hits)
            self.assertEqual(bid.status, FOrdStatus.PENDING_NEW)
            self.assertEqual(client.connection_state, ConnectionState.RESENDREQ_AWAITING)

        self.assertEqual(self.play(script).types(), "A1")

    def test_wrong_gap_fill(self) -> None:
        """It believes the gap fill, so that the next message has too low a number for it."""

        async def script(scene: Scene) -> None:
            scene.fault("skip-number", match="type=8", count=1)
            scene.fault("wrong-gap-fill", parameters={"by": 5})
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        self.assertIn("MsgSeqNum is too low, expected 8", self.play(script).goodbye)

    def test_stop_heartbeats(self) -> None:
        """It asks whether anybody is there."""

        async def script(scene: Scene) -> None:
            scene.fault("stop-heartbeats")
            await scene.until(lambda: "0" in scene.client.types())

        client = self.play(script, heartbeat=SHORT)
        self.assertEqual(client.got[-1].get(FTag.TestReqID, "") != "", True)

    def test_ignore_test_request(self) -> None:
        """It asks in vain, and hangs up."""

        async def script(scene: Scene) -> None:
            scene.fault("stop-heartbeats")
            scene.fault("ignore-test-request")
            await scene.gone()

        client = self.play(script, heartbeat=SHORT)
        self.assertIn(FMsg.TESTREQUEST, [msg.msg_type for msg in client.sent])
        self.assertTrue(client.hung_up)

    def test_refuse_logon(self) -> None:
        """It is told why, and hangs up; the next time it gets in."""

        async def script(scene: Scene) -> None:
            client = scene.client
            scene.simulator.create_fault(
                kind="refuse-logon",
                endpoint="order-entry",
                match=f"session={client.name}",
                parameters={"text": "come back later"},
                count=1,
            )
            await client.connect()
            await scene.gone()
            self.assertFalse(client.active.is_set())
            await client.connect()
            await asyncio.wait_for(client.active.wait(), PATIENCE)

        client = self.play(script, log_on=False)
        self.assertEqual(client.got[0][FTag.Text], "come back later")
        self.assertEqual(client.types()[0], "5")

    def test_logout(self) -> None:
        """It hangs up, as it is told to."""

        async def script(scene: Scene) -> None:
            scene.fault("logout", match="type=8", parameters={"text": "too loud"})
            await scene.client.buy("bid", 10, 10)
            await scene.gone()

        client = self.play(script)
        self.assertEqual((client.types(), client.got[-1][FTag.Text]), ("A85", "too loud"))

    def test_stale_sending_time(self) -> None:
        """It takes the report, which is an hour old: it does not look at that."""

        async def script(scene: Scene) -> None:
            more = {"parameters": {"by": "1h"}}
            fault = scene.fault("stale-sending-time", match="type=8", count=1, **more)
            bid = await scene.client.buy("bid", 10, 10)
            await scene.test(fault)
            await scene.until(lambda: "1" in scene.client.types())
            self.assertEqual(bid.status, FOrdStatus.NEW)

        _, report, test = self.play(script).got
        stale, right = report[FTag.SendingTime], test[FTag.SendingTime]
        self.assertGreater(abs(int(right[9:11]) - int(stale[9:11])), 0)
        self.assertEqual(report[FTag.TransactTime][9:11], right[9:11])


class OrderTests(LiveFaultCase):
    """The outcome of orders; asyncfix keeps the state of each by rules of its own."""

    def reports(self, kind: str, count: int, **parameters: object) -> list[FIXMessage]:
        """So many reports on an order of 10 that meets such a fault."""
        return self.with_order(kind, count, **parameters)[1]

    def with_order(
        self, kind: str, count: int, **parameters: object
    ) -> tuple[Any, list[FIXMessage], Watched]:
        """The order, the reports and the client."""
        found: list[Any] = []

        async def script(scene: Scene) -> None:
            scene.fault(kind, parameters=parameters)
            order = await scene.client.buy("bid", 10, 10)
            found.append(order)
            found.append(await scene.client.heard(count))

        client = self.play(script)
        return found[0], found[1], client

    def test_late_ack(self) -> None:
        """It waits for half a second."""
        begun = time.monotonic()
        order, _, _ = self.with_order("late-ack", 1, time="500ms")
        self.assertGreater(time.monotonic() - begun, 0.5)
        self.assertEqual(order.status, FOrdStatus.NEW)

    def test_no_ack(self) -> None:
        """It hears nothing of the order, and its cancel is refused: there is no such order."""

        async def script(scene: Scene) -> None:
            client = scene.client
            fault = scene.fault("no-ack")
            bid = await client.buy("bid", 10, 10)
            await scene.test(fault)  # an acknowledgement would come before that
            await scene.until(lambda: len(client.got) > 1)
            self.assertEqual(bid.status, FOrdStatus.PENDING_NEW)
            self.assertEqual(client.types(), "A1")

        self.play(script)

    def test_fill_before_ack(self) -> None:
        """It passes over a fill of what is not acknowledged: its order has a part of nothing."""
        order, reports, _ = self.with_order("fill-before-ack", 2)
        self.assertEqual([report[FTag.ExecType] for report in reports], ["F", "0"])
        self.assertEqual((order.status, order.cum_qty), (FOrdStatus.PARTIALLY_FILLED, 0))

    def test_duplicate_exec_id(self) -> None:
        """It counts a fill twice that has one ExecID."""
        order, reports, _ = self.with_order("duplicate-exec-id", 3)
        self.assertEqual(reports[1][FTag.ExecID], reports[2][FTag.ExecID])
        self.assertEqual(order.cum_qty, 10)

    def test_overfill(self) -> None:
        """More than was ordered."""
        _, reports, _ = self.with_order("overfill", 3, quantity=3)
        self.assertEqual(float(reports[-1][FTag.CumQty]), 13)

    def test_fill_crosses_cancel(self) -> None:
        """Its order is filled as it cancels it."""

        async def script(scene: Scene) -> None:
            client = scene.client
            scene.fault("fill-crosses-cancel")
            bid = await client.buy("bid", 10, 10)
            await client.heard()
            await client.send_msg(bid.cancel_req())
            fill, reject = await client.heard(2)
            self.assertEqual((fill[FTag.ExecType], reject.msg_type), ("F", "9"))
            self.assertEqual(bid.status, FOrdStatus.FILLED)

        self.play(script)

    def test_reject_replace(self) -> None:
        """Its order is what it was."""

        async def script(scene: Scene) -> None:
            client = scene.client
            scene.fault("reject-replace", parameters={"text": "no"})
            bid = await client.buy("bid", 10, 10)
            await client.heard()
            await client.send_msg(bid.replace_req(price=11))
            (reject,) = await client.heard()
            self.assertEqual(reject[FTag.Text], "no")
            self.assertEqual((bid.status, bid.price), (FOrdStatus.NEW, 10))

        self.play(script)

    def test_unsolicited_cancel(self) -> None:
        """Its order is canceled, which it never asked for."""
        order, _, _ = self.with_order("unsolicited-cancel", 2, time="100ms")
        self.assertEqual(order.status, FOrdStatus.CANCELED)

    def test_bust(self) -> None:
        """A fill is taken back."""
        reports = self.reports("bust", 3, time="100ms")
        self.assertEqual(reports[-1][FTag.ExecType], "H")

    def test_correct(self) -> None:
        """A fill is told again, at another price."""
        reports = self.reports("correct", 3, time="100ms", price="9.5")
        self.assertEqual((reports[-1][FTag.ExecType], reports[-1][FTag.LastPx]), ("G", "9.5"))

    def test_restate(self) -> None:
        """Other terms, unasked."""
        reports = self.reports("restate", 2, time="100ms", quantity=4)
        self.assertEqual((reports[-1][FTag.ExecType], reports[-1][FTag.OrderQty]), ("D", "4"))

    def test_duplicate_cl_ord_id(self) -> None:
        """A ClOrdID that it used before is acknowledged again."""

        async def script(scene: Scene) -> None:
            client = scene.client
            bid = await client.buy("bid", 10, 10)
            (first,) = await client.heard()
            scene.fault("duplicate-cl-ord-id")
            again = await client.buy("bid", 10, 10)
            (second,) = await client.heard()
            self.assertEqual(first[FTag.ClOrdID], second[FTag.ClOrdID])
            self.assertEqual((bid.status, again.status), (FOrdStatus.NEW, FOrdStatus.NEW))

        self.play(script)


class CompletenessTests(SynchronousTestCase):
    """No kind is left out."""

    def test_each_has_a_test(self) -> None:
        """Of its own, in this module."""
        cases = (AnyMessageTests, StreamTests, FrameTests, SessionTests, OrderTests)
        tested = {name for case in cases for name in dir(case) if name.startswith("test_")}
        kinds = [
            kind.name
            for kind in BY_NAME.values()
            if "fix" in served(kind) and kind.level != DATA  # tests.live.test_data_faults
        ]
        wanted = {"test_" + kind.replace("-", "_") for kind in kinds}
        self.assertEqual(wanted - tested, set())
