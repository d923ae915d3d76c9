"""What plays order state matrices to a venue: bytes there and back, and the operations of REST."""

from __future__ import annotations

from typing import Any

from exsim.model.options import read_options
from exsim.model.settings import (
    DaySettings,
    EndpointSettings,
    Instrument,
    PolicySettings,
    Settings,
    VenueSettings,
)
from exsim.plugins import Catalogue
from exsim.policies.hold import Hold
from tests.fix_market import PROTOCOL
from tests.simulator import MemorySimulator, Wire


def venue(held: str, pending: bool, reopens: bool) -> Settings:
    """A venue X with AAA, and a FIX endpoint where any may log on."""
    keys = {
        "comp_id": "XSIM",
        "accept_any_logon": "yes",
        "max_latency": "0s",
        "pending_reports": "yes" if pending else "no",
    }
    options = read_options(PROTOCOL.endpoint_options, keys)
    policies = ("hold",) if held else ()
    words = {"": "", "changes": "cancel replace", "orders": "new", "both": "new cancel replace"}
    types = read_options(Hold.options, {"types": words[held]})
    day = DaySettings(gtc_restate=True, done_for_day=True)
    instruments = (Instrument("AAA"),)
    return Settings(
        venues=(
            VenueSettings("X", policies, instruments=instruments, day=day, replace_filled=reopens),
        ),
        endpoints=(EndpointSettings("x", "X", "fix", "tcp:0", options=options),),
        sessions=(),
        policies=tuple(PolicySettings(name, name, types) for name in policies),
        pricing=(),
        rest=None,
        durability="none",
    )


class Link:
    """What a player needs of a venue: bytes there and back, and the operations of REST."""

    def send(self, data: bytes) -> None:
        """Send bytes."""
        raise NotImplementedError

    def receive(self) -> bytes:
        """What came since, once there is anything; nothing where nothing comes."""
        raise NotImplementedError

    def perform(self, operation: str, arguments: Any, body: Any = None) -> Any:
        """Have an operation carried out; its result."""
        raise NotImplementedError

    def now(self) -> int:
        """The time by the venue's clock."""
        raise NotImplementedError

    def stop(self) -> None:
        """Leave nothing behind."""
        raise NotImplementedError


class MemoryLink(Link):
    """A venue in memory, all of its own."""

    def __init__(self, held: str, pending: bool, reopens: bool) -> None:
        self.memory = MemorySimulator(venue(held, pending, reopens), Catalogue())
        self._wire: Wire = self.memory.connect()

    def send(self, data: bytes) -> None:
        """They are there at once."""
        self._wire.peer.dataReceived(data)

    def receive(self) -> bytes:
        """What was written."""
        data: bytes = self._wire.transport.value()
        self._wire.transport.clear()
        return data

    def perform(self, operation: str, arguments: Any, body: Any = None) -> Any:
        """By the handler of the operation."""
        result = self.memory.control.perform(operation, arguments, body)
        self.memory.reactor.advance(0)
        return result

    def now(self) -> int:
        """That of its clock."""
        return self.memory.now()

    def stop(self) -> None:
        """Leave no timer."""
        self.memory.stop()
