"""
What a venue checks of a request before its engine sees it.

The answer is None where all is well, else the reason and a text with the numbers.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import OrdType, Reason, Side, TimeInForce
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder
from exsim.model.settings import Instrument
from exsim.orders.order import Order
from exsim.orders.registry import Orders

Refusal = tuple[Reason, str]

_LIMIT: Final = int(OrdType.LIMIT)
_ORD_TYPES: Final = frozenset({int(OrdType.MARKET), int(OrdType.LIMIT)})
_TIMES_IN_FORCE: Final = frozenset(
    {int(TimeInForce.DAY), int(TimeInForce.IOC), int(TimeInForce.FOK)}
)
_SIDES: Final = frozenset(int(code) for code in Side)


def check_terms(terms: NewOrder, instrument: Instrument | None) -> Refusal | None:
    """Check what an order, or the new terms of one, asks for."""
    if instrument is None:
        return Reason.UNKNOWN_SYMBOL, f"unknown symbol {terms.symbol[:40]!r}"
    if (
        terms.ord_type not in _ORD_TYPES
        or terms.tif not in _TIMES_IN_FORCE
        or terms.side not in _SIDES
    ):
        return _check_codes(terms)
    return _check_qty(terms.qty, instrument) or _check_price(terms, instrument)


def _check_codes(terms: NewOrder) -> Refusal:
    if terms.ord_type not in _ORD_TYPES:
        return Reason.UNSUPPORTED, "this OrdType is not supported"
    if terms.tif not in _TIMES_IN_FORCE:
        return Reason.UNSUPPORTED, "this TimeInForce is not supported"
    return Reason.UNSUPPORTED, "this Side is not supported"


def _check_qty(qty: int, instrument: Instrument) -> Refusal | None:
    if qty <= 0:
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is not above zero"
    if qty % instrument.lot:
        lot = format_amount(instrument.lot)
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is no multiple of the lot {lot}"
    if instrument.min_qty is not None and qty < instrument.min_qty:
        least = format_amount(instrument.min_qty)
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is below the least, {least}"
    if instrument.max_qty is not None and qty > instrument.max_qty:
        most = format_amount(instrument.max_qty)
        return Reason.QUANTITY, f"quantity {format_amount(qty)} is above the most, {most}"
    return None


def _check_price(terms: NewOrder, instrument: Instrument) -> Refusal | None:
    if terms.ord_type != _LIMIT:
        return None
    if terms.price == NO_PRICE:
        return Reason.PRICE, "a limit order needs a price"
    if terms.price % instrument.tick:
        tick = format_amount(instrument.tick)
        price = format_amount(terms.price)
        return Reason.TICK, f"price {price} is no multiple of the tick {tick}"
    return None


def check_change(
    request: CancelOrder | ReplaceOrder, order: Order | None, orders: Orders
) -> Refusal | None:
    """Check that a cancel or replace means an order that is open, and is its own request."""
    if order is None:
        return Reason.UNKNOWN_ORDER, ""
    if not order.open:
        return Reason.TOO_LATE, ""
    if orders.known(request.session, request.cl_ord_id):
        return Reason.DUPLICATE, f"duplicate ClOrdID {request.cl_ord_id[:40]!r}"
    if request.symbol and request.symbol != order.terms.symbol:
        return Reason.OTHER, f"the order is for {order.terms.symbol}"
    if request.side and request.side != order.terms.side:
        return Reason.OTHER, "the order is on the other side"
    return None


def check_replace(
    request: ReplaceOrder, order: Order | None, instrument: Instrument | None
) -> Refusal | None:
    """Check the terms that an order is to stand on: those of a new one, of the same kind."""
    terms = request.terms
    if order is None:
        return None
    if terms.ord_type != order.terms.ord_type:
        return Reason.UNSUPPORTED, "OrdType cannot be replaced"
    if terms.tif != order.terms.tif:
        return Reason.UNSUPPORTED, "TimeInForce cannot be replaced"
    return check_terms(terms, instrument)
