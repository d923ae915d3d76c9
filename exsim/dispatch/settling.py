"""
What engines did, booked on the orders that they did it to.

Events that come of it are appended to ``out``, in order. ``now`` is market time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch import multileg
from exsim.dispatch.listing import Listing
from exsim.model.codes import Liquidity, OrdType, Phase, Reason
from exsim.model.events import DisplayRefreshed, Event
from exsim.model.trades import (
    BookEvent,
    Combined,
    Dropped,
    InBook,
    Interrupted,
    Reduced,
    Refreshed,
    Repriced,
    Traded,
    Triggered,
)
from exsim.orders.unasked import (
    NOT_BEST,
    REDUCED,
    REPRICED,
    restated,
    tell_prevented,
    tell_why,
    triggered,
)

if TYPE_CHECKING:
    from exsim.dispatch.floor import Floor

_PEGGED: Final = int(OrdType.PEGGED)
_ADDED: Final = int(Liquidity.ADDED)
_REMOVED: Final = int(Liquidity.REMOVED)
_AUCTION: Final = int(Liquidity.AUCTION)
_OF_AUCTIONS: Final = {
    Phase.OPENING_AUCTION: int(Liquidity.OPENING_AUCTION),
    Phase.CLOSING_AUCTION: int(Liquidity.CLOSING_AUCTION),
}
NONE: Final = "none"
ALL: Final = "all"
"""Words of ``restated_reports``."""
PRICED: Final = "the venue gave it another price"


def settle(floor: Floor, events: list[BookEvent], symbol: str, now: int, out: list[Event]) -> None:
    """Book what the engine did on the orders it did it to."""
    done = list(events)
    strays: list[Listing] | None = None
    listing = floor.listings[symbol]
    events.clear()
    for event in done:
        if isinstance(event, Traded):
            _trade(floor, listing, event, now, out)
        elif isinstance(event, Dropped):
            _drop(floor, event, now, out)
        elif isinstance(event, Triggered):
            order = floor.order(event.order_id)
            order.elected = True
            out.append(triggered(floor.orders, order, now))
        elif isinstance(event, Reduced):
            _reduce(floor, event, now, out)
        elif isinstance(event, Interrupted):
            strays = [listing] if strays is None else [*strays, listing]
        elif isinstance(event, Repriced):
            _reprice(floor, event, now, out)
        elif isinstance(event, Combined):
            multileg.book(floor, event, now, out)
        elif isinstance(event, InBook):
            symbol = event.symbol
            listing = floor.listings[symbol]
        elif isinstance(event, Refreshed):
            order = floor.order(event.order_id)
            if order.open and order.owner:
                out.append(DisplayRefreshed(order.owner, order.terms, event.shown, now))
    if floor.traders is not None:
        floor.traders.traded(done, symbol, now, out)
    for each in strays or ():
        floor.interrupt(each, now, out)
    if floor.links is not None and floor.links.touched:
        floor.links.follow(now, out)


def _trade(floor: Floor, listing: Listing, event: Traded, now: int, out: list[Event]) -> None:
    """Two orders traded: both are told, and the tape has it."""
    taker = floor.order(event.taker_id)
    maker = floor.order(event.maker_id)
    match, took, made = floor.last_trade + 1, _REMOVED, _ADDED
    if not listing.rules.matches:
        took = made = _OF_AUCTIONS.get(listing.phase, _AUCTION)
    out.append(floor.orders.filled(taker, event.qty, event.price, now, match, took))
    if floor.risk is not None:
        floor.risk.charge(out, taker, False, now)
    out.append(floor.orders.filled(maker, event.qty, event.price, now, match, made))
    if floor.risk is not None:
        floor.risk.charge(out, maker, True, now)
    symbol = listing.symbol
    if floor.orders.strategies is not None:
        multileg.tell_legs(floor, symbol, out[-2:])
    floor.print(symbol, event.price, event.qty, maker.order_id, taker, now, out)
    listing.last = event.price


def _drop(floor: Floor, event: Dropped, now: int, out: list[Event]) -> None:
    """An order left its book, by its own terms or since it may not trade with another one."""
    report = floor.orders.canceled(floor.order(event.order_id), now, text=event.why.value)
    if event.why is Reason.NOT_BEST:
        tell_why(report, NOT_BEST)
    if event.prevented is not None:
        tell_prevented(report, event.prevented)
    out.append(report)


def _reduce(floor: Floor, event: Reduced, now: int, out: list[Event]) -> None:
    """Less is asked for than was: what was taken off may be all that was left."""
    order = floor.order(event.order_id)
    if event.qty >= order.leaves:
        out.append(floor.orders.canceled(order, now, text=event.why.value))
    else:
        terms = order.terms.with_qty(order.terms.qty - event.qty)
        report = restated(floor.orders, order, terms, now, event.why.value, REDUCED)
        if event.prevented is not None:
            tell_prevented(report, event.prevented)
        out.append(report)


def _reprice(floor: Floor, event: Repriced, now: int, out: list[Event]) -> None:
    """An order has another price by its own instructions; its owner is told where asked for."""
    order = floor.order(event.order_id)
    terms = order.terms.with_qty(order.terms.qty, event.price)
    told = floor.settings.restated_reports
    if told == NONE or (terms.ord_type == _PEGGED and told != ALL):
        order.terms = terms
        floor.orders.touch(order)
    else:
        text = "the price follows the market" if terms.ord_type == _PEGGED else PRICED
        out.append(restated(floor.orders, order, terms, now, text, REPRICED, order.mark))
