"""Every command and every program in the README is run, and prints what the README says."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tools.readme import README, blocks, commands, played


class ReadmeTests(SynchronousTestCase):
    """The README is true."""

    maxDiff = None

    def test_blocks(self) -> None:
        """Every block is one that is run: a file with a name, or commands."""
        found = list(blocks(README.read_text()))
        self.assertGreater(len(found), 8)
        for block in found:
            self.assertTrue(block.caption or commands(block), block)

    def test_output(self) -> None:
        """What is printed is what is shown."""
        text = README.read_text()
        self.assertEqual(played(text), text)
