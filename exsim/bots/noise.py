"""
``noise``: orders and cancels that come by chance, as from many who know nothing of each other.

Arrivals are a Poisson process, or where they excite others, a Hawkes process with a kernel that
decays exponentially (Hawkes 1971): each has ``clustering`` more on average, ``decay`` later. Times
between them are drawn exactly (Dassios and Zhao 2013), and the mean rate is ``rate`` either way.

Market orders are parts of larger ones, of which the number of parts has a power law: that is why
signs of trades correlate for long (Lillo, Mike and Farmer 2005).
"""

from __future__ import annotations

from math import exp, log
from typing import Any, Final

from zope.interface import implementer

from exsim.bots.market import (
    BUY,
    COLLECTS,
    IOC,
    MARKET,
    RESTS,
    SECOND,
    SELL,
    away,
    mood,
    positive,
    some,
    worth,
)
from exsim.interfaces import IBot, IBotDesk, IStateful
from exsim.model.distance import distance
from exsim.model.events import Report
from exsim.model.luck import Luck
from exsim.model.options import Option, amount, duration, integer, probability
from exsim.model.settings import Values

TAIL: Final = 1.5
"""More than n parts has an order with a chance of n to the power of this, negative."""
MOST_PARTS: Final = 1_000


def branching(value: str) -> float:
    """A share below 1: each arrival that led to one or more would never end."""
    share = probability(value)
    if share > 0.95:
        raise ValueError(f"{value!r} is above 0.95: arrivals would lead to ever more")
    return share


