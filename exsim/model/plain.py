"""
Requests as plain values and back, for snapshots: lists of text, bytes and whole numbers.

What is restored is equal to what was there, but another object.
"""

from __future__ import annotations

from typing import Any

from exsim.errors import Bug
from exsim.model.instructions import Instructions
from exsim.model.lists import (
    CROSS,
    LIST,
    LIST_KINDS,
    LIST_QUESTIONS,
    ChangeCross,
    ListQuestion,
    NewCross,
    NewList,
)
from exsim.model.market_data import DataQuery
from exsim.model.quote_codes import QUOTE_KINDS
from exsim.model.quotes import quote_message_of, quote_message_state
from exsim.model.reference_data import ReferenceQuery
from exsim.model.requests import (
    CancelOrder,
    Carry,
    DataMessage,
    DontKnow,
    ListMessage,
    MassCancel,
    MassStatus,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    QuoteMessage,
    ReplaceOrder,
    Request,
    Scope,
    TradeAck,
    TradesQuery,
    nothing_carried,
)

Plain = Any
"""Nested lists and dictionaries of text, bytes, numbers, truth values and None."""


def carry_state(carry: Carry) -> Plain:
    """A carry as plain values."""
    return carry.state()


def carry_of(plain: Plain) -> Carry:
    """The carry of plain values."""
    return Carry(*plain) if any(plain[1:]) else nothing_carried(plain[0])


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
    if isinstance(request, QuoteMessage):
        return quote_message_state(request)
    if isinstance(request, ListMessage):
        return _list_message_state(request)
    carry, raw = carry_state(request.carry), request.raw
    if isinstance(request, MassCancel):
        asked = [request.session, request.cl_ord_id, request.scope.state()]
        return [request.kind, *asked, request.action, request.what, carry, raw]
    if isinstance(request, MassStatus):
        return [
            request.kind,
            request.session,
            request.req_id,
            request.scope.state(),
            carry,
            raw,
        ]
    if isinstance(request, TradesQuery):
        order = [request.order_id, request.order_name, request.since, request.until, request.ref]
        return [
            request.kind,
            request.session,
            request.req_id,
            request.scope.state(),
            *order,
            request.updates,
            carry,
            raw,
        ]
    if isinstance(request, DontKnow):
        trade = [request.session, request.order_id, request.exec_id, request.reason]
        about = [request.symbol, request.side, request.msg_type, request.ref]
        return [request.kind, *trade, *about, carry, raw]
    if isinstance(request, DataMessage):
        return [*data_state(request), carry, raw]
    if isinstance(request, TradeAck):
        told = [request.session, request.report_id, request.accepted, request.text]
        return [request.kind, *told, request.msg_type, request.ref, carry, raw]
    if isinstance(request, OtherMessage):
        named = request.cl_ord_id
        return [request.kind, request.session, request.msg_type, request.ref, carry, raw, named]
    names = [request.session, request.cl_ord_id]
    if isinstance(request, CancelOrder):
        names.append(request.orig_cl_ord_id)
    about = [request.order_id, request.symbol, request.side, request.account]
    return [request.kind, *names, *about, carry, raw]


def data_state(request: DataMessage) -> list[Plain]:
    """A request of one that looks on, but for its carry and its message."""
    if isinstance(request, ReferenceQuery):
        more = [request.about, request.action, request.symbol, request.security_type]
        return [request.kind, request.session, request.req_id, *more]
    if not isinstance(request, DataQuery):
        raise Bug(f"a request of kind {request.kind} cannot be kept")
    asked = [request.action, request.depth, request.incremental, request.by_order]
    about = [list(request.kinds), list(request.symbols), request.unknown]
    return [request.kind, request.session, request.req_id, *asked, *about]


def _list_message_state(request: ListMessage) -> Plain:
    """One of :mod:`exsim.model.lists`: kind, session, name, what it is made of, and the rest."""
    made: Plain = None
    if isinstance(request, NewList):
        orders = [terms_state(each) for each in request.orders]
        made = [request.contingency, orders, request.waits]
    elif isinstance(request, NewCross):
        sides = [terms_state(each) for each in request.sides]
        made = [request.cross_type, request.priority, sides]
    elif isinstance(request, ChangeCross):
        made = [request_state(each) for each in request.parts]
    rest = [request.msg_type, request.ref, carry_state(request.carry), request.raw]
    return [request.kind, request.session, request.name, made, *rest]


def _list_message_of(plain: Plain) -> ListMessage:
    kind, session, name, made, msg_type, ref, carry, raw = plain
    rest = (msg_type, ref, carry_of(carry), raw)
    if kind == LIST:
        orders = [terms_of(each) for each in made[1]]
        return NewList(session, name, made[0], orders, *rest, made[2])
    if kind == CROSS:
        sides = [terms_of(each) for each in made[2]]
        return NewCross(session, name, made[0], made[1], sides, *rest)
    if kind in LIST_QUESTIONS:
        return ListQuestion(kind, session, name, *rest)
    parts: list[CancelOrder | ReplaceOrder] = []
    for each in made:
        part = request_of(each)
        assert isinstance(part, (CancelOrder, ReplaceOrder))
        parts.append(part)
    return ChangeCross(kind, session, name, parts, *rest)


def request_of(plain: Plain) -> Request:
    """The request of plain values."""
    kind, *values = plain
    if kind == NewOrder.kind:
        return terms_of(values[0])
    if kind in QUOTE_KINDS:
        return quote_message_of(plain)
    if kind in LIST_KINDS:
        return _list_message_of(plain)
    if kind == ReplaceOrder.kind:
        orig_cl_ord_id, terms, order_id = values
        return ReplaceOrder(orig_cl_ord_id, terms_of(terms), order_id)
    if kind == OtherMessage.kind:
        *before, carry, raw, named = values
        return OtherMessage(*[*before, carry_of(carry), raw, named])
    *before, carry, raw = values
    if kind == MassCancel.kind:
        session, name, scope, *more = before
        return MassCancel(session, name, Scope(*scope), *[*more, carry_of(carry), raw])
    if kind == MassStatus.kind:
        session, name, scope = before
        return MassStatus(session, name, Scope(*scope), carry_of(carry), raw)
    if kind == TradesQuery.kind:
        session, name, scope, *more, updates = before
        asked = [*more, carry_of(carry), raw, updates]
        return TradesQuery(session, name, Scope(*scope), *asked)
    if kind == DontKnow.kind:
        return DontKnow(*[*before, carry_of(carry), raw])
    if kind == TradeAck.kind:
        return TradeAck(*[*before, carry_of(carry), raw])
    if kind == CancelOrder.kind:
        return CancelOrder(*[*before, carry_of(carry), raw])
    if kind == DataMessage.kind and len(before) == 6:
        return ReferenceQuery(*[*before, carry_of(carry), raw])
    if kind == DataMessage.kind:
        *terms, kinds, symbols, unknown = before
        return DataQuery(*[*terms, tuple(kinds), tuple(symbols), unknown, carry_of(carry), raw])
    return OrderStatusQuery(*[*before, carry_of(carry), raw])
