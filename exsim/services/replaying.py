"""
``exsim replay``: a data directory's journal run again, compared, and told about.

Nothing in the directory is changed, and a simulator may be using it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, TextIO

import msgspec
from twisted.application.service import MultiService
from twisted.internet.task import Clock

from exsim.errors import ConfigError, Problem
from exsim.interfaces import IJournal
from exsim.journal.columns import Columns
from exsim.journal.format import JournalError
from exsim.journal.tape import Difference
from exsim.model.amounts import format_amount
from exsim.model.codes import Side
from exsim.model.journal import Entry, EntryKind
from exsim.model.messages import FieldView
from exsim.model.settings import Settings
from exsim.services.dispatcher import DispatcherService
from exsim.services.exchange import Exchange
from exsim.services.operations.views import time_text
from exsim.services.parts import Plugins
from exsim.services.replay import Replay, without_collector
from exsim.services.simulator import Simulator
from exsim.services.sources import Source
from exsim.services.state import restore
from exsim.services.tree import build_exchange
from exsim.services.watch import Watch

_READ = (EntryKind.IN, EntryKind.OUT, EntryKind.GARBLED, EntryKind.BOT)
SHOWN_LEVELS = 5
"""Price levels of a book that are shown to people."""


def inert(settings: Settings, plugins: Plugins, journal: IJournal | None = None) -> Simulator:
    """
    A simulator that neither listens nor connects, and whose time stands still.

    Without a ``journal`` it gets one in memory.
    """
    exchange, parts = build_exchange(settings, plugins, journal)
    clock = Clock()
    turns = DispatcherService(exchange, clock, lambda: 0)
    return Simulator(exchange, parts, turns, MultiService(), clock, Watch(clock), settings)


class Recorded:
    """
    A journal, and the snapshot that it is to be run from: in a data directory, or in a database.

    :raises exsim.errors.ConfigError: when it cannot be read, or its beginning is gone.
    """

    def __init__(self, source: Source) -> None:
        try:
            reader = source.reader()
            self.epoch, self.first, self.last = reader.epoch, reader.first, reader.last
            self.snapshot = source.snapshots().oldest_for(self.epoch, self.first, self.last)
        except JournalError as error:
            raise ConfigError([Problem(f"the journal is damaged: {error}")]) from None
        except OSError as error:
            raise ConfigError([Problem(str(error))]) from None
        self.after = 0 if self.snapshot is None else self.snapshot.seq
        self._reader = reader

    def entries(self) -> Iterator[Columns]:
        """Those after the snapshot."""
        return self._reader.columns(self.after, sound=True)


class Outcome:
    """What came of running a journal again; ``clock``, in seconds, is to tell how long it took."""

    def __init__(
        self,
        settings: Settings,
        plugins: Plugins,
        source: Source,
        until: int | None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.recorded = recorded = Recorded(source)
        self.simulator = inert(settings, plugins)
        self.until = until
        if recorded.snapshot is not None:
            restore(self.simulator, recorded.snapshot.state)
        self._replay = Replay(self.simulator, recorded.entries(), recorded.epoch, recorded.after)
        begun = clock()
        with without_collector():
            try:
                self.difference = self._replay.run(until)
            except JournalError as error:
                raise ConfigError([Problem(f"the journal is damaged: {error}")]) from None
        self.seconds = clock() - begun
        beyond = self._replay.tape.beyond
        if self.difference is None and beyond:
            self.difference = Difference(beyond[0].seq, None, beyond[0])

    @property
    def entries(self) -> int:
        """How many entries were made again."""
        return self._replay.tape.last - self.recorded.after

    @property
    def digest(self) -> str:
        """Of all entries made."""
        return self._replay.tape.digest

    def json(self) -> str:
        """All of it, for machines."""
        told: dict[str, Any] = {
            "epoch": self.recorded.epoch,
            "after": self.recorded.after,
            "last": self.recorded.after + self.entries,
            "same": self.difference is None,
            "digest": self.digest,
            "inputs": self._replay.count,
            "seconds": round(self.seconds, 6),
        }
        if self.difference is not None:
            told["difference"] = {
                "seq": self.difference.seq,
                "written": _plain(self.difference.written),
                "made": _plain(self.difference.made),
                "words": self.words(),
            }
        if self.until is not None:
            told["state"] = summary(self.simulator.exchange)
        return msgspec.json.encode(told).decode()

    def print(self, out: TextIO, diff: bool) -> None:
        """All of it, for people."""
        recorded, replay = self.recorded, self._replay
        begin = "the start" if recorded.snapshot is None else f"the snapshot of {recorded.after:,}"
        rate = replay.count / self.seconds if self.seconds else 0
        print(
            f"epoch {recorded.epoch}: {self.entries:,} entries again from {begin} on,"
            f" {replay.count:,} inputs in {self.seconds:.2f} s ({rate:,.0f} a second)",
            file=out,
        )
        if self.difference is None:
            print(f"all are the same; digest {self.digest}", file=out)
        else:
            print(f"the first difference: {self.difference.text()}", file=out)
            for line in self.words() if diff else ():
                print(f"  {line}", file=out)
        if self.until is not None:
            _print_state(summary(self.simulator.exchange), out)

    def words(self) -> list[str]:
        """The first difference, in words."""
        difference = self.difference
        if difference is None:
            return []
        lines = []
        if self._replay.current is not None:
            lines.append(f"it came of {_headline(self._replay.current)}")
        written, made = difference.written, difference.made
        if written is None or made is None:
            there = written or made
            assert there is not None
            which = "only in the journal" if made is None else "not in the journal"
            lines.append(f"{which}: {_headline(there)}: {self._text(there)}")
            return lines
        for name in ("time", "kind", "origin", "session"):
            before, now = getattr(written, name), getattr(made, name)
            if before != now:
                lines.append(f"its {name} was {before}, and now is {now}")
        return lines + self._fields(written, made)

    def _text(self, entry: Entry) -> str:
        origin = self.simulator.exchange.origins.get(entry.origin)
        if origin is None or entry.kind not in _READ:
            return entry.data.decode("utf-8", "backslashreplace")
        return origin.messages.text(entry.session, entry.data)

    def _fields(self, written: Entry, made: Entry) -> list[str]:
        """The fields of two messages that differ."""
        if written.data == made.data:
            return []
        origin = self.simulator.exchange.origins.get(written.origin)
        if origin is None or written.kind not in _READ:
            return [f"was: {self._text(written)}", f"now: {self._text(made)}"]
        before = origin.messages.describe(written.session, written.data).fields
        now = origin.messages.describe(made.session, made.data).fields
        lines = list(_compared(before, now))
        return lines or [f"was: {self._text(written)}", f"now: {self._text(made)}"]


def _compared(before: Sequence[FieldView], now: Sequence[FieldView]) -> Iterator[str]:
    """What differs between the fields of two messages, in order."""
    matcher = SequenceMatcher(None, [f.tag for f in before], [f.tag for f in now], autojunk=False)
    for what, begin, end, its_begin, its_end in matcher.get_opcodes():
        if what == "equal":
            for one, other in zip(before[begin:end], now[its_begin:its_end], strict=True):
                if one.value != other.value:
                    yield f"{_name(one)} was {one.value!r}, and now is {other.value!r}"
            continue
        for one in before[begin:end]:
            yield f"{_name(one)} was {one.value!r}, and now is not there"
        for other in now[its_begin:its_end]:
            yield f"{_name(other)} was not there, and now is {other.value!r}"


def _name(field: FieldView) -> str:
    return f"{field.name}({field.tag})" if field.name else field.tag


def _headline(entry: Entry) -> str:
    who = f" of {entry.session}" if entry.session else ""
    where = f" at {entry.origin}" if entry.origin else ""
    kind = EntryKind(entry.kind).name
    return f"entry {entry.seq:,}, {kind}{who}{where}, {time_text(entry.time)}"


def _plain(entry: Entry | None) -> Any:
    if entry is None:
        return None
    return {
        "seq": entry.seq,
        "time": time_text(entry.time),
        "kind": EntryKind(entry.kind).name,
        "origin": entry.origin,
        "session": entry.session,
        "data": entry.data,
    }


def summary(exchange: Exchange) -> dict[str, Any]:
    """The state of an exchange, as far as people ask for it."""
    venues = {}
    for venue in exchange.dispatcher.venues.values():
        books = {}
        for symbol in venue.instruments:
            book = venue.engine.book(symbol)
            sides = (("bids", Side.BUY), ("asks", Side.SELL))
            books[symbol] = {name: _levels(book.levels(int(side), 0)) for name, side in sides}
        venues[venue.name] = {
            "books": books,
            "open_orders": venue.orders.open_count,
            "orders": venue.orders.created,
            "reports": venue.orders.reported,
            "trades": venue.last_trade,
        }
    sessions = {}
    for name, session in exchange.sessions.items():
        view = session.view()
        sessions[name] = {"state": view.state, "next_in": view.next_in, "next_out": view.next_out}
    return {"venues": venues, "sessions": sessions, "holds": len(exchange.dispatcher.holds)}


def _levels(levels: list[tuple[int, int, int]]) -> list[dict[str, Any]]:
    return [
        {"price": format_amount(price), "quantity": format_amount(qty), "orders": orders}
        for price, qty, orders in levels
    ]


def _print_state(state: dict[str, Any], out: TextIO) -> None:
    for name, venue in state["venues"].items():
        print(
            f"venue {name}: {venue['open_orders']:,} orders open of {venue['orders']:,},"
            f" {venue['trades']:,} trades, {venue['reports']:,} reports",
            file=out,
        )
        for symbol, book in venue["books"].items():
            for side in ("bids", "asks"):
                levels = book[side][:SHOWN_LEVELS]
                if levels:
                    shown = ", ".join(f"{each['quantity']} at {each['price']}" for each in levels)
                    more = len(book[side]) - len(levels)
                    rest = f", and {more:,} levels more" if more else ""
                    print(f"  {symbol} {side}: {shown}{rest}", file=out)
    for name, session in state["sessions"].items():
        numbers = f"next in {session['next_in']:,}, next out {session['next_out']:,}"
        print(f"session {name}: {session['state']}, {numbers}", file=out)
    print(f"holds: {state['holds']:,}", file=out)
