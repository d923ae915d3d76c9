"""Requests for quotes that go on, and quotes that takers were told: what a venue keeps of them."""

from __future__ import annotations

from typing import Final

from exsim.dispatch.listing import Listing
from exsim.model.plain import Plain
from exsim.model.quotes import QuoteAsk, QuoteEntry, ask_of, entry_of

_MOST: Final = 18
"""Characters of an identifier."""


class Asked:
    """
    A request that goes on: for one instrument, until ``ends``. ``makers`` are those who have been
    asked and neither quoted nor passed; ``offers`` counts the quotes that came; ``ref`` is what a
    late refusal has to name.
    """

    __slots__ = ("ask", "ends", "makers", "number", "offers", "ref", "req_id", "streams", "taker")

    def __init__(
        self, number: int, taker: str, req_id: str, ask: QuoteAsk, streams: bool, ends: int
    ) -> None:
        self.number = number
        self.taker = taker
        self.req_id = req_id
        self.ask = ask
        self.streams = streams
        self.ends = ends
        self.makers: list[str] = []
        self.offers = 0
        self.ref = ""

    @property
    def name(self) -> str:
        """What market makers know it as: QuoteReqID."""
        return f"R{self.number}"

    def state(self) -> Plain:
        """All of it."""
        ask = self.ask.state()
        named = [self.number, self.taker, self.req_id, ask, self.streams, self.ends]
        return [*named, self.makers, self.offers, self.ref]


def asked_of(plain: Plain) -> Asked:
    """What :meth:`Asked.state` told."""
    number, taker, req_id, ask, streams, ends, makers, count, ref = plain
    asked = Asked(number, taker, req_id, ask_of(ask), streams, ends)
    asked.makers, asked.offers, asked.ref = makers, count, ref
    return asked


class Offer:
    """
    A quote that a taker was told, to trade on until ``entry.valid_until``. ``maker`` is the session
    that made it and ``maker_id`` its QuoteID there; empty where it is the venue's own.
    """

    __slots__ = ("account", "asked", "entry", "maker", "maker_id", "number", "req_id", "taker")

    def __init__(
        self,
        number: int,
        asked: int,
        taker: str,
        req_id: str,
        entry: QuoteEntry,
        maker: str = "",
        maker_id: str = "",
        account: str = "",
    ) -> None:
        self.number = number
        self.asked = asked
        self.taker = taker
        self.req_id = req_id
        self.entry = entry
        self.maker = maker
        self.maker_id = maker_id
        self.account = account

    @property
    def name(self) -> str:
        """What the taker knows it as: QuoteID."""
        return f"Q{self.number}"

    def state(self) -> Plain:
        """All of it."""
        named = [self.number, self.asked, self.taker, self.req_id, self.entry.state()]
        return [*named, self.maker, self.maker_id, self.account]


def offer_of(plain: Plain) -> Offer:
    """What :meth:`Offer.state` told."""
    number, asked, taker, req_id, entry, maker, maker_id, account = plain
    return Offer(number, asked, taker, req_id, entry_of(entry), maker, maker_id, account)


def number_of(name: str, kind: str) -> int:
    """The number in an identifier that a venue gave, such as R1 or Q2; 0 where it is none."""
    if not name.startswith(kind) or not name[1:].isdigit() or len(name) > _MOST:
        return 0
    return int(name[1:])


def around(listing: Listing, price: int, spread: int) -> tuple[int, int]:
    """Bid and offer so far from each other around a price, on ticks, and not at one price."""
    low, high = price - spread // 2, price + (spread - spread // 2)
    tick = listing.instrument.tick_at(low)
    bid = low - low % tick
    tick = listing.instrument.tick_at(high)
    offer = high + -high % tick
    return bid, offer if offer > bid else bid + tick
