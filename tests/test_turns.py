"""Turns end in order: the journal, then what leaves, then who waits; and how an outlet writes."""

from __future__ import annotations

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.noting import Noting
from exsim.dispatch.passage import Passage, Place
from exsim.dispatch.turns import UNSET, Outlet, Turns
from exsim.interfaces import IConnection, IJournal, IUneven
from exsim.journal import MemoryJournal
from exsim.model.events import Event, Outgoing


class Connection:
    """Has bytes to send, and perhaps a deadline."""

    def __init__(self, data: bytes = b"", due: int | None = None) -> None:
        self.data = data
        self.due = due
        self.closing = False
        self.uneven = False

    def data_to_send(self) -> bytes:
        """See :class:`IConnection`."""
        data, self.data = self.data, b""
        return data

    def next_deadline(self) -> int | None:
        """See :class:`IConnection`."""
        return self.due


class Holder:
    """Notes what it is asked for."""

    def __init__(self, room: bool = True) -> None:
        self.asked: list[object] = []
        self.room = room

    def pause(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append("pause")

    def go_on(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append("go on")

    def cut(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append("cut")

    def leave(self, rest: bytes) -> bool:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append(rest)
        return self.room

    def flush_unevenly(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append("unevenly")

    def close(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append("close")

    def wake_at(self, due: int) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        self.asked.append(due)


class Wire:
    """A socket that takes at most so many bytes; less than none: it is broken."""

    def __init__(self, takes: int) -> None:
        self.takes = takes
        self.taken = b""

    def send(self, data: bytes) -> int:
        """See :meth:`socket.socket.send`."""
        if self.takes < 0:
            raise BlockingIOError
        self.taken += data[: self.takes]
        return min(self.takes, len(data))


class OutletTests(SynchronousTestCase):
    """What leaves by an outlet."""

    def flushed(self, connection: Connection, takes: int | None, room: bool = True) -> Outlet:
        """An outlet that was flushed, with a socket that takes so much, or none at all."""
        self.holder, self.wire = Holder(room), Wire(-1 if takes is None else takes)
        send = None if takes is None else self.wire.send
        made = cast(IConnection, connection)
        outlet = Outlet(made, cast(IUneven, connection), self.holder, send)
        outlet.flush()
        return outlet

    def test_taken(self) -> None:
        """What the socket takes at once asks for nothing else."""
        self.flushed(Connection(b"abc"), 10)
        self.assertEqual((self.wire.taken, self.holder.asked), (b"abc", []))

    def test_rest(self) -> None:
        """What it does not take is left to the transport, all of it where it takes nothing."""
        for takes, rest in ((2, b"c"), (0, b"abc"), (-1, b"abc"), (None, b"abc")):
            self.flushed(Connection(b"abc"), takes)
            self.assertEqual(self.holder.asked, [rest], takes)

    def test_cut_off(self) -> None:
        """One that is cut off there is neither closed once more nor waited for."""
        connection = Connection(b"abc", due=5)
        connection.closing = True
        self.flushed(connection, None, room=False)
        self.assertEqual(self.holder.asked, [b"abc"])

    def test_closing(self) -> None:
        """It is closed after what was to be written, and not before."""
        connection = Connection(b"abc", due=5)
        connection.closing = True
        self.flushed(connection, 3)
        self.assertEqual((self.wire.taken, self.holder.asked), (b"abc", ["close"]))

    def test_deadline(self) -> None:
        """A timer is asked for where none is that early."""
        connection = Connection(due=5)
        outlet = self.flushed(connection, 3)
        self.assertEqual((self.holder.asked, outlet.wake_due), ([5], UNSET))
        for set_for, asked in ((5, []), (6, [5]), (4, [])):
            self.holder.asked.clear()
            outlet.wake_due = set_for
            outlet.flush()
            self.assertEqual(self.holder.asked, asked, set_for)
        connection.due, outlet.wake_due = None, UNSET
        outlet.flush()
        self.assertEqual(self.holder.asked, [])

    def test_uneven(self) -> None:
        """What has marks, or comes after such, is not sent straight away."""
        connection = Connection(b"abc")
        connection.uneven = True
        outlet = self.flushed(connection, 10)
        connection.uneven, outlet.uneven = False, True
        outlet.flush()
        self.assertEqual((self.wire.taken, self.holder.asked), (b"", ["unevenly", "unevenly"]))

    def test_socket(self) -> None:
        """What the turns ask of a socket is asked of who holds it."""
        outlet = self.flushed(Connection(), 10)
        outlet.pause()
        outlet.go_on()
        outlet.cut()
        self.assertEqual(self.holder.asked, ["pause", "go on", "cut"])


class Session:
    """Notes the events that it is sent."""

    connection = None

    def __init__(self) -> None:
        self.sent: list[Event] = []

    def send(self, event: Event, now: int) -> None:
        """See :class:`ISession`."""
        self.sent.append(event)


class At:
    """An endpoint with one session, S; and its acceptor."""

    def __init__(self) -> None:
        self.session = Session()
        self.sessions = {"S": self.session}
        self.acceptor = self


class TurnsTests(SynchronousTestCase):
    """In which order a turn ends."""

    def setUp(self) -> None:
        """Turns that note what happens; the test keeps them."""
        self.asked: list[object] = []
        self.fault: OSError | None = None
        self.due: int | None = None
        self.time = 0
        dispatcher = Dispatcher(IJournal(MemoryJournal(10)), self.unasked)
        noting, unasked = Noting(dispatcher), self.unasked
        self.passage = Passage(dispatcher, noting, {}, {}, unasked, unasked, unasked)

    def turns(self, grouped: bool = False) -> Turns:
        """The turns, whose keeper is the test."""
        return Turns(self, self.passage, self.commit, lambda: self.due, self.clock, grouped)

    def unasked(self, *_arguments: object) -> None:
        """What is not asked for here."""
        raise NotImplementedError

    def clock(self) -> int:
        """Each look is a nanosecond later."""
        self.time += 1
        return self.time

    def commit(self) -> None:
        """See :class:`Turns`."""
        if self.fault is not None:
            raise self.fault
        self.asked.append("journal")

    def end_later(self) -> None:
        """See :class:`exsim.dispatch.turns.Keeper`."""
        self.asked.append("later")

    def stop_for(self, error: OSError) -> None:
        """See :class:`exsim.dispatch.turns.Keeper`."""
        self.asked.append(error)

    def go_on(self) -> None:
        """See :class:`exsim.dispatch.turns.Keeper`, and :class:`exsim.dispatch.turns.Socket`."""
        self.asked.append("on")

    def wake_at(self, due: int) -> None:
        """See :class:`exsim.dispatch.turns.Keeper`."""
        self.asked.append(due)

    def tell(self) -> None:
        """See :class:`exsim.dispatch.turns.Keeper`."""
        self.asked.append("told")

    def flush(self) -> None:
        """See :class:`exsim.dispatch.turns.Socket`."""
        self.asked.append("flush")

    def pause(self) -> None:
        """See :class:`exsim.dispatch.turns.Socket`."""

    def cut(self) -> None:
        """See :class:`exsim.dispatch.turns.Socket`."""

    def touch(self, turns: Turns) -> None:
        """Two connections have something to write, of which one has a socket."""
        here, gone = (cast(IConnection, Connection()) for _ in range(2))
        turns.sockets[here] = self
        self.passage.touched.update({gone: None, here: None})

    def test_order(self) -> None:
        """The journal is first; those who wait are last."""
        turns = self.turns()
        self.touch(turns)
        self.due, turns.waited = 7, True
        turns.over()
        self.assertEqual(self.asked, ["journal", "flush", 7, "told"])
        self.assertEqual(self.passage.touched, {})

    def test_grouped(self) -> None:
        """The end is asked for once; then it is known how long each read took."""
        turns = self.turns(grouped=True)
        for begun in (10, 20):
            turns.over(begun)
        self.assertEqual((self.asked, turns.took.total), (["later"], 0))
        self.time = 99
        turns.end()
        self.assertEqual((self.asked, turns.took.total), (["later", "journal"], 90 + 80))
        turns.over()
        self.assertEqual(self.asked, ["later", "journal", "later"])
        turns.end()
        self.assertEqual(turns.took.total, 90 + 80)

    def test_trouble(self) -> None:
        """Where the journal cannot be written nothing leaves, until it is tried again."""
        turns = self.turns()
        self.touch(turns)
        self.fault = OSError("full")
        turns.over()
        turns.over()
        self.assertEqual(self.asked, [self.fault])
        self.fault, turns.trouble = None, "full"
        turns.end()
        self.assertEqual(self.asked[1:], ["journal", "on", "flush"])

    def test_places(self) -> None:
        """An event goes to the session that there is, also where another of its name was before."""
        places: dict[str, Place] = {}
        dispatcher = Dispatcher(IJournal(MemoryJournal(10)), self.unasked)
        noting, unasked = Noting(dispatcher), self.unasked
        passage = Passage(dispatcher, noting, places, {}, unasked, unasked, unasked)
        event, found = Outgoing("S", ()), [At() for _ in range(2)]
        for at in found:
            places["orders"] = cast(Place, at)
            passage.places_changed()
            for now in (1, 2):
                passage.send(event, now)
        self.assertEqual([at.session.sent for at in found], [[event, event], [event, event]])
