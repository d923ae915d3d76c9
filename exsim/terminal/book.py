"""``exsim book``: a book as a ladder of prices that changes as the book does."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

import msgspec
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from exsim.control import results as r
from exsim.control import trading_results as tr
from exsim.terminal.trades import TradeFeed
from exsim.terminal.watching import Surroundings, Watched, carried_out, console, watched

INTERVAL: Final = 0.25
"""Seconds between two looks at the book."""
BAR: Final = 24
"""Characters of the longest bar."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_COLOURS: Final = {"BUY": "green", "SELL": "red"}


class Look:
    """
    A book at one moment: ``last`` is the last trade, ``own`` the open orders of a session.
    """

    def __init__(self, book: r.Book, last: tr.Trade | None, own: Iterable[tr.Order]) -> None:
        self.book = book
        self.last = last
        self.own = tuple(own)

    def as_json(self) -> str:
        """It as an object of JSON: the book, and ``last`` and ``own``."""
        told = {**msgspec.to_builtins(self.book), "last": msgspec.to_builtins(self.last)}
        return msgspec.json.encode(told | {"own": msgspec.to_builtins(self.own)}).decode()

    def drawn(self, ascii_only: bool = False) -> Group:
        """It as a ladder: the best prices in the middle; with no characters but those of ASCII."""
        table = Table(box=None, padding=(0, 1), pad_edge=False, show_edge=False)
        for name in ("own", "orders", "quantity"):
            table.add_column(name, justify="right")
        table.add_column("", min_width=BAR, no_wrap=True)
        table.add_column("price", justify="right")
        table.add_column("")
        levels = [*self.book.bids, *self.book.asks]
        most = max([Decimal(level.quantity) for level in levels], default=Decimal(1))
        own = self._own()
        for level in reversed(self.book.asks):
            table.add_row(*self._row("SELL", level, most, own, ascii_only))
        rule = ("-" if ascii_only else "─") * BAR
        table.add_row("", "", "", Text(rule, style="dim"), Text(self._spread(), style="dim"))
        for level in self.book.bids:
            table.add_row(*self._row("BUY", level, most, own, ascii_only))
        return Group(*self._head(), table)

    def _row(
        self,
        side: str,
        level: r.Level,
        most: Decimal,
        own: dict[tuple[str, Decimal], Decimal],
        ascii_only: bool,
    ) -> list[Text]:
        price = Decimal(level.price)
        colour = _COLOURS[side]
        mine = own.get((side, price))
        traded = self.last is not None and Decimal(self.last.price) == price
        return [
            Text("" if mine is None else f"{mine:f}", style="bold yellow"),
            Text(str(level.orders), style="dim"),
            Text(level.quantity),
            Text(bar(Decimal(level.quantity), most, ascii_only), style=colour),
            Text(level.price, style=f"bold {colour}"),
            Text("< last" if traded else "", style="yellow"),
        ]

    def _own(self) -> dict[tuple[str, Decimal], Decimal]:
        found: dict[tuple[str, Decimal], Decimal] = {}
        for order in self.own:
            if order.price is not None:
                key = (order.side, Decimal(order.price))
                found[key] = found.get(key, Decimal(0)) + Decimal(order.leaves_quantity)
        return found

    def _spread(self) -> str:
        if not self.book.bids or not self.book.asks:
            return ""
        return f"{Decimal(self.book.asks[0].price) - Decimal(self.book.bids[0].price):f}"

    def _head(self) -> list[Text]:
        book = self.book
        line = Text.assemble(
            (f"{book.venue} {book.symbol}", "bold"), "  ", (book.phase.replace("-", " "), "cyan")
        )
        if self.last is not None:
            last = self.last
            line.append(f"  last {last.quantity} @ {last.price} {last.taker_side}")
            line.append(f" at {last.time[11:23]}", "dim")
        lines = [line]
        if book.auction is not None:
            lines.append(Text(auction_line(book.auction), style="magenta"))
        for side, implied in (("bid", book.implied_bid), ("ask", book.implied_ask)):
            if implied is not None:
                words = f"implied {side}: {implied.quantity} @ {implied.price} by {implied.by}"
                lines.append(Text(words, style="blue"))
        return lines


def auction_line(auction: r.Auction) -> str:
    """What an auction would end in."""
    if auction.price is None:
        return "auction: nothing would trade"
    left = ""
    if auction.side is not None:
        left = f", {auction.imbalance} to {auction.side} would be left"
    return f"auction: {auction.volume} would trade @ {auction.price}{left}"


def bar(quantity: Decimal, most: Decimal, ascii_only: bool = False) -> str:
    """A bar as long as a quantity is of the largest one, to an eighth of a character."""
    eighths = max(int(quantity * BAR * 8 / most), 1) if most else 0
    if ascii_only:
        return "#" * ((eighths + 7) // 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def main(options: argparse.Namespace, around: Surroundings | None = None) -> int:
    """Carry out a command line."""
    given = around or Surroundings()

    def work() -> None:
        with watched(options, given, "book") as watch:
            _show(watch, options, given)

    return carried_out("book", given, work)


def _show(watch: Watched, options: argparse.Namespace, around: Surroundings) -> None:
    """Once, or again and again: on a terminal in its place, as JSON a line for each change."""
    venue = watch.venue(options.venue, options.symbol)
    trades = TradeFeed(watch.simulator, venue, options.symbol)

    def now() -> Look:
        return watch.ask(lambda: look(watch, venue, options, trades))

    screen = console(around)
    simple = not screen.encoding.startswith("utf")
    if options.json:
        _as_json(options, around, now)
    elif options.once or not screen.is_terminal:
        with screen.capture() as drawn:
            screen.print(now().drawn(simple))
        around.out.writelines(line.rstrip() + "\n" for line in drawn.get().splitlines())
    else:
        with Live(now().drawn(simple), console=screen, auto_refresh=False, screen=True) as live:
            while True:
                around.pause(INTERVAL)
                live.update(now().drawn(simple), refresh=True)


def _as_json(options: argparse.Namespace, around: Surroundings, now: Callable[[], Look]) -> None:
    told = ""
    while True:
        text = now().as_json()
        if text != told:
            around.out.write(text + "\n")
            around.out.flush()
            told = text
        if options.once:
            return
        around.pause(INTERVAL)


def look(watch: Watched, venue: str, options: argparse.Namespace, trades: TradeFeed) -> Look:
    """The book as it is now."""
    simulator, symbol = watch.simulator, options.symbol
    book = simulator.get_book(venue, symbol, depth=options.depth)
    own: list[tr.Order] = []
    if options.session:
        own = simulator.list_orders(
            venue, session=options.session, symbol=symbol, limit=1_000
        ).items
    trades.new()
    return Look(book, trades.last, own)
