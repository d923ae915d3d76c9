"""
What operations take: arguments (of the path and the query) and JSON bodies, as msgspec Structs.

All is checked strictly; an unknown field is an error. Results are in
:mod:`exsim.control.results`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from exsim.control.fields import (
    Code,
    Connect,
    Count,
    Cursor,
    Depth,
    Direction,
    Fields,
    Key,
    Limit,
    Listen,
    Moment,
    Name,
    NewOrderType,
    NewSide,
    NewTimeInForce,
    OnError,
    Options,
    Policies,
    Price,
    Quantity,
    Raw,
    Reason,
    Role,
    Seed,
    SequenceNumber,
    Span,
    StatusFilter,
    TagFilter,
    Text,
    Timeout,
    Word,
)
from exsim.model.options import duration


class Input(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """
    Base of what is given.

    Of the fields that ``some_of`` names at least one has to be there, of ``one_of`` exactly one.
    """

    some_of: ClassVar[tuple[str, ...]] = ()
    one_of: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if self.some_of and all(getattr(self, name) is None for name in self.some_of):
            raise ValueError(f"Give {' or '.join(self.some_of)}, or both")
        if self.one_of and sum(getattr(self, name) is not None for name in self.one_of) != 1:
            raise ValueError(f"Give either {' or '.join(self.one_of)}")


# Arguments: of the path and the query.


class NoArguments(Input, frozen=True):
    """Takes none."""


class VenueArguments(Input, frozen=True):
    """One venue."""

    venue: Key


class EndpointArguments(Input, frozen=True):
    """One endpoint."""

    endpoint: Key


class SessionArguments(Input, frozen=True):
    """One session."""

    session: Key


class HoldArguments(Input, frozen=True):
    """One hold."""

    hold: Key


class OrderArguments(Input, frozen=True):
    """One order of a venue."""

    venue: Key
    order_id: Key


class InstrumentArguments(Input, frozen=True):
    """One instrument of a venue."""

    venue: Key
    symbol: Key


class BookArguments(Input, frozen=True):
    """One book of a venue."""

    venue: Key
    symbol: Key
    depth: Depth = 10


class PageArguments(Input, frozen=True):
    """A part of a list: what comes after a cursor."""

    after: Cursor | None = None
    limit: Limit = 100


class InstrumentsArguments(Input, frozen=True):
    """The instruments of a venue."""

    venue: Key
    after: Cursor | None = None
    limit: Limit = 100


class OrdersArguments(Input, frozen=True):
    """Orders of a venue, in the order they came; of one session, instrument, status, ClOrdID."""

    venue: Key
    session: Key | None = None
    symbol: Key | None = None
    status: StatusFilter = "open"
    cl_ord_id: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class TradesArguments(Input, frozen=True):
    """Trades of a venue, in the order they were made."""

    venue: Key
    symbol: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class MessageFilter(Input, frozen=True):
    """
    Messages of a venue or session, of a type (`D`), with certain fields, in or out, from a time to
    another.
    """

    venue: Key | None = None
    session: Key | None = None
    type: Key | None = None
    tag: Annotated[list[TagFilter], Meta(max_length=32)] = []
    direction: Direction | None = None
    since: Moment | None = None
    until: Moment | None = None
    after: Cursor | None = None


class MessagesArguments(MessageFilter, frozen=True):
    """Which messages, and how many."""

    limit: Limit = 100


class SessionMessagesArguments(Input, frozen=True):
    """Messages of one session."""

    session: Key
    type: Key | None = None
    tag: Annotated[list[TagFilter], Meta(max_length=32)] = []
    direction: Direction | None = None
    since: Moment | None = None
    until: Moment | None = None
    after: Cursor | None = None
    limit: Limit = 100


class WaitMessagesArguments(MessageFilter, frozen=True):
    """Which messages to wait for, how many, and how long."""

    timeout: Timeout = "10s"
    count: Count = 1


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


class PricesArguments(Input, frozen=True):
    """Prices of a venue; it may be left out when there is just one."""

    venue: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class PriceArguments(Input, frozen=True):
    """The price of one instrument; the venue may be left out when there is just one."""

    symbol: Key
    venue: Key | None = None


def wait_time(timeout: str) -> int:
    """How long a ``timeout`` of the above is, in nanoseconds."""
    return duration(timeout)


# Bodies.


class Reset(Input, frozen=True):
    """Of one venue, or of all where none is named. Sessions are disconnected, or kept."""

    venue: Key | None = None
    sessions: Literal["keep", "disconnect"] = "disconnect"


class NewInstrument(Input, frozen=True):
    """A tradable thing to be."""

    symbol: Name
    currency: Word = "USD"
    security_type: Word = "CS"
    security_id: Code = ""
    id_source: Code = ""
    tick: Quantity = "0.01"
    lot: Quantity = "1"
    min_qty: Quantity | None = None
    max_qty: Quantity | None = None
    reference: Price | None = None


class NewVenue(Input, frozen=True):
    """A venue to be. ``pricing`` is a section of the configuration; ``on_error``: see the ini."""

    name: Name
    policies: Policies = []
    pricing: Code = ""
    seed: Seed | None = None
    on_error: OnError = "reject"
    instruments: Annotated[list[NewInstrument], Meta(max_length=1000)] = []


class NewOrder(Input, frozen=True):
    """
    An order to enter: for a session, which then hears of it, or for nobody.

    ``cl_ord_id`` is made up where none is given. A LIMIT order needs a price.
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


