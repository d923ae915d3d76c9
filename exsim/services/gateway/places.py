"""Where endpoints are now: what nodes tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from zope.interface import Attribute, Interface, implementer

from exsim.client.codec import SimulatorError
from exsim.client.launch import Address
from exsim.services.front.carrier import UNANSWERED

EVERY: Final = 1.0
"""Seconds between two questions to the nodes."""
SOON: Final = 0.1
"""The same once a place turned out to be none."""
WITHIN: Final = 2.0
"""Seconds that a node has for its answer."""

log = Logger(namespace="exsim")


class IPlaces(Interface):
    """Where endpoints listen."""

    trouble: str = Attribute("Why that is not known for sure; empty where it is.")

    def find(endpoint: str) -> Address | None:
        """Where an endpoint of this name listens; None where its venue is nowhere now."""

    def wrong(endpoint: str) -> None:
        """Nobody was there: find out soon where it is."""


@implementer(IPlaces)
class NodePlaces(Service):
    """
    Asks one node after the other, each second, until one answers; goes on with that one.

    What was known last holds while none answers.

    :param clients: of the nodes' REST, with the URL of each.
    """

    def __init__(self, clients: Sequence[tuple[str, Any]], reactor: IReactorTime) -> None:
        self.trouble = "no node was asked yet"
        self._clients = clients
        self._reactor = reactor
        self._places: dict[str, Address] = {}
        self._at = 0
        self._timer: IDelayedCall | None = None
        self._asking: Deferred[None] | None = None

    def find(self, endpoint: str) -> Address | None:
        """See :class:`IPlaces`."""
        return self._places.get(endpoint)

    def wrong(self, endpoint: str) -> None:
        """See :class:`IPlaces`."""
        if self._timer is not None and self._timer.active():
            soon = self._reactor.seconds() + SOON
            if self._timer.getTime() > soon:
                self._timer.reset(SOON)

    def startService(self) -> None:
        """Begin to ask."""
        super().startService()
        self._ask()

    def stopService(self) -> None:
        """Ask no more."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        if self._asking is not None:
            self._asking.cancel()

    def _ask(self) -> None:
        self._timer = None
        self._asking = Deferred.fromCoroutine(self._look())
        self._asking.addErrback(self._defect).addBoth(self._again)

    def _defect(self, failure: Any) -> None:
        if self.running:
            self.trouble = "nodes cannot be asked, for the gateway has a defect"
            log.failure("a gateway cannot ask where venues are", failure)

    def _again(self, result: None) -> None:
        self._asking = None
        if self.running:
            self._timer = self._reactor.callLater(EVERY, self._ask)

    async def _look(self) -> None:
        """Ask until one answers, each once."""
        troubles = []
        for _ in self._clients:
            url, client = self._clients[self._at]
            try:
                self._places = await self._within(client)
            except (*UNANSWERED, SimulatorError, NotTold) as error:
                troubles.append(f"{url}: {error}")
                self._at = (self._at + 1) % len(self._clients)
            else:
                if self.trouble:
                    log.info("venues are where {url} says", url=url)
                self.trouble = ""
                return
        trouble = f"no node tells where venues are: {'; '.join(troubles)}"
        if trouble != self.trouble:
            log.error("{trouble}", trouble=trouble)
        self.trouble = trouble

    def _within(self, client: Any) -> Deferred[dict[str, Address]]:
        clock: Any = self._reactor
        return Deferred.fromCoroutine(places_of(client)).addTimeout(WITHIN, clock)


class NotTold(Exception):
    """A node knows nothing yet."""


async def places_of(client: Any) -> dict[str, Address]:
    """
    What a node tells: of all nodes, or where it is none and shares nothing, of itself.

    :raises NotTold: when it does not know.
    """
    nodes = await client.list_nodes()
    if nodes.node and not nodes.items:
        raise NotTold(nodes.trouble or "it has seen no node yet")
    if nodes.node:
        return {
            place.endpoint: Address(place.host, place.port)
            for node in nodes.items
            for venue in node.venues
            for place in venue.endpoints
        }
    places: dict[str, Address] = {}
    after = None
    while True:
        page = await client.list_endpoints(after=after)
        places |= {one.name: Address(one.host, one.port) for one in page.items if one.host}
        after = page.next
        if after is None:
            return places
