"""Single orders over REST: what an operator does to them, and their fills."""

from __future__ import annotations

from typing import Any

from exsim.control import results as r
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.dispatch import verbs
from exsim.dispatch.subject import Subject
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.model.amounts import format_amount
from exsim.model.steps import Step
from exsim.orders.order import Order
from exsim.services.operations import views
from exsim.services.operations.telling import step_from
from exsim.services.simulator import Handler, Simulator


def find(simulator: Simulator, arguments: ts.OrderArguments) -> tuple[Venue, Order]:
    """The order that is meant, and its venue.

    :raises exsim.errors.NotFound: when there is none.
    """
    market = simulator.dispatcher.venue(arguments.venue)
    order = market.orders.by_order_id(arguments.order_id)
    if order is None:
        raise NotFound(f"venue {market.name} has no order {arguments.order_id!r}")
    return market, order


def _verb(do: str) -> Handler:
    """The handler of a verb."""

    def handle(simulator: Simulator, arguments: ts.OrderArguments, body: Any) -> tr.Order:
        market, order = find(simulator, arguments)
        decide(simulator, market, order, step_from(do, body))
        return views.order(market, order)

    return handle


def decide(simulator: Simulator, market: Venue, order: Order, step: Step) -> None:
    """
    Do a verb to an order; a message of somebody's making has to be one.

    :raises exsim.errors.RequestError: when that cannot be.
    """
    subject = Subject(market, None, order=order)
    if step.do == "reply":
        verbs.check_reply(subject)
        speak(simulator, subject.session, step)
    else:
        verbs.do(simulator.dispatcher, subject, step, simulator.market_time(market))


def speak(simulator: Simulator, session: str, step: Step) -> None:
    """
    Send the fields of a reply at once, so that whoever asks hears what is wrong with them.

    :raises exsim.errors.Unprocessable: when no message can be made of them.
    """
    _, speaker = simulator.exchange.session(session)
    speaker.send_fields(step.fields, simulator.now())
    simulator.exchange.touch(speaker)


def list_fills(simulator: Simulator, arguments: ts.OrderArguments, body: None) -> r.Page[tr.Fill]:
    """The fills of an order, oldest first."""
    _, order = find(simulator, arguments)
    fills = [
        tr.Fill(fill.exec_id, format_amount(fill.qty), format_amount(fill.price))
        for fill in order.fills or ()
    ]
    return r.Page(fills, None)


VERBS = (
    "fill",
    "expire",
    "stop",
    "calculate",
    "suspend",
    "resume",
    "restate",
    "match",
    "ack",
    "pending",
    "reject",
    "reply",
    "raw",
)

HANDLERS: dict[str, Handler] = {
    **{f"{verb}_order": _verb(verb) for verb in VERBS},
    "done_for_day": _verb("done-for-day"),
    "bust_fill": _verb("bust"),
    "correct_fill": _verb("correct"),
    "list_fills": list_fills,
}
