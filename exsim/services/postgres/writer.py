"""
Writing a venue's journal while the reactor runs: a batch is sent, and all goes on until it is
there. The lease is renewed on the same connection.

One batch is under way at a time. Where the connection is lost nobody knows whether it arrived: the
next one asks, and sends the very same batch again if it did not, so that it is there once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.services.commits import LeaseLost, UnderWay
from exsim.services.postgres.address import Address, PostgresAway
from exsim.services.postgres.lease import HOLDER, RENEW, RENEWALS, Lease
from exsim.services.postgres.link import Link, QueryRefused, Row, Value, connect

log = Logger(namespace="exsim")

INSERT: Final = """
    INSERT INTO exsim.batch (venue, epoch, first, last, term, data)
    SELECT venue, $3::bigint, $4::bigint, $5::bigint, term, $6::bytea FROM exsim.lease
    WHERE venue = $1 AND term = $2 FOR SHARE
    RETURNING last
"""
"""Venue, term, epoch, first, last, data: no row where the lease is lost."""
NEWEST: Final = """
    SELECT coalesce((
        SELECT last FROM exsim.batch WHERE venue = $1 AND epoch = $2 ORDER BY first DESC LIMIT 1
    ), 0)
"""
"""Venue, epoch: its last entry."""
SLOW: Final = 1.0
"""Seconds without an answer after which the database counts as away."""
GONE: Final = 5.0
"""Seconds after which a connection is given up, and another one made."""
SOON, LATER = 0.25, 1.0
"""Seconds until it is tried again to connect, at first, and at most."""


class Batch(NamedTuple):
    """Entries ``first`` to ``last`` of an epoch, as bytes."""

    epoch: int
    first: int
    last: int
    data: bytes


class Writer:
    """
    Sends batches under a lease, and keeps that.

    ``trouble`` says why the database does not answer; empty while it does. ``lost`` is set once the
    lease is somebody else's: nothing is written any more. ``on_lost`` is called then, ``on_wanted``
    once another node is to have the venue. ``address`` and ``endpoints`` (JSON) are told to all
    with each renewal.

    :param wrote: is told the last entry that the database has.
    :param monotonic: seconds, by a clock that nobody sets.
    """

    def __init__(
        self,
        address: Address,
        lease: Lease,
        wrote: Callable[[int], None],
        reactor: Any,
        link: Callable[[Address, Any], Any] = connect,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble = ""
        self.lost: LeaseLost | None = None
        self.on_lost: Callable[[LeaseLost], None] = _nobody_cares
        self.on_wanted: Callable[[str], None] = _nobody_cares
        self.address = self.endpoints = ""
        self.reconnects = 0
        self._server = address
        self._lease = lease
        self._wrote = wrote
        self._reactor = reactor
        self._connect = link
        self._monotonic = monotonic
        self._until = monotonic() + lease.seconds
        self._link: Link | None = None
        self._batch: Batch | None = None
        self._done: Deferred[None] = Deferred()
        self._slow: IDelayedCall | None = None
        self._renewal: IDelayedCall | None = None
        self._refused = ""  # what the server said before we gave the connection up
        self._stopping = False
        self._told_wanted = False
        self._work: Deferred[None] | None = None

    def start(self) -> None:
        """Connect, and stay connected."""
        self._work = Deferred.fromCoroutine(self._stay())
        self._work.addErrback(self._failed)

    def _failed(self, failure: Failure) -> None:
        if not self._stopping or not failure.check(CancelledError):
            log.failure("the journal is written no more", failure)

    # -- what the store asks for

    @property
    def sure(self) -> bool:
        """Whether nothing is under way, so that it is known what the database has."""
        return self._batch is None

    def check(self) -> None:
        """
        Raise if nothing can be sent.

        :raises exsim.services.commits.UnderWay: while a batch is on its way.
        :raises exsim.services.commits.LeaseLost: once the lease is lost.
        """
        if self.lost is not None:
            raise self.lost
        if self._batch is not None:
            raise UnderWay(self._done, self.trouble)

    def send(self, batch: Batch) -> UnderWay:
        """Send a batch, where none is under way; what to raise then."""
        self._batch = batch
        if self._link is not None:
            self._send(self._link, batch)
        return UnderWay(self._done, self.trouble)

    def stale(self) -> str:
        """Why somebody else may know better than we do; empty while the lease is ours for sure."""
        late = self._monotonic() - self._until
        if self.lost is not None:
            return str(self.lost)
        if late <= 0:
            return ""
        return f"the lease of venue {self._lease.venue} ended {late:.1f} s ago: {self.trouble}"

    def stop(self) -> None:
        """Let go of the connection; the lease stays as it is."""
        self._stopping = True
        self._cancel(self._renewal)
        self._cancel(self._slow)
        if self._link is not None:
            self._link.close()
        work, self._work = self._work, None
        if work is not None:
            work.cancel()

    # -- the connection

    def _over(self) -> bool:
        return self._stopping or self.lost is not None

    async def _stay(self) -> None:
        wait = SOON
        while not self._over():
            self._refused = ""
            why: object
            try:
                link: Link = await self._connect(self._server, self._reactor)
                try:
                    await self._resume(link)
                    wait = SOON
                    why = await link.ended
                finally:
                    self._link = None
                    link.close()
            except LeaseLost as error:
                self._lose(error)
            except PostgresAway as error:
                why = error
            if self._over():
                return
            self._away(self._refused or str(why))
            await deferLater(self._reactor, wait)
            self.reconnects += 1
            wait = min(LATER, 2 * wait)

    async def _resume(self, link: Link) -> None:
        """Go on with a new connection: is the lease ours, and where is what was under way?"""
        await self._renew(link)
        batch = self._batch
        if batch is not None:
            rows = await self._ask(link, NEWEST, self._lease.venue, batch.epoch)
            last: int = rows[0][0]
            if batch.first - 1 > last or batch.first <= last < batch.last:
                text = f"the database has entries up to {last:,}, not to {batch.first - 1:,}"
                raise PostgresAway(f"{text}: what it said that it had is gone")
            self._link = link
            if last >= batch.last:
                self._arrived(batch)
            else:
                self._send(link, batch)
        elif self.trouble:
            self._back()
        self._link = link
        self._renew_later()

    def _ask(self, link: Link, sql: str, *values: Value) -> Deferred[list[Row]]:
        """Ask, and give the connection up if that is never answered."""
        gone = self._reactor.callLater(GONE, link.close)

        def answered(result: Any) -> Any:
            self._cancel(gone)
            return result

        return link.query(sql, *values).addBoth(answered)

    # -- batches

    def _send(self, link: Link, batch: Batch) -> None:
        lease = self._lease
        self._cancel(self._slow)
        if not self.trouble:
            self._slow = self._reactor.callLater(SLOW, self._too_slow)
        epoch, first, last, data = batch
        asked = self._ask(link, INSERT, lease.venue, lease.term, epoch, first, last, data)
        asked.addCallbacks(
            self._inserted, self._not_inserted, callbackArgs=(batch,), errbackArgs=(link,)
        )
        asked.addErrback(self._failed)

    def _too_slow(self) -> None:
        self._away(f"{self._server.text}: no answer for {SLOW:g} s")

    def _inserted(self, rows: list[Row], batch: Batch) -> None:
        if rows:
            self._arrived(batch)
        else:
            self._lose(self._lease.lost())

    def _not_inserted(self, failure: Failure, link: Link) -> None:
        """Nobody knows whether it is there, or it is there from before: the next one asks."""
        failure.trap(PostgresAway)
        if failure.check(QueryRefused):
            self._refused = str(failure.value)
            link.close()

    def _arrived(self, batch: Batch) -> None:
        self._cancel(self._slow)
        self._batch = None
        self._wrote(batch.last)
        if self.trouble:
            self._back()
        self._fire()

    def _fire(self) -> None:
        done, self._done = self._done, Deferred()
        done.callback(None)

    # -- away, and back

    def _away(self, why: str) -> None:
        if self.trouble != why:
            log.warn("the journal's database is away: {why}", why=why)
        self.trouble = why
        self._cancel(self._slow)
        if self._batch is not None:
            self._fire()

    def _back(self) -> None:
        log.info("the journal's database is back")
        self.trouble = ""

    # -- the lease

    def _renew_later(self) -> None:
        self._cancel(self._renewal)
        if not self._stopping:
            wait = self._lease.seconds / RENEWALS
            self._renewal = self._reactor.callLater(wait, self.renew_now)

    def renew_now(self) -> None:
        """Renew the lease, and tell all what there is to tell of us."""
        link = self._link
        if link is not None and self.lost is None and not self._stopping:
            renewing = Deferred.fromCoroutine(self._renew(link))
            renewing.addCallbacks(lambda _: self._renew_later(), self._not_renewed)
            renewing.addErrback(self._failed)

    def _not_renewed(self, failure: Failure) -> None:
        if failure.check(LeaseLost):
            assert isinstance(failure.value, LeaseLost)
            self._lose(failure.value)
        else:
            failure.trap(PostgresAway)  # the connection is lost, or is given up
            if self._link is not None:
                self._link.close()

    async def _renew(self, link: Link) -> None:
        lease, begun = self._lease, self._monotonic()
        told = self.address, self.endpoints
        rows = await self._ask(link, RENEW, lease.venue, lease.term, lease.seconds, *told)
        if not rows:
            holder = await self._ask(link, HOLDER, lease.venue)
            raise lease.lost(holder[0][0] if holder else "")
        self._until = begun + lease.seconds
        wanted: str = rows[0][0]
        if wanted and not self._told_wanted:
            self._told_wanted = True
            self.on_wanted(wanted)

    def _lose(self, error: LeaseLost) -> None:
        if self.lost is not None:
            return
        self.lost, self._batch = error, None
        self._cancel(self._slow)
        self._cancel(self._renewal)
        log.error("{error}", error=error)
        self.on_lost(error)
        self._fire()
        if self._link is not None:
            self._link.close()

    def _cancel(self, call: IDelayedCall | None) -> None:
        if call is not None and call.active():
            call.cancel()


def _nobody_cares(_: object) -> None:
    """Where nobody is to be told."""
