"""
Requests: what a counterparty, a person or a test wants of a venue, in no protocol's words.

These are values on the hot path: ``__slots__`` classes that nothing changes after
construction. Amounts are units of 10^-8. ``session`` names the session that a request came
by, and is empty for one that came by REST without a session.
"""

from __future__ import annotations

from typing import Final

from exsim.model.acyclic import mypyc_attr
from exsim.model.carry import NOTHING_CARRIED, Carry, nothing_carried
from exsim.model.codes import OrdType
from exsim.model.instructions import Instructions
from exsim.model.lists import ListMessage
from exsim.model.many import DontKnow, MassCancel, MassStatus, Scope, TradeAck, TradesQuery
from exsim.model.market_data import DataMessage
from exsim.model.quotes import QuoteMessage

__all__ = [
    "NOTHING_CARRIED",
    "NO_PRICE",
    "CancelOrder",
    "Carry",
    "DataMessage",
    "DontKnow",
    "ListMessage",
    "MassCancel",
    "MassStatus",
    "NewOrder",
    "OrderStatusQuery",
    "OtherMessage",
    "QuoteMessage",
    "ReplaceOrder",
    "Request",
    "Scope",
    "TradeAck",
    "TradesQuery",
    "nothing_carried",
]

_LIMIT: Final = int(OrdType.LIMIT)

NO_PRICE: Final = -(2**63)
"""Stands for "no price" where a price is a plain integer."""


@mypyc_attr(acyclic=True)
class NewOrder:
    """
    Enter an order. Also the terms that an order stands on until it is replaced.

    ``extra`` is what it asks for besides, None where that is nothing.
    """

    __slots__ = (
        "account",
        "carry",
        "cl_ord_id",
        "extra",
        "ord_type",
        "price",
        "qty",
        "raw",
        "session",
        "side",
        "symbol",
        "text",
        "tif",
    )
    kind: Final = "new"

    def __init__(
        self,
        session: str,
        cl_ord_id: str,
        symbol: str,
        side: int,
        ord_type: int,
        tif: int,
        qty: int,
        price: int = NO_PRICE,
        account: str = "",
        text: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
        extra: Instructions | None = None,
    ) -> None:
        self.session = session
        self.cl_ord_id = cl_ord_id
        self.symbol = symbol
        self.side = side
        self.ord_type = ord_type
        self.tif = tif
        self.qty = qty
        self.price = price
        self.account = account
        self.text = text
        self.carry = carry
        self.raw = raw
        self.extra = extra

    def with_qty(self, qty: int, price: int | None = None) -> NewOrder:
        """The same terms with another OrderQty, and another price where one is given."""
        at = self.price if price is None else price
        return self._with(qty, at, self.account, self.text, self.carry)

    def with_limit(self, price: int) -> NewOrder:
        """The same terms as a limit order."""
        limited = self.with_qty(self.qty, price)
        limited.ord_type = _LIMIT
        return limited

    def with_name(self, cl_ord_id: str) -> NewOrder:
        """The same terms under another ClOrdID."""
        named = self._with(self.qty, self.price, self.account, self.text, self.carry)
        named.cl_ord_id = cl_ord_id
        return named

    def with_symbol(self, symbol: str) -> NewOrder:
        """The same terms for another symbol."""
        return NewOrder(
            self.session,
            self.cl_ord_id,
            symbol,
            self.side,
            self.ord_type,
            self.tif,
            self.qty,
            self.price,
            self.account,
            self.text,
            self.carry,
            self.raw,
            self.extra,
        )

    def with_carry(self, carry: Carry) -> NewOrder:
        """The same terms with another carry."""
        return self._with(self.qty, self.price, self.account, self.text, carry)

    def with_extra(self, extra: Instructions) -> NewOrder:
        """The same terms with other instructions."""
        return NewOrder(
            self.session,
            self.cl_ord_id,
            self.symbol,
            self.side,
            self.ord_type,
            self.tif,
            self.qty,
            self.price,
            self.account,
            self.text,
            self.carry,
            self.raw,
            extra,
        )

    def with_carry_of(self, other: NewOrder) -> NewOrder:
        """
        These terms, with what they do not say themselves of what ``other`` brought.

        What ``other`` asked for is told on only of terms that another protocol put in its place.
        """
        mine, older = self.carry, other.carry
        whole = mine.body and mine.routing and (mine.kept or not older.kept)
        if whole or older.owner != (mine.owner or older.owner):
            return self
        asked = mine.asked
        if not mine.owner and self._asks_as(other):
            asked = older.asked
        body, routing = mine.body or older.body, mine.routing or older.routing
        carry = Carry(older.owner, body, routing, asked, mine.kept or older.kept)
        account, text = self.account or other.account, self.text or other.text
        return self._with(self.qty, self.price, account, text, carry)

    def _asks_as(self, other: NewOrder) -> bool:
        return (
            self.extra is other.extra and self.ord_type == other.ord_type and self.tif == other.tif
        )

    def _with(self, qty: int, price: int, account: str, text: str, carry: Carry) -> NewOrder:
        return NewOrder(
            self.session,
            self.cl_ord_id,
            self.symbol,
            self.side,
            self.ord_type,
            self.tif,
            qty,
            price,
            account,
            text,
            carry,
            self.raw,
            self.extra,
        )


