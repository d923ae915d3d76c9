"""Venues, instruments, books, trades, clocks; and the reset of it all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from exsim.config.market_keys import INSTRUMENT, RISK
from exsim.config.market_values import instrument_made, instrument_problems, leg_problems
from exsim.config.nearest import instead
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import trading_schemas as ts
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.model.amounts import format_amount, parse_amount
from exsim.model.codes import Side
from exsim.model.journal import EntryKind
from exsim.model.options import read_options, words
from exsim.model.participants import Participants, RiskSettings
from exsim.model.settings import Instrument, VenueSettings
from exsim.services.operations import endpoints, proxies, views
from exsim.services.simulator import Handler, Simulator


def list_venues(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All venues."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    numbered = simulator.numbers.of("venue", simulator.dispatcher.venues)
    items = ((n, _view(simulator, name)) for n, name in numbered if n > after)
    return page(items, epoch, arguments.limit)


def get_venue(simulator: Simulator, arguments: s.VenueArguments, body: None) -> r.Venue:
    """One venue."""
    return _view(simulator, arguments.venue)


def create_venue(simulator: Simulator, arguments: Any, body: s.NewVenue) -> r.Venue:
    """A venue with empty books."""
    if body.name in simulator.dispatcher.venues:
        raise Conflict(f"there is a venue {body.name!r} already")
    symbols = [instrument.symbol for instrument in body.instruments]
    if len(set(symbols)) < len(symbols):
        raise Conflict("an instrument is named twice")
    instruments = tuple(_instrument(instrument) for instrument in body.instruments)
    for each in instruments:
        _check_legs(each, {other.symbol: other for other in instruments})
    settings = VenueSettings(
        name=body.name,
        policies=tuple(body.policies),
        pricing=words(body.pricing),
        seed=body.seed,
        on_error=body.on_error,
        instruments=instruments,
        participants=_participants(body),
    )
    try:
        simulator.parts.check_leaders(settings)
        market = simulator.parts.venue(settings)
    except LookupError as error:
        raise NotFound(str(error)) from None
    except ValueError as error:
        raise Conflict(str(error)) from None
    simulator.dispatcher.venues[body.name] = market
    market.begin(simulator.now(), simulator.dispatcher.out)
    return _view(simulator, body.name)


async def delete_venue(simulator: Simulator, arguments: s.VenueArguments, body: None) -> None:
    """Remove a venue with its endpoints, sessions and holds."""
    check_there(simulator, arguments, body)
    market = simulator.dispatcher.venue(arguments.venue)
    names = [e.settings.name for e in simulator.exchange.endpoints.values() if e.venue is market]
    closing = [Deferred.fromCoroutine(endpoints.close(simulator, name)) for name in names]
    closing += [
        Deferred.fromCoroutine(proxies.close(simulator, proxy.name))
        for proxy in list(simulator.exchange.proxies)
        if proxy.settings.venue == market.name
    ]
    await gatherResults(closing, consumeErrors=True)
    if simulator.dispatcher.venues.get(market.name) is market:
        forget(simulator, market.name, simulator.turns.now())


def check_there(simulator: Simulator, arguments: s.VenueArguments, body: None) -> None:
    """Whether there is such a venue, which is then to go.

    :raises exsim.errors.NotFound: when there is none.
    """
    simulator.dispatcher.venue(arguments.venue)


def forget(simulator: Simulator, name: str, now: int) -> None:
    """Forget a venue, whose endpoints are gone, with its holds."""
    simulator.exchange.journal.append(now, int(EntryKind.STEP), name, "", b"remove venue")
    del simulator.dispatcher.venues[name]
    simulator.dispatcher.holds.forget(name)
    simulator.parts.forget(name)
    simulator.parts.forget_bots(name)


def list_instruments(simulator: Simulator, arguments: s.InstrumentsArguments, body: None) -> Any:
    """The instruments of a venue."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    numbered = simulator.numbers.of(f"instrument of {market.name}", market.instruments)
    items = (
        (n, views.instrument(market, market.instruments[symbol]))
        for n, symbol in numbered
        if n > after
    )
    return page(items, market.epoch, arguments.limit)


def get_instrument(
    simulator: Simulator, arguments: s.InstrumentArguments, body: None
) -> r.Instrument:
    """One instrument."""
    market = simulator.dispatcher.venue(arguments.venue)
    return views.instrument(market, listed(market, arguments.symbol))


def create_instrument(
    simulator: Simulator, arguments: s.VenueArguments, body: s.NewInstrument
) -> r.Instrument:
    """List an instrument."""
    market = simulator.dispatcher.venue(arguments.venue)
    value = _instrument(body)
    _check_legs(value, market.instruments)
    market.add_instrument(value)
    return views.instrument(market, value)


