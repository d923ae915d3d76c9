"""Keys of whatever plays a recorded file: which one, what is in it, and how fast it is played."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exsim.model.amounts import UNIT, parse_amount
from exsim.model.options import (
    REQUIRED,
    Option,
    Parser,
    boolean,
    choice,
    integer,
    path,
    span,
    text,
    words,
)
from exsim.model.rows import BUY, KINDS, SELL

COLUMNS: Final = (
    "time", "symbol", "kind", "side", "price", "qty", "ref", "new_ref", "match", "code", "bid",
    "bid_qty", "ask", "ask_qty",
)  # fmt: skip
"""What columns of a table may hold, by our names."""
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
SLOWEST: Final = UNIT // 10
QUICKEST: Final = 1000 * UNIT


def pairs(left: tuple[str, ...] = (), right: tuple[str, ...] = ()) -> Parser:
    """Words such as ``A=B``, parted by commas or white space; of those on the left and right."""

    def parse(value: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for word in words(value):
            name, equals, other = word.partition("=")
            if not (equals and name and other):
                raise ValueError(f"{word!r} is no pair such as A=B")
            for each, known in ((name, left), (other, right)):
                if known and each not in known:
                    raise ValueError(f"{word!r}: {each!r} is none of {', '.join(known)}")
            if name in found:
                raise ValueError(f"{name!r} is there twice")
            found[name] = other
        return found

    return parse


def speed(value: str) -> int:
    """``x1``, ``x0.1`` to ``x1000``, in units of 10^-8; 0 for ``max``."""
    if value == "max":
        return 0
    try:
        found = parse_amount(value.removeprefix("x"))
    except ValueError:
        found = 0
    if not SLOWEST <= found <= QUICKEST:
        raise ValueError(f"{value!r} is neither max nor a speed from x0.1 to x1000")
    return found


FILE: Final = (
    Option("file", path, REQUIRED, "The file that is played."),
    Option(
        "format",
        choice("auto", "csv", "parquet", "itch", "fix", "soup-itch", "mold"),
        "auto",
        "What it is of: csv and parquet are tables, itch is messages each behind its length, fix a "
        "log or raw; auto tells by its content, and where that tells nothing, takes it as csv.",
    ),
    Option(
        "columns",
        pairs(COLUMNS),
        "",
        "Of a table, the columns by other names than ours, such as time=ts, symbol=Ticker, "
        "price=Px; numbers from 1 where it has no header. Ours are " + ", ".join(COLUMNS) + ".",
    ),
    Option("header", boolean, "yes", "Whether the first line of a csv names its columns."),
    Option("delimiter", choice(*DELIMITERS), "comma", "What is between the columns of a csv."),
    Option(
        "times",
        choice("auto", "s", "ms", "us", "ns"),
        "auto",
        "What times of a table that are numbers count, since 1970 or since midnight: auto tells "
        "by their size, from 1970. Text is read as it is, 09:30:00.5 or 2026-01-05T09:30:00Z.",
    ),
    Option(
        "decimals",
        integer(0, 8),
        "0",
        "How many of the digits of a table's prices are decimals: with 4, 1002500 is 100.25.",
    ),
    Option(
        "kinds",
        pairs(right=KINDS),
        "",
        "Of a table, what its words in the column kind mean, such as 1=add, 2=reduce, 3=delete.",
    ),
    Option(
        "sides",
        pairs(right=(BUY, SELL)),
        "",
        "Of a table, what its words in the column side mean, such as 1=BUY, -1=SELL. BUY, B, bid "
        "and their like are known.",
    ),
    Option("symbol", text, "", "The symbol of all rows of a table that has no such column."),
    Option(
        "map",
        pairs(),
        "",
        "Our symbols by those of the file, such as SPY=AAA; all others are passed over. Empty: "
        "they are the same.",
    ),
    Option(
        "speed",
        speed,
        "x1",
        "How fast it is played: x0.1 to x1000 times as fast as it was, or max. The first row is at "
        "the start, whatever its time.",
    ),
    Option("loop", boolean, "no", "Whether it is played again when it is at its end."),
    Option("pause", span(1_000_000), "1s", "How long it waits before it is played again."),
)
"""In this order in all that have them."""
LATER: Final = frozenset({"speed"})
"""Those that can be changed while it is played."""


def pause_of(options: Mapping[str, object]) -> int | None:
    """How long to wait before a file is played again; None for never."""
    pause = options["pause"]
    assert isinstance(pause, int)
    return pause if options["loop"] else None


def check_file(options: Mapping[str, object]) -> None:
    """
    Whether these go together.

    :raises ValueError: where they do not.
    """
    if not options["file"]:
        raise ValueError("file: say which one is played")
    columns, header = options["columns"], options["header"]
    assert isinstance(columns, dict)
    if header:
        return
    if not columns:
        raise ValueError("columns: without a header, say which is which, such as time=1, price=2")
    for name, number in columns.items():
        if not (number.isascii() and number.isdigit() and 0 < int(number) < 10_000):
            raise ValueError(f"columns: without a header {name} is a number from 1, not {number!r}")
