"""
Requests about many orders or trades at once, and about trades that are not known.

Values like all of :mod:`exsim.model.requests`, which has them among its own.
"""

from __future__ import annotations

from typing import Final

from exsim.model.carry import NOTHING_CARRIED, Carry


class Scope:
    """
    Which open orders of a session a mass request is about.

    ``kind`` is a :class:`exsim.model.codes.MassScope`, and says which of ``symbol`` (of the
    instrument or the underlying), ``security_type``, ``product`` (Product(460)), ``cfi``
    (CFICode(461)), ``trading_session``, ``market`` and party orders are chosen by; a side and,
    whatever the kind is, an instrument and a party that are there as well choose among them. A
    party is an ``account``, a ``firm``, or ``whose``, a session: where one is named, orders of
    others count as well, if the session may act for them. ``code`` is the kind as the protocol has
    it.
    """

    __slots__ = (
        "account",
        "cfi",
        "code",
        "firm",
        "kind",
        "market",
        "product",
        "security_type",
        "side",
        "symbol",
        "trading_session",
        "underlying",
        "whose",
    )

    def __init__(
        self,
        kind: int,
        symbol: str = "",
        side: int = 0,
        account: str = "",
        security_type: str = "",
        product: str = "",
        trading_session: str = "",
        underlying: str = "",
        code: str = "",
        firm: str = "",
        whose: str = "",
        cfi: str = "",
        market: str = "",
    ) -> None:
        self.kind = kind
        self.symbol = symbol
        self.side = side
        self.account = account
        self.security_type = security_type
        self.product = product
        self.trading_session = trading_session
        self.underlying = underlying
        self.code = code
        self.firm = firm
        self.whose = whose
        self.cfi = cfi
        self.market = market

    @property
    def party(self) -> bool:
        """Whether it names a party, and so is not about the session's own orders alone."""
        return bool(self.account or self.firm or self.whose)

    def state(self) -> list[int | str]:
        """The values that make it, in the order of its parameters."""
        return [
            self.kind,
            self.symbol,
            self.side,
            self.account,
            self.security_type,
            self.product,
            self.trading_session,
            self.underlying,
            self.code,
            self.firm,
            self.whose,
            self.cfi,
            self.market,
        ]


class _Scoped:
    """What mass requests are: criteria see what their scope names."""

    __slots__ = ("carry", "raw", "scope", "session")

    def __init__(self, session: str, scope: Scope, carry: Carry, raw: bytes) -> None:
        self.session = session
        self.scope = scope
        self.carry = carry
        self.raw = raw

    @property
    def symbol(self) -> str:
        """The instrument that the request names."""
        return self.scope.symbol

    @property
    def side(self) -> int:
        """The side that the request names."""
        return self.scope.side

    @property
    def account(self) -> str:
        """The account that the request names."""
        return self.scope.account


class MassCancel(_Scoped):
    """
    Cancel all open orders in a scope.

    ``action`` says that it came as an OrderMassActionRequest, whose ``what`` may be another one
    than to cancel (3): to suspend (1) or to release (2).
    """

    __slots__ = ("action", "cl_ord_id", "what")
    kind: Final = "mass-cancel"

    def __init__(
        self,
        session: str,
        cl_ord_id: str,
        scope: Scope,
        action: bool = False,
        what: int = 3,
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        super().__init__(session, scope, carry, raw)
        self.cl_ord_id = cl_ord_id
        self.action = action
        self.what = what


class MassStatus(_Scoped):
    """Tell the state of all open orders in a scope; ``req_id`` names the request."""

    __slots__ = ("req_id",)
    kind: Final = "mass-status"
    cl_ord_id: Final = ""

    def __init__(
        self,
        session: str,
        req_id: str,
        scope: Scope,
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        super().__init__(session, scope, carry, raw)
        self.req_id = req_id


class DontKnow:
    """
    The counterparty does not know a trade that it was told of (DontKnowTrade).

    ``reason`` is its protocol's code; ``msg_type`` and ``ref`` are what a reject of it has to say.
    """

    __slots__ = (
        "carry",
        "exec_id",
        "msg_type",
        "order_id",
        "raw",
        "reason",
        "ref",
        "session",
        "side",
        "symbol",
    )
    kind: Final = "dont-know"
    cl_ord_id: Final = ""
    account: Final = ""

    def __init__(
        self,
        session: str,
        order_id: str,
        exec_id: str,
        reason: str,
        symbol: str = "",
        side: int = 0,
        msg_type: str = "",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.session = session
        self.order_id = order_id
        self.exec_id = exec_id
        self.reason = reason
        self.symbol = symbol
        self.side = side
        self.msg_type = msg_type
        self.ref = ref
        self.carry = carry
        self.raw = raw


SNAPSHOT: Final = 0
SUBSCRIBE: Final = 1
UNSUBSCRIBE: Final = 2
"""SubscriptionRequestType(263): as it is now, and what comes as well, and no more of that."""

NEW: Final = 0
CANCELED: Final = 1
CORRECTED: Final = 2
"""What a trade is told as: TradeReportTransType(487)."""


class TradesQuery(_Scoped):
    """
    Tell the trades that the session has had in a scope (TradeCaptureReportRequest); with
    ``updates`` those that come as well, or not any more.

    ``order_id`` and ``order_name`` (a ClOrdID) name an order whose trades they are; ``since`` and
    ``until`` are nanoseconds UTC, both included, 0 for any. ``ref`` is what a reject of the message
    has to say.
    """

    __slots__ = ("order_id", "order_name", "ref", "req_id", "since", "until", "updates")
    kind: Final = "trades"
    cl_ord_id: Final = ""

    def __init__(
        self,
        session: str,
        req_id: str,
        scope: Scope,
        order_id: str = "",
        order_name: str = "",
        since: int = 0,
        until: int = 0,
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
        updates: int = SNAPSHOT,
    ) -> None:
        super().__init__(session, scope, carry, raw)
        self.req_id = req_id
        self.order_id = order_id
        self.order_name = order_name
        self.since = since
        self.until = until
        self.ref = ref
        self.updates = updates


class TradeAck:
    """
    The counterparty has taken note of a trade that it was told, or declines it
    (TradeCaptureReportAck): ``report_id`` names it, ``text`` says why it does not.
    """

    __slots__ = ("accepted", "carry", "msg_type", "raw", "ref", "report_id", "session", "text")
    kind: Final = "trade-ack"
    cl_ord_id: Final = ""
    account: Final = ""
    symbol: Final = ""
    side: Final = 0

    def __init__(
        self,
        session: str,
        report_id: str,
        accepted: bool,
        text: str = "",
        msg_type: str = "",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.session = session
        self.report_id = report_id
        self.accepted = accepted
        self.text = text
        self.msg_type = msg_type
        self.ref = ref
        self.carry = carry
        self.raw = raw
