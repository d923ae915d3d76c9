"""
Held requests: they wait, in order, for a person or a test.

A new order that was acked waits no longer, but is kept at hand under its hold's number while
it is open, so that whoever acked it can fill it in as many parts as they like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exsim.dispatch.chain import Chain
from exsim.errors import NotFound
from exsim.model.plain import Plain, request_state
from exsim.model.requests import Request
from exsim.orders.order import Order

_MOST_ACKED = 10_000
_MOST_ENDED = 1_000


class Held:
    """
    A request that waits; ``position`` is the policy of ``chain`` to go on with, ``by`` the rule
    that has it wait, empty where a policy does.

    ``order`` is what was made of it, once it was acked.
    """

    __slots__ = ("by", "chain", "hold_id", "order", "position", "request", "time", "venue")

    def __init__(
        self,
        hold_id: int,
        venue: str,
        request: Request,
        chain: Chain,
        position: int,
        time: int,
        by: str = "",
    ) -> None:
        self.hold_id = hold_id
        self.venue = venue
        self.request = request
        self.chain = chain
        self.position = position
        self.time = time
        self.by = by
        self.order: Order | None = None

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [
            self.hold_id,
            self.venue,
            request_state(self.request),
            [link.policy.name for link in self.chain],
            self.position,
            self.time,
            self.by,
            None if self.order is None else self.order.state(),
        ]

    @property
    def policy(self) -> str:
        """The policy or rule that held it."""
        return self.by or self.chain[self.position - 1].policy.name


class Holds:
    """All holds of a simulator, numbered from 1, oldest first."""

    def __init__(self) -> None:
        self._held: dict[int, Held] = {}
        self._acked: dict[int, Held] = {}
        self._counts: dict[str, int] = {}
        self._ended: dict[int, str] = {}
        """Why the last ones wait no more."""
        self.last = 0

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {
            "held": [held.state() for held in self._held.values()],
            "acked": [held.state() for held in self._acked.values()],
            "last": self.last,
            "ended": {str(hold_id): why for hold_id, why in self._ended.items()},
        }

    def restore(self, plain: Plain, held_of: Callable[[Plain], Held]) -> None:
        """Be as :meth:`state` told; ``held_of`` makes one of what its own state told."""
        self._held = {each[0]: held_of(each) for each in plain["held"]}
        self._acked = {each[0]: held_of(each) for each in plain["acked"]}
        self._counts = {}
        for held in self._held.values():
            self._counts[held.venue] = self._counts.get(held.venue, 0) + 1
        self.last = plain["last"]
        ended = plain.get("ended", {})  # a snapshot of before has none
        self._ended = {int(hold_id): why for hold_id, why in ended.items()}

    def __len__(self) -> int:
        return len(self._held)

    def add(
        self,
        venue: str,
        request: Request,
        chain: Chain,
        position: int,
        now: int,
        by: str = "",
    ) -> Held:
        """Keep a request; ``by`` names who asked for that, if no policy did."""
        self.last += 1
        held = Held(self.last, venue, request, chain, position, now, by)
        self._held[held.hold_id] = held
        self._counts[venue] = self._counts.get(venue, 0) + 1
        return held

    def all(self) -> Iterable[Held]:
        """Those that wait, oldest first."""
        return self._held.values()

    def count(self, venue: str) -> int:
        """How many wait at a venue."""
        return self._counts.get(venue, 0)

    def get(self, hold_id: int) -> Held:
        """One that waits, or whose order is at hand.

        :raises exsim.errors.NotFound: when it was decided, or never was.
        """
        held = self._held.get(hold_id) or self._acked.get(hold_id)
        if held is None or (held.order is not None and not held.order.open):
            raise NotFound(f"there is no hold {hold_id}: {self._why_not(hold_id)}")
        return held

    def _why_not(self, hold_id: int) -> str:
        why = self._ended.get(hold_id, "it was decided, or never was")
        return f"{why}, and its order is over" if hold_id in self._acked else why

    def at_hand(self, held: Held) -> bool:
        """Whether something can still be decided about it."""
        waits = held.hold_id in self._held or held.hold_id in self._acked
        return waits and (held.order is None or held.order.open)

    def take(self, hold_id: int) -> Held:
        """Take one out, to decide it.

        :raises exsim.errors.NotFound: when it was decided, or never was.
        """
        held = self.get(hold_id)
        if self._acked.pop(hold_id, None) is None:
            del self._held[hold_id]
            self._counts[held.venue] -= 1
        return held

    def end(self, hold_id: int, why: str) -> None:
        """One waits no more; whoever asks for it is told why."""
        self.take(hold_id)
        self._ended[hold_id] = why
        if len(self._ended) > _MOST_ENDED:
            del self._ended[next(iter(self._ended))]

    def acked(self, held: Held, order: Order, why: str) -> None:
        """
        Keep the order at hand, whose request waits no more; the oldest such is forgotten where
        there are too many.
        """
        self.end(held.hold_id, why)
        held.order = order
        if order.open:
            self._acked[held.hold_id] = held
        if len(self._acked) > _MOST_ACKED:
            del self._acked[next(iter(self._acked))]

    def forget(self, venue: str) -> None:
        """Forget those of a venue."""
        self._held = {n: held for n, held in self._held.items() if held.venue != venue}
        self._acked = {n: held for n, held in self._acked.items() if held.venue != venue}
        self._counts.pop(venue, None)

    def forget_session(self, session: str) -> None:
        """Forget those of a session."""
        for held in [each for each in self._held.values() if each.request.session == session]:
            self.take(held.hold_id)

    def restart(self) -> None:
        """Begin the numbers again, in a new epoch, if nothing waits."""
        if not self._held and not self._acked:
            self._ended.clear()
            self.last = 0
