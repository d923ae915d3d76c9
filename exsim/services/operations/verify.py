"""
Verify: how often messages came, or in which order, and if not as expected, what came instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control.cursors import format_cursor
from exsim.control.fields import wait_time
from exsim.errors import Gone, Unprocessable
from exsim.filters import Filter, Seen
from exsim.filters.lines import Line, line_of, shown
from exsim.filters.nearest import nearest
from exsim.filters.verdict import SHOWN, Conversation, Evidence, counted, ordered
from exsim.model.journal import Entry
from exsim.services.exchange import Exchange
from exsim.services.operations.happenings import happened
from exsim.services.operations.messages import after_cursor
from exsim.services.operations.searching import view
from exsim.services.operations.waiting import Slices, wait_until
from exsim.services.operations.wanted import MESSAGES, Wanted, filter_from, seen_of
from exsim.services.simulator import Handler, Simulator

LINES: Final = 30
"""Messages of a conversation that are told."""
AT_ONCE: Final = 100
"""Entries after which it is seen whether others are to have their turn."""
MOST_NEAR: Final = 20_000
"""Messages among which the nearest are looked for, from the newest on."""


async def verify_messages(
    simulator: Simulator, arguments: s.NoArguments, body: ds.Verify
) -> dr.Verified:
    """See whether messages came as expected; what has yet to come is waited for."""
    if body.venue is not None:
        simulator.dispatcher.venue(body.venue)
    verifying = _verifying(simulator, body)
    within = wait_time(body.within) if body.within is not None else 0
    await wait_until(
        simulator,
        within,
        verifying.look,
        lambda told: told.settled,
        lambda told: told.behind,
        lambda told: told.behind,
    )
    return verifying.result(body)


def _verifying(simulator: Simulator, body: ds.Verify) -> Verifying:
    """What is to be verified."""
    counts = (body.exactly, body.at_least, body.at_most)
    if body.in_order:
        if body.never or body.filter is not None or any(count is not None for count in counts):
            raise Unprocessable("in_order has filters of its own, and counts nothing: leave others")
        return InOrder(simulator, body)
    return Count(simulator, body)


@dataclass(slots=True)
class Range:
    """How often something is expected."""

    least: int
    most: int | None

    @property
    def text(self) -> str:
        """In words."""
        if self.most == 0:
            return "no message"
        if self.most is None:
            return f"at least {_messages(self.least)}"
        if self.least == self.most:
            return f"exactly {_messages(self.least)}"
        if not self.least:
            return f"at most {_messages(self.most)}"
        return f"from {self.least} to {_messages(self.most)}"


def range_of(body: ds.Verify) -> Range:
    """
    How often messages are expected: at least once, where nothing is said.

    :raises exsim.errors.Unprocessable: when it makes no sense.
    """
    if body.never or body.exactly is not None:
        if body.at_least is not None or body.at_most is not None:
            raise Unprocessable("exactly and never leave no room for at_least and at_most")
        if body.never and body.exactly is not None:
            raise Unprocessable("give never or exactly, not both")
        exact = 0 if body.exactly is None else body.exactly
        return Range(exact, exact)
    least = body.at_least
    if least is None:
        least = 1 if body.at_most is None else 0
    if body.at_most is not None and body.at_most < least:
        raise Unprocessable(f"at_most {body.at_most} is less than at_least {least}")
    return Range(least, body.at_most)


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


class Verifying:
    """Goes through the messages, and goes on where it stopped when more have come."""

    def __init__(self, simulator: Simulator, body: ds.Verify) -> None:
        self._simulator = simulator
        self.exchange = simulator.exchange
        self.journal = simulator.exchange.journal
        self.epoch = self.journal.epoch
        self.begun = after_cursor(simulator, body.after)
        if body.after is None:
            self.begun = max(self.begun, self.journal.recent - 1)
        self.position = self.begun
        self.behind = False
        self.looked = 0
        self.scope = Wanted(self.exchange, None, body.venue, body.session)

    def look(self) -> Verifying:
        """Take in what has come since."""
        if self.journal.epoch != self.epoch:
            raise Gone("the simulator was reset meanwhile: begin again without a cursor")
        slices, entries = Slices(self._simulator), self.journal.entries(self.position)
        self.behind = False
        while not self.behind and (batch := list(islice(entries, AT_ONCE))):
            for entry in batch:
                self.position = entry.seq
                if entry.kind in MESSAGES and self.scope.origin(entry) is not None:
                    self.looked += 1
                    self.take(entry)
            self.behind = slices.over
        return self

    def take(self, entry: Entry) -> None:
        """A message came."""
        raise NotImplementedError

    @property
    def settled(self) -> bool:
        """Whether it is known what comes of it, however long it is waited."""
        raise NotImplementedError

    def result(self, body: ds.Verify) -> dr.Verified:
        """What came of it."""
        raise NotImplementedError

    def seen(self, entry: Entry) -> Seen:
        """A message as filters see it."""
        return seen_of(entry, self.exchange.origins[entry.origin])

    def verified(
        self, passed: bool, count: int, found: list[Entry], text: str, evidence: Evidence | None
    ) -> dr.Verified:
        """The result, in full."""
        near = () if evidence is None else evidence.near
        lines = () if evidence is None else evidence.conversation.lines
        return dr.Verified(
            passed=passed,
            found=count,
            text=text,
            messages=[_view(self.exchange, entry) for entry in found],
            nearest=[
                dr.Near(_view_of(self.exchange, one.seen), [dr.Miss(*miss) for miss in one.misses])
                for one in near
            ],
            conversation=shown(lines),
            position=format_cursor(self.epoch, self.position),
        )

    def evidence(
        self, body: ds.Verify, found: list[Entry], miss: Filter | None, after: int
    ) -> Evidence:
        """
        What there was instead: the messages after an entry that come nearest to a filter, if one
        was missed, and the conversation of all that had a part in it.
        """
        near = [] if miss is None else nearest(miss, self._newest(after))
        waited = "" if body.within is None else body.within
        sessions = {entry.session for entry in found} | {one.seen.session for one in near}
        if body.session is not None:
            sessions = {body.session}
        return Evidence(self.looked, body.session or "", waited, near, self._conversation(sessions))

    def _newest(self, after: int) -> Iterator[Seen]:
        """The newest messages there are after an entry."""
        rest = MOST_NEAR
        for entry in self.journal.backward(self.position + 1):
            if entry.seq <= after or not rest:
                return
            if self.scope.origin(entry) is not None:
                rest -= 1
                yield self.seen(entry)

    def _conversation(self, sessions: set[str]) -> Conversation:
        """What happened, newest first until there are enough lines; messages are counted on."""
        lines: list[Line] = []
        names: set[str] = set()
        told = total = 0
        for entry in self.journal.backward(self.position + 1):
            if entry.seq <= self.begun:
                break
            if sessions and entry.session and entry.session not in sessions:
                continue
            if entry.kind in MESSAGES:
                if self.scope.origin(entry) is None:
                    continue
                total += 1
                names.add(entry.session)
            if len(lines) < LINES:
                line = self._line(entry)
                if line is not None:
                    lines.append(line)
                    told += entry.kind in MESSAGES
        return Conversation(sorted(sessions or names), lines[::-1], told, total)

    def _line(self, entry: Entry) -> Line | None:
        """A line for an entry; None for what says nothing to people."""
        if entry.kind in MESSAGES:
            return line_of(self.seen(entry))
        text = happened(entry)
        if not text:
            return None
        return Line(entry.seq, entry.time, entry.session or "exsim", "***", text)


class Count(Verifying):
    """How often messages came that fit one filter."""

    def __init__(self, simulator: Simulator, body: ds.Verify) -> None:
        super().__init__(simulator, body)
        self._range = range_of(body)
        self._wanted = Wanted(self.exchange, body.filter, body.venue, body.session)
        self._count = 0
        self._found: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Count it, if it fits."""
        if self._wanted.origin(entry) is not None:
            self._count += 1
            if len(self._found) < SHOWN:
                self._found.append(entry)

    @property
    def settled(self) -> bool:
        """
        What is expected exactly so often is waited for no longer once it has come so often; what
        must not come (more often) is waited for to the end.
        """
        least, most = self._range.least, self._range.most
        if most is not None and self._count > most:
            return True
        return self._count >= least and (most is None or (least == most and least > 0))

    def result(self, body: ds.Verify) -> dr.Verified:
        """Passed, or what came instead."""
        expected, count = self._range, self._count
        too_many = expected.most is not None and count > expected.most
        if count >= expected.least and not too_many:
            text = f"Found {count}, as expected: {expected.text}: {self._wanted.filter}"
            return self.verified(True, count, self._found, text, None)
        miss = None if too_many else self._wanted.filter
        evidence = self.evidence(body, self._found, miss, self.begun)
        found = [self.seen(entry) for entry in self._found]
        text = counted(expected.text, self._wanted.filter, count, found, evidence)
        return self.verified(False, count, self._found, text, evidence)


