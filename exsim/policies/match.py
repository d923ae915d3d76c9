"""``match``: to the matching engine at once, past the policies that would follow."""

from __future__ import annotations

from zope.interface import implementer

from exsim.interfaces import IAlways, IView
from exsim.model.decisions import MATCH, PASS, Decision
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria


@implementer(IAlways)
class Match:
    """Sends what fits to the engine."""

    options: tuple[Option, ...] = (TYPES, *CRITERIA)

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria(options)
        # Nearly always; but a class made of this one may decide otherwise.
        everything = self._criteria.everything and type(self) is Match
        self.always: Decision | None = MATCH if everything else None

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Match, or pass what does not fit."""
        return MATCH if self._criteria.fit(request, view) else PASS
