"""What a FIX session or endpoint was configured with, in the form that its machine reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exsim.sessions.schedule import Schedule

ANY_VERSION: Final = "any"
"""As a session's ``begin_string``: the version of each logon is the version spoken."""

Identifiers = tuple[tuple[bytes, bytes], ...]
"""Tags of the header, and what each has to be."""


@dataclass(frozen=True, slots=True)
class FixRules:
    """
    The settings of one session; of an endpoint, those that hold before anybody logged on.

    :param comp_id: our CompID: the SenderCompID(49) of what we send.
    :param sender_comp_id: the counterparty's CompID; empty for an endpoint.
    :param begin_string: BeginString(8), or :data:`ANY_VERSION`.
    :param default_appl_ver_id: ApplVerID code spoken in FIXT.1.1 until a logon says another.
    :param sender_ids: the counterparty's other identifiers by tag: SenderSubID(50) and
        SenderLocationID(142), where it has to bring them.
    :param target_ids: ours by tag: what it sends as TargetSubID(57) and TargetLocationID(143).
    :param initiates: we connect and log on, instead of the counterparty.
    :param schedule: when the session may be logged on; None: always.
    :param username: Username(553) that a logon must bring; empty: any or none.
    :param password: Password(554) that a logon must bring; empty: any or none.
    :param test_indicator: TestMessageIndicator(464) that a logon must bring: ``Y``, ``N`` (also
        by leaving it out), or empty for any.
    :param max_logon_failures: wrong passwords in a row after which no logon is accepted for
        ``logon_lockout`` nanoseconds; 0: any number.
    :param verbose_refusal: whether a refused logon is told why, in a Logout.
    :param reset_on_logon: every accepted logon starts both directions at 1.
    :param reset_on_logout: so does the end of a session by Logout.
    :param reset_on_disconnect: so does the loss of the connection.
    :param next_expected: NextExpectedMsgSeqNum(789) of logons is sent and heeded, where the
        version has it.
    :param heartbeat: HeartBtInt(108) of our own logons, in seconds.
    :param heartbeat_min: least HeartBtInt(108) accepted, in seconds.
    :param heartbeat_max: most HeartBtInt(108) accepted, in seconds.
    :param logon_timeout: time for a connection to log on, or to have our Logon answered, in
        nanoseconds.
    :param logout_timeout: time for the answer to our Logout, in nanoseconds.
    :param max_latency: how far SendingTime(52) may be off, in nanoseconds; 0: not checked.
    :param check_comp_id: whether 49 and 56 of every message must be those of the logon.
    :param resend_size: how many messages sent are kept for a ResendRequest; older ones are
        gap filled.
    :param max_message_size: longest message accepted, in bytes.
    :param max_fields: most fields that a message may have.
    :param check_body_length: whether a message with a wrong BodyLength(9) is garbled.
    :param check_checksum: whether a message with a wrong CheckSum(10) is garbled.
    :param timestamp_digits: digits of a second in the times that we send; None: as the
        version does.
    """

    comp_id: str
    sender_comp_id: str
    begin_string: str
    default_appl_ver_id: str
    sender_ids: Identifiers
    target_ids: Identifiers
    initiates: bool
    schedule: Schedule | None
    username: str
    password: str
    test_indicator: str
    max_logon_failures: int
    logon_lockout: int
    verbose_refusal: bool
    reset_on_logon: bool
    reset_on_logout: bool
    reset_on_disconnect: bool
    next_expected: bool
    heartbeat: int
    heartbeat_min: int
    heartbeat_max: int
    logon_timeout: int
    logout_timeout: int
    max_latency: int
    check_comp_id: bool
    resend_size: int
    max_message_size: int
    max_fields: int
    check_body_length: bool
    check_checksum: bool
    timestamp_digits: int | None
