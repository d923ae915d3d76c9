"""What a SoupBinTCP session or endpoint was configured with, in the form that its machine reads."""

from __future__ import annotations

from dataclasses import dataclass

from exsim.sessions.schedule import Schedule


@dataclass(frozen=True, slots=True)
class SoupRules:
    """
    The settings of one session; of an endpoint, those that hold before anybody logged in.

    :param user: the user name that a Login Request has to bring, up to 6 characters.
    :param password: the password, up to 10 characters; empty: any.
    :param session: what the sequenced stream is called, up to 10 characters.
    :param initiates: we connect and log in, instead of the counterparty.
    :param schedule: when the session may be logged in; None: always.
    :param login_timeout: time for a connection to log in, or to have our Login Request answered,
        in nanoseconds.
    :param heartbeat: time without a packet of ours after which a heartbeat is sent, in nanoseconds.
    :param timeout: time without a packet of theirs after which the connection is closed, in
        nanoseconds.
    :param max_login_failures: wrong passwords in a row after which no login is accepted for
        ``login_lockout`` nanoseconds; 0: any number.
    :param kept: sequenced messages kept for those who missed them.
    :param zero_is_next: whether a login that asks for the number 0 gets what comes next; else the
        most recent message once more.
    :param max_packet: longest packet accepted, in bytes.
    """

    user: str
    password: str
    session: str
    initiates: bool
    schedule: Schedule | None
    login_timeout: int
    heartbeat: int
    timeout: int
    max_login_failures: int
    login_lockout: int
    kept: int
    zero_is_next: bool
    max_packet: int
