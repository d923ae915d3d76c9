"""Files that recordings are written to: by their names as tables of rows, or in native format."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from exsim.errors import ExsimError
from exsim.filters.values import DAY, moment
from exsim.recorded.rows import RowMaker
from exsim.recorded.tables import CsvRows, ParquetRows, time_text

PARQUET: Final = ".parquet"
CSV: Final = ".csv"


class Writer(Protocol):
    """Takes messages, each with when it came."""

    def write(self, raw: bytes, now: int) -> None:
        """Take one."""


class TableWriter:
    """Writes what messages tell of a market as rows; ``day`` as RowMaker has it."""

    def __init__(self, table: ParquetRows | CsvRows, day: int) -> None:
        self._table = table
        self._maker = RowMaker(day)

    def write(self, raw: bytes, now: int) -> None:
        """See :class:`Writer`."""
        for row in self._maker.rows(raw, now):
            self._table.write(row)


class ItchWriter:
    """Writes messages as Nasdaq's files have them: each behind its length of two bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, raw: bytes, now: int) -> None:
        """See :class:`Writer`."""
        self._file.write(len(raw).to_bytes(2, "big") + raw)


class FixWriter:
    """Writes messages as a log: the time, ``>`` as exsim sent it, and the message as it is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, raw: bytes, now: int) -> None:
        """See :class:`Writer`."""
        self._file.write(f"{time_text(now)} > ".encode() + raw + b"\n")


def table_writer(name: str, stack: ExitStack) -> ParquetRows | CsvRows:
    """
    What writes rows to a file, which is whole when ``stack`` is left.

    :raises OSError: when it cannot be written.
    :raises ExsimError: when pyarrow is missing, or the name does not say what it shall be.
    """
    kind = Path(name).suffix
    if kind not in (PARQUET, CSV):
        raise ExsimError("a file of rows is called NAME.parquet or NAME.csv")
    file = stack.enter_context(open(name, "wb"))  # noqa: SIM115
    writer = ParquetRows(file) if kind == PARQUET else CsvRows(file)
    stack.callback(writer.close)
    return writer


def feed_writer(name: str, fix: bool, day: int, stack: ExitStack) -> Writer:
    """What writes a feed to a file, as its name says: as rows, or in the feed's own format."""
    if Path(name).suffix in (PARQUET, CSV):
        return TableWriter(table_writer(name, stack), day)
    file = stack.enter_context(open(name, "wb"))  # noqa: SIM115
    return FixWriter(file) if fix else ItchWriter(file)


def day_of(text: str) -> int:
    """
    The midnight that a day begins with, in nanoseconds since 1970 UTC.

    :raises ValueError: when the text is no day.
    """
    day = moment(text)
    if day.daily or day.ns % DAY:
        raise ValueError(f"{text!r} is no day such as 2026-01-05")
    return day.ns
