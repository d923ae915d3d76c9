"""Who looks on at a venue: subscriptions to market data, and what is told of them when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from exsim.feeds.book_feed import BookFeed, Look, References
from exsim.feeds.channels import Channel, Subscription, Terms
from exsim.feeds.reference import ReferenceDesk
from exsim.feeds.reference import Venue as ReferenceVenue
from exsim.feeds.statistics import Statistics
from exsim.model.book_updates import Listener
from exsim.model.codes import Phase, Reason
from exsim.model.events import Event
from exsim.model.market_data import (
    SUBSCRIBE,
    UNSUBSCRIBE,
    DataContent,
    DataDesk,
    DataMessage,
    DataQuery,
    DataRefused,
    DataTold,
)
from exsim.model.plain import Plain
from exsim.model.reference_data import ReferenceQuery
from exsim.model.trades import Trade

MOST: Final = 10_000
"""Instruments that a session may be subscribed to at once, by all its requests."""

Later = Callable[[int], None]
"""Has :meth:`MarketDataDesk.due` called once market time is that."""
Interval = Callable[[str], int]
"""The nanoseconds between updates that a session wants; 0 for none."""
Choice = Callable[[str], bool]
"""Whether a session is told implied prices."""


class MarketDataDesk(DataDesk):
    """
    The market data of a venue: a feed for each instrument, and channels by what was asked for.

    :param interval: how often a session is told.
    :param later: called with the market time at which a conflated channel is to be told.
    :param implied: whether a session is told implied prices.
    :param moment: the time of the venue's day, in nanoseconds, at a market time.
    """

    __slots__ = (
        "_behind",
        "_channels",
        "_due",
        "_implied",
        "_interval",
        "_later",
        "_listeners",
        "_look",
        "_moment",
        "_reference",
        "_refs",
        "_requests",
        "_stirred",
        "_venue",
        "_watched",
        "feeds",
    )

    def __init__(
        self,
        look: Look,
        venue: ReferenceVenue,
        interval: Interval,
        later: Later,
        moment: Callable[[int], int],
        implied: Choice = lambda session: False,
    ) -> None:
        self._look = look
        self._refs = References()
        self._venue = venue
        self._moment = moment
        self._listeners: list[Listener] = []
        self._reference = ReferenceDesk(venue)
        self._interval = interval
        self._implied = implied
        self._watched: dict[str, bool] = {}  # books whose implied prices somebody is told
        self._later = later
        self.feeds: dict[str, BookFeed] = {}
        self._stirred: dict[str, bool] = {}  # where something happened that was not told
        self._channels: dict[str, dict[Terms, Channel]] = {}
        self._requests: dict[str, dict[str, list[Channel]]] = {}  # by session and MDReqID
        self._due: dict[int, list[Channel]] = {}  # by market time
        self._behind: dict[str, bool] = {}  # sessions that do not read

    # -- instruments

    def add(self, symbol: str, now: int) -> None:
        """An instrument is there from now."""
        self.feeds[symbol] = BookFeed(symbol, self._look, self._refs)
        self.feeds[symbol].rebuild()
        for listener in self._listeners:
            self._introduce(listener, symbol, now)

    def hear(self, listener: Listener, now: int) -> None:
        """Have somebody hear all that happens, and first what there is."""
        self._listeners.append(listener)
        phase, moment = self._venue.phase(""), self._moment(now)
        assert phase is not None
        listener.begun(phase, now, moment)
        for symbol in self.feeds:
            self._introduce(listener, symbol, now)
        listener.turned("", phase, now, moment)

    def go_on(self, listener: Listener) -> None:
        """Have somebody hear on who knows what there is."""
        self._listeners.append(listener)

    def hear_no_more(self, listener: Listener) -> None:
        """Have him hear no more."""
        self._listeners.remove(listener)

    def _introduce(self, listener: Listener, symbol: str, now: int) -> None:
        phase, moment = self._venue.phase(symbol), self._moment(now)
        if phase is None:
            return
        listener.listed(self._venue.instruments()[symbol], phase, now, moment)
        there = self.feeds[symbol].displayed()
        if there:
            listener.changed(symbol, there, [], now, moment)

    def drop(self, symbol: str, now: int, out: list[Event]) -> None:
        """It is no more, nor is what anybody wants to know of it, once the last of it is told."""
        del self.feeds[symbol]
        self._stirred.pop(symbol, None)
        self._watched.pop(symbol, None)
        for channel in list(self._channels.pop(symbol, {}).values()):
            if channel.waiting:
                self._tell(channel, now, out)
            for session, req_id in list(channel.subscriptions):
                self._requests[session][req_id].remove(channel)

    # -- requests

    def ask(self, request: DataMessage, now: int, out: list[Event]) -> None:
        """Answer, and remember what is to be told later on."""
        if isinstance(request, ReferenceQuery):
            self._reference.ask(request, self._day(request.symbol), now, out)
        if not isinstance(request, DataQuery):
            return
        known = self._requests.setdefault(request.session, {})
        if request.action == UNSUBSCRIBE:
            if request.req_id not in known:
                self._refuse(request, Reason.OTHER, "no such MDReqID is subscribed", out)
            else:
                self._end(request.session, request.req_id)
            return
        refusal = self._check(request, known)
        if refusal is not None:
            self._refuse(request, refusal[0], refusal[1], out)
            return
        for symbol in request.symbols:
            self._answer(request, symbol, now, out)

    def _day(self, symbol: str) -> Statistics | None:
        feed = self.feeds.get(symbol)
        return None if feed is None else feed.statistics

    def _check(
        self, request: DataQuery, known: dict[str, list[Channel]]
    ) -> tuple[Reason, str] | None:
        if request.unknown:
            return Reason.UNSUPPORTED, f"MDEntryType {request.unknown} is not told here"
        for symbol in request.symbols:
            if symbol not in self.feeds:
                return Reason.UNKNOWN_SYMBOL, f"unknown symbol {symbol[:40]!r}"
        if request.req_id in known:
            return Reason.DUPLICATE, "this MDReqID is subscribed already"
        count = sum(len(channels) for channels in known.values())
        if request.action == SUBSCRIBE and count + len(request.symbols) > MOST:
            return Reason.RISK, f"more than {MOST} instruments are subscribed"
        return None

    def _refuse(self, request: DataQuery, reason: Reason, text: str, out: list[Event]) -> None:
        out.append(DataRefused(request, reason, text))

    def _answer(self, request: DataQuery, symbol: str, now: int, out: list[Event]) -> None:
        interval = self._interval(request.session) if request.action == SUBSCRIBE else 0
        implied = not request.by_order and self._implied(request.session)
        terms = (request.depth, request.by_order, request.kinds, interval, implied)
        channels = self._channels.setdefault(symbol, {})
        channel = channels.get(terms)
        if channel is None:
            channel = Channel(self.feeds[symbol], terms)
            if implied:
                channel.feed.look_implied()
            channel.begin()
            if request.action == SUBSCRIBE:
                channels[terms] = channel
                if implied:
                    self._watch(symbol)
        out.append(DataTold(request.session, request.req_id, channel.snapshot(now)))
        if request.action == SUBSCRIBE:
            key = (request.session, request.req_id)
            channel.subscriptions[key] = Subscription(*key, request.incremental)
            self._requests[request.session].setdefault(request.req_id, []).append(channel)

    def _watch(self, symbol: str) -> None:
        """Look at implied prices of a book whenever any book has changed, as long as it is told."""
        watches = any(terms[4] for terms in self._channels.get(symbol, ()))
        self.feeds[symbol].watches = watches
        if watches:
            self._watched[symbol] = True
        else:
            self._watched.pop(symbol, None)

    def left(self, session: str) -> None:
        """A session is gone, and what it wanted."""
        for req_id in list(self._requests.get(session, ())):
            self._end(session, req_id)
        self._requests.pop(session, None)
        self._behind.pop(session, None)
        self._reference.left(session)

    def behind(self, session: str) -> None:
        """A session does not read: remember what it misses, and tell it no updates for now."""
        self._behind[session] = True

    def caught_up(self, session: str, now: int, out: list[Event]) -> None:
        """It has read all: of each book of which it missed something it is told how that is now."""
        self._behind.pop(session, None)
        for req_id, channels in self._requests.get(session, {}).items():
            for channel in channels:
                subscription = channel.subscriptions[session, req_id]
                if subscription.missed:
                    subscription.missed = False
                    out.append(DataTold(session, req_id, channel.snapshot(now)))

    def _end(self, session: str, req_id: str) -> None:
        for channel in self._requests[session].pop(req_id):
            del channel.subscriptions[session, req_id]
            if not channel.subscriptions:
                channels = self._channels[channel.feed.symbol]
                del channels[channel.terms]
                if channel.terms[4]:
                    self._watch(channel.feed.symbol)

    # -- what happens

    def traded(self, trade: Trade) -> None:
        """A trade is on the tape."""
        feed = self.feeds.get(trade.symbol)
        if feed is not None:
            feed.traded(trade)
            self._stirred[trade.symbol] = True

    def revised(self, was: Trade, qty: int, price: int, now: int) -> None:
        """A trade was of another quantity or at another price; with quantity 0 it never was."""
        for listener in self._listeners:
            listener.revised(was.symbol, was.trade_id, qty, price, now, self._moment(now))
        feed = self.feeds.get(was.symbol)
        if feed is not None:
            feed.revised(was, price, qty)
            self._stirred[was.symbol] = True

    def announced(self, kind: str, fields: Mapping[str, str], now: int) -> None:
        """
        Have something told to those who hear all, in the words of their protocol.

        :raises ValueError: when there is no such message.
        """
        for listener in self._listeners:
            listener.announced(kind, fields, now, self._moment(now))

    def touched(self, symbol: str, order_id: int) -> None:
        """An order may stand otherwise than before."""
        feed = self.feeds.get(symbol)
        if feed is not None:
            feed.touched(order_id)
            self._stirred[symbol] = True

    def turned(self, symbol: str, new_day: bool, now: int) -> None:
        """An instrument is in another phase, perhaps the first of a day; with none, the venue."""
        phase = self._venue.phase(symbol)
        feed = self.feeds.get(symbol)
        if feed is not None:
            if new_day:
                feed.new_day()
            feed.statistics.closed = phase is Phase.CLOSED
            self._stirred[symbol] = True
        if phase is not None:
            for listener in self._listeners:
                listener.turned(symbol, phase, now, self._moment(now))

    def tell_phase(self, symbol: str, now: int, out: list[Event]) -> None:
        """Answer those who asked for the phases of an instrument; with none, of the venue."""
        self._reference.turned(symbol, self._day(symbol), now, out)

    def publish(self, now: int, out: list[Event]) -> None:
        """Tell what happened since the last time; ``now`` is market time."""
        if not self._stirred:
            return
        stirred, self._stirred = self._stirred, {}
        if self._watched:
            stirred.update(self._watched)
        for symbol in stirred:
            feed = self.feeds[symbol]
            new = feed.settle()
            for listener in self._listeners:
                self._tell_listener(listener, feed, new, now)
            for channel in list(self._channels.get(symbol, {}).values()):
                channel.note()
                if not channel.interval:
                    self._tell(channel, now, out)
                elif not channel.waiting:
                    self._put_off(channel, now)
            feed.forget()

    def _tell_listener(self, listener: Listener, feed: BookFeed, new: bool, now: int) -> None:
        symbol, moment = feed.symbol, self._moment(now)
        if feed.updates or feed.trades:
            listener.changed(symbol, feed.updates, feed.trades, now, moment)
        phase = self._venue.phase(symbol)
        if new and feed.indicative is not None and phase is not None:
            listener.indicated(symbol, phase, feed.indicative, now, moment)

    def _put_off(self, channel: Channel, now: int) -> None:
        """Tell a conflated channel at the end of the interval that it is in."""
        channel.waiting = True
        due = now - now % channel.interval + channel.interval
        waiting = self._due.get(due)
        if waiting is None:
            self._due[due] = [channel]
            self._later(due)
        else:
            waiting.append(channel)

    def due(self, now: int, out: list[Event]) -> None:
        """It is time for conflated channels."""
        for time in [time for time in self._due if time <= now]:
            for channel in self._due.pop(time):
                channel.waiting = False
                if channel.subscriptions:
                    self._tell(channel, now, out)

    def _tell(self, channel: Channel, now: int, out: list[Event]) -> None:
        content = channel.update(now)
        if content is None:
            return
        whole: DataContent | None = None
        behind = self._behind
        for subscription in channel.subscriptions.values():
            if behind and subscription.session in behind:
                subscription.missed = True
                continue
            if subscription.incremental:
                told = content
            else:
                if whole is None:
                    whole = channel.snapshot(now)
                told = whole
            out.append(DataTold(subscription.session, subscription.req_id, told))

    # -- snapshots

    def reset(self, now: int) -> None:
        """Nothing has happened; those who are subscribed stay so, and are told that all is gone."""
        self._refs.last = 0
        for symbol, feed in self.feeds.items():
            feed.reset()
            self._stirred[symbol] = True
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener.cleared(now, self._moment(now))
            self.hear(listener, now)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        channels = [each for of in self._channels.values() for each in of.values()]
        return {
            "feeds": {symbol: feed.state() for symbol, feed in self.feeds.items()},
            "ref": self._refs.last,
            "channels": [channel.state() for channel in channels],
            "reference": self._reference.state(),
            "behind": list(self._behind),
            "due": [
                [time, [channels.index(each) for each in waiting if each in channels]]
                for time, waiting in self._due.items()
            ],
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, where the books are as they were."""
        self._refs.last = plain["ref"]
        for symbol, feed in plain["feeds"].items():
            if symbol in self.feeds:
                self.feeds[symbol].restore(feed)
        self._reference.restore(plain["reference"])
        self._behind = dict.fromkeys(plain.get("behind", ()), True)
        channels = []
        for each in plain["channels"]:
            depth, by_order, kinds, interval, *more = each["terms"]
            terms = (depth, by_order, tuple(kinds), interval, more == [True])
            channel = Channel(self.feeds[each["symbol"]], terms)
            channel.restore(each)
            channels.append(channel)
            self._channels.setdefault(each["symbol"], {})[channel.terms] = channel
            if terms[4]:
                self._watch(each["symbol"])
                channel.feed.look_implied()
                channel.feed.depth.touched.clear()
            for session, req_id in channel.subscriptions:
                self._requests.setdefault(session, {}).setdefault(req_id, []).append(channel)
        self._due = {time: [channels[index] for index in waiting] for time, waiting in plain["due"]}
