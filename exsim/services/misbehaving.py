"""Which sessions of an exchange are shown to which faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from exsim.dispatch.venue import Venue
from exsim.faults.book import Faults
from exsim.faults.tamper import Told
from exsim.interfaces import IBreakable
from exsim.services.origins import Endpoint


class Misbehaving:
    """
    Keeps the sessions of endpoints looked at by the faults that are set for them.

    ``faults`` are all that are. Protocols without a surgery have none. ``others`` are called where
    other faults are set than before: they look after messages that are of no endpoint.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self.faults = Faults()
        self.faults.changed = self.arrange
        self.others: list[Callable[[], None]] = []
        self._endpoints = endpoints

    def join(self, endpoint: Endpoint) -> None:
        """An endpoint is there, with sessions perhaps, and others to come."""
        acceptor = endpoint.acceptor
        if IBreakable.providedBy(acceptor):
            acceptor.opened = partial(self._show, endpoint)
            for session in acceptor.sessions:
                self._show(endpoint, session)

    def arrange(self) -> None:
        """Other faults are set than before, or other rules look at messages."""
        for endpoint in self._endpoints.values():
            if IBreakable.providedBy(endpoint.acceptor):
                for session in endpoint.acceptor.sessions:
                    self._show(endpoint, session)
        for show in self.others:
            show()

    def _show(self, endpoint: Endpoint, session: str) -> None:
        acceptor, tamper = endpoint.acceptor, None
        if not IBreakable.providedBy(acceptor):
            return
        book = endpoint.venue.rulebook
        watcher = book.watching if book is not None and book.watching.entries else None
        if len(self.faults) or watcher is not None:
            messages, venue = acceptor.messages, endpoint.venue
            told = Told(
                venue.name,
                endpoint.settings.name,
                session,
                messages.describe,
                messages.text,
                endpoint.settings.role,
                partial(_best, venue),
            )
            tamper = self.faults.tamper(told, acceptor.surgery(session), watcher=watcher)
        acceptor.tamper(session, tamper)


def _best(venue: Venue, symbol: str, side: int) -> int | None:
    """The best price that is shown."""
    if symbol not in venue.instruments:
        return None
    return venue.engine.book(symbol).best(side)
