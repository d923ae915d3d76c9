"""The same day once more: from its journal alone, and from states in the midst of it."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.packing import pack, unpack
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.simulator import Simulator
from exsim.services.state import capture, restore

Kept = tuple[int, bytes]
"""An entry of the journal, and the state after it."""
START: Kept = (0, b"")
BYTES = (False,)
BOTH = (False, True)
"""Ways to run a journal again: with every byte compared, or for the state only."""


def keep(simulator: Simulator) -> Kept:
    """The state of now, and where in the journal that is."""
    return simulator.exchange.journal.last, pack(capture(simulator))


def check_again(
    test: SynchronousTestCase,
    simulator: Simulator,
    settings: Settings,
    *kept: Kept,
    ways: Sequence[bool] = BYTES,
) -> None:
    """The journal gives the same entries and the same state, from the start and from each kept."""
    journal, now = simulator.exchange.journal, unpack(keep(simulator)[1])
    for after, state in (START, *kept):
        entries = list(journal.entries(after))
        for state_only in ways:
            again = inert(settings, Catalogue())
            if state:
                restore(again, unpack(state))
                test.assertEqual(unpack(keep(again)[1]), unpack(state))
            difference = Replay(again, entries, journal.epoch, after, state_only).run()
            test.assertEqual("" if difference is None else difference.text(), "")
            test.assertEqual(unpack(keep(again)[1]), now)
