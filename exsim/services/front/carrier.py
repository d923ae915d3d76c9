"""The process of a venue as a service: started, watched, asked, started again, and stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from treq.client import HTTPClient
from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.interfaces import IDelayedCall, IProtocol, IStreamClientEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger, LogLevel
from twisted.web.client import (
    URI,
    Agent,
    RequestTransmissionFailed,
    ResponseFailed,
)
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import Attribute, Interface, implementer

from exsim.client.asynchronous import AsyncSimulator
from exsim.client.codec import SimulatorError
from exsim.client.launch import Ready
from exsim.control.results import Problem as Answer
from exsim.errors import ConfigError, Problem, RequestError, Unavailable
from exsim.services.front.process import STOP_SECONDS, IVenueProcess

LOOK: Final = 0.1
"""Seconds between two looks at whether a process runs."""
PAUSE: Final = 0.02
"""The same while it starts or stops, and somebody waits for it."""
SHORTEST: Final = 1.0
"""Seconds until a process that ended is started again; doubled each time that it ends soon."""
LONGEST: Final = 60.0
"""The most; a process that has run for so long is sound."""

log = Logger(namespace="exsim")


class IVenue(Interface):
    """A venue that is carried by another process."""

    venue: str = Attribute("Its name.")
    trouble: str = Attribute("Why it cannot be asked now; empty while it can.")

    def ask(operation: str, arguments: Struct, body: Struct | None = None) -> Deferred[Any]:
        """
        The result of an operation there.

        :raises exsim.errors.RequestError: (as a failure) when it is refused or cannot be asked.
        """


class Relayed(RequestError):
    """What another process refused, in its words."""

    def __init__(self, problem: Answer) -> None:
        super().__init__(problem.detail)
        self.status = problem.status
        self.title = problem.title


@implementer(IVenue)
class Carrier(Service):
    """
    The process of one venue.

    :param start: starts one; gets what the last one that became ready said.
    :param client: of its REST interface.
    :param again: whether one that ended is started again: whether what it had is kept. None where
        that is for others to say, and perhaps at another node.
    :param changed: called when it is ready, and when it has ended.
    """

    def __init__(
        self,
        venue: str,
        start: Callable[[Ready | None], IVenueProcess],
        client: Any,
        reactor: Any,
        again: bool | None,
        changed: Callable[[], None],
    ) -> None:
        self.setName(f"venue:{venue}")
        self.venue = venue
        self.trouble = f"venue {venue} is starting"
        self.ready: Ready | None = None
        """What it said last; of a process that ended, too."""
        self.process: IVenueProcess | None = None
        self.how = ""
        """How the last process ended, in words."""
        self.status: int | None = None
        """The exit status of that; None where it was killed, or could not be started."""
        self._start = start
        self._client = client
        self._reactor = reactor
        self._again = again
        self._changed = changed
        self._delay = SHORTEST
        self._since: float | None = None
        self._timer: IDelayedCall | None = None

    def startService(self) -> None:
        """Start the process, and look after it from now on."""
        super().startService()
        self._begin()

    def _begin(self) -> None:
        self.trouble, self._since = f"venue {self.venue} is starting", None
        try:
            self.process = self._start(self.ready)
        except OSError as error:
            self._ended(f"cannot be started: {error}", None)
        else:
            self._timer = self._reactor.callLater(LOOK, self._look_again)

    def _look_again(self) -> None:
        self._timer = self._reactor.callLater(LOOK, self._look_again)
        self.look()

    def look(self) -> None:
        """See whether the process runs, and whether it is ready."""
        process = self.process
        if process is None:
            return
        how = process.ended()
        if how is not None:
            self.process = None
            self._ended(how, process.status)
        elif self._since is None and (ready := process.ready()) is not None:
            self.ready, self._since, self.trouble = ready, self._reactor.seconds(), ""
            log.info("venue {venue} is ready, process {pid}", venue=self.venue, pid=process.pid)
            self._changed()

    def _ended(self, how: str, status: int | None) -> None:
        """Go without a process, for a while or for good."""
        self._stop_timer()
        self.how, self.status = how, status
        self.trouble = f"venue {self.venue} {how}"
        if self._again is not None:
            if not self.running or self.ready is None:
                return  # whoever starts or stops us knows what to do
            self._go_on(self._again)
        level = LogLevel.info if self._again is None and status == 0 else LogLevel.error
        log.emit(level, "{trouble}", trouble=self.trouble)
        self._changed()

    def _go_on(self, again: bool) -> None:
        """After a process that was ready once."""
        if not again:
            self.trouble += "; nothing of it is kept (no data_dir), so it is not started again"
        else:
            if self._since is not None and self._reactor.seconds() - self._since >= LONGEST:
                self._delay = SHORTEST
            self.trouble += f"; it is started again in {self._delay:g} s"
            self._timer = self._reactor.callLater(self._delay, self._begin)
            self._delay = min(2 * self._delay, LONGEST)

    def ask(self, operation: str, arguments: Struct, body: Struct | None = None) -> Deferred[Any]:
        """See :class:`IVenue`."""
        return Deferred.fromCoroutine(self._ask(operation, arguments, body))

    async def _ask(self, operation: str, arguments: Struct, body: Struct | None) -> Any:
        if self.trouble:
            raise Unavailable(self.trouble)
        try:
            return await self._client.perform(operation, arguments, body)
        except SimulatorError as error:
            raise Relayed(error.problem) from None
        except UNANSWERED as error:
            self.look()  # perhaps it has just ended
            why = self.trouble or f"venue {self.venue} does not answer: {error}"
            raise Unavailable(why) from None

    def stopService(self) -> Deferred[None]:
        """Stop the process; fires when it is gone."""
        super().stopService()
        self._stop_timer()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        process = self.process
        if process is None:
            return
        self.trouble = f"venue {self.venue} is stopped"
        process.close()
        end = self._reactor.seconds() + STOP_SECONDS
        while process.ended() is None:
            if self._reactor.seconds() > end:
                log.error("venue {venue} does not stop: it is killed", venue=self.venue)
                process.kill()
                end += STOP_SECONDS
            await deferLater(self._reactor, PAUSE)
        self.process = None

    def give_up(self) -> None:
        """Have the process stop, and look after it no more: the start has failed."""
        self._stop_timer()
        if self.process is not None:
            self.process.close()

    def see_off(self) -> None:
        """Block until the process is gone."""
        if self.process is not None:
            self.process.wait()
            self.process = None

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None


UNANSWERED: Final = (
    ConnectError,
    ConnectionClosed,
    RequestTransmissionFailed,
    ResponseFailed,
    TimeoutError,
)
"""What asking a process ends in that has no answer."""


class Carriers(MultiService):
    """All venues; when they have started, all are ready."""

    name = "venues"

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self._sleep = sleep

    @property
    def all(self) -> list[Carrier]:
        """In the order of the configuration."""
        return [one for one in self if isinstance(one, Carrier)]

    def startService(self) -> None:
        """
        Start all processes, and wait until they are ready, as a start in one process would take.

        :raises exsim.errors.ConfigError: when one cannot be.
        """
        super().startService()
        try:
            while waiting := [one for one in self.all if one.ready is None]:
                for one in waiting:
                    one.look()
                    if one.process is None:
                        raise ConfigError([Problem(one.trouble)])
                self._sleep(PAUSE)
        except BaseException:
            for one in self.all:
                one.give_up()
            for one in self.all:
                one.see_off()
            raise


@implementer(IAgentEndpointFactory, IStreamClientEndpoint)
class OneSocket:
    """Whatever is asked for is asked of a socket file, without a line in the log each time."""

    def __init__(self, reactor: Any, path: Callable[[], str]) -> None:
        self._reactor = reactor
        self._path = path

    def endpointForURI(self, uri: URI) -> OneSocket:
        """The one there is."""
        return self

    def connect(self, factory: Any) -> Deferred[IProtocol]:
        """Connect a client."""
        factory.noisy = False
        endpoint = UNIXClientEndpoint(self._reactor, self._path())
        connecting: Deferred[IProtocol] = endpoint.connect(factory)
        return connecting


def client_of(reactor: Any, path: Callable[[], str]) -> AsyncSimulator:
    """
    A client of the REST interface on a socket file.

    Each request has a connection of its own: one that was kept could be of a process that is gone.
    """
    agent = Agent.usingEndpointFactory(reactor, OneSocket(reactor, path))
    return AsyncSimulator("http://localhost", reactor, http=HTTPClient(agent))
