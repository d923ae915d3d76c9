"""
What operations of trading answer: of orders, lists, trades, quotes and holds.

What they take is in :mod:`exsim.control.trading_schemas`.
"""

from __future__ import annotations

from typing import Literal

from exsim.control.fields import (
    Amount,
    ContingencyName,
    Cursor,
    HoldKind,
    OrderType,
    Reason,
    Side,
    Status,
    Time,
    TimeInForce,
)
from exsim.control.results import Output
from exsim.control.session_results import Field


class Order(Output, frozen=True):
    """An order as it stands. ``session`` is empty when it was entered for nobody."""

    order_id: str
    venue: str
    session: str
    cl_ord_id: str
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    quantity: Amount
    price: Amount | None
    status: Status
    cum_quantity: Amount
    leaves_quantity: Amount
    average_price: Amount
    account: str
    text: str


class Orders(Output, frozen=True):
    """
    Orders in the order they came, or the newest first. ``next`` is null when there are no more now.

    ``position`` is always there: ``after=position`` in the order they came gives orders that come
    after what was looked at; where the newest come first, those that come from now on.
    """

    items: list[Order]
    next: Cursor | None
    position: Cursor


class Fill(Output, frozen=True):
    """A fill of an order, by the ExecID that its report has."""

    exec_id: str
    quantity: str
    price: str


class Met(Output, frozen=True):
    """
    One thing that an order met: it came, traded, something happened to it, it rests or has ended.

    A trade has a ``counterpart``, the order on its other side, where that is one.
    """

    time: str | None
    what: Literal["came", "traded", "happened", "is"]
    text: str
    quantity: str | None = None
    price: str | None = None
    trade_id: str | None = None
    counterpart: str | None = None


class Why(Output, frozen=True):
    """
    How it came that an order is where it is: ``steps`` in words, first to last, and ``story`` the
    same in parts; ``ahead`` is the quantity that trades before it, where it rests in a book.
    ``policies`` are asked of what its session sends, in this order.
    """

    order_id: str
    status: str
    ahead: str | None
    steps: list[str]
    policies: list[str] = []
    story: list[Met] = []


class Outcome(Output, frozen=True):
    """
    What became of a request to enter, cancel or replace an order.

    ``pending``: a policy holds, delays or drops it, so that there is no answer yet, and
    perhaps never one; ``hold`` is the hold that waits for a decision, if one does. ``rejected``
    says why. ``order`` is the order as it is now, where there is one.
    """

    outcome: Literal["accepted", "rejected", "pending"]
    cl_ord_id: str
    order: Order | None = None
    hold: str | None = None
    reason: Reason | None = None
    text: str = ""


class OrderList(Output, frozen=True):
    """
    Orders that were entered together or are linked, and how they depend on each other; ``waiting``
    are the ids of those that wait for the first one.
    """

    venue: str
    session: str
    list_id: str
    contingency: ContingencyName
    waiting: list[str]
    orders: list[Order]


class ListOutcome(Output, frozen=True):
    """What became of a list of orders, as :class:`Outcome` has it of one order."""

    outcome: Literal["accepted", "rejected", "pending"]
    list_id: str
    order_list: OrderList | None = None
    hold: str | None = None
    reason: Reason | None = None
    text: str = ""


class Trade(Output, frozen=True):
    """
    A trade. A fill by a policy or a person has no maker: that order id is empty. A trade at an
    implied price has one side in each of the books, a maker or a taker.
    """

    trade_id: str
    time: Time
    venue: str
    symbol: str
    price: Amount
    quantity: Amount
    maker_order_id: str
    taker_order_id: str
    taker_side: Side


class Quote(Output, frozen=True):
    """
    A quote in the book, with what is left of it, or one that is only shown (``indicative``); a side
    that is not there has no price.
    """

    venue: str
    session: str
    quote_id: str
    set_id: str
    entry_id: str
    symbol: str
    account: str
    bid: Amount | None
    offer: Amount | None
    bid_size: Amount
    offer_size: Amount
    bid_order_id: str | None
    offer_order_id: str | None
    indicative: bool


class Pulled(Output, frozen=True):
    """How many quotes were pulled."""

    quotes: int


class Protection(Output, frozen=True):
    """Whose quotes are not let in, and why; an empty underlying stands for all."""

    session: str
    underlying: str
    reason: str


class Protections(Output, frozen=True):
    """Where market maker protection keeps quotes out."""

    venue: str
    tripped: list[Protection]


class Hold(Output, frozen=True):
    """
    A request that waits for a decision, as its message says it (``type``, ``fields``).

    ``policy`` names who held it. What the request does not have is empty or null.
    """

    hold: str
    time: Time
    venue: str
    session: str
    policy: str
    kind: HoldKind
    type: str
    cl_ord_id: str
    orig_cl_ord_id: str
    symbol: str
    side: Side | None
    quantity: Amount | None
    price: Amount | None
    order_id: str | None
    fields: list[Field]


class AwaitedHolds(Output, frozen=True):
    """Holds, oldest first. ``complete`` is false when the time ran out before enough had come."""

    items: list[Hold]
    complete: bool


class Decided(Output, frozen=True):
    """What a decision did. ``held``: the request still waits for more (a fill after an ack)."""

    hold: str
    held: bool
    order: Order | None = None
