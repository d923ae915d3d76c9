"""Requests as filters see them: the message that each came by, or one as it would have been."""

from __future__ import annotations

from exsim.dispatch.world import World
from exsim.filters import Seen
from exsim.model.amounts import format_amount
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.messages import Description, FieldView
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder, Request

_TYPES = {
    "new": ("D", "NewOrderSingle"),
    "cancel": ("F", "OrderCancelRequest"),
    "replace": ("G", "OrderCancelReplaceRequest"),
    "status": ("H", "OrderStatusRequest"),
    "list": ("E", "NewOrderList"),
    "list-cancel": ("K", "ListCancelRequest"),
}


def seen_of(request: Request, venue: str, world: World, seq: int, real: int) -> Seen:
    """A request that just came, as entry ``seq`` of the journal at the real time ``real``."""
    session = request.session

    def describe() -> Description:
        return described(request, world)

    return Seen(seq, real, venue, world.endpoint_of(session), session, "in", request.raw, describe)


def described(request: Request, world: World) -> Description:
    """The message behind a request; for one that came over REST, as it would be in FIX."""
    if request.raw:
        return world.described(request.session, request.raw)
    kind, name = _TYPES.get(request.kind, ("", request.kind))
    fields = [_field("11", "ClOrdID", request.cl_ord_id)]
    if isinstance(request, (CancelOrder, ReplaceOrder)):
        fields.append(_field("41", "OrigClOrdID", request.orig_cl_ord_id))
    terms = request.terms if isinstance(request, ReplaceOrder) else request
    if request.symbol:
        fields.append(_field("55", "Symbol", request.symbol))
    if request.side:
        fields.append(_coded("54", "Side", request.side, _name(Side, request.side)))
    if request.account:
        fields.append(_field("1", "Account", request.account))
    if isinstance(terms, NewOrder):
        fields += _terms(terms)
    return Description(kind, name, tuple(fields))


def _terms(terms: NewOrder) -> list[FieldView]:
    fields = [
        _field("38", "OrderQty", format_amount(terms.qty)),
        _coded("40", "OrdType", terms.ord_type, _name(OrdType, terms.ord_type)),
        _coded("59", "TimeInForce", terms.tif, _name(TimeInForce, terms.tif)),
    ]
    if terms.price != NO_PRICE:
        fields.append(_field("44", "Price", format_amount(terms.price)))
    if terms.text:
        fields.append(_field("58", "Text", terms.text))
    return fields


def _field(tag: str, name: str, value: str) -> FieldView:
    return FieldView(tag, name, value)


def _coded(tag: str, name: str, value: int, meaning: str) -> FieldView:
    """Codes of FIX are digits, or letters by their ordinal."""
    return FieldView(tag, name, str(value) if value < 10 else chr(value), meaning)


def _name(codes: type[Side] | type[OrdType] | type[TimeInForce], value: int) -> str:
    return codes(value).name if value in codes.__members__.values() else ""
