"""What a policy is, and what it may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from zope.interface import Attribute, Interface

from exsim.model.decisions import Decision
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import Instrument


class Random(Protocol):
    """The part of :class:`random.Random` that policies and engines may use, seeded."""

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""

    def randint(self, a: int, b: int) -> int:
        """A whole number from ``a`` to ``b``, both included."""


class IView(Interface):
    """What a policy may see of its venue while it decides."""

    random: Random = Attribute("Seeded randomness of this policy alone.")

    def instrument(symbol: str) -> Instrument | None:
        """The instrument, or None when the venue has none of that symbol."""

    def price(symbol: str, now: int) -> int | None:
        """What the venue's pricing source says, units of 10^-8, or None."""

    def best(symbol: str, side: int) -> int | None:
        """The best resting price of a side, units of 10^-8, or None."""

    def fields(request: Request) -> tuple[tuple[str, str], ...]:
        """The message behind a request: its type and body as (tag, value) pairs, in order."""

    def matches(
        request: Request, msg_type: str | None, fields: Sequence[tuple[str, str | None]]
    ) -> bool:
        """Whether the message behind a request is of a type and has fields, header included.

        See :meth:`IMessages.matches`; false for a request that was no message.
        """

    def logons(session: str) -> int:
        """How often a session has logged on; 0 for one that there is not."""


class IPolicy(Interface):
    """
    Decides what becomes of a request before the engine sees it.

    A policy is made with its section's name and the values of its ``options``. It keeps no
    clock and does no I/O; one that raises is isolated and answered as ``on_error`` says.
    """

    name: str = Attribute("The section it is configured in.")
    options: tuple[Option, ...] = Attribute("The keys that its section may hold.")

    def decide(request: Request, view: IView, now: int) -> Decision:
        """What becomes of ``request``."""


class IAlways(IPolicy):
    """A policy that may know before it is asked what it decides, whatever the request is."""

    always: Decision | None = Attribute("PASS or MATCH; None where it has to be asked.")
