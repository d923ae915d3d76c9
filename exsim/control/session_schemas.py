"""
What operations of endpoints, sessions and their messages take.

Their results are in :mod:`exsim.control.session_results`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from exsim.control.fields import (
    Connect,
    Count,
    Cursor,
    Direction,
    Fields,
    FilterText,
    Key,
    Limit,
    Listen,
    ListOrder,
    Moment,
    Name,
    Options,
    Policies,
    Raw,
    Role,
    SequenceNumber,
    Span,
    TagFilter,
    Text,
    Timeout,
    Word,
)
from exsim.control.inputs import Input


class EndpointArguments(Input, frozen=True):
    """One endpoint."""

    endpoint: Key


class SessionArguments(Input, frozen=True):
    """One session."""

    session: Key


class MessageFilter(Input, frozen=True):
    """
    Messages of a venue or session, of a type (`D`), with certain fields, in or out, from a time to
    another; or any that fit a filter (`type=D qty>=500`).
    """

    venue: Key | None = None
    session: Key | None = None
    type: Key | None = None
    tag: Annotated[list[TagFilter], Meta(max_length=32)] = []
    direction: Direction | None = None
    since: Moment | None = None
    until: Moment | None = None
    filter: FilterText | None = None
    after: Cursor | None = None


class MessagesArguments(MessageFilter, frozen=True):
    """Which messages, how many, and whether the oldest or the newest come first."""

    limit: Limit = 100
    order: ListOrder = "oldest"


class SessionMessagesArguments(Input, frozen=True):
    """Messages of one session."""

    session: Key
    type: Key | None = None
    tag: Annotated[list[TagFilter], Meta(max_length=32)] = []
    direction: Direction | None = None
    since: Moment | None = None
    until: Moment | None = None
    filter: FilterText | None = None
    after: Cursor | None = None
    limit: Limit = 100
    order: ListOrder = "oldest"


class WaitMessagesArguments(MessageFilter, frozen=True):
    """Which messages to wait for, how many, and how long."""

    timeout: Timeout = "10s"
    count: Count = 1


class NewEndpoint(Input, frozen=True):
    """A listening address to be; ``listen`` is a Twisted endpoint description (`tcp:0`)."""

    name: Name
    venue: Key
    protocol: Key
    listen: Listen = "tcp:0:interface=127.0.0.1"
    role: Role | None = None
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
