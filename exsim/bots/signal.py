"""What traders have in common who act on how a price has moved of late."""

from __future__ import annotations

from typing import Any, Final

from zope.interface import implementer

from exsim.bots.market import (
    BUY,
    IOC,
    SECOND,
    TRADES,
    away,
    mood,
    sized,
    worth,
)
from exsim.interfaces import IBot, IBotDesk, IRemembersPrices, IStateful
from exsim.model.distance import distance
from exsim.model.events import Report
from exsim.model.options import Option, amount, duration
from exsim.model.settings import Values

_SOONEST: Final = 1_000_000

SIGNAL: Final = (
    Option("every", duration, "1s", "How often it looks at each instrument."),
    Option("window", duration, "30s", "It looks at how the price moved within this time."),
    Option(
        "threshold",
        distance,
        "5",
        "By how much the price has to move for it to trade: ticks such as 5, or hundredths of a per"
        " cent such as 10bp.",
    ),
    Option("size", amount(1), "100", "How much it buys or sells at a time."),
    Option("most", amount(1), "1000", "How much it holds at most, bought or sold short."),
    Option(
        "cross",
        distance,
        "1",
        "How far beyond the best price of the other side it goes; what does not trade at once is"
        " canceled.",
    ),
)


@implementer(IBot, IRemembersPrices, IStateful)
class Signal:
    """
    Looks at each instrument ``every`` so often. Its orders trade at once or are gone, so that it
    has none in the books; where orders do not trade as they come it only looks.
    """

    follows = False
    several = False
    options: tuple[Option, ...] = SIGNAL

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._seen: dict[str, list[list[int]]] = {}  # of each instrument times and prices
        self._read(options)

    def side(self, change: int) -> int:
        """On which side it trades after such a change of the price, which is not 0."""
        raise NotImplementedError

    def _read(self, options: Values) -> None:
        if options["size"] > options["most"]:
            raise ValueError("size is more than most, so that it would never trade")
        self._options = options
        self._every = max(options["every"], _SOONEST)

    def rate(self, desk: IBotDesk) -> float:
        """As if each look led to an order."""
        looks: float = len(desk.symbols) * SECOND / self._every
        return looks

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """It has seen nothing."""
        self._seen.clear()
        return now

    def change(self, values: Values) -> None:
        """The next looks go by these."""
        self._read(values)

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """It looks at its position when it looks."""
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It looks by itself."""
        return None

    def split(self, symbol: str, new: int, old: int) -> None:
        """A split is no move of the price."""
        for seen in self._seen.get(symbol, ()):
            seen[1] = seen[1] * old // new

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Look at all instruments."""
        for symbol in desk.symbols:
            self._look(desk, symbol, now)
        return now + max(int(self._every / desk.pace), _SOONEST)

    def _look(self, desk: IBotDesk, symbol: str, now: int) -> None:
        price = worth(desk, symbol)
        if price is None:
            return
        seen = self._seen.setdefault(symbol, [])
        while seen and seen[0][0] < now - self._options["window"]:
            del seen[0]
        first = seen[0][1] if seen else price
        seen.append([now, price])
        change, instrument = price - first, desk.instrument(symbol)
        far = self._options["threshold"].of(instrument, price)
        if change and abs(change) >= far and mood(desk, symbol) == TRADES:
            self._trade(desk, symbol, self.side(change))

    def _trade(self, desk: IBotDesk, symbol: str, side: int) -> None:
        """Buy or sell, as far as it may and the other side is there."""
        sign = 1 if side == BUY else -1
        room = self._options["most"] - sign * desk.position(symbol)
        bid, _, ask, _ = desk.best(symbol)
        there = ask if side == BUY else bid
        instrument = desk.instrument(symbol)
        size = sized(instrument, self._options["size"])
        if there is None or room < size:
            return
        beyond = there + sign * self._options["cross"].of(instrument, there)
        desk.enter(symbol, side, size, away(instrument, side, beyond), tif=IOC)

    # -- snapshots

    def state(self) -> object:
        """What it has seen."""
        return self._seen

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._seen = {symbol: [list(each) for each in seen] for symbol, seen in state.items()}
