"""
What operations of endpoints, sessions and their messages answer.

What they take is in :mod:`exsim.control.session_schemas`.
"""

from __future__ import annotations

from typing import Literal

from exsim.control.fields import (
    Cursor,
    Direction,
    Time,
)
from exsim.control.results import Output


class Endpoint(Output, frozen=True):
    """Where a venue listens: ``host`` and ``port`` are the real ones (no port: a unix socket)."""

    name: str
    venue: str
    protocol: str
    role: str
    listen: str
    host: str
    port: int | None
    connections: int


class RoundTrip(Output, frozen=True):
    """
    How many ``nanoseconds`` passed from a test request until its answer came, at ``time``, both by
    the clock of the session.
    """

    nanoseconds: int
    time: Time


class Session(Output, frozen=True):
    """
    A counterparty. ``next_in`` and ``next_out``: sequence numbers expected and sent next.

    ``identity`` is the protocol's own, such as CompIDs; ``peer`` is empty when offline.
    ``connect`` is where we connect to it, empty where it connects to us; ``refusal`` says why no
    logon is accepted, null where any may be. ``queued`` is how many bytes wait for a counterparty
    that does not read; ``round_trip`` is that of the newest test request that was answered, null
    where none was.
    """

    name: str
    endpoint: str
    venue: str
    policies: list[str]
    state: Literal["offline", "logon", "active", "logout"]
    next_in: int
    next_out: int
    peer: str
    identity: dict[str, str]
    connect: str
    refusal: str | None
    queued: int = 0
    round_trip: RoundTrip | None = None


class Field(Output, frozen=True):
    """
    A field of a message; ``name`` is empty where the protocol knows none.

    ``meaning`` is the name of the code that is the value, such as BUY for 1; empty for others.
    """

    tag: str
    name: str
    value: str
    meaning: str


class Caused(Output, frozen=True):
    """
    What came of a message received: messages ``sent``, by ``seq``, and ``rules``, ``faults`` and
    ``orders`` that had a part in it. Of a message sent, what had a part in that.
    """

    sent: list[int]
    rules: list[str]
    faults: list[str]
    orders: list[str]


class Message(Output, frozen=True):
    """
    A message sent or received: ``raw`` is it (base64), ``text`` the same with | for SOH.

    ``cause`` is the ``seq`` of what it was sent for: a message, an operation over REST, a timer;
    null for one received. Of what memory no longer holds neither that nor ``caused`` is told.
    """

    seq: int
    time: Time
    venue: str
    session: str
    direction: Direction
    type: str
    name: str
    text: str
    raw: bytes
    fields: list[Field]
    cause: int | None = None
    caused: Caused | None = None


class Messages(Output, frozen=True):
    """
    Messages, oldest first, or newest. ``next`` is null when there are no more now.

    ``position`` is always there: what was looked at ends at it, so that ``after=position``
    gives what comes from now on. Where the newest come first it is where the journal ends, and
    ``after=next`` goes further back.
    """

    items: list[Message]
    next: Cursor | None
    position: Cursor


class Sent(Output, frozen=True):
    """
    What was sent, as the journal has it.

    ``sent`` is false, and ``message`` null, where nobody is logged on: the message has its number,
    and the counterparty gets it when it asks for what it missed.
    """

    sent: bool
    message: Message | None = None


class AwaitedMessages(Messages, frozen=True):
    """``complete`` is false when the time ran out before enough had come."""

    complete: bool
