"""What instruments are worth, over REST: told, set, and sent on their way."""

from __future__ import annotations

from typing import Any

from exsim.control import pricing_results as cr
from exsim.control import pricing_schemas as cs
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict
from exsim.model.amounts import UNIT, format_amount, parse_amount
from exsim.model.options import duration
from exsim.services.operations import views
from exsim.services.operations.venues import listed
from exsim.services.simulator import Handler, Simulator


def list_prices(simulator: Simulator, arguments: cs.PricesArguments, body: None) -> Any:
    """What each instrument of a venue is worth."""
    market = _venue(simulator, arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    numbered = simulator.numbers.of(f"instrument of {market.name}", market.instruments)
    items = ((n, _view(simulator, market, symbol)) for n, symbol in numbered if n > after)
    return page(items, market.epoch, arguments.limit)


def get_price(simulator: Simulator, arguments: cs.PriceArguments, body: None) -> cr.InstrumentPrice:
    """What one instrument is worth."""
    market = _instrument(simulator, arguments)
    return _view(simulator, market, arguments.symbol)


def set_price(
    simulator: Simulator, arguments: cs.PriceArguments, body: cs.NewPrice
) -> cr.InstrumentPrice:
    """Set a price by hand."""
    market = _to_set(simulator, arguments)
    return _set(simulator, market, arguments.symbol, parse_amount(body.price))


def clear_price(simulator: Simulator, arguments: cs.PriceArguments, body: None) -> None:
    """Forget a price that was set."""
    market = _to_set(simulator, arguments)
    _set(simulator, market, arguments.symbol, None)


def step_price(
    simulator: Simulator, arguments: cs.PriceArguments, body: cs.PriceStep
) -> cr.InstrumentPrice:
    """Go on from the price that there is."""
    market, symbol = _to_set(simulator, arguments), arguments.symbol
    before = market.price(symbol, simulator.market_time(market))
    if before is None:
        raise Conflict(f"{symbol} has no price to go on from: set one first")
    if body.percent is None:
        after = before + parse_amount(body.by or "0")
    else:
        after = before + before * parse_amount(body.percent) // (100 * UNIT)
    priced = market.prices.priced.get(symbol)
    return _set(simulator, market, symbol, after if priced is None else priced.grid.fit(after))


def ramp_price(
    simulator: Simulator, arguments: cs.PriceArguments, body: cs.PriceRamp
) -> cr.InstrumentPrice:
    """Have a price go to another one."""
    market = _to_set(simulator, arguments)
    now = simulator.market_time(market)
    until = now + duration(body.within)
    market.prices.ramp(arguments.symbol, parse_amount(body.price), until, now)
    return _view(simulator, market, arguments.symbol)


def schedule_price(
    simulator: Simulator, arguments: cs.PriceArguments, body: cs.PriceSchedule
) -> cr.InstrumentPrice:
    """Have prices at times."""
    market = _to_set(simulator, arguments)
    now = simulator.market_time(market)
    points = sorted((_time(point, now), parse_amount(point.price)) for point in body.points)
    market.prices.schedule(arguments.symbol, points, now)
    return _view(simulator, market, arguments.symbol)


def get_price_history(
    simulator: Simulator, arguments: cs.PriceArguments, body: None
) -> cr.PriceHistory:
    """What an instrument was worth before."""
    market, symbol = _instrument(simulator, arguments), arguments.symbol
    priced = market.prices.priced.get(symbol)
    changes = [] if priced is None else priced.history()
    return cr.PriceHistory(
        market.name,
        symbol,
        [
            cr.PriceChange(views.time_text(time), format_amount(price), seq)
            for seq, time, price in changes
        ],
    )


def _time(point: cs.PricePoint, now: int) -> int:
    """When a point of a schedule is."""
    if point.at is not None:
        return views.parse_time(point.at)
    return now + duration(point.after or "0s")


def _set(simulator: Simulator, market: Venue, symbol: str, price: int | None) -> cr.InstrumentPrice:
    now, seq = simulator.market_time(market), simulator.exchange.journal.last
    market.prices.set(symbol, price, now, seq)
    return _view(simulator, market, symbol)


def _instrument(simulator: Simulator, arguments: cs.PriceArguments) -> Venue:
    """The venue that lists an instrument."""
    market = _venue(simulator, arguments.venue)
    listed(market, arguments.symbol)
    return market


def _to_set(simulator: Simulator, arguments: cs.PriceArguments) -> Venue:
    """The same where its price is to be another one."""
    market = _venue(simulator, arguments.venue)
    market.prices.check_there()
    listed(market, arguments.symbol)
    return market


def _venue(simulator: Simulator, name: str | None) -> Venue:
    if name is not None:
        return simulator.dispatcher.venue(name)
    markets = list(simulator.dispatcher.venues.values())
    if len(markets) != 1:
        raise Conflict(f"there are {len(markets)} venues: say which one")
    return markets[0]


def _view(simulator: Simulator, market: Venue, symbol: str) -> cr.InstrumentPrice:
    price = market.price(symbol, simulator.market_time(market))
    priced = market.prices.priced.get(symbol)
    return cr.InstrumentPrice(
        market.name,
        symbol,
        views.amount(price),
        None if priced is None else priced.line.name,
        None if priced is None or not priced.time else views.time_text(priced.time),
    )


HANDLERS: dict[str, Handler] = {
    "list_prices": list_prices,
    "get_price": get_price,
    "set_price": set_price,
    "clear_price": clear_price,
    "step_price": step_price,
    "ramp_price": ramp_price,
    "schedule_price": schedule_price,
    "get_price_history": get_price_history,
}
