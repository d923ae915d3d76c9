"""What holds of searching a journal, wherever it and its index are kept."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question
from exsim.services.journal import DiskJournal

SESSIONS = ("A", "B", "C")
IN, OUT = int(EntryKind.IN), int(EntryKind.OUT)


def fix(number: int, kind: str = "D") -> bytes:
    """A message with identifiers of its own, and some that come again."""
    text = f"8=FIX.4.2|9=1|35={kind}|11=ID{number}|37=O{number % 50}|55=S{number % 4}|10=000|"
    return text.replace("|", "\x01").encode()


def append_day(journal: DiskJournal, count: int) -> None:
    """Messages of three sessions, in and out, some timers, one that has no type."""
    for number in range(journal.last + 1, journal.last + 1 + count):
        session = SESSIONS[number % 3]
        if number % 10 == 0:
            journal.append(number, int(EntryKind.TIMER), "oe", session, b"session 1")
        elif number % 25 == 0:
            journal.append(number, int(EntryKind.GARBLED), "oe", session, b"junk\xff")
        else:
            kind = "D" if number % 2 else "8"
            journal.append(number, IN if number % 2 else OUT, "oe", session, fix(number, kind))
        if number % 7 == 0:
            journal.commit()
    journal.commit()


class IndexCase(SynchronousTestCase):
    """A journal with little in memory, in the one place of a test."""

    journal: DiskJournal

    def setUp(self) -> None:
        """An empty one."""
        super().setUp()
        self.journal = self.open()

    def open(self, ring: int = 20) -> DiskJournal:
        """The journal of the place; it is closed in the end."""
        raise NotImplementedError

    def indexed(self) -> None:
        """Index all there is, a little at a time."""
        raise NotImplementedError

    def retain(self, seq: int) -> None:
        """Remove what comes before an entry, as far as that goes."""
        raise NotImplementedError

    def least(self) -> list[int]:
        """The first entries that the index has messages, and identifiers, of."""
        raise NotImplementedError

    def wanted(self, question: Question, after: int) -> list[int]:
        """What a look at every entry finds."""
        return [e.seq for e in self.journal.entries(after) if fits(question, e)]

    def check(self, question: Question) -> int:
        """A search finds all of it, in order, from wherever; how many entries it named."""
        named = 0
        for after in (0, 1, self.journal.last // 2, self.journal.last - 5, self.journal.last + 3):
            found = list(self.journal.search(question, after))
            seqs = [entry.seq for entry in found]
            self.assertEqual(seqs, sorted(set(seqs)))
            self.assertEqual(
                [e.seq for e in found if fits(question, e)], self.wanted(question, after)
            )
            named = max(named, len(found))
        return named


def fits(question: Question, entry: Entry) -> bool:
    """Whether an entry is what is asked for, by its bytes."""
    if entry.kind not in (IN, OUT, int(EntryKind.GARBLED)):
        return False
    fields = entry.data.split(b"\x01")
    return (
        question.session in (None, entry.session)
        and (question.msg_type is None or f"35={question.msg_type}".encode() in fields)
        and all(f"{tag}={value}".encode() in fields for tag, value in question.fields)
        and (question.since is None or entry.time >= question.since)
        and (question.until is None or entry.time <= question.until)
    )


QUESTIONS = (
    (Question(), 1_000),
    (Question("A"), 400),
    (Question("nobody"), 30),
    (Question(None, "8"), 550),
    (Question("B", "D"), 250),
    (Question(None, None, [("11", "ID77")]), 30),
    (Question(None, None, [("37", "O7")]), 50),
    (Question("C", "D", [("37", "O7"), ("55", "S3")]), 40),
    (Question(None, None, [("55", "S3")]), 1_000),
    (Question(None, None, [("11", "none of them")]), 30),
    (Question(None, None, [], 300, 330), 60),
    (Question("A", None, [], 300), 300),
)
"""What may be asked, and how many of 1,000 entries are named at most, 20 of them in memory."""


class SearchContract(IndexCase):
    """Searching with an index, without, and with one that lags behind."""

    def test_without(self) -> None:
        """All entries are named."""
        append_day(self.journal, 300)
        for question, _most in QUESTIONS:
            self.assertEqual(self.check(question), 300)

    def test_indexed(self) -> None:
        """All that is asked for is named, and not much else."""
        append_day(self.journal, 1_000)
        self.indexed()
        for question, most in QUESTIONS:
            self.assertLessEqual(self.check(question), most, question)

    def test_lagging(self) -> None:
        """What is not indexed yet is found as well, also after more was indexed."""
        append_day(self.journal, 500)
        self.indexed()
        append_day(self.journal, 500)
        for question, _most in QUESTIONS:
            self.check(question)
        self.indexed()
        for question, most in QUESTIONS:
            self.assertLessEqual(self.check(question), most, question)

    def test_pages(self) -> None:
        """More places than are asked for at once."""
        append_day(self.journal, 5_000)
        self.indexed()
        self.assertGreater(self.check(Question("A")), 1_400)

    def test_epochs(self) -> None:
        """A new epoch is indexed anew, and the old index is not asked meanwhile."""
        append_day(self.journal, 200)
        self.indexed()
        self.journal.clear()
        append_day(self.journal, 300)
        self.check(Question("A"))
        self.indexed()
        self.assertLess(self.check(Question("A")), 150)

    def test_retention(self) -> None:
        """What is gone is not found, before and after the index knows."""
        append_day(self.journal, 500)
        self.indexed()
        self.retain(300)
        self.assertGreater(self.journal.first, 200)
        self.check(Question("A"))
        append_day(self.journal, 50)
        self.indexed()
        self.check(Question("A"))
        for least in self.least():
            self.assertGreaterEqual(least, self.journal.first)

    def test_restart(self) -> None:
        """It goes on with the index that is there."""
        append_day(self.journal, 500)
        self.indexed()
        self.journal.close()
        self.journal = self.open()
        self.assertEqual(self.journal.index.reached(), (1, 500))
        append_day(self.journal, 100)
        for question, most in QUESTIONS:
            self.assertLessEqual(self.check(question), most + 100, question)

    def test_clock_set_back(self) -> None:
        """Messages are found by their time although a clock was set back."""
        for number in range(200):
            time = 500 + number - 100 * (number > 100)
            self.journal.append(time, IN, "oe", "A", fix(number))
        self.journal.commit()
        self.indexed()
        for since, until in ((520, 530), (590, 600), (598, None), (None, 505)):
            self.check(Question(None, None, [], since, until))
