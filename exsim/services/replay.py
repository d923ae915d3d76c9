"""
A journal run again: every command, message and timer in an exchange without sockets.

The exchange writes its journal anew while it lives through the day once more, and every entry
that it writes has to be the one that the journal has: the same time, the same bytes, in the same
order. What the exchange sends goes nowhere.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from exsim.dispatch.rerun import Lane, Rerun
from exsim.errors import ExsimError, NotFound
from exsim.faults.kinds import PROXY
from exsim.interfaces import IConnection, IJournal
from exsim.journal import Tape
from exsim.journal.columns import Columns, columns_of
from exsim.journal.tape import Difference
from exsim.model.journal import Entry, EntryKind
from exsim.services.large_pages import large
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
_DERIVED: Final = frozenset({_OUT, int(EntryKind.NOTE), int(EntryKind.BOT)})
"""What nothing makes but what comes before it."""
_EVER: Final = 2**62 - 1
_OF_VENUES: Final = frozenset({"prices", "bot"})
"""Timers of a venue whose data say more than what they are."""


@contextmanager
def without_collector() -> Iterator[None]:
    """
    Have no look of the garbage collector meanwhile: it would go through all that is made, again and
    again, and find nothing.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Strange(ExsimError):
    """An entry that cannot be: of a connection or session that is not there, for one."""


class Replay:
    """
    Runs entries again in an exchange that is as it was before the first of them.

    With ``state_only`` messages that were answered by a report are not looked at as closely as they
    were then: the state that they lead to is the same.
    """

    def __init__(
        self,
        simulator: Simulator,
        entries: Iterable[Entry] | Iterable[Columns],
        epoch: int,
        last: int,
        state_only: bool = False,
    ) -> None:
        self.tape = Tape(columns_of(entries), epoch, last, digest=not state_only)
        self._exchange = exchange = simulator.exchange
        self._simulator = simulator
        self._control = Control(simulator)
        self._lost: dict[int, tuple[Endpoint, IConnection]] = {}
        self._rerun = Rerun(
            exchange.dispatcher,
            self.tape,
            self._lane,
            self._run,
            exchange.send,
            exchange.noting,
            exchange.publishing.publishers,
            exchange.worked,
            self._flush,
            state_only,
        )

    @property
    def count(self) -> int:
        """How many inputs were run."""
        return self._rerun.count

    @property
    def current(self) -> Entry | None:
        """The last of them."""
        return self._rerun.current

    def run(self, until: int | None = None) -> Difference | None:
        """
        Run all entries, or those up to number ``until``; the first difference, if there is any.

        The exchange writes to the tape meanwhile, and has to be given a journal afterwards.
        """
        large()
        exchange = self._exchange
        exchange.write_to(IJournal(self.tape))
        exchange.replaying = True
        for _, connection in exchange.connections.values():
            connection.replayed = True
        self._rerun.run(_EVER if until is None else until)
        exchange.replaying = False
        for _, connection in exchange.connections.values():
            connection.replayed = False
        return self.tape.difference

    def _lane(self, name: str) -> Lane | None:
        """Where a session is, if it is there."""
        exchange = self._exchange
        if name not in exchange.sessions:
            return None
        endpoint, session = exchange.session(name)
        chain = exchange.chain_at(endpoint, name)
        return Lane(endpoint.settings.name, session, endpoint.venue, chain)

    def _flush(self) -> None:
        for connection in self._exchange.take_touched():
            connection.data_to_send()

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
        if entry.origin.startswith(PROXY):  # others said it: it is as it is
            self.tape.append(entry.time, kind, entry.origin, entry.session, entry.data)
        elif kind in (_IN, _GARBLED):
            self._again(entry, self._connection_of(entry))
        elif kind == _TIMER:
            self._timer(entry)
        elif kind == _LINK:
            self._link(entry)
        elif kind == _COMMAND:
            self._control.again(entry.data, entry.time)
        elif kind == _STEP:
            self._step(entry)
        elif kind not in _DERIVED:
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
        if not number or what in _OF_VENUES:
            self._exchange.run_first(self._exchange.dispatcher.venue(entry.origin), entry.time)
        elif what == "waiting":
            self._again(entry, self._numbered(number))
        else:
            self._exchange.deadline(*self._numbered(number), entry.time)

    def _step(self, entry: Entry) -> None:
        exchange, what = self._exchange, entry.data.decode()
        if what == "remove venue":
            venues.forget(self._simulator, entry.origin, entry.time)
        elif what == "begin day":
            exchange.days.begin_day(exchange.dispatcher.venue(entry.origin), entry.time)
        elif what == "begin prices":
            exchange.days.begin_prices(exchange.dispatcher.venue(entry.origin), entry.time)
        elif what == "begin bots":
            exchange.days.begin_bots(exchange.dispatcher.venue(entry.origin), entry.time)
        elif what.startswith("webhook "):
            _, play, outcome = what.split(" ", 2)
            exchange.answered(entry.origin, int(play), outcome.encode(), entry.time)
        elif what == "behind":
            exchange.behind(exchange.endpoint(entry.origin), entry.session, entry.time)
        elif what == "caught up":
            exchange.caught_up(exchange.endpoint(entry.origin), entry.session, entry.time)
        elif what == "remove" and entry.session:
            exchange.undo_session(entry.session, entry.time)
        elif what == "remove":
            exchange.remove_endpoint(entry.origin, entry.time)
        else:
            endpoint = exchange.endpoint(entry.origin)
            exchange.log_out(endpoint, what.partition(" ")[2], entry.time)
