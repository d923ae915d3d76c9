"""Dialects: what a session's dictionaries name, and that its messages are held to them."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.config.fix_xml import parse_xml
from exsim.errors import ConfigError, Unprocessable
from exsim.model.events import Outgoing
from exsim.model.requests import OtherMessage
from exsim.protocols import fix_messages
from exsim.protocols.fix_dialect import FALL_BACK, Dialect, Names
from exsim.wire.fix_dictionary import TRANSPORT, Dictionary
from exsim.wire.fix_tables import TABLES
from tests.fix_dialect import XML, xml
from tests.fix_market import NOW, PROTOCOL, Client, Market, endpoint, readable, session, wire

LOGON = '<message name="Logon" msgtype="A" msgcat="admin"/>'
BLOCK = """\
<message name="BlockRequest" msgtype="U1" msgcat="app">
 <field name="ClOrdID" required="Y"/>
 <field name="VenueFlags" required="N"/>
 <group name="NoFees" required="N"><field name="FeeType" required="Y"/></group>
</message>
"""
VENUE = XML.replace("</messages>", f"{LOGON}{BLOCK}</messages>")
"""The dialect with what it takes to log on, and a message of the venue's own."""


class NamesTests(SynchronousTestCase):
    """Names as the versions of exsim's own dictionaries have them."""

    def names(self, version: str, appl_ver_id: str = "") -> Names:
        """The names of a version."""
        return Dialect(standard).names(version.encode(), appl_ver_id.encode())

    def test_own_version_first(self) -> None:
        """A field is called what its version calls it."""
        self.assertEqual(self.names("FIX.4.2").field_name(b"32"), "LastShares")
        self.assertEqual(self.names("FIX.4.4").field_name(b"32"), "LastQty")
        self.assertEqual(self.names(TRANSPORT, "2").field_name(b"32"), "LastShares")
        self.assertEqual(self.names(TRANSPORT, "9").field_name(b"32"), "LastQty")
        self.assertEqual(self.names("FIX.4.2").tag("LastShares"), "32")

    def test_others(self) -> None:
        """What a version lacks is named as others do, newer and older ones."""
        old, new = self.names("FIX.4.0"), self.names(TRANSPORT, "9")
        self.assertEqual(old.field_name(b"1137"), "DefaultApplVerID")
        self.assertEqual((old.tag("LastQty"), new.tag("LastShares")), ("32", "32"))
        self.assertEqual((new.field_name(b"20"), new.tag("IDSource")), ("ExecTransType", "22"))
        self.assertEqual(
            (old.message_name(b"AE"), new.message_name(b"A")[:5]), ("TradeCaptureReport", "Logon")
        )
        self.assertEqual(old.meaning(b"150", b"F"), "TRADE")

    def test_unknown(self) -> None:
        """What no version has is without a name."""
        for version in ("FIX.4.4", "", "FIX.9", "\xe9"):
            names = self.names(version)
            self.assertEqual((names.field_name(b"9999"), names.field_name(b"")), ("", ""))
            self.assertEqual((names.tag("Colour"), names.message_name(b"?")), (None, ""))
            self.assertEqual(names.field_name(b"54"), "Side")

    def test_meanings(self) -> None:
        """Codes by their names; the type of a message by that of the message."""
        names = self.names("FIX.4.4")
        for tag, value, meaning in (
            (b"54", b"1", "BUY"),
            (b"54", b"?", ""),
            (b"54", b"", ""),
            (b"54", b"1 2", ""),
            (b"11", b"1", ""),
            (b"9999", b"1", ""),
            (b"35", b"D", "NewOrderSingle"),
            (b"35", b"??", ""),
        ):
            self.assertEqual(names.meaning(tag, value), meaning, (tag, value))

    def test_several(self) -> None:
        """Of several codes at once each has its name, if any has one."""
        names = self.names("FIX.4.2")
        six, g = names.meaning(b"18", b"6"), names.meaning(b"18", b"G")
        self.assertTrue(six and g)
        self.assertEqual(names.meaning(b"18", b"6 G"), f"{six} {g}")
        self.assertEqual(names.meaning(b"18", b"6 ~\xff"), f"{six} ~\\xff")
        self.assertEqual(names.meaning(b"18", b"~ ~"), "")

    def test_fall_back_is_complete(self) -> None:
        """The few versions that are asked in the end have what any has."""
        tags = {tag for version in FALL_BACK for tag in standard(version).fields}
        types = {each for version in FALL_BACK for each in standard(version).messages}
        for version in TABLES:
            self.assertEqual(set(standard(version).fields) - tags, set())
            self.assertEqual(set(standard(version).messages) - types, set())

    def test_read_as_needed(self) -> None:
        """A dictionary is asked for when something is looked up that those before it lack."""
        asked: list[str] = []

        def dictionary(version: str) -> Dictionary:
            asked.append(version)
            return standard(version)

        names = Dialect(dictionary).names(b"FIX.4.4", b"")
        self.assertEqual(asked, [])
        names.field_name(b"54")
        names.meaning(b"54", b"1")
        names.message_name(b"D")
        self.assertEqual(set(asked), {"FIX.4.4"})
        names.field_name(b"20")
        self.assertEqual(set(asked), {"FIX.4.4", *FALL_BACK})


