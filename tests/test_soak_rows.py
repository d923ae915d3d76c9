"""What the long rows judge by: each bound holds at the bound, and is broken one past it."""

from __future__ import annotations

import socket
from random import Random

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from exsim.services.lane import PAUSE, Lane
from exsim.wire.fix import encode
from exsim.wire.fix_frame import Framer
from tests.soak.__main__ import ROWS, SHARES
from tests.soak.churn import BYTES_PER_ORDER, SLACK, Seen, _judge
from tests.soak.clients import message
from tests.soak.data import hurt as hurt_readers
from tests.soak.kill import Broken, Counterparty
from tests.soak.pressure import hurt


class ShareTests(SynchronousTestCase):
    """Rows that run side by side."""

    def test_each_once(self) -> None:
        """Each row is in one share."""
        self.assertEqual(sorted(name for share in SHARES.values() for name in share), sorted(ROWS))


class JudgeTests(SynchronousTestCase):
    """The judges of the rows."""

    def test_hurt(self) -> None:
        """Answers may take twice as long, and 5 ms."""
        self.assertEqual(hurt(3.0, 11.0), "")
        self.assertIn("3.0 ms before, 11.1 ms", hurt(3.0, 11.1))

    def test_hurt_readers(self) -> None:
        """Updates may take half as long again, and 2 ms."""
        self.assertEqual(hurt_readers(4.0, 8.0), "")
        self.assertIn("4.0 ms before, 8.1 ms", hurt_readers(4.0, 8.1))

    def test_memory(self) -> None:
        """Memory may grow by what ClOrdIDs take, and a little."""
        first = Seen(1_000, 50_000_000, 60)
        most = 50_000_000 + 500 * BYTES_PER_ORDER + SLACK
        self.assertEqual(_judge([first, Seen(1_500, most, 60)]), [])
        (wrong,) = _judge([first, Seen(1_500, most + 1, 60)])
        self.assertIn("after 1,500 orders", wrong)

    def test_descriptors(self) -> None:
        """So few may come or go that a connection is on its way."""
        first = Seen(0, 0, 60)
        self.assertEqual(_judge([first, Seen(0, 0, 62), Seen(0, 0, 58)]), [])
        self.assertEqual(len(_judge([first, Seen(0, 0, 63), Seen(0, 0, 57)])), 2)

    def test_message(self) -> None:
        """What is sent is FIX."""
        framer = Framer(65_536)
        framer.feed(message("ME", 7, "D", "11=é|60=NOW|"))
        found = framer.next()
        assert isinstance(found, bytes)
        self.assertIn(b"\x0134=7\x01", found)


class CounterpartyTests(SynchronousTestCase):
    """The counterparty that is there before and after a kill."""

    def setUp(self) -> None:
        """It is about to log on, through a socket whose other end is ours."""
        self.party = Counterparty(Random(1))
        self.ours, self.theirs = socket.socketpair()
        for each in (self.ours, self.theirs):
            self.addCleanup(each.close)

    def say(self, msg_type: str, seq: int, body: str = "") -> None:
        """Have the other side say something."""
        text = f"35={msg_type}|34={seq}|49=XSIM|52=20260105-09:00:00|56=KILLED|{body}"
        self.ours.sendall(encode(b"FIX.4.2", text.replace("|", "\x01").encode()))

    def test_answered_past_gap(self) -> None:
        """The answer to its TestRequest counts though a gap is before it, once that is filled."""
        self.say("A", 2, "98=0|108=30|")
        self.say("0", 3, "112=T2|")
        self.say("8", 1, "43=Y|11=o1|37=1|17=1|150=0|39=0|14=0|")
        self.say("4", 2, "43=Y|123=Y|36=4|")
        self.party.log_on(self.theirs)
        self.assertEqual((self.party.next_in, [*self.party.open]), (4, ["o1"]))

    def test_hung_up(self) -> None:
        """It is not level while the gap is there."""
        self.say("A", 2, "98=0|108=30|")
        self.say("0", 3, "112=T2|")
        self.ours.shutdown(socket.SHUT_WR)
        error = self.assertRaises(Broken, self.party.log_on, self.theirs)
        self.assertEqual(str(error), "it hangs up: 1 is to come")


class LaneTests(SynchronousTestCase):
    """One thing at a time."""

    def setUp(self) -> None:
        """A lane on a clock."""
        self.clock = Clock()
        self.lane = Lane(self.clock)
        self.done: list[str] = []

    def test_turns(self) -> None:
        """In order, one each time that the reactor comes by, those that go on at the end."""

        def first() -> None:
            self.done.append("first")
            if len(self.done) < 4:
                self.lane.add(first)

        self.lane.add(first)
        self.lane.add(lambda: self.done.append("second"))
        self.assertEqual(self.done, [])
        for wanted in (["first"], ["first", "second"], ["first", "second", "first"]):
            self.clock.advance(PAUSE)
            self.assertEqual(self.done, wanted)
            self.assertLessEqual(len(self.clock.getDelayedCalls()), 1)

    def test_error(self) -> None:
        """One that fails does not keep the others from their turn."""
        self.lane.add(lambda: self.done.append(str(1 // 0)))
        self.lane.add(lambda: self.done.append("second"))
        self.assertRaises(ZeroDivisionError, self.clock.advance, PAUSE)
        self.clock.advance(PAUSE)
        self.assertEqual(self.done, ["second"])

    def test_stop(self) -> None:
        """What waits is not done any more."""
        self.lane.add(lambda: self.done.append("first"))
        self.lane.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
