"""The pages of binary messages are what the layouts say."""

from __future__ import annotations

from pathlib import Path

from docutils.core import publish_doctree
from twisted.trial.unittest import SynchronousTestCase

from exsim.wire import mold, soup
from exsim.wire.layouts.soup30 import ACCEPTED, LOGIN, MOLD_HEADER, REJECTED, SOUP
from tools.layouts import PAGES, page, stale, write


class PageTests(SynchronousTestCase):
    """Pages below ``docs/``."""

    def test_current(self) -> None:
        """They are up to date; else: python -m tools.layouts."""
        self.assertEqual(stale(), [], "python -m tools.layouts")

    def test_stale(self) -> None:
        """One that is not there, or was changed, is found."""
        folder = Path(self.mktemp())
        folder.mkdir()
        self.assertEqual(stale(folder), list(PAGES))
        write(folder)
        self.assertEqual(stale(folder), [])
        (folder / "ouch-messages.rst").write_text("old\n", encoding="utf-8")
        self.assertEqual(stale(folder), ["ouch-messages.rst"])

    def test_all_is_told(self) -> None:
        """Every field, option and code of every message, in what docutils can read."""
        for name, (_, families) in PAGES.items():
            text = page(name)
            for family in families:
                for layout in (*family.inbound.values(), *family.outbound.values()):
                    self.assertIn(f"**{layout.type.decode()}**, {layout.name} ", text)
                    for field in layout.fields:
                        self.assertRegex(text, rf"{field.offset} +{field.size} +\S.*{field.name}\n")
            publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 5})


class FrameTests(SynchronousTestCase):
    """The tables of what carries messages are what is read and written."""

    def test_soup(self) -> None:
        """Each packet with fields is decoded by its table, and every type has one."""
        asked = soup.login(soup.Login(b"ME", b"pass", b"DAY", 7))[2:]
        user, password, session, number = (b"ME    ", b"pass      ", b"DAY".rjust(10), b"7")
        self.assertEqual(LOGIN.decode(asked), (user, password, session, number.rjust(20)))
        accepted = soup.accepted(b"DAY", 7)[2:]
        self.assertEqual(ACCEPTED.decode(accepted), (session, number.rjust(20)))
        self.assertEqual(REJECTED.decode(soup.rejected(b"A")[2:]), (b"A",))
        self.assertEqual(set(SOUP.inbound), soup.FROM_CLIENT)
        self.assertEqual(set(SOUP.outbound) | {soup.UNSEQUENCED}, soup.FROM_SERVER)

    def test_mold(self) -> None:
        """The header as long, and its fields where they are told to be."""
        packet = mold.packet(b"DAY", 258, [b"hello"])
        at, found = 0, []
        for field in MOLD_HEADER:
            found.append(packet[at : at + field.size])
            at += field.size
        self.assertEqual(found, [b"DAY".ljust(10), b"\0\0\0\0\0\0\1\2", b"\0\1"])
        self.assertEqual(packet[at:], b"\0\5hello")
