"""``filter``: how long filters take to look at the messages of a journal in memory."""

from __future__ import annotations

import time
from typing import Final

from exsim.bench.desk import SYMBOL, Desk, base_settings
from exsim.bench.driver import BenchError
from exsim.bench.measure import collector_of_service, machine
from exsim.bench.result import Result, Row, row
from exsim.services.exchange import Exchange
from exsim.services.operations.searching import AT_ONCE
from exsim.services.operations.wanted import Wanted

FILTERS: Final = {
    "what has to be there": (
        f"type=D symbol={SYMBOL} qty>=500",
        "side=BUY qty>=500 not exec=new,canceled",
        "session=OTHER",
        "text~hello",
        "name~allocation",
        f"symbol~/{SYMBOL}.+/",
        "raw~hello",
        "raw~/hel+o/",
        "seq>1000000000",
    ),
    "what must not be there": (
        "not type=D",
        "not type=D,F,8,A",
        f"not symbol={SYMBOL}",
        f"symbol!={SYMBOL}",
        "not side=BUY,SELL",
        "not qty>=50",
        "not has(55)",
        "not session=T",
        "not (type=D or type=8 or type=F)",
    ),
}
CHUNK: Final = 50
"""Orders of a read, with their cancels."""
EACH: Final = 4
"""Messages that an order makes: it, its cancel, and a report of both."""


def filters(seconds: float, messages: int) -> Result:
    """
    Have about so many messages of FIX said, then look at them by one filter after the other.

    :param seconds: how long each filter is tried, about, of all the time; once it is at least.
    :raises BenchError: when not all was answered.
    """
    with base_settings() as settings, collector_of_service():
        exchange = _said(Desk(settings), messages)
        count = sum(len(texts) for texts in FILTERS.values())
        rows = tuple(
            _row(exchange, case, text, seconds / count)
            for case, texts in FILTERS.items()
            for text in texts
        )
        told = exchange.journal.last
    what = f"CPU time of a filter for each of {told:,} messages of FIX that it looks at."
    return Result("filter", what, machine(), 1, told, rows)


def _said(desk: Desk, messages: int) -> Exchange:
    trader, journal = desk.trader("T"), desk.exchange.journal
    before = journal.last
    orders = max(CHUNK, messages // EACH)
    for begin in range(0, orders, CHUNK):
        pairs = (trader.pair(SYMBOL, level % 20) for level in range(begin, begin + CHUNK))
        trader.send(b"".join(data for pair in pairs for data in pair))
    due = EACH * -(-orders // CHUNK) * CHUNK
    if journal.last - before != due:
        raise BenchError(f"{journal.last - before} messages were said where {due} were due")
    return desk.exchange


def _row(exchange: Exchange, case: str, text: str, seconds: float) -> Row:
    """What a filter takes, in rounds."""
    taken: list[int] = []
    end = time.monotonic() + seconds
    while not taken or time.monotonic() < end:
        wanted = Wanted(exchange, text)
        begun = time.process_time_ns()
        _look(exchange, wanted)
        taken.append(time.process_time_ns() - begun)
    return row(case, text, taken, exchange.journal.last)


def _look(exchange: Exchange, wanted: Wanted) -> None:
    """As a list of messages does, the newest first."""
    journal = exchange.journal
    before, sieve = journal.last + 1, wanted.sieve()
    while batch := journal.newest(before, AT_ONCE):
        at = sieve.next(batch)
        while at < len(batch):
            wanted.origin(batch[at])
            at = sieve.next(batch, at + 1)
        before = batch[-1].seq