class InOrder(Verifying):
    """Whether messages came one after another, others among them or not."""

    def __init__(self, simulator: Simulator, body: ds.Verify) -> None:
        super().__init__(simulator, body)
        self._steps = [filter_from(step) for step in body.in_order]
        self._found: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Go on to the next step, if it is what this one is for."""
        if not self.settled and self._steps[len(self._found)].matches(self.seen(entry)):
            self._found.append(entry)

    @property
    def settled(self) -> bool:
        """Whether all have come."""
        return len(self._found) == len(self._steps)

    def result(self, body: ds.Verify) -> dr.Verified:
        """Passed, or which step is missing."""
        found, steps = self._found, self._steps
        if len(found) == len(steps):
            text = f"Found all {len(steps)}, in the order expected"
            return self.verified(True, len(found), found, text, None)
        after = found[-1].seq if found else self.begun
        evidence = self.evidence(body, found, steps[len(found)], after)
        early = self._early(steps[len(found)], after)
        text = ordered(steps, [self.seen(entry) for entry in found], early, evidence)
        return self.verified(False, len(found), found, text, evidence)

    def _early(self, step: Filter, before: int) -> Seen | None:
        """The newest message that a step is for, but which came before it could."""
        taken = {entry.seq for entry in self._found}
        for seen in self._newest(self.begun):
            if seen.seq < before and seen.seq not in taken and step.matches(seen):
                return seen
        return None


def _view(exchange: Exchange, entry: Entry) -> sr.Message:
    return view(exchange, entry, exchange.origins[entry.origin])


def _view_of(exchange: Exchange, seen: Seen) -> sr.Message:
    entry: Any = next(exchange.journal.entries(seen.seq - 1))
    return _view(exchange, entry)


HANDLERS: dict[str, Handler] = {"verify_messages": verify_messages}
