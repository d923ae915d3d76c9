"""The rules of engagement for FIX, ``docs/fix*.rst``, are what exsim does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lxml import etree
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.schema import KINDS
from exsim.model.options import Option
from exsim.plugins import Catalogue
from exsim.wire import fix_reasons
from tests.amount import amount, whole_only
from tools.engagement import messages, outbound, rejects
from tools.engagement.__main__ import DOCS, FILES, stale, write
from tools.engagement.examples import BUSINESS, ENDINGS, REJECTS
from tools.engagement.fields import inner, places
from tools.engagement.figures import FIGURES
from tools.engagement.inbound import APPLICATION_SUBJECTS, HEADER, SESSION_SUBJECTS, used
from tools.engagement.notes import NOTES
from tools.engagement.rst import document, table
from tools.engagement.sequence import Arrow, Note, svg
from tools.engagement.trying import Counterparty, sent

SUBJECTS = {one.msg_type: one for one in (HEADER, *SESSION_SUBJECTS, *APPLICATION_SUBJECTS)}
PAGES = ("fix.rst", *(name for name in FILES if name.endswith(".rst")))


class WrittenTests(SynchronousTestCase):
    """The files."""

    def test_current(self) -> None:
        """They are what the code says and does; else: python -m tools.engagement."""
        quick = [name for name in FILES if name != "fix-messages.rst"]  # found by much trying
        names = [*quick, "fix-messages.rst"][: amount(len(quick), len(FILES))]
        self.assertEqual(stale(files={name: FILES[name] for name in names}), [])

    def test_stale(self) -> None:
        """What is missing, or was changed, is found; what was just written is not."""
        folder = Path(self.mktemp())
        folder.mkdir()
        files = {"page.rst": lambda: "a page\n", "pictures/figure.svg": lambda: "<svg/>"}
        self.assertEqual(stale(folder, files), list(files))
        write(folder, files)
        self.assertEqual(stale(folder, files), [])
        (folder / "page.rst").write_text("something else\n", encoding="utf-8")
        self.assertEqual(stale(folder, files), ["page.rst"])

    def test_links(self) -> None:
        """What a page links to or shows is there, and every page and figure is linked."""
        found = set()
        for name in PAGES:
            text = (DOCS / name).read_text(encoding="utf-8")
            found |= set(re.findall(r"<([\w-]+\.rst)>`__|^\.\. image:: (\S+)$", text, re.MULTILINE))
        names = {link or image for link, image in found}
        self.assertEqual({name for name in names if not (DOCS / name).exists()}, set())
        self.assertEqual({*PAGES, *FIGURES} - names, set())

    def test_keys(self) -> None:
        """The keys that the page written by hand names are those of exsim."""
        protocol = Catalogue().protocol("fix")
        lists = (protocol.endpoint_options, protocol.session_options, *_of_schema())
        known = {option.name for options in lists for option in options}
        text = (DOCS / "fix.rst").read_text(encoding="utf-8")
        named = set(re.findall(r"``([a-z]+(?:_[a-z]+)+)(?: = \w+)?``", text)) - {"reject_"}
        self.assertTrue({"accept_any_logon", "logon_timeout"} <= named, named)
        self.assertEqual(named - known, set())

    def test_figures(self) -> None:
        """Every figure is well-formed, and nothing in it is wider than the space between sides."""
        for name in FIGURES:
            root = etree.fromstring((DOCS / name).read_bytes())
            texts = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]
            self.assertEqual(texts[:2], ["counterparty", "exsim"])
            self.assertGreater(len(texts), 6)
            self.assertEqual([text for text in texts if len(text) > 80], [])


def _of_schema() -> list[Sequence[Option]]:
    return [KINDS[kind].options for kind in ("venue", "endpoint", "session")]


class TryingTests(SynchronousTestCase):
    """What is found by trying."""

    @whole_only
    def test_used(self) -> None:
        """Fields that matter are found, and no others."""
        for msg_type, tags in (
            ("1", {"112"}),
            ("2", {"7", "16"}),
            ("4", {"34", "36", "123"}),
            ("5", set()),
        ):
            self.assertEqual(used(SUBJECTS[msg_type]), tags)
        self.assertTrue({"98", "108", "141", "553", "554", "1137"} <= used(SUBJECTS["A"]))
        self.assertTrue({"34", "43", "49", "52", "56", "122", "128"} <= used(HEADER))
        order = used(SUBJECTS["D"])
        self.assertTrue({"11", "21", "38", "40", "44", "54", "55", "59", "60"} <= order)
        self.assertTrue({"18", "99", "110", "111", "126", "211", "389", "1102", "1138"} <= order)
        self.assertEqual({"15", "81", "100", "114", "168"} & order, set())
        self.assertEqual(used(SUBJECTS["Q"]), {"54", "127"})
        self.assertTrue({"11", "54", "55", "60", "167", "460", "530"} <= used(SUBJECTS["q"]))

    def test_notes(self) -> None:
        """There is a note on nothing that exsim does not use."""
        for msg_type, notes in list(NOTES.items())[: amount(3, len(NOTES))]:
            self.assertEqual(set(notes) - used(SUBJECTS[msg_type]), set(), msg_type)

    def test_sent(self) -> None:
        """exsim sends every session message, reports and rejects; no field that is not defined."""
        self.assertEqual(outbound.types(session=True), [*"012345A"])
        told = [*"689", "AE", "AG", "AI", "AJ", "AQ", "B", "BJ", "BZ", *"NRSWXYZbdfhjry"]
        self.assertEqual(outbound.types(session=False), told)
        for version in ("FIX.4.0", "FIX.4.2", "FIX.4.4"):
            header = {*(places(version, "") or ()), "10"}
            for msg_type, found in outbound.messages(version).items():
                there = {*(places(version, msg_type) or ()), *header, "448", "447", "452"}
                there |= inner(version, msg_type)
                there |= {"141"} if msg_type == "A" else set()  # which FIX.4.0 may bring too
                for message in found:
                    tags = {tag.decode() for tag in message.fields}
                    self.assertEqual(tags - there, set(), (version, message.raw))

    def test_unanswered(self) -> None:
        """A BusinessMessageReject that comes in is not answered, as the page says."""
        counterparty = Counterparty("FIX.4.4")
        counterparty.send(counterparty.logon())
        self.assertEqual(counterparty.send(sent("j", "45=2|372=D|380=0|")), [])

    def test_overview(self) -> None:
        """The table of messages tells who sends what, in which version."""
        text = "\n".join(messages.overview())
        self.assertRegex(text, r"(?m)^D +NewOrderSingle +in( +in){7}$")
        self.assertRegex(text, r"(?m)^1 +TestRequest +both( +both){7}$")
        self.assertRegex(text, r"(?m)^j +BusinessMessageReject +out( +out){5}$")


class RejectsTests(SynchronousTestCase):
    """Examples of what is refused."""

    def test_reasons(self) -> None:
        """Each SessionRejectReason that exsim has is given for one of them."""
        known = {
            value
            for name, value in vars(fix_reasons).items()
            if name.isupper() and isinstance(value, int) and value != fix_reasons.RIGHT
        }
        self.assertEqual({rejects.reason_of(example) for example in REJECTS}, known)

    def test_logouts(self) -> None:
        """An example says that a Logout follows where one does."""
        for example in REJECTS:
            types = [one.msg_type for one in example.answer("FIX.5.0SP2").messages]
            says = "a Logout follows" in example.text
            self.assertEqual(types, [b"3", b"5"] if says else [b"3"], example.text)

    def test_endings(self) -> None:
        """They end in other ways than with nothing but a Reject, or are passed over."""
        for example in ENDINGS:
            told = rejects.ending(example)
            self.assertRegex(told, "Logout|closed|ResendRequest|^nothing$", example.text)

    def test_business(self) -> None:
        """Each is refused in every version by a message that refuses."""
        for example in BUSINESS:
            for version in rejects.SHOWN:
                self.assertRegex(rejects.refusal(example, version), "^(3|8 103|9|j 380)")


class RenderingTests(SynchronousTestCase):
    """Tables and diagrams."""

    def test_table(self) -> None:
        """The last column is wrapped; the others are as wide as they have to be."""
        lines = table(["a", "text"], [["12345", "word " * 30], ["1", ""]])
        self.assertEqual(lines[0], f"===== {'=' * 94}")
        self.assertEqual(lines[1], "a     text")
        self.assertEqual([line[:6] for line in lines[3:6]], ["12345 ", " " * 6, "1"])

    def test_document(self) -> None:
        """No two empty lines in a row, none at the begin or the end."""
        self.assertEqual(document(["", "a", "", "", "b", "", ""]), "a\n\nb\n")

    def test_sequence(self) -> None:
        """Arrows point to where a message goes; one that is lost has no head."""
        drawn = svg("t<", "us", "them", [Arrow("a & b", True), Arrow("c", True, True), Note("n")])
        root = etree.fromstring(drawn.encode())
        paths = [path.get("d", "") for path in root.iter("{http://www.w3.org/2000/svg}path")]
        self.assertEqual([path.endswith("Z") for path in paths], [True, False])
        self.assertIn("a &amp; b", drawn)
        self.assertIn("<title>t&lt;</title>", drawn)
