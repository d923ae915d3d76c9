"""
Entries of the table of operations: what instruments are worth, and the sources that say so.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import pricing_results as cr
from exsim.control import pricing_schemas as cs
from exsim.control import results as r
from exsim.control.entries import Operation, change, read, trade

_PRICE: Final = "/prices/{symbol}"
_SOURCES: Final = "/venues/{venue}/pricing"
_SOURCE: Final = "/venues/{venue}/pricing/{name}"


# fmt: off
PRICING: Final[tuple[Operation, ...]] = (
    read("list_prices", "/prices", "List what instruments are worth", r.Page[cr.InstrumentPrice],
         cs.PricesArguments, 404, 409),
    read("get_price", _PRICE, "Tell what an instrument is worth",
         cr.InstrumentPrice, cs.PriceArguments, 404, 409),
    trade("set_price", "PUT", _PRICE, "Set what an instrument is worth",
          cr.InstrumentPrice, cs.PriceArguments, cs.NewPrice),
    trade("clear_price", "DELETE", _PRICE, "Forget the price that was set", None,
          cs.PriceArguments),
    trade("step_price", "POST", _PRICE + "/step",
          "Have an instrument be worth more or less, by an amount or by per cent",
          cr.InstrumentPrice, cs.PriceArguments, cs.PriceStep),
    trade("ramp_price", "POST", _PRICE + "/ramp",
          "Have what an instrument is worth go to a price in even steps, within a time",
          cr.InstrumentPrice, cs.PriceArguments, cs.PriceRamp),
    trade("schedule_price", "POST", _PRICE + "/schedule",
          "Say what an instrument is worth at times to come",
          cr.InstrumentPrice, cs.PriceArguments, cs.PriceSchedule),
    read("get_price_history", _PRICE + "/history", "Tell what an instrument was worth before",
         cr.PriceHistory, cs.PriceArguments, 404, 409),
    read("list_sources", _SOURCES, "List the pricing sources of a venue, in the order of asking",
         r.Page[cr.PricingSource], cs.SourcesArguments, 404),
    read("get_source", _SOURCE, "Show a pricing source", cr.PricingSource,
         cs.SourceArguments, 404),
    change("change_source", "PATCH", _SOURCE,
           "Have a pricing source go by other values of some of its keys",
           cr.PricingSource, cs.SourceArguments, cs.SourceChange),
    change("start_source", "POST", _SOURCE + "/start",
           "Have a pricing source go on that was stopped, or has failed",
           cr.PricingSource, cs.SourceArguments),
    change("stop_source", "POST", _SOURCE + "/stop",
           "Have a pricing source stand still: its prices stay as they are",
           cr.PricingSource, cs.SourceArguments),
    trade("feed_source", "POST", _SOURCE + "/feed",
          "Tell a source that takes its prices from outside what it does not read by itself",
          cr.PricingSource, cs.SourceArguments, cs.Feeding),
    read("plot_source", _SOURCE + "/plot",
         "Draw price, spread, depth, volume and volatility of an instrument that a source prices",
         bytes, cs.PlotArguments, 404, 409, 501, 503, media="image/png, image/svg+xml"),
    read("get_facts", _SOURCE + "/facts",
         "Tell stylised facts of an instrument that a source prices, beside those of real markets",
         cr.MarketFacts, cs.FactsArguments, 404, 409, 503),
)
# fmt: on
