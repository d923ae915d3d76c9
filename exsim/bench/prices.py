"""
``prices``: what it costs that prices move, of many instruments once a second each.

An exchange in memory has one venue and one pricing source. Its market's clock is advanced from one
step of the source to the next, and each step is a turn of its own: it is written to the journal.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Final

from exsim.bench.desk import NOW, base_settings, with_instruments
from exsim.bench.driver import BenchError
from exsim.bench.measure import collector_of_service, machine
from exsim.bench.tables import columns, short
from exsim.dispatch.venue import Venue
from exsim.model.amounts import UNIT
from exsim.model.options import read_options
from exsim.model.settings import DaySettings, PricingSettings, Settings
from exsim.plugins import Catalogue
from exsim.services.exchange import Exchange
from exsim.services.tree import build_exchange

SECOND: Final = 1_000_000_000
REFERENCE: Final = 100 * UNIT
LEAST: Final = 3
"""Seconds of the market that are measured at least."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One source: ``core`` is how many per cent of a core it takes, ``price`` the microseconds of CPU
    time for a price, ``longest`` the milliseconds of the longest turn of a second (the median of
    ``rounds`` seconds for each). ``changed`` of the prices were others than before.
    """

    source: str
    rounds: int
    core: float
    price: float
    longest: float
    changed: float


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the benchmark."""

    benchmark: str
    machine: str
    instruments: int
    rows: tuple[Row, ...]
    ok: bool = True

    def table(self) -> str:
        """The result for people."""
        rows = [["source", "% of a core", "us a price", "longest turn, ms", "changed", "seconds"]]
        rows += [
            [
                row.source,
                f"{row.core:.1f}",
                f"{row.price:.2f}",
                short(row.longest),
                f"{row.changed:.0%}",
                str(row.rounds),
            ]
            for row in self.rows
        ]
        lines = [
            f"CPU time of {self.instruments:,} instruments that have a new price each second.",
            f"{self.machine}.",
            "",
        ]
        return "\n".join([*lines, *columns(rows)])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps(asdict(self))


def prices(seconds: float, instruments: int, sources: tuple[str, ...]) -> Result:
    """
    Move the prices of so many instruments by each of these sources.

    :param seconds: how long all of it may take, about.
    :raises BenchError: when a source fails.
    """
    with base_settings() as settings:
        many = with_instruments(settings, instruments)
        rows = tuple(_row(many, source, seconds / len(sources)) for source in sources)
    return Result("prices", machine(), instruments, rows)


def _row(settings: Settings, source: str, seconds: float) -> Row:
    exchange, _ = build_exchange(_priced(settings, source), Catalogue())
    (venue,) = exchange.dispatcher.venues.values()
    exchange.days.begin(NOW)
    taken: list[int] = []
    longest: list[int] = []
    changed: list[int] = []
    with collector_of_service():
        _second(exchange, venue)  # in which caches fill
        end = time.monotonic() + seconds
        while len(taken) < LEAST or time.monotonic() < end:
            before = _worth(venue)
            turns = _second(exchange, venue)
            changed.append(sum(a != b for a, b in zip(before, _worth(venue), strict=True)))
            taken.append(sum(turns))
            longest.append(max(turns))
    if not venue.prices.line("bench").running:
        raise BenchError(f"{source}: {venue.prices.line('bench').trouble}")
    count = len(venue.instruments)
    nanoseconds = median(taken)
    return Row(
        source,
        len(taken),
        round(nanoseconds / SECOND * 100, 2),
        round(nanoseconds / count / 1_000, 3),
        round(median(longest) / 1e6, 3),
        round(median(changed) / count, 3),
    )


def _priced(settings: Settings, source: str) -> Settings:
    """The same with prices, and a clock that is advanced."""
    options = read_options(Catalogue().pricing(source).options, {})
    (venue,) = settings.venues
    day = DaySettings(clock="manual", clock_start=NOW)
    listed = tuple(replace(each, reference=REFERENCE) for each in venue.instruments)
    venue = replace(venue, pricing=("bench",), day=day, instruments=listed)
    return replace(settings, venues=(venue,), pricing=(PricingSettings("bench", source, options),))


def _second(exchange: Exchange, venue: Venue) -> list[int]:
    """A second of the market, step by step: the CPU time of each turn."""
    end, turns = venue.time(NOW) + SECOND, []
    while (due := venue.agenda.next_due()) is not None and due <= end:
        begun = time.process_time_ns()
        exchange.days.advance(venue, due, NOW)
        exchange.journal.commit()
        turns.append(time.process_time_ns() - begun)
    exchange.days.advance(venue, end, NOW)
    return turns


def _worth(venue: Venue) -> list[int | None]:
    """What all instruments are worth."""
    return [priced.price for priced in venue.prices.priced.values()]
