"""
Rows out of files of any kind that exsim writes or reads: :func:`read_rows`.

That is what pricing sources replay: Parquet and CSV of rows, files of ITCH, logs of FIX.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any, BinaryIO, Final

from exsim.model.reel import BadRecording
from exsim.model.rows import Row
from exsim.recorded.columns import Columns
from exsim.recorded.fix_lines import NamesIn
from exsim.recorded.found import Found
from exsim.recorded.protocols import FIX
from exsim.recorded.reading import HEAD, Unknown, guess, read
from exsim.recorded.rows import RowMaker, rows_of
from exsim.recorded.tables import (
    HEADER,
    MAGIC,
    BadTable,
    NoParquet,
    read_csv,
    read_parquet,
    time_text,
)

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


def play_rows(file: BinaryIO, options: Mapping[str, Any], names_in: NamesIn) -> Iterator[Row]:
    """
    The rows in an open file as options say (:data:`exsim.model.recording_keys.FILE`), in order of
    their times.

    :raises exsim.model.reel.BadRecording: with the place in it that makes no sense.
    """
    last = None
    try:
        with closing(_placed(file, options, names_in)) as placed:
            for where, row in placed:
                if last is not None and row.time < last:
                    raise BadRecording(
                        f"{where}: its time, {time_text(row.time)}, is before {time_text(last)}, "
                        "that of the row before it: sort the file by time"
                    )
                last = row.time
                yield row
    except (BadTable, NoParquet, Unknown) as error:
        raise BadRecording(str(error)) from None


def _placed(
    file: BinaryIO, options: Mapping[str, Any], names_in: NamesIn
) -> Generator[tuple[str, Row], None, None]:
    """The rows, and where each is."""
    kind = options["format"]
    if kind == "auto":
        kind = _format(file)
    if kind == "csv":
        yield from Columns(options).csv(file)
    elif kind == "parquet":
        yield from Columns(options).parquet(file)
    else:
        yield from _of_messages(read(chunks_of(file), names_in, kind), kind == FIX)


def _format(file: BinaryIO) -> str:
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(MAGIC):
        return "parquet"
    try:
        found = guess(head)
    except Unknown:
        return "csv"
    return found if found != FIX or b"8=FIX" in head else "csv"


def _of_messages(found: Iterable[Found], skips: bool) -> Iterator[tuple[str, Row]]:
    maker = RowMaker()
    for each in found:
        if each.readable:
            for row in maker.rows(each.raw, each.time):
                yield each.place, row
        elif not skips:
            raise BadRecording(f"{each.place}: {each.why}")


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file, as far as they are there each time."""
    read_some = getattr(file, "read1", file.read)
    while data := read_some(CHUNK):
        yield data
