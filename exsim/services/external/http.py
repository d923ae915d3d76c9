"""Prices that are polled from an HTTP server, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime

from exsim.control.operations import IControl
from exsim.model.settings import Values
from exsim.services.external.feeder import SECOND, Feeder, Lost
from exsim.services.external.fields import BadFeed, Fields

if TYPE_CHECKING:
    from twisted.web.client import HTTPConnectionPool

MOST_BYTES: Final = 16 << 20
"""Bytes that an answer may have."""


class HttpFeeder(Feeder):
    """Asks one URL. ``http`` is a treq client; it makes its own without one."""

    def __init__(
        self,
        control: IControl,
        venue: str,
        source: str,
        values: Values,
        symbols: Any,
        reactor: IReactorTime,
        http: Any = None,
    ) -> None:
        super().__init__(control, venue, source, values, symbols, reactor)
        self._fields = Fields(values)
        self._http = http
        self._pool: HTTPConnectionPool | None = None

    async def read(self) -> None:
        """See :class:`~exsim.services.external.feeder.Feeder`."""
        while True:
            began = self.reactor.seconds()
            await self._ask()
            rest = self.values["every"] / SECOND - (self.reactor.seconds() - began)
            await self.sleep(max(rest, 0))

    async def _ask(self) -> None:
        url, seconds = self.values["url"], self.values["timeout"] / SECOND
        asked = Deferred.fromCoroutine(self._get(url))
        try:
            whole = await asked.addTimeout(seconds, self.reactor)
            ticks = self._fields.ticks(whole)
        except TimeoutError:
            raise Lost(f"{url} did not answer within {seconds:g} s") from None
        except BadFeed as error:
            raise Lost(f"{url} answered what makes no sense: {error}") from None
        except Lost:
            raise
        except Exception as error:  # whatever ails a server, we go on
            if not self.running:
                raise
            raise Lost(f"{url} cannot be asked: {type(error).__name__}: {error}") from None
        self.connected()
        self.told(ticks)

    async def _get(self, url: str) -> bytes:
        response = await self._client().get(url, headers={"Accept": ["application/json"]})
        parts: list[bytes] = []
        await response.collect(parts.append)
        if response.code != 200:
            raise Lost(f"{url} answered {response.code}, not 200")
        whole = b"".join(parts)
        if len(whole) > MOST_BYTES:
            raise Lost(f"{url} answered {len(whole):,} bytes: at most {MOST_BYTES:,}")
        return whole

    def _client(self) -> Any:
        """The HTTP client. It is loaded when somebody is to be asked: that takes its time."""
        if self._http is None:
            from treq.client import HTTPClient
            from twisted.web.client import Agent

            from exsim.services.quiet_pool import quiet_pool

            self._pool = quiet_pool(self.reactor)
            self._http = HTTPClient(Agent(self.reactor, pool=self._pool))
        return self._http

    async def stop(self) -> None:
        """Read no more, and close what is open."""
        super().stopService()
        if self._pool is not None:
            await self._pool.closeCachedConnections()

    def stopService(self) -> Any:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())
