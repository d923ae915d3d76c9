"""
Lists of orders: entered together, canceled together, told together.

The orders of a list that depend on each other are entered all or not at all; those of a list that
is only a list are refused one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch import pending, waiting
from exsim.dispatch.acting import canceled_by, tell
from exsim.dispatch.admission import check_new
from exsim.dispatch.answers import message_reject
from exsim.dispatch.checks import Refusal
from exsim.dispatch.contingent import Group
from exsim.dispatch.crossing import change, check_cross, cross, refuse_cross
from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import Event
from exsim.model.lists import (
    LIST_CANCEL,
    LIST_EXECUTE,
    ChangeCross,
    Contingency,
    ListedOrder,
    ListMessage,
    ListQuestion,
    ListState,
    NewCross,
    NewList,
)
from exsim.model.requests import NewOrder
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_NONE: Final = int(Contingency.NONE)
_KINDS: Final = frozenset(int(kind) for kind in Contingency)
_REJECTED: Final = int(OrdStatus.REJECTED)
CANCELED: Final = "its list was canceled"
NOT_ENTERED: Final = "another order of its list was refused"


def deal(venue: Venue, request: ListMessage, now: int, out: list[Event]) -> None:
    """Do what a request about a list or a cross asks for."""
    if isinstance(request, NewList):
        enter_list(venue, request, now, out)
    elif isinstance(request, NewCross):
        cross(venue, request, now, out)
    elif isinstance(request, ChangeCross):
        change(venue, request, now, out)
    elif isinstance(request, ListQuestion):
        _answer(venue, request, now, out)


def check(venue: Venue, request: ListMessage, now: int) -> Refusal | None:
    """Whether what a request asks for can be done."""
    if isinstance(request, NewList):
        refusal = check_list(venue, request)
        if refusal is not None or request.contingency == _NONE:
            return refusal
        return _first(_refusals(venue, request, now))
    if isinstance(request, NewCross):
        return check_cross(venue, request, now)
    if isinstance(request, ChangeCross):
        return _first([venue.check_change(part) for part in request.parts])
    waits = request.kind == LIST_CANCEL and waiting.has_list(venue, request.session, request.name)
    if _meant(venue, request) is None and not waits:
        return Reason.UNKNOWN_ORDER, f"unknown ListID {request.name[:40]!r}"
    return None


def refuse(
    venue: Venue, request: ListMessage, reason: Reason, text: str, now: int, out: list[Event]
) -> None:
    """Refuse any of them, in the form that its kind has."""
    if isinstance(request, NewList):
        _refuse_list(venue, request, [(reason, text)] * len(request.orders), now, out)
    elif isinstance(request, NewCross):
        refuse_cross(venue, request, reason, text, now, out)
    elif isinstance(request, ChangeCross):
        for part in request.parts:
            venue.reject(part, reason, text, now, out)
    else:
        out.append(message_reject(request, reason, text))


# -- lists that are entered


def enter_list(venue: Venue, request: NewList, now: int, out: list[Event]) -> None:
    """Accept the orders of a list, then put into their books those that do not wait."""
    refusal = check_list(venue, request)
    if refusal is not None:
        _refuse_list(venue, request, [refusal] * len(request.orders), now, out)
        return
    linked = request.contingency != _NONE
    refused = _refusals(venue, request, now)
    first = _first(refused)
    if linked and first is not None:
        because = (Reason.OTHER, f"{NOT_ENTERED}: {first[1] or first[0].value}")
        _refuse_list(venue, request, [each or because for each in refused], now, out)
        return
    group = venue.contingent.open_group(request.session, request.name, request.contingency)
    group.held = request.waits
    refused_ones = _accept_all(venue, request, group, now, out)
    if linked and refused_ones:
        venue.contingent.dissolve(group, NOT_ENTERED, now, out)
    for number in [each for each in group.numbers if each not in venue.contingent.waiting]:
        order = venue.orders.get(number)
        if order is not None and order.open:
            venue.enter_by_rules(venue.listings[order.terms.symbol], order, now, out)
    out.append(state_of(venue, request, group, now, refused_ones))


def _refusals(venue: Venue, request: NewList, now: int) -> list[Refusal | None]:
    """Why each of its orders cannot be entered."""
    return [check_new(venue, terms, now) for terms in request.orders]


def _first(refusals: list[Refusal | None]) -> Refusal | None:
    for refusal in refusals:
        if refusal is not None:
            return refusal
    return None


def check_list(venue: Venue, request: NewList) -> Refusal | None:
    """Whether a list as a whole can be entered."""
    if request.contingency not in _KINDS:
        return Reason.UNSUPPORTED, f"ContingencyType {request.contingency} is not supported"
    if venue.contingent.find(request.session, request.name) is not None:
        return Reason.DUPLICATE, f"duplicate ListID {request.name[:40]!r}"
    if request.contingency != _NONE and len(request.orders) < 2:
        return Reason.OTHER, "there is one order alone, which cannot depend on another"
    names = {terms.cl_ord_id for terms in request.orders}
    if len(names) < len(request.orders):
        return Reason.DUPLICATE, "two orders of the list have the same ClOrdID"
    return None


def _accept_all(
    venue: Venue, request: NewList, group: Group, now: int, out: list[Event]
) -> list[Order]:
    """
    Accept the orders of a list as far as they are not refused; the others are told.

    Each is checked once more, since those before it count for the limits of its account.
    """
    refused: list[Order] = []
    for terms in request.orders:
        refusal = check_new(venue, terms, now)
        if refusal is not None:
            refused.append(_refuse(venue, terms, refusal, now, out))
            continue
        order = pending.create(venue, terms, now, out)
        venue.contingent.add(group, order, True)
    return refused


def _refuse(venue: Venue, terms: NewOrder, refusal: Refusal, now: int, out: list[Event]) -> Order:
    order = pending.refused(venue, terms, now)
    out.append(venue.orders.rejected(order, refusal[0], refusal[1], now))
    return order


def _refuse_list(
    venue: Venue, request: NewList, refusals: list[Refusal], now: int, out: list[Event]
) -> None:
    """Each of its orders is rejected, then the list."""
    orders: list[Order] = []
    for index, terms in enumerate(request.orders):
        orders.append(_refuse(venue, terms, refusals[index], now, out))
    reason, text = refusals[0]
    listed = [_listed(order) for order in orders]
    out.append(ListState(request, listed, False, now, reason, text or reason.value))


# -- lists that are there


def _answer(venue: Venue, request: ListQuestion, now: int, out: list[Event]) -> None:
    """Execute or cancel a list, as far as the phases allow it, and tell how it stands."""
    group = _meant(venue, request)
    if group is None and request.kind == LIST_CANCEL:
        ended = waiting.cancel_list(venue, request.session, request.name, now, out, CANCELED)
        if ended:
            listed = [_listed(order) for order in ended]
            out.append(ListState(request, listed, False, now))
            return
    if group is None:
        text = f"unknown ListID {request.name[:40]!r}"
        out.append(message_reject(request, Reason.UNKNOWN_ORDER, text))
        return
    if request.kind == LIST_EXECUTE and not group.held:
        text = f"list {request.name[:40]!r} does not wait to be executed"
        out.append(message_reject(request, Reason.OTHER, text))
        return
    if request.kind == LIST_EXECUTE:
        venue.contingent.execute(group, now, out)
    elif request.kind == LIST_CANCEL:
        cancel_list(venue, group, now, out, request.session)
    out.append(state_of(venue, request, group, now, []))


def _meant(venue: Venue, request: ListMessage) -> Group | None:
    """
    The list of a session under this name; else the one list of others under it, for whose orders
    the session may act.
    """
    group = venue.contingent.find(request.session, request.name)
    if group is not None:
        return group
    found = [
        each
        for each in venue.contingent.all()
        if each.name == request.name and _may_act_for(venue, request.session, each)
    ]
    return found[0] if len(found) == 1 else None


def _may_act_for(venue: Venue, session: str, group: Group) -> bool:
    orders = [venue.orders.get(number) for number in group.numbers]
    return all(order is None or venue.accounts.may_act_for(session, order) for order in orders)


def cancel_list(venue: Venue, group: Group, now: int, out: list[Event], by: str = "") -> None:
    """
    Cancel the open orders of a list; those whose phase does not allow it stay.

    ``by`` is the session that asks for it, where one does.
    """
    text = canceled_by(by) if by not in ("", group.session) else CANCELED
    orders = [venue.orders.get(number) for number in group.numbers]
    for order in venue.waiting_first([each for each in orders if each is not None]):
        if not order.open:
            continue
        listing = venue.listings.get(order.terms.symbol)
        if listing is None or listing.rules.cancels:
            venue.cancel_order(order, now, out, text)
            if by:
                tell(venue, by, order, ReportKind.CANCELED, now, out)


def state_of(
    venue: Venue, request: ListMessage, group: Group, now: int, more: list[Order]
) -> ListState:
    """How a list stands; its orders that are not kept any more are left out."""
    found: list[Order] = []
    for number in group.numbers:
        order = venue.orders.get(number)
        if order is not None:
            found.append(order)
    any_open = any(order.open for order in found)
    listed = [_listed(order) for order in found + more]
    return ListState(request, listed, any_open, now, waits=group.held)


def _listed(order: Order) -> ListedOrder:
    terms = order.terms
    canceled = 0 if order.status == _REJECTED else terms.qty - order.cum - order.leaves
    return ListedOrder(
        terms.cl_ord_id,
        order.told,
        order.cum,
        order.leaves,
        canceled,
        order.average,
        order.text if order.status == _REJECTED else "",
    )
