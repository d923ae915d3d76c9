"""
Rules: when a request comes that fits, these steps are taken.

Values only. What a rule matches by is text or a mapping in the filter language
(:mod:`exsim.filters`); :mod:`exsim.dispatch.rulebook` asks rules, :mod:`exsim.dispatch.plays`
takes their steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from exsim.model.amounts import UNIT, parse_amount
from exsim.model.steps import Step, parse_steps, plain_step, step, steps_of, steps_text

__all__ = [
    "START",
    "Rule",
    "Step",
    "chance",
    "parse_steps",
    "plain_rule",
    "rule_of",
    "step",
    "steps_of",
    "steps_text",
]

START: Final = "start"
"""The state of a scenario that nothing has happened in."""

When = str | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """
    ``when`` a request fits, ``then`` these steps are taken; without steps it is only counted.

    Rules are asked by falling ``priority``, and those of equal priority in the order they were
    made; the first that fires decides. ``times`` is how often it fires, None for no end.
    ``probability`` (units of 10^-8) is its chance where it fits; ``seed`` fixes it, by default that
    of the venue and the name do. With a ``scenario`` it fires only in ``state`` of that (None for
    any), which then ``becomes`` another (None for none).
    """

    name: str
    when: When = None
    then: tuple[Step, ...] = ()
    priority: int = 0
    times: int | None = None
    probability: int = UNIT
    seed: int | None = None
    scenario: str = ""
    state: str | None = None
    becomes: str | None = None
    enabled: bool = True

    def with_enabled(self, enabled: bool) -> Rule:
        """The same, switched on or off."""
        return replace(self, enabled=enabled)


def chance(text: str) -> int:
    """
    A probability such as ``0.25`` or ``25%``, in units of 10^-8.

    :raises ValueError: when it is none.
    """
    try:
        value = parse_amount(text.removesuffix("%").strip())
    except ValueError:
        raise ValueError(f"{text!r} is no probability such as 0.25 or 25%") from None
    value = value // 100 if text.endswith("%") else value
    if not 0 <= value <= UNIT:
        raise ValueError(f"{text!r} is no probability: it must lie between 0 and 1")
    return value


def plain_rule(rule: Rule) -> dict[str, Any]:
    """A rule as plain values, for a snapshot."""
    when = rule.when
    return {
        "name": rule.name,
        "when": dict(when) if isinstance(when, Mapping) else when,
        "then": [plain_step(each) for each in rule.then],
        "priority": rule.priority,
        "times": rule.times,
        "probability": rule.probability,
        "seed": rule.seed,
        "scenario": rule.scenario,
        "state": rule.state,
        "becomes": rule.becomes,
        "enabled": rule.enabled,
    }


def rule_of(plain: dict[str, Any]) -> Rule:
    """The rule that :func:`plain_rule` told."""
    return Rule(**{**plain, "then": steps_of(plain["then"])})