class DialectTests(SynchronousTestCase):
    """Dictionaries of files before exsim's own."""

    def setUp(self) -> None:
        """A dialect of FIX.4.4."""
        self.own = parse_xml(VENUE.encode(), "venue.xml")
        self.dialect = Dialect(standard, [self.own])

    def test_dictionary(self) -> None:
        """A file takes the place of its version; others stay, and none is added."""
        self.assertIs(self.dialect.dictionary("FIX.4.4"), self.own)
        self.assertIs(self.dialect.dictionary("FIX.4.2"), standard("FIX.4.2"))
        self.assertRaises(KeyError, self.dialect.dictionary, "FIX.4.5")

    def test_names(self) -> None:
        """The venue's own names, and exsim's for what it does not have."""
        names = self.dialect.names(b"FIX.4.4", b"")
        self.assertEqual(
            (names.field_name(b"5001"), names.tag("VenueFlags")), ("VenueFlags", "5001")
        )
        self.assertEqual((names.field_name(b"541"), names.tag("MaturityDate")), ("Maturity", "541"))
        self.assertEqual(
            (names.message_name(b"U1"), names.message_name(b"8")),
            ("BlockRequest", "ExecutionReport"),
        )
        self.assertEqual(names.meaning(b"5001", b"b a"), "BLOCK ANONYMOUS")
        self.assertEqual(
            (names.meaning(b"54", b"T"), names.meaning(b"54", b"5")), ("T", "SELL_SHORT")
        )

    def test_other_versions(self) -> None:
        """A message of a version without a file is helped out by the files there are."""
        names = self.dialect.names(b"FIX.4.2", b"")
        self.assertEqual(
            (names.field_name(b"5001"), names.field_name(b"541")), ("VenueFlags", "Maturity")
        )
        self.assertEqual(names.field_name(b"32"), "LastShares")

    def test_version_of_a_message(self) -> None:
        """BeginString says it; over FIXT.1.1 the message, else the session."""
        for text, appl_ver_id, name in (
            ("8=FIX.4.2|9=5|35=8|32=1|", b"9", "LastShares"),
            ("8=FIX.4.3|9=5|35=8|1128=4|32=1|", b"4", "LastQty"),
            ("8=FIXT.1.1|9=5|35=8|32=1|", b"4", "LastShares"),
            ("8=FIXT.1.1|9=5|35=8|32=1|", b"9", "LastQty"),
            ("8=FIXT.1.1|9=5|35=8|1128=4|32=1|", b"9", "LastShares"),
            ("8=FIXT.1.1|9=5|35=A|1137=4|", b"9", "LastShares"),
            ("8=FIXT.1.1|9=5|35=8|1128=zz|", b"4", "LastQty"),
            ("8=FIXT.1.1", b"4", "LastShares"),
            ("35=8|32=1|8=FIX.4.2|", b"4", "LastQty"),
            ("", b"", "LastQty"),
        ):
            names = self.dialect.names_in(wire(text), appl_ver_id)
            self.assertEqual(names.field_name(b"32"), name, (text, appl_ver_id))


