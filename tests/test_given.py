"""``exsim replay`` finds by itself what a data directory's simulator was started with."""

from __future__ import annotations

import os
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import main
from exsim.errors import ConfigError
from exsim.services.files import RealFiles
from exsim.services.given import NAME, Given, GivenNote, read_given
from tests.random_day import Day, settings
from tests.recovery_contract import Run


class NoteTests(SynchronousTestCase):
    """The note."""

    def setUp(self) -> None:
        """A data directory."""
        self.folder = Path(self.mktemp())
        (self.folder / "journal").mkdir(parents=True)
        self.path = self.folder / NAME

    def test_read_again(self) -> None:
        """What was written is read, of the folder or of the journal in it; the newest counts."""
        Path(f"{self.path}.new").write_text("what a crash left")
        for given in (Given("/a/x.ini", ("a.b=1",), "XSIM"), Given("/a/y.ini")):
            GivenNote(str(self.folder), given).privilegedStartService()
            for place in (self.folder, self.folder / "journal", f"{self.folder}/journal/"):
                self.assertEqual(read_given(str(place)), given)
        self.assertEqual(sorted(os.listdir(self.folder)), ["journal", NAME])
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_not_there(self) -> None:
        """Without one, or with junk, it is said how to name the configuration."""
        (self.folder.parent / NAME).write_text('{"config": "another"}')
        for junk in (None, b"{", b"[]", b'{"config": 7}'):
            if junk is not None:
                self.path.write_bytes(junk)
            error = self.assertRaises(ConfigError, read_given, str(self.folder))
            self.assertIn(str(self.path), str(error))
            self.assertIn("name the configuration with -c", str(error))

    def test_full_disk(self) -> None:
        """A note that cannot be written is told of in the log, and no more."""

        class Full(RealFiles):
            def write(self, file: int, data: bytes, offset: int) -> None:
                raise OSError(28, "No space left on device")

        log = EventLoggingObserver()
        globalLogPublisher.addObserver(log)
        self.addCleanup(globalLogPublisher.removeObserver, log)
        GivenNote(str(self.folder), Given("/a/x.ini"), Full()).privilegedStartService()
        self.assertEqual([event["error"].errno for event in log], [28])
        self.assertFalse(self.path.exists())


class ReplayTests(SynchronousTestCase):
    """The command."""

    def replay(self, *words: str) -> tuple[int, str]:
        """Its exit status, and what it prints."""
        printed = StringIO()
        with redirect_stdout(printed):
            status = main(["replay", *words])
        return status, printed.getvalue()

    def test_replay(self) -> None:
        """It runs with what was given then; ``-c`` and ``--set`` come first."""
        ini, folder = os.path.abspath(self.mktemp()), os.path.abspath(self.mktemp())
        run = Run(replace(settings(ini), data_dir=folder, rest=None))
        Day(run, 3).live(60)
        self.flushLoggedErrors()
        self.assertEqual(self.replay(folder)[0], 2)
        GivenNote(folder, Given(ini)).privilegedStartService()
        status, text = self.replay(folder)
        self.assertEqual((status, "all are the same" in text), (0, True), text)
        self.assertEqual(self.replay(folder, "--set", "venue:XSIM.max_orders=1")[0], 1)
        status, text = self.replay(folder, "-c", "/nowhere.ini")
        self.assertEqual((status, "/nowhere.ini" in text), (2, True))
        GivenNote(folder, Given(ini, ("venue:XSIM.max_orders=1",))).privilegedStartService()
        self.assertEqual(self.replay(folder)[0], 1)
