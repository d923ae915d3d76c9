"""
The dispatcher: the one way through for requests, whoever makes them.

A request comes in with the chain of policies that it has to pass. The chain's decision is
carried out on the venue, and the events that come of it are appended to :attr:`out`, from
where they are sent to the sessions they are addressed to.
"""

from __future__ import annotations

from exsim.dispatch import dealing, lists, mass
from exsim.dispatch.chain import Chain, PolicyFault, instead
from exsim.dispatch.holds import Held, Holds
from exsim.dispatch.pending import forget, put_off
from exsim.dispatch.tasks import DayTask, Departure, QuoteTask, Resume
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound
from exsim.interfaces import IJournal
from exsim.model import decisions
from exsim.model.amounts import format_amount
from exsim.model.codes import Reason
from exsim.model.decisions import MATCH, PASS, Decision
from exsim.model.events import Event, Outgoing
from exsim.model.journal import EntryKind
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    DontKnow,
    ListMessage,
    MassCancel,
    MassStatus,
    NewOrder,
    OrderStatusQuery,
    QuoteMessage,
    ReplaceOrder,
    Request,
    TradesQuery,
)

_TIMER = int(EntryKind.TIMER)
_EVER = 2**63 - 1


class Dispatcher:
    """
    Runs requests through policies to their outcome.

    ``policy_fault`` is told of a policy that raised or gave junk; the request is then
    answered as its venue's ``on_error`` says.
    """

    def __init__(self, journal: IJournal, policy_fault: PolicyFault) -> None:
        self.journal = journal
        self.venues: dict[str, Venue] = {}
        self.holds = Holds()
        self.out: list[Event] = []
        self._policy_fault = policy_fault

    def venue(self, name: str) -> Venue:
        """The venue of this name.

        :raises exsim.errors.NotFound: when there is none.
        """
        venue = self.venues.get(name)
        if venue is None:
            known = ", ".join(sorted(self.venues)) or "none"
            raise NotFound(f"there is no venue {name!r}; there are: {known}")
        return venue

    def submit(self, venue: Venue, request: Request, chain: Chain, now: int) -> None:
        """
        Run a request, which the journal holds already, from the start of its chain.

        ``now`` is real time, here as everywhere but in what is called from here.
        """
        if not venue.clock.real:
            now = venue.clock.time(now)
        if venue.aliases:
            request = venue.named(request)
        if chain:
            self._run(venue, request, chain, 0, now)
        else:
            venue.match(request, now, self.out)

    # -- time

    def next_due(self) -> int | None:
        """When the first thing of any venue falls due, in real time; None for never."""
        first: int | None = None
        for venue in self.venues.values():
            due = venue.next_due()
            if due is not None and (first is None or due < first):
                first = due
        return first

    def run_due(self, now: int) -> None:
        """Do all that is due by ``now``, in due order, each at its own due time."""
        while (venue := self.first_due(now)) is not None:
            self.run_first(venue, now)

    def first_due(self, now: int) -> Venue | None:
        """The venue of what falls due first, if that is due by ``now``."""
        due = self.next_due()
        if due is None or due > now:
            return None
        for venue in self.venues.values():
            if venue.next_due() == due:
                return venue
        return None

    def run_first(self, venue: Venue, now: int) -> None:
        """Do the first task of a venue's agenda, at its due time by the market's clock."""
        popped = venue.agenda.pop_due(_EVER)
        if popped is None:
            return
        due, task = popped
        if isinstance(task, Resume):
            self.journal.append(now, _TIMER, venue.name, task.request.session, b"resume")
            self._run(venue, task.request, task.chain, task.position, due)
        elif isinstance(task, DayTask):
            self.journal.append(now, _TIMER, venue.name, "", b"day")
            venue.day.run(task, due, self.out)
        elif isinstance(task, Departure):
            self.journal.append(now, _TIMER, venue.name, task.session, b"departure")
            venue.depart(task, due, self.out)
        elif isinstance(task, QuoteTask):
            self.journal.append(now, _TIMER, venue.name, "", b"quotes")
            dealing.run(venue, task, due, self.out)
        else:
            self.journal.append(now, _TIMER, venue.name, "", b"fill")
            venue.fill_step(task.number, task.step, due, self.out)

    # -- chains

    def _run(self, venue: Venue, request: Request, chain: Chain, position: int, now: int) -> None:
        for index in range(position, len(chain)):
            link = chain[index]
            try:
                decision = link.decide(request, now)
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                self._policy_fault(link.policy.name, request, error)
                decision = instead(venue.settings.on_error, link.policy.name)
            if decision is MATCH:
                break
            if decision is not PASS and self._decided(venue, request, decision, chain, index, now):
                return
        venue.match(request, now, self.out)

    def _decided(
        self,
        venue: Venue,
        request: Request,
        decision: Decision,
        chain: Chain,
        index: int,
        now: int,
    ) -> bool:
        """Carry out a decision; False when the next policy is to be asked."""
        if isinstance(decision, decisions.Fill) and isinstance(request, NewOrder):
            venue.fill_in_steps(request, decision.steps, now, self.out)
        elif isinstance(decision, decisions.Reject):
            venue.reject(request, decision.reason, decision.text, now, self.out)
        elif isinstance(decision, decisions.Hold):
            self._hold(venue, request, chain, index + 1, now)
        elif isinstance(decision, decisions.Delay):
            venue.agenda.add(now + decision.time, Resume(request, chain, index + 1))
            put_off(venue, request, now, self.out)
        elif isinstance(decision, decisions.Reply):
            self._reply(request, decision.fields)
        elif isinstance(decision, decisions.Match):
            venue.match(request, now, self.out)
        elif isinstance(decision, decisions.Pass):
            return False
        return True

    def _reply(self, request: Request, fields: tuple[tuple[str, str], ...]) -> None:
        if request.session:
            self.out.append(Outgoing(request.session, fields))

    # -- holds

    def _hold(self, venue: Venue, request: Request, chain: Chain, position: int, now: int) -> None:
        if self.holds.count(venue.name) >= venue.settings.max_holds:
            text = f"{venue.settings.max_holds} requests are held, no more are taken"
            venue.reject(request, Reason.OTHER, text, now, self.out)
        else:
            self.holds.add(venue.name, request, chain, position, now)
            put_off(venue, request, now, self.out)

    def release(self, hold_id: int, now: int) -> None:
        """Let a held request go on with the policy after the one that held it."""
        held = self._undecided(hold_id)
        venue = self.venue(held.venue)
        self.holds.take(hold_id)
        self._run(venue, held.request, held.chain, held.position, venue.time(now))

    def ack(self, hold_id: int, now: int) -> None:
        """
        Do what a held request asks for, in the words of its kind.

        A new order is accepted, and rests with whoever acked it rather than in a book; a
        cancel or replace is carried out; a status request is answered.

        :raises exsim.errors.Conflict: when that cannot be; the request is then still held.
        """
        held = self._undecided(hold_id)
        venue, request = self.venue(held.venue), held.request
        now = venue.time(now)
        if isinstance(request, NewOrder):
            _check_acceptable(venue, request)
            self.holds.acked(held, venue.accept(request, now, self.out))
        else:
            self._carry_out(venue, request, now)
            self.holds.take(hold_id)

    def _carry_out(self, venue: Venue, request: Request, now: int) -> None:
        if isinstance(request, (OrderStatusQuery, MassStatus, TradesQuery, DontKnow, QuoteMessage)):
            venue.match(request, now, self.out)
        elif isinstance(request, ListMessage):
            refusal = lists.check(venue, request, now)
            if refusal is not None:
                raise Conflict(f"{refusal[1] or refusal[0].value}: reject or release it")
            venue.match(request, now, self.out)
        elif isinstance(request, MassCancel):
            refusal = mass.check(venue, request)
            if refusal is not None:
                raise Conflict(f"{refusal[1]}: reject or release it")
            venue.match(request, now, self.out)
        elif isinstance(request, (CancelOrder, ReplaceOrder)):
            refusal = venue.check_change(request)
            if refusal is not None:
                reason, text = refusal
                raise Conflict(f"{text or reason.value}: reject or release it")
            venue.match(request, now, self.out)
        else:
            raise Conflict("a message that maps to no request can be replied to, not acked")

    def fill(self, hold_id: int, qty: int | None, price: int | None, now: int) -> None:
        """
        Accept a held new order, if that was not done, and fill it: all of it, or ``qty``.

        The rest stays open, and can be filled under the same number.

        :raises exsim.errors.Conflict: when that cannot be; the request is then still held.
        """
        held = self.holds.get(hold_id)
        venue, request = self.venue(held.venue), held.request
        now = venue.time(now)
        if not isinstance(request, NewOrder):
            raise Conflict(f"only a new order can be filled, no {request.kind} request")
        order = held.order
        if order is None:
            _check_acceptable(venue, request)
        leaves = request.qty if order is None else order.leaves
        if qty is not None and not 0 < qty <= leaves:
            raise Conflict(f"the quantity to fill must be from above 0 to {format_amount(leaves)}")
        terms = request if order is None else order.terms
        at = venue.fill_price(terms, NO_PRICE if price is None else price, now)
        if order is None:
            order = venue.accept(request, now, self.out)
            self.holds.acked(held, order)
        venue.fill_order(order, leaves if qty is None else qty, at, now, self.out)

    def reject(self, hold_id: int, reason: Reason, text: str, now: int) -> None:
        """Refuse a held request.

        :raises exsim.errors.Conflict: when it was acked.
        """
        held = self._undecided(hold_id)
        venue = self.venue(held.venue)
        self.holds.take(hold_id)
        venue.reject(held.request, reason, text, venue.time(now), self.out)

    def drop(self, hold_id: int) -> None:
        """Forget a held request: its sender hears nothing."""
        held = self.holds.take(hold_id)
        forget(self.venue(held.venue), held.request)

    def check_reply(self, hold_id: int) -> None:
        """Whether a held request may be answered by a message of somebody's making.

        :raises exsim.errors.Conflict: when it was acked, or came by no session.
        """
        if not self._undecided(hold_id).request.session:
            raise Conflict("it came by no session, so there is nobody to reply to")

    def _undecided(self, hold_id: int) -> Held:
        held = self.holds.get(hold_id)
        if held.order is not None:
            raise Conflict(f"hold {hold_id} was acked: it can be filled or dropped")
        return held


def _check_acceptable(venue: Venue, terms: NewOrder) -> None:
    """What a person cannot overrule about a held order.

    :raises exsim.errors.Conflict: when nobody could take it.
    """
    if venue.orders.known(terms.session, terms.cl_ord_id):
        raise Conflict(f"ClOrdID {terms.cl_ord_id!r} is in use: reject it or drop it")
    if terms.qty <= 0:
        raise Conflict(f"its quantity is {format_amount(terms.qty)}: reject it or drop it")
