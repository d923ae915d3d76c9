"""One instrument at several venues over REST: where it is listed, and all its books as one."""

from __future__ import annotations

from typing import Any

from exsim.control import consolidated_results as kr
from exsim.control import consolidated_schemas as ks
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.fees import fee
from exsim.dispatch.price_lines import Line
from exsim.dispatch.venue import Venue
from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import Side
from exsim.model.participants import FeeTier, Rate
from exsim.model.relations import STALE
from exsim.services.consolidating import merged
from exsim.services.operations import views
from exsim.services.same_instruments import Instruments, Listed, Same, the_one
from exsim.services.simulator import Handler, Simulator


def list_consolidated(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All instruments, those that are the same as one."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    by_name = {_name(same): same for same in _instruments(simulator).all}
    numbered = simulator.numbers.of("consolidated", by_name)
    items = ((n, _listed(simulator, by_name[name])) for n, name in numbered if n > after)
    return page(items, epoch, arguments.limit)


def get_consolidated(
    simulator: Simulator, arguments: ks.ConsolidatedArguments, body: None
) -> kr.Consolidated:
    """All books of one of them."""
    found = _instruments(simulator).find(arguments.symbol, arguments.currency)
    same = the_one(found, arguments.symbol, arguments.currency)
    parts = [_part(simulator, one, arguments.depth, arguments.account) for one in same.listed]
    return merged(parts, arguments.depth)


def _instruments(simulator: Simulator) -> Instruments:
    """All of all venues."""
    return simulator.same.of(list(simulator.dispatcher.venues.values()))


def _name(same: Same) -> str:
    """A name that no other has: where it is first listed, and how."""
    first = same.listed[0]
    return f"{first.symbol} {first.venue}"


def _listed(simulator: Simulator, same: Same) -> kr.ConsolidatedInstrument:
    whole = merged([_part(simulator, one, 1, "") for one in same.listed], 1)
    best_bid = None if whole.best_bid is None else whole.best_bid.price
    best_ask = None if whole.best_ask is None else whole.best_ask.price
    return kr.ConsolidatedInstrument(
        symbol=same.symbol,
        currency=same.currency,
        identifiers=same.identifiers,
        venues=[kr.ListedAt(one.venue, one.symbol) for one in same.listed],
        best_bid=best_bid,
        best_ask=best_ask,
        locked=whole.locked,
        crossed=whole.crossed,
    )


def _part(simulator: Simulator, one: Listed, depth: int, account: str) -> kr.Consolidated:
    """What one venue has of an instrument."""
    market = simulator.dispatcher.venue(one.venue)
    tier = None
    if market.risk is not None:
        tier = market.risk.tier(account, simulator.market_time(market))
    venue = _venue(market, one.symbol, tier)
    bids, asks = [
        _levels(market, one.symbol, side, depth) if venue.state == "open" else []
        for side in (Side.BUY, Side.SELL)
    ]
    return kr.Consolidated(
        symbol=one.symbol,
        currency=one.currency,
        identifiers=list(one.identifiers),
        best_bid=None,
        best_ask=None,
        locked=False,
        crossed=False,
        bids=bids,
        asks=asks,
        venues=[venue],
    )


def _levels(market: Venue, symbol: str, side: Side, depth: int) -> list[kr.ConsolidatedLevel]:
    return [
        kr.ConsolidatedLevel(
            format_amount(price),
            format_amount(qty),
            orders,
            [kr.LevelShare(market.name, symbol, format_amount(qty), orders)],
        )
        for price, qty, orders in market.engine.book(symbol).levels(int(side), depth)
    ]


def _venue(market: Venue, symbol: str, tier: FeeTier | None) -> kr.ConsolidatedVenue:
    rules = market.listings[symbol].rules
    priced = market.prices.priced.get(symbol)
    line = None if priced is None else priced.line
    return kr.ConsolidatedVenue(
        venue=market.name,
        symbol=symbol,
        state=views.state(rules),
        phase=rules.phase.value,
        stale=line is not None and _is_stale(line, symbol),
        relation="" if line is None or line.follows is None else line.follows.relation,
        bid=_quote(market, symbol, Side.BUY, tier),
        ask=_quote(market, symbol, Side.SELL, tier),
        fees=None if tier is None else _fees(tier),
    )


def _is_stale(line: Line, symbol: str) -> bool:
    """Whether a source does not say any more what an instrument is worth."""
    if not line.running or (line.fed is not None and symbol in line.fed.out):
        return True
    return line.follows is not None and line.follows.relation == STALE


def _quote(market: Venue, symbol: str, side: Side, tier: FeeTier | None) -> kr.VenueQuote | None:
    found = market.engine.book(symbol).levels(int(side), 1)
    if not found:
        return None
    price, qty, orders = found[0]
    updated = _updated(market, symbol, side, price)
    net: int | None = price
    if tier is not None:
        net = _net(tier.taker, price, market.instruments[symbol].multiplier, side)
    return kr.VenueQuote(
        format_amount(price),
        format_amount(qty),
        orders,
        None if updated is None else views.time_text(updated),
        views.amount(net),
    )


def _updated(market: Venue, symbol: str, side: Side, price: int) -> int | None:
    """When something was last done about an order at a side's best price."""
    newest: int | None = None
    for number, at, _ in market.engine.book(symbol).orders(int(side)):
        if at == price:
            order = market.orders.get(number)
            if order is not None and (newest is None or order.updated > newest):
                newest = order.updated
        elif newest is not None:
            break
    return newest


def _net(rate: Rate, price: int, multiplier: int, side: Side) -> int | None:
    """What one unit comes to that is sold to bids, or bought from offers, with the taker's fee."""
    if rate[0] == "order":
        return price if not rate[1] else None
    cost = fee(rate, UNIT, price, multiplier, True) * UNIT // multiplier
    return price - cost if side is Side.BUY else price + cost


def _fees(tier: FeeTier) -> kr.VenueFees:
    return kr.VenueFees(tier.name, _rate(tier.maker), _rate(tier.taker))


def _rate(rate: Rate) -> kr.FeeRate:
    per: Any = rate[0]
    return kr.FeeRate(format_amount(rate[1]), per)


HANDLERS: dict[str, Handler] = {
    "list_consolidated": list_consolidated,
    "get_consolidated": get_consolidated,
}
