"""The names of the benchmarks."""

from __future__ import annotations

from typing import Final

FIX_IN: Final = "fix-in"
WIRE: Final = "wire"
FLOOR: Final = "floor"
BOOK: Final = "book"
GROWTH: Final = "growth"
RECOVERY: Final = "recovery"
PAIRS: Final = "pairs"
SNAPSHOT: Final = "snapshot"
DATA: Final = "data"
ITCH: Final = "itch"
DAY: Final = "day"
PRICES: Final = "prices"
FILTER: Final = "filter"
NODES: Final = "nodes"
SCENARIOS: Final = "scenarios"

SOURCES: Final = (
    "random-walk",
    "brownian",
    "mean-reverting",
    "jump-diffusion",
    "regimes",
    "basket",
)
"""Pricing sources that go by themselves."""

BENCHMARKS: Final = {
    FIX_IN: "CPU time that a FIX order takes from bytes to a message known to be right.",
    WIRE: "Orders a second, latency and CPU of a simulator that is driven over loopback.",
    FLOOR: "The same beside servers that do less: with constant bytes, and with no book.",
    BOOK: "CPU time of a book for each message of recorded order flow.",
    GROWTH: "What an order costs as orders, sessions, instruments, the journal and trades grow.",
    RECOVERY: "How fast a journal is run again, at a start and by exsim replay.",
    SNAPSHOT: "How long a snapshot keeps everybody waiting, with many orders that rest.",
    DATA: "What market data costs, and how soon it comes, to many who look on.",
    ITCH: "Messages of ITCH that are written, packed and told in a second.",
    DAY: "A whole day of bots that trade, with prices that move, at full speed.",
    PRICES: "CPU time of prices that move, of many instruments once a second each.",
    FILTER: "What a filter takes to look at many messages.",
    PAIRS: "What a second core gives where each venue has a process of its own.",
    NODES: "Orders a second and latency of nodes that share one database.",
    SCENARIOS: "How long many runs of scenarios take one by one, in a pool, and by Dask.",
}
"""A sentence on each, for ``exsim bench --help``."""
