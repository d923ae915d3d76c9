"""
``day``: a whole day of a market at full speed, with prices that move, market makers and takers.

There is no socket: all that trade are bots, by a clock that is moved minute by minute. The same
seed gives the same day, which the digest over all that the journal was told says.
"""

from __future__ import annotations

import gc
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from exsim.bench.measure import machine
from exsim.config.load import load
from exsim.journal.tape import Digest
from exsim.plugins import Catalogue
from exsim.services.exchange import Exchange
from exsim.services.replay import without_collector
from exsim.services.tree import build_exchange

MINUTES: Final = 390
INSTRUMENTS: Final = 100
COMMANDS: Final = 2_000_000
TRADES: Final = 100_000
"""What a whole day has to have at least, and so many for each minute of a shorter one."""
MINUTE: Final = 60_000_000_000

_INI: Final = """
[exsim]
seed = {seed}
durability = none
journal_size = 100000

[rest]
listen = none

[venue:DAY]
pricing = walk
clock = manual
clock_start = 20260105-14:30:00

[pricing:walk]
source = random-walk
every = 10s
moves = 90%

[bot:MAKERS]
kind = maker
levels = 2
size = 500
refresh = 60s

[bot:CROWD]
kind = noise
rate = {rate}
clustering = 30%
market = 12%
keep = 15
"""
_INSTRUMENT: Final = """
[instrument:DAY:S{number}]
reference = {price}
"""
_RATE: Final = 0.5
"""Orders and cancels of the crowd a second for each instrument."""


@dataclass(frozen=True, slots=True)
class Result:
    """
    The outcome of the benchmark: what was done in ``seconds`` of time and ``cpu`` of CPU time.

    A command is a request of a bot. ``ok`` says whether there was as much as there has to be, in
    no more than ``most`` seconds.
    """

    benchmark: str
    machine: str
    minutes: int
    instruments: int
    seed: int
    commands: int
    trades: int
    entries: int
    seconds: float
    cpu: float
    most: float
    digest: str
    ok: bool

    def table(self) -> str:
        """The result for people."""
        rate = self.commands / self.seconds
        return "\n".join(
            [
                f"{self.minutes} minutes of {self.instruments} instruments, makers and takers.",
                f"{self.machine}.",
                "",
                f"{self.commands:,} commands and {self.trades:,} trades in {self.seconds:.1f} s"
                f" ({self.cpu:.1f} s of CPU time): {rate:,.0f} commands a second,"
                f" {1e6 / rate:.1f} us each",
                f"{self.entries:,} entries of the journal; digest {self.digest} with seed"
                f" {self.seed}",
                f"there have to be {needed(COMMANDS, self.minutes):,} commands and"
                f" {needed(TRADES, self.minutes):,} trades, in {self.most:g} s at most:"
                f" {'so it is' if self.ok else 'NOT SO'}",
            ]
        )

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps(asdict(self))


def needed(whole: int, minutes: int) -> int:
    """What there has to be of something in so many minutes, where a whole day has ``whole``."""
    return whole * minutes // MINUTES


def day(most: float, minutes: int, instruments: int, seed: int) -> Result:
    """
    Have a day go by.

    :param most: how many seconds it may take.
    """
    exchange = _exchange(instruments, seed)
    gc.collect()
    with without_collector():
        begun, cpu = time.perf_counter(), time.process_time()
        digest, commands = _pass(exchange, minutes)
        cpu, taken = time.process_time() - cpu, time.perf_counter() - begun
    trades = exchange.dispatcher.venue("DAY").last_trade
    enough = commands >= needed(COMMANDS, minutes) and trades >= needed(TRADES, minutes)
    return Result(
        "day",
        machine(),
        minutes,
        instruments,
        seed,
        commands,
        trades,
        exchange.journal.last,
        round(taken, 3),
        round(cpu, 3),
        most,
        digest,
        enough and taken <= most,
    )


def _exchange(instruments: int, seed: int) -> Exchange:
    """The market, before its day."""
    text = _INI.format(seed=seed, rate=_RATE * instruments)
    for number in range(instruments):
        text += _INSTRUMENT.format(number=number, price=20 + number * 7 % 180)
    with TemporaryDirectory(prefix="exsim-bench-") as folder:
        path = Path(folder, "day.ini")
        path.write_text(text, encoding="utf-8")
        settings = load(str(path), [], Catalogue())
    return build_exchange(settings, Catalogue())[0]


def _pass(exchange: Exchange, minutes: int) -> tuple[str, int]:
    """Let the day go by: the digest of its journal, and how many commands there were."""
    digest = Digest()
    venue, journal = exchange.dispatcher.venue("DAY"), exchange.journal
    exchange.days.begin(0)
    start, last = venue.time(0), 0
    for minute in range(1, minutes + 1):
        exchange.days.advance(venue, start + minute * MINUTE, 0)
        digest.add(list(journal.entries(last)))
        last = journal.last
    assert venue.bots is not None
    return digest.text(), sum(desk.entered for desk in venue.bots.desks.values())
