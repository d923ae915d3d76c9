"""The tables of FIX versions: what is in them, and that they say what they were written from."""

from __future__ import annotations

import tempfile
from contextlib import redirect_stderr
from importlib.resources import files
from io import StringIO

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.errors import Bug, ConfigError
from exsim.wire.fix_dictionary import (
    TRANSPORT,
    Block,
    Component,
    Dictionary,
    Include,
    Member,
    members_of,
)
from exsim.wire.fix_tables import TABLES, parse_table
from exsim.wire.fix_types import KINDS
from tools.fixtables import main, table_of

COUNTS = {
    "FIX.4.0": (27, 138),
    "FIX.4.1": (28, 206),
    "FIX.4.2": (46, 405),
    "FIX.4.3": (68, 635),
    "FIX.4.4": (93, 912),
    "FIXT.1.1": (8, 74),  # 71 in its own dictionary, and 3 of the group that this leaves empty
    "FIX.5.0": (93, 1090),
    "FIX.5.0SP1": (105, 1373),
    "FIX.5.0SP2": (156, 6028),
}
"""Messages and fields of each version."""


def outline(members: list[Member]) -> list[str]:
    """The tags of members, with ! where one is required and the entries of groups behind them."""
    found = []
    for member in members:
        found.append(member.tag.decode() + "!" * member.required)
        if member.entry is not None:
            found.append("[" + " ".join(outline(members_of(member.entry))) + "]")
    return found


def blocks_of(dictionary: Dictionary) -> list[Block]:
    """Everything that something is made of, entries of groups too."""
    found = [dictionary.header, dictionary.trailer]
    found += [message.members for message in dictionary.messages.values()]
    found += [component.members for component in dictionary.components.values()]
    for block in found:  # grows as it is walked
        found += [part.entry for part in block if isinstance(part, Member) and part.entry]
    return found


class Standard(SynchronousTestCase):
    """The versions that exsim has."""

    def test_counts(self) -> None:
        """As many messages and fields as the version has."""
        found = {}
        for version in TABLES:
            dictionary = standard(version)
            self.assertEqual(dictionary.version, version)
            found[version] = (len(dictionary.messages), len(dictionary.fields))
        self.assertEqual(found, COUNTS)

    def test_whole(self) -> None:
        """Whatever something is made of is a field of the version, of a type that exsim knows."""
        for version in TABLES:
            dictionary = standard(version)
            for field in dictionary.fields.values():
                self.assertIn(field.type, KINDS, field)
            for block in blocks_of(dictionary):
                for part in block:
                    if isinstance(part, Include):
                        self.assertIs(dictionary.components[part.component.name], part.component)
                    else:
                        self.assertIn(part.tag, dictionary.fields)
                        self.assertNotEqual(part.entry, (), part.tag)

    def test_codes_fit_their_types(self) -> None:
        """The codes of a field are of its type."""
        for version in TABLES:
            for field in standard(version).fields.values():
                kind = KINDS[field.type]
                for code in field.codes:
                    self.assertTrue(kind is None or kind.holds(code), f"{field} {code!r}")

    def test_new_order(self) -> None:
        """NewOrderSingle needs what the specification says, from version to version."""
        needed = {
            version: " ".join(
                member.tag.decode()
                for member in members_of(standard(version).messages[b"D"].members)
                if member.required
            )
            for version in TABLES
            if version != TRANSPORT
        }
        self.assertEqual(
            needed,
            {
                "FIX.4.0": "11 21 55 54 38 40",
                "FIX.4.1": "11 21 55 54 40",
                "FIX.4.2": "11 21 55 54 60 40",
                "FIX.4.3": "11 21 54 60 40",
                "FIX.4.4": "11 54 60 40",
                "FIX.5.0": "11 54 60 40",
                "FIX.5.0SP1": "11 54 60 40",
                "FIX.5.0SP2": "11 54 60 40",
            },
        )

    def test_groups(self) -> None:
        """The parties of an order are a group with a group in it."""
        order = outline(members_of(standard("FIX.4.4").messages[b"D"].members))
        self.assertEqual(order[:5], ["11!", "526", "583", "453", "[448 447 452 802 [523 803]]"])

    def test_frame(self) -> None:
        """Header and trailer are the session's; an application version has none."""
        for version in TABLES:
            dictionary = standard(version)
            header = {m.tag for m in members_of(dictionary.header) if m.required}
            trailer = {m.tag for m in members_of(dictionary.trailer) if m.required}
            if version.startswith("FIX.5"):
                self.assertEqual((header, trailer), (set(), set()))
            else:
                self.assertEqual(header, set(b"8 9 35 34 49 52 56".split()), version)
                self.assertEqual(trailer, {b"10"})

    def test_characters(self) -> None:
        """What is a CHAR up to FIX.4.1 is text: only later is it one character."""
        for version in TABLES:
            types = {field.type for field in standard(version).fields.values()}
            old = version in ("FIX.4.0", "FIX.4.1")
            self.assertEqual("CHAR" in types, not old, version)

    def test_names(self) -> None:
        """Fields, codes and messages are found by name and have names."""
        dictionary = standard("FIX.4.4")
        side = dictionary.field_named("Side")
        assert side is not None
        self.assertEqual((side.tag, side.type, side.codes[b"1"]), (b"54", "CHAR", "BUY"))
        self.assertIsNone(dictionary.field_named("Nonsense"))
        heartbeat = dictionary.message_named("Heartbeat")
        assert heartbeat is not None
        self.assertEqual((heartbeat.msg_type, heartbeat.admin), (b"0", True))
        self.assertFalse(dictionary.messages[b"D"].admin)
        self.assertIsNone(dictionary.message_named("Nonsense"))
        self.assertIn("54 Side", repr(side))
        self.assertIn("0 Heartbeat", repr(heartbeat))
        self.assertIn("FIX.4.4", repr(dictionary))

    def test_read_once(self) -> None:
        """A version is read when it is asked for first, and kept."""
        self.assertIs(standard("FIX.4.2"), standard("FIX.4.2"))

    def test_written_by_the_tool(self) -> None:
        """Each table is what the tool writes of the dictionary that is read from it."""
        for version, table in TABLES.items():
            text = (files("exsim.wire") / "tables" / table).read_text("utf-8")
            self.assertEqual(table_of(standard(version)), text)


