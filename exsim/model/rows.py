"""
Rows: what feeds told of markets, in one shape, whatever they were recorded from.

A book is kept by ``ref``, the number or name that an entry has on its feed; where that is empty, by
symbol, side and price.
"""

from __future__ import annotations

from typing import Final, NamedTuple

ADD: Final = "add"
CHANGE: Final = "change"
"""The entry ``ref`` has this price and this quantity from now on."""
REPLACE: Final = "replace"
"""The entry ``ref`` is now ``new_ref``, behind all others at its price."""
EXECUTE: Final = "execute"
"""``qty`` of the entry ``ref`` traded: at its price, where there is no other."""
REDUCE: Final = "reduce"
"""``qty`` of the entry ``ref`` is gone."""
DELETE: Final = "delete"
CLEAR: Final = "clear"
"""The instrument's book is empty; entries that follow are what there is."""
TRADE: Final = "trade"
CROSS: Final = "cross"
"""All that an auction traded."""
BUST: Final = "bust"
"""The trade ``match`` never was."""
STATE: Final = "state"
"""``code`` is the state of the instrument from now on."""
EVENT: Final = "event"
"""``code`` is a system event of the venue."""
INDICATIVE: Final = "indicative"
"""What an auction would trade now, and at which price."""
PRICE: Final = "price"
"""The instrument is worth ``price`` from now on."""
QUOTE: Final = "quote"
"""The best price of a side is ``price`` from now on, for ``qty``; none where it has no price."""
KINDS: Final = (
    ADD, CHANGE, REPLACE, EXECUTE, REDUCE, DELETE, CLEAR, TRADE, CROSS, BUST, STATE, EVENT,
    INDICATIVE, PRICE, QUOTE,
)  # fmt: skip
BUY: Final = "BUY"
SELL: Final = "SELL"


class Row(NamedTuple):
    """
    One thing that a feed told.

    ``time`` is nanoseconds since 1970 UTC; ``price`` and ``qty`` are in units of 10^-8, None where
    it has none; ``side`` is ``BUY``, ``SELL`` or empty; ``code`` is the protocol's own.
    """

    time: int
    symbol: str
    kind: str
    side: str = ""
    price: int | None = None
    qty: int | None = None
    ref: str = ""
    new_ref: str = ""
    match: str = ""
    code: str = ""
