"""
The rules of a venue, made while it runs, and the behaviours that its configuration has.

Each request is shown to them before any policy: to rules by falling priority, then to behaviours.
The first that fires has its steps taken by :mod:`exsim.dispatch.plays`, and nothing else is asked;
one without steps only counts. A firing is a note in the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

from exsim.dispatch.chain import Chain
from exsim.dispatch.desk import Desk
from exsim.dispatch.fitting import check_fits
from exsim.dispatch.plays import Play, Plays
from exsim.dispatch.seeing import seen_of
from exsim.dispatch.subject import Subject
from exsim.dispatch.venue import Venue
from exsim.dispatch.watching import REQUEST, Watching, about, check_watching
from exsim.dispatch.world import World
from exsim.errors import Conflict, NotFound
from exsim.filters import Filter, Seen, filter_of
from exsim.model.amounts import UNIT
from exsim.model.behaviours import Behaviour
from exsim.model.luck import Luck
from exsim.model.plain import Plain
from exsim.model.requests import NewOrder, Request
from exsim.model.rules import START, Rule, Step, plain_rule, rule_of, steps_text


class Entry:
    """
    A rule in the book: ``hits`` says how often it fired, ``passed`` how often it did not by chance.
    """

    __slots__ = ("about", "behaviour", "filter", "hits", "luck", "number", "passed", "rule")

    def __init__(
        self, rule: Rule, number: int, seed: int, behaviour: Behaviour | None = None
    ) -> None:
        self.rule = rule
        self.number = number
        self.behaviour = behaviour
        self.filter: Filter = filter_of(rule.when)
        self.about = REQUEST if behaviour is not None else about(self.filter)
        self.luck = Luck(seed if rule.seed is None else rule.seed)
        self.hits = 0
        self.passed = 0

    @property
    def left(self) -> int | None:
        """How often it may still fire; None for no end."""
        times = self.rule.times
        return None if times is None else max(0, times - self.hits)

    @property
    def asked(self) -> bool:
        """Whether it is asked at all."""
        return self.rule.enabled and self.left != 0

    @property
    def text(self) -> str:
        """Its steps in one line."""
        return steps_text(self.rule.then)

    def fits(self, request: Request, seen: Seen) -> bool:
        """Whether it is for a request."""
        if self.behaviour is not None and isinstance(request, NewOrder):
            if self.behaviour.names(request.symbol, request.cl_ord_id):
                return True
        if self.behaviour is not None and not self.behaviour.match:
            return False
        return self.filter.matches(seen)

    def lucky(self) -> bool:
        """Whether chance is for it; drawn only where it fits otherwise."""
        if self.rule.probability >= UNIT:
            return True
        if self.luck.below(UNIT) < self.rule.probability:
            return True
        self.passed += 1
        return False

    def state(self) -> Plain:
        """What it counts, for a snapshot."""
        return [self.number, str(self.luck.state), self.hits, self.passed]

    def restore(self, plain: Plain) -> None:
        """Count on from there."""
        self.number, luck, self.hits, self.passed = plain
        self.luck.state = int(luck)


class Rulebook:
    """
    The rules, behaviours and scenarios of one venue, and the plays of all of them. There may be
    ``most`` rules at a time.

    :param seed: of the venue: with a rule's name it fixes the chance of that.
    """

    def __init__(
        self,
        venue: Venue,
        desk: Desk,
        world: World,
        behaviours: tuple[Behaviour, ...] = (),
        seed: int = 0,
    ) -> None:
        self.venue = venue
        self.plays = Plays(venue, desk, world)
        self.rules: dict[str, Entry] = {}
        self.behaviours: dict[str, Entry] = {}
        self.scenarios: dict[str, str] = {}
        self.last = 0
        self.most = 10_000
        self._desk = desk
        self._world = world
        self._seed = seed
        self._order: list[Entry] = []
        self.watching = Watching(self)
        self.changed: Callable[[], None] = _nobody
        for behaviour in behaviours:
            rule = Rule(behaviour.name, behaviour.match or None, behaviour.then)
            seeded = self._seed_of(behaviour.name)
            self.behaviours[rule.name] = Entry(rule, len(self.behaviours), seeded, behaviour)
        self._arrange()

    def _seed_of(self, name: str) -> int:
        return crc32(f"{self._seed}:{self.venue.name}:{name}".encode())

    def _arrange(self) -> None:
        """Have requests be shown to those that are to be asked, in their order."""
        rules = [each for each in self.in_order() if each.asked]
        self._order = [each for each in rules if each.about == REQUEST]
        self._order += [each for each in self.behaviours.values() if each.asked]
        self.venue.asks = self if self._order else None
        before = bool(self.watching.entries)
        self.watching.entries = [each for each in rules if each.about != REQUEST]
        if before != bool(self.watching.entries):
            self.changed()

    # -- rules

    def add(self, rule: Rule) -> Entry:
        """
        Put a rule in the book.

        :raises ValueError: when its filter is none, or it could never do what it says.
        :raises exsim.errors.Conflict: when there is one of its name, or there are too many.
        """
        if rule.name in self.rules:
            raise Conflict(
                f"there is a rule {rule.name!r} already: delete it, or name this another"
            )
        if len(self.rules) >= self.most:
            raise Conflict(f"there are {self.most} rules, no more are taken: delete some")
        entry = self._entry(rule, self.last + 1)
        self.last += 1
        return self._put(entry)

    def replace(self, rule: Rule) -> Entry:
        """
        Have another rule in the place of the one of its name; it counts from 0.

        :raises ValueError: when its filter is none, or it could never do what it says.
        :raises exsim.errors.NotFound: when there is none of its name.
        """
        return self._put(self._entry(rule, self.get(rule.name).number))

    def _entry(self, rule: Rule, number: int) -> Entry:
        entry = Entry(rule, number, self._seed_of(rule.name))
        check_watching(entry.about, rule.then)
        if entry.about == REQUEST:
            check_fits(entry.filter, rule.then)
        return entry

    def _put(self, entry: Entry) -> Entry:
        rule = entry.rule
        self.rules[rule.name] = entry
        if rule.scenario:
            self.scenarios.setdefault(rule.scenario, START)
        self._arrange()
        return entry

    def free_name(self) -> str:
        """A name for a rule that is given none."""
        number = self.last + 1
        while f"rule-{number}" in self.rules:
            number += 1
        return f"rule-{number}"

    def get(self, name: str) -> Entry:
        """
        A rule by its name.

        :raises exsim.errors.NotFound: when there is none.
        """
        entry = self.rules.get(name)
        if entry is None:
            known = ", ".join(self.rules) or "none"
            raise NotFound(f"venue {self.venue.name} has no rule {name!r}; it has: {known[:500]}")
        return entry

    def in_order(self) -> list[Entry]:
        """All rules in the order they are asked, also those that are not asked now."""
        return sorted(self.rules.values(), key=_place)

    def remove(self, name: str) -> None:
        """Take a rule out of the book; what it began goes on."""
        self.get(name)
        del self.rules[name]
        self._arrange()

    def enable(self, name: str, enabled: bool) -> Entry:
        """Switch a rule on or off."""
        entry = self.get(name)
        entry.rule = entry.rule.with_enabled(enabled)
        self._arrange()
        return entry

    def clear(self) -> int:
        """Take all rules out, and end their plays; how many there were."""
        count = len(self.rules)
        self.rules.clear()
        self.plays.clear()
        self.watching.clear()
        self._arrange()
        return count

    def reset(self) -> None:
        """No rules, plays and scenarios; behaviours as at the start."""
        self.rules.clear()
        self.scenarios.clear()
        self.plays.reset()
        self.watching.clear()
        self.last = 0
        for name, entry in self.behaviours.items():
            entry.luck.state, entry.hits, entry.passed = self._seed_of(name), 0, 0
        self._arrange()

    # -- scenarios

    def scenario(self, name: str) -> str:
        """
        The state that a scenario is in.

        :raises exsim.errors.NotFound: when no rule has, and nobody set, such a scenario.
        """
        state = self.scenarios.get(name)
        if state is None:
            known = ", ".join(self.scenarios) or "none"
            raise NotFound(
                f"venue {self.venue.name} has no scenario {name!r}; it has: {known[:500]}"
            )
        return state

    def states(self, scenario: str) -> list[str]:
        """The states of a scenario that rules name, and the one that it is in."""
        found = {START: None, self.scenarios.get(scenario, START): None}
        for entry in self.rules.values():
            if entry.rule.scenario == scenario:
                for state in (entry.rule.state, entry.rule.becomes):
                    if state is not None:
                        found[state] = None
        return list(found)

    def set_scenario(self, name: str, state: str) -> None:
        """Put a scenario in a state."""
        self.scenarios[name] = state

    def reset_scenario(self, name: str) -> None:
        """
        Put a scenario back where it starts; one that no rule names is forgotten.

        :raises exsim.errors.NotFound: when there is none of that name.
        """
        self.scenario(name)
        self.scenarios[name] = START
        if all(each.rule.scenario != name for each in self.rules.values()):
            del self.scenarios[name]

    # -- at work

    def take(self, request: Request, chain: Chain, real: int, now: int) -> bool:
        """
        Show a request to the rules; False where the policies are to decide.

        ``real`` is the real time, ``now`` the market's.
        """
        seen: Seen | None = None
        for entry in self._order:
            rule = entry.rule
            if not self.in_state(entry):
                continue
            if seen is None:
                seen = seen_of(request, self.venue.name, self._world, self._desk.journal.last, real)
            if entry.fits(request, seen) and entry.lucky():
                self._fire(entry, request, chain, real, now)
                if rule.then:
                    return True
        return False

    def in_state(self, entry: Entry) -> bool:
        """Whether a rule's scenario is in its state."""
        rule = entry.rule
        if not rule.scenario or rule.state is None:
            return True
        return self.scenarios.get(rule.scenario, START) == rule.state

    def hit(self, entry: Entry) -> None:
        """A rule fires."""
        rule = entry.rule
        entry.hits += 1
        if entry.left == 0:
            self._arrange()
        if rule.scenario and rule.becomes is not None:
            self.scenarios[rule.scenario] = rule.becomes

    def _fire(self, entry: Entry, request: Request, chain: Chain, real: int, now: int) -> None:
        rule = entry.rule
        self.hit(entry)
        subject = Subject(self.venue, request, chain)
        play = Play(0, rule.name, entry.hits, entry.luck, subject, rule.then)
        self.plays.fired(play, real)
        if rule.then:
            self.plays.begin(play, real, now)

    def perform(
        self, name: str, subject: Subject, steps: tuple[Step, ...], real: int, now: int
    ) -> None:
        """Take steps that no rule has: ``name`` says in notes whose they are."""
        play = Play(0, name, 1, Luck(self._seed_of(name)), subject, steps)
        self.plays.fired(play, real)
        self.plays.begin(play, real, now)

    def answer(self, play: int, outcome: Any, real: int, now: int) -> None:
        """A webhook answered; see :meth:`exsim.dispatch.plays.Plays.answer`."""
        self.plays.answer(play, outcome, real, now)

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {
            "rules": [[plain_rule(each.rule), each.state()] for each in self.rules.values()],
            "behaviours": [[name, each.state()] for name, each in self.behaviours.items()],
            "scenarios": dict(self.scenarios),
            "last": self.last,
            "plays": self.plays.state(),
        }

    def restore(self, plain: Plain, chain_of: Callable[[list[str]], Chain]) -> None:
        """Be as :meth:`state` told; behaviours are those that are configured now."""
        self.rules = {}
        for told, state in plain["rules"]:
            rule = rule_of(told)
            entry = self.rules[rule.name] = Entry(rule, 0, 0)
            entry.restore(state)
        for name, state in plain["behaviours"]:
            if name in self.behaviours:
                self.behaviours[name].restore(state)
        self.scenarios = plain["scenarios"]
        self.last = plain["last"]
        self.plays.restore(plain["plays"], chain_of, self._luck_of)
        self._arrange()

    def _luck_of(self, name: str) -> Luck | None:
        entry = self.rules.get(name) or self.behaviours.get(name)
        return None if entry is None else entry.luck


def _nobody() -> None:
    """Nobody has to be told."""


def _place(entry: Entry) -> tuple[int, int]:
    return -entry.rule.priority, entry.number
