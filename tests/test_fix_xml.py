"""Dictionaries in QuickFIX's XML format: how they are read, and what is said of broken ones."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config import fix_xml
from exsim.config.fix_xml import parse_xml, read_xml
from exsim.errors import ConfigError
from exsim.wire.fix_dictionary import Dictionary, Member, members_of
from tests.fix_dialect import XML, xml


def read(text: str) -> Dictionary:
    """The dictionary of that text."""
    return parse_xml(text.encode(), "venue.xml")


def line_of(words: str, text: str = XML) -> int:
    """The line in which these words stand."""
    return text[: text.index(words)].count("\n") + 1


class Reading(SynchronousTestCase):
    """What a good file says."""

    def outline(self, members: list[Member]) -> str:
        """Tags in order: ! where required, with the entries of groups behind them."""
        words = []
        for member in members:
            words.append(member.tag.decode() + "!" * member.required)
            if member.entry is not None:
                words.append(f"[{self.outline(members_of(member.entry))}]")
        return " ".join(words)

    def test_fields(self) -> None:
        """Number, name, type and codes; a code without a description is named by its value."""
        dictionary = read(XML)
        self.assertEqual(dictionary.version, "FIX.4.4")
        self.assertEqual(len(dictionary.fields), 24)
        side = dictionary.fields[b"54"]
        self.assertEqual((side.name, side.type), ("Side", "CHAR"))
        self.assertEqual(side.codes, {b"1": "BUY", b"2": "SELL", b"T": "T"})
        flags = dictionary.field_named("VenueFlags")
        assert flags is not None
        self.assertEqual((flags.tag, flags.type), (b"5001", "MULTIPLECHARVALUE"))

    def test_messages(self) -> None:
        """Fields in order, groups in groups, and components as if they were not."""
        dictionary = read(XML)
        self.assertEqual(list(dictionary.messages), [b"0", b"D"])
        self.assertTrue(dictionary.messages[b"0"].admin)
        order = dictionary.messages[b"D"]
        self.assertEqual((order.name, order.admin), ("NewOrderSingle", False))
        self.assertEqual(
            self.outline(members_of(order.members)),
            "11! 555 [55! 541 623] 55! 541 54! 5001 5002 [5003 5004! 5005 [5006]]",
        )

    def test_frame(self) -> None:
        """The header, with a group in it, and the trailer."""
        dictionary = read(XML)
        header = "8! 9! 35! 49! 56! 34! 52! 627 [628! 630]"
        self.assertEqual(self.outline(members_of(dictionary.header)), header)
        self.assertEqual(self.outline(members_of(dictionary.trailer)), "10!")

    def test_versions(self) -> None:
        """Every version that exsim speaks, and a missing type is FIX."""
        for arguments, version in (
            (("FIX", "4", "0"), "FIX.4.0"),
            (("FIX", "4", "3"), "FIX.4.3"),
            (("FIXT", "1", "1"), "FIXT.1.1"),
            (("FIX", "5", "0"), "FIX.5.0"),
            (("FIX", "5", "0", "2"), "FIX.5.0SP2"),
        ):
            self.assertEqual(read(xml(*arguments)).version, version)
        self.assertEqual(read(XML.replace('<fix type="FIX" ', "<fix ")).version, "FIX.4.4")

    def test_application_has_no_frame(self) -> None:
        """Whatever header an application version has, that of the session counts."""
        dictionary = read(xml(major="5", minor="0"))
        self.assertEqual((dictionary.header, dictionary.trailer), ((), ()))
        start, end = XML.index(" <header>"), XML.index(" <messages>")
        without = xml(major="5", minor="0").replace(XML[start:end], "")
        self.assertEqual(list(read(without).messages), [b"0", b"D"])

    def test_old_characters(self) -> None:
        """Up to FIX.4.1 a CHAR is text."""
        for minor, kind in (("0", "STRING"), ("1", "STRING"), ("2", "CHAR")):
            self.assertEqual(read(xml(minor=minor)).fields[b"54"].type, kind)

    def test_file(self) -> None:
        """From a file, in an encoding of its own."""
        path = self.mktemp()
        text = XML.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="ISO-8859-1"?>')
        Path(path).write_bytes(text.replace('"BLOCK"', '"BLÖCK"').encode("iso-8859-1"))
        self.assertEqual(read_xml(path).fields[b"5001"].codes[b"b"], "BLÖCK")


class Broken(SynchronousTestCase):
    """Each mistake is told with its file and line."""

    def problems(self, text: str) -> list[str]:
        """All that is said of a file with that text."""
        error = self.assertRaises(ConfigError, read, text)
        return [str(problem) for problem in error.problems]

    def check(self, old: str, new: str, *expected: str) -> None:
        """Check what is said where ``new`` stands for ``old``; the line is where it begins."""
        self.assertEqual(XML.count(old), 1, f"{old!r} is not there just once")
        line = line_of(old)
        found = self.problems(XML.replace(old, new))
        self.assertEqual(found, [f"venue.xml:{line}: {text}" for text in expected])

    def test_no_xml(self) -> None:
        """Text that is no XML, with the line where it stops being so."""
        found = self.problems(XML.replace("</header>", "</head>"))
        self.assertEqual(len(found), 1)
        self.assertIn(f"venue.xml:{line_of('</header>')}: is no XML: ", found[0])
        self.assertIn("is no XML", self.problems("")[0])

    def test_root(self) -> None:
        """Another document altogether."""
        self.assertEqual(
            self.problems("<html>\n<body/></html>"),
            ["venue.xml:1: the root is <html>: a dictionary begins with <fix>"],
        )

    def test_version(self) -> None:
        """A version that there is not, or that is not said."""
        found = self.problems(xml(minor="9"))
        self.assertIn("venue.xml:2: there is no version FIX.4.9; known: FIX.4.0, ", found[0])
        self.check('major="4" ', "", "<fix> has no major")

    def test_sections(self) -> None:
        """A section that there is not."""
        self.check(
            " <trailer>", " <trailr/><trailer>", "<fix> has no <trailr>: did you mean 'trailer'?"
        )

    def test_all_sections_missing(self) -> None:
        """They are told at once."""
        self.assertEqual(
            self.problems('<fix major="4" minor="4"/>'),
            [
                f"venue.xml:1: there is no <{name}>"
                for name in ("messages", "fields", "header", "trailer")
            ],
        )

    def test_second_section(self) -> None:
        """A section may be there once."""
        text = XML.replace(" <trailer>", " <header/>\n <trailer>")
        found = self.problems(text)
        self.assertEqual(
            found, [f"venue.xml:{line_of(' <trailer>')}: <header> is there a second time"]
        )

    def test_fields(self) -> None:
        """Attributes that are missing or wrong."""
        self.check(
            '<field number="55" name="Symbol" type="STRING"/>',
            '<field number="55" name="Symbol" type="STING"/>',
            "there is no type STING: did you mean 'STRING'?",
        )
        self.check(
            'number="5003" ', 'number="0x3" ', "number is '0x3': a tag is a whole number from 1 on"
        )
        self.check(
            'number="5003" ', 'number="03" ', "number is '03': a tag is a whole number from 1 on"
        )
        self.check(
            'number="5003"',
            'number="1234567890"',
            "number is 1234567890: a tag has at most 9 digits",
        )
        self.check('number="5006" ', "", "<field> has no number")
        self.check('type="AMT"', "", "<field> has no type")
        self.check('enum="T"', "", "<value> has no enum")
        self.check('<value enum="T"/>', "<val/>", "<field> has no <val>, only <value>")

    def test_second_field(self) -> None:
        """A name or a number that is there twice."""
        self.check('number="5006"', 'number="5004"', "field 5004 is there already, as FeeAmount")
        self.check(
            ' <field number="112"',
            ' <field number="113" name="Side" type="STRING"/><field number="112"',
            "a field Side is there already",
        )

    def test_messages(self) -> None:
        """A message without its type, with a wrong category, or that is there twice."""
        self.check('msgtype="D" ', "", "<message> has no msgtype")
        self.check('msgcat="app"', 'msgcat="App"', "msgcat is 'App': it is 'admin' or 'app'")
        self.check('msgtype="D"', 'msgtype="0"', "a message 0 is there already")
        self.check(
            " <messages>", " <messages><field/>", "<messages> has no <field>, only <message>"
        )

    def test_unknown_names(self) -> None:
        """Fields and components that there are not, with the nearest that there are."""
        self.check(
            '<field name="ClOrdID" required="Y"/>',
            '<field name="ClOrdId" required="Y"/>',
            "there is no field ClOrdId: did you mean 'ClOrdID'?",
        )
        self.check(
            '<component name="Legs" required="N"/>',
            '<component name="Leg" required="N"/>',
            "there is no component Leg: did you mean 'Legs'?",
        )
        self.check('<field name="VenueFlags"/>', "<field/>", "<field> has no name")
        self.check(
            '<field name="VenueFlags"/>',
            "<value/>",
            "<message> has no <value>, only <field>, <group>, <component>",
        )

    def test_required(self) -> None:
        """Required is Y or N."""
        self.check(
            '<field name="LegRatio" required="N"/>',
            '<field name="LegRatio" required="no"/>',
            "required is 'no': it is 'Y' or 'N'",
        )

    def test_frame(self) -> None:
        """A header or trailer that lacks what no message can do without."""
        text = XML.replace('  <field name="MsgSeqNum" required="Y"/>\n', "")
        self.assertEqual(self.problems(text), ["venue.xml:4: <header> lacks the field 34"])

    def test_groups(self) -> None:
        """A group needs a first field."""
        text = XML.replace('<field name="FeeNote" required="N"/>', "")
        line = line_of('<group name="NoFeeNotes"')
        why = "the group has no field that begins an entry"
        self.assertEqual(self.problems(text), [f"venue.xml:{line}: {why}"])

    def test_components(self) -> None:
        """A component that is there twice."""
        self.check(
            '<component name="FeeNotes">',
            '<component name="Legs"/><component name="FeeNotes">',
            "a component Legs is there already",
        )

    def test_circles(self) -> None:
        """Components that include each other, told where the circle closes."""
        self.check(
            '<field name="Maturity" required="N"/>',
            '<component name="Legs"/>',
            "the component Legs includes itself: Legs > Instrument > Legs",
        )

    def test_all_at_once(self) -> None:
        """All that is wrong is told, by line."""
        text = XML.replace('msgcat="app"', 'msgcat="x"').replace('type="AMT"', 'type="AMOUNT"')
        text = text.replace('<field name="Side" required="Y"/>', '<field name="Size"/>')
        lines = [line_of('msgcat="app"'), line_of('<field name="Side" '), line_of('type="AMT"')]
        found = [int(problem.split(":")[1]) for problem in self.problems(text)]
        self.assertEqual(found, lines)


class Hostile(SynchronousTestCase):
    """Files that are made to do harm, or are merely far too large."""

    def refused(self, text: str) -> str:
        """What is said of a file, which has to be one thing, though perhaps several times."""
        error = self.assertRaises(ConfigError, read, text)
        (found,) = {str(problem) for problem in error.problems}
        return found

    def test_entities(self) -> None:
        """Nothing is put in for entities: not a file, and not a text that grows without end."""
        secret = self.mktemp()
        Path(secret).write_text("<field name='Secret'/>", "utf-8")
        path = Path(secret).absolute()
        text = XML.replace("<fix ", f'<!DOCTYPE fix [<!ENTITY x SYSTEM "file://{path}">]>\n<fix ')
        found = self.refused(text.replace(" <header>", " <header>&x;"))
        self.assertEqual(
            found, "venue.xml:2: has a DOCTYPE, which may bring in anything: take it out"
        )
        entities = "".join(
            f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10)
        )
        bomb = f'<!DOCTYPE fix [<!ENTITY e0 "x">{entities}]><fix major="4" minor="&e9;"/>'
        self.assertIn("venue.xml:1: is no XML: ", self.refused(bomb))

    def test_network(self) -> None:
        """Nothing that lies elsewhere is fetched, nor even asked for."""
        for kind in (
            'SYSTEM "http://127.0.0.1:9/x"',
            '[<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]',
        ):
            text = XML.replace("<fix ", f"<!DOCTYPE fix {kind}><fix ")
            if "ENTITY" in kind:
                text = text.replace(" <header>", " <header>&x;")
            self.assertIn("venue.xml:2: has a DOCTYPE", self.refused(text))

    def test_growth(self) -> None:
        """Components that double thirty times."""
        parts = "".join(
            f'<component name="C{level}">{f"""<component name="C{level - 1}"/>""" * 2}</component>'
            for level in range(1, 31)
        )
        text = XML.replace(
            '<component name="Legs">',
            f'<component name="C0"><field name="Side"/></component>{parts}<component name="Legs">',
        )
        self.assertIn("this comes to more than 100000 fields", self.refused(text))

    def test_depth(self) -> None:
        """Groups in groups, and components in components, that go on and on."""
        field = '<field name="VenueFlags"/>'
        deep = '<group name="NoFees">' * 100 + field + "</group>" * 100
        self.assertIn("nested more than 64 deep", self.refused(XML.replace(field, deep)))
        chain = "".join(
            f'<component name="C{level}"><component name="C{level + 1}"/></component>'
            for level in range(2000)
        )
        last = '<component name="C2000"><field name="Side"/></component>'
        text = XML.replace('<component name="Legs">', f'{chain}{last}<component name="Legs">')
        self.assertIn("nested more than 64 deep", self.refused(text))

    def test_size(self) -> None:
        """A file at the bound is read, one byte more is not."""
        path = self.mktemp()
        self.patch(fix_xml, "MAX_SIZE", len(XML))
        Path(path).write_text(XML, "utf-8")
        self.assertEqual(read_xml(path).version, "FIX.4.4")
        Path(path).write_text(XML + "\n", "utf-8")
        error = self.assertRaises(ConfigError, read_xml, path)
        self.assertIn(f"is larger than {len(XML)} bytes", str(error))

    def test_no_file(self) -> None:
        """A file that is not there, or is a folder."""
        for path in ("no-such.xml", ".", "a\0b"):
            error = self.assertRaises(ConfigError, read_xml, path)
            self.assertIn("cannot be read: ", str(error))
