"""Named snapshots: a state is kept, also one that was, and all goes on from it as it did then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Conflict, NotFound
from exsim.services.library import Library
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.snapshots import Snapshot, plain
from exsim.services.state import capture, restore
from tests.fault_market import Client, Market


def told(state: Any) -> Any:
    """A state but for its connections, which a restored one has lost."""
    whole = plain(state)
    whole.pop("connections")
    whole.pop("floors")
    return whole


class SnapshotTests(SynchronousTestCase):
    """A market in memory, with a counterparty."""

    def setUp(self) -> None:
        self.market = Market(self.mktemp())
        self.client = self.market.client()
        self.simulator = self.market.memory.simulator

    def do(self, operation: str, name: str = "a", **body: Any) -> Any:
        """An operation on a snapshot."""
        return self.market.do(operation, body, snapshot=name)

    def orders(self) -> list[tuple[str, str]]:
        """Orders with their states."""
        page = self.market.do("list_orders", venue="XSIM", status="any")
        return [(each.cl_ord_id, each.status) for each in page.items]

    def again(self, seq: int) -> Client:
        """The counterparty, once more, with this number."""
        client = Client(self.market, "BUY")
        client.seq = seq
        client.say("A", "98=0|108=30|")
        return client

    def test_take_and_restore(self) -> None:
        """Orders, books, rules and numbers are as they were; all are disconnected."""
        self.client.order("1")
        self.market.do("create_rule", {"name": "r", "when": "type=F", "then": "reject"})
        taken = self.do("take_snapshot")
        self.assertEqual((taken.epoch, taken.seq), (1, self.simulator.exchange.journal.last))
        self.client.order("2")
        self.client.order("3", side=2)
        self.market.do("clear_rules")
        self.assertEqual([state for _, state in self.orders()], ["FILLED", "NEW", "FILLED"])
        self.do("restore_snapshot")
        self.assertTrue(self.client.closed)
        self.assertEqual(self.orders(), [("1", "NEW")])
        self.assertEqual([rule.name for rule in self.market.do("list_rules").items], ["r"])
        self.assertEqual(self.simulator.exchange.journal.epoch, 2)
        client = self.again(3)
        self.assertEqual(client.types(), "A")
        client.cancel("C", "1")
        self.assertEqual(client.types(), "9")
        client.order("4", side=2)
        self.assertEqual(self.orders(), [("1", "FILLED"), ("4", "FILLED")])

    def test_again_and_again(self) -> None:
        """It can be gone back to as often as one likes, with the same state each time."""
        self.client.order("1")
        self.do("take_snapshot")
        states = []
        for _ in range(3):
            self.do("restore_snapshot")
            state = told(capture(self.simulator))
            states.append(state)
            self.again(3).order("2", side=2)
        for state in states[1:]:
            self.assertEqual(state, states[0])

    def test_fork(self) -> None:
        """The state after an entry of the journal is what it was then."""
        self.client.order("1")
        seq, then = self.simulator.exchange.journal.last, told(capture(self.simulator))
        self.client.order("2", side=2)
        self.client.order("3")
        forked = self.do("take_snapshot", at=seq)
        self.assertEqual(forked.seq, seq)
        self.assertEqual(told(self.simulator.library.get("a").state), then)
        self.do("restore_snapshot")
        self.assertEqual(self.orders(), [("1", "NEW")])
        self.assertRaises(Conflict, self.do, "take_snapshot", "b", at=10_000)
        error = self.assertRaises(Conflict, self.do, "take_snapshot", "b", at=1)
        self.assertIn("beginning of this epoch was not kept", str(error))

    def test_replay(self) -> None:
        """What is done after it comes out the same again, from the state at its beginning."""
        self.client.order("1")
        self.do("take_snapshot")
        self.do("restore_snapshot")
        journal = self.simulator.exchange.journal
        base = Snapshot(journal.epoch, journal.last, 0, plain(capture(self.simulator)))
        client = self.again(3)
        client.order("2", side=2)
        other = inert(self.simulator.settings, self.simulator.parts.plugins)
        restore(other, base.state)
        replay = Replay(other, journal.entries(base.seq), journal.epoch, base.seq)
        self.assertIsNone(replay.run())
        self.assertEqual(told(capture(other)), told(capture(self.simulator)))
        self.assertEqual(replay.tape.last, journal.last)

    def test_commands_replay(self) -> None:
        """To take and forget snapshots is nothing to a journal that is run again."""
        self.do("take_snapshot")
        self.do("delete_snapshot")
        self.client.order("1")
        other = inert(self.simulator.settings, self.simulator.parts.plugins)
        journal = self.simulator.exchange.journal
        self.assertIsNone(Replay(other, journal.entries(0), 1, 0).run())
        self.assertEqual(other.library.names(), [])

    def test_refused(self) -> None:
        """Names that are taken, or are none; endpoints that are others now."""
        self.do("take_snapshot")
        self.assertRaises(Conflict, self.do, "take_snapshot")
        error = self.assertRaises(NotFound, self.do, "restore_snapshot", "b")
        self.assertIn("there are: a", str(error))
        self.assertRaises(NotFound, self.do, "delete_snapshot", "b")
        new = {"name": "n", "venue": "XSIM", "protocol": "fix", "listen": "tcp:0"}
        new["options"] = {"comp_id": "XSIM"}  # type: ignore[assignment]
        self.market.do("create_endpoint", new)
        error = self.assertRaises(Conflict, self.do, "restore_snapshot")
        self.assertIn("endpoints were made or removed since: it had oe", str(error))
        self.assertFalse(self.client.closed)
        self.assertEqual([each.snapshot for each in self.market.do("list_snapshots").items], ["a"])
        self.do("delete_snapshot")
        self.assertEqual(self.market.do("list_snapshots").items, [])


class LibraryTests(SynchronousTestCase):
    """Where there is a folder, snapshots are files."""

    def test_files(self) -> None:
        """Another library of the same folder has them, in order; one removed is gone for good."""
        folder = self.mktemp()
        Path(folder).mkdir()
        first = Library(lambda: folder)
        for name in ("z/1", "a"):
            first.add(name, Snapshot(1, 2, 3, {"name": name}))
        second = Library(lambda: folder)
        self.assertEqual(second.names(), ["z/1", "a"])
        self.assertEqual(second.get("z/1"), Snapshot(1, 2, 3, {"name": "z/1"}))
        second.remove("z/1")
        self.assertEqual(Library(lambda: folder).names(), ["a"])
        (path,) = Path(folder, "named").iterdir()
        path.write_bytes(path.read_bytes()[:-1])
        error = self.assertRaises(Conflict, Library(lambda: folder).get, "a")
        self.assertIn("cannot be used", str(error))
