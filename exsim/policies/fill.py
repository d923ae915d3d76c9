"""
``fill``: accept a new order and fill it, in full, in part, or in steps over time.

Steps are written ``30%, 30% after 1s, rest after 5s``: each a share of the order, a quantity,
or the rest, and how long after the step before it. Quantities are rounded down to the
instrument's lot, but for those that fill the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from zope.interface import implementer

from exsim.interfaces import IPolicy, IView
from exsim.model import decisions
from exsim.model.amounts import UNIT, format_amount, parse_amount
from exsim.model.decisions import PASS, Decision, FillStep
from exsim.model.options import Option, amount, choice, duration, optional
from exsim.model.requests import NO_PRICE, NewOrder, Request
from exsim.model.settings import Values
from exsim.policies.criteria import CRITERIA, Criteria

_WHOLE: Final = 100 * UNIT  # 100% in units of 10^-8 percent
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """
    A step as it is written: ``share`` of the order (units of 10^-8 percent), or ``qty``.

    Where both are None it is the rest. ``after``: nanoseconds since the step before.
    """

    share: int | None = None
    qty: int | None = None
    after: int = 0

    @property
    def is_rest(self) -> bool:
        """Whether it fills whatever is left."""
        return self.share is None and self.qty is None

    def of(self, qty: int, left: int, lot: int) -> int:
        """How much of an order for ``qty`` this fills, when so much is ``left``."""
        wanted = left
        if self.share is not None:
            wanted = qty * self.share // _WHOLE
        elif self.qty is not None:
            wanted = self.qty
        return left if wanted >= left else wanted - wanted % lot


REST: Final = Step()


def part(value: str) -> tuple[Step, ...]:
    """A share such as ``50%``, or a quantity."""
    try:
        step = _quantity(value.strip())
    except ValueError as error:
        raise ValueError(f"{error}: give a share such as 50%, or a quantity such as 200") from None
    return _checked([step])


def steps(value: str) -> tuple[Step, ...]:
    """Steps such as ``30%, 200 after 1s, rest after 5s``."""
    written = value.split(",")
    if len(written) > _LONGEST:
        raise ValueError(f"{len(written)} steps are too many: at most {_LONGEST}")
    return _checked([_step(each) for each in written])


def _step(written: str) -> Step:
    words = written.split()
    if len(words) not in (1, 3) or words[1:2] not in ([], ["after"]):
        example = "30%, 200 after 1s or rest after 5s"
        raise ValueError(f"{written.strip()!r} is no step such as {example}")
    step = REST if words[0] == "rest" else _quantity(words[0])
    return replace(step, after=duration(words[2])) if words[1:] else step


def _quantity(word: str) -> Step:
    number = parse_amount(word.removesuffix("%"))
    if number <= 0:
        raise ValueError(f"{word} is not above zero")
    return Step(share=number) if word.endswith("%") else Step(qty=number)


def _checked(given: list[Step]) -> tuple[Step, ...]:
    """Whether steps go together; the last of those that make 100% becomes the rest."""
    shares = sum(step.share or 0 for step in given)
    whole = shares == _WHOLE
    if shares > _WHOLE:
        raise ValueError(f"the shares make {format_amount(shares)}%: 100% is all there is")
    *others, last = given
    if any(step.is_rest for step in others):
        raise ValueError("the rest is filled before the last step: write it last")
    if whole and any(step.share is None for step in given):
        raise ValueError("the shares make 100%, which leaves nothing for the other steps")
    return (*others, Step(after=last.after)) if whole else tuple(given)


@implementer(IPolicy)
class Fill:
    """Fills new orders that fit; one too small for any step is passed on."""

    options: tuple[Option, ...] = (
        Option(
            "style",
            choice("full", "part", "steps"),
            "full",
            "All at once, a part (the rest stays open, in no book), or the steps given.",
        ),
        Option(
            "part",
            part,
            "50%",
            "What style = part fills: a share such as 50%, or a quantity such as 200.",
        ),
        Option(
            "steps",
            steps,
            "50%, rest after 1s",
            "What style = steps fills: shares, quantities or at last the rest, separated by "
            "commas, each with the time since the step before: 30%, 200 after 1s, rest after 5s.",
        ),
        Option(
            "price",
            optional(amount()),
            "",
            "The price of the fills; empty for the order's limit, or the venue's pricing source "
            "where the order has none.",
        ),
        *CRITERIA,
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._criteria = Criteria({**options, "types": ("new",)})
        self._price: int = NO_PRICE if options["price"] is None else options["price"]
        style: str = options["style"]
        self._steps: tuple[Step, ...] = (REST,) if style == "full" else options[style]

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Fill, or pass what does not fit."""
        if not isinstance(request, NewOrder) or not self._criteria.fit(request, view):
            return PASS
        instrument = view.instrument(request.symbol)
        lot = instrument.lot if instrument is not None else 1
        fills = tuple(_planned(self._steps, request.qty, lot, self._price))
        return decisions.Fill(fills) if fills else PASS


def _planned(given: Iterable[Step], qty: int, lot: int, price: int) -> Iterable[FillStep]:
    """The fills of an order; a step that comes to nothing leaves its time to the next."""
    left, waited = qty, 0
    for step in given:
        waited += step.after
        filled = step.of(qty, left, lot)
        if filled > 0:
            yield FillStep(filled, price, waited)
            left, waited = left - filled, 0
