"""A venue with prices, over REST: what tests of pricing share."""

from __future__ import annotations

from exsim.model.amounts import UNIT
from exsim.model.options import read_options
from exsim.model.settings import (
    DaySettings,
    Instrument,
    PricingSettings,
    Settings,
    VenueSettings,
)
from exsim.plugins import Catalogue
from tests.simulator import RestTestCase

S = 1_000_000_000
BEGUN = 1_767_605_400 * S
"""2026-01-05T09:30:00Z"""
INSTRUMENTS = (
    Instrument("AAA", reference=100 * UNIT),
    Instrument("BBB", reference=50 * UNIT, tick=UNIT // 20, price_band=(0, UNIT)),
    Instrument("CCC"),
)
"""BBB has a static band of 1 %."""


def pricing(**sections: dict[str, str]) -> tuple[PricingSettings, ...]:
    """Sections of an ini, by their names."""
    found = []
    for name, given in sections.items():
        keys = dict(given)
        source = keys.pop("source")
        options = read_options(Catalogue().pricing(source).options, keys)
        found.append(PricingSettings(name, source, options, given))
    return tuple(found)


def settings(clock: str = "manual", **sections: dict[str, str]) -> Settings:
    """Venue X with three instruments, and these sources in this order."""
    day = DaySettings(clock=clock, clock_start=BEGUN if clock == "manual" else None)
    venue = VenueSettings("X", (), tuple(sections), instruments=INSTRUMENTS, day=day)
    return Settings(
        venues=(venue,), pricing=pricing(**sections), rest=None, durability="none", seed=7
    )


HANDS = {"source": "manual", "symbols": "AAA"}
WALK = {"source": "random-walk", "moves": "100%"}


class DeskCase(RestTestCase):
    """A venue with hands for AAA and a walk for all else, unless a test says otherwise."""

    sections: dict[str, dict[str, str]] = {"hands": HANDS, "walk": WALK}
    clock = "manual"

    def setUp(self) -> None:
        """Start it."""
        self.settings = settings(self.clock, **self.sections)
        self.start(self.settings, Catalogue())

    def advance(self, by: str) -> None:
        """Let time pass."""
        self.post("/venues/X/clock/advance", {"by": by})

    def price(self, symbol: str) -> str | None:
        """What an instrument is worth."""
        found: str | None = self.get(f"/prices/{symbol}")["price"]
        return found

    def history(self, symbol: str) -> list[tuple[str, str]]:
        """The last parts of times, and prices."""
        changes = self.get(f"/prices/{symbol}/history")["changes"]
        return [(each["time"][14:23], each["price"]) for each in changes]
