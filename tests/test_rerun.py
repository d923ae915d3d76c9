"""Running a journal again for its state alone comes to what running it in full comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import Entry, EntryKind
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.endpoints import PeerFactory
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture
from exsim.wire.fix import encode as fix_message
from exsim.wire.fix import utc_timestamp
from tests.amount import amount
from tests.random_day import Day, settings
from tests.simulator import MemorySimulator

ONCE: Any = {"derandomize": True, "deadline": None, "phases": (Phase.generate,)}
"""For properties: a day that fails is not made smaller, which would take too long."""
OUT = EntryKind.OUT


class Counted:
    """Counts what was taken in, and what was sent, without looking at it closely."""

    def __init__(self, replay: Replay) -> None:
        self.recalled = self.told = 0
        rerun = replay._rerun  # its parts are what is asked about here
        find = rerun._find

        def lane(name: str) -> Any:
            found: Any = find(name)
            if found is not None:
                found.session, found.quick = Watched(found.session, self), None
            return found

        rerun._find = lane


class Watched:
    """A session that is asked by way of this."""

    def __init__(self, session: Any, counted: Counted) -> None:
        self._session = session
        self._counted = counted

    @property
    def connection(self) -> Any:
        """Its connection, by way of this too."""
        connection = self._session.connection
        return None if connection is None else WatchedConnection(connection, self._counted)

    def sent_so(self, *arguments: Any) -> bool:
        """See :class:`Counted`."""
        found: bool = self._session.sent_so(*arguments)
        self._counted.told += found
        return found


class WatchedConnection:
    """A connection of one."""

    def __init__(self, connection: Any, counted: Counted) -> None:
        self._connection = connection
        self._counted = counted

    def recall(self, *arguments: Any) -> Any:
        """See :class:`Counted`."""
        found = self._connection.recall(*arguments)
        self._counted.recalled += found is not None
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class RerunCase(SynchronousTestCase):
    """Has days to run again."""

    def setUp(self) -> None:
        """The settings."""
        self.settings = settings(self.mktemp())

    def run_again(self, entries: list[Entry], state_only: bool, **other: Any) -> tuple[Any, Replay]:
        """Run entries again; what the simulator is then."""
        simulator = inert(replace(self.settings, **other), Catalogue())
        replay = Replay(simulator, entries, 1, 0, state_only=state_only)
        self.counted = Counted(replay)
        replay.run()
        self.flushLoggedErrors()
        return decode(encode(capture(simulator))), replay


class RandomDayTests(RerunCase):
    """Whatever happened, and wherever the journal ends."""

    @profile(max_examples=amount(1, 12), **ONCE)
    @given(st.integers(0, 10**6), st.integers(1, 400))
    def test_the_same_state(self, seed: int, left_out: int) -> None:
        """All of it: books, orders, numbers, what may be asked for again, connections."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = Day(memory, seed)
        day.live(400)
        day.end()
        lived = decode(encode(capture(memory.simulator)))
        entries = list(memory.exchange.journal.entries(0))
        self.flushLoggedErrors()
        quick, replay = self.run_again(entries, True)
        self.assertIsNone(replay.tape.difference)
        self.assertGreater(self.counted.recalled, 10)
        self.assertGreater(self.counted.told, 20)
        self.assertEqual(quick, lived)
        self.assertEqual(replay.tape.last, memory.exchange.journal.last)
        slow, replay = self.run_again(entries, False)
        self.assertEqual(self.counted.recalled, 0)
        self.assertEqual(slow, quick)
        ended = entries[:-left_out]
        quick, replay = self.run_again(ended, True)
        slow, other = self.run_again(ended, False)
        self.assertEqual(quick, slow)
        self.assertEqual(
            [each.data for each in replay.tape.beyond], [each.data for each in other.tape.beyond]
        )


