"""All feeders of a simulator: one for each pricing source that exsim reads by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from exsim.control.operations import IControl
from exsim.dispatch.venue import Venue
from exsim.interfaces import IFedSource
from exsim.services.branches import Branch
from exsim.services.dispatcher import DispatcherService
from exsim.services.external.feeder import Feeder
from exsim.services.external.fix import FixFeeder
from exsim.services.external.http import HttpFeeder
from exsim.services.external.websocket import WebSocketFeeder

KINDS: Final[Mapping[str, Any]] = {
    "http": HttpFeeder,
    "websocket": WebSocketFeeder,
    "fix": FixFeeder,
}
"""By what a source says it is read by."""


class Feeds(Branch):
    """They run while their venues are there."""

    def __init__(self, control: IControl, turns: DispatcherService, reactor: Any) -> None:
        super().__init__("feeds")
        self._control = control
        self._turns = turns
        self._reactor = reactor

    def startService(self) -> None:
        """Read for all sources that there are by now."""
        for feeder in self._made():
            feeder.setServiceParent(self)
        super().startService()

    def _made(self) -> Iterator[Feeder]:
        for venue in self._turns.exchange.dispatcher.venues.values():
            for line in venue.prices.lines.values():
                if line.fed is not None and line.fed.via:
                    yield self._feeder(venue, line.fed)

    def _feeder(self, venue: Venue, source: IFedSource) -> Feeder:
        ours = venue.prices.symbols(venue.prices.line(source.name))
        theirs = {here: there for there, here in source.values["map"].items()}
        symbols = [theirs.get(symbol, symbol) for symbol in ours]
        feeder: Feeder = KINDS[source.via](
            self._control, venue.name, source.name, source.values, symbols, self._reactor
        )
        return feeder
