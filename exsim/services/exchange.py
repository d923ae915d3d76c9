"""
The exchange: sessions, venues and the dispatcher joined, still without a socket.

Whoever owns the sockets calls :meth:`Exchange.connected`, :meth:`Exchange.received`, ... with
the time; answers are left in the connections, and :meth:`Exchange.take_touched` says in which.
The same calls with the same times give the same bytes, every time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial

from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.dispatch.bot_runner import ORIGIN
from exsim.dispatch.chain import Chain
from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.noting import Noting
from exsim.dispatch.passage import Passage, Scribe
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.interfaces import IConnection, IJournal, IMessages, IProtocol, ISession
from exsim.model.bots import BOT
from exsim.model.events import RawBytes
from exsim.model.journal import EntryKind
from exsim.model.settings import ORDER_ENTRY, EndpointSettings, ProxySettings, SessionSettings
from exsim.services.bot_messages import BotMessages
from exsim.services.by_session import BySession
from exsim.services.conversations import Conversations
from exsim.services.days import Days
from exsim.services.misbehaving import Misbehaving
from exsim.services.origins import AllSessions, Endpoint, Names, Origin
from exsim.services.proxying import Proxies, Proxy
from exsim.services.publishing import Publishing
from exsim.services.reacting import Reacting

log = Logger(namespace="exsim")

_STEP = int(EntryKind.STEP)

Ask = Callable[[str, int, str, bytes, int], None]
"""Asks a webhook; see :meth:`exsim.dispatch.world.World.ask`."""
SessionChain = Callable[[Venue, tuple[str, ...]], Chain]
"""The chain of a session: its own policies by name, then its venue's."""


