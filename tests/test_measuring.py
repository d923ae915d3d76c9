"""Stylised facts of markets made by hand, whose facts are known, and how they are told."""

from __future__ import annotations

import json
import re
import sys
from io import StringIO
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import main
from exsim.facts.measuring import Fact, facts_of, table
from exsim.facts.observed import (
    BUY,
    CANCELED,
    LIMIT,
    MINUTE,
    NOTHING,
    REPLACED,
    SECOND,
    SELL,
    TAKING,
    Observed,
)
from exsim.facts.references import REFERENCES
from exsim.model.luck import Luck
from tests.test_observing import INI

TICK = 10**6
PAGE = Path(__file__).parent.parent / "docs" / "stylised-facts.rst"


def market(**rows: Any) -> dict[str, Fact]:
    """The facts of an hour of which only some rows were seen, by name."""
    given: dict[str, Any] = {"prices": [], "books": [], "trades": [], "orders": []}
    seen = Observed("V", "AAA", "walk", TICK, 0, 60 * MINUTE, SECOND, **(given | rows))
    return {fact.name: fact for fact in facts_of(seen)}


def book(time: int, middle: int, apart: int) -> tuple[int, int, int, int, int]:
    """A look at a book."""
    return time, middle - apart // 2, 1, middle + apart // 2, 1


class FactTests(SynchronousTestCase):
    """One fact after the other."""

    def near(self, fact: Fact, wanted: float, delta: float) -> None:
        """A fact is about what it should be."""
        value = fact.value
        assert value is not None
        self.assertTrue(abs(value - wanted) <= delta, f"{fact} is not {wanted} +- {delta}")

    def test_nothing(self) -> None:
        """Nothing is told of what was not seen."""
        self.assertEqual({fact.value for fact in market().values()}, {None})

    def test_returns(self) -> None:
        """Of a price that takes a step up or down a second, by chance: two values have -2."""
        luck, price, books = Luck(3), 100 * 10**8, []
        for second in range(3601):
            books.append(book(second * SECOND, price, 4 * TICK))
            price += TICK if luck.unit() < 0.5 else -TICK
        found = market(books=books)
        self.near(found["kurtosis_1s"], -2.0, 0.01)
        self.near(found["kurtosis_1m"], 0.0, 2.0)
        self.near(found["return_correlation"], 0.0, 0.3)
        self.near(found["clustering"], 0.0, 0.15)
        self.near(found["spread"], 4.0, 0.0)
        self.assertEqual((found["kurtosis_1s"].seen, found["kurtosis_1m"].seen), (3600, 60))

    def test_clustering(self) -> None:
        """Where wild half hours follow quiet ones sizes of returns correlate."""
        luck, price, books = Luck(3), 100 * 10**8, []
        for minute in range(61):
            books.append(book(minute * MINUTE, price, 2 * TICK))
            far = 50 if minute >= 30 else 2
            price += int(far * TICK * luck.normal())
        self.assertGreater(market(books=books)["clustering"].value or 0, 0.1)

    def test_looks(self) -> None:
        """No returns of a second are told of books that were looked at less often."""
        books = [book(n * 5 * SECOND, 10**10 + n % 7 * TICK, 2 * TICK) for n in range(700)]
        seen = Observed("V", "A", "", TICK, 0, 60 * MINUTE, 5 * SECOND, [], books, [], [])
        found = {fact.name: fact.value for fact in facts_of(seen)}
        self.assertIsNone(found["kurtosis_1s"])
        self.assertIsNotNone(found["kurtosis_1m"])

    def test_one_side(self) -> None:
        """A book with one side has no spread."""
        books = [(n * SECOND, 10**10, 1, NOTHING, 0) for n in range(100)]
        self.assertIsNone(market(books=books)["spread"].value)

    def test_orders(self) -> None:
        """Sizes are those of orders that were entered; a replace ends one and begins another."""
        orders = [(n, 100 if n % 4 else 500, TAKING if n % 8 == 0 else LIMIT) for n in range(40)]
        orders += [(100 + n, 9_999, REPLACED) for n in range(15)]
        orders += [(200 + n, 9_999, CANCELED) for n in range(20)]
        found = market(orders=orders)
        self.near(found["size_skew"], 2.0, 1e-9)
        self.near(found["cancel_ratio"], (15 + 20) / (35 + 15), 1e-9)

    def test_times(self) -> None:
        """A Poisson process has 1; what comes at one time is one, and cancels are none."""
        luck, orders, time = Luck(4), [], 0
        for _ in range(5000):
            time += int(luck.exponential(1.0) * SECOND)
            orders += [(time, 1, LIMIT), (time, 1, LIMIT), (time + 1, 1, CANCELED)]
        trades = [(time, 1, 1, BUY) for time, _, what in orders if what == LIMIT]
        found = market(orders=orders, trades=trades)
        self.near(found["order_gaps"], 1.0, 0.05)
        self.near(found["trade_gaps"], 1.0, 0.05)
        self.assertEqual(found["trade_gaps"].seen, 4999)

    def test_signs(self) -> None:
        """Runs of one side correlate; fills of one order are one."""
        runs = [(n, 1, 1, BUY if n // 10 % 2 else SELL) for n in range(1000)]
        self.near(market(trades=runs)["sign_correlation"], 0.8, 0.01)
        turns = [(n // 2, 1, 1, BUY if n // 2 % 2 else SELL) for n in range(1000)]
        self.near(market(trades=turns)["sign_correlation"], -1.0, 0.01)


class TellingTests(SynchronousTestCase):
    """The table, the command, and the page that has the sources."""

    def test_table(self) -> None:
        """A line a fact, what is not known as a dash."""
        lines = table(list(market().values())).splitlines()
        self.assertEqual(len(lines), 1 + len(REFERENCES))
        self.assertIn("  -  above 0, for hours", lines[4])

    def test_command(self) -> None:
        """``exsim pricing facts`` tells a market's, as a table and as JSON."""
        ini = Path(self.mktemp())
        ini.write_text(INI)
        words = ["pricing", "facts", "-c", str(ini), "--minutes", "2"]
        told = self.said(words)
        self.assertTrue(told.startswith("ZIG at DAY, 2 minutes\n"), told)
        self.assertIn("Maslov and Mills 2001", told)
        found = json.loads(self.said([*words, "--json", "--symbol", "ZAG"]))
        self.assertEqual((found["venue"], found["symbol"]), ("DAY", "ZAG"))
        self.assertEqual([fact["name"] for fact in found["facts"]], [f.name for f in REFERENCES])

    def said(self, words: list[str]) -> str:
        """What a command prints."""
        out = StringIO()
        self.patch(sys, "stdout", out)
        self.assertEqual(main(words), 0)
        return out.getvalue()

    def test_page(self) -> None:
        """The page has each fact with its words, and its source among those it names."""
        page = PAGE.read_text()
        text = " ".join(page.split())
        for each in REFERENCES:
            row = re.search(rf"^{each.name} +(.+?)  +(.+?)  +\[(\d+)\]_$", page, re.MULTILINE)
            assert row is not None, each.name
            self.assertEqual(row[1], each.title)
            self.assertTrue(each.found.startswith(row[2]), row[2])
            source = text.partition(f".. [{row[3]}] ")[2].partition(" .. [")[0]
            first, year = each.source.split()[0], each.source.split()[-1]
            self.assertIn({"SEC": "Securities and Exchange"}.get(first, first), source)
            self.assertIn({"Bauwens": "2005"}.get(first, year), source)
