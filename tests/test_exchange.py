"""
The exchange without sockets: connections, turns, holds, resets, and the same bytes every time.

It runs on a protocol that is not FIX, so nothing here can lean on FIX by mistake.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyClass, verifyObject

from exsim.errors import Conflict, NotFound
from exsim.interfaces import IAcceptor, IConnection, IPolicy, IProtocol, ISession, IView
from exsim.model import decisions as d
from exsim.model.events import Outgoing
from exsim.model.journal import EntryKind
from exsim.model.options import Option
from exsim.model.requests import NewOrder, Request
from exsim.model.settings import (
    EndpointSettings,
    Instrument,
    PolicySettings,
    SessionSettings,
    Settings,
    VenueSettings,
)
from exsim.services.exchange import Exchange
from exsim.services.parts import Parts
from exsim.services.tree import build_exchange
from tests.line_protocol import SECOND, LineAcceptor, LineConnection, LineProtocol, LineSession

START = 1_700_000_000 * SECOND


@implementer(IPolicy)
class Sometimes:
    """Does with some new orders what its name says, by chance."""

    options: tuple[Option, ...] = ()

    def __init__(self, name: str, options: Mapping[str, object]) -> None:
        self.name = name

    def decide(self, request: Request, view: IView, now: int) -> d.Decision:
        """By lot."""
        chance = view.random.random()
        if not isinstance(request, NewOrder) or chance > 0.4:
            return d.PASS
        if self.name == "hold":
            return d.HOLD
        if self.name == "delay":
            return d.Delay(view.random.randint(1, 5) * SECOND)
        half = max(request.qty // 2, 1)
        return d.Fill((d.FillStep(half), d.FillStep(half, after=2 * SECOND)))


class Plugins:
    """A catalogue of what these tests use."""

    def protocol(self, name: str) -> IProtocol:
        """Lines, always."""
        return LineProtocol()

    def policy(self, kind: str) -> type[IPolicy]:
        """Sometimes."""
        return Sometimes

    def pricing(self, source: str) -> type:
        """None."""
        raise LookupError(source)

    def bot(self, kind: str) -> type:
        """None."""
        raise LookupError(kind)


def make(*policies: str, seed: int = 0) -> tuple[Exchange, Parts]:
    """An exchange with venues X and Y, and sessions A and B (of X) and C (of Y)."""
    return build_exchange(
        Settings(
            seed=seed,
            venues=(
                VenueSettings("X", policies=policies, instruments=(Instrument("AAA"),)),
                VenueSettings("Y", instruments=(Instrument("AAA"),)),
            ),
            endpoints=(
                EndpointSettings("x", "X", "lines", "tcp:0"),
                EndpointSettings("y", "Y", "lines", "tcp:0"),
            ),
            sessions=(
                SessionSettings("A", "x"),
                SessionSettings("B", "x"),
                SessionSettings("C", "y"),
            ),
            policies=tuple(PolicySettings(name, name, {}) for name in policies),
        ),
        Plugins(),
    )


class Client:
    """A counterparty of the exchange, and all that it was sent."""

    def __init__(self, exchange: Exchange, endpoint: str, name: str, now: int = START) -> None:
        self.exchange = exchange
        self.endpoint = exchange.endpoints[endpoint]
        self.connection = exchange.connected(self.endpoint, "1.2.3.4:5", now)
        self.heard = b""
        self.send(f"LOGIN {name}", now)

    def send(self, line: str, now: int = START) -> list[str]:
        """Send a line; the lines that come back at once."""
        return self.feed(line.encode() + b"\n", now)

    def feed(self, data: bytes, now: int = START) -> list[str]:
        """Send bytes; the lines that come back at once."""
        self.exchange.received(self.endpoint, self.connection, data, now)
        return self.read()

    def read(self) -> list[str]:
        """The lines that came since the last call."""
        data = self.connection.data_to_send()
        self.heard += data
        return data.decode().splitlines()


class InterfaceTests(SynchronousTestCase):
    """The line protocol keeps to the seams."""

    def test_provides(self) -> None:
        """Each part is what it says."""
        exchange, _ = make()
        verifyObject(IProtocol, LineProtocol())
        verifyObject(IAcceptor, exchange.endpoints["x"].acceptor)
        for interface, made in (
            (IAcceptor, LineAcceptor),
            (ISession, LineSession),
            (IConnection, LineConnection),
        ):
            verifyClass(interface, made)
        verifyObject(ISession, exchange.sessions["A"])
        verifyObject(IConnection, Client(exchange, "x", "A").connection)
        verifyClass(IPolicy, Sometimes)


class TradingTests(SynchronousTestCase):
    """Two counterparties trade, and both hear of it."""

    def setUp(self) -> None:
        """A and B are logged on."""
        self.exchange, self.parts = make()
        self.a = Client(self.exchange, "x", "A")
        self.b = Client(self.exchange, "x", "B")

    def test_trade(self) -> None:
        """The taker hears at once, the maker in the same turn, and both are to be written."""
        self.exchange.take_touched()
        self.assertEqual(self.a.send("NEW 1 SELL 100 AAA 10"), ["new 1 100"])
        self.assertEqual(self.b.send("NEW 1 BUY 40 AAA 11"), ["new 1 40", "fill 1 0 40@10"])
        self.assertEqual(self.exchange.take_touched(), [self.a.connection, self.b.connection])
        self.assertEqual(self.a.read(), ["fill 1 60 40@10"])
        self.assertEqual(self.a.send("CANCEL 2 1"), ["canceled 2 0"])
        self.assertEqual(self.exchange.take_touched(), [self.a.connection])

    def test_venues_are_apart(self) -> None:
        """The same symbol at another venue is another book."""
        self.a.send("NEW 1 SELL 100 AAA 10")
        c = Client(self.exchange, "y", "C")
        self.assertEqual(c.send("NEW 1 BUY 40 AAA 11"), ["new 1 40"])

    def test_offline(self) -> None:
        """A fill of somebody who is away does not trouble anybody."""
        self.a.send("NEW 1 SELL 100 AAA 10")
        self.exchange.lost(self.a.endpoint, self.a.connection, START)
        self.assertEqual(self.b.send("NEW 1 BUY 40 AAA 11"), ["new 1 40", "fill 1 0 40@10"])

    def test_journal(self) -> None:
        """What arrives is an entry before what comes of it; numbers have no gap."""
        self.a.send("NEW 1 SELL 100 AAA 10")
        self.exchange.deadline(self.a.endpoint, self.a.connection, START + SECOND)
        self.exchange.lost(self.a.endpoint, self.a.connection, START + SECOND)
        entries = list(self.exchange.journal.entries(0))
        self.assertEqual([entry.seq for entry in entries], list(range(1, len(entries) + 1)))
        told = [(EntryKind(entry.kind).name, entry.session, entry.data) for entry in entries]
        self.assertEqual(
            told,
            [
                ("LINK", "", b"up 1 1.2.3.4:5"),
                ("LINK", "", b"of 1"),
                ("IN", "A", b"LOGIN A"),
                ("LINK", "", b"up 2 1.2.3.4:5"),
                ("LINK", "", b"of 2"),
                ("IN", "B", b"LOGIN B"),
                ("IN", "A", b"NEW 1 SELL 100 AAA 10"),
                ("OUT", "A", b"new 1 100"),
                ("TIMER", "A", b"session 1"),
                ("OUT", "A", b"PING"),
                ("LINK", "A", b"down 1"),
            ],
        )
        self.assertEqual({entry.origin for entry in entries}, {"x"})

    def test_a_reply_that_cannot_be_sent(self) -> None:
        """Fields of a policy's choice that make no message are logged, and the turn goes on."""
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.exchange.dispatcher.out.append(Outgoing("A", (("1", "two\nlines"),)))
        self.assertEqual(self.a.send("SAY x"), ["refused unsupported message type"])
        self.assertIn("cannot hold a line feed", str([e.get("error") for e in observer]))

    def test_an_event_that_breaks_its_session(self) -> None:
        """It is logged, and the others go out."""
        strange = Outgoing("A", (("1", None),))  # type: ignore[arg-type]
        self.exchange.dispatcher.out.append(strange)
        self.assertEqual(self.a.send("SAY x"), ["refused unsupported message type"])
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)

    def test_cuts_do_not_matter(self) -> None:
        """Whole, byte by byte, or joined: the same answers."""
        script = b"NEW 1 SELL 5 AAA 10\nwhat\nNEW 2 BUY 5 AAA 10\nSAY x\nCANCEL 3 1\n"
        whole = self.a.feed(script)
        self.assertEqual(len(whole), 7)
        other = Client(make()[0], "x", "A")
        for n in range(len(script)):
            other.feed(script[n : n + 1])
        self.assertEqual(other.heard, self.a.heard)


