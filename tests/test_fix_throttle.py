"""A FIX session that sends more than it may."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.requests import NewOrder, Request
from tests.fix_market import NOW, ORDER, SECOND, Client, Market, logged_on

TOO_MANY = b"Throttle limit exceeded"


def order(client: Client, number: int) -> bytes:
    """An order of this number."""
    return client.message("D", ORDER.replace("C1", f"C{number}"))


def names(requests: list[Request]) -> list[str]:
    """The ClOrdIDs of orders."""
    return [request.cl_ord_id for request in requests if isinstance(request, NewOrder)]


class Rejected(SynchronousTestCase):
    """throttle_action = reject."""

    def test_rejected(self) -> None:
        """What is too much is refused, and the session goes on."""
        client = logged_on(throttle_messages="2")
        requests = client.feed(b"".join(order(client, number) for number in range(3)))
        self.assertEqual(names(requests), ["C0", "C1"])
        (refusal,) = client.received()
        self.assertEqual(refusal.msg_type, b"j")
        self.assertEqual(
            [refusal.fields[tag] for tag in (b"45", b"372", b"379", b"380", b"58")],
            [b"4", b"D", b"C2", b"0", TOO_MANY],
        )

    def test_code(self) -> None:
        """In FIX.5.0SP2 there is a code for it; before FIX.4.2 a Reject is all there is."""
        for version, appl_ver_id, msg_type, code in (
            ("FIXT.1.1", "9", b"j", b"8"),
            ("FIXT.1.1", "8", b"j", b"0"),
            ("FIX.4.1", "", b"3", None),
        ):
            client = logged_on(version, appl_ver_id, throttle_messages="1")
            client.feed(order(client, 1) + order(client, 2))
            (refusal,) = client.received()
            self.assertEqual((refusal.msg_type, refusal.fields.get(b"380")), (msg_type, code))

    def test_session_messages(self) -> None:
        """Heartbeats and the like are not counted."""
        client = logged_on(throttle_messages="1")
        for _ in range(5):
            client.send("0", "")
        self.assertEqual(names(client.feed(order(client, 1))), ["C1"])

    def test_window(self) -> None:
        """After the interval there is room again."""
        client = logged_on(throttle_messages="1", throttle_interval="500ms")
        client.feed(order(client, 1))
        client.connection.receive(order(client, 2), NOW + SECOND // 2)
        self.assertIsNotNone(client.connection.next_request(NOW + SECOND // 2))

    def test_every_connection(self) -> None:
        """A session cannot get rid of it by logging on again."""
        market = Market(accept_any_logon="yes", throttle_messages="1")
        client = Client(market.acceptor)
        client.logon()
        client.feed(order(client, 1))
        client.connection.lost(NOW)
        again = Client(market.acceptor)
        again.seq = client.seq
        again.logon()
        self.assertEqual(names(again.feed(order(again, 2))), [])

    def test_off(self) -> None:
        """Without the key nothing is counted."""
        client = logged_on()
        requests = client.feed(b"".join(order(client, number) for number in range(50)))
        self.assertEqual(len(requests), 50)


class Queued(SynchronousTestCase):
    """throttle_action = queue."""

    def setUp(self) -> None:
        """Two messages a second; two more may wait."""
        self.client = logged_on(throttle_messages="2", throttle_action="queue", throttle_queue="2")

    def send(self, first: int, last: int) -> list[str]:
        """Send orders at once."""
        data = b"".join(order(self.client, number) for number in range(first, last + 1))
        return names(self.client.feed(data))

    def later(self, now: int) -> list[str]:
        """What comes at a deadline."""
        connection = self.client.connection
        connection.deadline(now)
        found = []
        while (request := connection.next_request(now)) is not None:
            found.append(request)
        return names(found)

    def test_waits(self) -> None:
        """What is too much waits for its turn, in order; a deadline says when that is."""
        self.assertEqual(self.send(1, 4), ["C1", "C2"])
        self.assertEqual(self.client.connection.next_deadline(), NOW + SECOND)
        self.assertEqual(self.later(NOW + SECOND - 1), [])
        self.assertEqual(self.later(NOW + SECOND), ["C3", "C4"])
        self.assertEqual(self.client.received(), [])

    def test_bounded(self) -> None:
        """Beyond the queue a message is refused."""
        self.assertEqual(self.send(1, 5), ["C1", "C2"])
        (refusal,) = self.client.received()
        self.assertEqual(refusal.fields[b"379"], b"C5")

    def test_lost(self) -> None:
        """What was taken is worked off when the connection is gone: nothing is lost."""
        self.send(1, 4)
        self.client.connection.lost(NOW)
        self.assertEqual(self.later(NOW), ["C3", "C4"])

    def test_session_messages_pass(self) -> None:
        """A TestRequest does not wait behind orders."""
        self.send(1, 3)
        self.client.send("1", "112=X|")
        self.assertEqual([message.msg_type for message in self.client.received()], [b"0"])


class Disconnected(SynchronousTestCase):
    """throttle_action = disconnect."""

    def test_disconnected(self) -> None:
        """The session is logged out, and what was too much is not acted on."""
        client = logged_on(throttle_messages="1", throttle_action="disconnect")
        requests = client.feed(b"".join(order(client, number) for number in range(3)))
        self.assertEqual(names(requests), ["C0"])
        (logout,) = client.received()
        self.assertEqual((logout.msg_type, logout.fields[b"58"]), (b"5", TOO_MANY))
        self.assertTrue(client.connection.closing)
