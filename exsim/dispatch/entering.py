"""
Orders that do not simply go to the book: those with instructions, of other types than market and
limit, in other phases than continuous trading.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.floor import Floor
from exsim.dispatch.listing import Listing
from exsim.dispatch.tasks import EXPIRE, DayTask
from exsim.engine.entry import Entry
from exsim.model.codes import OrdType, Phase, Side, TimeInForce
from exsim.model.events import Event
from exsim.orders.order import Order

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_LIMIT: Final = int(OrdType.LIMIT)
_GTD: Final = int(TimeInForce.GTD)
_AT_CLOSE: Final = int(TimeInForce.AT_CLOSE)
_GOOD_FOR_AUCTION: Final = int(TimeInForce.GOOD_FOR_AUCTION)


def waits(tif: int, phase: Phase) -> bool:
    """Whether an order is for an auction that has not begun, and is set aside until then."""
    if tif == _AT_CLOSE:
        return phase is not Phase.CLOSING_AUCTION
    return tif == _GOOD_FOR_AUCTION and phase is Phase.CONTINUOUS


def enter(floor: Floor, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
    """Put an order that was accepted into the book, or aside until its auction."""
    remember_end(floor, order)
    if waits(order.terms.tif, listing.phase):
        order.note(now, "set aside for an auction")
        listing.parked.append(order.number)
    else:
        if listing.phase is not Phase.CONTINUOUS:
            order.note(now, f"entered in phase {listing.phase.value}")
        into_book(floor, listing, order, now, out)


def into_book(floor: Floor, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
    """Put an order into the book, and settle what comes of it."""
    order.working = True
    entry = entry_of(floor, listing, order)
    floor.engine.enter_order(listing.symbol, entry, floor.book_events)
    floor.settle(floor.book_events, listing.symbol, now, out)


def join(floor: Floor, listing: Listing, now: int, out: list[Event]) -> None:
    """Have those enter that were set aside for the auction that begins."""
    parked, listing.parked = listing.parked, []
    for number in parked:
        order = floor.orders.get(number)
        if order is None or not order.open:
            continue
        if waits(order.terms.tif, listing.phase):
            listing.parked.append(number)
        else:
            into_book(floor, listing, order, now, out)


def remember_end(floor: Floor, order: Order) -> None:
    """Have the agenda say when a GTD order ends, and know who has any that end with a session."""
    extra = order.terms.extra
    if extra is None:
        return
    if order.terms.tif == _GTD:
        floor.agenda.add(extra.expire, DayTask(EXPIRE, order.order_id))
    if extra.cancel_on_disconnect and order.owner:
        floor.leaving.fleeting[order.owner] = True


def entry_of(floor: Floor, listing: Listing, order: Order) -> Entry:
    """An order as the engine takes it: with what is open of it."""
    terms = order.terms
    extra = terms.extra
    ord_type, price = terms.ord_type, terms.price
    if listing.phase is Phase.TRADE_AT_CLOSE and listing.last is not None:
        ord_type, price = _LIMIT, listing.last
    return Entry(
        order.number,
        _BUY if terms.side == _BUY else _SELL,
        ord_type,
        terms.tif,
        price,
        order.leaves,
        extra,
        floor.accounts.owner_of(terms),
        terms.account in listing.instrument.lmm,
    )


def replace(floor: Floor, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
    """Put an order in the book on the terms that it has now."""
    floor.engine.replace_order(listing.symbol, entry_of(floor, listing, order), floor.book_events)
    floor.settle(floor.book_events, listing.symbol, now, out)
