"""
Clients of a running simulator, and how to start one.

:class:`Simulator` blocks, :class:`AsyncSimulator` returns Deferreds; both have one method per
operation, of the same name. What a simulator refuses raises :exc:`SimulatorError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exsim.client.blocking import Simulator
from exsim.client.codec import SimulatorError
from exsim.control.schemas import NewInstrument

__all__ = ["AsyncSimulator", "NewInstrument", "Simulator", "SimulatorError"]

if TYPE_CHECKING:
    from exsim.client.asynchronous import AsyncSimulator
else:

    def __getattr__(name: str) -> Any:
        """Import the asynchronous client when it is asked for: it brings Twisted and treq."""
        if name == "AsyncSimulator":
            from exsim.client.asynchronous import AsyncSimulator

            return AsyncSimulator
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
