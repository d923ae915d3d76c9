"""Orders whose time is over, and those that outlive the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from exsim.dispatch.floor import Floor
from exsim.dispatch.listing import Listing
from exsim.dispatch.phases import AUCTIONS, PhaseRules
from exsim.model.codes import Phase, TimeInForce
from exsim.model.events import Event
from exsim.orders.order import DONE_FOR_DAY, Order
from exsim.orders.unasked import (
    CARRIED_OVER,
    ON_HALT,
    expired,
    marked,
    new_day,
    restated,
    tell_why,
)

_GTC: Final = int(TimeInForce.GTC)
_GTD: Final = int(TimeInForce.GTD)
_AT_OPENING: Final = frozenset({int(TimeInForce.AT_OPENING)})
_AT_CLOSE: Final = frozenset({int(TimeInForce.AT_CLOSE)})
_FOR_AUCTION: Final = frozenset({int(TimeInForce.GOOD_FOR_AUCTION)})
_TILL_CROSSING: Final = frozenset({int(TimeInForce.GOOD_TILL_CROSSING)})
_OF_A_DAY: Final = frozenset(int(tif) for tif in TimeInForce) - {_GTC, _GTD}
_NONE: Final[frozenset[int]] = frozenset()


def dying(listing: Listing, after: PhaseRules) -> frozenset[int]:
    """The times in force that end for an instrument as it changes to another phase."""
    before, phase = listing.phase, after.phase
    if phase is before or phase is Phase.HALT:
        return _NONE
    if phase is Phase.CLOSED:
        return _OF_A_DAY
    over = _NONE
    if before in AUCTIONS:
        over = over | _FOR_AUCTION
    if before is Phase.CLOSING_AUCTION:
        over = over | _AT_CLOSE
    if after.matches:
        over = over | _AT_OPENING
    if phase in AUCTIONS:
        over = over | _TILL_CROSSING
    return over


def expire(floor: Floor, over: Mapping[str, frozenset[int]], now: int, out: list[Event]) -> None:
    """End the orders whose TimeInForce is ``over``, by symbol."""
    if not any(over.values()):
        return
    for order in list(floor.orders.all()):
        terms = order.terms
        if order.open and terms.tif in over.get(terms.symbol, _NONE):
            _expire(floor, order, now, out)


def expire_order(floor: Floor, number: int, now: int, out: list[Event]) -> None:
    """End a GTD order whose time has come, if it is there still and has no later one."""
    order = floor.orders.get(number)
    if order is None or not order.open or order.terms.tif != _GTD:
        return
    extra = order.terms.extra
    if extra is None or floor.wall.expiry(extra) <= now:
        _expire(floor, order, now, out)
        floor.after(order.terms.symbol, now, out)


def _expire(floor: Floor, order: Order, now: int, out: list[Event]) -> None:
    floor.take_out(order)
    out.append(expired(floor.orders, order, now))
    floor.follow_links(now, out)


def halted(floor: Floor, symbols: Collection[str], now: int, out: list[Event]) -> None:
    """
    End the orders of instruments that are halted which are to go then (FIX 4.4, order state
    changes K.1.b).
    """
    for order in list(floor.orders.all()):
        extra = order.terms.extra
        if extra is None or not extra.cancel_on_halt:
            continue
        if order.open and order.terms.symbol in symbols:
            floor.take_out(order)
            report = floor.orders.canceled(order, now, text="trading is halted")
            tell_why(report, ON_HALT)
            out.append(report)
            floor.follow_links(now, out)


def end_of_day(floor: Floor, now: int, out: list[Event]) -> None:
    """
    The venue closes: orders of instruments that were halted end with the day, too, and those that
    outlive it are done for today, where that is to be told.
    """
    halted = {
        listing.symbol: _OF_A_DAY
        for listing in floor.listings.values()
        if listing.own and listing.phase not in AUCTIONS
    }
    expire(floor, halted, now, out)
    for symbol in halted:  # it may match still, in a phase of its own
        floor.after(symbol, now, out)
    if floor.traders is not None:
        floor.traders.day_over(now, out)
    if not floor.settings.day.done_for_day:
        return
    for order in list(floor.orders.all()):
        if order.open and order.terms.tif not in _OF_A_DAY:
            out.append(marked(floor.orders, order, DONE_FOR_DAY, now))


def carry_over(floor: Floor, now: int, out: list[Event]) -> None:
    """A new day for the orders of the last one, which are restated where that is asked."""
    restate = floor.settings.day.gtc_restate
    for order in list(floor.orders.all()):
        if not order.open:
            continue
        if order.mark == DONE_FOR_DAY:
            order.mark = 0
        new_day(order)
        if restate:
            terms = order.terms
            out.append(restated(floor.orders, order, terms, now, "carried over", CARRIED_OVER))
