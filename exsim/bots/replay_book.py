"""
The orders of a recorded book, entered into one that others trade in, too.

Each entry of the recorded book has orders here: one, and others for what was added to it or came
back. ``taken`` is how much less they have than the entry had then: what others took of it; or below
0, how much more, since others were traded with in its place. What is recorded of an entry holds for
what it has left here.
"""

from __future__ import annotations

from typing import Any, Final

from exsim.bots.impact import NONE, left
from exsim.bots.market import BUY, IOC, RESTS, SELL, TRADES, mood
from exsim.bots.replay_entry import Held, held_of, key_of, leaves_of
from exsim.interfaces import IBotDesk
from exsim.model.rows import (
    ADD,
    CHANGE,
    CLEAR,
    DELETE,
    EXECUTE,
    QUOTE,
    REDUCE,
    REPLACE,
    TRADE,
    Row,
)
from exsim.model.rows import BUY as BUYS

STEP: Final = 100_000_000
"""Nanoseconds between two looks at what wears off."""

Level = dict[str, Held]


class ReplayBook:
    """
    What one bot replays at one venue.

    :param model: how the impact of others wears off (:mod:`exsim.bots.impact`), ``time`` in which.
    :param size: the quantity of quotes that tell none.
    """

    def __init__(self, model: str, time: int, size: int) -> None:
        self.model = model
        self.time = time
        self.size = size
        self.untold = 0
        """Rows about entries that nobody had told of."""
        self._held: dict[str, Held] = {}  # in the order of their queues
        self._ghosts: dict[str, Held] = {}  # gone then, and still here: others traded instead
        self._levels: dict[tuple[str, int], dict[int, Level]] = {}
        self._of: dict[str, Held] = {}  # by ClOrdID
        self._hit: dict[str, Held] = {}  # those that others took from, or traded instead of
        self._late: dict[str, None] = {}  # symbols whose orders wait until the market takes them
        self._stale: dict[str, Held] = {}  # not in a new image of the book yet
        self._traded: dict[tuple[str, int], int] = {}  # at this moment, by symbol and price
        self._touched: dict[str, Held] = {}  # by ClOrdID, since somebody looked
        self._acting = False
        self._wears_at = 0

    # -- what was recorded

    def play(self, desk: IBotDesk, rows: list[Row], now: int) -> None:
        """What was told at one moment."""
        self._traded.clear()
        for row in rows:
            if row.kind == TRADE and row.price is not None and row.qty:
                key = row.symbol, row.price
                self._traded[key] = self._traded.get(key, 0) + row.qty
        self._acting = True
        for row in rows:
            self._row(desk, row, now)
            self._look(desk, now)
        stale, self._stale = self._stale, {}
        for held in stale.values():
            self._lessen(desk, held, held.qty, now)
        self._done(desk, now)

    def _row(self, desk: IBotDesk, row: Row, now: int) -> None:
        kind, side = row.kind, BUY if row.side == BUYS else SELL
        if kind == CLEAR:
            every = self._held.values()
            self._stale.update({each.key: each for each in every if each.symbol == row.symbol})
            return
        key = key_of(row)
        held = self._held.get(key)
        if kind in (ADD, CHANGE, QUOTE):
            self._stale.pop(key, None)
            self._set(desk, held, key, side, row, now)
        elif kind in (EXECUTE, REDUCE, DELETE, REPLACE):
            if held is None:
                self.untold += 1
            elif kind == EXECUTE:
                self._execute(desk, held, row, now)
            elif kind == REDUCE:
                self._cut(desk, held, min(row.qty or 0, held.qty), now)
            elif kind == DELETE:
                self._lessen(desk, held, held.qty, now)
            else:
                self._replace(desk, held, row, now)

    def _set(
        self, desk: IBotDesk, held: Held | None, key: str, side: int, row: Row, now: int
    ) -> None:
        """An entry has this price and this quantity from now on."""
        price, qty = row.price, row.qty
        if row.kind == QUOTE:
            qty = self.size if qty is None else qty
        elif held is not None:
            side = held.side if not row.side else side
            price = held.price if price is None else price
        if price is None or not qty:
            if held is not None:
                self._lessen(desk, held, held.qty, now)
        elif held is None:
            self._add(desk, Held(key, row.symbol, side, price, qty), qty, now)
        elif price != held.price or side != held.side or (qty > held.qty and row.ref):
            self._move(desk, held, key, Held(key, row.symbol, side, price, qty), now)
        elif qty > held.qty:  # more at a price: behind all that is there
            more, held.qty = qty - held.qty, qty
            self._enter(desk, held, more)
            self._settle(desk, held, now)
        else:
            self._lessen(desk, held, held.qty - qty, now)

    def _replace(self, desk: IBotDesk, held: Held, row: Row, now: int) -> None:
        price = held.price if row.price is None else row.price
        qty = held.qty if row.qty is None else row.qty
        key = f"{held.symbol} {row.new_ref}" if row.new_ref else held.key
        self._move(desk, held, key, Held(key, held.symbol, held.side, price, qty), now)

    def _move(self, desk: IBotDesk, held: Held, key: str, fresh: Held, now: int) -> None:
        """An entry is another one now, behind all others; what was taken of it stays taken."""
        taken, base, since = max(held.taken, 0), max(held.base, 0), held.since
        self._gone(desk, held)
        left_over = max(fresh.qty - taken, 0)
        fresh.taken, fresh.base, fresh.since = min(taken, fresh.qty), base, since
        self._add(desk, fresh, left_over, now)

    def _add(self, desk: IBotDesk, held: Held, qty: int, now: int) -> None:
        """An entry is new."""
        self._held[held.key] = held
        levels = self._levels.setdefault((held.symbol, held.side), {})
        levels.setdefault(held.price, {})[held.key] = held
        self._make_way(desk, held)
        self._enter(desk, held, qty)
        self._settle(desk, held, now)

    def _make_way(self, desk: IBotDesk, held: Held) -> None:
        """What was gone by then does not trade with what came later."""
        for ghost in list(self._ghosts.values()):
            if ghost.symbol == held.symbol and ghost.side != held.side:
                if (held.price >= ghost.price) is (held.side == BUY) or held.price == ghost.price:
                    self._gone(desk, ghost)

    def _lessen(self, desk: IBotDesk, held: Held, qty: int, now: int) -> None:
        """So much of an entry is gone: traded as far as trades are told, else canceled."""
        place = held.symbol, held.price
        traded = min(qty, self._traded.get(place, 0))
        if traded:
            self._traded[place] -= traded
            self._execute(desk, held, Row(0, held.symbol, EXECUTE, qty=traded), now)
        if qty > traded:
            self._cut(desk, held, qty - traded, now)

    def _cut(self, desk: IBotDesk, held: Held, qty: int, now: int) -> None:
        """So much of an entry is canceled, from behind."""
        held.qty -= qty
        if held.qty <= 0:
            self._gone(desk, held)
            return
        self._withdraw(desk, held, qty)
        self._settle(desk, held, now)

    def _execute(self, desk: IBotDesk, held: Held, row: Row, now: int) -> None:
        """
        So much of an entry traded. Somebody comes for it here, too, and trades with whom the queue
        says; not for what others have taken of it.
        """
        qty = min(held.qty if row.qty is None else row.qty, held.qty)
        there = min(qty, leaves_of(desk, held))
        held.qty -= qty
        if there and row.price in (None, held.price) and self._is_first(desk, held):
            desk.enter(held.symbol, SELL if held.side == BUY else BUY, there, held.price, IOC)
        elif there:
            self._withdraw(desk, held, there)
        self._settle(desk, held, now)
        if held.qty <= 0:
            self._hit.pop(held.key, None)
            self._unlist(held)
            if leaves_of(desk, held):
                held.key = f"{held.key} {held.orders[0]}"  # another one may be called so
                self._ghosts[held.key] = held
                self._settle(desk, held, now)

    def _is_first(self, desk: IBotDesk, held: Held) -> bool:
        """Whether it is the next to trade of all that are replayed, in a market where orders do."""
        if mood(desk, held.symbol) != TRADES:
            return False
        levels = self._levels[held.symbol, held.side]
        if next(iter(levels[held.price])) != held.key:
            return False
        bid, _, ask, _ = desk.best(held.symbol)
        best = bid if held.side == BUY else ask
        return best == held.price or held.price == (max if held.side == BUY else min)(levels)

    # -- orders

    def _enter(self, desk: IBotDesk, held: Held, qty: int) -> None:
        """Have so much more, behind all others."""
        if qty <= 0:
            return
        if mood(desk, held.symbol) == RESTS:
            held.late = True
            self._late[held.symbol] = None
            return
        name = desk.enter(held.symbol, held.side, qty, held.price)
        if name:
            self._of[name] = held
            held.orders.append(name)

    def _withdraw(self, desk: IBotDesk, held: Held, qty: int) -> None:
        """Have so much less, from behind."""
        for name in reversed(list(held.orders)):
            order = desk.order(name)
            if order is None:
                self._forget(held, name)
            elif qty >= order.leaves:
                qty -= order.leaves
                desk.cancel(name)
                self._forget(held, name)
            elif qty:
                desk.replace(name, order.filled + order.leaves - qty, held.price)
                return

    def _gone(self, desk: IBotDesk, held: Held) -> None:
        """Have nothing of it."""
        for name in list(held.orders):
            desk.cancel(name)
            self._forget(held, name)
        self._unlist(held)
        self._ghosts.pop(held.key, None)
        self._hit.pop(held.key, None)

    def _forget(self, held: Held, name: str) -> None:
        held.orders.remove(name)
        self._of.pop(name, None)

    def _unlist(self, held: Held) -> None:
        """It is no entry of the recorded book any more."""
        if self._held.get(held.key) is held:
            del self._held[held.key]
            levels = self._levels[held.symbol, held.side]
            del levels[held.price][held.key]
            if not levels[held.price]:
                del levels[held.price]

    # -- what others do

    def heard(self, desk: IBotDesk, name: str, now: int) -> bool:
        """Something happened to an order; whether it is one of these."""
        held = self._of.get(name)
        if held is None:
            return False
        self._touched[name] = held
        if not self._acting:
            self._look(desk, now)
        return True

    def _done(self, desk: IBotDesk, now: int) -> None:
        """All that there was to do is done."""
        self._look(desk, now)
        self._acting = False

    def _look(self, desk: IBotDesk, now: int) -> None:
        """See what became of the orders that something happened to."""
        touched, self._touched = self._touched, {}
        for held in touched.values():
            if self._held.get(held.key) is held:
                self._settle(desk, held, now)
            elif held.key in self._ghosts:
                self._settle(desk, held, now)
                if not leaves_of(desk, held):
                    self._gone(desk, held)

    def _settle(self, desk: IBotDesk, held: Held, now: int) -> None:
        """See how much was taken of it."""
        if held.late:
            return
        taken = held.qty - leaves_of(desk, held)
        if taken != held.taken:
            held.taken = held.base = taken
            held.since = now
        if not held.taken:
            self._hit.pop(held.key, None)
        else:
            self._hit[held.key] = held

    @property
    def wears_at(self) -> int | None:
        """When to look at what wears off; None where nothing does."""
        return self._wears_at if self._hit and self.model != NONE else None

    def wear(self, desk: IBotDesk, now: int) -> None:
        """Have impacts wear off."""
        if now < self._wears_at:
            return
        self._wears_at = now + STEP
        if self.model == NONE:
            return
        self._acting = True
        for held in list(self._hit.values()):
            lot = desk.instrument(held.symbol).lot
            wanted = left(self.model, held.base, now - held.since, self.time)
            less = abs(held.taken - wanted) // lot * lot
            if not less:
                continue
            base, since = held.base, held.since
            if held.taken > 0:
                self._enter(desk, held, less)
            else:
                self._withdraw(desk, held, less)
            self._settle(desk, held, now)
            held.base, held.since = base, since
            if not held.taken:
                self._hit.pop(held.key, None)
            if held.qty <= 0 and not leaves_of(desk, held):
                self._gone(desk, held)
        self._done(desk, now)

    # -- markets that were closed, bots that were stopped

    def enter_late(self, desk: IBotDesk, now: int) -> None:
        """Enter what the market did not take before."""
        if not self._late:
            return
        self._acting = True
        for symbol in list(self._late):
            if mood(desk, symbol) == RESTS:
                continue
            del self._late[symbol]
            for held in [each for each in self._held.values() if each.symbol == symbol]:
                if held.late:
                    held.late = False
                    self._enter(desk, held, held.qty - leaves_of(desk, held))
                    self._settle(desk, held, now)
        self._done(desk, now)

    def renew(self, desk: IBotDesk, now: int) -> None:
        """The bot was stopped: enter again what was canceled then."""
        self._acting = True
        for held in list(self._ghosts.values()):
            self._gone(desk, held)
        for held in list(self._held.values()):
            missing = held.qty - max(held.taken, 0) - leaves_of(desk, held)
            if missing > 0 and not held.late:
                self._enter(desk, held, missing)
                self._settle(desk, held, now)
        self._done(desk, now)

    def clear(self, desk: IBotDesk, now: int) -> None:
        """Have nothing any more."""
        self._acting = True
        for held in [*self._held.values(), *self._ghosts.values()]:
            self._gone(desk, held)
        self._late.clear()
        self._done(desk, now)

    # -- snapshots

    def state(self) -> object:
        """All of it."""
        return [
            [held.state() for held in self._held.values()],
            [held.state() for held in self._ghosts.values()],
            list(self._late),
            list(self._hit),
            self._wears_at,
            self.untold,
        ]

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        held, ghosts, late, hit, self._wears_at, self.untold = state
        for each in map(held_of, held):
            self._held[each.key] = each
            levels = self._levels.setdefault((each.symbol, each.side), {})
            levels.setdefault(each.price, {})[each.key] = each
        self._ghosts = {each.key: each for each in map(held_of, ghosts)}
        self._late = dict.fromkeys(late)
        for each in (*self._held.values(), *self._ghosts.values()):
            self._of.update(dict.fromkeys(each.orders, each))
        both = {**self._held, **self._ghosts}
        self._hit = {key: both[key] for key in hit}
