"""
Requests as plain values and back, for snapshots: lists of text, bytes and whole numbers.

What is restored is equal to what was there, but another object.
"""

from __future__ import annotations

from typing import Any, Final

from exsim.model.instructions import Instructions
from exsim.model.requests import (
    NOTHING_CARRIED,
    CancelOrder,
    Carry,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    ReplaceOrder,
    Request,
)

Plain = Any
"""Nested lists and dictionaries of text, bytes, numbers, truth values and None."""

_NOTHING: Final[dict[str, Carry]] = {"": NOTHING_CARRIED}
"""Carries of nothing by owner: they are as many as orders, and need be there but once."""


def carry_state(carry: Carry) -> Plain:
    """A carry as plain values."""
    return [carry.owner, carry.body, carry.routing]


def carry_of(plain: Plain) -> Carry:
    """The carry of plain values."""
    owner, body, routing = plain
    if body or routing:
        return Carry(owner, body, routing)
    carry = _NOTHING.get(owner)
    if carry is None:
        carry = _NOTHING[owner] = Carry(owner)
    return carry


def terms_state(terms: NewOrder) -> Plain:
    """A new order, or the terms that one stands on, as plain values."""
    return [
        terms.session,
        terms.cl_ord_id,
        terms.symbol,
        terms.side,
        terms.ord_type,
        terms.tif,
        terms.qty,
        terms.price,
        terms.account,
        terms.text,
        carry_state(terms.carry),
        terms.raw,
        None if terms.extra is None else terms.extra.state(),
    ]


def terms_of(plain: Plain) -> NewOrder:
    """The terms of plain values."""
    *values, carry, raw, extra = plain
    asked = None if extra is None else Instructions(*extra)
    return NewOrder(*[*values, carry_of(carry), raw, asked])


def request_state(request: Request) -> Plain:
    """Any request as plain values."""
    if isinstance(request, NewOrder):
        return [request.kind, terms_state(request)]
    if isinstance(request, ReplaceOrder):
        terms = terms_state(request.terms)
        return [request.kind, request.orig_cl_ord_id, terms, request.order_id]
    carry, raw = carry_state(request.carry), request.raw
    if isinstance(request, OtherMessage):
        named = request.cl_ord_id
        return [request.kind, request.session, request.msg_type, request.ref, carry, raw, named]
    names = [request.session, request.cl_ord_id]
    if isinstance(request, CancelOrder):
        names.append(request.orig_cl_ord_id)
    about = [request.order_id, request.symbol, request.side, request.account]
    return [request.kind, *names, *about, carry, raw]


def request_of(plain: Plain) -> Request:
    """The request of plain values."""
    kind, *values = plain
    if kind == NewOrder.kind:
        return terms_of(values[0])
    if kind == ReplaceOrder.kind:
        orig_cl_ord_id, terms, order_id = values
        return ReplaceOrder(orig_cl_ord_id, terms_of(terms), order_id)
    if kind == OtherMessage.kind:
        *before, carry, raw, named = values
        return OtherMessage(*[*before, carry_of(carry), raw, named])
    *before, carry, raw = values
    if kind == CancelOrder.kind:
        return CancelOrder(*[*before, carry_of(carry), raw])
    return OrderStatusQuery(*[*before, carry_of(carry), raw])
