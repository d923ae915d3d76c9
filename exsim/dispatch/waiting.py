"""
New orders that are not accepted yet, and how they end before they are.

One waits with its request: for somebody to decide a hold, for the time that a policy delays it, or
for a step of a rule. A cancel ends that wait (FIX 4.4, order state changes B.1.d). One order of a
list or of a cross is taken out of there, and what depends on it goes with it; the rest waits on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from exsim.dispatch import pending
from exsim.dispatch.acting import canceled_by
from exsim.dispatch.contingent import NEVER_TRIGGERED, PEER_ENDED
from exsim.dispatch.holds import Held
from exsim.dispatch.leaving import is_fleeting
from exsim.dispatch.tasks import Resume
from exsim.model.events import Event
from exsim.model.lists import Contingency, NewCross, NewList
from exsim.model.plain import terms_state
from exsim.model.requests import CancelOrder, NewOrder, Request
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.plays import Play
    from exsim.dispatch.venue import Venue

_NONE: Final = int(Contingency.NONE)
_OTO: Final = int(Contingency.OTO)
_BRACKET: Final = int(Contingency.BRACKET)


class Place:
    """Where a request waits: with a hold, a task of the agenda, or a play."""

    __slots__ = ("held", "play", "task")

    def __init__(
        self, held: Held | None = None, task: Resume | None = None, play: Play | None = None
    ) -> None:
        self.held = held
        self.task = task
        self.play = play

    @property
    def request(self) -> Request | None:
        """What waits there."""
        if self.held is not None:
            return self.held.request
        if self.task is not None:
            return self.task.request
        return None if self.play is None else self.play.subject.request

    @property
    def orders(self) -> list[NewOrder]:
        """The orders that it is to make."""
        request = self.request
        return [] if request is None else pending.orders_in(request)

    @property
    def name(self) -> str:
        """What has it wait, for whoever asks why an order ended."""
        if self.held is not None:
            return f"held by {self.held.policy} (hold {self.held.hold_id})"
        if self.play is not None:
            return f"with rule {self.play.rule}"
        task = self.task
        return "" if task is None else f"delayed by {task.chain[task.position - 1].policy.name}"

    def keep(self, request: Request) -> None:
        """Have another request wait in the place of the one that does."""
        if self.held is not None:
            self.held.request = request
        elif self.task is not None:
            self.task.request = request
        elif self.play is not None:
            self.play.subject.request = request

    def end(self, venue: Venue, why: str) -> None:
        """What waits there goes on no more."""
        task = self.task
        if self.held is not None and venue.desk is not None:
            venue.desk.holds.end(self.held.hold_id, why)
        elif task is not None:
            venue.agenda.forget(lambda each: each is task)
        elif self.play is not None and venue.rulebook is not None:
            self.play.subject.decided = True
            venue.rulebook.plays.end(self.play)


def places(venue: Venue, session: str | None = None) -> list[Place]:
    """Where requests of a session wait, or of all."""
    found: list[Place] = []
    desk, book = venue.desk, venue.rulebook
    if desk is not None and desk.holds.count(venue.name):
        for held in desk.holds.all():
            if held.venue == venue.name and session in (None, held.request.session):
                found.append(Place(held))
    delayed = [
        each
        for each in venue.agenda.some(_is_delayed)
        if isinstance(each, Resume) and session in (None, each.request.session)
    ]
    found += [Place(None, each) for each in delayed]
    if book is not None and len(book.plays):
        for play in book.plays.all():
            subject = play.subject
            if not subject.decided and session in (None, subject.session):
                found.append(Place(None, None, play))
    return found


def _is_delayed(task: object) -> bool:
    return isinstance(task, Resume)


def find(venue: Venue, session: str, cl_ord_id: str) -> Order | None:
    """
    The order that waits under this ClOrdID of a session. One that nobody was told of is no order of
    the venue yet: it has no OrderID.
    """
    if not cl_ord_id:
        return None
    for place in places(venue, session):
        for terms in place.orders:
            if terms.cl_ord_id == cl_ord_id:
                return _order(venue, terms)
    return None


def _order(venue: Venue, terms: NewOrder) -> Order:
    """The order of a request that waits, or what it would be."""
    order = pending.waiting(venue, terms)
    if order is None:
        order = Order(0, terms, 0)
        order.order_id = ""
    return order


def cancel(
    venue: Venue,
    order: Order,
    now: int,
    out: list[Event],
    request: CancelOrder | None = None,
    text: str = "",
) -> Order:
    """
    End an order that waits, as ``request`` asks or unsolicited; it is given its OrderID where it
    had none. What depends on it ends, too.
    """
    asked = f"by {request.cl_ord_id}" if request is not None and request.cl_ord_id else text
    found = _place_of(venue, order)
    order = made(venue, order.terms, now)
    along: list[tuple[NewOrder, str]] = []
    if found is not None:
        place, terms = found
        order.note(now, f"canceled while it was {place.name}")
        along = _take_out(venue, place, terms, f"its order was canceled: {asked}".rstrip(": "))
    out.append(venue.orders.canceled(order, now, request, text))
    for other, why in along:
        out.append(venue.orders.canceled(made(venue, other, now), now, text=why))
    return order


def carry_out(venue: Venue, order: Order, request: CancelOrder, now: int, out: list[Event]) -> None:
    """Carry out the cancel of an order that waits, also for a session that may act for it."""
    if order.owner == request.session:
        cancel(venue, order, now, out, request)
    else:
        ended = cancel(venue, order, now, out, None, canceled_by(request.session))
        out.append(venue.orders.told_to(request, ended, now))


def cancel_all(
    venue: Venue,
    goes: Callable[[Order], bool],
    now: int,
    out: list[Event],
    text: str,
    session: str | None = None,
) -> list[Order]:
    """End those that wait of which ``goes`` says so, of a session or of all; they are given."""
    doomed: list[Order] = []
    for place in places(venue, session):
        for terms in place.orders:
            order = _order(venue, terms)
            if goes(order):
                doomed.append(order)
    gone: list[Order] = []
    for order in doomed:
        if _place_of(venue, order) is not None:  # else it went with one that it depends on
            gone.append(cancel(venue, order, now, out, None, text))
    return gone


def has_list(venue: Venue, session: str, name: str) -> bool:
    """Whether a list of this name waits."""
    return _list_of(venue, session, name) is not None


def cancel_list(
    venue: Venue, session: str, name: str, now: int, out: list[Event], text: str
) -> list[Order]:
    """End a list that waits, with all its orders, which are given; none where there is none."""
    place = _list_of(venue, session, name)
    if place is None:
        return []
    place.end(venue, f"its list was canceled by {session}")
    found: list[Order] = []
    for terms in place.orders:
        order = made(venue, terms, now)
        out.append(venue.orders.canceled(order, now, text=text))
        found.append(order)
    return found


def _list_of(venue: Venue, session: str, name: str) -> Place | None:
    for place in places(venue, session):
        request = place.request
        if isinstance(request, NewList) and request.name == name:
            return place
    return None


def made(venue: Venue, terms: NewOrder, now: int) -> Order:
    """The order of a request that waited, which has its OrderID from now at the latest."""
    order = pending.waiting(venue, terms)
    if order is None:
        known = venue.orders.known(terms.session, terms.cl_ord_id)
        order = venue.orders.create(terms, now, not known)
    return order


def _place_of(venue: Venue, order: Order) -> tuple[Place, NewOrder] | None:
    """Where an order waits, with its terms there."""
    terms = order.terms
    for place in places(venue, order.owner):
        for each in place.orders:
            if each is terms or (
                each.cl_ord_id == terms.cl_ord_id and terms_state(each) == terms_state(terms)
            ):
                return place, each
    return None


def _take_out(venue: Venue, place: Place, terms: NewOrder, why: str) -> list[tuple[NewOrder, str]]:
    """Take an order out of where it waits; those that end with it, and why they do."""
    request = place.request
    along: list[tuple[NewOrder, str]] = []
    left = [each for each in place.orders if each is not terms]
    if isinstance(request, NewList):
        along = _along(request, terms)
        left = [each for each in left if all(each is not gone for gone, _ in along)]
    if not left:
        place.end(venue, why)
    elif isinstance(request, NewList):
        place.keep(request.of_orders(left))
    elif isinstance(request, NewCross):
        place.keep(request.of_sides(left))
    return along


def _along(request: NewList, terms: NewOrder) -> list[tuple[NewOrder, str]]:
    """The orders of a list that end with one of them; see :mod:`exsim.dispatch.contingent`."""
    first, kind = request.orders[0], request.contingency
    if kind == _NONE:
        return []
    if kind not in (_OTO, _BRACKET):
        return [(each, PEER_ENDED) for each in request.orders if each is not terms]
    if terms is first:
        return [(each, NEVER_TRIGGERED) for each in request.orders[1:]]
    if kind == _OTO:
        return []
    return [(each, PEER_ENDED) for each in request.orders[1:] if each is not terms]


def any_fleeting(venue: Venue, session: str) -> bool:
    """Whether an order of a session waits that ends with its connection."""
    return any(
        is_fleeting(_order(venue, terms))
        for place in places(venue, session)
        for terms in place.orders
    )
