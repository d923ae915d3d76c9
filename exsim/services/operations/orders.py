"""Orders over REST: entered like anybody's, canceled and replaced by the operator's own hand."""

from __future__ import annotations

from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.cursors import format_cursor, page, parse_cursor
from exsim.dispatch import operator
from exsim.dispatch.checks import check_replace
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict
from exsim.model.amounts import parse_amount
from exsim.model.codes import OrdType, Reason, ReportKind, Side, TimeInForce
from exsim.model.events import Event, Report
from exsim.model.instructions import Instructions, Peg, PostOnly, Trigger
from exsim.model.lists import Contingency
from exsim.model.requests import NO_PRICE, NewOrder, ReplaceOrder
from exsim.orders.order import Order
from exsim.services.operations import steps, views, why
from exsim.services.operations.telling import step_from
from exsim.services.simulator import Handler, Simulator


def list_orders(simulator: Simulator, arguments: ts.OrdersArguments, body: None) -> tr.Orders:
    """Orders in the order they came, or the newest first."""
    market = simulator.dispatcher.venue(arguments.venue)
    orders, back = market.orders, arguments.order == "newest"
    bound = parse_cursor(arguments.after, market.epoch)
    if arguments.after is None and back:
        bound = orders.created + 1
    found = page(
        (
            (order.number, views.order(market, order))
            for order in (orders.newest() if back else orders.all())
            if (order.number < bound if back else order.number > bound) and _fits(order, arguments)
        ),
        market.epoch,
        arguments.limit,
    )
    end = format_cursor(market.epoch, orders.created)
    return tr.Orders(found.items, found.next, end if back else found.next or end)


def _fits(order: Order, wanted: ts.OrdersArguments) -> bool:
    return (
        (wanted.status == "any" or order.open == (wanted.status == "open"))
        and wanted.session in (None, order.owner)
        and wanted.symbol in (None, order.terms.symbol)
        and wanted.cl_ord_id in (None, order.terms.cl_ord_id)
    )


def get_order(simulator: Simulator, arguments: ts.OrderArguments, body: None) -> tr.Order:
    """One order."""
    market, order = steps.find(simulator, arguments)
    return views.order(market, order)


def enter_order(simulator: Simulator, arguments: s.VenueArguments, body: ts.NewOrder) -> tr.Outcome:
    """Enter an order by the same door as everybody: policies, checks, engine."""
    market = simulator.dispatcher.venue(arguments.venue)
    session = session_of(simulator, market, body.session)
    cl_ord_id = body.cl_ord_id or f"REST-{simulator.exchange.journal.last}"
    terms = terms_of(body, session, cl_ord_id)
    dispatcher = simulator.dispatcher
    chain = simulator.exchange.chain(market, session)
    before = dispatcher.holds.last
    dispatcher.submit(market, terms, chain, simulator.now())
    hold = str(dispatcher.holds.last) if dispatcher.holds.last > before else None
    return _outcome(market, cl_ord_id, dispatcher.out, hold)


def session_of(simulator: Simulator, market: Venue, name: str | None) -> str:
    """The session that something is entered for, which is at the venue; empty for none."""
    if name:
        where, _ = simulator.exchange.session(name)
        if where.venue is not market:
            raise Conflict(f"session {name!r} is at venue {where.venue.name}")
    return name or ""


def terms_of(body: ts.NewOrder, session: str, cl_ord_id: str) -> NewOrder:
    """The order that a body asks for."""
    if body.type == "MARKET" and body.price is not None:
        raise Conflict("a MARKET order takes no price")
    return NewOrder(
        session,
        cl_ord_id,
        body.symbol,
        int(Side[body.side]),
        int(OrdType[body.type]),
        int(TimeInForce[body.time_in_force]),
        parse_amount(body.quantity),
        NO_PRICE if body.price is None else parse_amount(body.price),
        body.account,
        body.text,
        extra=_instructions(body),
    )


