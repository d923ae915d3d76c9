"""Long polls: look, and look again after each turn, until it is enough or the time is out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import CancelledError

from exsim.services.simulator import Simulator

T = TypeVar("T")


async def wait_until(
    simulator: Simulator, timeout: int, look: Callable[[], T], enough: Callable[[T], bool]
) -> T:
    """What ``look`` gives once it is ``enough``, or after ``timeout`` nanoseconds of real time."""
    end = simulator.reactor.seconds() + timeout / 1e9
    while True:
        found = look()
        rest = end - simulator.reactor.seconds()
        if enough(found) or rest <= 0:
            return found
        turn = simulator.turns.next_turn()
        alarm = simulator.reactor.callLater(rest, turn.cancel)
        try:
            await turn
        except CancelledError:
            if alarm.active():  # not the alarm: whoever waited hung up
                raise
        finally:
            if alarm.active():
                alarm.cancel()