class SessionTests(SynchronousTestCase):
    """Sessions come and go, and a reset starts them again."""

    def setUp(self) -> None:
        """A is logged on at X, C at Y; A has an order."""
        self.exchange, self.parts = make()
        self.a = Client(self.exchange, "x", "A")
        self.c = Client(self.exchange, "y", "C")
        self.a.send("NEW 1 SELL 100 AAA 10")

    def test_add_and_remove(self) -> None:
        """A session can be made while it runs, and removed with its connection."""
        self.assertRaises(Conflict, self.exchange.add_session, SessionSettings("A", "x"))
        self.assertRaises(NotFound, self.exchange.add_session, SessionSettings("D", "z"))
        self.exchange.add_session(SessionSettings("D", "x"))
        client = Client(self.exchange, "x", "D")
        self.assertEqual(client.send("NEW 1 BUY 1 AAA 10"), ["new 1 1", "fill 1 0 1@10"])
        self.exchange.take_touched()
        self.exchange.remove_session("D", START)
        self.assertTrue(client.connection.closing)
        self.assertIn(client.connection, self.exchange.take_touched())
        self.assertNotIn("D", self.exchange.sessions)
        self.assertRaises(NotFound, self.exchange.session, "D")

    def test_another_of_its_name(self) -> None:
        """A removed session's socket that goes at last has nothing to do with another session."""
        made = SessionSettings("D", "x", options={"cancel_on_disconnect": True})
        self.exchange.add_session(made)
        old = Client(self.exchange, "x", "D")
        self.exchange.remove_session("D", START)
        self.exchange.add_session(made)
        new = Client(self.exchange, "x", "D")
        new.send("NEW 1 BUY 1 AAA 9")
        (order,) = [one for one in new.endpoint.venue.orders.all() if one.owner == "D"]
        self.exchange.lost(old.endpoint, old.connection, START)
        self.assertTrue(order.open)
        journal = self.exchange.journal
        (entry,) = journal.entries(journal.last - 1)
        self.assertEqual((entry.session, entry.data[:5]), ("", b"down "))
        self.exchange.lost(new.endpoint, new.connection, START)
        self.assertFalse(order.open)

    def test_removed_while_it_waits(self) -> None:
        """What a session asked for, and a policy delays, goes with it; others' requests do not."""
        exchange, _ = make("delay")
        clients = {name: Client(exchange, "x", name) for name in "AB"}
        venue = exchange.endpoints["x"].venue
        for name, client in clients.items():
            for number in range(20):  # some of them are delayed
                client.send(f"NEW {name}{number} BUY 1 AAA 10")
        delayed = {task.request.session for _, _, task in venue.agenda.tasks()}  # type: ignore[union-attr]
        self.assertEqual(delayed, {"A", "B"})
        exchange.remove_session("A", START)
        exchange.run_due(START + 10 * SECOND)
        self.assertEqual({order.owner for order in venue.orders.all() if order.open}, {"B"})
        self.assertEqual(len([order for order in venue.orders.all() if order.open]), 20)

    def test_remove_endpoint(self) -> None:
        """All its sessions go with it."""
        self.exchange.remove_endpoint("x", START)
        self.assertTrue(self.a.connection.closing)
        self.assertEqual(list(self.exchange.sessions), ["C"])
        self.assertRaises(NotFound, self.exchange.endpoint, "x")

    def test_own_policies(self) -> None:
        """A session's own policies come before its venue's, for itself alone."""
        self.exchange.add_session(SessionSettings("D", "x", policies=("hold",)))
        chain = self.exchange.chain(self.a.endpoint.venue, "D")
        self.assertEqual([link.policy.name for link in chain], ["hold"])
        self.assertEqual(self.exchange.chain(self.a.endpoint.venue, "A"), ())

    def test_reset_one_venue(self) -> None:
        """Its sessions are disconnected; another venue's are not, nor is its past forgotten."""
        venue = self.exchange.endpoints["x"].venue
        self.exchange.reset_sessions(venue, True, START)
        self.exchange.forget_messages([venue])
        self.assertTrue(self.a.connection.closing)
        self.assertFalse(self.c.connection.closing)
        self.assertEqual(self.exchange.floors, {"X": self.exchange.journal.last})

    def test_reset_that_keeps(self) -> None:
        """Who is logged on stays so."""
        venue = self.exchange.endpoints["x"].venue
        self.exchange.reset_sessions(venue, False, START)
        self.assertFalse(self.a.connection.closing)

    def test_reset_all(self) -> None:
        """The journal starts a new epoch."""
        venues = [endpoint.venue for endpoint in self.exchange.endpoints.values()]
        self.exchange.forget_messages(venues)
        self.assertEqual((self.exchange.journal.epoch, self.exchange.journal.last), (2, 0))


