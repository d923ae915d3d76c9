"""
What one venue publishes, joined with the sessions that are told: copies of reports, market data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from exsim.dispatch.looks import BookLook, VenueReference
from exsim.dispatch.tasks import DataTask
from exsim.dispatch.venue import Venue
from exsim.feeds.copies import Wanted
from exsim.feeds.desk import MarketDataDesk
from exsim.interfaces import IPublishing, ISession
from exsim.model.codes import Phase, ReportKind
from exsim.model.events import Copied, Event, Report
from exsim.model.market_data import DataWaiting
from exsim.model.plain import Plain
from exsim.model.settings import DROP_COPY, MARKET_DATA, SessionSettings
from exsim.model.trades import Trade
from exsim.services.origins import Endpoint

_BUST = int(ReportKind.TRADE_CANCEL)
_CORRECTION = int(ReportKind.TRADE_CORRECT)

Send = Callable[[Event, int], None]


def wanted_of(session: ISession) -> Wanted:
    """What a session wants copies of, as its settings say."""
    options = session.settings.options
    return Wanted(
        options.get("copy_firms", ()),
        options.get("copy_accounts", ()),
        options.get("copy_sessions", ()),
        options.get("copy_fills_only", False),
        options.get("copy_clients_only", False),
    )


class VenueFeed:
    """What one venue publishes to the sessions of its drop copy and market data endpoints."""

    def __init__(self, venue: Venue, send: Send) -> None:
        self.endpoints: list[Endpoint] = []
        self._venue = venue
        self._send = send
        self._waiting: list[Endpoint] = []  # those that have to hear what there is
        self._streams: list[Endpoint] = []  # those that have heard
        self._began: dict[str, int] = {}  # when: alike for those that have heard the same
        self._wanted: dict[str, tuple[SessionSettings, Wanted]] = {}
        self._phases: dict[str, Phase] = {}
        self._last_trade = venue.last_trade
        self._phase: Phase | None = None
        look, reference = BookLook(venue), VenueReference(venue)
        self._book_look = look
        self.desk = MarketDataDesk(
            look, reference, self._interval, self._later, venue.wall.moment, self._implied
        )

    @property
    def _looks_on(self) -> bool:
        return self._venue.data is not None

    def join(self, endpoint: Endpoint) -> None:
        """Publish to the sessions of an endpoint, too."""
        self.endpoints.append(endpoint)
        venue = self._venue
        if venue.orders.copies is None:
            venue.orders.copies = []
        if endpoint.settings.role == MARKET_DATA and not self._looks_on:
            venue.data = self.desk
            venue.orders.touched = {}
            venue.turned = {}
            self._last_trade = venue.last_trade
            self._phase = venue.phase
            for symbol in venue.instruments:
                self._list(symbol, 0)
        if endpoint.settings.options.get("attribution", False):
            self._book_look.attributes = True
        if IPublishing.providedBy(endpoint.acceptor):
            self._waiting.append(endpoint)

    def leave(self, endpoint: Endpoint) -> None:
        """Publish no more to them."""
        self.endpoints.remove(endpoint)
        if endpoint in self._waiting:
            self._waiting.remove(endpoint)
        elif endpoint in self._streams:
            self._streams.remove(endpoint)
            self.desk.hear_no_more(IPublishing(endpoint.acceptor).listener)
            del self._began[endpoint.settings.name]
            self._introduce()
        venue = self._venue
        if not self.endpoints:
            venue.orders.copies = None
        if all(each.settings.role != MARKET_DATA for each in self.endpoints):
            venue.data = venue.orders.touched = venue.turned = None
            for symbol in list(self.desk.feeds):
                self.desk.drop(symbol, 0, [])

    def begin(self, now: int) -> None:
        """Have streams that are not begun yet begin with what there is."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        began = max(self._began.values(), default=0) + 1
        for endpoint in waiting:
            self._streams.append(endpoint)
            self._began[endpoint.settings.name] = began
            self.desk.hear(IPublishing(endpoint.acceptor).listener, self._venue.time(now))
        self._introduce()

    def _introduce(self) -> None:
        """Have streams know of each other that began at once."""
        for endpoint in self._streams:
            began = self._began[endpoint.settings.name]
            others = [
                IPublishing(each.acceptor).listener
                for each in self._streams
                if each is not endpoint and self._began[each.settings.name] == began
            ]
            IPublishing(endpoint.acceptor).listener.beside(others)

    def publish(self, now: int) -> None:
        """Tell what happened since the last time; ``now`` is real time."""
        venue = self._venue
        reports = venue.orders.copies
        if reports:
            venue.orders.copies = []
            self._copy(reports, now)
        self.begin(now)
        if venue.data is None:
            return
        out: list[Event] = []
        time, stirred = venue.time(now), self._stirred()
        if stirred:
            self._tell(time, out)
        if reports and self._revise(reports, time):
            stirred = True
            self.desk.publish(time, out)
        for event in out:
            self._send(event, now)
        if stirred:
            self._tell_streams(now)

    def _tell(self, time: int, out: list[Event]) -> None:
        """Tell what happened: how books are, and what traded."""
        closed = self._look(time, out)
        self.desk.publish(time, out)
        for symbol in closed:
            if not symbol:
                self.desk.turned(symbol, False, time)
            self.desk.tell_phase(symbol, time, out)
        there = self._venue.instruments
        for symbol in [symbol for symbol in self.desk.feeds if symbol not in there]:
            self.desk.drop(symbol, time, out)

    def caught_up(self, session: str, now: int) -> None:
        """A session reads again that did not; ``now`` is real time."""
        out: list[Event] = []
        self.desk.caught_up(session, self._venue.time(now), out)
        for event in out:
            self._send(event, now)

    def _revise(self, reports: list[Report], time: int) -> bool:
        """
        Have trades told that were busted or corrected, of the two sides' reports once; whether
        there were any.
        """
        new, revised = False, self._book_look.revised
        for report in reports:
            if report.kind not in (_BUST, _CORRECTION) or not report.match:
                continue
            what = (0, 0) if report.kind == _BUST else (report.last_qty, report.last_px)
            if revised.get(report.match) == what:
                continue
            was = self._trade(report)
            revised[report.match] = what
            self.desk.revised(was, *what, time)
            new = True
        return new

    def _trade(self, report: Report) -> Trade:
        """The trade of a fill as it was told; as it is reported, where the tape has it no more."""
        number, trades, revised = report.match, self._venue.trades, self._book_look.revised
        first = trades[0].trade_id if trades else number + 1
        if number < first:
            for each in [each for each in revised if each < first]:
                del revised[each]
            symbol, price, qty = report.terms.symbol, report.last_px, report.last_qty
            return Trade(number, report.time, symbol, price, qty, "", "", 0)
        trade = trades[number - first]
        qty, price = revised.get(number, (trade.qty, trade.price))
        return trade.revised(price, qty)

    def announce(self, kind: str, fields: Mapping[str, str], now: int) -> list[str]:
        """
        Have streams tell something in the words of their protocol; the endpoints that they are of.

        :raises ValueError: when there is no such message.
        """
        self.begin(now)
        self.desk.announced(kind, fields, self._venue.time(now))
        self._tell_streams(now)
        return [endpoint.settings.name for endpoint in self._streams]

    def _tell_streams(self, now: int) -> None:
        """Have connections send what is new in the streams that they share."""
        for endpoint in self._streams:
            for name, session in endpoint.acceptor.sessions.items():
                if session.connection is not None:
                    self._send(DataWaiting(name), now)

    def _stirred(self) -> bool:
        venue = self._venue
        return bool(
            venue.orders.touched
            or venue.turned
            or venue.last_trade != self._last_trade
            or len(venue.instruments) != len(self.desk.feeds)
        )

    # -- copies

    def _copy(self, reports: list[Report], now: int) -> None:
        receivers = list(self._receivers())
        if not receivers:
            return
        for report in reports:
            firm = self._venue.accounts.firm_of(report.terms)
            for session, wanted in receivers:
                if wanted.fits(report, firm):
                    self._send(Copied(session, report), now)

    def _receivers(self) -> Iterator[tuple[str, Wanted]]:
        for endpoint in self.endpoints:
            if endpoint.settings.role != DROP_COPY:
                continue
            for name, session in endpoint.acceptor.sessions.items():
                known = self._wanted.get(name)
                if known is None or known[0] is not session.settings:
                    known = self._wanted[name] = (session.settings, wanted_of(session))
                yield name, known[1]

    # -- market data

    def _look(self, time: int, out: list[Event]) -> list[str]:
        """
        Have the desk know what happened: first phases, then trades, then how orders stand.

        :return: instruments that are closed now, and the empty name of the venue where that is:
            what traded as they closed is to be told before that they are.
        """
        venue, desk = self._venue, self.desk
        closed = []
        for symbol in venue.turned or ():
            if self._turn(symbol, time):
                if self._phases[symbol] is Phase.CLOSED:
                    closed.append(symbol)
                else:
                    desk.tell_phase(symbol, time, out)
        venue.turned = {}
        if self._phase is not venue.phase:
            if venue.phase is Phase.CLOSED:
                closed.append("")
            else:
                desk.turned("", False, time)
                desk.tell_phase("", time, out)
            self._phase = venue.phase
        new = venue.last_trade - self._last_trade
        self._last_trade = venue.last_trade
        if new > 0:
            for trade in reversed(list(islice(reversed(venue.trades), new))):
                desk.traded(trade)
        touched = venue.orders.touched or {}
        venue.orders.touched = {}
        for number, order in touched.items():
            desk.touched(order.terms.symbol, number)
        return closed

    def _turn(self, symbol: str, time: int) -> bool:
        """An instrument is in another phase, perhaps; whether it is."""
        listing = self._venue.listings.get(symbol)
        if listing is None:
            return False
        if symbol not in self.desk.feeds:
            self._list(symbol, time)
        before, phase = self._phases.get(symbol), listing.phase
        if before is phase:
            return False
        self._phases[symbol] = phase
        self.desk.turned(symbol, before is Phase.CLOSED, time)
        return True

    def _list(self, symbol: str, time: int) -> None:
        self.desk.add(symbol, time)
        self._phases[symbol] = self._venue.listings[symbol].phase

    def _interval(self, session: str) -> int:
        interval: int = self._option(session, "conflate", 0)
        return interval

    def _implied(self, session: str) -> bool:
        implied: bool = self._option(session, "implied_prices", False)
        return implied

    def _option(self, session: str, key: str, default: Any) -> Any:
        for endpoint in self.endpoints:
            found = endpoint.acceptor.sessions.get(session)
            if found is not None:
                return found.settings.options.get(key, default)
        return default

    def _later(self, due: int) -> None:
        self._venue.agenda.add(due, DataTask())

    # -- snapshots

    def reset(self, now: int) -> None:
        """The venue begins anew; who is subscribed stays so."""
        self._last_trade = 0
        self._book_look.revised.clear()
        if self._venue.orders.copies is not None:
            self._venue.orders.copies = []
        if self._looks_on:
            self._venue.orders.touched = {}
            self.desk.reset(self._venue.time(now))
            self._began = dict.fromkeys(self._began, 0)
            self._introduce()
            self._tell_streams(now)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        phases = {symbol: phase.value for symbol, phase in self._phases.items()}
        begun = {
            endpoint.settings.name: IPublishing(endpoint.acceptor).listener.state()
            for endpoint in self._streams
        }
        desk = self.desk.state() if self._looks_on else None
        revised = [[number, *what] for number, what in self._book_look.revised.items()]
        return [self._last_trade, phases, begun, desk, revised, list(self._began.items())]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, where the venue is as it was."""
        self._last_trade, phases, begun, desk, revised, began = plain
        self._book_look.revised = {number: (qty, price) for number, qty, price in revised}
        self._phase = self._venue.phase
        self._phases.update((symbol, Phase(value)) for symbol, value in phases.items())
        if self._venue.orders.copies is not None:
            self._venue.orders.copies = []
        if desk is not None and self._looks_on:
            self._venue.orders.touched = {}
            self._venue.turned = {}
            self.desk.restore(desk)
            for endpoint in [each for each in self._waiting if each.settings.name in begun]:
                self._waiting.remove(endpoint)
                self._streams.append(endpoint)
                listener = IPublishing(endpoint.acceptor).listener
                listener.restore(begun[endpoint.settings.name])
                self._began[endpoint.settings.name] = dict(began)[endpoint.settings.name]
                self.desk.go_on(listener)
            self._introduce()
