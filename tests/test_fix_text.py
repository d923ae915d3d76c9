"""FIX messages as people give and see them: fields, one line, passwords masked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.errors import Unprocessable
from exsim.model.events import Outgoing
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_fields import decode_fields, encode_fields
from exsim.wire.fix import encode
from tests.amount import amount
from tests.fix_market import NOW, ORDER, Market, logged_on, readable, wire

NAMES = Dialect(standard).names(b"FIX.4.4", b"")
MESSAGES = Market().acceptor.messages


class FieldsTests(SynchronousTestCase):
    """Messages by their fields, as people and policies give and take them."""

    def test_encode(self) -> None:
        """Numbers and names; header fields apart; the order kept."""
        fields = [
            ("35", "D"),
            ("ClOrdID", "é"),
            ("128", "X"),
            ("LastShares", "5"),
            ("43", "Y"),
            ("5001", ""),
        ]
        self.assertEqual(
            encode_fields(fields, NAMES),
            (b"D", b"11=\xc3\xa9\x0132=5\x015001=\x01", b"128=X\x0143=Y\x01"),
        )

    def test_poss_resend_stays(self) -> None:
        """A PossResend sent back is one still; it goes into the header."""
        data = encode(b"FIX.4.4", b"35=D\x0134=2\x0149=A\x0197=Y\x0111=x\x01")
        fields = decode_fields(data, NAMES)
        self.assertEqual(fields, (("35", "D"), ("97", "Y"), ("11", "x")))
        self.assertEqual(encode_fields(fields, NAMES), (b"D", b"11=x\x01", b"97=Y\x01"))

    def test_refused(self) -> None:
        """What makes no message, with the field named."""
        for fields, words in (
            ([], "MsgType"),
            ([("11", "x")], "MsgType"),
            ([("35", "")], "MsgType"),
            ([("35", "D"), ("35", "D")], "once"),
            ([("35", "D\x01")], "MsgType"),
            ([("35", "D"), ("Colour", "x")], "'Colour'"),
            ([("35", "D"), ("-1", "x")], "'-1'"),
            ([("35", "D"), ("0", "x")], "'0'"),
            ([("35", "D"), ("011", "x")], "'011'"),
            ([("35", "D"), ("1234567890", "x")], "1234567890"),
            ([("35", "D"), ("²", "x")], "'²'"),
            ([("35", "D"), ("58", "a\x01b")], "SOH"),
            ([("35", "D"), ("58", "a\x0111=b")], "SOH"),
            ([("35", "D"), ("95", "2"), ("96", "a\x01b")], "SOH"),
            ([("35", "D"), ("58", "\ud800")], "Unicode"),
            *[([("35", "D"), (tag, "x")], tag) for tag in ["8", "9", "10", "34", "49", "52", "56"]],
            ([("35", "D"), ("MsgSeqNum", "7")], "MsgSeqNum"),
        ):
            error = self.assertRaises(Unprocessable, encode_fields, fields, NAMES)
            self.assertIn(words, str(error))

    def test_raw_data(self) -> None:
        """A delimiter may stand in raw data of the right length."""
        fields = (("35", "B"), ("95", "3"), ("96", "a\x01b"), ("58", "x"))
        msg_type, body, _ = encode_fields(fields, NAMES)
        data = encode(b"FIX.4.2", b"35=%b\x0134=1\x01%b" % (msg_type, body))
        self.assertEqual(decode_fields(data, NAMES), fields)

    def test_decode(self) -> None:
        """Type and body; routing turned round; the rest of header and trailer left out."""
        client = logged_on()
        data = client.message("D", f"{ORDER}453=1|448=A|", "50=TRADER|97=Y|115=JCD|145=L|")
        fields = MESSAGES.fields("CLIENT", data)
        body = [("35", "D"), ("128", "JCD"), ("144", "L"), ("11", "C1")]
        self.assertEqual([fields[0], *fields[2:5]], body)
        self.assertEqual(fields[1], ("97", "Y"))
        self.assertEqual(fields[-2:], (("453", "1"), ("448", "A")))

    def test_echo(self) -> None:
        """The fields of a message sent back are the message, under our header."""
        client = logged_on()
        data = client.message("D", f"{ORDER}5001=x|", "115=JCD|")
        (request,) = client.feed(data)
        client.session.send(Outgoing("CLIENT", MESSAGES.fields("CLIENT", request.raw)), NOW)
        (echo,) = client.received()
        self.assertEqual(
            readable(echo.raw).split("|", 2)[2][:-7],
            "35=D|34=2|49=XSIM|52=20240102-03:04:05.000|56=CLIENT|128=JCD|" + ORDER + "5001=x|",
        )

    def test_bad_fields(self) -> None:
        """A session refuses what makes no message, and sends nothing."""
        client = logged_on()
        self.assertRaises(Unprocessable, client.session.send_fields, [("11", "x")], NOW)
        self.assertEqual(client.received(), [])
        self.assertEqual(client.session.view().next_out, 2)

    @settings(derandomize=True, deadline=None, max_examples=amount(50, 200), database=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(5000, 9999).map(str),
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x01")),
            ),
            max_size=8,
        )
    )
    def test_round_trip(self, body: list[tuple[str, str]]) -> None:
        """Any text comes back as it was."""
        fields = (("35", "U1"), ("128", "BOB"), *body)
        msg_type, encoded, header = encode_fields(fields, NAMES)
        data = encode(b"FIX.4.4", b"35=%b\x01%b%b" % (msg_type, header, encoded))
        back = decode_fields(data, NAMES)
        self.assertEqual(back, (("35", "U1"), ("115", "BOB"), *body))

    @settings(derandomize=True, deadline=None, max_examples=amount(50, 200), database=None)
    @given(st.binary(max_size=60))
    def test_any_bytes(self, data: bytes) -> None:
        """Bytes that are no message do no harm."""
        MESSAGES.fields("CLIENT", data)


class TextTests(SynchronousTestCase):
    """Messages as people see them."""

    logon = wire("8=FIX.4.2|9=5|35=A|34=1|58=554=x|95=3|96=a|b|553=u|554=secret|925=s2|10=000|")

    def test_describe(self) -> None:
        """Type and names of the fields, in order."""
        described = MESSAGES.describe(
            "CLIENT", wire("8=FIX.4.4|9=5|35=D|11=C1|9999=x|54=1|10=000|")
        )
        self.assertEqual((described.type, described.name), ("D", "NewOrderSingle"))
        self.assertEqual(
            [(field.tag, field.name, field.value) for field in described.fields[2:]],
            [
                ("35", "MsgType", "D"),
                ("11", "ClOrdID", "C1"),
                ("9999", "", "x"),
                ("54", "Side", "1"),
                ("10", "CheckSum", "000"),
            ],
        )

    def test_masked(self) -> None:
        """Passwords are hidden, nothing else is changed; raw data of a logon is one."""
        self.assertEqual(
            readable(MESSAGES.masked("CLIENT", self.logon)),
            "8=FIX.4.2|9=5|35=A|34=1|58=554=x|95=3|96=***|553=u|554=******|925=**|10=000|",
        )
        other = wire("8=FIX.4.2|9=5|35=B|95=3|96=a|b|1402=x|1404=y|10=000|")
        self.assertEqual(
            readable(MESSAGES.masked("CLIENT", other)),
            "8=FIX.4.2|9=5|35=B|95=3|96=a|b|1402=*|1404=*|10=000|",
        )
        plain = wire("8=FIX.4.2|9=5|35=D|11=554=x|10=000|")
        self.assertEqual(MESSAGES.masked("CLIENT", plain), plain)

    def test_masked_everywhere(self) -> None:
        """No view of a message shows a password, whole or broken."""
        for data in (self.logon, self.logon[:-7], b"554=secret", b"x\x01554=secret\x0135"):
            shown = [
                MESSAGES.text("CLIENT", data),
                str(MESSAGES.describe("CLIENT", data)),
                str(MESSAGES.masked("CLIENT", data)),
            ]
            self.assertNotIn("secret", "".join(shown))
        values = {
            field.tag: field.value for field in MESSAGES.describe("CLIENT", self.logon).fields
        }
        self.assertEqual((values["96"], values["554"], values["553"]), ("***", "******", "u"))

    def test_text(self) -> None:
        """One line, whatever is in it."""
        self.assertEqual(
            MESSAGES.text("CLIENT", wire("8=FIX.4.4|9=5|35=D|11=C1|58=\xc3\xa9|10=000|")),
            "NewOrderSingle 8=FIX.4.4|9=5|35=D|11=C1|58=é|10=000|",
        )
        self.assertEqual(MESSAGES.text("CLIENT", b"a\nb\xff\xe2\x80\xa8"), "a\\nb\\xff\\u2028")
        self.assertEqual(
            MESSAGES.text("CLIENT", wire("8=FIX.4.4|9=5|35=ZZ|")), "8=FIX.4.4|9=5|35=ZZ|"
        )

    def test_matches(self) -> None:
        """By type and fields, by tag or name; a password cannot be guessed."""
        data = wire("8=FIX.4.2|9=5|35=D|34=1|11=C1|111=5|58=x|554=secret|10=000|")
        for msg_type, fields, expected in (
            (None, [], True),
            ("D", [], True),
            ("8", [], False),
            (None, [("8", "FIX.4.2")], True),
            (None, [("11", "C1")], True),
            (None, [("ClOrdID", "C1")], True),
            (None, [("11", "C")], False),
            (None, [("1", None)], False),
            (None, [("58", None)], True),
            (None, [("11", "C1"), ("58", "y")], False),
            (None, [("Colour", None)], False),
            (None, [("554", None)], True),
            (None, [("554", "secret")], False),
        ):
            self.assertEqual(MESSAGES.matches("CLIENT", data, msg_type, fields), expected, fields)
        self.assertFalse(MESSAGES.matches("CLIENT", self.logon, None, [("96", "a\x01b")]))
        self.assertTrue(MESSAGES.matches("CLIENT", self.logon, None, [("Password", None)]))

    @settings(derandomize=True, deadline=None, max_examples=amount(75, 300), database=None)
    @given(
        st.one_of(
            st.binary(max_size=80),
            st.lists(
                st.sampled_from(
                    [
                        b"8=FIX.4.2",
                        b"35=A",
                        b"96=",
                        b"95=5",
                        b"554=p",
                        b"=",
                        b"\x01",
                        b"x",
                        b"\xff",
                        b"\n",
                    ]
                )
            ).map(b"".join),
        )
    )
    def test_any_bytes(self, data: bytes) -> None:
        """Nothing is raised for any bytes, and a line is one line."""
        MESSAGES.describe("CLIENT", data)
        self.assertEqual(len(MESSAGES.masked("CLIENT", data)), len(data))
        self.assertTrue(MESSAGES.text("CLIENT", data).isprintable())
        self.assert_values(data)

    def assert_values(self, data: bytes) -> None:
        """Single fields are as the whole description has them, where they are told at all."""
        described = MESSAGES.describe("CLIENT", data)
        for tag in ("8", "35", "54", "58", "95", "96", "453", "448", "5001"):
            found = MESSAGES.values("CLIENT", data, tag)
            if found is not None:
                self.assertEqual(found, [f.value for f in described.fields if f.tag == tag], tag)
        name = MESSAGES.values("CLIENT", data, "name")
        self.assertIn(name, (None, [described.name]))

    def test_bare_tags(self) -> None:
        """A tag without a value is told of by a description alone."""
        for data in (b"8", b"8\x01", b"\x018\x0135=D", b"35=D\x018", b"88\x01", b"8=\x018"):
            self.assert_values(data)

    def test_values(self) -> None:
        """Single fields, of groups and of raw data too; a password is told by nobody."""
        body = "95=7|96=58=a|5=|54=1|453=2|448=A|448=B|58=é|5001=x|"
        data = encode(b"FIX.4.4", wire("35=D|" + body))
        self.assert_values(data)
        told = {tag: MESSAGES.values("CLIENT", data, tag) for tag in ("448", "58", "1", "name")}
        self.assertEqual(
            told, {"448": ["A", "B"], "58": ["\\xe9"], "1": [], "name": ["NewOrderSingle"]}
        )
        for tag in ("554", "925", "96"):
            self.assertIsNone(MESSAGES.values("CLIENT", self.logon, tag))
        self.assertEqual(MESSAGES.values("OTHER", b"junk", "35"), [])
        self.assertIsNone(MESSAGES.values("OTHER", b"35=D junk", "35"))
