"""Who may log on to a FIX session, and with which numbers it starts."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import EntryKind
from exsim.sessions.fix_session import Fault, FixSession, State
from exsim.wire.fix import FixMessage
from tests.fix_conversation import ALL, NEW, Conversation, converse, rules

LOGON = """
    > A 1 | 98=0 | 108=30
    < A 1 | 98=0 | 108=30
"""


class Accepted(SynchronousTestCase):
    """A proper logon is answered."""

    def test_answer(self) -> None:
        """The answer repeats EncryptMethod and HeartBtInt; then messages flow."""
        converse(LOGON + "> D 2 | 11=ID | 55=AAA\n< D 2 | 11=ID | 55=AAA")

    def test_exact_bytes(self) -> None:
        """The very bytes of an answer: order of fields, form of times, BodyLength, CheckSum."""
        expected = {
            "FIX.4.0": b"8=FIX.4.0|9=61|35=A|34=1|49=XSIM|52=20240229-23:59:50|56=CLIENT|98=0"
            b"|108=30|10=056|",
            "FIX.4.2": b"8=FIX.4.2|9=65|35=A|34=1|49=XSIM|52=20240229-23:59:50.000|56=CLIENT"
            b"|98=0|108=30|10=252|",
            "FIXT.1.1": b"8=FIXT.1.1|9=72|35=A|34=1|49=XSIM|52=20240229-23:59:50.000|56=CLIENT"
            b"|98=0|108=30|1137=9|10=141|",
        }
        for version, answer in expected.items():
            told = Conversation(version).run(LOGON).everything
            self.assertEqual(told.replace(b"\x01", b"|"), answer)

    def test_appl_ver_id(self) -> None:
        """In FIXT.1.1 the application version is the logon's, and the answer repeats it."""
        for code in "23456789":
            talk = Conversation("FIXT.1.1").run(
                f"> A 1 | 98=0 | 108=30 | 1137={code}\n< A 1 | 98=0 | 108=30 | 1137={code}"
            )
            self.assertEqual(talk.session.appl_ver_id, code.encode())

    def test_state(self) -> None:
        """The session knows its connection, version, heartbeat and counterparty."""
        talk = Conversation("FIX.4.1")
        self.assertEqual((talk.session.state, talk.session.peer), (State.OFFLINE, ""))
        talk.run(LOGON)
        session = talk.session
        self.assertEqual((session.state, session.peer), (State.ACTIVE, "peer 1"))
        self.assertEqual((session.begin_string, session.heartbeat), (b"FIX.4.1", 30))
        self.assertEqual((session.next_in, session.next_out), (2, 2))
        self.assertIs(talk.connections["1"].session, session)

    def test_recorded(self) -> None:
        """A logon is recorded under its session before anything is answered."""
        talk = Conversation().run(LOGON)
        self.assertEqual(
            [(kind, name) for kind, name, _data in talk.journal],
            [(EntryKind.IN, "client"), (EntryKind.OUT, "client")],
        )

    def test_any_version(self) -> None:
        """A session of any version speaks the version of each logon, with numbers going on."""
        talk = Conversation("FIX.4.0").run(LOGON + "~")
        talk.version = "FIX.4.4"
        talk.run("2> A 2 | 98=0 | 108=30\n2< A 2 | 98=0 | 108=30")
        self.assertEqual(talk.session.begin_string, b"FIX.4.4")

    def test_heartbeat_bounds(self) -> None:
        """HeartBtInt is fine at both bounds."""
        for interval in (5, 60):
            script = f"> A 1 | 98=0 | 108={interval}\n< A 1 | 98=0 | 108={interval}"
            converse(script, NEW, heartbeat_min=5, heartbeat_max=60)