class Exchange:
    """Everything that a simulator does, but for I/O."""

    def __init__(self, journal: IJournal, dispatcher: Dispatcher) -> None:
        self.journal = journal
        self.dispatcher = dispatcher
        self.session_chain: SessionChain = lambda venue, names: venue.chain
        self.endpoints: dict[str, Endpoint] = {}
        self.origins: dict[str, Origin] = {}  # by endpoint, also those removed since
        self.before_clear: list[Callable[[], None]] = []  # called while the old epoch is there
        self.floors: dict[str, int] = {}  # by venue: entries up to this one are forgotten
        self.after_clear: list[Callable[[], None]] = []  # called as the new epoch begins
        self.connections: dict[int, tuple[Endpoint, IConnection]] = {}  # those open, by number
        self.last_connection = 0
        self.replaying = False  # then nothing falls due but what a journal says
        self.given: dict[str, Mapping[str, str]] = {}  # of those made over REST: their options
        self._chains: dict[str, Chain] = {}
        self.noting = Noting(dispatcher)
        self.passage = passage = Passage(
            dispatcher,
            self.noting,
            self.endpoints,
            self._chains,
            self.run_due,
            self._send_raw,
            self._failed,
        )
        # Not methods around them: they are called for every order.
        self.received = passage.received
        self.worked = passage.worked
        self.send = passage.send
        self.send_events = passage.send_events
        self.take_touched = passage.take_touched
        dispatcher.told = passage.send_events
        talk = Conversations(self)
        self.connected = talk.connected
        self.initiated = talk.initiated
        self.again = talk.again
        self.deadline = talk.deadline
        self.fell_due = talk.fell_due
        self.lost = talk.lost
        self.behind = talk.behind
        self.caught_up = talk.caught_up
        self.bots = passage.bots  # by the names that their orders go under
        self._by_session = found = BySession(self.endpoints, self.bots)
        self.endpoint_of = found.endpoint_of
        self.logons = found.logons
        self.describe = found.describe
        self.fields = found.fields
        self.matches = found.matches
        self.publishing = Publishing(self.send)
        passage.publishers = self.publishing.publishers
        self.after_clear.append(self.noting.sync)
        self.misbehaving = Misbehaving(self.endpoints)
        self.proxies = Proxies(self._append, self.misbehaving.faults)
        self.misbehaving.others.append(self.proxies.show)
        self.reacting: Reacting | None = None  # where a rule is about no request
        self.asker: Ask | None = None
        self.days = Days(self)
        self._scribes: dict[str, Scribe] = {}

    # -- observers

    def observe(self) -> None:
        """Have those venues looked at after each request that are observed, if any is."""
        if any(venue.observer is not None for venue in self.dispatcher.venues.values()):
            self.publishing.publishers.append(self._look)

    def _look(self, now: int) -> None:
        for venue in self.dispatcher.venues.values():
            if venue.observer is not None:
                venue.observer.look(venue.time(now))

    # -- proxies

    def add_proxy(self, settings: ProxySettings, messages: IMessages) -> Proxy:
        """Have a proxy, which does not listen yet; ``messages`` reads what goes by."""
        proxy = self.proxies.add(settings, messages)
        self.origins[proxy.origin] = proxy.told()
        return proxy

    def _append(self, time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Write to the journal of now."""
        return self.journal.append(time, kind, origin, session, data)

    # -- bots

    def bot_origins(self) -> dict[str, Origin]:
        """Where the entries of bots are from: one origin for each venue that has any."""
        return {
            ORIGIN + venue.name: Origin(BotMessages(), venue.name, "fix")
            for venue in self.dispatcher.venues.values()
            if venue.bots is not None
        }

    # -- endpoints and sessions

    def add_endpoint(
        self, settings: EndpointSettings, protocol: IProtocol, sessions: list[SessionSettings]
    ) -> Endpoint:
        """Make the acceptor of an endpoint, with its configured sessions."""
        if settings.name in self.endpoints:
            raise Conflict(f"there is an endpoint {settings.name!r} already")
        venue = self.dispatcher.venue(settings.venue)

        scribe = self._scribes[settings.name] = Scribe(self.journal.append, settings.name)
        venue.accounts.membership = self._by_session.membership
        venue.accounts.having = partial(self._by_session.having, venue)
        acceptor = protocol.acceptor(settings, sessions, scribe.record, Names(self.sessions))
        acceptor.keep_time(venue.clock, venue.wall.moment)
        trades = settings.role == ORDER_ENTRY
        endpoint = Endpoint(settings, protocol, acceptor, venue, trades)
        for session in sessions:
            self._chains[session.name] = self._chain_of(endpoint, session)
        self.endpoints[settings.name] = endpoint
        self.origins[settings.name] = Origin(acceptor.messages, venue.name, settings.protocol)
        self.publishing.join(endpoint)
        self.misbehaving.join(endpoint)
        return endpoint

    def remove_endpoint(self, name: str, now: int) -> None:
        """Close an endpoint's sessions and forget them and it."""
        endpoint = self.endpoint(name)
        self.record(now, _STEP, endpoint, "", b"remove")
        for session in list(endpoint.acceptor.sessions):
            self.remove_session(session, now)
        self.publishing.leave(endpoint)
        del self.endpoints[name]
        self.passage.places_changed()
        del self._scribes[name]

    def forget_endpoints(self) -> None:
        """Have no endpoint at all, as before anything was configured."""
        self.publishing.clear()
        self.endpoints.clear()
        self.passage.places_changed()
        self.origins.clear()
        self.origins.update((proxy.origin, proxy.told()) for proxy in self.proxies)
        self.origins.update(self.bot_origins())
        self._chains.clear()
        self._scribes.clear()

    def log_out(self, endpoint: Endpoint, why: str, now: int) -> None:
        """Begin an orderly logout of all sessions of an endpoint, if it is there still."""
        if self.endpoints.get(endpoint.settings.name) is not endpoint:
            return
        self.run_due(now)
        self.record(now, _STEP, endpoint, "", b"stop " + why.encode())
        for session in list(endpoint.acceptor.sessions.values()):
            self.touch(session)
            session.logout(why, now)

    def write_to(self, journal: IJournal) -> None:
        """Go on with another journal."""
        self.journal = self.dispatcher.journal = journal
        for scribe in self._scribes.values():
            scribe.append = journal.append

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of this name.

        :raises exsim.errors.NotFound: when there is none.
        """
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            known = ", ".join(sorted(self.endpoints)) or "none"
            raise NotFound(f"there is no endpoint {name!r}; there are: {known}")
        return endpoint

    @property
    def sessions(self) -> Mapping[str, ISession]:
        """All sessions of all endpoints by name."""
        return AllSessions(self.endpoints)

    def session(self, name: str) -> tuple[Endpoint, ISession]:
        """The session of this name, and where it belongs.

        :raises exsim.errors.NotFound: when there is none.
        """
        endpoint = self._by_session.where(name)
        if endpoint is not None:
            return endpoint, endpoint.acceptor.sessions[name]
        raise NotFound(f"there is no session {name!r}")

    def add_session(self, settings: SessionSettings) -> ISession:
        """Configure another session on an endpoint."""
        if settings.name.startswith(BOT):
            raise Conflict(f"names that begin with {BOT} are those of bots")
        if settings.name in self.sessions:
            raise Conflict(f"there is a session {settings.name!r} already")
        endpoint = self.endpoint(settings.endpoint)
        chain = self._chain_of(endpoint, settings)
        session = endpoint.acceptor.open(settings)
        self._chains[settings.name] = chain
        return session

    def undo_session(self, name: str, now: int) -> None:
        """Remove a session that was just made, since it makes no sense."""
        endpoint, _ = self.session(name)
        self.record(now, _STEP, endpoint, name, b"remove")
        self.remove_session(name, now)

    def remove_session(self, name: str, now: int) -> None:
        """
        Cancel a session's orders, disconnect it, and forget it.

        Another session of its name has nothing to do with it.
        """
        endpoint, session = self.session(name)
        venue = endpoint.venue
        for order in venue.waiting_first(list(venue.orders.all())):
            if order.owner == name and order.open:
                text = "the session was removed"
                venue.cancel_order(order, venue.time(now), self.dispatcher.out, text)
        self.send_events(now)
        venue.forget_session(name)
        self.dispatcher.holds.forget_session(name)
        self.touch(session)
        endpoint.acceptor.close(name, now)
        self._chains.pop(name, None)
        self.given.pop(f"session:{name}", None)

    def _chain_of(self, endpoint: Endpoint, session: SessionSettings) -> Chain:
        """The policies of a session, then of its venue; nobody is asked where none may trade."""
        if endpoint.settings.role != ORDER_ENTRY:
            return ()
        return self.session_chain(endpoint.venue, session.policies)

    def chain(self, venue: Venue, session: str) -> Chain:
        """The policies that a request of this session, or of none, has to pass."""
        return self._chains.get(session, venue.chain)

    def chain_at(self, endpoint: Endpoint, session: str) -> Chain:
        """The same for a request that came there: where none may trade, nobody is asked."""
        return self._chains.get(session, endpoint.chain)

    def renew_chains(self, venue: Venue) -> None:
        """Make the chains of a venue's sessions anew, after its own was."""
        for endpoint in self._endpoints_of(venue):
            for name, session in endpoint.acceptor.sessions.items():
                if name in self._chains:
                    self._chains[name] = self._chain_of(endpoint, session.settings)

    def reset_sessions(self, venue: Venue, disconnect: bool, now: int) -> None:
        """
        Start the sessions of a venue again, with sequence numbers at 1, open for logons.

        With ``disconnect`` those made on the fly are forgotten; without, those that are logged
        on stay as they are.
        """
        for endpoint in self._endpoints_of(venue):
            for name, session in list(endpoint.acceptor.sessions.items()):
                session.refuse_logons(None)
                if session.connection is not None and not disconnect:
                    continue
                self.touch(session)
                session.reset(now)
                if name not in self._chains:
                    endpoint.acceptor.close(name, now)

    def forget_messages(self, venues: list[Venue]) -> None:
        """Tell no more of what was said at these venues; of all venues: a new epoch."""
        if len(venues) == len(self.dispatcher.venues):
            for look in self.before_clear:
                look()
            self.journal.clear()
            self.floors.clear()
            self.dispatcher.holds.restart()
            there = {*self.endpoints, *(proxy.origin for proxy in self.proxies)}
            there.update(self.bot_origins())
            self.origins = {name: origin for name, origin in self.origins.items() if name in there}
            for look in self.after_clear:
                look()
        else:
            self.floors.update((venue.name, self.journal.last) for venue in venues)

    def _endpoints_of(self, venue: Venue) -> list[Endpoint]:
        return [endpoint for endpoint in self.endpoints.values() if endpoint.venue is venue]

    # -- rules

    def watch(self) -> None:
        """Some venue has rules about what is no request, or none any more."""
        if self.reacting is None:
            self.reacting = Reacting(self)
            self.passage.watcher = self.reacting.came
            self.noting.phased = self.reacting.phase
            self.publishing.publishers.append(self.reacting.publish)
        self.reacting.sync()
        self.misbehaving.arrange()

    def answered(self, venue: str, play: int, outcome: bytes, now: int) -> None:
        """A webhook was asked what is to become of a play: ``outcome`` in JSON."""
        self.run_due(now)
        self.journal.append(now, _STEP, venue, "", b"webhook %d %b" % (play, outcome))
        market = self.dispatcher.venues.get(venue)
        if market is not None and market.rulebook is not None:
            market.rulebook.answer(play, json.loads(outcome), now, market.time(now))
        self.send_events(now)

    def run_due(self, now: int) -> None:
        """Do what the venues' agendas hold that is due by ``now``."""
        due = self.dispatcher.next_due()
        if due is not None and due <= now and not self.replaying:
            while (venue := self.dispatcher.first_due(now)) is not None:
                self.run_first(venue, now)

    def run_first(self, venue: Venue, now: int) -> None:
        """Do the first task of a venue's agenda."""
        self.dispatcher.run_first(venue, now)
        self.send_events(now)

    def _failed(self, session: str, error: Exception) -> None:
        """Say in the log that a session could not be told something."""
        if isinstance(error, Unprocessable):  # fields that a policy chose
            log.error("session {session}: {error}", session=session, error=error)
        else:
            log.failure("session {session} cannot be told", Failure(error), session=session)

    def _send_raw(self, event: RawBytes, now: int) -> None:
        """Send what is no message of any protocol."""
        session = self._by_session.find(event.to)
        if session is None:
            return
        try:
            session.send_raw(event.data, now)
        except Conflict as error:
            log.error("session {session}: {error}", session=session.name, error=error)
        self.touch(session)

    def touch(self, session: ISession) -> None:
        """
        Something may have to be written to this session's connection, or it is to be closed.

        To be called before what may part the two, such as a logout.
        """
        if session.connection is not None:
            self.passage.touched[session.connection] = None

    def record(self, now: int, kind: int, endpoint: Endpoint, session: str, data: bytes) -> None:
        """Write to the journal of now what happened at an endpoint."""
        self.journal.append(now, kind, endpoint.settings.name, session, data)
