"""Who may log on: the checks of a connection's first message."""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest
from typing import Final, Protocol

from exsim.errors import RemoteError
from exsim.sessions.fix_header import FixHeader
from exsim.sessions.fix_rules import ANY_VERSION, FixRules
from exsim.sessions.fix_session import FixSession, State
from exsim.sessions.fix_version import (
    APPL_VER_IDS,
    REJECT_TEXTS,
    SESSION_VERSIONS,
    SessionVersion,
)
from exsim.wire.fix import FixMessage, parse_utc_timestamp

PASSWORD_CHANGED: Final = 1
PASSWORD_REFUSED: Final = 3
WRONG_PASSWORD: Final = 5
ACCOUNT_LOCKED: Final = 6
NOT_ALLOWED: Final = 7
# The values of SessionStatus(1409) that are used.


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
    """
    This connection may not log on.

    Our log is told why; the counterparty only with ``logon_refusal = verbose``, and then with
    ``status`` as SessionStatus(1409) where the version has that. ``session`` is the one meant, if
    the Logon was told to be its counterparty's and nobody is logged on to it.
    """

    def __init__(self, text: str, status: int = 0, session: FixSession | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.session = session


def admit(message: FixMessage, directory: FixDirectory, rules: FixRules, now: int) -> FixSession:
    """
    The session that a connection's first message logs on to.

    :param rules: those of the endpoint.
    :param now: real time.
    :raises LogonRefused: when it is no Logon, or not of somebody who may log on now.
    """
    fields = message.fields
    if message.msg_type != b"A":
        raise LogonRefused("the first message is no Logon")
    if len(message.parts) > 2 * rules.max_fields:
        raise LogonRefused(f"the Logon has more than {rules.max_fields} fields")
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
    if session.state is not State.OFFLINE:
        raise LogonRefused(f"session {session.name} is in use")
    time = now if session.clock is None else session.clock.time(now)
    _check_session(session, message, time)
    return session


def _check_session(session: FixSession, message: FixMessage, now: int) -> None:
    rules, lock = session.rules, session.lock
    fields = message.fields
    if rules.initiates:
        raise LogonRefused(f"session {session.name} is one that we log on to")
    if rules.begin_string not in (ANY_VERSION, fields[b"8"].decode()):
        raise LogonRefused(f"session {session.name} speaks {rules.begin_string}")
    if lock.holds(now):
        raise LogonRefused("there were too many wrong passwords", ACCOUNT_LOCKED)
    if not credentials_right(message, session):
        lock.failed(now)
        raise LogonRefused("wrong Username or Password", WRONG_PASSWORD)
    lock.open()
    if lock.closed is not None:
        raise LogonRefused(lock.closed, NOT_ALLOWED, session)
    if rules.schedule is not None and rules.schedule.period(now) is None:
        raise LogonRefused("the session is closed at this time", NOT_ALLOWED, session)
    if not in_time(fields[b"52"], now, rules.max_latency):
        raise LogonRefused("SendingTime(52) is too far from our time", session=session)
    fault = session.check(message) if session.check is not None else None
    if fault is not None:
        text = fault.text or REJECT_TEXTS.get(fault.reason, "Other")
        why = f"the Logon is not valid: {text} (tag {fault.tag.decode()})"
        raise LogonRefused(why, session=session)


def credentials_right(message: FixMessage, session: FixSession) -> bool:
    """Whether a Logon brings the Username(553) and Password(554) asked for."""
    username = message.fields.get(b"553", b"")
    password = message.fields.get(b"554", b"")
    wanted = session.rules.username
    user_right = not wanted or compare_digest(username, wanted.encode())
    wanted = session.lock.password
    word_right = not wanted or compare_digest(password, wanted.encode())
    return user_right and word_right


def new_password(message: FixMessage, session: FixSession) -> int | None:
    """
    Take over the NewPassword(925) that a Logon brings, if the session has a password at all.

    Returns the SessionStatus(1409) that tells of it; None where there is nothing to tell.
    """
    new = message.fields.get(b"925")
    lock = session.lock
    if not new or not lock.password:
        return None
    try:
        word = new.decode()
    except UnicodeDecodeError:
        return PASSWORD_REFUSED
    if word == lock.password:
        return PASSWORD_REFUSED
    lock.password = word
    return PASSWORD_CHANGED


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
    version = SESSION_VERSIONS[message.fields[b"8"]]
    if version.appl_ver_id and message.fields.get(b"1137") not in APPL_VER_IDS:
        return "DefaultApplVerID (1137) is missing or unknown"
    indicator = message.fields.get(b"464", b"N").decode("ascii", "replace")
    if rules.test_indicator and rules.test_indicator != indicator:
        return f"TestMessageIndicator (464) must be {rules.test_indicator}"
    return ""


def take_versions(message: FixMessage, session: FixSession) -> None:
    """
    Speak the application versions that a Logon names: DefaultApplVerID(1137), and for types of
    message in its group NoMsgTypes(384) their RefApplVerID(1130).
    """
    if not session.header.version.appl_ver_id:
        return
    default = message.fields.get(b"1137", b"")
    if default in APPL_VER_IDS:
        session.appl_ver_id = default
    session.appl_ver_ids = {}
    msg_type = b""
    for tag, value in zip(message.parts[::2], message.parts[1::2], strict=True):
        if tag == b"372":
            msg_type = value
        elif tag == b"1130" and value in APPL_VER_IDS:
            session.appl_ver_ids[msg_type] = value


def logon_body(session: FixSession, reset: bool, expected: int, status: int | None) -> bytes:
    """
    The body of a Logon of ours.

    :param reset: whether it has ResetSeqNumFlag(141).
    :param expected: NextExpectedMsgSeqNum(789); 0: left out.
    :param status: SessionStatus(1409); None: left out.
    """
    rules = session.rules
    body = b"98=0\x01108=%d\x01" % session.heartbeat
    if reset:
        body += b"141=Y\x01"
    if rules.test_indicator == "Y":
        body += b"464=Y\x01"
    if rules.initiates and rules.username:
        body += b"553=%b\x01" % rules.username.encode()
    if rules.initiates and rules.password:
        body += b"554=%b\x01" % rules.password.encode()
    if expected:
        body += b"789=%d\x01" % expected
    if session.header.version.appl_ver_id:
        body += b"1137=%b\x01" % session.appl_ver_id
        if status is not None:
            body += b"1409=%d\x01" % status
    return body


def refusal(message: FixMessage, refused: LogonRefused, rules: FixRules, now: int) -> bytes:
    """
    A Logout that says why a Logon is refused, under the number 1; b"" where it cannot be told.

    :param rules: those of the endpoint.
    """
    fields = message.fields
    sender, version = fields.get(b"49", b""), SESSION_VERSIONS.get(fields.get(b"8", b""))
    if not sender or version is None:
        return b""
    header = FixHeader(replace(rules, begin_string=fields[b"8"].decode()))
    header.address(sender)
    return header.build(b"5", 1, now, b"", refusal_body(refused, version))


def refusal_body(refused: LogonRefused, version: SessionVersion) -> bytes:
    """The body of a Logout that says why a Logon is refused."""
    body = b"58=%b\x01" % str(refused).encode("utf-8", "replace")
    if refused.status and version.appl_ver_id:
        body += b"1409=%d\x01" % refused.status
    return body
