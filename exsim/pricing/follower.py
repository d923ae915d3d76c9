"""
``follower``: the prices of another venue, as they were a moment ago, or not quite these.

It looks at the other venue in steps of its own, and changes nothing there. What it sees are prices
by the time that they were new at, so that a lag is what it says however the steps fall: where the
other venue is ahead in time, as manual clocks can have it, its future is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, Final

from zope.interface import implementer

from exsim.errors import Conflict
from exsim.interfaces import IFollowingSource, ILeader, IStateful
from exsim.model.distance import Distance, distance, offset
from exsim.model.grid import Grid
from exsim.model.luck import Luck, seed_of
from exsim.model.options import Option, choice, duration, integer, name, optional, ratio
from exsim.model.recording_keys import pairs
from exsim.model.relations import CROSSED, FOLLOW, LOCKED, RELATIONS, STALE, plan
from exsim.model.settings import Instrument, Values
from exsim.pricing.common import NIGHTS, SEED, SYMBOLS, every
from exsim.pricing.relation import Relation, meeting
from exsim.pricing.turns import Turns

_AT_THE_START: Final = frozenset({"leader", "leader_source", "map"})
_NEWEST: Final = 2**63 - 1
_MEMORY: Final = 16
"""About how many moves of the other price say how large its moves are."""
_KEYS: Final = (
    SYMBOLS,
    Option("leader", name, None, "The venue whose prices these follow; of the same process."),
    Option(
        "leader_source",
        optional(name),
        "",
        "Only what this pricing source of that venue says; empty for any.",
    ),
    Option(
        "map",
        pairs(),
        "",
        "Our symbols by those of that venue, such as ZIG=ZIG.B; all others are passed over. Empty: "
        "they are the same.",
    ),
    every("100ms", "How much time of the market is between two looks at the other price."),
    Option(
        "relation",
        choice(*RELATIONS),
        FOLLOW,
        "What prices here are to those there: follow, the same but for offset and what strays; "
        "locked, the bid of makers here meets the offer of makers there; crossed, it is above it; "
        "stale, they stand still.",
    ),
    Option(
        "plan",
        plan,
        "",
        "Relations for later, each after so much time since the start, or since the plan was "
        "given: such as 5m stale, 5m30s follow.",
    ),
    Option("lag", duration, "0s", "How old the price is that is followed."),
    Option(
        "offset",
        offset,
        "0",
        "What these prices are above those: ticks such as 2 or -2, or a part such as 10bp or 0.1%.",
    ),
    Option(
        "correlation",
        ratio(0.01, 1.0),
        "100%",
        "How moves of these prices correlate with moves of those. Less than 100%: at each move "
        "there, these stray by chance.",
    ),
    Option(
        "half_life",
        duration,
        "1m",
        "In which time half of what a price has strayed comes back; 0s: it does not.",
    ),
    Option(
        "spread",
        distance,
        "4",
        "With locked and crossed, how far best bid and offer of makers are apart, at either venue:"
        " what their spread says, and their skew has to be 0.",
    ),
    Option("cross", integer(1, 10_000), "1", "With crossed, by how many ticks."),
    Option(
        "side",
        choice("above", "below"),
        "above",
        "With locked and crossed, whether prices here are above, so that bids here meet offers "
        "there, or below.",
    ),
    SEED,
    NIGHTS,
)


class Pair:
    """
    An instrument, and what is ``theirs``, by symbol. ``value`` is what ours is worth, None where
    that is unknown; ``strayed`` how far it is from theirs by chance, ``square`` the mean square of
    theirs' moves, ``seen`` theirs at the last look, which was at ``time``.
    """

    __slots__ = ("grid", "luck", "seen", "square", "strayed", "symbol", "theirs", "time", "value")

    def __init__(self, grid: Grid, theirs: str, seed: int) -> None:
        self.grid = grid
        self.symbol = grid.instrument.symbol
        self.theirs = theirs
        self.luck = Luck(seed)
        self.value: int | None = None
        self.strayed = 0.0
        self.square = 0.0
        self.seen: int | None = None
        self.time = 0

    def stray(self, theirs: int, ratio: float, half_life: int, now: int) -> None:
        """
        Theirs is worth that now. At a move ours strays by ``ratio`` of what moves are there of
        late; what it strayed before comes back.
        """
        if not ratio:
            self.strayed = 0.0
        elif half_life and self.strayed:
            self.strayed *= 0.5 ** ((now - self.time) / half_life)
        if ratio and self.seen is not None and theirs != self.seen:
            move = float(theirs - self.seen) ** 2
            self.square += (move - self.square) / (_MEMORY if self.square else 1)
            self.strayed += self.luck.normal() * sqrt(self.square) * ratio
        self.seen, self.time = theirs, now


@implementer(IFollowingSource, IStateful)
class Follower:
    """Prices by those of another venue."""

    options: tuple[Option, ...] = _KEYS
    by_clock = True

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self.values: Values = dict(options)
        self._ours: Mapping[str, str] = {ours: theirs for theirs, ours in options["map"].items()}
        if len(self._ours) < len(options["map"]):
            raise ValueError("map: one of our symbols is there twice")
        self._relation = Relation(options)
        self._leader: ILeader
        self._seed = 0
        self._pairs: dict[str, Pair] = {}
        self._turns = Turns(options["every"])
        self._use()

    def _use(self) -> None:
        values = self.values
        self._lag: int = values["lag"]
        self._half_life: int = values["half_life"]
        self._offset: Distance = values["offset"]
        self._ratio = sqrt(1.0 / values["correlation"] ** 2 - 1.0)

    @property
    def relation(self) -> str:
        """What its prices are to those of the other venue now."""
        return self._relation.now

    def lead(self, leader: ILeader) -> None:
        """See :class:`exsim.interfaces.IFollowingSource`."""
        self._leader = leader

    # -- as a pricing source

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        pair = self._pairs.get(instrument.symbol)
        return None if pair is None else pair.value

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Refused.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(
            f"the price of {instrument.symbol} follows that of venue {self.values['leader']}: set "
            f"that, or another offset or relation of {self.name}"
        )

    def reset(self) -> None:
        """Forget all; what follows is another :meth:`begin`."""
        self._pairs.clear()
        self._turns.forget()
        self._relation.reset(self.values)

    # -- as one that moves

    def takes(self, instrument: Instrument) -> bool:
        """Whether it follows anything."""
        return not self._ours or instrument.symbol in self._ours

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Have these instruments."""
        self._seed = seed
        for grid in grids:
            self.join(grid)

    def join(self, grid: Grid) -> None:
        """Have another instrument: at first it is worth what it is there, if that is known."""
        symbol = grid.instrument.symbol
        theirs = self._ours.get(symbol, symbol)
        pair = self._pairs[symbol] = Pair(grid, theirs, seed_of(self._seed, symbol))
        worth = self._leader.price(theirs, _NEWEST)
        if worth is not None:
            pair.value = self._worth(pair, worth)

    def leave(self, symbol: str) -> None:
        """Have an instrument no more."""
        del self._pairs[symbol]

    def start(self, now: int) -> None:
        """Look from now on."""
        self._turns.start(now)
        self._relation.start(now)

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """What is new there is seen at once."""
        return self._look(self._pairs.values(), now)

    def next_due(self) -> int | None:
        """When to look next, or to be something else to the other venue."""
        due, planned = self._turns.next_due(len(self._pairs)), self._relation.due()
        if due is None or planned is None:
            return due
        return min(due, planned)

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """Look at those whose turn it is, or at all where the relation is another one."""
        turned = self._relation.turn(now)
        pairs = list(self._pairs.values())
        due = self._turns.next_due(len(pairs))
        if due is not None and due <= now:
            turn = self._turns.take(len(pairs))
            pairs = pairs if turned else pairs[turn]
        return self._look(pairs, now)

    def _look(self, pairs: Iterable[Pair], now: int) -> list[tuple[str, int]]:
        """What these are worth now; nothing is new where they stand still."""
        found: list[tuple[str, int]] = []
        if self.relation == STALE:
            return found
        for pair in pairs:
            theirs = self._leader.price(pair.theirs, now - self._lag)
            if theirs is not None:
                pair.stray(theirs, self._ratio, self._half_life, now)
                pair.value = self._worth(pair, theirs)
                found.append((pair.symbol, pair.value))
        return found

    def change(self, values: Values, now: int) -> None:
        """Go by other values of some options, at once."""
        for key in values:
            if key in _AT_THE_START:
                raise ValueError(f"{key}: that is how {self.name} begins, it cannot be changed")
        self.values = {**self.values, **values}
        self._use()
        self._turns.change(self.values["every"], now)
        self._relation.change(values, now)
        if now:
            self._look(self._pairs.values(), now)

    # -- what ours is worth

    def _worth(self, pair: Pair, theirs: int) -> int:
        """By what theirs is worth; not on our ticks yet."""
        grid, values = pair.grid, self.values
        if self.relation in (LOCKED, CROSSED):
            there = self._leader.instrument(pair.theirs) or grid.instrument
            cross = values["cross"] if self.relation == CROSSED else 0
            return meeting(grid, there, theirs, values["spread"], cross, values["side"] == "above")
        return theirs + self._offset.of(grid.instrument, theirs) + round(pair.strayed)

    # -- snapshots

    def state(self) -> object:
        """What it is to the other venue, and what it saw; the bits of luck as text."""
        pairs = {
            pair.symbol: [
                pair.value,
                pair.strayed,
                pair.square,
                pair.seen,
                pair.time,
                str(pair.luck.state),
            ]
            for pair in self._pairs.values()
        }
        return [self._turns.state(), self._relation.state(), pairs]

    def restore(self, state: Any) -> None:
        """Be there again; instruments that were not there then begin."""
        turns, relation, pairs = state
        self._turns.restore(turns)
        self._relation.restore(relation)
        for symbol, (value, strayed, square, seen, time, luck) in pairs.items():
            pair = self._pairs.get(symbol)
            if pair is not None:
                pair.value, pair.strayed, pair.square = value, strayed, square
                pair.seen, pair.time, pair.luck.state = seen, time, int(luck)
        # Their turns are in this order, that of those that were made or removed since at the end.
        places = {symbol: place for place, symbol in enumerate(pairs)}
        ordered = sorted(self._pairs, key=lambda symbol: places.get(symbol, len(places)))
        self._pairs = {symbol: self._pairs[symbol] for symbol in ordered}