class Refused(SynchronousTestCase):
    """Whoever may not log on is cut off without a word."""

    def refuse(self, script: str, why: str, version: str = "FIX.4.4", **changes: Any) -> None:
        """Nothing is said, the session is untouched, and the log can tell why."""
        converse(script, (version,), **changes)
        talk = Conversation(version, **changes).run(script)
        self.assertIn(why, talk.connections["1"].why)
        self.assertIs(talk.session.state, State.OFFLINE)
        self.assertEqual((talk.session.next_in, talk.session.next_out), (1, 1))
        self.assertIsNone(talk.connections["1"].session)
        self.assertEqual(len(talk.journal), 1)
        self.assertIsNone(talk.connections["1"].next_deadline())

    def test_no_logon(self) -> None:
        """The first message has to be a Logon."""
        self.refuse("> 0 1\nx", "no Logon")
        self.refuse("> D 1 | 11=ID\nx", "no Logon")

    def test_nothing_after_it(self) -> None:
        """What follows a refused message is not even looked at."""
        self.refuse("> 0 1\n> A 1 | 98=0 | 108=30\nx", "no Logon")

    def test_unknown_comp_ids(self) -> None:
        """Neither may be wrong."""
        self.refuse("> A 1 | 49=WT | 98=0 | 108=30\nx", "no such session")
        self.refuse("> A 1 | 56=DLSI | 98=0 | 108=30\nx", "no such session")

    def test_missing_header_fields(self) -> None:
        """A logon without CompIDs, number or time is none."""
        for tag in ("34", "49", "52", "56"):
            self.refuse(f"> A 1 | {tag}=- | 98=0 | 108=30\nx", f"tag {tag} is missing")
            self.refuse(f"> A 1 | {tag}= | 98=0 | 108=30\nx", f"tag {tag} is missing")
        self.refuse("> A one | 98=0 | 108=30\nx", "no number")

    def test_version(self) -> None:
        """A BeginString that nobody speaks, or not this session."""
        self.refuse("> A 1 | 8=FIX.3.9 | 98=0 | 108=30\nx", "not spoken here")
        self.refuse(
            "> A 1 | 8=FIX.4.1 | 98=0 | 108=30\nx", "speaks FIX.4.4", begin_string="FIX.4.4"
        )

    def test_appl_ver_id(self) -> None:
        """FIXT.1.1 needs a DefaultApplVerID, and one that we know."""
        for given in ("1137=-", "1137=1", "1137=10"):
            self.refuse(
                f"> A 1 | 98=0 | 108=30 | {given}\nx", "DefaultApplVerID", version="FIXT.1.1"
            )

    def test_time(self) -> None:
        """SendingTime has to be a time, and not too far off: 120 s are fine, more are not."""
        for seconds in (-121, 121):
            self.refuse(f"> A 1 | 52=<{seconds}> | 98=0 | 108=30\nx", "SendingTime")
        self.refuse("> A 1 | 52=today | 98=0 | 108=30\nx", "SendingTime")
        for seconds in (-120, 120):
            converse(f"> A 1 | 52=<{seconds}> | 98=0 | 108=30\n< A 1 | 98=0 | 108=30")

    def test_time_unchecked(self) -> None:
        """With max_latency 0 any time will do."""
        converse("> A 1 | 52=<-9999> | 98=0 | 108=30\n< A 1 | 98=0 | 108=30", max_latency=0)

    def test_garbled(self) -> None:
        """Where a logon is due, a garbled message ends the connection."""
        talk = Conversation("FIX.4.2").run("$ 8=FIX.4.2|9=5|35=A|34=1|98=0|108=30|10=000|\nx")
        self.assertEqual([kind for kind, _name, _data in talk.journal], [EntryKind.GARBLED])

    def test_junk(self) -> None:
        """Bytes that are no message at all are passed over."""
        talk = Conversation("FIX.4.2").run("$ hello\n" + LOGON)
        self.assertEqual(talk.journal[0], (EntryKind.GARBLED, "", b"hello"))

    def test_check(self) -> None:
        """A logon that is not valid by its dictionary."""

        def check(message: FixMessage) -> Fault | None:
            return Fault(5, b"98")

        self.refuse("> A 1 | 98=0 | 108=30\nx", "not valid", check=check)

    def test_in_use(self) -> None:
        """A second logon for a session in use is refused, and does not disturb the first."""
        converse(
            LOGON
            + """
            2> A 1 | 98=0 | 108=30
            2x
            2> A 2 | 98=0 | 108=30 | 141=Y
            > 1 2 | 112=HELLO
            < 0 2 | 112=HELLO
            3> A 1 | 98=0 | 108=30 | 141=Y
            3x
            > 5 3
            < 5 3
            x
            """
        )

    def test_credentials(self) -> None:
        """Username and Password have to be right where they are configured."""
        wanted: dict[str, Any] = {"username": "joe", "password": "secret"}
        for given in (
            "",
            "553=joe",
            "554=secret",
            "553=joe | 554=wrong",
            "553=jo | 554=secret",
            "553=joe | 554=secre",
            "553=joe | 554=secret1",
        ):
            self.refuse(f"> A 1 | 98=0 | 108=30 | {given}\nx", "Username or Password", **wanted)
        right = "> A 1 | 98=0 | 108=30 | 553=joe | 554=secret\n< A 1 | 98=0 | 108=30"
        converse(right, **wanted)
        converse(right, password="secret")
        converse(right)


