"""``book``: recordings of order flow through a book alone, one call for each message."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from exsim.bench.driver import BenchError
from exsim.bench.flow import recording
from exsim.bench.measure import Clock, collector_of_service, machine
from exsim.bench.tables import columns
from exsim.engine.book import Book
from exsim.engine.replay import Header, Record, ReplayError, Tally, apply, check, load
from exsim.model.trades import BookEvent

CHUNK = 1_000
"""Messages between which the clock is read and the events are looked at."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """
    What the replays of one recording took, in nanoseconds of CPU time for each message.

    They ended where the recording says, its trade hash included.
    """

    name: str
    messages: int
    resting: int
    trades: int
    trade_hash: str
    rounds: int
    fastest: float
    median: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the benchmark; there is none where a book went wrong."""

    benchmark: str
    machine: str
    replays: tuple[Replayed, ...]
    ok: bool = True

    def table(self) -> str:
        """The result for people."""
        head = ["", "messages", "resting", "trades", "trade hash", "rounds"]
        rows = [[*head, "ns a message", "fastest", "slowest"]]
        for one in self.replays:
            counts = [f"{count:,}" for count in (one.messages, one.resting, one.trades)]
            times = [f"{taken:,.0f}" for taken in (one.median, one.fastest, one.slowest)]
            rows.append([one.name, *counts, one.trade_hash, str(one.rounds), *times])
        lines = ["CPU time of a book for a message, one call each; every end state is right."]
        return "\n".join([*lines, f"{self.machine}.", "", *columns(rows)])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps(asdict(self))


def book(files: Sequence[str], seconds: float, messages: int = 100_000, seed: int = 1) -> Result:
    """
    Replay files, or without any a flow of so many messages made for the purpose.

    :param seconds: how long each is replayed again, about; once it is at least.
    :raises BenchError: for a file that cannot be read, is no recording, or is not reached.
    """
    replays = []
    for name in files:
        try:
            replays.append(replayed(Path(name).name, Path(name).read_bytes(), seconds))
        except (OSError, ReplayError) as error:
            raise BenchError(f"{name}: {error}") from None
    if not files:
        replays.append(replayed(f"seed {seed}", recording(messages, seed), seconds))
    return Result("book", machine(), tuple(replays))


def replayed(
    name: str,
    data: bytes,
    seconds: float,
    cpu: Clock = time.process_time_ns,
    wall: Clock = time.monotonic_ns,
) -> Replayed:
    """
    Replay a recording over and over.

    :raises ReplayError: when it is none, or a book does not end where it says.
    """
    header, records = load(data)
    taken: list[float] = []
    with collector_of_service():
        end = wall() + int(seconds * 1e9)
        while not taken or wall() < end:
            taken.append(_replay(header, records, cpu) / max(1, header.timed))
    return Replayed(
        name,
        header.timed,
        header.resting,
        header.trades,
        f"{header.trade_hash:016x}",
        len(taken),
        round(min(taken), 1),
        round(median(taken), 1),
        round(max(taken), 1),
    )


def _replay(header: Header, records: list[Record], cpu: Clock) -> int:
    """Once, checked; the time that the timed messages took."""
    book, tally = Book(), Tally()
    _apply(records[: header.warmup], book, tally, cpu)
    taken = _apply(records[header.warmup :], book, tally, cpu)
    check(header, records, book, tally)
    return taken


def _apply(records: list[Record], book: Book, tally: Tally, cpu: Clock) -> int:
    """The time that the book took; the looking at its events is not in it."""
    out: list[BookEvent] = []
    taken = 0
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        begun = cpu()
        apply(chunk, book, out)
        taken += cpu() - begun
        tally.add(out)
        out.clear()
    return taken
