"""
Auctions of a floor: what one would end in, its end, and trades that call for one.

How the price is found is the engine's: :mod:`exsim.engine.auction`.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.floor import Floor
from exsim.dispatch.listing import Listing
from exsim.dispatch.phases import AUCTIONS
from exsim.dispatch.settling import settle
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Phase, Side
from exsim.model.events import Event
from exsim.model.requests import NewOrder
from exsim.model.settings import DaySettings

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_MARKET: Final = int(OrdType.MARKET)
_WAITING: Final = frozenset(
    {
        int(OrdType.STOP),
        int(OrdType.STOP_LIMIT),
        int(OrdType.MARKET_IF_TOUCHED),
        int(OrdType.LIMIT_IF_TOUCHED),
    }
)
"""Types that trade only once they are triggered."""
_WHOLE: Final = 100 * UNIT
"""A hundred percent."""


def uncross(floor: Floor, listing: Listing, now: int, out: list[Event]) -> None:
    """End an auction: all that can trade does so, at one price. What is left stays in the book."""
    floor.engine.uncross(listing.symbol, listing.reference, floor.book_events)
    settle(floor, floor.book_events, listing.symbol, now, out)


def ends(listing: Listing, after: Phase) -> bool:
    """Whether a change to another phase has the book uncrossed first."""
    if listing.phase in AUCTIONS and not listing.rules.matches:
        return after is not Phase.HALT and after is not listing.phase
    return False


def has_to_go_on(floor: Floor, listing: Listing) -> bool:
    """
    Whether an auction that is to end is extended: its price is too far from the reference, or
    too much on one side would be left.
    """
    day = floor.settings.day
    if (
        listing.phase not in AUCTIONS
        or not day.auction_extension
        or listing.extended >= day.auction_extensions
    ):
        return False
    indication = floor.engine.indicate(listing.symbol, listing.reference)
    reference = listing.reference
    if indication.price is None:
        return False
    if day.extension_price and reference is not None:
        if _outside(indication.price, reference, day.extension_price):
            return True
    surplus = indication.imbalance * _WHOLE
    return day.extension_imbalance > 0 and surplus > day.extension_imbalance * indication.volume


def _outside(price: int, reference: int, percent: int) -> bool:
    """Whether a price is farther from another than a percentage of that."""
    return abs(price - reference) * _WHOLE > percent * abs(reference)


def interrupts(floor: Floor, listing: Listing, terms: NewOrder, qty: int) -> bool:
    """
    Whether an order would trade outside the dynamic band: then there is an auction first.

    It is measured by the worst price at which it would trade at once.
    """
    band, last = floor.settings.day.volatility_band, listing.last
    if not _watched(floor.settings.day, listing) or last is None or terms.ord_type in _WAITING:
        return False
    buys = terms.side == _BUY
    for price, there, _ in floor.engine.book(listing.symbol).levels(_SELL if buys else _BUY, 0):
        beyond = price > terms.price if buys else price < terms.price
        if qty <= 0 or (beyond and terms.ord_type != _MARKET):
            return False
        if _outside(price, last, band):
            return True
        qty -= there
    return False


def interrupted(floor: Floor, listing: Listing, before: int | None) -> bool:
    """Whether the last trade was outside the band around the one ``before``: a stop's, say."""
    last = listing.last
    if not _watched(floor.settings.day, listing) or before is None or last is None:
        return False
    return _outside(last, before, floor.settings.day.volatility_band)


def _watched(day: DaySettings, listing: Listing) -> bool:
    """Whether there is a band; a percentage of what legs come to, which may be 0, says nothing."""
    if day.volatility_band <= 0 or listing.instrument.legs:
        return False
    return listing.phase is Phase.CONTINUOUS
