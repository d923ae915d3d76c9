"""
Orders that do not simply go to the book: those with instructions, of other types than market and
limit, in other phases than continuous trading.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.floor import Floor
from exsim.dispatch.limits import collar_price
from exsim.dispatch.listing import Listing
from exsim.dispatch.settling import NONE, settle
from exsim.dispatch.tasks import EXPIRE, DayTask
from exsim.engine.entry import ELECTED, Entry
from exsim.model.codes import OrdType, Phase, Side, TimeInForce
from exsim.model.events import Event
from exsim.model.instructions import Instructions
from exsim.model.participants import FORCE, LIMIT
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.orders.order import Order
from exsim.orders.unasked import REPRICED, restated

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_MARKET: Final = int(OrdType.MARKET)
_LIMIT: Final = int(OrdType.LIMIT)
_MARKET_TO_LIMIT: Final = int(OrdType.MARKET_TO_LIMIT)
_PEGGED: Final = int(OrdType.PEGGED)
AT_LIMIT: Final = "it is a limit order from now"
"""The text of a market order that is left at the price of its venue."""
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
    floor.aside.pop(order.number, None)  # wherever it was to be put back to, it is there now
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
    order.entered = True
    order.level = NO_PRICE
    floor.engine.enter_order(listing.symbol, entry, floor.book_events)
    settle(floor, floor.book_events, listing.symbol, now, out)
    if entry.ord_type == _LIMIT and order.terms.ord_type == _MARKET and order.open:
        _rest_limited(floor, order, entry.price, now, out)


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
        floor.agenda.add(floor.wall.expiry(extra), DayTask(EXPIRE, order.order_id))
    if extra.cancel_on_disconnect and order.owner:
        floor.leaving.fleeting[order.owner] = True


def entry_of(floor: Floor, listing: Listing, order: Order) -> Entry:
    """
    An order as the engine takes it: with what is open of it. One that comes back to the book is
    what it has become there.
    """
    terms = order.terms
    extra = terms.extra
    ord_type, price = terms.ord_type, terms.price
    if order.elected:
        ord_type = ELECTED.get(ord_type, ord_type)
    if ord_type == _PEGGED:
        price = order.cap
    if extra is not None and extra.min_qty and order.entered and ord_type not in ELECTED:
        extra = _copy(extra)
        extra.min_qty = 0
    if ord_type == _MARKET_TO_LIMIT and price != NO_PRICE:
        ord_type = _LIMIT  # it became one when it traded, and is put back
    last = listing.last
    if listing.phase is Phase.TRADE_AT_CLOSE and last is not None and _reaches(terms, last):
        ord_type, price = _LIMIT, last
    elif ord_type == _MARKET and listing.rules.matches:
        bound = _collar(floor, listing, terms.side)
        if bound is not None:
            ord_type, price = _LIMIT, bound
    if listing.hidden == FORCE and terms.session not in floor.settings.participants.risk.lit:
        extra = _all_hidden(extra)
    rivals, at_once = ("", False) if floor.links is None else floor.links.rivals(order.number)
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
        rivals,
        at_once,
        order.level,
    )


def _collar(floor: Floor, listing: Listing, side: int) -> int | None:
    """The limit that a market order gets by the collar, where that is what the collar does."""
    risk = floor.settings.participants.risk
    if risk.collar_action != LIMIT:
        return None
    return collar_price(side, listing, risk, floor.engine.market(listing.symbol).rules.ticks)


def _rest_limited(floor: Floor, order: Order, price: int, now: int, out: list[Event]) -> None:
    """What a market order became that did not trade in full: a limit order, by its collar."""
    if floor.listings[order.terms.symbol].phase is Phase.TRADE_AT_CLOSE:
        return  # as long as there is but one price
    terms = order.terms.with_limit(price)
    if floor.settings.restated_reports == NONE:
        order.terms = terms
    else:
        out.append(restated(floor.orders, order, terms, now, AT_LIMIT, REPRICED, order.mark))


def _copy(extra: Instructions) -> Instructions:
    return Instructions(*extra.state())  # type: ignore[arg-type]  # its own values


def _all_hidden(extra: Instructions | None) -> Instructions:
    """The same instructions for an order that nobody sees."""
    hidden = Instructions() if extra is None else _copy(extra)
    hidden.hidden = True
    hidden.display = hidden.display_high = 0
    return hidden


def _reaches(terms: NewOrder, price: int) -> bool:
    """Whether a market order, or a limit order by its limit, may trade at a price."""
    if terms.ord_type != _LIMIT:
        return terms.ord_type == _MARKET
    return terms.price >= price if terms.side == _BUY else terms.price <= price


def replace(floor: Floor, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
    """Put an order in the book on the terms that it has now."""
    entry = entry_of(floor, listing, order)
    order.level = NO_PRICE
    floor.engine.replace_order(listing.symbol, entry, floor.book_events)
    settle(floor, floor.book_events, listing.symbol, now, out)
