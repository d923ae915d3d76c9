"""``echo``: the message goes back to its sender, under the venue's own header."""

from __future__ import annotations

from typing import Any, Final

from zope.interface import implementer

from exsim.interfaces import IPolicy, IStateful, IView
from exsim.model.decisions import DROP, PASS, Decision, Reply
from exsim.model.options import Option, boolean, choice
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, TYPES, Criteria

MOST_SEEN: Final = 100_000
"""ClOrdIDs remembered of one session."""


@implementer(IPolicy, IStateful)
class Echo:
    """Returns what fits; a request that came by no message is passed on."""

    options: tuple[Option, ...] = (
        Option(
            "order",
            choice("given", "ascending"),
            "given",
            "The order of the fields sent back: as they came, or by tag (messages in which no tag"
            " repeats).",
        ),
        Option(
            "drop_duplicates",
            boolean,
            "no",
            "Say nothing to a message with PossResend whose ClOrdID came before in this logon.",
        ),
        TYPES,
        *CRITERIA,
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._ascending: bool = options["order"] == "ascending"
        self._seen: Seen | None = Seen() if options["drop_duplicates"] else None
        self._criteria = Criteria(options)

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Reply with the fields of the message, or pass what does not fit."""
        if not self._criteria.fit(request, view):
            return PASS
        if self._seen is not None and self._seen.before(request, view):
            return DROP
        fields = view.fields(request)
        if self._ascending:
            fields = in_order(fields)
        return Reply(fields) if fields else PASS

    def state(self) -> object:
        """The ClOrdIDs that came."""
        return None if self._seen is None else self._seen.state()

    def restore(self, state: Any) -> None:
        """Know these again."""
        if self._seen is not None and state is not None:
            self._seen.restore(state)


class Seen:
    """The ClOrdIDs of each session's present logon, the newest :data:`MOST_SEEN` of them."""

    def __init__(self) -> None:
        self._logons: dict[str, int] = {}
        self._names: dict[str, dict[str, None]] = {}

    def state(self) -> object:
        """All of it, for a snapshot."""
        return [[name, logons, list(self._names[name])] for name, logons in self._logons.items()]

    def restore(self, state: list[tuple[str, int, list[str]]]) -> None:
        """Be as :meth:`state` told."""
        self._logons = {name: logons for name, logons, _ in state}
        self._names = {name: dict.fromkeys(names) for name, _, names in state}

    def before(self, request: Request, view: IView) -> bool:
        """Remember a request; whether it is a PossResend of one that came before."""
        session = request.session
        logons = view.logons(session)
        if self._logons.get(session) != logons:
            self._logons[session] = logons
            self._names[session] = {}
        names = self._names[session]
        known = request.cl_ord_id in names
        if request.cl_ord_id:
            names[request.cl_ord_id] = None
        if len(names) > MOST_SEEN:
            del names[next(iter(names))]
        return known and view.matches(request, None, (("PossResend", "Y"),))


def in_order(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The type, then the others by tag; as they came where a group makes tags repeat."""
    tags = [tag for tag, _ in fields]
    if not all(tag.isdigit() for tag in tags) or len(set(tags)) < len(tags):
        return fields
    return fields[:1] + tuple(sorted(fields[1:], key=lambda field: int(field[0])))
