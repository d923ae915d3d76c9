"""Who may log on: the checks of a connection's first message."""

from __future__ import annotations

from hmac import compare_digest
from typing import Protocol

from exsim.errors import RemoteError
from exsim.sessions.fix_rules import ANY_VERSION, FixRules
from exsim.sessions.fix_session import FixSession, State
from exsim.sessions.fix_version import APPL_VER_IDS, REJECT_TEXTS, SESSION_VERSIONS
from exsim.wire.fix import FixMessage, parse_utc_timestamp


class FixDirectory(Protocol):
    """Knows the sessions of an endpoint."""

    def find(
        self, begin_string: bytes, sender: bytes, target: bytes, message: FixMessage
    ) -> FixSession | None:
        """
        The session that a Logon is for, made on the fly where any logon is accepted; or None.

        ``sender`` and ``target`` are SenderCompID(49) and TargetCompID(56) of ``message``.
        """


class LogonRefused(RemoteError):
    """This connection may not log on. The counterparty is not told why, our log is."""


def admit(message: FixMessage, directory: FixDirectory, now: int) -> FixSession:
    """
    The session that a connection's first message logs on to.

    :raises LogonRefused: when it is no Logon, or not of somebody who may log on now.
    """
    fields = message.fields
    if message.msg_type != b"A":
        raise LogonRefused("the first message is no Logon")
    begin_string = fields[b"8"]
    version = SESSION_VERSIONS.get(begin_string)
    if version is None:
        raise LogonRefused(f"BeginString {begin_string!r} is not spoken here")
    for tag in (b"34", b"49", b"52", b"56"):
        if not fields.get(tag):
            raise LogonRefused(f"tag {tag.decode()} is missing")
    if not fields[b"34"].isdigit():
        raise LogonRefused("MsgSeqNum(34) is no number")
    if version.appl_ver_id and fields.get(b"1137") not in APPL_VER_IDS:
        raise LogonRefused("DefaultApplVerID(1137) is missing or unknown")
    session = directory.find(begin_string, fields[b"49"], fields[b"56"], message)
    if session is None:
        raise LogonRefused("there is no such session")
    _check_session(session, message, now)
    return session


def _check_session(session: FixSession, message: FixMessage, now: int) -> None:
    rules = session.rules
    fields = message.fields
    if rules.begin_string not in (ANY_VERSION, fields[b"8"].decode()):
        raise LogonRefused(f"session {session.name} speaks {rules.begin_string}")
    if session.state is not State.OFFLINE:
        raise LogonRefused(f"session {session.name} is in use")
    if not credentials_right(message, rules):
        raise LogonRefused(f"wrong Username or Password for session {session.name}")
    if not in_time(fields[b"52"], now, rules.max_latency):
        raise LogonRefused("SendingTime(52) is too far from our time")
    fault = session.check(message) if session.check is not None else None
    if fault is not None:
        text = fault.text or REJECT_TEXTS.get(fault.reason, "Other")
        raise LogonRefused(f"the Logon is not valid: {text} (tag {fault.tag.decode()})")


def credentials_right(message: FixMessage, rules: FixRules) -> bool:
    """Whether a Logon brings the Username(553) and Password(554) asked for."""
    username = message.fields.get(b"553", b"")
    password = message.fields.get(b"554", b"")
    user_right = not rules.username or compare_digest(username, rules.username.encode())
    word_right = not rules.password or compare_digest(password, rules.password.encode())
    return user_right and word_right


def in_time(value: bytes, now: int, max_latency: int) -> bool:
    """Whether a SendingTime is close enough to ``now``; nothing is too far when that is 0."""
    try:
        return not max_latency or abs(parse_utc_timestamp(value) - now) <= max_latency
    except ValueError:
        return False


def logon_fault(message: FixMessage, rules: FixRules) -> str:
    """What is wrong with the terms of a Logon, as the counterparty is told it; empty: nothing."""
    encryption = message.fields.get(b"98")
    if encryption is None:
        return "Required tag missing: EncryptMethod (98)"
    if encryption != b"0":
        return "EncryptMethod (98) must be 0"
    interval = message.fields.get(b"108")
    if interval is None:
        return "Required tag missing: HeartBtInt (108)"
    least, most = rules.heartbeat_min, rules.heartbeat_max
    if not interval.isdigit() or len(interval) > 9 or not least <= int(interval) <= most:
        return f"HeartBtInt (108) must be from {least} to {most}"
    return ""
