"""
An independent FIX client, asyncfix (FIX 4.4), trades on a spawned simulator.

Its own order model, written by others, judges each report: a report that its state table does not
allow leaves the order where it was, and the test sees that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.connection import ConnectionState
from asyncfix.connection_client import AsyncFIXClient
from asyncfix.journaler import Journaler
from asyncfix.protocol import FIXNewOrderSingle, FIXProtocol44
from asyncfix.protocol.common import FOrdSide, FOrdStatus
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.live.shared import fresh

PATIENCE = 10.0
"""Seconds to wait for anything."""


def read_at_once(connection: Any) -> None:
    """
    Have what reads begin again, for one that has just connected: asyncfix begins it before that,
    and it looks once a second whether there is something to read.
    """
    if connection._aio_task_socket_read is not asyncio.current_task():
        connection._aio_task_socket_read.cancel()
        connection._aio_task_socket_read = asyncio.create_task(connection.socket_read_task())


class Trader(AsyncFIXClient):  # type: ignore[misc]  # asyncfix has no types
    """An asyncfix client that feeds every report to the order it is about."""

    def __init__(self, name: str, host: str, port: int) -> None:
        log = logging.getLogger("asyncfix")
        log.setLevel(logging.CRITICAL)
        super().__init__(FIXProtocol44(), name, "XSIM", Journaler(), host, port, 30, log)
        self.orders: dict[str, FIXNewOrderSingle] = {}
        self.messages: asyncio.Queue[FIXMessage] = asyncio.Queue()
        self.active = asyncio.Event()
        self.gone = asyncio.Event()

    async def on_connect(self) -> None:
        """Log on."""
        read_at_once(self)
        logon = FIXMessage(FMsg.LOGON, {FTag.EncryptMethod: 0, FTag.HeartBtInt: 30})
        await self.send_msg(logon)

    async def on_logon(self, is_healthy: bool) -> None:
        """The simulator answered the logon."""
        self.active.set()

    async def on_disconnect(self) -> None:
        """The connection is gone."""
        self.gone.set()

    async def on_state_change(self, connection_state: ConnectionState) -> None:
        """Nothing to do."""

    async def on_logout(self, msg: FIXMessage) -> None:
        """Nothing to do."""

    async def should_replay(self, historical_replay_msg: FIXMessage) -> bool:
        """Everything may be sent again."""
        return True

    async def on_message(self, msg: FIXMessage) -> None:
        """Give a report to its order's own state machine."""
        if msg.msg_type == FMsg.EXECUTIONREPORT:
            self.order(msg[FTag.ClOrdID]).process_execution_report(msg)
        elif msg.msg_type == FMsg.ORDERCANCELREJECT:
            self.order(msg[FTag.ClOrdID]).process_cancel_rej_report(msg)
        await self.messages.put(msg)

    def order(self, cl_ord_id: str) -> FIXNewOrderSingle:
        """The order of a ClOrdID."""
        return self.orders[FIXNewOrderSingle.clord_root(cl_ord_id)]

    async def buy(self, name: str, qty: int, price: float) -> FIXNewOrderSingle:
        """Enter a buy of AAA."""
        return await self.enter(name, FOrdSide.BUY, qty, price)

    async def sell(self, name: str, qty: int, price: float) -> FIXNewOrderSingle:
        """Enter a sell of AAA."""
        return await self.enter(name, FOrdSide.SELL, qty, price)

    async def enter(self, name: str, side: FOrdSide, qty: int, price: float) -> FIXNewOrderSingle:
        """Enter an order of AAA."""
        order = self.orders[name] = FIXNewOrderSingle(name, "AAA", side, price, qty)
        await self.send_msg(order.new_req())
        return order

    async def heard(self, count: int = 1) -> list[FIXMessage]:
        """The next messages."""
        return [await asyncio.wait_for(self.messages.get(), PATIENCE) for _ in range(count)]

    async def stop(self) -> None:
        """Log out, and end the tasks that asyncfix started."""
        await self.disconnect(ConnectionState.DISCONNECTED_WCONN_TODAY, logout_message="")
        for task in (self._aio_task_socket_read, self._aio_task_heartbeat):
            task.cancel()


