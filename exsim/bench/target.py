"""How to drive a simulator, and what its configuration offers for that."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from exsim.bench.child import config_file
from exsim.bench.driver import BenchError
from exsim.bench.orders import ADD, LEVELS, Market
from exsim.config.load import load
from exsim.model.amounts import UNIT
from exsim.model.settings import Instrument
from exsim.model.settings import Settings as Simulator
from exsim.plugins import Catalogue


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How to drive a simulator.

    :param config: a configuration, or None for that of the benchmark.
    :param overrides: what is set over it, ``SECTION.KEY=VALUE`` each.
    :param endpoint: its name, or "" for the first of the ``protocol`` for order entry.
    :param window: requests that a connection may have unanswered.
    :param orders: in all.
    :param journals: where the journal is, one run for each: none, os, fsync, or the URL of a
        database, which is emptied; () for what the configuration says.
    :param seconds: after which nothing more is sent.
    :param pin: CPUs of the server and of the client, or None to leave that to the system.
    :param collector: as :class:`exsim.bench.gauge.Gauge` takes it.
    :param profile: whether to find out where the server's time goes.
    """

    config: str | None = None
    overrides: tuple[str, ...] = ()
    protocol: str = "fix"
    endpoint: str = ""
    versions: tuple[str, ...] = ("FIX.4.2",)
    mix: str = ADD
    window: int = 100
    connections: int = 1
    orders: int = 20_000
    journals: tuple[str, ...] = ()
    seconds: float = 10.0
    pin: tuple[int, int] | None = None
    collector: str = ""
    profile: bool = False


def is_database(journal: str) -> bool:
    """Whether this is the URL of a database, rather than a durability."""
    return "://" in journal


@dataclass(frozen=True, slots=True)
class Target:
    """The name of an endpoint, and its market."""

    endpoint: str
    market: Market


def all_overrides(settings: Settings) -> tuple[str, ...]:
    """What is set over the configuration; ours has room for as many sessions as are asked for."""
    if settings.config is not None:
        return settings.overrides
    keys = ("max_connections", "max_sessions")
    room = [f"endpoint:{name}.{key}=10000" for name in ("order-entry", "ouch") for key in keys]
    return (*room, *settings.overrides)


def target(settings: Settings) -> Target:
    """
    The endpoint to drive, and the first instrument that trades there.

    :raises exsim.errors.ConfigError: when the configuration is wrong.
    :raises BenchError: when there is no such endpoint, or nothing to trade.
    """
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as folder:
        path = config_file(Path(folder), settings.config)
        known = load(path, list(all_overrides(settings)), Catalogue())
    return choose(known, settings.protocol, settings.endpoint)


def choose(settings: Simulator, protocol: str, endpoint: str) -> Target:
    """The same of a configuration that is read."""
    found = [
        one
        for one in settings.endpoints
        if one.protocol == protocol and endpoint in ("", one.name) and one.role == "order-entry"
    ]
    if not found:
        known = ", ".join(one.name for one in settings.endpoints) or "none"
        what = f"endpoint {endpoint!r}" if endpoint else "endpoint"
        raise BenchError(f"there is no {what} for order entry by {protocol}; there are: {known}")
    first = found[0]
    (venue,) = [one for one in settings.venues if one.name == first.venue]
    if not venue.instruments:
        raise BenchError(f"venue {venue.name} has no instruments to trade")
    return Target(first.name, market(first.options.get("comp_id", ""), venue.instruments[0]))


def market(comp_id: str, instrument: Instrument) -> Market:
    """Orders of 100 lots around the reference price of an instrument, or a price that fits."""
    price = instrument.reference or max(100 * UNIT, 10 * LEVELS * instrument.tick)
    price -= price % instrument.tick
    return Market(comp_id, instrument.symbol, price, instrument.tick, 100 * instrument.lot)
