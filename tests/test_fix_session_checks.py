"""Messages of a FIX session that are not fit to act: what is said, and what becomes of it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import EntryKind
from exsim.sessions.fix_version import REJECT_TEXTS
from exsim.wire.fix import FixMessage
from tests.fix_conversation import ALL, NEW, OLD, SECOND, Conversation, converse, wrap

LOGON = """
    > A 1 | 98=0 | 108=30
    < A 1 | 98=0 | 108=30
"""


class CompIds(SynchronousTestCase):
    """SenderCompID and TargetCompID of every message."""

    def test_wrong(self) -> None:
        """Either being wrong ends the session, after a Reject."""
        for given in ("49=WT", "56=DLSI", "49=WT | 56=DLSI"):
            converse(
                LOGON
                + f"""
                > D 2 | {given} | 11=ID
                < 3 2 | 45=2 | 58=CompID problem | 372=D | 373=9
                < 5 3
                > 5 3
                x
                """,
                NEW,
            )

    def test_in_old_versions(self) -> None:
        """There a Reject has no codes."""
        converse(LOGON + "> D 2 | 49=WT\n< 3 2 | 45=2 | 58=CompID problem\n< 5 3", OLD)

    def test_missing(self) -> None:
        """A message without them is rejected, and the session goes on."""
        for tag in ("49", "52", "56"):
            converse(
                LOGON
                + f"""
                > 0 2 | {tag}=-
                < 3 2 | 45=2 | 58=Required tag missing | 371={tag} | 372=0 | 373=1
                > 0 3 | {tag}=
                < 3 3 | 45=3 | 58=Tag specified without a value | 371={tag} | 372=0 | 373=4
                > 1 4 | 112=X
                < 0 4 | 112=X
                """,
                NEW,
            )
            converse(
                LOGON + f"> 0 2 | {tag}=-\n< 3 2 | 45=2 | 58=Required tag missing ({tag})", OLD
            )

    def test_unchecked(self) -> None:
        """With check_comp_id off any will do, but there has to be one."""
        converse(
            LOGON
            + """
            > 1 2 | 49=WT | 56=DLSI | 112=X
            < 0 2 | 112=X
            > 1 3 | 49=- | 112=X
            < 3 3 | 45=3 | 58=Required tag missing | 371=49 | 372=1 | 373=1
            """,
            NEW,
            check_comp_id=False,
        )

    def test_percent_signs(self) -> None:
        """Nothing is special in a CompID."""
        talk = Conversation("FIX.4.2", sender_comp_id="50%b", comp_id="%d%%")
        talk.directory.find = lambda *_given: talk.session  # type: ignore[method-assign]
        talk.run(
            "> A 1 | 49=50%b | 56=%d%% | 98=0 | 108=30\n"
            "< A 1 | 49=%d%% | 56=50%b | 98=0 | 108=30\n"
            "> 1 2 | 49=50%b | 56=%d%% | 112=X\n< 0 2 | 49=%d%% | 56=50%b | 112=X"
        )


class SendingTime(SynchronousTestCase):
    """SendingTime of every message."""

    def test_too_far_off(self) -> None:
        """More than two minutes off ends the session; two minutes are fine."""
        for seconds in (-121, 121):
            converse(
                LOGON
                + f"""
                > 0 2 | 52=<-120>
                > 0 3 | 52=<120>
                > 0 4 | 52=<{seconds}>
                < 3 2 | 45=4 | 58=SendingTime accuracy problem | 372=0 | 373=10
                < 5 3
                > 5 5
                x
                """,
                NEW,
            )

    def test_to_the_millisecond(self) -> None:
        """The fraction counts, also after another time of the same second was met."""
        for now, time, fine in (
            (0, "23:57:50.000", True),
            (0, "23:57:49.999", False),
            (SECOND // 2, "23:57:50.499", False),
            (SECOND // 2, "23:57:50.500", True),
            (SECOND // 2, "23:57:50.999", True),
            (0, "23:59:50.000", True),
        ):
            talk = Conversation("FIX.4.2").run(LOGON)
            talk.now += now
            talk.run("> 0 2 | 52=20240229-23:57:50.900\n> 0 3 | 52=20240229-23:59:50\n")
            talk.feed("1", talk.message(f"0 4 | 52=20240229-{time}"))
            self.assertEqual(not talk.received["1"], fine, f"{now} {time}")

    def test_changes_with_the_clock(self) -> None:
        """A time that was fine is not fine for ever."""
        converse(
            LOGON
            + """
            > 0 2 | 52=20240229-23:59:50
            > 0 3 | 52=20240229-23:59:50.000
            + 29
            > 1 4 | 52=20240229-23:59:50 | 112=X
            < 0 2 | 112=X
            + 29
            > 1 5 | 112=X
            < 0 3 | 112=X
            + 29
            > 1 6 | 112=X
            < 0 4 | 112=X
            + 29
            > 1 7 | 112=X
            < 0 5 | 112=X
            + 5
            > 0 8 | 52=20240229-23:59:50
            < 3 6 | 45=8 | 58=SendingTime accuracy problem | 372=0 | 373=10
            < 5 7
            """,
            NEW,
        )

    def test_no_time(self) -> None:
        """What is no time is rejected; a fraction is looked at too, in a second met before."""
        for time in (
            "now",
            "20240229-23:59:50.0",
            "20240229-23:59:50x000",
            "20240229-23:59:50.xyz",
        ):
            converse(
                LOGON
                + f"""
                > 0 2 | 52=20240229-23:59:50
                > 0 3 | 52={time}
                < 3 2 | 45=3 | 58=Incorrect data format for value | 371=52 | 372=0 | 373=6
                > 1 4 | 112=X
                < 0 3 | 112=X
                """,
                NEW,
            )

    def test_digits(self) -> None:
        """Microseconds and more are fine."""
        converse(
            LOGON
            + """
            > 0 2 | 52=20240229-23:59:50
            > 0 3 | 52=20240229-23:59:50.123456
            > 0 4 | 52=20240229-23:59:50.123456789
            > 0 5 | 52=20240229-23:59:50.123456789012
            > 1 6 | 112=X
            < 0 2 | 112=X
            """
        )

    def test_unchecked(self) -> None:
        """With max_latency 0 it only has to be a time."""
        converse(LOGON + "> 1 2 | 52=<-9999> | 112=X\n< 0 2 | 112=X", max_latency=0)


class BeginString(SynchronousTestCase):
    """BeginString of every message."""

    def test_wrong(self) -> None:
        """Another version ends the session; a Logout answers ours, whatever its number."""
        converse(
            LOGON
            + """
            > 1 2 | 8=FIX.3.9 | 112=id
            < 5 2 | 58=Incorrect BeginString
            > 5 3
            x
            """
        )

    def test_number(self) -> None:
        """Its number is used up if it was its turn."""
        for seq, following in ((2, 3), (5, 2)):
            talk = Conversation("FIX.4.2").run(
                LOGON + f"> 0 {seq} | 8=FIX.4.1\n< 5 2 | 58=Incorrect BeginString"
            )
            self.assertEqual(talk.session.next_in, following)

    def test_not_answered(self) -> None:
        """If nothing answers our Logout, the connection ends."""
        converse(LOGON + "> 1 2 | 8=FIX.3.9\n< 5 2 | 58=Incorrect BeginString\n+ 2\nx")


class Garbled(SynchronousTestCase):
    """Messages that cannot be trusted are passed over, and take no number."""

    def test_ignored(self) -> None:
        """Nothing happens; the gap shows with the next message."""
        message = wrap("FIX.4.2", ["35=D", "34=2", "49=CLIENT", "56=XSIM"])
        broken = {
            "checksum": message[:-4] + b"256\x01",
            "checksum text": message[:-4] + b"x\x01",
            "length": message.replace(b"9=", b"9=1"),
            "third field": wrap("FIX.4.2", ["34=2", "35=D", "49=CLIENT", "56=XSIM"]),
            "tag": wrap("FIX.4.2", ["35=D", "34=2", "4garbled9=CLIENT", "56=XSIM"]),
            "no =": wrap("FIX.4.2", ["35=D", "34=2", "49", "56=XSIM"]),
            "no tag": wrap("FIX.4.2", ["35=D", "34=2", "=CLIENT", "56=XSIM"]),
        }
        for name, data in broken.items():
            talk = Conversation("FIX.4.2").run(LOGON)
            talk.feed("1", data)
            if name == "length":  # it reaches into the message after it
                talk.feed("1", b"." * 200 + b"\x0110=000\x01")
            self.assertEqual(talk.received["1"], b"", name)
            self.assertEqual(talk.journal[-1][:2], (EntryKind.GARBLED, "client"), name)
            talk.run("> 0 3\n< 2 2 | 7=2 | 16=0")

    def test_junk_between_messages(self) -> None:
        """It is passed over too, and recorded."""
        talk = Conversation("FIX.4.2").run(LOGON + "$ junk|\n> 1 2 | 112=X\n< 0 2 | 112=X")
        self.assertEqual(talk.recorded(EntryKind.GARBLED), [b"junk\x01"])

    def test_does_not_count_as_a_sign_of_life(self) -> None:
        """Only messages do."""
        converse(LOGON + "+ 29\n$ junk\n+ 1\n< 0 2\n+ 6\n< 1 3 | 112=TEST", ("FIX.4.2",))


class TooLong(SynchronousTestCase):
    """A message over max_message_size ends the connection."""

    def test_bound(self) -> None:
        """At the bound it is fine, one byte past it is not."""
        talk = Conversation("FIX.4.2")
        size = len(talk.message("D 2 | 58="))
        for length, fine in ((1000, True), (1001, False)):
            text = "x" * (length - size - 1)  # BodyLength has one digit more
            for cut in ("message", "byte", "joined"):
                talk = Conversation("FIX.4.2", cut, max_message_size=1000)
                talk.run(LOGON + f"> D 2 | 58={text}\n" + (f"< D 2 | 58={text}" if fine else "x"))
                if not fine:
                    self.assertIn("1000 bytes", talk.connections["1"].why)

    def test_before_logon(self) -> None:
        """The bound holds from the first byte."""
        converse("$ 8=FIX.4.2|9=999999|35=A|\nx", NEW)


class Rejects(SynchronousTestCase):
    """The form of a Reject(3)."""

    def reject(self, version: str, reason: int, tag: bytes, text: str, brought: str = "") -> str:
        """The body of the Reject that a call makes, for readers."""
        messages: list[FixMessage] = []
        talk = Conversation(version, application=lambda _s, message, _n: messages.append(message))
        talk.run(LOGON + f"> D 2 | {brought} | 11=ID")
        talk.session.reject(messages[0], reason, tag, text, talk.now)
        talk.collect()
        return talk.received["1"].replace(b"\x01", b"|").decode().partition("56=CLIENT|")[2][:-7]

    def test_by_version(self) -> None:
        """Reason codes appear as the versions have them; the old ones have none at all."""
        format_ = REJECT_TEXTS[6]
        for version in OLD:
            self.assertEqual(self.reject(version, 6, b"38", ""), f"45=2|58={format_} (38)|")
            self.assertEqual(self.reject(version, 9, b"", ""), "45=2|58=CompID problem|")
        for version in ("FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"):
            self.assertEqual(
                self.reject(version, 6, b"38", ""), f"45=2|58={format_}|371=38|372=D|373=6|"
            )
        highest = {"FIX.4.2": 11, "FIX.4.3": 17, "FIX.4.4": 17, "FIXT.1.1": 18}
        for version, most in highest.items():
            for reason, text in REJECT_TEXTS.items():
                code = f"373={reason}|" if reason <= most else ""
                self.assertEqual(
                    self.reject(version, reason, b"1", ""), f"45=2|58={text}|371=1|372=D|{code}"
                )
        other = [version for version in ALL if "373=99|" in self.reject(version, 99, b"", "no")]
        self.assertEqual(other, ["FIX.4.4", "FIXT.1.1"])

    def test_text_and_tag(self) -> None:
        """A text of one's own, without delimiters; tags 0 and -1 are tags."""
        self.assertEqual(
            self.reject("FIX.4.4", 5, b"40", "no\x01way é"),
            "45=2|58=no way é|371=40|372=D|373=5|",
        )
        for tag in (b"0", b"-1"):
            self.assertIn(f"|371={tag.decode()}|", self.reject("FIX.4.4", 0, tag, ""))

    def test_routing(self) -> None:
        """OnBehalfOf and DeliverTo go back the way they came; empty ones do not."""
        told = "45=2|58=CompID problem|372=D|373=9|"
        for brought, routed in (
            ("115=JCD", "128=JCD|"),
            ("128=JCD", "115=JCD|"),
            ("115=JCD | 116=CS", "128=JCD|129=CS|"),
            ("128=JCD | 129=CS", "115=JCD|116=CS|"),
            ("115=JCD | 116=CS | 144=CHI", "128=JCD|129=CS|145=CHI|"),
            ("128=JCD | 129=CS | 145=CHI", "115=JCD|116=CS|144=CHI|"),
            ("115=JCD | 116=", "128=JCD|"),
            ("115=", ""),
        ):
            self.assertEqual(self.reject("FIX.4.2", 9, b"", "", brought=brought), routed + told)

    def test_offline(self) -> None:
        """Nobody is there to hear it: nothing is sent, no number is used."""
        messages: list[FixMessage] = []
        talk = Conversation("FIX.4.2", application=lambda _s, message, _n: messages.append(message))
        talk.run(LOGON + "> D 2 | 11=ID\n~")
        talk.session.reject(messages[0], 6, b"38", "", talk.now)
        self.assertEqual(talk.session.next_out, 2)

    def test_test_request(self) -> None:
        """A TestRequest needs its TestReqID."""
        converse(
            LOGON
            + """
            > 1 2
            < 3 2 | 45=2 | 58=Required tag missing | 371=112 | 372=1 | 373=1
            > 1 3 | 112=
            < 3 3 | 45=3 | 58=Tag specified without a value | 371=112 | 372=1 | 373=4
            """,
            NEW,
        )
