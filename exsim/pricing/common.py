"""Keys that sources have in common."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, amount, choice, integer, optional, patterns, ratio, span

SYMBOLS: Final = Option(
    "symbols",
    patterns,
    "*",
    "Which instruments, by symbol: words with * and ?, and after ! those that are left out. What "
    "an earlier source of the venue takes is not asked of this one.",
)
SEED: Final = Option(
    "seed",
    optional(integer(0, 2**63 - 1)),
    "",
    "Fixes its randomness; empty for the venue's seed. Each instrument has one of its own by that.",
)
START: Final = Option(
    "start",
    optional(amount()),
    "",
    "What instruments are worth at first; empty for the reference price of each, without which it "
    "has no price here.",
)
NIGHTS: Final = Option(
    "nights",
    choice("stand", "move"),
    "stand",
    "Whether prices stand still while the market is closed, or move as ever.",
)


def gap(default: str) -> Option:
    """How far prices jump when the market opens."""
    return Option(
        "gap",
        ratio(0.0, 10.0),
        default,
        "How far a price jumps when the market opens on another day: the standard deviation of the "
        "logarithm of that, such as 1%.",
    )


LEAST_SPAN: Final = 1_000_000
"""Nanoseconds: no source has a step that is shorter."""


def every(default: str, text: str) -> Option:
    """The time between two steps."""
    return Option("every", span(LEAST_SPAN), default, text)


EVERY: Final = every(
    "1s",
    "How much time of the market is between two prices of an instrument; more than 250 instruments "
    "have their prices in turns, spread over that time.",
)
