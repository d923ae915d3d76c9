"""Single orders over REST: what an operator does to them, and their fills."""

from __future__ import annotations

from collections.abc import Callable

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.dispatch import operator
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.model.amounts import format_amount, parse_amount
from exsim.model.events import Event
from exsim.orders.order import Order
from exsim.services.operations import views
from exsim.services.simulator import Handler, Simulator

Step = Callable[[Venue, Order, int, list[Event]], None]


def find(simulator: Simulator, arguments: s.OrderArguments) -> tuple[Venue, Order]:
    """The order that is meant, and its venue.

    :raises exsim.errors.NotFound: when there is none.
    """
    market = simulator.dispatcher.venue(arguments.venue)
    order = market.orders.by_order_id(arguments.order_id)
    if order is None:
        raise NotFound(f"venue {market.name} has no order {arguments.order_id!r}")
    return market, order


def _do(simulator: Simulator, arguments: s.OrderArguments, step: Step) -> r.Order:
    market, order = find(simulator, arguments)
    step(market, order, simulator.market_time(market), simulator.dispatcher.out)
    return views.order(market, order)


def _plain(step: Step) -> Handler:
    """The handler of a step that needs to know nothing else."""

    def handle(simulator: Simulator, arguments: s.OrderArguments, body: None) -> r.Order:
        return _do(simulator, arguments, step)

    return handle


def _mark(word: str) -> Handler:
    """The handler of a step that changes what is told of an order."""

    def step(market: Venue, order: Order, now: int, out: list[Event]) -> None:
        operator.mark(market, order, word, now, out)

    return _plain(step)


def _amount(text: str | None) -> int | None:
    return None if text is None else parse_amount(text)


def fill_order(simulator: Simulator, arguments: s.OrderArguments, body: s.OrderFill) -> r.Order:
    """Fill an order against nobody."""
    qty, price = _amount(body.quantity), _amount(body.price)

    def step(market: Venue, order: Order, now: int, out: list[Event]) -> None:
        operator.fill(market, order, qty, price, now, out)

    return _do(simulator, arguments, step)


def stop_order(simulator: Simulator, arguments: s.OrderArguments, body: s.Guarantee) -> r.Order:
    """Guarantee an order a price."""
    qty, price = _amount(body.quantity), _amount(body.price)

    def step(market: Venue, order: Order, now: int, out: list[Event]) -> None:
        operator.stop(market, order, qty, price, now, out)

    return _do(simulator, arguments, step)


def bust_fill(simulator: Simulator, arguments: s.OrderArguments, body: s.Bust) -> r.Order:
    """Cancel a fill."""

    def step(market: Venue, order: Order, now: int, out: list[Event]) -> None:
        operator.bust(market, order, body.exec_id, body.text, now, out)

    return _do(simulator, arguments, step)


def correct_fill(simulator: Simulator, arguments: s.OrderArguments, body: s.Correction) -> r.Order:
    """Correct a fill."""
    qty, price = _amount(body.quantity), _amount(body.price)

    def step(market: Venue, order: Order, now: int, out: list[Event]) -> None:
        operator.correct(market, order, body.exec_id, qty, price, body.text, now, out)

    return _do(simulator, arguments, step)


def list_fills(simulator: Simulator, arguments: s.OrderArguments, body: None) -> r.Page[r.Fill]:
    """The fills of an order, oldest first."""
    _, order = find(simulator, arguments)
    fills = [
        r.Fill(fill.exec_id, format_amount(fill.qty), format_amount(fill.price))
        for fill in order.fills or ()
    ]
    return r.Page(fills, None)


HANDLERS: dict[str, Handler] = {
    "fill_order": fill_order,
    "expire_order": _plain(operator.expire),
    "done_for_day": _mark("done-for-day"),
    "stop_order": stop_order,
    "calculate_order": _mark("calculate"),
    "suspend_order": _plain(operator.suspend),
    "resume_order": _plain(operator.resume),
    "bust_fill": bust_fill,
    "correct_fill": correct_fill,
    "list_fills": list_fills,
}
