"""States come back from their bytes as they were, however large their numbers are."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.services.packing import WIDE, pack, unpack

EDGES = [edge + step for edge in (-(2**63), 2**64 - 1, 2**127, 255, -256) for step in (-1, 0, 1)]
STATES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(EDGES) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class PackingTests(SynchronousTestCase):
    """There and back."""

    @given(state=STATES)
    def test_round_trip(self, state: Any) -> None:
        """Any state is the same again."""
        self.assertEqual(unpack(pack(state)), state)

    def test_edges(self) -> None:
        """So is each number at the edges of 64 bits, and one past them."""
        self.assertEqual(unpack(pack({"at": EDGES})), {"at": EDGES})

    def test_tuples(self) -> None:
        """What was a tuple comes back as a list, with wide numbers or without."""
        self.assertEqual(unpack(pack([(1, 2)])), [[1, 2]])
        self.assertEqual(unpack(pack([(1, 2**70)])), [[1, 2**70]])

    def test_foreign(self) -> None:
        """Another extension type is no state's."""
        data = msgspec.msgpack.encode(msgspec.msgpack.Ext(WIDE + 1, b"1"))
        self.assertRaises(msgspec.DecodeError, unpack, data)
