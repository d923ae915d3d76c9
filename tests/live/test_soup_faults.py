"""
Faults of SoupBinTCP sessions meet engines that others wrote, over real sockets.

nasdaq-protocols holds the sessions, itch's parser and ouch-connect read what is in them. What is
looked at is what these read, and what they did then: count wrong, hang up, wait, be deceived.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from itch.parser import MessageParser
from links_connect.callbacks import MemoryStoreCallback
from nasdaq_protocols import soup as theirs  # type: ignore[import-untyped, unused-ignore]
from ouch_connect import CltManual
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from exsim.wire.layouts import ouch50
from tests.live.test_ouch import INI, PATIENCE, order, read

CANCEL = ouch50.CANCEL.build({"UserRefNum": "1", "Quantity": "0"})
REPLACE = ouch50.REPLACE.build(
    {
        "OrigUserRefNum": "1",
        "UserRefNum": "2",
        "Quantity": "5",
        "Price": "10",
        "TimeInForce": "0",
        "Display": "Y",
        "InterMarketSweepEligibility": "N",
    }
)


@cache
def simulator() -> SpawnedSimulator:
    """One for all tests here: each has a session and faults of its own."""
    spawned = Simulator.spawn(INI, ["venue:XSIM.activity=none"])
    atexit.register(spawned.stop)
    return spawned


class Held:
    """A session that nasdaq-protocols holds, and what it has read."""

    def __init__(self, name: str, endpoint: str) -> None:
        self.name = name
        self.endpoint = endpoint
        self.session: Any = None
        self.got: list[bytes] = []
        self.error = ""  # what its reader broke down for

    async def log_in(self, sequence: int = 1) -> None:
        """Log in at a sequence number."""
        address = simulator().endpoints[self.endpoint]

        async def came(message: Any) -> None:
            if isinstance(message, theirs.SequencedData):
                self.got.append(message.data)

        self.session = await theirs.connect_async(
            (address.host, address.port),
            self.name,
            "any",
            "",
            sequence=sequence,
            on_msg_coro=came,
            client_heartbeat_interval=1,
            server_heartbeat_interval=2,
        )

    async def until(self, count: int, within: float = PATIENCE) -> None:
        """Wait until it has read so many messages."""
        async with asyncio.timeout(within):
            while len(self.got) < count:
                await asyncio.sleep(0.005)

    async def all_there_was(self) -> None:
        """Wait until it has read all that the stream has."""
        async with asyncio.timeout(PATIENCE):
            while len(self.got) < simulator().get_session(self.name).next_out - 1:
                await asyncio.sleep(0.01)

    async def gone(self) -> None:
        """Wait until it has hung up, of its own accord or since we did."""
        async with asyncio.timeout(PATIENCE):
            while not self.session.is_closed():
                await asyncio.sleep(0.005)

    async def quiet(self, seconds: float = 0.2) -> None:
        """Let a little time pass in which nothing is to come."""
        count = len(self.got)
        await asyncio.sleep(seconds)
        assert len(self.got) == count, self.names()

    def enter(self, number: int, **fields: str) -> None:
        """Enter an order."""
        self.session.send_unseq_data(order(number, **fields))

    def names(self) -> list[str]:
        """What it has read of OUCH, but for the first message."""
        return [read(raw)[0] for raw in self.got[1:]]

    def numbers(self) -> list[str]:
        """The UserRefNum of each."""
        return [read(raw)[1]["UserRefNum"] for raw in self.got[1:]]

    async def stop(self) -> None:
        """Hang up."""
        if self.session is not None and not self.session.is_closed():
            try:
                await self.session.close()
            except theirs.InvalidSoupMessage as error:
                self.error = str(error)


Script = Callable[[Held], Awaitable[None]]


class SoupFaultCase(SynchronousTestCase):
    """A simulator, and a client of it."""

    endpoint = "ouch"

    def play(self, script: Script, log_in: bool = True) -> Held:
        """Run a script, after which its client is looked at."""
        return asyncio.run(self._play(script, log_in))

    async def _play(self, script: Script, log_in: bool) -> Held:
        held = Held(f"T{sum(self.id().encode()) % 99_999}", self.endpoint)
        try:
            if log_in:
                await held.log_in()
                await held.until(1)
            await asyncio.wait_for(script(held), 3 * PATIENCE)
        finally:
            simulator().clear_faults()
            await held.stop()
        return held

    def fault(self, kind: str, held: Held, **more: Any) -> str:
        """Set a fault of the endpoint's packets for this client."""
        match = f"session={held.name} {more.pop('match', '')}"
        made = simulator().create_fault(kind=kind, endpoint=self.endpoint, match=match, **more)
        return made.name


