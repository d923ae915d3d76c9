"""
The dispatcher: the one way through for requests, whoever makes them.

A request comes in with the chain of policies that it has to pass. The chain's decision is
carried out on the venue, and the events that come of it are appended to :attr:`out`, from
where they are sent to the sessions they are addressed to.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch import dealing, verbs
from exsim.dispatch.agenda import Agenda
from exsim.dispatch.chain import Chain, PolicyFault, instead
from exsim.dispatch.desk import Desk
from exsim.dispatch.in_cash import worked_out
from exsim.dispatch.market_clock import PAST
from exsim.dispatch.pending import forget, put_off
from exsim.dispatch.subject import Subject
from exsim.dispatch.tasks import (
    BotTask,
    DataTask,
    DayTask,
    Departure,
    PlayTask,
    PriceTask,
    QuoteTask,
    Resume,
    Task,
)
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.interfaces import IJournal
from exsim.model import decisions
from exsim.model.amounts import format_amount
from exsim.model.codes import Reason
from exsim.model.decisions import MATCH, PASS, Decision
from exsim.model.events import Outgoing
from exsim.model.journal import EntryKind
from exsim.model.requests import ListMessage, NewOrder, ReplaceOrder, Request
from exsim.model.steps import Step

_TIMER = int(EntryKind.TIMER)
_EVER = 2**63 - 1
_OVERSLEPT: Final = 10_000_000_000
"""
Nanoseconds. A pricing source that is later than this, since the simulator was down or its machine
asleep, goes on from now: nobody waits for all the steps of a weekend.
"""
_LATE: Final = 1_000_000_000
"""
Nanoseconds. A bot that is later than this, for the same reasons, or since it wants to do more than
this machine can, acts once and goes on from now: else all would wait for it, ever longer.
"""


class Dispatcher(Desk):
    """
    Runs requests through policies to their outcome.

    ``policy_fault`` is told of a policy that raised or gave junk; the request is then
    answered as its venue's ``on_error`` says.
    """

    def __init__(self, journal: IJournal, policy_fault: PolicyFault) -> None:
        super().__init__(journal)
        self.venues: dict[str, Venue] = {}
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
        real = now
        if not venue.clock.real:
            now = venue.clock.time(now)
        self.take(venue, request, chain, real, now)

    def take(self, venue: Venue, request: Request, chain: Chain, real: int, now: int) -> None:
        """See :class:`exsim.dispatch.desk.Desk`."""
        if venue.aliases:
            request = venue.named(request)
        if isinstance(request, NewOrder):
            if request.extra is not None:  # of nearly none
                request = worked_out(venue, request, now)
        elif isinstance(request, (ReplaceOrder, ListMessage)):
            request = worked_out(venue, request, now)
        if venue.asks is not None and venue.asks.take(request, chain, real, now):
            return
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
        """
        Do the first task of a venue: of its agenda, at its due time by the market's clock, or what
        is due by real time.
        """
        if venue.wakes is not None and self._woken(venue, venue.wakes, now):
            return
        popped = venue.agenda.pop_due(_EVER)
        if popped is None:
            return
        due, task = popped
        if isinstance(task, BotTask):
            self.journal.append(now, _TIMER, venue.name, "", b"bot " + task.name.encode())
            if venue.bots is not None:
                at = venue.time(now) if venue.clock.late(due, now) > _LATE else due
                venue.bots.wake(task.name, due, at, now)
        elif isinstance(task, Resume):
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
        elif isinstance(task, DataTask):
            self.journal.append(now, _TIMER, venue.name, "", b"data")
            if venue.data is not None:
                venue.data.due(due, self.out)
        elif isinstance(task, PriceTask):
            data = b"prices " + task.name.encode()
            seq = self.journal.append(now, _TIMER, venue.name, "", data)
            if venue.clock.late(due, now) > _OVERSLEPT:
                venue.prices.wake(task.name, venue.time(now), seq)
            else:
                venue.prices.run(task.name, due, seq)
            venue.follow_outages(due, self.out)
        elif isinstance(task, PlayTask):
            fell = venue.clock.due(due)
            self._play(venue, task, now if fell is None or fell == PAST else fell, now, due)
        else:
            self.journal.append(now, _TIMER, venue.name, "", b"fill")
            venue.fill_step(task.number, task.step, due, self.out)

    def _woken(self, venue: Venue, wakes: Agenda[Task], now: int) -> bool:
        """Do what is due by real time, if that comes first."""
        due = venue.agenda.next_due()
        wake = wakes.next_due()
        if wake is None or wake != venue.next_due():
            return False
        if due is not None and venue.clock.due(due) == wake:
            return False
        popped = wakes.pop_due(_EVER)
        if popped is not None and isinstance(popped[1], PlayTask):
            self._play(venue, popped[1], wake, now, venue.time(wake))
        return True

    def _play(self, venue: Venue, task: PlayTask, due: int, real: int, now: int) -> None:
        self.journal.append(real, _TIMER, venue.name, "", b"play")
        if venue.rulebook is not None:
            venue.rulebook.plays.wake(task.number, due, real, now)

    # -- chains

    def go_on(self, venue: Venue, request: Request, chain: Chain, position: int, now: int) -> None:
        """See :class:`exsim.dispatch.desk.Desk`."""
        self._run(venue, request, chain, position, now)

    def keep(
        self, venue: Venue, request: Request, chain: Chain, position: int, now: int, by: str
    ) -> None:
        """See :class:`exsim.dispatch.desk.Desk`."""
        self._hold(venue, request, chain, position, now, by)

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
            forget(venue, request)
        elif isinstance(decision, decisions.Drop):
            forget(venue, request)
        elif isinstance(decision, decisions.Match):
            venue.match(request, now, self.out)
        elif isinstance(decision, decisions.Pass):
            return False
        return True

    def _reply(self, request: Request, fields: tuple[tuple[str, str], ...]) -> None:
        if request.session:
            self.out.append(Outgoing(request.session, fields))

    # -- holds

    def _hold(
        self,
        venue: Venue,
        request: Request,
        chain: Chain,
        position: int,
        now: int,
        by: str = "",
    ) -> None:
        if self.holds.count(venue.name) >= venue.settings.max_holds:
            text = f"{venue.settings.max_holds} requests are held, no more are taken"
            venue.reject(request, Reason.OTHER, text, now, self.out)
        else:
            self.holds.add(venue.name, request, chain, position, now, by)
            put_off(venue, request, now, self.out)

    def decide(self, hold_id: int, step: Step, now: int, by: str = "") -> Subject:
        """
        Do a verb about a held request, or the order that was made of it; ``now`` is real time.
        ``by`` is what it was decided by, if that is not the verb.

        :raises exsim.errors.Conflict: when that cannot be; the request is then still held.
        """
        held = self.holds.get(hold_id)
        venue = self.venue(held.venue)
        subject = Subject(venue, held.request, held.chain, held.position, held.order)
        before = subject.decided
        why = f"it was decided ({by or step.do})"
        verbs.do(self, subject, step, venue.time(now))
        if subject.decided and not before and subject.order is not None and step.do not in _OVER:
            self.holds.acked(held, subject.order, why)
        elif subject.decided and (not before or step.do == "drop"):
            self.holds.end(hold_id, why)
        return subject

    def release(self, hold_id: int, now: int) -> None:
        """Let a held request go on with the policy after the one that held it."""
        self.decide(hold_id, Step("release", {}), now)

    def ack(self, hold_id: int, now: int) -> None:
        """
        Do what a held request asks for, in the words of its kind.

        A new order is accepted, and rests with whoever acked it rather than in a book; a
        cancel or replace is carried out; a status request is answered.
        """
        self.decide(hold_id, Step("ack", {}), now)

    def fill(self, hold_id: int, qty: int | None, price: int | None, now: int) -> None:
        """
        Accept a held new order, if that was not done, and fill it: all of it, or ``qty``.

        The rest stays open, and can be filled under the same number.
        """
        amounts = {"quantity": qty, "price": price}
        values = {n: format_amount(amount) for n, amount in amounts.items() if amount is not None}
        self.decide(hold_id, Step("fill", values), now)

    def reject(self, hold_id: int, reason: Reason, text: str, now: int) -> None:
        """Refuse a held request."""
        self.decide(hold_id, Step("reject", {"reason": reason.name, "text": text}), now)

    def drop(self, hold_id: int) -> None:
        """Forget a held request: its sender hears nothing."""
        self.decide(hold_id, Step("drop", {}), 0)

    def check_reply(self, hold_id: int) -> None:
        """Whether a held request may be answered by a message of somebody's making.

        :raises exsim.errors.Conflict: when it came by no session.
        """
        held = self.holds.get(hold_id)
        verbs.check_reply(Subject(self.venue(held.venue), held.request))


_OVER: Final = frozenset({"release", "match", "reject", "drop", "reply", "raw"})
"""Verbs after which whoever decided a held order has nothing more to do with it."""
