"""
Long polls: look, and look again after each turn, until it is enough or the time is out.

Who has not looked at all that there is goes on when others have had their turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import CancelledError, Deferred

from exsim.services.simulator import Simulator

T = TypeVar("T")

SLICE = 0.005
"""Seconds of work after which others have their turn."""


def never(found: object) -> bool:
    """Each look is at all that there is."""
    return False


async def wait_until(
    simulator: Simulator,
    timeout: int,
    look: Callable[[], T],
    enough: Callable[[T], bool],
    behind: Callable[[T], bool] = never,
    cut: Callable[[T], bool] = never,
) -> T:
    """
    What ``look`` gives once it is ``enough``, or after ``timeout`` nanoseconds of real time.

    ``behind`` says of it whether there is more to be looked at already; and ``cut`` whether there
    is, and a look only ended for others to have their turn: there are more looks then, whatever the
    time.
    """
    end = simulator.reactor.seconds() + timeout / 1e9
    while True:
        found = look()
        rest = end - simulator.reactor.seconds()
        if enough(found) or (rest <= 0 and not cut(found)):
            return found
        if cut(found):
            await in_lane(simulator)
            continue
        turn = in_lane(simulator) if behind(found) else simulator.turns.next_turn()
        alarm = simulator.reactor.callLater(rest, turn.cancel)
        try:
            await turn
        except CancelledError:
            if alarm.active():  # not the alarm: whoever waited hung up
                raise
        finally:
            if alarm.active():
                alarm.cancel()


class Slices:
    """Long work that lets others have their turn in between, as time goes."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._begun = simulator.reactor.seconds()

    @property
    def over(self) -> bool:
        """Whether others are to have their turn."""
        passed = self._simulator.reactor.seconds() - self._begun
        return not 0 <= passed < SLICE  # clocks are set back, too

    async def rest(self) -> None:
        """To be awaited often: goes on at once until a slice is over."""
        if self.over:
            await in_lane(self._simulator)
            self._begun = self._simulator.reactor.seconds()


def in_lane(simulator: Simulator) -> Deferred[None]:
    """
    What to wait for with work that can wait: it fires when that comes to this.

    Cancelled before, it does nothing then.
    """
    turn: Deferred[None] = Deferred()
    simulator.turns.lane.add(lambda: turn.callback(None))
    return turn