class SessionTests(SynchronousTestCase):
    """Endpoints and sessions that name files."""

    def file(self, text: str) -> str:
        """A file of that text."""
        path = f"{self.mktemp()}.xml"
        Path(path).write_text(text, "utf-8")
        return path

    def market(self, *sessions: tuple[str, str], **keys: str) -> Market:
        """An endpoint with sessions by name and dictionary, all of which are validated."""
        made = [session(name, dictionary=file, validate="yes") for name, file in sessions]
        return Market(*made, validate="yes", **keys)

    def client(self, market: Market, name: str) -> Client:
        """A counterparty that has logged on."""
        client = Client(market.acceptor, name=name, version="FIX.4.4")
        self.assertEqual([message.msg_type for message in client.logon()], [b"A"])
        return client

    def rejected(self, client: Client, body: str) -> tuple[bytes, bytes] | None:
        """Why a BlockRequest is rejected; None when it is taken."""
        requests = client.send("U1", body)
        if requests:
            (request,) = requests
            assert isinstance(request, OtherMessage)
            self.assertEqual(request.msg_type, "U1")
            return None
        (reject,) = client.received()
        return reject.fields[b"373"], reject.fields.get(b"371", b"")

    def test_validated(self) -> None:
        """A session is held to its own file, another on the same endpoint to exsim's dictionary."""
        market = self.market(("DESK", self.file(VENUE)), ("PLAIN", ""))
        desk, plain = self.client(market, "DESK"), self.client(market, "PLAIN")
        for body, expected in (
            ("11=1|5001=a b|5002=2|5003=x|5003=y|", None),
            ("11=1|5001=a c|", (b"5", b"5001")),
            ("5001=a|", (b"1", b"11")),
            ("11=1|5002=2|5003=x|", (b"16", b"5002")),
            ("11=1|55=A|", (b"2", b"55")),
            ("11=1|6001=A|", None),
            ("11=1|15=USD|", (b"0", b"15")),
        ):
            self.assertEqual(self.rejected(desk, body), expected, body)
        self.assertEqual(self.rejected(plain, "11=1|"), (b"11", b""))

    def test_inherited(self) -> None:
        """What an endpoint names holds for sessions made as somebody logs on."""
        market = self.market(dictionary=self.file(VENUE), accept_any_logon="yes")
        self.assertIsNone(self.rejected(self.client(market, "ANY"), "11=1|5001=a|"))
        described = market.acceptor.messages.describe("", wire("8=FIX.4.4|35=U1|5001=a|"))
        self.assertEqual(described.name, "BlockRequest")

    def test_vocabulary(self) -> None:
        """What messages may be called is what any session may call them, from when it is there."""
        market = self.market(("PLAIN", ""))
        messages = market.acceptor.messages
        plain = messages.vocabulary
        self.assertEqual(plain.types(b"U1"), [("U1", "")])
        self.assertEqual(plain.types(b"J"), [("J", "Allocation"), ("J", "AllocationInstruction")])
        self.assertEqual((plain.tags("venueflags"), plain.has_codes("5001")), ([], False))
        self.assertEqual((plain.tags("lastshares"), plain.has_codes("54")), (["32"], True))
        market.acceptor.open(session("OTHER", dictionary=""))
        self.assertIs(messages.vocabulary, plain)
        market.acceptor.open(session("DESK", dictionary=self.file(VENUE)))
        market.acceptor.close("DESK", NOW)
        found = messages.vocabulary
        self.assertEqual(found.types(b"U1"), [("U1", ""), ("U1", "BlockRequest")])
        self.assertEqual(found.types(b"D"), [("D", "NewOrderSingle")])
        self.assertEqual((found.tags("venueflags"), found.has_codes("5001")), (["5001"], True))
        self.assertEqual(plain.types(b"U1"), [("U1", "")])

    def test_told(self) -> None:
        """Each session's messages are told in its own dialect, also when it is gone."""
        market = self.market(("DESK", self.file(VENUE)), ("PLAIN", ""))
        messages = market.acceptor.messages
        data = wire("8=FIX.4.4|9=5|35=U1|5001=a b|54=1|10=000|")

        def told(name: str) -> list[object]:
            field = messages.describe(name, data).fields[3]
            return [
                messages.describe(name, data).name,
                (field.tag, field.name, field.value, field.meaning),
                messages.matches(name, data, "U1", [("VenueFlags", "a b")]),
                messages.text(name, data).partition(" ")[0],
            ]

        desk = ["BlockRequest", ("5001", "VenueFlags", "a b", "ANONYMOUS BLOCK"), True]
        plain = ["", ("5001", "", "a b", ""), False]
        for _ in ("there", "gone"):
            self.assertEqual(told("DESK")[:3], desk)
            self.assertEqual(told("DESK")[3], "BlockRequest")
            for other in ("PLAIN", "", "nobody"):
                self.assertEqual(told(other)[:3], plain)
            for name in list(market.acceptor.sessions):
                market.acceptor.close(name, NOW)
        self.assertEqual(market.acceptor.sessions, {})

    def test_application_version_told(self) -> None:
        """Over FIXT.1.1 by the version that the session spoke last, also when it is gone."""
        market = Market(session("OLD"))
        client = Client(market.acceptor, "OLD", "FIXT.1.1", "4")
        client.logon()
        data = wire("8=FIXT.1.1|9=5|35=8|32=1|10=000|")
        for _ in ("there", "gone"):
            field = market.acceptor.messages.describe("OLD", data).fields[3]
            self.assertEqual(field.name, "LastShares")
            if market.acceptor.sessions:
                market.acceptor.close("OLD", NOW)
        self.assertEqual(market.acceptor.messages.describe("", data).fields[3].name, "LastQty")

    def test_former_are_bounded(self) -> None:
        """Those that went last are remembered."""
        path = self.file(VENUE)
        market = self.market()
        others = [f"other {number}" for number in range(fix_messages.MOST_FORMER - 3)]
        for name in ("A", "B", *others, "A", "C", "D"):
            market.acceptor.open(session(name, dictionary=path))
            market.acceptor.close(name, NOW)
        data = wire("8=FIX.4.4|35=U1|")
        names = {each: market.acceptor.messages.describe(each, data).name for each in "ABCD"}
        self.assertEqual([each for each, name in names.items() if name], ["A", "C", "D"])

    def test_reply(self) -> None:
        """Fields of a message to send may be given by the venue's names."""
        market = self.market(("DESK", self.file(VENUE)), ("PLAIN", ""))
        desk, plain = self.client(market, "DESK"), self.client(market, "PLAIN")
        fields = (("MsgType", "U1"), ("ClOrdID", "1"), ("VenueFlags", "a"), ("NoFees", "1"))
        desk.session.send(Outgoing("DESK", fields), NOW)
        (sent,) = desk.received()
        self.assertIn("|11=1|5001=a|5002=1|", readable(sent.raw))
        self.assertRaises(Unprocessable, plain.session.send_fields, fields, NOW)

    def test_reply_before_logon(self) -> None:
        """A session that may speak any version knows its names before it speaks."""
        path = self.file(xml(major="4", minor="2"))
        market = Market(session("DESK", dictionary=path))
        market.acceptor.sessions["DESK"].send_fields((("35", "U1"), ("VenueFlags", "a")), NOW)
        self.assertEqual(market.acceptor.sessions["DESK"].view().next_out, 2)

    def test_broken(self) -> None:
        """No endpoint or session is made with a file that is none."""
        broken = self.file("<fix")
        self.assertRaises(ConfigError, self.market, ("DESK", broken))
        self.assertRaises(ConfigError, Market, dictionary=broken)


