"""
Rows of feeds in files: as Parquet (by pyarrow: ``pip install exsim[parquet]``) or as CSV.

Times are UTC to the nanosecond, prices and quantities exact decimals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from io import TextIOWrapper
from typing import Any, BinaryIO, Final

from exsim.errors import ExsimError
from exsim.filters.values import moment
from exsim.model.amounts import format_amount, parse_amount
from exsim.model.rows import Row

BATCH: Final = 50_000
"""Rows that are in memory at once."""
MAGIC: Final = b"PAR1"
"""What a file of Parquet begins with."""
HEADER: Final = ",".join(Row._fields).encode()
"""What a CSV file of rows begins with."""
_SECOND: Final = 1_000_000_000
_AMOUNTS: Final = ("price", "qty")


class NoParquet(ExsimError):
    """There is no pyarrow."""


class BadTable(ExsimError):
    """A file that holds no such rows."""


def pyarrow() -> Any:
    """The library.

    :raises NoParquet: when it is missing.
    """
    try:
        import pyarrow as library
        import pyarrow.parquet
    except ImportError:
        raise NoParquet("Parquet needs pyarrow: pip install exsim[parquet]") from None
    return library


class ParquetRows:
    """
    Writes rows to an open file, a batch at a time.

    :raises NoParquet: when pyarrow is missing.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._pa = pa = pyarrow()
        words = pa.dictionary(pa.int32(), pa.string())
        kinds = {"time": pa.timestamp("ns", "UTC"), "symbol": words, "kind": words, "side": words}
        kinds |= dict.fromkeys(_AMOUNTS, pa.decimal128(19, 8))
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in Row._fields])
        self._writer = pa.parquet.ParquetWriter(file, self._schema)
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(Row._fields)
        arrays = [
            self._column(field, column) for field, column in zip(self._schema, columns, strict=True)
        ]
        self._writer.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

    def _column(self, field: Any, values: tuple[Any, ...]) -> Any:
        pa = self._pa
        if field.name in _AMOUNTS:  # the same integers, with the point moved
            whole = pa.array(values, pa.int64()).cast(pa.decimal128(19, 0))
            return pa.Array.from_buffers(field.type, len(values), whole.buffers())
        if field.name in ("symbol", "kind", "side"):
            return pa.array(values, pa.string()).dictionary_encode()
        return pa.array(values, field.type)

    def close(self) -> None:
        """Write what is left, and the end; the file stays open."""
        if self._rows:
            self._flush()
        self._writer.close()


def read_parquet(file: BinaryIO) -> Iterator[Row]:
    """
    The rows of a file, a batch in memory at a time.

    :raises NoParquet: when pyarrow is missing.
    :raises BadTable: when it has none.
    """
    pa = pyarrow()
    try:
        table = pa.parquet.ParquetFile(file)
    except pa.ArrowInvalid as error:
        raise BadTable(f"it is no file of Parquet: {error}") from None
    missing = [name for name in Row._fields if name not in table.schema_arrow.names]
    if missing:
        raise BadTable(f"it has no column {', '.join(missing)}")
    for batch in table.iter_batches(BATCH, columns=list(Row._fields)):
        yield from map(
            Row._make, zip(*[_values(pa, batch, name) for name in Row._fields], strict=True)
        )


def _values(pa: Any, batch: Any, name: str) -> list[Any]:
    column = batch.column(name)
    if name in _AMOUNTS:
        amounts = column.cast(pa.decimal128(19, 8))
        column = pa.Array.from_buffers(
            pa.decimal128(19, 0), len(amounts), amounts.buffers(), offset=amounts.offset
        )
    if name in ("time", *_AMOUNTS):
        column = column.cast(pa.int64())
    values: list[Any] = column.to_pylist()
    return values


# -- CSV


class CsvRows:
    """Writes rows to an open file, as text."""

    def __init__(self, file: BinaryIO) -> None:
        self._text = TextIOWrapper(file, "utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(Row._fields)

    def write(self, row: Row) -> None:
        """Add a row."""
        self._writer.writerow(
            (
                time_text(row.time),
                row.symbol,
                row.kind,
                row.side,
                "" if row.price is None else format_amount(row.price),
                "" if row.qty is None else format_amount(row.qty),
                *row[6:],
            )
        )

    def close(self) -> None:
        """Write what is left; the file stays open."""
        self._text.detach()


def read_csv(file: BinaryIO) -> Iterator[Row]:
    """
    The rows of a file.

    :raises BadTable: when it has none, with the line that is wrong.
    """
    text = TextIOWrapper(file, "utf-8", newline="")
    try:
        lines = csv.DictReader(text)
        missing = [name for name in Row._fields if name not in (lines.fieldnames or ())]
        if missing:
            raise BadTable(f"line 1: there is no column {', '.join(missing)}")
        for fields in lines:
            yield _row(fields, lines.line_num)
    except UnicodeDecodeError as error:
        raise BadTable(f"it is no text in UTF-8: {error}") from None
    finally:
        text.detach()


def _row(fields: dict[str, str], line: int) -> Row:
    try:
        amounts = [parse_amount(fields[name]) if fields[name] else None for name in _AMOUNTS]
        time = moment(fields["time"]).ns
    except (ValueError, TypeError) as error:
        raise BadTable(f"line {line}: {error}") from None
    words = [fields[name] or "" for name in Row._fields]
    return Row(time, *words[1:4], *amounts, *words[6:])  # type: ignore[arg-type]


def time_text(ns: int) -> str:
    """A point in time as ISO 8601 has it, to the nanosecond."""
    seconds, rest = divmod(ns, _SECOND)
    return f"{_second_text(seconds)}.{rest:09}Z"


@lru_cache(maxsize=100_000)
def _second_text(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
