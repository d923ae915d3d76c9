"""Self-trade prevention: what becomes of two orders of one owner instead of a trade."""

from __future__ import annotations

from exsim.engine.book import Book
from exsim.engine.entry import Entry
from exsim.engine.level import Order, Special
from exsim.errors import Bug
from exsim.model.codes import Reason
from exsim.model.market import Prevention
from exsim.model.trades import BookEvent, Dropped, Reduced


class Taker:
    """An order that takes: ``qty`` is what is open of it still, 0 when it is done or gone."""

    __slots__ = ("entry", "order_id", "owner", "qty")

    def __init__(self, entry: Entry, qty: int, owner: str) -> None:
        self.entry = entry
        self.order_id = entry.order_id
        self.owner = owner  # empty where nothing is to be prevented
        self.qty = qty


def same_owner(owner: str, order: Order) -> bool:
    """Whether a resting order is of this owner; nobody is the owner ``""``."""
    return owner != "" and isinstance(order, Special) and order.entry.owner == owner


def prevent(
    mode: Prevention, book: Book, taker: Taker, maker: Order, qty: int, out: list[BookEvent]
) -> None:
    """
    Do to two orders of one owner what the mode says, where they would trade ``qty``.

    The taker is the newer one: it came, or came back, to the book now.
    """
    met = (qty, maker.level.price)
    if mode is Prevention.DECREMENT:
        _reduce(maker.order_id, met, maker.qty, out)
        _reduce(taker.order_id, met, taker.qty, out)
        book.fill(maker, qty)
        taker.qty -= qty
        return
    if mode is Prevention.NONE:
        raise Bug(f"orders {maker.order_id} and {taker.order_id}: there is nothing to prevent")
    if mode is not Prevention.CANCEL_NEWEST:
        out.append(Dropped(maker.order_id, maker.qty, Reason.SELF_TRADE, met))
        book.remove(maker)
    if mode is not Prevention.CANCEL_OLDEST:
        out.append(Dropped(taker.order_id, taker.qty, Reason.SELF_TRADE, met))
        taker.qty = 0


def _reduce(order_id: int, met: tuple[int, int], open_qty: int, out: list[BookEvent]) -> None:
    qty = met[0]
    if qty == open_qty:
        out.append(Dropped(order_id, qty, Reason.SELF_TRADE, met))
    else:
        out.append(Reduced(order_id, qty, Reason.SELF_TRADE, met))
