"""SequenceReset and ResendRequest: numbers moved on, and messages sent again."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.fix_conversation import ALL, NEW, Conversation, converse

LOGON = """
    > A 1 | 98=0 | 108=30
    < A 1 | 98=0 | 108=30
"""


class SequenceReset(SynchronousTestCase):
    """Numbers that the counterparty moves on."""

    def test_gap_fill(self) -> None:
        """Gap fill mode counts as a message."""
        converse(LOGON + "> 4 2 | 36=20 | 123=Y\n> 1 20 | 112=X\n< 0 2 | 112=X")

    def test_gap_fill_too_low(self) -> None:
        """A number used before: only for a possible duplicate."""
        converse(
            LOGON
            + """
            > 4 1 | 43=Y | 122=<-1> | 36=20 | 123=Y
            > 0 2
            > 4 1 | 36=20 | 123=Y
            < 5 2 | 58=MsgSeqNum too low, expecting 3 but received 1
            x
            """
        )

    def test_gap_fill_backwards(self) -> None:
        """It cannot lead back, nor to itself; its own number is used up."""
        text = "Value is incorrect (out of range) for this tag"
        converse(
            LOGON
            + f"""
            > 4 2 | 36=2 | 123=Y
            < 3 2 | 45=2 | 58={text} | 372=4 | 373=5
            > 4 3 | 36=1 | 123=Y
            < 3 3 | 45=3 | 58={text} | 372=4 | 373=5
            > 1 4 | 112=X
            < 0 4 | 112=X
            """,
            NEW,
        )

    def test_reset(self) -> None:
        """Reset mode acts whatever its own number is; 123=N and no 123 are the same."""
        for flag in ("", "123=N"):
            for seq in (0, 1, 2, 7):
                converse(
                    LOGON
                    + f"""
                    > 4 {seq} | 36=25 | {flag}
                    > 1 25 | 112=X
                    < 0 2 | 112=X
                    > 4 {seq} | 36=26 | {flag}
                    > 1 26 | 112=X
                    < 0 3 | 112=X
                    """
                )

    def test_great_numbers(self) -> None:
        """Numbers may have up to eighteen digits."""
        most = 10**18 - 2
        converse(LOGON + f"> 4 0 | 36={most}\n> 1 {most} | 112=X\n< 0 2 | 112=X")

    def test_reset_past_a_gap(self) -> None:
        """It ends the wait for what is missing; what was kept above it has its turn."""
        converse(
            LOGON
            + """
            > D 5 | 11=ID5
            < 2 2 | 7=2 | 16=0
            > 4 0 | 36=5
            < D 3 | 11=ID5
            > 0 7
            < 2 4 | 7=6 | 16=0
            """,
            NEW,
        )

    def test_reset_backwards(self) -> None:
        """That is refused, and takes no number."""
        text = "Value is incorrect (out of range) for this tag"
        converse(
            LOGON
            + f"""
            > 4 0 | 36=1
            < 3 2 | 45=0 | 58={text} | 372=4 | 373=5
            > 1 2 | 112=X
            < 0 3 | 112=X
            """,
            NEW,
        )

    def test_new_seq_no(self) -> None:
        """NewSeqNo has to be there, and a number."""
        wrong = {
            "": "58=Required tag missing | 371=36 | 372=4 | 373=1",
            "36=": "58=Tag specified without a value | 371=36 | 372=4 | 373=4",
            "36=x": "58=Incorrect data format for value | 371=36 | 372=4 | 373=6",
            f"36={10**18}": "58=Incorrect data format for value | 371=36 | 372=4 | 373=6",
        }
        for given, told in wrong.items():
            converse(
                LOGON
                + f"""
                > 4 0 | {given}
                < 3 2 | 45=0 | {told}
                > 4 2 | {given} | 123=Y
                < 3 3 | 45=2 | {told}
                > 1 3 | 112=X
                < 0 4 | 112=X
                """,
                NEW,
            )


class ResendRequest(SynchronousTestCase):
    """What we sent is asked for again."""

    SENT = (
        LOGON
        + """
        > 1 2 | 112=X
        < 0 2 | 112=X
        > D 3 | 11=ID3
        < D 3 | 11=ID3
        > D 4 | 97=Y | 11=ID4
        < D 4 | 97=Y | 11=ID4
        > 1 5 | 112=X
        < 0 5 | 112=X
        > D 6 | 11=ID6
        < D 6 | 11=ID6
        + 10
        """
    )

    def test_all(self) -> None:
        """Application messages as duplicates, session messages as gap fills, runs as one."""
        for last in ("0", "6", "100", "999999"):
            converse(
                self.SENT
                + f"""
                > 2 7 | 7=1 | 16={last}
                < 4 1 | 43=Y | 122=<0> | 36=3 | 123=Y
                < D 3 | 43=Y | 122=<-10> | 11=ID3
                < D 4 | 43=Y | 97=Y | 122=<-10> | 11=ID4
                < 4 5 | 43=Y | 122=<0> | 36=6 | 123=Y
                < D 6 | 43=Y | 122=<-10> | 11=ID6
                > 1 8 | 112=X
                < 0 7 | 112=X
                """
            )

    def test_part(self) -> None:
        """No more than was asked for."""
        converse(
            self.SENT
            + """
            > 2 7 | 7=4 | 16=5
            < D 4 | 43=Y | 97=Y | 122=<-10> | 11=ID4
            < 4 5 | 43=Y | 122=<0> | 36=6 | 123=Y
            > 2 8 | 7=2 | 16=2
            < 4 2 | 43=Y | 122=<0> | 36=3 | 123=Y
            > 2 9 | 7=0 | 16=1
            < 4 1 | 43=Y | 122=<0> | 36=2 | 123=Y
            """
        )

    def test_twice(self) -> None:
        """The same again: OrigSendingTime stays, SendingTime is new."""
        converse(
            self.SENT
            + """
            > 2 7 | 7=6 | 16=6
            < D 6 | 43=Y | 122=<-10> | 11=ID6
            + 5
            > 2 8 | 7=6 | 16=6
            < D 6 | 43=Y | 122=<-15> | 11=ID6
            """
        )

    def test_nothing_there(self) -> None:
        """What was never sent cannot be sent again."""
        converse(
            self.SENT + "> 2 7 | 7=7 | 16=0\n> 2 8 | 7=9 | 16=12\n> 1 9 | 112=X\n< 0 7 | 112=X"
        )

    def test_after_a_gap(self) -> None:
        """It is answered at once, then the gap is asked for, and its number counts in its turn."""
        converse(
            self.SENT
            + """
            > 2 9 | 7=6 | 16=0
            < D 6 | 43=Y | 122=<-10> | 11=ID6
            < 2 7 | 7=7 | 16=0
            > 0 7
            > 0 8
            > 1 10 | 112=X
            < 0 8 | 112=X
            """,
            NEW,
        )

    def test_number_used_before(self) -> None:
        """It is answered also then: its sender may have lost count."""
        converse(
            self.SENT
            + """
            > 2 5 | 7=6 | 16=0
            < D 6 | 43=Y | 122=<-10> | 11=ID6
            > 0 7
            """
        )

    def test_faults(self) -> None:
        """Both ends have to be numbers, in order."""
        wrong = {
            "16=0": "58=Required tag missing | 371=7 | 372=2 | 373=1",
            "7=1": "58=Required tag missing | 371=16 | 372=2 | 373=1",
            "7=a | 16=0": "58=Incorrect data format for value | 371=7 | 372=2 | 373=6",
            "7=1 | 16=": "58=Tag specified without a value | 371=16 | 372=2 | 373=4",
            "7=5 | 16=4": "58=Value is incorrect (out of range) for this tag | 371=16 | 372=2"
            " | 373=5",
        }
        for given, told in wrong.items():
            converse(
                LOGON + f"> 2 2 | {given}\n< 3 2 | 45=2 | {told}\n> 1 3 | 112=X\n< 0 3 | 112=X",
                NEW,
            )

    def test_sent_while_offline(self) -> None:
        """What was sent meanwhile is numbered; the next logon shows the gap, and gets it."""
        for version in ALL:
            talk = Conversation(version).run(LOGON + "~")
            talk.session.send(b"8", b"37=1\x01", talk.now, b"128=JCD\x01")
            talk.session.send(b"8", b"37=2\x01", talk.now)
            talk.run(
                """
                + 60
                2> A 2 | 98=0 | 108=30
                2< A 4 | 98=0 | 108=30
                2> 2 3 | 7=2 | 16=3
                2< 8 2 | 43=Y | 122=<-60> | 128=JCD | 37=1
                2< 8 3 | 43=Y | 122=<-60> | 37=2
                """
            )
