"""
Messages of a layout as text, fast: a layout is made ready once, and then each of its messages is
read in one call and put into one template.

It is what :meth:`exsim.wire.layout.Layout.read` would tell, field by field, a dozen times sooner.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from struct import Struct
from typing import Final

from exsim.filters.lines import printable
from exsim.wire.layout import FINE_PRICE, PRICE, SIGNED_PRICE, TEXT, TIME, Field, Layout

_SECOND: Final = 1_000_000_000
_SCALED: Final = (PRICE, SIGNED_PRICE, FINE_PRICE)
_STOCK: Final = Field("stock", TEXT, 8)
_MOST_KNOWN: Final = 1 << 16
"""Texts of a field that are remembered at once."""


class Style:
    """
    How a field is written.

    :param field: a template, with ``%s`` for the name, of what stands before the value.
    :param number: a template for a number that stands for itself.
    :param time: one for nanoseconds and the time of day that they are.
    :param whole: writes any other value, as text, with what it means.
    """

    def __init__(
        self, field: str, number: str, time: str, whole: Callable[[str, str], str]
    ) -> None:
        self.field = field
        self.number = number
        self.time = time
        self.whole = whole

    def name(self, name: str) -> str:
        """What stands before the value of a field of that name."""
        return self.field.replace("%s", name)


def _in_line(text: str, meaning: str) -> str:
    return printable(f"{text}[{meaning}]" if meaning else text)


def _in_json(text: str, meaning: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return f'{quoted}, "meaning": {json.dumps(meaning)}}}' if meaning else f"{quoted}}}"


LINE: Final = Style(" %s=", "%d", "%d[%s]", _in_line)
JSON: Final = Style(
    ', {"tag": "%s", "name": "%s", "value": ', '"%d"}', '"%d", "meaning": "%s"}', _in_json
)
"""As :func:`json.dumps` writes it, each field behind a comma."""


class Texts(dict[int | bytes, str]):
    """What values of one field are as text, as they are met."""

    def __init__(self, field: Field, style: Style) -> None:
        super().__init__()
        self._field = field
        self._style = style

    def __missing__(self, value: int | bytes) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        text = self._field.text(value)
        found = self[value] = self._style.whole(text, self._field.meaning(text))
        return found


class Clock(dict[int, str]):
    """Times of day by their seconds since midnight, as they are met."""

    def __missing__(self, second: int) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        minutes, rest = divmod(second, 60)
        found = self[second] = f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
        return found

    def time(self, ns: int) -> str:
        """Nanoseconds since midnight as a time of day."""
        return f"{self[ns // _SECOND]}.{ns % _SECOND:09}"


CLOCK: Final = Clock()


class Told:
    """Messages of a layout that has no options, in a style."""

    __slots__ = ("_struct", "_template", "_texts", "_time", "_times")

    def __init__(self, layout: Layout, style: Style) -> None:
        assert layout.options is None
        self._time = style.time
        self._texts: list[tuple[int, Texts]] = []
        self._times: list[int] = []
        formats, parts = [">x"], []
        for index, field in enumerate(layout.fields):
            timed = field.kind == TIME
            plain = not (timed or field.textual or field.codes or field.kind in _SCALED)
            formats.append(f"{field.size}s" if timed else field.format)
            if timed:
                self._times.append(index)
            elif not plain:
                self._texts.append((index, Texts(field, style)))
            name = style.name(field.name).replace("%", "%%")
            parts.append(name + (style.number if plain else "%s"))
        self._struct = Struct("".join(formats))
        self._template = "".join(parts)

    def fields(self, raw: bytes) -> str:
        """All fields of a message that is right."""
        values: list[int | bytes | str] = list(self._struct.unpack(raw))
        for index, texts in self._texts:
            values[index] = texts[values[index]]  # type: ignore[index]
        for index in self._times:
            ns = int.from_bytes(values[index], "big")  # type: ignore[arg-type]
            values[index] = self._time % (ns, CLOCK.time(ns))
        return self._template % tuple(values)


class Teller:
    """Tells messages of many layouts in one style, each with a symbol that it does not have."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._told: dict[Layout, Told] = {}
        self._stocks = Texts(_STOCK, style)
        self._before = style.name(_STOCK.name)

    def fields(self, raw: bytes, layout: Layout, stock: bytes) -> str:
        """All fields of a message that is right, behind ``stock``, where that is not empty."""
        told = self._told.get(layout)
        if told is None:
            told = self._told[layout] = Told(layout, self._style)
        fields = told.fields(raw)
        return f"{self._before}{self._stocks[stock]}{fields}" if stock else fields
