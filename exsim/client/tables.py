"""Results as text for people: a list of things as a table, one thing as its fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, inspect

from exsim.control.entries import kinds

_HIDDEN: Final = {"raw", "next", "position", "cause"}
"""Fields that are for programs: bytes that are there as text too, cursors, what caused what."""


def render(result: Struct) -> str:
    """A result as lines of text."""
    return "".join(f"{line}\n" for line in _lines(result))


def _lines(result: Struct) -> list[str]:
    """The plain fields, and under their names those that have fields of their own."""
    shown = [name for name in result.__struct_fields__ if name not in _HIDDEN]
    below = [name for name in shown if _is_table(result, name) or _is_struct(result, name)]
    lines = [f"{name:16}  {_text(getattr(result, name))}" for name in shown if name not in below]
    for name in below:
        value = getattr(result, name)
        if name != "items":
            lines += ["", f"{name}:"]
        lines += _lines(value) if isinstance(value, Struct) else _table(value)
    return lines


def _table(items: Sequence[Struct]) -> list[str]:
    """
    Things of one kind as lines under a heading, in columns. What has parts is left out, unless it
    has a text of its own.
    """
    if not items:
        return ["(none)"]
    first = items[0]
    names = [
        name
        for name in first.__struct_fields__
        if name not in _HIDDEN and (_has_text(first, name) or not _has_parts(first, name))
    ]
    rows = [names, *([_text(getattr(item, name)) for name in names] for item in items)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _is_table(result: Struct, name: str) -> bool:
    kind = kinds(type(result))[name]
    return isinstance(kind, inspect.ListType) and not isinstance(kind.item_type, inspect.StrType)


def _has_parts(result: Struct, name: str) -> bool:
    return _is_table(result, name) or isinstance(kinds(type(result))[name], inspect.StructType)


def _has_text(result: Struct, name: str) -> bool:
    """Whether a field is a thing, or things, that say in a few words what they are."""
    kind = kinds(type(result))[name]
    if isinstance(kind, inspect.ListType):
        kind = kind.item_type
    return isinstance(kind, inspect.StructType) and kind.cls.__str__ is not Struct.__str__


def _is_struct(result: Struct, name: str) -> bool:
    return isinstance(getattr(result, name), Struct)


def _text(value: Any) -> str:
    """One value in one line."""
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        return ",".join(f"{key}={text}" for key, text in value.items())
    return "".join(char if char.isprintable() else "." for char in str(value))
