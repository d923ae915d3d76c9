"""What a proxy does with one direction of a link: nothing, unless it is asked to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.faults.book import Faults
from exsim.faults.fault import Fault
from exsim.faults.kinds import PROXY
from exsim.faults.relayed import surgery_of
from exsim.faults.tamper import Told
from exsim.model.journal import EntryKind
from exsim.model.messages import Description, FieldView
from exsim.model.treatment import Treatment
from exsim.sessions.relay import IN, MOST_WAITING, OUT, Relay
from exsim.wire import soup
from exsim.wire.fix import GarbledMessage, decode, encode

SECOND = 10**9


def fix(kind: str, number: int, body: str = "", sender: str = "BUY") -> bytes:
    """A message of FIX 4.4."""
    text = f"35={kind}|49={sender}|56=XSIM|34={number}|52=20260105-09:00:00|{body}"
    return encode(b"FIX.4.4", text.replace("|", "\x01").encode())


def described(session: str, raw: bytes) -> Description:
    """A message as filters see it, if it is one of FIX."""
    try:
        parts = decode(raw).parts
    except GarbledMessage:
        return Description("", "", ())
    fields = [
        FieldView(tag.decode(), "", value.decode(errors="replace"))
        for tag, value in zip(parts[::2], parts[1::2], strict=True)
    ]
    kind = next((field.value for field in fields if field.tag == "35"), "")
    return Description(kind, "", tuple(fields))


class Stage:
    """A relay, what it records, what it holds, and faults that can be set for it."""

    def __init__(self, framing: str = "fix") -> None:
        self.entries: list[tuple[str, str, bytes]] = []
        self.held: list[Treatment] = []
        self.faults = Faults()
        self.faults.changed = self.show
        self.framing = framing
        self.names: list[str] = []
        self.relay = Relay(framing, self.record, self.keep, self.named)

    def record(self, now: int, kind: int, session: str, data: bytes) -> None:
        """An entry of the journal."""
        self.entries.append((EntryKind(kind).name, session, data))

    def keep(self, direction: str, treatment: Treatment, now: int) -> None:
        """A message that is held."""
        self.held.append(treatment)

    def named(self) -> None:
        """The client has said its name."""
        self.names.append(self.relay.name)

    def show(self) -> None:
        """Have the faults look at all that goes by."""
        told = Told(
            "X", f"{PROXY}p", self.relay.name, described, lambda s, raw: raw.decode("latin-1")
        )
        tamper = self.faults.tamper(told, surgery_of(self.framing), relays=True)
        for flow in (self.relay.inward, self.relay.outward):
            flow.tamper = tamper
            flow.settle()

    def fault(
        self, kind: str, match: str = "", way: str = IN, count: int | None = None, **more: str
    ) -> None:
        """Set one."""
        fault = Fault(kind, kind, "X", f"{PROXY}p", "", match, way, count, parameters=more)
        self.faults.add(fault, 0)

    def say(self, data: bytes, way: str = IN, now: int = 0) -> bytes:
        """Bytes of one side; what goes to the other at once."""
        flow = self.relay.flow(way)
        flow.receive(data, now)
        return b"".join(flow.take())


def cuts(data: bytes, places: list[int]) -> list[bytes]:
    """The same bytes in pieces."""
    places = sorted({place % (len(data) + 1) for place in places})
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


STREAMS = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.integers(1, 99).map(lambda n: fix("D", n, "55=AAA|")),
        st.integers(1, 99).map(lambda n: fix("0", n)[:-3]),
        st.just(b"8=FIX.4.4\x019=x\x01"),
        st.just(b"8=FIX.4.4\x019=999999999\x01"),
        st.binary(max_size=40).map(lambda raw: soup.packet(soup.SEQUENCED, raw)),
    ),
    max_size=8,
).map(b"".join)
PLACES = st.lists(st.integers(0, 10**6), max_size=12)


class TransparentTests(SynchronousTestCase):
    """As long as nothing is asked for."""

    @given(STREAMS, PLACES, st.sampled_from(("fix", "soup", "raw")), st.sampled_from((IN, OUT)))
    def test_at_once(self, data: bytes, places: list[int], framing: str, way: str) -> None:
        """All bytes go on as they came, in each piece, whatever they are."""
        stage = Stage(framing)
        for piece in cuts(data, places):
            self.assertEqual(stage.say(piece, way), piece)
        stage.relay.flow(way).end(0)
        self.assertEqual(stage.relay.flow(way).take(), [])
        kept = b"".join(raw for kind, _, raw in stage.entries if kind != "NOTE")
        self.assertEqual(kept, data)

    @given(STREAMS, PLACES, st.sampled_from(("fix", "soup", "raw")), st.integers(0, 12))
    def test_looked_at(self, data: bytes, places: list[int], framing: str, turn: int) -> None:
        """So they do in the end where faults look at them that never fit, set at any moment."""
        stage = Stage(framing)
        got = b""
        for number, piece in enumerate(cuts(data, places)):
            if number == turn:
                stage.fault("drop", "55=NONE")
            if number == turn + 3:
                stage.faults.clear()
                got += b"".join(stage.relay.inward.take())
            got += stage.say(piece)
        stage.relay.inward.end(0)
        got += b"".join(stage.relay.inward.take())
        self.assertEqual(got, data)

    def test_entries(self) -> None:
        """Messages and what is none are told, by the name that the client gives itself."""
        stage = Stage()
        logon, order, report = fix("A", 1), fix("D", 2), fix("8", 1, sender="XSIM")
        stage.say(b"junk" + logon + order[:-2] + b"9\x01")
        stage.say(report, OUT)
        self.assertEqual(
            stage.entries,
            [
                ("GARBLED", "", b"junk"),
                ("IN", "BUY", logon),
                ("GARBLED", "BUY", order[:-2] + b"9\x01"),
                ("OUT", "BUY", report),
            ],
        )
        self.assertEqual(stage.names, ["BUY"])

    def test_login(self) -> None:
        """A client of SoupBinTCP says who it is as it logs in."""
        stage = Stage("soup")
        stage.say(soup.login(soup.Login(b"USER1", b"SECRET", b"", 1)))
        self.assertEqual(stage.relay.name, "USER1")

    def test_too_long(self) -> None:
        """After what no framer can go on from all still goes on, as bytes that are no message."""
        stage = Stage()
        begin = b"8=FIX.4.4\x019=999999999\x01"
        self.assertEqual(stage.say(begin), begin)
        self.assertEqual(stage.say(fix("D", 1)), fix("D", 1))
        self.assertEqual([kind for kind, *_ in stage.entries], ["GARBLED", "GARBLED"])


class FaultTests(SynchronousTestCase):
    """What faults make of messages that go by."""

    def test_drop(self) -> None:
        """A message that fits is lost, those beside it are not, and the note says so."""
        stage = Stage()
        stage.fault("drop", "type=D")
        one, two, three = fix("0", 1), fix("D", 2), fix("0", 3)
        self.assertEqual(stage.say(one + two + three), one + three)
        kinds = [kind for kind, *_ in stage.entries]
        self.assertEqual(kinds, ["IN", "IN", "NOTE", "IN"])
        self.assertIn(b'"fault":"drop"', stage.entries[2][2])

    def test_last_time(self) -> None:
        """Where a fault has fired as often as it may, the rest goes on at once, and in order."""
        stage = Stage()
        stage.fault("drop", "type=D", count=1)
        one, two, three = fix("D", 1), fix("D", 2), fix("0", 3)
        self.assertEqual(stage.say(one + two + three[:20]), two + three[:20])
        self.assertEqual(stage.say(three[20:]), three[20:])

    def test_begun(self) -> None:
        """A message that has begun to go is not looked at any more."""
        stage = Stage()
        one, two = fix("D", 1), fix("D", 2)
        self.assertEqual(stage.say(one[:10]), one[:10])
        stage.fault("drop", "type=D")
        self.assertEqual(stage.say(one[10:] + two), one[10:])

    def test_removed(self) -> None:
        """What waited to be whole goes on as soon as nobody asks for it."""
        stage = Stage()
        stage.fault("drop", "type=D")
        one = fix("D", 1)
        self.assertEqual(stage.say(one[:10]), b"")
        stage.faults.clear()
        self.assertEqual(b"".join(stage.relay.inward.take()), one[:10])
        self.assertEqual(stage.say(one[10:]), one[10:])

    def test_change(self) -> None:
        """Fields are others, and length and checksum right; OUT is what leaves for the client."""
        stage = Stage()
        stage.fault("change", "type=8", OUT, fields="44=10.05|58=")
        got = stage.say(fix("8", 1, "44=1|58=long text|"), OUT)
        self.assertEqual(got, fix("8", 1, "44=10.05|"))
        self.assertEqual(stage.entries[-1], ("OUT", "", got))

    def test_frame(self) -> None:
        """Messages to the acceptor can be wrong, too."""
        stage = Stage()
        stage.fault("bad-checksum", "type=D")
        good = fix("D", 1)
        got = stage.say(good)
        self.assertEqual((got[:-4], got[-4:] == good[-4:]), (good[:-4], False))

    def test_delay(self) -> None:
        """A delayed message goes in its time; what comes later overtakes it."""
        stage = Stage()
        stage.fault("delay", "type=D", time="1s")
        one, two = fix("D", 1), fix("0", 2)
        self.assertEqual(stage.say(one + two), two)
        self.assertEqual(stage.relay.next_deadline(), SECOND)
        stage.relay.deadline(SECOND)
        self.assertEqual(stage.relay.inward.take(), [one])
        self.assertIsNone(stage.relay.next_deadline())

    def test_late(self) -> None:
        """With latency, the end of the stream is late as well."""
        stage = Stage()
        stage.fault("latency", "", time="1s")
        one = fix("D", 1)
        stage.say(one)
        flow = stage.relay.inward
        flow.end(0)
        self.assertFalse(flow.done)
        stage.relay.deadline(SECOND)
        self.assertEqual((flow.take(), flow.done), ([one], True))

    def test_bounded(self) -> None:
        """Where too much waits for its time, no more is to be read."""
        stage = Stage("raw")
        stage.fault("delay", "", time="1s")
        stage.say(bytes(MOST_WAITING))
        self.assertFalse(stage.relay.inward.full)
        stage.say(b"x")
        self.assertTrue(stage.relay.inward.full)
        stage.relay.deadline(SECOND)
        self.assertFalse(stage.relay.inward.full)

    def test_cut(self) -> None:
        """Half of a message still goes to the acceptor, then nothing, and the link ends."""
        stage = Stage()
        stage.fault("cut", "type=D")
        one = fix("D", 1)
        self.assertEqual(stage.say(one + fix("0", 2)), one[: len(one) // 2])
        self.assertEqual(stage.relay.ends, "fault cut: cut")
        self.assertEqual(stage.say(fix("0", 3)), b"")

    def test_half_close(self) -> None:
        """One direction ends after the message, the other does not."""
        stage = Stage()
        stage.fault("half-close", "type=D")
        one = fix("D", 1)
        self.assertEqual(stage.say(one + fix("0", 2)), one)
        self.assertEqual(stage.say(fix("0", 1), OUT), fix("0", 1))

    def test_black_hole(self) -> None:
        """Nothing gets through any more, in either direction."""
        stage = Stage()
        stage.fault("black-hole", "type=D")
        self.assertEqual(stage.say(fix("D", 1)), b"")
        self.assertEqual(stage.say(fix("0", 1), OUT), b"")
        self.assertFalse(stage.relay.ends)

    def test_hold(self) -> None:
        """A message that is held waits until its pieces are released."""
        stage = Stage()
        stage.fault("hold", "type=D")
        one, two = fix("D", 1), fix("0", 2)
        self.assertEqual(stage.say(one + two), two)
        (held,) = stage.held
        stage.relay.inward.enter(held.pieces, 0)
        self.assertEqual(stage.relay.inward.take(), [one])

    def test_of_the_session(self) -> None:
        """What is not answered or sent is dropped; numbers are another's, and only here."""
        for kind, raw, gone in (
            ("stop-heartbeats", fix("0", 1), True),
            ("ignore-test-request", fix("1", 1, "112=x|"), True),
            ("ignore-resend-request", fix("2", 1, "7=1|16=0|"), True),
            ("skip-number", fix("D", 1), False),
        ):
            stage = Stage()
            stage.fault(kind)
            wanted = b"" if gone else fix("D", 2)
            self.assertEqual(stage.say(raw), wanted, kind)
            self.assertEqual(
                stage.say(fix("0", 3, "112=y|")),
                fix("0", 4, "112=y|") if kind == "skip-number" else fix("0", 3, "112=y|"),
            )

    @given(STREAMS, PLACES, st.sampled_from(("fix", "soup", "raw")))
    def test_any(self, data: bytes, places: list[int], framing: str) -> None:
        """Nothing raises, whatever comes, with one fault of each kind."""
        stage = Stage(framing)
        given_values = {"change": {"fields": "55=B"}, "insert": {"raw": "x"}}
        last = ("black-hole", "half-close", "cut", "reset", "hold")
        for kind in sorted(surgery_of(framing).kinds - {*last}):
            stage.fault(kind, "", IN, 1, **given_values.get(kind, {}))
        for piece in cuts(data, places):
            stage.say(piece)
        stage.relay.deadline(10**12)
        stage.relay.inward.end(10**12)
        self.assertTrue(stage.relay.inward.done)
