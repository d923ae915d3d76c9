"""
The state of a market as plain values, and back.

It is two lists, bids and asks: id, price and open quantity of what rests, the best price first,
then the oldest. Where there is more than that, a dictionary follows: ``last`` trade, ``matching``,
what ``special`` orders show and ask for, ``pegs``, ``parked`` orders, and how ``luck`` goes on.
"""

from __future__ import annotations

from exsim.engine.entry import BUY, DAY, LIMIT, SELL, Entry, entry_of
from exsim.engine.level import UNPRICED, Half, Order, Special
from exsim.engine.market import Market
from exsim.engine.pegs import pegged_of
from exsim.errors import Bug
from exsim.model.luck import Luck
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE


def market_state(market: Market) -> Plain:
    """All of a market but its rules."""
    book = market.book
    sides = (list(book.orders(BUY)), list(book.orders(SELL)))
    if market.plain and book.last is None and market.luck.state == Luck(market.seed).state:
        return sides
    return (
        *sides,
        {
            "last": book.last,
            "matching": market.matching,
            "resuming": market.resuming,
            "pending": market.pending,
            "special": [[order.entry.state(), order.shown] for order in book.specials.values()],
            "pegs": [pegged.state() for pegged in book.pegs.values()],
            "parked": market.triggers.state(),
            "luck": market.luck.state,
        },
    )


def restore_market(market: Market, plain: Plain) -> None:
    """
    Fill a market that is empty and has its rules.

    :raises Bug: if it matches and its book is crossed.
    """
    book, more = market.book, plain[2] if len(plain) > 2 else {}
    special = {entry[0]: (entry, shown) for entry, shown in more.get("special", ())}
    for side, orders in ((BUY, plain[0]), (SELL, plain[1])):
        for order_id, price, qty in orders:
            key = UNPRICED if price == NO_PRICE else price if side == BUY else -price
            if order_id in special:
                entry, shown = special[order_id]
                order = book.rest(entry_of(entry), key, qty, True)
                assert isinstance(order, Special)
                order.shown = shown
            else:
                book.rest(Entry(order_id, side, LIMIT, DAY, price, qty), key, qty, False)
    for order_id in special:  # once more: in the order in which they came to rest
        book.specials[order_id] = book.specials.pop(order_id)
        if order_id in book.eager:
            book.eager[order_id] = book.eager.pop(order_id)
        if order_id in book.picky:
            book.picky[order_id] = book.picky.pop(order_id)
    for values in more.get("pegs", ()):
        pegged = pegged_of(values)
        book.pegs[pegged.entry.order_id] = pegged
    market.triggers.restore(more.get("parked", ()))
    book.last = more.get("last")
    market.luck.state = more.get("luck", market.luck.state)
    market.set_matching(more.get("matching", True))
    market.resuming = more.get("resuming", False)
    market.pending = more.get("pending", False)
    market.update()
    bid, ask = _best(book.bids), _best(book.asks)
    if market.matching and not market.resuming and bid is not None and ask is not None:
        if bid >= ask:
            raise Bug(f"a snapshot holds a book that is crossed: {bid} is bid, {ask} is asked")


def _best(half: Half) -> int | None:
    """The best price of orders that cannot rest crossed: all but all-or-none."""
    for key in reversed(half.keys):
        if any(_may_not_cross(order) for order in half.levels[key].orders()):
            return half.sign * key
    return None


def _may_not_cross(order: Order) -> bool:
    return not (isinstance(order, Special) and order.all_or_none)
