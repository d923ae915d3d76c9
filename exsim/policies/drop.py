"""``drop``: a request is lost, as if it had never come."""

from __future__ import annotations

from zope.interface import implementer

from exsim.interfaces import IPolicy, IView
from exsim.model.decisions import DROP, PASS, Decision
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria


@implementer(IPolicy)
class Drop:
    """Drops what fits: its sender hears nothing."""

    options: tuple[Option, ...] = (TYPES, *CRITERIA)

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria(options)

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Drop, or pass what does not fit."""
        return DROP if self._criteria.fit(request, view) else PASS
