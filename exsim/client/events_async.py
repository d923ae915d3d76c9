"""Events for code that runs on a reactor: an asynchronous iterator that survives cuts."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import treq
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.web.client import RequestTransmissionFailed, ResponseFailed
from twisted.web.http_headers import Headers

from exsim.client.codec import SimulatorError, read
from exsim.client.events import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PATIENCE,
    SILENCE,
    Follow,
    Reader,
    passes,
)
from exsim.control.double_results import Event
from exsim.control.operations import BY_NAME

MOST_AHEAD: Final = 1_000
"""Events that are kept for a reader who is slower than they come; no more are read meanwhile."""
_CUT: Final = (
    ConnectError,
    ConnectionClosed,
    RequestTransmissionFailed,
    ResponseFailed,
    OSError,
)


class AsyncEvents:
    """
    Events, for ``async for``. It ends when it is closed, or with what it cannot go on for.

    Where the connection is cut it goes on by itself, with nothing lost and nothing twice.
    """

    def __init__(self, follows: Follow, http: Any, reactor: IReactorTime) -> None:
        self._follows = follows
        self._http = http
        self._reactor = reactor
        self._reader = Reader()
        self._ahead: deque[Event] = deque()
        self._opened: Deferred[AsyncEvents] | None = None
        self._wanted: Deferred[Event] | None = None
        self._ended: Failure | None = None
        self._body: _Body | None = None
        self._running: Deferred[None] | None = None

    def start(self) -> Deferred[AsyncEvents]:
        """Connect; fires once nothing is missed any more."""
        opened: Deferred[AsyncEvents] = Deferred(lambda _: self.close())
        self._opened = opened
        self._running = Deferred.fromCoroutine(self._run())
        self._running.addErrback(self._end)
        return opened

    def close(self) -> None:
        """Follow no more: the iteration ends."""
        if self._ended is None:
            self._end(Failure(StopAsyncIteration()))
        if self._running is not None:
            self._running.cancel()

    def __aiter__(self) -> AsyncEvents:
        return self

    def __anext__(self) -> Deferred[Event]:
        """The next event."""
        if self._ahead:
            event = self._ahead.popleft()
            if self._body is not None and not self._ahead:
                self._body.go_on()
            return succeed(event)
        self._wanted = Deferred()
        if self._ended is not None:
            self._wanted.errback(self._ended)
        return self._wanted

    def _end(self, why: Failure) -> None:
        if self._ended is not None:
            return
        self._ended = why
        opened, self._opened = self._opened, None
        wanted, self._wanted = self._wanted, None
        for deferred in (opened, wanted):
            if deferred is not None and not deferred.called:
                deferred.errback(why)

    async def _run(self) -> None:
        pause, end = FIRST_PAUSE, self._reactor.seconds() + PATIENCE
        while True:
            try:
                if await self._follow():
                    pause, end = FIRST_PAUSE, self._reactor.seconds() + PATIENCE
            except _CUT:
                if self._reactor.seconds() > end:
                    raise
            except SimulatorError as error:
                begun = self._reader.last is not None
                if not begun or not passes(error) or self._reactor.seconds() > end:
                    raise
            self._reader.cut()
            await deferLater(self._reactor, pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _follow(self) -> bool:
        """Read one connection to its end; whether it brought anything."""
        call = self._follows.call(self._reader.last)
        response = await self._http.request(
            call.method,
            call.url,
            headers=Headers({name: [text] for name, text in call.headers.items()}),
            allow_redirects=False,
            unbuffered=True,
        )

        if response.code != 200:
            content = await treq.content(response)
            (content_type,) = response.headers.getRawHeaders("content-type", [""])[:1]
            read(BY_NAME["events"], response.code, content_type, content)
        self._body = body = _Body(self, self._reactor)
        response.deliverBody(body)
        try:
            await body.done
        finally:
            self._body = None
        return body.came

    def feed(self, data: bytes) -> bool:
        """Take in bytes; False where there is enough for now."""
        try:
            self._ahead.extend(self._reader.feed(data))
        except SimulatorError:
            self._end(Failure())
            self.close()
            return False
        if self._opened is not None and self._reader.last is not None:
            opened, self._opened = self._opened, None
            opened.callback(self)
        if self._ahead and self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            wanted.callback(self._ahead.popleft())
        return len(self._ahead) < MOST_AHEAD


class _Body(Protocol):
    """The bytes of a stream; ``done`` fires when there are no more, ``came`` says if any did."""

    transport: Any

    def __init__(self, events: AsyncEvents, reactor: IReactorTime) -> None:
        self.came = False
        self.done: Deferred[None] = Deferred(self._cancelled)
        self._events = events
        self._paused = False
        self._silence = reactor.callLater(SILENCE, self._stop)

    def dataReceived(self, data: bytes) -> None:
        """Some bytes."""
        self.came = True
        self._silence.reset(SILENCE)
        if not self._events.feed(data) and not self._paused:
            self._paused = True
            IPushProducer(self.transport).pauseProducing()

    def go_on(self) -> None:
        """More is wanted."""
        if self._paused:
            self._paused = False
            self._silence.reset(SILENCE)
            IPushProducer(self.transport).resumeProducing()

    def connectionLost(self, reason: Failure | None = None) -> None:
        """That was all."""
        if self._silence.active():
            self._silence.cancel()
        if not self.done.called:
            self.done.callback(None)

    def _stop(self) -> None:
        """Not even a heartbeat has come."""
        if self.transport is not None:
            self.transport.stopProducing()

    def _cancelled(self, done: Deferred[None]) -> None:
        self._stop()
        done.errback(CancelledError())
