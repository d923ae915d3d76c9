"""Telling the world that every venue listens, and where; and again when one has a new process."""

from __future__ import annotations

import os
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from exsim import __version__
from exsim.services.front.carrier import Carriers
from exsim.services.front.node import Node
from exsim.services.front.places import Places
from exsim.services.ready import TellsReady
from exsim.services.rest import RestService
from exsim.services.systemd import Condition

log = Logger(namespace="exsim")


class FrontReady(TellsReady):
    """
    As :class:`exsim.services.ready.ReadyService`, of all venues that are here.

    A ``node`` is ready once it has taken what it could.
    """

    def __init__(
        self,
        reactor: IReactorTime,
        venues: Carriers | Places,
        rest: RestService | None,
        path: str | None,
        node: Node | None = None,
    ) -> None:
        super().__init__(reactor, path)
        self._venues = venues
        self._rest = rest
        self._node = node
        self._told = False

    @property
    def _due(self) -> bool:
        return self._runs and (self._node is None or self._node.settled)

    def update(self) -> None:
        """Tell of it, if it is time for that; in the ready file also what changed since."""
        if not self._due:
            return
        if not self._told:
            self._told = True
            self._log()
        self._write(self.content())

    def _tell(self) -> None:
        self.update()

    def _log(self) -> None:
        processes = len(self._venues.all)
        log.info("exsim {version} is ready, {n} venues", version=__version__, n=processes)
        if self._rest is not None:
            log.info("  REST on {url}/api/v1", url=self._rest.url)

    def condition(self) -> Condition:
        """How all venues are."""
        trouble = [one.trouble for one in self._venues.all if one.trouble]
        if self._node is not None and self._node.trouble:
            trouble.append(self._node.trouble)
        text = f"degraded: {'; '.join(trouble)}" if trouble else "ready"
        return Condition(self._due, text)

    def content(self) -> dict[str, Any]:
        """What listens where, and the processes by venue."""
        endpoints, processes = {}, {}
        for one in self._venues.all:
            if one.ready is None or one.trouble:
                continue
            processes[one.venue] = one.ready.pid
            for name, address in one.ready.endpoints.items():
                endpoints[name] = {"host": address.host, "port": address.port}
        rest = None if self._rest is None else self._rest.url
        return {"pid": os.getpid(), "rest": rest, "endpoints": endpoints, "processes": processes}
