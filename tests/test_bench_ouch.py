"""What ``exsim bench wire --protocol ouch`` sends, and how it looks at what comes."""

from __future__ import annotations

from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.bench.orders import ADD, ADD_CANCEL, CROSS, Market, reports_of, requests_of
from exsim.bench.ouch import OuchAnswers, OuchOrders
from exsim.model.amounts import UNIT
from exsim.services.endpoints import PeerFactory
from exsim.wire import soup
from tests.ouch_client import settings, simulator

MARKET = Market("", "AAA", 100 * UNIT, UNIT // 100, 100 * UNIT)


class OuchBenchTests(SynchronousTestCase):
    """Against a simulator in memory."""

    def drive(self, mix: str, count: int, size: int) -> OuchAnswers:
        """Send all, and take what comes in pieces of a size."""
        memory = simulator(settings())
        self.addCleanup(memory.stop)
        peer = PeerFactory(memory.service()).buildProtocol(None)
        assert peer is not None
        transport = StringTransport()
        peer.makeConnection(transport)
        orders = OuchOrders("CLIENT0001", MARKET)
        peer.dataReceived(orders.logon())
        self.assertTrue(orders.is_logon(transport.value()))
        requests = orders.requests(mix, count)
        self.assertEqual(len(requests), requests_of(mix, count))
        answers = OuchAnswers(len(requests), reports_of(mix))
        for request, message in enumerate(requests):
            answers.sent_at[request] = 1
            peer.dataReceived(message)
        data: bytes = transport.value()
        self.assertTrue(answers.complete(data))
        self.assertFalse(answers.complete(data[:-1]))
        for at in range(0, len(data), size):
            answers.take(data[at : at + size], 2)
        return answers

    def test_mixes(self) -> None:
        """Each request is answered as often as it should be, however that is cut."""
        for mix in (ADD, ADD_CANCEL, CROSS):
            for size in (7, 10_000):
                answers = self.drive(mix, 6, size)
                sent = requests_of(mix, 6)
                self.assertEqual(answers.faults(sent), [], mix)
                self.assertEqual((answers.answered, answers.latency[0]), (sent, 1))

    def test_faults(self) -> None:
        """An answer that is missing, doubled, or none."""
        answers = self.drive(ADD, 2, 1000)
        self.assertEqual(answers.faults(2), [])
        answers.sent_at[0] = 1
        answers.take(soup.packet(soup.SEQUENCED, b"A" + bytes(8) + b"\0\0\0\1" + bytes(51)), 3)
        self.assertEqual(answers.faults(2), ["1 of 2 requests did not get 1 report exactly"])
        answers.take(soup.packet(soup.SEQUENCED, b"J" + bytes(28)), 3)
        self.assertIn("an answer that is none", answers.faults(2)[0])