@mypyc_attr(acyclic=True)
class CancelOrder:
    """Cancel what is left of an order, named by ``orig_cl_ord_id`` or ``order_id``."""

    __slots__ = (
        "account",
        "carry",
        "cl_ord_id",
        "order_id",
        "orig_cl_ord_id",
        "raw",
        "session",
        "side",
        "symbol",
    )
    kind: Final = "cancel"

    def __init__(
        self,
        session: str,
        cl_ord_id: str,
        orig_cl_ord_id: str,
        order_id: str = "",
        symbol: str = "",
        side: int = 0,
        account: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.session = session
        self.cl_ord_id = cl_ord_id
        self.orig_cl_ord_id = orig_cl_ord_id
        self.order_id = order_id
        self.symbol = symbol
        self.side = side
        self.account = account
        self.carry = carry
        self.raw = raw


class ReplaceOrder:
    """Change an order; ``terms`` are those it stands on from then, ``qty`` the new OrderQty."""

    __slots__ = ("order_id", "orig_cl_ord_id", "terms")
    kind: Final = "replace"

    def __init__(self, orig_cl_ord_id: str, terms: NewOrder, order_id: str = "") -> None:
        self.orig_cl_ord_id = orig_cl_ord_id
        self.order_id = order_id
        self.terms = terms

    @property
    def session(self) -> str:
        """The session that it came by."""
        return self.terms.session

    @property
    def cl_ord_id(self) -> str:
        """The ClOrdID of the request itself."""
        return self.terms.cl_ord_id

    @property
    def symbol(self) -> str:
        """The instrument that the request names."""
        return self.terms.symbol

    @property
    def side(self) -> int:
        """The side that the request names."""
        return self.terms.side

    @property
    def account(self) -> str:
        """The account that the request names."""
        return self.terms.account

    @property
    def raw(self) -> bytes:
        """The message as it came."""
        return self.terms.raw

    @property
    def carry(self) -> Carry:
        """What the request brought for its reports."""
        return self.terms.carry


class OrderStatusQuery:
    """Tell the state of an order (OrderStatusRequest)."""

    __slots__ = (
        "account",
        "carry",
        "cl_ord_id",
        "order_id",
        "raw",
        "session",
        "side",
        "symbol",
    )
    kind: Final = "status"

    def __init__(
        self,
        session: str,
        cl_ord_id: str,
        order_id: str = "",
        symbol: str = "",
        side: int = 0,
        account: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.session = session
        self.cl_ord_id = cl_ord_id
        self.order_id = order_id
        self.symbol = symbol
        self.side = side
        self.account = account
        self.carry = carry
        self.raw = raw


class OtherMessage:
    """
    A valid message that maps to no request; policies can still answer or hold it.

    ``ref`` is whatever the protocol needs to reject it: for FIX, MsgSeqNum and MsgType.
    ``cl_ord_id`` is the identifier that it names itself by, if any.
    """

    __slots__ = ("carry", "cl_ord_id", "msg_type", "raw", "ref", "session")
    kind: Final = "other"
    # Nothing else to match on but the message type: criteria see empty values.
    symbol: Final = ""
    side: Final = 0
    account: Final = ""

    def __init__(
        self,
        session: str,
        msg_type: str,
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
        cl_ord_id: str = "",
    ) -> None:
        self.session = session
        self.cl_ord_id = cl_ord_id
        self.msg_type = msg_type
        self.ref = ref
        self.carry = carry
        self.raw = raw


Request = (
    NewOrder
    | CancelOrder
    | ReplaceOrder
    | OrderStatusQuery
    | MassCancel
    | MassStatus
    | TradesQuery
    | DontKnow
    | TradeAck
    | QuoteMessage
    | ListMessage
    | DataMessage
    | OtherMessage
)