def _instructions(body: ts.NewOrder) -> Instructions | None:
    """What an order asks for besides, None where that is nothing."""
    asked = Instructions(
        stop_px=NO_PRICE if body.stop_price is None else parse_amount(body.stop_price),
        trigger=int(Trigger[body.trigger]),
        trail=_some(body.trail),
        trail_percent=_some(body.trail_percent),
        peg=0 if body.peg is None else int(Peg[body.peg]),
        peg_offset=_some(body.peg_offset),
        discretion=_some(body.discretion),
        display=_some(body.display),
        display_high=_some(body.display_high),
        hidden=body.hidden,
        min_qty=_some(body.min_quantity),
        all_or_none=body.all_or_none,
        post_only=int(PostOnly[body.post_only]),
        expire=0 if body.expire is None else views.parse_time(body.expire),
        link=body.link,
        contingency=int(Contingency[body.contingency]),
    )
    return None if asked.state() == Instructions().state() else asked


def _some(text: str | None) -> int:
    """An amount; 0 where none is given."""
    return 0 if text is None else parse_amount(text)


def _outcome(market: Venue, cl_ord_id: str, events: list[Event], hold: str | None) -> tr.Outcome:
    """What came of an order that was entered just now, by the first report of it."""
    for event in events:
        if isinstance(event, Report) and event.cl_ord_id == cl_ord_id:
            order = market.orders.by_order_id(event.order_id)
            view = None if order is None else views.order(market, order)
            if event.kind != ReportKind.REJECTED:
                return tr.Outcome("accepted", cl_ord_id, view)
            reason = views.reason(event.reason or Reason.OTHER)
            return tr.Outcome("rejected", cl_ord_id, view, reason=reason, text=event.text)
    return tr.Outcome("pending", cl_ord_id, hold=hold)


def cancel_order(
    simulator: Simulator, arguments: ts.OrderArguments, body: ds.Cancellation | None
) -> tr.Outcome:
    """Cancel an order that its session did not ask to cancel."""
    market, order = steps.find(simulator, arguments)
    if not order.open and not (body is not None and body.force):
        return _too_late(market, order)
    steps.decide(simulator, market, order, step_from("cancel", body))
    return tr.Outcome("accepted", order.terms.cl_ord_id, views.order(market, order))


def replace_order(
    simulator: Simulator, arguments: ts.OrderArguments, body: ts.Replacement
) -> tr.Outcome:
    """Put an order on other terms than its session asked for."""
    market, order = steps.find(simulator, arguments)
    if not order.open:
        return _too_late(market, order)
    price = order.terms.price if body.price is None else parse_amount(body.price)
    qty = order.terms.qty if body.quantity is None else parse_amount(body.quantity)
    if order.terms.price == NO_PRICE and body.price is not None:
        raise Conflict("a MARKET order takes no price")
    terms = order.terms.with_qty(qty, price)
    refusal = check_replace(ReplaceOrder("", terms), order, market.listings.get(terms.symbol))
    if refusal is not None:
        view = views.order(market, order)
        return tr.Outcome(
            "rejected", terms.cl_ord_id, view, None, views.reason(refusal[0]), refusal[1]
        )
    now = simulator.market_time(market)
    operator.replace(market, order, qty, price, now, simulator.dispatcher.out)
    return tr.Outcome("accepted", terms.cl_ord_id, views.order(market, order))


def _too_late(market: Venue, order: Order) -> tr.Outcome:
    view = views.order(market, order)
    why = Reason.TOO_LATE
    cl_ord_id = order.terms.cl_ord_id
    return tr.Outcome("rejected", cl_ord_id, view, None, views.reason(why), why.value)


HANDLERS: dict[str, Handler] = {
    **steps.HANDLERS,
    **why.HANDLERS,
    "list_orders": list_orders,
    "get_order": get_order,
    "enter_order": enter_order,
    "cancel_order": cancel_order,
    "replace_order": replace_order,
}
