"""What holds of a journal wherever it is kept: in memory, in files, or in PostgreSQL."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable
from itertools import islice

from twisted.trial.unittest import SynchronousTestCase

from exsim.interfaces import IJournal
from exsim.journal.format import JournalError
from exsim.model.journal import Entry
from exsim.model.settings import Settings, VenueSettings
from exsim.services.files import RealFiles
from exsim.services.journal import DiskJournal
from exsim.services.keeping import FilesKeeping, JournalStore, Keeping
from exsim.services.segments import load
from exsim.services.snapshots import KeptSnapshots, Snapshot

SECOND = 10**9
LONG = 600_000
"""Bytes of an entry of which few make a page, whatever reads it."""


def some(first: int, count: int, size: int = 100) -> list[Entry]:
    """Entries from number ``first`` on, with so many bytes each."""
    return [
        Entry(seq, seq * SECOND, seq % 3, "order-entry", f"S{seq % 4}", bytes([seq % 251]) * size)
        for seq in range(first, first + count)
    ]


def told(entries: Iterable[Entry]) -> list[tuple[object, ...]]:
    """All that entries say."""
    return [
        (each.seq, each.time, each.kind, each.origin, each.session, each.data) for each in entries
    ]


def numbers(entries: Iterable[Entry]) -> list[int]:
    """The numbers of entries."""
    return [entry.seq for entry in entries]


class Kept(SynchronousTestCase):
    """A journal that is kept, and what may happen to it there."""

    def make(self, settings: Settings) -> Keeping:
        """The keeping that these settings ask for, not yet open, in the one place of a test."""
        raise NotImplementedError

    @abstractmethod
    def flip(self, seq: int) -> None:
        """Change a bit of the batch that begins with an entry."""
        raise NotImplementedError

    @abstractmethod
    def lose(self, first: int, last: int) -> None:
        """Remove what has these entries, as far as they can be removed alone."""
        raise NotImplementedError

    @abstractmethod
    def damage(self, path: str) -> None:
        """Change a bit of a snapshot."""
        raise NotImplementedError

    def keeping(self, size: int = 2_000, keep: int = 0, age: int = 3600 * SECOND) -> Keeping:
        """The journal, opened; it is let go of in the end."""
        settings = Settings(
            data_dir="kept",
            journal_segment_size=size,
            journal_keep_size=keep,
            journal_keep_age=age,
            venues=(VenueSettings("XSIM"),),
        )
        keeping = self.make(settings)
        keeping.open(self.folder)
        self.addCleanup(keeping.store.close)
        return keeping

    def setUp(self) -> None:
        """A folder of its own."""
        super().setUp()
        self.folder = os.path.abspath(self.mktemp())


class InFiles(Kept):
    """The one in files."""

    def make(self, settings: Settings) -> Keeping:
        """See :class:`Kept`."""
        return FilesKeeping(settings, lambda: 0, RealFiles())

    def flip(self, seq: int) -> None:
        """See :class:`Kept`."""
        for segment in load(RealFiles(), f"{self.folder}/journal").segments:
            for mark, offset in zip(segment.marks, segment.offsets, strict=True):
                if mark == seq:
                    _flip(segment.path, offset + 50)

    def lose(self, first: int, last: int) -> None:
        """See :class:`Kept`."""
        for segment in load(RealFiles(), f"{self.folder}/journal").segments:
            if first <= segment.first and segment.last <= last:
                os.remove(segment.path)

    def damage(self, path: str) -> None:
        """See :class:`Kept`."""
        _flip(path, os.path.getsize(path) // 2)


def _flip(path: str, offset: int) -> None:
    with open(path, "r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 4]))


class StoreContract(Kept):
    """A store, and what it has after it was opened again."""

    def opened(self) -> JournalStore:
        """The store of the place, opened."""
        return self.keeping().store

    def filled(self, count: int = 60) -> JournalStore:
        """One with entries, ten in a batch."""
        store = self.opened()
        for first in range(1, count, 10):
            store.write(some(first, 10))
        return store

    def test_again(self) -> None:
        """What was written is there when it is opened again, to the last byte."""
        store = self.filled()
        self.assertEqual((store.epoch, store.first, store.last), (1, 1, 60))
        store.close()
        store = self.opened()
        self.assertEqual((store.epoch, store.first, store.last), (1, 1, 60))
        self.assertEqual(told(store.entries(0)), told(some(1, 60)))
        store.write(some(61, 5))
        self.assertEqual(told(store.entries(58)), told(some(59, 7)))

    def test_empty(self) -> None:
        """Nothing is there at first."""
        store = self.opened()
        self.assertEqual((store.epoch, store.first, store.last), (1, 1, 0))
        self.assertEqual([*store.entries(0), *store.backward(9), *store.columns(0)], [])
        store.write([])
        self.assertEqual(store.last, 0)

    def test_from_anywhere(self) -> None:
        """Entries after any, and before any, in both directions."""
        store = self.filled()
        for seq in range(62):
            self.assertEqual(numbers(store.entries(seq)), list(range(seq + 1, 61)))
            self.assertEqual(
                numbers(store.backward(seq)), list(range(min(seq - 1, 60), 0, -1)), seq
            )

    def test_long(self) -> None:
        """Batches of which few fit in what is read at once."""
        store = self.opened()
        store.write(some(1, 3))
        for first in range(4, 24, 4):
            store.write(some(first, 4, LONG))
        store.write(some(24, 3))
        for seq in (0, 5, 7, 8, 24, 26):
            self.assertEqual(numbers(store.entries(seq)), list(range(seq + 1, 27)))
            self.assertEqual(numbers(store.backward(seq)), list(range(seq - 1, 0, -1)))
        self.assertEqual(told(islice(store.entries(22), 1)), told(some(23, 1, LONG)))

    def test_names(self) -> None:
        """Origins, sessions and data may be anything."""
        store = self.opened()
        odd = [
            Entry(1, -5, 9, "", "", b""),
            Entry(2, 2**62, 255, "ö\0", "\udcff", bytes(range(256))),
        ]
        store.write(odd)
        store.close()
        self.assertEqual(told(self.opened().entries(0)), told(odd))

    def test_written_while_reading(self) -> None:
        """What is added meanwhile is read, too."""
        store = self.filled()
        reading = store.entries(0)
        before = [next(reading) for _ in range(15)]
        store.write(some(61, 10))
        self.assertEqual(numbers([*before, *reading]), list(range(1, 71)))

    def test_passed_over(self) -> None:
        """What was written is not written again."""
        store = self.filled()
        store.write(some(41, 30))
        store.write(some(41, 30))
        self.assertEqual(store.last, 70)
        self.assertEqual(told(store.entries(0)), told(some(1, 70)))

    def test_epochs(self) -> None:
        """A new one begins with 1, and the old one is forgotten, also when opened again."""
        store = self.filled()
        store.start_epoch(2)
        self.assertEqual((store.epoch, store.first, store.last), (2, 1, 0))
        self.assertEqual(list(store.entries(0)), [])
        store.write(some(1, 3, 7))
        store.close()
        store = self.opened()
        self.assertEqual((store.epoch, store.last), (2, 3))
        self.assertEqual(told(store.entries(0)), told(some(1, 3, 7)))

    def test_an_empty_epoch(self) -> None:
        """One in which nothing was written yet is still that one."""
        store = self.filled()
        store.start_epoch(7)
        store.close()
        store = self.opened()
        self.assertEqual((store.epoch, store.last), (7, 0))

    def test_bytes(self) -> None:
        """It says about how much it takes."""
        store = self.opened()
        before = store.size
        store.write(some(1, 20, 10_000))
        self.assertGreaterEqual(store.size - before, 200_000)


class DamageContract(Kept):
    """What was acknowledged and is not there as it was is never passed over."""

    def filled(self) -> None:
        """A journal that was stopped in good order: batches of ten, a segment each."""
        store = self.keeping(size=4096).store
        for first in range(1, 61, 10):
            store.write(some(first, 10, 1000))
        store.close()

    def refused(self, text: str) -> None:
        """It is not opened, or not read."""

        def read() -> None:
            store = self.keeping().store
            list(store.entries(0))

        self.assertIn(text, str(self.assertRaises(JournalError, read)))

    def test_flip(self) -> None:
        """A bit that is another."""
        self.filled()
        self.flip(21)
        self.refused("damaged")

    def test_missing(self) -> None:
        """Entries in the middle."""
        self.filled()
        self.lose(21, 30)
        error = self.assertRaises(JournalError, self.keeping)
        self.assertIn("entries 21 to 30 are missing", str(error))

    def test_last_missing(self) -> None:
        """Those at the end, which were there when it was stopped."""
        self.filled()
        self.lose(51, 60)
        self.refused("51")

    def test_all_missing(self) -> None:
        """All of them."""
        self.filled()
        self.lose(1, 60)
        self.assertRaises(JournalError, self.keeping)

    def test_flipped_while_it_runs(self) -> None:
        """What is read is checked again."""
        store = self.keeping(size=4096).store
        for first in range(1, 61, 10):
            store.write(some(first, 10, 1000))
        self.assertEqual(numbers(store.entries(20))[0], 21)
        self.flip(21)
        self.assertRaises(JournalError, list, store.entries(20))
        self.assertRaises(JournalError, list, store.backward(25))
        self.assertEqual(numbers(store.entries(30))[0], 31)
        self.assertEqual(numbers(store.backward(21))[0], 20)


class SnapshotsContract(Kept):
    """Snapshots beside a journal, which ones are found, and what goes with them."""

    def begin(self, keep: int = 0) -> tuple[JournalStore, KeptSnapshots]:
        """A journal of sixty entries, and no snapshot."""
        keeping = self.keeping(size=4096, keep=keep)
        snapshots = keeping.snapshots()
        snapshots.open()
        for first in range(1, 61, 10):
            keeping.store.write(some(first, 10, 1000))
        return keeping.store, snapshots

    def write(self, snapshots: KeptSnapshots, seq: int, epoch: int = 1) -> None:
        """Write one, as it is done after an entry."""
        snapshots.write(Snapshot(epoch, seq, seq * SECOND, {"after": seq, "x": "y" * 2000}))

    def newest(self, snapshots: KeptSnapshots, epoch: int = 1, last: int = 60) -> int | None:
        """The entry after which the one that is found is."""
        found = snapshots.newest(epoch, last)
        return None if found is None else found.seq

    def test_newest(self) -> None:
        """The newest one is found, whole."""
        _, snapshots = self.begin()
        self.assertIsNone(self.newest(snapshots))
        self.write(snapshots, 20)
        self.write(snapshots, 40)
        self.assertEqual(self.newest(snapshots), 40)
        found = snapshots.newest(1, 60)
        assert found is not None
        self.assertEqual(found, Snapshot(1, 40, 40 * SECOND, {"after": 40, "x": "y" * 2000}))
        self.assertEqual([place[:2] for place in snapshots.all()], [(1, 40), (1, 20)])

    def test_again(self) -> None:
        """One that is written once more takes the place of the one before."""
        _, snapshots = self.begin()
        self.write(snapshots, 20)
        self.write(snapshots, 20)
        self.assertEqual(len(snapshots.all()), 1)

    def test_damaged(self) -> None:
        """A damaged one is passed over, for the one before."""
        _, snapshots = self.begin()
        self.write(snapshots, 20)
        self.write(snapshots, 40)
        self.damage(snapshots.all()[0][2])
        self.assertEqual(self.newest(snapshots), 20)
        self.flushLoggedErrors()

    def test_beyond_the_journal(self) -> None:
        """One of more than the journal has says that entries are gone."""
        _, snapshots = self.begin()
        self.write(snapshots, 40)
        with self.assertRaises(Exception) as caught:
            snapshots.newest(1, 30)
        self.assertIn(
            "the state after entry 40, but the journal ends with entry 30", str(caught.exception)
        )

    def test_a_reset_cut_short(self) -> None:
        """One of an epoch that was not begun is set aside, once and for all."""
        _, snapshots = self.begin()
        self.write(snapshots, 40)
        self.write(snapshots, 3, epoch=2)
        self.assertEqual(self.newest(snapshots), 40)
        self.assertEqual([place[:2] for place in snapshots.all()], [(1, 40)])

    def test_retention(self) -> None:
        """Two are kept, and of the journal what comes after the older one."""
        store, snapshots = self.begin()
        for seq in (15, 35, 55):
            self.write(snapshots, seq)
            store.retain(snapshots.clear_out(1))
        self.assertEqual([place[1] for place in snapshots.all()], [55, 35])
        self.assertEqual((store.first, store.last), (31, 60))
        self.assertEqual(numbers(store.entries(0)), list(range(31, 61)))
        self.assertEqual(numbers(store.backward(61)), list(range(60, 30, -1)))
        self.assertEqual(self.newest(snapshots), 55)

    def test_retention_by_size(self) -> None:
        """More than that is kept where it fits."""
        store, snapshots = self.begin(keep=45_000)
        for seq in (15, 35, 60):
            self.write(snapshots, seq)
            store.retain(snapshots.clear_out(1))
        self.assertEqual(store.first, 21)

    def test_removed_while_reading(self) -> None:
        """Who reads what is being removed goes on with what is there."""
        store, snapshots = self.begin()
        reading = store.columns(0)
        before = next(reading)
        self.assertEqual(before.last, 10)
        for seq in (40, 60):
            self.write(snapshots, seq)
            store.retain(snapshots.clear_out(1))
        rest = [columns.last for columns in reading]
        self.assertEqual(rest[-1], 60)


class JournalContract(SynchronousTestCase):
    """``IJournal``, with a ring of ten entries in memory before what is kept."""

    keeps = True
    """Whether what is not in memory any more can be read."""

    @abstractmethod
    def journal(self) -> IJournal:
        """A journal, empty."""
        raise NotImplementedError

    def append(self, journal: IJournal, count: int) -> None:
        """Append entries, and commit now and then."""
        for seq in range(journal.last + 1, journal.last + 1 + count):
            (entry,) = some(seq, 1)
            self.assertEqual(
                journal.append(entry.time, entry.kind, entry.origin, entry.session, entry.data), seq
            )
            if not seq % 4:
                journal.commit()
        journal.commit()

    def test_numbers(self) -> None:
        """Entries are numbered from 1, and are as they were appended."""
        journal = self.journal()
        self.assertEqual((journal.epoch, journal.first, journal.last), (1, 1, 0))
        self.append(journal, 8)
        self.assertEqual((journal.first, journal.last), (1, 8))
        self.assertEqual(told(journal.entries(0)), told(some(1, 8)))
        self.assertEqual(told(journal.entries(5)), told(some(6, 3)))
        self.assertEqual(numbers(journal.backward(4)), [3, 2, 1])

    def test_beyond_the_ring(self) -> None:
        """What is not in memory any more is read from where it is kept, if it is."""
        journal = self.journal()
        self.append(journal, 35)
        oldest = 1 if self.keeps else 26
        self.assertEqual((journal.first, journal.recent, journal.last), (oldest, 26, 35))
        self.assertEqual(told(journal.entries(0)), told(some(oldest, 36 - oldest)))
        self.assertEqual(numbers(journal.backward(34)), list(range(33, oldest - 1, -1)))

    def test_appended_while_reading(self) -> None:
        """What comes meanwhile is read, too, from wherever it is."""
        journal = self.journal()
        self.append(journal, 15)
        for back in (13, 7):  # where this begins to be read: kept, and in memory
            after = journal.last - back
            begun = max(after + 1, journal.first)
            reading = journal.entries(after)
            seen = [next(reading).seq]
            self.append(journal, 20)
            seen += numbers(reading)
            self.assertEqual((seen[0], seen[-1]), (begun, journal.last))
            if self.keeps:
                self.assertEqual(seen, list(range(begun, journal.last + 1)))

    def test_clear(self) -> None:
        """A new epoch begins with 1; a reading of the old one ends."""
        journal = self.journal()
        self.append(journal, 25)
        reading = journal.entries(0)
        next(reading)
        journal.clear()
        self.assertEqual(list(reading), [])
        self.assertEqual((journal.epoch, journal.last), (2, 0))
        self.append(journal, 15)
        self.assertEqual(numbers(journal.entries(0))[-1], 15)
        self.assertEqual((journal.epoch, journal.last), (2, 15))
        self.assertEqual(journal.complaint, "")


class KeptJournalContract(JournalContract, Kept):
    """The same of one that is kept."""

    def journal(self) -> IJournal:
        """See :class:`JournalContract`."""
        journal = DiskJournal(10, self.keeping().store)
        journal.go_on()
        return IJournal(journal)
