"""A FIX session that connects to its counterparty and logs on by itself."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.sessions.fix_session import Fault, State
from exsim.wire.fix import FixMessage
from tests.fix_conversation import ALL, NEW, OLD, Conversation, converse

LOGON = "< A 1 | 98=0 | 108=30\n> A 1 | 98=0 | 108=30\n"


class LogsOn(SynchronousTestCase):
    """It speaks first, and is logged on with the answer."""

    def run_all(self, script: str, versions: tuple[str, ...] = ALL, **changes: Any) -> None:
        """Run a script in several versions."""
        for version in versions:
            converse(script, (version,), initiates=True, begin_string=version, **changes)

    def talk(self, script: str, version: str = "FIX.4.4", **changes: Any) -> Conversation:
        """Run it once."""
        changes = {"initiates": True, "begin_string": version, **changes}
        return Conversation(version, **changes).run(script)

    def test_logged_on(self) -> None:
        """Then messages flow both ways."""
        self.run_all(LOGON + "> D 2 | 11=ID\n< D 2 | 11=ID\n> 1 3 | 112=X\n< 0 3 | 112=X")
        session = self.talk(LOGON).session
        self.assertEqual((session.state, session.logons), (State.ACTIVE, 1))
        self.assertEqual((session.next_in, session.next_out, session.heartbeat), (2, 2, 30))

    def test_waits_for_the_answer(self) -> None:
        """Before it nobody is logged on, and what is to be sent is kept."""
        talk = self.talk("< A 1 | 98=0 | 108=30")
        self.assertIs(talk.session.state, State.LOGON)
        talk.session.send(b"D", b"11=A\x01", talk.now)
        talk.run("> A 1 | 98=0 | 108=30\n> 2 2 | 7=2 | 16=0\n< D 2 | 43=Y | 122=<0> | 11=A")

    def test_what_it_says(self) -> None:
        """Interval, credentials and flags are as configured."""
        self.run_all(
            "< A 1 | 98=0 | 108=7 | 141=Y | 464=Y | 553=joe | 554=secret | 789=1",
            ("FIX.4.4",),
            heartbeat=7,
            username="joe",
            password="secret",
            test_indicator="Y",
            reset_on_logon=True,
            next_expected=True,
        )

    def test_appl_ver_id(self) -> None:
        """The version of the answer is spoken."""
        talk = self.talk("< A 1 | 98=0 | 108=30\n> A 1 | 98=0 | 108=30 | 1137=7", "FIXT.1.1")
        self.assertEqual(talk.session.appl_ver_id, b"7")

    def test_numbers_go_on(self) -> None:
        """The next connection starts where the last one ended."""
        self.run_all(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            ~
            2< A 3 | 98=0 | 108=30
            2> A 3 | 98=0 | 108=30
            2> 1 4 | 112=X
            2< 0 4 | 112=X
            """
        )

    def test_gap(self) -> None:
        """What was missed is asked for after the logon."""
        self.run_all(
            """
            < A 1 | 98=0 | 108=30
            > A 3 | 98=0 | 108=30
            < 2 2 | 7=1 | 16=0
            > 4 1 | 43=Y | 122=<-1> | 36=4 | 123=Y
            > 1 4 | 112=X
            < 0 3 | 112=X
            """,
            NEW,
        )
        self.run_all("< A 1 | 98=0 | 108=30\n> A 3 | 98=0 | 108=30\n< 2 2 | 7=1 | 16=999999", OLD)

    def test_too_low(self) -> None:
        """An answer with a number used before ends the session."""
        self.run_all(
            LOGON
            + """
            ~
            2< A 2 | 98=0 | 108=30
            2> A 1 | 98=0 | 108=30
            2< 5 3 | 58=MsgSeqNum too low, expecting 2 but received 1
            2x
            """
        )

    def test_reset(self) -> None:
        """With reset_on_logon both sides start anew each time."""
        self.run_all(
            """
            < A 1 | 98=0 | 108=30 | 141=Y
            > A 1 | 98=0 | 108=30 | 141=Y
            > 0 2
            ~
            2< A 1 | 98=0 | 108=30 | 141=Y
            2> A 1 | 98=0 | 108=30 | 141=Y
            2> 1 2 | 112=X
            2< 0 2 | 112=X
            """,
            reset_on_logon=True,
        )

    def test_reset_by_them(self) -> None:
        """The counterparty may start anew with its answer: our Logon then was number 1."""
        self.run_all(
            LOGON
            + """
            > 0 2
            ~
            2< A 2 | 98=0 | 108=30
            2> A 1 | 98=0 | 108=30 | 141=Y
            2> 1 2 | 112=X
            2< 0 2 | 112=X
            """
        )

    def test_refused(self) -> None:
        """Anything but a Logon ends the attempt, and the log can say why."""
        for script, why in (
            ("> 5 1 | 58=go away\nx", "go away"),
            ("> 5 1\nx", "5"),
            ("> 3 1 | 45=1 | 58=no\nx", "no"),
            ("> D 1 | 11=A\nx", "D"),
            ("~\nx", "lost"),
        ):
            talk = self.talk("< A 1 | 98=0 | 108=30\n" + script)
            self.assertIn(why, talk.connections["1"].why)
            self.assertIs(talk.session.state, State.OFFLINE)
            self.assertEqual(talk.session.logons, 0)

    def test_no_answer(self) -> None:
        """It does not wait for ever."""
        talk = self.talk("< A 1 | 98=0 | 108=30\n+ 9.9\n+ 0.1\nx")
        self.assertIn("not answered", talk.connections["1"].why)
        self.assertIs(talk.session.state, State.OFFLINE)

    def test_invalid_answer(self) -> None:
        """A Logon that is not valid is rejected."""

        def check(message: FixMessage) -> Fault | None:
            return Fault(5, b"98", "Not so")

        self.run_all(
            """
            < A 1 | 98=0 | 108=30
            > A 1 | 98=0 | 108=30
            < 3 2 | 45=1 | 58=Not so | 371=98 | 372=A | 373=5
            x
            """,
            ("FIX.4.4",),
            check=check,
        )

    def test_wrong_counterparty(self) -> None:
        """So is one of somebody else."""
        self.run_all(
            """
            < A 1 | 98=0 | 108=30
            > A 1 | 49=OTHER | 98=0 | 108=30
            < 3 2 | 45=1 | 58=CompID problem | 372=A | 373=9
            < 5 3
            """,
            ("FIX.4.4",),
        )

    def test_nobody_else_logs_on(self) -> None:
        """The session is not there for a counterparty that connects to us."""
        talk = Conversation("FIX.4.4", initiates=True, begin_string="FIX.4.4")
        talk.rules = Conversation().rules  # of an endpoint
        talk.run("> A 1 | 98=0 | 108=30\nx")
        self.assertIn("we log on to", talk.connections["1"].why)

    def test_keeps_alive(self) -> None:
        """Heartbeats, test requests and the end of patience are those of any session."""
        self.run_all(LOGON + "+ 30\n< 0 2\n+ 6\n< 1 3 | 112=TEST\n+ 36\nx")

    def test_logout(self) -> None:
        """By either side."""
        self.run_all(LOGON + "> 5 2\n< 5 2\nx")
        talk = self.talk(LOGON)
        talk.session.logout("bye", talk.now)
        talk.collect()
        talk.run("< 5 2 | 58=bye\n> 5 2\nx")

    def test_expected(self) -> None:
        """With NextExpectedMsgSeqNum both get what they miss without asking."""
        self.run_all(
            """
            < A 1 | 98=0 | 108=30 | 789=1
            > A 1 | 98=0 | 108=30 | 789=2
            > D 2 | 11=ID
            < D 2 | 11=ID
            ~
            2< A 3 | 98=0 | 108=30 | 789=3
            2> A 3 | 98=0 | 108=30 | 789=2
            2< D 2 | 43=Y | 122=<0> | 11=ID
            2< 4 3 | 43=Y | 122=<0> | 36=4 | 123=Y
            2> D 4 | 11=B
            2< D 4 | 11=B
            """,
            ("FIX.4.4",),
            next_expected=True,
        )
        for given in ("3", "0"):
            self.run_all(
                f"""
                < A 1 | 98=0 | 108=30 | 789=1
                > A 1 | 98=0 | 108=30 | 789={given}
                < 5 2 | 58=NextExpectedMsgSeqNum (789) must be from 1 to 2
                x
                """,
                ("FIX.4.4",),
                next_expected=True,
            )


class AsksAgain(SynchronousTestCase):
    """A gap that is not filled for a whole heartbeat interval is asked for once more."""

    def test_again(self) -> None:
        """With the next message that shows it."""
        converse(
            """
            > A 1 | 98=0 | 108=30
            < A 1 | 98=0 | 108=30
            > 0 4
            < 2 2 | 7=2 | 16=0
            + 29
            > 0 5
            + 1
            < 0 3
            > 0 6
            < 2 4 | 7=2 | 16=0
            > 0 7
            """,
            NEW,
        )