class PacketTests(SoupFaultCase):
    """Packets of OUCH."""

    def test_drop(self) -> None:
        """It does not see that a message is gone, and gets one twice at its next login."""

        async def script(held: Held) -> None:
            self.fault("drop", held, match="type=A", count=1)
            held.enter(1)
            held.enter(2)
            await held.until(2)
            await held.stop()
            await held.log_in(len(held.got) + 1)
            await held.until(3)

        self.assertEqual(self.play(script).numbers(), ["2", "2"])

    def test_duplicate_and_reorder(self) -> None:
        """It takes them for other messages."""

        async def script(held: Held) -> None:
            self.fault("duplicate", held, match="type=A UserRefNum=1")
            self.fault("reorder", held, match="type=A UserRefNum=2")
            for number in (1, 2, 3):
                held.enter(number)
            await held.until(5)

        self.assertEqual(self.play(script).numbers(), ["1", "1", "3", "2"])

    def test_change_and_insert(self) -> None:
        """It is told other terms; a Debug packet is none of its messages."""

        async def script(held: Held) -> None:
            self.fault("change", held, match="type=A", parameters={"fields": "Price=1.25"})
            self.fault("insert", held, match="type=A", parameters={"raw": r"\x00\x04+hey"})
            held.enter(1)
            await held.until(2)

        self.assertEqual(read(self.play(script).got[-1])[1]["Price"], "1.25")

    def test_ignore_and_delay(self) -> None:
        """One order is answered never, another late."""

        async def script(held: Held) -> None:
            self.fault("ignore", held, match="name=EnterOrder UserRefNum=1")
            slow = {"parameters": {"time": "300ms"}}
            self.fault("delay", held, match="type=A UserRefNum=2", **slow)
            for number in (1, 2, 3):
                held.enter(number)
            await held.until(3)

        self.assertEqual(self.play(script).numbers(), ["3", "2"])

    def test_stream(self) -> None:
        """Late, slow, in slices, two at once: it reads all of it."""
        took = 0.0

        async def script(held: Held) -> None:
            nonlocal took
            begun = time.monotonic()
            self.fault("latency", held, match="UserRefNum=1", parameters={"time": "100ms"})
            self.fault("jitter", held, match="UserRefNum=1", parameters={"time": "50ms"})
            self.fault("bandwidth", held, match="UserRefNum=2", parameters={"rate": 500})
            self.fault("slicer", held, match="type=A", parameters={"size": 9})
            for number in (1, 2):
                held.enter(number)
            await held.until(3)
            took = time.monotonic() - begun
            self.fault("join", held, match="type=A UserRefNum=3")
            held.enter(3)
            await held.quiet()
            held.enter(4)
            await held.until(5)

        self.assertEqual(self.play(script).numbers(), ["1", "2", "3", "4"])
        self.assertGreater(took, 67 / 500)

    def ends(self, kind: str, sent: int, **more: Any) -> Held:
        """A fault at which the connection ends; so many packets were read before."""

        async def script(held: Held) -> None:
            self.fault(kind, held, match="type=A", count=1, **more)
            held.enter(1)
            await held.gone()

        held = self.play(script)
        self.assertEqual(len(held.got), 1 + sent)
        return held

    def test_cut(self) -> None:
        """It has read half a packet: no message."""
        self.ends("cut", 0)

    def test_reset(self) -> None:
        """Its socket is reset after the packet."""
        self.ends("reset", 0, parameters={"at": 0})

    def test_half_close(self) -> None:
        """It reads the end of the stream, and hangs up."""
        self.ends("half-close", 1)

    def test_end_of_session(self) -> None:
        """It is told that the session is over, and hangs up."""
        self.ends("logout", 1)

    def test_black_hole(self) -> None:
        """It hears nothing, not even a heartbeat, and hangs up."""
        self.ends("black-hole", 0)

    def test_unknown_type(self) -> None:
        """It breaks down over a packet that it does not know."""

        async def script(held: Held) -> None:
            self.fault("unknown-type", held, match="type=A UserRefNum=1", parameters={"type": "!"})
            held.enter(1)
            await held.quiet()

        self.assertIn("unknown indicator='!'", self.play(script).error)

    def misread(self, kind: str, **parameters: Any) -> Held:
        """It makes of the bytes what they are not, or nothing."""

        async def script(held: Held) -> None:
            self.fault(kind, held, match="type=A", count=1, parameters=parameters)
            held.enter(1)
            await asyncio.sleep(0.2)

        return self.play(script)

    def test_wrong_body_length(self) -> None:
        """It waits for bytes that belong to the next packet."""
        self.assertEqual(len(self.misread("wrong-body-length", by=30_000).got), 1)

    def test_garbage(self) -> None:
        """It takes the first bytes for the length of a packet."""
        self.assertEqual(len(self.misread("garbage", raw=r"\x7f\x7f").got), 1)

    def test_oversize_packet(self) -> None:
        """It reads a message that is far too long."""

        async def script(held: Held) -> None:
            self.fault("oversize-packet", held, match="type=A", parameters={"size": 5_000})
            held.enter(1)
            await held.until(2)

        self.assertEqual(len(self.play(script).got[-1]), 64 + 5_000)


