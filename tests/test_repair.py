"""``exsim repair``: after it there is all that can be, and nothing was thrown away."""

from __future__ import annotations

from random import Random

from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import main
from exsim.errors import ConfigError
from exsim.journal.format import JournalError
from exsim.services.notes import Note, read_note
from exsim.services.repair import repair, report
from exsim.services.snapshots import Snapshot, Snapshots
from tests.disk import Disk
from tests.soak.disk import FOLDER, Day, hurt
from tests.test_store import StoreTestCase, numbers, some


class RepairTests(StoreTestCase):
    """On a journal of three segments."""

    def setUp(self) -> None:
        """The journal."""
        super().setUp()
        store = self.store(1_000)
        for first in range(1, 31, 5):
            store.write(some(first, 5))
        self.paths = [one.path for one in store.segments]
        store.close()
        self.disk.kill()

    def repaired(self, last: int) -> list[str]:
        """Repair it, after which it ends with this entry; what was told."""
        self.assertRaises(JournalError, self.store)
        told = repair("data", self.disk, 77)
        store = self.store(1_000)
        self.assertEqual(numbers(store.entries(0)), list(range(1, last + 1)))
        store.write(some(last + 1, 1))
        store.close()
        self.assertEqual(repair("data", self.disk, 78), [])
        return told

    def test_nothing(self) -> None:
        """What is sound stays as it is."""
        before = {path: bytes(file.data) for path, file in self.disk.now.items()}
        self.assertEqual(report("data", lambda: 5, self.disk), (0, "data: nothing to repair"))
        self.assertEqual({path: bytes(f.data) for path, f in self.disk.now.items()}, before)

    def test_flip(self) -> None:
        """It is cut before the damage; the damaged file and the later one are kept."""
        self.disk.now[self.paths[1]].data[60] ^= 4
        damaged = bytes(self.disk.now[self.paths[1]].data)
        later = bytes(self.disk.now[self.paths[2]].data)
        told = self.repaired(10)
        self.assertIn("the batch of entry 11 is damaged", told[0])
        self.assertEqual(told[1], f"cut {self.paths[1]} at byte 48")
        self.assertEqual(told[-1], "what was there is in data/repair-77")
        kept = [
            bytes(self.disk.now[path.replace("journal/", "repair-77/")].data)
            for path in self.paths[1:]
        ]
        self.assertEqual(kept, [damaged, later])

    def test_header(self) -> None:
        """A segment whose header is damaged goes as a whole."""
        self.disk.now[self.paths[2]].data[20] ^= 4
        self.repaired(20)

    def test_missing(self) -> None:
        """What comes after a segment that is gone goes, too."""
        del self.disk.now[self.paths[1]]
        self.repaired(10)

    def test_note(self) -> None:
        """A note that is damaged is written again, and no entry is lost."""
        self.disk.now[f"{FOLDER}/note"].data[0] ^= 1
        self.repaired(30)

    def test_snapshots(self) -> None:
        """Those of what was cut are set aside, the others stay."""
        for seq in (5, 10):
            self.snapshot(seq)
        for seq in (11, 30):
            self.disk.now[self.snapshot(seq)].data[-1] ^= 1
        self.disk.now[self.paths[1]].data[60] ^= 4
        self.repaired(10)
        aside = [name for name in self.disk.names("data/repair-77") if name.endswith(".snapshot")]
        self.assertEqual((self.snapshots(), len(aside)), ([5, 10], 2))

    def test_beyond(self) -> None:
        """It goes on from a snapshot of entries that are lost, and what is left is kept."""
        self.snapshot(10)
        path = self.snapshot(40)
        told = repair("data", self.disk, 77)
        self.assertEqual(
            told,
            [
                *(f"moved {path} away" for path in reversed(self.paths)),
                f"it goes on from {path}, the state after entry 40",
                "what was there is in data/repair-77",
            ],
        )
        self.assertEqual(read_note(self.disk, FOLDER), Note(1, 41, 40))
        store = self.store(1_000)
        self.assertEqual((store.first, store.last), (41, 40))
        store.write(some(41, 2))
        store.close()
        self.assertEqual(numbers(self.store(1_000).entries(0)), [41, 42])
        self.assertEqual(self.snapshots(), [10, 40])

    def test_nothing_left(self) -> None:
        """A journal that is gone whole begins again after the newest snapshot, in its epoch."""
        for path in [*self.paths, f"{FOLDER}/note"]:
            del self.disk.now[path]
        self.snapshot(50, epoch=2)
        repair("data", self.disk, 77)
        store = self.store(1_000)
        self.assertEqual((store.epoch, store.first, store.last), (2, 51, 50))

    def test_reset(self) -> None:
        """A snapshot for an epoch that was never begun is none to go on from."""
        self.snapshot(0, epoch=2)
        repair("data", self.disk, 77)
        self.assertEqual(self.store(1_000).last, 30)
        self.assertEqual(self.snapshots(), [])

    def test_beginning(self) -> None:
        """Where a snapshot has all that was in the damaged file, nothing is lost."""
        self.disk.now[self.paths[0]].data[60] ^= 4
        self.snapshot(15)
        self.assertRaises(JournalError, self.store)
        repair("data", self.disk, 77)
        store = self.store(1_000)
        self.assertEqual(numbers(store.entries(0)), list(range(11, 31)))

    def test_missing_beginning(self) -> None:
        """The same where a file in the middle is gone."""
        del self.disk.now[self.paths[1]]
        self.snapshot(20)
        repair("data", self.disk, 77)
        self.assertEqual(numbers(self.store(1_000).entries(0)), list(range(21, 31)))

    def test_too_old(self) -> None:
        """A snapshot that leaves a gap to the files after the damage does not help these."""
        self.disk.now[self.paths[1]].data[60] ^= 4
        self.snapshot(19)
        repair("data", self.disk, 77)
        store = self.store(1_000)
        self.assertEqual((store.first, store.last), (20, 19))

    def snapshot(self, seq: int, epoch: int = 1) -> str:
        """Write a snapshot; its path."""
        Snapshots("data/snapshots", self.disk).write(Snapshot(epoch, seq, 0, {}))
        return f"data/snapshots/{epoch:010d}-{seq:020d}.snapshot"

    def snapshots(self) -> list[int]:
        """The entries that the snapshots are of, which are there."""
        return sorted(seq for _, seq, _ in Snapshots("data/snapshots", self.disk).all())

    def test_running(self) -> None:
        """A simulator that runs is left alone."""
        self.store(1_000)
        self.assertRaises(ConfigError, repair, "data", self.disk, 77)
        status, text = report("data", lambda: 5, self.disk)
        self.assertEqual((status, "an exsim is running" in text), (1, True))

    def test_anything(self) -> None:
        """Whatever is done to a journal: after a repair it starts, and what it has is right."""
        refused = 0
        for number in range(150):
            random = Random(f"repair:{number}")
            disk = Disk()
            day = Day(random, disk)
            store = day.store()
            store.open()
            day.trade(store, 30)
            store.close()
            paths = [segment.path for segment in store.segments]
            for _ in range(random.randint(1, 3)):
                hurt(
                    disk, random, [path for path in paths if path in disk.now] or [f"{FOLDER}/note"]
                )
            try:
                day.store().open()
            except JournalError:
                refused += 1
                disk.kill()
                self.assertNotEqual(repair("data", disk, 77), [])
            disk.kill()
            store = day.store()
            store.open()
            day.acknowledged = (0, 0)
            if store.epoch in day.written:
                day.check(store)
        self.assertGreater(refused, 100)


class CommandTests(SynchronousTestCase):
    """The command."""

    def test_no_folder(self) -> None:
        """A folder that is no data directory is an error, not an empty journal."""
        self.assertEqual(main(["repair", self.mktemp()]), 1)
