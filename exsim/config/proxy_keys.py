"""The keys of ``[proxy:NAME]``: who stands between clients and another acceptor."""

from __future__ import annotations

from typing import Final

from exsim.config.listen import connect, listen
from exsim.model.options import REQUIRED, Option, choice, integer, text

PROTOCOLS: Final = ("fix", "ouch", "soup", "raw")

PROXY: Final = (
    Option(
        "listen",
        listen,
        REQUIRED,
        "Where clients connect, a Twisted endpoint description such as"
        " tcp:9978:interface=127.0.0.1; port 0 takes any free one.",
    ),
    Option(
        "connect",
        connect,
        REQUIRED,
        "The acceptor that they mean, a Twisted client endpoint description such as"
        " tcp:127.0.0.1:9878.",
    ),
    Option(
        "protocol",
        choice(*PROTOCOLS),
        "fix",
        "How messages are told apart and read: fix, of any version; ouch, 5.0 over SoupBinTCP;"
        " soup, any packets of SoupBinTCP; raw, each read is one.",
    ),
    Option(
        "venue",
        text,
        "",
        "The [venue:NAME] whose messages they are told with, which may be left out where there is"
        " just one.",
    ),
    Option(
        "max_connections",
        integer(1, 100_000),
        "1000",
        "How many clients it takes at a time; more are closed at once.",
    ),
)
