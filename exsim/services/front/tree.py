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

Each of the others has the tree of :mod:`exsim.services.tree`, with one venue.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from twisted.application.service import IService

from exsim.model.settings import Settings
from exsim.services.branches import Root
from exsim.services.front.carrier import Carrier, Carriers, client_of
from exsim.services.front.control import Front
from exsim.services.front.fleet import Fleet
from exsim.services.front.process import Launcher
from exsim.services.front.ready import FrontReady
from exsim.services.logs import json_log
from exsim.services.ready import Lifeline
from exsim.services.rest import RestService
from exsim.services.systemd import systemd
from exsim.services.watch import Watch


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
    lasts = bool(settings.data_dir or settings.journal) and settings.durability != "none"
    watch, carriers = Watch(reactor), Carriers()
    launcher = Launcher(*given, settings, reactor)
    for venue in settings.venues:
        client = client_of(reactor, partial(launcher.socket, venue.name))
        start = partial(launcher.start, venue.name)
        one = Carrier(venue.name, start, client, reactor, lasts, lambda: ready.update())
        one.setServiceParent(carriers)
    rest = None
    if settings.rest is not None:
        front = Front(Fleet(carriers.all), settings, watch, reactor)
        rest = RestService(settings.rest, front, reactor, watch.secrets)
    ready = FrontReady(carriers, rest, ready_file)

    lifeline = Lifeline(reactor, reactor.stop) if until_eof else None
    telling = systemd(reactor, ready.condition)
    children = (watch, launcher, rest, carriers, ready, telling, lifeline)
    return Root(children, (lambda: json_log(twistd)) if settings.log == "json" else None)
