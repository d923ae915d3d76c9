"""How many messages a session takes in how much time, and those that wait for their turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

from exsim.errors import Bug
from exsim.model.plain import Plain

Message = TypeVar("Message")


class Throttle:
    """
    At most ``messages`` in any window of ``interval`` nanoseconds; exact, not per calendar second.

    A window holds its start but not its end: a message may follow another by the whole interval.
    Times are nanoseconds since 1970 UTC. A clock that is put back counts as one that stands still
    for that moment: what it was put back by is neither waited for nor given away.
    """

    __slots__ = ("_behind", "_interval", "_last", "_messages", "_times")

    def __init__(self, messages: int, interval: int) -> None:
        if messages < 1 or interval < 1:
            raise Bug(f"a throttle to {messages} messages in {interval} ns lets nothing through")
        self._messages = messages
        self._interval = interval
        self._times: deque[int] = deque()  # of the last ``messages`` admitted, on a steady clock
        self._last = 0
        self._behind = 0  # how far the clock has been put back since the start

    def admit(self, now: int) -> bool:
        """Whether there is room for a message now; counts it if so."""
        steady = now + self._behind
        if steady < self._last:
            steady = self._stand_still(steady)
        self._last = steady
        times = self._times
        if len(times) == self._messages:
            if steady - times[0] < self._interval:
                return False
            times.popleft()
        times.append(steady)
        return True

    def room_at(self, now: int) -> int:
        """When the next message may come: ``now`` if it may come now. Changes nothing."""
        steady = max(now + self._behind, self._last)
        if len(self._times) < self._messages:
            return now
        return now + max(0, self._times[0] + self._interval - steady)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [list(self._times), self._last, self._behind]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told; where fewer may come now, the oldest are forgotten."""
        times, self._last, self._behind = plain
        self._times = deque(times[-self._messages :])

    def _stand_still(self, steady: int) -> int:
        """Make up for a clock that was put back: the last time there was, once more."""
        self._behind += self._last - steady
        return self._last


class Waiting(Generic[Message]):
    """
    Messages that wait until a throttle has room for them: at most ``most``, first come, first out.

    For a session that queues: it asks :meth:`admit` here, not the throttle itself, so that none
    overtakes those that wait; what is not admitted it has to :meth:`push`, and at :meth:`due` it
    takes out what :meth:`pop_due` has until that has no more.
    """

    __slots__ = ("_messages", "_most", "_throttle")

    def __init__(self, throttle: Throttle, most: int) -> None:
        self._throttle = throttle
        self._most = most
        self._messages: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._messages)

    def admit(self, now: int) -> bool:
        """Whether a message may be taken at once; the throttle counts it if so."""
        return not self._messages and self._throttle.admit(now)

    def all(self) -> Iterable[Message]:
        """Those that wait, in order."""
        return self._messages

    def push(self, message: Message) -> bool:
        """Let a message wait; False if as many wait already as may."""
        if len(self._messages) >= self._most:
            return False
        self._messages.append(message)
        return True

    def due(self, now: int) -> int | None:
        """When the first of them may be taken: ``now`` if it may be already, None if none waits."""
        return self._throttle.room_at(now) if self._messages else None

    def pop_due(self, now: int) -> Message | None:
        """Take out the first if the throttle has room for it, which counts it; else None."""
        # A journal tells of what was taken, not of who asked in vain: that must change nothing.
        throttle = self._throttle
        if self._messages and throttle.room_at(now) <= now and throttle.admit(now):
            return self._messages.popleft()
        return None

    def pop(self) -> Message | None:
        """Take out the first, room or not; None when none waits."""
        return self._messages.popleft() if self._messages else None
