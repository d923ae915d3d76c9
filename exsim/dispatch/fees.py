"""What fills cost: by tiers of what an account traded, for makers and takers."""

from __future__ import annotations

from exsim.dispatch.ledger import Use
from exsim.model.amounts import UNIT
from exsim.model.participants import AccountSettings, FeeTier, Rate

_BASIS_POINT = 10_000 * UNIT


class Fees:
    """The tiers of a venue."""

    def __init__(self, tiers: tuple[FeeTier, ...]) -> None:
        self._tiers = {tier.name: tier for tier in tiers}
        self._earned = sorted(tiers, key=_by_volume, reverse=True)

    def tier(self, account: AccountSettings | None, use: Use, qty: int = 0) -> FeeTier | None:
        """
        The tier of an account: the one that it is given, or else the highest that its volume in
        the day or month earns, without ``qty`` of it, a fill just counted; None where it earns
        none.
        """
        if account is not None and account.fee_tier in self._tiers:
            return self._tiers[account.fee_tier]
        for tier in self._earned:
            volume = use.day_volume if tier.by == "day" else use.month_volume
            if volume - qty >= tier.volume:
                return tier
        return None


def _by_volume(tier: FeeTier) -> int:
    return tier.volume


def fee(rate: Rate, qty: int, price: int, multiplier: int, first: bool) -> int:
    """
    What a fill of ``qty`` at ``price`` costs, units of 10^-8, rounded to the nearest, halves away
    from zero. ``first``: it is the first of its order.
    """
    kind, value = rate
    if kind == "order":
        return value if first else 0
    if kind == "share":
        return _divided(qty * value, UNIT)
    return _divided(abs(price) * qty * multiplier * value, UNIT * UNIT * _BASIS_POINT)


def _divided(amount: int, by: int) -> int:
    half = by // 2
    return (amount + half) // by if amount >= 0 else -((half - amount) // by)
