"""``fixed``: prices that never change."""

from __future__ import annotations

from zope.interface import implementer

from exsim.errors import Conflict
from exsim.interfaces import IPricingSource
from exsim.model.amounts import parse_amount
from exsim.model.options import Option, amount, boolean, optional
from exsim.model.settings import Instrument, Values


def prices(value: str) -> dict[str, int]:
    """Prices by symbol, written ``AAA 100.00, BBB 20.5``; may be empty."""
    found: dict[str, int] = {}
    for written in value.split(",") if value.strip() else ():
        words = written.split()
        if len(words) != 2:
            raise ValueError(f"{written.strip()!r} is no symbol and price such as AAA 100.25")
        if words[0] in found:
            raise ValueError(f"{words[0]} has two prices: leave one out")
        found[words[0]] = parse_amount(words[1])
    return found


@implementer(IPricingSource)
class Fixed:
    """The instrument's own price, else the one for all, else its reference price."""

    options: tuple[Option, ...] = (
        Option("prices", prices, "", "Instruments and their prices, such as AAA 100.25, BBB 20.5."),
        Option("price", optional(amount()), "", "What every other instrument is worth."),
        Option(
            "use_reference",
            boolean,
            "yes",
            "An instrument with neither is worth its reference price.",
        ),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._prices: dict[str, int] = options["prices"]
        self._price: int | None = options["price"]
        self._use_reference: bool = options["use_reference"]

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        found = self._prices.get(instrument.symbol, self._price)
        return instrument.reference if found is None and self._use_reference else found

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Refused.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(
            f"the prices of {self.name} are fixed: one that is set by hand needs a pricing "
            "section with source = manual"
        )

    def reset(self) -> None:
        """Nothing was set, so nothing is forgotten."""
