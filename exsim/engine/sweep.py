"""
How an order that takes goes through the other side, where there is more than plain orders by time.

At each price, the best first: shares are given by the allocation of the market, of what is shown
now (and, where only price and time count, of what is hidden); icebergs that have shown all show
their next part, at the end of the queue, and so on until nothing is left that is shown; then what
is hidden trades; last come the orders that trade whole or not at all, the oldest first, each if
enough is left for it. Beyond the last price that is good for it, a limit order still meets those
whose discretion reaches to its limit, and trades at that limit.
"""

from __future__ import annotations

from collections.abc import Sequence

from exsim.engine.allocation import by_time, in_lots, share
from exsim.engine.book import Book
from exsim.engine.entry import Entry
from exsim.engine.level import Half, Level, Order, Special
from exsim.engine.prevention import Taker, prevent, same_owner
from exsim.model.luck import Luck
from exsim.model.market import Allocation, MarketRules, Prevention
from exsim.model.trades import BookEvent, Refreshed, Traded


class Sweep:
    """
    Takes from a book by the rules of its market; ``luck`` is for icebergs of random parts.

    ``plain`` says that plain orders need none of this. ``done`` has which order traded of those
    that are rivals, by the name that they share: the others trade no more, and are about to go.
    """

    __slots__ = ("_book", "_by_time", "_hidden_waits", "_luck", "_rules", "done", "plain")

    def __init__(self, book: Book, rules: MarketRules, luck: Luck) -> None:
        self._book = book
        self._rules = rules
        self._luck = luck
        self.done: dict[str, int] = {}
        self._by_time = by_time(rules)
        self._hidden_waits = rules.allocation is not Allocation.FIFO
        self.plain = (
            self._by_time and not self._hidden_waits and rules.prevention is Prevention.NONE
        )

    def taker(self, entry: Entry, qty: int) -> Taker:
        """An order that takes up to ``qty``."""
        prevents = self._rules.prevention is not Prevention.NONE
        return Taker(entry, qty, entry.owner if prevents else "")

    def take(self, taker: Taker, far: Half, reach: int, out: list[BookEvent]) -> None:
        """Trade with the levels of key ``reach`` or better."""
        at = len(far.keys) - 1
        while at >= 0 and taker.qty and far.keys[at] >= reach:
            level = far.levels[far.keys[at]]
            if level.special or not self._by_time:
                self._take_level(level, taker, out)
            else:
                taker.qty = self._book.fill_plain(level, taker.order_id, taker.qty, out)
            if not level.count:
                del far.levels[far.keys.pop(at)]
            at -= 1

    def take_beyond(self, taker: Taker, far: Half, key: int, out: list[BookEvent]) -> None:
        """Trade, at the price of ``key``, with orders whose discretion reaches it."""
        for maker in self._reaching(far, key):
            qty = 0 if self._gone(maker) else min(maker.qty, taker.qty)
            if qty and (qty == maker.qty or not maker.all_or_none):
                level = maker.level
                self._meet(taker, maker, qty, far.sign * key, out)
                self.refresh([maker], out)
                if not level.count:
                    far.drop(level)

    def can_fill(self, taker: Taker, far: Half, reach: int, key: int, want: int) -> bool:
        """
        Whether ``want`` can trade: with levels of ``reach`` or better, or by discretion at ``key``.

        A price at which an order of the same owner stands, and all beyond, count for nothing,
        unless that order would be canceled and this one go on.
        """
        stops = self._rules.prevention is not Prevention.CANCEL_OLDEST
        met: set[str] = set()  # of rivals one trades
        for far_key in reversed(far.keys):
            if far_key < reach or want <= 0:
                break
            level = far.levels[far_key]
            if not level.special:
                want -= level.qty
                continue
            orders = level.orders()
            if stops and any(same_owner(taker.owner, order) for order in orders):
                return False
            want = self._left(taker, orders, want, met)
        if want > 0:
            beyond = self._reaching(far, key)
            if not stops or not any(same_owner(taker.owner, order) for order in beyond):
                for order in beyond:
                    if _key(order) < reach and (want >= order.qty or not order.all_or_none):
                        want -= self._offered(taker, order, met)
        return want <= 0

    def _left(self, taker: Taker, orders: Sequence[Order], want: int, met: set[str]) -> int:
        """What is left to want after these orders of one price, as :meth:`_take_level` has it."""
        whole: list[Special] = []
        for order in orders:
            if isinstance(order, Special) and order.all_or_none:
                whole.append(order)
            else:
                want -= self._offered(taker, order, met)
        for order in whole:
            if want >= order.qty:
                want -= self._offered(taker, order, met)
        return want

    def _offered(self, taker: Taker, order: Order, met: set[str]) -> int:
        """How much of an order can trade; its rivals are ``met`` by that, and trade no more."""
        if same_owner(taker.owner, order) or self._gone(order):
            return 0
        if isinstance(order, Special) and order.entry.rivals:
            if order.entry.rivals in met:
                return 0
            met.add(order.entry.rivals)
        return order.qty

    def _reaching(self, far: Half, key: int) -> list[Special]:
        """Orders whose discretion reaches ``key``, which their price does not; the best first."""
        found: list[tuple[int, int, Special]] = []
        if not self._book.eager:
            return []
        for order in self._book.eager.values():
            if order.level.half is far and _key(order) < key <= _farthest(order):
                found.append((-_key(order), len(found), order))
        found.sort()
        return [order for _, _, order in found]

    # -- one level

    def _take_level(self, level: Level, taker: Taker, out: list[BookEvent]) -> None:
        while taker.qty:
            orders, offers = self._offers(level, taker.qty)
            if not orders:
                break
            leads = [isinstance(order, Special) and order.entry.lmm for order in orders]
            shares = share(self._rules, offers, leads, taker.qty)
            for order, qty in zip(orders, shares, strict=True):
                if qty and taker.qty:
                    if not self._meet(taker, order, qty, level.price, out):
                        break  # shares are others now
            self.refresh(orders, out)
        for order in level.orders() if taker.qty else ():
            if taker.qty >= order.qty and not self._gone(order):
                self._meet(taker, order, order.qty, level.price, out)

    def _offers(self, level: Level, want: int) -> tuple[list[Order], list[int]]:
        """Who offers how much now, the oldest first: what is shown, or else what is hidden."""
        orders, offers = self._part(level, not self._hidden_waits, want)
        if not orders and self._hidden_waits:
            return self._part(level, True, want)
        return orders, offers

    def _part(self, level: Level, hidden: bool, want: int) -> tuple[list[Order], list[int]]:
        orders: list[Order] = []
        offers: list[int] = []
        order = level.oldest
        while order is not None and (want > 0 or not self._by_time):
            offer = order.qty
            if isinstance(order, Special):
                if self._gone(order):
                    offer = 0
                elif order.shown or not hidden or order.all_or_none:
                    offer = order.shown
            if offer:
                orders.append(order)
                offers.append(offer)
                want -= offer
            order = order.newer
        return orders, offers

    def _meet(self, taker: Taker, maker: Order, qty: int, price: int, out: list[BookEvent]) -> bool:
        """Trade, or see to it that one owner does not trade with itself; whether it traded."""
        if same_owner(taker.owner, maker):
            prevent(self._rules.prevention, self._book, taker, maker, qty, out)
            return False
        out.append(Traded(maker.order_id, taker.order_id, price, qty))
        self._book.last = price
        self._book.fill(maker, qty)
        taker.qty -= qty
        if isinstance(maker, Special) and maker.entry.rivals:
            if maker.entry.at_once or not maker.qty:
                self.done[maker.entry.rivals] = maker.order_id
                return False
        return True

    def _gone(self, order: Order) -> bool:
        return isinstance(order, Special) and self.gone(order.entry)

    def gone(self, entry: Entry) -> bool:
        """Whether a rival of an order has traded, so that it does not."""
        return self.done.get(entry.rivals, entry.order_id) != entry.order_id

    def refresh(self, orders: Sequence[Order], out: list[BookEvent]) -> None:
        """Let icebergs that have shown all, and have more, show the next part and queue anew."""
        for order in orders:
            if isinstance(order, Special) and order.qty and not order.shown:
                extra = order.entry.extra
                if extra.display and not extra.hidden and not extra.all_or_none:
                    more = in_lots(max(0, extra.display_high - extra.display), self._rules.lot)
                    steps = more // self._rules.lot
                    part = extra.display
                    if steps:
                        part += self._luck.below(steps + 1) * self._rules.lot
                    order.shown = min(part, order.qty)
                    order.level.requeue(order)
                    out.append(Refreshed(order.order_id, order.shown))


def _key(order: Order) -> int:
    return order.level.half.sign * order.level.price


def _farthest(order: Special) -> int:
    """The key on the other side that its discretion reaches to, as a key of its own side."""
    return _key(order) + order.entry.extra.discretion
