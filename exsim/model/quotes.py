"""
Quotes, requests for quotes and indications of interest, in no protocol's words.

Values like those of :mod:`exsim.model.requests`. Prices and sizes are units of 10^-8, times
nanoseconds since 1970 UTC, 0 for none. What becomes of them is in :mod:`exsim.model.quote_events`.
"""

from __future__ import annotations

from typing import Any, Final

from exsim.model.carry import NOTHING_CARRIED, Carry
from exsim.model.quote_codes import (
    IOI,
    MASS_QUOTE,
    QUOTE,
    QUOTE_CANCEL,
    QUOTE_REQUEST,
    QUOTE_RESPONSE,
    QUOTE_STATUS,
)

_NO_PRICE: Final = -(2**63)


class Head:
    """
    What all of these messages have: whose it is and by which identifier it goes (``name``), the
    account, and what a refusal of it has to say (``msg_type``, ``ref``).
    """

    __slots__ = ("account", "carry", "msg_type", "name", "raw", "ref", "session")

    def __init__(
        self,
        session: str,
        name: str,
        msg_type: str = "",
        ref: str = "",
        account: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.session = session
        self.name = name
        self.msg_type = msg_type
        self.ref = ref
        self.account = account
        self.carry = carry
        self.raw = raw

    def state(self) -> list[Any]:
        """All of it as plain values."""
        named = [self.session, self.name, self.msg_type, self.ref, self.account]
        return [*named, carry_values(self.carry), self.raw]


def head_of(plain: list[Any]) -> Head:
    """What :meth:`Head.state` told."""
    *named, carry, raw = plain
    return Head(*[*named, Carry(*carry), raw])


def carry_values(carry: Carry) -> list[Any]:
    """The values that make a carry."""
    return carry.state()


class QuoteMessage:
    """A request of this module. ``symbol`` and ``side`` are empty where it has none."""

    __slots__ = ("head", "kind", "side", "symbol")

    def __init__(self, kind: str, head: Head, symbol: str = "", side: int = 0) -> None:
        self.kind = kind
        self.head = head
        self.symbol = symbol
        self.side = side

    @property
    def session(self) -> str:
        """The session that it came by."""
        return self.head.session

    @property
    def cl_ord_id(self) -> str:
        """The identifier that it goes by: QuoteID, QuoteReqID, QuoteRespID, IOIID."""
        return self.head.name

    @property
    def account(self) -> str:
        """The account that it names."""
        return self.head.account

    @property
    def carry(self) -> Carry:
        """What it brought for its answers."""
        return self.head.carry

    @property
    def raw(self) -> bytes:
        """The message as it came."""
        return self.head.raw

    @property
    def msg_type(self) -> str:
        """The type of the message, for its refusal."""
        return self.head.msg_type

    @property
    def ref(self) -> str:
        """What a refusal of it has to name."""
        return self.head.ref

    def values(self) -> list[Any]:
        """What makes it besides kind and head, as plain values."""
        raise NotImplementedError


class QuoteEntry:
    """
    A price for one instrument. A side without a price, or of size 0, is not quoted; ``carry`` is
    for the reports of its fills. ``indicative`` says that it is shown, and never traded on.
    """

    __slots__ = (
        "bid",
        "bid_size",
        "carry",
        "entry_id",
        "indicative",
        "offer",
        "offer_size",
        "set_id",
        "symbol",
        "valid_until",
    )

    def __init__(
        self,
        symbol: str,
        bid: int = _NO_PRICE,
        offer: int = _NO_PRICE,
        bid_size: int = 0,
        offer_size: int = 0,
        entry_id: str = "",
        set_id: str = "",
        valid_until: int = 0,
        carry: Carry = NOTHING_CARRIED,
        indicative: bool = False,
    ) -> None:
        self.symbol = symbol
        self.bid = bid
        self.offer = offer
        self.bid_size = bid_size
        self.offer_size = offer_size
        self.entry_id = entry_id
        self.set_id = set_id
        self.valid_until = valid_until
        self.carry = carry
        self.indicative = indicative

    @property
    def bids(self) -> bool:
        """Whether there is a bid."""
        return self.bid != _NO_PRICE and self.bid_size > 0

    @property
    def offers(self) -> bool:
        """Whether there is an offer."""
        return self.offer != _NO_PRICE and self.offer_size > 0

    def state(self) -> list[Any]:
        """All of it as plain values."""
        prices = [self.symbol, self.bid, self.offer, self.bid_size, self.offer_size]
        rest = [self.entry_id, self.set_id, self.valid_until, carry_values(self.carry)]
        return [*prices, *rest, self.indicative]


def entry_of(plain: list[Any]) -> QuoteEntry:
    """What :meth:`QuoteEntry.state` told."""
    *values, carry, indicative = plain
    return QuoteEntry(*[*values, Carry(*carry), indicative])


class Quote(QuoteMessage):
    """
    Quote (with one entry), or MassQuote (``mass``).

    ``req_id`` and ``resp_id`` name what it answers, ``level`` is one of :class:`Acks`, and
    ``resets`` says that market maker protection is to let quotes in again first.
    """

    __slots__ = ("entries", "level", "mass", "req_id", "resets", "resp_id")

    def __init__(
        self,
        head: Head,
        entries: list[QuoteEntry],
        mass: bool = False,
        req_id: str = "",
        resp_id: str = "",
        level: int = -1,
        resets: bool = False,
    ) -> None:
        symbol = entries[0].symbol if entries else ""
        super().__init__(MASS_QUOTE if mass else QUOTE, head, symbol)
        self.entries = entries
        self.mass = mass
        self.req_id = req_id
        self.resp_id = resp_id
        self.level = level
        self.resets = resets

    def values(self) -> list[Any]:
        """See :meth:`QuoteMessage.values`."""
        entries = [entry.state() for entry in self.entries]
        return [entries, self.mass, self.req_id, self.resp_id, self.level, self.resets]


class QuoteCancel(QuoteMessage):
    """
    Cancel quotes of the session, by ``how`` (a :class:`CancelType`): those of ``named``, which are
    symbols, security types or underlyings; that of its QuoteID; or all. Where it names an account,
    a ``firm`` or, with ``whose``, a session, of these alone, also of others that it may act for.
    """

    __slots__ = ("firm", "how", "level", "named", "req_id", "whose")

    def __init__(
        self,
        head: Head,
        how: int,
        named: list[str],
        req_id: str = "",
        level: int = -1,
        firm: str = "",
        whose: str = "",
    ) -> None:
        super().__init__(QUOTE_CANCEL, head, named[0] if named and how == 1 else "")
        self.how = how
        self.named = named
        self.req_id = req_id
        self.level = level
        self.firm = firm
        self.whose = whose

    def values(self) -> list[Any]:
        """See :meth:`QuoteMessage.values`."""
        return [self.how, self.named, self.req_id, self.level, self.firm, self.whose]


class QuoteStatusQuery(QuoteMessage):
    """
    Tell the state of quotes of the session: that of its QuoteID, of a symbol, or all; of a party
    as for :class:`QuoteCancel`.
    """

    __slots__ = ("firm", "status_id", "whose")

    def __init__(
        self, head: Head, symbol: str = "", status_id: str = "", firm: str = "", whose: str = ""
    ) -> None:
        super().__init__(QUOTE_STATUS, head, symbol)
        self.status_id = status_id
        self.firm = firm
        self.whose = whose

    def values(self) -> list[Any]:
        """See :meth:`QuoteMessage.values`."""
        return [self.symbol, self.status_id, self.firm, self.whose]


class QuoteAsk:
    """
    An instrument that a quote is asked for; ``side`` is the taker's, 0 for both. ``carry`` is what
    market makers are told of who asks.
    """

    __slots__ = ("carry", "qty", "side", "symbol")

    def __init__(
        self, symbol: str, side: int = 0, qty: int = 0, carry: Carry = NOTHING_CARRIED
    ) -> None:
        self.symbol = symbol
        self.side = side
        self.qty = qty
        self.carry = carry

    def state(self) -> list[Any]:
        """All of it as plain values."""
        return [self.symbol, self.side, self.qty, carry_values(self.carry)]


def ask_of(plain: list[Any]) -> QuoteAsk:
    """What :meth:`QuoteAsk.state` told."""
    *values, carry = plain
    return QuoteAsk(*[*values, Carry(*carry)])


class QuoteRequest(QuoteMessage):
    """
    Ask for quotes. With ``streams`` they go on to come until ``expire``, or for as long as the
    venue does that.
    """

    __slots__ = ("asks", "expire", "streams")

    def __init__(
        self, head: Head, asks: list[QuoteAsk], streams: bool = False, expire: int = 0
    ) -> None:
        first = asks[0] if asks else QuoteAsk("")
        super().__init__(QUOTE_REQUEST, head, first.symbol, first.side)
        self.asks = asks
        self.streams = streams
        self.expire = expire

    def values(self) -> list[Any]:
        """See :meth:`QuoteMessage.values`."""
        asks = [ask.state() for ask in self.asks]
        return [asks, self.streams, self.expire]


class QuoteResponse(QuoteMessage):
    """
    Answer a quote, as ``what`` (a :class:`ResponseType`) says; of a market maker, that it passes
    on the request ``req_id``. ``order_name`` is the ClOrdID of what comes of a hit.
    """

    __slots__ = ("order_name", "price", "qty", "quote_id", "req_id", "what")

    def __init__(
        self,
        head: Head,
        what: int,
        quote_id: str,
        symbol: str = "",
        side: int = 0,
        qty: int = 0,
        price: int = _NO_PRICE,
        order_name: str = "",
        req_id: str = "",
    ) -> None:
        super().__init__(QUOTE_RESPONSE, head, symbol, side)
        self.what = what
        self.quote_id = quote_id
        self.qty = qty
        self.price = price
        self.order_name = order_name
        self.req_id = req_id

    def values(self) -> list[Any]:
        """See :meth:`QuoteMessage.values`."""
        terms = [self.what, self.quote_id, self.symbol, self.side, self.qty, self.price]
        return [*terms, self.order_name, self.req_id]


class Ioi(QuoteMessage):
    """
    An indication of interest. ``what`` is its IOITransType (N, C, R), ``size`` a number or a word
    of one letter, as FIX has it; ``ref_id`` is the one that it replaces or cancels.
    """

    __slots__ = ("price", "ref_id", "size", "text", "valid_until", "what")

    def __init__(
        self,
        head: Head,
        what: str,
        symbol: str,
        side: int,
        size: str,
        price: int = _NO_PRICE,
        valid_until: int = 0,
        ref_id: str = "",
        text: str = "",
    ) -> None:
        super().__init__(IOI, head, symbol, side)
        self.what = what
        self.size = size
        self.price = price
        self.valid_until = valid_until
        self.ref_id = ref_id
        self.text = text

    def values(self) -> list[Any]:
        """See :meth:`QuoteMessage.values`."""
        terms = [self.what, self.symbol, self.side, self.size, self.price]
        return [*terms, self.valid_until, self.ref_id, self.text]


def quote_message_state(request: QuoteMessage) -> list[Any]:
    """A request of this module as plain values."""
    return [request.kind, request.head.state(), request.values()]


def quote_message_of(plain: list[Any]) -> QuoteMessage:
    """The request of plain values."""
    kind, head_values, values = plain
    head = head_of(head_values)
    if kind in (QUOTE, MASS_QUOTE):
        entries, *more = values
        return Quote(head, [entry_of(entry) for entry in entries], *more)
    if kind == QUOTE_CANCEL:
        return QuoteCancel(head, *values)
    if kind == QUOTE_STATUS:
        return QuoteStatusQuery(head, *values)
    if kind == QUOTE_REQUEST:
        asks, streams, expire = values
        return QuoteRequest(head, [ask_of(ask) for ask in asks], streams, expire)
    if kind == QUOTE_RESPONSE:
        return QuoteResponse(head, *values)
    return Ioi(head, *values)
