"""The gateway: bytes go by as they came, from the Logon to the end; and what is told of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.client.launch import Address
from exsim.control import results as r
from exsim.errors import NotFound, Unavailable
from exsim.model.settings import Settings, VenueSettings
from exsim.services.gateway.control import GatewayControl
from exsim.services.gateway.places import IPlaces, NodePlaces
from exsim.services.gateway.relay import Relay
from exsim.services.gateway.sockets import _Clients, endpoint_of
from exsim.services.proxy_sides import CLOSE_TIMEOUT
from exsim.services.watch import Watch
from exsim.wire import fix, soup
from tests.gateway_case import MemoryGateway, RelayCase, login, logon
from tests.test_proxy import Far


class RelayTests(RelayCase):
    """From the Logon to the end."""

    def test_fake(self) -> None:
        """The fake is like the real one."""
        verifyObject(IPlaces, self.places)
        verifyClass(IPlaces, NodePlaces)

    def test_there_and_back(self) -> None:
        """All bytes get there, those after the Logon too, and all come back; they are counted."""
        self.relay.client.dataReceived(logon()[:20])
        self.assertEqual(self.gateway.calls, [])
        self.relay.client.dataReceived(logon()[20:] + b"more")
        self.assertEqual(self.gateway.calls[0][0], Address("127.0.0.1", 9))
        self.assertEqual(self.client.producerState, "paused")
        self.answer()
        self.assertEqual(self.client.producerState, "producing")
        self.assertEqual(self.venue.read(), logon() + b"more")
        self.relay.upstream.dataReceived(b"back")
        self.relay.client.dataReceived(b"and forth")
        self.assertEqual((self.client.read(), self.venue.read()), (b"back", b"and forth"))
        counts = self.gateway.counts
        sizes = (len(logon() + b"more" + b"and forth"), 4)
        self.assertEqual((counts.bytes_in, counts.bytes_out, counts.opened), (*sizes, 1))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    @given(st.binary(max_size=300), st.binary(max_size=300), st.lists(st.integers(0, 500)))
    @settings(max_examples=50)
    def test_any_bytes(self, sent: bytes, told: bytes, cuts: list[int]) -> None:
        """Whatever is said after the Logon goes by as it was, however it was cut."""
        self.setUp()
        whole = logon() + sent
        places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
        for start, end in pairwise(places):
            self.relay.client.dataReceived(whole[start:end])
            if self.gateway.calls and not self.relay.upstream.there:
                self.answer()
        for at in range(0, len(told), 7):
            self.relay.upstream.dataReceived(told[at : at + 7])
        self.assertEqual((self.venue.read(), self.client.read()), (whole, told))

    def test_slow_reader(self) -> None:
        """Who does not read keeps the other side from going on, and nobody else."""
        self.open()
        for slow, other in ((self.client, self.venue), (self.venue, self.client)):
            assert slow.producer is not None
            slow.producer.pauseProducing()
            self.assertEqual((other.producerState, slow.producerState), ("paused", "producing"))
            slow.producer.resumeProducing()
            self.assertEqual(other.producerState, "producing")

    def test_half_close(self) -> None:
        """Who says no more still hears the rest; then both are closed."""
        self.open()
        self.relay.client.readConnectionLost()
        self.assertTrue(self.venue.shut)
        self.relay.upstream.dataReceived(b"the rest")
        self.assertEqual(self.client.read(), b"the rest")
        self.assertFalse(self.client.disconnecting)
        self.relay.upstream.readConnectionLost()
        self.assertTrue(self.client.disconnecting and self.venue.disconnecting)
        self.lose(self.relay.client)
        self.lose(self.relay.upstream)
        self.assertEqual((self.gateway.relays, self.clock.getDelayedCalls()), (set(), []))

    def test_venue_gone(self) -> None:
        """A client whose venue ends gets what it still said, and is hung up on."""
        self.open()
        self.relay.upstream.dataReceived(b"last")
        self.lose(self.relay.upstream)
        self.assertEqual(self.client.read(), b"last")
        self.assertTrue(self.client.disconnecting)
        self.assertEqual([each.getTime() for each in self.clock.getDelayedCalls()], [CLOSE_TIMEOUT])
        self.lose(self.relay.client)
        self.assertEqual((self.gateway.relays, self.clock.getDelayedCalls()), (set(), []))

    def test_client_gone(self) -> None:
        """A venue is told at once that its client is gone, though it was not to be read from."""
        self.open()
        assert self.client.producer is not None
        self.client.producer.pauseProducing()
        self.lose(self.relay.client)
        self.assertTrue(self.venue.disconnecting)
        self.assertEqual(self.venue.producerState, "producing")

    def test_unknown(self) -> None:
        """Who wants nobody who is here is told so, and hung up on."""
        self.relay.client.dataReceived(logon(target="NOBODY"))
        told = fix.decode(self.client.read())
        found = (told.msg_type, told.get(b"49"), told.get(b"58"))
        self.assertEqual(found, (b"5", b"NOBODY", b"no NOBODY is here"))
        self.assertTrue(self.client.disconnecting)
        self.assertEqual((self.gateway.calls, self.refused()), ([], {"unknown": 1}))
        self.relay.client.dataReceived(logon())
        self.assertEqual(self.gateway.calls, [])

    def test_no_logon(self) -> None:
        """Who speaks of something else is hung up on without a word."""
        self.relay.client.dataReceived(logon(kind="0"))
        self.assertEqual((self.client.read(), self.client.disconnecting), (b"", True))
        self.assertEqual(self.refused(), {"no_logon": 1})

    def test_late(self) -> None:
        """So is who says nothing, or not enough, for too long."""
        self.relay.client.dataReceived(logon()[:-1])
        self.clock.advance(9.9)
        self.assertFalse(self.client.disconnecting)
        self.clock.advance(0.1)
        self.assertTrue(self.client.disconnecting)
        self.assertEqual(self.refused(), {"late": 1})

    def test_nowhere(self) -> None:
        """Where a venue is nowhere the client is hung up on without a word: it is to try again."""
        self.relay.client.dataReceived(logon(target="Z"))
        self.assertEqual((self.client.read(), self.client.disconnecting), (b"", True))
        self.assertEqual((self.refused(), self.places.missed), ({"nowhere": 1}, ["z"]))

    def test_unreachable(self) -> None:
        """Likewise where nobody is there any more; the next one goes to the new place."""
        self.relay.client.dataReceived(logon())
        self.gateway.calls[0][2].errback(Failure(ConnectionRefusedError()))
        self.assertEqual((self.client.read(), self.client.disconnecting), (b"", True))
        self.assertEqual((self.refused(), self.places.missed), ({"unreachable": 1}, ["x"]))
        self.places.known["x"] = Address("127.0.0.2", 9)
        again = Relay(self.gateway, "127.0.0.1:2")
        again.client.makeConnection(Far())
        again.client.dataReceived(logon())
        self.assertEqual(self.gateway.calls[1][0], Address("127.0.0.2", 9))

    def test_gone_while_calling(self) -> None:
        """A client that goes while its venue is called is called for no more."""
        self.relay.client.dataReceived(logon())
        self.lose(self.relay.client)
        self.assertEqual((self.gateway.canceled, self.gateway.relays), (1, set()))
        self.assertEqual(self.refused(), {})

    def test_hangs_up(self) -> None:
        """One that hangs up before it said whom it wants leaves nothing."""
        self.relay.client.readConnectionLost()
        self.assertTrue(self.client.disconnecting)
        self.lose(self.relay.client)
        self.assertEqual((self.gateway.relays, self.clock.getDelayedCalls()), (set(), []))

    def test_stop(self) -> None:
        """At the stop all are hung up on, and waited for."""
        self.open()
        stopping = self.gateway.stopService()
        self.assertNoResult(stopping)
        self.assertTrue(self.client.disconnecting and self.venue.disconnecting)
        self.lose(self.relay.client)
        self.lose(self.relay.upstream)
        self.successResultOf(stopping)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class SoupTests(RelayCase):
    """The same of SoupBinTCP."""

    protocol = "ouch"

    def test_there(self) -> None:
        """A login gets to the endpoint of its session."""
        self.relay.client.dataReceived(login(session=b"MORN"))
        self.answer()
        self.assertEqual(self.venue.read(), login(session=b"MORN"))

    def test_unknown(self) -> None:
        """A login for none is rejected."""
        self.relay.client.dataReceived(login(session=b"NIGHT"))
        self.assertEqual(self.client.read(), soup.rejected(soup.NO_SESSION))
        self.assertTrue(self.client.disconnecting)


class FullTests(SynchronousTestCase):
    """How many clients there may be."""

    def test_full(self) -> None:
        """One more than there may be is hung up on, and counted."""
        gateway = MemoryGateway("fix", Clock(), max_connections=1)
        gateway.running = 1
        clients = _Clients(gateway)
        self.assertIsNotNone(clients.buildProtocol(None))
        self.assertIsNone(clients.buildProtocol(None))
        self.assertEqual(gateway.counts.refused["full"], 1)

    def test_places(self) -> None:
        """A place is an address, a name, or a socket file."""
        kinds = [
            type(endpoint_of(Clock(), Address(host, port))).__name__
            for host, port in (("1.2.3.4", 5), ("::1", 5), ("host", 5), ("/run/x", None))
        ]
        prefixes = ["TCP4Client", "TCP6Client", "Hostname", "UNIXClient"]
        self.assertEqual(kinds, [f"{prefix}Endpoint" for prefix in prefixes])


class ControlTests(RelayCase):
    """What a gateway tells of itself."""

    def setUp(self) -> None:
        """One, with one client."""
        super().setUp()
        settings = Settings(venues=(VenueSettings("X"),))
        self.control = GatewayControl([self.gateway], settings, Watch(self.clock))

    def perform(self, operation: str) -> Any:
        """What is answered."""
        return self.control.perform(operation, None, None)  # type: ignore[arg-type]

    def test_health(self) -> None:
        """It is ready as long as it knows where venues are."""
        self.assertEqual(self.perform("health_ready"), r.Health())
        self.places.trouble = "no node tells"
        self.assertEqual(self.perform("health_live"), r.Health())
        with self.assertRaises(Unavailable) as caught:
            self.perform("health_ready")
        self.assertEqual(str(caught.exception), "degraded: no node tells")

    def test_metrics(self) -> None:
        """How many clients there are and were, and why some were not taken anywhere."""
        self.open()
        Relay(self.gateway, "").client.makeConnection(Far())
        self.gateway.relays.add(self.relay)
        text = self.perform("metrics")
        for line in (
            'exsim_gateway_relays{gateway="g"} 1.0',
            'exsim_gateway_logons_total{gateway="g"} 1.0',
            'exsim_gateway_refused_total{gateway="g",reason="unknown"} 0.0',
            f'exsim_gateway_bytes_total{{dir="in",gateway="g"}} {len(logon())}.0',
            "exsim_reactor_stall_longest_seconds 0.0",
        ):
            self.assertIn(line, text)

    def test_others(self) -> None:
        """All else is for a node."""
        self.assertEqual(self.perform("version").api, "v1")
        with self.assertRaises(NotFound):
            self.perform("list_venues")
