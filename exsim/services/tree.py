"""
The one place where parts are joined: settings become a tree of services.

::

    exsim
      watch              measures the process
      journal            the ordered record
      given              (with a data_dir) notes there what it was started with
      index              has it indexed, once memory does not hold all of it
      venues             a service for each venue, and in it
        venue:XSIM         its market and
          matching-engine    its books
      recovery           what the last run left, and snapshots for the next
      dispatcher         ends turns, and keeps the venues' timers
      webhooks           asks HTTP endpoints what rules are to do
      sweeper            says when the garbage collector looks
      fix-log            (where one is asked for)
      proxies            a service for each proxy: sockets, too
      endpoints          a service for each endpoint: sockets, and in it
        endpoint:...
          session:...        one for each session that connects by itself
      rest               HTTP
      ready              the ready file
      lifeline           (for a simulator that a client started)

Children start in this order and stop in the reverse one, each when the one before has stopped.

Where each venue has a process of its own (:func:`build_front`), this one has ::

    exsim
      watch              measures the process
      launcher           a private folder, in which the processes of venues say where they listen
      rest               HTTP
      venues             a service for each venue
        venue:XSIM         starts the process that carries it, and looks after that
      ready              the ready file
      lifeline           (for a simulator that a client started)

and each of the others is like the one above, with one venue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import ILogObserver, Logger
from twisted.python.components import Componentized
from twisted.python.failure import Failure

from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.venue import Venue
from exsim.engine.matching import MatchingEngine
from exsim.errors import ConfigError
from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from exsim.model.requests import Request
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.connecting import keep_connected
from exsim.services.dispatcher import DispatcherService
from exsim.services.endpoints import EndpointService
from exsim.services.exchange import Exchange
from exsim.services.files import Files, RealFiles
from exsim.services.fixlog import FixLog
from exsim.services.front.carrier import Carrier, Carriers, client_of
from exsim.services.front.control import Front
from exsim.services.front.fleet import Fleet
from exsim.services.front.process import Launcher
from exsim.services.front.ready import FrontReady
from exsim.services.given import Given, GivenNote
from exsim.services.indexing import IndexService
from exsim.services.journal import JournalService
from exsim.services.library import Library
from exsim.services.logs import json_log
from exsim.services.operations.control import Control
from exsim.services.parts import Parts, Plugins
from exsim.services.process_time import MarketsTime
from exsim.services.proxy_messages import messages_of
from exsim.services.proxy_run import Saves, Saving
from exsim.services.proxy_sockets import ProxyService
from exsim.services.ready import Lifeline, ReadyService
from exsim.services.recovery import Recovery
from exsim.services.rest import RestService
from exsim.services.simulator import Simulator
from exsim.services.surroundings import Surroundings
from exsim.services.sweeper import Sweeper
from exsim.services.watch import Watch
from exsim.services.webhooks import Webhooks

log = Logger(namespace="exsim")


def build(
    settings: Settings,
    reactor: Any,
    ready_file: str | None = None,
    until_eof: bool = False,
    plugins: Plugins | None = None,
    now: Callable[[], int] | None = None,
    twistd: Mapping[str, Any] | None = None,
    given: Given | None = None,
    files: Files | None = None,
    saves: Saves | None = None,
) -> IService:
    """
    The tree of a whole simulator, not yet started. Nothing is opened before it starts.

    ``now`` is the clock, nanoseconds since 1970 UTC, by default that of the settings; ``twistd``
    are that one's options. ``given`` is where the settings came from, for a data directory to tell.
    ``files`` have its journal and its snapshots: those of the machine where none are given.
    ``saves`` are what is written at the end of what was said.
    """
    files = files or RealFiles()
    markets = MarketsTime(max((each.day.clock_start or 0 for each in settings.venues), default=0))
    now = now or (markets if settings.time == "market" else time.time_ns)
    journal = JournalService(settings, now, files)
    exchange, parts = build_exchange(settings, plugins or Catalogue(), journal.journal)
    markets.exchange = exchange
    turns = DispatcherService(exchange, reactor, now, grouped=settings.durability == "fsync")
    endpoints, venues, proxies = Branch("endpoints"), Branch("venues"), Branch("proxies")
    for proxy in exchange.proxies:
        ProxyService(proxy, turns, reactor).setServiceParent(proxies)

    def fill() -> None:
        for branch in (endpoints, venues):
            for service in list(branch):
                service.disownServiceParent()
        add_services(exchange, venues, endpoints, turns, reactor)

    fill()
    watch = Watch(reactor)
    library = Library(lambda: journal.folder, lambda: recovery.written())
    simulator = Simulator(
        exchange,
        parts,
        turns,
        endpoints,
        reactor,
        watch,
        settings,
        library=library,
        proxies=proxies,
    )
    recovery = Recovery(simulator, journal, files, fill)

    root = Root("exsim", (lambda: json_log(twistd)) if settings.log == "json" else None)
    watch.setServiceParent(root)
    journal.setServiceParent(root)
    if given is not None and settings.data_dir and settings.durability != "none":
        GivenNote(settings.data_dir, given).setServiceParent(root)
    IndexService(journal, reactor).setServiceParent(root)
    venues.setServiceParent(root)
    recovery.setServiceParent(root)
    turns.setServiceParent(root)
    Webhooks(turns, reactor).setServiceParent(root)
    Sweeper(reactor, lambda: turns.took.total).setServiceParent(root)
    if settings.fix_log:
        size, keep = settings.fix_log_size, settings.fix_log_keep
        FixLog(exchange, reactor, settings.fix_log, size, keep).setServiceParent(root)
    if saves:
        Saving(Control(simulator), saves).setServiceParent(root)
    proxies.setServiceParent(root)
    endpoints.setServiceParent(root)
    rest = None
    if settings.rest is not None:
        rest = RestService(settings.rest, Control(simulator), reactor, watch.secrets)
        rest.setServiceParent(root)
    ReadyService(endpoints, rest, ready_file, proxies).setServiceParent(root)
    if until_eof:
        Lifeline(reactor, reactor.stop).setServiceParent(root)
    return root


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
    lasts = bool(settings.data_dir) and settings.durability != "none"
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

    root = Root("exsim", (lambda: json_log(twistd)) if settings.log == "json" else None)
    for service in filter(None, (watch, launcher, rest, carriers, ready)):
        service.setServiceParent(root)
    if until_eof:
        Lifeline(reactor, reactor.stop).setServiceParent(root)
    return root


def add_services(
    exchange: Exchange,
    venues: MultiService,
    endpoints: MultiService,
    turns: DispatcherService,
    reactor: Any,
) -> None:
    """Make the services of all venues and endpoints that there are."""
    for venue in exchange.dispatcher.venues.values():
        VenueService(venue).setServiceParent(venues)
    for endpoint in exchange.endpoints.values():
        service = EndpointService(endpoint, turns, reactor)
        service.setServiceParent(endpoints)
        for session in endpoint.acceptor.sessions.values():
            keep_connected(service, session)


def build_exchange(
    settings: Settings, plugins: Plugins, journal: IJournal | None = None
) -> tuple[Exchange, Parts]:
    """
    The exchange of some settings, without any service around it, and what makes its parts.

    Without a ``journal`` it gets one in memory.
    """
    if journal is None:
        journal = IJournal(MemoryJournal(settings.journal_size))
    dispatcher = Dispatcher(journal, policy_fault)

    exchange = Exchange(journal, dispatcher)
    parts = Parts(settings, plugins, exchange, dispatcher, Surroundings(exchange))
    exchange.session_chain = parts.session_chain
    for venue in settings.venues:
        dispatcher.venues[venue.name] = parts.venue(venue)
    for endpoint in settings.endpoints:
        sessions = [session for session in settings.sessions if session.endpoint == endpoint.name]
        exchange.add_endpoint(endpoint, parts.protocol(endpoint.protocol), sessions)
    for proxy in settings.proxies:
        exchange.add_proxy(proxy, messages_of(proxy, parts))
    return exchange, parts


def policy_fault(policy: str, request: Request, error: Exception) -> None:
    """Say in the log that a policy failed, and on what."""
    log.failure(
        "policy {policy} failed on a {kind} request of session {session!r}",
        Failure(error),
        policy=policy,
        kind=request.kind,
        session=request.session,
    )


class Branch(MultiService):
    """A named group of services."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setName(name)

    async def stop(self) -> None:
        """Stop the children in reverse order, each when the one before has stopped."""
        Service.stopService(self)
        for service in reversed(list(self)):
            await maybeDeferred(service.stopService)

    def stopService(self) -> Deferred[None]:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())


