"""``delay``: the next policy is asked later, by the market clock."""

from __future__ import annotations

from zope.interface import implementer

from exsim.interfaces import IPolicy, IView
from exsim.model import decisions
from exsim.model.decisions import PASS, Decision
from exsim.model.options import REQUIRED, Option, duration
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria


@implementer(IPolicy)
class Delay:
    """Delays what fits; with jitter, requests may overtake each other."""

    options: tuple[Option, ...] = (
        Option("time", duration, REQUIRED, "How long a request waits, such as 250ms."),
        Option(
            "jitter",
            duration,
            "0s",
            "The most that is added to the time; how much, the seed decides for each request.",
        ),
        TYPES,
        *CRITERIA,
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria(options)
        self._time: int = options["time"]
        self._jitter: int = options["jitter"]

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Delay, or pass what does not fit."""
        if not self._criteria.fit(request, view):
            return PASS
        extra = view.random.randint(0, self._jitter) if self._jitter else 0
        return decisions.Delay(self._time + extra)
