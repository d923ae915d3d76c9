"""
Proxies without their sockets: links between clients and another acceptor, what is held of what they
say, and how all of it comes into the journal.

A proxy's entries have its name with ``proxy:`` before it as their origin. They are no part of what
a venue did, so that a journal that is run again has them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from exsim.errors import Conflict, NotFound
from exsim.faults.book import Faults
from exsim.faults.kinds import PROXY
from exsim.faults.relayed import surgery_of
from exsim.faults.tamper import Told
from exsim.interfaces import IMessages, Surgery
from exsim.model.journal import EntryKind
from exsim.model.luck import Luck
from exsim.model.settings import ProxySettings
from exsim.model.treatment import Piece, Treatment
from exsim.services.origins import Origin
from exsim.sessions.relay import Relay

_LINK: Final = int(EntryKind.LINK)

MOST_HELD: Final = 10_000
"""Messages that a proxy holds at a time; with one more the first of them goes on."""
FRAMINGS: Final = {"fix": "fix", "ouch": "soup", "soup": "soup", "raw": "raw"}
"""How the messages of each ``protocol`` are told apart."""

State = Literal["connecting", "open", "closed"]
Append = Callable[[int, int, str, str, bytes], int]
"""Writes an entry of the journal."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is held: ``treatment.pieces`` go on when it is released."""

    number: int
    link: Link
    direction: str
    treatment: Treatment
    time: int

    @property
    def raw(self) -> bytes:
        """The message, as faults left it."""
        return self.treatment.raw


@dataclass(eq=False, slots=True)
class Link:
    """
    A client's connection and the one that we made for it.

    ``state`` is ``connecting``, ``open`` or ``closed``. ``changed`` is called when there is
    something to write, or to close; ``close`` closes both.
    """

    number: int
    peer: str
    begun: int
    relay: Relay
    upstream: str = ""
    state: State = "connecting"
    changed: Callable[[], None] = lambda: None
    close: Callable[[str], None] = lambda why: None
    counts: dict[str, int] = field(default_factory=lambda: {"in": 0, "out": 0})

    @property
    def session(self) -> str:
        """What the client calls itself; empty before it has."""
        return self.relay.name


