"""
Races over real sockets, as asyncfix sees them: a FIX client, and its order model, of others.

Its model judges each report by its own table; where it cannot tell a race from what is usual (it
keeps no ExecIDs, and knows no PossResend), the messages that it received do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.protocol import FIXNewOrderSingle
from asyncfix.protocol.common import FOrdStatus
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.faults.races import RACES
from tests.live.shared import fresh
from tests.live.test_asyncfix import PATIENCE, Trader

SOON = {"time": "20ms"}
Script = Callable[[Simulator, Trader], Awaitable[None]]


class Listener(Trader):
    """Gives reports to its orders like a trader, but keeps what their model does not take."""

    def __init__(self, name: str, host: str, port: int) -> None:
        super().__init__(name, host, port)
        self.refused: list[str] = []

    async def on_message(self, msg: FIXMessage) -> None:
        """Hear it in any case."""
        try:
            await super().on_message(msg)
        except Exception as error:  # noqa: BLE001 - what the model thinks of it is what we look at
            self.refused.append(f"{type(error).__name__}: {error}")
            await self.messages.put(msg)

    async def reports(self, count: int) -> list[FIXMessage]:
        """The next messages."""
        return await self.heard(count)


class RacesTests(SynchronousTestCase):
    """Each race, armed by one line."""

    def race(self, name: str, script: Script, **parameters: str) -> None:
        """Arm a race, and run a script with a client that has logged on."""
        asyncio.run(self._race(fresh(), name, script, parameters))

    async def _race(
        self, simulator: Any, name: str, script: Script, parameters: dict[str, str]
    ) -> None:
        address = simulator.endpoints["order-entry"]
        trader = Listener("BUYER", address.host, address.port)
        await trader.connect()
        await asyncio.wait_for(trader.active.wait(), PATIENCE)
        simulator.race(name, session="BUYER", parameters=parameters)
        try:
            await script(simulator, trader)
        finally:
            await trader.stop()

    async def live(self, trader: Any) -> FIXNewOrderSingle:
        """An order that is acknowledged."""
        order: FIXNewOrderSingle = await trader.buy("bid", 100, 10.00)
        (report,) = await trader.heard()
        self.assertEqual(report[FTag.ExecType], "0")
        return order

    def test_all(self) -> None:
        """There is a test of each."""
        names = {name.removeprefix("test_").replace("_", "-") for name in dir(self)}
        self.assertEqual({race.name for race in RACES} - names, set())

    def test_fill_crosses_cancel(self) -> None:
        """The model is canceled with what was filled before that."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            await trader.send_msg(order.cancel_req())
            fill, _ = await trader.reports(2)
            self.assertEqual((fill[FTag.ExecType], fill[FTag.CumQty]), ("F", "50"))
            self.assertEqual((order.status, order.cum_qty), (FOrdStatus.CANCELED, 50))
            self.assertEqual(order.leaves_qty, 0)

        self.race("fill-crosses-cancel", script)

    def test_fill_crosses_replace(self) -> None:
        """The model is on the new terms, less what was filled on the old ones."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            await trader.send_msg(order.replace_req(qty=120))
            await trader.reports(2)
            self.assertEqual((order.status, order.qty), (FOrdStatus.PARTIALLY_FILLED, 120))
            self.assertEqual((order.cum_qty, order.leaves_qty), (50, 70))

        self.race("fill-crosses-replace", script)

    def test_fill_after_cancel_ack(self) -> None:
        """An order that has ended is filled: the model has it canceled, and a fill that came."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            await trader.send_msg(order.cancel_req())
            await trader.reports(1)
            self.assertEqual(order.status, FOrdStatus.CANCELED)
            (fill,) = await trader.reports(1)
            self.assertEqual((fill[FTag.ExecType], fill[FTag.OrdStatus]), ("F", "2"))
            self.assertEqual(fill[FTag.CumQty], "100")

        self.race("fill-after-cancel-ack", script, **SOON)

    def test_duplicate_exec_id(self) -> None:
        """It hears one ExecID twice, under two numbers; CumQty keeps its model right."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            first, second = await trader.reports(2)
            self.assertEqual(first[FTag.ExecID], second[FTag.ExecID])
            self.assertNotEqual(first[FTag.MsgSeqNum], second[FTag.MsgSeqNum])
            self.assertEqual((order.cum_qty, order.leaves_qty), (50, 50))

        self.race("duplicate-exec-id", script)

    def test_reports_out_of_order(self) -> None:
        """The fill that came first is told last."""

        async def script(simulator: Simulator, trader: Any) -> None:
            await self.live(trader)
            second, first = await trader.reports(2)
            self.assertEqual((second[FTag.CumQty], first[FTag.CumQty]), ("100", "50"))
            self.assertLess(int(first[FTag.ExecID]), int(second[FTag.ExecID]))
            self.assertEqual(simulator.get_order("XSIM", "1").cum_quantity, "100")

        self.race("reports-out-of-order", script)

    def test_late_ack(self) -> None:
        """It is filled before it is new."""

        async def script(simulator: Simulator, trader: Any) -> None:
            await trader.buy("bid", 100, 10.00)
            fill, ack = await trader.reports(2)
            self.assertEqual((fill[FTag.ExecType], ack[FTag.ExecType]), ("F", "0"))
            self.assertEqual((fill[FTag.CumQty], ack[FTag.CumQty]), ("50", "0"))

        self.race("late-ack", script, **SOON)

    def test_pending_then_outcome(self) -> None:
        """The model is pending, then new; pending, then replaced; pending, then canceled."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await trader.buy("bid", 100, 10.00)
            kinds = [each[FTag.ExecType] for each in await trader.reports(2)]
            self.assertEqual(order.status, FOrdStatus.NEW)
            await trader.send_msg(order.replace_req(qty=120))
            kinds += [each[FTag.ExecType] for each in await trader.reports(2)]
            self.assertEqual((order.status, order.qty), (FOrdStatus.NEW, 120))
            await trader.send_msg(order.cancel_req())
            kinds += [each[FTag.ExecType] for each in await trader.reports(2)]
            self.assertEqual(kinds, ["A", "0", "E", "5", "6", "4"])
            self.assertEqual(order.status, FOrdStatus.CANCELED)

        self.race("pending-then-outcome", script, **SOON)

    def test_cancel_reject_after_fill(self) -> None:
        """The model is filled, and its cancel refused."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            await trader.send_msg(order.cancel_req())
            fill, reject = await trader.reports(2)
            self.assertEqual(fill[FTag.OrdStatus], "2")
            self.assertEqual(reject.msg_type, FMsg.ORDERCANCELREJECT)
            self.assertEqual(reject[FTag.CxlRejReason], "0")
            self.assertEqual((order.status, order.cum_qty), (FOrdStatus.FILLED, 100))

        self.race("cancel-reject-after-fill", script, **SOON)

    def test_chain_of_replaces(self) -> None:
        """
        The model has the terms of those that were done, not of the one refused, which is the last
        that it sends: after a refusal it makes no other.
        """

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            seen = []
            for quantity in (120, 140, 160):
                await trader.send_msg(order.replace_req(qty=quantity))
                (answer,) = await trader.reports(1)
                seen.append((str(answer.msg_type), order.qty))
            self.assertEqual(seen, [("8", 120), ("8", 140), ("9", 140)])

        self.race("chain-of-replaces", script, before="2")

    def test_bust_and_correct_after_fill(self) -> None:
        """A correction and a bust name the report before them."""

        async def script(simulator: Simulator, trader: Any) -> None:
            await self.live(trader)
            fill, correction, bust = await trader.reports(3)
            self.assertEqual((correction[FTag.ExecType], bust[FTag.ExecType]), ("G", "H"))
            self.assertEqual(correction[FTag.ExecRefID], fill[FTag.ExecID])
            self.assertEqual(bust[FTag.ExecRefID], correction[FTag.ExecID])
            cums = [each[FTag.CumQty] for each in (fill, correction, bust)]
            self.assertEqual(cums, ["50", "1", "0"])

        self.race("bust-and-correct-after-fill", script, **SOON)

    def test_unsolicited_cancel(self) -> None:
        """The model ends without a cancel of its own."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            await trader.reports(1)
            self.assertEqual((order.status, order.leaves_qty), (FOrdStatus.CANCELED, 0))

        self.race("unsolicited-cancel", script, **SOON)

    def test_restated_quantity(self) -> None:
        """It has another quantity."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await self.live(trader)
            (restated,) = await trader.reports(1)
            self.assertEqual((restated[FTag.ExecType], restated[FTag.OrderQty]), ("D", "50"))
            self.assertEqual(order.leaves_qty, 50)

        self.race("restated-quantity", script, **SOON)

    def test_poss_resend(self) -> None:
        """The same report again, under another number, with the flag."""

        async def script(simulator: Simulator, trader: Any) -> None:
            order = await trader.buy("bid", 100, 10.00)
            first, again = await trader.reports(2)
            self.assertEqual(again[FTag.PossResend], "Y")
            self.assertEqual(again[FTag.ExecID], first[FTag.ExecID])
            self.assertNotEqual(again[FTag.MsgSeqNum], first[FTag.MsgSeqNum])
            self.assertEqual(order.status, FOrdStatus.NEW)

        self.race("poss-resend", script, **SOON)

    def test_logon_while_old_socket_lives(self) -> None:
        """Another socket is closed as long as the old one is there, and logs on after that."""

        async def script(simulator: Any, trader: Any) -> None:
            await trader.buy("bid", 100, 10.00)
            address = simulator.endpoints["order-entry"]
            other = Listener("BUYER", address.host, address.port)
            await other.connect()
            await asyncio.wait_for(other.gone.wait(), PATIENCE)
            self.assertFalse(other.active.is_set())
            self.assertEqual(simulator.get_session("BUYER").state, "active")
            self.assertTrue(trader.messages.empty())

        self.race("logon-while-old-socket-lives", script)
