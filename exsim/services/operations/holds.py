"""Holds over REST: who waits, and what is decided."""

from __future__ import annotations

from typing import Any

from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.cursors import page, parse_cursor
from exsim.control.fields import wait_time
from exsim.dispatch.holds import Held
from exsim.dispatch.verbs import DOERS
from exsim.errors import Conflict, NotFound
from exsim.interfaces import IChangeable
from exsim.model.requests import CancelOrder, ReplaceOrder
from exsim.model.steps import Step
from exsim.services.operations import views
from exsim.services.operations.steps import speak
from exsim.services.operations.telling import step_from
from exsim.services.operations.waiting import wait_until
from exsim.services.simulator import Handler, Simulator


def list_holds(simulator: Simulator, arguments: ts.HoldsArguments, body: None) -> Any:
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
    simulator: Simulator, arguments: ts.WaitHoldsArguments, body: None
) -> tr.AwaitedHolds:
    """Wait until ``count`` requests wait."""
    _check_venue(simulator, arguments.venue)
    found = await wait_until(
        simulator,
        wait_time(arguments.timeout),
        lambda: _waiting(simulator, arguments.venue, arguments.session),
        lambda found: len(found) >= arguments.count,
    )
    items = [views.hold(simulator.exchange, held) for held in found[: arguments.count]]
    return tr.AwaitedHolds(items, len(items) >= arguments.count)


def get_hold(simulator: Simulator, arguments: ts.HoldArguments, body: None) -> tr.Hold:
    """One that waits, or whose order is at hand."""
    return views.hold(simulator.exchange, _held(simulator, arguments))


def change_hold(simulator: Simulator, arguments: ts.HoldArguments, body: ts.HoldChange) -> tr.Hold:
    """Have it ask for something else, before it is decided."""
    held = _held(simulator, arguments)
    if held.order is not None:
        raise Conflict(f"hold {arguments.hold} was accepted: there is no request to change")
    name = held.request.session
    if not name or not held.request.raw:
        raise Conflict(f"hold {arguments.hold} came with no message: no field to change")
    _, session = simulator.exchange.session(name)
    if not IChangeable.providedBy(session):
        raise Conflict(f"messages of session {name!r} have no fields that can be changed")
    held.request = IChangeable(session).changed(held.request.raw, body.fields)
    return views.hold(simulator.exchange, held)


def _verb(do: str) -> Handler:
    """The handler of a verb."""

    def handle(simulator: Simulator, arguments: ts.HoldArguments, body: Any) -> tr.Decided:
        held = _held(simulator, arguments)
        step = step_from(do, body)
        if do == "reply":
            simulator.dispatcher.check_reply(held.hold_id)
            speak(simulator, held.request.session, step)
            step = DROP
        if do != "reply" or held.order is None:
            simulator.dispatcher.decide(held.hold_id, step, simulator.now(), do)
        return _decided(simulator, held)

    return handle


DROP = Step("drop", {})
"""What becomes of a request that was answered already."""


def _held(simulator: Simulator, arguments: ts.HoldArguments) -> Held:
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


def _decided(simulator: Simulator, held: Held) -> tr.Decided:
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
    return tr.Decided(str(held.hold_id), simulator.dispatcher.holds.at_hand(held), view)


def _check_venue(simulator: Simulator, venue: str | None) -> None:
    if venue is not None:
        simulator.dispatcher.venue(venue)


VERBS = tuple(DOERS)
"""All that can be done about a hold."""

HANDLERS: dict[str, Handler] = {
    "list_holds": list_holds,
    "wait_holds": wait_holds,
    "get_hold": get_hold,
    "change_hold": change_hold,
    **{f"{verb.replace('-', '_')}_hold": _verb(verb) for verb in VERBS},
}
