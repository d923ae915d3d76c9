"""One instrument as those see it who look on: what is displayed, traded, and what a day came to."""

from __future__ import annotations

from exsim.feeds.depth import Depth
from exsim.feeds.statistics import Statistics
from exsim.model.book_updates import Added, Indicative, OrderUpdate, Replaced
from exsim.model.plain import Plain
from exsim.model.trades import Trade


class Standing:
    """
    How an order stands in a book: ``place`` is the same as long as it keeps its place. ``firm`` is
    whose it is, where that may be told.
    """

    __slots__ = ("firm", "place", "price", "qty", "side")

    def __init__(self, side: int, price: int, qty: int, place: object, firm: str = "") -> None:
        self.firm = firm
        self.side = side
        self.price = price
        self.qty = qty
        self.place = place


class Look:
    """Looks into the books of a venue."""

    __slots__ = ()

    def standing(self, symbol: str, order_id: int) -> Standing | None:
        """How an order is displayed, None where nothing of it is."""
        raise NotImplementedError

    def order_ids(self, symbol: str) -> list[int]:
        """All orders that rest in a book: by side, the best price first, then by time."""
        raise NotImplementedError

    def trades(self, symbol: str) -> list[Trade]:
        """The trades of an instrument that are known, oldest first, as they were revised."""
        raise NotImplementedError

    def implied(self, symbol: str, side: int) -> tuple[int, int] | None:
        """The implied price that a side of a book shows, and the quantity there; None for none."""
        raise NotImplementedError

    def indicative(self, symbol: str) -> Indicative | None:
        """What an auction would come to, None where none is held."""
        raise NotImplementedError


class References:
    """The numbers that displayed orders of a venue get, each once: ``last`` is the newest."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = 0


class BookFeed:
    """
    Follows one book, with numbers for its orders that no other book of its venue has. ``updates``
    and ``trades`` are those since :meth:`forget`, in order; ``revisions`` are trades that were not
    as they were told: as they are, and whether they are at all.

    ``whole`` says that all may be otherwise than it was told; ``last_trade`` is the newest trade,
    None before any; ``indicative`` what an auction would end in. ``implied`` are implied prices and
    their quantities, by side, as long as somebody ``watches`` them.
    """

    __slots__ = (
        "_day",
        "_look",
        "_newest",
        "_refs",
        "depth",
        "implied",
        "indicative",
        "last_trade",
        "revisions",
        "statistics",
        "symbol",
        "trades",
        "updates",
        "watches",
        "whole",
    )

    def __init__(self, symbol: str, look: Look, refs: References) -> None:
        self.symbol = symbol
        self._look = look
        self._refs = refs
        self.depth = Depth()
        self.statistics = Statistics()
        self.indicative: Indicative | None = None
        self.implied: list[tuple[int, int] | None] = [None, None]
        self.watches = False
        self.last_trade: Trade | None = None
        self._newest = 0  # the number of the newest trade
        self._day = 0  # the number of the newest trade of the day before
        self.revisions: list[tuple[Trade, bool]] = []
        self.updates: list[OrderUpdate] = []
        self.trades: list[Trade] = []
        self.whole = False

    def traded(self, trade: Trade) -> None:
        """A trade is on the tape."""
        self.statistics.traded(trade.price, trade.qty)
        self.last_trade = trade
        self._newest = trade.trade_id
        self.trades.append(trade)
        counts = not trade.auction
        for order_id in (trade.maker_order_id, trade.taker_order_id):
            if order_id:
                number = int(order_id)
                told = self.depth.execute(number, trade.qty, trade.price, trade.trade_id, counts)
                if told is not None:
                    self.updates.append(told)
                    counts = False

    def revised(self, was: Trade, price: int, qty: int) -> None:
        """A trade is at another price or of another quantity than it was; 0: it never was."""
        known = self._look.trades(self.symbol)
        self.last_trade = known[-1] if known else None
        self.revisions.append((was.revised(price, qty) if qty else was, qty > 0))
        if was.trade_id > self._day:
            day = [trade for trade in known if trade.trade_id > self._day]
            self.statistics.revised(was, price, qty, day)

    def new_day(self) -> None:
        """Another day begins."""
        self._day = self._newest
        self.statistics.new_day()

    def touched(self, order_id: int) -> None:
        """An order may stand otherwise than before."""
        standing = self._look.standing(self.symbol, order_id)
        if standing is None:
            standing = Standing(0, 0, 0, None)
        told = self.depth.show(
            order_id,
            standing.side,
            standing.price,
            standing.qty,
            standing.place,
            self._refs.last + 1,
        )
        if isinstance(told, Added | Replaced):
            self._refs.last += 1
        if isinstance(told, Added) and standing.firm:
            told = Added(told.ref, told.side, told.price, told.qty, standing.firm)
        if told is not None:
            self.updates.append(told)

    def displayed(self) -> list[OrderUpdate]:
        """All orders that are displayed, as if they came just now."""
        found: list[OrderUpdate] = []
        for each in self.depth.displayed():
            standing = self._look.standing(self.symbol, each.order_id)
            firm = "" if standing is None else standing.firm
            found.append(Added(each.ref, each.side, each.price, each.qty, firm))
        return found

    def settle(self) -> bool:
        """All that happened did: look what an auction would end in now; whether that is new."""
        if self.watches:
            self.look_implied()
        before, self.indicative = self.indicative, self._look.indicative(self.symbol)
        return before != self.indicative

    def look_implied(self) -> None:
        """Look which prices are implied now; those that are so no more are touched, too."""
        for side in (1, 2):
            before, now = self.implied[side - 1], self._look.implied(self.symbol, side)
            if before != now:
                self.implied[side - 1] = now
                for each in (before, now):
                    if each is not None:
                        self.depth.touched[side, each[0]] = True

    def forget(self) -> None:
        """All was told."""
        self.updates.clear()
        self.trades.clear()
        self.revisions.clear()
        self.depth.touched.clear()
        self.whole = False

    def reset(self) -> None:
        """Nothing has happened."""
        self.depth = Depth()
        self.statistics = Statistics()
        self.indicative = None
        self.last_trade = None
        self._newest = self._day = 0
        self.forget()
        self.whole = True

    def rebuild(self) -> None:
        """Follow the book as it is now, with orders by their places."""
        self.depth = Depth()
        for order_id in self._look.order_ids(self.symbol):
            self.touched(order_id)
        self.forget()

    def state(self) -> Plain:
        """All that the book does not tell, for a snapshot: which order has which number."""
        trade = None if self.last_trade is None else self.last_trade.state()
        refs = sorted([order.order_id, order.ref] for order in self.depth.orders.values())
        return [refs, self.statistics.state(), trade, self._newest, self._day]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, where the book is as it was."""
        refs, statistics, trade, self._newest, self._day = plain
        self.depth = Depth()
        numbers = dict(refs)
        for order_id in self._look.order_ids(self.symbol):
            standing = self._look.standing(self.symbol, order_id)
            if standing is not None and order_id in numbers:
                self.depth.show(
                    order_id,
                    standing.side,
                    standing.price,
                    standing.qty,
                    standing.place,
                    numbers[order_id],
                )
        self.forget()
        self.statistics.restore(statistics)
        self.last_trade = None if trade is None else Trade(*trade)
        self.indicative = self._look.indicative(self.symbol)