@implementer(IBot, IStateful)
class Noise:
    """
    Enters limit and market orders and cancels its own, of a random instrument, side and size.

    In auctions it enters limit orders alone, those that would be market orders at prices that are
    likely to trade; in halts, and when it is closed, it lets what comes
    go by.
    """

    follows = False
    several = False
    options: tuple[Option, ...] = (
        Option(
            "rate",
            positive,
            "1",
            "How many orders and cancels it makes a second, over all its instruments.",
        ),
        Option(
            "clustering",
            branching,
            "0",
            "How many more each leads to, up to 0.95 (Hawkes); 0 for arrivals that know nothing of"
            " each other (Poisson).",
        ),
        Option("decay", duration, "1s", "How much later these come, on average."),
        Option("market", probability, "20%", "How many of them are market orders."),
        Option(
            "splitting",
            probability,
            "60%",
            "How many market orders are parts of larger ones, all of whose parts are on one side.",
        ),
        Option("cancels", probability, "30%", "How many of them cancel an order of its own."),
        Option(
            "size",
            amount(1),
            "200",
            "The mean quantity of an order; half have less than half of it.",
        ),
        Option(
            "distance",
            distance,
            "4",
            "How far limit orders are from what the instrument is worth, on average: ticks such as"
            " 4, or hundredths of a per cent such as 10bp.",
        ),
        Option(
            "keep",
            integer(1, 100_000),
            "20",
            "How many orders it has in an instrument at most: for one more the oldest is canceled.",
        ),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._next: int | None = None
        self._excess = 0.0  # what arrivals so far add to the rate now
        self._larger: dict[str, list[int]] = {}  # orders that are split: side, parts to come
        self._read(options)

    def _read(self, options: Values) -> None:
        if options["market"] + options["cancels"] > 1:
            raise ValueError("market and cancels together are more than 100%")
        self._options = options
        self._rate: float = options["rate"]
        self._ratio: float = options["clustering"]
        self._decay = max(options["decay"], 1) / SECOND
        self._market: float = options["market"]
        self._splitting: float = options["splitting"]
        self._cancels: float = options["market"] + options["cancels"]
        self._size: int = options["size"]
        self._keep: int = options["keep"]

    def rate(self, desk: IBotDesk) -> float:
        """As its options say."""
        return self._rate

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """The first comes after a time."""
        self._excess = 0.0
        self._larger.clear()
        self._next = now + self._wait(desk)
        return self._next

    def change(self, values: Values) -> None:
        """The next comes by these; nobody is excited any more."""
        self._read(values)
        self._excess = 0.0
        self._next = None

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Do one thing, if its time has come."""
        if self._next is None:
            self._next = now + self._wait(desk)
        elif now >= self._next:
            symbols = desk.symbols
            if symbols:
                self._act(desk, symbols[desk.luck.below(len(symbols))])
            self._next = now + self._wait(desk)
        return self._next

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """It does not care."""
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It does not look."""
        return None

    # -- when

    def _wait(self, desk: IBotDesk) -> int:
        """Nanoseconds until the next; the excess is what it is just after that."""
        seconds = self._gap(desk.luck)
        return max(int(seconds * SECOND / desk.pace), 1)

    def _gap(self, luck: Luck) -> float:
        """
        Seconds to the next at pace 1: the earlier of the next of those that come by themselves, and
        the next of those that others led to.
        """
        gap = luck.exponential(1.0 / (self._rate * (1.0 - self._ratio)))
        if not self._ratio:
            return gap
        if self._excess > 0.0:
            share = 1.0 + log(1.0 - luck.unit()) / (self._decay * self._excess)
            if share > 0.0:
                gap = min(gap, -self._decay * log(share))
        self._excess = self._excess * exp(-gap / self._decay) + self._ratio / self._decay
        return gap

    # -- what

    def _act(self, desk: IBotDesk, symbol: str) -> None:
        luck, state = desk.luck, mood(desk, symbol)
        if state == RESTS:
            return
        which = luck.unit()
        side = BUY if luck.unit() < 0.5 else SELL
        if which < self._market:
            side = self._part_of(luck, symbol, side)
        mine = desk.open_orders(symbol)
        if which >= self._market and mine and (which < self._cancels or len(mine) >= self._keep):
            chosen = luck.below(len(mine)) if which < self._cancels else 0
            desk.cancel(mine[chosen].cl_ord_id)
        elif which < self._market and state != COLLECTS and self._there(desk, symbol, side):
            qty = some(desk.instrument(symbol), luck, self._size)
            desk.enter(symbol, side, qty, tif=IOC, ord_type=MARKET)
        elif len(mine) < self._keep:
            eager = state == COLLECTS and which < self._market
            self._rest(desk, symbol, side, eager)

    def _part_of(self, luck: Luck, symbol: str, side: int) -> int:
        """The side of a market order: its own, or that of the larger one that it is a part of."""
        if luck.unit() >= self._splitting:
            return side
        larger = self._larger.get(symbol)
        if larger is None or not larger[1]:
            parts = min(int((1.0 - luck.unit()) ** (-1.0 / TAIL)), MOST_PARTS)
            larger = self._larger[symbol] = [side, parts]
        larger[1] -= 1
        return larger[0]

    def _there(self, desk: IBotDesk, symbol: str, side: int) -> bool:
        """Whether a market order would find anything."""
        bid, _, ask, _ = desk.best(symbol)
        return (ask if side == BUY else bid) is not None

    def _rest(self, desk: IBotDesk, symbol: str, side: int, eager: bool) -> None:
        """
        Enter a limit order, up to the best price of the other side.

        One that is ``eager`` gives more than what it is worth, to trade in the auction.
        """
        instrument, luck = desk.instrument(symbol), desk.luck
        middle = worth(desk, symbol)
        if middle is None:
            return
        far = int(luck.exponential(1.0) * self._options["distance"].of(instrument, middle))
        price = away(instrument, side, middle - far if (side == BUY) != eager else middle + far)
        bid, _, ask, _ = desk.best(symbol)
        if eager:
            pass
        elif side == BUY and ask is not None:
            price = min(price, ask)
        elif side == SELL and bid is not None:
            price = max(price, bid)
        low, high = desk.bounds(symbol)
        price = min(max(price, low), high)
        desk.enter(symbol, side, some(instrument, luck, self._size), price)

    # -- snapshots

    def state(self) -> object:
        """
        When the next comes, how much arrivals so far add to the rate, exactly, and what is split.
        """
        return [self._next, self._excess.hex(), self._larger]

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._next = state[0]
        self._excess = float.fromhex(state[1])
        self._larger = {symbol: list(larger) for symbol, larger in state[2].items()}
