"""README and documentation are reStructuredText that any viewer can show."""

from __future__ import annotations

import functools
import io
from pathlib import Path

from docutils.core import publish_doctree
from docutils.nodes import document
from twisted.trial.unittest import SynchronousTestCase

from tools.readme import README, blocks

ROOT = Path(__file__).parent.parent
WARNING = 2


@functools.cache
def pages() -> dict[Path, tuple[document, str]]:
    """All pages as docutils reads them, which takes seconds, and what it complains about."""
    found = {}
    for page in sorted([*ROOT.glob("*.rst"), *ROOT.glob("docs/*.rst")]):
        complaints = io.StringIO()
        tree = publish_doctree(
            page.read_text("utf-8"),
            source_path=str(page),
            settings_overrides={"report_level": WARNING, "warning_stream": complaints},
        )
        found[page] = (tree, complaints.getvalue())
    return found


class Pages(SynchronousTestCase):
    """Every page, read by docutils, as it is where projects are shown."""

    def test_warnings(self) -> None:
        """None has anything to complain about."""
        for page, (_, complaints) in pages().items():
            self.assertEqual(complaints, "", page.name)

    def test_links(self) -> None:
        """Files that a page refers to are there."""
        found = 0
        for page, (tree, _) in pages().items():
            for node in tree.findall():
                target = getattr(node, "attributes", {}).get("refuri") or getattr(
                    node, "attributes", {}
                ).get("uri")
                if target and ":" not in target:
                    found += 1
                    path = page.parent / target.partition("#")[0]
                    self.assertTrue(path.exists(), f"{page.name}: {target}")
        self.assertGreater(found, 10)

    def test_example(self) -> None:
        """The README shows a test of the examples as it is run, word by word."""
        (shown,) = [block for block in blocks(README.read_text()) if block.name == "test_oms.py"]
        example = (ROOT / "examples" / "test_with_pytest.py").read_text()
        self.assertIn("\n".join(shown.lines).strip(), example)
