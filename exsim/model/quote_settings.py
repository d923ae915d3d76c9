"""Frozen settings of a venue's quotes, requests for quotes and indications of interest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exsim.model.amounts import UNIT
from exsim.model.participants import Band


@dataclass(frozen=True, slots=True)
class QuoteSettings:
    """
    Keys of ``[venue:NAME]``. Amounts and the chance in ``last_look`` are units of 10^-8, times
    nanoseconds; a limit of 0 is none.

    ``quotes`` is ``accept`` or ``refuse``; ``quote_acks`` says which quotes are acknowledged that
    do not say it themselves: ``all``, ``negative`` or ``none``. With more than ``mmp_fills`` fills,
    ``mmp_quantity`` traded, or ``mmp_delta`` bought less sold, within ``mmp_time``, protection
    pulls the quotes of a session: in one underlying, or, as ``mmp_by`` says, in everything.

    ``rfq`` is ``none``, ``price`` or ``makers``. The venue's own quotes are ``rfq_spread`` wide,
    for ``rfq_size`` where none is asked for, and good for ``rfq_valid``; they are repeated every
    ``rfq_interval`` in a stream. A request lasts ``rfq_time``. ``last_look`` is how long an order
    on a quote is looked at, and the chance that it trades. ``ioi`` is ``refuse``, ``accept`` or
    ``route``.
    """

    quotes: str = "accept"
    quote_acks: str = "all"
    mmp_fills: int = 0
    mmp_quantity: int = 0
    mmp_delta: int = 0
    mmp_time: int = 1_000_000_000
    mmp_by: str = "underlying"
    rfq: str = "none"
    rfq_spread: Band = (UNIT // 50, 0)
    rfq_size: int = 100 * UNIT
    rfq_valid: int = 5_000_000_000
    rfq_interval: int = 1_000_000_000
    rfq_time: int = 60_000_000_000
    last_look: tuple[int, int] = (0, UNIT)
    ioi: str = "refuse"

    @property
    def protects(self) -> bool:
        """Whether there is any market maker protection."""
        return bool(self.mmp_fills or self.mmp_quantity or self.mmp_delta)


def quote_settings(plain: Mapping[str, Any]) -> QuoteSettings:
    """The settings that :func:`dataclasses.asdict` told, as a snapshot holds them."""
    pairs = {name: tuple(plain[name]) for name in ("rfq_spread", "last_look")}
    return QuoteSettings(**{**plain, **pairs})