class LoginTests(SoupFaultCase):
    """The session."""

    def test_stop_heartbeats(self) -> None:
        """It hangs up when it has heard nothing for two seconds."""

        async def script(held: Held) -> None:
            self.fault("stop-heartbeats", held)
            await held.gone()

        self.play(script)

    def test_refuse_logon(self) -> None:
        """It is refused."""

        async def script(held: Held) -> None:
            self.fault("refuse-logon", held, parameters={"code": "S"})
            with contextlib.suppress(Exception):
                await held.log_in()
                self.fail("it is logged in")

        self.play(script, log_in=False)

    def test_wrong_sequence(self) -> None:
        """ouch-connect is told a number that is not that of what comes."""
        made = simulator().create_fault(
            kind="wrong-sequence", endpoint="ouch", parameters={"by": 7}
        )
        self.addCleanup(simulator().delete_fault, made.name)
        address, store = simulator().endpoints["ouch"], MemoryStoreCallback()
        with CltManual(f"{address.host}:{address.port}", store, name="w") as client:
            login = {"username": "WRONG", "password": "p", "session_id": "EXSIM"}
            client.send({"LoginRequest": {**login, "sequence_number": "1"}})
            told = store.find_recv(name="w", filter={"LoginAccepted": {}}, find_timeout=PATIENCE)
            self.assertEqual(told.msg["LoginAccepted"]["sequence_number"], "8")


class OrderTests(SoupFaultCase):
    """The outcome of orders."""

    def told(self, kind: str, count: int, **parameters: str) -> list[str]:
        """The messages that an order makes for under a fault, so many."""

        async def script(held: Held) -> None:
            self.fault(kind, held, parameters=parameters)
            held.enter(1)
            await held.until(1 + count)

        return self.play(script).names()

    def test_outcomes(self) -> None:
        """Late, in the wrong order, twice, too much, canceled, broken, corrected, reduced."""
        accepted, executed, soon = "OrderAccepted", "OrderExecuted", {"time": "50ms"}
        for kind, parameters, wanted in (
            ("late-ack", soon, [accepted]),
            ("fill-before-ack", {}, [executed, accepted]),
            ("duplicate-exec-id", {}, [accepted, executed, executed]),
            ("overfill", {}, [accepted, executed, executed]),
            ("unsolicited-cancel", soon, [accepted, "OrderCanceled"]),
            ("bust", soon, [accepted, executed, "BrokenTrade"]),
            ("correct", {"price": "1", **soon}, [accepted, executed, "BrokenTrade", executed]),
            ("restate", {"quantity": "1", **soon}, [accepted, "OrderCanceled"]),
        ):
            self.kind = kind
            self.assertEqual(self.told(kind, len(wanted), **parameters), wanted, kind)

    def id(self) -> str:
        """Each outcome has a session of its own."""
        return super().id() + getattr(self, "kind", "")

    def test_no_ack(self) -> None:
        """It waits in vain."""

        async def script(held: Held) -> None:
            self.fault("no-ack", held)
            held.enter(1)
            await held.quiet()

        self.play(script)

    def test_changes(self) -> None:
        """A cancel that a fill crosses, a replace that is refused."""

        async def script(held: Held) -> None:
            held.enter(1)
            await held.until(2)
            self.fault("reject-replace", held)
            self.fault("fill-crosses-cancel", held)
            held.session.send_unseq_data(REPLACE)
            held.session.send_unseq_data(CANCEL)
            await held.until(5)

        names = self.play(script).names()
        self.assertEqual(names, ["OrderAccepted", "Rejected", "OrderExecuted", "CancelReject"])


class ItchTests(SoupFaultCase):
    """Packets of ITCH, read by itch's parser."""

    endpoint = "itch"

    def test_drop(self) -> None:
        """It misses an order, and reads of its end all the same."""

        async def script(held: Held) -> None:
            venue = "XSIM"
            await held.all_there_was()
            before = len(held.got)
            made = [self.order(venue) for _ in range(2)]
            await held.until(before + 2)
            self.fault("drop", held, match="type=A", count=1)
            made.append(self.order(venue))
            for each in made:
                simulator().cancel_order(venue, each)
            await held.until(before + 2 + 3)

        parser = MessageParser()
        types = [parser.get_message_type(raw).message_type for raw in self.play(script).got]
        self.assertEqual(types[-5:], [b"A", b"A", b"D", b"D", b"D"])

    def order(self, venue: str) -> str:
        """An order over REST."""
        symbol = simulator().list_instruments(venue).items[0].symbol
        made = simulator().enter_order(venue, symbol=symbol, side="BUY", quantity="1", price="1")
        assert made.order is not None
        return made.order.order_id
