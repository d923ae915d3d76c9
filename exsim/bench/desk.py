"""An exchange in memory, without sockets, and those who trade on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from exsim.bench.child import config_file
from exsim.bench.orders import Market, Orders
from exsim.config.load import load
from exsim.interfaces import IConnection, IJournal
from exsim.model.settings import Instrument, Settings
from exsim.plugins import Catalogue
from exsim.services.tree import build_exchange

NOW: Final = 1_704_164_645_678_000_000
"""The time that it is at first: 2024-01-02 03:04:05.678 UTC."""
SYMBOL: Final = "AAA"
_ROOM: Final = (
    "endpoint:order-entry.max_sessions=10000",
    "venue:XSIM.max_orders=2000000",
    "exsim.journal_size=2000000",
)


class Desk:
    """
    The exchange of some settings, with one endpoint.

    ``now`` is its time; without a ``journal`` it keeps one in memory.
    """

    def __init__(self, settings: Settings, journal: IJournal | None = None) -> None:
        self.now = NOW
        self.exchange, self.parts = build_exchange(settings, Catalogue(), journal)
        self.endpoint = self.exchange.endpoints["order-entry"]

    def trader(self, name: str) -> Trader:
        """Somebody who has logged on."""
        return Trader(self, name)

    def turn(self, connection: IConnection, data: bytes) -> list[bytes]:
        """One read and all that comes of it: what is written to connections."""
        exchange = self.exchange
        exchange.received(self.endpoint, connection, data, self.now)
        return [each.data_to_send() for each in exchange.take_touched()]


class Trader:
    """A counterparty; its requests are counted from 0."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk = desk
        self.orders = Orders("FIX.4.2", name, Market(), NOW)
        self.connection = desk.exchange.connected(desk.endpoint, "", NOW)
        self.requests = 0
        desk.turn(self.connection, self.orders.logon())

    def enter(self, symbol: str, buys: bool, lots: int, price: int) -> bytes:
        """The next request: an order."""
        self.requests += 1
        market = Market()
        qty = lots * market.qty // 100
        return self.orders.enter(self.requests - 1, symbol, buys, qty, price)

    def cancel(self, order: int, symbol: str, buys: bool) -> bytes:
        """The next request: the cancel of an earlier one's order."""
        self.requests += 1
        return self.orders.cancel(self.requests - 1, order, symbol, buys, Market().qty)

    def pair(self, symbol: str, level: int) -> list[bytes]:
        """The next two requests: an order that rests, so many ticks away, and its cancel."""
        buys, number, market = level % 2 == 0, self.requests, Market()
        away = (1 + level // 2) * market.tick
        price = market.price - away if buys else market.price + away
        return [self.enter(symbol, buys, 100, price), self.cancel(number, symbol, buys)]

    def send(self, data: bytes) -> list[bytes]:
        """Have it read; the answers, those to others too."""
        return self._desk.turn(self.connection, data)


@contextmanager
def base_settings() -> Iterator[Settings]:
    """Those of ``etc/bench.ini``, with room for much, in a folder that is there meanwhile."""
    with TemporaryDirectory(prefix="exsim-bench-") as folder:
        yield load(config_file(Path(folder), None), _ROOM, Catalogue())


def with_instruments(settings: Settings, count: int) -> Settings:
    """The same with so many instruments, named S0, S1, ..."""
    (venue,) = settings.venues
    like = venue.instruments[0]
    found: tuple[Instrument, ...] = tuple(
        replace(like, symbol=f"S{number}") for number in range(count)
    )
    return replace(settings, venues=(replace(venue, instruments=found),))
