"""A simulator that ends in any way, and starts again on the same data directory."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.services.files import RealFiles
from exsim.services.repair import report
from exsim.services.sources import FilesSource, Source
from tests.random_day import Day, settings
from tests.recovery_contract import RecoveryContract, Run


class FilesRecoveryTests(RecoveryContract):
    """Days whose journal is in files."""

    number = 0

    def fresh(self) -> None:
        """A data directory of its own."""
        self.number += 1
        folder = os.path.abspath(f"{self.mktemp()}-{self.number}")
        self.settings = replace(self.settings, data_dir=folder)

    def source(self) -> Source:
        """See :class:`RecoveryContract`."""
        return FilesSource(self.settings.data_dir)

    def damage(self, path: str) -> None:
        """See :class:`RecoveryContract`."""
        data = bytearray(Path(path).read_bytes())
        data[len(data) // 2] ^= 1
        Path(path).write_bytes(data)

    def forget_snapshots(self) -> None:
        """See :class:`RecoveryContract`."""
        for _epoch, _seq, path in self.snapshots():
            os.remove(path)

    def lose_end(self) -> None:
        """See :class:`RecoveryContract`."""
        journal = max(Path(self.settings.data_dir).glob("journal/*.journal"))
        journal.write_bytes(journal.read_bytes()[: journal.stat().st_size // 2])

    def test_a_repair(self) -> None:
        """After a repair a journal that lost its end goes on from a snapshot and its number."""
        before = self.day(13, 150)
        before.recovery.begin()
        before.recovery.finish()
        snapshot = self.snapshots()[0][2]
        self.lose_end()
        status, told = report(self.settings.data_dir, before.now, RealFiles())
        self.assertEqual((status, f"it goes on from {snapshot}" in told), (0, True))
        after = self.again(before)
        before.lose_all(after.now())
        self.assertEqual(after.state(), before.state())
        self.assertEqual(after.exchange.journal.last, before.exchange.journal.last)
        Day(after, 14).live(100)
        self.flushLoggedErrors()
        again = self.again(after)
        after.lose_all(again.now())
        self.assertEqual(again.state(), after.state())
        outcome = self.outcome()
        self.assertEqual(outcome.words(), [])


class NothingKeptTests(SynchronousTestCase):
    """Without a data directory."""

    def test_private(self) -> None:
        """A private one is gone after the stop."""
        run = Run(replace(settings(self.mktemp()), rest=None))
        folder = self.root_folder(run)
        self.assertTrue(os.path.isdir(folder))
        run.stop()
        self.assertFalse(os.path.exists(folder))

    def root_folder(self, run: Run) -> str:
        """Its data directory."""
        folder: str = run.root.getServiceNamed("journal").folder
        return folder

    def test_none(self) -> None:
        """With ``durability = none`` there is no folder at all."""
        run = Run(replace(settings(self.mktemp()), rest=None, durability="none"))
        self.assertEqual(self.root_folder(run), "")
        self.assertIsNone(run.recovery.snapshots)
        run.stop()


del RecoveryContract
