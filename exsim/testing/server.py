"""Simulators for tests: a process, and fresh exchanges of it, one for each test."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from requests import RequestException

from exsim.client import Simulator
from exsim.client.launch import Address
from exsim.client.spawn import SpawnedSimulator
from exsim.testing.exchange import Exchange

MANUAL: Final = ("venue:XSIM.clock=manual",)
"""What is set where no configuration is asked for: a test moves the time."""
TIMEOUT: Final = 30.0
"""Seconds that a start may take, on a machine that is busy with many."""
MOST: Final = 1000

Config = str | os.PathLike[str] | None


class Server:
    """
    A simulator in a process of its own, on free ports of the loopback. Each test gets a fresh
    :meth:`exchange`. It starts with the first, and ends with :meth:`stop`, and when this process
    ends, however that does.

    Without ``config``, an ini file, there is a venue XSIM with AAA, BBB and CCC, an endpoint
    ``order-entry`` where any FIX client may log on, and a clock that the test moves. ``overrides``
    are ``SECTION.KEY=VALUE`` as after ``--set``.
    """

    def __init__(self, config: Config = None, overrides: Iterable[str] = ()) -> None:
        self.config = config
        self.overrides = tuple(overrides)
        self._others: dict[tuple[str, tuple[str, ...]], Server] = {}
        self._started: SpawnedSimulator | None = None
        self._configured: set[tuple[str, ...]] = set()
        self._endpoints: dict[str, dict[str, Address]] = {}

    @property
    def simulator(self) -> SpawnedSimulator:
        """
        The client of it; it is started, if it does not run.

        :raises exsim.client.spawn.SpawnError: when that fails; the text has what it wrote.
        """
        if self._started is None:
            overrides = self.overrides if self.config else (*MANUAL, *self.overrides)
            self._started = Simulator.spawn(self.config, overrides, TIMEOUT)
            self._configured = _names(self._started)
            self._endpoints = _endpoints(self._started)
        return self._started

    def exchange(self, venue: str | None = None) -> Exchange:
        """
        An exchange as it is at the start; the venue is the first one, if none is named.

        :raises LookupError: when there is no such venue.
        """
        try:
            self.simulator.reset()
            fresh = self._cleared()
        except RequestException:  # a test before this one killed it
            fresh = False
        if not fresh:
            self._end()
        simulator = self.simulator
        name = venue or next(iter(self._endpoints))
        if name not in self._endpoints:
            raise LookupError(f"no venue {name!r}; there are: {', '.join(self._endpoints)}")
        return Exchange(simulator, self._endpoints[name], name)

    def other(self, config: Config = None, overrides: Sequence[str] = ()) -> Server:
        """The one of another configuration, started where it is not there yet."""
        key = str(config or ""), tuple(overrides)
        if key == (str(self.config or ""), self.overrides):
            return self
        if key not in self._others:
            self._others[key] = Server(config, overrides)
        return self._others[key]

    def stop(self) -> None:
        """Stop it, and the others with it."""
        for other in self._others.values():
            other.stop()
        self._others.clear()
        self._end()

    def _end(self) -> None:
        if self._started is not None:
            self._started.close()
            self._started.stop()
            self._started = None

    def _cleared(self) -> bool:
        """Remove what tests made; whether all that is configured is there."""
        now, simulator = _names(self.simulator), self.simulator
        for kind, *names in sorted(now - self._configured, key=_last_first):
            if kind == "session":
                simulator.delete_session(names[0])
            elif kind == "endpoint":
                simulator.delete_endpoint(names[0])
            elif kind == "proxy":
                simulator.delete_proxy(names[0])
            elif kind == "venue":
                simulator.delete_venue(names[0])
            elif ("venue", names[0]) in self._configured:
                simulator.delete_instrument(*names)
        return now >= self._configured


def _last_first(name: tuple[str, ...]) -> int:
    return ("proxy", "session", "endpoint", "venue", "instrument").index(name[0])


def _names(simulator: Simulator) -> set[tuple[str, ...]]:
    """All that has a name."""
    venues = simulator.list_venues(limit=MOST).items
    return {
        *(("venue", venue.name) for venue in venues),
        *(("instrument", venue.name, symbol) for venue in venues for symbol in venue.instruments),
        *(("endpoint", one.name) for one in simulator.list_endpoints(limit=MOST).items),
        *(("session", one.name) for one in simulator.list_sessions(limit=MOST).items),
        *(("proxy", one.name) for one in simulator.list_proxies(limit=MOST).items),
    }


def _endpoints(simulator: SpawnedSimulator) -> dict[str, dict[str, Address]]:
    """Where each venue listens."""
    found: dict[str, dict[str, Address]] = {
        venue.name: {} for venue in simulator.list_venues(limit=MOST).items
    }
    for one in simulator.list_endpoints(limit=MOST).items:
        if one.name in simulator.endpoints:
            found[one.venue][one.name] = simulator.endpoints[one.name]
    return found


_shared: Server | None = None


def shared() -> Server:
    """The one of this process, started at the first call and stopped at its end."""
    global _shared
    if _shared is None:
        _shared = Server()
        atexit.register(_shared.stop)
    return _shared


@contextmanager
def simulator(config: Config = None, overrides: Iterable[str] = ()) -> Iterator[Exchange]:
    """An exchange of one's own, without any test runner: ``with simulator() as exsim: ...``."""
    server = Server(config, overrides)
    try:
        yield server.exchange()
    finally:
        server.stop()
