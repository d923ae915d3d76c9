"""The row ``engine``: random days of a market, against an oracle too simple to be wrong."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from exsim.errors import ExsimError
from tests.market_flow import LENGTH, Disagreement, Episode
from tests.soak.rows import Found


def run(seed: int, numbers: Sequence[int]) -> Found:
    """A case is an episode of :mod:`tests.market_flow`, with rules and orders of its own."""
    failures = []
    events = 0
    for number in numbers:
        episode = Episode(f"{seed}:{number}")
        try:
            episode.run()
        except Disagreement as error:
            failures.append(f"--seed {seed} --case {number}: {error}")
        except (ExsimError, LookupError, AttributeError):
            failures.append(f"--seed {seed} --case {number}: raised\n{traceback.format_exc()}")
        events += episode.events
    return Found(failures, f"{len(numbers) * LENGTH:,} operations, {events:,} events")
