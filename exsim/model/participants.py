"""
Frozen settings of who trades at a venue and how much: limits, accounts, and fees.

Amounts are units of 10^-8, times nanoseconds. A limit of None, or of 0 where it counts something,
is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exsim.model.amounts import UNIT, format_amount

Band = tuple[int, int]
"""How far from a price: so much, and so many percent of it, each in units of 10^-8."""
Rate = tuple[str, int]
"""What a fill costs: ``share``, ``bp`` or ``order``, and how many units of 10^-8 for each."""

ALLOW = "allow"
FORCE = "force"
REFUSE = "refuse"
"""Whether orders may be hidden, have to be, or must not."""
LIMIT = "limit"
"""What a collar may do to market orders."""

NO_FEE: Rate = ("share", 0)
_HUNDRED = 100 * UNIT


def distance(band: Band, price: int) -> int:
    """How far a band reaches from a price, rounded down."""
    return band[0] + abs(price) * band[1] // _HUNDRED


def band_text(band: Band) -> str:
    """A band as settings write it."""
    return f"{format_amount(band[1])}%" if band[1] else format_amount(band[0])


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """
    The limits of a venue: keys of ``[venue:NAME]``; those that an instrument has go before.

    ``price_band`` is around the reference price, ``dynamic_band`` around the last price. A market
    order trades no farther than ``collar`` from the last price; a buy above that, or a sell below
    it, by more than ``fat_finger`` is a mistake. ``duplicate_within`` is the time in which the same
    terms may not come twice. ``short_sale`` is ``allow``, ``locate`` or ``refuse``; ``accounts`` is
    ``any`` or ``known``. ``stp`` and ``stp_by`` say what becomes of orders that would trade with
    their own side, and whose side that is.

    ``collar_action`` says what becomes of a market order that would trade beyond the collar:
    ``reject``, or ``limit``, it trades up to there and rests. ``hidden`` is ``allow``, ``force`` or
    ``refuse``; with ``force`` the orders of sessions in ``lit`` are shown all the same.
    """

    price_band: Band | None = None
    dynamic_band: Band | None = None
    collar: Band | None = None
    fat_finger: Band | None = None
    max_order_qty: int | None = None
    max_notional: int | None = None
    max_open_session: int = 0
    max_open_account: int = 0
    duplicate_within: int = 0
    short_sale: str = "allow"
    accounts: str = "any"
    stp: str = "none"
    stp_by: str = "account"
    collar_action: str = "reject"
    hidden: str = ALLOW
    lit: tuple[str, ...] = ()

    @property
    def checks(self) -> bool:
        """Whether any of it has to be looked at for each order."""
        return self != RiskSettings(
            stp=self.stp,
            stp_by=self.stp_by,
            collar_action=self.collar_action,
            hidden=self.hidden,
            lit=self.lit,
        )


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """
    ``[account:VENUE:NAME]``.

    ``credit`` bounds what its positions and open orders are worth together, ``max_position`` its
    position in each instrument, long or short, and ``positions`` those in some. ``sessions`` are
    those that may trade for it; none means any. ``fee_tier`` names one of the venue's fees; empty:
    the one that its volume earns.
    """

    name: str
    firm: str = ""
    credit: int | None = None
    max_position: int | None = None
    positions: tuple[tuple[str, int], ...] = ()
    max_order_qty: int | None = None
    max_notional: int | None = None
    max_open_orders: int = 0
    short_sale: str = ""
    sessions: tuple[str, ...] = ()
    fee_tier: str = ""


@dataclass(frozen=True, slots=True)
class FeeTier:
    """
    ``[fees:VENUE:NAME]``: what fills cost, or earn where that is below 0.

    It is for accounts that traded ``volume`` in the day or month (``by``) before the fill.
    """

    name: str
    maker: Rate = NO_FEE
    taker: Rate = NO_FEE
    volume: int = 0
    by: str = "month"


@dataclass(frozen=True, slots=True)
class Stay:
    """Whether a session's orders end with its connection, or with its logout; ``grace``: later."""

    ends_on_disconnect: bool = False
    ends_on_logout: bool = False
    grace: int = 0


@dataclass(frozen=True, slots=True)
class Participants:
    """All that a venue knows of its participants by configuration."""

    risk: RiskSettings = field(default_factory=RiskSettings)
    accounts: tuple[AccountSettings, ...] = ()
    fees: tuple[FeeTier, ...] = ()


def risk_settings(plain: Mapping[str, Any]) -> RiskSettings:
    """The settings that :func:`dataclasses.asdict` told, as a snapshot holds them."""
    return RiskSettings(**{**with_bands(plain), "lit": tuple(plain["lit"])})


def with_bands(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, with bands that came back from a snapshot as lists."""
    return {
        name: (value[0], value[1])
        if name in ("price_band", "dynamic_band", "collar", "fat_finger") and value is not None
        else value
        for name, value in plain.items()
    }


def account_settings(plain: Mapping[str, Any]) -> AccountSettings:
    """An account that :func:`dataclasses.asdict` told, as a snapshot holds it."""
    positions = tuple((symbol, limit) for symbol, limit in plain["positions"])
    sessions = tuple(plain["sessions"])
    return AccountSettings(**{**plain, "positions": positions, "sessions": sessions})


def participants(plain: Mapping[str, Any]) -> Participants:
    """All of it, as a snapshot holds it."""
    return Participants(
        risk_settings(plain["risk"]),
        tuple(account_settings(each) for each in plain["accounts"]),
        tuple(
            FeeTier(
                each["name"],
                (each["maker"][0], each["maker"][1]),
                (each["taker"][0], each["taker"][1]),
                each["volume"],
                each["by"],
            )
            for each in plain["fees"]
        ),
    )
