"""The keys of ITCH endpoints and sessions, and the rules that their values make."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, boolean, duration, integer
from exsim.model.settings import Values
from exsim.protocols import ouch_options as soup_options
from exsim.protocols.session_options import SCHEDULE, schedule_of
from exsim.sessions.soup_rules import SoupRules
from exsim.wire.soup import USER_SIZE

_OF_STREAMS: Final = ("session", "resend_size")
_LIKE_OUCH: Final = (
    "heartbeat",
    "timeout",
    "sequence_zero",
    "max_login_failures",
    "login_lockout",
    *(option.name for option in SCHEDULE),
)
_LONGEST: Final = 65_537

SHARED: Final[tuple[Option, ...]] = tuple(
    option for option in soup_options.SHARED if option.name in _LIKE_OUCH
)
"""Keys of endpoints that their sessions may have too."""

ENDPOINT_OPTIONS: Final = (
    Option(
        "accept_any_logon",
        boolean,
        "no",
        "Let in any user name: a session is made for each that is not configured. Good for tests;"
        " leave it off where counterparties are known.",
    ),
    Option(
        "max_sessions",
        integer(1, 1_000_000),
        "1000",
        "How many sessions may be made by accept_any_logon; further logins are refused.",
    ),
    Option(
        "login_timeout",
        duration,
        "10s",
        "How long a connection may take to log in before it is closed.",
    ),
    *(option for option in soup_options.SHARED if option.name in _OF_STREAMS),
    *SHARED,
)
"""Keys of ``[endpoint:NAME]`` with ``protocol = itch``."""

SESSION_OPTIONS: Final[tuple[Option, ...]] = (
    *(option for option in soup_options.SESSION_OPTIONS if option.name in ("user", "password")),
    *SHARED,
)
"""Keys of ``[session:NAME]`` on such an endpoint."""


def session_options_of(endpoint: Values, user: str) -> Values:
    """The values of a session's keys for a user that its endpoint alone tells of."""
    own = {option.name: option.value(None) for option in SESSION_OPTIONS}
    own |= {option.name: endpoint[option.name] for option in SHARED}
    return {**own, "user": user}


def soup_rules(endpoint: Values, session: Values, name: str) -> SoupRules:
    """The rules of a session's machine. ``name`` is its user name where it does not say one."""
    return SoupRules(
        user=session["user"] or name[:USER_SIZE],
        password=session["password"],
        session=endpoint["session"],
        initiates=False,
        schedule=schedule_of(session),
        login_timeout=endpoint["login_timeout"],
        heartbeat=session["heartbeat"],
        timeout=session["timeout"],
        max_login_failures=session["max_login_failures"],
        login_lockout=session["login_lockout"],
        kept=endpoint["resend_size"],
        zero_is_next=session["sequence_zero"] == soup_options.NEXT,
        max_packet=_LONGEST,
    )
