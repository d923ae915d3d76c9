"""
What changes in what a market shows, in no protocol's words.

``ref`` is the number that a displayed order has on feeds: another one each time that it loses its
place, and not its OrderID, so that nobody learns whose it is. Prices and quantities are units of
10^-8; ``side`` is 1 for buy, 2 for sell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exsim.model.codes import Phase
from exsim.model.trades import Trade

if TYPE_CHECKING:
    from exsim.model.settings import Instrument


class Added:
    """
    An order is displayed from now, behind all others at its price. ``firm`` is whose it is, where
    that may be told.
    """

    __slots__ = ("firm", "price", "qty", "ref", "side")

    def __init__(self, ref: int, side: int, price: int, qty: int, firm: str = "") -> None:
        self.firm = firm
        self.ref = ref
        self.side = side
        self.price = price
        self.qty = qty


class Executed:
    """
    ``qty`` of a displayed order traded at ``price``; what is left keeps its place, none left: it is
    gone. ``limit`` is the price that it was displayed at. ``counts`` is False where the trade is
    told otherwise, too: of the other order, or as part of an auction.
    """

    __slots__ = ("counts", "limit", "price", "qty", "ref", "trade_id")

    def __init__(
        self, ref: int, qty: int, price: int, trade_id: int, counts: bool, limit: int
    ) -> None:
        self.ref = ref
        self.limit = limit
        self.qty = qty
        self.price = price
        self.trade_id = trade_id
        self.counts = counts


class Reduced:
    """``qty`` of a displayed order was taken off; what is left keeps its place."""

    __slots__ = ("qty", "ref")

    def __init__(self, ref: int, qty: int) -> None:
        self.ref = ref
        self.qty = qty


class Deleted:
    """An order is displayed no more."""

    __slots__ = ("ref",)

    def __init__(self, ref: int) -> None:
        self.ref = ref


class Replaced:
    """An order is displayed under another number, behind all others at its new price."""

    __slots__ = ("old_ref", "price", "qty", "ref", "side")

    def __init__(self, old_ref: int, ref: int, side: int, price: int, qty: int) -> None:
        self.old_ref = old_ref
        self.ref = ref
        self.side = side
        self.price = price
        self.qty = qty


class Indicative:
    """What an auction would come to now; ``price`` None for nothing, ``side`` of what is left."""

    __slots__ = ("imbalance", "price", "side", "volume")

    def __init__(self, price: int | None, volume: int, imbalance: int, side: int) -> None:
        self.price = price
        self.volume = volume
        self.imbalance = imbalance
        self.side = side

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Indicative)
            and self.price == other.price
            and self.volume == other.volume
            and self.imbalance == other.imbalance
            and self.side == other.side
        )

    def __hash__(self) -> int:
        return hash((self.price, self.volume, self.imbalance, self.side))


OrderUpdate = Added | Executed | Reduced | Deleted | Replaced


class Listener:
    """
    Hears all that a venue shows, as it happens. ``now`` is market time, ``moment`` the time of the
    venue's day in nanoseconds.
    """

    __slots__ = ()

    def begun(self, phase: Phase, now: int, moment: int) -> None:
        """It hears from now on; the venue is in this phase, of which it hears with all there is."""
        raise NotImplementedError

    def beside(self, others: list[Listener]) -> None:
        """These, and it, began to hear at once: what there was they were told alike."""
        raise NotImplementedError

    def listed(self, instrument: Instrument, phase: Phase, now: int, moment: int) -> None:
        """An instrument is there."""
        raise NotImplementedError

    def turned(self, symbol: str, phase: Phase, now: int, moment: int) -> None:
        """An instrument is in another phase; the venue where there is no symbol."""
        raise NotImplementedError

    def changed(
        self, symbol: str, updates: list[OrderUpdate], trades: list[Trade], now: int, moment: int
    ) -> None:
        """Trades were made, and orders came, changed and went."""
        raise NotImplementedError

    def indicated(
        self, symbol: str, phase: Phase, indicative: Indicative, now: int, moment: int
    ) -> None:
        """An auction would end otherwise than it was told."""
        raise NotImplementedError

    def revised(
        self, symbol: str, trade_id: int, qty: int, price: int, now: int, moment: int
    ) -> None:
        """A trade was of another quantity or at another price; with quantity 0 it never was."""
        raise NotImplementedError

    def announced(self, kind: str, fields: Mapping[str, str], now: int, moment: int) -> None:
        """
        Somebody has something told in the words of the listener's protocol: a message of a type.

        :raises ValueError: when there is no such message to be told so.
        """
        raise NotImplementedError

    def cleared(self, now: int, moment: int) -> None:
        """All begins anew: nothing has happened."""
        raise NotImplementedError

    def state(self) -> object:
        """All that it knows, for a snapshot: plain values."""
        raise NotImplementedError

    def restore(self, state: object) -> None:
        """Be as :meth:`state` told."""
        raise NotImplementedError
