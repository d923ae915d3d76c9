"""The keys of OUCH endpoints and sessions, and the rules that their values make."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, boolean, choice, duration, integer, optional
from exsim.model.settings import Values
from exsim.protocols.session_options import PARTICIPATION, SCHEDULE, schedule_of
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SESSION_NAME
from exsim.wire.soup import PASSWORD_SIZE, SESSION_SIZE, USER_SIZE

LAST: Final = "last"
NEXT: Final = "next"
_PARTS: Final = ("firm", "cancel_on_disconnect", "cancel_on_logout", "cancel_grace")
_LONGEST: Final = 65_537


def _printable(most: int) -> object:
    """Text of so many characters at most, without blanks."""

    def parse(value: str) -> str:
        if (
            len(value) > most
            or not value.isascii()
            or any(not "!" <= char <= "~" for char in value)
        ):
            raise ValueError(f"{value[:40]!r} is not at most {most} ASCII characters, none blank")
        return value

    return parse


SHARED: Final[tuple[Option, ...]] = (
    Option(
        "version",
        choice("5.0", "4.2"),
        "5.0",
        "The version of OUCH: 5.0 (orders have a UserRefNum) or 4.2 (orders have a token).",
    ),
    Option(
        "later_messages",
        boolean,
        "no",
        "Take mass cancel, disable and enable of order entry, which OUCH 5.0 has since later than"
        " April 2023; without, they are ignored.",
    ),
    Option(
        "session",
        _printable(SESSION_SIZE),  # type: ignore[arg-type]
        SESSION_NAME,
        "What the stream of messages is called, up to 10 characters; a number is put to it where"
        " another begins.",
    ),
    Option(
        "heartbeat",
        duration,
        "1s",
        "Time without a packet of ours after which a heartbeat is sent.",
    ),
    Option(
        "timeout",
        duration,
        "15s",
        "Time without a packet of theirs after which the connection is closed.",
    ),
    Option(
        "sequence_zero",
        choice(LAST, NEXT),
        LAST,
        "What a login gets that asks for sequence number 0: the most recent message once more"
        " (last), or only what follows (next).",
    ),
    Option(
        "resend_size",
        integer(1, 10_000_000),
        "100000",
        "How many messages are kept for whoever missed them; of older ones nothing is told.",
    ),
    Option(
        "max_login_failures",
        integer(0, 1_000),
        "5",
        "Wrong passwords in a row after which no login is accepted for login_lockout; 0: any"
        " number.",
    ),
    Option("login_lockout", duration, "30s", "How long that is."),
    *SCHEDULE,
    *(option for option in PARTICIPATION if option.name in _PARTS),
)
"""Keys of endpoints that their sessions may have too."""

LETTING_IN: Final[tuple[Option, ...]] = (
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
)
"""Keys of endpoints, of OUCH and of ITCH, about who may log in."""

ENDPOINT_OPTIONS: Final[tuple[Option, ...]] = (*LETTING_IN, *SHARED)
"""Keys of ``[endpoint:NAME]`` with ``protocol = ouch``."""

SESSION_OPTIONS: Final[tuple[Option, ...]] = (
    Option(
        "user",
        optional(_printable(USER_SIZE)),  # type: ignore[arg-type]
        "",
        "The user name that it logs in with, up to 6 characters. Empty: the name of the session.",
    ),
    Option(
        "password",
        _printable(PASSWORD_SIZE),  # type: ignore[arg-type]
        "",
        "The password, up to 10 characters. Empty: unchecked.",
    ),
    *SHARED,
)
"""Keys of ``[session:NAME]`` on such an endpoint."""


def session_options_of(endpoint: Values, user: str) -> Values:
    """The values of a session's keys for a user that its endpoint alone tells of."""
    own = {option.name: option.value(None) for option in SESSION_OPTIONS}
    own |= {option.name: endpoint[option.name] for option in SHARED}
    return {**own, "user": user}


def soup_rules(endpoint: Values, session: Values, name: str) -> SoupRules:
    """
    The rules of a session's machine. ``name`` is its user name where it does not say one.

    What a protocol lets endpoints alone say holds for all their sessions.
    """
    session = {**endpoint, **session}
    return SoupRules(
        user=session["user"] or name[:USER_SIZE],
        password=session["password"],
        session=session["session"],
        initiates=False,
        schedule=schedule_of(session),
        login_timeout=endpoint["login_timeout"],
        heartbeat=session["heartbeat"],
        timeout=session["timeout"],
        max_login_failures=session["max_login_failures"],
        login_lockout=session["login_lockout"],
        kept=session["resend_size"],
        zero_is_next=session["sequence_zero"] == NEXT,
        max_packet=_LONGEST,
    )
