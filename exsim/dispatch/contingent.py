"""
Orders that depend on each other: one cancels, reduces or triggers the others.

Orders of a session belong together by the name of their list, or by a name that each of them
gives. What is done follows once the change that asks for it has been booked in full. Until then the
engine knows, by what they share (:meth:`Contingent.rivals`), which orders of a book trade no more.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal
from exsim.dispatch.entering import remember_end
from exsim.dispatch.links import Links
from exsim.model.codes import Reason
from exsim.model.events import Event
from exsim.model.instructions import Instructions
from exsim.model.lists import Contingency
from exsim.model.plain import Plain
from exsim.model.requests import NewOrder
from exsim.orders.order import FILLED, Order
from exsim.orders.unasked import REDUCED, SUSPENDED, restated, triggered

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_OCO: Final = int(Contingency.OCO)
_OTO: Final = int(Contingency.OTO)
_OUO: Final = int(Contingency.OUO)
_PROPORTIONAL: Final = int(Contingency.OUO_PROPORTIONAL)
_BRACKET: Final = int(Contingency.BRACKET)
_KINDS: Final = frozenset(int(kind) for kind in Contingency)
_FILLED: Final = "filled"
PEER_ENDED: Final = "another order of its list ended"
PEER_TRADED: Final = "another order of its list traded"
NEVER_TRIGGERED: Final = "the order that was to trigger it ended"
NOT_TAKEN: Final = "its time came in a phase that does not take it"
PARTLY_TRIGGERED: Final = "the order that triggers it was filled in part"


class Group:
    """
    The orders of a session under one name: their numbers, the first one first.

    ``cums`` has of each that still depends on the others what it has traded, as far as that was
    followed. ``triggered`` says that the first one has triggered the others; ``over`` that nothing
    depends on it any more, so that no order may join; ``held`` that it waits to be executed.
    """

    __slots__ = (
        "contingency",
        "cums",
        "held",
        "name",
        "numbers",
        "over",
        "session",
        "triggered",
    )

    def __init__(self, session: str, name: str, contingency: int) -> None:
        self.session = session
        self.name = name
        self.contingency = contingency
        self.numbers: list[int] = []
        self.cums: dict[int, int] = {}
        self.triggered = False
        self.over = False
        self.held = False

    @property
    def triggers(self) -> bool:
        """Whether the first of its orders triggers the others."""
        return self.contingency == _OTO or self.contingency == _BRACKET

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        cums = [[number, cum] for number, cum in self.cums.items()]
        made = [self.session, self.name, self.contingency, self.numbers]
        return [*made, cums, self.triggered, self.over, self.held]


class Contingent(Links):
    """The groups of a venue. As many are kept after they ended as orders are (keep_finished)."""

    __slots__ = ("_by_number", "_ended", "_groups", "_venue")

    def __init__(self, venue: Venue) -> None:
        super().__init__()
        self._venue = venue
        self.reset()

    def reset(self) -> None:
        """Forget all of them."""
        self.touched.clear()
        self.waiting.clear()
        self._groups: dict[str, dict[str, Group]] = {}
        self._by_number: dict[int, Group] = {}
        self._ended: deque[tuple[str, str]] = deque()
        self._venue.links = None
        self._venue.orders.links = None

    # -- groups

    def find(self, session: str, name: str) -> Group | None:
        """The group of a session under this name."""
        groups = self._groups.get(session)
        return None if groups is None else groups.get(name)

    def all(self) -> list[Group]:
        """Those that are remembered, by session, oldest first."""
        return [group for groups in self._groups.values() for group in groups.values()]

    def open_group(self, session: str, name: str, contingency: int) -> Group:
        """A new group, which orders are to join."""
        group = Group(session, name, contingency)
        self._groups.setdefault(session, {})[name] = group
        self._venue.links = self
        self._venue.orders.links = self
        return group

    def check(self, terms: NewOrder, extra: Instructions) -> Refusal | None:
        """Whether an order may join the group that it names."""
        shown = extra.link[:40]
        if extra.contingency not in _KINDS:
            return Reason.UNSUPPORTED, "this ContingencyType is not supported"
        group = self.find(terms.session, extra.link)
        if group is None:
            return None
        if extra.contingency and extra.contingency != group.contingency:
            kind = Contingency(group.contingency).name
            return Reason.UNSUPPORTED, f"the orders linked by {shown!r} are {kind}"
        if group.over:
            return Reason.OTHER, f"the orders linked by {shown!r} do not depend on each other now"
        return None

    def join(self, order: Order, extra: Instructions, waits: bool) -> None:
        """Have an order that was accepted belong to the group that it names; see :meth:`add`."""
        group = self.find(order.owner, extra.link)
        if group is None:
            group = self.open_group(order.owner, extra.link, extra.contingency)
        self.add(group, order, waits)

    def add(self, group: Group, order: Order, waits: bool) -> None:
        """
        Have an order belong to a group; with ``waits`` it waits where it is to be triggered, or
        the group to be executed.
        """
        triggers = group.triggers and group.numbers and not group.triggered
        if waits and (triggers or group.held):
            self.waiting[order.number] = True
            remember_end(self._venue, order)
        group.numbers.append(order.number)
        group.cums[order.number] = order.cum
        self._by_number[order.number] = group

    def rivals(self, number: int) -> tuple[str, bool]:
        """See :class:`Links`: what orders of an OCO, or those that a bracket triggers, share."""
        group = self._by_number.get(number)
        if group is None or group.over:
            return "", False
        if group.contingency != _OCO:
            if group.contingency != _BRACKET or number == group.numbers[0]:
                return "", False
        at_once = self._venue.settings.lists.oco_cancels != _FILLED
        return f"{group.session}\n{group.name}", at_once

    def dissolve(self, group: Group, why: str, now: int, out: list[Event]) -> None:
        """Cancel all orders of a group: nothing depends on it any more."""
        group.over = True
        numbers = list(group.cums)
        for number in numbers:
            self._leave(group, number)
        for number in numbers:
            order = self._venue.orders.get(number)
            if order is not None and order.open:
                self._venue.cancel_order(order, now, out, why)

    def _leave(self, group: Group, number: int) -> None:
        """An order does not depend on the others any more, nor they on it."""
        if group.cums.pop(number, None) is None:
            return
        del self._by_number[number]
        self.waiting.pop(number, None)
        if not group.cums:
            self._ended.append((group.session, group.name))
            if len(self._ended) > self._venue.settings.keep_finished:
                self._forget(*self._ended.popleft())

    def _forget(self, session: str, name: str) -> None:
        group = self.find(session, name)
        if group is not None and not group.cums:
            del self._groups[session][name]

    # -- what follows

    def changed(self, order: Order) -> None:
        """An order was reported of."""
        group = self._by_number.get(order.number)
        if group is not None and (order.cum != group.cums[order.number] or not order.open):
            self.touched.append(order)

    def follow(self, now: int, out: list[Event]) -> None:
        """Do what the changes since the last time ask for, and what comes of that."""
        while self.touched:
            order = self.touched.pop(0)
            group = self._by_number.get(order.number)
            if group is not None:
                self._follow(group, order, now, out)

    def _follow(self, group: Group, order: Order, now: int, out: list[Event]) -> None:
        traded = order.cum - group.cums[order.number]
        group.cums[order.number] = order.cum
        if group.triggers and order.number == group.numbers[0]:
            self._first_changed(group, order, traded, now, out)
        elif group.contingency == _OCO or group.contingency == _BRACKET:
            at_once = self._venue.settings.lists.oco_cancels != _FILLED
            if not order.open or (traded > 0 and at_once):
                why = PEER_TRADED if order.cum else PEER_ENDED
                self._cancel_others(group, order, why, now, out)
        elif group.contingency == _OUO or group.contingency == _PROPORTIONAL:
            if traded > 0:
                self._reduce_others(group, order, traded, now, out)
            if not order.open and order.status != FILLED:
                self._cancel_others(group, order, PEER_ENDED, now, out)
        if not order.open:
            self._leave(group, order.number)

    def _others(self, group: Group, order: Order) -> list[Order]:
        """The open orders that depend on one, but for the one that triggers them."""
        found: list[Order] = []
        for number in list(group.cums):
            other = self._venue.orders.get(number)
            if other is None or other is order or not other.open:
                continue
            if not group.triggers or number != group.numbers[0]:
                found.append(other)
        return found

    def _cancel_others(
        self, group: Group, order: Order, why: str, now: int, out: list[Event]
    ) -> None:
        """One is done: the others go, and nothing depends on it any more."""
        others = self._others(group, order)
        group.over = True
        for number in list(group.cums):
            self._leave(group, number)
        for other in others:
            if other.open:
                self._venue.cancel_order(other, now, out, why)

    def _reduce_others(
        self, group: Group, order: Order, traded: int, now: int, out: list[Event]
    ) -> None:
        """The others are reduced by what one traded, or by as large a part of theirs."""
        whole = order.leaves + traded
        for other in self._others(group, order):
            less = traded
            if group.contingency == _PROPORTIONAL:
                less = other.leaves * traded // whole
                if order.leaves:
                    less -= less % self._lot(other)
            self._reduce(group, other, less, PEER_TRADED, now, out)

    def _reduce(
        self, group: Group, order: Order, less: int, why: str, now: int, out: list[Event]
    ) -> None:
        """Take quantity off an order, which keeps its place in the book; it may end by that."""
        if less <= 0 or not order.open:
            return
        venue = self._venue
        if less >= order.leaves:
            self._leave(group, order.number)
            venue.cancel_order(order, now, out, why)
            return
        terms = order.terms.with_qty(order.terms.qty - less)
        mark = order.mark
        out.append(restated(venue.orders, order, terms, now, why, REDUCED))
        order.mark = mark
        if order.working:
            venue.engine.resize(terms.symbol, order.number, order.leaves)
            venue.after(terms.symbol, now, out)

    def _lot(self, order: Order) -> int:
        listing = self._venue.listings.get(order.terms.symbol)
        return 1 if listing is None else listing.instrument.lot

    # -- orders that wait for another

    def _first_changed(
        self, group: Group, first: Order, traded: int, now: int, out: list[Event]
    ) -> None:
        """The order that triggers the others traded or ended."""
        at_once = self._venue.settings.lists.oto_triggers != _FILLED
        if group.triggered:
            return
        if first.status == FILLED or (traded > 0 and at_once):
            self._trigger(group, first, now, out)
        elif not first.open and first.cum:
            for other in self._others(group, first):
                self._scale(group, first, other, now, out)
            self._trigger(group, first, now, out)
        elif not first.open:
            self._cancel_others(group, first, NEVER_TRIGGERED, now, out)

    def _scale(self, group: Group, first: Order, other: Order, now: int, out: list[Event]) -> None:
        """What was filled in part triggers that part of another order, in whole lots."""
        kept = other.leaves * first.cum // first.terms.qty
        kept -= kept % self._lot(other)
        self._reduce(group, other, other.leaves - kept, PARTLY_TRIGGERED, now, out)

    def _trigger(self, group: Group, first: Order, now: int, out: list[Event]) -> None:
        """Those that wait for the first one go to their books, in the order in which they came."""
        group.triggered = True
        for other in self._others(group, first):
            if not self.waiting.pop(other.number, False):
                continue
            if other.mark == SUSPENDED:
                self._venue.aside[other.number] = True  # it goes to its book as it is resumed
            else:
                self._enter(other, now, out)

    def execute(self, group: Group, now: int, out: list[Event]) -> None:
        """A list that waited is to be executed: what is not to be triggered goes to its book."""
        group.held = False
        for number in group.numbers[:1] if group.triggers else list(group.numbers):
            order = self._venue.orders.get(number)
            if not self.waiting.pop(number, False) or order is None or not order.open:
                continue
            if order.mark == SUSPENDED:
                self._venue.aside[number] = True  # it goes to its book as it is resumed
            else:
                self._to_book(order, now, out)

    def _enter(self, order: Order, now: int, out: list[Event]) -> None:
        out.append(triggered(self._venue.orders, order, now))
        self._to_book(order, now, out)

    def _to_book(self, order: Order, now: int, out: list[Event]) -> None:
        terms = order.terms
        listing = self._venue.listings.get(terms.symbol)
        if listing is None or (terms.ord_type << 8 | terms.tif) not in listing.rules.takes:
            self._venue.cancel_order(order, now, out, NOT_TAKEN)
        else:
            self._venue.enter_by_rules(listing, order, now, out)

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {
            "groups": [group.state() for group in self.all()],
            "ended": [list(each) for each in self._ended],
            "waiting": list(self.waiting),
            "touched": [order.number for order in self.touched],
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        for session, name, contingency, numbers, cums, triggered_, over, held in plain["groups"]:
            group = self.open_group(session, name, contingency)
            group.numbers = numbers
            group.triggered = triggered_
            group.over = over
            group.held = held
            for number, cum in cums:
                group.cums[number] = cum
                self._by_number[number] = group
        self._ended = deque([(session, name) for session, name in plain["ended"]])
        self.waiting = dict.fromkeys(plain["waiting"], True)
        for number in plain["touched"]:
            order = self._venue.orders.get(number)
            if order is not None:
                self.touched.append(order)
