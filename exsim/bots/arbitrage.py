"""
``arbitrage``: somebody at two venues or more, who buys where it is cheap, and sells elsewhere.

It acts at a venue in the turns of that venue alone. What it sees is where one side crosses the
other; then it buys at the one venue, at once or not at all, and sells at the other one what it
bought, ``lag`` later: as it is for somebody between two places, the second may be gone by then.
"""

from __future__ import annotations

from typing import Any, Final

from zope.interface import implementer

from exsim.bots.market import BUY, IOC, SECOND, SELL, TRADES, mood
from exsim.interfaces import IBot, IBotDesk, IStateful
from exsim.model.distance import distance
from exsim.model.events import Report
from exsim.model.options import Option, amount, duration
from exsim.model.settings import Values

_SOONEST: Final = 1_000_000


@implementer(IBot, IStateful)
class Arbitrage:
    """
    Looks at all instruments that its venues have in common.

    What it could not sell at once it tries to get rid of wherever anybody buys, at each look: what
    it bought and sold comes to nothing over all venues together.
    """

    follows = False
    several = True
    options: tuple[Option, ...] = (
        Option("every", duration, "100ms", "How often it looks at each venue."),
        Option("size", amount(1), "200", "How much it buys at most at a time."),
        Option(
            "least",
            distance,
            "1",
            "What it has to gain: by how much the bid of one venue is above the offer of another,"
            " in ticks such as 1, or hundredths of a per cent such as 10bp.",
        ),
        Option("lag", duration, "1ms", "How much later it acts at the other venue."),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._look: dict[str, int] = {}
        self._options = options

    def rate(self, desk: IBotDesk) -> float:
        """As if each look led to an order."""
        rate: float = SECOND / max(self._options["every"], _SOONEST)
        return rate

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """It looks at once."""
        self._look[desk.venue] = now
        return now

    def change(self, values: Values) -> None:
        """The next looks go by these."""
        self._options = values

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """It looks at its positions when it looks."""
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It looks by itself."""
        return None

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Get rid of what it owes, then see what is cheap here and dear elsewhere."""
        for symbol in desk.symbols:
            if mood(desk, symbol) == TRADES:
                owed = desk.position(symbol)
                for other in desk.others():
                    owed += other.position(symbol)
                if owed:
                    self._settle(desk, symbol, owed)
                else:
                    self._seek(desk, symbol)
        if now >= self._look.get(desk.venue, 0):
            every = int(self._options["every"] / desk.pace)
            self._look[desk.venue] = now + max(every, _SOONEST)
        return self._look[desk.venue]

    def _settle(self, desk: IBotDesk, symbol: str, owed: int) -> None:
        """
        Sell what it has in all, or buy it where that is below 0, at the best price here if no other
        venue has a better one.
        """
        side = SELL if owed > 0 else BUY
        here = _best(desk, symbol, side)
        if here is None:
            return
        for other in _others(desk, symbol):
            there = _best(other, symbol, side)
            if there is not None and _is_better(side, there[0], here[0]):
                other.after(self._options["lag"])
                return
        qty = min(abs(owed), here[1])
        qty -= qty % desk.instrument(symbol).lot
        if qty > 0:
            desk.enter(symbol, side, qty, here[0], tif=IOC)

    def _seek(self, desk: IBotDesk, symbol: str) -> None:
        """Buy here what others pay more for; they are woken to be sold it."""
        ask = _best(desk, symbol, BUY)
        if ask is None:
            return
        instrument = desk.instrument(symbol)
        least = max(self._options["least"].of(instrument, ask[0]), 1)
        for other in _others(desk, symbol):
            bid = _best(other, symbol, SELL)
            if bid is None or bid[0] - ask[0] < least:
                continue
            qty = min(self._options["size"], ask[1], bid[1])
            qty -= qty % instrument.lot
            if qty > 0 and desk.enter(symbol, BUY, qty, ask[0], tif=IOC):
                other.after(self._options["lag"])
                return

    # -- snapshots

    def state(self) -> object:
        """When it looks where."""
        return self._look

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._look = dict(state)


def _others(desk: IBotDesk, symbol: str) -> list[IBotDesk]:
    """The other venues where an instrument trades now."""
    return [
        other
        for other in desk.others()
        if symbol in other.symbols and mood(other, symbol) == TRADES
    ]


def _is_better(side: int, price: int, other: int) -> bool:
    """Whether one who buys, or sells, would rather have a price than another."""
    return price < other if side == BUY else price > other


def _best(desk: IBotDesk, symbol: str, side: int) -> tuple[int, int] | None:
    """The price and quantity that one who buys, or sells, finds; None for none."""
    bid, bid_qty, ask, ask_qty = desk.best(symbol)
    if side == BUY:
        return None if ask is None else (ask, ask_qty)
    return None if bid is None else (bid, bid_qty)
