"""
Events: what happens, in the order of the journal, for whoever follows it.

Each is made of one entry, and is called by the number of that, so that who was cut off goes on
where that was, and misses nothing.
"""

from __future__ import annotations

from typing import Any, Final

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control.cursors import format_cursor, parse_cursor
from exsim.control.fields import EventKind, wait_time
from exsim.errors import Gone
from exsim.filters.lines import line_of
from exsim.model.amounts import format_amount
from exsim.model.bots import BOT
from exsim.model.journal import Entry, EntryKind
from exsim.model.messages import Description
from exsim.services.exchange import Exchange
from exsim.services.operations import views
from exsim.services.operations.causes import note_of
from exsim.services.operations.happenings import LONGEST, happened, operation_of
from exsim.services.operations.searching import view
from exsim.services.operations.waiting import wait_until
from exsim.services.operations.wanted import MESSAGES, Wanted, seen_of
from exsim.services.simulator import Handler, Simulator

AT_ONCE: Final = 5_000
"""Entries that are looked at before others have their turn."""
BEGINNING: Final = "0-0"
"""The cursor before the first entry of whatever epoch there is."""

_OUT: Final = int(EntryKind.OUT)
_PRICING: Final = (EntryKind.TIMER, EntryKind.COMMAND)
_NOTES: Final[tuple[EventKind, ...]] = ("rule", "fault", "hold", "phase", "bot")


class Found:
    """
    Events from a position on; ``behind`` while there is more to look at. ``position`` is the last
    entry looked at in ``epoch``.
    """

    def __init__(self, epoch: int, position: int) -> None:
        self.items: list[dr.Event] = []
        self.epoch = epoch
        self.position = position
        self.behind = False


async def wait_events(
    simulator: Simulator, arguments: ds.WaitEventsArguments, body: None
) -> dr.AwaitedEvents:
    """Wait until something happens that is asked for; then all that did, up to the limit."""
    if arguments.venue is not None:
        simulator.dispatcher.venue(arguments.venue)
    following = _Following(simulator, arguments)
    settled = simulator.turns.settled()
    if settled is not None and not simulator.turns.trouble:
        await settled
    found = await wait_until(
        simulator,
        wait_time(arguments.timeout),
        following.look,
        lambda found: bool(found.items),
        lambda found: found.behind,
    )
    cursor = format_cursor(found.epoch, found.position)
    return dr.AwaitedEvents(
        found.items, cursor if found.behind else None, cursor, bool(found.items)
    )


class _Following:
    """Looks at entries from a cursor on, and goes on where it stopped."""

    def __init__(self, simulator: Simulator, arguments: ds.WaitEventsArguments) -> None:
        self._simulator = simulator
        self._exchange = exchange = simulator.exchange
        self._kinds = frozenset(arguments.kind)
        self._limit = arguments.limit
        self._wanted = Wanted(exchange, arguments.filter, arguments.venue)
        self._whole = arguments.messages == "whole"
        self._filtered = arguments.filter is not None
        self._venue = arguments.venue
        self._found = self._begin(arguments.after)

    def _begin(self, after: str | None) -> Found:
        """Where to go on; after a cursor of an epoch before, a reset comes first."""
        journal = self._exchange.journal
        epoch = journal.epoch
        if after is None:
            return Found(epoch, journal.last)
        if after == BEGINNING:
            return Found(epoch, journal.first - 1)
        before, dash, _ = after.partition("-")
        if dash and before.isdigit() and int(before) < epoch:
            return Found(int(before), 0)
        position = parse_cursor(after, epoch)
        if position > journal.last:
            raise Gone(f"the cursor {after[:40]} is of entries that are not there (any more)")
        return Found(epoch, position)

    def look(self) -> Found:
        """All found so far."""
        found, journal = self._found, self._exchange.journal
        if self._simulator.turns.pending or found.items:
            return found  # what no disk has yet could still come to nothing
        if found.epoch != journal.epoch:
            found.epoch, found.position = journal.epoch, 0
            found.behind = True
            if not self._kinds or "reset" in self._kinds:
                found.items.append(_reset(journal.epoch, self._simulator.now()))
                return found
        if found.position < journal.first - 1:
            raise Gone("the journal no longer holds what comes after this cursor")
        found.behind, left = False, AT_ONCE
        for entry in journal.entries(found.position):
            if not left or len(found.items) == self._limit:
                found.behind = True
                break
            left -= 1
            found.position = entry.seq
            event = self._event(entry)
            if event is not None:
                found.items.append(event)
        return found

    def _event(self, entry: Entry) -> dr.Event | None:
        """What an entry tells, if that is asked for."""
        if entry.kind in MESSAGES:
            return self._message(entry)
        if self._filtered:
            return None
        if entry.kind == EntryKind.BOT:
            return self._bot(entry)
        return self._price(entry) or self._other(entry)

    def _message(self, entry: Entry) -> dr.Event | None:
        kinds = self._kinds
        if kinds and "message" not in kinds and "order" not in kinds:
            return None
        origin = self._wanted.origin(entry)
        if origin is None:
            return None
        seen = seen_of(entry, origin)
        about = order = _order_of(entry, seen.description)
        if kinds and "message" not in kinds and not order:
            return None
        line, message = line_of(seen), None
        if self._whole:
            message = view(self._exchange, entry, origin, seen.description)
        else:
            described = {"type": seen.description.type, "name": seen.description.name}
            about = {**order, **described, "direction": seen.direction}
        return dr.Event(
            event="order" if order else "message",
            id=format_cursor(self._exchange.journal.epoch, entry.seq),
            seq=entry.seq,
            time=views.time_text(entry.time),
            venue=origin.venue,
            session=entry.session,
            text=f"{line.who} {line.way} {line.text}",
            message=message,
            about=about,
        )

    def _price(self, entry: Entry) -> dr.Event | None:
        """What an entry made instruments worth, if that is asked for."""
        if "price" not in self._kinds or entry.kind not in _PRICING:
            return None
        given = operation_of(entry)[1] if entry.kind == EntryKind.COMMAND else {}
        name = entry.origin or given.get("venue") or ""
        venues = self._exchange.dispatcher.venues
        for venue in venues.values() if not name else filter(None, [venues.get(name)]):
            prices = venue.prices.changed_by(entry.seq)
            if prices and self._venue in (None, venue.name):
                told = {symbol: format_amount(price) for symbol, price in prices.items()}
                text = " ".join(f"{symbol}={price}" for symbol, price in told.items())
                return self._told("price", entry, venue.name, text[:LONGEST], {"prices": told})
        return None

    def _bot(self, entry: Entry) -> dr.Event | None:
        """What a bot asked for, if that is asked for."""
        origin = self._wanted.scope(entry) if "bot" in self._kinds else None
        if origin is None:
            return None
        told = origin.messages.describe(entry.session, entry.data)
        about = {"bot": entry.session.removeprefix(BOT), "request": told.name}
        about.update({field.name: field.value for field in told.fields})
        text = origin.messages.text(entry.session, entry.data)
        return self._told("bot", entry, origin.venue, f"{entry.session} {text}"[:LONGEST], about)

    def _other(self, entry: Entry) -> dr.Event | None:
        kind, about = _kind_of(entry)
        if kind is None or (self._kinds and kind not in self._kinds):
            return None
        venue = venue_of(self._exchange, entry, about)
        if self._venue is not None and venue not in ("", self._venue):
            return None
        if venue and entry.seq <= self._exchange.floors.get(venue, 0):
            return None
        return self._told(kind, entry, venue, happened(entry), about)

    def _told(
        self, kind: EventKind, entry: Entry, venue: str, text: str, about: dict[str, Any]
    ) -> dr.Event:
        return dr.Event(
            event=kind,
            id=format_cursor(self._exchange.journal.epoch, entry.seq),
            seq=entry.seq,
            time=views.time_text(entry.time),
            venue=venue,
            session=entry.session,
            text=text,
            message=None,
            about=about,
        )


