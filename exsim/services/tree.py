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
      writing            (with a journal in a database) writes it while the reactor runs
      dispatcher         ends turns, and keeps the venues' timers
      pictures           ends who draws one
      webhooks           asks HTTP endpoints what rules are to do
      sweeper            says when the garbage collector looks
      fix-log            (where one is asked for)
      proxies            a service for each proxy: sockets, too
      endpoints          a service for each endpoint: sockets, and in it
        endpoint:...
          session:...        one for each session that connects by itself
      rest               HTTP
      ready              the ready file
      systemd            (where that started us) tells it how we are
      lifeline           (for a simulator that a client started)

Children start in this order and stop in the reverse one, each when the one before has stopped.

Where each venue has a process of its own, :mod:`exsim.services.front.tree` has the tree of the one
that speaks for all of them; each of the others is like the one above, with one venue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from twisted.application.service import IService, MultiService, Service
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.venue import Venue
from exsim.engine.matching import MatchingEngine
from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from exsim.model.requests import Request
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.branches import Branch, Root
from exsim.services.connecting import keep_connected
from exsim.services.dispatcher import DispatcherService
from exsim.services.endpoints import EndpointService
from exsim.services.exchange import Exchange
from exsim.services.external.feeds import Feeds
from exsim.services.files import Files, RealFiles
from exsim.services.fixlog import FixLog
from exsim.services.given import Given, GivenNote
from exsim.services.indexing import IndexService
from exsim.services.journal import JournalService
from exsim.services.keeping import FilesKeeping
from exsim.services.library import Library
from exsim.services.logs import json_log
from exsim.services.operations.control import Control
from exsim.services.operations.health import trouble
from exsim.services.parts import Parts, Plugins
from exsim.services.process_time import MarketsTime
from exsim.services.proxy_messages import messages_of
from exsim.services.proxy_sockets import ProxyService
from exsim.services.ready import Lifeline, ReadyService
from exsim.services.recovery import Recovery
from exsim.services.rest import RestService
from exsim.services.simulator import Simulator
from exsim.services.surroundings import Surroundings
from exsim.services.sweeper import Sweeper
from exsim.services.systemd import Condition, systemd
from exsim.services.watch import Watch
from exsim.services.webhooks import Webhooks

if TYPE_CHECKING:
    from exsim.services.postgres.writing import Writing
    from exsim.services.proxy_run import Saves, Saving

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
    term: int | None = None,
) -> IService:
    """
    The tree of a whole simulator, not yet started. Nothing is opened before it starts.

    ``now`` is the clock, nanoseconds since 1970 UTC, by default that of the settings; ``twistd``
    are that one's options. ``given`` is where the settings came from, for a data directory to tell.
    ``files`` have its journal and its snapshots: those of the machine where none are given.
    ``saves`` are what is written at the end of what was said. ``term`` is of a venue's lease that
    was taken for this process.
    """
    files = files or RealFiles()
    markets = MarketsTime(max((each.day.clock_start or 0 for each in settings.venues), default=0))
    now = now or (markets if settings.time == "market" else time.time_ns)
    journal = JournalService(settings, now, files, term)
    exchange, parts = build_exchange(settings, plugins or Catalogue(), journal.journal)
    markets.exchange = exchange
    turns = DispatcherService(exchange, reactor, now, grouped=grouped(settings))
    branches = Branches(exchange, turns, reactor)
    watch = Watch(reactor)
    library = Library(lambda: journal.folder, lambda seq: recovery.written(seq))
    endpoints, proxies = branches.endpoints, branches.proxies
    simulator = Simulator(
        exchange,
        parts,
        turns,
        endpoints,
        reactor,
        watch,
        settings,
        proxies=proxies,
        library=library,
    )
    recovery = Recovery(simulator, journal, branches.fill)
    writing = written_by(journal, turns, reactor)
    control, rest = Control(simulator), None
    if settings.rest is not None:
        rest = RestService(settings.rest, control, reactor, watch.secrets)
    children = (
        watch,
        journal,
        noted(settings, given),
        IndexService(journal, reactor),
        branches.venues,
        recovery,
        writing,
        turns,
        Webhooks(turns, reactor),
        simulator.pictures,
        Sweeper(reactor, lambda: turns.took.total),
        fix_log(settings, exchange, reactor),
        saving(control, saves),
        proxies,
        endpoints,
        Feeds(control, turns, reactor),
        rest,
        ReadyService(
            reactor,
            endpoints,
            rest,
            ready_file,
            proxies,
            publishing(settings, writing, rest),
        ),
        systemd(reactor, lambda: Condition(True, trouble(simulator) or "ready")),
        Lifeline(reactor, reactor.stop) if until_eof else None,
    )
    return Root(children, (lambda: json_log(twistd)) if settings.log == "json" else None)


