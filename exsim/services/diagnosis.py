"""What a report of a defect should have: all that helps to find it, and no secret."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Final

from exsim import __version__
from exsim.control import results as r
from exsim.model.build import this_build
from exsim.model.settings import Settings
from exsim.services.masking import masked, plain, secrets
from exsim.services.operations.messages import newest
from exsim.services.simulator import Simulator
from exsim.services.watch import Watch

MOST_MESSAGES: Final = 500
"""The newest messages that are told."""
_LIBRARIES: Final = (
    "twisted",
    "klein",
    "msgspec",
    "treq",
    "prometheus-client",
    "psycopg",
    "zope.interface",
)


def diagnosis(simulator: Simulator) -> r.Diagnosis:
    """All of it, as it is now."""
    known = known_secrets(simulator)
    lines = list(islice(newest(simulator), MOST_MESSAGES))
    return r.Diagnosis(
        versions=versions(),
        platform=surroundings(),
        settings=plain(simulator.settings),
        log=[masked(line, known) for line in simulator.watch.recent.lines()],
        messages=[masked(line, known) for line in reversed(lines)],
    )


def known_secrets(simulator: Simulator) -> set[str]:
    """Passwords of the settings and of sessions made since, and the tokens of REST."""
    known = {*secrets(simulator.settings), *simulator.watch.secrets}
    for session in simulator.exchange.sessions.values():
        known.update(secrets(session.settings))
    return known


def version_of(settings: Settings, watch: Watch) -> r.Version:
    """What runs, and which run of it this is."""
    return r.Version(
        version=__version__,
        api="v1",
        python=platform.python_version(),
        build=this_build(),
        run=watch.run,
        lasts=bool(settings.data_dir or settings.journal) and settings.durability != "none",
    )


def versions() -> dict[str, str]:
    """Of exsim, of Python and of what they stand on."""
    found = {"exsim": f"{__version__} ({this_build()})", "python": sys.version}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def surroundings() -> dict[str, str]:
    """The machine, as far as it matters."""
    return {
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": str(os.cpu_count()),
    }
