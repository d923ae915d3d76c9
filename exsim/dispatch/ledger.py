"""
What accounts and sessions have in a market: positions, open orders, what was traded.

The ledger hears of an order when it changes, whoever changes it (the book, a policy, a person), and
adds the difference to what it knew of it: so fills, cancels, busts and corrections all count.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.wall import Wall
from exsim.model.codes import Side
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE
from exsim.orders.order import PENDING, Order
from exsim.orders.registry import Orders
from exsim.orders.watcher import Watcher

_BUY: Final = int(Side.BUY)
_ROOM: Final = 1_000


def month_of(day: int) -> int:
    """The month of a day since 1970, as months since year 0 (proleptic Gregorian)."""
    # Years that begin in March, in eras of 400: the leap day is then the last of its year.
    shifted = day + 719_468
    era, rest = divmod(shifted, 146_097)
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    month = (5 * (rest - (365 * year + year // 4 - year // 100)) + 2) // 153
    return (era * 400 + year) * 12 + month + 2


class Use:
    """
    What one account has. Quantities by symbol, in units of 10^-8: ``positions`` (below 0 short),
    and what is open to ``buy`` and to ``sell``. ``open_orders`` counts these orders; ``day_volume``
    and ``month_volume`` are quantities traded in the day and month of the last fill, and
    ``fees`` what fills cost so far. ``prices`` are the last ones that it asked for.
    """

    __slots__ = (
        "buying",
        "day",
        "day_volume",
        "fees",
        "month",
        "month_volume",
        "open_orders",
        "positions",
        "prices",
        "selling",
    )

    def __init__(self) -> None:
        self.open_orders = 0
        self.positions: dict[str, int] = {}
        self.buying: dict[str, int] = {}
        self.selling: dict[str, int] = {}
        self.prices: dict[str, int] = {}
        self.day = -1
        self.month = -1
        self.day_volume = 0
        self.month_volume = 0
        self.fees = 0

    def traded(self, qty: int, day: int) -> None:
        """Count a quantity that was traded on a day, as days since 1970."""
        self.turn(day)
        self.day_volume += qty
        self.month_volume += qty

    def turn(self, day: int) -> None:
        """Begin to count anew where another day or month has begun."""
        if day == self.day:
            return
        month = month_of(day)
        if month != self.month:
            self.month_volume = 0
        self.day, self.month, self.day_volume = day, month, 0

    def exposure(self, symbol: str, buy: int = 0, sell: int = 0) -> int:
        """The most position, long or short, that open orders and ``buy``, ``sell`` may lead to."""
        position = self.positions.get(symbol, 0)
        long = position + self.buying.get(symbol, 0) + buy
        short = self.selling.get(symbol, 0) + sell - position
        return max(long, short, 0)

    def state(self) -> Plain:
        """All of it; fees as text, since they may have more than 64 bits."""
        return [
            self.open_orders,
            _texts(self.positions),
            _texts(self.buying),
            _texts(self.selling),
            self.prices,
            self.day,
            self.month,
            str(self.day_volume),
            str(self.month_volume),
            str(self.fees),
        ]


def use_of(plain: Plain) -> Use:
    """What :meth:`Use.state` told."""
    use = Use()
    use.open_orders, positions, buying, selling, use.prices, use.day, use.month = plain[:7]
    use.positions, use.buying, use.selling = map(_numbers, (positions, buying, selling))
    use.day_volume, use.month_volume, use.fees = map(int, plain[7:10])
    return use


def _texts(sums: dict[str, int]) -> dict[str, str]:
    """Sums of quantities as text: they may have more than 64 bits."""
    return {symbol: str(qty) for symbol, qty in sums.items()}


def _numbers(texts: dict[str, str]) -> dict[str, int]:
    return {symbol: int(text) for symbol, text in texts.items()}


class Booked:
    """What the ledger counted of an order."""

    __slots__ = ("account", "buys", "cum", "leaves", "session", "symbol")

    def __init__(self, account: str, session: str, symbol: str, buys: bool) -> None:
        self.account = account
        self.session = session
        self.symbol = symbol
        self.buys = buys
        self.leaves = 0
        self.cum = 0


class Ledger(Watcher):
    """
    The use of each account, and how many orders each session has open; days are those of ``wall``.
    """

    __slots__ = ("_booked", "_orders", "_prune_at", "_wall", "open_orders", "uses")

    def __init__(self, orders: Orders, wall: Wall) -> None:
        self._orders = orders
        self._wall = wall
        self.reset()

    def reset(self) -> None:
        """Nobody has anything."""
        self.uses: dict[str, Use] = {}
        self.open_orders: dict[str, int] = {}  # by session
        self._booked: dict[int, Booked] = {}
        self._prune_at = _ROOM

    def use(self, account: str) -> Use:
        """What an account has."""
        use = self.uses.get(account)
        if use is None:
            use = self.uses[account] = Use()
        return use

    def changed(self, order: Order) -> None:
        """Count what is new of an order, once somebody has answered it."""
        if order.status == PENDING:
            return
        terms = order.terms
        booked = self._booked.get(order.number)
        if booked is None:
            if not order.leaves and not order.cum:
                return  # it never was on
            booked = self._book(order)
        elif booked.account != terms.account:
            self._count(booked, 0, 0, order.updated)
            booked.account = terms.account
        self._count(booked, order.leaves, order.cum, order.updated)
        if terms.price != NO_PRICE:
            self.use(terms.account).prices[terms.symbol] = terms.price
        if not order.leaves and not order.cum:
            del self._booked[order.number]

    def load(self) -> None:
        """Count all orders that are kept, where none was before."""
        for order in self._orders.all():
            self.changed(order)

    def _book(self, order: Order) -> Booked:
        if len(self._booked) >= self._prune_at:
            self._prune()
        terms = order.terms
        buys = terms.side == _BUY
        booked = Booked(terms.account, order.owner, terms.symbol, buys)
        self._booked[order.number] = booked
        return booked

    def _prune(self) -> None:
        """Forget orders that nobody keeps any more."""
        kept = self._orders
        gone = [number for number in self._booked if kept.get(number) is None]
        for number in gone:
            del self._booked[number]
        self._prune_at = 2 * len(self._booked) + _ROOM

    def _count(self, booked: Booked, leaves: int, cum: int, now: int) -> None:
        use = self.use(booked.account)
        symbol = booked.symbol
        opened = (1 if leaves else 0) - (1 if booked.leaves else 0)
        if opened:
            use.open_orders += opened
            _add(self.open_orders, booked.session, opened)
        if leaves != booked.leaves:
            _add(use.buying if booked.buys else use.selling, symbol, leaves - booked.leaves)
        traded = cum - booked.cum
        if traded:
            _add(use.positions, symbol, traded if booked.buys else -traded)
            use.traded(traded, self._wall.day(now))
        booked.leaves = leaves
        booked.cum = cum

    def state(self) -> Plain:
        """All that does not follow from the orders kept."""
        return [
            {name: use.state() for name, use in self.uses.items()},
            self.open_orders,
        ]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told; the orders are there already."""
        self.reset()
        uses, self.open_orders = plain
        for name, use in uses.items():
            self.uses[name] = use_of(use)
        for order in self._orders.all():
            if order.status != PENDING and (order.leaves or order.cum):
                booked = self._book(order)
                booked.leaves, booked.cum = order.leaves, order.cum


def _add(amounts: dict[str, int], key: str, amount: int) -> None:
    """Add to one of some amounts; those that are 0 are not there."""
    total = amounts.get(key, 0) + amount
    if total:
        amounts[key] = total
    else:
        amounts.pop(key, None)
