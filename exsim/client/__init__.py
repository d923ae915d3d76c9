"""
Clients of a running simulator, and how to start one.

:class:`Simulator` blocks, :class:`AsyncSimulator` returns Deferreds; both have one method per
operation, of the same name. What a simulator refuses raises :exc:`SimulatorError`.
"""

from exsim.client.asynchronous import AsyncSimulator
from exsim.client.blocking import Simulator
from exsim.client.codec import SimulatorError
from exsim.control.schemas import NewInstrument

__all__ = ["AsyncSimulator", "NewInstrument", "Simulator", "SimulatorError"]