class Terms(SynchronousTestCase):
    """Somebody who may log on, but not on the terms asked for, gets a Logout."""

    def test_encryption(self) -> None:
        """Only EncryptMethod 0 is spoken."""
        converse(
            """
            > A 1 | 98=1 | 108=30
            < 5 1 | 58=EncryptMethod (98) must be 0
            x
            """,
            verbose_refusal=True,
        )

    def test_silent(self) -> None:
        """It says why only where refusals are verbose; the log is told in any case."""
        talk = Conversation().run("> A 1 | 98=1 | 108=30\n< 5 1\nx")
        self.assertEqual(talk.connections["1"].why, "EncryptMethod (98) must be 0")

    def test_heartbeat(self) -> None:
        """HeartBtInt has to be a number within the bounds."""
        for interval in ("4", "61", "-5", "5.5", "", "9" * 5000):
            converse(
                f"""
                > A 1 | 98=0 | 108={interval}
                < 5 1 | 58=HeartBtInt (108) must be from 5 to 60
                x
                """,
                NEW,
                heartbeat_min=5,
                heartbeat_max=60,
                verbose_refusal=True,
            )

    def test_missing(self) -> None:
        """Both fields are required."""
        converse(
            """
            > A 1 | 108=30
            < 5 1 | 58=Required tag missing: EncryptMethod (98)
            x
            2> A 1 | 98=0
            2< 5 2 | 58=Required tag missing: HeartBtInt (108)
            2x
            """,
            verbose_refusal=True,
        )

    def test_session_is_free_again(self) -> None:
        """After such a refusal the same session may log on."""
        converse(
            """
            > A 1 | 98=1 | 108=30
            < 5 1
            x
            2> A 1 | 98=0 | 108=30
            2< A 2 | 98=0 | 108=30
            """
        )


