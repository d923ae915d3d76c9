"""
Two session machines, one that logs on and one that is logged on to, over a link that loses things.

The link keeps the order of what it carries, but may lose whole messages, may break in the middle
of one, and may break so that only one side notices. However it behaves, every message that one
side sends reaches the other's application: once, in order, or flagged as a possible duplicate.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase

from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_kept import MOST_KEPT
from exsim.sessions.fix_session import FixSession, State
from exsim.wire.fix import FixMessage
from tests.amount import amount
from tests.fix_conversation import SECOND, START, rules

OFTEN: Final = st.sampled_from((True, True, True, False))
VERSIONS: Final = ("FIX.4.0", "FIX.4.2", "FIX.4.4", "FIXT.1.1")


class Side:
    """One machine, its socket, and what its application was given and has sent."""

    def __init__(self, version: str, initiates: bool, next_expected: bool, size: int) -> None:
        ours, theirs = ("CLIENT", "XSIM") if initiates else ("XSIM", "CLIENT")
        self.rules = rules(
            comp_id=ours,
            sender_comp_id=theirs,
            begin_string=version,
            initiates=initiates,
            next_expected=next_expected,
            resend_size=size,
            heartbeat=20,
        )
        self.session = FixSession("us", self.rules, lambda time, kind, name, data: 0)
        self.connection: FixConnection | None = None
        self.sent: list[bytes] = []
        self.given: list[tuple[bytes, bool]] = []  # what, and whether it may be a duplicate

    def find(
        self, begin_string: bytes, sender: bytes, target: bytes, message: FixMessage
    ) -> FixSession | None:
        """The session, for the counterparty."""
        return self.session

    def connect(self, now: int) -> None:
        """A socket to the other side."""
        machine = FixConnection(self, self.rules, "", lambda time, kind, name, data: 0, now)
        if self.rules.initiates:
            machine.initiate(self.session, now)
        self.connection = machine

    def lost(self, now: int) -> None:
        """The socket is gone."""
        if self.connection is not None:
            self.connection.lost(now)
            self.connection = None

    def send(self, now: int) -> None:
        """The application says something new."""
        text = b"%d" % len(self.sent)
        self.sent.append(text)
        self.session.send(b"B", b"148=%b\x01" % text, now)

    def receive(self, data: bytes, now: int) -> None:
        """Bytes came."""
        if self.connection is None:
            return
        self.connection.receive(data, now)
        while (message := self.connection.next_message(now)) is not None:
            self.given.append((message.fields[b"148"], message.fields.get(b"43") == b"Y"))


class Link(RuleBasedStateMachine):
    """The link between both, with bytes under way in either direction."""

    version = "FIX.4.4"
    next_expected = False
    size = 100_000

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.client = Side(self.version, True, self.next_expected, self.size)
        self.server = Side(self.version, False, self.next_expected, self.size)
        self.sides = (self.client, self.server)
        self.doomed: set[tuple[int, bytes]] = set()
        self.under_way: dict[Side, deque[bytes]] = {side: deque() for side in self.sides}

    # -- what may happen

    @initialize()
    def begin(self) -> None:
        """It begins with both logged on."""
        self.connect()
        self.deliver_all()

    @rule()
    def connect_again(self) -> None:
        """The client connects if it is not, and all goes well at first."""
        self.begin()

    @rule(side=st.integers(0, 1), count=st.integers(1, 5))
    def send(self, side: int, count: int) -> None:
        """An application says something."""
        for _ in range(count):
            self.sides[side].send(self.now)
        self.collect()

    @rule(side=st.integers(0, 1), count=st.integers(1, 10))
    def deliver(self, side: int, count: int) -> None:
        """Some of what is under way to a side gets there."""
        queue = self.under_way[self.sides[side]]
        for _ in range(min(count, len(queue))):
            self.sides[side].receive(queue.popleft(), self.now)
        self.collect()

    @rule()
    def deliver_all(self) -> None:
        """All that is under way gets there, and what comes of it."""
        while any(self.under_way.values()):
            self.deliver(0, 1000)
            self.deliver(1, 1000)

    @rule(
        side=st.integers(0, 1),
        count=st.integers(1, 5),
        lost=st.sets(st.integers(0, 4), min_size=1, max_size=3),
    )
    def send_and_lose(self, side: int, count: int, lost: set[int]) -> None:
        """An application says something, and part of it does not get there."""
        self.deliver_all()
        self.send(side, count)
        queue = self.under_way[self.sides[1 - side]]
        left = [message for number, message in enumerate(queue) if number not in lost]
        queue.clear()
        queue.extend(left)

    @rule(side=st.integers(0, 1), kind=st.sampled_from((b"2", b"4", b"A", b"0", b"1", b"B")))
    def lose_next(self, side: int, kind: bytes) -> None:
        """The next message of this kind to a side will not get there."""
        self.doomed.add((side, kind))

    @rule(side=st.integers(0, 1), cut=st.integers(0, 80), again=OFTEN)
    def break_link(self, side: int, cut: int, again: bool) -> None:
        """The link breaks, perhaps in the middle of a message; both sides notice."""
        queue = self.under_way[self.sides[side]]
        if queue:
            self.sides[side].receive(queue.popleft()[:cut], self.now)
        self.clear()
        for one in self.sides:
            one.lost(self.now)
        if again:
            self.begin()

    @rule(side=st.integers(0, 1), again=OFTEN)
    def break_unnoticed(self, side: int, again: bool) -> None:
        """The link breaks, and one side does not notice: its bytes go nowhere."""
        self.clear()
        self.sides[side].lost(self.now)
        if again:
            self.wait(60)
            self.begin()

    @rule()
    def connect(self) -> None:
        """The client connects; a server that thinks it is connected will not have it."""
        if self.client.connection is not None:
            return
        self.clear()
        self.client.connect(self.now)
        if self.server.connection is None:
            self.server.connect(self.now)
        else:
            self.client.lost(self.now)
        self.collect()

    @rule(seconds=st.sampled_from((1, 5, 20, 60)))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        end = self.now + seconds * SECOND
        while self.now < end:
            due = [
                at
                for side in self.sides
                if side.connection is not None
                and (at := side.connection.next_deadline()) is not None
            ]
            self.now = max(self.now, min([end, *due]))
            for side in self.sides:
                if side.connection is not None:
                    at = side.connection.next_deadline()
                    if at is not None and at <= self.now:
                        side.connection.deadline(self.now)
            self.collect()

    # -- what always holds

    @invariant()
    def bounded(self) -> None:
        """Little is kept while a gap is filled."""
        for side in self.sides:
            inbound = side.connection._inbound if side.connection is not None else None
            if inbound is not None:
                assert len(inbound.kept) <= MOST_KEPT

    @invariant()
    def in_order(self) -> None:
        """What was given so far is a beginning of what was sent, but for flagged duplicates."""
        self.compare(self.client, self.server)
        self.compare(self.server, self.client)

    def compare(self, sender: Side, receiver: Side) -> None:
        """Each once and in order, or flagged."""
        seen: list[bytes] = []
        for text, flagged in receiver.given:
            if text in seen:
                assert flagged, f"{text!r} came twice, and the second did not say so"
            else:
                seen.append(text)
        assert seen == sender.sent[: len(seen)], f"{seen} of {sender.sent}"

    def teardown(self) -> None:
        """Once the link is good everything arrives."""
        self.doomed.clear()
        for _turn in range(60):
            self.connect()
            self.deliver_all()
            if self.settled():
                break
            self.wait(20)
        self.in_order()
        for sender, receiver in ((self.client, self.server), (self.server, self.client)):
            assert len({text for text, _ in receiver.given}) == len(sender.sent), (
                f"{receiver.given} of {sender.sent}"
            )

    def settled(self) -> bool:
        """Whether both are logged on, and nothing is missing."""
        return (
            all(side.session.state is State.ACTIVE for side in self.sides)
            and self.client.session.next_in == self.server.session.next_out
            and self.server.session.next_in == self.client.session.next_out
        )

    # -- how

    def clear(self) -> None:
        """What is under way is lost."""
        for queue in self.under_way.values():
            queue.clear()

    def collect(self) -> None:
        """Put on the way what the sides have to send; a side that closes takes the link along."""
        for side, other in (self.sides, self.sides[::-1]):
            machine = side.connection
            if machine is None:
                continue
            while data := machine.data_to_send():
                for message in messages(data):
                    doom = self.sides.index(other), kind_of(message)
                    if doom in self.doomed:
                        self.doomed.remove(doom)
                    else:
                        self.under_way[other].append(message)
                if machine.next_deadline() == self.now:  # more of a long resend
                    machine.deadline(self.now)
            if machine.closing:
                while self.under_way[other]:
                    other.receive(self.under_way[other].popleft(), self.now)
                self.clear()
                side.lost(self.now)
                other.lost(self.now)


def messages(data: bytes) -> list[bytes]:
    """Bytes cut into messages."""
    return [b"8=FIX" + part for part in data.split(b"8=FIX")[1:]]


def kind_of(message: bytes) -> bytes:
    """Its MsgType."""
    return message.partition(b"\x0135=")[2].partition(b"\x01")[0]


class OverALossyLink(SynchronousTestCase):
    """However the link behaves, nothing is lost and nothing comes twice unflagged."""

    def run_link(self, examples: int, steps: int, **changes: object) -> None:
        """Try many histories."""
        machine = type("Link", (Link,), changes)
        run_state_machine_as_test(
            machine,
            settings=settings(
                derandomize=True,
                deadline=None,
                database=None,
                max_examples=examples,
                stateful_step_count=steps,
            ),
        )

    def test_versions(self) -> None:
        """In every version that differs in this."""
        for version in VERSIONS:
            self.run_link(amount(8, 60), 50, version=version)

    def test_next_expected(self) -> None:
        """So it is where each side says with its Logon what it expects."""
        for version in ("FIX.4.4", "FIXT.1.1"):
            self.run_link(amount(8, 60), 50, version=version, next_expected=True)
