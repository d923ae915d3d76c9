"""Prices over REST."""

from __future__ import annotations

from typing import Any

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict
from exsim.interfaces import IPricingSource
from exsim.model.amounts import parse_amount
from exsim.services.operations import views
from exsim.services.operations.venues import listed
from exsim.services.simulator import Handler, Simulator


def list_prices(simulator: Simulator, arguments: s.PricesArguments, body: None) -> Any:
    """What each instrument of a venue is worth."""
    market = _venue(simulator, arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    numbered = simulator.numbers.of(f"instrument of {market.name}", market.instruments)
    items = ((n, _view(simulator, market, symbol)) for n, symbol in numbered if n > after)
    return page(items, market.epoch, arguments.limit)


def get_price(simulator: Simulator, arguments: s.PriceArguments, body: None) -> r.InstrumentPrice:
    """What one instrument is worth."""
    market = _venue(simulator, arguments.venue)
    listed(market, arguments.symbol)
    return _view(simulator, market, arguments.symbol)


def set_price(
    simulator: Simulator, arguments: s.PriceArguments, body: s.NewPrice
) -> r.InstrumentPrice:
    """Set a price by hand."""
    market = _venue(simulator, arguments.venue)
    _source(market).set(listed(market, arguments.symbol), parse_amount(body.price))
    return _view(simulator, market, arguments.symbol)


def clear_price(simulator: Simulator, arguments: s.PriceArguments, body: None) -> None:
    """Forget a price that was set."""
    market = _venue(simulator, arguments.venue)
    _source(market).set(listed(market, arguments.symbol), None)


def _source(market: Venue) -> IPricingSource:
    if market.pricing is None:
        raise Conflict(f"venue {market.name} has no pricing source: add `pricing = manual` to it")
    return market.pricing


def _venue(simulator: Simulator, name: str | None) -> Venue:
    if name is not None:
        return simulator.dispatcher.venue(name)
    markets = list(simulator.dispatcher.venues.values())
    if len(markets) != 1:
        raise Conflict(f"there are {len(markets)} venues: say which one")
    return markets[0]


def _view(simulator: Simulator, market: Venue, symbol: str) -> r.InstrumentPrice:
    price = market.price(symbol, simulator.market_time(market))
    return r.InstrumentPrice(market.name, symbol, views.amount(price))


HANDLERS: dict[str, Handler] = {
    "list_prices": list_prices,
    "get_price": get_price,
    "set_price": set_price,
    "clear_price": clear_price,
}
