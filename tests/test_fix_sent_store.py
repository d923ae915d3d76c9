"""What a FIX session has sent and may send again: the messages by number, no more than so many."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.sessions.fix_resend import SentStore
from tests.amount import amount

STEPS = st.tuples(
    st.sampled_from(["keep", "keep", "keep", "skip", "unused", "move"]), st.integers(0, 9)
)


class Plainly:
    """The same, as simple as it goes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.messages: dict[int, bytes] = {}
        self.first = 1

    def skip(self, seq: int) -> None:
        """A number that is never sent again."""
        self.first = max(self.first, seq - self.size + 1)
        self.messages = {n: raw for n, raw in self.messages.items() if n >= self.first}

    def keep(self, seq: int, raw: bytes) -> None:
        """A message."""
        self.messages[seq] = raw
        self.skip(seq)

    def move(self, seq: int) -> None:
        """Another number is next."""
        oldest = seq - self.size
        self.messages = {n: raw for n, raw in self.messages.items() if oldest <= n < seq}
        self.first = max(min(self.first, seq), oldest)


class SentStoreTests(SynchronousTestCase):
    """Messages kept."""

    def same(self, store: SentStore, plain: Plainly, last: int) -> None:
        """Both have the same."""
        self.assertEqual(store.first, plain.first)
        for number in range(-1, last + 30):
            found = store.get(number) if number >= store.first else None
            self.assertEqual(found, plain.messages.get(number), number)

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(125, 500))
    @given(st.integers(0, 6), st.lists(STEPS, max_size=40))
    def test_any(self, size: int, steps: list[tuple[str, int]]) -> None:
        """Whatever comes: as many as there is room for, also after numbers that jump."""
        store, plain, seq = SentStore(size), Plainly(size), 1
        for step, number in steps:
            if step == "keep":
                for each in (store, plain):
                    each.keep(seq, b"%d" % seq)
                seq += 1
            elif step == "skip":
                for each in (store, plain):
                    each.skip(seq)
                seq += 1
            elif step == "unused":
                store.forget(seq - 1)
                plain.messages.pop(seq - 1, None)
                seq = max(1, seq - 1)
            else:
                seq = max(1, seq + 3 * (number - 4))
                for each in (store, plain):
                    each.move(seq)
            self.same(store, plain, seq)
            again = SentStore(size)
            again.restore(store.state())
            self.same(again, plain, seq)

    def test_many(self) -> None:
        """Of very many the newest are there, and no more is held than these and some."""
        store = SentStore(10)
        for seq in range(1, 5_001):
            store.keep(seq, b"%d" % seq)
            self.assertEqual(len(store), min(seq, 10))
        self.assertEqual(
            [store.get(seq) for seq in (4_990, 4_991, 5_000)], [None, b"4991", b"5000"]
        )
        self.assertLess(len(store._messages), 1_100)

    def test_far_jump(self) -> None:
        """A number far ahead takes no places for those between."""
        store = SentStore(10)
        store.keep(1, b"x")
        store.keep(10**15, b"y")
        self.assertEqual((len(store), store.get(10**15), store.get(1)), (1, b"y", None))
