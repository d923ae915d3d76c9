"""The client for Twisted, over treq."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import treq
from msgspec import Struct
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, TimeoutError, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers

from exsim.client.asynchronous_operations import AsynchronousOperations
from exsim.client.codec import Call, prepare, read
from exsim.client.events import follow
from exsim.client.events_async import AsyncEvents
from exsim.control.double_schemas import MessagesTold
from exsim.control.entries import Operation
from exsim.control.fields import EventKind
from exsim.control.operations import BY_NAME

if TYPE_CHECKING:
    from exsim.client.spawn_async import SpawnedAsyncSimulator


class AsyncSimulator(AsynchronousOperations):
    """
    A running simulator, for code that runs on a reactor.

    ``AsyncSimulator("http://127.0.0.1:8480", reactor)`` makes connections of its own, which
    :meth:`close` closes; or give a treq client as ``http``. A token is needed where the simulator
    asks for one.
    """

    def __init__(
        self, url: str, reactor: IReactorTime, token: str | None = None, http: Any = None
    ) -> None:
        self.url = url
        self._reactor = reactor
        self._token = token
        self._pool = None if http else HTTPConnectionPool(reactor)
        self._http = http or HTTPClient(Agent(reactor, pool=self._pool))

    @staticmethod
    def spawn(
        reactor: Any,
        config: str | os.PathLike[str] | None = None,
        overrides: Iterable[str] = (),
        timeout: float = 10.0,
        token: str | None = None,
    ) -> Deferred[SpawnedAsyncSimulator]:
        """
        Start a simulator of one's own, as :meth:`exsim.client.Simulator.spawn` does.

        The Deferred fires when it is ready; ``stop()`` it in the end.

        :raises exsim.client.spawn.SpawnError: when it is not ready within ``timeout`` seconds.
        """
        from exsim.client.spawn_async import spawn

        return Deferred.fromCoroutine(spawn(reactor, config, overrides, timeout, token))

    def close(self) -> Deferred[None]:
        """Close the connections; fires when they are closed."""
        return self._pool.closeCachedConnections() if self._pool else succeed(None)

    def events(
        self,
        *,
        venue: str | None = None,
        kind: Sequence[EventKind] = (),
        filter: str | None = None,
        after: str | None = None,
        messages: MessagesTold = "whole",
    ) -> Deferred[AsyncEvents]:
        """
        Follow what happens.

        From now on, or from a cursor on:
        ``async for event in await simulator.events():``; ``close()`` it in the end.

        Where its connection is cut it goes on by itself, with nothing lost and nothing twice.

        :raises SimulatorError: when it is refused, or what was not read is not there any more.
        """
        follows = follow(self.url, self._token, venue, kind, filter, after, messages)
        return AsyncEvents(follows, self._http, self._reactor).start()

    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        entry = BY_NAME[operation]
        call = prepare(self.url, self._token, entry, arguments, body)
        done = Deferred.fromCoroutine(self._send(entry, call))
        return done.addTimeout(call.timeout, self._reactor, _timed_out)

    async def _send(self, operation: Operation, call: Call) -> Any:
        response = await self._http.request(
            call.method,
            call.url,
            headers=Headers({name: [text] for name, text in call.headers.items()}),
            data=call.content,
            allow_redirects=False,
        )
        content = await treq.content(response)
        (content_type,) = response.headers.getRawHeaders("content-type", [""])[:1]
        return read(operation, response.code, content_type, content)


def _timed_out(result: Any, timeout: float) -> Any:
    """Whatever the cancelled request ended in, say that it was the time."""
    raise TimeoutError(timeout, f"no answer within {timeout:g} seconds")
