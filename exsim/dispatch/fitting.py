"""Whether steps can fit the requests that a filter lets through, as far as that can be known."""

from __future__ import annotations

from typing import Final

from exsim.filters import Filter
from exsim.filters.joins import AllOf, AnyOf
from exsim.filters.names import TYPE
from exsim.filters.seen import folded
from exsim.filters.terms import EQUAL, Compare, Term
from exsim.model.steps import Step
from exsim.model.verbs import CANCEL, NEW, REPLACE, VERBS

_KINDS: Final = {
    "D": NEW,
    "newordersingle": NEW,
    "F": CANCEL,
    "ordercancelrequest": CANCEL,
    "G": REPLACE,
    "ordercancelreplacerequest": REPLACE,
    "H": "status",
    "orderstatusrequest": "status",
    "q": "mass-cancel",
    "ordermasscancelrequest": "mass-cancel",
    "AF": "mass-status",
    "ordermassstatusrequest": "mass-status",
}
"""Kinds of request by message type; others are unknown here, and fit anything."""
_RIGHT: Final = {
    "pending": "only new, cancel and replace requests are pending",
    "fill": "`order fill` (on: order) fills the order that it names",
}


def check_fits(wanted: Filter, steps: tuple[Step, ...]) -> None:
    """
    Whether there can be a request that fits the filter, and that the steps can be taken about.

    :raises ValueError: when there cannot: the text says which step, and what would be right.
    """
    types = _types(wanted.term)
    if types is None:
        return
    kinds = {_KINDS.get(each) or _KINDS.get(folded(each), "") for each in types}
    if "" in kinds:
        return
    for number, step in enumerate(steps, 1):
        verb = VERBS[step.do]
        if not verb.kinds or step.on_order or kinds.intersection(verb.kinds):
            continue
        what = " or ".join(sorted(kinds))
        right = _RIGHT.get(step.do, f"`order {step.do}` (on: order) is done to the order it names")
        raise ValueError(
            f"step {number}: {step.do} is not done about a {what} request, and the filter lets"
            f" nothing else through: {right}"
        )


def _types(term: Term) -> frozenset[str] | None:
    """The types of message that a filter lets through, as it names them; None for any."""
    if isinstance(term, Compare):
        return frozenset(term.wanted) if term.key.kind == TYPE and term.op == EQUAL else None
    if isinstance(term, AllOf):
        for part in term.parts:
            found = _types(part)
            if found is not None:
                return found
    elif isinstance(term, AnyOf):
        every: frozenset[str] = frozenset()
        for part in term.parts:
            found = _types(part)
            if found is None:
                return None
            every |= found
        return every
    return None
