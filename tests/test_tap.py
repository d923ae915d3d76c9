"""``twistd exsim``: its options, and how it says that a configuration is wrong."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

from twisted.application.service import IService, IServiceMaker, MultiService
from twisted.plugin import getPlugins
from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase

from exsim.services.given import Given, GivenNote
from exsim.services.sweeper import THRESHOLDS
from exsim.tap import Options, makeService

ROOT = Path(__file__).resolve().parent.parent
TWISTD = "from twisted.scripts.twistd import run; run()"


class OptionsTests(SynchronousTestCase):
    """What may follow ``twistd exsim``."""

    def parse(self, *words: str) -> Options:
        """The options of a command line."""
        options = Options()
        options.parseOptions(list(words))
        return options

    def test_least(self) -> None:
        """A configuration is enough."""
        options = self.parse("-c", "x.ini")
        found = [options[key] for key in ("config", "set", "ready-file", "until-eof")]
        self.assertEqual(found, ["x.ini", [], None, 0])

    def test_all(self) -> None:
        """Settings add up, in order; the ready file is found from any folder."""
        options = self.parse(
            "--config=x.ini", "--set", "a.b=1", "--set=c.d=2=3", "--ready-file=r", "--until-eof"
        )
        found = [options[key] for key in ("config", "set", "ready-file", "until-eof")]
        self.assertEqual(found, ["x.ini", ["a.b=1", "c.d=2=3"], os.path.abspath("r"), 1])

    def test_apart(self) -> None:
        """The settings of one are not those of another."""
        self.parse("-c", "x.ini", "--set", "a.b=1")
        self.assertEqual(self.parse("-c", "x.ini")["set"], [])

    def test_no_configuration(self) -> None:
        """Without one it is said how to name one."""
        error = self.assertRaises(UsageError, self.parse)
        self.assertIn("-c etc/exsim.ini", str(error))


class MakeServiceTests(SynchronousTestCase):
    """From options to services."""

    def make(self, config: str, *words: str) -> IService:
        """The service of a command line."""
        options = Options()
        options.parseOptions(["-c", config, *words])
        return makeService(options)

    def test_service(self) -> None:
        """A tree that is not running yet; nothing is opened."""
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(700, 10, 10)
        service = self.make(str(ROOT / "etc" / "exsim.ini"), "--ready-file", self.mktemp())
        self.assertEqual(service.name, "exsim")
        self.assertEqual(gc.get_threshold(), THRESHOLDS)
        self.assertFalse(service.running)

    def test_set(self) -> None:
        """What the command line sets goes into it."""
        service = self.make(str(ROOT / "etc" / "exsim.ini"), "--set", "rest.listen=none")
        assert isinstance(service, MultiService)
        self.assertNotIn("rest", [child.name for child in service])

    def test_given(self) -> None:
        """What it was started with is noted where there is a data directory, and not elsewhere."""
        config = os.path.relpath(ROOT / "etc" / "exsim.ini")
        for durability, noted in (("os", True), ("none", False)):
            words = (f"exsim.durability={durability}", f"exsim.data_dir={self.mktemp()}")
            service = self.make(config, *(f"--set={word}" for word in words))
            assert isinstance(service, MultiService)
            notes = [child for child in service if isinstance(child, GivenNote)]
            wanted = [Given(str(ROOT / "etc" / "exsim.ini"), words)] if noted else []
            self.assertEqual([note.given for note in notes], wanted)
        service = self.make(config)
        assert isinstance(service, MultiService)
        self.assertNotIn("given", [child.name for child in service])

    def test_wrong(self) -> None:
        """A configuration with mistakes ends it with a report of all of them."""
        path = Path(self.mktemp())
        path.write_text("[venue:X]\npolices = match\n", encoding="utf-8")
        error = self.assertRaises(SystemExit, self.make, str(path), "--set", "exsim.seed=x")
        expected = (
            f"exsim: 2 problems in {path}\n"
            f"{path}:2: [venue:X] has no key 'polices': did you mean 'policies'?\n"
            "--set exsim.seed: [exsim] seed: 'x' is no whole number"
        )
        self.assertEqual(error.code, expected)

    def test_alike(self) -> None:
        """Two sessions that nobody could tell apart end it with a sentence, too."""
        path = Path(self.mktemp())
        text = (ROOT / "etc" / "exsim.ini").read_text(encoding="utf-8")
        for name in ("A", "B"):
            text += f"[session:{name}]\nendpoint = order-entry\nsender_comp_id = SAME\n"
        path.write_text(text, encoding="utf-8")
        error = self.assertRaises(SystemExit, self.make, str(path))
        self.assertIn(f"exsim: {path}: ", str(error.code))
        self.assertIn("SAME", str(error.code))


class TwistdTests(SynchronousTestCase):
    """What twistd itself makes of it."""

    def test_plugin(self) -> None:
        """twistd finds the command."""
        found = {maker.tapname: maker for maker in getPlugins(IServiceMaker)}
        self.assertIs(found["exsim"].options, Options)

    def test_wrong(self) -> None:
        """Exit status 1, the report on standard error, and nothing else: no traceback."""
        folder = Path(self.mktemp()).resolve()
        folder.mkdir()
        (folder / "x.ini").write_text("[exsim]\n", encoding="utf-8")
        command = ["-n", "--pidfile=", "-d", str(folder), "exsim", "-c", f"{folder}/x.ini"]
        run = subprocess.run(
            [sys.executable, "-c", TWISTD, *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        expected = (
            f"exsim: 1 problem in {folder}/x.ini\n"
            f"{folder}/x.ini: there is no [venue:NAME], so nothing can be traded\n"
        )
        self.assertEqual((run.returncode, run.stderr, run.stdout), (1, expected, ""))
