"""
Tables of prices, quotes, trades or books whose columns have names of their own: :class:`Columns`.

Each line makes rows (see :mod:`exsim.model.rows`), by what columns there are: one with a ``kind``
is of a book; one with ``bid`` or ``ask`` a quote; one with ``qty`` a trade; one with a price alone
is what the instrument is worth.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import Any, BinaryIO, Final

from exsim.filters.values import moment
from exsim.model.amounts import LARGEST, UNIT, parse_amount
from exsim.model.recording_keys import COLUMNS, DELIMITERS
from exsim.model.rows import BUY, KINDS, PRICE, QUOTE, SELL, TRADE, Row
from exsim.recorded.tables import BATCH, BadTable, pyarrow

_SIDES: Final = {
    "": "", "B": BUY, "BID": BUY, "BUY": BUY, "S": SELL, "A": SELL, "ASK": SELL, "SELL": SELL,
    "OFFER": SELL,
}  # fmt: skip
_UNITS: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_BY_SIZE: Final = ((10**11, "s"), (10**14, "ms"), (10**17, "us"))
"""Numbers below these are of that unit, counted from 1970."""
_LONGEST: Final = 1 << 17

Cells = Sequence[Any]


class Columns:
    """
    Reads tables that are described by options (:data:`exsim.model.recording_keys.FILE`).
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._names: Mapping[str, str] = options["columns"]
        self._header: bool = options["header"]
        self._delimiter = DELIMITERS[options["delimiter"]]
        self._unit: str = options["times"]
        self._divisor: int = 10 ** options["decimals"]
        self._kinds: Mapping[str, str] = options["kinds"]
        self._sides: Mapping[str, str] = {**_SIDES, **options["sides"]}
        self._symbol: str = options["symbol"]
        self._places: dict[str, int] = {}
        self._exact = False  # times are nanoseconds already

    # -- tables

    def csv(self, file: BinaryIO) -> Iterator[tuple[str, Row]]:
        """
        The rows of a csv, and where each is.

        :raises exsim.recorded.tables.BadTable: with the line that makes no sense.
        """
        text = TextIOWrapper(file, "utf-8-sig", newline="")
        try:
            lines = csv.reader(text, delimiter=self._delimiter, skipinitialspace=True)
            if self._header:
                self._find(next(lines, []), "line 1")
            else:
                self._places = {ours: int(said) - 1 for ours, said in self._names.items()}
                self._check("columns")
            for cells in lines:
                if cells:
                    yield from self._rows(cells, f"line {lines.line_num}")
        except UnicodeDecodeError as error:
            raise BadTable(f"it is no text in UTF-8: {error}") from None
        except csv.Error as error:
            raise BadTable(f"it is no csv: {error}") from None
        finally:
            text.detach()

    def parquet(self, file: BinaryIO) -> Iterator[tuple[str, Row]]:
        """
        The rows of a file of Parquet, a batch in memory at a time, and where each is.

        :raises exsim.recorded.tables.BadTable: with the row that makes no sense.
        :raises exsim.recorded.tables.NoParquet: when pyarrow is missing.
        """
        pa = pyarrow()
        try:
            table = pa.parquet.ParquetFile(file)
        except pa.ArrowInvalid as error:
            raise BadTable(f"it is no file of Parquet: {error}") from None
        there = list(table.schema_arrow.names)
        self._find(there, "its schema")
        time = table.schema_arrow.field(there[self._places["time"]]).type
        self._exact = bool(pa.types.is_timestamp(time))
        wanted = [there[place] for place in self._places.values()]
        self._places = {ours: at for at, ours in enumerate(self._places)}
        number = 0
        for batch in table.iter_batches(BATCH, columns=wanted):
            columns = [_plain(pa, batch.column(name)) for name in wanted]
            for cells in zip(*columns, strict=True):
                number += 1
                yield from self._rows(cells, f"row {number}")

    def _find(self, there: Sequence[str], where: str) -> None:
        """Know which columns there are."""
        if sum(map(len, there)) > _LONGEST:
            raise BadTable(f"{where}: that is no list of columns")
        names = [name.strip() for name in there]
        for ours, said in self._names.items():
            if said not in names:
                told = ", ".join(names) or "none"
                raise BadTable(
                    f"{where}: there is no column {said!r} for {ours}; there are: {told}"
                )
        taken = set(self._names.values())
        self._places = {ours: names.index(said) for ours, said in self._names.items()}
        lower = [name.lower() for name in names]
        for name in COLUMNS:
            if name not in self._places and name in lower and names[lower.index(name)] not in taken:
                self._places[name] = lower.index(name)
        self._check(where, names)

    def _check(self, where: str, names: Sequence[str] = ()) -> None:
        """Whether the columns make rows."""
        places = self._places
        told = f"; there are: {', '.join(names)}" if names else ""
        hint = "say which it is, such as `columns = {0}=NAME`" + told
        if "time" not in places:
            raise BadTable(f"{where}: there is no column of times: " + hint.format("time"))
        if "symbol" not in places and not self._symbol:
            text = f"{where}: there is no column of symbols: say `symbol = NAME` for all rows, or "
            raise BadTable(text + hint.format("symbol"))
        if not {"kind", "price", "bid", "ask"} & set(places):
            raise BadTable(f"{where}: there is no column of prices: " + hint.format("price"))

    # -- rows

    def _rows(self, cells: Cells, where: str) -> Iterator[tuple[str, Row]]:
        try:
            yield from ((where, row) for row in self._made(cells))
        except IndexError:
            raise BadTable(f"{where}: it has only {len(cells)} columns") from None
        except (ValueError, TypeError) as error:
            raise BadTable(f"{where}: {error}") from None

    def _made(self, cells: Cells) -> Iterator[Row]:
        places = self._places
        time = self._read(cells, "time", self._time)
        symbol = self._text(cells, "symbol") or self._symbol
        if "kind" in places:
            yield self._of_book(cells, time, symbol)
            return
        price = self._read(cells, "price", self._price)
        for name, size, side in (("bid", "bid_qty", BUY), ("ask", "ask_qty", SELL)):
            if name in places:
                qty = self._read(cells, size, _amount)
                yield Row(time, symbol, QUOTE, side, self._read(cells, name, self._price), qty)
        if price is not None:
            qty = self._read(cells, "qty", _amount)
            yield Row(time, symbol, PRICE if qty is None else TRADE, "", price, qty)

    def _of_book(self, cells: Cells, time: int, symbol: str) -> Row:
        said = self._text(cells, "kind")
        kind = self._kinds.get(said, said.lower())
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise ValueError(f"kind {said!r} is none of {known}: say `kinds = {said or 'X'}=add`")
        return Row(
            time,
            symbol,
            kind,
            self._side(self._text(cells, "side")),
            self._read(cells, "price", self._price),
            self._read(cells, "qty", _amount),
            *(self._text(cells, name) for name in ("ref", "new_ref", "match", "code")),
        )

    def _side(self, said: str) -> str:
        found = self._sides.get(said, self._sides.get(said.upper()))
        if found is None:
            raise ValueError(f"side {said!r} is none: say `sides = {said}=BUY`")
        return found

    # -- values

    def _text(self, cells: Cells, name: str) -> str:
        place = self._places.get(name)
        value = None if place is None else cells[place]
        return "" if value is None else str(value).strip()

    def _read(self, cells: Cells, name: str, read: Callable[[Any], int]) -> Any:
        """A number, None where there is none."""
        place = self._places.get(name)
        value = None if place is None else cells[place]
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "" or value != value:  # not a number, as floats have it
            if name == "time":
                raise ValueError("it has no time")
            return None
        try:
            return read(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def _price(self, value: Any) -> int:
        return _amount(value) // self._divisor

    def _time(self, value: Any) -> int:
        """Nanoseconds since 1970, or midnight."""
        if isinstance(value, str):
            if ":" in value or value.count("-") > 1:
                return moment(value.replace(" ", "T", 1)).ns
            whole, _, fraction = value.partition(".")
            if not (whole + fraction).isdigit():
                raise ValueError(f"{value!r} is no time")
            scale = self._scale(int(whole))
            return int(whole) * scale + int(fraction.ljust(9, "0")[:9] or 0) * scale // 10**9
        if isinstance(value, float):
            return round(value * self._scale(int(value)))
        return int(value) * (1 if self._exact else self._scale(int(value)))

    def _scale(self, number: int) -> int:
        if self._unit != "auto":
            return _UNITS[self._unit]
        unit = next((unit for most, unit in _BY_SIZE if number < most), "ns")
        return _UNITS[unit]


def _amount(value: Any) -> int:
    """Units of 10^-8."""
    if isinstance(value, float):
        found = round(value * UNIT)
        if abs(found) > LARGEST:
            raise ValueError(f"{value} is out of range")
        return found
    return parse_amount(value if isinstance(value, str) else format(value, "f"))


def _plain(pa: Any, column: Any) -> list[Any]:
    """The values of a column of Parquet: times as nanoseconds, all else as Python has it."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        scale = _UNITS[kind.unit]
        stamps = column.cast(pa.int64()).to_pylist()
        return [None if stamp is None else stamp * scale for stamp in stamps]
    values: list[Any] = column.to_pylist()
    return values
