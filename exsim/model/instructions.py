"""
What an order may ask for besides its type, side, price and quantity.

An order that asks for none of it has no :class:`Instructions`: nearly all have none, and pay
nothing for those that have.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

_NO_PRICE: Final = -(2**63)


class Trigger(IntEnum):
    """Which price elects a stop or touches an if-touched order: TriggerPriceType(1107)."""

    LAST = 2
    BID = 3
    ASK = 1


class Peg(IntEnum):
    """What a pegged price follows: PegPriceType(1094)."""

    PRIMARY = 5
    """The best price of its own side."""
    MARKET = 4
    """The best price of the other side."""
    MID = 2
    """The middle of both; half ticks are rounded away from the other side."""


class PostOnly(IntEnum):
    """What becomes of an order that must not take, where it would."""

    NO = 0
    REJECT = 1
    REPRICE = 2
    """It rests one tick away from the other side."""


class Instructions:
    """
    Prices and quantities are in units of 10^-8, times in nanoseconds since 1970 UTC.

    ``stop_px`` is StopPx(99), by ``trigger``; a stop with ``trail`` follows the market at that
    distance, with ``trail_percent`` at so many hundredths (100 % are 100 * 10^8). ``peg`` and
    ``peg_offset`` make the price of a pegged order, up to its limit if it has one. With
    ``discretion`` it trades up to so much beyond its price, without showing that.

    ``display`` is what of the quantity is shown at a time, 0 for all of it; each next part is
    ``display`` again, or up to ``display_high`` where that is above. A ``hidden`` order is not
    shown at all. ``min_qty`` has to trade at once or nothing does; ``all_or_none`` holds for as
    long as it rests. ``expire`` is when a GTD order ends, or ``expire_day`` the day in its venue's
    time zone with which it does, as days since 1970. ``group`` names who must not trade with whom,
    where that is not the account or firm. ``cancel_on_disconnect`` goes with the session's
    connection, ``cancel_on_halt`` when its instrument is halted, ``only_best`` when a better price
    of its side is shown. ``located``: the seller has what it sells short at hand.
    ``quote_id`` is the quote that a previously quoted order trades on. ``link`` names which orders
    of a session belong together: they depend on each other as ``contingency`` says, a
    :class:`exsim.model.lists.Contingency`. One that is ``resent`` may have come before: if it did,
    its state is told in the place of a refusal. One that came in ``cash``, 0 for none, of the
    currency ``cash_in`` (empty for that of its instrument), was to be worth so much: its quantity
    was worked out of that, or is 0.
    """

    __slots__ = (
        "all_or_none",
        "cancel_on_disconnect",
        "cancel_on_halt",
        "cash",
        "cash_in",
        "contingency",
        "discretion",
        "display",
        "display_high",
        "expire",
        "expire_day",
        "group",
        "hidden",
        "link",
        "located",
        "min_qty",
        "only_best",
        "peg",
        "peg_offset",
        "post_only",
        "quote_id",
        "resent",
        "stop_px",
        "trail",
        "trail_percent",
        "trigger",
    )

    def __init__(
        self,
        stop_px: int = _NO_PRICE,
        trigger: int = 2,
        trail: int = 0,
        trail_percent: int = 0,
        peg: int = 0,
        peg_offset: int = 0,
        discretion: int = 0,
        display: int = 0,
        display_high: int = 0,
        hidden: bool = False,
        min_qty: int = 0,
        all_or_none: bool = False,
        post_only: int = 0,
        expire: int = 0,
        group: str = "",
        cancel_on_disconnect: bool = False,
        located: bool = False,
        quote_id: str = "",
        link: str = "",
        contingency: int = 0,
        resent: bool = False,
        expire_day: int = 0,
        cancel_on_halt: bool = False,
        only_best: bool = False,
        cash: int = 0,
        cash_in: str = "",
    ) -> None:
        self.stop_px = stop_px
        self.trigger = trigger
        self.trail = trail
        self.trail_percent = trail_percent
        self.peg = peg
        self.peg_offset = peg_offset
        self.discretion = discretion
        self.display = display
        self.display_high = display_high
        self.hidden = hidden
        self.min_qty = min_qty
        self.all_or_none = all_or_none
        self.post_only = post_only
        self.expire = expire
        self.group = group
        self.cancel_on_disconnect = cancel_on_disconnect
        self.located = located
        self.quote_id = quote_id
        self.link = link
        self.contingency = contingency
        self.resent = resent
        self.expire_day = expire_day
        self.cancel_on_halt = cancel_on_halt
        self.only_best = only_best
        self.cash = cash
        self.cash_in = cash_in

    def state(self) -> list[int | str | bool]:
        """The values that make it, in the order of its parameters."""
        return [
            self.stop_px,
            self.trigger,
            self.trail,
            self.trail_percent,
            self.peg,
            self.peg_offset,
            self.discretion,
            self.display,
            self.display_high,
            self.hidden,
            self.min_qty,
            self.all_or_none,
            self.post_only,
            self.expire,
            self.group,
            self.cancel_on_disconnect,
            self.located,
            self.quote_id,
            self.link,
            self.contingency,
            self.resent,
            self.expire_day,
            self.cancel_on_halt,
            self.only_best,
            self.cash,
            self.cash_in,
        ]
