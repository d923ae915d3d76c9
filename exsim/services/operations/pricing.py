"""Pricing sources over REST: listed, started, stopped, and given other values of their keys."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

import msgspec
from msgspec import Struct

from exsim.config.nearest import instead
from exsim.control import pricing_results as cr
from exsim.control import pricing_schemas as cs
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.observer import packed
from exsim.dispatch.price_lines import Line
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound, NotInstalled, Unprocessable
from exsim.facts.observed import Packed
from exsim.model.amounts import parse_amount
from exsim.model.ticks import Tick
from exsim.services.drawer import FACTS
from exsim.services.operations import views
from exsim.services.plotting import NoPlot, can_draw
from exsim.services.simulator import Handler, Simulator

_AT_THE_START: Final = frozenset({"symbols", "seed", "start"})
"""Keys that say with what a source begins."""


def list_sources(simulator: Simulator, arguments: cs.SourcesArguments, body: None) -> Any:
    """The sources of a venue."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    lines = enumerate(market.prices.lines.values(), 1)
    items = ((n, _view(simulator, market, line)) for n, line in lines if n > after)
    return page(items, market.epoch, arguments.limit)


def get_source(simulator: Simulator, arguments: cs.SourceArguments, body: None) -> cr.PricingSource:
    """One of them."""
    market, line = _line(simulator, arguments)
    return _view(simulator, market, line)


def change_source(
    simulator: Simulator, arguments: cs.SourceArguments, body: cs.SourceChange
) -> cr.PricingSource:
    """It goes by other values from its next step on."""
    market, line = _line(simulator, arguments)
    now, seq = simulator.market_time(market), simulator.exchange.journal.last
    values = _values(line, body.parameters)
    try:
        market.prices.change(line, values, body.parameters, now, seq)
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    return _view(simulator, market, line)


def start_source(
    simulator: Simulator, arguments: cs.SourceArguments, body: None
) -> cr.PricingSource:
    """It goes on."""
    market, line = _line(simulator, arguments)
    seq = simulator.exchange.journal.last
    market.prices.go_on(line, simulator.market_time(market), seq)
    return _view(simulator, market, line)


def stop_source(
    simulator: Simulator, arguments: cs.SourceArguments, body: None
) -> cr.PricingSource:
    """It stands still."""
    market, line = _line(simulator, arguments)
    market.prices.stop(line)
    return _view(simulator, market, line)


def feed_source(
    simulator: Simulator, arguments: cs.SourceArguments, body: cs.Feeding
) -> cr.PricingSource:
    """It is told prices from outside, by whoever reads them there."""
    market, line = _line(simulator, arguments)
    now, seq = simulator.market_time(market), simulator.exchange.journal.last
    ticks = [
        Tick(each.symbol, _amount(each.bid), _amount(each.ask), _amount(each.last))
        for each in body.prices
    ]
    market.prices.feed(line, ticks, body.link, now, seq)
    market.follow_outages(now, simulator.dispatcher.out)
    return _view(simulator, market, line)


def plot_source(
    simulator: Simulator, arguments: cs.PlotArguments, body: None
) -> Coroutine[Any, Any, bytes]:
    """A picture of an instrument that it prices."""
    if not can_draw():
        raise NotInstalled(str(NoPlot()))
    seen = _seen(simulator, arguments)
    return simulator.pictures.ask(simulator.reactor, arguments.format, seen)


async def get_facts(
    simulator: Simulator, arguments: cs.FactsArguments, body: None
) -> cr.MarketFacts:
    """Facts of it."""
    seen = _seen(simulator, arguments)
    made = await simulator.pictures.ask(simulator.reactor, FACTS, seen)
    found = msgspec.json.decode(made, type=_Measured)
    return cr.MarketFacts(
        venue=seen.venue,
        name=arguments.name,
        symbol=seen.symbol,
        begin=views.time_text(found.begin),
        end=views.time_text(seen.end),
        every=f"{seen.every // 1_000_000}ms" if seen.every else None,
        facts=found.facts,
    )


class _Measured(Struct):
    """What the process told."""

    begin: int
    facts: list[cr.StylisedFact]


def _seen(simulator: Simulator, arguments: cs.PlotArguments | cs.FactsArguments) -> Packed:
    """What was seen of an instrument that a source prices."""
    market = simulator.dispatcher.venue(arguments.venue)
    symbols = market.prices.symbols(market.prices.line(arguments.name))
    symbol = arguments.symbol or next(iter(symbols), "")
    if not symbol:
        raise Conflict(f"{arguments.name} prices no instrument")
    if symbol not in symbols:
        known = ", ".join(symbols[:20]) or "none"
        raise NotFound(f"{arguments.name} prices no {symbol}; it prices: {known}")
    now, observer = simulator.market_time(market), market.observer
    if observer is None:
        return packed(market, symbol, now, 0, None)
    return observer.packed(symbol, now)


def _amount(text: str | None) -> int | None:
    return None if text is None else parse_amount(text)


def _values(line: Line, given: dict[str, str]) -> dict[str, Any]:
    """What text says of a source's keys."""
    options = {option.name: option for option in line.source.options}
    values: dict[str, Any] = {}
    for key, text in given.items():
        if key not in options:
            raise Unprocessable(f"{line.kind} has no key {key!r}{instead(key, options)}")
        if key in _AT_THE_START:
            raise Unprocessable(f"{key}: that is how {line.name} begins, it cannot be changed")
        try:
            values[key] = options[key].parse(text)
        except ValueError as error:
            raise Unprocessable(f"{key}: {error}") from None
    return values


def _line(simulator: Simulator, arguments: cs.SourceArguments) -> tuple[Venue, Line]:
    market = simulator.dispatcher.venue(arguments.venue)
    return market, market.prices.line(arguments.name)


def _view(simulator: Simulator, market: Venue, line: Line) -> cr.PricingSource:
    due = market.prices.due(line)
    texts = {**simulator.parts.texts(line.name), **line.given}
    return cr.PricingSource(
        venue=market.name,
        name=line.name,
        source=line.kind,
        running=line.running,
        trouble=line.trouble,
        due=None if due is None else views.time_text(due),
        parameters={
            option.name: texts.get(option.name, option.default or "")
            for option in line.source.options
        },
        symbols=market.prices.symbols(line),
        link="" if line.fed is None else line.fed.link,
        outages=[] if line.fed is None else list(line.fed.out),
        relation="" if line.follows is None else line.follows.relation,
    )


HANDLERS: dict[str, Handler] = {
    "list_sources": list_sources,
    "get_source": get_source,
    "change_source": change_source,
    "start_source": start_source,
    "stop_source": stop_source,
    "feed_source": feed_source,
    "plot_source": plot_source,
    "get_facts": get_facts,
}