class Reader(SynchronousTestCase):
    """From the text of a table to a dictionary."""

    TABLE = (
        "# a comment\n\nversion\tFIX.4.4\n"
        "field\t1\tAccount\tSTRING\n"
        "field\t54\tSide\tCHAR\t1=BUY\t=2=EQUALS\n"
        "component\tInner\t1!\n"
        "component\tOuter\t54! @Inner!\n"
        "header\t1!\n"
        "trailer\t54\n"
        "message\tD\tNewOrder\tapp\t78![ 1! @Inner 80[ 54 ] 81 ] @Outer 1\n"
        "message\t0\tHeartbeat\tadmin\t\n"
    )

    def test_lines(self) -> None:
        """Each kind of line."""
        dictionary = parse_table(self.TABLE)
        self.assertEqual(dictionary.version, "FIX.4.4")
        self.assertEqual(list(dictionary.fields), [b"1", b"54"])
        self.assertEqual(dictionary.fields[b"54"].codes, {b"1": "BUY", b"=2": "EQUALS"})
        self.assertEqual(outline(members_of(dictionary.header)), ["1!"])
        self.assertEqual(outline(members_of(dictionary.trailer)), ["54"])
        self.assertEqual(dictionary.messages[b"0"].members, ())
        self.assertEqual(
            outline(members_of(dictionary.messages[b"D"].members)),
            ["78!", "[1! 1 80 [54] 81]", "54", "1", "1"],
        )

    def test_required_components(self) -> None:
        """What a component needs is needed where the component itself is."""
        dictionary = parse_table(self.TABLE.replace("@Outer 1", "@Outer! 1"))
        self.assertEqual(
            outline(members_of(dictionary.messages[b"D"].members))[2:], ["54!", "1!", "1"]
        )

    def test_unknown_line(self) -> None:
        """A line of no known kind is a mistake of ours."""
        self.assertRaises(Bug, parse_table, "fields\t1\tAccount\tSTRING\n")


class Tool(SynchronousTestCase):
    """What writes the tables."""

    def test_usage(self) -> None:
        """Without a folder it says what it needs."""
        said = StringIO()
        with redirect_stderr(said):
            self.assertEqual(main([]), 2)
        self.assertIn("FOLDER", said.getvalue())

    def test_missing(self) -> None:
        """A file that is not there is told, and no table is touched."""
        with tempfile.TemporaryDirectory() as folder:
            error = self.assertRaises(ConfigError, main, [folder])
        self.assertIn("FIX50SP2.xml: cannot be read", str(error))

    def test_missing_group(self) -> None:
        """A Logon over FIXT.1.1 has the group of types that its own dictionary leaves empty."""
        logon = outline(members_of(standard(TRANSPORT).messages[b"A"].members))
        self.assertEqual(logon[logon.index("384") + 1], "[372 385 1130 1406 1131 1410]")

    def test_no_room(self) -> None:
        """A name that would break a line is refused."""
        broken = Dictionary("FIX.4.4", (), (Component("a\tb", ()),), (), (), ())
        self.assertRaises(ValueError, table_of, broken)
