"""The pages of binary messages are what the layouts say."""

from __future__ import annotations

from pathlib import Path

from docutils.core import publish_doctree
from twisted.trial.unittest import SynchronousTestCase

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
