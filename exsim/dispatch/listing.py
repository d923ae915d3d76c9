"""One instrument as a venue trades it: the phase that it is in, and what waits for another."""

from __future__ import annotations

from exsim.dispatch.phases import PhaseRules
from exsim.dispatch.wall import Wall
from exsim.model.codes import Phase
from exsim.model.participants import ALLOW
from exsim.model.plain import Plain
from exsim.model.settings import Instrument

NONE_FAST: frozenset[int] = frozenset()


class Listing:
    """
    ``rules`` are those of the phase it is in, and ``fast`` the kinds of order that go straight to
    its book. ``own`` says that the phase is its own rather than the venue's.

    ``lot``, ``min_qty``, ``max_qty`` and ``tick`` are the instrument's, at hand for each order.
    ``parked`` are the numbers of orders that wait for an auction; ``last`` the price of the last
    trade, None before any; ``extended`` how often the auction under way was made longer. ``wall``
    knows the days of its venue; ``hidden`` says whether orders may be, as settings do.
    """

    __slots__ = (
        "extended",
        "fast",
        "hidden",
        "instrument",
        "last",
        "lot",
        "max_qty",
        "min_qty",
        "own",
        "parked",
        "rules",
        "tick",
        "wall",
    )

    def __init__(self, instrument: Instrument, rules: PhaseRules, wall: Wall) -> None:
        self.instrument = instrument
        self.lot: int = instrument.lot
        self.min_qty: int | None = instrument.min_qty
        self.max_qty: int | None = instrument.max_qty
        self.tick: int = instrument.tick
        self.wall = wall
        self.hidden = ALLOW
        self.rules = rules
        self.fast = rules.fast
        self.own = False
        self.parked: list[int] = []
        self.last: int | None = None
        self.extended = 0

    @property
    def symbol(self) -> str:
        """The instrument's."""
        return self.instrument.symbol

    @property
    def phase(self) -> Phase:
        """The phase it is in."""
        return self.rules.phase

    @property
    def reference(self) -> int | None:
        """What prices are measured by: the last trade's, or else what its settings say."""
        return self.instrument.reference if self.last is None else self.last

    def follow(self, rules: PhaseRules, plain: bool) -> None:
        """Be in a phase; ``plain``: its orders may go straight to the book, where rules allow."""
        self.rules = rules
        self.fast = rules.fast if plain else NONE_FAST

    def reset(self) -> None:
        """As nothing has happened."""
        self.own = False
        self.parked.clear()
        self.last = None
        self.extended = 0

    def state(self) -> Plain:
        """All of it, but for the instrument."""
        cancels = self.rules.cancels
        return [self.phase.value, cancels, self.own, list(self.parked), self.last, self.extended]
