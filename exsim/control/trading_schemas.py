"""
What operations of trading take: of orders, lists, trades, quotes and holds.

Their results are in :mod:`exsim.control.trading_results`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from exsim.control.fields import (
    Code,
    ContingencyName,
    Count,
    Cursor,
    FieldKey,
    Fields,
    Key,
    Limit,
    ListOrder,
    Moment,
    NewOrderType,
    NewSide,
    NewTimeInForce,
    Owner,
    Price,
    Quantity,
    Reason,
    StatusFilter,
    Text,
    Timeout,
    Word,
)
from exsim.control.inputs import Input, Telling


class HoldArguments(Input, frozen=True):
    """One hold."""

    hold: Key


class OrderArguments(Input, frozen=True):
    """One order of a venue."""

    venue: Key
    order_id: Key


class QuotesArguments(Input, frozen=True):
    """The quotes of a venue, perhaps of one session or for one instrument."""

    venue: Key
    session: Key | None = None
    symbol: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class OrdersArguments(Input, frozen=True):
    """
    Orders of a venue, in the order they came, or the newest first; of one session, instrument,
    status, ClOrdID.
    """

    venue: Key
    session: Owner | None = None
    symbol: Key | None = None
    status: StatusFilter = "open"
    cl_ord_id: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100
    order: ListOrder = "oldest"


class ListsArguments(Input, frozen=True):
    """Lists of orders of a venue, in the order they came, perhaps of one session."""

    venue: Key
    session: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class ListArguments(Input, frozen=True):
    """A list of orders of a session; of nobody where none is given."""

    venue: Key
    list_id: Key
    session: Key | None = None


class TradesArguments(Input, frozen=True):
    """Trades of a venue, in the order they were made, or the newest first."""

    venue: Key
    symbol: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100
    order: ListOrder = "oldest"


class HoldsArguments(Input, frozen=True):
    """Holds of a venue or session."""

    venue: Key | None = None
    session: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class WaitHoldsArguments(Input, frozen=True):
    """Which holds to wait for, how many, and how long."""

    venue: Key | None = None
    session: Key | None = None
    timeout: Timeout = "10s"
    count: Count = 1


class PullQuotes(Input, frozen=True):
    """Which quotes to take off the books: of a session, for an instrument, or all of both."""

    session: Key | None = None
    symbol: Key | None = None
    text: Text = ""


class ResetProtection(Input, frozen=True):
    """Whose quotes to let in again, in one underlying, or in all where that is empty."""

    session: Key
    underlying: Code = ""


class NewOrder(Input, frozen=True):
    """
    An order to enter: for a session, which then hears of it, or for nobody.

    ``cl_ord_id`` is made up where none is given. A LIMIT order needs a price, an order that
    is triggered a stop price or a trail, a GTD order the time at which it is to expire, and
    a PEGGED order what it is pegged to. ``trail_percent`` is in percent, up to 100. Orders of a
    session with the same ``link`` depend on each other as ``contingency`` of the first says.
    """

    symbol: Key
    side: NewSide
    quantity: Quantity
    type: NewOrderType = "LIMIT"
    price: Price | None = None
    time_in_force: NewTimeInForce = "DAY"
    session: Key | None = None
    cl_ord_id: Word | None = None
    account: Code = ""
    text: Text = ""
    stop_price: Price | None = None
    trigger: Literal["LAST", "BID", "ASK"] = "LAST"
    trail: Quantity | None = None
    trail_percent: Quantity | None = None
    peg: Literal["PRIMARY", "MARKET", "MID"] | None = None
    peg_offset: Price | None = None
    discretion: Quantity | None = None
    display: Quantity | None = None
    display_high: Quantity | None = None
    hidden: bool = False
    min_quantity: Quantity | None = None
    all_or_none: bool = False
    post_only: Literal["NO", "REJECT", "REPRICE"] = "NO"
    expire: Moment | None = None
    link: Annotated[str, Meta(max_length=64)] = ""
    contingency: ContingencyName = "NONE"


class NewList(Input, frozen=True):
    """
    Orders to enter at once, for a session or for nobody; they may depend on each other.

    OCO: one cancels the others. OUO: one reduces the others, by what it trades or by the same
    part of theirs. OTO: the first triggers the others; in a BRACKET one of these cancels the
    others. What ``session`` and ``link`` its orders name themselves does not count.
    """

    orders: Annotated[list[NewOrder], Meta(min_length=1, max_length=1000)]
    contingency: ContingencyName = "NONE"
    list_id: Word | None = None
    session: Key | None = None


class Replacement(Input, frozen=True):
    """New terms of an order; what is left out stays."""

    quantity: Quantity | None = None
    price: Price | None = None


class OrderFill(Telling, frozen=True):
    """
    How much to fill (else all that is left) at what price (else the order's or the source's).

    With ``late`` one that was canceled or has expired is filled, too: it traded before that.
    """

    quantity: Quantity | None = None
    price: Price | None = None
    late: bool = False


class Guarantee(Telling, frozen=True):
    """The price that an order is guaranteed, and for how much (else all that is left)."""

    quantity: Quantity | None = None
    price: Price | None = None


class Bust(Telling, frozen=True):
    """The ExecID of a fill that never was (``last`` for the newest), and why."""

    exec_id: Key = "last"
    text: Text = ""


class Correction(Telling, frozen=True):
    """What a fill was instead, and why; what is left out stays."""

    exec_id: Key = "last"
    quantity: Quantity | None = None
    price: Price | None = None
    text: Text = ""


class HoldFill(Telling, frozen=True):
    """How much to fill (else all that is open) at what price (else the order's or the source's)."""

    quantity: Quantity | None = None
    price: Price | None = None


class HoldReject(Telling, frozen=True):
    """Why."""

    reason: Reason = "OTHER"
    text: Text = ""


ChangedValue = Annotated[
    str,
    Meta(max_length=1000, pattern=r"^(?:[^\x00-\x1f]*)$", description="Empty: left out."),
]


class HoldChange(Input, frozen=True):
    """Fields of a held message, by tag or name, and the values that they are to have instead."""

    fields: Annotated[list[tuple[FieldKey, ChangedValue]], Meta(min_length=1, max_length=2000)]


class HoldReply(Input, frozen=True):
    """Fields to send, in order, the message's type among them."""

    fields: Fields
