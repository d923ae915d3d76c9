"""``exsim replay``: what is told of a journal that was run again."""

from __future__ import annotations

import json
import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import main
from exsim.config.load import load
from exsim.plugins import Catalogue
from tests.random_day import Day, settings
from tests.recovery_contract import Run


class ReplayCommandTests(SynchronousTestCase):
    """The command, on the data directory of a day."""

    lived: tuple[str, str, Run] | None = None
    """What is left of a day, for all tests: they only read it."""

    def setUp(self) -> None:
        """A day, and its configuration."""
        if ReplayCommandTests.lived is None:
            ReplayCommandTests.lived = self.day()
        self.config, self.folder, self.run_of_day = ReplayCommandTests.lived
        self.last = self.run_of_day.exchange.journal.last

    def day(self) -> tuple[str, str, Run]:
        """Live through it: its configuration, its folder and its run."""
        config, folder = os.path.abspath(self.mktemp()), os.path.abspath(self.mktemp())
        settings(config)
        text = Path(config).read_text()
        text = text.replace("[venue:XSIM]\n", "[venue:XSIM]\nactivity = none\n")
        keys = f"seed = 7\ndata_dir = {folder}\n[rest]\nlisten = none\n"
        Path(config).write_text(text.replace("seed = 7\n", keys))
        run = Run(load(config, [], Catalogue()))
        Day(run, 1).live(250)
        self.flushLoggedErrors()
        return config, folder, run

    def replay(self, *arguments: str, status: int = 0) -> str:
        """Run the command; what it prints."""
        out = StringIO()
        with redirect_stdout(out):
            self.assertEqual(main(["replay", "-c", self.config, *arguments]), status)
        return out.getvalue()

    def test_the_same(self) -> None:
        """All is the same, from the folder or the journal in it."""
        said = self.replay(self.folder)
        self.assertIn(f"epoch 1: {self.last:,} entries again from the start on", said)
        self.assertIn("all are the same; digest", said)
        self.assertEqual(
            said.splitlines()[1], self.replay(f"{self.folder}/journal").splitlines()[1]
        )

    def test_json(self) -> None:
        """The same for machines."""
        told = json.loads(self.replay(self.folder, "--json"))
        self.assertEqual((told["same"], told["last"]), (True, self.last))
        self.assertNotIn("state", told)

    def test_until(self) -> None:
        """The state after an entry."""
        said = self.replay(self.folder, "--until", "200")
        self.assertIn("venue XSIM: ", said)
        self.assertIn("session FIXED: ", said)
        told = json.loads(self.replay(self.folder, "--until", str(self.last), "--json"))
        venue = self.run_of_day.exchange.dispatcher.venues["XSIM"]
        self.assertEqual(told["state"]["venues"]["XSIM"]["orders"], venue.orders.created)
        self.assertEqual(told["state"]["venues"]["XSIM"]["open_orders"], venue.orders.open_count)

    def test_diff(self) -> None:
        """The first difference in words, and a status that tells."""
        said = self.replay(self.folder, "--set", "instrument:XSIM:AAA.tick=5", "--diff", status=1)
        self.assertIn("the first difference: entry", said)
        self.assertIn("it came of entry", said)
        self.assertIn("OrdStatus(39) was '0', and now is '8'", said)
        self.assertIn("OrdRejReason(103) was not there, and now is", said)
        told = json.loads(
            self.replay(self.folder, "--set", "instrument:XSIM:AAA.tick=5", "--json", status=1)
        )
        self.assertFalse(told["same"])
        self.assertEqual(told["difference"]["written"]["kind"], "OUT")

    def test_nothing_there(self) -> None:
        """A folder without a journal."""
        self.assertIn("No such file", self.replay("/nonexistent", status=2))
        os.makedirs(f"{self.folder}-2/journal")
        self.assertIn("there is no journal", self.replay(f"{self.folder}-2", status=2))
