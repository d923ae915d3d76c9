"""
Rows out of files of any kind that exsim writes or reads: :func:`read_rows`.

That is what pricing sources replay: Parquet and CSV of rows, files of ITCH, logs of FIX.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from exsim.model.rows import Row
from exsim.recorded.fix_lines import NamesIn
from exsim.recorded.reading import read
from exsim.recorded.rows import rows_of
from exsim.recorded.tables import HEADER, MAGIC, read_csv, read_parquet

CHUNK: Final = 1 << 16


def read_rows(
    file: BinaryIO, names_in: NamesIn, protocol: str | None = None, day: int = 0
) -> Iterator[Row]:
    """
    The rows in an open file, told by its content; it is read as they are asked for.

    :param protocol: one of :data:`exsim.recorded.protocols.PROTOCOLS`, or None to guess.
    :param day: nanoseconds since 1970 UTC of the midnight that times of ITCH count from.
    :raises exsim.recorded.reading.Unknown: when the guess fails.
    :raises exsim.recorded.tables.BadTable: when a table has no such rows.
    """
    if protocol is None:
        head = file.read(len(HEADER))
        file.seek(0)
        if head.startswith(MAGIC):
            return read_parquet(file)
        if head == HEADER:
            return read_csv(file)
    return rows_of(read(chunks_of(file), names_in, protocol), day)


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file, as far as they are there each time."""
    read_some = getattr(file, "read1", file.read)
    while data := read_some(CHUNK):
        yield data