class AsyncfixTests(SynchronousTestCase):
    """Orders through their lives, as somebody else's client sees them."""

    def trade(self, script: Callable[[Simulator, Trader, Trader], Awaitable[None]]) -> None:
        """Run a script with two traders logged on to a simulator that has just begun."""
        asyncio.run(self.with_traders(fresh(), script))

    async def with_traders(
        self, simulator: Any, script: Callable[[Simulator, Trader, Trader], Awaitable[None]]
    ) -> None:
        """Log two traders on, run the script, log them out."""
        address = simulator.endpoints["order-entry"]
        traders = [Trader(name, address.host, address.port) for name in ("BUYER", "SELLER")]
        for trader in traders:
            await trader.connect()
            await asyncio.wait_for(trader.active.wait(), PATIENCE)
        await script(simulator, *traders)
        for trader in traders:
            await trader.stop()

    def test_trade(self) -> None:
        """Two orders meet: the resting one in parts, and both models agree with the book."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            bid = await buyer.buy("bid", 100, 10.02)
            await buyer.heard()
            self.assertEqual((bid.status, bid.leaves_qty), (FOrdStatus.NEW, 100))
            ask = await seller.sell("ask", 40, 10.01)
            await seller.heard(2)
            await buyer.heard()
            self.assertEqual((ask.status, ask.cum_qty), (FOrdStatus.FILLED, 40))
            self.assertEqual(ask.avg_px, 10.02)
            self.assertEqual(bid.status, FOrdStatus.PARTIALLY_FILLED)
            self.assertEqual((bid.cum_qty, bid.leaves_qty), (40, 60))
            (level,) = simulator.get_book("XSIM", "AAA").bids
            self.assertEqual((level.price, level.quantity), ("10.02", "60"))
            self.assertEqual(len(simulator.list_trades("XSIM").items), 1)

        self.trade(script)

    def test_replace_and_cancel(self) -> None:
        """A chain: replaced before and after a fill, then canceled."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            bid = await buyer.buy("bid", 100, 10.00)
            await buyer.heard()
            await buyer.send_msg(bid.replace_req(price=10.05, qty=120))
            await buyer.heard()
            self.assertEqual((bid.status, bid.price, bid.qty), (FOrdStatus.NEW, 10.05, 120))
            await seller.sell("ask", 20, 10.05)
            await buyer.heard()
            await buyer.send_msg(bid.replace_req(price=10.04))
            await buyer.heard()
            self.assertEqual(bid.status, FOrdStatus.PARTIALLY_FILLED)
            self.assertEqual((bid.cum_qty, bid.leaves_qty), (20, 100))
            await buyer.send_msg(bid.cancel_req())
            await buyer.heard()
            self.assertEqual((bid.status, bid.leaves_qty), (FOrdStatus.CANCELED, 0))
            self.assertTrue(bid.is_finished())
            self.assertEqual(simulator.get_book("XSIM", "AAA").bids, [])

        self.trade(script)

    def test_refusals(self) -> None:
        """An order for what is not listed, and a cancel that comes too late."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            wrong = FIXNewOrderSingle("wrong", "ZZZ", FOrdSide.BUY, 10, 1)
            buyer.orders["wrong"] = wrong
            await buyer.send_msg(wrong.new_req())
            (report,) = await buyer.heard()
            self.assertEqual(wrong.status, FOrdStatus.REJECTED)
            self.assertEqual(report[FTag.OrdRejReason], "1")
            bid = await buyer.buy("bid", 10, 10.00)
            await buyer.heard()
            cancel = bid.cancel_req()
            await seller.sell("ask", 10, 10.00)
            await buyer.heard()
            await buyer.send_msg(cancel)
            (reject,) = await buyer.heard()
            self.assertEqual(reject.msg_type, FMsg.ORDERCANCELREJECT)
            self.assertEqual(reject[FTag.CxlRejReason], "0")
            self.assertEqual(bid.status, FOrdStatus.FILLED)

        self.trade(script)

    def test_disconnected(self) -> None:
        """What happens to an order while its owner is away is heard after the next logon."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            bid = await buyer.buy("bid", 10, 10.00)
            await buyer.heard()
            simulator.disconnect_session("BUYER")
            await asyncio.wait_for(buyer.gone.wait(), PATIENCE)
            await seller.sell("ask", 10, 10.00)
            await seller.heard(2)
            self.assertEqual(bid.status, FOrdStatus.NEW)
            buyer.active.clear()
            await buyer.connect()
            await asyncio.wait_for(buyer.active.wait(), PATIENCE)
            await buyer.heard()
            self.assertEqual((bid.status, bid.cum_qty), (FOrdStatus.FILLED, 10))

        self.trade(script)