class ProblemTests(SynchronousTestCase):
    """What is said of the files that keys name."""

    def setUp(self) -> None:
        """Some files."""
        folder = Path(self.mktemp())
        folder.mkdir()
        transport = xml(type="FIXT", major="1", minor="1")
        application = xml(major="5", minor="0", servicepack="2")
        for name, text in (
            ("a", XML),
            ("again", XML),
            ("t", transport),
            ("sp2", application),
            ("bad", XML.replace("CHAR", "CHRA").replace("AMT", "ATM")),
        ):
            (folder / name).write_text(text, "utf-8")
        self.folder = f"{folder}/"

    def problems(self, files: str, begin_string: str) -> list[str]:
        """What is wrong, without the folder."""
        paths = ",".join(self.folder + name for name in files.split())
        keys = {} if not begin_string else {"begin_string": begin_string}
        values = session("S", dictionary=paths, **keys).options
        if not begin_string:
            values = endpoint(dictionary=paths).options
        found = PROTOCOL.problems(values, False)
        self.assertEqual({key for key, _ in found} - {"dictionary"}, set())
        return [str(problem).replace(self.folder, "") for _, problem in found]

    def test_right(self) -> None:
        """Files of versions that may be spoken: over FIXT.1.1 any version may."""
        for files, begin_string in (
            ("", "FIX.4.4"),
            ("a", "FIX.4.4"),
            ("a t sp2", "any"),
            ("a t sp2", ""),
            ("a", TRANSPORT),
            ("t sp2", TRANSPORT),
        ):
            self.assertEqual(self.problems(files, begin_string), [], (files, begin_string))

    def test_wrong(self) -> None:
        """Versions never spoken, or there twice; files that are none."""
        never = "which a session of FIX.4.2 never speaks"
        for files, begin_string, expected in (
            ("a", "FIX.4.2", [f"a is a dictionary of FIX.4.4, {never}"]),
            ("t", "FIX.4.2", [f"t is a dictionary of FIXT.1.1, {never}"]),
            ("a again", "", ["again is a dictionary of FIX.4.4, as a is: name one of them"]),
            ("a a", "FIX.4.4", []),
            ("none a", "any", ["none: cannot be read: No such file or directory"]),
            (
                "t bad",
                "any",
                [
                    "bad:65: there is no type CHRA: did you mean 'CHAR'?",
                    "bad:85: there is no type ATM: did you mean 'AMT'?",
                ],
            ),
        ):
            self.assertEqual(self.problems(files, begin_string), expected, files)


