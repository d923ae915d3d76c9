"""``iceberg``: somebody who sells (or buys) much, a little of it shown at a time."""

from __future__ import annotations

from typing import Any, Final

from zope.interface import implementer

from exsim.bots.market import BUY, DAY, RESTS, SELL, away, mood, sized, worth
from exsim.interfaces import IBot, IBotDesk, IStateful
from exsim.model.distance import distance
from exsim.model.events import Report
from exsim.model.instructions import Instructions
from exsim.model.options import Option, amount, choice, duration
from exsim.model.settings import Values

_SOONEST: Final = 1_000_000


@implementer(IBot, IStateful)
class Iceberg:
    """
    Has one order with a hidden reserve in each instrument, and another one ``pause`` after it was
    filled, until it traded ``total``.

    Where what the instrument is worth has gone ``chase`` away from its order it cancels that, and
    enters what is left anew.
    """

    follows = False
    several = False
    options: tuple[Option, ...] = (
        Option("side", choice("sell", "buy"), "sell", "What it does: sell or buy."),
        Option("total", amount(1), "50000", "How much of each instrument in all."),
        Option("size", amount(1), "5000", "How much of that with one order."),
        Option("display", amount(1), "200", "How much of an order is shown at a time."),
        Option(
            "distance",
            distance,
            "1",
            "How far from what the instrument is worth its price is: ticks such as 1, or hundredths"
            " of a per cent such as 10bp.",
        ),
        Option("chase", distance, "10", "How far its price may be off before it goes after it."),
        Option("every", duration, "1s", "How often it looks."),
        Option("pause", duration, "5s", "How long it waits with the next order."),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._ready: dict[str, int] = {}  # when the next order in an instrument may come
        self._read(options)

    def _read(self, options: Values) -> None:
        if options["display"] > options["size"]:
            raise ValueError("display is more than size: nothing would be hidden")
        self._options = options
        self._side = BUY if options["side"] == "buy" else SELL

    def rate(self, desk: IBotDesk) -> float:
        """Each order is one, and one is in the books at a time."""
        rate: float = len(desk.symbols) * 1e9 / max(self._options["pause"], _SOONEST)
        return rate

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """At once."""
        self._ready.clear()
        return now

    def change(self, values: Values) -> None:
        """The next order is by these."""
        self._read(values)

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """An order that was filled is followed by another one, later."""
        if report.last_qty and not report.leaves:
            self._ready[report.terms.symbol] = now + int(self._options["pause"] / desk.pace)
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It looks by itself."""
        return None

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """See to its order in each instrument."""
        for symbol in desk.symbols:
            if mood(desk, symbol) != RESTS:
                self._see_to(desk, symbol, now)
        return now + max(int(self._options["every"] / desk.pace), _SOONEST)

    def _see_to(self, desk: IBotDesk, symbol: str, now: int) -> None:
        middle = worth(desk, symbol)
        if middle is None:
            return
        instrument, side = desk.instrument(symbol), self._side
        sign = -1 if side == BUY else 1
        off = self._options["distance"].of(instrument, middle)
        price = away(instrument, side, middle + sign * off)
        mine = desk.open_orders(symbol)
        if mine:
            if abs(mine[0].price - price) >= self._options["chase"].of(instrument, middle):
                desk.cancel(mine[0].cl_ord_id)
                mine = desk.open_orders(symbol)
            if mine:
                return
        left = self._options["total"] - abs(desk.position(symbol))
        if left < instrument.lot or now < self._ready.get(symbol, 0):
            return
        size = sized(instrument, min(self._options["size"], left))
        shown = Instructions(display=sized(instrument, self._options["display"]))
        extra = shown if shown.display < size and desk.matches(symbol) else None
        desk.enter(symbol, side, size, price, DAY, extra=extra)

    # -- snapshots

    def state(self) -> object:
        """When what may come."""
        return self._ready

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._ready = dict(state)
