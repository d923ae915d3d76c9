"""
Faults of market data and drop copies meet engines that others wrote, over real sockets: asyncfix
(FIX 4.4), and nasdaq-protocols with itch's parser (ITCH, GLIMPSE).

asyncfix makes no book of what it reads; it checks the numbers of the session, and asks for what is
missing there: the tests see that it met what a fault made, and that the session took no harm.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from asyncfix import FIXMessage, FMsg
from itch.parser import MessageParser
from twisted.trial.unittest import SynchronousTestCase

from exsim.faults.book import BY_NAME
from exsim.faults.kinds import DATA
from tests.live.test_asyncfix import PATIENCE
from tests.live.test_faults import Watched
from tests.live.test_soup_faults import Held, simulator

VENUE = "XSIM"


def symbol() -> str:
    """An instrument."""
    return simulator().list_instruments(VENUE).items[0].symbol


def order(side: Any = "BUY", price: str = "1") -> str:
    """Enter an order over REST; its OrderID."""
    made = simulator().enter_order(VENUE, symbol=symbol(), side=side, quantity="1", price=price)
    assert made.order is not None
    return made.order.order_id


class Looker(Watched):
    """An asyncfix client that looks on: ``came`` are types and numbers of what it read."""

    def raw(self) -> list[dict[str, str]]:
        """All that it has read, as the last field of each tag."""
        found = []
        for part in b"".join(self.reads.chunks).split(b"8=FIX.4.4\x01")[1:]:
            pairs = [each.partition(b"=") for each in part.split(b"\x01") if each]
            found.append({tag.decode(): value.decode() for tag, _, value in pairs})
        return found

    def kinds(self) -> list[str]:
        """The types of all, but for heartbeats and the logon."""
        return [each["35"] for each in self.raw() if each["35"] not in "0A"]

    async def subscribe(self) -> None:
        """Ask for the book."""
        wanted = {262: "q", 263: "1", 264: "0", 265: "1"}
        message = FIXMessage(FMsg.MARKETDATAREQUEST, wanted)
        message.set_group(267, [{269: "0"}, {269: "1"}])
        message.set_group(146, [{55: symbol()}])
        await self.send_msg(message)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)


Script = Callable[[Looker], Awaitable[None]]


class FixCase(SynchronousTestCase):
    """A simulator, and somebody who looks on."""

    endpoint = "market-data"

    def play(self, script: Script) -> Looker:
        """Run a script, after which its client is looked at."""
        return asyncio.run(self._play(script))

    async def _play(self, script: Script) -> Looker:
        address = simulator().endpoints[self.endpoint]
        assert address.port is not None
        client = Looker(self._testMethodName.upper().replace("_", "-"), address.host, address.port)
        try:
            await client.connect()
            await asyncio.wait_for(client.active.wait(), PATIENCE)
            await script(client)
            simulator().test_session(client.name)  # the number after all that
            await client.until(lambda: client.raw()[-1]["35"] == "1")
        finally:
            simulator().clear_faults()
            await client.stop_watching()
        self.assertEqual(client.asked, [])
        self.assertEqual(client.goodbye, "")
        return client

    def fault(self, kind: str, **more: Any) -> Callable[[], int]:
        """Set a fault of the endpoint; what asks how often it fired."""
        made = simulator().create_fault(kind=kind, endpoint=self.endpoint, **more)
        return lambda: simulator().get_fault(made.name).hits


class MarketDataTests(FixCase):
    """Updates of a book."""

    async def looks(self, client: Looker) -> None:
        """Subscribe, and wait for the snapshot."""
        await client.subscribe()
        await client.until(lambda: "W" in client.kinds())

    def test_data_gap(self) -> None:
        """It sees an order end of which it was never told."""

        async def script(client: Looker) -> None:
            await self.looks(client)
            self.fault("data-gap", count=1)
            simulator().cancel_order(VENUE, order())
            await client.until(lambda: "X" in client.kinds())

        told = [each for each in self.play(script).raw() if each["35"] == "X"]
        self.assertEqual([each["279"] for each in told], ["2"])

    def test_crossed_book(self) -> None:
        """It is told a bid above the offer."""

        async def script(client: Looker) -> None:
            await self.looks(client)
            offer = order("SELL", "500")
            self.fault("crossed-book", count=1, match="type=X")
            bid = order("BUY", "1")
            await client.until(lambda: client.kinds().count("X") == 2)
            for each in (offer, bid):
                simulator().cancel_order(VENUE, each)

        told = [each["270"] for each in self.play(script).raw() if each["35"] == "X"]
        self.assertGreater(float(told[1]), float(told[0]))

    def test_stale_and_conflate(self) -> None:
        """Heartbeats overtake an update; of what came and went in an interval it hears nothing."""
        took = 0.0

        async def script(client: Looker) -> None:
            nonlocal took
            await self.looks(client)
            self.fault("stale", count=1, parameters={"time": "300ms"})
            begun = time.monotonic()
            stays = order()
            simulator().test_session(client.name)
            await client.until(lambda: "1" in client.kinds())
            self.assertNotIn("X", client.kinds())
            await client.until(lambda: "X" in client.kinds())
            took = time.monotonic() - begun
            self.fault("conflate", parameters={"time": "1s"})
            simulator().cancel_order(VENUE, order(price="2"))
            simulator().cancel_order(VENUE, stays)
            await client.until(lambda: client.kinds().count("X") == 2)

        told = [each for each in self.play(script).raw() if each["35"] == "X"]
        self.assertGreater(took, 0.29)
        self.assertEqual([each["268"] for each in told], ["1", "1"])

    def test_late_snapshot_and_halt(self) -> None:
        """An update comes before the snapshot, and a halt that is none."""

        async def script(client: Looker) -> None:
            fired = self.fault("late-snapshot", count=1, parameters={"time": "300ms"})
            self.fault("halt", count=1, match="type=X")
            await client.subscribe()
            await client.until(fired)
            simulator().cancel_order(VENUE, order())
            await client.until(lambda: "W" in client.kinds())

        kinds = self.play(script).kinds()
        self.assertEqual(kinds[:4], ["X", "f", "X", "W"])


class CopyTests(FixCase):
    """Drop copies."""

    endpoint = "drop-copy"

    def test_copy_lag_and_missing_trade(self) -> None:
        """It is told late that an order is there, and of its fill never."""

        async def script(client: Looker) -> None:
            fired = self.fault("copy-lag", count=1, parameters={"time": "300ms"})
            made = order("BUY", "300")
            await client.until(fired)
            self.assertEqual(client.kinds(), [])
            await client.until(lambda: "8" in client.kinds())
            self.fault("missing-trade")
            simulator().fill_order(VENUE, made, quantity="1", price="300")
            other = order()
            simulator().cancel_order(VENUE, other)
            await client.until(lambda: client.kinds().count("8") == 3)

        told = [each["150"] for each in self.play(script).raw() if each["35"] == "8"]
        self.assertEqual(told, ["0", "0", "4"])


class CompleteTests(SynchronousTestCase):
    """The tests are of all that there is."""

    def test_each_has_a_test(self) -> None:
        """Each kind of data is in the name of one."""
        cases = (MarketDataTests, CopyTests)
        names = " ".join(name for case in cases for name in dir(case) if name.startswith("test_"))
        for kind in BY_NAME.values():
            if kind.level == DATA:
                self.assertIn(kind.name.replace("-", "_"), names)


class ItchTests(SynchronousTestCase):
    """The same over ITCH and GLIMPSE."""

    def play(self, script: Callable[[Held], Awaitable[None]]) -> list[Any]:
        """Run a script; the messages that its client has read since it was told all there was."""
        return asyncio.run(self._play(script))

    async def _play(self, script: Callable[[Held], Awaitable[None]]) -> list[Any]:
        held = Held(f"D{sum(self.id().encode()) % 9_999}", "itch")
        try:
            await held.log_in()
            await held.all_there_was()
            before = len(held.got)
            await asyncio.wait_for(script(held), PATIENCE)
        finally:
            simulator().clear_faults()
            await held.stop()
        return [MessageParser().get_message_type(raw) for raw in held.got[before:]]

    def fault(self, kind: str, **more: Any) -> None:
        """Set a fault of the endpoint."""
        simulator().create_fault(kind=kind, endpoint="itch", **more)

    def test_all(self) -> None:
        """A gap, a crossed book, a halt, and what is told late."""

        async def script(held: Held) -> None:
            before = len(held.got)
            self.fault("data-gap", count=1)
            simulator().cancel_order(VENUE, order())  # D
            offer = order("SELL", "500")  # A
            self.fault("crossed-book", count=1)
            self.fault("halt", count=1)
            bid = order()  # A H
            await held.until(before + 4)
            self.fault("stale", parameters={"time": "200ms"})
            simulator().cancel_order(VENUE, bid)
            await held.quiet(0.1)
            simulator().cancel_order(VENUE, offer)
            await held.until(before + 6)

        found = self.play(script)
        types = [each.message_type for each in found]
        self.assertEqual(types, [b"D", b"A", b"A", b"H", b"D", b"D"])
        offer, bid, halt = found[1:4]
        self.assertGreater(bid.decode_price("price"), offer.decode_price("price"))
        self.assertEqual((halt.trading_state, halt.stock.strip()), (b"H", symbol().encode()))
