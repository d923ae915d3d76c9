"""Policy chains: asking policies in turn, and keeping one that fails from doing harm."""

from __future__ import annotations

from collections.abc import Callable

from exsim.errors import ExsimError
from exsim.interfaces import IAlways, IPolicy, IView
from exsim.model import decisions
from exsim.model.codes import Reason
from exsim.model.decisions import Decision
from exsim.model.requests import NewOrder, Request

PolicyFault = Callable[[str, Request, Exception], None]
"""Told of a policy that failed: its name, the request, and the error."""

_MOST = 2**63 - 1

_KNOWN = frozenset(
    {
        decisions.Pass,
        decisions.Match,
        decisions.Fill,
        decisions.Reject,
        decisions.Hold,
        decisions.Drop,
        decisions.Delay,
        decisions.Reply,
    }
)


class PolicyMisbehaved(ExsimError):
    """A policy gave something that is no decision, or one that its request cannot have."""


class Link:
    """One policy of a chain, with the view that is made for it."""

    __slots__ = ("_always", "policy", "view")

    def __init__(self, policy: IPolicy, view: IView) -> None:
        self.policy = policy
        self.view = view
        always = policy.always if IAlways.providedBy(policy) else None
        self._always: Decision | None = always

    def decide(self, request: Request, now: int) -> Decision:
        """
        Ask the policy.

        :raises PolicyMisbehaved: when the answer cannot be used.
        """
        if self._always is not None:
            return self._always
        decision = self.policy.decide(request, self.view, now)
        if decision is decisions.PASS or decision is decisions.MATCH:
            return decision
        if type(decision) not in _KNOWN:
            raise PolicyMisbehaved(
                f"{self.policy.name} returned {decision!r}, which is no decision"
            )
        if isinstance(decision, decisions.Fill):
            _check_fill(self.policy.name, decision, request)
        elif not _makes_sense(decision):
            raise PolicyMisbehaved(f"{self.policy.name} returned a wrong {decision!r}")
        return decision


Chain = tuple[Link, ...]


def _makes_sense(decision: Decision) -> bool:
    """Whether the values of a decision are of the types that it declares."""
    if isinstance(decision, decisions.Delay):
        return type(decision.time) is int and 0 <= decision.time <= _MOST
    if isinstance(decision, decisions.Reject):
        return isinstance(decision.reason, Reason) and isinstance(decision.text, str)
    if isinstance(decision, decisions.Reply):
        return isinstance(decision.fields, tuple | list) and all(
            isinstance(pair, tuple | list)
            and len(pair) == 2
            and all(isinstance(text, str) for text in pair)
            for pair in decision.fields
        )
    return True


def _check_fill(name: str, fill: decisions.Fill, request: Request) -> None:
    if not isinstance(request, NewOrder):
        raise PolicyMisbehaved(f"{name} fills a {request.kind} request")
    steps = fill.steps
    numbers = all(type(n) is int for step in steps for n in (step.qty, step.price, step.after))
    if (
        not steps
        or not numbers
        or any(
            step.qty <= 0
            or step.after < 0
            or max(step.qty, abs(step.price), step.after) > _MOST + 1
            for step in steps
        )
    ):
        raise PolicyMisbehaved(f"{name} fills in steps that make no sense: {steps!r}")


def instead(on_error: str, name: str) -> Decision:
    """What a venue does in the place of a policy that failed."""
    if on_error == "pass":
        return decisions.PASS
    if on_error == "hold":
        return decisions.HOLD
    if on_error == "drop":
        return decisions.DROP
    return decisions.Reject(Reason.OTHER, f"policy {name} failed")
