"""Lists of orders over REST: orders that depend on each other, entered and canceled together."""

from __future__ import annotations

from typing import Any

from exsim.control import schemas as s
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch import lists as desk
from exsim.dispatch.contingent import Group
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.model.events import Event
from exsim.model.lists import Contingency, ListState, NewList
from exsim.services.operations import orders, views
from exsim.services.simulator import Handler, Simulator


def list_lists(simulator: Simulator, arguments: ts.ListsArguments, body: None) -> Any:
    """Those that are remembered, oldest first."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    groups = [group for group in market.contingent.all() if group.numbers]
    groups.sort(key=lambda group: group.numbers[0])
    items = (
        (group.numbers[0], _view(market, group))
        for group in groups
        if group.numbers[0] > after and arguments.session in (None, group.session)
    )
    return page(items, market.epoch, arguments.limit)


def get_list(simulator: Simulator, arguments: ts.ListArguments, body: None) -> tr.OrderList:
    """One of them."""
    market, group = _find(simulator, arguments)
    return _view(market, group)


def enter_list(
    simulator: Simulator, arguments: s.VenueArguments, body: ts.NewList
) -> tr.ListOutcome:
    """Enter a list by the same door as everybody: policies, checks, engine."""
    market = simulator.dispatcher.venue(arguments.venue)
    session = orders.session_of(simulator, market, body.session)
    last = simulator.exchange.journal.last
    name = body.list_id or f"REST-{last}"
    terms = [
        orders.terms_of(each, session, each.cl_ord_id or f"REST-{last}-{number}")
        for number, each in enumerate(body.orders, 1)
    ]
    request = NewList(session, name, int(Contingency[body.contingency]), terms)
    dispatcher = simulator.dispatcher
    before = dispatcher.holds.last
    dispatcher.submit(market, request, simulator.exchange.chain(market, session), simulator.now())
    hold = str(dispatcher.holds.last) if dispatcher.holds.last > before else None
    return _outcome(market, session, name, dispatcher.out, hold)


def _outcome(
    market: Venue, session: str, name: str, events: list[Event], hold: str | None
) -> tr.ListOutcome:
    """What came of a list that was entered just now."""
    for event in events:
        if isinstance(event, ListState) and event.name == name:
            if event.reason is not None:
                reason = views.reason(event.reason)
                return tr.ListOutcome("rejected", name, reason=reason, text=event.text)
            group = market.contingent.find(session, name)
            view = None if group is None else _view(market, group)
            return tr.ListOutcome("accepted", name, view)
    return tr.ListOutcome("pending", name, hold=hold)


def cancel_list(simulator: Simulator, arguments: ts.ListArguments, body: None) -> tr.OrderList:
    """Cancel what is left of a list, without a request of its session."""
    market, group = _find(simulator, arguments)
    now = simulator.market_time(market)
    desk.cancel_list(market, group, now, simulator.dispatcher.out)
    return _view(market, group)


def _find(simulator: Simulator, arguments: ts.ListArguments) -> tuple[Venue, Group]:
    market = simulator.dispatcher.venue(arguments.venue)
    group = market.contingent.find(arguments.session or "", arguments.list_id)
    if group is None:
        whose = f"session {arguments.session!r}" if arguments.session else "no session"
        raise NotFound(f"venue {market.name} has no list {arguments.list_id!r} of {whose}")
    return market, group


def _view(market: Venue, group: Group) -> tr.OrderList:
    """A list; orders that are not kept any more are left out."""
    found = [market.orders.get(number) for number in group.numbers]
    waiting = [str(number) for number in group.numbers if number in market.contingent.waiting]
    return tr.OrderList(
        venue=market.name,
        session=group.session,
        list_id=group.name,
        contingency=Contingency(group.contingency).name,  # type: ignore[arg-type]
        waiting=waiting,
        orders=[views.order(market, order) for order in found if order is not None],
    )


HANDLERS: dict[str, Handler] = {
    "list_lists": list_lists,
    "get_list": get_list,
    "enter_list": enter_list,
    "cancel_list": cancel_list,
}
