"""What a venue takes: whether a request may be carried out as things stand there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch import checks, pending
from exsim.dispatch.checks import Refusal, check_best, check_phase, check_replace, check_terms
from exsim.dispatch.in_cash import check as check_cash
from exsim.model.codes import Reason
from exsim.model.instructions import Instructions
from exsim.model.requests import CancelOrder, NewOrder, ReplaceOrder
from exsim.orders.order import PENDING, Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def check_new(venue: Venue, terms: NewOrder, now: int) -> Refusal | None:
    """Whether a new order may be entered."""
    if pending.is_taken(venue, terms):
        return Reason.DUPLICATE, f"duplicate ClOrdID {terms.cl_ord_id[:40]!r}"
    if venue.orders.open_count >= venue.settings.max_orders:
        return Reason.OTHER, f"{venue.settings.max_orders} orders are open, no more are taken"
    listing = venue.listings.get(terms.symbol)
    refusal = check_terms(terms, listing, now)
    if terms.extra is not None:
        refusal = _check_asked(venue, terms, terms.extra, refusal, now)
    if venue.risk is not None and refusal is None and listing is not None:
        return venue.risk.check_new(terms, listing, now)
    return refusal


def _check_asked(
    venue: Venue, terms: NewOrder, extra: Instructions, refusal: Refusal | None, now: int
) -> Refusal | None:
    """What few orders ask for, where ``refusal`` is what is wrong with their other terms."""
    if extra.cash:
        refusal = check_cash(venue, terms, now) or refusal
    if extra.link and refusal is None:
        refusal = venue.contingent.check(terms, extra)
    if extra.only_best and refusal is None and venue.listings[terms.symbol].rules.matches:
        refusal = check_best(terms, venue.engine.book(terms.symbol).best(terms.side))
    return refusal


def check_change(
    venue: Venue, request: CancelOrder | ReplaceOrder, order: Order | None
) -> Refusal | None:
    """Whether a cancel or replace may be carried out, which means this order, or none."""
    refusal = checks.check_change(request, order, venue.orders, venue.settings.replace_filled)
    if refusal is not None or order is None:
        return refusal
    if order.status == PENDING and venue.requests.deals.looks_at(order.number):
        return Reason.TOO_LATE, "somebody has the last look at the order"
    listing = venue.listings.get(order.terms.symbol)
    refusal = check_phase(request, listing)
    if refusal is None and isinstance(request, ReplaceOrder):
        refusal = check_replace(request, order, venue.listings.get(request.symbol))
        if request.terms.extra is not None:
            refusal = check_cash(venue, request.terms, order.updated) or refusal
        if venue.risk is not None and refusal is None and listing is not None:
            return venue.risk.check_replace(order, request.terms, listing)
    return refusal
