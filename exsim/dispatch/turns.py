"""
Turns: what was read at once is worked through, the journal is written, and what came of it leaves.

It is the way of every read, so it is compiled. Timers, and who waits, are with
:class:`exsim.services.dispatcher.DispatcherService`; what is not sent straight to a socket is with
:class:`exsim.services.peer.Peer`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from exsim.dispatch.passage import Passage, Place
from exsim.interfaces import IConnection, IUneven
from exsim.model.durations import Durations
from exsim.sessions.quick import QuickConnection, quick_connection

SLOW_TURN = 100_000_000
"""Nanoseconds: a turn that takes so long holds everybody up, and the log says whose it was."""
UNSET = 2**62
"""When a timer is due that is not set."""


class Socket(Protocol):
    """What has a connection's socket."""

    def flush(self) -> None:
        """Write what the connection has for the counterparty; close when it says so."""

    def pause(self) -> None:
        """Read no more for now."""

    def go_on(self) -> None:
        """Read again."""

    def cut(self) -> None:
        """Close now, whatever is still to be written."""


class Keeper(Protocol):
    """Who keeps the turns: has timers, and a log."""

    def end_later(self) -> None:
        """Call :meth:`Turns.end` once this pass of the reactor is over."""

    def stop_for(self, error: OSError) -> None:
        """The journal cannot be written: call :meth:`Turns.end` again after a while."""

    def go_on(self) -> None:
        """The journal can be written again."""

    def wake_at(self, due: int) -> None:
        """See that what is due then is done."""

    def tell(self) -> None:
        """Tell those who wait that a turn has ended."""


class Turns:
    """
    Ends every turn: the journal is written, and then what came of it, once for each connection;
    then it is seen to what falls due next, and to those who wait.

    ``sockets`` are by connection. With ``grouped`` all turns of one pass of the reactor end
    together. ``ending``: the end of the turn is for later. ``trouble`` says why the journal cannot
    be written; ``wake_due`` is when the keeper's timer is due, ``waited`` whether anybody waits.
    ``took`` are the times from reads to the ends of their turns.

    :param commit: writes the journal, or raises OSError.
    :param next_due: when something is due; None: nothing is.
    :param clock: nanoseconds since 1970 UTC.
    """

    __slots__ = (
        "_begun",
        "_clock",
        "_commit",
        "_keeper",
        "_next_due",
        "_passage",
        "ending",
        "grouped",
        "sockets",
        "took",
        "trouble",
        "waited",
        "wake_due",
    )

    def __init__(
        self,
        keeper: Keeper,
        passage: Passage,
        commit: Callable[[], None],
        next_due: Callable[[], int | None],
        clock: Callable[[], int],
        grouped: bool,
    ) -> None:
        self.grouped = grouped
        self.ending = False
        self.trouble = ""
        self.waited = False
        self.wake_due = UNSET
        self.took = Durations()
        self.sockets: dict[IConnection, Socket] = {}
        self._begun: list[int] = []  # when each read of a grouped turn came
        self._keeper = keeper
        self._passage = passage
        self._commit = commit
        self._next_due = next_due
        self._clock = clock

    def read(self, place: Place, connection: IConnection, data: bytes) -> int:
        """One read is one turn; how long it took, in nanoseconds."""
        begun = self._clock()
        self._passage.received(place, connection, data, begun)
        self.over(begun)
        took = self._clock() - begun
        if not self.grouped:  # else it is known at the end of the group
            self.took.add(took)
        return took

    def over(self, begun: int = 0) -> None:
        """
        The turn ends: now, or with others at the end of this pass of the reactor.

        ``begun`` is when the bytes of a read came, for ``took``.
        """
        if self.grouped and begun:
            self._begun.append(begun)
        if self.ending:
            return
        if self.grouped:
            self.ending = True
            self._keeper.end_later()
        else:
            self.end()

    def end(self) -> None:
        """Write the journal, then what this turn left in connections; look at what comes next."""
        self.ending = False
        try:
            self._commit()
        except OSError as error:
            self.ending = True
            self._keeper.stop_for(error)
            return
        if self.trouble:
            self._keeper.go_on()
        for connection in self._passage.take_touched():
            socket = self.sockets.get(connection)
            if socket is None:
                continue
            if isinstance(socket, Outlet):
                socket.flush()
            else:
                socket.flush()
        if self._begun:
            ended = self._clock()
            for begun in self._begun:
                self.took.add(ended - begun)
            self._begun.clear()
        self.look_ahead()
        if self.waited:
            self._keeper.tell()

    def look_ahead(self) -> None:
        """Have a timer set for what falls due next, if none is that early."""
        due = self._next_due()
        if due is not None and due < self.wake_due:
            self._keeper.wake_at(due)


class Holder(Protocol):
    """Who has the socket's transport, and a log."""

    def pause(self) -> None:
        """Read no more for now."""

    def go_on(self) -> None:
        """Read again."""

    def cut(self) -> None:
        """Close now, whatever is still to be written."""

    def leave(self, rest: bytes) -> bool:
        """The socket did not take these: they are written when it does. False: it was cut off."""

    def flush_unevenly(self) -> None:
        """Write what has marks for the socket, or comes after such."""

    def close(self) -> None:
        """All is on its way, and nothing will follow."""

    def wake_at(self, due: int) -> None:
        """See that the connection is told when its deadline comes."""


class Outlet:
    """
    Where the bytes of one connection leave: the :class:`Socket` that the turns know.

    ``send`` hands them to the socket, which may take a part; None where they cannot go straight
    there. ``uneven``: what was written with marks is not all on its way yet. ``wake_due`` is when
    the timer for the connection's deadline is due.
    """

    __slots__ = ("_connection", "_holder", "_marks", "_quick", "send", "uneven", "wake_due")

    def __init__(
        self,
        connection: IConnection,
        marks: IUneven | None,
        holder: Holder,
        send: Callable[[bytes], int] | None,
    ) -> None:
        self.send = send
        self.uneven = False
        self.wake_due = UNSET
        self._connection = connection
        self._quick: QuickConnection | None = quick_connection(connection)
        self._marks = marks
        self._holder = holder

    def pause(self) -> None:
        """Read no more for now."""
        self._holder.pause()

    def go_on(self) -> None:
        """Read again."""
        self._holder.go_on()

    def cut(self) -> None:
        """Close now, whatever is still to be written."""
        self._holder.cut()

    def flush(self) -> None:
        """Write what the connection has for the counterparty; close when it says so."""
        quick, marks = self._quick, self._marks
        if quick is not None:
            uneven = quick.uneven
        else:
            uneven = marks is not None and marks.uneven
        if uneven or self.uneven:
            self._holder.flush_unevenly()
            return
        data = self._connection.data_to_send() if quick is None else quick.data_to_send()
        if not data or self.write(data):
            self.written()

    def write(self, data: bytes) -> bool:
        """Send what the socket takes, and leave the rest to the transport. False: it was cut."""
        sent = 0
        if self.send is not None:
            try:
                sent = self.send(data)
            except OSError:  # full; or lost, which the reactor will meet
                sent = 0
        return sent == len(data) or self._holder.leave(data[sent:])

    def written(self) -> None:
        """All that there was is on its way: close when the connection says so."""
        quick = self._quick
        if self._connection.closing if quick is None else quick.closing:
            self._holder.close()
        else:
            self.look_ahead()

    def look_ahead(self) -> None:
        """Have a timer set for the connection's deadline, if none is that early."""
        quick = self._quick
        due = self._connection.next_deadline() if quick is None else quick.next_deadline()
        if due is not None and due < self.wake_due:
            self._holder.wake_at(due)
