"""``exsim.when(...).then(...)``: what becomes of requests that fit."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from exsim.client.blocking_operations import BlockingOperations
from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.testing.asking import Span, span
from exsim.testing.verbs import Verb

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from exsim.client.asynchronous_operations import AsynchronousOperations


@dataclass
class Told:
    """What a rule was told so far."""

    when: dict[str, Any]
    venue: str | None
    steps: list[ds.RuleStep] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)


class Plan:
    """
    A rule, as it is told step by step. Without steps it only counts what fits.

    Each method changes the rule and returns it.
    """

    def __init__(self, told: Told) -> None:
        self._told = told
        self._changed()

    def then(self, *verbs: Verb) -> Self:
        """Take these steps, after those that were told before."""
        return self._add(*(verb.step() for verb in verbs))

    def after(self, time: Span, clock: Literal["market", "session"] = "market") -> Self:
        """
        Wait before the next step: by the clock of the market, or with ``session`` by the real one.
        """
        return self._add(ds.RuleStep(after=span(time), clock=clock))

    def hold(self) -> Self:
        """Hold the request for the test to decide: see ``exsim.holds``."""
        return self._add(ds.RuleStep(do="hold"))

    def fault(self, kind: str, **parameters: object) -> Self:
        """
        Have the message suffer a fault on its way: ``fault("delay", time="2s")``.

        It is for rules about messages that are no requests: ``exsim.when("8", direction="out")``.
        """
        given = " ".join(shlex.quote(f"{name}={value}") for name, value in parameters.items())
        return self._add(ds.RuleStep(do="fault", kind=kind, parameters=given or None))

    def logout(self, text: str | None = None) -> Self:
        """Log the session out."""
        return self._add(ds.RuleStep(do="logout", text=text))

    def disconnect(self) -> Self:
        """Close the connection of the session without a word."""
        return self._add(ds.RuleStep(do="disconnect"))

    def phase(self, phase: str) -> Self:
        """Have a phase of the market begin."""
        return self._add(ds.RuleStep(do="phase", phase=phase))

    def webhook(self, url: str, timeout: Span | None = None) -> Self:
        """Ask an HTTP endpoint for the steps."""
        within = None if timeout is None else span(timeout)
        return self._add(ds.RuleStep(do="webhook", url=url, timeout=within))

    def times(self, count: int) -> Self:
        """Fire so often at most."""
        return self._set(times=count)

    def probability(self, chance: str, seed: int | None = None) -> Self:
        """Fire with a chance (``"25%"``, ``"0.25"``), fixed by the seed."""
        return self._set(probability=chance, seed=seed)

    def priority(self, priority: int) -> Self:
        """Be asked before rules of a lower priority; it is 0 at first."""
        return self._set(priority=priority)

    def scenario(self, name: str, state: str | None = None, becomes: str | None = None) -> Self:
        """Fire only in this state of a scenario (they begin in ``start``), which then changes."""
        return self._set(scenario=name, state=state, becomes=becomes)

    def _add(self, *steps: ds.RuleStep) -> Self:
        self._told.steps += steps
        self._changed()
        return self

    def _set(self, **more: Any) -> Self:
        self._told.more.update(more)
        self._changed()
        return self

    def _changed(self) -> None:
        """The rule is another now."""

    def _given(self) -> dict[str, Any]:
        """As the simulator takes it."""
        told = self._told
        return {"when": told.when, "venue": told.venue, "then": list(told.steps), **told.more}


class Rule(Plan):
    """A rule of a blocking client, at work as far as it was told."""

    def __init__(self, simulator: BlockingOperations, told: Told) -> None:
        self._simulator = simulator
        self._name: str | None = None
        super().__init__(told)

    @property
    def name(self) -> str:
        """Its name in the journal, and at ``/rules``."""
        assert self._name is not None
        return self._name

    @property
    def hits(self) -> int:
        """How often it fired."""
        return self._ask().hits

    def remove(self) -> None:
        """Take it away; what it began goes on."""
        self._simulator.delete_rule(self.name, venue=self._told.venue)

    def _ask(self) -> dr.Rule:
        return self._simulator.get_rule(self.name, venue=self._told.venue)

    def _changed(self) -> None:
        if self._name is not None:
            self.remove()
        self._name = self._simulator.create_rule(name=self._name, **self._given()).name


class PlannedRule(Plan):
    """A rule of an asynchronous client: ``await`` it, or :meth:`set` it, once it is told."""

    def __init__(self, simulator: AsynchronousOperations, told: Told) -> None:
        self._simulator = simulator
        super().__init__(told)

    def set(self) -> Deferred[dr.Rule]:
        """Have it made; fires with it once it is at work."""
        return self._simulator.create_rule(**self._given())

    def __await__(self) -> Generator[Deferred[dr.Rule], None, dr.Rule]:
        return self.set().__await__()
