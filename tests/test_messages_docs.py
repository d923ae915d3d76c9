"""The page about messages: its examples fit what it says that they fit."""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from docutils.core import publish_doctree

from exsim.filters import from_match, parse
from exsim.filters.names import SHORT
from tests.seen_case import SeenTestCase
from tests.test_verify import VERDICTS

PAGE = Path(__file__).parent.parent / "docs" / "messages.rst"


class PageTests(SeenTestCase):
    """``docs/messages.rst``."""

    def setUp(self) -> None:
        """The page, read, and the conversation that it shows."""
        super().setUp()
        self.trade()
        self.tree = publish_doctree(PAGE.read_text("utf-8"), settings_overrides={"report_level": 5})

    def rows(self, heading: str) -> list[list[str]]:
        """The rows of the table whose first heading is so."""
        tables = [
            [[e.astext() for e in row.findall(nodes.entry)] for row in table.findall(nodes.row)]
            for table in self.tree.findall(nodes.table)
        ]
        (found,) = [table for table in tables if table[0][0] == heading]
        return found[1:]

    def test_filters(self) -> None:
        """Each finds the messages that the table says."""
        rows = self.rows("Filter")
        self.assertGreater(len(rows), 20)
        for text, _, fits in rows:
            found = [str(message["seq"]) for message in self.messages(filter=text)]
            self.assertEqual(found, fits.split(), text)

    def test_mappings(self) -> None:
        """Each says what the filter beside it says."""
        for mapping, text in self.rows("Mapping"):
            self.assertEqual(str(from_match(json.loads(mapping))), text)
            self.assertEqual(str(parse(text)), text)

    def test_conversation(self) -> None:
        """It is the one that a failure would show."""
        shown = PAGE.read_text("utf-8")
        lines = self.verify(filter="type=D symbol=IBM qty>=500 side=BUY")["conversation"]
        for line in lines:
            self.assertIn(f"   {line}\n", shown)
        verdict = (VERDICTS / "missing.txt").read_text("utf-8").splitlines()[:9]
        for line in filter(None, verdict):
            self.assertIn(f"   {line}\n", shown)

    def test_words(self) -> None:
        """All short names and all events are on it."""
        words = self.tree.astext()
        for name in SHORT:
            self.assertIn(name, words)
        self.get("/events/wait?timeout=0s&" + "&".join(f"kind={e}" for e, _ in self.rows("Event")))
