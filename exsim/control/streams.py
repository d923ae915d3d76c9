"""
Server-sent events: what an operation that waits answers, again and again, over one response.

No more than one answer is on its way to a client. One that does not read it within
:data:`STALLED_SECONDS` is cut off; it goes on with the id of the last event that it got, and so
misses nothing.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.web.server import Request
from zope.interface import implementer

from exsim.control.double_schemas import EventsArguments, WaitEventsArguments
from exsim.control.operations import IControl
from exsim.control.problems import Refused
from exsim.errors import RequestError

HEARTBEAT: Final = "15s"
"""How often a comment is sent where nothing happens, so that both ends see that the other lives."""
STALLED_SECONDS: Final = 30.0
AT_ONCE: Final = 50
"""Events that are asked for at once: others have their turn before the next ones."""
MOST_STREAMS: Final = 200
"""Clients that may follow at a time."""
RETRY: Final = b"retry: 1000\n\n"


@implementer(IPushProducer)
class EventStream:
    """Events for one client."""

    def __init__(
        self, control: IControl, request: Any, arguments: EventsArguments, reactor: IReactorTime
    ) -> None:
        self._control = control
        self._request = request
        self._arguments = arguments
        self._reactor = reactor
        self._after = request.getHeader("last-event-id") or arguments.after
        self._resumed: Deferred[None] | None = None

    async def run(self) -> None:
        """
        Tell all that happens until the client hangs up, or is cut off.

        :raises exsim.errors.RequestError: when nothing can be told; nothing is written then.
        """
        begun = self._after
        answer = await self._ask("0s")
        request = self._request
        request.setHeader("content-type", "text/event-stream")
        request.setHeader("cache-control", "no-store")
        request.write(RETRY)
        # Where it begins, so that even one who has heard of nothing can go on from there.
        request.write(b"id: " + (begun or answer.position).encode() + b"\n\n")
        request.registerProducer(self, True)
        try:
            while True:
                self._write(answer)
                await self._can_go_on()
                answer = await self._ask(HEARTBEAT)
        except RequestError as error:
            request.write(_event("error", "", {"status": error.status, "detail": str(error)}))
        except _Stalled:
            request.channel.transport.abortConnection()
        finally:
            if request.channel is not None:  # it has not hung up
                request.unregisterProducer()

    async def _ask(self, timeout: str) -> Any:
        given = self._arguments
        asked = WaitEventsArguments(
            venue=given.venue,
            kind=given.kind,
            filter=given.filter,
            after=self._after,
            messages=given.messages,
            timeout=timeout,
            limit=AT_ONCE,
        )
        answer: Any = await maybeDeferred(self._control.perform, "wait_events", asked, None)
        self._after = answer.position
        return answer

    def _write(self, answer: Any) -> None:
        parts = [_event(item.event, item.id, item) for item in answer.items]
        if not parts:
            parts.append(b": nothing new\nid: " + answer.position.encode() + b"\n\n")
        self._request.write(b"".join(parts))

    # -- the pace of the client

    async def _can_go_on(self) -> None:
        """Wait until the client has taken what was written."""
        if self._resumed is None:
            return
        stalled = self._reactor.callLater(STALLED_SECONDS, self._resumed.errback, _Stalled())
        try:
            await self._resumed
        finally:
            if stalled.active():
                stalled.cancel()

    def pauseProducing(self) -> None:
        """The client does not read as fast as we write."""
        if self._resumed is None:
            self._resumed = Deferred()

    def resumeProducing(self) -> None:
        """It has read all that."""
        resumed, self._resumed = self._resumed, None
        if resumed is not None and not resumed.called:
            resumed.callback(None)

    def stopProducing(self) -> None:
        """It hung up: whoever runs this is cancelled, too."""


class _Stalled(Exception):
    """The client has stopped reading."""


class Streams:
    """Bounds how many clients follow at a time."""

    def __init__(self, control: IControl, reactor: IReactorTime) -> None:
        self._control = control
        self._reactor = reactor
        self._running = 0

    async def run(self, request: Request, arguments: Struct) -> None:
        """
        Tell a client events until it hangs up.

        :raises exsim.errors.RequestError: when it cannot be told any.
        """
        assert isinstance(arguments, EventsArguments)
        if self._running >= MOST_STREAMS:
            raise Refused(503, f"{MOST_STREAMS} clients follow events already.")
        self._running += 1
        try:
            await EventStream(self._control, request, arguments, self._reactor).run()
        finally:
            self._running -= 1


def _event(kind: str, cursor: str, data: Any) -> bytes:
    head = f"event: {kind}\n" + (f"id: {cursor}\n" if cursor else "")
    return head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"