class Replacement(Input, frozen=True):
    """New terms of an order; what is left out stays."""

    quantity: Quantity | None = None
    price: Price | None = None


class NewEndpoint(Input, frozen=True):
    """A listening address to be; ``listen`` is a Twisted endpoint description (`tcp:0`)."""

    name: Name
    venue: Key
    protocol: Key
    listen: Listen = "tcp:0:interface=127.0.0.1"
    role: Role = "order-entry"
    options: Options = {}


class NewSession(Input, frozen=True):
    """
    A configured counterparty to be.

    ``connect`` is where we connect to it; empty: it connects to us. The time between
    attempts is doubled with each that fails, from ``reconnect_min`` to ``reconnect_max``.
    """

    name: Name
    endpoint: Key
    policies: Policies = []
    connect: Connect = ""
    reconnect_min: Span = "1s"
    reconnect_max: Span = "60s"
    options: Options = {}


class Logout(Input, frozen=True):
    """Why, for the counterparty."""

    text: Text = ""


class SequenceNumbers(Input, frozen=True):
    """What to expect next, and what to send next; what is left out stays."""

    next_in: SequenceNumber | None = None
    next_out: SequenceNumber | None = None

    some_of = ("next_in", "next_out")


class TestRequest(Input, frozen=True):
    """What the answer has to bring back, so that it can be told from others."""

    id: Word = "TEST"


class Refusal(Input, frozen=True):
    """Why, for the counterparty."""

    text: Text = "no logons now"


class NewMessage(Input, frozen=True):
    """
    A message to send, as either ``fields`` or ``raw``.

    ``fields``, the type (35) among them, are sent under the session's own header, with its
    next number. ``raw`` are bytes, sent as they are, valid or not: they take up no number.
    """

    fields: Fields | None = None
    raw: Raw | None = None

    one_of = ("fields", "raw")


class HoldFill(Input, frozen=True):
    """How much to fill (else all that is open) at what price (else the order's or the source's)."""

    quantity: Quantity | None = None
    price: Price | None = None


class HoldReject(Input, frozen=True):
    """Why."""

    reason: Reason = "OTHER"
    text: Text = ""


class HoldReply(Input, frozen=True):
    """Fields to send, in order, the message's type among them."""

    fields: Fields


class NewPrice(Input, frozen=True):
    """What an instrument is worth now."""

    price: Price