class SameAgainTests(SynchronousTestCase):
    """The same commands at the same times give the same events, ids and bytes."""

    def run_once(self, seed: int, moves: int = 400) -> tuple[bytes, bytes, list[object]]:
        """A random but seeded day: what A heard, what B heard, and the whole journal."""
        lot = random.Random(seed)
        exchange, _ = make("hold", "delay", "fill", seed=seed)
        clients = [Client(exchange, "x", "A"), Client(exchange, "x", "B")]
        now = START
        for number in range(moves):
            now += lot.randint(0, SECOND // 2)
            client = lot.choice(clients)
            side = lot.choice(("BUY", "SELL"))
            line = f"NEW {number} {side} {lot.randint(1, 9)} AAA {lot.randint(8, 12)}"
            if lot.random() < 0.3:
                line = f"CANCEL {number} {lot.randint(0, number)}"
            client.send(line, now)
            held = list(exchange.dispatcher.holds.all())
            if held and lot.random() < 0.5:
                exchange.dispatcher.release(held[0].hold_id, now)
                exchange.send_events(now)
        exchange.run_due(now + 60 * SECOND)
        for client in clients:
            client.read()
        journal = [
            (e.seq, e.time, e.kind, e.origin, e.session, e.data)
            for e in exchange.journal.entries(0)
        ]
        return clients[0].heard, clients[1].heard, list(journal)

    def test_same(self) -> None:
        """Twice the same seed, twice the same day; another seed, another day."""
        first = self.run_once(7)
        self.assertGreater(len(first[0]) + len(first[1]), 5000)
        self.assertEqual(first, self.run_once(7))
        self.assertNotEqual(first[2], self.run_once(8)[2])
