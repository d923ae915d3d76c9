"""
Decisions: what a policy makes of a request.

A chain of policies is asked in order. ``Pass`` asks the next one; ``Match`` goes to the
matching engine at once, as does the end of the chain; every other decision ends the chain,
but for ``Delay``, which goes on with the next policy later, and ``Hold``, which goes on there
when a person or a test releases it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exsim.model.codes import Reason
from exsim.model.requests import NO_PRICE


@dataclass(frozen=True, slots=True)
class Pass:
    """Let the next policy decide."""


@dataclass(frozen=True, slots=True)
class Match:
    """Give the request to the matching engine now."""


@dataclass(frozen=True, slots=True)
class FillStep:
    """One fill: ``after`` nanoseconds of market time since the step before it."""

    qty: int
    price: int = NO_PRICE
    after: int = 0


@dataclass(frozen=True, slots=True)
class Fill:
    """
    Accept a new order, then fill it as ``steps`` say; what they leave stays open, off the book.

    A step without a price trades at the order's limit, or else at the pricing source's
    price; where there is neither, the order is rejected.
    """

    steps: tuple[FillStep, ...]


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse the request with a reason and a text."""

    reason: Reason = Reason.POLICY
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep the request until a person or a test decides."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Do nothing: the counterparty hears nothing."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Go on with the next policy after so many nanoseconds of market time."""

    time: int


@dataclass(frozen=True, slots=True)
class Reply:
    """Send these fields back to the sender, and do nothing else."""

    fields: tuple[tuple[str, str], ...]


Decision = Pass | Match | Fill | Reject | Hold | Drop | Delay | Reply

PASS: Final = Pass()
MATCH: Final = Match()
HOLD: Final = Hold()
DROP: Final = Drop()
