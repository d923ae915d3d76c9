"""The journal in memory: numbering, the ring's bound, reading both ways, epochs."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.interfaces import IJournal
from exsim.journal.memory import MemoryJournal
from exsim.model.journal import EntryKind


def filled(size: int, entries: int) -> MemoryJournal:
    """A journal of ``size`` with so many entries; each one's time is its number."""
    journal = MemoryJournal(size)
    for number in range(1, entries + 1):
        assert journal.append(number, int(EntryKind.IN), "e", "s", b"%d" % number) == number
    return journal


class MemoryJournalTests(SynchronousTestCase):
    """What is kept, and what is told of it."""

    def test_interface(self) -> None:
        """It is a journal."""
        verifyObject(IJournal, MemoryJournal(1))

    def test_bound(self) -> None:
        """At its size it holds all; one past it, the oldest is gone."""
        for entries, first in ((0, 1), (1, 1), (5, 1), (6, 2), (13, 9)):
            journal = filled(5, entries)
            self.assertEqual((journal.first, journal.last), (first, entries))
            kept = [entry.seq for entry in journal.entries(0)]
            self.assertEqual(kept, list(range(first, entries + 1)))
            self.assertEqual(
                [entry.data for entry in journal.entries(0)], [b"%d" % n for n in kept]
            )
            back = [entry.seq for entry in journal.backward(entries + 1)]
            self.assertEqual(back, kept[::-1])

    def test_part(self) -> None:
        """Reading begins after, or before, a number."""
        journal = filled(5, 8)
        self.assertEqual([entry.seq for entry in journal.entries(6)], [7, 8])
        self.assertEqual([entry.seq for entry in journal.entries(8)], [])
        self.assertEqual([entry.seq for entry in journal.backward(6)], [5, 4])

    def test_newest(self) -> None:
        """So many at once, newest first, are what reading backward gives; also after a restart."""
        for entries in range(13):
            journal = filled(5, entries)
            for before in range(entries + 3):
                back = [entry.seq for entry in journal.backward(before)]
                for most in range(7):
                    found = [entry.seq for entry in journal.newest(before, most)]
                    self.assertEqual(found, back[:most], (entries, before, most))
        journal.start(3, 20)
        self.assertEqual(journal.newest(21, 5), [])
        for _ in range(7):
            journal.append(0, int(EntryKind.IN), "e", "s", b"")
        self.assertEqual([entry.seq for entry in journal.newest(99, 3)], [27, 26, 25])
        self.assertEqual([entry.seq for entry in journal.newest(26, 9)], [25, 24, 23])

    def test_appended_while_read(self) -> None:
        """A reader sees what is appended meanwhile, and skips what is overwritten."""
        journal = filled(3, 3)
        reader = journal.entries(0)
        self.assertEqual(next(reader).seq, 1)
        for _ in range(4):
            journal.append(0, int(EntryKind.OUT), "e", "s", b"")
        self.assertEqual([entry.seq for entry in reader], [5, 6, 7])

    def test_epochs(self) -> None:
        """Clearing starts at 1 again, in a new epoch, and ends readers of the old one."""
        journal = filled(3, 3)
        reader = journal.entries(0)
        next(reader)
        journal.clear()
        self.assertEqual((journal.epoch, journal.first, journal.last), (2, 1, 0))
        self.assertEqual(list(reader), [])
        self.assertEqual(journal.append(0, int(EntryKind.IN), "", "", b""), 1)

    def test_no_size(self) -> None:
        """A journal that can hold nothing is refused."""
        self.assertRaises(ValueError, MemoryJournal, 0)
