"""
Multileg instruments on a floor: orders of them that trade with orders of their legs, what fills of
them come to in each leg, and those that are made since an order names the legs that it wants.

How prices are implied is the engine's: :mod:`exsim.engine.implied`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

from exsim.model.amounts import UNIT, format_amount, parse_amount
from exsim.model.codes import Liquidity, Reason, Side
from exsim.model.events import Details, Event, LegFill, Report
from exsim.model.requests import NewOrder
from exsim.model.settings import LEGS, Instrument, Leg, name_by_legs
from exsim.model.trades import Combined, LegTrade
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.floor import Floor

Refusal = tuple[Reason, str]

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_ADDED: Final = int(Liquidity.ADDED)
_REMOVED: Final = int(Liquidity.REMOVED)
_IN: Final = frozenset(("in", "both"))
_OUT: Final = frozenset(("out", "both"))
_MULTILEG: Final = "MLEG"
_MOST_LEGS: Final = 16


# -- what is listed


def listed(floor: Floor, instrument: Instrument) -> None:
    """Remember an instrument that is new, and link those whose legs are all there now."""
    strategies = floor.orders.strategies
    if instrument.legs:
        if strategies is None:
            strategies = floor.orders.strategies = {}
        strategies[instrument.symbol] = False
        floor.aliases.setdefault(name_by_legs(instrument.legs), instrument.symbol)
    if strategies is None:
        return
    for symbol, linked in strategies.items():
        made = floor.instruments[symbol]
        if not linked and made.implied != "none":
            if all(leg.symbol in floor.instruments for leg in made.legs):
                weights = tuple([(leg.symbol, _weight(leg)) for leg in made.legs])
                floor.engine.combine(symbol, weights, made.implied in _IN, made.implied in _OUT)
                strategies[symbol] = True


def removed(floor: Floor, instrument: Instrument) -> None:
    """Forget an instrument that is no more."""
    strategies = floor.orders.strategies
    if strategies is not None and instrument.legs:
        del strategies[instrument.symbol]
        name = name_by_legs(instrument.legs)
        if floor.aliases.get(name) == instrument.symbol:
            del floor.aliases[name]


def user_of(floor: Floor, symbol: str) -> str:
    """The first instrument that has this one for a leg, empty for none."""
    for name in floor.orders.strategies or ():
        for leg in floor.instruments[name].legs:
            if leg.symbol == symbol:
                return name
    return ""


def _weight(leg: Leg) -> int:
    """How many of a leg one of the instrument buys, below 0 for what it sells; a whole number."""
    return leg.ratio // UNIT if leg.side == "buy" else -(leg.ratio // UNIT)


# -- trades of several instruments at once


def book(floor: Floor, event: Combined, now: int, out: list[Event]) -> None:
    """Book a trade of an order with orders of all legs: each has a fill at its own price."""
    spread = floor.order(event.spread.order_id)
    parts = [event.spread, *event.legs]
    takers = [part for part in parts if part.order_id == event.taker_id]
    for part in takers + [part for part in parts if part.order_id != event.taker_id]:
        order, takes = floor.order(part.order_id), part.order_id == event.taker_id
        match, liquidity = floor.last_trade + 1, _REMOVED if takes else _ADDED
        report = floor.orders.filled(order, part.qty, part.price, now, match, liquidity)
        order.note(now, f"traded at a price implied with {event.spread.symbol}")
        if order is spread:
            buys = order.terms.side == _BUY
            _details(report).legs = _fills(
                floor.instruments[part.symbol], buys, part.qty, _prices(event.legs)
            )
        out.append(report)
        if floor.risk is not None:
            floor.risk.charge(out, order, not takes, now)
        _print(floor, order, part, takes, now, out)
        floor.listings[part.symbol].last = part.price


def _prices(legs: Sequence[LegTrade]) -> dict[str, int]:
    return {leg.symbol: leg.price for leg in legs}


def _print(
    floor: Floor, order: Order, part: LegTrade, takes: bool, now: int, out: list[Event]
) -> None:
    """Put the fill on the tape of its instrument, where nobody else is a side of it."""
    buys = order.terms.side == _BUY
    maker, taker = ("", order.order_id) if takes else (order.order_id, "")
    side = order.terms.side if takes else (_SELL if buys else _BUY)
    floor.tape(now, part.symbol, part.price, part.qty, maker, taker, side, False, out)


# -- what a fill comes to in each leg


def tell_legs(floor: Floor, symbol: str, reports: Sequence[Event]) -> None:
    """Have reports of fills of an instrument say what they come to in each of its legs."""
    instrument = floor.instruments.get(symbol)
    if instrument is None or not instrument.legs:
        return
    for report in reports:
        if isinstance(report, Report) and report.last_qty:
            prices = leg_prices(floor, instrument, report.last_px)
            buys = report.terms.side == _BUY
            _details(report).legs = _fills(instrument, buys, report.last_qty, prices)


def leg_prices(floor: Floor, instrument: Instrument, price: int) -> dict[str, int]:
    """
    Prices of the legs that come to a price of the instrument, where no trades of them say.

    Each has its last price, or else its reference price, or else 0; but for the last leg of the
    least ratio, which has what that leaves.
    """
    least = min([leg.ratio for leg in instrument.legs])
    rest_of = [leg for leg in instrument.legs if leg.ratio == least][-1]
    prices: dict[str, int] = {}
    rest = price * UNIT
    for leg in instrument.legs:
        if leg is not rest_of:
            listing = floor.listings.get(leg.symbol)
            base = None if listing is None else listing.reference
            prices[leg.symbol] = base or 0
            rest -= _signed(leg) * prices[leg.symbol]
    prices[rest_of.symbol] = rest // _signed(rest_of)
    return prices


def _signed(leg: Leg) -> int:
    return leg.ratio if leg.side == "buy" else -leg.ratio


def _fills(
    instrument: Instrument, buys: bool, qty: int, prices: dict[str, int]
) -> tuple[LegFill, ...]:
    return tuple(
        [
            LegFill(
                leg.symbol,
                _BUY if buys == (leg.side == "buy") else _SELL,
                leg.ratio,
                prices[leg.symbol],
                qty * leg.ratio // UNIT,
            )
            for leg in instrument.legs
        ]
    )


def _details(report: Report) -> Details:
    if report.more is None:
        report.more = Details()
    return report.more


# -- what users define


def is_of_legs(symbol: str) -> bool:
    """Whether an instrument is named by its legs."""
    return symbol.startswith(LEGS)


def symbol_of(floor: Floor, name: str) -> str:
    """The symbol of the instrument of these legs, in any order; empty where there is none."""
    legs = read_legs(name)
    return "" if legs is None else floor.aliases.get(name_by_legs(legs), "")


def define(floor: Floor, terms: NewOrder) -> Refusal | None:
    """List the instrument whose legs an order names, if there is none; or say why not."""
    if symbol_of(floor, terms.symbol):
        return None
    if not floor.settings.lists.user_defined:
        text = f"no instrument has the legs {terms.symbol.removeprefix(LEGS)[:200]}"
        return Reason.UNKNOWN_SYMBOL, f"user_defined = no: {text}"
    legs = read_legs(terms.symbol)
    problem = "these are no legs such as legs:AAA:buy:1,BBB:sell:1"
    if legs is not None:
        problem = _problem(floor, legs)
    if legs is None or problem:
        return Reason.UNKNOWN_SYMBOL, problem
    floor.add_instrument(_instrument(floor, legs))
    return None


def read_legs(symbol: str) -> tuple[Leg, ...] | None:
    """The legs that a name such as ``legs:AAA:buy:1,BBB:sell:2`` is made of; None for no such."""
    found: list[Leg] = []
    for text in symbol.removeprefix(LEGS).split(","):
        rest, _, ratio = text.rpartition(":")
        name, _, side = rest.rpartition(":")
        try:
            amount = parse_amount(ratio)
        except ValueError:
            return None
        if not name or side not in ("buy", "sell") or amount <= 0:
            return None
        found.append(Leg(name, amount, side))
    return tuple(found)


def _problem(floor: Floor, legs: tuple[Leg, ...]) -> str:
    """Why there can be no instrument with these legs; empty where it can be."""
    if not 2 <= len(legs) <= _MOST_LEGS:
        return f"{len(legs)} legs are not from 2 to {_MOST_LEGS}"
    for leg in legs:
        made = floor.instruments.get(leg.symbol)
        if made is None:
            return f"unknown symbol {leg.symbol[:40]!r} of a leg"
        if made.legs:
            return f"the leg {leg.symbol} has legs itself"
        if leg.ratio % UNIT:
            return f"the ratio {format_amount(leg.ratio)} of {leg.symbol} is no whole number"
    if len({leg.symbol for leg in legs}) < len(legs):
        return "an instrument is there twice among the legs"
    return ""


def _instrument(floor: Floor, legs: tuple[Leg, ...]) -> Instrument:
    """An instrument of these legs: its tick and lot are what theirs make possible."""
    number = 1
    while f"UDS{number}" in floor.instruments:
        number += 1
    parts = [floor.instruments[leg.symbol] for leg in legs]
    ratios = [leg.ratio // UNIT for leg in legs]
    tick = gcd(*[ratio * part.tick_at(0) for ratio, part in zip(ratios, parts, strict=True)])
    return Instrument(
        f"UDS{number}",
        parts[0].currency,
        _MULTILEG,
        tick=tick,
        lot=lcm(*[part.lot for part in parts]),
        multiplier=parts[0].multiplier,
        legs=legs,
        implied="both",
    )
