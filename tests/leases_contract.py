"""What nodes rely on about leases: of the table in memory that tests have, and of the database."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from zope.interface.verify import verifyObject

from exsim.services.front.leases import RESERVED, ILeases, Peer
from tests.node_fakes import LEASE


def peer(node: str, room: int = 0) -> Peer:
    """A node, as it tells of itself."""
    return Peer(node, f"http://{node}:8480", room, 0.0, 7, "0.1")


class LeasesContract:
    """Nodes a and b; a subclass makes their leases, and lets time pass."""

    a: Any
    b: Any

    def pass_time(self, seconds: float) -> Awaitable[None]:
        """All that was is so much longer ago."""
        raise NotImplementedError

    async def lease(self, venue: str) -> Any:
        """That of a venue as it is seen now."""
        return (await self.a.look(peer("a"))).by_venue[venue]

    async def test_provides(self: Any) -> None:
        """Both are what a node asks."""
        verifyObject(ILeases, self.a)

    async def test_nodes(self: Any) -> None:
        """Each sees all, with what each tells of itself; one that leaves is seen no more."""
        first = await self.a.look(peer("a", 3))
        self.assertEqual([one.node for one in first.nodes], ["a"])
        await self.pass_time(1)
        seen = await self.b.look(peer("b"))
        found = {one.node: one for one in seen.nodes}
        self.assertEqual([*sorted(found)], ["a", "b"])
        told = found["a"]
        self.assertEqual((told.address, told.room, told.pid), ("http://a:8480", 3, 7))
        self.assertLess(abs(told.age - 1.0), 0.5)
        self.assertLess(found["b"].age, 0.2)
        self.assertGreater(seen.time, first.time)
        await self.b.leave("b")
        seen = await self.a.look(peer("a"))
        self.assertEqual([one.node for one in seen.nodes], ["a"])

    async def test_take(self: Any) -> None:
        """One takes what is free; the other cannot until it is over, and then has the next term."""
        self.assertEqual(await self.a.take("X"), 1)
        self.assertEqual((await self.a.take("X"), await self.b.take("X")), (None, None))
        lease = await self.lease("X")
        self.assertEqual((lease.node, lease.term, lease.endpoints), ("a", 1, {}))
        self.assertLess(abs(lease.left - LEASE), 0.3)
        await self.pass_time(LEASE + 0.1)
        self.assertFalse((await self.lease("X")).runs)
        self.assertEqual(await self.b.take("X"), 2)
        self.assertEqual((await self.lease("X")).node, "b")

    async def test_renew(self: Any) -> None:
        """Who has it goes on with it; who had it cannot, nor give it away."""
        await self.a.take("X")
        await self.pass_time(LEASE - 0.5)
        self.assertTrue(await self.a.renew("X", 1))
        await self.pass_time(1)
        self.assertTrue((await self.lease("X")).runs)
        await self.pass_time(LEASE)
        await self.b.take("X")
        self.assertFalse(await self.a.renew("X", 1))
        await self.a.release("X", 1)
        self.assertTrue((await self.lease("X")).runs)

    async def test_release(self: Any) -> None:
        """What is given back is free at once."""
        await self.a.take("X")
        await self.a.release("X", 1)
        self.assertLessEqual((await self.lease("X")).left, 0)
        self.assertEqual(await self.b.take("X"), 2)

    async def test_want(self: Any) -> None:
        """What is wanted by one is that one's for a while, and then anybody's."""
        self.assertFalse(await self.a.want("X", "b"))
        await self.a.take("X")
        self.assertTrue(await self.b.want("X", "b"))
        self.assertEqual((await self.lease("X")).reserved, "b")
        await self.a.release("X", 1)
        self.assertEqual(await self.a.take("X"), None)
        self.assertEqual(await self.b.take("X"), 2)
        self.assertEqual((await self.lease("X")).reserved, None)
        await self.b.want("X", "q")
        await self.b.release("X", 2)
        await self.pass_time(RESERVED + 0.1)
        self.assertEqual((await self.lease("X")).reserved, None)
        self.assertEqual(await self.a.take("X"), 3)
