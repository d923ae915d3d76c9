"""Pictures of prices: made at all, alike for what is alike, light, and refused in plain words."""

from __future__ import annotations

from pathlib import Path
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import main
from exsim.facts.observed import NOTHING, SECOND, Observed
from exsim.services.drawing import draw
from exsim.services.plotting import can_draw
from tests.test_observing import INI, seen

needs_matplotlib = skipUnless(can_draw(), "needs matplotlib: pip install exsim[plot]")
MOST = 150_000
"""Bytes of a picture that documents can have."""


@needs_matplotlib
class DrawingTests(SynchronousTestCase):
    """The picture itself."""

    def test_alike(self) -> None:
        """The same day gives the same bytes, with no time of its making in them."""
        found = seen(self)
        for form, head in (("png", b"\x89PNG"), ("svg", b"<?xml")):
            picture = draw([found], form)
            self.assertEqual(picture, draw([found], form))
            self.assertTrue(picture.startswith(head))
            self.assertLess(len(picture), MOST)

    def test_words(self) -> None:
        """An SVG has its words as text: what is shown of which instrument."""
        text = draw([seen(self)], "svg").decode()
        for words in ("ZIG at DAY: price", "spread", "depth", "volume", "volatility", "trades"):
            self.assertIn(words, text)

    def test_several(self) -> None:
        """Best prices of two venues in one picture."""
        text = draw([seen(self), seen(self, 4)], "svg").decode()
        self.assertEqual(text.count(">DAY bid<"), 2)

    def test_nothing(self) -> None:
        """A market in which nothing was seen, or one side alone, is drawn, too."""
        nothing = Observed("V", "AAA", "", 10**6, 0, 0, 0, [], [], [], [])
        self.assertIn(b"AAA at V", draw([nothing], "svg"))
        books = [(n * SECOND, 10**8, 10**8, NOTHING, 0) for n in range(50)]
        empty = Observed("V", "AAA", "", 10**6, 0, 50 * SECOND, SECOND, [], books, [], [])
        self.assertIn(b"AAA at V", draw([empty], "svg"))

    def test_command(self) -> None:
        """``exsim pricing plot`` writes a file."""
        ini, picture = Path(self.mktemp()), Path(self.mktemp() + ".svg")
        ini.write_text(INI)
        words = ["pricing", "plot", "-c", str(ini), "--minutes", "1", "-o", str(picture)]
        self.assertEqual(main(words), 0)
        self.assertIn("ZIG at DAY", picture.read_text())
        self.assertEqual(main([*words, "--symbol", "ZAG"]), 0)
        self.assertIn("ZAG at DAY", picture.read_text())
        self.assertEqual(main([*words, "--symbol", "ZOG"]), 1)
        self.assertEqual(main([*words[:-1], "picture.gif"]), 1)