def noted(settings: Settings, given: Given | None) -> GivenNote | None:
    """What notes in the data directory what is ``given``; None where nothing lasts."""
    if given is None or not settings.data_dir or settings.durability == "none":
        return None
    return GivenNote(settings.data_dir, given)


def grouped(settings: Settings) -> bool:
    """Whether turns end together: where it takes time until the journal has them."""
    return settings.durability == "fsync" or bool(settings.journal)


def written_by(journal: JournalService, turns: DispatcherService, reactor: Any) -> Writing | None:
    """What writes the journal to a database; None where it is in files."""
    keeping: Any = journal.keeping
    if keeping is None or isinstance(keeping, FilesKeeping):
        return None
    from exsim.services.postgres.writing import Writing

    return Writing(keeping, turns, reactor)


def publishing(
    settings: Settings, writing: Writing | None, rest: RestService | None
) -> Callable[[Mapping[str, Any]], None] | None:
    """Who is told, besides a ready file, what listens where."""
    if writing is None:
        return None
    return lambda ready: writing.publish(settings.address or (rest.url if rest else ""), ready)


def fix_log(settings: Settings, exchange: Exchange, reactor: Any) -> FixLog | None:
    """The log of FIX messages; None where none is asked for."""
    size, keep = settings.fix_log_size, settings.fix_log_keep
    return FixLog(exchange, reactor, settings.fix_log, size, keep) if settings.fix_log else None


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
    parts = Parts(
        settings, plugins, exchange, dispatcher, Surroundings(exchange), exchange.bots, bot_fault
    )
    exchange.session_chain = parts.session_chain
    for venue in settings.venues:
        dispatcher.venues[venue.name] = parts.venue(venue)
    exchange.origins.update(exchange.bot_origins())
    exchange.observe()
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


def bot_fault(bot: str, error: Exception) -> None:
    """Say in the log that a bot failed, and was stopped."""
    log.failure("bot {bot} failed, and is stopped", Failure(error), bot=bot)


def saving(control: Control, saves: Saves | None) -> Saving | None:
    """What writes at the end what was said; None where nothing is to be written."""
    if not saves:
        return None
    from exsim.services.proxy_run import Saving

    return Saving(control, saves)


class Branches:
    """The services of what the exchange has: its venues, its endpoints and its proxies."""

    def __init__(self, exchange: Exchange, turns: DispatcherService, reactor: Any) -> None:
        self._exchange, self._turns, self._reactor = exchange, turns, reactor
        self.venues, self.endpoints = Branch("venues"), Branch("endpoints")
        self.proxies = Branch("proxies")
        for proxy in exchange.proxies:
            ProxyService(proxy, turns, reactor).setServiceParent(self.proxies)
        self.fill()

    def fill(self) -> None:
        """Have the venues and endpoints that there are now, and no others."""
        for branch in (self.endpoints, self.venues):
            for service in list(branch):
                service.disownServiceParent()
        for venue in self._exchange.dispatcher.venues.values():
            VenueService(venue).setServiceParent(self.venues)
        for endpoint in self._exchange.endpoints.values():
            listening = EndpointService(endpoint, self._turns, self._reactor)
            listening.setServiceParent(self.endpoints)
            for session in endpoint.acceptor.sessions.values():
                keep_connected(listening, session)


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
