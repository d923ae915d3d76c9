"""
The tree of the process that speaks for all venues, where each of them has a process of its own.

::

    exsim
      watch              measures the process
      launcher           a private folder, in which the processes of venues say where they listen
      rest               HTTP
      venues             a service for each venue
        venue:XSIM         starts the process that carries it, and looks after that
      ready              the ready file
      systemd            (where that started us) tells it how we are
      lifeline           (for a simulator that a client started)

Where venues are shared with other hosts, it is a node::

    exsim
      watch
      launcher
      rest
      venues
        venue:XSIM         where it is: here, at another node, nowhere; and where it is here
          venue:XSIM         looks after its process
      node               sees who carries what, and takes what is free
      ready              the ready file, once what was to be taken is ready
      systemd
      lifeline

Each of the processes of venues has the tree of :mod:`exsim.services.tree`, with one venue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from treq.client import HTTPClient
from twisted.application.service import IService
from twisted.web.client import Agent

from exsim.client.asynchronous import AsyncSimulator
from exsim.client.launch import Ready
from exsim.model.settings import RestSettings, Settings
from exsim.services.branches import Root
from exsim.services.front.carried import carried
from exsim.services.front.carrier import Carrier, Carriers, client_of
from exsim.services.front.control import Front
from exsim.services.front.fleet import Fleet
from exsim.services.front.leases import Lease
from exsim.services.front.node import Named, Node
from exsim.services.front.places import Place, Places, asked_at
from exsim.services.front.process import IVenueProcess, Launcher
from exsim.services.front.ready import FrontReady
from exsim.services.hosts import node_name
from exsim.services.logs import json_log
from exsim.services.quiet_pool import quiet_pool
from exsim.services.ready import Lifeline
from exsim.services.rest import RestService
from exsim.services.systemd import systemd
from exsim.services.watch import Watch

SECOND: Final = 10**9
CONNECTS_WITHIN: Final = 2.0
"""Seconds that a connection to another node may take to be made."""

Services = tuple[list[IService | None], FrontReady]


def build_front(
    settings: Settings,
    given: tuple[str, tuple[str, ...]],
    reactor: Any,
    ready_file: str | None = None,
    until_eof: bool = False,
    twistd: Mapping[str, Any] | None = None,
) -> IService:
    """
    The tree where each venue has a process of its own. These are started with what is ``given``:
    the configuration file, and what the command line put over it.
    """
    watch, launcher = Watch(reactor), Launcher(*given, settings, reactor)
    build = _shared if settings.journal else _alone
    services, ready = build(settings, launcher, watch, reactor, ready_file)
    lifeline = Lifeline(reactor, reactor.stop) if until_eof else None
    telling = systemd(reactor, ready.condition)
    children = (watch, launcher, *services, ready, telling, lifeline)
    return Root(children, (lambda: json_log(twistd)) if settings.log == "json" else None)


def _alone(
    settings: Settings, launcher: Launcher, watch: Watch, reactor: Any, ready_file: str | None
) -> Services:
    """All venues are here."""
    lasts = bool(settings.data_dir) and settings.durability != "none"
    carriers = Carriers()
    for venue in settings.venues:
        client = client_of(reactor, partial(launcher.socket, venue.name))
        start = partial(launcher.start, venue.name)
        one = Carrier(venue.name, start, client, reactor, lasts, lambda: ready.update())
        one.setServiceParent(carriers)
    rest = None
    if settings.rest is not None:
        front = Front(Fleet(carriers.all), settings, watch, reactor)
        rest = RestService(settings.rest, front, reactor, watch.secrets)
    ready = FrontReady(reactor, carriers, rest, ready_file)
    return [rest, carriers], ready


def _shared(
    settings: Settings, launcher: Launcher, watch: Watch, reactor: Any, ready_file: str | None
) -> Services:
    """Venues are here or at other nodes."""
    # Not at the top: most have no database.
    from exsim.services.postgres.address import address_of
    from exsim.services.postgres.nodes import PostgresLeases

    name, lasts = node_name(settings), settings.lease / SECOND

    def start(venue: str, term: int, before: Ready | None) -> IVenueProcess:
        words = f"--term={term}", f"--set=exsim.node={name}", f"--set=exsim.address={address()}"
        return launcher.start(venue, before, words)

    def address() -> str:
        return settings.address or ("" if rest is None else rest.reached_at(name))

    def connect(lease: Lease) -> AsyncSimulator:
        token = None if rest is None else rest.token
        return AsyncSimulator(asked_at(lease), reactor, token, http)

    def changed(place: Place) -> None:
        node.changed(place)

    pool = quiet_pool(
        reactor, persistent=False
    )  # one that was kept could be of a node that is gone
    http = HTTPClient(Agent(reactor, connectTimeout=CONNECTS_WITHIN, pool=pool))
    places = Places()
    for venue in settings.venues:
        client = client_of(reactor, partial(launcher.socket, venue.name))
        one = Place(venue.name, partial(start, venue.name), client, connect, reactor, changed)
        one.setServiceParent(places)
    leases = PostgresLeases(address_of(settings), name, lasts, reactor)
    named = Named(name, settings.room, lasts)
    node = Node(named, places, leases, address, reactor, lambda: ready.update())
    rest = None
    if settings.rest is not None:
        front = Front(Fleet(places.places), settings, watch, reactor, node)
        known, found = _known_as(settings.rest, settings.address, name), partial(carried, places)
        rest = RestService(known, front, reactor, watch.secrets, found)
    ready = FrontReady(reactor, places, rest, ready_file, node)
    return [rest, places, node], ready


def _known_as(rest: RestSettings, address: str, node: str) -> RestSettings:
    """REST may be asked under the name that other nodes are told."""
    host = urlsplit(address).hostname or node
    return replace(rest, allowed_hosts=(*rest.allowed_hosts, host))
