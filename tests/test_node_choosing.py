"""Which node takes which free venue: all come to the same from the same, and to a share each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.services.front.choosing import GRACE, rooms_left, to_take
from exsim.services.front.leases import ALIVE, RESERVED, Lease, Peer, Seen

LONG = 100.0
"""Seconds: nodes have been there for so long."""


def peer(node: str, room: int = 0, age: float = 0.0) -> Peer:
    """A node."""
    return Peer(node, f"http://{node}", room, age, 1, "")


def lease(venue: str, node: str, left: float = 1.0, wanted: str | None = None) -> Lease:
    """The lease of a venue."""
    return Lease(venue, 1, node, left, wanted=wanted)


def seen(peers: list[Peer], *leases: Lease) -> Seen:
    """What is seen."""
    return Seen(0, peers, list(leases))


class ChoosingTests(SynchronousTestCase):
    """Case by case."""

    def test_carried(self) -> None:
        """What somebody carries is left to them."""
        self.assertEqual(to_take("a", "XY", seen([peer("a")], lease("X", "b")), LONG), ["Y"])

    def test_most_room(self) -> None:
        """What a node left is for the one that has most room; names decide between equals."""
        peers = [peer("a", 3), peer("b", 9), peer("c", 9)]
        both = seen(peers, lease("X", "d", -0.1), lease("Y", "d", -0.1), lease("Z", "b"))
        self.assertEqual(to_take("c", "XYZ", both, LONG), ["X"])
        self.assertEqual(to_take("b", "XYZ", both, LONG), ["Y"])
        self.assertEqual(to_take("a", "XYZ", both, LONG), [])

    def test_next_one(self) -> None:
        """Where that one does not take it the next one may, after a while."""
        peers = [peer("a", 1), peer("b", 9)]
        for gone, expected in ((GRACE - 0.01, []), (GRACE, ["X"])):
            found = to_take("a", "X", seen(peers, lease("X", "d", -gone)), LONG)
            self.assertEqual(found, expected)

    def test_no_room(self) -> None:
        """A node takes no more than it has room for, and one that is full none."""
        one = seen([peer("a", 1), peer("b", 1)], lease("W", "b"))
        self.assertEqual(to_take("a", "WXYZ", one, LONG), ["X"])
        self.assertEqual(to_take("b", "WXYZ", one, LONG), [])

    def test_dead_node(self) -> None:
        """A node that was not seen for a while is left nothing."""
        peers = [peer("a", 1), peer("b", 9, ALIVE)]
        self.assertEqual(to_take("a", "X", seen(peers, lease("X", "b", -0.1)), LONG), ["X"])

    def test_together(self) -> None:
        """Nodes that start together wait for each other for a moment, and share."""
        alone, both = seen([peer("a")]), seen([peer("a"), peer("b")])
        self.assertEqual(to_take("a", "XYZ", alone, 0), [])
        self.assertEqual(to_take("a", "XYZ", alone, GRACE), ["X", "Y", "Z"])
        self.assertEqual(to_take("a", "XYZ", both, GRACE), ["X", "Z"])
        self.assertEqual(to_take("b", "XYZ", both, GRACE), ["Y"])

    def test_before(self) -> None:
        """What was free when a node came waits like what nobody ever had."""
        left = seen([peer("a")], lease("X", "d", -LONG))
        self.assertEqual(to_take("a", "X", left, GRACE / 2), [])
        self.assertEqual(to_take("a", "X", left, GRACE), ["X"])

    def test_wanted(self) -> None:
        """What is to move is for that node alone, for a while, and takes room there."""
        peers = [peer("a", 2), peer("b", 1)]
        moving = seen(peers, lease("X", "a", -3, "b"), lease("Y", "d", -0.1))
        self.assertEqual(to_take("b", "XY", moving, LONG), ["X"])
        self.assertEqual(to_take("a", "XY", moving, LONG), ["Y"])
        late = seen(peers, Lease("X", 1, "a", -3, wanted="b", wanted_for=RESERVED))
        self.assertEqual(to_take("a", "X", late, LONG), ["X"])

    def test_rooms(self) -> None:
        """How much room there is: none where a node was not seen."""
        rooms = rooms_left(5, seen([peer("a"), peer("b", 2), peer("c", 2, 9)], lease("X", "a")))
        self.assertEqual(rooms, {"a": 4, "b": 2})


NAMES = "abcd"
VENUES = "PQRSTUVW"
peers_of = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 4), min_size=1)
leases_of = st.dictionaries(
    st.sampled_from(VENUES),
    st.tuples(st.sampled_from(NAMES), st.sampled_from([-9.0, -0.1, 1.0])),
)


class AnyTests(SynchronousTestCase):
    """Whatever there is."""

    @given(peers_of, leases_of)
    def test_share(self, rooms: dict[str, int], held: dict[str, tuple[str, float]]) -> None:
        """
        Nodes that see the same never want the same at once, nor more than they have room for; and
        all is taken that there is room for.
        """
        peers = [peer(name, room) for name, room in rooms.items()]
        leases = [lease(venue, node, left) for venue, (node, left) in held.items()]
        now = seen(peers, *leases)
        fresh = {one.venue for one in leases if one.left == -0.1}
        free = {*VENUES} - {one.venue for one in leases if one.runs}
        wanted = {name: to_take(name, VENUES, now, LONG) for name in rooms}
        left = rooms_left(len(VENUES), now)
        for name, some in wanted.items():
            self.assertLessEqual(len(some), max(0, left[name]))
        taken = [venue for some in wanted.values() for venue in some if venue in fresh]
        self.assertEqual(len(taken), len(set(taken)))
        whole = sum(max(0, room) for room in left.values())
        everything = {venue for some in wanted.values() for venue in some}
        self.assertEqual(len(everything), min(len(free), whole)) if fresh == free else None