def delete_instrument(simulator: Simulator, arguments: s.InstrumentArguments, body: None) -> None:
    """Take an instrument off the list."""
    market = simulator.dispatcher.venue(arguments.venue)
    now = simulator.market_time(market)
    market.remove_instrument(arguments.symbol, now, simulator.dispatcher.out)


def get_book(simulator: Simulator, arguments: s.BookArguments, body: None) -> r.Book:
    """The price levels of a book."""
    market = simulator.dispatcher.venue(arguments.venue)
    listed(market, arguments.symbol)
    book = market.engine.book(arguments.symbol)

    def levels(side: Side) -> list[r.Level]:
        return [
            r.Level(format_amount(price), format_amount(qty), orders)
            for price, qty, orders in book.levels(int(side), arguments.depth)
        ]

    listing = market.listings[arguments.symbol]
    return r.Book(
        market.name,
        arguments.symbol,
        levels(Side.BUY),
        levels(Side.SELL),
        listing.phase.value,
        views.auction(market, listing),
        views.implied(market, arguments.symbol, Side.BUY),
        views.implied(market, arguments.symbol, Side.SELL),
    )


def list_trades(simulator: Simulator, arguments: ts.TradesArguments, body: None) -> Any:
    """The tape, oldest first or newest."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    back = arguments.order == "newest"
    items = (
        (trade.trade_id, views.trade(market, trade))
        for trade in (reversed(market.trades) if back else market.trades)
        if (trade.trade_id < after or not after if back else trade.trade_id > after)
        and arguments.symbol in (None, trade.symbol)
    )
    return page(items, market.epoch, arguments.limit)


def reset(simulator: Simulator, arguments: Any, body: s.Reset) -> r.ResetResult:
    """
    Start one venue, or all, again.

    The journal starts a new epoch; of a single venue among several, its messages so far are no
    longer told of.
    """
    exchange = simulator.exchange
    chosen = [body.venue] if body.venue is not None else sorted(simulator.dispatcher.venues)
    markets = [simulator.dispatcher.venue(name) for name in chosen]
    for market in markets:
        exchange.misbehaving.faults.clear(market.name)
        exchange.reset_sessions(market, body.sessions == "disconnect", simulator.now())
        exchange.proxies.reset(market.name, body.sessions == "disconnect")
        simulator.dispatcher.holds.forget(market.name)
        market.reset()
        exchange.publishing.reset(market, simulator.now())
        market.begin(simulator.now(), simulator.dispatcher.out)
        exchange.days.rewind(market, simulator.now())
        simulator.parts.renew_chain(market)
        exchange.renew_chains(market)
    exchange.forget_messages(markets)
    return r.ResetResult(exchange.journal.epoch, chosen)


def listed(market: Venue, symbol: str) -> Instrument:
    """An instrument of a venue.

    :raises exsim.errors.NotFound: when it lists none of that symbol.
    """
    value = market.instruments.get(symbol)
    if value is None:
        raise NotFound(f"venue {market.name} has no instrument {symbol!r}")
    return value


def _view(simulator: Simulator, name: str) -> r.Venue:
    return views.venue(simulator.dispatcher.venue(name), simulator.parts.seed)


def _instrument(body: s.NewInstrument) -> Instrument:
    """What a body says, read as the keys of an instrument in an ini file are."""
    given = {option.name: getattr(body, option.name) for option in INSTRUMENT}
    try:
        values = read_options(INSTRUMENT, {key: text or "" for key, text in given.items()})
        made = instrument_made(body.symbol, values)
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    for key, why in instrument_problems(made):
        raise Unprocessable(f"{key}: {why}")
    return made


def _check_legs(value: Instrument, listed: Mapping[str, Instrument]) -> None:
    for why in leg_problems(value, listed):
        raise Unprocessable(f"legs: {why}")


def _participants(body: s.NewVenue) -> Participants:
    """The limits that a body says."""
    known = [option.name for option in RISK]
    for key in body.limits:
        if key not in known:
            raise Unprocessable(f"limits: there is no key {key!r}{instead(key, known)}")
    try:
        values: dict[str, Any] = read_options(RISK, body.limits)
    except ValueError as error:
        raise Unprocessable(f"limits: {error}") from None
    return Participants(RiskSettings(**values))


def _amount(name: str, text: str) -> int:
    try:
        return parse_amount(text)
    except ValueError as error:
        raise Unprocessable(f"{name}: {error}") from None


HANDLERS: dict[str, Handler] = {
    "list_venues": list_venues,
    "get_venue": get_venue,
    "create_venue": create_venue,
    "delete_venue": delete_venue,
    "list_instruments": list_instruments,
    "get_instrument": get_instrument,
    "create_instrument": create_instrument,
    "delete_instrument": delete_instrument,
    "get_book": get_book,
    "list_trades": list_trades,
    "reset": reset,
}
