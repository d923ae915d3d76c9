"""A simulator that tests share, where each of them wants it as it begins."""

from __future__ import annotations

import atexit
from functools import cache

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator


def fresh(*overrides: str) -> SpawnedSimulator:
    """
    The simulator with these overrides, as it begins: nobody is connected, nothing was traded, and
    there are neither rules nor faults. It ends with the process that runs the tests.
    """
    one = _started(*overrides)
    one.reset()
    return one


@cache
def _started(*overrides: str) -> SpawnedSimulator:
    one = Simulator.spawn(overrides=overrides, timeout=30)
    atexit.register(one.stop)
    return one
