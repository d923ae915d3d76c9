"""What a FIX session sends: its form, what is kept of it, and how it is sent again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Bug
from exsim.model.journal import EntryKind
from exsim.sessions.fix_output import MOST_RESENDS, RESEND_CHUNK
from exsim.sessions.fix_resend import SentStore
from exsim.sessions.fix_session import TRANSITIONS, FixSession, State
from exsim.wire.fix import decode
from tests.fix_conversation import START, Conversation, rules, wrap

LOGON = """
    > A 1 | 98=0 | 108=30
    < A 1 | 98=0 | 108=30
"""


class Form(SynchronousTestCase):
    """The bytes of what is sent."""

    def test_header_and_body(self) -> None:
        """Extra header fields stand between TargetCompID and the body."""
        talk = Conversation("FIX.4.2").run(LOGON)
        talk.session.send(b"8", b"37=1\x0158=a=b\x01", talk.now, b"128=JCD\x01129=CS\x01")
        talk.collect()
        talk.run("< 8 2 | 128=JCD | 129=CS | 37=1 | 58=a=b")

    def test_long_message(self) -> None:
        """Length and checksum of a message of any size are right."""
        for size in (100, 187, 188, 300, 443, 444, 1000, 5000):
            for char in ("x", "\xff"):
                talk = Conversation("FIX.4.2").run(LOGON)
                text = char * size
                talk.session.send(b"B", b"58=%b\x01" % text.encode("latin-1"), talk.now)
                talk.collect()
                talk.run(f"< B 2 | 58={text}")

    def test_timestamp_digits(self) -> None:
        """As the version does, or as configured."""
        for digits, time in (
            (None, "20240229-23:59:50.123"),
            (0, "20240229-23:59:50"),
            (3, "20240229-23:59:50.123"),
            (6, "20240229-23:59:50.123456"),
            (9, "20240229-23:59:50.123456789"),
        ):
            talk = Conversation("FIX.4.2", timestamp_digits=digits)
            talk.now += 123_456_789
            talk.run(f"> A 1 | 98=0 | 108=30\n< A 1 | 52={time} | 98=0 | 108=30")
            talk.run(f"> 2 2 | 7=1 | 16=0\n< 4 1 | 43=Y | 52={time} | 122={time} | 36=2 | 123=Y")

    def test_recorded(self) -> None:
        """What is sent is recorded when it is sent: offline, that is when it is sent again."""
        talk = Conversation("FIX.4.2")
        talk.session.send(b"8", b"37=1\x01", talk.now)
        self.assertEqual(talk.journal, [])
        talk.run(
            "> A 1 | 98=0 | 108=30\n< A 2 | 98=0 | 108=30\n"
            "> 2 2 | 7=1 | 16=1\n< 8 1 | 43=Y | 122=<0> | 37=1"
        )
        sent = talk.recorded(EntryKind.OUT)
        self.assertEqual([decode(raw).msg_type for raw in sent], [b"A", b"8"])
        self.assertEqual(b"".join(sent), talk.everything)
        received = talk.recorded(EntryKind.IN)
        self.assertEqual([decode(raw).msg_type for raw in received], [b"A", b"2"])

    def test_session_messages_need_a_connection(self) -> None:
        """Nothing else makes sense."""
        session = Conversation().session
        self.assertRaises(Bug, session.send_session, b"0", b"", START)


class Again(SynchronousTestCase):
    """The duplicates of messages sent."""

    def test_header_fields_keep_their_order(self) -> None:
        """OrigSendingTime stands where its tag belongs; flags of the first time are replaced."""
        talk = Conversation("FIX.4.2").run(LOGON)
        header = b"50=DESK\x0157=YOU\x0143=N\x01115=A\x01122=x\x01128=B\x01129=C\x01369=7\x01"
        talk.session.send(b"8", b"37=1\x0150=body\x01", talk.now, header)
        talk.collect()
        talk.received["1"] = b""
        talk.feed("1", talk.message("2 2 | 7=2 | 16=2"))
        now = "20240229-23:59:50.000"
        fields = f"35=8|34=2|43=Y|49=XSIM|52={now}|56=CLIENT|50=DESK|57=YOU|115=A|122={now}"
        fields += "|128=B|129=C|369=7|37=1|50=body"
        self.assertEqual(talk.received["1"], wrap("FIX.4.2", fields.split("|")))

    def test_empty_body(self) -> None:
        """A message may be all header."""
        talk = Conversation("FIX.4.2").run(LOGON)
        talk.session.send(b"U1", b"", talk.now)
        talk.collect()
        talk.run("< U1 2\n> 2 2 | 7=2 | 16=2\n< U1 2 | 43=Y | 122=<0>")

    def test_too_old(self) -> None:
        """No more than resend_size messages are kept: those before are gap filled."""
        talk = Conversation("FIX.4.2", resend_size=2).run(LOGON)
        for number in (2, 3, 4):
            talk.run(f"> D {number} | 11=ID\n< D {number} | 11=ID")
        talk.run(
            """
            > 2 5 | 7=1 | 16=0
            < 4 1 | 43=Y | 122=<0> | 36=3 | 123=Y
            < D 3 | 43=Y | 122=<0> | 11=ID
            < D 4 | 43=Y | 122=<0> | 11=ID
            > 1 6 | 112=X
            < 0 5 | 112=X
            > 2 7 | 7=1 | 16=0
            < 4 1 | 43=Y | 122=<0> | 36=4 | 123=Y
            < D 4 | 43=Y | 122=<0> | 11=ID
            < 4 5 | 43=Y | 122=<0> | 36=6 | 123=Y
            """
        )

    def test_none_kept(self) -> None:
        """With resend_size 0 all is gap filled."""
        Conversation("FIX.4.2", resend_size=0).run(
            LOGON + "> D 2 | 11=ID\n< D 2 | 11=ID\n"
            "> 2 3 | 7=1 | 16=0\n< 4 1 | 43=Y | 122=<0> | 36=3 | 123=Y"
        )

    def test_in_pieces(self) -> None:
        """A long resend comes piece by piece; what is sent meanwhile follows it, in order."""
        count = 2 * RESEND_CHUNK + 1
        talk = self.resending(count)
        connection = talk.connections["1"]
        talk.run("> 2 2 | 7=2 | 16=0\n> 1 3 | 112=X\n" + _again(range(RESEND_CHUNK)))
        for start in (RESEND_CHUNK, 2 * RESEND_CHUNK):
            self.assertEqual(connection.next_deadline(), talk.now)
            connection.deadline(talk.now)
            talk.collect()
            end = min(start + RESEND_CHUNK, count)
            talk.run(
                _again(range(start, end)) + (f"< 0 {count + 2} | 112=X" if end == count else "")
            )
        self.assertEqual(connection.next_deadline(), talk.now + 30 * 10**9)

    def resending(self, count: int) -> Conversation:
        """A session that sent so many reports, with MsgSeqNum 2 and up."""
        talk = Conversation("FIX.4.2").run(LOGON)
        for number in range(count):
            talk.session.send(b"8", b"37=%d\x01" % number, talk.now)
        talk.collect()
        talk.received["1"] = b""
        return talk

    def test_logout_in_the_middle(self) -> None:
        """A long resend is finished, then the Logout answered, then the connection closed."""
        count = 2 * RESEND_CHUNK + 1
        talk = self.resending(count)
        talk.cut = "joined"
        talk.run("> 2 2 | 7=2 | 16=0\n> 5 3\n" + _again(range(RESEND_CHUNK)))
        self.assertFalse(talk.connections["1"].closing)
        talk.run("+ 0\n" + _again(range(RESEND_CHUNK, count)) + f"< 5 {count + 2}\nx")
        self.assertIsNone(talk.connections["1"].next_deadline())

    def test_reset_in_the_middle(self) -> None:
        """New numbers come into effect after a long resend of the old ones."""
        count = 2 * RESEND_CHUNK + 1
        talk = self.resending(count)
        talk.cut = "joined"
        talk.run(
            "> 2 2 | 7=2 | 16=0\n> A 1 | 98=0 | 108=30 | 141=Y\n> D 2 | 11=NEW\n"
            + _again(range(RESEND_CHUNK))
            + "+ 0\n"
            + _again(range(RESEND_CHUNK, count))
            + "< A 1 | 98=0 | 108=30 | 141=Y\n< D 2 | 11=NEW"
        )

    def test_disconnected_in_the_middle(self) -> None:
        """Then no more of it is made."""
        for end in ("disconnect", "lost"):
            talk = self.resending(2 * RESEND_CHUNK)
            talk.run("> 2 2 | 7=2 | 16=0\n" + _again(range(RESEND_CHUNK)))
            if end == "lost":
                talk.connections["1"].lost(talk.now)
            else:
                talk.session.disconnect(talk.now)
            talk.collect()
            talk.run("x")
            self.assertIsNone(talk.connections["1"].next_deadline())

    def test_too_many_at_once(self) -> None:
        """A flood of ResendRequests ends the session; as many as allowed do not."""
        for more in (0, 1):
            talk = self.resending(2 * RESEND_CHUNK)
            numbers = range(2, 2 + MOST_RESENDS + more)
            script = "".join(f"> 2 {seq} | 7=2 | 16=0\n" for seq in numbers)
            talk.run(script + _again(range(RESEND_CHUNK)))
            self.assertEqual("Too many" in talk.connections["1"].why, bool(more))


def _again(numbers: range) -> str:
    return "".join(f"< 8 {number + 2} | 43=Y | 122=<0> | 37={number}\n" for number in numbers)


class Store(SynchronousTestCase):
    """What is kept for resends."""

    @given(st.lists(st.booleans(), max_size=60), st.integers(0, 12))
    def test_last_ones(self, kinds: list[bool], size: int) -> None:
        """Exactly the application messages among the last ``size`` numbers are there."""
        store = SentStore(size)
        for seq, application in enumerate(kinds, 1):
            if application:
                store.keep(seq, b"%d" % seq)
            else:
                store.skip(seq)
        kept = {seq for seq in range(1, len(kinds) + 1) if store.get(seq) is not None}
        first = max(len(kinds) - size, 0) + 1
        expected = {seq for seq, yes in enumerate(kinds, 1) if yes and seq >= first}
        self.assertEqual(kept, expected)
        self.assertEqual(len(store), len(expected))
        self.assertEqual(store.first, first)


class Life(SynchronousTestCase):
    """A session and its connections."""

    def test_disconnect(self) -> None:
        """Closing without a word; numbers stay."""
        talk = Conversation("FIX.4.2").run(LOGON)
        talk.session.disconnect(talk.now)
        talk.run("x")
        self.assertEqual((talk.session.state, talk.session.next_out), (State.OFFLINE, 2))
        talk.session.disconnect(talk.now)
        talk.connections["1"].lost(talk.now)
        talk.connections["1"].deadline(talk.now)
        talk.run("> D 2 | 11=ID\nx\n2> A 2 | 98=0 | 108=30\n2< A 2 | 98=0 | 108=30")

    def test_late_loss(self) -> None:
        """That an old socket is gone does not disturb the session's new connection."""
        talk = Conversation("FIX.4.2").run(LOGON)
        talk.session.disconnect(talk.now)
        talk.run("2> A 2 | 98=0 | 108=30\n2< A 2 | 98=0 | 108=30\n~")
        self.assertIs(talk.session.state, State.ACTIVE)

    def test_reset(self) -> None:
        """Numbers and messages are forgotten; a connection ends."""
        talk = Conversation("FIX.4.2").run(LOGON + "> D 2 | 11=ID\n< D 2 | 11=ID")
        talk.session.reset(talk.now)
        talk.run(
            "x\n2> A 1 | 98=0 | 108=30\n2< A 1 | 98=0 | 108=30\n"
            "2> D 2 | 11=NEW\n2< D 2 | 11=NEW\n"
            "2> 2 3 | 7=1 | 16=0\n2< 4 1 | 43=Y | 122=<0> | 36=2 | 123=Y\n"
            "2< D 2 | 43=Y | 122=<0> | 11=NEW"
        )
        offline = FixSession("x", rules(), talk.record)
        offline.send(b"8", b"", talk.now)
        offline.reset(talk.now)
        self.assertEqual((offline.next_out, len(offline.sent)), (1, 0))

    def test_transitions(self) -> None:
        """Every state has a way back, and what the table does not allow is a bug of ours."""
        self.assertEqual(set(TRANSITIONS), set(State))
        session = FixSession("x", rules(), Conversation().record)
        with self.assertRaises(Bug) as caught:
            session.accept()
        self.assertIn("session x cannot go from offline to active", str(caught.exception))

    def test_closed_connection_keeps_nothing(self) -> None:
        """What comes in after the end is not even buffered."""
        talk = Conversation("FIX.4.2").run("> 0 1\nx")
        talk.feed("1", wrap("FIX.4.2", ["35=A"]))
        self.assertEqual(len(talk.journal), 1)
