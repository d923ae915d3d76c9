"""What a bot is, and where it trades."""

from __future__ import annotations

from collections.abc import Sequence

from zope.interface import Attribute, Interface

from exsim.model.bots import BotOrder
from exsim.model.codes import Phase
from exsim.model.events import Report
from exsim.model.instructions import Instructions
from exsim.model.luck import Luck
from exsim.model.options import Option
from exsim.model.settings import Instrument, Values


class IBotDesk(Interface):
    """
    Where one bot trades at one venue. Prices and quantities are in units of 10^-8, sides those of
    :class:`exsim.model.codes.Side`.

    Orders go through the same door as everybody's, and are answered as anybody's. In a symbol in
    which one was just refused none is entered for a while: for longer each time, up to a minute.
    """

    venue: str = Attribute("The name of the venue.")
    symbols: tuple[str, ...] = Attribute("The instruments that the bot is for, in their order.")
    luck: Luck = Attribute("The bot's own, at all its venues.")
    pace: float = Attribute("How many times as busy it is to be as its options say; above 0.")
    stands: bool = Attribute("Whether it is to do nothing: all that it has is canceled.")

    def instrument(symbol: str) -> Instrument:
        """An instrument."""

    def best(symbol: str) -> tuple[int | None, int, int | None, int]:
        """Best bid and its quantity, best offer and its quantity; None and 0 where none is."""

    def depth(symbol: str, side: int, levels: int) -> Sequence[tuple[int, int, int]]:
        """The best levels of a side: price, quantity, number of orders; 0 levels for all."""

    def price(symbol: str) -> int | None:
        """What the venue's pricing source says it is worth, None where it says nothing."""

    def width(symbol: str) -> int:
        """
        How many times as wide as ever a maker is to quote; 0 for not at all: the price comes from
        outside, and does not come.
        """

    def bounds(symbol: str) -> tuple[int, int]:
        """The lowest and the highest price that orders may have, by the static band."""

    def last(symbol: str) -> int | None:
        """The price of the last trade, or else its reference; None where neither is."""

    def phase(symbol: str) -> Phase:
        """The phase that an instrument is in."""

    def matches(symbol: str) -> bool:
        """Whether orders trade as they come: not so in auctions, halts, or when it is closed."""

    def takes(symbol: str, ord_type: int = ..., tif: int = ...) -> bool:
        """Whether orders of a kind are taken now: limit orders for the day, if nothing is said."""

    def enter(
        symbol: str,
        side: int,
        qty: int,
        price: int = ...,
        tif: int = ...,
        ord_type: int = ...,
        extra: Instructions | None = None,
    ) -> str:
        """Enter an order: its ClOrdID; empty where none is entered, since one was just refused."""

    def cancel(cl_ord_id: str) -> None:
        """Cancel what is left of an order."""

    def replace(cl_ord_id: str, qty: int, price: int) -> None:
        """Put an order on another quantity, of which what is filled is a part, and price."""

    def position(symbol: str) -> int:
        """What was bought less what was sold."""

    def open_orders(symbol: str) -> Sequence[BotOrder]:
        """The bot's orders that are open, oldest first."""

    def order(cl_ord_id: str) -> BotOrder | None:
        """One of them, None where it is not open."""

    def others() -> Sequence[IBotDesk]:
        """
        Where the bot trades besides: to look, and to be woken there. It acts at a venue when it is
        woken at that.
        """

    def after(delay: int) -> None:
        """Wake the bot here so much later, too, by this market's clock."""


class IBot(Interface):
    """
    A trader. Made with the name of its section and the values of its ``options``.

    It acts in :meth:`wake` alone, by the ``desk`` that it is given: one for each venue where it
    trades, each with a ``luck`` that all share. It keeps no clock and does no I/O; one that raises
    is stopped. Times are those of the market; a time that is answered is when it is to be woken
    next at that venue, None for never, and a wake that comes early is to do no harm.
    """

    name: str = Attribute("The section it is configured in.")
    options: tuple[Option, ...] = Attribute("The keys that its section may hold.")
    follows: bool = Attribute("Whether it wants to hear of prices that moved.")
    several: bool = Attribute("Whether it trades at several venues, rather than at one.")

    def rate(desk: IBotDesk) -> float:
        """How many orders a second its options are for, at a desk; about."""

    def begin(desk: IBotDesk, now: int) -> int | None:
        """The day begins at a venue; it remembers nothing of what was before there."""

    def wake(desk: IBotDesk, now: int) -> int | None:
        """Do what there is to do at a venue."""

    def heard(desk: IBotDesk, report: Report, now: int) -> int | None:
        """Something happened to an order of it; maybe it wants to be woken earlier."""

    def moved(desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """A price moved at the venue's source; likewise. Only where it ``follows``."""

    def change(values: Values) -> None:
        """Go by other values of the options from now; or by the same, where the pace changed."""
