"""Is it up, and what is it?"""

from __future__ import annotations

from typing import Any

from exsim.control import results as r
from exsim.errors import Unavailable
from exsim.services.diagnosis import diagnosis, version_of
from exsim.services.endpoints import EndpointService
from exsim.services.simulator import Handler, Simulator


def health_live(simulator: Simulator, arguments: Any, body: None) -> r.Health:
    """It answers, so it lives."""
    return r.Health()


def health_ready(simulator: Simulator, arguments: Any, body: None) -> r.Health:
    """Everything listens, and the journal can be written."""
    if found := trouble(simulator):
        raise Unavailable(found)
    return r.Health()


def trouble(simulator: Simulator) -> str:
    """Why it is not ready; empty where it is."""
    services = [s for s in simulator.endpoints if isinstance(s, EndpointService)]
    missing = sorted(s.endpoint.settings.name for s in services if not s.opened)
    if missing or not simulator.turns.running:
        return f"not listening yet: {', '.join(missing) or 'the dispatcher is stopped'}"
    found = simulator.turns.trouble or simulator.exchange.journal.complaint
    return f"degraded: {found}" if found else ""


def version(simulator: Simulator, arguments: Any, body: None) -> r.Version:
    """The versions, and which run of them it is."""
    return version_of(simulator.settings, simulator.watch)


def metrics(simulator: Simulator, arguments: Any, body: None) -> str:
    """For Prometheus; its library is loaded when it first asks."""
    from exsim.services.metrics import exposition

    return exposition(simulator)


def diagnose(simulator: Simulator, arguments: Any, body: None) -> r.Diagnosis:
    """For a report of a defect."""
    return diagnosis(simulator)


HANDLERS: dict[str, Handler] = {
    "health_live": health_live,
    "health_ready": health_ready,
    "version": version,
    "metrics": metrics,
    "diagnose": diagnose,
}
