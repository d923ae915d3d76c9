"""
What clients see of hosts that share venues, when one is killed, the database is away, or REST
between them is encrypted. One of the clients is somebody else's: asyncfix.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Sequence
from itertools import cycle

import trustme
from asyncfix.protocol.common import FOrdStatus

from exsim.client import Simulator, SimulatorError
from exsim.client.spawn import SpawnedSimulator
from tests.live.test_asyncfix import PATIENCE, Trader
from tests.live.test_gateway import GatewayCase
from tests.live.test_nodes import PLACES, NodesCase
from tests.postgres import missing, server
from tests.soak.nodes import STARTS_WITHIN, Hosts, crowd

Address = tuple[str, int]
BACK_WITHIN = 5.0
"""Seconds from when the database answers until orders do, on a machine that has a core for each."""


class ReconnectTests(GatewayCase):
    """asyncfix on a venue whose host is killed: it tries its addresses, one after another."""

    skip = missing()

    def setUp(self) -> None:
        """The hosts are not started yet."""
        database = server().create()  # before: its user could not use our folder
        self.addCleanup(server().drop, database)
        super().setUp()
        self.hosts = Hosts(self.config, server().url(database))
        self.addCleanup(self.hosts.stop)

    def test_addresses(self) -> None:
        """They are those of the venue at each host."""
        with socket.socket() as one, socket.socket() as other:
            for each in (one, other):
                each.bind(("127.0.0.1", 0))
            addresses = [each.getsockname() for each in (one, other)]
        for name, (host, port) in zip("ab", addresses, strict=True):
            self.hosts.start(name, f"endpoint:XSIM-orders.listen=tcp:{port}:interface={host}")
        asyncio.run(self.trade(addresses))

    def test_gateway(self) -> None:
        """There is one address: that of a gateway."""
        self.start(*[self.hosts.start(name).url for name in "ab"])
        asyncio.run(self.trade([self.address]))

    async def trade(self, addresses: Sequence[Address]) -> None:
        """
        An order rests when the host is killed. It is traded with at the other one before its owner
        is back, who hears of that once he is.
        """
        buyer, seller = (Trader(name, *addresses[0]) for name in ("BUYER", "SELLER"))
        for trader in (buyer, seller):
            await self.log_on(trader, addresses)
        bid = await buyer.buy("bid", 100, 10.00)
        await buyer.heard()
        found = self.hosts.place("XSIM", "XSIM-orders")
        assert found is not None
        self.hosts.kill(found[0])
        for trader in (buyer, seller):
            await asyncio.wait_for(trader.gone.wait(), PATIENCE)
        await self.log_on(seller, addresses)
        await seller.sell("ask", 40, 10.00)
        await seller.heard(2)
        self.assertEqual((bid.status, bid.cum_qty), (FOrdStatus.NEW, 0))
        await self.log_on(buyer, addresses)
        await buyer.heard()
        self.assertEqual((bid.status, bid.cum_qty), (FOrdStatus.PARTIALLY_FILLED, 40))
        await buyer.send_msg(bid.cancel_req())
        await buyer.heard()
        self.assertEqual((bid.status, bid.leaves_qty), (FOrdStatus.CANCELED, 0))
        for trader in (buyer, seller):
            await trader.stop()

    async def log_on(self, trader: Trader, addresses: Sequence[Address]) -> None:
        """Try one address after another until somebody lets it log on."""
        end = time.monotonic() + STARTS_WITHIN
        for trader._host, trader._port in cycle(addresses):
            trader.active.clear()
            trader.gone.clear()
            await trader.connect()
            if trader._socket_writer is not None:  # somebody listens
                ends = [asyncio.ensure_future(e.wait()) for e in (trader.active, trader.gone)]
                await asyncio.wait(ends, timeout=STARTS_WITHIN, return_when=asyncio.FIRST_COMPLETED)
                for each in ends:
                    each.cancel()
            if trader.active.is_set():
                return
            self.assertLess(time.monotonic(), end, "nobody lets it log on")
            await asyncio.sleep(0.05)


class DatabaseAwayTests(NodesCase):
    """The database is killed, and comes back."""

    def terms(self, node: Simulator) -> dict[str, tuple[str, int]]:
        """The node that carries each venue, and the term."""
        items = node.list_nodes().items
        return {v.venue: (one.node, v.term) for one in items for v in one.venues}

    def is_ready(self, node: Simulator) -> bool:
        """Whether health says so."""
        try:
            node.health_ready()
        except SimulatorError as error:
            self.assertEqual(error.problem.status, 503)
            return False
        return True

    def test_away(self) -> None:
        """
        Both nodes say so, nothing is acknowledged, and nobody takes what is another's. Soon after
        it is back orders are answered, those that came meanwhile, too, by whoever carried them.
        """
        nodes = [self.hosts.start(name, "exsim.room=2") for name in "ab"]
        clients = {venue: self.log_on(venue, "ME") for venue in PLACES}
        before = self.terms(nodes[0])
        self.assertEqual(sorted(node for node, _ in before.values()), ["a", "a", "b", "b"])
        for venue, client in clients.items():
            self.enter(client, venue, 1)
        server().kill()
        try:
            for node in nodes:
                self.assertTrue(self.comes_true(lambda node=node: node.list_nodes().trouble))  # type: ignore[misc]
                self.assertTrue(self.comes_true(lambda node=node: not self.is_ready(node)))  # type: ignore[misc]
                self.assertEqual(self.terms(node), before)
            for venue, client in clients.items():
                client.send("D", f"11=2|55={PLACES[venue][1]}|54=1|38=100|40=2|44=99|60=NOW|")
        finally:
            server().start()
        back = time.monotonic()
        for client in clients.values():
            self.assertEqual(client.receive()["11"], "2")
        self.assertLess(time.monotonic() - back, BACK_WITHIN * crowd())
        for node in nodes:
            self.assertTrue(self.comes_true(lambda node=node: self.is_ready(node)))  # type: ignore[misc]
            self.assertTrue(self.comes_true(lambda node=node: not node.list_nodes().trouble))  # type: ignore[misc]
            # It may have looked before all had their leases renewed; a term counts up with a move.
            self.assertTrue(self.comes_true(lambda node=node: self.terms(node) == before))  # type: ignore[misc]


class EncryptedTests(NodesCase):
    """REST of nodes takes connections by TLS, and wants a token."""

    def setUp(self) -> None:
        """Certificates of a CA that all trust, and the token."""
        super().setUp()
        self.folder = self.config.parent
        authority = trustme.CA()
        made = authority.issue_cert("127.0.0.1", "localhost")
        authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        made.private_key_pem.write_to_path(str(self.folder / "node.key"))
        made.cert_chain_pems[0].write_to_path(str(self.folder / "node.pem"))
        (self.folder / "tokens").write_text("secret\n")
        self.patch(os, "environ", {**os.environ, "SSL_CERT_FILE": str(self.folder / "ca.pem")})

    def spawn(self, name: str, *words: str) -> SpawnedSimulator:
        """A node that has room for two."""
        own = ("exsim.room=2", f"exsim.node={name}", f"rest.token_file={self.folder}/tokens")
        given = (*self.hosts._words, *own, *words)
        node = Simulator.spawn(self.config, given, STARTS_WITHIN, "secret")
        self.addCleanup(node.stop)
        self.addCleanup(node.close)
        return node

    def test_asked(self) -> None:
        """Each asks the other, whether a string of Twisted or our keys say how it listens."""
        pem, key = self.folder / "node.pem", self.folder / "node.key"
        listening = f"ssl:0:privateKey={key}:certKey={pem}:interface=127.0.0.1"
        nodes = [
            self.spawn("a", f"rest.listen={listening}"),
            self.spawn("b", f"rest.tls_certificate={pem}", f"rest.tls_key={key}"),
        ]
        for node in nodes:
            self.assertTrue(node.url.startswith("https://"))
            self.assertEqual(self.carried(node), {"a": "VW", "b": "XY"})
            for venue in "VWXY":
                self.assertEqual(node.list_orders(venue).items, [])
                self.assertEqual(node.list_instruments(venue).items[0].venue, venue)
        stranger = Simulator(nodes[0].url, "guess")
        self.addCleanup(stranger.close)
        error = self.assertRaises(SimulatorError, stranger.list_orders, "X")
        self.assertEqual(error.problem.status, 401)
