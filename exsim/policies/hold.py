"""``hold``: a request waits until a person or a test decides it."""

from __future__ import annotations

from zope.interface import implementer

from exsim.interfaces import IPolicy, IView
from exsim.model.decisions import HOLD, PASS, Decision
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria


@implementer(IPolicy)
class Hold:
    """Holds what fits."""

    options: tuple[Option, ...] = (TYPES, *CRITERIA)

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria(options)

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Hold, or pass what does not fit."""
        return HOLD if self._criteria.fit(request, view) else PASS
