"""All that runs, in one value: what operations over REST work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from twisted.application.service import MultiService
from twisted.internet.interfaces import IReactorTime

from exsim.control.operations import IControl
from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.venue import Venue
from exsim.model.settings import Settings
from exsim.services.dispatcher import DispatcherService
from exsim.services.endpoints import EndpointService
from exsim.services.exchange import Exchange
from exsim.services.library import Library
from exsim.services.operations.numbers import Numbers
from exsim.services.parts import Parts
from exsim.services.pictures import Pictures
from exsim.services.recordings import Recordings
from exsim.services.same_instruments import Known
from exsim.services.watch import Watch


@dataclass(frozen=True, slots=True)
class Simulator:
    """
    The exchange, the service that ends its turns, and the services that listen for it.

    ``library`` has named snapshots, ``recordings`` what was recorded. ``control`` carries out
    operations, for those that are made of others. ``watch`` measures the process; ``settings`` are
    those that it was started with. ``proxies`` are the services of proxies, ``pictures`` has them
    drawn. ``time`` is that of the operation being carried out: all that it does has one time.
    """

    exchange: Exchange
    parts: Parts
    turns: DispatcherService
    endpoints: MultiService
    reactor: IReactorTime
    watch: Watch
    settings: Settings
    numbers: Numbers = field(default_factory=Numbers)
    same: Known = field(default_factory=Known)
    library: Library = field(default_factory=Library)
    recordings: Recordings = field(default_factory=Recordings)
    proxies: MultiService = field(default_factory=MultiService)
    pictures: Pictures = field(default_factory=Pictures)
    time: int | None = None
    control: IControl | None = None

    def at(self, time: int) -> Simulator:
        """The same, for one operation at ``time``."""
        return replace(self, time=time)

    @property
    def dispatcher(self) -> Dispatcher:
        """The exchange's dispatcher."""
        return self.exchange.dispatcher

    def now(self) -> int:
        """Nanoseconds since 1970 UTC."""
        return self.turns.now() if self.time is None else self.time

    def market_time(self, venue: Venue) -> int:
        """The same by the clock of a venue's market."""
        return venue.time(self.now())

    def endpoint_service(self, name: str) -> EndpointService:
        """The service that listens for an endpoint.

        :raises exsim.errors.NotFound: when there is none.
        """
        endpoint = self.exchange.endpoint(name)
        for service in self.endpoints:
            if isinstance(service, EndpointService) and service.endpoint is endpoint:
                return service
        raise KeyError(name)


Handler = Callable[[Simulator, Any, Any], Any]
"""
Carries out one operation: of the simulator, its arguments and its body makes its result.

One that has to wait is a coroutine function.
"""