def _reset(epoch: int, now: int) -> dr.Event:
    """A new epoch has begun: nothing of the one before is left."""
    return dr.Event(
        event="reset",
        id=format_cursor(epoch, 0),
        seq=0,
        time=views.time_text(now),
        venue="",
        session="",
        text=f"reset: epoch {epoch} begins",
        message=None,
        about={"epoch": epoch},
    )


def _kind_of(entry: Entry) -> tuple[EventKind | None, dict[str, Any]]:
    """What sort of event an entry that is no message makes, and its particulars."""
    if entry.kind == EntryKind.NOTE:
        note = note_of(entry)
        return next((kind for kind in _NOTES if kind in note), "note"), note
    if entry.kind == EntryKind.COMMAND:
        name, given = operation_of(entry)
        return "operation", {"operation": name, "given": given}
    if entry.kind == EntryKind.LINK:
        what, _, about = entry.data.decode("utf-8", "replace").partition(" ")
        number, _, more = about.partition(" ")
        if what in ("up", "down", "cut"):
            did = {"up": "connected", "down": "lost", "cut": "cut"}[what]
            key = "peer" if what == "up" else "why"
            return "session", {"did": did, "connection": int(number), key: more}
    return None, {}


def venue_of(exchange: Exchange, entry: Entry, about: dict[str, Any]) -> str:
    """The venue that an entry is of; empty for one that is of none, or of all."""
    origin = exchange.origins.get(entry.origin)
    if origin is not None:
        return origin.venue
    if entry.origin:
        return entry.origin
    venue = about.get("given", {}).get("venue")
    return venue if isinstance(venue, str) else ""


_REPORTED: Final = {
    "OrderID": "order_id",
    "ClOrdID": "cl_ord_id",
    "OrigClOrdID": "orig_cl_ord_id",
    "ExecType": "exec",
    "OrdStatus": "status",
    "Symbol": "symbol",
    "Side": "side",
    "OrderQty": "qty",
    "Price": "price",
    "LastQty": "last_qty",
    "LastShares": "last_qty",
    "LastPx": "last_px",
    "CumQty": "cum",
    "LeavesQty": "leaves",
    "AvgPx": "avg",
    "Text": "text",
}
"""What is told of an order, by the names of fields in any version."""


def _order_of(entry: Entry, described: Description) -> dict[str, Any]:
    """What a report tells of its order; nothing for other messages."""
    if entry.kind != _OUT or described.name != "ExecutionReport":
        return {}
    return {
        _REPORTED[field.name]: field.meaning or field.value
        for field in described.fields
        if field.name in _REPORTED
    }


HANDLERS: dict[str, Handler] = {"wait_events": wait_events}
