"""``futures``: what a future is worth by the cost of carry."""

from __future__ import annotations

from math import exp

from zope.interface import implementer

from exsim.interfaces import IDerivedSource, IStateful
from exsim.pricing.derived import Derivative, Derived


@implementer(IDerivedSource, IStateful)
class Futures(Derived):
    """The price of the underlying, with the interest and without the dividends until the end."""

    def worth(self, of: Derivative, spot: float, years: float) -> float:
        """The spot price and what it costs to carry it."""
        return spot * exp((self.rate - self.dividend) * years)
