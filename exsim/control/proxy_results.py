"""
What operations of proxies answer.

They belong to :mod:`exsim.control.results`.
"""

from __future__ import annotations

from typing import Literal

from exsim.control.fields import Direction, Time
from exsim.control.results import Output
from exsim.control.session_results import Field


class Proxy(Output, frozen=True):
    """
    A proxy. ``host`` and ``port`` are where it really listens (no port: a unix socket); ``links``
    is how many clients it has, ``held`` how many messages it holds.

    ``origin`` is what it is called as the ``endpoint`` of faults and in filters.
    """

    name: str
    origin: str
    venue: str
    protocol: str
    listen: str
    connect: str
    host: str
    port: int | None
    links: int
    held: int


class Link(Output, frozen=True):
    """
    A client's connection, from ``peer``, and ours for it, to ``upstream``.

    ``session`` is what the client calls itself, empty before it has; ``received`` is how many
    messages came from it, ``sent`` how many went to it.
    """

    link: str
    session: str
    state: Literal["connecting", "open", "closed"]
    peer: str
    upstream: str
    since: Time
    received: int
    sent: int


class HeldMessage(Output, frozen=True):
    """A message that a proxy holds, as faults left it; ``direction`` says where it is to go."""

    held: str
    link: str
    session: str
    direction: Direction
    time: Time
    type: str
    name: str
    text: str
    raw: bytes
    fields: list[Field]


class AwaitedHeld(Output, frozen=True):
    """Messages that are held, oldest first; ``complete`` is false when the time ran out."""

    items: list[HeldMessage]
    complete: bool
