"""
What becomes of quotes and requests for them: events like those of :mod:`exsim.model.events`.

Prices and sizes are units of 10^-8, times nanoseconds since 1970 UTC, 0 for none.
"""

from __future__ import annotations

from exsim.model.carry import NOTHING_CARRIED, Carry
from exsim.model.codes import Reason
from exsim.model.quotes import Ioi, Quote, QuoteAsk, QuoteEntry, QuoteMessage


class QuoteEvent:
    """An event of this module, for ``session``; ``carry`` is that of the request it answers."""

    __slots__ = ("carry", "session", "time")

    def __init__(self, session: str, time: int, carry: Carry = NOTHING_CARRIED) -> None:
        self.session = session
        self.time = time
        self.carry = carry


class QuoteState(QuoteEvent):
    """
    The state of one quote (QuoteStatusReport), or what became of a cancel of many.

    ``entry`` has its prices and what is left of its sizes; ``status`` is a :class:`QuoteStatus`;
    ``status_id`` names the request that asked for it. ``refused`` is the message that is refused,
    for versions that have no other answer.
    """

    __slots__ = (
        "account",
        "entry",
        "how",
        "quote_id",
        "reason",
        "refused",
        "req_id",
        "resp_id",
        "status",
        "status_id",
        "text",
    )

    def __init__(
        self,
        session: str,
        time: int,
        quote_id: str,
        entry: QuoteEntry,
        status: int,
        reason: Reason | None = None,
        text: str = "",
        req_id: str = "",
        status_id: str = "",
        account: str = "",
        how: int = 0,
        resp_id: str = "",
        refused: QuoteMessage | None = None,
        carry: Carry = NOTHING_CARRIED,
    ) -> None:
        super().__init__(session, time, carry)
        self.quote_id = quote_id
        self.entry = entry
        self.status = status
        self.reason = reason
        self.text = text
        self.req_id = req_id
        self.status_id = status_id
        self.account = account
        self.how = how
        self.resp_id = resp_id
        self.refused = refused


class EntryFault:
    """Why an entry of a mass quote was not taken."""

    __slots__ = ("entry", "reason", "text")

    def __init__(self, entry: QuoteEntry, reason: Reason, text: str) -> None:
        self.entry = entry
        self.reason = reason
        self.text = text


class MassQuoteAck(QuoteEvent):
    """What became of a mass quote: ``faults`` has what was not taken; ``reason``: nothing was."""

    __slots__ = ("faults", "quote", "reason", "text")

    def __init__(
        self,
        quote: Quote,
        time: int,
        faults: list[EntryFault],
        reason: Reason | None = None,
        text: str = "",
    ) -> None:
        super().__init__(quote.session, time, quote.carry)
        self.quote = quote
        self.faults = faults
        self.reason = reason
        self.text = text


class QuoteTold(QuoteEvent):
    """A quote for who asked for one (Quote)."""

    __slots__ = ("entry", "quote_id", "req_id", "resp_id")

    def __init__(
        self, session: str, time: int, quote_id: str, req_id: str, entry: QuoteEntry, resp_id: str
    ) -> None:
        super().__init__(session, time)
        self.quote_id = quote_id
        self.req_id = req_id
        self.entry = entry
        self.resp_id = resp_id


class QuoteAsked(QuoteEvent):
    """A market maker is asked for a quote (QuoteRequest)."""

    __slots__ = ("ask", "expire", "req_id")

    def __init__(self, session: str, time: int, req_id: str, ask: QuoteAsk, expire: int) -> None:
        super().__init__(session, time)
        self.req_id = req_id
        self.ask = ask
        self.expire = expire


class QuoteRequestRefused(QuoteEvent):
    """A request for quotes is refused (QuoteRequestReject), for the instrument of ``ask``."""

    __slots__ = ("ask", "msg_type", "reason", "ref", "req_id", "text")

    def __init__(
        self,
        session: str,
        time: int,
        req_id: str,
        ask: QuoteAsk,
        reason: Reason,
        text: str,
        msg_type: str = "R",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
    ) -> None:
        super().__init__(session, time, carry)
        self.req_id = req_id
        self.ask = ask
        self.reason = reason
        self.text = text
        self.msg_type = msg_type
        self.ref = ref


class QuoteWithdrawn(QuoteEvent):
    """A quote that was told, or a request for quotes, is no more (QuoteCancel)."""

    __slots__ = ("quote_id", "req_id", "symbol")

    def __init__(self, session: str, time: int, quote_id: str, req_id: str, symbol: str) -> None:
        super().__init__(session, time)
        self.quote_id = quote_id
        self.req_id = req_id
        self.symbol = symbol


class QuoteAnswered(QuoteEvent):
    """What a taker answers to a market maker's quote, that is no hit (QuoteResponse)."""

    __slots__ = ("price", "qty", "quote_id", "resp_id", "side", "symbol", "what")

    def __init__(
        self,
        session: str,
        time: int,
        resp_id: str,
        what: int,
        quote_id: str,
        symbol: str,
        side: int,
        qty: int,
        price: int,
    ) -> None:
        super().__init__(session, time)
        self.resp_id = resp_id
        self.what = what
        self.quote_id = quote_id
        self.symbol = symbol
        self.side = side
        self.qty = qty
        self.price = price


class IoiTold(QuoteEvent):
    """An indication of interest of another session."""

    __slots__ = ("ioi", "ioi_id", "ref_id")

    def __init__(self, session: str, time: int, ioi: Ioi, ioi_id: str, ref_id: str) -> None:
        super().__init__(session, time)
        self.ioi = ioi
        self.ioi_id = ioi_id
        self.ref_id = ref_id