class Numbers(SynchronousTestCase):
    """Where the sequence numbers of a new connection start."""

    def test_go_on(self) -> None:
        """Numbers outlive the connection, however it ended."""
        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            ~
            2> A 3 | 98=0 | 108=30
            2< A 3 | 98=0 | 108=30
            2> 5 4
            2< 5 4
            2x
            3> A 5 | 98=0 | 108=30
            3< A 5 | 98=0 | 108=30
            """
        )

    def test_too_high(self) -> None:
        """The logon is answered, what is missing is asked for, and its number counts once."""
        converse(
            """
            > A 3 | 98=0 | 108=30
            < A 1 | 98=0 | 108=30
            < 2 2 | 7=1 | 16=0
            > D 1 | 43=Y | 122=<-5> | 11=ID1
            < D 3 | 11=ID1
            > D 2 | 43=Y | 122=<-5> | 11=ID2
            < D 4 | 11=ID2
            > D 4 | 11=ID4
            < D 5 | 11=ID4
            """,
            ("FIX.4.2", "FIX.4.4", "FIXT.1.1"),
        )

    def test_too_low(self) -> None:
        """A logon with a number used before ends at once, and is told why."""
        converse(
            LOGON
            + """
            > 0 2
            ~
            2> A 2 | 98=0 | 108=30
            2< 5 2 | 58=MsgSeqNum too low, expecting 3 but received 2
            2x
            3> A 2 | 43=Y | 122=<0> | 98=0 | 108=30
            3< 5 3 | 58=MsgSeqNum too low, expecting 3 but received 2
            3x
            4> A 3 | 98=0 | 108=30
            4< A 4 | 98=0 | 108=30
            """
        )

    def test_reset_asked_for(self) -> None:
        """ResetSeqNumFlag starts both sides at 1, and the answer says so."""
        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            ~
            2> A 1 | 98=0 | 108=30 | 141=Y
            2< A 1 | 98=0 | 108=30 | 141=Y
            2> 2 2 | 7=1 | 16=0
            2< 4 1 | 43=Y | 122=<0> | 36=2 | 123=Y
            """
        )

    def test_reset_not_asked_for(self) -> None:
        """141=N resets nothing."""
        converse(LOGON + "~\n2> A 2 | 98=0 | 108=30 | 141=N\n2< A 2 | 98=0 | 108=30")

    def test_reset_inside(self) -> None:
        """So does a Logon inside a session; other Logons there are rejected."""
        converse(
            LOGON
            + """
            > 0 2
            > 1 3 | 112=1
            < 0 2 | 112=1
            > A 1 | 98=0 | 108=20 | 141=Y
            < A 1 | 98=0 | 108=20 | 141=Y
            > 1 2 | 112=1
            < 0 2 | 112=1
            > A 3 | 98=0 | 108=30
            < 3 3 | 45=3 | 58=Already logged on | 372=A | 373=99
            > 5 4
            < 5 4
            x
            """,
            ("FIX.4.4", "FIXT.1.1"),
        )

    def test_reset_inside_in_no_version(self) -> None:
        """Such a Logon, too, has to say which version is spoken from then on."""
        for given in ("1137=7777", "1137=-"):
            talk = Conversation("FIXT.1.1", verbose_refusal=True).run(LOGON)
            talk.run(
                f"""
                > A 1 | 98=0 | 108=20 | 141=Y | {given}
                < 5 2 | 58=DefaultApplVerID (1137) is missing or unknown
                x
                """
            )
            self.assertEqual(talk.session.appl_ver_id, b"9")

    def test_reset_inside_forgets_the_gap(self) -> None:
        """Messages kept, and the request for those before them, are of the old numbers."""
        converse(
            LOGON
            + """
            > D 4 | 11=ID4
            < 2 2 | 7=2 | 16=0
            > A 1 | 98=0 | 108=30 | 141=Y
            < A 1 | 98=0 | 108=30 | 141=Y
            > 0 2
            > 0 3
            > 1 4 | 112=1
            < 0 2 | 112=1
            > 0 6
            < 2 3 | 7=5 | 16=0
            """,
            NEW,
        )

    def test_reset_on_logon(self) -> None:
        """Every accepted logon starts at 1, before its own number is looked at."""
        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            ~
            2> A 3 | 98=0 | 108=30
            2< A 1 | 98=0 | 108=30
            2< 2 2 | 7=1 | 16=0
            """,
            NEW,
            reset_on_logon=True,
        )

    def test_reset_on_logout(self) -> None:
        """A logout starts anew, a lost connection does not."""
        again = "2> A 1 | 98=0 | 108=30\n2< A 1 | 98=0 | 108=30"
        converse(LOGON + "> 5 2\n< 5 2\nx\n" + again, reset_on_logout=True)
        low = "2< 5 2 | 58=MsgSeqNum too low, expecting 2 but received 1\n2x"
        converse(LOGON + "~\n2> A 1 | 98=0 | 108=30\n" + low, reset_on_logout=True)

    def test_reset_on_disconnect(self) -> None:
        """Any end of the connection starts anew."""
        again = "2> A 1 | 98=0 | 108=30\n2< A 1 | 98=0 | 108=30"
        converse(LOGON + "~\n" + again, reset_on_disconnect=True)
        converse(LOGON + "> 5 2\n< 5 2\nx\n" + again, reset_on_disconnect=True)

    def test_zero(self) -> None:
        """0 is no number to log on with, even where numbers start anew."""
        converse(
            """
            > A 0 | 98=0 | 108=30 | 141=Y
            < 5 1 | 58=MsgSeqNum too low, expecting 1 but received 0
            x
            """,
            ALL,
        )


class MadeOnTheFly(SynchronousTestCase):
    """The directory decides who there is."""

    def test_found_at_logon(self) -> None:
        """A session may be made for a logon, and is asked for once per connection."""

        class Open:
            """Makes a session for everybody."""

            def __init__(self) -> None:
                self.made: list[bytes] = []

            def find(
                self, begin_string: bytes, sender: bytes, target: bytes, message: FixMessage
            ) -> FixSession | None:
                """A new session."""
                self.made.append(sender)
                wanted = rules(sender_comp_id=sender.decode(), begin_string=begin_string.decode())
                return FixSession(sender.decode(), wanted, talk.record)

        talk = Conversation("FIX.4.2")
        directory = Open()
        talk.directory = directory  # type: ignore[assignment]
        talk.run("> A 1 | 49=NEW | 98=0 | 108=30\n< A 1 | 56=NEW | 98=0 | 108=30")
        self.assertEqual(directory.made, [b"NEW"])

    def test_not_asked_for_garbage(self) -> None:
        """It is not asked about what cannot be a logon."""
        talk = Conversation("FIX.4.2").run("> 0 1\nx\n2> A 1 | 52=- | 98=0 | 108=30\n2x")
        self.assertEqual(talk.directory.asked, 0)
