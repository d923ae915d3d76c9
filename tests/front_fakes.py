"""Venues in memory behind one REST interface, and a process of a venue that only says it is one."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from treq.testing import StubTreq
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from exsim.client.launch import Ready
from exsim.control.access import Access
from exsim.control.operations import IControl
from exsim.control.resource import make_site
from exsim.errors import Unavailable
from exsim.model.settings import (
    EndpointSettings,
    Instrument,
    PolicySettings,
    PricingSettings,
    SessionSettings,
    Settings,
    VenueSettings,
)
from exsim.services.front.carrier import IVenue
from exsim.services.front.control import Front
from exsim.services.front.fleet import Fleet
from exsim.services.front.process import IVenueProcess
from exsim.services.watch import Watch
from tests.simulator import MemorySimulator, RestTestCase


def one_venue(name: str, policies: tuple[str, ...], *sessions: str) -> Settings:
    """A venue with AAA, an endpoint of the same name in lower case, and sessions there."""
    endpoint = name.lower()
    return Settings(
        venues=(VenueSettings(name, policies, ("manual",), instruments=(Instrument("AAA"),)),),
        endpoints=(EndpointSettings(endpoint, name, "lines", "tcp:0:interface=127.0.0.1"),),
        sessions=tuple(SessionSettings(session, endpoint) for session in sessions),
        policies=tuple(PolicySettings(policy, policy, {}) for policy in policies),
        pricing=(PricingSettings("manual", "manual", {}),),
        rest=None,
        durability="none",
    )


@implementer(IVenue)
class MemoryVenue:
    """A venue that is asked at once; ``asked`` are the operations, ``trouble`` may be set."""

    def __init__(self, venue: str, control: IControl) -> None:
        self.venue = venue
        self.trouble = ""
        self.asked: list[str] = []
        self._control = control

    def ask(self, operation: str, arguments: Struct, body: Struct | None = None) -> Deferred[Any]:
        """Carry it out."""
        if self.trouble:
            return maybeDeferred(self._refuse)
        self.asked.append(operation)
        return maybeDeferred(self._control.perform, operation, arguments, body)

    def _refuse(self) -> None:
        raise Unavailable(self.trouble)


class FrontTestCase(RestTestCase):
    """Tests that talk REST to the front of venues X (sessions A, B, SAME) and Y (C, SAME)."""

    def setUp(self) -> None:
        """Two simulators, and a client of what is before them."""
        self.reactor = MemoryReactorClock()
        self.reactor.advance(1_000_000)
        sessions = {"X": ("A", "B", "SAME"), "Y": ("C", "SAME")}
        self.memories = {
            name: MemorySimulator(one_venue(name, self.policies, *some))
            for name, some in sessions.items()
        }
        for memory in self.memories.values():
            self.addCleanup(memory.stop)
        self.venues = {
            name: MemoryVenue(name, memory.control) for name, memory in self.memories.items()
        }
        self.watch = Watch(self.reactor)
        fleet = Fleet(list(self.venues.values()))
        self.front = Front(fleet, Settings(), self.watch, self.reactor)
        self.treq = StubTreq(make_site(self.front, Access(), self.reactor).resource)

    def advance(self, seconds: float) -> None:
        """Let time pass everywhere."""
        self.reactor.advance(seconds)
        for memory in self.memories.values():
            memory.reactor.advance(seconds)
        self.treq.flush()

    def log_in(self, venue: str, session: str) -> Any:
        """A connection of a session at a venue."""
        wire = self.memories[venue].connect(venue.lower())
        wire.send(f"LOGIN {session}")
        return wire


@implementer(IVenueProcess)
class FakeProcess:
    """A process that becomes ready and ends when a test says so; ``done`` is what it was told."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.says: Ready | None = None
        self.how: str | None = None
        self.status: int | None = None
        self.done: list[str] = []

    def ready(self) -> Ready | None:
        """What it says."""
        return self.says

    def ended(self) -> str | None:
        """How it ended."""
        return self.how

    def close(self) -> None:
        """It may stop."""
        self.done.append("close")

    def kill(self) -> None:
        """It ends."""
        self.done.append("kill")
        self.how = "was killed by signal 9"

    def wait(self) -> None:
        """It is gone."""
        self.done.append("wait")
