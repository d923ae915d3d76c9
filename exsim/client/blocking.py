"""The client that blocks, over requests."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import requests
from msgspec import Struct

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.codec import prepare, read
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


def _session() -> requests.Session:
    """A session that asks the environment for no proxy and no netrc: the simulator is near."""
    session = requests.Session()
    session.trust_env = False
    return session
