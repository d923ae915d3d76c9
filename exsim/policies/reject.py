"""``reject``: refuse with a reason and a text."""

from __future__ import annotations

from typing import Final

from zope.interface import implementer

from exsim.interfaces import IPolicy, IView
from exsim.model import decisions
from exsim.model.codes import Reason
from exsim.model.decisions import PASS, Decision
from exsim.model.options import Option, choice, text
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria

_REASONS: Final = {each.name.lower().replace("_", "-"): each for each in Reason}


def reason(value: str) -> Reason:
    """A reason by name, such as ``unknown-symbol``."""
    return _REASONS[str(choice(*_REASONS)(value))]


@implementer(IPolicy)
class Reject:
    """Refuses what fits."""

    options: tuple[Option, ...] = (
        Option(
            "reason", reason, "policy", f"Why, as the protocol words it: {', '.join(_REASONS)}."
        ),
        Option("text", text, "", "The text of the reject; empty for one that fits the reason."),
        TYPES,
        *CRITERIA,
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria(options)
        self._rejection = decisions.Reject(options["reason"], options["text"])

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Reject, or pass what does not fit."""
        return self._rejection if self._criteria.fit(request, view) else PASS
