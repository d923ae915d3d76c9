"""The journal on a disk: what is kept, for how long, and what is refused."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.errors import ConfigError
from exsim.interfaces import IJournal
from exsim.journal import format as journal_format
from exsim.journal.format import JournalError
from exsim.journal.segment import MARK_EVERY
from exsim.model.journal import Entry
from exsim.model.settings import Settings
from exsim.services.files import Files, RealFiles
from exsim.services.journal import DiskJournal, JournalService
from exsim.services.store import Limits, Store
from tests.disk import Disk
from tests.soak import disk as rows

FOLDER = "data/journal"
HOUR = 3600 * 10**9


class StoreTestCase(SynchronousTestCase):
    """Tests with a disk in memory, and a clock that stands still."""

    def setUp(self) -> None:
        """An empty disk."""
        self.disk = Disk()
        self.time = 10**18
        self.log = EventLoggingObserver()
        globalLogPublisher.addObserver(self.log)
        self.addCleanup(globalLogPublisher.removeObserver, self.log)

    def now(self) -> int:
        """The time, as it is set."""
        return self.time

    def store(self, size: int = 2_000, keep: int = 0, age: int = HOUR, sync: bool = False) -> Store:
        """A store on the disk, open."""
        store = Store(FOLDER, self.disk, sync, Limits(size, keep, age), self.now)
        store.open()
        return store

    def again(self, store: Store, size: int = 2_000) -> Store:
        """Another store, after the end of the process that had the first."""
        self.disk.kill()
        return self.store(size)

    def names(self) -> list[str]:
        """The segments on the disk."""
        return sorted(name for name in self.disk.names(FOLDER) if name.endswith(".journal"))

    def logged(self) -> str:
        """What was logged."""
        return str([event.get("log_format") for event in self.log])


def some(first: int, count: int, size: int = 100) -> list[Entry]:
    """Entries, each with data of its own."""
    numbers = range(first, first + count)
    return [Entry(seq, seq, 1, "oe", "S", (b"%d." % seq).ljust(size, b"x")) for seq in numbers]


def numbers(entries: object) -> list[int]:
    """Their numbers."""
    return [entry.seq for entry in entries]  # type: ignore[attr-defined]


class StoreTests(StoreTestCase):
    """Writing, and reading it again."""

    def test_again(self) -> None:
        """What was written is there after the process is gone, and it goes on."""
        store = self.store()
        for first in range(1, 101, 5):
            store.write(some(first, 5))
        self.assertGreater(len(self.names()), 3)
        store = self.again(store)
        self.assertEqual((store.epoch, store.first, store.last), (1, 1, 100))
        store.write(some(101, 5))
        store = self.again(store)
        found = list(store.entries(0))
        self.assertEqual([(e.seq, e.data) for e in found], [(e.seq, e.data) for e in some(1, 105)])

    def test_from_anywhere(self) -> None:
        """Reading begins after any entry, and backward before any."""
        store = self.store()
        for first in range(1, 61, 3):
            store.write(some(first, 3))
        for after in range(62):
            self.assertEqual(numbers(store.entries(after)), list(range(after + 1, 61)))
            self.assertEqual(numbers(store.backward(after)), list(range(min(after - 1, 60), 0, -1)))

    def test_long_segments(self) -> None:
        """There are marks in a long segment, and batches longer than what is read at once."""
        store = self.store(10**9)
        sizes = [100, MARK_EVERY, 100, 3 * 1024 * 1024, 100, 60_000] * 5
        for seq, size in enumerate(sizes, 1):
            store.write(some(seq, 1, size))
        for _ in range(2):
            self.assertGreater(len(store.segments[0].marks), 10)
            for after in (0, 1, 3, 4, 17, 29):
                found = list(store.entries(after))
                self.assertEqual(numbers(found), list(range(after + 1, 31)))
                self.assertEqual(found[0].data, some(after + 1, 1, sizes[after])[0].data)
                self.assertEqual(numbers(store.backward(after)), list(range(after - 1, 0, -1)))
            store = self.again(store, 10**9)

    def test_written_while_reading(self) -> None:
        """What is written meanwhile, in the same segment and the next ones, is read in its turn."""
        store = self.store(1_000)
        store.write(some(1, 3))
        found = []
        for entry in store.entries(0):
            found.append(entry.seq)
            if store.last < 60:
                store.write(some(store.last + 1, 2))
        self.assertEqual(found, list(range(1, store.last + 1)))

    def test_passed_over(self) -> None:
        """Entries that are there already are not written again."""
        store = self.store()
        store.write(some(1, 5))
        store.write(some(3, 5))
        store.write(some(1, 2))
        self.assertEqual(numbers(store.entries(0)), [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual(store.last, 7)

    def test_segments(self) -> None:
        """A new one begins once the old one has its size; the old one says so."""
        store = self.store(1_000)
        store.write(some(1, 1, 1_000))
        self.assertEqual(len(self.names()), 1)
        store.write(some(2, 1))
        self.assertEqual(
            self.names(),
            ["0000000001-00000000000000000001.journal", "0000000001-00000000000000000002.journal"],
        )
        self.assertEqual([one.sealed for one in store.segments], [True, False])

    def test_room_is_made(self) -> None:
        """With sync a segment has its size from the start, also after a torn end."""
        store = self.store(10_000, sync=True)
        store.write(some(1, 3))
        path = store.segments[0].path
        self.assertEqual(len(self.disk.now[path].data), 10_000)
        self.disk.kill()
        self.disk.now[path].data[store.segments[0].end - 1] ^= 1
        store = self.store(10_000, sync=True)
        self.assertEqual((store.last, len(self.disk.now[path].data)), (0, 10_000))

    def test_epochs(self) -> None:
        """A new epoch begins at 1, and the old one is gone."""
        store = self.store()
        store.write(some(1, 50))
        store.start_epoch(2)
        self.assertEqual((store.epoch, store.first, store.last), (2, 1, 0))
        self.assertEqual(self.names(), ["0000000002-00000000000000000001.journal"])
        store.write(some(1, 2))
        store = self.again(store)
        self.assertEqual((store.epoch, numbers(store.entries(0))), (2, [1, 2]))

    def test_one_at_a_time(self) -> None:
        """A folder that another process has is refused; after it is closed it is not."""
        store = self.store()
        error = self.assertRaises(ConfigError, self.store)
        self.assertIn("another exsim has this data_dir", str(error))
        store.close()
        self.store()

    def test_nothing_stays_open(self) -> None:
        """Neither after a stop nor after a start that fails."""
        store = self.store()
        store.write(some(1, 50))
        path = store.segments[0].path
        store.close()
        self.assertEqual(self.disk.open_files(), 0)
        self.disk.now[path].data[100] ^= 1
        self.assertRaises(JournalError, self.store)
        self.assertEqual(self.disk.open_files(), 0)


class RetentionTests(StoreTestCase):
    """What a snapshot makes needless is removed, by size and age, and nothing else is."""

    def filled(self, keep: int, age: int) -> Store:
        """Ten segments of ten entries, an hour from one to the next."""
        store = self.store(1_000, keep, age)
        for first in range(1, 101, 10):
            store.write(some(first, 10))
            self.time += HOUR
        self.assertEqual([one.first for one in store.segments], list(range(1, 101, 10)))
        return store

    def test_snapshot(self) -> None:
        """However small the limits: what comes after the snapshot is kept."""
        for seq, first in ((0, 1), (9, 1), (10, 11), (19, 11), (20, 21), (100, 91)):
            self.setUp()
            store = self.filled(0, 0)
            store.retain(seq)
            self.assertEqual((store.first, len(self.names())), (first, 10 - first // 10))
            self.assertEqual(numbers(self.again(store).entries(0)), list(range(first, 101)))

    def test_size(self) -> None:
        """At the limit all is kept, a byte above it the oldest goes."""
        store = self.filled(10**9, 100 * HOUR)
        size = sum(one.end for one in store.segments)
        for keep, first in ((size, 1), (size - 1, 11), (size // 2, 51)):
            self.setUp()
            store = self.filled(keep, 100 * HOUR)
            store.retain(100)
            self.assertEqual(store.first, first)

    def test_age(self) -> None:
        """What ended longer ago than the limit goes."""
        store = self.filled(10**9, 3 * HOUR)
        store.retain(100)
        self.assertEqual(store.first, 61)

    def test_while_reading(self) -> None:
        """Who reads goes on with what is left."""
        store = self.filled(0, 0)
        reading = store.entries(0)
        self.assertEqual(numbers(islice(reading, 5)), [1, 2, 3, 4, 5])
        store.retain(50)
        self.assertEqual(numbers(reading), [6, 7, 8, 9, 10, *range(51, 101)])

    def test_what_cannot_be_removed(self) -> None:
        """It is tried again, the oldest first, so that no gap arises."""
        store = self.filled(0, 0)
        self.disk.before = _failing(
            errno.EIO, "remove", FOLDER + "/0000000001-00000000000000000011"
        )
        store.retain(30)
        self.assertEqual((store.first, len(self.names())), (31, 9))
        self.disk.before = lambda operation, path: None
        store.retain(30)
        self.assertEqual(len(self.names()), 7)


def _failing(code: int, operation: str, start: str = "") -> Callable[[str, str], None]:
    """What makes an operation on such paths fail."""

    def before(what: str, path: str) -> None:
        if what == operation and path.startswith(start):
            raise OSError(code, os.strerror(code), path)

    return before


class ErrorTests(StoreTestCase):
    """Errors of the disk: nothing is lost, and it goes on."""

    def break_disk(self, operation: str, code: int = errno.ENOSPC) -> None:
        """An operation fails from now on."""
        self.disk.before = _failing(code, operation)

    def heal(self) -> None:
        """Nothing fails any more."""
        self.disk.before = lambda operation, path: None

    def test_write(self) -> None:
        """What could not be written, or synced, may be written again, and more with it."""
        for operation in ("write", "sync"):
            self.setUp()
            store = self.store(sync=True)
            store.write(some(1, 2))
            self.break_disk(operation)
            self.assertRaises(OSError, store.write, some(3, 2))
            self.assertRaises(OSError, store.write, some(3, 3))
            self.assertEqual(store.last, 2)
            self.heal()
            store.write(some(3, 4))
            self.assertEqual(numbers(self.again(store).entries(0)), [1, 2, 3, 4, 5, 6])

    def test_no_new_segment(self) -> None:
        """The old one is used beyond its size, and that is told; later a new one is begun."""
        store = self.store(1_000)
        store.write(some(1, 10))
        self.break_disk("create", errno.EMFILE)
        store.write(some(11, 10))
        self.assertIn("no new journal segment can be begun", store.complaint)
        self.assertEqual(len(self.names()), 1)
        self.heal()
        for first in range(21, 51, 10):
            store.write(some(first, 10))
        self.assertEqual(store.complaint, "")
        self.assertGreater(len(self.names()), 1)
        self.assertEqual(numbers(self.again(store).entries(0)), list(range(1, 51)))

    def test_no_new_epoch(self) -> None:
        """The old one stays until the new one is there."""
        store = self.store()
        store.write(some(1, 3))
        self.break_disk("create")
        self.assertRaises(OSError, store.start_epoch, 2)
        self.assertEqual((store.epoch, store.last, numbers(store.entries(1))), (1, 3, [2, 3]))
        self.heal()
        store.start_epoch(2)
        self.assertEqual((store.epoch, store.last, self.names()[0][:10]), (2, 0, "0000000002"))


class DamageTests(StoreTestCase):
    """What is found at the start is told with file and offset."""

    def setUp(self) -> None:
        """Three segments."""
        super().setUp()
        self.first = self.store(1_000)
        for first in range(1, 31, 5):
            self.first.write(some(first, 5))
        self.paths = [one.path for one in self.first.segments]
        self.ends = [one.end for one in self.first.segments]
        self.assertEqual(len(self.paths), 3)
        self.disk.kill()

    def refused(self, path: str, offset: int, text: str) -> None:
        """The start is refused for this reason."""
        error = self.assertRaises(JournalError, self.store)
        self.assertEqual((error.path, error.offset), (path, offset), error)
        self.assertIn(text, str(error))

    def test_flip(self) -> None:
        """A bit in an earlier batch."""
        self.disk.now[self.paths[1]].data[60] ^= 4
        self.refused(self.paths[1], 48, "the batch of entry 11 is damaged, and others follow it")

    def test_missing(self) -> None:
        """A segment in the middle, or the last one."""
        del self.disk.now[self.paths[1]]
        self.refused(self.paths[2], 0, "entries 11 to 20 are missing: a file is gone")

    def test_last_missing(self) -> None:
        """The one before it says that it goes on, and so does the note."""
        del self.disk.now[self.paths[2]]
        self.refused(
            self.paths[1], self.ends[1] - journal_format.HEAD_SIZE, "from entry 21 on, is gone"
        )

    def test_all_missing(self) -> None:
        """The note tells that there were some."""
        for path in self.paths:
            del self.disk.now[path]
        self.refused(f"{FOLDER}/note", 0, "epoch 1 had a segment from entry 21 on")

    def test_first_missing(self) -> None:
        """That may be retention: what is there begins later."""
        del self.disk.now[self.paths[0]]
        store = self.store()
        self.assertEqual((store.first, numbers(store.entries(0))), (11, list(range(11, 31))))

    def test_other_name(self) -> None:
        """A segment has to have its own name."""
        name = f"{FOLDER}/0000000001-00000000000000000099.journal"
        self.disk.now[name] = self.disk.now.pop(self.paths[2])
        self.refused(name, 0, "this is the segment 0000000001-00000000000000000021.journal")

    def test_torn(self) -> None:
        """A last batch that is not whole is cut, told of, and a copy is kept."""
        data = self.disk.now[self.paths[2]].data
        rest = bytes(data[-300:-10])
        del data[-10:]
        store = self.store()
        self.assertEqual(store.last, 25)
        self.assertIn("cut short", self.logged())
        (copy,) = [name for name in self.disk.names(FOLDER) if ".cut-" in name]
        self.assertTrue(bytes(self.disk.now[f"{FOLDER}/{copy}"].data).endswith(rest))
        store.write(some(26, 1))
        self.assertEqual(numbers(self.again(store).entries(0)), list(range(1, 27)))

    def test_cut_after_an_orderly_stop(self) -> None:
        """Then nothing may be torn."""
        self.store(1_000).close()
        del self.disk.now[self.paths[2]].data[-10:]
        self.refused(self.paths[2], self._batch(26), "entry 26 is not whole, but had been written")
        end = self._batch(26)
        del self.disk.now[self.paths[2]].data[end:]
        self.refused(self.paths[2], end, "and entry 30; now epoch 1 ends with 25")

    def _batch(self, first: int) -> int:
        """Where the batch that begins with an entry is."""
        data = bytes(self.disk.now[self.paths[2]].data)
        offset = journal_format.HEADER_SIZE
        while (batch := journal_format.check_batch(data, offset)) is not None:
            if batch.first == first:
                break
            offset = batch.end
        return offset

    def test_note(self) -> None:
        """It has a checksum, too."""
        self.disk.now[f"{FOLDER}/note"].data[0] ^= 1
        self.refused(f"{FOLDER}/note", 0, "the note of what was there is damaged")

    def test_newer_version(self) -> None:
        """A later format is refused with words."""
        self.disk.now[self.paths[0]].data[8] = 9
        self.refused(self.paths[0], 8, "format 9 is newer than format 1")

    def test_damaged_while_it_runs(self) -> None:
        """What is read is checked again."""
        store = self.store()
        self.disk.now[self.paths[1]].data[60] ^= 4
        error = self.assertRaises(JournalError, list, store.entries(0))
        self.assertEqual((error.path, error.offset), (self.paths[1], 48))


class RowTests(SynchronousTestCase):
    """A few cases of the rows of reliability; ``make test`` runs more."""

    def test_rows(self) -> None:
        """All pass, and of damage some is refused."""
        for run in (rows.run_crashes, rows.run_damage, rows.run_errors):
            found = run(3, range(40))
            self.assertEqual(found.failures, [])
        self.assertRegex(rows.run_damage(3, range(40)).remark, r"\d\d refused")


class DiskJournalTests(StoreTestCase):
    """The ring before the store."""

    def journal(self, size: int) -> DiskJournal:
        """A journal with a ring of ``size``."""
        store = Store(FOLDER, self.disk, False, Limits(1_000), self.now)
        journal = DiskJournal(size, store)
        journal.open()
        return journal

    def append(self, journal: DiskJournal, count: int) -> None:
        """Entries, each two a batch."""
        for _ in range(count):
            journal.append(5, 1, "oe", "S", b"%d" % (journal.last + 1) * 20)
            if journal.last % 2 == 0:
                journal.commit()

    def test_interface(self) -> None:
        """It is a journal."""
        verifyObject(IJournal, self.journal(1))

    def test_beyond_the_ring(self) -> None:
        """What the ring has forgotten is read from the disk, both ways, without a seam."""
        for size in (1, 2, 7, 50, 100, 1_000):
            self.setUp()
            journal = self.journal(size)
            self.append(journal, 101)
            self.assertEqual((journal.first, journal.last), (1, 101))
            for after in (0, 1, 49, 50, 93, 94, 99, 100, 101, 200):
                self.assertEqual(numbers(journal.entries(after)), list(range(after + 1, 102)))
                back = numbers(journal.backward(after))
                self.assertEqual(back, list(range(min(after - 1, 101), 0, -1)))

    def test_appended_while_reading(self) -> None:
        """It is found, too."""
        journal = self.journal(5)
        self.append(journal, 20)
        found = []
        for entry in journal.entries(0):
            found.append(entry.seq)
            if entry.seq <= 40:
                self.append(journal, 1)
        self.assertEqual(found, list(range(1, 61)))

    def test_only_what_was_committed(self) -> None:
        """The rest is lost with the process."""
        journal = self.journal(100)
        self.append(journal, 7)
        self.disk.kill()
        self.assertEqual(self.journal(100).last, 6)

    def test_again(self) -> None:
        """A second start goes on, with all in reach."""
        journal = self.journal(10)
        self.append(journal, 30)
        self.disk.kill()
        journal = self.journal(10)
        self.assertEqual((journal.first, journal.last), (1, 30))
        self.append(journal, 30)
        self.assertEqual(numbers(journal.entries(0)), list(range(1, 61)))

    def test_rewind(self) -> None:
        """A second run appends what is there already, which is not written again."""
        journal = self.journal(10)
        self.append(journal, 30)
        journal.rewind(20)
        self.append(journal, 14)
        self.assertEqual(
            (journal.last, numbers(journal.store.entries(28))), (34, list(range(29, 35)))
        )

    def test_clear(self) -> None:
        """A new epoch; the store follows at the next commit, also where nothing was appended."""
        journal = self.journal(10)
        self.append(journal, 31)
        reading = journal.entries(0)
        next(reading)
        journal.clear()
        self.assertEqual((list(reading), journal.first, journal.last), ([], 1, 0))
        journal.commit()
        self.assertEqual((journal.store.epoch, journal.store.last), (2, 0))
        self.append(journal, 2)
        self.assertEqual(numbers(journal.entries(0)), [1, 2])
        self.disk.kill()
        journal = self.journal(10)
        self.assertEqual((journal.epoch, journal.last), (2, 2))

    def test_clear_of_what_was_not_committed(self) -> None:
        """It is gone with its epoch."""
        journal = self.journal(10)
        self.append(journal, 3)
        journal.clear()
        journal.append(1, 1, "", "", b"")
        journal.commit()
        self.assertEqual(numbers(journal.store.entries(0)), [1])


class JournalServiceTests(SynchronousTestCase):
    """What the settings ask for."""

    def service(
        self, durability: str, folder: str = "", files: Files | None = None
    ) -> JournalService:
        """A service, started."""
        settings = Settings(durability=durability, data_dir=folder)
        service = JournalService(settings, lambda: 5, files)
        service.privilegedStartService()
        return service

    def test_none(self) -> None:
        """Nothing is written."""
        service = self.service("none")
        self.assertEqual((service.store, service.folder), (None, ""))
        service.journal.append(1, 1, "", "", b"")
        service.stopService()

    def test_private(self) -> None:
        """A folder of its own, which goes with it."""
        service = self.service("os")
        folder = Path(service.folder)
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        service.journal.append(1, 1, "", "", b"secret")
        service.journal.commit()
        (segment,) = (folder / "journal").glob("*.journal")
        self.assertEqual(
            (segment.stat().st_mode & 0o777, b"secret" in segment.read_bytes()), (0o600, True)
        )
        service.stopService()
        self.assertFalse(folder.exists())

    def test_kept(self) -> None:
        """A folder that is named stays; what was not committed yet is at the stop."""
        for durability in ("os", "fsync"):
            folder = self.mktemp()
            service = self.service(durability, folder)
            service.journal.append(1, 1, "", "", b"x")
            service.stopService()
            service = self.service(durability, folder)
            self.assertEqual([entry.data for entry in service.journal.entries(0)], [b"x"])
            service.stopService()

    def test_locked(self) -> None:
        """Of real files a lock holds against another process, not against a child of its own."""
        path = self.mktemp()
        file = RealFiles().lock(path)
        assert file is not None
        child = os.fork()
        if not child:
            os._exit(RealFiles().lock(path) is None)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 1)
        os.close(file)

    def test_damaged(self) -> None:
        """The start ends with file, offset and what to do."""
        disk = Disk()
        service = self.service("os", "data", disk)
        for _ in range(2):
            service.journal.append(1, 1, "", "", b"x")
            service.journal.commit()
        disk.kill()
        path = f"{FOLDER}/0000000001-00000000000000000001.journal"
        disk.now[path].data[70] ^= 1
        error = self.assertRaises(ConfigError, self.service, "os", "data", disk)
        self.assertIn(f"the journal is damaged: {path}: at byte 48: ", str(error))
        self.assertIn("exsim repair", str(error))

    def test_no_folder(self) -> None:
        """Where the folder cannot be made, that is told."""
        path = self.mktemp()
        Path(path).write_text("a file")
        error = self.assertRaises(ConfigError, self.service, "os", path)
        self.assertIn("[exsim] data_dir: ", str(error))
