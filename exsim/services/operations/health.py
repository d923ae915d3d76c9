"""Is it up, and what is it?"""

from __future__ import annotations

import platform
from typing import Any

from exsim import __version__
from exsim.control import results as r
from exsim.errors import Unavailable
from exsim.services.endpoints import EndpointService
from exsim.services.simulator import Handler, Simulator


def health_live(simulator: Simulator, arguments: Any, body: None) -> r.Health:
    """It answers, so it lives."""
    return r.Health()


def health_ready(simulator: Simulator, arguments: Any, body: None) -> r.Health:
    """Everything listens."""
    services = [s for s in simulator.endpoints if isinstance(s, EndpointService)]
    missing = sorted(s.endpoint.settings.name for s in services if not s.opened)
    if missing or not simulator.turns.running:
        raise Unavailable(f"not listening yet: {', '.join(missing) or 'the dispatcher is stopped'}")
    return r.Health()


def version(simulator: Simulator, arguments: Any, body: None) -> r.Version:
    """The versions."""
    return r.Version(version=__version__, api="v1", python=platform.python_version())


HANDLERS: dict[str, Handler] = {
    "health_live": health_live,
    "health_ready": health_ready,
    "version": version,
}
