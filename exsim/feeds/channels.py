"""
Market data by channel: what all who asked for the same of one instrument are told, made once.

A channel knows what it has told of the book and of the day, under a key for each order, price or
figure. What it tells next is the difference to how things are by then. So it makes no difference
whether it tells each change, or what many changes came to after a while (conflated).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from exsim.feeds.book_feed import BookFeed
from exsim.model.book_updates import Replaced
from exsim.model.market_data import (
    SIDE_LETTERS,
    DataAction,
    DataContent,
    DataEntry,
    DataKind,
)
from exsim.model.plain import Plain
from exsim.model.trades import Trade

_NEW: Final = int(DataAction.NEW)
_CHANGE: Final = int(DataAction.CHANGE)
_DELETE: Final = int(DataAction.DELETE)
_BID: Final = int(DataKind.BID)
_OFFER: Final = int(DataKind.OFFER)
_TRADE: Final = int(DataKind.TRADE)

Terms = tuple[int, bool, tuple[int, ...], int, bool]
"""
Depth (0: all prices), whether by order, kinds of entry, nanoseconds between updates, and whether
implied prices are among the others.
"""
Fact = tuple[int, int | None, int | None, int, int]
"""
What is told under a key: kind, price, quantity, number of orders, side; of bids and offers this is
not 0 where part of the quantity is implied.
"""


class Subscription:
    """
    A session's request, and whether it is told what changed, or all once more.

    ``missed``: it was not told of something, as the session does not read.
    """

    __slots__ = ("incremental", "missed", "req_id", "session")

    def __init__(self, session: str, req_id: str, incremental: bool, missed: bool = False) -> None:
        self.session = session
        self.req_id = req_id
        self.incremental = incremental
        self.missed = missed


class Channel:
    """
    One instrument on the same terms for all its ``subscriptions``, by session and request.

    ``waiting`` says that it tells what changed when its time has come.
    """

    __slots__ = (
        "_facts",
        "_keys",
        "_prices",
        "_trades",
        "_whole",
        "feed",
        "seq",
        "subscriptions",
        "terms",
        "waiting",
    )

    def __init__(self, feed: BookFeed, terms: Terms) -> None:
        self.feed = feed
        self.terms = terms
        self.seq = 0
        self.subscriptions: dict[tuple[str, str], Subscription] = {}
        self.waiting = False
        self._facts: dict[str, Fact] = {}
        self._keys: dict[int, bool] = {}  # refs that something happened to
        self._prices: dict[tuple[int, int], bool] = {}  # likewise
        self._trades: list[tuple[int, Trade]] = []  # and what is to be done about them
        self._whole = False

    @property
    def interval(self) -> int:
        """Nanoseconds of market time between updates; 0: each change is told."""
        return self.terms[3]

    def note(self) -> None:
        """Remember what happened since the feed last forgot."""
        feed = self.feed
        self._whole = self._whole or feed.whole
        if self.terms[1]:
            for update in feed.updates:
                self._keys[update.ref] = True
                if isinstance(update, Replaced):
                    self._keys[update.old_ref] = True
        else:
            self._prices.update(feed.depth.touched)
        if _TRADE in self.terms[2]:
            self._trades += [(_NEW, trade) for trade in feed.trades]
            for trade, stands in feed.revisions:
                self._trades.append((_CHANGE if stands else _DELETE, trade))

    def update(self, now: int) -> DataContent | None:
        """What changed since the last time, None for nothing."""
        entries = self._changes(now)
        self._keys.clear()
        self._prices.clear()
        self._trades.clear()
        if not entries:
            return None
        self.seq += 1
        return DataContent(self.feed.symbol, self.seq, False, entries)

    def snapshot(self, now: int) -> DataContent:
        """All there is, as it was told: the book as of the last update, and the last trade."""
        entries = [
            self._entry(_NEW, key, fact, now)
            for key, fact in sorted(self._facts.items(), key=_rank)
        ]
        trade = self.feed.last_trade
        if _TRADE in self.terms[2] and trade is not None:
            entries.append(_trade_entry(_NEW, trade))
        return DataContent(self.feed.symbol, self.seq, True, entries)

    def begin(self) -> None:
        """Know all there is, though nobody was told."""
        self._facts = self._all_facts()

    # -- facts

    def _changes(self, now: int) -> list[DataEntry]:
        entries: list[DataEntry] = []
        facts = self._facts
        depth, by_order = self.terms[0], self.terms[1]
        if depth or self._whole:
            self._whole = False
            current = self._all_facts()
            keys = list(dict.fromkeys([*facts, *current]))
        else:
            touched = map(str, self._keys) if by_order else map(_price_key, self._prices)
            current = self._figures()
            keys = list(dict.fromkeys([*touched, *(k for k in facts if k[0] == "*"), *current]))
            for key in keys:
                fact = self._fact(key)
                if fact is not None:
                    current[key] = fact
        for key in keys:
            before, after = facts.get(key), current.get(key)
            if before == after:
                continue
            if before is not None and (after is None or (by_order and after[:2] != before[:2])):
                entries.append(self._entry(_DELETE, key, before, now))
                del facts[key]
            if after is not None:
                action = _CHANGE if key in facts else _NEW
                entries.append(self._entry(action, key, after, now))
                facts[key] = after
        entries.sort(key=_turn)
        if not by_order:
            _rank_deletes(entries)
        return entries + [_trade_entry(*each) for each in self._trades]

    def _fact(self, key: str) -> Fact | None:
        """What is true now of an order or of a price, None where it is not there."""
        if key[0] == "*":
            return None
        depth, kinds = self.feed.depth, self.terms[2]
        if self.terms[1]:
            order = depth.by_ref.get(int(key))
            if order is None or order.side - 1 not in kinds:
                return None
            return order.side - 1, order.price, order.qty, 0, 0
        side, price = _price_of(key)
        half = depth.side(side)
        level = half.levels.get(half.sign * price)
        if side - 1 not in kinds:
            return None
        implied = self._implied(side)
        if implied is not None and implied[0] == price:
            qty, count = (0, 0) if level is None else (level.qty, len(level.orders))
            return side - 1, price, qty + implied[1], count, 1
        if level is None:
            return None
        return side - 1, price, level.qty, len(level.orders), 0

    def _implied(self, side: int) -> tuple[int, int] | None:
        """The implied price of a side that is told, and the quantity there."""
        return self.feed.implied[side - 1] if self.terms[4] else None

    def _all_facts(self) -> dict[str, Fact]:
        depth, by_order, kinds = self.terms[:3]
        facts: dict[str, Fact] = {}
        for kind, side in ((_BID, 1), (_OFFER, 2)):
            if kind not in kinds:
                continue
            for level in self.feed.depth.side(side).best(depth):
                if by_order:
                    for ref, order in level.orders.items():
                        facts[str(ref)] = (kind, order.price, order.qty, 0, 0)
                else:
                    key = _price_key((side, level.price))
                    facts[key] = (kind, level.price, level.qty, len(level.orders), 0)
            if self.terms[4]:
                self._add_implied(facts, side)
        facts.update(self._figures())
        return facts

    def _add_implied(self, facts: dict[str, Fact], side: int) -> None:
        """Put the implied price of a side among its best; the last one may have to go."""
        implied, depth = self._implied(side), self.terms[0]
        if implied is None:
            return
        half = self.feed.depth.side(side)
        best = half.best(depth)
        full = depth and len(best) == depth and half.sign * implied[0] not in half.levels
        if full and half.sign * best[-1].price > half.sign * implied[0]:
            return
        if full:
            del facts[_price_key((side, best[-1].price))]
        key = _price_key((side, implied[0]))
        fact = self._fact(key)
        if fact is not None:
            facts[key] = fact

    def _figures(self) -> dict[str, Fact]:
        """The figures of the day, under a star and their kind."""
        figures: dict[str, Fact] = {}
        day, kinds = self.feed.statistics, self.terms[2]
        for kind, price in (
            (DataKind.OPEN, day.open),
            (DataKind.CLOSE, day.close),
            (DataKind.SETTLEMENT, day.close),
            (DataKind.HIGH, day.high),
            (DataKind.LOW, day.low),
            (DataKind.VWAP, day.vwap),
        ):
            if price is not None and int(kind) in kinds:
                figures[f"*{int(kind)}"] = (int(kind), price, None, 0, 0)
        volume, imbalance = int(DataKind.VOLUME), int(DataKind.IMBALANCE)
        indicative, auction = int(DataKind.INDICATIVE), self.feed.indicative
        if volume in kinds and day.volume:
            figures[f"*{volume}"] = (volume, None, day.volume, 0, 0)
        if auction is not None and auction.price is not None and indicative in kinds:
            fact = (indicative, auction.price, auction.volume, 0, 0)
            figures[f"*{indicative}"] = fact
        if auction is not None and auction.imbalance and imbalance in kinds:
            figures[f"*{imbalance}"] = (imbalance, None, auction.imbalance, 0, auction.side)
        return figures

    def _entry(self, action: int, key: str, fact: Fact, now: int) -> DataEntry:
        kind, price, qty, count, side = fact
        rank = 0
        if kind <= _OFFER and price is not None:
            half = self.feed.depth.side(kind + 1)
            rank = half.rank(price)
            implied = self._implied(kind + 1)
            if implied is not None and half.sign * implied[0] > half.sign * price:
                rank += half.sign * implied[0] not in half.levels
        return DataEntry(action, kind, key, price, qty, now, count, rank, side)

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {
            "symbol": self.feed.symbol,
            "terms": list(self.terms),
            "seq": self.seq,
            "subscriptions": [
                [each.session, each.req_id, each.incremental, each.missed]
                for each in self.subscriptions.values()
            ],
            "waiting": self.waiting,
            "whole": self._whole,
            "facts": [
                [key, [kind, price, None if qty is None else str(qty), count, side]]
                for key, (kind, price, qty, count, side) in self._facts.items()
            ],
            "keys": list(self._keys),
            "prices": [list(each) for each in self._prices],
            "trades": [[action, *trade.state()] for action, trade in self._trades],
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.seq = plain["seq"]
        self.waiting = plain["waiting"]
        self._whole = plain["whole"]
        for session, req_id, *how in plain["subscriptions"]:
            self.subscriptions[session, req_id] = Subscription(session, req_id, *how)
        self._facts = {
            key: (kind, price, None if qty is None else int(qty), count, side)
            for key, (kind, price, qty, count, side) in plain["facts"]
        }
        self._keys = dict.fromkeys(plain["keys"], True)
        self._prices = dict.fromkeys([(side, price) for side, price in plain["prices"]], True)
        self._trades = [(action, Trade(*values)) for action, *values in plain["trades"]]


def _price_key(level: tuple[int, int]) -> str:
    side, price = level
    return f"{SIDE_LETTERS[side - 1]}{price}"


def _price_of(key: str) -> tuple[int, int]:
    return 1 + SIDE_LETTERS.index(key[0]), int(key[1:])


def _rank(item: tuple[str, Fact]) -> tuple[int, int]:
    """Bids and offers with the best first, orders of a price as they came; then the figures."""
    _, (kind, price, _, _, _) = item
    if kind > _OFFER or price is None:
        return kind, 0
    return kind, price if kind == _OFFER else -price


def _turn(entry: DataEntry) -> tuple[bool, int, int]:
    """Deletes first; bids and offers with the best first; then the figures as they are."""
    kind, price = entry.kind, entry.price
    if kind > _OFFER or price is None:
        return entry.action != _DELETE, _TRADE, 0
    return entry.action != _DELETE, kind, price if kind == _OFFER else -price


def _rank_deletes(entries: list[DataEntry]) -> None:
    """
    Have each delete name the place that its price has in the book of a reader who has taken in what
    stands before it: prices that are new are not there yet.
    """
    if not entries or entries[0].action != _DELETE:
        return
    new: dict[int, list[int]] = {_BID: [], _OFFER: []}
    for entry in entries:
        if entry.action == _NEW and entry.kind <= _OFFER and entry.price is not None:
            new[entry.kind].append(_sign(entry) * entry.price)
    for keys in new.values():
        keys.sort()
    for entry in entries:
        if entry.action == _DELETE and entry.kind <= _OFFER and entry.price is not None:
            keys = new[entry.kind]
            entry.rank -= len(keys) - bisect_right(keys, _sign(entry) * entry.price)


def _sign(entry: DataEntry) -> int:
    return -1 if entry.kind == _OFFER else 1


def _trade_entry(action: int, trade: Trade) -> DataEntry:
    side = trade.taker_side if trade.maker_order_id and not trade.auction else 0
    key = f"T{trade.trade_id}"
    return DataEntry(action, _TRADE, key, trade.price, trade.qty, trade.time, side=side)
