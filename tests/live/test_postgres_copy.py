"""``exsim copy-journal``, and ``exsim replay`` of a journal in a real PostgreSQL."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import re
import warnings
from pathlib import Path

from exsim.cli import main
from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.services.sources import FilesSource, source_of
from tests.postgres import PostgresTestCase, take
from tests.random_day import Day, settings
from tests.recovery_contract import Run

COPIED = re.compile(
    r"copied epoch (\d+), entries ([\d,]+) to ([\d,]+), (\d+) snapshots; digest (\w+)"
)


def ran(*words: str) -> tuple[int, str]:
    """A command, by its status and what it printed; it has let go of its connections."""
    output = io.StringIO()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            status = main(words)
        gc.collect()
    left = [str(one.message) for one in told if "while still open" in str(one.message)]
    assert not left, left
    return status, output.getvalue()


class CopyTests(PostgresTestCase):
    """A day in files, copied to rows, and back."""

    def setUp(self) -> None:
        """A day."""
        super().setUp()
        self.config, self.folder = os.path.abspath(self.mktemp()), os.path.abspath(self.mktemp())
        settings(self.config)
        keys = f"seed = 7\ndata_dir = {self.folder}\n[rest]\nlisten = none\n"
        text = Path(self.config).read_text().replace("seed = 7\n", keys)
        Path(self.config).write_text(text)
        self.run_of_day = Run(load(self.config, [], Catalogue()))
        Day(self.run_of_day, 1).live(60)
        self.run_of_day.recovery.begin()
        self.run_of_day.recovery.finish()
        Day(self.run_of_day, 2).live(60)
        self.flushLoggedErrors()

    def copied(self, *words: str) -> tuple[str, ...]:
        """What a copy says that it has done: epoch, first, last, snapshots, digest."""
        status, said = ran("copy-journal", *words)
        match = COPIED.fullmatch(said.strip())
        self.assertEqual(status, 0, said)
        assert match is not None, said
        return match.groups()

    def replayed(self, *words: str) -> str:
        """The digest that a replay comes to."""
        status, said = ran("replay", *words, "-c", self.config)
        self.assertEqual(status, 0, said)
        return said.rpartition("digest ")[2].strip()

    def test_there_and_back(self) -> None:
        """All is there, the same, and runs again to the same digest."""
        back = os.path.abspath(self.mktemp())
        last = f"{self.run_of_day.exchange.journal.last:,}"
        there = self.copied(self.folder, self.url, "--venue", "XSIM")
        self.assertEqual(there[:4], ("1", "1", last, "1"))
        again = self.copied(self.url, back)
        self.assertEqual(again, there)
        digests = {self.replayed(place) for place in (self.folder, self.url, back)}
        self.assertEqual(digests, {there[4]})
        for place in (self.url, back):
            with contextlib.closing(source_of(place, "XSIM")) as source:
                self.assertEqual([each[0] for each in source.snapshots().all()], [1])

    def test_of_a_later_beginning(self) -> None:
        """Where the first entries are gone, and in a later epoch, it goes on from the snapshot."""
        Day(self.run_of_day, 3).perform("reset", {}, {"sessions": "keep"})
        Day(self.run_of_day, 4).live(60)
        self.flushLoggedErrors()
        there = self.copied(self.folder, self.url, "--venue", "XSIM")
        self.assertEqual((there[0], there[3]), ("2", "1"))
        self.assertEqual(self.replayed(self.url), self.replayed(self.folder))

    def test_refused(self) -> None:
        """There is one already; the venue is not named; nobody has it; it is damaged."""
        self.copied(self.folder, self.url, "--venue", "XSIM")
        status, said = ran("copy-journal", self.folder, self.url, "--venue", "XSIM")
        self.assertEqual((status, "there is a journal already" in said), (2, True), said)
        status, said = ran("copy-journal", self.folder, self.url)
        self.assertEqual((status, "--venue NAME" in said), (2, True), said)
        status, said = ran("copy-journal", self.url, self.folder)
        self.assertEqual((status, "there is a journal already" in said), (2, True), said)
        status, said = ran("copy-journal", self.url, self.mktemp(), "--venue", "NONE")
        self.assertEqual((status, "known: XSIM" in said), (2, True), said)
        with self.address.connect() as connection:
            connection.execute(
                "UPDATE exsim.batch SET data = set_bit(data, 300, 1 - get_bit(data, 300))"
            )
        status, said = ran("copy-journal", self.url, self.mktemp())
        self.assertEqual((status, "is damaged" in said), (2, True), said)
        status, said = ran("replay", self.url, "-c", self.config)
        self.assertEqual((status, "is damaged" in said), (2, True), said)

    def test_replay_without_configuration(self) -> None:
        """The database does not tell with what it was started."""
        take(self.address, "XSIM")
        status, said = ran("replay", self.url.replace("postgres@", "postgres:hush@"))
        self.assertEqual((status, "name the configuration with -c" in said), (2, True), said)
        self.assertNotIn("hush", said)

    def test_files_alone(self) -> None:
        """From a folder to another one it goes as well."""
        back = os.path.abspath(self.mktemp())
        self.copied(self.folder, back)
        self.assertEqual(
            [entry.data for entry in FilesSource(back).reader().entries(0)],
            [entry.data for entry in self.run_of_day.exchange.journal.entries(0)],
        )

    def test_repair(self) -> None:
        """It says what is wrong, changes nothing, and the statements that it tells put it right."""
        self.copied(self.folder, self.url, "--venue", "XSIM")
        status, said = ran("repair", self.url)
        self.assertEqual((status, "nothing to repair" in said), (0, True), said)
        with self.address.connect() as connection:
            (last,) = connection.execute("SELECT max(first) FROM exsim.batch").fetchone() or (0,)
            flipped = "set_bit(data, 300, 1 - get_bit(data, 300))"
            sql = f"UPDATE exsim.batch SET data = {flipped} WHERE first = %s"
            connection.execute(sql.encode(), (last,))
            status, said = ran("repair", self.url)
            self.assertEqual(
                (status, f"row {last:,}: the batch is damaged" in said), (1, True), said
            )
            self.assertEqual(ran("repair", self.url), (status, said))
            for line in said.splitlines():
                if line.startswith("  "):
                    connection.execute(line.encode())
        self.assertEqual(ran("repair", self.url)[0], 0)
        self.replayed(self.url)
