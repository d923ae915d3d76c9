"""Parsers of the values that instruments, limits, accounts and fees have, for ini, CSV and REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import lcm
from typing import Any, Final

from exsim.config.nearest import instead
from exsim.model.amounts import LARGEST, UNIT, format_amount, parse_amount
from exsim.model.options import words
from exsim.model.participants import Band, Rate
from exsim.model.settings import Instrument, Leg

PLAIN_TYPES: Final = {
    "equity": "CS",
    "etf": "ETF",
    "bond": "BOND",
    "option": "OPT",
    "future": "FUT",
    "fx-spot": "FXSPOT",
    "fx-forward": "FXFWD",
    "ndf": "FXNDF",
    "crypto": "CRYPTO",
    "spread": "MLEG",
}
"""Words for security types, and the codes of SecurityType(167) that they stand for."""
_KNOWN: Final = (
    "CS PS ETF ADR MF WAR RIGHT UNIT BOND CORP CPP CB DUAL EUCORP XLINKD STRUCT YANK EUSOV CAN CTB"
    " BRADY GO GOVT NOTE TIPS TINT TPRN TB TBOND TBILL TCAL TNOTE UST USTB CD MUNI MBS ABS CP REPO"
    " SECLOAN OPT FUT OOF OOC OOP IRS CDS FWD SWAPTION CMB FXSPOT FXFWD FXNDF FXSWAP FXNDS FOR"
    " CRYPTO CASH MLEG INDEX CFD NONE"
)
_CODES: Final = frozenset(_KNOWN.split())
_NEEDED: Final = {
    "OPT": ("maturity", "strike", "put_call"),
    "OOF": ("maturity", "strike", "put_call"),
    "FUT": ("maturity",),
    "FWD": ("maturity",),
    "BOND": ("maturity",),
    "FXFWD": ("settlement",),
    "FXNDF": ("settlement", "settlement_currency"),
    "MLEG": ("legs",),
}
"""What an instrument of a type is not complete without."""
_PUT_CALL: Final = ("", "put", "call")


def security_type(value: str) -> str:
    """A code of SecurityType(167), or one of the plain words for some, as the code."""
    code = PLAIN_TYPES.get(value.lower(), value)
    if code not in _CODES:
        known = sorted((*PLAIN_TYPES, *_CODES))
        raise ValueError(f"there is no security type {value[:40]!r}{instead(value, known)}")
    return code


def maturity(value: str) -> str:
    """``YYYYMM`` or ``YYYYMMDD``, or nothing."""
    if not value:
        return ""
    digits = value.isascii() and value.isdigit() and len(value) in (6, 8)
    day = value[6:] or "01"
    if not digits or not "01" <= value[4:6] <= "12" or not "01" <= day <= "31":
        raise ValueError(f"{value[:40]!r} is no month or day such as 202612 or 20261218")
    return value


def put_call(value: str) -> str:
    """``put`` or ``call``, or nothing."""
    if value not in _PUT_CALL:
        raise ValueError(f"{value[:40]!r} is neither put nor call")
    return value


def ticks(value: str) -> tuple[tuple[int, int], ...]:
    """A tick table such as ``0:0.0001, 1:0.01``: prices, and the tick from each on."""
    table = []
    for row in words(value):
        start, colon, tick = row.partition(":")
        if not colon:
            raise ValueError(f"{row[:40]!r} is no row of a tick table such as 1:0.01")
        table.append((parse_amount(start), _positive(tick)))
    for (before, _), (after, _) in pairwise(table):
        if after <= before:
            raise ValueError("the prices of a tick table have to rise from row to row")
    return tuple(table)


def band(value: str) -> Band | None:
    """How far from a price: ``5%`` of it, or so much, such as ``2.50``; nothing for no limit."""
    if not value:
        return None
    percent = value.endswith("%")
    distance = _positive(value.removesuffix("%").strip())
    return (0, distance) if percent else (distance, 0)


def legs(value: str) -> tuple[Leg, ...]:
    """Legs such as ``AAA:buy:1, BBB:sell:2``: symbol, side and ratio of each."""
    found = []
    for text in words(value):
        rest, _, ratio = text.rpartition(":")
        symbol, _, side = rest.rpartition(":")
        if not symbol or side not in ("buy", "sell"):
            raise ValueError(f"{text[:60]!r} is no leg such as AAA:buy:1")
        found.append(Leg(symbol, _positive(ratio), side))
    return tuple(found)


def ticks_text(table: tuple[tuple[int, int], ...]) -> str:
    """A tick table as :func:`ticks` reads it."""
    return ", ".join(f"{format_amount(start)}:{format_amount(tick)}" for start, tick in table)


def legs_text(found: tuple[Leg, ...]) -> str:
    """Legs as :func:`legs` reads them."""
    return ", ".join(f"{leg.symbol}:{leg.side}:{format_amount(leg.ratio)}" for leg in found)


def rate(value: str) -> Rate:
    """A fee: ``0.003/share``, ``0.2bp`` or ``1.50/order``; below 0 it is a rebate."""
    for kind, ending in (("share", "/share"), ("bp", "bp"), ("order", "/order")):
        if value.endswith(ending):
            return kind, parse_amount(value.removesuffix(ending).strip())
    if value == "0":
        return "share", 0
    raise ValueError(f"{value[:40]!r} is no fee such as 0.003/share, -0.2bp or 1.50/order")


def positions(value: str) -> tuple[tuple[str, int], ...]:
    """Limits of positions such as ``AAA:1000, BBB:50``: symbols, and the most of each."""
    found: dict[str, int] = {}
    for text in words(value):
        symbol, _, limit = text.rpartition(":")
        if not symbol:
            raise ValueError(f"{text[:60]!r} is no limit of a position such as AAA:1000")
        if symbol in found:
            raise ValueError(f"{symbol[:60]!r} is there twice")
        found[symbol] = parse_amount(limit)
    return tuple(found.items())


def _positive(value: str) -> int:
    amount = parse_amount(value)
    if amount <= 0:
        raise ValueError(f"{value[:40]!r} is not above zero")
    return amount


def instrument_made(symbol: str, values: Mapping[str, Any]) -> Instrument:
    """The instrument of checked values; one with a tick table has a tick that fits all of it."""
    more = dict(values)
    if more.get("ticks"):
        more["tick"] = min(lcm(*[tick for _, tick in more["ticks"]]), LARGEST)
    return Instrument(symbol, **more)


def _legs_problems(value: Instrument) -> Iterator[str]:
    """What makes no sense about legs, whatever there is besides."""
    for number, leg in enumerate(value.legs):
        if leg.symbol == value.symbol:
            yield f"{leg.symbol} is no leg of itself"
        if any(leg.symbol == other.symbol for other in value.legs[:number]):
            yield f"{leg.symbol} is there twice"
        if value.implied != "none" and leg.ratio % UNIT:
            ratio = format_amount(leg.ratio)
            yield f"with implied prices ratios are whole numbers, not {ratio} of {leg.symbol}"


def leg_problems(value: Instrument, listed: Mapping[str, Instrument]) -> list[str]:
    """Which legs there are not, or not for implied prices, among the instruments of a venue."""
    found: list[str] = []
    for leg in value.legs:
        made = listed.get(leg.symbol)
        if made is None:
            known = sorted(set(listed) - {value.symbol})
            found.append(f"there is no instrument {leg.symbol!r}{instead(leg.symbol, known)}")
        elif made.legs and value.implied != "none" and made is not value:
            found.append(f"{leg.symbol} has legs itself: no price is implied of implied ones")
    return found


def instrument_problems(value: Instrument) -> list[tuple[str, str]]:
    """What makes no sense about an instrument: the key, and why."""
    found = []
    for key in _NEEDED.get(value.security_type, ()):
        if getattr(value, key) in ("", None, ()):
            found.append((key, f"is needed, since security_type is {value.security_type}"))
    found += [("legs", why) for why in _legs_problems(value)]
    if value.implied != "none" and not value.legs:
        found.append(("implied", "there are no legs"))
    if value.min_qty is not None and value.max_qty is not None and value.min_qty > value.max_qty:
        above = f"{format_amount(value.min_qty)} is above max_qty, {format_amount(value.max_qty)}"
        found.append(("min_qty", above))
    return found
