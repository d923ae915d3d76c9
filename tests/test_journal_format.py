"""The journal's format on disk: what is encoded is decoded, and what is damaged is found."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.faults.marked import Marked
from exsim.journal import format as journal
from exsim.journal import native
from exsim.journal.format import Batch, Header, JournalError
from exsim.model.journal import Entry
from tests.amount import amount

entries = st.builds(
    Entry,
    st.just(0),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(1, 255),
    st.text(max_size=5),
    st.sampled_from(["", "A", "Bé", "odd\udcff"]),
    st.binary(max_size=600),
)


def plain(entry: Entry) -> tuple[int, int, int, str, str, bytes]:
    """All that an entry is."""
    return entry.seq, entry.time, entry.kind, entry.origin, entry.session, entry.data


def numbered(found: list[Entry], first: int) -> list[Entry]:
    """The entries with numbers from ``first`` on."""
    return [
        Entry(seq, one.time, one.kind, one.origin, one.session, one.data)
        for seq, one in enumerate(found, first)
    ]


def some(count: int, first: int = 1, size: int = 10) -> list[Entry]:
    """Entries of a day."""
    return [
        Entry(seq, 10**18 + seq, 1 + seq % 2, "oe", f"S{seq % 3}", b"%d" % seq * size)
        for seq in range(first, first + count)
    ]


def segment(*batches: list[Entry]) -> bytes:
    """A segment, from the first entry on."""
    encoder = journal.Encoder()
    begin = journal.encode_header(Header(1, batches[0][0].seq, 5))
    return begin + b"".join(encoder.encode(batch, 0) for batch in batches)


class HeaderTests(SynchronousTestCase):
    """The head of a file."""

    def test_round_trip(self) -> None:
        """It comes back, and has the size it has."""
        data = journal.encode_header(Header(3, 2**40, 1_790_000_000_000_000_000))
        self.assertEqual(len(data), journal.HEADER_SIZE)
        header = journal.decode_header(data + b"more", "f")
        self.assertEqual(
            (header.epoch, header.first, header.created), (3, 2**40, 1_790_000_000_000_000_000)
        )

    def test_fixed(self) -> None:
        """The bytes of version 1 are these for ever."""
        data = journal.encode_header(Header(1, 2, 3))
        expected = (
            b"EXSIMJNL\1\0" + bytes(6) + b"\1" + bytes(7) + b"\2" + bytes(7) + b"\3" + bytes(11)
        )
        self.assertEqual(data, expected + zlib.crc32(expected).to_bytes(4, "little"))

    def test_flips(self) -> None:
        """No bit of it may be another."""
        data = journal.encode_header(Header(1, 2, 3))
        for bit in range(8 * len(data)):
            bad = bytearray(data)
            bad[bit // 8] ^= 1 << bit % 8
            self.assertRaises(JournalError, journal.decode_header, bytes(bad), "f")

    def test_cut(self) -> None:
        """One that ends early is torn, and says where."""
        data = journal.encode_header(Header(1, 2, 3))
        error = self.assertRaises(JournalError, journal.decode_header, data[:-1], "some/file")
        self.assertEqual((error.path, error.offset, error.torn), ("some/file", 47, True))

    def test_newer(self) -> None:
        """A later version is refused, and not taken for damage."""
        data = bytearray(journal.encode_header(Header(1, 2, 3)))
        data[8] = 2
        error = self.assertRaises(JournalError, journal.decode_header, bytes(data), "f")
        self.assertIn("format 2 is newer than format 1", str(error))
        self.assertFalse(error.torn)


class BatchTests(SynchronousTestCase):
    """Entries in batches."""

    @settings(max_examples=amount(20, 200), derandomize=True, deadline=None)
    @given(st.lists(entries, min_size=1, max_size=20), st.integers(1, 2**60))
    def test_round_trip(self, found: list[Entry], first: int) -> None:
        """Any entries come back."""
        written = numbered(found, first)
        encoder = journal.Encoder()
        data = b"before" + encoder.encode(written, 0)
        self.assertEqual(encoder.taken, len(written))
        batch = journal.check_batch(data, 6)
        assert batch is not None
        self.assertEqual((batch.end, batch.first, batch.count), (len(data), first, len(written)))
        self.assertEqual(journal.batch_size(data, 6), len(data) - 6)
        read = journal.decode(data, batch).entries()
        self.assertEqual([plain(one) for one in read], [plain(one) for one in written])

    def test_fixed(self) -> None:
        """The bytes of version 1 are these for ever."""
        data = journal.Encoder().encode([Entry(7, 258, 2, "oe", "S", b"abc")], 0)
        body = bytes([2, 0, 0, 0, 1, 0, 0, 0]) + b"oeS" + bytes([2, 1, 0, 0, 0, 0, 0, 0])
        body += bytes([2, 0, 0, 0, 3, 0, 0, 0]) + b"abc"
        rest = bytes([7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0])
        crc = zlib.crc32(rest + body).to_bytes(4, "little")
        self.assertEqual(data, b"XBAT" + crc + rest + body)

    def test_bounds(self) -> None:
        """A batch takes so many entries and bytes, and the next goes on."""
        encoder = journal.Encoder()
        many = [Entry(seq, 0, 1, "", "", b"") for seq in range(1, journal.MOST_ENTRIES + 2)]
        encoder.encode(many, 0)
        self.assertEqual(encoder.taken, journal.MOST_ENTRIES)
        data = encoder.encode(many, journal.MOST_ENTRIES)
        batch = journal.check_batch(data, 0)
        assert batch is not None
        self.assertEqual((encoder.taken, batch.first), (1, journal.MOST_ENTRIES + 1))
        half = bytes(journal.MOST_BYTES // 2)
        for size, taken in ((half, 2), (half[1:], 3), (half + half, 1)):
            encoder.encode([Entry(seq, 0, 1, "", "", size) for seq in range(1, 5)], 0)
            self.assertEqual(encoder.taken, taken)

    def test_names_are_forgotten(self) -> None:
        """What is remembered of names is bounded, and they are right all the same."""
        encoder = journal.Encoder()
        for seq in range(1, 20_010):
            data = encoder.encode([Entry(seq, 0, 1, "oe", f"S{seq}", b"")], 0)
        self.assertLessEqual(len(encoder._names), 10_000)
        batch = journal.check_batch(data, 0)
        assert batch is not None
        self.assertEqual(journal.decode(data, batch).entry(0).session, "S20009")

    def test_flips(self) -> None:
        """No bit of a batch may be another."""
        data = journal.Encoder().encode(some(2), 0)
        self.assertIsNotNone(journal.check_batch(data, 0))
        for bit in range(8 * len(data)):
            bad = bytearray(data)
            bad[bit // 8] ^= 1 << bit % 8
            self.assertIsNone(journal.check_batch(bytes(bad), 0))
        for end in range(len(data)):
            self.assertIsNone(journal.check_batch(data[:end], 0))


class ScanTests(SynchronousTestCase):
    """Going through a whole segment."""

    def scan(self, data: bytes, first: int = 1) -> tuple[list[Batch], JournalError | None]:
        """What is found in these bytes."""
        return journal.scan(data, "f", first)

    def test_whole(self) -> None:
        """All batches, also where zeros follow."""
        data = segment(some(3), some(1, 4), some(2, 5))
        for tail in (b"", bytes(1000)):
            batches, error = self.scan(data + tail)
            self.assertIsNone(error)
            self.assertEqual([(one.first, one.count) for one in batches], [(1, 3), (4, 1), (5, 2)])

    def test_torn(self) -> None:
        """Whatever is cut off at the end, what is before counts, and it is told."""
        data = segment(some(3), some(2, 4))
        last = len(segment(some(3)))
        for end in range(last + 1, len(data)):
            for tail in (b"", bytes(100)):
                batches, error = self.scan(data[:end] + tail)
                self.assertEqual(len(batches), 1)
                assert error is not None
                self.assertEqual((error.offset, error.torn), (last, True))

    def test_damaged(self) -> None:
        """What others follow is not torn, but damaged."""
        data = bytearray(segment(some(3), some(2, 4), some(1, 6)))
        last = len(segment(some(3)))
        data[last + 50] ^= 1
        batches, error = self.scan(bytes(data))
        self.assertEqual(len(batches), 1)
        assert error is not None
        self.assertEqual((error.offset, error.torn), (last, False))
        self.assertIn("entry 4 is damaged, and others follow", str(error))

    def test_magic_in_data(self) -> None:
        """Data that looks like the beginning of a batch does not make it damage."""
        odd = [Entry(4, 0, 1, "", "", journal.MAGIC * 40)]
        data = segment(some(3), odd)
        _batches, error = self.scan(data[:-1])
        assert error is not None
        self.assertTrue(error.torn)

    def test_gap(self) -> None:
        """Numbers that do not go on are an error."""
        batches, error = self.scan(segment(some(3), some(2, 5)))
        self.assertEqual(len(batches), 1)
        assert error is not None
        self.assertFalse(error.torn)
        self.assertIn("entry 5 stands where 4 belongs", str(error))


class NativeTests(SynchronousTestCase):
    """Batches made in C, in builds that do it, are those that Python makes."""

    def setUp(self) -> None:
        """It is there in a compiled build."""
        if native.batch is None:
            raise SkipTest("this build has no parts in C")

    def compare(self, found: list[Entry], start: int = 0) -> bool:
        """Both make the same; whether C makes anything."""
        assert native.batch is not None
        made = native.batch(found, start)
        encoder = journal.Encoder()
        slowly = encoder.encode_slowly(found, start)
        if made is not None:
            self.assertEqual(made, (slowly, encoder.taken))
        self.assertEqual(journal.Encoder().encode(found, start), slowly)
        return made is not None

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(75, 300))
    @given(st.lists(entries, min_size=1, max_size=12), st.integers(1, 2**63 - 20), st.data())
    def test_any(self, found: list[Entry], first: int, data: st.DataObject) -> None:
        """Whatever the entries; of names that are no UTF-8 it makes nothing."""
        found = numbered(found, first)
        start = data.draw(st.integers(0, len(found) - 1))
        odd = any("\udcff" in one.session for one in found[start:])
        self.assertEqual(self.compare(found, start), not odd)

    def test_names(self) -> None:
        """Equal names count once, be they one object or two; many are left to Python."""
        found = some(40)
        for one in found[::2]:
            one.session = "".join(list(one.session))
        self.assertTrue(self.compare(found))
        for count, made in ((16, True), (17, False)):
            for number, one in enumerate(found):
                one.session = f"S{number % count}"
            self.assertEqual(self.compare(found), made)

    def test_sizes(self) -> None:
        """A batch is closed once it is long; more entries than usual are left to Python."""
        self.assertTrue(self.compare(some(5, size=journal.MOST_BYTES // 2)))
        self.assertTrue(self.compare(some(512)))
        self.assertFalse(self.compare(some(513)))

    def test_checksums(self) -> None:
        """Of batches of any length: processors sum up so many bytes at once, and then the rest."""
        for size in range(200):
            self.assertTrue(self.compare(some(1, size=size)))

    def test_classes(self) -> None:
        """Entries of another class are taken as well, also between others."""
        assert native.batch is not None
        found = some(3)
        one = found[1]
        likeness: Any = SimpleNamespace(
            seq=one.seq,
            time=one.time,
            kind=one.kind,
            origin=one.origin,
            session=one.session,
            data=one.data,
        )
        self.assertEqual(native.batch([found[0], likeness, found[2]], 0), native.batch([*found], 0))

    def test_odd(self) -> None:
        """Bytes with a mark are bytes; numbers that have no room are left to Python."""
        found = some(1)
        found[0].data = Marked(b"x")
        self.assertTrue(self.compare(found))
        assert native.batch is not None
        for kind, time in ((256, 1), (-1, 1), (1, 2**63)):
            odd = [Entry(1, time, kind, "oe", "S", b"x")]
            self.assertIsNone(native.batch(odd, 0))

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(75, 300))
    @given(st.lists(entries, min_size=1, max_size=12), st.integers(1, 2**63 - 20), st.binary())
    def test_taken_apart(self, found: list[Entry], first: int, before: bytes) -> None:
        """What is read of a batch in C is what Python reads of it."""
        found = numbered(found, first)
        data = before + journal.Encoder().encode(found, 0)
        batch = journal.check_batch(data, len(before))
        assert batch is not None
        slowly = journal.decode_slowly(data, batch)
        columns = journal.decode(data, batch)
        self.assertEqual(columns.whats, slowly.whats)
        self.assertEqual([*map(plain, columns.entries())], [*map(plain, slowly.entries())])
        self.assertEqual([*map(plain, slowly.entries())], [*map(plain, found)])

    def test_cut_short(self) -> None:
        """Entries that are not all there are none; it takes bytes, an offset and a number."""
        assert native.entries is not None
        data = journal.Encoder().encode(some(2, size=3), 0)
        words = len(data) - 2 * 16 - 2 * 3
        self.assertIsNotNone(native.entries(data, words, 2))
        for arguments in (
            (data[:-1], words, 2),
            (data, words, 3),
            (data, -1, 2),
            (data, words, -1),
        ):
            self.assertIsNone(native.entries(*arguments))
        batch = journal.check_batch(data, 0)
        assert batch is not None
        self.assertRaises(ValueError, journal.decode, data[:-1], batch)
        wrong: tuple[tuple[Any, ...], ...] = ((data, words), ("", 0, 0), (data, "0", 0))
        for each in wrong:
            self.assertRaises(TypeError, native.entries, *each)

    def test_wrong(self) -> None:
        """It takes a list of entries; there is nothing after its end."""
        assert native.batch is not None
        wrong: tuple[tuple[Any, ...], ...] = (((), 0), ([],), ([], "0"))
        for arguments in wrong:
            self.assertRaises(TypeError, native.batch, *arguments)
        self.assertIsNone(native.batch([], 0))
        self.assertIsNone(native.batch(some(2), 2))
        self.assertIsNone(native.batch(some(2), -2))
