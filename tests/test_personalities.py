"""The venues of ``etc/personalities/``: their files and pages, and how much is tested of each."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from docutils.core import publish_doctree
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.plugins import Catalogue
from tests import (
    test_personality_crypto,
    test_personality_dark_pool,
    test_personality_futures,
    test_personality_fx,
    test_personality_london,
    test_personality_us_equities,
)
from tests.personality import FOLDER
from tools.engagement import venues
from tools.engagement.__main__ import DOCS, stale, write

NAMES = ("crypto", "dark-pool", "futures", "fx", "london", "us-equities")
MODULES = (
    test_personality_crypto,
    test_personality_dark_pool,
    test_personality_futures,
    test_personality_fx,
    test_personality_london,
    test_personality_us_equities,
)
LEAST = 5
"""Outcomes of each that have to differ from those of the default venue."""


class FilesTests(SynchronousTestCase):
    """The files, and what is written of them."""

    def test_files(self) -> None:
        """Each has one venue, instruments, FIX and REST, on loopback, on ports of its own."""
        self.assertEqual(tuple(sorted(path.stem for path in FOLDER.glob("*.ini"))), NAMES)
        ports = set()
        for name in NAMES:
            settings = load(str(FOLDER / f"{name}.ini"), [], Catalogue())
            (venue,), (endpoint,), rest = settings.venues, settings.endpoints, settings.rest
            assert rest is not None
            self.assertGreaterEqual(len(venue.instruments), 2)
            for listen in (endpoint.listen, rest.listen):
                self.assertRegex(listen, r"^tcp:\d+:interface=127\.0\.0\.1$")
                ports.add(listen)
        self.assertEqual(len(ports), 2 * len(NAMES))

    def test_outcomes(self) -> None:
        """Of each at least five outcomes differ from the default venue's: see personality_case."""
        for name, module in zip(NAMES, MODULES, strict=True):
            tree = ast.parse(inspect.getsource(module))
            called = [
                node.func.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            ]
            self.assertIn(name.replace("-", "_"), module.__name__)
            self.assertGreaterEqual(called.count("differs") + called.count("refuses"), LEAST, name)

    def test_pages(self) -> None:
        """Each has a page that is what its settings say; else: python -m tools.engagement."""
        files = venues.files()
        self.assertEqual(list(files), [f"engagement/{name}.rst" for name in NAMES])
        self.assertEqual(stale(DOCS, files), [])
        there = {f"engagement/{path.name}" for path in DOCS.glob("engagement/*")}
        self.assertEqual(there, set(files))

    def test_stale(self) -> None:
        """A page that is not there, or was changed, is found."""
        folder, files = Path(self.mktemp()), venues.files()
        folder.mkdir()
        self.assertEqual(stale(folder, files), list(files))
        write(folder, files)
        self.assertEqual(stale(folder, files), [])
        (folder / "engagement" / "fx.rst").write_text("old\n", encoding="utf-8")
        self.assertEqual(stale(folder, files), ["engagement/fx.rst"])

    def test_told(self) -> None:
        """Pages are reST, and tell what is special."""
        for name, words in (
            ("crypto", "There is none: the market is in phase ``continuous`` all the time"),
            ("dark-pool", "decrement, between orders of one firm"),
            ("futures", "fifo-pro-rata, 40 % by time, 20 % to lead market makers"),
            ("fx", "80 % trade, after 100ms"),
            ("london", "auctions end up to 30s late, at random"),
            ("us-equities", "0.003 for each of the quantity"),
        ):
            text = (DOCS / "engagement" / f"{name}.rst").read_text(encoding="utf-8")
            self.assertIn(words, text)
            publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 5})
