"""Every command and program in the README and its like is run, and prints what these say."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tools.readme import DOCUMENTS, README, blocks, commands, played


class ReadmeTests(SynchronousTestCase):
    """The README is true, and so are they."""

    maxDiff = None

    def test_blocks(self) -> None:
        """Every block is one that is run: a file with a name, or commands."""
        found = list(blocks(README.read_text()))
        self.assertGreater(len(found), 8)
        for document in DOCUMENTS:
            for block in blocks(document.read_text()):
                self.assertTrue(block.name or commands(block), block)

    def test_output(self) -> None:
        """What is printed is what is shown."""
        for document in DOCUMENTS:
            text = document.read_text()
            self.assertEqual(played(text), text, document.name)
