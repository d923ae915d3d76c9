"""
Where venues are, for a node: in a process of ours, at another node, or nowhere.

Whatever is asked of a venue is asked where it is. Another node is asked for what it carries itself
(:mod:`exsim.services.front.carried`), so that no question goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct
from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, fail
from twisted.logger import Logger
from zope.interface import implementer

from exsim.client.codec import SimulatorError
from exsim.client.launch import Ready
from exsim.control.carried import CARRIED
from exsim.errors import Unavailable
from exsim.services.front.carrier import (
    LONGEST,
    SHORTEST,
    UNANSWERED,
    Carrier,
    IVenue,
    Relayed,
)
from exsim.services.front.leases import Lease
from exsim.services.front.process import IVenueProcess

UNTRUSTED: Final = (401, 403, 421)
"""What a node is answered that another does not take for one."""

Start = Callable[[int, Ready | None], IVenueProcess]
"""Starts the process of a venue, for a term; gets what the last one here said."""

log = Logger(namespace="exsim")


@implementer(IVenue)
class Elsewhere:
    """A venue that another node carries, asked there by a client of that node."""

    def __init__(self, lease: Lease, client: Any) -> None:
        self.venue = lease.venue
        self.node = lease.node
        self.address = lease.address
        self._client = client

    @property
    def trouble(self) -> str:
        """It can be asked where the node says where."""
        where = f"venue {self.venue} is carried by node {self.node}"
        return "" if self.address else f"{where}, which has no REST that others reach"

    def ask(self, operation: str, arguments: Struct, body: Struct | None = None) -> Deferred[Any]:
        """See :class:`exsim.services.front.carrier.IVenue`."""
        return Deferred.fromCoroutine(self._ask(operation, arguments, body))

    async def _ask(self, operation: str, arguments: Struct, body: Struct | None) -> Any:
        if self.trouble:
            raise Unavailable(self.trouble)
        where = f"node {self.node} at {self.address}, which carries venue {self.venue},"
        try:
            return await self._client.perform(operation, arguments, body)
        except SimulatorError as error:
            if error.status in UNTRUSTED:
                raise Unavailable(f"{where} refuses us: {error.detail}") from None
            raise Relayed(error.problem) from None
        except UNANSWERED as error:
            raise Unavailable(f"{where} does not answer: {error}") from None


def asked_at(lease: Lease) -> str:
    """Where a node is asked for a venue."""
    return f"{lease.address.rstrip('/')}{CARRIED}{quote(lease.venue, safe='')}"


@implementer(IVenue)
class Place(MultiService):
    """
    Where one venue is.

    :param start: starts a process of it here.
    :param client: of the one that is here.
    :param connect: makes a client of another node for the venue of a lease.
    :param changed: called when the process here is ready, and when it has ended.
    """

    def __init__(
        self,
        venue: str,
        start: Start,
        client: Any,
        connect: Callable[[Lease], Any],
        reactor: Any,
        changed: Callable[[Place], None],
    ) -> None:
        super().__init__()
        self.setName(f"venue:{venue}")
        self.venue = venue
        self.term: int | None = None
        """That of the process here; of one that has ended, too, until its lease is given back."""
        self.carrier: Carrier | None = None
        """What looks after the process here."""
        self.not_before = 0.0
        """When it may be taken here again, as the reactor counts."""
        self._start = start
        self._client = client
        self._connect = connect
        self._reactor = reactor
        self._changed = changed
        self._elsewhere: Elsewhere | None = None
        self._ended = ""
        self._since = 0.0
        self._delay = SHORTEST
        self._before: Ready | None = None

    @property
    def trouble(self) -> str:
        """Why it cannot be asked now; empty while it can."""
        where = self.carrier or self._elsewhere
        if where is not None:
            return where.trouble
        return f"venue {self.venue} is carried by no node{self._ended}"

    @property
    def ready(self) -> Ready | None:
        """What the process here says; None where there is none, or it starts."""
        return None if self.carrier is None else self.carrier.ready

    @property
    def starts(self) -> bool:
        """Whether the process here is not ready yet."""
        return self.carrier is not None and self.ready is None

    @property
    def age(self) -> float:
        """How many seconds ago it was taken here."""
        return float(self._reactor.seconds()) - self._since

    def ask(self, operation: str, arguments: Struct, body: Struct | None = None) -> Deferred[Any]:
        """See :class:`exsim.services.front.carrier.IVenue`."""
        where = self.carrier or self._elsewhere
        if where is None:
            return fail(Unavailable(self.trouble))
        return where.ask(operation, arguments, body)

    def carry(self, term: int) -> None:
        """Start a process of it here, for a term that is ours."""
        self.term, self._since, self._elsewhere = term, self._reactor.seconds(), None
        self.carrier = Carrier(
            self.venue,
            lambda before: self._start(term, self._before),
            self._client,
            self._reactor,
            None,
            self._look,
        )
        self.carrier.setServiceParent(self)

    def _look(self) -> None:
        """The process here is ready, or has ended."""
        carrier = self.carrier
        if carrier is None:
            return
        self._before = carrier.ready or self._before
        if carrier.process is None:
            self._gone(carrier)
        self._changed(self)

    def _gone(self, carrier: Carrier) -> None:
        """
        Have others carry it. One that did not stop in good order, as when it is to move, is not
        tried here again at once: what is wrong may be wrong here alone.
        """
        self.carrier = None
        self._ended = f"; here it {carrier.how}"
        carrier.disownServiceParent()
        if carrier.status == 0:
            return
        if self.age >= LONGEST:
            self._delay = SHORTEST
        self.not_before = self._reactor.seconds() + self._delay
        self._delay = min(2 * self._delay, LONGEST)

    def see(self, lease: Lease | None) -> None:
        """Take note of who carries it."""
        if lease is not None and self.carrier is not None and self.term is not None:
            if lease.term > self.term:
                self._lose(lease)
            return
        if lease is None or not lease.runs:
            self._elsewhere = None
        elif (was := self._elsewhere) is None or (was.node, was.address) != (
            lease.node,
            lease.address,
        ):
            self._elsewhere = Elsewhere(lease, self._connect(lease))

    def _lose(self, lease: Lease) -> None:
        """Another node has it: end the process here, which has stood still for too long."""
        log.error(
            "venue {venue} is carried by node {node} now: its process here is ended",
            venue=self.venue,
            node=lease.node,
        )
        self.end()

    def end(self) -> None:
        """End the process here, at once."""
        if self.carrier is not None and self.carrier.process is not None:
            self.carrier.process.kill()


class Places(MultiService):
    """All venues of the configuration, in order."""

    name = "venues"

    @property
    def places(self) -> list[Place]:
        """Each of them, wherever it is."""
        return [one for one in self if isinstance(one, Place)]

    @property
    def all(self) -> list[Carrier]:
        """What looks after the processes that are here."""
        return [one.carrier for one in self.places if one.carrier is not None]
