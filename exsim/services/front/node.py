"""
A node: a host that shares venues with others, all with the same configuration.

It tells that it is there, sees who carries what, and carries what is free and for it. Who has a
venue is settled by its lease alone (:mod:`exsim.services.front.leases`), which the venue's process
keeps while it runs, and the node while that starts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from exsim import __version__
from exsim.services.front.choosing import GRACE, to_take
from exsim.services.front.leases import ILeases, Lease, Peer, Seen
from exsim.services.front.places import Place, Places

EVERY: Final = 0.5
"""Seconds between two looks, at most."""
SOON: Final = 0.1
"""The same while a venue is to move here, or has just become free and may be for us soon."""
JUST: Final = 2.0
"""Seconds for which a venue has just become free."""
AFTER: Final = 0.02
"""Seconds after the end of a lease at which it is surely over."""
STARTS_WITHIN: Final = 300.0
"""Seconds that the process of a venue may take to start; its lease is not kept for longer."""

log = Logger(namespace="exsim")


@dataclass(frozen=True, slots=True)
class Named:
    """What a node is called, how many venues it has room for (0: all), and what leases last (s)."""

    node: str
    room: int
    lease: float


class Node(Service):
    """
    Looks, takes, and gives back.

    :param places: where venues are; this starts them.
    :param address: tells the URL of our REST, once that listens.
    :param changed: called when what is carried here has changed, and once at the end of the start.
    """

    name = "node"

    def __init__(
        self,
        named: Named,
        places: Places,
        leases: ILeases,
        address: Callable[[], str],
        reactor: Any,
        changed: Callable[[], None],
    ) -> None:
        self.node = named.node
        self.trouble = "the database was not asked yet"
        """Why it cannot look now; empty while it can."""
        self.settled = False
        """Whether it has begun: what it could take from the start is ready."""
        self._named = named
        self._places = places
        self._leases = leases
        self._address = address
        self._reactor = reactor
        self._changed = changed
        self._every = min(EVERY, named.lease / 4)
        self._seen: Seen | None = None
        self._since = 0.0
        self._not_before = 0.0
        """When it may take again: those who carry venues go on first, where none could renew."""
        self._taking = 0
        self._timer: IDelayedCall | None = None

    @property
    def me(self) -> Peer:
        """What we tell of ourselves."""
        return Peer(self.node, self._address(), self._named.room, 0.0, os.getpid(), __version__)

    @property
    def seen(self) -> Seen | None:
        """What it saw last, and where venues listen here, which it knows first; None before."""
        if self._seen is None:
            return None
        ready = {(one.venue, one.term): one.ready for one in self.here}
        leases = [
            replace(one, endpoints=found.endpoints)
            if (found := ready.get((one.venue, one.term))) is not None
            else one
            for one in self._seen.leases
        ]
        return replace(self._seen, leases=leases)

    @property
    def here(self) -> list[Place]:
        """The venues that are carried here."""
        return [one for one in self._places.places if one.carrier is not None]

    def startService(self) -> None:
        """Begin to look."""
        super().startService()
        self._since = self._reactor.seconds()
        self._look()

    def stopService(self) -> Deferred[None]:
        """Take no more, and tell that we leave; venues here are given back as they stop."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        return self._leases.leave(self.node).addErrback(self._away)

    def want(self, venue: str, node: str) -> Deferred[bool]:
        """Have a venue move; see :meth:`exsim.services.front.leases.ILeases.want`."""
        return self._leases.want(venue, node)

    # -- looking

    def _look(self) -> None:
        self._timer = None
        self._leases.look(self.me).addCallbacks(self._sees, self._away).addBoth(self._again)

    def _away(self, failure: Any) -> None:
        """Go on as we are: each venue's process sees for itself whether it may."""
        failure.trap(OSError)
        trouble = f"the database does not answer: {failure.getErrorMessage()}"
        if self.running and trouble != self.trouble:
            log.error("node {node}: {trouble}", node=self.node, trouble=trouble)
        self.trouble = trouble

    def _sees(self, seen: Seen) -> None:
        if not self.running:
            return
        if self.trouble and self._seen is not None:
            log.info("node {node}: the database answers again", node=self.node)
            self._not_before = self._reactor.seconds() + self._named.lease
        self._seen, self.trouble = seen, ""
        leases, addresses = seen.by_venue, {peer.node: peer.address for peer in seen.nodes}
        for place in self._places.places:
            lease = leases.get(place.venue)
            if lease is None or lease.node == self.node:
                place.see(None)
            else:
                place.see(replace(lease, address=addresses.get(lease.node, lease.address)))
            if place.starts:
                self._keep(place)
        found = self._to_take(seen)
        for place in found:
            self._begin(self._take(place))
        here = self._reactor.seconds() - self._since
        ready = not found and not self._taking and not any(one.starts for one in self.here)
        if ready and here >= 2 * GRACE and not self.settled:
            self.settled = True
            self._changed()

    def _to_take(self, seen: Seen) -> list[Place]:
        """What is for us, but what went wrong here a moment ago, unless it is to come here."""
        now, leases = self._reactor.seconds(), seen.by_venue
        if now < self._not_before:
            return []
        venues = [one.venue for one in self._places.places]
        chosen = {*to_take(self.node, venues, seen, now - self._since)}
        return [
            one
            for one in self._places.places
            if one.venue in chosen
            and one.term is None
            and (now >= one.not_before or _to(self.node, leases.get(one.venue)))
        ]

    def _again(self, result: Any) -> Any:
        """Look again after a while, or as soon as a lease may be over."""
        if self.running:
            self._timer = self._reactor.callLater(self._pause(), self._look)
        return result  # a failure is a defect: it is logged as one

    def _pause(self) -> float:
        if self._seen is None or self.trouble:
            return self._every
        others = [one for one in self._seen.leases if one.runs and one.node != self.node]
        ends = [one.left + AFTER for one in others]
        soon = any(_to(self.node, one) for one in others) or any(
            -JUST < one.left <= 0 for one in self._seen.leases
        )
        return min([self._every, *ends, *([SOON] if soon else [])])

    # -- taking, keeping, and giving back

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something, which ends in trouble where the database is away."""
        Deferred.fromCoroutine(work).addErrback(self._away).addErrback(_defect)

    async def _take(self, place: Place) -> None:
        self._taking += 1
        try:
            term = await self._leases.take(place.venue)
        finally:
            self._taking -= 1
        if term is not None and self.running and place.term is None:
            log.info("venue {venue} is carried here, term {term}", venue=place.venue, term=term)
            place.carry(term)

    def _keep(self, place: Place) -> None:
        """Keep the lease of a venue that starts; its process keeps it once it runs."""
        if place.age > STARTS_WITHIN:
            log.error("venue {venue} takes too long to start", venue=place.venue)
            place.end()
        else:
            self._begin(self._renew(place))

    async def _renew(self, place: Place) -> None:
        term = place.term
        assert term is not None
        if not await self._leases.renew(place.venue, term) and place.term == term:
            place.end()

    def changed(self, place: Place) -> None:
        """The process of a venue here is ready, or has ended: then its lease is given back."""
        term = place.term
        if place.carrier is None and term is not None:
            place.term = None
            self._begin(self._release(place.venue, term))
        self._changed()

    async def _release(self, venue: str, term: int) -> None:
        await self._leases.release(venue, term)


def _to(node: str, lease: Lease | None) -> bool:
    """Whether a venue is to move to a node."""
    return lease is not None and lease.reserved == node


def _defect(failure: Any) -> None:
    log.failure("a node cannot go on as it should", failure)
