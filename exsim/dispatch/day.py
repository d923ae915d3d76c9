"""
The trading day of a venue: phases that follow each other, auctions that end, orders that expire.

A phase begins by the timetable, by hand, or since the market moved too far. Whatever brings it
about, it does the same: books of auctions that end are uncrossed, orders whose time is over
expire, and those that were set aside for an auction that begins join it, in this order.
"""

from __future__ import annotations

from collections.abc import Collection

from exsim.dispatch.auctions import ends, has_to_go_on, uncross
from exsim.dispatch.entering import join
from exsim.dispatch.expiry import carry_over, dying, end_of_day, expire, expire_order, halted
from exsim.dispatch.floor import Floor
from exsim.dispatch.listing import Listing
from exsim.dispatch.phases import AUCTIONS, NIGHT, PhaseRules, phase_of
from exsim.dispatch.settling import settle
from exsim.dispatch.tasks import END, EXPIRE, NEXT, TURN, DayTask, Task
from exsim.dispatch.timetable import Beginning, Timetable
from exsim.model.codes import Phase
from exsim.model.events import Event
from exsim.model.luck import Luck
from exsim.model.plain import Plain


class TradingDay:
    """
    Takes a venue through its day. ``begun`` says that clock and timetable run.

    :param timetable: None where phases change by hand alone.
    :param seed: fixes the random ends of auctions.
    """

    def __init__(self, floor: Floor, timetable: Timetable | None, seed: int) -> None:
        self.begun = False
        self._floor = floor
        self._timetable = timetable
        self._seed = seed
        self._luck = Luck(seed)

    @property
    def needed(self) -> bool:
        """Whether anything of it runs by itself, and so has to be begun at some time."""
        floor = self._floor
        moves = self._timetable is not None or floor.settings.day.clock != "real"
        return moves or floor.bots is not None

    def begin(self, now: int, out: list[Event]) -> None:
        """Start the clock, and be in the phase that the timetable has; ``now`` is real time."""
        floor, day = self._floor, self._floor.settings.day
        self.begun = True
        start = now if day.clock_start is None else day.clock_start
        floor.clock.start(day.clock, day.clock_scale, start, now)
        if self._timetable is not None:
            time = floor.time(now)
            current = self._timetable.current(time)
            phase = Phase.CLOSED if current is None else current[1]
            if phase is not floor.phase:
                self.turn(floor.table[phase], time, out)
            self._plan_next(time)

    def schedule(self, time: int) -> list[Beginning]:
        """What begins by the timetable on the day of a market time; nothing without one."""
        return [] if self._timetable is None else self._timetable.agenda(time)

    def _plan_next(self, now: int) -> None:
        following = None if self._timetable is None else self._timetable.following(now)
        if following is not None:
            self._floor.agenda.add(following[0], DayTask(NEXT))

    def run(self, task: DayTask, now: int, out: list[Event]) -> None:
        """Do what has fallen due at ``now``, in market time."""
        if task.kind == NEXT:
            self._next(now, out)
        elif task.kind == TURN:
            self.turn(self._floor.table[phase_of(task.about)], now, out)
        elif task.kind == END:
            listing = self._floor.listings.get(task.about)
            if listing is not None and listing.own:
                self._end(listing, now, out)
        elif task.kind == EXPIRE:
            expire_order(self._floor, int(task.about), now, out)

    def _next(self, now: int, out: list[Event]) -> None:
        """What the timetable has now; an auction before it may end a random time later."""
        if self._timetable is None:
            return
        current = self._timetable.current(now)
        self._plan_next(now)
        if current is None:
            return
        phase, later = current[1], 0
        if self._floor.phase in AUCTIONS and phase is not self._floor.phase:
            later = self._random_end(now)
        if later:
            self._floor.agenda.add(now + later, DayTask(TURN, phase.value))
        else:
            self.turn(self._floor.table[phase], now, out)

    def _random_end(self, now: int) -> int:
        """For how long an auction goes on beyond its time; always before the next phase begins."""
        most = self._floor.settings.day.auction_random_end
        following = None if self._timetable is None else self._timetable.following(now)
        if following is not None:
            most = min(most, following[0] - now - 1)
        return self._luck.below(most + 1) if most > 0 else 0

    # -- phases

    def turn(self, rules: PhaseRules, now: int, out: list[Event]) -> None:
        """The phase of the venue begins, for all instruments that have none of their own."""
        floor, before = self._floor, self._floor.phase
        floor.agenda.forget(_is_turn)
        if before in NIGHT and rules.phase not in NIGHT:
            carry_over(floor, now, out)
        moving = []
        for listing in floor.listings.values():
            if listing.own:
                continue
            if listing.phase is not rules.phase and has_to_go_on(floor, listing):
                self._extend(listing, now)
            else:
                moving.append(listing)
        floor.rules = rules
        self._move(moving, rules, now, out)
        floor.prices.turn(rules.phase in NIGHT, now)
        if rules.phase is Phase.CLOSED and before is not Phase.CLOSED:
            end_of_day(floor, now, out)

    def turn_one(
        self, listing: Listing, rules: PhaseRules | None, now: int, out: list[Event]
    ) -> None:
        """An instrument has a phase of its own from now on; with None that of the venue again."""
        self._floor.agenda.forget(lambda task: _ends_auction(task, listing.symbol))
        listing.own = rules is not None
        listing.extended = 0
        self._move([listing], self._floor.rules if rules is None else rules, now, out)

    def interrupt(self, listing: Listing, now: int, out: list[Event]) -> None:
        """The market of an instrument moved too far: an auction finds its price."""
        floor = self._floor
        self.turn_one(listing, floor.table[Phase.VOLATILITY_AUCTION], now, out)
        floor.agenda.add(now + floor.settings.day.volatility_time, DayTask(END, listing.symbol))

    def _extend(self, listing: Listing, now: int) -> None:
        """An auction goes on, for this instrument alone."""
        floor = self._floor
        listing.own = True
        listing.extended += 1
        floor.agenda.add(now + floor.settings.day.auction_extension, DayTask(END, listing.symbol))

    def _end(self, listing: Listing, now: int, out: list[Event]) -> None:
        """The auction that an instrument had for itself is over, or is extended."""
        if has_to_go_on(self._floor, listing):
            self._extend(listing, now)
        else:
            self.turn_one(listing, None, now, out)

    def _move(
        self, moving: Collection[Listing], rules: PhaseRules, now: int, out: list[Event]
    ) -> None:
        """Have instruments change to a phase; see the top of this module for the order of it."""
        floor = self._floor
        over: dict[str, frozenset[int]] = {}
        for listing in moving:
            if ends(listing, rules.phase):
                uncross(floor, listing, now, out)
            over[listing.symbol] = dying(listing, rules)
        expire(floor, over, now, out)
        if rules.phase is Phase.HALT:
            halted(floor, over, now, out)
        for listing in moving:
            floor.follow(listing, rules)
            settle(floor, floor.book_events, listing.symbol, now, out)
            if listing.parked and rules.phase in AUCTIONS:
                join(floor, listing, now, out)

    # -- snapshots

    def reset(self) -> None:
        """As before it was begun."""
        self.begun = False
        self._luck = Luck(self._seed)

    def state(self) -> Plain:
        """All of it, for a snapshot; numbers of 64 bits as text."""
        return {
            "begun": self.begun,
            "luck": str(self._luck.state),
            "plan": repr(self._floor.settings.day),
        }

    def restore(self, plain: Plain) -> None:
        """
        Be as :meth:`state` told.

        Where the settings are others now, the day is begun again, with what they say.
        """
        self._luck.state = int(plain["luck"])
        self.begun = plain["begun"] and plain["plan"] == repr(self._floor.settings.day)
        if not self.begun:
            self._floor.agenda.forget(_is_planned)


def _is_turn(task: Task) -> bool:
    return isinstance(task, DayTask) and task.kind == TURN


def _is_planned(task: Task) -> bool:
    return isinstance(task, DayTask) and (task.kind == NEXT or task.kind == TURN)


def _ends_auction(task: Task, symbol: str) -> bool:
    return isinstance(task, DayTask) and task.kind == END and task.about == symbol
