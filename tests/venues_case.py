"""Several venues of an ini over REST: for tests of prices that follow, and of views."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exsim.config.load import load
from exsim.plugins import Catalogue
from tests.simulator import RestTestCase

CLOCK = "clock = manual\nclock_start = 2026-01-05T09:30:00Z\n"
HANDS = """
[exsim]
seed = 7
[rest]
listen = none
[venue:X]
pricing = hands, walk
[instrument:X:AAA]
reference = 100
[instrument:X:BBB]
reference = 50
[instrument:X:WWW]
reference = 50
[pricing:hands]
source = manual
symbols = * !WWW
start = reference
[pricing:walk]
source = random-walk
symbols = WWW
every = 1s
moves = 100%
ticks = 3
"""


class VenuesCase(RestTestCase):
    """Venue X with prices set by hand, and whatever else a test has; clocks by hand, too."""

    def setUp(self) -> None:
        """Nothing yet: a test begins with its ini."""

    def begin_with(self, ini: str, clock: str = CLOCK, keep: int = 1000, isin: str = "") -> None:
        """Start what HANDS and an ini say; each venue has the clock, and keeps so many prices."""
        hands = HANDS.replace("AAA]", f"AAA]\nisin = {isin}") if isin else HANDS
        lines = []
        for line in (hands + ini).splitlines(keepends=True):
            lines.append(line)
            if line.startswith("[venue:"):
                lines.append(f"{clock}keep_prices = {keep}\n")
        path = Path(self.mktemp())
        path.write_text("".join(lines), encoding="utf-8")
        self.settings = load(str(path), [], Catalogue())
        self.start(self.settings, Catalogue())

    def advance(self, by: str, *venues: str) -> None:
        """Let time pass at venues in turn, or at all."""
        for venue in venues or list(self.memory.exchange.dispatcher.venues):
            self.post(f"/venues/{venue}/clock/advance", {"by": by})

    def set_price(self, price: str, symbol: str = "AAA") -> None:
        """What an instrument is worth at X."""
        self.ask("PUT", f"/prices/{symbol}?venue=X", {"price": price})

    def price(self, venue: str, symbol: str = "AAA") -> str | None:
        """What an instrument is worth at a venue."""
        found: str | None = self.get(f"/prices/{symbol}?venue={venue}")["price"]
        return found

    def history(self, venue: str, symbol: str = "AAA") -> list[tuple[str, str]]:
        """The last parts of times, and prices."""
        changes = self.get(f"/prices/{symbol}/history?venue={venue}")["changes"]
        return [(each["time"][14:23], each["price"]) for each in changes]

    def change(self, name: str, venue: str = "Y", **parameters: str) -> Any:
        """Other values of keys of a source."""
        return self.ask("PATCH", f"/venues/{venue}/pricing/{name}", {"parameters": parameters})

    def best(self, venue: str, symbol: str = "AAA") -> tuple[str, str]:
        """The best bid and offer of a book; empty for none."""
        book = self.get(f"/venues/{venue}/books/{symbol}?depth=1")
        bids, asks = book["bids"], book["asks"]
        return bids[0]["price"] if bids else "", asks[0]["price"] if asks else ""
