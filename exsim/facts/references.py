"""
Stylised facts: what each is, and what studies of real markets found.

``docs/stylised-facts.rst`` tells the same, with the sources in full; a test holds it to this.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Reference(NamedTuple):
    """
    A fact: its name here and for people, what real markets have, and who says so; ``of`` what it is
    counted.
    """

    name: str
    title: str
    found: str
    source: str
    of: str


REFERENCES: Final = (
    Reference(
        "kurtosis_1s",
        "excess kurtosis of returns of 1 s",
        "above 0: tails fall with the power 3",
        "Gopikrishnan et al. 1998",
        "returns",
    ),
    Reference(
        "kurtosis_1m",
        "excess kurtosis of returns of 1 min",
        "above 0, less than that of 1 s",
        "Lieberman and Phillips 2018",
        "returns",
    ),
    Reference(
        "return_correlation",
        "autocorrelation of returns of 1 min",
        "about 0, rather below it",
        "Bianco and Reno 2006",
        "returns",
    ),
    Reference(
        "clustering",
        "the same of their sizes, mean of lags 1 to 10",
        "above 0, for hours",
        "Liu et al. 1997",
        "returns",
    ),
    Reference(
        "spread",
        "spread in ticks, median",
        "1 where the tick is large, else more",
        "Dayri and Rosenbaum 2013",
        "looks",
    ),
    Reference(
        "size_skew",
        "size of an order, mean by median",
        "above 1: about log-normal",
        "Maslov and Mills 2001",
        "orders",
    ),
    Reference(
        "size_tail",
        "tail exponent of sizes, greatest 5 %",
        "about 1 (limit) to 1.4 (market)",
        "Maslov and Mills 2001",
        "orders",
    ),
    Reference(
        "cancel_ratio",
        "limit orders canceled or replaced",
        "above 90 %: a few per cent trade",
        "SEC 2013",
        "orders",
    ),
    Reference(
        "order_gaps",
        "times between orders, deviation by mean",
        "above 1: they excite each other",
        "Hardiman et al. 2013",
        "times",
    ),
    Reference(
        "trade_gaps",
        "times between trades, deviation by mean",
        "above 1 (1 for a Poisson process)",
        "Bauwens 2005",
        "times",
    ),
    Reference(
        "sign_correlation",
        "autocorrelation of signs of trades",
        "above 0, falls with the power 0.4 to 0.8",
        "Lillo and Farmer 2004",
        "trades",
    ),
)
"""All facts, in the order of tables."""
