"""Quotes that rest: what a venue keeps of them, and the orders that their sides are."""

from __future__ import annotations

from typing import Final

from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.plain import Plain
from exsim.model.quotes import QuoteEntry, carry_values, entry_of
from exsim.model.requests import NewOrder, nothing_carried

_BUY: Final = int(Side.BUY)
_LIMIT: Final = int(OrdType.LIMIT)
_DAY: Final = int(TimeInForce.DAY)

Key = tuple[str, str, str, str]
"""Session, symbol, and set and entry of a mass quote."""


class RestingQuote:
    """A quote in the book: ``bid`` and ``offer`` are the numbers of its orders, 0 for none."""

    __slots__ = ("account", "bid", "entry", "key", "number", "offer", "quote_id", "req_id")

    def __init__(self, key: Key, number: int) -> None:
        self.key = key
        self.number = number
        self.quote_id = ""
        self.req_id = ""
        self.account = ""
        self.entry = QuoteEntry(key[1])
        self.bid = 0
        self.offer = 0

    @property
    def session(self) -> str:
        """Whose it is."""
        return self.key[0]

    @property
    def symbol(self) -> str:
        """What it is for."""
        return self.key[1]

    def state(self) -> Plain:
        """All of it."""
        named = [self.quote_id, self.req_id, self.account, self.entry.state()]
        return [list(self.key), self.number, *named, self.bid, self.offer]


def resting_of(plain: Plain) -> RestingQuote:
    """What :meth:`RestingQuote.state` told."""
    key, number, quote_id, req_id, account, entry, bid, offer = plain
    session, symbol, set_id, entry_id = key
    quote = RestingQuote((session, symbol, set_id, entry_id), number)
    quote.quote_id, quote.req_id, quote.account = quote_id, req_id, account
    quote.entry = entry_of(entry)
    quote.bid, quote.offer = bid, offer
    return quote


def terms_of(
    session: str, quote_id: str, account: str, entry: QuoteEntry, side: int, symbol: str
) -> NewOrder | None:
    """The order that a side of a quote is; None where it is not quoted."""
    buys = side == _BUY
    if not (entry.bids if buys else entry.offers):
        return None
    price, size = (entry.bid, entry.bid_size) if buys else (entry.offer, entry.offer_size)
    carry = entry.carry
    if not any(carry_values(carry)[1:]):
        carry = nothing_carried(carry.owner)
    return NewOrder(session, quote_id, symbol, side, _LIMIT, _DAY, size, price, account, "", carry)
