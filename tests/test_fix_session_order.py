"""Sequence numbers of a FIX session: gaps, duplicates, and whose turn it is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.sessions.fix_kept import MOST_KEPT, MOST_KEPT_BYTES
from exsim.sessions.fix_session import Fault
from exsim.wire.fix import FixMessage
from tests.fix_conversation import NEW, OLD, Conversation, converse

LOGON = """
    > A 1 | 98=0 | 108=30
    < A 1 | 98=0 | 108=30
"""


class InOrder(SynchronousTestCase):
    """The plain case."""

    def test_messages(self) -> None:
        """Session and application messages count alike."""
        converse(
            LOGON
            + """
            > 0 2
            > D 3 | 11=ID3
            < D 2 | 11=ID3
            > 3 4 | 45=2 | 58=no
            > 1 5 | 112=HELLO
            < 0 3 | 112=HELLO
            > 5 6
            < 5 4
            x
            """
        )

    def test_nothing_after_logout(self) -> None:
        """What comes in after the answered Logout is not looked at."""
        converse(LOGON + "> 5 2\n> D 3 | 11=ID\n< 5 2\nx")

    def test_header_fields_in_any_order(self) -> None:
        """After the first three, the order of header fields does not matter."""
        talk = Conversation("FIX.4.2").run(LOGON)
        body = "35=1|56=XSIM|52=20240229-23:59:50|49=CLIENT|34=2|112=X|".replace("|", "\x01")
        message = f"8=FIX.4.2\x019={len(body)}\x01{body}"
        message += f"10={sum(message.encode()) % 256:03d}\x01"
        talk.feed("1", message.encode())
        talk.run("< 0 2 | 112=X")


class TooHigh(SynchronousTestCase):
    """A number that is too high: something is missing."""

    def test_asked_for_once(self) -> None:
        """One ResendRequest for all that is missing; what came after it waits its turn."""
        converse(
            LOGON
            + """
            > D 4 | 11=ID4
            < 2 2 | 7=2 | 16=0
            > 1 5 | 112=five
            > D 6 | 11=ID6
            > D 2 | 43=Y | 122=<-1> | 11=ID2
            < D 3 | 11=ID2
            > D 3 | 43=Y | 122=<-1> | 11=ID3
            < D 4 | 11=ID3
            < D 5 | 11=ID4
            < 0 6 | 112=five
            < D 7 | 11=ID6
            > D 4 | 43=Y | 122=<-1> | 11=ID4
            > 0 7
            > 5 8
            < 5 8
            x
            """,
            ("FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"),
        )

    def test_to_infinity_in_old_versions(self) -> None:
        """There, all messages are those up to 999999."""
        converse(LOGON + "> 0 3\n< 2 2 | 7=2 | 16=999999", OLD)

    def test_second_gap(self) -> None:
        """A gap that opens after the first was filled is asked for anew."""
        converse(
            LOGON
            + """
            > 0 3
            < 2 2 | 7=2 | 16=0
            > 0 2
            > 0 5
            < 2 3 | 7=4 | 16=0
            > 0 4
            > 1 6 | 112=X
            < 0 4 | 112=X
            """,
            NEW,
        )

    def test_several_gaps_at_once(self) -> None:
        """One request to infinity covers them all; the last may open once more."""
        converse(
            LOGON
            + """
            > 0 3
            < 2 2 | 7=2 | 16=0
            > 0 6
            > 4 2 | 43=Y | 122=<0> | 36=4 | 123=Y
            > 0 7
            < 2 3 | 7=4 | 16=0
            > 4 4 | 43=Y | 122=<0> | 36=6 | 123=Y
            > 1 8 | 112=X
            < 0 4 | 112=X
            """,
            NEW,
        )

    def test_gap_filled(self) -> None:
        """A gap fill passes over all that it covers, also what was kept."""
        converse(
            LOGON
            + """
            > D 5 | 11=ID5
            < 2 2 | 7=2 | 16=0
            > D 9 | 11=ID9
            > 4 2 | 43=Y | 122=<0> | 36=9 | 123=Y
            < D 3 | 11=ID9
            """,
            NEW,
        )

    def test_gap_fill_after_a_gap(self) -> None:
        """It is kept like any message, and acts when its turn comes."""
        converse(
            LOGON
            + """
            > 4 10 | 36=20 | 123=Y
            < 2 2 | 7=2 | 16=0
            > 1 20 | 112=HELLO
            > 4 2 | 36=10 | 123=Y
            < 0 3 | 112=HELLO
            """,
            NEW,
        )

    def test_logout(self) -> None:
        """A Logout is answered even so; the gap shows again at the next logon."""
        converse(
            LOGON
            + """
            > 0 4
            < 2 2 | 7=2 | 16=0
            > 5 7
            < 5 3
            x
            2> A 8 | 98=0 | 108=30
            2< A 4 | 98=0 | 108=30
            2< 2 5 | 7=2 | 16=0
            """,
            NEW,
        )

    def test_kept_messages_end_with_the_connection(self) -> None:
        """On the next one they are asked for again."""
        converse(
            LOGON
            + """
            > D 3 | 11=ID3
            < 2 2 | 7=2 | 16=0
            ~
            2> A 4 | 98=0 | 108=30
            2< A 3 | 98=0 | 108=30
            2< 2 4 | 7=2 | 16=0
            2> D 2 | 11=ID2
            2< D 5 | 11=ID2
            2> D 3 | 11=ID3
            2< D 6 | 11=ID3
            2> 1 5 | 112=X
            2< 0 7 | 112=X
            """,
            NEW,
        )

    def test_huge_number(self) -> None:
        """A number beyond all sense is a gap like any other, or no number at all."""
        converse(LOGON + f"> 0 {10**17}\n< 2 2 | 7=2 | 16=0", NEW)
        told = "< 5 2 | 58=Required tag missing: MsgSeqNum (34)\nx"
        converse(LOGON + f"> 0 {10**18}\n" + told)

    def test_kept_messages_are_bounded(self) -> None:
        """At the bound all are kept; what is past it is not, and is asked for later."""
        for extra in (0, 1):
            last = 2 + MOST_KEPT + extra
            script = LOGON + "> D 3 | 11=ID3\n< 2 2 | 7=2 | 16=0\n"
            script += "".join(f"> D {seq} | 11=ID{seq}\n" for seq in range(4, last + 1))
            script += "> 0 2\n"
            for seq in range(3, 3 + MOST_KEPT):
                script += f"< D {seq} | 11=ID{seq}\n"
            script += f"> 1 {last + 1} | 112=X\n"
            if extra:
                script += f"< 2 {3 + MOST_KEPT} | 7={last} | 16=0"
            else:
                script += f"< 0 {3 + MOST_KEPT} | 112=X"
            Conversation("FIX.4.4").run(script)

    def test_kept_bytes_are_bounded(self) -> None:
        """So are their bytes; room comes back as messages have their turn or are passed over."""
        text = "58=" + "x" * 60_000
        talk = Conversation("FIX.4.4").run(LOGON)
        room = MOST_KEPT_BYTES // len(talk.message(f"D 10 | {text}"))
        first, out = 2, 2  # the number missing, and that of what we get next
        for gap_fill in (False, True, False):
            script = f"> D {first + 1} | {text}\n< 2 {out} | 7={first} | 16=0\n"
            for seq in range(first + 2, first + 2 + room):  # one more than there is room for
                script += f"> D {seq} | {text}\n"
            if gap_fill:
                script += f"> 4 {first} | 36={first + 1 + room} | 123=Y\n"
            else:
                script += f"> 0 {first}\n"
                for number in range(out + 1, out + 1 + room):
                    script += f"< D {number} | {text}\n"
            talk.run(script)
            first += 1 + room
            self.assertEqual(talk.session.next_in, first)
            out = talk.session.next_out

    def test_kept_bytes_after_a_reset(self) -> None:
        """New numbers empty what was kept: there is room for as much as before."""
        text = "58=" + "x" * 60_000
        talk = Conversation("FIX.4.4").run(LOGON)
        room = MOST_KEPT_BYTES // len(talk.message(f"D 10 | {text}"))
        kept = range(3, 3 + room)
        script = "".join(f"> D {seq} | {text}\n" for seq in kept) + "< 2 2 | 7=2 | 16=0\n"
        reset = "> A 1 | 98=0 | 108=30 | 141=Y\n< A 1 | 98=0 | 108=30 | 141=Y\n"
        told = "".join(f"< D {seq} | {text}\n" for seq in kept)
        talk.run(script + reset + script + "> 0 2\n" + told)


class TooLow(SynchronousTestCase):
    """A number that was used before."""

    def test_without_poss_dup(self) -> None:
        """That is the end: one side has lost count."""
        converse(
            LOGON
            + """
            > 0 2
            > 0 3
            > D 2 | 11=ID
            < 5 2 | 58=MsgSeqNum too low, expecting 4 but received 2
            x
            """
        )

    def test_zero(self) -> None:
        """0 is a number, and too low."""
        converse(LOGON + "> 0 0\n< 5 2 | 58=MsgSeqNum too low, expecting 2 but received 0\nx")

    def test_missing(self) -> None:
        """A message without a number cannot be placed."""
        for given in ("34=-", "34=", "34=two", "34=-3"):
            converse(LOGON + f"> 0 2 | {given}\n< 5 2 | 58=Required tag missing: MsgSeqNum (34)\nx")

    def test_duplicate(self) -> None:
        """A possible duplicate that was received before is passed over."""
        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            > D 2 | 43=Y | 122=<-3> | 11=ID
            > 1 1 | 43=Y | 122=<0> | 112=X
            > 2 1 | 43=Y | 122=<0> | 7=1 | 16=0
            > 4 1 | 43=Y | 36=9 | 123=Y
            > 0 3
            > 5 4
            < 5 3
            x
            """
        )

    def test_duplicate_not_received(self) -> None:
        """One that was not is processed as usual."""
        converse(LOGON + "> D 2 | 43=Y | 122=<-3> | 11=ID\n< D 2 | 11=ID")

    def test_not_flagged(self) -> None:
        """43=N is no flag, even with OrigSendingTime."""
        converse(
            LOGON
            + """
            > 0 2 | 43=N
            > 0 2 | 43=N | 122=<0>
            < 5 2 | 58=MsgSeqNum too low, expecting 3 but received 2
            x
            """
        )

    def test_orig_sending_time_missing(self) -> None:
        """A possible duplicate has to say when it was first sent."""
        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            > D 2 | 43=Y | 11=ID
            < 3 3 | 45=2 | 58=Required tag missing | 371=122 | 372=D | 373=1
            > D 3 | 43=Y | 11=ID
            < 3 4 | 45=3 | 58=Required tag missing | 371=122 | 372=D | 373=1
            > 1 4 | 112=HELLO
            < 0 5 | 112=HELLO
            """,
            NEW,
        )

    def test_orig_sending_time_wrong(self) -> None:
        """It must be a time."""
        converse(
            LOGON
            + """
            > D 2 | 43=Y | 122=now | 11=ID
            < 3 2 | 45=2 | 58=Incorrect data format for value | 371=122 | 372=D | 373=6
            > 0 3
            """,
            NEW,
        )

    def test_orig_sending_time_too_late(self) -> None:
        """It cannot be later than SendingTime: that ends the session. The same moment is fine."""
        converse(
            LOGON
            + """
            > 0 2
            > 0 2 | 43=Y | 122=<0>
            > 0 2 | 43=Y | 122=<1>
            < 3 2 | 45=2 | 58=SendingTime accuracy problem | 372=0 | 373=10
            < 5 3
            > 5 3
            x
            """,
            NEW,
        )


class Validity(SynchronousTestCase):
    """The seam for a dictionary: it is asked about each message in its turn."""

    def test_invalid_message(self) -> None:
        """It is rejected and uses up its number, as a duplicate and from a gap too."""
        asked = []

        def check(message: FixMessage) -> Fault | None:
            asked.append(message.seq)
            return Fault(6, b"126") if b"126" in message.fields else None

        converse(
            LOGON
            + """
            > 1 3 | 112=HELLO1
            < 2 2 | 7=2 | 16=0
            > D 2 | 43=Y | 122=<0> | 11=ID | 126=20040415
            < 3 3 | 45=2 | 58=Incorrect data format for value | 371=126 | 372=D | 373=6
            < 0 4 | 112=HELLO1
            > 1 4 | 112=HELLO2
            < 0 5 | 112=HELLO2
            """,
            ("FIX.4.2",),
            check=check,
        )
        self.assertEqual(asked[:4], [1, 2, 3, 4])

    def test_fault_that_ends_the_session(self) -> None:
        """A fault may ask for a logout, and have a text and no tag."""

        def check(message: FixMessage) -> Fault | None:
            return Fault(99, text="enough", logout=True) if message.msg_type == b"D" else None

        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < 3 2 | 45=2 | 58=enough | 372=D | 373=99
            < 5 3
            > 5 3
            x
            """,
            ("FIX.4.4",),
            check=check,
        )
