"""The matching engine: one venue's markets by symbol."""

from __future__ import annotations

from binascii import crc32

from exsim.engine.book import Book
from exsim.engine.entry import BUY, Entry
from exsim.engine.implied import Implied
from exsim.engine.implied_prices import Combination, Leg
from exsim.engine.keeping import market_state, restore_market
from exsim.engine.market import Market
from exsim.errors import Bug
from exsim.model.market import Indication, MarketRules
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent


class MatchingEngine:
    """
    One venue's markets, by symbol; ``seed`` fixes what is random in them.

    Which orders a market may see is decided before the engine, so a symbol without one is our
    own fault and every call that names one raises :class:`~exsim.errors.Bug`.
    """

    __slots__ = ("_implied", "_markets", "_seed")

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._implied = Implied()
        self._markets: dict[str, Market] = {}

    def open(self, symbol: str) -> Book:
        """
        Make an empty book for a new instrument, with plain rules.

        :raises Bug: if it has one already.
        """
        if symbol in self._markets:
            raise Bug(f"there is a book for {symbol!r} already; close it before opening it again")
        market = self._markets[symbol] = Market(self._seed + crc32(symbol.encode()))
        return market.book

    def close(self, symbol: str) -> None:
        """Remove the book of a deleted instrument, with whatever rests in it."""
        self.market(symbol)
        self._implied.remove(symbol)
        del self._markets[symbol]

    def configure(self, symbol: str, rules: MarketRules) -> None:
        """
        Match an instrument by these rules from now.

        Whose an order is, and whether it is a lead market maker's, is kept with orders only where
        the rules ask for it when they come.
        """
        self.market(symbol).configure(rules)

    def combine(
        self, symbol: str, legs: tuple[tuple[str, int], ...], shows_in: bool, shows_out: bool
    ) -> None:
        """
        Have orders of an instrument trade with orders of its legs; see :mod:`exsim.engine.implied`.

        :param legs: of each its symbol, and how many of it one of the instrument buys (above 0) or
            sells (below 0).
        :param shows_in: whether :meth:`implied` tells of prices in the book of the instrument.
        :param shows_out: whether it tells of those in the books of the legs.
        """
        parts = [Leg(name, self.market(name), weight) for name, weight in legs]
        made = Combination(symbol, self.market(symbol), parts, shows_in, shows_out)
        self._implied.add(made)

    def implied(self, symbol: str, side: int) -> tuple[int, int, str] | None:
        """
        The implied price that a side of a book shows, the quantity there, and the multileg
        instrument that it comes by; None where there is none.
        """
        links = self.market(symbol).links
        offer = None if links is None else links.shown(side == BUY)
        return None if offer is None else (offer.price, offer.qty, offer.combination.symbol)

    def market(self, symbol: str) -> Market:
        """The market of an instrument."""
        market = self._markets.get(symbol)
        if market is None:
            known = ", ".join(sorted(self._markets)) or "none"
            raise Bug(f"no book for {symbol!r}; books are open for: {known}")
        return market

    def book(self, symbol: str) -> Book:
        """The book of an instrument, to look at."""
        return self.market(symbol).book

    # -- orders

    def enter(
        self,
        symbol: str,
        order_id: int,
        side: int,
        ord_type: int,
        tif: int,
        price: int,
        qty: int,
        out: list[BookEvent],
    ) -> None:
        """Match a new limit or market order that asks for nothing else; see :meth:`Book.enter`."""
        market = self._markets.get(symbol)
        if market is not None and market.plain:
            market.book.enter(order_id, side, ord_type, tif, price, qty, out)
        else:
            entry = Entry(order_id, side, ord_type, tif, price, qty)
            self.market(symbol).enter(entry, out)

    def enter_order(self, symbol: str, entry: Entry, out: list[BookEvent]) -> None:
        """Match any new order, or let it wait; see :meth:`Market.enter`."""
        self.market(symbol).enter(entry, out)

    def cancel(self, symbol: str, order_id: int, out: list[BookEvent] | None = None) -> int:
        """
        Take an order out; return its open quantity, 0 when it is not here.

        What comes of it for others goes to ``out``; without one it is left to :meth:`settle`, or
        to the next order.
        """
        market = self.market(symbol)
        if market.plain:
            return market.book.cancel(order_id)
        qty = market.cancel(order_id)
        if out is not None:
            market.settle(out)
        return qty

    def replace(
        self, symbol: str, order_id: int, price: int, qty: int, out: list[BookEvent]
    ) -> bool:
        """
        Give an order a new price and open quantity; see :meth:`Book.replace`.

        All else that it asks for stays. :data:`~exsim.model.requests.NO_PRICE` is no new price.

        :raises Bug: for a quantity that is not positive.
        """
        market = self.market(symbol)
        if market.plain and market.keeps_smaller:
            return market.book.replace(order_id, price, qty, out)
        terms = market.terms(order_id)
        if terms is None:
            return False
        if price == NO_PRICE:
            price = terms.price
        return market.replace(terms.altered(terms.ord_type, price, qty), out)

    def replace_order(self, symbol: str, entry: Entry, out: list[BookEvent]) -> bool:
        """Put an order on new terms; False when it is not here; see :meth:`Market.replace`."""
        return self.market(symbol).replace(entry, out)

    def resize(self, symbol: str, order_id: int, qty: int) -> bool:
        """
        Give an order another open quantity where it stands; False when it is not here.

        For what happens to it elsewhere: a fill by a person, a bust.

        :raises Bug: for a quantity that is not positive.
        """
        if qty <= 0:
            raise Bug(f"order {order_id}: new open quantity {qty} must be greater than 0")
        return self.market(symbol).resize(order_id, qty)

    # -- phases

    def set_matching(self, symbol: str, matching: bool) -> None:
        """
        Collect orders without a trade (False), or match again.

        Once it matches again, what is still crossed trades as in an auction, orders without a
        price are dropped, and waiting orders are elected: in :meth:`settle`, or with the next
        order that comes.
        """
        self.market(symbol).set_matching(matching)

    def watch(self, symbol: str, band: int) -> None:
        """
        Have the market collect, and say that it is interrupted, where an order that is elected or
        pegged would trade farther than ``band`` from the last price: percent in 10^-8, 0 for any.
        """
        self.market(symbol).watch(band)

    def imply(self, symbol: str, implies: bool) -> None:
        """
        Whether orders of a market may be part of implied prices, and trade at them.

        What that leads to is left to :meth:`settle`.
        """
        market = self.market(symbol)
        if implies and not market.implies and market.links is not None:
            market.pending = True
        market.implies = implies
        market.update()

    def settle(self, symbol: str, out: list[BookEvent]) -> None:
        """Let all happen that a cancel, a new quantity or the start of matching led to."""
        market = self.market(symbol)
        if market.pending:
            market.settle(out)

    def printed(self, symbol: str, price: int, out: list[BookEvent]) -> None:
        """A trade was made elsewhere (by a person, a policy): it counts as the last one."""
        market = self.market(symbol)
        market.book.last = price
        if not market.plain:
            market.settle(out)

    def rescale(self, symbol: str, last: int) -> None:
        """The last trade counts as one at another price: a share is not what it was."""
        self.market(symbol).book.last = last

    def indicate(self, symbol: str, reference: int | None) -> Indication:
        """What an auction would come to now; see :mod:`exsim.engine.auction`."""
        return self.market(symbol).indicate(reference)

    def uncross(self, symbol: str, reference: int | None, out: list[BookEvent]) -> Indication:
        """Hold an auction; see :meth:`Market.uncross`."""
        return self.market(symbol).uncross(reference, out)

    # -- what it tells

    def open_qty(self, symbol: str, order_id: int) -> int:
        """The open quantity of an order, resting or waiting; 0 when it is not here."""
        return self.market(symbol).open_qty(order_id)

    def last(self, symbol: str) -> int | None:
        """The price of the last trade, None before any."""
        return self.market(symbol).book.last

    def stop_px(self, symbol: str, order_id: int) -> int:
        """Where a waiting order is elected now; NO_PRICE for nowhere, or for one that rests."""
        return self.market(symbol).triggers.stop_px(order_id)

    # -- snapshots

    def reset(self) -> None:
        """Empty every market, which matches again; all stay open, with their rules."""
        for market in self._markets.values():
            market.clear()

    def state(self) -> Plain:
        """
        Every market by symbol, in rising order; see :mod:`exsim.engine.keeping`.

        Equal states come from engines that will act alike, by the same rules.
        """
        return {symbol: market_state(market) for symbol, market in sorted(self._markets.items())}

    def restore(self, state: Plain) -> None:
        """Fill the markets, which are empty and have their rules, as :meth:`state` told."""
        for symbol, plain in state.items():
            restore_market(self.market(symbol), plain)
