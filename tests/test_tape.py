"""What a second run is compared with: entries in order, the first difference, a digest."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.interfaces import IJournal
from exsim.journal import Tape
from exsim.journal.columns import columns_of
from exsim.journal.tape import Digest
from exsim.model.journal import Entry


def entries(count: int, seed: int = 1) -> list[Entry]:
    """So many entries of a few sessions."""
    random = Random(seed)
    return [
        Entry(seq, 10**18 + seq, random.choice((1, 2, 4)), *random.choice(NAMES), b"%d" % seq)
        for seq in range(1, count + 1)
    ]


NAMES = (("oe", "A"), ("oe", "B"), ("oe", ""), ("", ""), ("o", "eA"), ("oe", "\udcff"))


def plain(entry: Entry | None) -> list[object] | None:
    """All of an entry."""
    if entry is None:
        return None
    return [entry.seq, entry.time, entry.kind, entry.origin, entry.session, entry.data]


def feed(tape: Tape, made: Iterable[Entry]) -> None:
    """Have entries made again."""
    for entry in made:
        tape.append(entry.time, entry.kind, entry.origin, entry.session, entry.data)


class TapeTests(SynchronousTestCase):
    """Entries that are there, and are made again."""

    def test_interface(self) -> None:
        """It stands in for a journal."""
        verifyObject(IJournal, Tape([], 1, 0, digest=False))

    def test_the_same(self) -> None:
        """All of them, also where they are only passed over."""
        there = entries(2500)
        tape = Tape(columns_of(iter(there)), 1, 0, digest=True)
        for entry in there:
            self.assertEqual(plain(tape.peek()), plain(entry))
            following = there[entry.seq] if entry.seq < 2500 else None
            self.assertEqual(plain(tape.peek(1)), plain(following))
            if entry.seq % 3:
                feed(tape, [entry])
            else:
                tape.skip()
            self.assertEqual(tape.last, entry.seq)
        self.assertIsNone(tape.peek())
        self.assertIsNone(tape.difference)
        self.assertEqual(tape.beyond, [])
        self.assertEqual((tape.first, tape.recent), (2501, 2501))
        digest = Digest()
        digest.add(there)
        self.assertEqual(tape.digest, digest.text())

    def test_any_difference(self) -> None:
        """The first, in whatever it is; what comes after it is not compared."""
        there = entries(5)
        odd = Entry(3, 10**18 + 3, there[2].kind, there[2].origin, there[2].session, b"3")
        for name, value in (
            ("time", 5),
            ("kind", 7),
            ("origin", "x"),
            ("session", "x"),
            ("data", b"x"),
        ):
            made = list(there)
            made[2] = other = Entry(3, odd.time, odd.kind, odd.origin, odd.session, odd.data)
            setattr(other, name, value)
            tape = Tape(columns_of(there), 1, 0, digest=True)
            feed(tape, [*made[:4], odd])
            assert tape.difference is not None
            self.assertEqual(tape.difference.seq, 3, name)
            self.assertEqual(plain(tape.difference.written), plain(there[2]))
            assert tape.difference.made is not None
            self.assertEqual(getattr(tape.difference.made, name), value)

    def test_a_number(self) -> None:
        """Entries that are numbered otherwise differ, too."""
        there = entries(3)
        there[1].seq = 7
        tape = Tape(columns_of(there), 1, 0, digest=False)
        feed(tape, there)
        assert tape.difference is not None
        self.assertEqual(tape.difference.seq, 2)

    def test_beyond(self) -> None:
        """What comes after the end is kept apart."""
        there = entries(10)
        tape = Tape(columns_of(there[:8]), 1, 0, digest=True)
        feed(tape, there)
        self.assertIsNone(tape.difference)
        self.assertEqual([entry.seq for entry in tape.beyond], [9, 10])
        self.assertEqual(tape.beyond[1].data, b"10")

    def test_texts(self) -> None:
        """A difference in words."""
        tape = Tape(columns_of(entries(3)[:1]), 1, 0, digest=False)
        tape.append(5, 2, "oe", "A", b"8=FIX\x01\xff")
        assert tape.difference is not None
        said = tape.difference.text()
        self.assertIn("and now it would be OUT at 5 A of oe: 8=FIX|\\xff", said)
        self.assertIn("entry 1 is ", said)


class DigestTests(SynchronousTestCase):
    """The digest of entries."""

    def digest(self, *pieces: list[Entry]) -> str:
        """That of entries in pieces."""
        digest = Digest()
        for piece in pieces:
            digest.add(piece)
        return digest.text()

    def test_pieces(self) -> None:
        """It does not depend on the pieces, nor on how often it is asked for."""
        there = entries(300)
        expected = self.digest(there)
        self.assertEqual(len(expected), 32)
        self.assertEqual(self.digest(there[:1], there[1:170], [], there[170:]), expected)
        tape = Tape(columns_of(there), 1, 0, digest=True)
        for entry in there:
            feed(tape, [entry])
            if entry.seq % 7 == 0:
                self.assertEqual(tape.digest, self.digest(there[: entry.seq]))
        self.assertEqual(tape.digest, expected)

    def test_all_of_it(self) -> None:
        """Whatever changes changes it."""
        there = entries(50)
        seen = {self.digest(there)}
        for name, value in (
            ("time", 5),
            ("kind", 7),
            ("origin", "x"),
            ("session", "x"),
            ("data", b"x"),
        ):
            changed = entries(50)
            setattr(changed[20], name, value)
            seen.add(self.digest(changed))
        seen.add(self.digest(there[:-1]))
        joined = entries(50)
        joined[3].data, joined[4].data = joined[3].data + joined[4].data, b""
        seen.add(self.digest(joined))
        self.assertEqual(len(seen), 8)

    def test_fixed(self) -> None:
        """It is the same in every build and run: one for good."""
        self.assertEqual(self.digest(entries(100)), "158d6b8d18ad835298f8eccef9315f0b")

    def test_of_a_tape(self) -> None:
        """What was made counts, and not what was there; without being asked for there is none."""
        there = entries(20)
        made = entries(20)
        made[10].data = b"other"
        for count in (5, 15, 20):
            tape = Tape(columns_of(there[:18]), 1, 0, digest=True)
            feed(tape, made[:count])
            self.assertEqual(tape.digest, self.digest(made[:count]), count)
        self.assertEqual(Tape(columns_of(there), 1, 0, digest=False).digest, "")
