"""``exsim trades``: trades as they are made, a line each."""

from __future__ import annotations

import argparse
from itertools import count
from typing import Any, Final

import msgspec
from rich.text import Text

from exsim.client.codec import SimulatorError
from exsim.control import results as r
from exsim.control import trading_results as tr
from exsim.filters import Filter, Seen, filter_of
from exsim.model.messages import Description, FieldView
from exsim.terminal.seeing import nanoseconds
from exsim.terminal.watching import (
    GONE,
    Surroundings,
    Watched,
    carried_out,
    console,
    watched,
)

INTERVAL: Final = 0.25
"""Seconds between two looks at what is new."""
LIMIT: Final = 100
_COLOURS: Final = {"BUY": "green", "SELL": "red"}


class TradeFeed:
    """
    The trades of a venue, or of one instrument, each once; also where the simulator began anew.
    """

    def __init__(self, simulator: Any, venue: str, symbol: str | None) -> None:
        self._simulator = simulator
        self._venue = venue
        self._symbol = symbol
        self._after: str | None = None
        self.last: tr.Trade | None = None

    def new(self) -> list[tr.Trade]:
        """Those that came since it was asked last."""
        found: list[tr.Trade] = []
        while True:
            page = self._page()
            fresh = self._fresh(page.items)
            found += fresh
            if fresh:
                self.last = fresh[-1]
            if page.next is None:
                return found
            self._after = page.next

    def _page(self) -> r.Page[tr.Trade]:
        """The trades after those that need not be asked for again."""
        page: r.Page[tr.Trade]
        try:
            page = self._list()
        except SimulatorError as error:
            if error.status != GONE:
                raise
            self._after = self.last = None  # there was a reset
            return self._list()
        if not page.items and self._after is not None:
            self._after = None  # it is another one, where there are not so many yet
            page = self._list()
        return page

    def _list(self) -> r.Page[tr.Trade]:
        page: r.Page[tr.Trade] = self._simulator.list_trades(
            self._venue, symbol=self._symbol, after=self._after, limit=LIMIT
        )
        return page

    def _fresh(self, items: list[tr.Trade]) -> list[tr.Trade]:
        """Those behind the last one known: or later ones, where that is gone."""
        last = self.last
        if last is None:
            return items
        for index, trade in enumerate(items):
            if (trade.trade_id, trade.time) == (last.trade_id, last.time):
                return items[index + 1 :]
        return [trade for trade in items if trade.time > last.time]


def seen(trade: tr.Trade) -> Seen:
    """A trade as filters look at it: by symbol, side, qty, price, order_id, exec_id and time."""
    fields = (
        ("55", "Symbol", trade.symbol),
        ("54", "Side", {"BUY": "1", "SELL": "2"}.get(trade.taker_side, "")),
        ("38", "OrderQty", trade.quantity),
        ("32", "LastQty", trade.quantity),
        ("44", "Price", trade.price),
        ("31", "LastPx", trade.price),
        ("17", "ExecID", trade.trade_id),
        ("37", "OrderID", trade.maker_order_id),
        ("37", "OrderID", trade.taker_order_id),
    )
    views = tuple(FieldView(tag, name, value) for tag, name, value in fields)
    told = Description("", "Trade", views)
    time = nanoseconds(trade.time)
    return Seen(0, time, trade.venue, "", "", "", trade.trade_id.encode(), lambda: told)


def line(trade: tr.Trade) -> Text:
    """A trade in a line."""
    return Text.assemble(
        (trade.time[11:23], "dim"),
        f" {trade.venue} ",
        (trade.symbol, "bold"),
        " ",
        (f"{trade.taker_side:4}", _COLOURS.get(trade.taker_side, "")),
        f" {trade.quantity} @ ",
        (trade.price, "bold"),
        (f"  #{trade.trade_id}", "dim"),
    )


def main(options: argparse.Namespace, around: Surroundings | None = None) -> int:
    """Carry out a command line."""
    given = around or Surroundings()

    def work() -> None:
        wanted = filter_of(options.filter)
        with watched(options, given, "trades") as watch:
            _follow(watch, options, wanted, given)

    return carried_out("trades", given, work)


def _follow(
    watch: Watched, options: argparse.Namespace, wanted: Filter, around: Surroundings
) -> None:
    screen = console(around)
    if options.venue:
        venues = [options.venue]
    elif options.symbol:
        venues = [watch.venue(None, options.symbol)]
    else:
        venues = [venue.name for venue in watch.venues()]
    feeds = [TradeFeed(watch.simulator, venue, options.symbol) for venue in venues]
    for round_ in count():
        if round_:
            around.pause(INTERVAL)
        for feed in feeds:
            for trade in watch.ask(feed.new):
                if not wanted.matches(seen(trade)):
                    continue
                if options.json:
                    around.out.write(msgspec.json.encode(trade).decode() + "\n")
                else:
                    screen.print(line(trade))
        around.out.flush()
        if options.once:
            return