class Root(Branch):
    """
    The whole tree. A start that fails says why in one message, and ends with status 1.

    :param make_log: makes what twistd is to write its log with; None for twistd's own.
    """

    def __init__(self, name: str, make_log: Callable[[], ILogObserver] | None = None) -> None:
        super().__init__(name)
        self._make_log = make_log

    def setServiceParent(self, parent: Any) -> None:
        """Become part of twistd's application, which then is asked for a log to write to."""
        if self._make_log is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._make_log())
        super().setServiceParent(parent)

    def privilegedStartService(self) -> None:
        """Everything listens after this."""
        try:
            super().privilegedStartService()
        except ConfigError as error:
            raise SystemExit(f"exsim cannot start: {error}") from None

    def startService(self) -> None:
        """Everything works after this."""
        try:
            super().startService()
        except (ConfigError, OSError) as error:
            raise SystemExit(f"exsim cannot start: {error}") from None


class VenueService(MultiService):
    """One venue, with its matching engine as a child."""

    def __init__(self, venue: Venue) -> None:
        super().__init__()
        self.setName(f"venue:{venue.name}")
        self.venue = venue
        MatchingEngineService(venue.engine).setServiceParent(self)


class MatchingEngineService(Service):
    """The matching engine of a venue; its books are emptied when it stops."""

    name = "matching-engine"

    def __init__(self, engine: MatchingEngine) -> None:
        self.engine = engine

    def stopService(self) -> None:
        """Forget all that rests."""
        super().stopService()
        self.engine.reset()
