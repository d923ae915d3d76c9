"""The page of order state matrices is what their data says."""

from __future__ import annotations

from pathlib import Path

from docutils.core import publish_doctree
from twisted.trial.unittest import SynchronousTestCase

from tests.matrix_words import everything
from tools.order_states import OPERATOR, PAGE, page, stale, write


class PageTests(SynchronousTestCase):
    """``docs/order-states.rst``."""

    def test_current(self) -> None:
        """It is up to date; else: python -m tools.order_states."""
        self.assertFalse(stale(), "python -m tools.order_states")

    def test_stale(self) -> None:
        """One that is not there, or was changed, is found."""
        path = Path(self.mktemp())
        self.assertTrue(stale(path))
        write(path)
        self.assertFalse(stale(path))
        path.write_text("old\n", encoding="utf-8")
        self.assertTrue(stale(path))

    def test_rows(self) -> None:
        """Each matrix has a title, says whether it is confirmed, and what exsim does otherwise."""
        text = PAGE.read_text(encoding="utf-8")
        for matrix in everything():
            self.assertIn(f"\n{matrix.ref}: {matrix.about}\n", text)
        unconfirmed = sum(not matrix.confirmed for matrix in everything())
        self.assertEqual(text.count("**Not confirmed**"), unconfirmed)
        self.assertEqual(
            text.count("Other than there:"), sum(bool(each.differs) for each in everything())
        )
        publish_doctree(page(), settings_overrides={"halt_level": 2, "report_level": 5})

    def test_words(self) -> None:
        """Each word of the operator is explained."""
        known = {word for words in OPERATOR for word in words.split(", ")}
        used = {line.split()[1] for each in everything() for line in each.steps if line[0] == "!"}
        self.assertEqual(used, known)
