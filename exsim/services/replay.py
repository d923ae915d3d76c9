"""
A journal run again: every command, message and timer in an exchange without sockets.

The exchange writes its journal anew while it lives through the day once more, and every entry
that it writes has to be the one that the journal has: the same time, the same bytes, in the same
order. What the exchange sends goes nowhere.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from zope.interface import implementer

from exsim.errors import ExsimError, NotFound
from exsim.interfaces import IConnection, IJournal
from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question
from exsim.services.operations import venues
from exsim.services.operations.control import Control
from exsim.services.origins import Endpoint
from exsim.services.simulator import Simulator

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_GARBLED: Final = int(EntryKind.GARBLED)
_COMMAND: Final = int(EntryKind.COMMAND)
_LINK: Final = int(EntryKind.LINK)
_TIMER: Final = int(EntryKind.TIMER)
_STEP: Final = int(EntryKind.STEP)


class Difference:
    """
    Where the second run leaves the first: at entry ``seq`` the journal has ``written``, and the
    second run came to ``made``; None where one of them has nothing there. ``why`` says more.
    """

    def __init__(self, seq: int, written: Entry | None, made: Entry | None, why: str = "") -> None:
        self.seq = seq
        self.written = written
        self.made = made
        self.why = why

    def text(self) -> str:
        """In words."""
        written, made = _text(self.written), _text(self.made)
        why = f" ({self.why})" if self.why else ""
        return f"entry {self.seq:,} is {written}, and now it would be {made}{why}"


def _text(entry: Entry | None) -> str:
    if entry is None:
        return "nothing"
    names = " of ".join(name for name in (entry.session, entry.origin) if name)
    shown = entry.data.decode("utf-8", "backslashreplace").replace("\x01", "|")
    return f"{EntryKind(entry.kind).name} at {entry.time} {names}: {shown}"


@implementer(IJournal)
class Tape:
    """
    Stands in for the journal in the second run: compares what is appended with ``entries``.

    ``difference`` is the first there is. ``beyond`` is what comes after the last of ``entries``,
    where they end within a turn. ``digest`` is of all that was appended, if it is asked for.
    """

    def __init__(self, entries: Iterable[Entry], epoch: int, last: int, digest: bool) -> None:
        self.epoch = epoch
        self.complaint = ""
        self.last = last
        self.difference: Difference | None = None
        self.beyond: list[Entry] = []
        self._entries = iter(entries)
        self._ahead: deque[Entry] = deque()
        self._hash = hashlib.blake2b(digest_size=16) if digest else None

    @property
    def first(self) -> int:
        """Nothing is kept."""
        return self.last + 1

    @property
    def recent(self) -> int:
        """Nothing is kept."""
        return self.last + 1

    def peek(self, ahead: int = 0) -> Entry | None:
        """The entry that is to be made next, or one after that."""
        while len(self._ahead) <= ahead:
            entry = next(self._entries, None)
            if entry is None:
                return None
            self._ahead.append(entry)
        return self._ahead[ahead]

    def append(self, time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Compare an entry with the one that the journal has in its place."""
        self.last = seq = self.last + 1
        if self._hash is not None:
            names = (origin.encode(), session.encode())
            self._hash.update(b"%d %d %b %b %d\n" % (time, kind, *names, len(data)))
            self._hash.update(data)
        written = self._ahead.popleft() if self._ahead else next(self._entries, None)
        if written is None:
            self.beyond.append(Entry(seq, time, kind, origin, session, data))
        elif (
            written.data != data
            or written.time != time
            or written.kind != kind
            or written.session != session
            or written.origin != origin
            or written.seq != seq
        ) and self.difference is None:
            made = Entry(seq, time, kind, origin, session, data)
            self.difference = Difference(seq, written, made)
        return seq

    @property
    def digest(self) -> str:
        """Of all entries that were made, if it was asked for."""
        return "" if self._hash is None else self._hash.hexdigest()

    def entries(self, after: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def backward(self, before: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def search(self, question: Question, after: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def commit(self) -> None:
        """It is there already."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def clear(self) -> None:
        """A new epoch begins: whatever comes then is not of this journal."""
        self.epoch += 1
        self.last = 0


class Strange(ExsimError):
    """An entry that cannot be: of a connection or session that is not there, for one."""


class Replay:
    """
    Runs entries again in an exchange that is as it was before the first of them.

    ``count`` is how many inputs were run, ``current`` the last of them.
    """

    def __init__(
        self,
        simulator: Simulator,
        entries: Iterable[Entry],
        epoch: int,
        last: int,
        digest: bool = True,
    ) -> None:
        self.tape = Tape(entries, epoch, last, digest)
        self.count = 0
        self.current: Entry | None = None
        self._exchange = simulator.exchange
        self._simulator = simulator
        self._control = Control(simulator)
        self._lost: dict[int, tuple[Endpoint, IConnection]] = {}

    def run(self, until: int | None = None) -> Difference | None:
        """
        Run all entries, or those up to number ``until``; the first difference, if there is any.

        The exchange writes to the tape meanwhile, and has to be given a journal afterwards.
        """
        exchange, tape = self._exchange, self.tape
        exchange.write_to(tape)
        exchange.replaying = True
        for _, connection in exchange.connections.values():
            connection.replayed = True
        while (entry := tape.peek()) is not None and tape.difference is None:
            if until is not None and entry.seq > until:
                break
            self.current = entry
            self._run(entry)
            self.count += 1
            for connection in exchange.take_touched():
                connection.data_to_send()
        exchange.replaying = False
        for _, connection in exchange.connections.values():
            connection.replayed = False
        return tape.difference

    def _run(self, entry: Entry) -> None:
        """Do what an entry is of, and see that it is written."""
        last = self.tape.last
        try:
            self._apply(entry)
        except (Strange, NotFound) as error:
            if self.tape.difference is None:
                self.tape.difference = Difference(entry.seq, entry, None, str(error))
        if self.tape.last == last and self.tape.difference is None:
            self.tape.difference = Difference(entry.seq, entry, None)

    def _apply(self, entry: Entry) -> None:
        kind = entry.kind
        if kind in (_IN, _GARBLED):
            self._again(entry, self._connection_of(entry))
        elif kind == _TIMER:
            self._timer(entry)
        elif kind == _LINK:
            self._link(entry)
        elif kind == _COMMAND:
            self._control.again(entry.data, entry.time)
        elif kind == _STEP:
            self._step(entry)
        elif kind != _OUT:  # which nothing makes but what comes before it
            raise Strange(f"there is no kind {kind} of entry in this version")

    # -- connections

    def _again(self, entry: Entry, where: tuple[Endpoint, IConnection]) -> None:
        self._exchange.again(*where, entry.kind, entry.data, entry.time)

    def _connection_of(self, entry: Entry) -> tuple[Endpoint, IConnection]:
        endpoint = self._exchange.endpoint(entry.origin)
        session = endpoint.acceptor.sessions.get(entry.session)
        if session is None or session.connection is None:
            raise Strange(f"session {entry.session} is not logged on")
        return endpoint, session.connection

    def _numbered(self, word: str) -> tuple[Endpoint, IConnection]:
        number = int(word)
        where = self._exchange.connections.get(number) or self._lost.get(number)
        if where is None:
            raise Strange(f"there is no connection {number}")
        return where

    def _link(self, entry: Entry) -> None:
        what, number, *more = entry.data.decode().split(" ", 2)
        if what == "up":
            self._up(entry, more[0])
        elif what == "of":
            following = self.tape.peek(1)
            if following is None:
                raise Strange("nothing follows it")
            self._again(following, self._numbered(number))
        elif what == "cut":
            self._again(entry, self._numbered(number))
        else:
            where = self._numbered(number)
            self._lost = {int(number): where}
            self._exchange.lost(*where, entry.time)

    def _up(self, entry: Entry, peer: str) -> None:
        exchange = self._exchange
        endpoint = exchange.endpoint(entry.origin)
        if entry.session:
            exchange.initiated(endpoint, entry.session, peer, entry.time)
        else:
            exchange.connected(endpoint, peer, entry.time)

    # -- timers and steps

    def _timer(self, entry: Entry) -> None:
        what, _, number = entry.data.decode().partition(" ")
        if not number:
            self._exchange.run_first(self._exchange.dispatcher.venue(entry.origin), entry.time)
        elif what == "waiting":
            self._again(entry, self._numbered(number))
        else:
            self._exchange.deadline(*self._numbered(number), entry.time)

    def _step(self, entry: Entry) -> None:
        exchange, what = self._exchange, entry.data.decode()
        if what == "remove venue":
            venues.forget(self._simulator, entry.origin, entry.time)
        elif what == "remove" and entry.session:
            exchange.undo_session(entry.session, entry.time)
        elif what == "remove":
            exchange.remove_endpoint(entry.origin, entry.time)
        else:
            endpoint = exchange.endpoint(entry.origin)
            exchange.log_out(endpoint, what.partition(" ")[2], entry.time)
