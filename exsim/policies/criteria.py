"""Criteria: the options that all policies share, which say what requests a policy is for."""

from __future__ import annotations

from typing import Final

from exsim.interfaces import IView
from exsim.model.codes import Side
from exsim.model.lists import LIST_KINDS
from exsim.model.options import Option, amount, choice, optional, probability, words
from exsim.model.quote_codes import QUOTE_KINDS
from exsim.model.requests import NewOrder, OtherMessage, ReplaceOrder, Request
from exsim.model.settings import Values

KINDS: Final = (
    "new",
    "cancel",
    "replace",
    "status",
    "mass-cancel",
    "mass-status",
    "trades",
    "dont-know",
    "trade-ack",
    *QUOTE_KINDS,
    *LIST_KINDS,
    "other",
)
"""What ``types`` may say besides message types: the kinds of request."""

_SIDES: Final = {side.name.lower().replace("_", "-"): int(side) for side in Side}


def types(value: str) -> tuple[str, ...]:
    """Kinds of request and message types, separated by commas or white space; may be empty."""
    found = words(value)
    for word in found:
        if word not in KINDS and len(word) > 2 and not word.startswith("U"):
            raise ValueError(
                f"{word!r} is none of {', '.join(KINDS)}, nor a message type: "
                "these have one or two characters, or begin with U"
            )
    return found


def sides(value: str) -> tuple[int, ...]:
    """Sides by name, separated by commas or white space; may be empty."""
    side = choice(*_SIDES)
    return tuple(_SIDES[str(side(word))] for word in words(value))


TYPES: Final = Option(
    "types",
    types,
    "",
    f"Only these kinds of request, of {', '.join(KINDS)} (a message that maps to no request), or "
    "message types such as R; empty for all.",
)

CRITERIA: Final = (
    Option("symbols", words, "", "Only requests for these instruments; empty for all."),
    Option("sides", sides, "", f"Only these sides, of {', '.join(_SIDES)}; empty for all."),
    Option("accounts", words, "", "Only requests with one of these accounts; empty for all."),
    Option("sessions", words, "", "Only requests from these sessions; empty for all."),
    Option("min_qty", optional(amount(0)), "", "Only requests for at least this quantity."),
    Option("max_qty", optional(amount(0)), "", "Only requests for at most this quantity."),
    Option(
        "probability",
        probability,
        "1",
        "The chance that this policy decides a request that fits, such as 0.25 or 25%; the seed "
        "fixes which ones.",
    ),
)
"""The criteria but for :data:`TYPES`, for a policy that is for one kind alone."""


class Criteria:
    """
    Which requests a policy is for, as the options above say.

    A request that has no quantity, such as a cancel, does not fit where one is asked for.

    :raises ValueError: when no request could ever fit.
    """

    def __init__(self, options: Values) -> None:
        self._types = frozenset(options["types"])
        self._msg_types = self._types.difference(KINDS)
        self._symbols = frozenset(options["symbols"])
        self._sides = frozenset(options["sides"])
        self._accounts = frozenset(options["accounts"])
        self._sessions = frozenset(options["sessions"])
        self._least: int | None = options["min_qty"]
        self._most: int | None = options["max_qty"]
        self._probability: float = options["probability"]
        if self._least is not None and self._most is not None and self._least > self._most:
            raise ValueError("min_qty is above max_qty, so that no request fits")
        # Worth knowing, since most policies are for everything and are asked about everything.
        self.everything = all(options[each.name] == each.value(None) for each in (TYPES, *CRITERIA))

    def fit(self, request: Request, view: IView) -> bool:
        """
        Whether the policy is to decide ``request``.

        Chance is drawn only for a request that fits otherwise, so that others do not shift it.
        """
        return self.everything or (
            self._names_fit(request)
            and self._type_fits(request, view)
            and self._qty_fits(request)
            and (self._probability >= 1 or view.random.random() < self._probability)
        )

    def _names_fit(self, request: Request) -> bool:
        return (
            (not self._symbols or request.symbol in self._symbols)
            and (not self._sides or request.side in self._sides)
            and (not self._accounts or request.account in self._accounts)
            and (not self._sessions or request.session in self._sessions)
        )

    def _type_fits(self, request: Request, view: IView) -> bool:
        if not self._types or request.kind in self._types:
            return True
        return bool(self._msg_types) and _msg_type(request, view) in self._msg_types

    def _qty_fits(self, request: Request) -> bool:
        if self._least is None and self._most is None:
            return True
        qty = _qty(request)
        return (
            qty is not None
            and (self._least is None or qty >= self._least)
            and (self._most is None or qty <= self._most)
        )


def _qty(request: Request) -> int | None:
    """The quantity that a request asks for, or None for one that asks for none."""
    if isinstance(request, ReplaceOrder):
        return request.terms.qty
    return request.qty if isinstance(request, NewOrder) else None


def _msg_type(request: Request, view: IView) -> str:
    """The type of the message behind a request; empty where there was no message."""
    if isinstance(request, OtherMessage):
        return request.msg_type
    fields = view.fields(request)
    return fields[0][1] if fields else ""
