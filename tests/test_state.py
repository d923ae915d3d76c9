"""States that random days seldom have: a resend under way, what policies and prices remember."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.dispatch.holds import Held
from exsim.engine.matching import MatchingEngine
from exsim.errors import Bug
from exsim.interfaces import IConnection, IStateful
from exsim.model import plain as p
from exsim.model.options import read_options
from exsim.model.requests import (
    CancelOrder,
    Carry,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    ReplaceOrder,
    Request,
)
from exsim.model.settings import Instrument
from exsim.plugins import Catalogue
from exsim.policies.echo import Echo
from exsim.pricing.manual import Manual
from exsim.services.replaying import inert
from exsim.services.simulator import Simulator
from exsim.services.snapshots import plain
from exsim.services.state import capture, restore
from exsim.wire.fix import encode, utc_timestamp
from tests.random_day import settings

NOW = 1_700_000_000 * 10**9
TERMS = NewOrder(
    "S", "1", "AAA", 1, 2, 0, 5, -3, "acc", "text", Carry("fix", b"b", b"r", b"a"), b"raw"
)


class RequestTests(SynchronousTestCase):
    """Requests as plain values."""

    def told(self, request: Request) -> Any:
        """All attributes."""
        seen = {name: getattr(request, name) for name in dir(request) if name[0] != "_"}
        plainly = {
            name: value for name, value in seen.items() if isinstance(value, str | int | bytes)
        }
        self.assertIn("session", plainly)
        return [type(request), plainly]

    def test_round_trip(self) -> None:
        """Each kind comes back equal."""
        carry = Carry("fix", b"b", b"r")
        requests: list[Request] = [
            TERMS,
            CancelOrder("S", "2", "1", "7", "AAA", 2, "acc", carry, b"raw"),
            ReplaceOrder("1", TERMS, "7"),
            OrderStatusQuery("S", "1", "7", "AAA", 2, "acc", carry, b"raw"),
            OtherMessage("S", "R", "R 5", carry, b"raw", "me"),
        ]
        for request in requests:
            again = p.request_of(plain(p.request_state(request)))
            self.assertEqual(self.told(again), self.told(request))
            self.assertEqual(p.carry_state(again.carry), p.carry_state(request.carry))
            if isinstance(again, ReplaceOrder) and isinstance(request, ReplaceOrder):
                self.assertEqual(self.told(again.terms), self.told(request.terms))

    def test_nothing_carried(self) -> None:
        """A carry of nothing is there but once for each protocol."""
        one = p.carry_of(["fix", b"", b"", b""])
        self.assertIs(p.carry_of(["fix", b"", b"", b""]), one)
        self.assertIsNot(p.carry_of(["ouch", b"", b"", b""]), one)


class BookTests(SynchronousTestCase):
    """Books made again."""

    def test_crossed(self) -> None:
        """A state that no book can have is not taken."""
        engine = MatchingEngine()
        engine.open("AAA")
        with self.assertRaisesRegex(Bug, "crossed"):
            engine.restore({"AAA": ([(1, 101, 5)], [(2, 100, 5)])})


class RememberedTests(SynchronousTestCase):
    """Policies and prices."""

    def test_echo(self) -> None:
        """A message that was seen before the snapshot is a duplicate after it."""

        class View:
            def logons(self, session: str) -> int:
                return 1

            def matches(self, *wanted: object) -> bool:
                return True

            def fields(self, request: Request) -> tuple[tuple[str, str], ...]:
                return (("35", "R"),)

        options = read_options(Echo.options, {"drop_duplicates": "yes"})
        one, other = Echo("echo", options), Echo("echo", options)
        verifyObject(IStateful, one)
        view: Any = View()
        first = one.decide(TERMS, view, NOW)
        other.restore(plain(one.state()))
        self.assertEqual(other.decide(TERMS, view, NOW), one.decide(TERMS, view, NOW))
        self.assertNotEqual(other.decide(TERMS, view, NOW), first)

    def test_echo_that_remembers_nothing(self) -> None:
        """Its state is nothing."""
        one = Echo("echo", read_options(Echo.options, {}))
        self.assertIsNone(one.state())
        one.restore(None)

    def test_manual(self) -> None:
        """A price that was set."""
        options = read_options(Manual.options, {})
        one, other = Manual("manual", options), Manual("manual", options)
        verifyObject(IStateful, one)
        one.set(Instrument("AAA"), 77)
        other.restore(plain(one.state()))
        self.assertEqual(other.price(Instrument("AAA"), NOW), 77)


class ResendTests(SynchronousTestCase):
    """A snapshot in the middle of a long resend."""

    def setUp(self) -> None:
        """A simulator, and a counterparty that has 250 messages."""
        found = settings(self.mktemp())
        (first, *others) = found.endpoints
        first = replace(first, options={**first.options, "resend_size": 1000})
        self.settings = replace(found, endpoints=(first, *others))
        self.simulator = inert(self.settings, Catalogue())
        self.seq = 0
        self.connection = self.simulator.exchange.connected(self.endpoint(), "1.2.3.4:5", NOW)
        self.say("A", "98=0|108=30|")
        for number in range(250):
            self.say("D", f"11={number}|21=1|38=10|40=1|54=1|55=AAA|60={self.stamp()}|")
        self.connection.data_to_send()

    def endpoint(self, simulator: Simulator | None = None) -> Any:
        """The endpoint."""
        return (simulator or self.simulator).exchange.endpoints["oe"]

    def stamp(self) -> str:
        """The time in a message."""
        return utc_timestamp(NOW, 0).decode()

    def say(self, msg_type: str, body: str) -> None:
        """Send a message."""
        self.seq += 1
        text = f"35={msg_type}|34={self.seq}|49=P2|52={self.stamp()}|56=XSIM|{body}"
        data = encode(b"FIX.4.2", text.replace("|", "\x01").encode())
        self.simulator.exchange.received(self.endpoint(), self.connection, data, NOW)

    def rest(self, simulator: Simulator, connection: IConnection) -> list[bytes]:
        """All that is still to be sent, chunk by chunk."""
        chunks = []
        while connection.next_deadline() == NOW:
            simulator.exchange.deadline(self.endpoint(simulator), connection, NOW)
            chunks.append(connection.data_to_send())
        return chunks

    def test_it_goes_on(self) -> None:
        """What is left of it is sent as it would have been, and what waits behind it."""
        self.say("2", "7=1|16=0|")
        self.say("1", "112=after|")
        self.assertIn(b"43=Y", self.connection.data_to_send())
        again = inert(self.settings, Catalogue())
        restore(again, plain(capture(self.simulator)))
        (place,) = again.exchange.connections.values()
        ours = self.rest(self.simulator, self.connection)
        self.assertGreater(len(ours), 1)
        self.assertIn(b"112=after", ours[-1])
        self.assertEqual(self.rest(again, place[1]), ours)

    def test_numbers_begun_anew_meanwhile(self) -> None:
        """A resend under way goes on with the messages that there were."""
        self.say("2", "7=1|16=0|")
        self.connection.data_to_send()
        self.seq = 0
        self.say("A", "98=0|108=30|141=Y|")
        again = inert(self.settings, Catalogue())
        restore(again, plain(capture(self.simulator)))
        (place,) = again.exchange.connections.values()
        ours = self.rest(self.simulator, self.connection)
        self.assertIn(b"43=Y", ours[0])
        self.assertEqual(self.rest(again, place[1]), ours)


class HeldTests(SynchronousTestCase):
    """A hold whose order has left memory."""

    def test_order_of_its_own(self) -> None:
        """It is kept with the hold."""
        found = settings(self.mktemp())
        (xsim, *others) = found.venues
        found = replace(found, venues=(replace(xsim, keep_finished=0), *others))
        simulator = inert(found, Catalogue())
        exchange = simulator.exchange
        venue = exchange.dispatcher.venue("XSIM")
        venue.match(TERMS.with_qty(10**10, 10**10), NOW, exchange.dispatcher.out)
        exchange.dispatcher.out.clear()
        chain = simulator.parts.chain(venue, ["held"])
        held: Held = exchange.dispatcher.holds.add("XSIM", TERMS, chain, 1, NOW)
        (order,) = venue.orders.all()
        exchange.dispatcher.holds.acked(held, order, "it was decided (ack)")
        venue.cancel_order(order, NOW, exchange.dispatcher.out)
        exchange.dispatcher.out.clear()
        self.assertEqual(len(venue.orders), 0)
        state = plain(capture(simulator))
        again = inert(found, Catalogue())
        restore(again, state)
        self.assertEqual(plain(capture(again)), state)
