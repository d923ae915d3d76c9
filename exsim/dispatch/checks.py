"""
What a venue checks of a request before its engine sees it.

The answer is None where all is well, else the reason and a text with the numbers.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.listing import Listing
from exsim.dispatch.phases import TIMES, TYPES, named
from exsim.model.amounts import format_amount
from exsim.model.codes import OrdType, Phase, Reason, Side, TimeInForce
from exsim.model.instructions import Instructions
from exsim.model.participants import REFUSE
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder
from exsim.orders.order import FILLED, PENDING, Order
from exsim.orders.registry import Orders

Refusal = tuple[Reason, str]

_LIMIT: Final = int(OrdType.LIMIT)
_BUY: Final = int(Side.BUY)
_MARKET: Final = int(OrdType.MARKET)
_PEGGED: Final = int(OrdType.PEGGED)
_GTD: Final = int(TimeInForce.GTD)
_PRICED: Final = frozenset({_LIMIT, int(OrdType.STOP_LIMIT), int(OrdType.LIMIT_IF_TOUCHED)})
"""Types that need a price."""
_TRIGGERED: Final = frozenset(
    {
        int(OrdType.STOP),
        int(OrdType.STOP_LIMIT),
        int(OrdType.MARKET_IF_TOUCHED),
        int(OrdType.LIMIT_IF_TOUCHED),
    }
)
"""Types that need a price at which they are triggered."""
_PLAIN: Final = frozenset({_MARKET, _LIMIT})
_ORD_TYPES: Final = frozenset(TYPES.values())
_TIMES_IN_FORCE: Final = frozenset(TIMES.values())
_SIDES: Final = frozenset(int(code) for code in Side)
_NEVER_FREE: Final = frozenset({"CS", "PS", "ETF", "MF", "OPT", "FXSPOT", "CRYPTO"})
"""SecurityTypes of which nobody gives any away; a future, a spread or a forward may cost less."""
_NOTHING: Final = Instructions()
MOST_PARTS: Final = 1_000
"""Into how many parts an iceberg may be cut."""


def check_terms(terms: NewOrder, listing: Listing | None, now: int) -> Refusal | None:
    """Check what a new order asks for, and whether its instrument's phase takes it."""
    if listing is None:
        return Reason.UNKNOWN_SYMBOL, f"unknown symbol {terms.symbol[:40]!r}"
    kind = terms.ord_type << 8 | terms.tif
    if kind not in listing.rules.takes or terms.side not in _SIDES:
        return _check_codes(terms, listing)
    refusal = check_amounts(terms, listing)
    if refusal is None and (terms.extra is not None or kind not in listing.fast):
        return _check_rest(terms, listing, now)
    return refusal


def check_amounts(terms: NewOrder, listing: Listing) -> Refusal | None:
    """Check quantity and price of an order, or of the new terms of one."""
    refusal = _check_qty(terms.qty, listing)
    return _check_price(terms, listing) if refusal is None else refusal


def check_best(terms: NewOrder, best: int | None) -> Refusal | None:
    """
    Whether an order that is only to rest at the best price would (FIX 4.4, order state changes
    E.1.e). One without a price yet is looked at where it comes to rest.
    """
    price, buys = terms.price, terms.side == _BUY
    if price == NO_PRICE or best is None or (price >= best if buys else price <= best):
        return None
    mine, its, side = format_amount(price), format_amount(best), "bid" if buys else "offer"
    return Reason.NOT_BEST, f"price {mine} is not the best: the best {side} is {its}"


def _check_codes(terms: NewOrder, listing: Listing) -> Refusal:
    if terms.ord_type not in _ORD_TYPES:
        return Reason.UNSUPPORTED, "this OrdType is not supported"
    if terms.tif not in _TIMES_IN_FORCE:
        return Reason.UNSUPPORTED, "this TimeInForce is not supported"
    if terms.side not in _SIDES:
        return Reason.UNSUPPORTED, "this Side is not supported"
    symbol, phase = listing.symbol, listing.phase.value
    if not listing.rules.takes:
        return Reason.CLOSED, f"{symbol} is in phase {phase}, which takes no orders"
    what = named(terms.ord_type, terms.tif)
    return Reason.UNSUPPORTED, f"{symbol} is in phase {phase}, which takes no {what}"


def _check_rest(terms: NewOrder, listing: Listing, now: int) -> Refusal | None:
    """What few orders have: instructions, an end, a phase with one price."""
    if listing.phase is Phase.TRADE_AT_CLOSE:
        return _check_at_close(terms, listing)
    extra = terms.extra
    if extra is None:
        if terms.ord_type in _PLAIN and terms.tif != _GTD:
            return None
        extra = _NOTHING
    if terms.ord_type in _TRIGGERED and extra.stop_px == NO_PRICE and not extra.trail:
        if not extra.trail_percent:
            return Reason.PRICE, "an order that is triggered needs a StopPx"
    if terms.ord_type == _PEGGED and not extra.peg:
        return Reason.UNSUPPORTED, "a pegged order needs what it is pegged to"
    if terms.tif == _GTD:
        ends = listing.wall.expiry(extra)
        if ends <= now:
            told = "is over" if ends else "is missing"
            return Reason.STALE, f"the time at which the order is to expire {told}"
    if extra.hidden and listing.hidden == REFUSE:
        return Reason.UNSUPPORTED, f"hidden = refuse: orders for {listing.symbol} are shown"
    return _check_parts(terms, extra)


