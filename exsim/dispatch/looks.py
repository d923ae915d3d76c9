"""What feeds see of a venue: how orders stand in its books, what it trades, and in which phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from exsim.dispatch.venue import Venue
from exsim.engine.level import UNPRICED, shown_of
from exsim.feeds.book_feed import Look, Standing
from exsim.feeds.reference import Venue as ReferenceVenue
from exsim.model.book_updates import Indicative
from exsim.model.codes import Phase
from exsim.model.trades import Trade

if TYPE_CHECKING:
    from exsim.model.settings import Instrument

_SIDES: Final = (1, 2)


class BookLook(Look):
    """
    Looks into the books of a venue. With ``attributes`` it tells whose orders are, too.

    ``revised`` are trades, by number, that were busted or corrected: the quantity, 0 for one that
    never was, and the price of each.
    """

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self.attributes = False
        self.revised: dict[int, tuple[int, int]] = {}

    def standing(self, symbol: str, order_id: int) -> Standing | None:
        """How an order is displayed; one without a price is not."""
        if symbol not in self._venue.instruments:
            return None
        order = self._venue.engine.book(symbol).find(order_id)
        if order is None:
            return None
        level, shown = order.level, shown_of(order)
        if not shown or level is level.half.levels.get(UNPRICED):
            return None
        firm = self._firm(order_id) if self.attributes else ""
        return Standing(level.half.side, level.price, shown, order, firm)

    def _firm(self, order_id: int) -> str:
        known = self._venue.orders.get(order_id)
        return "" if known is None else self._venue.accounts.firm_of(known.terms)

    def order_ids(self, symbol: str) -> list[int]:
        """All orders that rest in a book."""
        book = self._venue.engine.book(symbol)
        return [number for side in _SIDES for number, _, _ in book.orders(side)]

    def trades(self, symbol: str) -> list[Trade]:
        """The trades that the tape has, as they were revised."""
        found = [trade for trade in self._venue.trades if trade.symbol == symbol]
        revised = self.revised
        for index, trade in enumerate(found):
            if trade.trade_id in revised:
                qty, price = revised[trade.trade_id]
                found[index] = trade.revised(price, qty)
        return [trade for trade in found if trade.qty]

    def implied(self, symbol: str, side: int) -> tuple[int, int] | None:
        """The implied price that a side of a book shows, and the quantity there; None for none."""
        found = self._venue.engine.implied(symbol, side)
        return None if found is None else (found[0], found[1])

    def indicative(self, symbol: str) -> Indicative | None:
        """What an auction would come to, None where none is held."""
        listing = self._venue.listings.get(symbol)
        if listing is None or listing.rules.matches or listing.phase is Phase.CLOSED:
            return None
        found = self._venue.engine.indicate(symbol, listing.reference)
        return Indicative(found.price, found.volume, found.imbalance, found.side)


class VenueReference(ReferenceVenue):
    """What is traded at a venue, and in which phases."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    @property
    def name(self) -> str:
        """Its name."""
        return self._venue.name

    def instruments(self) -> Mapping[str, Instrument]:
        """Its instruments by symbol."""
        return self._venue.instruments

    def phase(self, symbol: str) -> Phase | None:
        """The phase of an instrument, or of the venue."""
        if not symbol:
            return self._venue.phase
        listing = self._venue.listings.get(symbol)
        return None if listing is None else listing.phase
