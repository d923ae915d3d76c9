"""What bots have in common: how a market is, what a thing is worth, prices and sizes that fit."""

from __future__ import annotations

from math import exp
from typing import Final

from exsim.interfaces import IBotDesk
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.codes import OrdType, Phase, Side, TimeInForce
from exsim.model.luck import Luck
from exsim.model.settings import Instrument

BUY: Final = int(Side.BUY)
SELL: Final = int(Side.SELL)
LIMIT: Final = int(OrdType.LIMIT)
MARKET: Final = int(OrdType.MARKET)
DAY: Final = int(TimeInForce.DAY)
IOC: Final = int(TimeInForce.IOC)
SECOND: Final = 1_000_000_000

DEVIATION: Final = 1.2
"""That of the logarithm of a size: the mean is twice the median."""

TRADES: Final = 2
"""Orders trade as they come."""
COLLECTS: Final = 1
"""Orders are taken for an auction."""
RESTS: Final = 0
"""Nothing is taken, as in a halt; or only what few want, such as trades at the closing price."""


def mood(desk: IBotDesk, symbol: str) -> int:
    """What can be done in an instrument now."""
    if desk.phase(symbol) is Phase.CONTINUOUS and desk.matches(symbol):
        return TRADES
    return COLLECTS if not desk.matches(symbol) and desk.takes(symbol) else RESTS


def worth(desk: IBotDesk, symbol: str) -> int | None:
    """What an instrument is worth: by its source, the middle of its book, or its last trade."""
    price = desk.price(symbol)
    if price is not None:
        return price
    bid, _, ask, _ = desk.best(symbol)
    if bid is not None and ask is not None:
        return (bid + ask) // 2
    return desk.last(symbol)


def floor(instrument: Instrument, price: int) -> int:
    """The next price that fits the instrument's ticks, downwards."""
    return price - price % instrument.tick_at(price)


def ceil(instrument: Instrument, price: int) -> int:
    """The same upwards."""
    return price + -price % instrument.tick_at(price)


def away(instrument: Instrument, side: int, price: int) -> int:
    """The next price that fits, away from the other side of the market."""
    return floor(instrument, price) if side == BUY else ceil(instrument, price)


def sized(instrument: Instrument, qty: int) -> int:
    """The next quantity that fits, downwards, but no less than the least."""
    lot = instrument.lot
    qty = max(qty - qty % lot, lot)
    if instrument.min_qty is not None:
        qty = max(qty, instrument.min_qty)
    return qty if instrument.max_qty is None else min(qty, instrument.max_qty)


def some(instrument: Instrument, luck: Luck, mean: int) -> int:
    """
    A quantity by chance, ``mean`` on average: log-normal, as sizes of orders are found to be
    (Maslov and Mills 2001), so that many are small, and a few very large.
    """
    lot = instrument.lot
    share = exp(DEVIATION * luck.normal() - DEVIATION * DEVIATION / 2.0)
    lots = 1 + int(max(mean / lot - 0.5, 0.0) * share)
    return sized(instrument, lots * lot)


def positive(value: str) -> float:
    """A number above 0, such as 2.5."""
    number = parse_amount(value) / UNIT
    if not 0 < number <= 1_000_000:
        raise ValueError(f"{value} is not above 0 and at most 1000000")
    return number
