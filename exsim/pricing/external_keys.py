"""Keys of sources whose prices exsim reads from outside by itself."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, span, text
from exsim.model.recording_keys import pairs

CONFLATE: Final = Option(
    "conflate",
    span(1_000_000),
    "100ms",
    "What comes within this time is told at once, the newest of each instrument: that is one entry "
    "of the journal.",
)
RETRY: Final = Option(
    "retry",
    span(100_000_000),
    "1s",
    "How long it waits before it tries again what failed; twice as long each time, up to "
    "retry_most.",
)
RETRY_MOST: Final = Option("retry_most", span(100_000_000), "1m", "The longest such wait.")
READ: Final = (CONFLATE, RETRY, RETRY_MOST)
"""Those of all of them."""
FIELDS: Final = (
    Option(
        "fields",
        pairs(("symbol", "bid", "ask", "last")),
        "symbol=symbol, bid=bid, ask=ask, last=last",
        "Where in an item its symbol, bid, ask and last are: names parted by dots, and numbers in "
        "lists, such as symbol=data.s, bid=data.b.0; symbol=$key where items are named by it.",
    ),
    Option(
        "items",
        text,
        "",
        "Where in what comes the items are, such as data.quotes: a list, or an object by names; "
        "empty where all of it is an item, or a list of these.",
    ),
    Option("symbol", text, "", "The symbol of all items where they have none."),
)
"""Those of JSON."""
