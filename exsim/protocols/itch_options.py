"""The keys of ITCH endpoints and sessions."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, address, boolean, integer
from exsim.model.settings import Values
from exsim.protocols import ouch_options as soup_options
from exsim.protocols.session_options import SCHEDULE
from exsim.sessions.mold_rules import MoldRules
from exsim.wire.mold import LARGEST

_OF_STREAMS: Final = ("session", "resend_size")
_LIKE_OUCH: Final = (
    "heartbeat",
    "timeout",
    "sequence_zero",
    "max_login_failures",
    "login_lockout",
    *(option.name for option in SCHEDULE),
)

SHARED: Final[tuple[Option, ...]] = tuple(
    option for option in soup_options.SHARED if option.name in _LIKE_OUCH
)
"""Keys of endpoints that their sessions may have too."""

ENDPOINT_OPTIONS: Final[tuple[Option, ...]] = (
    *soup_options.LETTING_IN,
    Option(
        "attribution",
        boolean,
        "no",
        "Tell whose an order is, by the first four characters of the firm of its account or"
        " session: Add Order with attribution (F) in place of Add Order.",
    ),
    *(option for option in soup_options.SHARED if option.name in _OF_STREAMS),
    *SHARED,
)
"""Keys of ``[endpoint:NAME]`` with ``protocol = itch``."""

SESSION_OPTIONS: Final[tuple[Option, ...]] = (
    *(option for option in soup_options.SESSION_OPTIONS if option.name in ("user", "password")),
    Option(
        "requests",
        address,
        "127.0.0.1:0",
        "With connect, which is by MoldUDP64: where requests for what was missed are taken, and"
        " what packets are sent from; port 0 takes any free one.",
    ),
    Option(
        "packet_size",
        integer(100, LARGEST),
        "1400",
        "With connect: how many bytes a packet has at most.",
    ),
    Option(
        "max_requests",
        integer(1, 1_000_000),
        "1000",
        "With connect: how many requests are answered in a second; more are as if they were lost.",
    ),
    *SHARED,
)
"""Keys of ``[session:NAME]`` on such an endpoint."""


def session_options_of(endpoint: Values, user: str) -> Values:
    """The values of a session's keys for a user that its endpoint alone tells of."""
    own = {option.name: option.value(None) for option in SESSION_OPTIONS}
    own |= {option.name: endpoint[option.name] for option in SHARED}
    return {**own, "user": user}


def mold_rules(session: Values) -> MoldRules:
    """The rules of the machine of a session that is sent by MoldUDP64."""
    return MoldRules(packet_size=session["packet_size"], max_requests=session["max_requests"])
