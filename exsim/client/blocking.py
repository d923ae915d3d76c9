"""The client that blocks, over requests."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import requests
from msgspec import Struct

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.codec import SimulatorError, prepare, read
from exsim.client.events import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PATIENCE,
    Follow,
    Reader,
    follow,
    passes,
)
from exsim.control.double_results import Event
from exsim.control.double_schemas import MessagesTold
from exsim.control.fields import EventKind
from exsim.control.operations import BY_NAME

if TYPE_CHECKING:
    from exsim.client.spawn import SpawnedSimulator

CONNECT_TIMEOUT: Final = 5.0


class Simulator(BlockingOperations):
    """
    A running simulator, for code that waits: ``Simulator("http://127.0.0.1:8480")``.

    It keeps its connection, so use it as a context manager, or close it. It is not for several
    threads at once: give each its own. A token is needed where the simulator asks for one.
    """

    def __init__(
        self, url: str, token: str | None = None, session: requests.Session | None = None
    ) -> None:
        self.url = url
        self._token = token
        self._session = session or _session()

    @staticmethod
    def spawn(
        config: str | os.PathLike[str] | None = None,
        overrides: Iterable[str] = (),
        timeout: float = 10.0,
        token: str | None = None,
    ) -> SpawnedSimulator:
        """
        Start a simulator of one's own in the background, on free ports of the loopback.

        ``config`` is an ini file; without one there is a venue XSIM with AAA, BBB and CCC and an
        endpoint ``order-entry``, where any FIX client may log on. ``overrides`` are
        ``SECTION.KEY=VALUE`` as after ``--set``. Use it as a context manager: the simulator ends
        with it, and ends too when this process does, however that ends.

        :raises exsim.client.spawn.SpawnError: when it is not ready within ``timeout`` seconds;
            the text has what it wrote.
        """
        from exsim.client.spawn import SpawnedSimulator

        return SpawnedSimulator(config, overrides, timeout, token)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def events(
        self,
        *,
        venue: str | None = None,
        kind: Sequence[EventKind] = (),
        filter: str | None = None,
        after: str | None = None,
        messages: MessagesTold = "whole",
    ) -> Generator[Event, None, None]:
        """
        Follow what happens.

        From now on, or from a cursor on: ``for event in simulator.events():``.

        It begins when it is called, not when the first event is asked for; it has a connection of
        its own, and where that is cut goes on by itself, with nothing lost and nothing twice. It
        ends only when its ``close()`` is called, or the simulator cannot be reached for half a
        minute.

        :raises SimulatorError: when it is refused, or what was not read is not there any more.
        """
        follows = follow(self.url, self._token, venue, kind, filter, after, messages)
        stream = _Stream(follows)
        stream.open()
        return stream.events()

    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        entry = BY_NAME[operation]
        call = prepare(self.url, self._token, entry, arguments, body)
        response = self._session.request(
            call.method,
            call.url,
            headers=dict(call.headers),
            data=call.content,
            timeout=(CONNECT_TIMEOUT, call.timeout),
            allow_redirects=False,
        )
        content_type = response.headers.get("Content-Type", "")
        return read(entry, response.status_code, content_type, response.content)


class _Stream:
    """One stream of events over as many connections as it takes."""

    def __init__(self, follows: Follow) -> None:
        self._follows = follows
        self._reader = Reader()
        self._session = _session()
        self._response: requests.Response | None = None
        self._chunks: Iterator[bytes] = iter(())

    def open(self) -> None:
        """
        Connect; from then on nothing is missed.

        :raises SimulatorError: when it is refused.
        """
        call = self._follows.call(self._reader.last)
        response = self._session.request(
            call.method,
            call.url,
            headers=dict(call.headers),
            timeout=(CONNECT_TIMEOUT, call.timeout),
            allow_redirects=False,
            stream=True,
        )
        if response.status_code != 200:
            content_type = response.headers.get("Content-Type", "")
            read(BY_NAME["events"], response.status_code, content_type, response.content)
        self._response = response
        self._chunks = response.iter_content(chunk_size=None)
        while self._reader.last is None:  # it comes first
            self._reader.feed(self._read())

    def _read(self) -> bytes:
        """Some bytes, as soon as there are any."""
        for data in self._chunks:
            return data
        raise requests.ConnectionError("the simulator ended the stream")

    def events(self) -> Generator[Event, None, None]:
        """All that come."""
        try:
            while True:
                try:
                    found = self._reader.feed(self._read())
                except _CUT:
                    self._go_on()
                    continue
                yield from found
        finally:
            self._close()

    def _go_on(self) -> None:
        """Connect again, and go on where it was cut."""
        self._reader.cut()
        pause, end = FIRST_PAUSE, time.monotonic() + PATIENCE
        while True:
            self._close()
            try:
                return self.open()
            except _CUT:
                if time.monotonic() > end:
                    raise
            except SimulatorError as error:
                if not passes(error) or time.monotonic() > end:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _close(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None


_CUT: Final = (requests.RequestException, OSError)


def _session() -> requests.Session:
    """
    A session that asks the environment for no proxy and no netrc: the simulator is near. What
    OpenSSL is told of CAs by SSL_CERT_FILE is true here, too, as it is of whatever else asks.
    """
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ.get("SSL_CERT_FILE") or True
    return session
