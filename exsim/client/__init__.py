"""
Clients of a running simulator, and how to start one.

:class:`Simulator` blocks, :class:`AsyncSimulator` returns Deferreds; both have one method per
operation, of the same name. What a simulator refuses raises :exc:`SimulatorError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["AsyncSimulator", "NewInstrument", "Simulator", "SimulatorError"]

if TYPE_CHECKING:
    from exsim.client.asynchronous import AsyncSimulator
    from exsim.client.blocking import Simulator
    from exsim.client.codec import SimulatorError
    from exsim.control.schemas import NewInstrument
else:
    _PLACES = {
        "AsyncSimulator": "exsim.client.asynchronous",
        "NewInstrument": "exsim.control.schemas",
        "Simulator": "exsim.client.blocking",
        "SimulatorError": "exsim.client.codec",
    }

    def __getattr__(name: str) -> Any:
        """
        Import what is asked for: one client brings requests, the other Twisted and treq, and a
        simulator, which starts processes as clients do, needs none of them.
        """
        if name in _PLACES:
            return getattr(import_module(_PLACES[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
