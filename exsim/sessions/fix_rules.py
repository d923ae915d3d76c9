"""What a FIX session or endpoint was configured with, in the form that its machine reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANY_VERSION: Final = "any"
"""As a session's ``begin_string``: the version of each logon is the version spoken."""


@dataclass(frozen=True, slots=True)
class FixRules:
    """
    The settings of one session; of an endpoint, those that hold before anybody logged on.

    :param comp_id: our CompID: the SenderCompID(49) of what we send.
    :param sender_comp_id: the counterparty's CompID; empty for an endpoint.
    :param begin_string: BeginString(8), or :data:`ANY_VERSION`.
    :param default_appl_ver_id: ApplVerID code spoken in FIXT.1.1 until a logon says another.
    :param username: Username(553) that a logon must bring; empty: any or none.
    :param password: Password(554) that a logon must bring; empty: any or none.
    :param reset_on_logon: every accepted logon starts both directions at 1.
    :param reset_on_logout: so does the end of a session by Logout.
    :param reset_on_disconnect: so does the loss of the connection.
    :param heartbeat_min: least HeartBtInt(108) accepted, in seconds.
    :param heartbeat_max: most HeartBtInt(108) accepted, in seconds.
    :param logon_timeout: time for a connection to log on, in nanoseconds.
    :param logout_timeout: time for the answer to our Logout, in nanoseconds.
    :param max_latency: how far SendingTime(52) may be off, in nanoseconds; 0: not checked.
    :param check_comp_id: whether 49 and 56 of every message must be those of the logon.
    :param resend_size: how many messages sent are kept for a ResendRequest; older ones are
        gap filled.
    :param max_message_size: longest message accepted, in bytes.
    :param timestamp_digits: digits of a second in the times that we send; None: as the
        version does.
    """

    comp_id: str
    sender_comp_id: str
    begin_string: str
    default_appl_ver_id: str
    username: str
    password: str
    reset_on_logon: bool
    reset_on_logout: bool
    reset_on_disconnect: bool
    heartbeat_min: int
    heartbeat_max: int
    logon_timeout: int
    logout_timeout: int
    max_latency: int
    check_comp_id: bool
    resend_size: int
    max_message_size: int
    timestamp_digits: int | None
