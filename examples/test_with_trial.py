"""A fill that is busted, and a venue without sockets: shown with trial."""

from __future__ import annotations

from typing import Any

from order_manager_on_twisted import OrderManagerProtocol
from twisted.internet import reactor
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.trial.unittest import SynchronousTestCase, TestCase

from exsim.testing import ExsimTrialMixin, ack, bust, fill
from exsim.testing.memory import MemoryExchange


class BustTests(ExsimTrialMixin, TestCase):
    """On the reactor, over a socket."""

    async def test_a_bust_takes_the_position_back(self) -> None:
        """The fill never was."""
        session = self.exsim.session("BUYSIDE1")
        endpoint = HostnameEndpoint(reactor, session.host, session.port)
        oms: Any = await connectProtocol(endpoint, OrderManagerProtocol("BUYSIDE1", "XSIM"))
        self.addCleanup(oms.close)
        await oms.settled()
        await self.exsim.when("D").then(ack(), fill(100, "99.5")).after("10m").then(bust())

        oms.manager.buy("AAA", 300, "100")
        await oms.settled()
        self.assertEqual(oms.manager.position("AAA"), 100)

        await self.exsim.clock.advance("10m")
        await oms.settled()
        self.assertEqual(oms.manager.position("AAA"), 0)
        await self.exsim.verify("8", exec="bust", count=1)


class QuietDayTests(SynchronousTestCase):
    """In this process, on a clock of the test: nothing listens and nothing waits."""

    def test_silence(self) -> None:
        """Who says nothing for so long is asked, and who answers stays."""
        exsim = MemoryExchange()
        self.addCleanup(exsim.stop)
        oms = OrderManagerProtocol("BUYSIDE1", "XSIM", exsim.reactor.seconds)
        exsim.connect(oms)
        self.assertTrue(oms.manager.logged_on)

        oms.manager.buy("AAA", 100, "100")
        exsim.pump()
        self.assertEqual(oms.manager.orders["order-1"].status, "0")

        exsim.wait(120)  # this order manager sends no heartbeats of its own, but answers
        exsim.verify("1", direction="out", at_least=1)
        exsim.verify("0", at_least=1)
        self.assertEqual(exsim.session("BUYSIDE1").state, "active")
