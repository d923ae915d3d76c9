"""One view of an instrument at several venues: the views of each put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exsim.control import consolidated_results as kr
from exsim.model.amounts import format_amount, parse_amount


def merged(parts: Sequence[kr.Consolidated], depth: int) -> kr.Consolidated:
    """
    The views of venues as one: levels of one price are one level.

    Each has to have ``depth`` levels a side, or all that there are; so many does the result have.
    """
    bids = _levels((part.bids for part in parts), True)[:depth]
    asks = _levels((part.asks for part in parts), False)[:depth]
    best_bid, best_ask = (bids[0] if bids else None), (asks[0] if asks else None)
    locked, crossed = meeting(
        None if best_bid is None else best_bid.price, None if best_ask is None else best_ask.price
    )
    first = parts[0]
    return kr.Consolidated(
        symbol=first.symbol,
        currency=first.currency,
        identifiers=list(dict.fromkeys(each for part in parts for each in part.identifiers)),
        best_bid=best_bid,
        best_ask=best_ask,
        locked=locked,
        crossed=crossed,
        bids=bids,
        asks=asks,
        venues=[venue for part in parts for venue in part.venues],
    )


def meeting(bid: str | None, ask: str | None) -> tuple[bool, bool]:
    """Whether a best bid and a best offer lock, and whether they cross."""
    if bid is None or ask is None:
        return False, False
    above = parse_amount(bid) - parse_amount(ask)
    return above == 0, above > 0


def _levels(
    sides: Iterable[list[kr.ConsolidatedLevel]], highest_first: bool
) -> list[kr.ConsolidatedLevel]:
    """Levels of several sides as those of one, best first."""
    shares: dict[int, list[kr.LevelShare]] = {}
    for side in sides:
        for level in side:
            shares.setdefault(parse_amount(level.price), []).extend(level.venues)
    return [
        kr.ConsolidatedLevel(
            format_amount(price),
            format_amount(sum(parse_amount(share.quantity) for share in shares[price])),
            sum(share.orders for share in shares[price]),
            shares[price],
        )
        for price in sorted(shares, reverse=highest_first)
    ]
