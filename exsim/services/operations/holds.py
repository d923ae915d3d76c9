"""Holds over REST: who waits, and what is decided."""

from __future__ import annotations

from typing import Any

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.holds import Held
from exsim.errors import NotFound
from exsim.model.amounts import parse_amount
from exsim.model.codes import Reason
from exsim.model.requests import CancelOrder, ReplaceOrder
from exsim.services.operations import views
from exsim.services.operations.waiting import wait_until
from exsim.services.simulator import Handler, Simulator


def list_holds(simulator: Simulator, arguments: s.HoldsArguments, body: None) -> Any:
    """Those that wait, oldest first."""
    _check_venue(simulator, arguments.venue)
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = (
        (held.hold_id, views.hold(simulator.exchange, held))
        for held in _waiting(simulator, arguments.venue, arguments.session)
        if held.hold_id > after
    )
    return page(items, epoch, arguments.limit)


async def wait_holds(
    simulator: Simulator, arguments: s.WaitHoldsArguments, body: None
) -> r.AwaitedHolds:
    """Wait until ``count`` requests wait."""
    _check_venue(simulator, arguments.venue)
    found = await wait_until(
        simulator,
        s.wait_time(arguments.timeout),
        lambda: _waiting(simulator, arguments.venue, arguments.session),
        lambda found: len(found) >= arguments.count,
    )
    items = [views.hold(simulator.exchange, held) for held in found[: arguments.count]]
    return r.AwaitedHolds(items, len(items) >= arguments.count)


def get_hold(simulator: Simulator, arguments: s.HoldArguments, body: None) -> r.Hold:
    """One that waits, or whose order is at hand."""
    return views.hold(simulator.exchange, _held(simulator, arguments))


def release_hold(simulator: Simulator, arguments: s.HoldArguments, body: None) -> r.Decided:
    """Go on with the next policy."""
    held = _held(simulator, arguments)
    simulator.dispatcher.release(held.hold_id, simulator.now())
    return _decided(simulator, held)


def ack_hold(simulator: Simulator, arguments: s.HoldArguments, body: None) -> r.Decided:
    """Accept, off the book."""
    held = _held(simulator, arguments)
    simulator.dispatcher.ack(held.hold_id, simulator.now())
    return _decided(simulator, held)


def fill_hold(simulator: Simulator, arguments: s.HoldArguments, body: s.HoldFill) -> r.Decided:
    """Fill, in full or in part."""
    held = _held(simulator, arguments)
    qty = None if body.quantity is None else parse_amount(body.quantity)
    price = None if body.price is None else parse_amount(body.price)
    simulator.dispatcher.fill(held.hold_id, qty, price, simulator.now())
    return _decided(simulator, held)


def reject_hold(simulator: Simulator, arguments: s.HoldArguments, body: s.HoldReject) -> r.Decided:
    """Refuse."""
    held = _held(simulator, arguments)
    reason = Reason[body.reason]
    simulator.dispatcher.reject(held.hold_id, reason, body.text, simulator.now())
    return _decided(simulator, held)


def drop_hold(simulator: Simulator, arguments: s.HoldArguments, body: None) -> r.Decided:
    """Say nothing."""
    held = _held(simulator, arguments)
    simulator.dispatcher.drop(held.hold_id)
    return _decided(simulator, held)


def reply_hold(simulator: Simulator, arguments: s.HoldArguments, body: s.HoldReply) -> r.Decided:
    """Answer with given fields."""
    held = _held(simulator, arguments)
    simulator.dispatcher.check_reply(held.hold_id)
    _, session = simulator.exchange.session(held.request.session)
    session.send_fields(body.fields, simulator.now())
    simulator.exchange.touch(session)
    simulator.dispatcher.drop(held.hold_id)
    return _decided(simulator, held)


def _held(simulator: Simulator, arguments: s.HoldArguments) -> Held:
    text = arguments.hold
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or text != str(int(text)):
        raise NotFound(f"there is no hold {text!r}")
    return simulator.dispatcher.holds.get(int(text))


def _waiting(simulator: Simulator, venue: str | None, session: str | None) -> list[Held]:
    return [
        held
        for held in simulator.dispatcher.holds.all()
        if venue in (None, held.venue) and session in (None, held.request.session)
    ]


def _decided(simulator: Simulator, held: Held) -> r.Decided:
    market = simulator.dispatcher.venue(held.venue)
    order = held.order
    request = held.request
    names = [request.cl_ord_id]
    if isinstance(request, CancelOrder | ReplaceOrder):
        names.append(request.orig_cl_ord_id)
    for name in names:
        if order is None and name:
            order = market.orders.find(request.session, name)
    view = None if order is None else views.order(market, order)
    return r.Decided(str(held.hold_id), simulator.dispatcher.holds.at_hand(held), view)


def _check_venue(simulator: Simulator, venue: str | None) -> None:
    if venue is not None:
        simulator.dispatcher.venue(venue)


HANDLERS: dict[str, Handler] = {
    "list_holds": list_holds,
    "wait_holds": wait_holds,
    "get_hold": get_hold,
    "release_hold": release_hold,
    "ack_hold": ack_hold,
    "fill_hold": fill_hold,
    "reject_hold": reject_hold,
    "drop_hold": drop_hold,
    "reply_hold": reply_hold,
}