class Proxy:
    """
    One proxy: ``links`` by number are those that are there, ``held`` what waits by number.

    :param append: writes entries of the journal.
    :param messages: reads the messages of its protocol.
    """

    def __init__(
        self, settings: ProxySettings, append: Append, messages: IMessages, faults: Faults
    ) -> None:
        self.settings = settings
        self.name = settings.name
        self.origin = PROXY + settings.name
        self.messages = messages
        self.framing = FRAMINGS[settings.protocol]
        self.surgery: Surgery = surgery_of(settings.protocol)
        self.links: dict[int, Link] = {}
        self.held: dict[int, Kept] = {}
        self.names: dict[str, None] = {}  # of all clients there were
        self._append = append
        self._faults = faults
        self._last_link = 0
        self._last_held = 0

    def told(self) -> Origin:
        """Where its entries of the journal come from."""
        return Origin(self.messages, self.settings.venue, self.settings.protocol)

    # -- links

    def open(self, peer: str, now: int) -> Link:
        """A client connected from there."""
        self._last_link += 1
        number = self._last_link
        self._note_link(f"up {number} {peer}", "", now)
        relay = Relay(
            self.framing,
            partial(self._record, number),
            partial(self._keep, number),
            partial(self._named, number),
        )
        link = self.links[number] = Link(number, peer, now, relay)
        self._show(link)
        return link

    def refused(self, link: Link, why: str, now: int) -> None:
        """The acceptor could not be connected to for a client."""
        self._note_link(f"cut {link.number} {why}", link.session, now)

    def closed(self, link: Link, now: int) -> None:
        """A link is no more; what is held of it never goes on."""
        if self.links.pop(link.number, None) is not None:
            link.state = "closed"
            self._note_link(f"down {link.number}", link.session, now)
            for kept in [kept for kept in self.held.values() if kept.link is link]:
                del self.held[kept.number]

    def link(self, number: int) -> Link:
        """
        One that is there.

        :raises exsim.errors.NotFound: when it is not.
        """
        link = self.links.get(number)
        if link is None:
            known = ", ".join(map(str, self.links)) or "none"
            raise NotFound(f"proxy {self.name} has no link {number}; it has: {known[:500]}")
        return link

    def _note_link(self, text: str, session: str, now: int) -> None:
        self._append(now, _LINK, self.origin, session, text.encode("utf-8", "backslashreplace"))

    def _record(self, number: int, now: int, kind: int, session: str, data: bytes) -> None:
        self._append(now, kind, self.origin, session, data)
        link = self.links.get(number)
        if link is not None and kind in _WAYS:
            link.counts[_WAYS[kind]] += 1

    def _named(self, number: int) -> None:
        link = self.links[number]
        self.names[link.session] = None
        if len(self.names) > _MOST_NAMES:
            del self.names[next(iter(self.names))]
        self._show(link)

    # -- faults

    def show(self) -> None:
        """Other faults are set than before."""
        for link in list(self.links.values()):
            self._show(link)
            link.changed()

    def _show(self, link: Link) -> None:
        """Have a link's messages looked at by the faults that are set for it."""
        tamper = None
        if len(self._faults):
            messages = self.messages
            told = Told(
                self.settings.venue, self.origin, link.session, messages.describe, messages.text
            )
            tamper = self._faults.tamper(told, self.surgery, relays=True)
        for flow in (link.relay.inward, link.relay.outward):
            flow.tamper = tamper
            flow.settle()

    # -- what is held

    def _keep(self, number: int, direction: str, treatment: Treatment, now: int) -> None:
        self._last_held += 1
        kept = Kept(self._last_held, self.links[number], direction, treatment, now)
        self.held[kept.number] = kept
        if len(self.held) > MOST_HELD:
            self.release(next(iter(self.held)), now)

    def kept(self, number: int) -> Kept:
        """
        A message that is held.

        :raises exsim.errors.NotFound: when it is not.
        """
        kept = self.held.get(number)
        if kept is None:
            known = ", ".join(map(str, self.held)) or "none"
            raise NotFound(f"proxy {self.name} holds no message {number}; it has: {known[:500]}")
        return kept

    def release(self, number: int, now: int, instead: bytes | None = None) -> Kept:
        """
        Let a message go on that is held, with other bytes in its place perhaps.

        :raises exsim.errors.NotFound: when there is none.
        """
        kept = self.kept(number)
        del self.held[number]
        pieces = kept.treatment.pieces
        if instead is not None:
            for piece in pieces:
                if piece.raw == kept.raw:
                    piece.raw = instead
        kept.link.relay.flow(kept.direction).enter(pieces, now)
        kept.link.changed()
        return kept

    def edited(self, kept: Kept, fields: dict[str, str | None]) -> bytes:
        """
        A message that is held with some fields changed, or taken away where the value is None.

        :raises exsim.errors.Conflict: when it has none that could be, or nothing is called so.
        """
        if "change" not in self.surgery.kinds:
            raise Conflict(
                f"messages of protocol {self.settings.protocol} have no fields to change: give raw"
            )
        try:
            self.surgery.check("change", {}, {"fields": fields})
        except ValueError as error:
            raise Conflict(str(error)) from None
        return self.surgery.operate("change", kept.raw, {"fields": fields}, Luck(0))

    def drop(self, number: int) -> Kept:
        """
        Let a message that is held never go on.

        :raises exsim.errors.NotFound: when there is none.
        """
        kept = self.kept(number)
        del self.held[number]
        return kept

    def send(self, number: int, direction: str, data: bytes, now: int) -> None:
        """
        Send bytes on a link, as if they had come from the other side.

        :raises exsim.errors.NotFound: when it is not there.
        """
        link = self.link(number)
        link.relay.flow(direction).enter([Piece(data)], now)
        link.changed()

    def reset(self, disconnect: bool) -> None:
        """Forget what is held, and with ``disconnect`` close all links."""
        self.held.clear()
        if disconnect:
            for link in list(self.links.values()):
                link.close("the simulator was reset")


_MOST_NAMES: Final = 10_000
_WAYS: Final = {int(EntryKind.IN): "in", int(EntryKind.OUT): "out"}


class Proxies:
    """All proxies of a simulator, by name."""

    def __init__(self, append: Append, faults: Faults) -> None:
        self._append = append
        self._faults = faults
        self._proxies: dict[str, Proxy] = {}

    def __iter__(self) -> Iterator[Proxy]:
        return iter(self._proxies.values())

    def __len__(self) -> int:
        return len(self._proxies)

    def add(self, settings: ProxySettings, messages: IMessages) -> Proxy:
        """
        Have another proxy, which does not listen yet.

        :raises exsim.errors.Conflict: when there is one of its name.
        """
        if settings.name in self._proxies:
            raise Conflict(f"there is a proxy {settings.name!r} already")
        proxy = Proxy(settings, self._append, messages, self._faults)
        self._proxies[settings.name] = proxy
        return proxy

    def get(self, name: str) -> Proxy:
        """
        The proxy of this name.

        :raises exsim.errors.NotFound: when there is none.
        """
        proxy = self._proxies.get(name)
        if proxy is None:
            known = ", ".join(sorted(self._proxies)) or "none"
            raise NotFound(f"there is no proxy {name!r}; there are: {known[:500]}")
        return proxy

    def remove(self, name: str) -> None:
        """Forget a proxy, whose links are closed."""
        self._proxies.pop(name, None)

    def reset(self, venue: str, disconnect: bool) -> None:
        """Begin anew at the proxies of a venue."""
        for proxy in self:
            if proxy.settings.venue == venue:
                proxy.reset(disconnect)

    def has_client(self, name: str) -> bool:
        """Whether a client of this name has said something at a proxy."""
        return any(name in proxy.names for proxy in self)

    def show(self) -> None:
        """Other faults are set than before."""
        for proxy in self:
            proxy.show()
