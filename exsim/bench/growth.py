"""
``growth``: what a request costs an exchange in memory, as what it has to do with grows.

Each request comes in a read of its own and is answered by a write; there are no sockets. The
fastest round is what counts, for whatever else the machine does only makes one slower.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from exsim.bench.chart import Panel, svg
from exsim.bench.desk import NOW, SYMBOL, Desk, Trader, base_settings, with_instruments
from exsim.bench.driver import BenchError
from exsim.bench.measure import collector_of_service, machine
from exsim.bench.orders import Market
from exsim.bench.tables import columns, short
from exsim.model.journal import EntryKind
from exsim.model.settings import Settings

ROUNDS: Final = 7
PAIRS: Final = 200
"""Orders with their cancels in each round."""
LEVELS: Final = 1_000
"""Price levels that resting orders lie on, of both sides."""
CHUNK: Final = 100
"""Requests of a read where nothing is measured."""

_REPORT: Final = b"\x0135=8\x01"
_REJECTED: Final = b"\x0139=8\x01"
_PRICE: Final = Market().price

Sent = tuple[Trader, bytes]
Points = Iterator[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Curve:
    """
    What grew, and microseconds of CPU time by size.

    ``unit`` says what for; ``missing`` are the sizes that there was no time for.
    """

    name: str
    unit: str
    points: tuple[tuple[int, float], ...]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the benchmark."""

    benchmark: str
    machine: str
    curves: tuple[Curve, ...]
    ok: bool = True

    def table(self) -> str:
        """The result for people."""
        lines = ["CPU time of an exchange in memory as things grow.", f"{self.machine}."]
        for curve in self.curves:
            least = curve.points[0][1]
            sizes = [f"{size:,}" for size, _ in curve.points]
            costs = [short(cost) for _, cost in curve.points]
            times = [f"{cost / least:.2f}" for _, cost in curve.points]
            rows = [[curve.name, *sizes], [curve.unit, *costs], ["times the first", *times]]
            lines += ["", *columns(rows)]
            if curve.missing:
                sizes = [f"{size:,}" for size in curve.missing]
                lines.append(f"no time was left for {', '.join(sizes)}")
        return "\n".join(lines)

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps(asdict(self))

    def svg(self) -> str:
        """The result as a picture."""
        panels = [Panel(curve.name, curve.unit, curve.points) for curve in self.curves]
        return svg(f"What an order costs as things grow; {self.machine}", panels)


@dataclass(frozen=True, slots=True)
class Axis:
    """
    Something that grows: sizes, whole and of a quick look, and the share of the time it may take.

    ``measure`` yields each size with its cost, in nanoseconds; it is asked for no more when the
    time is up.
    """

    name: str
    unit: str
    measure: Callable[[Settings, Sequence[int]], Points]
    sizes: tuple[int, ...]
    quick: int
    share: float


def growth(seconds: float, quick: bool = False) -> Result:
    """
    Let everything grow, one thing after the other.

    :param seconds: about how long it may take: sizes for which no time is left are left out, but
        for the first of each.
    :param quick: look at the smaller sizes only.
    """
    with base_settings() as settings, collector_of_service():
        _pairs([Desk(settings).trader("WARM-UP")], [SYMBOL])
        curves = [_curve(axis, settings, seconds * axis.share, quick) for axis in AXES]
    return Result("growth", machine(), tuple(curves))


def _curve(axis: Axis, settings: Settings, seconds: float, quick: bool) -> Curve:
    sizes = axis.sizes[: axis.quick] if quick else axis.sizes
    begun = time.monotonic()
    ends = [begun]
    points: list[tuple[int, float]] = []
    for size, cost in axis.measure(settings, sizes):
        points.append((size, round(cost / 1000, 3)))
        ends.append(time.monotonic())
        if ends[-1] + _next(ends) > begun + seconds:
            break
    return Curve(axis.name, axis.unit, tuple(points), sizes[len(points) :])


def _next(ends: Sequence[float]) -> float:
    """The seconds that the next size takes, about: ten times of what the last took longer."""
    first, last = ends[1] - ends[0], ends[-1] - ends[-2]
    return first + 10 * max(0.0, last - first)


# -- what grows


def _resting(settings: Settings, sizes: Sequence[int]) -> Points:
    desk = Desk(settings)
    trader = desk.trader("HOLDER")
    resting = 0
    for size in sizes:
        while resting < size:
            count = min(CHUNK, size - resting)
            rests = b"".join(_rest(trader, resting + n) for n in range(count))
            carry_out([(trader, rests)], count)
            resting += count
        yield size, _pairs([trader], [SYMBOL])


