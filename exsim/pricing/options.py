"""``options``: what a European option is worth by Black and Scholes, with dividends (Merton)."""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from typing import Final

from zope.interface import implementer

from exsim.interfaces import IDerivedSource, IStateful
from exsim.model.options import Option, ratio
from exsim.model.settings import Instrument, Values
from exsim.pricing.derived import COMMON, Derivative, Derived

_ROOT: Final = sqrt(2.0)


def normal(x: float) -> float:
    """The standard normal distribution function, exact in its tails, too."""
    return erfc(-x / _ROOT) / 2.0


def black_scholes(
    call: bool, spot: float, strike: float, years: float, volatility: float, rate: float, q: float
) -> float:
    """
    What a European option is worth; ``q`` is what the underlying yields in a year.

    At its end, or without volatility, that is what it is worth to exercise it then.
    """
    forward, discount = spot * exp((rate - q) * years), exp(-rate * years)
    deviation = volatility * sqrt(years)
    sign = 1.0 if call else -1.0
    if deviation <= 0.0 or spot <= 0.0 or strike <= 0.0:
        return discount * max(0.0, sign * (forward - strike))
    d1 = log(forward / strike) / deviation + deviation / 2.0
    d2 = d1 - deviation
    return discount * sign * (forward * normal(sign * d1) - strike * normal(sign * d2))


@implementer(IDerivedSource, IStateful)
class Options(Derived):
    """One volatility for all options that it prices: give others a source of their own."""

    options: tuple[Option, ...] = (
        *COMMON,
        Option(
            "volatility",
            ratio(0.0, 100.0),
            "20%",
            "The volatility of the underlying in a year that options are worth by.",
        ),
    )

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        self._volatility: float = options["volatility"]

    def takes(self, instrument: Instrument) -> bool:
        """Whether it is an option, too."""
        has_terms = instrument.strike is not None and bool(instrument.put_call)
        return has_terms and super().takes(instrument)

    def worth(self, of: Derivative, spot: float, years: float) -> float:
        """What the formula says."""
        instrument = of.instrument
        assert instrument.strike is not None  # else it was not taken
        return black_scholes(
            instrument.put_call == "call",
            spot,
            float(instrument.strike),
            years,
            self._volatility,
            self.rate,
            self.dividend,
        )
