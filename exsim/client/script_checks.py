"""
``check``: a step of a script that says what a market is to be like.

Figures are about the time that the last ``advance`` let pass. A percentage is a price in relation
to the last trade before that time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Final

from exsim.client.nearest import instead
from exsim.filters.values import SECOND, moment
from exsim.model.amounts import UNIT, format_amount, parse_amount
from exsim.model.options import duration

if TYPE_CHECKING:
    from exsim.client.blocking_operations import BlockingOperations
    from exsim.client.script_steps import Play
    from exsim.control.results import Level

AT_ONCE: Final = 1000
"""Trades that are asked for at a time."""
LOOKS: Final = 20
"""Looks at a book while time passes."""
DEPTH: Final = 5
"""Price levels a side whose quantity counts."""
NONE: Final = "none"
"""How a price is written that is not there."""
_PERCENT: Final = 100 * UNIT
_FORM: Final = re.compile(
    r"(\w+)(?:\s+of\s+(\S+))?\s*(?:(<=|>=|!=|=|<|>)\s*(\S+)|\sfrom\s+(\S+)\s+to\s+(\S+))"
)
_USAGE: Final = "FIGURE [of SYMBOL] and = 1, != 1, < 1, <= 1, > 1, >= 1 or from 1 to 2"
_RELATIONS: Final[dict[str, Callable[[int, int], bool]]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


class Failed(AssertionError):
    """What a step expected did not come; ``expected`` and ``found`` in a few words, where told."""

    def __init__(self, text: str, expected: str = "", found: str = "") -> None:
        super().__init__(text)
        self.expected = expected
        self.found = found


@dataclass(frozen=True, slots=True)
class Traded:
    """
    Trades of an instrument, oldest first: prices and quantities; ``before`` is the price of the
    last trade before these. All in units of 10^-8.
    """

    prices: tuple[int, ...]
    quantities: tuple[int, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """A book at some time: best prices, None where there is none, and quantities near them."""

    bid: int | None
    offer: int | None
    bids: int
    offers: int


class Since:
    """
    What checks are about: trades since some time, and looks at the books that are watched, of which
    there are :data:`LOOKS` each time that the clock is advanced. At first that is from now on.
    """

    def __init__(self, simulator: BlockingOperations, venue: str) -> None:
        self._simulator = simulator
        self._venue = venue
        self._symbols: dict[str, None] = {}
        self._last_trade = self._newest()
        self._looks: dict[str, list[Look]] = {}

    def watch(self, checks: Iterable[Check]) -> None:
        """Look at the books that these are about."""
        of_books = [check for check in checks if check.figure in BOOKS]
        self._symbols = dict.fromkeys(check.symbol or self.first_symbol() for check in of_books)

    def reset(self) -> None:
        """All began anew."""
        self._last_trade = 0
        self._looks = {}

    def advance(self, by: str | None, to: str | None) -> None:
        """Have a time pass, which the next checks are about."""
        simulator, venue = self._simulator, self._venue
        self._last_trade = self._newest()
        self._looks = {symbol: [] for symbol in self._symbols}
        if not self._symbols:
            simulator.advance_clock(venue, by=by, to=to)
            return
        begin = moment(simulator.get_clock(venue).time).ns
        span = moment(to or "").ns - begin if by is None else duration(by)
        for number in range(1, LOOKS + 1):
            simulator.advance_clock(venue, to=_text(begin + span * number // LOOKS))
            for symbol, looks in self._looks.items():
                looks.append(self._look(symbol))

    def _newest(self) -> int:
        """The number of the newest trade."""
        newest = self._simulator.list_trades(self._venue, limit=1, order="newest").items
        return int(newest[0].trade_id) if newest else 0

    def looks(self, symbol: str) -> list[Look]:
        """At the book of an instrument; at least one, of now."""
        return self._looks.get(symbol) or [self._look(symbol)]

    def _look(self, symbol: str) -> Look:
        book = self._simulator.get_book(self._venue, symbol, depth=DEPTH)
        (bid, bids), (offer, offers) = _side(book.bids), _side(book.asks)
        return Look(bid, offer, bids, offers)

    def traded(self, symbol: str) -> Traded:
        """Trades of an instrument."""
        rows: list[tuple[int, int]] = []
        after: str | None = None
        while True:
            page = self._simulator.list_trades(
                self._venue, symbol=symbol, after=after, limit=AT_ONCE, order="newest"
            )
            for trade in page.items:
                if int(trade.trade_id) <= self._last_trade:
                    return _traded(rows, parse_amount(trade.price))
                rows.append((parse_amount(trade.price), parse_amount(trade.quantity)))
            after = page.next
            if after is None:
                return _traded(rows, None)

    def phase(self, symbol: str) -> str:
        """Of an instrument, now."""
        return str(self._simulator.get_instrument(self._venue, symbol).phase)

    def first_symbol(self) -> str:
        """
        The instrument that is meant where none is named.

        :raises Failed: when there is none.
        """
        for instrument in self._simulator.list_instruments(self._venue, limit=1).items:
            return instrument.symbol
        raise Failed(f"venue {self._venue} has no instrument")


def _text(time: int) -> str:
    """A moment as operations take it."""
    seconds, rest = divmod(time, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def _traded(newest: list[tuple[int, int]], before: int | None) -> Traded:
    prices = tuple(price for price, _ in reversed(newest))
    return Traded(prices, tuple(quantity for _, quantity in reversed(newest)), before)


def _side(levels: list[Level]) -> tuple[int | None, int]:
    """The best price of a side, and the quantity near it."""
    best = parse_amount(levels[0].price) if levels else None
    return best, sum(parse_amount(level.quantity) for level in levels)


def _mean(values: Collection[int]) -> int | None:
    return sum(values) // len(values) if values else None


def _spread(looks: list[Look]) -> int | None:
    return _mean(
        [look.offer - look.bid for look in looks if look.bid is not None and look.offer is not None]
    )


PRICES: Final[dict[str, tuple[Callable[[Traded], int], str]]] = {
    "low": (lambda traded: min(traded.prices), "the lowest price of a trade"),
    "high": (lambda traded: max(traded.prices), "the highest"),
    "first": (lambda traded: traded.prices[0], "the price of the first trade"),
    "last": (lambda traded: traded.prices[-1], "that of the last"),
}
"""Figures that may be percentages."""
AMOUNTS: Final[dict[str, tuple[Callable[[Traded], int], str]]] = {
    "trades": (lambda traded: len(traded.prices) * UNIT, "how many there were"),
    "volume": (lambda traded: sum(traded.quantities), "the quantity that traded"),
}
BOOKS: Final[dict[str, tuple[Callable[[list[Look]], int | None], str]]] = {
    "bid": (lambda looks: looks[-1].bid, "the best bid there is now"),
    "offer": (lambda looks: looks[-1].offer, "the best offer"),
    "spread": (_spread, "how far these were apart, in the mean; below 0 where they crossed"),
    "bids": (lambda looks: _mean([look.bids for look in looks]), "the quantity of the best bids"),
    "offers": (lambda looks: _mean([look.offers for look in looks]), "that of the best offers"),
}
PHASE: Final = "phase"
FIGURES: Final = (*PRICES, *AMOUNTS, *BOOKS, PHASE)


class Check:
    """
    One expectation, read from its line.

    :raises ValueError: when it is none.
    """

    def __init__(self, text: str) -> None:
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"a check is {_USAGE}")
        self.text = text
        self.figure, self.symbol, self._relation, one, low, high = found.groups()
        self._bounds: tuple[str, ...] = (one,) if self._relation else (low, high)
        if self.figure not in FIGURES:
            raise ValueError(f"there is no figure {self.figure!r}{instead(self.figure, FIGURES)}")
        for bound in self._bounds:
            self._check_bound(bound)

    def _check_bound(self, bound: str) -> None:
        word = self.figure == PHASE or bound == NONE
        if word and self._relation not in ("=", "!="):
            raise ValueError(f"{bound!r} is a word, which something is (=) or is not (!=)")
        if word:
            return
        if bound.endswith("%") and self.figure not in PRICES:
            raise ValueError(f"{self.figure} is no price of trades, so that {bound} is of nothing")
        parse_amount(bound.removesuffix("%"))

    def __call__(self, play: Play) -> None:
        """:raises Failed: when it is not so."""
        since = play.since
        symbol = self.symbol or since.first_symbol()
        if self.figure == PHASE:
            phase = since.phase(symbol)
            self._settle((phase == self._bounds[0]) is (self._relation == "="), phase)
        elif self.figure in PRICES:
            self._of_price(since.traded(symbol))
        elif self.figure in AMOUNTS:
            self._of_amount(AMOUNTS[self.figure][0](since.traded(symbol)), None)
        else:
            self._of_amount(BOOKS[self.figure][0](since.looks(symbol)), None)

    def _of_price(self, traded: Traded) -> None:
        found = PRICES[self.figure][0](traded) if traded.prices else None
        self._of_amount(found, traded.before)

    def _of_amount(self, found: int | None, before: int | None) -> None:
        relative = any(bound.endswith("%") for bound in self._bounds)
        if relative and before is None:
            self._settle(False, "no trade before, of which it could be a percentage")
        elif self._bounds == (NONE,):
            self._settle((found is None) is (self._relation == "="), _told(found))
        elif found is None:
            self._settle(False, NONE)
        else:
            bounds = [_amount(bound, before) for bound in self._bounds]
            change = f", {_change(found, before)} from {_told(before)}" if relative else ""
            self._settle(self._holds(found, bounds), f"{_told(found)}{change}")

    def _holds(self, found: int, bounds: list[int]) -> bool:
        if self._relation is None:
            return bounds[0] <= found <= bounds[1]
        return _RELATIONS[self._relation](found, bounds[0])

    def _settle(self, holds: bool, found: str) -> None:
        if not holds:
            raise Failed(f"Expected {self.text}; found {found}.", self.text, found)


def _amount(bound: str, before: int | None) -> int:
    """A bound; a percentage is of what was before."""
    if not bound.endswith("%"):
        return parse_amount(bound)
    assert before is not None  # that was seen to
    return before * (_PERCENT + parse_amount(bound.removesuffix("%"))) // _PERCENT


def _change(found: int, before: int | None) -> str:
    assert before is not None
    return f"{100 * (found - before) / before:+.2f}%" if before else "without end"


def _told(amount: int | None) -> str:
    return NONE if amount is None else format_amount(amount)