class Conversation:
    """One counterparty of an exchange in memory, that writes what it wants."""

    def __init__(self, configuration: Settings, name: str = "P1", endpoint: str = "oe") -> None:
        self.memory = MemorySimulator(configuration, Catalogue())
        self.name = name
        self.target = "YSIM" if endpoint == "other" else "XSIM"
        self.seq = 1
        peer = PeerFactory(self.memory.service(endpoint)).buildProtocol(None)
        assert peer is not None
        self.peer = peer
        self.peer.makeConnection(StringTransport())
        self.say("A", "98=0|108=30|")

    def say(self, msg_type: str, body: str, seq: int = 0, header: str = "") -> None:
        """A message."""
        now = utc_timestamp(self.memory.now(), 3).decode()
        number = seq or self.seq
        head = f"35={msg_type}|34={number}|49={self.name}|52={now}|56={self.target}|{header}"
        self.seq = number + 1
        data = fix_message(b"FIX.4.2", (head + body).replace("|", "\x01").encode())
        self.peer.dataReceived(data)

    def order(self, cl_ord_id: str, more: str = "", **where: Any) -> None:
        """An order that rests."""
        now = utc_timestamp(self.memory.now(), 3).decode()
        body = f"11={cl_ord_id}|21=1|55=AAA|54=1|60={now}|38=10|40=2|44=99|59=0|{more}"
        self.say("D", body, **where)

    @property
    def entries(self) -> list[Entry]:
        """The journal."""
        return list(self.memory.exchange.journal.entries(0))


class WhatIsTakenTests(RerunCase):
    """Which messages are taken in without a close look, and which are not."""

    def recalled(self, talk: Conversation) -> int:
        """How many of a conversation; its state has to be right, of course."""
        lived = decode(encode(capture(talk.memory.simulator)))
        state, replay = self.run_again(talk.entries, True)
        self.assertIsNone(replay.tape.difference)
        self.assertEqual(state, lived)
        return self.counted.recalled

    def test_answered_by_a_report(self) -> None:
        """Orders that were taken or refused, and what was asked for then."""
        talk = Conversation(self.settings)
        talk.order("1")
        talk.order("1")  # a duplicate
        talk.say("F", "11=2|41=1|54=1|55=AAA|60=20240102-03:04:05|")
        talk.say("F", "11=3|41=1|54=1|55=AAA|60=20240102-03:04:05|")  # too late
        talk.say("H", "11=1|54=1|55=AAA|")
        self.assertEqual(self.recalled(talk), 5)
        self.assertEqual(self.counted.told, 5)

    def test_rejected(self) -> None:
        """Messages that were wrong, or had no report for an answer."""
        talk = Conversation(self.settings)
        talk.order("1", "9999999=x|")  # rejected, or not: as the dictionary has it
        talk.order("", "")
        talk.say("D", "11=2|")
        talk.say("R", "131=1|")
        talk.order("3", "1=HOLD|")
        talk.order("4", "1=SLOW|")
        talk.say("0", "")
        talk.say("1", "112=x|")
        before = self.recalled(talk)
        talk.order("5")
        self.assertEqual(self.recalled(talk), before + 1)

    def test_out_of_order(self) -> None:
        """What came after a gap, or once more; the gap being filled."""
        talk = Conversation(self.settings)
        talk.order("1", seq=4)
        self.assertEqual(self.recalled(talk), 0)
        talk.order("2", seq=2)
        talk.order("3", seq=3)
        talk.order("3", seq=3, header="43=Y|122=19700101-00:00:00|")
        self.assertEqual(self.recalled(talk), 0)
        talk.order("5", seq=5)
        self.assertEqual(self.recalled(talk), 1)
        talk.order("6", seq=6, header="43=Y|122=19700101-00:00:00|")
        self.assertEqual(self.recalled(talk), 1)

    def test_throttled(self) -> None:
        """Where messages are counted they are looked at closely: the count is state, too."""
        talk = Conversation(self.settings, "Q7", "queue")
        for number in range(6):
            talk.order(str(number))
        self.assertEqual(self.recalled(talk), 0)
        self.assertGreater(self.counted.told, 0)

    def test_while_resending(self) -> None:
        """What is sent while a resend is under way waits behind it, then as now."""
        talk = Conversation(self.settings, "O7", "other")
        for number in range(150):
            talk.order(str(number))
        talk.say("2", "7=1|16=0|")
        talk.order("x")
        (connection,) = decode(encode(capture(talk.memory.simulator)))["connections"]
        self.assertEqual(len(connection[1]["machine"]["output"][3]), 2)
        self.assertEqual(self.recalled(talk), 151)
        self.assertEqual(self.counted.told, 151)

    def test_who_is_sent_to(self) -> None:
        """A message counts as sent where it would be sent: not when nobody is logged on."""
        talk = Conversation(self.settings)
        machine: Any = talk.memory.exchange.sessions["P1"]
        machine = machine.machine
        now, body = talk.memory.now(), b"58=x\x01"
        for seq in (2, 3):
            raw = machine.header.build(b"8", seq, now, b"", body)
            self.assertFalse(machine.sent_so(raw, b"8", b"58=y\x01", now))
            self.assertTrue(machine.sent_so(raw, b"8", body, now))
            self.assertFalse(machine.sent_so(raw, b"8", body, now))
            self.assertEqual((machine.next_out, machine.sent.get(seq)), (seq + 1, raw))
        raw = machine.header.build(b"8", 5, now, b"", body)
        machine.logout("", now)
        self.assertFalse(machine.sent_so(raw, b"8", body, now))
        raw = machine.header.build(b"8", 5, now, b"", body)
        machine.disconnect(now)
        self.assertFalse(machine.sent_so(raw, b"8", body, now))
        self.assertEqual(machine.next_out, 5)