def _rest(trader: Trader, number: int) -> bytes:
    """An order that rests on one of the levels of its side."""
    buys, away = number % 2 == 0, (1 + number // 2 % (LEVELS // 2)) * Market().tick
    return trader.enter(SYMBOL, buys, 100, _PRICE - away if buys else _PRICE + away)


def _sessions(settings: Settings, sizes: Sequence[int]) -> Points:
    desk = Desk(settings)
    traders: list[Trader] = []
    for size in sizes:
        traders += [desk.trader(f"T{number}") for number in range(len(traders), size)]
        yield size, _pairs(traders, [SYMBOL])


def _instruments(settings: Settings, sizes: Sequence[int]) -> Points:
    for size in sizes:
        trader = Desk(with_instruments(settings, size)).trader("HOLDER")
        yield size, _pairs([trader], [f"S{number}" for number in range(size)])


def _journal(settings: Settings, sizes: Sequence[int]) -> Points:
    desk = Desk(settings)
    trader, journal = desk.trader("HOLDER"), desk.exchange.journal
    message = _rest(trader, 0)
    carry_out([(trader, message)], 1)
    name, kind = desk.endpoint.settings.name, int(EntryKind.IN)
    for size in sizes:
        for _ in range(journal.last, size):
            journal.append(NOW, kind, name, "HOLDER", bytes(bytearray(message)))
        yield size, _pairs([trader], [SYMBOL])


def _reports(settings: Settings, sizes: Sequence[int]) -> Points:
    """Orders that trade with (size - 1) / 2 others: each trade is reported to both sides."""
    trader = Desk(settings).trader("HOLDER")
    for size in sizes:
        makers = size // 2
        times = max(1, PAIRS // size)
        taken = [sum(_take(trader, makers) for _ in range(times)) for _ in range(ROUNDS)]
        yield size, min(taken) / times / size


def _take(trader: Trader, makers: int) -> int:
    """What an order costs that trades with so many; one that trades with none is cancelled."""
    for begin in range(0, makers, CHUNK):
        count = min(CHUNK, makers - begin)
        rests = b"".join(trader.enter(SYMBOL, False, 1, _PRICE) for _ in range(count))
        carry_out([(trader, rests)], count)
    number = trader.requests
    order = trader.enter(SYMBOL, True, max(1, makers), _PRICE)
    taken = carry_out([(trader, order)], 2 * makers + 1)
    if not makers:
        carry_out([(trader, trader.cancel(number, SYMBOL, True))], 1)
    return taken


# -- how it is measured


def _pairs(traders: Sequence[Trader], symbols: Sequence[str]) -> float:
    """
    What a request costs: orders that rest and are cancelled, by all traders in all symbols in turn.
    """
    stride = max(1, len(symbols) // PAIRS)
    taken = []
    for number in range(ROUNDS + 1):
        sent: list[Sent] = []
        for pair in range(PAIRS):
            at = number + pair * stride
            trader = traders[(number * PAIRS + pair) % len(traders)]
            requests = trader.pair(symbols[at % len(symbols)], pair % 20)
            sent += [(trader, request) for request in requests]
        taken.append(carry_out(sent, len(sent)))
    return min(taken[1:]) / (2 * PAIRS)


def carry_out(sent: Sequence[Sent], reports: int) -> int:
    """
    The CPU time that some reads take, in nanoseconds.

    :raises BenchError: when there are not so many reports, or one refuses an order.
    """
    begun = time.process_time_ns()
    written = [trader.send(data) for trader, data in sent]
    taken = time.process_time_ns() - begun
    reads = [data for one in written for data in one if _REJECTED not in data]
    found = sum(data.count(_REPORT) for data in reads)
    if found != reports:
        raise BenchError(f"{found} reports came where {reports} were due: {written[-1]!r:.300}")
    return taken


AXES: Final = (
    Axis("orders resting", "us a request", _resting, (1_000, 10_000, 100_000, 1_000_000), 2, 0.6),
    Axis("sessions", "us a request", _sessions, (1, 10, 100, 1_000), 3, 0.1),
    Axis("instruments", "us a request", _instruments, (1, 10, 100, 1_000, 10_000), 4, 0.1),
    Axis(
        "entries in the journal",
        "us a request",
        _journal,
        (1_000, 10_000, 100_000, 1_000_000),
        3,
        0.1,
    ),
    Axis("reports of an order", "us a report", _reports, (1, 3, 21, 201, 2_001), 4, 0.1),
)
"""All that grows."""
