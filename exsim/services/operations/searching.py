"""Looking for messages in the journal: forward and back, while others have their turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from exsim.control import session_results as sr
from exsim.filters.sieve import Sieve
from exsim.interfaces import IJournal
from exsim.model.journal import Entry, EntryKind
from exsim.model.messages import Description
from exsim.services.exchange import Exchange
from exsim.services.operations import views
from exsim.services.operations.causes import cause_of, caused_by
from exsim.services.operations.waiting import Slices
from exsim.services.operations.wanted import Wanted
from exsim.services.origins import Origin
from exsim.services.simulator import Simulator

_OUT = int(EntryKind.OUT)

MOST_LOOKED_AT = 20_000
"""Entries beyond what memory holds that one question looks at; the answer says where to go on."""
AT_ONCE = 1_000
"""Entries of memory that are looked at backward in one go: a millisecond or two at most."""
FAR_AT_ONCE = 100
"""The same of entries that may be read from a disk."""


class Search:
    """
    What is wanted after an entry, oldest first, of which a part is looked for at a time.

    ``items`` are those found so far, ``position`` is the last entry that was looked at, ``more``
    whether any follows, and ``left`` how many beyond what memory holds may yet be looked at.
    """

    def __init__(self, simulator: Simulator, wanted: Wanted, after: int) -> None:
        self.items: list[sr.Message] = []
        self.position = after
        self.more = True
        self.cut = False
        self.left = MOST_LOOKED_AT
        self._simulator = simulator
        self._wanted = wanted

    def again(self, limit: int) -> None:
        """Go on; where it was not for others' turn that it ended, with as many left as at first."""
        if not self.cut:
            self.left, self.more = MOST_LOOKED_AT, True
        self.go_on(limit)

    def go_on(self, limit: int) -> bool:
        """
        Look until so many have been found, none is left, or others are to have their turn; whether
        it is only for that: ``cut``.
        """
        journal, slices = self._simulator.exchange.journal, Slices(self._simulator)
        entries = journal.search(self._wanted.question, self.position)
        sieve = self._wanted.sieve()
        self.cut = False
        while batch := list(islice(entries, min(FAR_AT_ONCE, max(self.left, 1)))):
            if self._enough(limit):
                return False
            self._take(batch, limit, sieve)
            if self.position != batch[-1].seq:
                return False
            if slices.over:
                self.cut = True
                return True
        self.position = max(self.position, journal.last)
        self.more = False
        return False

    def _enough(self, limit: int) -> bool:
        return len(self.items) == limit or self.left <= 0

    def _take(self, batch: list[Entry], limit: int, sieve: Sieve) -> None:
        """Look at some in a row, until so many have been found."""
        exchange = self._simulator.exchange
        at = sieve.next(batch)
        while at < len(batch):
            entry = batch[at]
            origin = self._wanted.origin(entry)
            if origin is not None:
                self.items.append(view(exchange, entry, origin))
                if len(self.items) == limit:
                    break
            at = sieve.next(batch, at + 1)
        looked = batch[: at + 1]
        self.left -= sum(entry.seq < exchange.journal.recent for entry in looked)
        self.position = looked[-1].seq


async def search_back(
    simulator: Simulator, wanted: Wanted, limit: int, before: int
) -> tuple[list[sr.Message], int, bool]:
    """
    The last ``limit`` messages before an entry that are wanted, newest first; the last entry that
    was looked at; and whether there are any before that.
    """
    journal = simulator.exchange.journal
    sieve, slices = wanted.sieve(), Slices(simulator)
    items: list[sr.Message] = []
    for batch in _backward(journal, before):
        at = sieve.next(batch)
        while at < len(batch) and len(items) < limit:
            before = batch[at].seq
            origin = wanted.origin(batch[at])
            if origin is not None:
                items.append(view(simulator.exchange, batch[at], origin))
            await slices.rest()
            at = sieve.next(batch, at + 1)
        if len(items) == limit:
            break
        before = batch[-1].seq
        await slices.rest()
    return items, before, next(journal.backward(before), None) is not None


def _backward(journal: IJournal, before: int) -> Iterator[list[Entry]]:
    """The entries before one, newest first: those in memory, and so many beyond at most."""
    while batch := journal.newest(before, AT_ONCE):
        yield batch
        before = batch[-1].seq
    far = islice(journal.backward(before), MOST_LOOKED_AT)
    while batch := list(islice(far, FAR_AT_ONCE)):
        yield batch


def view(
    exchange: Exchange, entry: Entry, origin: Origin, described: Description | None = None
) -> sr.Message:
    """A message for people; ``described`` is given where it is known already."""
    if described is None:
        described = origin.messages.describe(entry.session, entry.data)
    near = entry.seq >= exchange.journal.recent  # else what is around it takes reading the disk
    return sr.Message(
        seq=entry.seq,
        time=views.time_text(entry.time),
        venue=origin.venue,
        session=entry.session,
        direction="out" if entry.kind == _OUT else "in",
        type=described.type,
        name=described.name,
        text=origin.messages.text(entry.session, entry.data),
        raw=origin.messages.masked(entry.session, entry.data),
        fields=views.fields(described),
        cause=cause_of(exchange, entry) if near else None,
        caused=caused_by(exchange, entry) if near else None,
    )
