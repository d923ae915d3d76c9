"""
Rules about what is no request: messages that a session sends, or that keep it alive, and events.

What a message is to suffer is said at once, as faults do it (:mod:`exsim.faults.tamper` asks). The
other steps are taken when the request is over that it came of: a message is on its way by then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from exsim.dispatch.plays import Play
from exsim.dispatch.subject import Subject
from exsim.faults.book import kind_of
from exsim.faults.reactions import Reaction, Wound, wound_of
from exsim.filters import Filter, Seen
from exsim.filters.names import DIRECTION, EVENT, TYPE
from exsim.filters.needs import parts_of
from exsim.filters.seen import folded
from exsim.filters.terms import EQUAL, Compare
from exsim.model.steps import Step
from exsim.model.verbs import VERBS, WATCHERS

if TYPE_CHECKING:
    from exsim.dispatch.rulebook import Entry, Rulebook

REQUEST: Final = "request"
SENT: Final = "sent"
RECEIVED: Final = "received"
HAPPENED: Final = "happened"
"""What a rule can be about."""
FAULT: Final = "fault"
SESSION_TYPES: Final = frozenset(
    (
        *"012345A",
        *("heartbeat", "testrequest", "resendrequest", "reject", "sequencereset", "logout"),
        "logon",
    )
)
"""Messages by which a session lives, which are no requests: codes, and folded names."""
MOST: Final = 1_000
"""Steps of rules that one request may lead to, as one rule's report may be another's reason."""


def about(wanted: Filter) -> str:
    """What a rule with this filter is about, as far as the filter says; else a request."""
    found = REQUEST
    for part in parts_of(wanted.term):
        if not isinstance(part, Compare) or part.op != EQUAL:
            continue
        if part.key.kind == EVENT:
            return HAPPENED
        if part.key.kind == DIRECTION and part.wanted == ("out",):
            return SENT
        if part.key.kind == TYPE and all(
            each in SESSION_TYPES or folded(each) in SESSION_TYPES for each in part.wanted
        ):
            found = RECEIVED
    return found


def check_watching(what: str, steps: tuple[Step, ...]) -> None:
    """
    Whether a rule can do its steps, by what it is about.

    :raises ValueError: saying which it cannot, and what would be right.
    """
    for number, step in enumerate(steps, 1):
        if what == REQUEST:
            if step.do == FAULT:
                raise ValueError(
                    f"step {number}: a request has arrived; with dir=out in the filter the rule is"
                    " about messages sent, of which faults are"
                )
            continue
        if step.do not in WATCHERS and not VERBS[step.do].reports and step.do != "resume":
            raise ValueError(
                f"step {number}: {step.do} is done about a request, and the filter has none"
            )
        if step.do in ("ack", "pending", "reject"):
            raise ValueError(f"step {number}: {step.do} answers a request, and the filter has none")
        if step.do == FAULT:
            _check_fault(what, number, step)


def _check_fault(what: str, number: int, step: Step) -> None:
    direction = {SENT: "out", RECEIVED: "in"}.get(what)
    if direction is None:
        raise ValueError(f"step {number}: an event is no message, which a fault is of")
    try:
        wound = wound_of(step.get("kind"), step.get("parameters"))
    except ValueError as error:
        raise ValueError(f"step {number}: {error}") from None
    if direction not in kind_of(wound.kind).directions:
        raise ValueError(
            f"step {number}: a fault of kind {wound.kind} is of messages in the other direction"
        )


class Watching:
    """
    The rules of one book that are about no requests. ``entries`` are those that are asked, in
    order; ``begun`` is called where one has fired and still has to do something.
    """

    def __init__(self, book: Rulebook) -> None:
        self.entries: list[Entry] = []
        self.begun: Callable[[], None] = _nobody
        self._book = book
        self._waiting: deque[Play] = deque()

    def watch(self, seen: Seen) -> Reaction | None:
        """See :class:`exsim.faults.reactions.Watcher`."""
        entry = self._first(seen)
        if entry is None:
            return None
        play, wounds = self._play(entry, seen)
        note = self._book.plays.told(play, "fired", then=entry.text)
        return Reaction(note, wounds, entry.luck)

    def happened(self, seen: Seen, real: int) -> None:
        """Something happened at the real time ``real`` that is no message."""
        entry = self._first(seen)
        if entry is not None:
            play, _ = self._play(entry, seen)
            self._book.plays.fired(play, real)

    def _first(self, seen: Seen) -> Entry | None:
        for entry in self.entries:
            if entry.about == RECEIVED and seen.direction != "in":
                continue
            if self._book.in_state(entry) and entry.filter.matches(seen) and entry.lucky():
                return entry
        return None

    def _play(self, entry: Entry, seen: Seen) -> tuple[Play, tuple[Wound, ...]]:
        """The play of a rule that fires, which waits for its turn, and what a message suffers."""
        book, rule = self._book, entry.rule
        book.hit(entry)
        subject = Subject(book.venue, None)
        subject.to, subject.told = seen.session, seen.description
        order_ids = seen.values("37", ())
        if order_ids:
            subject.order = book.venue.orders.by_order_id(order_ids[0])
        wounds = [each for each in rule.then if each.do == FAULT]
        rest = tuple([each for each in rule.then if each.do != FAULT])
        play = Play(0, rule.name, entry.hits, entry.luck, subject, rest)
        if rest:
            self._waiting.append(play)
            self.begun()
        return play, tuple([wound_of(each.get("kind"), each.get("parameters")) for each in wounds])

    def next(self) -> Play | None:
        """The next play whose turn it is; None where there is none."""
        return self._waiting.popleft() if self._waiting else None

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()


def _nobody() -> None:
    """Nobody has to be told."""