class WhatIsFoundTests(RerunCase):
    """Differences that have to be found in spite of the haste."""

    def setUp(self) -> None:
        """A day with a few orders."""
        super().setUp()
        talk = Conversation(self.settings)
        for number in range(6):
            talk.order(str(number))
        self.entries = talk.entries
        self.reports = [each.seq for each in self.entries if each.kind == OUT][1:]

    def found(self, entries: list[Entry], **other: Any) -> int:
        """The number of the entry that differs."""
        _, replay = self.run_again(entries, True, **other)
        assert replay.tape.difference is not None
        return replay.tape.difference.seq

    def changed(self, seq: int, **values: Any) -> list[Entry]:
        """The entries with one that is another."""
        old = self.entries[seq - 1]
        names = ("seq", "time", "kind", "origin", "session", "data")
        given = {name: getattr(old, name) for name in names} | values
        return [*self.entries[: seq - 1], Entry(**given), *self.entries[seq:]]

    def test_any_byte_of_a_report(self) -> None:
        """Each of them counts."""
        seq = self.reports[2]
        data = self.entries[seq - 1].data
        for at in range(0, len(data), amount(5, 1)):
            other = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
            self.assertIn(self.found(self.changed(seq, data=other)), (seq - 1, seq), at)

    def test_a_number_received(self) -> None:
        """A message whose number is not the next is not one that was answered by a report."""
        seq = self.reports[2] - 1
        data = self.entries[seq - 1].data
        self.assertIn(b"\x0134=4\x01", data)
        for other in (b"\x0134=9\x01", b"\x0134=1\x01"):
            changed = self.changed(seq, data=data.replace(b"\x0134=4\x01", other))
            self.assertEqual(self.found(changed), seq + 1)

    def test_names_and_time(self) -> None:
        """So do its time, and whose it is."""
        seq = self.reports[2]
        for values in ({"time": 5}, {"session": "P2"}, {"origin": "other"}, {"kind": 1}):
            self.assertEqual(self.found(self.changed(seq, **values)), seq, values)

    def test_one_missing(self) -> None:
        """A report that is not there, or is there twice."""
        seq = self.reports[2]
        fewer = [*self.entries[: seq - 1], *self.entries[seq:]]
        again = [*self.entries[:seq], self.entries[seq - 1], *self.entries[seq:]]
        for number, each in enumerate(fewer, 1):
            each.seq = number
        self.assertEqual(self.found(fewer), seq)
        for number, each in enumerate(again, 1):
            each.seq = number
        self.assertIn(self.found(again), (seq, seq + 1))

    def test_another_configuration(self) -> None:
        """Orders that would be refused now."""
        (xsim, *others) = self.settings.venues
        venues = (replace(xsim, max_orders=3), *others)
        self.assertEqual(self.found(self.entries, venues=venues), self.reports[3])
