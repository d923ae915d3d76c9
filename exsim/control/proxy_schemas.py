"""
What operations of proxies take.

They belong to :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from typing import Literal

from exsim.control.fields import (
    Changes,
    Count,
    Cursor,
    Direction,
    Key,
    Limit,
    Listen,
    Name,
    Raw,
    Target,
    Timeout,
)
from exsim.control.inputs import Input

ProxyProtocol = Literal["fix", "ouch", "soup", "raw"]


class ProxyArguments(Input, frozen=True):
    """One proxy, by its name."""

    proxy: Key


class ProxyListArguments(Input, frozen=True):
    """What belongs to a proxy, from a cursor on."""

    proxy: Key
    after: Cursor | None = None
    limit: Limit = 100


class LinkArguments(Input, frozen=True):
    """One link of a proxy, by its number."""

    proxy: Key
    link: Key


class HeldArguments(Input, frozen=True):
    """One message that a proxy holds, by its number."""

    proxy: Key
    held: Key


class WaitHeldArguments(Input, frozen=True):
    """How many messages are to be held at a proxy, and how long to wait for them."""

    proxy: Key
    timeout: Timeout = "10s"
    count: Count = 1


class NewProxy(Input, frozen=True):
    """
    A proxy to be: clients connect to ``listen``, and for each it connects to ``connect``.

    ``protocol`` says how messages are told apart and read; they are told with those of
    ``venue``, which may be left out where there is just one.
    """

    name: Name
    connect: Target
    listen: Listen = "tcp:0:interface=127.0.0.1"
    protocol: ProxyProtocol = "fix"
    venue: Key | None = None


class Release(Input, frozen=True):
    """
    What goes on in the place of a message that was held: it with some ``fields`` changed, or
    ``raw`` bytes; the message as it is without them.
    """

    fields: Changes = ""
    raw: Raw | None = None


class LinkBytes(Input, frozen=True):
    """
    Bytes to send on a link as if the other side had: ``in`` to the acceptor, ``out`` to the client.
    """

    direction: Direction
    raw: Raw
