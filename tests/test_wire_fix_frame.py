"""FIX messages are cut out of any stream, the same however its bytes arrive."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.wire.fix import encode
from exsim.wire.fix_frame import Framer, Garbled, MessageTooLong
from tests.amount import amount

QUICK = settings(derandomize=True, deadline=None, database=None, max_examples=amount(50, 200))

ONE = encode(b"FIX.4.2", b"35=0\x0134=2\x01")
TWO = encode(b"FIXT.1.1", b"35=D\x0134=3\x0196=\x0110=000\x01junk\x01")
Item = bytes | tuple[bytes, bool, str]


def cut(chunks: list[bytes], largest: int = 65_536) -> list[Item]:
    """What a framer makes of a stream that comes in these pieces; an error ends it."""
    framer = Framer(largest)
    found: list[Item] = []
    for chunk in chunks:
        framer.feed(chunk)
        try:
            while (item := framer.next()) is not None:
                if isinstance(item, Garbled):
                    found.append((item.data, item.message, item.why))
                else:
                    found.append(item)
        except MessageTooLong as error:
            return [*found, (b"", True, str(error))]
    return found


def each_byte(data: bytes) -> list[bytes]:
    """The finest cut."""
    return [data[start : start + 1] for start in range(len(data))]


class Messages(SynchronousTestCase):
    """A stream of whole messages."""

    def test_one_after_the_other(self) -> None:
        """Messages come out as they went in."""
        for chunks in ([ONE + TWO + ONE], [ONE, TWO, ONE], each_byte(ONE + TWO + ONE)):
            self.assertEqual(cut(chunks), [ONE, TWO, ONE])

    def test_trailer_in_a_value(self) -> None:
        """BodyLength decides where a message ends, not what looks like its end."""
        self.assertIn(b"\x0110=000\x01junk", TWO)
        self.assertEqual(cut([TWO]), [TWO])

    def test_nothing(self) -> None:
        """No bytes, no messages."""
        self.assertEqual(cut([b"", b"", ONE[:-1], b""]), [])

    def test_any_size(self) -> None:
        """Around the sizes where BodyLength gets a digit more, and past those met often."""
        for size in (*range(60, 130), *range(960, 1030), 1985, 1990, 1995, 2005, 9_970, 40_000):
            raw = encode(b"FIX.4.2", b"35=B\x0158=%b\x01" % (b"x" * size))
            self.assertEqual(cut([raw + raw]), [raw, raw])
            self.assertEqual(cut([raw[:-9], raw[-9:] + ONE]), [raw, ONE])

    def test_leading_zeros(self) -> None:
        """BodyLength may be padded."""
        body = b"35=0\x0134=2\x01"
        raw = b"8=FIX.4.2\x019=00010\x01" + body
        raw += b"10=%03d\x01" % (sum(raw) % 256)
        self.assertEqual(cut([raw]), [raw])


class Broken(SynchronousTestCase):
    """Messages that are not right."""

    def broken(self, data: bytes, why: str, rest: bytes = ONE, *junk: Item) -> None:
        """``data`` is garbled for this reason; the message after it, or after junk, is found."""
        for chunks in ([data + rest], [data, rest], each_byte(data + rest)):
            first, *others = cut(chunks)
            self.assertEqual(first[:2], (data, True))
            self.assertIn(why, str(first[2]))
            self.assertEqual(others, [*junk, ONE])

    def test_checksum(self) -> None:
        """Wrong by one, not three digits, no digits, or without an end for too long."""
        right = int(ONE[-4:-1])
        for text in (b"%03d" % ((right + 1) % 256), b"256", b"%d" % (right % 100), b"", b"abc"):
            self.broken(ONE[:-4] + text + b"\x01", "CheckSum")
        self.broken(
            ONE[:-4], "CheckSum", b"0" * 30 + ONE, (b"0" * 30, False, "no message begins here")
        )

    def test_too_short(self) -> None:
        """A BodyLength that is too short: the message still ends at its CheckSum."""
        for length in (b"0", b"1", b"9"):
            self.broken(ONE.replace(b"9=10", b"9=" + length), "BodyLength")

    def test_too_long(self) -> None:
        """One that is too long swallows the messages that it reaches into."""
        swallowed = ONE.replace(b"9=10", b"9=40") + ONE
        self.broken(swallowed, "BodyLength")

    def test_reaches_to_the_end_of_another(self) -> None:
        """Though a message seems to end where what is there ends, more is to come."""
        seems = ONE.replace(b"9=10", b"9=99")
        seems = seems[:-7] + b"10=%03d\x01" % (sum(seems[:-7]) % 256)
        self.assertEqual(cut([seems]), [])
        self.assertEqual(cut([seems, ONE * 4]), cut([seems + ONE * 4]))

    def test_third_field(self) -> None:
        """MsgType has to be the third."""
        self.broken(encode(b"FIX.4.2", b"34=2\x0135=0\x01"), "third")

    def test_second_field(self) -> None:
        """BodyLength the second, and a number; then the bytes up to the next message are junk."""
        for second in (
            b"35=0",
            b"9=",
            b"9=-5",
            b"9=+5",
            b"9= 5",
            b"9=1_0",
            b"9=x",
            b"9=1234567890",
        ):
            data = b"8=FIX.4.2\x01" + second + b"\x0134=2\x0110=000\x01"
            junk = data[10:]
            self.broken(data[:10], "second", junk + ONE, (junk, False, "no message begins here"))

    def test_begin_string_without_end(self) -> None:
        """A BeginString that does not end is not waited for."""
        junk = b"." * 40
        self.broken(b"8=FIX", "no end", junk + ONE, (junk, False, "no message begins here"))


class Junk(SynchronousTestCase):
    """Bytes between messages."""

    def test_passed_over(self) -> None:
        """They are given out in one piece, marked as no message."""
        for junk in (
            b"x",
            b"8=",
            b"8=FI",
            b"108=30\x01",
            b"\x00\xff\x01",
            b"GET / HTTP/1.1\r\n\r\n",
        ):
            for chunks in ([junk + ONE], each_byte(junk + ONE)):
                self.assertEqual(cut(chunks), [(junk, False, "no message begins here"), ONE])

    def test_pieces(self) -> None:
        """Much of it comes in pieces of one size, so that little has to be kept."""
        junk = b"x" * 10_000
        for chunks in ([junk + ONE], each_byte(junk + ONE), [junk, ONE]):
            pieces = [item if isinstance(item, bytes) else item[0] for item in cut(chunks)]
            self.assertEqual(pieces, [b"x" * 4096, b"x" * 4096, b"x" * 1808, ONE])

    def test_begin_string_on_the_edge_of_a_piece(self) -> None:
        """A message that begins around the edge of a piece is found."""
        for size in range(4090, 4100):
            found = cut([b"x" * size + ONE])
            self.assertEqual(found[-1], ONE)
            self.assertEqual(found, cut(each_byte(b"x" * size + ONE)))


class Bounds(SynchronousTestCase):
    """How much is kept, and for how long it is looked at."""

    def test_largest(self) -> None:
        """A message of the largest size is fine, one byte more is not."""
        for chunks in ([ONE], each_byte(ONE)):
            self.assertEqual(cut(chunks, len(ONE)), [ONE])
            found = cut(chunks, len(ONE) - 1)
            self.assertEqual(found, [(b"", True, f"a message is longer than {len(ONE) - 1} bytes")])

    def test_length_out_of_bounds(self) -> None:
        """A BodyLength beyond the bound is not waited for."""
        start = b"8=FIX.4.2\x019=90000\x01"
        self.assertEqual(len(cut([start])), 1)
        self.assertEqual(cut([start[:-1]]), [])

    def test_trailer_that_does_not_come(self) -> None:
        """Past the bound the search ends; at it, the trailer is still found."""
        start = b"8=FIX.4.2\x019=5\x0135=0\x01"
        for size, fine in ((1000, True), (1001, False)):
            data = start + b"x" * (size - len(start) - 8) + b"\x0110=000\x01"
            for chunks in ([data], each_byte(data)):
                [item] = cut(chunks, 1000)
                self.assertEqual(item[0] == data, fine)

    def test_memory(self) -> None:
        """An endless message, or endless junk, is not collected."""
        for data in (b"8=FIX.4.2\x019=60000\x0135=0\x01", b""):
            framer = Framer()
            framer.feed(data)
            tracemalloc.start()
            try:
                for _turn in range(2_000):
                    framer.feed(b"x" * 1_000)
                    try:
                        while framer.next() is not None:
                            pass
                    except MessageTooLong:
                        break
                _now, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            self.assertLess(peak, 500_000)

    def test_nothing_is_held_on_to(self) -> None:
        """Once all messages of a read are taken, the read is let go."""
        framer = Framer()
        tracemalloc.start()
        try:
            framer.feed(ONE * 30_000)
            while framer.next() is not None:
                pass
            now, _peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(now, 20_000)

    def test_time(self) -> None:
        """
        Fed byte by byte, the worst streams take time in proportion to their length.

        Eight times the bytes may take at most thirty times the time; a search that starts over
        with each byte would take sixty-four times.
        """
        small, large = 4_000, 32_000
        for make in (
            lambda size: b"8=FIX.4.2\x019=5\x0135=0\x01" + b"x" * size,
            lambda size: b"8=FIX.4.2\x019=5\x0135=0\x01" + b"\x0110" * (size // 3),
            lambda size: b"8=FIX.4.2\x019=%d\x0135=0\x01" % size + b"x" * (size - 50),
            lambda size: b"x" * size,
            lambda size: b"8=FIX" * (size // 5),
            lambda size: b"8=FIX\x019=0\x01" * (size // 10),
        ):
            times = [
                min(_time_of(each_byte(make(size))) for _try in range(3)) for size in (small, large)
            ]
            self.assertLess(times[1], 30 * times[0])


def _time_of(chunks: list[bytes]) -> float:
    start = process_time()
    cut(chunks)
    return process_time() - start


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [ONE, TWO, ONE[:-1], ONE[2:], TWO[:20], b"8=FIX", b"\x01", b"10=", b"9=5\x01"]
        ),
        st.binary(max_size=8),
        st.builds(
            lambda raw, at, byte: raw[: at % len(raw)] + byte + raw[at % len(raw) + 1 :],
            st.sampled_from([ONE, TWO]),
            st.integers(0, 100),
            st.binary(min_size=1, max_size=1),
        ),
    ),
    max_size=8,
)


class AnyStream(SynchronousTestCase):
    """Streams of messages, pieces of messages and noise."""

    @QUICK
    @given(pieces, st.lists(st.integers(0, 400), max_size=6), st.sampled_from([60, 65_536]))
    def test_cuts(self, parts: list[bytes], places: list[int], largest: int) -> None:
        """However it is cut, the same comes out, and every byte at most once, in order."""
        data = b"".join(parts)
        whole = cut([data], largest)
        self.assertEqual(whole, cut(each_byte(data), largest))
        edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
        chunks = [data[start:end] for start, end in pairwise(edges)]
        self.assertEqual(whole, cut(chunks, largest))
        given_out = b"".join(item if isinstance(item, bytes) else item[0] for item in whole)
        self.assertTrue(data.startswith(given_out))

    @QUICK
    @given(st.lists(st.sampled_from([ONE, TWO]), max_size=5), st.binary(max_size=5))
    def test_messages_are_found(self, messages: list[bytes], junk: bytes) -> None:
        """Messages between junk are all found."""
        noise = junk.replace(b"8", b".")
        found = cut([b"".join(raw + noise for raw in messages)])
        self.assertEqual([item for item in found if isinstance(item, bytes)], messages)
