"""``echo``: the message goes back to its sender, under the venue's own header."""

from __future__ import annotations

from zope.interface import implementer

from exsim.interfaces import IPolicy, IView
from exsim.model.decisions import PASS, Decision, Reply
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria


@implementer(IPolicy)
class Echo:
    """Returns what fits; a request that came by no message is passed on."""

    options: tuple[Option, ...] = (TYPES, *CRITERIA)

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria(options)

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Reply with the fields of the message, or pass what does not fit."""
        if not self._criteria.fit(request, view):
            return PASS
        fields = view.fields(request)
        return Reply(fields) if fields else PASS
