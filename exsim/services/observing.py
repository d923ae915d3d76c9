"""
A market observed at full speed: the venues of a configuration, by clocks that nobody waits for.

Nothing listens, and nothing is written; who trades are the bots of the configuration. The same
configuration and seed show the same, every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from exsim.dispatch.market_clock import MANUAL
from exsim.dispatch.observer import Observer
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.facts.observed import MINUTE, SECOND, Observed, unpacked
from exsim.model.settings import Settings, VenueSettings
from exsim.services.exchange import Exchange
from exsim.services.parts import Plugins
from exsim.services.replay import without_collector
from exsim.services.tree import build_exchange

START: Final = 1_767_623_400 * SECOND
"""When a market begins whose settings do not say: 2026-01-05 14:30 UTC, a Monday."""
STEPS: Final = (SECOND // 10, SECOND // 5, SECOND // 2, SECOND, 2 * SECOND, 5 * SECOND)
"""Times between two looks that are chosen from: the first with no more than :data:`LOOKS`."""
LOOKS: Final = 25_000
KEEP_PRICES: Final = 1_000_000


class Watched:
    """
    The venues of some settings, before their day, and what is observed of them.

    :param symbols: what symbols of those observed are like.
    """

    def __init__(
        self, settings: Settings, plugins: Plugins, symbols: tuple[str, ...], every: int = SECOND
    ) -> None:
        venues = tuple(
            replace(by_hand(venue), keep_prices=KEEP_PRICES) for venue in settings.venues
        )
        alone = replace(settings, venues=venues, durability="none", data_dir="")
        self.exchange: Exchange = build_exchange(alone, plugins)[0]
        self._every = every
        self._observers = {
            venue.name: Observer(venue, symbols, every, 0)
            for venue in self.exchange.dispatcher.venues.values()
        }

    def run(self, span: int) -> None:
        """Let ``span`` of market time pass at all venues, from the start of their days on."""
        exchange = self.exchange
        venues = list(exchange.dispatcher.venues.values())
        with without_collector():
            exchange.days.begin(0)
            starts = [venue.time(0) for venue in venues]
            for passed in range(0, span + 1, self._every):
                for venue, start in zip(venues, starts, strict=True):
                    exchange.days.advance(venue, start + passed, passed)
                    self._observers[venue.name].look(start + passed)

    def observed(self, venue: str, symbol: str) -> Observed:
        """
        What was seen of an instrument.

        :raises NotFound: when there is no such venue or instrument.
        """
        market = self.exchange.dispatcher.venue(venue)
        if symbol not in market.instruments:
            known = ", ".join(list(market.instruments)[:20]) or "none"
            raise NotFound(f"venue {venue} has no instrument {symbol}; there are: {known}")
        return unpacked(self._observers[venue].packed(symbol, market.time(0)))


def step_for(span: int) -> int:
    """How often to look at books in so much time."""
    return next((step for step in STEPS if span // step <= LOOKS), MINUTE // 6)


def lively(venue: Venue) -> str:
    """The instrument of a venue that is shown where nobody says which: the first with a price."""
    return next(iter(venue.prices.priced), next(iter(venue.instruments), ""))


def seeded(settings: Settings, seed: int) -> Settings:
    """The same with another seed, for venues that have one of their own, too."""
    venues: Sequence[VenueSettings] = [replace(each, seed=None) for each in settings.venues]
    return replace(settings, seed=seed, venues=tuple(venues))


def by_hand(venue: VenueSettings) -> VenueSettings:
    """A venue whose clock goes by hand, and which nothing observes by itself."""
    start = venue.day.clock_start
    day = replace(venue.day, clock=MANUAL, clock_start=START if start is None else start)
    return replace(venue, day=day, observe=())
