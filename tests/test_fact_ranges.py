"""Each kind of source and of bot keeps to the ranges of stylised facts that the page states."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from twisted.trial.unittest import SynchronousTestCase

from exsim.facts.references import REFERENCES
from exsim.plugins import Catalogue
from tests.amount import amount, whole_only
from tests.fact_markets import MARKETS, measured

PAGE: Final = Path(__file__).parent.parent / "docs" / "stylised-facts.rst"
TOLD: Final = {
    "external",
    "external-fix",
    "external-http",
    "external-websocket",
    "file",
    "fixed",
    "manual",
    "replay",
}
"""Kinds whose prices or books are those that somebody else tells."""
SEEDS: Final = (11, 12, 13)
QUICK: Final = ("random-walk", "brownian", "maker and noise")
"""What ``make check`` looks at."""

Range = tuple[float, float]


def table(title: str) -> dict[str, dict[str, Range | None]]:
    """A table of the page, after its title: by kind and fact; None where it has no such fact."""
    after = PAGE.read_text().partition(f".. {title}:\n\n")[2]
    bar, head, _, *rows = after.partition("\n\n")[0].splitlines()
    spans = [match.span() for match in re.finditer("=+", bar)]
    names = [head[start:end].strip() for start, end in spans]
    found: dict[str, dict[str, Range | None]] = {}
    for row in rows[:-1]:
        kind, *cells = [row[start:end].strip() for start, end in spans]
        found[kind] = dict(zip(names[1:], map(range_of, cells), strict=True))
    return found


def range_of(cell: str) -> Range | None:
    """What a cell says: two numbers, or nothing."""
    if cell == "\\-":
        return None
    least, most = cell.split(" to ")
    return float(least), float(most)


RETURNS: Final = table("Ranges of returns")
ORDERS: Final = table("Ranges of books and orders")


class PageTests(SynchronousTestCase):
    """What the page has."""

    def test_kinds(self) -> None:
        """Every source and bot that comes with exsim is in the tables, or named below them."""
        catalogue = Catalogue()
        own = [each for each in catalogue.pricings() if each.path.startswith("exsim.")]
        bots = [each.name for each in catalogue.bots() if each.path.startswith("exsim.")]
        known = {*(each.name for each in own), *bots, "maker and noise"}
        self.assertEqual(known - TOLD, {*RETURNS})
        self.assertEqual({*RETURNS}, {*MARKETS})
        self.assertEqual({*ORDERS}, {*bots, "maker and noise"} - TOLD)

    def test_facts(self) -> None:
        """Every fact has a column, and every range a width."""
        names = [*RETURNS["maker"], *ORDERS["maker"]]
        self.assertEqual(names, [each.name for each in REFERENCES])
        for row in (*RETURNS.values(), *ORDERS.values()):
            for within in row.values():
                self.assertTrue(within is None or within[0] < within[1], row)


class RangeTests(SynchronousTestCase):
    """Days of each kind."""

    def hold(self, kind: str) -> None:
        """Have short days go by, with seeds that no range was made of."""
        ranges = RETURNS[kind] | ORDERS.get(kind, {})
        for seed in SEEDS[: amount(1, len(SEEDS))]:
            found = measured(self, kind, seed)
            for name, within in ranges.items():
                value = found[name]
                if within is None:
                    self.assertIsNone(value, name)
                    continue
                assert value is not None, f"{kind} with seed {seed}: {name} is not known"
                text = f"{kind} with seed {seed}: {name} is {value}, not within {within}"
                self.assertTrue(within[0] <= value <= within[1], text)


def _test_of(kind: str) -> None:
    def test(self: RangeTests) -> None:
        self.hold(kind)

    test.__doc__ = f"``{kind}`` keeps to them."
    test = test if kind in QUICK else whole_only(test)
    setattr(RangeTests, f"test_{kind.replace(' ', '_').replace('-', '_')}", test)


for each in MARKETS:
    _test_of(each)
