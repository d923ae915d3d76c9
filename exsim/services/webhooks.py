"""
Webhooks: HTTP endpoints that say what becomes of a request, in any language.

A rule's ``webhook`` step is asked after its turn has ended, so that the journal has what it is
asked for; what comes of it begins a turn of its own, and is an entry, so that no journal that is
run again asks anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from twisted.application.service import Service
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers

from exsim.services.dispatcher import DispatcherService

if TYPE_CHECKING:
    from twisted.web.client import HTTPConnectionPool

log = Logger(namespace="exsim")

MOST: Final = 1_000_000
"""Bytes that an answer may have."""
_SECOND: Final = 1_000_000_000
_HEADERS: Final = Headers({"Content-Type": ["application/json"], "Accept": ["application/json"]})


class Refused(Exception):
    """An endpoint answered something that is no answer."""


class Webhooks(Service):
    """
    Asks the endpoints that rules name. ``http`` is a treq client; it makes its own without one.

    At the start those are asked again that had not answered when the last run ended.
    """

    name = "webhooks"

    def __init__(
        self,
        turns: DispatcherService,
        reactor: IReactorTime,
        http: Any = None,
    ) -> None:
        self._turns = turns
        self._reactor = reactor
        self._pool: HTTPConnectionPool | None = None
        self._http = http
        self._asking: set[Deferred[None]] = set()

    def startService(self) -> None:
        """Be asked from now on, also what was asked before."""
        super().startService()
        self._turns.exchange.asker = self.ask
        for venue in self._turns.exchange.dispatcher.venues.values():
            if venue.rulebook is not None:
                for play in venue.rulebook.plays.all():
                    venue.rulebook.plays.ask(play)

    async def stop(self) -> None:
        """Ask no more; who has not answered is asked at the next start, if there is one."""
        Service.stopService(self)
        self._turns.exchange.asker = None
        for asking in list(self._asking):
            asking.cancel()
        if self._pool is not None:
            await self._pool.closeCachedConnections()

    def stopService(self) -> Deferred[None]:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())

    def ask(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        """Ask once this turn is over."""
        self._reactor.callLater(0, self._begin, venue, play, url, body, timeout)

    def _begin(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        if not self.running:
            return
        asking = Deferred.fromCoroutine(self._ask(venue, play, url, body, timeout))
        self._asking.add(asking)

        def ended(result: Failure | None) -> None:
            self._asking.discard(asking)
            if result is not None and self.running:
                log.failure("webhook {url} cannot be asked", result, url=url)

        asking.addBoth(ended)

    async def _ask(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        settled = self._turns.settled()
        if settled is not None:
            await settled
        outcome = await self._outcome(url, body, timeout / _SECOND)
        await self._turns.until_free()
        if self.running:
            turns = self._turns
            turns.exchange.answered(venue, play, msgspec.json.encode(outcome), turns.now())
            turns.turn_over()

    async def _outcome(self, url: str, body: bytes, seconds: float) -> dict[str, Any]:
        """What an endpoint answers: ``then``, or ``error`` in words."""
        asked = Deferred.fromCoroutine(self._post(url, body))
        try:
            answer = await asked.addTimeout(seconds, self._reactor, _timed_out)
        except TimeoutError:
            return {"error": f"{url} did not answer within {seconds:g} s"}
        except Refused as error:
            return {"error": f"{url} {error}"}
        except Exception as error:  # whatever ails an endpoint, we go on
            if not self.running:
                raise
            return {"error": f"{url} cannot be asked: {type(error).__name__}: {error}"}
        return {"then": answer}

    def _client(self) -> Any:
        """The HTTP client. It is loaded when somebody is to be asked: that takes its time."""
        if self._http is None:
            from treq.client import HTTPClient
            from twisted.web.client import Agent

            from exsim.services.quiet_pool import quiet_pool

            self._pool = quiet_pool(self._reactor)
            self._http = HTTPClient(Agent(self._reactor, pool=self._pool))
        return self._http

    async def _post(self, url: str, body: bytes) -> Any:
        response = await self._client().post(url, data=body, headers=_HEADERS)
        content: list[bytes] = []
        await response.collect(content.append)
        if response.code != 200:
            raise Refused(f"answered {response.code}, not 200")
        whole = b"".join(content)
        if len(whole) > MOST:
            raise Refused(f"answered {len(whole):,} bytes: at most {MOST:,}")
        try:
            answer = msgspec.json.decode(whole)
        except ValueError as error:
            raise Refused(f"answered what is no JSON: {error}") from None
        return answer.get("then", []) if isinstance(answer, dict) else answer


def _timed_out(result: Any, timeout: float) -> Any:
    """Whatever the cancelled request ended in, say that it was the time."""
    raise TimeoutError(timeout, f"no answer within {timeout:g} seconds")