DATA = """\
<message name="Sealed" msgtype="U2" msgcat="app">
 <field name="SealedLen" required="Y"/>
 <field name="SealedBid" required="Y"/>
 <group name="NoFees" required="N">
  <field name="FeeType" required="Y"/>
  <field name="NoteLen" required="N"/>
  <field name="FeeMemo" required="N"/>
 </group>
</message>
"""
DATA_FIELDS = """\
<field number="6001" name="SealedLen" type="LENGTH"/>
<field number="6002" name="SealedBid" type="DATA"/>
<field number="6003" name="NoteLen" type="LENGTH"/>
<field number="6005" name="FeeMemo" type="XMLDATA"/>
<field number="6006" name="DeskID" type="STRING"/>
"""
SEALED = (
    VENUE.replace("</messages>", f"{DATA}</messages>")
    .replace("</fields>", f"{DATA_FIELDS}</fields>")
    .replace('<group name="NoHops"', '<field name="DeskID"/><group name="NoHops"')
)
"""The venue with raw data of its own, in a group too, and a field of its own in the header."""
BID = "6001=9|6002=5001=a|54|5002=1|5003=x|6003=3|6005=||||"


class RawDataTests(SynchronousTestCase):
    """Raw data that only a venue has may hold the delimiter, as that of FIX may."""

    def setUp(self) -> None:
        """A counterparty of the venue, and one of exsim's own FIX.4.4."""
        path = f"{self.mktemp()}.xml"
        Path(path).write_text(SEALED, "utf-8")
        made = [
            session("DESK", dictionary=path, validate="yes"),
            session("PLAIN", validate="yes"),
        ]
        self.market = Market(*made)
        self.desk = Client(self.market.acceptor, "DESK", "FIX.4.4")
        self.plain = Client(self.market.acceptor, "PLAIN", "FIX.4.4")
        self.desk.logon()
        self.plain.logon()

    def test_pairs(self) -> None:
        """They are the fields of such types that follow one of a length, in groups too."""
        dialect = self.desk.session.dialect
        assert dialect.data_fields is not None
        pairs = (dialect.data_fields[b"6001"], dialect.data_fields[b"6003"])
        self.assertEqual(pairs, (b"6002", b"6005"))
        self.assertEqual(dialect.data_fields[b"95"], b"96")
        self.assertIsNone(self.plain.session.dialect.data_fields)
        self.assertIsNone(Dialect(standard, [parse_xml(VENUE.encode(), "x")]).data_fields)

    def test_received(self) -> None:
        """It is one field: validated as such, told as such, and sent back as such."""
        (request,) = self.desk.send("U2", BID)
        fields = (("6002", "5001=a\x0154"), ("5002", "1"), ("5003", "x"), ("6003", "3"))
        messages = self.market.acceptor.messages
        found = messages.fields("DESK", request.raw)
        self.assertEqual(found[2:6], fields)
        self.assertEqual(found[6], ("6005", "\x01\x01\x01"))
        told = messages.describe("DESK", request.raw).fields
        self.assertIn(("SealedBid", "5001=a\x0154"), [(each.name, each.value) for each in told])
        self.desk.session.send(Outgoing("DESK", found), NOW)
        self.assertIn(wire(BID), self.desk.connection.data_to_send())

    def test_after_a_gap(self) -> None:
        """A message kept until others came is read the same way."""
        late, early = self.desk.message("0", ""), self.desk.message("U2", BID)
        self.assertEqual(self.desk.feed(early), [])
        (request,) = self.desk.feed(late)
        self.assertEqual(request.raw, early)

    def test_not_of_others(self) -> None:
        """Where it is not raw data, the delimiter ends it."""
        self.assertEqual(self.plain.send("U2", BID), [])
        self.assertEqual(self.plain.received(), [])
        self.assertRaises(
            Unprocessable,
            self.plain.session.send_fields,
            [("35", "U2"), ("6001", "3"), ("6002", "a\x01b")],
            NOW,
        )

    def test_password_in_it(self) -> None:
        """What looks like a password inside is part of the data, and nothing else is hidden."""
        data = wire("8=FIX.4.4|9=5|35=U2|6001=7|6002=|554=ab|554=cd|10=000|")
        masked = self.market.acceptor.messages.masked("DESK", data)
        self.assertEqual(readable(masked), "8=FIX.4.4|9=5|35=U2|6001=7|6002=|554=ab|554=**|10=000|")

    def test_header(self) -> None:
        """A field of the venue's header goes there, and is no part of the body."""
        fields = (("35", "U1"), ("ClOrdID", "1"), ("DeskID", "7"))
        self.desk.session.send_fields(fields, NOW)
        (sent,) = self.desk.received()
        self.assertIn("|56=DESK|6006=7|11=1|", readable(sent.raw))
        (request,) = self.desk.send("U1", "11=1|", "6006=7|")
        self.assertEqual(
            self.market.acceptor.messages.fields("DESK", request.raw),
            (("35", "U1"), ("11", "1")),
        )
