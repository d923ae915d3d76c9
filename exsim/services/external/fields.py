"""Prices in JSON of anybody, by a map of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from exsim.model.amounts import parse_amount
from exsim.model.settings import Values
from exsim.model.ticks import Tick

KEY: Final = "$key"
"""In a map: the name of an item in the object that has it."""
_DECODER: Final = msgspec.json.Decoder(float_hook=str)  # numbers to the last digit


class BadFeed(ValueError):
    """What came makes no sense."""


class Fields:
    """Reads JSON by options (:data:`exsim.pricing.external_keys.FIELDS`)."""

    def __init__(self, options: Values) -> None:
        fields: Mapping[str, str] = options["fields"]
        self._paths = {name: path.split(".") for name, path in fields.items()}
        self._items = [part for part in options["items"].split(".") if part]
        self._symbol: str = options["symbol"]

    def ticks(self, data: bytes | str) -> list[Tick]:
        """
        The prices in it; none, where it is about other things.

        :raises BadFeed: when it is no JSON, or a price is no number.
        """
        try:
            whole = _DECODER.decode(data)
        except ValueError as error:
            raise BadFeed(f"it is no JSON: {error}") from None
        found = (self._tick(key, item) for key, item in self._each(_at(whole, self._items)))
        return [tick for tick in found if tick is not None]

    def _each(self, items: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(items, list):
            yield from (("", item) for item in items)
        elif isinstance(items, dict) and self._paths.get("symbol") == [KEY]:
            yield from items.items()
        elif isinstance(items, dict):
            yield "", items

    def _tick(self, key: str, item: Any) -> Tick | None:
        path = self._paths.get("symbol", [])
        symbol = key if path == [KEY] else _at(item, path)
        if not isinstance(symbol, str) or not symbol:
            symbol = self._symbol
        bid, ask, last = (self._amount(name, item) for name in ("bid", "ask", "last"))
        if not symbol or (bid is None and ask is None and last is None):
            return None
        return Tick(symbol, bid, ask, last)

    def _amount(self, name: str, item: Any) -> int | None:
        path = self._paths.get(name)
        value = None if path is None else _at(item, path)
        if value is None or value == "":
            return None
        if isinstance(value, str | int) and not isinstance(value, bool):
            try:
                return parse_amount(str(value))
            except ValueError as error:
                raise BadFeed(f"{name}: {error}") from None
        raise BadFeed(f"{name}: {str(value)[:40]!r} is no number")


def _at(value: Any, path: list[str]) -> Any:
    """What is there; None where nothing is."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
