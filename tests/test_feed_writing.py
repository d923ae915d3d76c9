"""Files that a feed is recorded in: they hold what readers of such files find."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import ExsimError
from exsim.recorded.fix_lines import FixLog
from exsim.recorded.tables import read_csv, read_parquet
from exsim.terminal.writing import day_of, feed_writer, table_writer
from tests.recordings import DAY, ITCH, ORDER, itch_file
from tests.test_recorded import AAA, names_in

NOON = 1_767_614_400 * 10**9


class WritingTests(SynchronousTestCase):
    """Messages are written as the name of the file says."""

    def written(self, name: str, *messages: bytes, fix: bool = False) -> Path:
        """The file that messages which came at noon were written to."""
        folder = Path(self.mktemp())
        folder.mkdir()
        path = folder / name
        with ExitStack() as stack:
            writer = feed_writer(str(path), fix, DAY, stack)
            for message in messages:
                writer.write(message, NOON)
        return path

    def test_itch(self) -> None:
        """Each message is behind its length."""
        self.assertEqual(self.written("day.itch", *ITCH).read_bytes(), itch_file())

    def test_fix(self) -> None:
        """A line a message: when it was sent, by us, and its own bytes."""
        data = self.written("day.fix", ORDER, ORDER, fix=True).read_bytes()
        self.assertEqual(data, (b"2026-01-05T12:00:00.000000000Z > " + ORDER + b"\n") * 2)
        found = list(FixLog(names_in).read([data]))
        self.assertEqual([(f.raw, f.time, f.way) for f in found], [(ORDER, NOON, "out")] * 2)

    def test_rows(self) -> None:
        """Rows of both kinds of file, with times of the day that the feed is of."""
        with self.written("day.csv", *ITCH).open("rb") as csv:
            self.assertEqual(list(read_csv(csv)), AAA)
        with self.written("day.parquet", *ITCH).open("rb") as parquet:
            self.assertEqual(list(read_parquet(parquet)), AAA)

    def test_names(self) -> None:
        """A file of rows has a name that says which kind it is."""
        with ExitStack() as stack, self.assertRaisesRegex(ExsimError, r"NAME.parquet or NAME.csv"):
            table_writer("day.txt", stack)

    def test_days(self) -> None:
        """A day is a date, without a time."""
        self.assertEqual(day_of("2026-01-05"), NOON - 12 * 3600 * 10**9)
        for wrong in ("2026-01-05T12:00:00Z", "12:00", "x"):
            self.assertRaises(ValueError, day_of, wrong)
