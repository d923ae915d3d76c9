"""
Independent clients on an OUCH endpoint of a spawned simulator: nasdaq-protocols holds SoupBinTCP
sessions, ouch-connect reads messages of OUCH 5.0.

What nasdaq-protocols sends in its packets is written by the tests, since it brings no layouts.
ouch-connect 5.0.1 departs from the specification where it writes Enter Order, and where it reads
Order Accepted (a Symbol of 9 bytes): so orders come by a client of our own, and it logs in at the
sequence number of what it reads as the specification has it. It pads each field of its login on
the left. For OUCH 4.2, and what OUCH 5.0 got after April 2023, no other client is known: tests from
the tables hold those (tests/test_layout.py).
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from links_connect.callbacks import MemoryStoreCallback
from nasdaq_protocols import soup as theirs  # type: ignore[import-untyped, unused-ignore]
from ouch_connect import CltManual
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.launch import Address
from exsim.sessions.soup_client import SoupClient
from exsim.wire import soup
from exsim.wire.layouts import ouch50
from tests.ouch_client import ENTER

INI = Path(__file__).resolve().parent.parent.parent / "etc" / "exsim.ini"
QUIET = "venue:XSIM.activity=none"
PATIENCE = 10.0
"""Seconds to wait for anything."""


def order(number: int, **fields: str) -> bytes:
    """An Enter Order."""
    return ouch50.ENTER.build({"UserRefNum": str(number), **ENTER["5.0"], **fields})


def read(raw: bytes) -> tuple[str, dict[str, str]]:
    """A message that was sent to us."""
    layout = ouch50.OUCH50.outbound[raw[:1]]
    return layout.name, {field.name: field.text(value) for field, value in layout.read(raw)}


def trade(address: Address, user: str, *messages: bytes) -> list[tuple[int, str]]:
    """Log in with a client of our own, send messages, log out; numbers and names of the answers."""
    client = SoupClient(soup.Login(user.encode(), b"", b"", 1), time.time_ns())
    for message in messages:
        client.send(message, time.time_ns())
    client.log_out(time.time_ns())
    client.closing = False  # to read on
    found = []
    with socket.create_connection((address.host, address.port), PATIENCE) as connection:
        connection.sendall(client.data_to_send())
        while data := connection.recv(65_536):
            client.receive(data, time.time_ns())
            while (came := client.next_message()) is not None:
                found.append((came[0], read(came[1])[0]))
    return found


class SoupClientTests(SynchronousTestCase):
    """nasdaq-protocols."""

    def run_on(self, talk: Callable[[Simulator, Address], Awaitable[None]]) -> None:
        """Let it talk to a simulator of its own."""
        with Simulator.spawn(INI, [QUIET]) as simulator:
            asyncio.run(self._talk(talk, simulator, simulator.endpoints["ouch"]))

    async def _talk(
        self, talk: Callable[[Simulator, Address], Awaitable[None]], sim: Simulator, to: Address
    ) -> None:
        await asyncio.wait_for(talk(sim, to), 5 * PATIENCE)

    async def log_in(self, address: Address, sequence: int) -> tuple[Any, asyncio.Queue[bytes]]:
        """A session, and the messages that it gets."""
        messages: asyncio.Queue[bytes] = asyncio.Queue()

        async def came(message: Any) -> None:
            if isinstance(message, theirs.SequencedData):
                messages.put_nowait(message.data)

        login = theirs.LoginRequest("TRADER", "any", "", str(sequence))
        host, port = (address.host, address.port)
        session = await theirs.connect_async(
            (host, port),
            login.user,
            login.password,
            "",
            sequence=sequence,
            on_msg_coro=came,
            client_heartbeat_interval=1,
            server_heartbeat_interval=3,
        )
        return session, messages

    def test_session(self) -> None:
        """It logs in, trades, keeps its session by heartbeats, resumes it, and logs out."""
        self.run_on(self.hold)

    async def hold(self, simulator: Simulator, address: Address) -> None:
        """See the test."""
        session, messages = await self.log_in(address, 1)
        self.assertEqual(read(await messages.get())[0], "SystemEvent")
        session.send_unseq_data(order(1))
        name, told = read(await messages.get())
        self.assertEqual((name, told["UserRefNum"]), ("OrderAccepted", "1"))
        # One a second: longer than it takes to miss those of the simulator.
        while self.heard(simulator).count("ClientHeartbeat") < 5:
            await asyncio.sleep(0.05)
        self.assertTrue(session.is_active())
        await session.close()  # the connection is lost
        while simulator.get_session("TRADER").state != "offline":
            await asyncio.sleep(0.01)
        simulator.cancel_order("XSIM", "1")
        again, missed = await self.log_in(address, 2)
        names = [read(await missed.get())[0] for _ in range(2)]
        self.assertEqual(names, ["OrderAccepted", "OrderCanceled"])
        again.logout()
        while simulator.get_session("TRADER").state != "offline":
            await asyncio.sleep(0.01)
        self.assertEqual(self.heard(simulator)[-1], "LogoutRequest")

    def heard(self, simulator: Simulator) -> list[str]:
        """The names of all messages of the session."""
        return [each.name for each in simulator.list_session_messages("TRADER").items]


class OuchClientTests(SynchronousTestCase):
    """ouch-connect."""

    def test_reads(self) -> None:
        """It logs in at a number, reads our Executed and Rejected, and asks for its account."""
        with Simulator.spawn(INI, [QUIET]) as simulator:
            address = simulator.endpoints["ouch"]
            sell = {"Side": "S", "Price": "99.99", "Quantity": "40"}
            buy, odd = order(1, Price="100.02"), order(3, Symbol="ZZZ", ClOrdID="odd")
            sent = trade(address, "READER", buy, order(2, **sell), odd)
            names = ["SystemEvent", "OrderAccepted", "OrderAccepted", "OrderExecuted"]
            self.assertEqual([name for _, name in sent], [*names, "OrderExecuted", "Rejected"])
            store = MemoryStoreCallback()
            with CltManual(f"{address.host}:{address.port}", store, name="reader") as client:
                self.read_on(client, store)

    def read_on(self, client: Any, store: Any) -> None:
        """Log in at the first Executed, and look at what comes."""

        def came(**wanted: dict[str, Any]) -> dict[str, Any]:
            found = store.find_recv(name="reader", filter=wanted, find_timeout=PATIENCE)
            self.assertIsNotNone(found, wanted)
            message: dict[str, Any] = found.msg
            return message

        login = {"username": "READER", "password": "p", "session_id": "EXSIM"}
        client.send({"LoginRequest": {**login, "sequence_number": "4"}})
        accepted = came(LoginAccepted={})["LoginAccepted"]
        self.assertEqual(accepted, {"session_id": "EXSIM", "sequence_number": "4"})
        for number, flag in ((2, "REMOVED"), (1, "ADDED")):
            told = came(SPayload={"OrderExecuted": {"user_ref_number": number}})
            fill = told["SPayload"]["OrderExecuted"]
            self.assertEqual((fill["quantity"], fill["liquidity_flag"]), (40, flag))
            self.assertAlmostEqual(fill["price"], 100.02, places=4)
            self.assertEqual(fill["match_number"], 1)
        refused = came(SPayload={"OrderRejected": {}})["SPayload"]["OrderRejected"]
        self.assertEqual(
            (refused["user_ref_number"], refused["reject_reason"], refused["clt_order_id"]),
            (3, 23, "odd"),
        )
        client.send({"UPayload": {"AccountQueryRequest": {}}})
        account = came(SPayload={"AccountQueryResponse": {}})["SPayload"]["AccountQueryResponse"]
        self.assertEqual(account["next_user_ref_number"], 4)
        client.send({"LogoutRequest": {}})
