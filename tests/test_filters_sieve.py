"""Entries that surely do not fit are passed over, so many at a time, and no other is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.filters import parse
from exsim.filters.looks import NO, delimited
from exsim.filters.quick import quick_look
from exsim.filters.sieve import Sieve
from exsim.model.journal import Entry, EntryKind
from tests.amount import amount

LOOKS = {
    "oe": quick_look(parse("session=A type=D")),
    "md": quick_look(parse("direction=out")),
}
"""What is wanted of two endpoints; of another one nothing is known."""
HEAD = b"8=FIX.4.2\x019=5\x01"
KINDS = (EntryKind.IN, EntryKind.OUT, EntryKind.BOT)

entries = st.lists(
    st.builds(
        lambda kind, origin, session, data: Entry(0, 1, int(kind), origin, session, data),
        st.sampled_from(KINDS),
        st.sampled_from(["oe", "md", "other"]),
        st.sampled_from("AB"),
        st.sampled_from([HEAD + b"35=D\x01", HEAD + b"35=8\x01", b"odd\x0135=D\x01"]),
    ),
    max_size=30,
)


def may_fit(entry: Entry) -> bool:
    """What a look tells of one alone."""
    look = LOOKS.get(entry.origin)
    if look is None or entry.kind == EntryKind.BOT:
        return True
    way = "out" if entry.kind == EntryKind.OUT else "in"
    return look.look(delimited(entry.data), entry.session, way) != NO


class SieveTests(SynchronousTestCase):
    """See the module."""

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(50, 200))
    @given(entries, st.integers(1, 7))
    def test_any(self, found: list[Entry], most: int) -> None:
        """Those that may fit come in order, whatever is looked at in one go; all are counted."""
        for number, entry in enumerate(found):
            entry.seq = 100 - number
        sieve, left = Sieve(LOOKS, 101), iter(found)
        told: list[Entry] = []
        looked, over = 0, False
        while not over:
            one = sieve.next(left, most)
            looked += sieve.looked
            self.assertLessEqual(sieve.looked, most)
            self.assertEqual(sieve.position, 101 - looked)
            if one is not None:
                told.append(one)
            over = one is None and sieve.looked < most
        self.assertEqual(told, [one for one in found if may_fit(one)])
        self.assertEqual(looked, len(found))

    def test_passed_over(self) -> None:
        """What does not fit is not told, or nothing would be gained."""
        found = [Entry(2, 1, int(EntryKind.IN), "md", "A", b"x")] * 9
        sieve = Sieve(LOOKS, 3)
        self.assertIsNone(sieve.next(iter(found), 5))
        self.assertEqual((sieve.looked, sieve.position), (5, 2))
