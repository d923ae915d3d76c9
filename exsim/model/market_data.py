"""
Market data in no protocol's words: what is asked for, and what is told.

Amounts are units of 10^-8, times nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from exsim.model.amounts import format_amount
from exsim.model.carry import NOTHING_CARRIED, Carry
from exsim.model.codes import Reason

if TYPE_CHECKING:
    from exsim.model.events import Event


class DataKind(IntEnum):
    """What an entry of market data is: the kinds of MDEntryType(269) that exsim tells."""

    BID = 0
    OFFER = 1
    TRADE = 2
    OPEN = 4
    CLOSE = 5
    SETTLEMENT = 6
    HIGH = 7
    LOW = 8
    VWAP = 9
    IMBALANCE = 10
    VOLUME = 11
    INDICATIVE = 12


class DataAction(IntEnum):
    """What is to be done about an entry: MDUpdateAction(279)."""

    NEW = 0
    CHANGE = 1
    DELETE = 2


SNAPSHOT: Final = 0
SUBSCRIBE: Final = 1
UNSUBSCRIBE: Final = 2
SIDE_LETTERS: Final = ("B", "S")
"""What keys of prices begin with: of bids, and of offers."""


class DataMessage:
    """
    What a session asks for that wants to look on; ``raw`` is the message behind it.

    It is about no order and for no account.
    """

    __slots__ = ("carry", "raw", "req_id", "session", "symbol")
    kind: Final = "data"
    account: Final = ""
    cl_ord_id: Final = ""
    order_id: Final = ""
    orig_cl_ord_id: Final = ""
    side: Final = 0

    def __init__(
        self,
        session: str,
        req_id: str,
        symbol: str,
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.session = session
        self.req_id = req_id
        self.symbol = symbol
        self.carry = carry
        self.raw = raw


class DataQuery(DataMessage):
    """
    Asks for market data: a MarketDataRequest in FIX.

    ``action`` is SNAPSHOT, SUBSCRIBE or UNSUBSCRIBE; ``depth`` the levels wanted, 0 for all;
    ``incremental`` whether updates tell what changed, or all once more; ``by_order`` whether each
    order is told, or each price; ``kinds`` are of :class:`DataKind`; ``unknown`` is a kind that
    there is not, as it came; ``symbols`` are the instruments.
    """

    __slots__ = ("action", "by_order", "depth", "incremental", "kinds", "symbols", "unknown")

    def __init__(
        self,
        session: str,
        req_id: str,
        action: int,
        depth: int,
        incremental: bool,
        by_order: bool,
        kinds: tuple[int, ...],
        symbols: tuple[str, ...],
        unknown: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        super().__init__(session, req_id, symbols[0] if len(symbols) == 1 else "", carry, raw)
        self.action = action
        self.depth = depth
        self.incremental = incremental
        self.by_order = by_order
        self.kinds = kinds
        self.symbols = symbols
        self.unknown = unknown


class DataEntry:
    """
    One entry. ``key`` names it among those of its book as long as it is there; ``count`` are the
    orders at a price; ``rank`` is the place of a price from the best, from 1, 0 for none.
    ``side`` is that of who took in a trade, or of what is left over in an auction, 0 for neither.
    """

    __slots__ = ("action", "count", "key", "kind", "price", "qty", "rank", "side", "time")

    def __init__(
        self,
        action: int,
        kind: int,
        key: str,
        price: int | None,
        qty: int | None,
        time: int,
        count: int = 0,
        rank: int = 0,
        side: int = 0,
    ) -> None:
        self.action = action
        self.kind = kind
        self.key = key
        self.price = price
        self.qty = qty
        self.time = time
        self.count = count
        self.rank = rank
        self.side = side

    @property
    def entry_id(self) -> str:
        """The key as people may read it: prices as decimals."""
        key = self.key
        if key[0] in SIDE_LETTERS:
            return f"{key[0]}{format_amount(int(key[1:]))}"
        return key


class DataContent:
    """
    What is told to all that asked for the same: once encoded in the words of a version it is kept
    in ``encoded``, for the next session that speaks it.

    ``seq`` numbers what is told of an instrument; ``snapshot`` whether it is all there is.
    """

    __slots__ = ("encoded", "entries", "seq", "snapshot", "symbol")

    def __init__(self, symbol: str, seq: int, snapshot: bool, entries: list[DataEntry]) -> None:
        self.symbol = symbol
        self.seq = seq
        self.snapshot = snapshot
        self.entries = entries
        self.encoded: dict[str, bytes] = {}


class DataTold:
    """Market data for a session, in answer to the request of that name."""

    __slots__ = ("content", "req_id", "session")

    def __init__(self, session: str, req_id: str, content: DataContent) -> None:
        self.session = session
        self.req_id = req_id
        self.content = content


class DataRefused:
    """A request for market data was refused."""

    __slots__ = ("reason", "request", "session", "text")

    def __init__(self, request: DataQuery, reason: Reason, text: str) -> None:
        self.session = request.session
        self.request = request
        self.reason = reason
        self.text = text


class DataWaiting:
    """There is more for a session in a stream that it shares with others."""

    __slots__ = ("session",)

    def __init__(self, session: str) -> None:
        self.session = session


DataEvent = DataTold | DataRefused | DataWaiting


class DataDesk:
    """Answers those who look on; what a venue has of it."""

    __slots__ = ()

    def ask(self, request: DataMessage, now: int, out: list[Event]) -> None:
        """Answer, and remember what is to be told later on."""
        raise NotImplementedError

    def due(self, now: int, out: list[Event]) -> None:
        """The time has come that was asked for: tell what happened since."""
        raise NotImplementedError
