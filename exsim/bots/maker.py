"""
``maker``: a market maker, who quotes both sides of each instrument around what it is worth.

Quotes are moved rather than made anew. They follow the price, lean against what was bought or sold,
and are pulled for a moment where the price moves far.
"""

from __future__ import annotations

from typing import Any, Final

from zope.interface import implementer

from exsim.bots.market import BUY, RESTS, SECOND, SELL, away, mood, sized, worth
from exsim.interfaces import IBot, IBotDesk, IRemembersPrices, IStateful
from exsim.model.bots import BotOrder
from exsim.model.codes import ReportKind
from exsim.model.distance import distance
from exsim.model.events import Report
from exsim.model.options import Option, amount, choice, duration, integer, optional
from exsim.model.settings import Instrument, Values

_SOONEST = 1_000_000
BID, ASK = "bid", "ask"
_BUST: Final = int(ReportKind.TRADE_CANCEL)


@implementer(IBot, IRemembersPrices, IStateful)
class Maker:
    """
    Quotes one or several levels a side.

    The nearest bid and offer are ``spread`` apart, or up to two ticks more, since each is rounded
    away from the other. It also quotes in auctions, for them; not in halts, or when it is closed.
    """

    follows = True
    several = False
    options: tuple[Option, ...] = (
        Option("levels", integer(1, 100), "1", "How many prices a side it quotes."),
        Option("size", amount(1), "500", "How much it quotes at each."),
        Option(
            "spread",
            distance,
            "4",
            "How far its best bid and offer are apart: ticks such as 4, or hundredths of a per cent"
            " of the price such as 10bp. Each is rounded away from the other.",
        ),
        Option("step", distance, "1", "How far its levels are apart."),
        Option(
            "skew",
            distance,
            "0.5",
            "How far all its quotes go down for each size that it has bought, or up for each that"
            " it has sold.",
        ),
        Option(
            "most",
            optional(amount(1)),
            "",
            "What it may have bought, or sold, before it quotes one side alone; empty: no bound.",
        ),
        Option("sides", choice("both", "bid", "ask"), "both", "What it quotes: both, bid or ask."),
        Option("refresh", duration, "1s", "How often it looks at each instrument."),
        Option(
            "react",
            duration,
            "5ms",
            "How soon it looks at one that it traded, or whose price moved.",
        ),
        Option(
            "pull",
            distance,
            "0",
            "It pulls its quotes where the price moves so far between two looks; 0: never.",
        ),
        Option("pull_time", duration, "500ms", "For how long it then quotes nothing."),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._turn = 0  # whose instrument's look is next
        self._look = 0  # when that is
        self._middles: dict[str, int] = {}
        self._asked: dict[str, int] = {}  # when a look at an instrument was asked for besides
        self._read(options)

    def _read(self, options: Values) -> None:
        self._options = options
        self._levels: int = options["levels"]
        self._refresh = max(options["refresh"], _SOONEST)
        self._react: int = options["react"]
        self._sides: str = options["sides"]

    def rate(self, desk: IBotDesk) -> float:
        """What it changes where each look finds another price."""
        looks: float = len(desk.symbols) * SECOND / self._refresh
        return 2.0 * self._levels * looks

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """The first look at the first instrument is at once."""
        self._turn = 0
        self._middles.clear()
        self._asked.clear()
        self._look = now
        return now

    def change(self, values: Values) -> None:
        """The next looks go by these."""
        self._read(values)

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Look at those whose time has come."""
        symbols = desk.symbols
        if not symbols:
            self._look = now + self._refresh
            return self._look
        for symbol in [symbol for symbol, due in self._asked.items() if due <= now]:
            del self._asked[symbol]
            if symbol in symbols:
                self._quote(desk, symbol, now)
        if now >= self._look:
            self._turn %= len(symbols)
            self._quote(desk, symbols[self._turn], now)
            self._turn += 1
            every = int(self._refresh / len(symbols) / desk.pace)
            self._look = now + max(every, _SOONEST // 10)
        return min(self._look, *self._asked.values()) if self._asked else self._look

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """What it has is not what it wants to have there: something traded, or a trade was none."""
        is_trade = report.last_qty or report.kind == _BUST
        return self._ask(report.terms.symbol, now) if is_trade else None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """The price is another one."""
        return self._ask(symbol, now)

    def split(self, symbol: str, new: int, old: int) -> None:
        """A split moves no price."""
        if symbol in self._middles:
            self._middles[symbol] = self._middles[symbol] * old // new

    def _ask(self, symbol: str, now: int) -> int | None:
        """Have a look at an instrument soon, unless one is to come anyhow."""
        if symbol in self._asked:
            return None
        self._asked[symbol] = due = now + self._react
        return due

    # -- quotes

    def _quote(self, desk: IBotDesk, symbol: str, now: int) -> None:
        """Have the quotes in an instrument be what they should be."""
        if mood(desk, symbol) == RESTS:
            return
        middle = worth(desk, symbol)
        if middle is None:
            return
        instrument = desk.instrument(symbol)
        before = self._middles.get(symbol, middle)
        self._middles[symbol] = middle
        far = self._options["pull"].of(instrument, middle)
        if not desk.width(symbol):  # nobody says what it is worth: it is told when that changes
            for order in desk.open_orders(symbol):
                desk.cancel(order.cl_ord_id)
            return
        if far and abs(middle - before) >= far:
            for order in desk.open_orders(symbol):
                desk.cancel(order.cl_ord_id)
            self._asked[symbol] = now + max(self._options["pull_time"], 1)
            return
        mine = desk.open_orders(symbol)
        bids = self._prices(desk, symbol, instrument, BUY, middle)
        asks = self._prices(desk, symbol, instrument, SELL, middle)
        old_bids = [order for order in mine if order.side == BUY]
        old_asks = [order for order in mine if order.side != BUY]
        old_bids.sort(key=_dear, reverse=True)
        old_asks.sort(key=_dear)
        if bids and old_bids and bids[0] < old_bids[0].price:  # never into its own other side
            self._side(desk, instrument, BUY, old_bids, bids)
            self._side(desk, instrument, SELL, old_asks, asks)
        else:
            self._side(desk, instrument, SELL, old_asks, asks)
            self._side(desk, instrument, BUY, old_bids, bids)

    def _prices(
        self, desk: IBotDesk, symbol: str, instrument: Instrument, side: int, middle: int
    ) -> list[int]:
        """At which prices it wants to quote a side, best first."""
        position, size = desk.position(symbol), self._options["size"]
        most = self._options["most"]
        held = position if side == BUY else -position
        if (most is not None and held >= most) or self._sides == (ASK if side == BUY else BID):
            return []
        lean = self._options["skew"].of(instrument, middle) * position // size
        half = self._options["spread"].of(instrument, middle) * desk.width(symbol) // 2
        step = self._options["step"].of(instrument, middle)
        sign = -1 if side == BUY else 1
        low, high = desk.bounds(symbol)
        found: list[int] = []
        for level in range(self._levels):
            price = away(instrument, side, middle - lean + sign * (half + level * step))
            if low <= price <= high and (not found or price != found[-1]):
                found.append(price)
        return found

    def _side(
        self,
        desk: IBotDesk,
        instrument: Instrument,
        side: int,
        there: list[BotOrder],
        wanted: list[int],
    ) -> None:
        """Move, change, add and cancel quotes of a side."""
        size = sized(instrument, self._options["size"])
        for order, price in zip(there, wanted, strict=False):
            if order.price != price or not size <= 2 * order.leaves <= 2 * size:
                desk.replace(order.cl_ord_id, order.filled + size, price)
        for order in there[len(wanted) :]:
            desk.cancel(order.cl_ord_id)
        for price in wanted[len(there) :]:
            desk.enter(instrument.symbol, side, size, price)

    # -- snapshots

    def state(self) -> object:
        """What it has to do when, and at which prices it quoted last."""
        return [self._turn, self._look, self._middles, self._asked]

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._turn, self._look = state[0], state[1]
        self._middles, self._asked = dict(state[2]), dict(state[3])


def _dear(order: BotOrder) -> int:
    return order.price
