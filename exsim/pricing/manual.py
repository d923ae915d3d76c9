"""``manual``: prices that a person or a test sets."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from exsim.interfaces import IPricingSource, IStateful
from exsim.model.options import Option, choice
from exsim.model.settings import Instrument, Values


@implementer(IPricingSource, IStateful)
class Manual:
    """What was set by hand, and until then nothing or the reference price."""

    options: tuple[Option, ...] = (
        Option(
            "start",
            choice("none", "reference"),
            "none",
            "What an instrument is worth before a price is set: none, or its reference price.",
        ),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._from_reference: bool = options["start"] == "reference"
        self._set: dict[str, int] = {}

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        start = instrument.reference if self._from_reference else None
        return self._set.get(instrument.symbol, start)

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Set a price; None goes back to what it was at the start."""
        if price is None:
            self._set.pop(instrument.symbol, None)
        else:
            self._set[instrument.symbol] = price

    def reset(self) -> None:
        """Forget all that was set."""
        self._set.clear()

    def state(self) -> object:
        """The prices set."""
        return self._set

    def restore(self, state: Any) -> None:
        """Set these."""
        self._set = state
