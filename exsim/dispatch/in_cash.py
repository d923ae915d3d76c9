"""
Orders in cash: they say what they are to be worth, CashOrderQty(152), in the place of a quantity.

The venue works the quantity out as the order comes, by its limit, else its stop, else the best
price of the other side that is shown, else the last or the reference price, else what the pricing
source says; it is rounded down to the lot. From then on it is an order like any other: what it
trades at is up to the market (FIX 4.4, order state changes L.1.b).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal
from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import Reason, Side
from exsim.model.lists import NewCross, NewList
from exsim.model.requests import NO_PRICE, NewOrder, ReplaceOrder, Request

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_MOST: Final = 2**63 - 1
"""The greatest amount there is."""


def is_in_cash(terms: NewOrder) -> bool:
    """Whether an order says what it is to be worth, and has no quantity yet."""
    return terms.extra is not None and terms.extra.cash > 0 and not terms.qty


def worked_out(venue: Venue, request: Request, now: int) -> Request:
    """The same request with quantities in the place of cash, as far as they can be worked out."""
    if isinstance(request, NewOrder):
        return _with_qty(venue, request, now) if is_in_cash(request) else request
    if isinstance(request, ReplaceOrder):
        if not is_in_cash(request.terms):
            return request
        terms = _with_qty(venue, request.terms, now)
        return ReplaceOrder(request.orig_cl_ord_id, terms, request.order_id)
    if isinstance(request, NewList) and any(map(is_in_cash, request.orders)):
        return request.of_orders([_with_qty(venue, each, now) for each in request.orders])
    if isinstance(request, NewCross) and any(map(is_in_cash, request.sides)):
        return request.of_sides([_with_qty(venue, each, now) for each in request.sides])
    return request


def _with_qty(venue: Venue, terms: NewOrder, now: int) -> NewOrder:
    if not is_in_cash(terms) or _check_taken(venue, terms) is not None:
        return terms
    price = _price(venue, terms, now)
    return terms if price is None else terms.with_qty(_qty(venue, terms, price))


def _qty(venue: Venue, terms: NewOrder, price: int) -> int:
    """What the cash buys, in whole lots; nothing where that cannot be."""
    extra, instrument = terms.extra, venue.instruments.get(terms.symbol)
    if extra is None or instrument is None or price <= 0:
        return 0
    qty = extra.cash * UNIT * UNIT // (price * instrument.multiplier)
    return qty - qty % instrument.lot if qty <= _MOST else 0


def _price(venue: Venue, terms: NewOrder, now: int) -> int | None:
    """What a unit is taken to cost; None where nobody knows."""
    if terms.price != NO_PRICE:
        return terms.price
    if terms.extra is not None and terms.extra.stop_px != NO_PRICE:
        return terms.extra.stop_px
    listing = venue.listings.get(terms.symbol)
    if listing is None:
        return None
    best = venue.engine.book(terms.symbol).best(_SELL if terms.side == _BUY else _BUY)
    if best is None:
        best = listing.reference
    return venue.price(terms.symbol, now) if best is None else best


def check(venue: Venue, terms: NewOrder, now: int) -> Refusal | None:
    """Why an order in cash has no quantity; None for one that has, or is in nothing."""
    if not is_in_cash(terms):
        return None
    refusal = _check_taken(venue, terms)
    if refusal is not None or terms.extra is None:
        return refusal
    price, cash = _price(venue, terms, now), format_amount(terms.extra.cash)
    if price is None:
        return Reason.NO_PRICE, f"there is no price to work out what {cash} buys"
    at = format_amount(price)
    if price <= 0:
        return Reason.PRICE, f"cash buys nothing at the price {at}"
    lot = format_amount(venue.instruments[terms.symbol].lot)
    return Reason.QUANTITY, f"{cash} is no quantity at the price {at}, in lots of {lot}"


def _check_taken(venue: Venue, terms: NewOrder) -> Refusal | None:
    """Whether a venue takes orders in cash, and in this currency."""
    instrument, extra = venue.instruments.get(terms.symbol), terms.extra
    if instrument is None or extra is None:
        return Reason.UNKNOWN_SYMBOL, f"unknown symbol {terms.symbol[:40]!r}"
    if not venue.settings.cash_orders:
        return Reason.UNSUPPORTED, "cash_orders = no: orders say their OrderQty"
    if extra.cash_in and instrument.currency and extra.cash_in != instrument.currency:
        mine, its = extra.cash_in[:10], instrument.currency
        return Reason.UNSUPPORTED, f"the cash is in {mine!r}, {terms.symbol} is traded in {its}"
    return None
