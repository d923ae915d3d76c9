"""What else a FIX session may ask of who logs on: identifiers, passwords, times, limits."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import EntryKind
from exsim.sessions.fix_session import State
from exsim.sessions.schedule import Schedule
from tests.fix_conversation import NEW, SECOND, START, Conversation, converse

LOGON = "> A 1 | 98=0 | 108=30\n< A 1 | 98=0 | 108=30\n"


class Identifiers(SynchronousTestCase):
    """Sub and location identifiers."""

    wanted: dict[str, Any] = {
        "sender_ids": ((b"50", b"DESK"), (b"142", b"LDN")),
        "target_ids": ((b"57", b"ENGINE"), (b"143", b"NY")),
    }
    theirs = "50=DESK | 57=ENGINE | 142=LDN | 143=NY"
    ours = "50=ENGINE | 57=DESK | 142=NY | 143=LDN"

    def talk(self) -> Conversation:
        """Logged on, with what we send looked at in the order in which it is written."""
        talk = Conversation("FIX.4.4", **self.wanted)
        talk.open()
        talk.feed("1", talk.message(f"A 1 | 98=0 | 108=30 | {self.theirs}"))
        return talk

    def test_sent(self) -> None:
        """What is theirs as sender is ours as target."""
        sent = self.talk().received["1"]
        self.assertIn(b"\x0150=ENGINE\x0157=DESK\x01142=NY\x01143=LDN\x0198=0\x01", sent)

    def test_sent_again(self) -> None:
        """So it is in duplicates and gap fills."""
        talk = self.talk()
        talk.feed("1", talk.message(f"D 2 | 11=ID | {self.theirs}"))
        talk.received["1"] = b""
        talk.feed("1", talk.message(f"2 3 | 7=1 | 16=0 | {self.theirs}"))
        fill, again = talk.received["1"].split(b"8=FIX.4.4")[1:]
        for sent in (fill, again):
            self.assertIn(b"\x0150=ENGINE\x0157=DESK\x01", sent)
            self.assertIn(b"\x01142=NY\x01143=LDN\x01", sent)
            self.assertEqual(sent.count(b"\x01122="), 1)

    def test_missing_later(self) -> None:
        """A message without one is rejected, and the session ends."""
        for missing in ("50=-", "142=-", "57=OTHER", "143="):
            tag = missing.partition("=")[0]
            given = " | ".join(
                one for one in self.theirs.split(" | ") if not one.startswith(f"{tag}=")
            )
            talk = self.talk()
            talk.received["1"] = b""
            talk.feed("1", talk.message(f"D 2 | 11=ID | {given} | {missing}"))
            self.assertIn(b"\x01371=%b\x01372=D\x01373=9\x01" % tag.encode(), talk.received["1"])
            self.assertIs(talk.session.state, State.LOGOUT)

    def test_unchecked(self) -> None:
        """With check_comp_id off they are not looked at."""
        talk = Conversation("FIX.4.4", **self.wanted, check_comp_id=False)
        talk.open()
        talk.feed("1", talk.message(f"A 1 | 98=0 | 108=30 | {self.theirs}"))
        talk.feed("1", talk.message("D 2 | 11=ID"))
        self.assertIn(b"\x0135=D\x01", talk.received["1"])


class Told(SynchronousTestCase):
    """With verbose refusals a counterparty learns why it may not log on."""

    def test_stranger(self) -> None:
        """One that is not known is answered under the number 1."""
        converse(
            "> A 7 | 49=WHO | 98=0 | 108=30\n< 5 1 | 56=WHO | 58=there is no such session\nx",
            verbose_refusal=True,
        )

    def test_no_logon(self) -> None:
        """So is one that does not begin with a Logon."""
        converse("> D 1 | 11=ID\n< 5 1 | 58=the first message is no Logon\nx", verbose_refusal=True)

    def test_nobody_to_tell(self) -> None:
        """Where a message does not say who sent it, there is nothing to answer."""
        converse("> A 1 | 49=- | 98=0 | 108=30\nx", verbose_refusal=True)
        converse("> A 1 | 8=FIX.9.9 | 98=0 | 108=30\nx", verbose_refusal=True)

    def test_in_use(self) -> None:
        """One that is in use loses no number by it."""
        converse(
            LOGON
            + """
            2> A 2 | 98=0 | 108=30
            2< 5 1 | 58=session client is in use
            2x
            > 1 2 | 112=X
            < 0 2 | 112=X
            """,
            verbose_refusal=True,
        )

    def test_journalled(self) -> None:
        """What is said to a stranger is in the journal, of no session."""
        talk = Conversation("FIX.4.4", verbose_refusal=True)
        talk.run("> A 1 | 49=WHO | 98=0 | 108=30\n< 5 1 | 56=WHO | 58=there is no such session\nx")
        self.assertEqual(
            [(kind, name) for kind, name, _data in talk.journal],
            [(EntryKind.IN, ""), (EntryKind.OUT, "")],
        )


class Passwords(SynchronousTestCase):
    """Wrong ones, too many of them, and new ones."""

    def test_status(self) -> None:
        """SessionStatus tells it in numbers over FIXT.1.1."""
        script = "> A 1 | 98=0 | 108=30 | 554=no\n< 5 1 | 58=wrong Username or Password"
        converse(script + " | 1409=5\nx", ("FIXT.1.1",), password="yes", verbose_refusal=True)
        converse(script + "\nx", ("FIX.4.4",), password="yes", verbose_refusal=True)

    def test_lockout(self) -> None:
        """After so many the right one does not help either, for a while."""
        script = """
            1> A 1 | 98=0 | 108=30 | 554=a
            1x
            2> A 1 | 98=0 | 108=30 | 554=b
            2x
            3> A 1 | 98=0 | 108=30 | 554=yes
            {}
        """
        logged_on = "3< A 1 | 98=0 | 108=30"
        again = "\n3+ 10\n4> A 1 | 98=0 | 108=30 | 554=yes\n4< A 1 | 98=0 | 108=30"
        converse(script.format("3x" + again), NEW, password="yes", max_logon_failures=2)
        converse(script.format(logged_on), NEW, password="yes", max_logon_failures=3)
        converse(script.format(logged_on), NEW, password="yes", max_logon_failures=0)

    def test_right_one_forgives(self) -> None:
        """The right password makes those before it not count."""
        script = """
            1> A 1 | 98=0 | 108=30 | 554=a
            1x
            2> A 1 | 98=0 | 108=30 | 554=yes
            2< A 1 | 98=0 | 108=30
            2~
            3> A 2 | 98=0 | 108=30 | 554=a
            3x
            4> A 2 | 98=0 | 108=30 | 554=yes
            4< A 2 | 98=0 | 108=30
        """
        converse(script, NEW, password="yes", max_logon_failures=2)

    def test_changed(self) -> None:
        """NewPassword is what the next Logon has to bring."""
        converse(
            """
            > A 1 | 98=0 | 108=30 | 554=old | 925=new
            < A 1 | 98=0 | 108=30 | 1137=9 | 1409=1
            ~
            2> A 2 | 98=0 | 108=30 | 554=old
            2x
            3> A 2 | 98=0 | 108=30 | 554=new
            3< A 2 | 98=0 | 108=30
            """,
            ("FIXT.1.1",),
            password="old",
        )

    def test_not_changed(self) -> None:
        """One that is the old one is none, and a session without a password needs none."""
        converse(
            "> A 1 | 98=0 | 108=30 | 554=old | 925=old\n< A 1 | 98=0 | 108=30 | 1137=9 | 1409=3",
            ("FIXT.1.1",),
            password="old",
        )
        converse(
            "> A 1 | 98=0 | 108=30 | 925=new\n< A 1 | 98=0 | 108=30\n~\n2"
            + LOGON.replace("A 1", "A 2").replace("\n<", "\n2<"),
            NEW,
        )

    def test_only_the_right_one_changes_it(self) -> None:
        """A refused Logon changes nothing."""
        talk = Conversation("FIXT.1.1", password="old")
        talk.run("> A 1 | 98=0 | 108=30 | 554=no | 925=new\nx")
        self.assertEqual(talk.session.lock.password, "old")


class Closed(SynchronousTestCase):
    """Somebody wants nobody to log on."""

    def test_refused(self) -> None:
        """With the reason, if refusals are verbose; those logged on stay."""
        talk = Conversation("FIXT.1.1", verbose_refusal=True).run(LOGON)
        talk.session.lock.closed = "come back later"
        talk.run("> 1 2 | 112=X\n< 0 2 | 112=X\n~")
        talk.run("2> A 3 | 98=0 | 108=30\n2< 5 3 | 58=come back later | 1409=7\n2x")
        talk.session.lock.closed = None
        talk.run("3> A 3 | 98=0 | 108=30\n3< A 4 | 98=0 | 108=30")

    def test_silent(self) -> None:
        """Without, nothing is said, and no number is lost."""
        talk = Conversation("FIX.4.4")
        talk.session.lock.closed = "come back later"
        talk.run("> A 1 | 98=0 | 108=30\nx")
        talk.session.lock.closed = None
        talk.run("2" + LOGON.strip().replace("\n<", "\n2<"))


class Scheduled(SynchronousTestCase):
    """Sessions that are open at certain times only; a conversation starts at 23:59:50 UTC."""

    def test_closed(self) -> None:
        """Outside of them nobody logs on."""
        closed = Schedule.daily(UTC, 3600, 7200)
        converse("> A 1 | 98=0 | 108=30\nx", NEW, schedule=closed)
        converse(
            "> A 1 | 98=0 | 108=30\n< 5 1 | 58=the session is closed at this time | 1409=7\nx",
            ("FIXT.1.1",),
            schedule=closed,
            verbose_refusal=True,
        )

    def test_end(self) -> None:
        """At the end who is logged on is logged out, heartbeats or not."""
        quiet = LOGON.replace("108=30", "108={}") + "+ 9.9\n+ 0.1\n< 5 2 | 58={}\n> 5 2\nx"
        for interval in (0, 30):
            script = quiet.format(interval, interval, "the session closes now")
            converse(script, NEW, heartbeat_min=0, schedule=Schedule.daily(UTC, 0, 0))
        converse(
            LOGON.replace("108=30", "108=3")
            + """
            + 3
            < 0 2
            > 0 2
            + 3
            < 0 3
            > 0 3
            + 3
            < 0 4
            > 0 4
            + 1
            < 5 5 | 58=the session closes now
            > 5 5
            x
            """,
            NEW,
            schedule=Schedule.daily(UTC, 0, 0),
        )

    def test_numbers_begin_anew(self) -> None:
        """The next period starts with number 1, and knows no messages of the last one."""
        converse(
            LOGON
            + """
            > D 2 | 11=ID
            < D 2 | 11=ID
            ~
            + 11
            2> A 1 | 98=0 | 108=30
            2< A 1 | 98=0 | 108=30
            2> 2 2 | 7=1 | 16=0
            2< 4 1 | 43=Y | 122=<0> | 36=2 | 123=Y
            """,
            NEW,
            schedule=Schedule.daily(UTC, 0, 0),
        )

    def test_same_period(self) -> None:
        """Within a period numbers go on."""
        converse(
            LOGON + "~\n+ 9\n2> A 2 | 98=0 | 108=30\n2< A 2 | 98=0 | 108=30",
            NEW,
            schedule=Schedule.daily(UTC, 0, 0),
        )

    def test_sent_meanwhile(self) -> None:
        """A message for somebody away is of the period in which it is sent."""
        talk = Conversation("FIX.4.4", schedule=Schedule.daily(UTC, 0, 0)).run(LOGON + "~")
        talk.session.send(b"8", b"17=old\x01", talk.now)
        self.assertEqual(talk.session.next_out, 3)
        talk.session.send(b"8", b"17=new\x01", talk.now + 11 * SECOND)
        self.assertEqual(talk.session.next_out, 2)

    def test_numbers_set_before(self) -> None:
        """Numbers set before the first logon hold for it."""
        talk = Conversation("FIX.4.4", schedule=Schedule.daily(UTC, 0, 0))
        talk.session.set_numbers(5, 9)
        talk.run("> A 5 | 98=0 | 108=30\n< A 9 | 98=0 | 108=30")
        self.assertEqual(talk.now, START)


class Indicator(SynchronousTestCase):
    """TestMessageIndicator."""

    def test_wanted(self) -> None:
        """With Y a logon has to have it, and ours has it too."""
        converse(
            "> A 1 | 98=0 | 108=30 | 464=Y\n< A 1 | 98=0 | 108=30 | 464=Y",
            NEW,
            test_indicator="Y",
        )
        converse(
            "> A 1 | 98=0 | 108=30\n< 5 1 | 58=TestMessageIndicator (464) must be Y\nx",
            NEW,
            test_indicator="Y",
            verbose_refusal=True,
        )

    def test_unwanted(self) -> None:
        """With N it must not be Y; leaving it out will do."""
        converse(LOGON, NEW, test_indicator="N")
        converse("> A 1 | 98=0 | 108=30 | 464=N\n< A 1 | 98=0 | 108=30", NEW, test_indicator="N")
        converse("> A 1 | 98=0 | 108=30 | 464=Y\n< 5 1\nx", NEW, test_indicator="N")

    def test_any(self) -> None:
        """Without either all goes."""
        converse("> A 1 | 98=0 | 108=30 | 464=Y\n< A 1 | 98=0 | 108=30", NEW)


class Expected(SynchronousTestCase):
    """NextExpectedMsgSeqNum: each side sends what the other misses, unasked."""

    def test_nothing_missing(self) -> None:
        """Both say what they expect after the Logons."""
        converse(
            """
            > A 1 | 98=0 | 108=30 | 789=1
            < A 1 | 98=0 | 108=30 | 789=2
            > D 2 | 11=A
            < D 2 | 11=A
            """,
            ("FIX.4.4",),
            next_expected=True,
        )

    def test_they_miss_some(self) -> None:
        """What they did not get follows our Logon."""
        converse(
            """
            > A 1 | 98=0 | 108=30 | 789=1
            < A 1 | 98=0 | 108=30 | 789=2
            > D 2 | 11=A
            < D 2 | 11=A
            ~
            2> A 3 | 98=0 | 108=30 | 789=2
            2< A 3 | 98=0 | 108=30 | 789=4
            2< D 2 | 43=Y | 122=<0> | 11=A
            2< 4 3 | 43=Y | 122=<0> | 36=4 | 123=Y
            """,
            ("FIX.4.4",),
            next_expected=True,
        )

    def test_we_miss_some(self) -> None:
        """What we did not get is not asked for: our Logon has told what it is."""
        converse(
            """
            > A 3 | 98=0 | 108=30 | 789=1
            < A 1 | 98=0 | 108=30 | 789=1
            > D 1 | 43=Y | 122=<-5> | 11=A
            < D 2 | 11=A
            > 4 2 | 43=Y | 122=<-5> | 36=4 | 123=Y
            > D 4 | 11=B
            < D 3 | 11=B
            > D 6 | 11=C
            < 2 4 | 7=5 | 16=0
            """,
            ("FIX.4.4",),
            next_expected=True,
        )

    def test_they_expect_too_much(self) -> None:
        """More than we have sent is an error, and so is nonsense."""
        for given in ("2", "0", "x", ""):
            converse(
                f"""
                > A 1 | 98=0 | 108=30 | 789={given}
                < A 1 | 98=0 | 108=30 | 789=2
                < 5 2 | 58=NextExpectedMsgSeqNum (789) must be from 1 to 1
                x
                """,
                ("FIX.4.4",),
                next_expected=True,
            )

    def test_they_do_not_say(self) -> None:
        """One that does not know the field is asked as ever."""
        converse(
            "> A 3 | 98=0 | 108=30\n< A 1 | 98=0 | 108=30 | 789=1\n< 2 2 | 7=1 | 16=0",
            ("FIX.4.4",),
            next_expected=True,
        )

    def test_off(self) -> None:
        """It is heeded neither where it is not agreed on, nor where the version has none."""
        converse("> A 1 | 98=0 | 108=30 | 789=7\n< A 1 | 98=0 | 108=30", NEW)
        converse(
            "> A 1 | 98=0 | 108=30 | 789=7\n< A 1 | 98=0 | 108=30", ("FIX.4.2",), next_expected=True
        )


class Limits(SynchronousTestCase):
    """Fields, lengths and checksums."""

    def test_fields(self) -> None:
        """A message may have so many fields and no more."""
        most = " | ".join(["58=x"] * 8)  # with 8, 9, 35, 34, 49, 52, 56, 10: 16
        converse(LOGON + f"> D 2 | {most}\n< D 2 | {most}", NEW, max_fields=16)
        converse(
            LOGON
            + f"""
            > D 2 | {most} | 58=x
            < 3 2 | 45=2 | 58=More than 16 fields | 372=D | 373=99
            > 1 3 | 112=X
            < 0 3 | 112=X
            """,
            ("FIX.4.4",),
            max_fields=16,
        )

    def test_fields_of_logon(self) -> None:
        """A Logon that has more is not even looked up."""
        most = " | ".join(["58=x"] * 9)
        talk = Conversation("FIX.4.4", max_fields=16).run(f"> A 1 | {most}\nx")
        self.assertEqual(talk.directory.asked, 0)

    def test_checksum(self) -> None:
        """A wrong CheckSum is passed over, or not minded."""
        right = Conversation("FIX.4.2").message("1 2 | 112=X")
        heartbeat = "$ " + right[:-4].decode().replace("\x01", "|") + "999|"
        converse(LOGON + heartbeat, ("FIX.4.2",))
        converse(LOGON + heartbeat + "\n< 0 2 | 112=X", ("FIX.4.2",), check_checksum=False)

    def test_body_length(self) -> None:
        """So is a wrong BodyLength."""
        for length in ("1", "999", "99999"):
            heartbeat = (
                f"$ 8=FIX.4.2|9={length}|35=1|34=2|49=CLIENT|52=20240229-23:59:50|56=XSIM"
                "|112=X|10=000|"
            )
            script = LOGON + heartbeat + "\n< 0 2 | 112=X\n> 1 3 | 112=Y\n< 0 3 | 112=Y"
            converse(script, ("FIX.4.2",), check_checksum=False, check_body_length=False)


class Set(SynchronousTestCase):
    """Sequence numbers that a person sets."""

    def test_out(self) -> None:
        """A number passed over is gap filled when it is asked for."""
        talk = Conversation("FIX.4.4").run(LOGON + "> D 2 | 11=A\n< D 2 | 11=A")
        talk.session.set_numbers(3, 5)
        talk.run(
            """
            > D 3 | 11=B
            < D 5 | 11=B
            > 2 4 | 7=2 | 16=0
            < D 2 | 43=Y | 122=<0> | 11=A
            < 4 3 | 43=Y | 122=<0> | 36=5 | 123=Y
            < D 5 | 43=Y | 122=<0> | 11=B
            """
        )

    def test_out_lower(self) -> None:
        """A number used before is used again; what had it is forgotten."""
        talk = Conversation("FIX.4.4").run(LOGON + "> D 2 | 11=A\n< D 2 | 11=A")
        talk.session.set_numbers(3, 2)
        self.assertEqual(len(talk.session.sent), 0)
        talk.run("> D 3 | 11=B\n< D 2 | 11=B\n> 2 4 | 7=2 | 16=2\n< D 2 | 43=Y | 122=<0> | 11=B")

    def test_in(self) -> None:
        """A lower one makes a gap, and we ask for it, even if we have asked before."""
        talk = Conversation("FIX.4.4").run(
            LOGON + "> 0 4\n< 2 2 | 7=2 | 16=0\n> 4 2 | 43=Y | 122=<-1> | 36=5 | 123=Y"
        )
        self.assertEqual(talk.session.next_in, 5)
        talk.session.set_numbers(3, 3)
        talk.run("> 0 5\n< 2 3 | 7=3 | 16=0")

    def test_bounded(self) -> None:
        """However often they jump, no more is kept than may be."""
        talk = Conversation("FIX.4.4", resend_size=3)
        for jump in range(1, 50):
            talk.session.set_numbers(1, talk.session.next_out + jump % 5)
            talk.session.send(b"8", b"17=x\x01", talk.now)
            talk.session.send(b"8", b"17=y\x01", talk.now)
            self.assertLessEqual(len(talk.session.sent), 3)
