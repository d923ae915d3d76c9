"""
Broken conversations: whatever comes in, nothing raises, and cuts do not matter.

Recorded conversations are damaged (bytes changed, lost, doubled; messages swapped, repeated, their
fields altered with length and checksum made right again) and then fed whole, byte by byte and at
random cuts. Output, journal and state have to be the same.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.sessions.fix_kept import MOST_KEPT
from exsim.sessions.fix_session import State
from tests.amount import amount
from tests.fix_conversation import ALL, Conversation, wrap

SCRIPT = """
A 1 | 98=0 | 108=30
D 2 | 11=ID2 | 58=some text
1 3 | 112=HELLO
D 6 | 11=ID6
2 7 | 7=1 | 16=0
D 4 | 43=Y | 122=<-5> | 11=ID4
4 5 | 43=Y | 122=<0> | 36=6 | 123=Y
8 8 | 115=JCD | 95=3 | 96=a=b
D 9 | 453=2 | 448=A | 448=B
A 1 | 98=0 | 108=10 | 141=Y
0 2
4 0 | 36=10
j 10 | 45=1
1 12 | 112=X
5 13
"""
"""Something of everything, one message a line, as :mod:`tests.fix_conversation` writes them."""

VALUES = (
    b"",
    b"0",
    b"1",
    b"Y",
    b"N",
    b"-1",
    b"7",
    b"999999999999999999999",
    b"A",
    b"\xff\x00",
    b"=",
)
TAGS = (34, 35, 36, 43, 49, 52, 56, 7, 8, 16, 95, 98, 108, 112, 122, 123, 141, 89, 93, 1137, 0, "x")


class Outcome(NamedTuple):
    """Everything that must not depend on cuts."""

    sent: bytes
    closing: bool
    why: str
    state: State
    next_in: int
    next_out: int
    heartbeat: int
    journal: list[tuple[int, str, bytes]]


def recorded(version: str) -> list[bytes]:
    """The conversation as messages."""
    talk = Conversation(version)
    return [talk.message(line) for line in SCRIPT.strip().splitlines()]


def damaged(messages: list[bytes], random: Random) -> bytes:
    """The conversation with up to four things wrong."""
    messages = list(messages)
    for _fault in range(random.randint(1, 4)):
        at = random.randrange(len(messages))
        kind = random.randrange(8)
        if kind == 0:
            messages.insert(at, messages[random.randrange(len(messages))])
        elif kind == 1 and len(messages) > 1:
            del messages[at]
        elif kind == 2:
            other = random.randrange(len(messages))
            messages[at], messages[other] = messages[other], messages[at]
        elif kind < 6:
            messages[at] = _field_changed(messages[at], random)
        else:
            messages[at] = _bytes_changed(messages[at], random)
    return b"".join(messages)


def _field_changed(raw: bytes, random: Random) -> bytes:
    """A field altered, added, doubled or left out, in a message that is whole again after it."""
    fields = raw.decode("latin-1").split("\x01")[2:-2] or ["35=0"]
    at = random.randrange(len(fields))
    tag = fields[at].partition("=")[0] if random.random() < 0.5 else str(random.choice(TAGS))
    new = f"{tag}={random.choice(VALUES).decode('latin-1')}"
    kind = random.randrange(4)
    if kind == 0:
        del fields[at]
    elif kind == 1:
        fields.insert(at, fields[at])
    elif kind == 2:
        fields.insert(at, new)
    else:
        fields[at] = new
    begin = raw[2:].partition(b"\x01")[0].decode("latin-1")
    return wrap(random.choice([begin, begin, begin, "FIX.4.1", "X"]), fields)


def _bytes_changed(raw: bytes, random: Random) -> bytes:
    start = random.randrange(len(raw) + 1)
    end = min(len(raw), start + random.choice([0, 1, 1, 3, 50]))
    new = random.choice(
        [b"", b"\x01", b"=", b"8=FIX", b"9=", b"10=", bytes([random.randrange(256)])]
    )
    return raw[:start] + new + raw[end:]


def outcome(version: str, chunks: list[bytes]) -> Outcome:
    """What a machine makes of a stream."""
    talk = Conversation(version, max_message_size=2000)
    connection = talk.open()
    for chunk in chunks:
        talk.feed("1", chunk)
    talk.advance(0)
    session = talk.session
    return Outcome(
        talk.everything,
        connection.closing,
        connection.why,
        session.state,
        session.next_in,
        session.next_out,
        session.heartbeat,
        talk.journal,
    )


def cuts(data: bytes, random: Random) -> list[list[bytes]]:
    """The same stream byte by byte, and cut at a few random places."""
    edges = sorted(random.randrange(len(data) + 1) for _edge in range(5))
    return [
        [data[start : start + 1] for start in range(len(data))],
        [data[start:end] for start, end in pairwise([0, *edges, len(data)])],
    ]


class Damaged(SynchronousTestCase):
    """Conversations with something wrong."""

    def test_undamaged(self) -> None:
        """The conversation itself goes through to its Logout, in every version."""
        for version in ALL:
            messages = recorded(version)
            found = outcome(version, [b"".join(messages)])
            self.assertEqual((found.why, found.state), ("logged out", State.OFFLINE), version)
            self.assertEqual(found, outcome(version, messages))

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(150, 400))
    @given(st.sampled_from(ALL), st.integers(0, 2**32))
    def test_cuts(self, version: str, seed: int) -> None:
        """Nothing raises, and the outcome is that of the bytes alone."""
        random = Random(seed)
        data = damaged(recorded(version), random)
        whole = outcome(version, [data])
        for chunks in cuts(data, random):
            self.assertEqual(outcome(version, chunks), whole)
        self.assertLess(len(whole.sent), 200 * len(data))

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(100, 200))
    @given(st.sampled_from(ALL), st.binary(max_size=60), st.booleans())
    def test_noise(self, version: str, noise: bytes, logged_on: bool) -> None:
        """Plain noise, before and after a logon."""
        data = (recorded(version)[0] if logged_on else b"") + noise
        whole = outcome(version, [data])
        for chunks in cuts(data, Random(0)):
            self.assertEqual(outcome(version, chunks), whole)

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(25, 100))
    @given(st.sampled_from(ALL), st.integers(0, 2**32))
    def test_deadlines(self, version: str, seed: int) -> None:
        """Whatever came, time goes on: it ends within the time-outs, with nothing kept."""
        random = Random(seed)
        talk = Conversation(version)
        connection = talk.open()
        talk.feed("1", damaged(recorded(version)[:-1], random))
        inbound = connection._inbound
        if inbound is not None:
            self.assertLessEqual(len(inbound.kept), MOST_KEPT)
        talk.advance(100 if talk.session.heartbeat <= 30 else 10_000)
        if not connection.closing:  # a changed HeartBtInt may be long
            self.assertGreater(talk.session.heartbeat, 30)
        else:
            self.assertIs(talk.session.state, State.OFFLINE)
            self.assertIsNone(connection.next_deadline())