def _check_parts(terms: NewOrder, extra: Instructions) -> Refusal | None:
    """The quantities that instructions name are parts of the order's."""
    for name, qty in (("MinQty", extra.min_qty), ("DisplayQty", extra.display)):
        if not 0 <= qty <= terms.qty:
            most = format_amount(terms.qty)
            return Reason.QUANTITY, f"{name} {format_amount(qty)} is not from 0 to {most}"
    return _check_display(terms, extra)


def _check_display(terms: NewOrder, extra: Instructions) -> Refusal | None:
    """No more than so many parts: each is a trade of its own, however much an order takes."""
    if not extra.display or extra.display * MOST_PARTS >= terms.qty:
        return None
    shown, qty = format_amount(extra.display), format_amount(terms.qty)
    return Reason.QUANTITY, f"DisplayQty {shown} makes more than {MOST_PARTS} parts of {qty}"


def _check_at_close(terms: NewOrder, listing: Listing) -> Refusal | None:
    """Trading at close knows one price, that of the last trade."""
    if listing.last is None:
        return Reason.NO_PRICE, f"{listing.symbol} has no closing price"
    if terms.ord_type != _MARKET and terms.price != listing.last:
        price, last = format_amount(terms.price), format_amount(listing.last)
        return Reason.PRICE, f"price {price} is not the closing price {last}"
    return None


def _check_qty(qty: int, listing: Listing) -> Refusal | None:
    if qty <= 0:
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is not above zero"
    if qty % listing.lot:
        lot = format_amount(listing.lot)
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is no multiple of the lot {lot}"
    if listing.min_qty is not None and qty < listing.min_qty:
        least = format_amount(listing.min_qty)
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is below the least, {least}"
    if listing.max_qty is not None and qty > listing.max_qty:
        most = format_amount(listing.max_qty)
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is above the most, {most}"
    return None


def _check_price(terms: NewOrder, listing: Listing) -> Refusal | None:
    if terms.price == NO_PRICE or terms.ord_type == _MARKET:
        if terms.ord_type in _PRICED:
            return Reason.PRICE, "a limit order needs a price"
        return None
    if terms.price <= 0:
        instrument = listing.instrument
        if instrument.security_type in _NEVER_FREE and not instrument.legs:
            return Reason.PRICE, f"price {format_amount(terms.price)} is not above zero"
    if terms.price % listing.tick:
        return _check_tick(terms.price, listing.instrument.tick_at(terms.price))
    return None


def _check_tick(price: int, tick: int) -> Refusal | None:
    """Whether a price is a multiple of the tick that holds at it."""
    if price % tick == 0:
        return None
    text = f"price {format_amount(price)} is no multiple of the tick {format_amount(tick)}"
    return Reason.TICK, text


def check_change(
    request: CancelOrder | ReplaceOrder,
    order: Order | None,
    orders: Orders,
    replace_filled: bool = False,
) -> Refusal | None:
    """
    Check that a cancel or replace means an order that is open, and is its own request. One that is
    not accepted yet may be canceled, but not replaced.

    ``replace_filled`` says that one that was filled may be replaced to a greater quantity, too.
    """
    if order is None:
        return Reason.UNKNOWN_ORDER, ""
    waits_itself = order.status == PENDING
    if waits_itself and isinstance(request, ReplaceOrder):
        return Reason.OTHER, "the order is not accepted yet"
    reopens = replace_filled and _asks_for_more(request, order)
    if not order.open and not waits_itself and not reopens:
        return Reason.TOO_LATE, ""
    waits = order.pending is not None and request.cl_ord_id in order.pending
    if orders.known(request.session, request.cl_ord_id) and not waits:
        return Reason.DUPLICATE, f"duplicate ClOrdID {request.cl_ord_id[:40]!r}"
    if request.symbol and request.symbol != order.terms.symbol:
        return Reason.OTHER, f"the order is for {order.terms.symbol}"
    side, before = request.side, order.terms.side
    in_place = isinstance(request, ReplaceOrder) and not request.cl_ord_id
    if side and side != before and not (in_place and side != _BUY and before != _BUY):
        return Reason.OTHER, "the order is on the other side"
    return None


def _asks_for_more(request: CancelOrder | ReplaceOrder, order: Order) -> bool:
    """Whether a request would have an order that was filled open again."""
    if order.status != FILLED or not isinstance(request, ReplaceOrder):
        return False
    return request.terms.qty > order.cum


def check_phase(request: CancelOrder | ReplaceOrder, listing: Listing | None) -> Refusal | None:
    """Check that the phase of the instrument allows such a change."""
    if listing is None:
        return None
    rules = listing.rules
    if rules.replaces if isinstance(request, ReplaceOrder) else rules.cancels:
        return None
    what = "replaced" if isinstance(request, ReplaceOrder) else "canceled"
    where = f"{listing.symbol} is in phase {rules.phase.value}"
    return Reason.CLOSED, f"{where}, in which orders cannot be {what}"


def check_replace(
    request: ReplaceOrder, order: Order | None, listing: Listing | None
) -> Refusal | None:
    """Check the terms that an order is to stand on: those of a new one, of the same kind."""
    terms = request.terms
    if order is None:
        return None
    if listing is None:
        return Reason.UNKNOWN_SYMBOL, f"unknown symbol {terms.symbol[:40]!r}"
    if terms.ord_type != order.terms.ord_type:
        return Reason.UNSUPPORTED, "OrdType cannot be replaced"
    if terms.tif != order.terms.tif:
        return Reason.UNSUPPORTED, "TimeInForce cannot be replaced"
    refusal = check_amounts(terms, listing)
    if refusal is None and terms.extra is not None:
        return _check_display(terms, terms.extra)
    return refusal
