"""Heartbeats, TestRequests and time-outs of a FIX session."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.sessions.fix_session import State
from tests.fix_conversation import NEW, SECOND, START, Conversation, converse

LOGON = """
    > A 1 | 98=0 | 108=10
    < A 1 | 98=0 | 108=10
"""


class Heartbeats(SynchronousTestCase):
    """Signs of life, both ways."""

    def test_when_idle(self) -> None:
        """A Heartbeat each HeartBtInt in which nothing was sent, and not before."""
        converse(
            LOGON
            + """
            + 9.999
            > 0 2
            + 0.001
            < 0 2
            + 9.999
            > 0 3
            + 0.001
            < 0 3
            """
        )

    def test_what_is_sent_counts(self) -> None:
        """Any message puts the Heartbeat off."""
        converse(
            LOGON
            + """
            + 9
            > D 2 | 11=ID
            < D 2 | 11=ID
            + 9.999
            > 0 3
            + 0.001
            < 0 3
            """
        )

    def test_test_request(self) -> None:
        """Silence of 1.2 HeartBtInt is tested, once; any message answers."""
        converse(
            LOGON
            + """
            + 10
            < 0 2
            + 2
            < 1 3 | 112=TEST
            + 11.999
            > 0 2 | 112=TEST
            + 0                         # a Heartbeat of ours has been due since 22
            < 0 4
            + 10
            < 0 5
            + 2
            < 1 6 | 112=TEST
            > D 3 | 11=ID
            < D 7 | 11=ID
            + 10
            < 0 8
            + 2
            < 1 9 | 112=TEST
            """
        )

    def test_given_up(self) -> None:
        """After 2.4 HeartBtInt without a message the connection ends, without a word."""
        script = LOGON + "+ 10\n< 0 2\n+ 2\n< 1 3 | 112=TEST\n+ 12\nx"
        converse(script)
        talk = Conversation().run(script)
        self.assertIn("nothing was received", talk.connections["1"].why)
        self.assertIs(talk.session.state, State.OFFLINE)

    def test_not_given_up_early(self) -> None:
        """Just before that it is there."""
        talk = Conversation().run(LOGON + "+ 10\n< 0 2\n+ 2\n< 1 3 | 112=TEST\n+ 11.999")
        self.assertFalse(talk.connections["1"].closing)

    def test_none(self) -> None:
        """HeartBtInt 0 means none, where it is allowed."""
        talk = Conversation(heartbeat_min=0).run("> A 1 | 98=0 | 108=0\n< A 1 | 98=0 | 108=0")
        self.assertIsNone(talk.connections["1"].next_deadline())
        talk.run("+ 3600")
        talk.connections["1"].deadline(talk.now)
        talk.collect()
        talk.run("> 1 2 | 112=X\n< 0 2 | 112=X")

    def test_early_and_late_calls(self) -> None:
        """A deadline called too early does nothing; called late, all that is due is done once."""
        talk = Conversation("FIX.4.2").run(LOGON)
        connection = talk.connections["1"]
        self.assertEqual(connection.next_deadline(), START + 10 * SECOND)
        connection.deadline(START + 10 * SECOND - 1)
        self.assertEqual(connection.data_to_send(), b"")
        talk.now = START + 11 * SECOND
        connection.deadline(talk.now)
        talk.collect()
        talk.run("< 0 2")
        self.assertEqual(connection.next_deadline(), START + 12 * SECOND)

    def test_long_standstill(self) -> None:
        """If time leaps past 2.4 HeartBtInt, there is nobody left to test."""
        talk = Conversation("FIX.4.2").run(LOGON)
        talk.connections["1"].deadline(START + 24 * SECOND)
        talk.run("x")


class Logon(SynchronousTestCase):
    """The time that a connection has to log on."""

    def test_none_came(self) -> None:
        """Ten seconds, whatever else comes in."""
        script = "$ 8=FIX.4.2|9=100|35=A|\n+ 5\n$ 34=1|\n+ 4.999\n$ 49=\n+ 0.001\nx"
        converse(script, ("FIX.4.2",))
        talk = Conversation("FIX.4.2").run(script)
        self.assertIn("no logon", talk.connections["1"].why)

    def test_setting(self) -> None:
        """As configured; before it is over, a logon is in time."""
        converse("$ x\n+ 3\nx", NEW, logon_timeout=3 * SECOND)
        converse("$ x\n+ 2.999\n" + LOGON, NEW, logon_timeout=3 * SECOND)


class Logout(SynchronousTestCase):
    """Ending a session in order."""

    def test_ours(self) -> None:
        """Our Logout waits for its answer; what comes before that is processed, not answered."""
        talk = Conversation("FIX.4.4").run(LOGON)
        talk.session.logout("good night", talk.now)
        self.assertIs(talk.session.state, State.LOGOUT)
        talk.session.logout("again", talk.now)
        talk.collect()
        talk.run(
            """
            < 5 2 | 58=good night
            > D 2 | 11=ID
            > 1 3 | 112=X
            < 0 4 | 112=X
            > 5 4
            x
            """
        )
        self.assertIs(talk.session.state, State.OFFLINE)
        self.assertEqual((talk.session.next_in, talk.session.next_out), (5, 5))
        talk.run(
            """
            2> A 5 | 98=0 | 108=10
            2< A 5 | 98=0 | 108=10
            2> 2 6 | 7=3 | 16=3
            2< D 3 | 43=Y | 122=<0> | 11=ID
            """
        )

    def test_no_answer(self) -> None:
        """After the time-out the connection ends."""
        for text, body in (("", ""), ("bye", "| 58=bye")):
            talk = Conversation("FIX.4.4", logout_timeout=3 * SECOND).run(LOGON)
            talk.session.logout(text, talk.now)
            talk.collect()
            talk.run(f"< 5 2 {body}\n+ 2.999\n> 0 2")
            self.assertFalse(talk.connections["1"].closing)
            talk.run("+ 0.001\nx")
            self.assertIn("Logout", talk.connections["1"].why)

    def test_when_offline(self) -> None:
        """There is nobody to say it to."""
        talk = Conversation("FIX.4.4")
        talk.session.logout("", talk.now)
        self.assertEqual((talk.session.state, talk.session.next_out), (State.OFFLINE, 1))
