"""
What the venues publish, each by a feed of its own (:mod:`exsim.services.venue_feed`).

It is published after each request, so that whoever listens is told in the order in which it
happened, however the requests came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exsim.dispatch.venue import Venue
from exsim.model.plain import Plain
from exsim.model.settings import DROP_COPY, MARKET_DATA
from exsim.services.origins import Endpoint
from exsim.services.venue_feed import Send, VenueFeed


class Publishing:
    """
    What all venues publish. ``publishers`` are called with the time after each request: those of
    venues that somebody may listen to.
    """

    def __init__(self, send: Send) -> None:
        self.publishers: list[Callable[[int], None]] = []
        self._send = send
        self._feeds: dict[str, VenueFeed] = {}

    def join(self, endpoint: Endpoint) -> None:
        """An endpoint was made."""
        if endpoint.settings.role not in (DROP_COPY, MARKET_DATA):
            return
        name = endpoint.venue.name
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = VenueFeed(endpoint.venue, self._send)
            self.publishers.append(feed.publish)
        feed.join(endpoint)

    def leave(self, endpoint: Endpoint) -> None:
        """It is no more."""
        feed = self._feeds.get(endpoint.venue.name)
        if feed is None or endpoint not in feed.endpoints:
            return
        feed.leave(endpoint)
        if not feed.endpoints:
            self.publishers.remove(feed.publish)
            del self._feeds[endpoint.venue.name]

    def left(self, venue: Venue, session: str) -> None:
        """A session is gone: it looks on no more."""
        feed = self._feeds.get(venue.name)
        if feed is not None:
            feed.desk.left(session)

    def behind(self, venue: Venue, session: str) -> None:
        """A session does not read: it is told no updates for now."""
        feed = self._feeds.get(venue.name)
        if feed is not None:
            feed.desk.behind(session)

    def caught_up(self, venue: Venue, session: str, now: int) -> None:
        """It has read all: it is told how the books are of which it missed something."""
        feed = self._feeds.get(venue.name)
        if feed is not None:
            feed.caught_up(session, now)

    def announce(self, venue: Venue, kind: str, fields: Mapping[str, str], now: int) -> list[str]:
        """
        Have the streams of a venue tell something; the endpoints that they are of.

        :raises ValueError: when there is no such message.
        """
        feed = self._feeds.get(venue.name)
        return [] if feed is None else feed.announce(kind, fields, now)

    def begin(self, now: int) -> None:
        """Somebody connects: have all streams begin."""
        for feed in self._feeds.values():
            feed.begin(now)

    def reset(self, venue: Venue, now: int) -> None:
        """A venue begins anew."""
        feed = self._feeds.get(venue.name)
        if feed is not None:
            feed.reset(now)

    def clear(self) -> None:
        """All endpoints are gone."""
        for feed in list(self._feeds.values()):
            for endpoint in list(feed.endpoints):
                self.leave(endpoint)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {name: feed.state() for name, feed in self._feeds.items()}

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, once venues and endpoints are."""
        for name, feed in plain.items():
            if name in self._feeds:
                self._feeds[name].restore(feed)
