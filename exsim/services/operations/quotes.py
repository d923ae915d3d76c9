"""Quotes in the books of a venue, and market maker protection, over REST."""

from __future__ import annotations

from typing import Any

from exsim.control import schemas as s
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.resting_quotes import RestingQuote
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.model.amounts import format_amount
from exsim.model.quote_codes import QuoteStatus
from exsim.model.requests import NO_PRICE
from exsim.services.simulator import Handler, Simulator

_PULLED = "pulled by the venue"


def list_quotes(simulator: Simulator, arguments: ts.QuotesArguments, body: None) -> Any:
    """Those that rest, oldest first."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    items = (
        (quote.number, _view(market, quote))
        for quote in _chosen(market, arguments.session, arguments.symbol)
        if quote.number > after
    )
    return page(items, market.epoch, arguments.limit)


def pull_quotes(
    simulator: Simulator, arguments: s.VenueArguments, body: ts.PullQuotes
) -> tr.Pulled:
    """Take quotes off the books, and tell their sessions."""
    market = simulator.dispatcher.venue(arguments.venue)
    now, out = simulator.market_time(market), simulator.dispatcher.out
    found = _chosen(market, body.session, body.symbol)
    for quote in found:
        market.quotes.pull(quote, QuoteStatus.REMOVED, body.text or _PULLED, now, out)
    return tr.Pulled(len(found))


def get_protection(simulator: Simulator, arguments: s.VenueArguments, body: None) -> tr.Protections:
    """Whose quotes are not let in, and why."""
    return _protections(simulator.dispatcher.venue(arguments.venue))


def reset_protection(
    simulator: Simulator, arguments: s.VenueArguments, body: ts.ResetProtection
) -> tr.Protections:
    """Let the quotes of a session in again."""
    market = simulator.dispatcher.venue(arguments.venue)
    market.quotes.protection.reset(body.session, body.underlying)
    return _protections(market)


def _chosen(market: Venue, session: str | None, symbol: str | None) -> list[RestingQuote]:
    if symbol is not None and symbol not in market.instruments:
        raise NotFound(f"venue {market.name} has no instrument {symbol!r}")
    return [
        quote
        for quote in market.quotes.all()
        if session in (None, quote.session) and symbol in (None, quote.symbol)
    ]


def _view(market: Venue, quote: RestingQuote) -> tr.Quote:
    entry = market.quotes.told(quote, QuoteStatus.ACTIVE, 0).entry
    return tr.Quote(
        venue=market.name,
        session=quote.session,
        quote_id=quote.quote_id,
        set_id=quote.key[2],
        entry_id=quote.key[3],
        symbol=quote.symbol,
        account=quote.account,
        bid=None if entry.bid == NO_PRICE else format_amount(entry.bid),
        offer=None if entry.offer == NO_PRICE else format_amount(entry.offer),
        bid_size=format_amount(entry.bid_size),
        offer_size=format_amount(entry.offer_size),
        bid_order_id=str(quote.bid) if quote.bid else None,
        offer_order_id=str(quote.offer) if quote.offer else None,
        indicative=entry.indicative,
    )


def _protections(market: Venue) -> tr.Protections:
    tripped = market.quotes.protection.tripped.items()
    found = [tr.Protection(session, underlying, why) for (session, underlying), why in tripped]
    return tr.Protections(market.name, found)


HANDLERS: dict[str, Handler] = {
    "list_quotes": list_quotes,
    "pull_quotes": pull_quotes,
    "get_protection": get_protection,
    "reset_protection": reset_protection,
}
