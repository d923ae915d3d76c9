"""What faults do to sockets, and to messages on their way there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.faults.detour import MOST_WAITING, Detour
from exsim.faults.marked import Marked, segments
from exsim.interfaces import IBreakable, IUneven
from exsim.model.treatment import HALF_CLOSE, RESET, SLICES, Defect, Piece
from exsim.services.wire_faults import UnevenWriter
from tests.amount import amount
from tests.fault_market import Market


def marked(data: bytes, how: str, size: int = 0, gap: int = 0) -> Marked:
    """Bytes with a mark."""
    found = Marked(data)
    found.defect = Defect(how, size, gap)
    return found


class WriterTests(SynchronousTestCase):
    """Bytes with marks, written one after the other."""

    def setUp(self) -> None:
        """A writer to a list."""
        self.clock = Clock()
        self.done: list[object] = []
        self.writer = UnevenWriter(
            self.clock,
            self.done.append,
            lambda: self.done.append("cut"),
            lambda: self.done.append("shut"),
            lambda: self.done.append("done"),
        )

    def test_slices(self) -> None:
        """In their time; what comes meanwhile waits."""
        self.writer.add([b"a", marked(b"12345", SLICES, 2, 10**9), b"b"])
        self.writer.add([b"c"])
        self.assertEqual(self.done, [b"a", b"12"])
        self.assertEqual(self.writer.size, 5)
        self.clock.advance(1)
        self.assertEqual(self.done[2:], [b"34"])
        self.assertTrue(self.writer.busy)
        self.clock.advance(1)
        self.assertEqual(self.done[3:], [b"5", b"b", b"c", "done"])
        self.assertEqual((self.writer.busy, self.writer.size), (False, 0))

    def test_no_gap(self) -> None:
        """Without one each slice is another round of the reactor all the same."""
        self.writer.add([marked(b"123", SLICES, 1)])
        self.assertEqual(self.done, [b"1"])
        self.clock.pump([0.001] * 3)
        self.assertEqual(self.done, [b"1", b"2", b"3", "done"])

    def test_reset(self) -> None:
        """Nothing more is written."""
        self.writer.add([b"a", marked(b"", RESET), b"b"])
        self.assertEqual(self.done, [b"a", "cut"])
        self.assertFalse(self.writer.busy)

    def test_half_close(self) -> None:
        """What comes after it is lost."""
        self.writer.add([marked(b"", HALF_CLOSE), b"b"])
        self.writer.add([b"c"])
        self.assertEqual(self.done, ["shut"])
        self.assertTrue(self.writer.shut)

    def test_gone(self) -> None:
        """When the socket is gone, no timer is left."""
        self.writer.add([marked(b"123", SLICES, 1, 10**9)])
        self.writer.stop()
        self.writer.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_segments(self) -> None:
        """Plain bytes are joined, marked ones stand for themselves."""
        odd = marked(b"x", SLICES, 1)
        self.assertEqual(segments([b"a", b"b", odd, b"c"]), [b"ab", b"x", b"c"])
        self.assertIs(segments([b"a", odd])[1], odd)
        self.assertEqual(segments([]), [])


class ProvidedTests(SynchronousTestCase):
    """What FIX provides for faults."""

    def test_interfaces(self) -> None:
        """An acceptor that can be made misbehave, and connections with marks."""
        market = Market(self.mktemp())
        self.addCleanup(market.memory.stop)
        client = market.client()
        verifyObject(IBreakable, market.memory.exchange.endpoints["oe"].acceptor)
        verifyObject(IUneven, client.wire.peer.connection)

    def test_marks(self) -> None:
        """A socket is told to close its side once, and hears nothing more of the machine."""
        market = Market(self.mktemp())
        self.addCleanup(market.memory.stop)
        client = market.client()
        market.fault("half-close", match="type=8", count=1)
        client.order("1")
        transport = client.wire.transport
        assert isinstance(transport, StringTransport)
        self.assertIsNone(transport.producer)
        self.assertEqual(client.types(), "8")
        client.hang_up()


def piece(raw: bytes, **more: object) -> Piece:
    """A piece that goes another way than straight."""
    found = Piece(raw)
    for name, value in more.items():
        setattr(found, name, value)
    return found


class DetourTests(SynchronousTestCase):
    """Messages that are held up."""

    def setUp(self) -> None:
        """Nothing is, yet."""
        self.detour = Detour()

    def went(self, pieces: list[Piece]) -> bytes:
        """The bytes of what goes."""
        return b"".join(each.raw for each in pieces)

    def test_delay(self) -> None:
        """Others overtake it; it is due when it said."""
        self.assertEqual(self.detour.enter(piece(b"a", delay=10), 100), [])
        self.assertEqual(self.went(self.detour.enter(piece(b"b"), 100)), b"b")
        self.assertEqual(self.detour.next_due(), 110)
        self.assertEqual(self.detour.due(109), [])
        self.assertEqual(self.went(self.detour.due(110)), b"a")
        self.assertTrue(self.detour.empty)
        self.assertIsNone(self.detour.next_due())

    def test_in_order(self) -> None:
        """Nothing overtakes it, though it would be due before."""
        self.detour.enter(piece(b"a", delay=10, in_order=True), 100)
        self.detour.enter(piece(b"b", delay=1, in_order=True), 100)
        self.detour.enter(piece(b"c"), 100)
        self.assertEqual(self.detour.next_due(), 110)
        self.assertEqual(self.detour.due(105), [])
        self.assertEqual(self.went(self.detour.due(110)), b"abc")

    def test_paced(self) -> None:
        """The line is busy with one after the other."""
        for raw in (b"a", b"b"):
            self.detour.enter(piece(raw, paced=10, in_order=True), 100)
        self.assertEqual(self.went(self.detour.due(110)), b"a")
        self.assertEqual(self.detour.next_due(), 120)
        self.assertEqual(self.went(self.detour.due(120)), b"b")

    def test_passes(self) -> None:
        """It goes when two have gone, behind them or before the last of them."""
        for ahead, wanted in ((False, b"2a"), (True, b"a2")):
            self.detour.enter(piece(b"a", delay=10, passes=2, ahead=ahead), 100)
            self.assertEqual(self.went(self.detour.enter(piece(b"1"), 101)), b"1")
            self.assertEqual(self.went(self.detour.enter(piece(b"2"), 102)), wanted)
            self.assertTrue(self.detour.empty)

    def test_nobody_passes(self) -> None:
        """It waits for others only so long."""
        self.detour.enter(piece(b"a", delay=10, passes=2), 100)
        self.assertEqual(self.went(self.detour.due(110)), b"a")

    def test_most(self) -> None:
        """With one more than may wait the first one goes."""
        for number in range(MOST_WAITING):
            self.assertEqual(self.detour.enter(piece(b"%d" % number, delay=10), 100), [])
        self.assertEqual(self.went(self.detour.enter(piece(b"x", delay=10), 100)), b"0")
        self.assertEqual(len(self.detour.due(110)), MOST_WAITING)
        self.assertTrue(self.detour.empty)

    def test_hole(self) -> None:
        """Nothing gets through, nor what waited."""
        self.detour.enter(piece(b"a", delay=10), 100)
        self.detour.swallow()
        self.assertEqual(self.detour.enter(piece(b"b"), 100), [])
        self.assertEqual(self.detour.due(200), [])
        self.assertFalse(self.detour.empty)

    pieces = st.tuples(
        st.integers(0, 5), st.integers(0, 2), st.booleans(), st.booleans(), st.integers(0, 3)
    )

    @settings(derandomize=True, deadline=None, max_examples=amount(50, 200))
    @given(st.lists(pieces, max_size=12), st.integers(0, 12))
    def test_all_come_once(
        self, all_of_them: list[tuple[int, int, bool, bool, int]], at: int
    ) -> None:
        """Whatever is held up: all comes through once, also across a snapshot of any moment."""
        detour, went = Detour(), b""
        for number, (delay, passes, ahead, in_order, paced) in enumerate(all_of_them):
            now = 100 + number
            if number == at:
                again = Detour.restored(detour.state())
                assert again is not None
                detour = again
            went += self.went(detour.due(now))
            kept = {"delay": delay, "passes": passes, "ahead": ahead, "in_order": in_order}
            went += self.went(detour.enter(piece(b"%c" % (65 + number), paced=paced, **kept), now))
            if detour.next_due() is None:
                self.assertTrue(detour.empty)
        while (due := detour.next_due()) is not None:
            found = self.went(detour.due(due))
            self.assertTrue(found, "what is due comes")
            went += found
        self.assertEqual(sorted(went), [65 + number for number in range(len(all_of_them))])
