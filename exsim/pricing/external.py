"""``external``: prices that come from outside: over REST, or by a feed that exsim reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from zope.interface import implementer

from exsim.errors import Conflict
from exsim.interfaces import IFedSource, IStateful
from exsim.model.grid import Grid
from exsim.model.options import Option, choice, duration, integer
from exsim.model.recording_keys import pairs
from exsim.model.settings import Instrument, Values
from exsim.model.ticks import DOWN, HALT, HOLD, WIDEN, WITHDRAW, Tick
from exsim.pricing.common import SYMBOLS

EXTERNAL: Final = (
    SYMBOLS,
    Option(
        "map",
        pairs(),
        "",
        "Our symbols by those of the feed, such as SPY=AAA; all others are passed over. Empty: "
        "they are the same.",
    ),
    Option(
        "price",
        choice("auto", "mid", "bid", "ask", "last"),
        "auto",
        "What an instrument is worth: the middle of best bid and ask, one of them, or the last "
        "price told; auto is the middle where both are known, else the last.",
    ),
    Option(
        "start",
        choice("none", "reference"),
        "none",
        "What it is worth before anything was told of it.",
    ),
    Option(
        "stale",
        duration,
        "30s",
        "An outage of an instrument begins when nothing was told of it for so long, by the "
        "market's clock; 0s: never. One of all begins when the connection is lost. It ends with "
        "the next that is told.",
    ),
    Option(
        "outage",
        choice(HOLD, WIDEN, WITHDRAW, HALT),
        HOLD,
        "What is done in an outage: hold, the price stays; widen, it stays and makers quote wider; "
        "withdraw, there is no price and makers quote nothing; halt, trading halts.",
    ),
    Option("widen", integer(1, 1000), "4", "With widen, how many times as wide makers quote."),
)
_CHANGEABLE: Final = frozenset({"price", "stale", "outage", "widen"})


@implementer(IFedSource, IStateful)
class External:
    """What was told last, as long as something is told."""

    options: tuple[Option, ...] = EXTERNAL
    by_clock = False
    via = ""

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self.values: Values = dict(options)
        self.link = ""
        self._names: Mapping[str, str] = options["map"]
        self._ours = frozenset(self._names.values())
        self._instruments: dict[str, Instrument] = {}
        self._told: dict[str, list[int | None]] = {}  # bid, ask, last
        self._fresh: dict[str, int] = {}  # when it was told, the longest ago first
        self._out: dict[str, None] = {}  # those with an outage
        self._changes: dict[str, bool] = {}  # outages that began or ended since somebody asked

    # -- as a pricing source

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        symbol = instrument.symbol
        if symbol in self._out and self.values["outage"] == WITHDRAW:
            return None
        told = self._told.get(symbol)
        if told is None:
            return instrument.reference if self.values["start"] == "reference" else None
        return _picked(told, self.values["price"])

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Refused.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(
            f"the price of {instrument.symbol} is what {self.name} is told from outside: feed it, "
            "or use a source such as manual to set prices"
        )

    def reset(self) -> None:
        """Forget all that was told."""
        self.link = ""
        for kept in (self._told, self._fresh, self._out, self._changes, self._instruments):
            kept.clear()

    # -- as one that moves

    def takes(self, instrument: Instrument) -> bool:
        """Whether it may be told of it."""
        return not self._ours or instrument.symbol in self._ours

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Have these instruments."""
        for grid in grids:
            self.join(grid)

    def join(self, grid: Grid) -> None:
        """Have another instrument."""
        self._instruments[grid.instrument.symbol] = grid.instrument

    def leave(self, symbol: str) -> None:
        """Have an instrument no more."""
        for kept in (self._told, self._fresh, self._out, self._changes, self._instruments):
            kept.pop(symbol, None)

    def start(self, now: int) -> None:
        """Go on; what was told before is as new as if it were told now."""
        self._fresh = dict.fromkeys(self._fresh, now)

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """Nothing is new then."""
        return ()

    def next_due(self) -> int | None:
        """When the next outage begins."""
        stale: int = self.values["stale"]
        for told in self._fresh.values():
            return told + stale if stale else None
        return None

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """Of some nothing was told for too long."""
        while (due := self.next_due()) is not None and due <= now:
            symbol = next(iter(self._fresh))
            del self._fresh[symbol]
            self._began(symbol)
        return ()

    def change(self, values: Values, now: int) -> None:
        """Go by other values of some options."""
        for key in values:
            if key not in _CHANGEABLE:
                raise ValueError(f"{key}: that is how {self.name} begins, it cannot be changed")
        self.values = {**self.values, **values}

    # -- as one that is told

    def feed(self, ticks: Sequence[Tick], now: int) -> Sequence[tuple[str, int]]:
        """See :class:`exsim.interfaces.IFedSource`."""
        found: dict[str, int] = {}
        for tick in ticks:
            symbol = self._names.get(tick.symbol, "") if self._names else tick.symbol
            if symbol not in self._instruments:
                continue
            told = self._told.setdefault(symbol, [None, None, None])
            for place, value in enumerate(tick[1:]):
                if value is not None:
                    told[place] = value
            self._fresh.pop(symbol, None)
            self._fresh[symbol] = now
            if symbol in self._out:
                del self._out[symbol]
                self._changes[symbol] = False
            price = _picked(told, self.values["price"])
            if price is not None:
                found[symbol] = price
        return list(found.items())

    def connected(self, link: str) -> None:
        """See :class:`exsim.interfaces.IFedSource`."""
        self.link = link
        if link == DOWN:
            self._fresh.clear()
            for symbol in list(self._instruments):
                self._began(symbol)

    def _began(self, symbol: str) -> None:
        if symbol not in self._out:
            self._out[symbol] = None
            self._changes[symbol] = True

    @property
    def out(self) -> Sequence[str]:
        """The instruments with an outage."""
        return list(self._out)

    def outages(self) -> Sequence[tuple[str, bool]]:
        """See :class:`exsim.interfaces.IFedSource`."""
        changes, self._changes = self._changes, {}
        return list(changes.items())

    # -- snapshots

    def state(self) -> object:
        """What was told and when, and the outages."""
        return [self.link, self._told, list(self._fresh.items()), self.out]

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self.link, told, fresh, out = state
        self._told = {symbol: list(values) for symbol, values in told.items()}
        self._fresh = dict(fresh)
        self._out = dict.fromkeys(out)
        self._changes.clear()


def _picked(told: Sequence[int | None], pick: str) -> int | None:
    """What an instrument is worth by bid, ask and last, as far as these are known."""
    bid, ask, last = told
    single: Mapping[str, int | None] = {"bid": bid, "ask": ask, "last": last}
    if pick in single:
        return single[pick]
    if bid is not None and ask is not None:
        return (bid + ask) // 2
    return last if pick == "auto" else None
