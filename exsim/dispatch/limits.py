"""
The limits on what one order asks for: bands, collars, fat fingers, quantity and value.

Each refusal names the rule, and has the numbers that it compared.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.listing import Listing
from exsim.engine.matching import MatchingEngine
from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import OrdType, Reason, Side
from exsim.model.market import Ticks
from exsim.model.participants import Band, RiskSettings, band_text, distance
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.model.settings import Instrument

Refusal = tuple[Reason, str]

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_MARKET: Final = int(OrdType.MARKET)


def band_of(instrument: Instrument, own: Band | None, shared: Band | None) -> Band | None:
    """
    The band that holds for an instrument: its own, or else that of its venue.

    A percentage of what legs come to, which may be 0, says nothing: that of a venue is not for it.
    """
    if own is None and shared is not None and instrument.legs and shared[1]:
        return None
    return own or shared


def check_bands(terms: NewOrder, listing: Listing, risk: RiskSettings) -> Refusal | None:
    """The static and the dynamic band, and the fat finger, of an order with a price."""
    instrument, price = listing.instrument, terms.price
    band = band_of(instrument, instrument.price_band, risk.price_band)
    if band is not None and instrument.reference is not None:
        refusal = _check_band(price, band, instrument.reference, "price_band", "reference")
        if refusal is not None:
            return refusal
    base = listing.reference
    if base is None:
        return None
    word = "reference" if listing.last is None else "last"
    band = band_of(instrument, instrument.dynamic_band, risk.dynamic_band)
    if band is not None:
        refusal = _check_band(price, band, base, "dynamic_band", word)
        if refusal is not None:
            return refusal
    band = band_of(instrument, instrument.fat_finger, risk.fat_finger)
    if band is not None:
        return _check_finger(terms, band, base, word)
    return None


def bounds(listing: Listing, risk: RiskSettings) -> list[tuple[str, int, int]]:
    """
    What holds for prices now: each rule with the lowest and the highest price that it lets through.
    ``fat_finger`` is one bound for each side, below which sales are refused, and above which buys.
    """
    instrument, base = listing.instrument, listing.reference
    found: list[tuple[str, Band | None, int | None]] = [
        (
            "price_band",
            band_of(instrument, instrument.price_band, risk.price_band),
            instrument.reference,
        ),
        ("dynamic_band", band_of(instrument, instrument.dynamic_band, risk.dynamic_band), base),
        ("fat_finger", band_of(instrument, instrument.fat_finger, risk.fat_finger), base),
        ("collar", band_of(instrument, instrument.collar, risk.collar), base),
    ]
    return [
        (rule, around - distance(band, around), around + distance(band, around))
        for rule, band, around in found
        if band is not None and around is not None
    ]


def _check_band(price: int, band: Band, base: int, rule: str, word: str) -> Refusal | None:
    reach = distance(band, base)
    if base - reach <= price <= base + reach:
        return None
    low, high = format_amount(base - reach), format_amount(base + reach)
    text = f"price {format_amount(price)} is not from {low} to {high}"
    return Reason.BAND, f"{rule}: {text}, {band_text(band)} around the {word} price"


def _check_finger(terms: NewOrder, band: Band, base: int, word: str) -> Refusal | None:
    reach = distance(band, base)
    price = format_amount(terms.price)
    side, bound = "", 0
    if terms.side == _BUY and terms.price > base + reach:
        side, bound = "above", base + reach
    elif terms.side != _BUY and terms.price < base - reach:
        side, bound = "below", base - reach
    if not side:
        return None
    text = (
        f"price {price} is {side} {format_amount(bound)}, {band_text(band)} from the {word} price"
    )
    return Reason.BAND, f"fat_finger: {text} {format_amount(base)}"


def check_collar(
    terms: NewOrder, listing: Listing, risk: RiskSettings, engine: MatchingEngine
) -> Refusal | None:
    """How far a market order would trade, by what the book shows now."""
    band = band_of(listing.instrument, listing.instrument.collar, risk.collar)
    base = listing.reference
    if band is None or base is None:
        return None
    buys = terms.side == _BUY
    left, worst = terms.qty, base
    for price, qty, _ in engine.book(listing.symbol).levels(_SELL if buys else _BUY, 0):
        worst = price
        left -= qty
        if left <= 0:
            break
    reach = distance(band, base)
    if (worst <= base + reach) if buys else (worst >= base - reach):
        return None
    bound = format_amount(base + reach if buys else base - reach)
    text = f"the order would trade at {format_amount(worst)}, beyond {bound}"
    word = "reference" if listing.last is None else "last"
    return Reason.BAND, f"collar: {text}, {band_text(band)} from the {word} price"


def collar_price(side: int, listing: Listing, risk: RiskSettings, ticks: Ticks) -> int | None:
    """The last price that a market order may trade at, a multiple of the tick; None for any."""
    band = band_of(listing.instrument, listing.instrument.collar, risk.collar)
    base = listing.reference
    if band is None or base is None:
        return None
    buys, reach = side == _BUY, distance(band, base)
    return ticks.round(base + reach if buys else base - reach, buys)


def check_qty(qty: int, limit: int | None, whose: str) -> Refusal | None:
    """The most quantity of an order."""
    if limit is None or qty <= limit:
        return None
    text = f"quantity {format_amount(qty)} is above {format_amount(limit)}{whose}"
    return Reason.QUANTITY, f"max_order_qty: {text}"


def check_notional(value: int | None, limit: int | None, whose: str) -> Refusal | None:
    """The most that an order may be worth; one whose price nobody knows is not held to it."""
    if limit is None or value is None or value <= limit:
        return None
    text = f"the order is worth {format_amount(value)}, above {format_amount(limit)}{whose}"
    return Reason.NOTIONAL, f"max_notional: {text}"


def worth(qty: int, price: int | None, multiplier: int) -> int | None:
    """What a quantity is worth at a price, rounded down; None where there is no price."""
    return None if price is None else qty * abs(price) * multiplier // (UNIT * UNIT)


def price_of(terms: NewOrder, listing: Listing) -> int | None:
    """The price that an order is valued at: its own, else the last, else the reference price."""
    return listing.reference if terms.price == NO_PRICE else terms.price


def is_market(terms: NewOrder) -> bool:
    """Whether it takes any price."""
    return terms.ord_type == _MARKET
