"""The writer of a venue's journal as a service: from when the reactor runs until the last turn."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from twisted.application.service import Service
from twisted.logger import Logger

from exsim.services.commits import LOST, LeaseLost
from exsim.services.dispatcher import DispatcherService
from exsim.services.postgres.keeping import PostgresKeeping
from exsim.services.postgres.writer import Writer

log = Logger(namespace="exsim")


class Writing(Service):
    """
    A child that starts right before the dispatcher, and stops right after it. Before and after, the
    journal is written at once, and a thread keeps the lease.

    Once the lease is lost the process ends, with status :data:`exsim.services.commits.LOST`; once
    another node is to have the venue it stops in good order.
    """

    name = "writing"

    def __init__(
        self,
        keeping: PostgresKeeping,
        turns: DispatcherService,
        reactor: Any,
        status: Callable[[int], None] | None = None,
    ) -> None:
        self._keeping = keeping
        self._turns = turns
        self._reactor = reactor
        self._status = status or end_with
        self._writer: Writer | None = None

    def startService(self) -> None:
        """Write without keeping anybody waiting."""
        super().startService()
        keeping, turns = self._keeping, self._turns
        store, reactor = keeping.store, self._reactor
        assert keeping.lease is not None
        self._writer = writer = Writer(store.address, keeping.lease, store.wrote, reactor)
        writer.on_lost, writer.on_wanted = self._lost, self._wanted
        turns.stale, turns.lost = writer.stale, self._end
        store.writer = writer
        writer.start()
        reactor.callLater(keeping.lease.seconds, keeping.leave)

    def publish(self, address: str, ready: Mapping[str, Any]) -> None:
        """Tell all where REST is, and what a ready file says of endpoints."""
        writer = self._writer
        if writer is not None:
            writer.address = address
            writer.endpoints = msgspec.json.encode(ready["endpoints"]).decode()
            writer.renew_now()

    def _lost(self, error: LeaseLost) -> None:
        self._turns.lose(error)

    def _end(self) -> None:
        log.error("somebody else carries the venue: this process ends")
        self._status(LOST)
        self._reactor.callLater(0, self._stop)

    def _wanted(self, node: str) -> None:
        log.info("node {node} is to have the venue: this process stops", node=node)
        self._reactor.callLater(0, self._stop)

    def _stop(self) -> None:
        if self._reactor.running:
            self._reactor.stop()

    def stopService(self) -> None:
        """What is still to be written is written at once."""
        super().stopService()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self._keeping.occupy()
        writer.stop()
        self._keeping.store.take_over(writer)


def end_with(status: int) -> None:
    """Have this process end with a status, whatever else it would have ended with."""

    def end() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    atexit.register(end)
