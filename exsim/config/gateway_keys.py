"""The keys of ``[gateway:NAME]``: one address for all venues, wherever these are."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from exsim.config.listen import listen
from exsim.config.tls_keys import SERVER_TLS
from exsim.model.options import REQUIRED, Option, choice, duration, integer, words
from exsim.model.settings import ORDER_ENTRY, ROLES

PROTOCOLS: Final = ("fix", "ouch", "itch", "glimpse")
"""Those whose first message says who is there, and for whom."""


def urls(value: str) -> tuple[str, ...]:
    """
    URLs of REST interfaces, without a slash at the end.

    :raises ValueError: when one cannot be.
    """
    found = words(value)
    for one in found:
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError(f"{one!r} is no URL of a node's REST, such as http://host-1:8480")
    return tuple(one.rstrip("/") for one in found)


GATEWAY: Final = (
    Option(
        "listen",
        listen,
        REQUIRED,
        "Where clients of all venues connect, a Twisted endpoint description such as tcp:9878; port"
        " 0 takes any free one.",
    ),
    Option(
        "protocol",
        choice(*PROTOCOLS),
        "fix",
        "What they speak. The first message, a Logon of FIX or a Login Request of SoupBinTCP, says"
        " which venue they mean.",
    ),
    Option(
        "role",
        choice(*ROLES),
        ORDER_ENTRY,
        "Which endpoints of FIX they are taken to: order-entry, market-data or drop-copy.",
    ),
    Option(
        "nodes",
        urls,
        "",
        "Where it asks which venue is where: the REST of one node or several, such as"
        " http://host-1:8480 http://host-2:8480, of which any will do. Empty: [rest] listen of this"
        " file, on this host. It brings the first token that [rest] has a file of, the one that may"
        " least.",
    ),
    Option(
        "logon_timeout",
        duration,
        "10s",
        "How long a connection may take to say who is there before it is closed.",
    ),
    Option(
        "max_connections",
        integer(1, 1_000_000),
        "10000",
        "How many connections it takes at a time; more are closed at once.",
    ),
    *SERVER_TLS,
)
