"""Whether a message of a FIX session is fit to act: its header, times and numbers."""

from __future__ import annotations

from typing import Final

from exsim.sessions.fix_session import Fault, FixSession
from exsim.wire.fix import FixMessage, parse_utc_timestamp
from exsim.wire.fix_reasons import (
    COMP_ID_PROBLEM,
    INCORRECT_FORMAT,
    REQUIRED_TAG_MISSING,
    SENDING_TIME_PROBLEM,
    TAG_WITHOUT_VALUE,
)

_SECOND: Final = 1_000_000_000
_POINT: Final = ord(".")


class HeaderCheck:
    """Checks the CompIDs and the SendingTime of every message that a session receives."""

    __slots__ = ("_comp_ids", "_from", "_ids", "_latency", "_ours", "_second", "_theirs", "_to")

    def __init__(self, session: FixSession) -> None:
        self._ours = session.header.ours
        self._theirs = session.header.theirs
        rules = session.rules
        self._comp_ids = rules.check_comp_id
        self._ids = (*rules.sender_ids, *rules.target_ids) if rules.check_comp_id else ()
        self._latency = rules.max_latency
        # The last SendingTime met, cut to the second, and from when to when it is close enough
        # with any fraction.
        self._second = b""
        self._from = 0
        self._to = 0

    def fault(self, message: FixMessage, now: int) -> Fault | None:
        """What is wrong with the header, or None."""
        fields = message.fields
        if fields.get(b"49") == self._theirs and fields.get(b"56") == self._ours and not self._ids:
            time = fields.get(b"52", b"")
            if time[:17] == self._second and self._from <= now <= self._to:
                if len(time) == 17:
                    return None
                if len(time) == 21 and time[17] == _POINT and time[18:].isdigit():
                    return None
        return self._look(message, now)

    def _look(self, message: FixMessage, now: int) -> Fault | None:
        fields = message.fields
        fault = (
            value_fault(message, b"49")
            or value_fault(message, b"56")
            or value_fault(message, b"52")
            or self._time_fault(fields[b"52"], now)
        )
        if fault is not None:
            return fault
        if self._comp_ids and (fields[b"49"] != self._theirs or fields[b"56"] != self._ours):
            return Fault(COMP_ID_PROBLEM, logout=True)
        for tag, value in self._ids:
            if fields.get(tag) != value:
                return Fault(COMP_ID_PROBLEM, tag, logout=True)
        return None

    def _time_fault(self, value: bytes, now: int) -> Fault | None:
        try:
            sent = parse_utc_timestamp(value)
        except ValueError:
            return Fault(INCORRECT_FORMAT, b"52")
        latency = self._latency
        if not latency:
            return None
        if abs(now - sent) > latency:
            return Fault(SENDING_TIME_PROBLEM, logout=True)
        self._second = value[:17]
        self._to = sent - sent % _SECOND + latency
        self._from = self._to + _SECOND - 2 * latency
        return None


def is_poss_dup(message: FixMessage) -> bool:
    """PossDupFlag(43): the message may have been sent before under the same number."""
    return message.fields.get(b"43") == b"Y"


def orig_time_fault(message: FixMessage) -> Fault | None:
    """
    What is wrong with OrigSendingTime(122) of a possible duplicate, or None.

    It must be there, and not be later than SendingTime(52).
    """
    original = message.fields.get(b"122")
    if original is None:
        return Fault(REQUIRED_TAG_MISSING, b"122")
    try:
        late = parse_utc_timestamp(original) > parse_utc_timestamp(message.fields[b"52"])
    except ValueError:
        return Fault(INCORRECT_FORMAT, b"122")
    return Fault(SENDING_TIME_PROBLEM, logout=True) if late else None


def value_fault(message: FixMessage, tag: bytes) -> Fault | None:
    """Why a field that is needed has no value, or None when it has one."""
    value = message.fields.get(tag)
    if value is None:
        return Fault(REQUIRED_TAG_MISSING, tag)
    return None if value else Fault(TAG_WITHOUT_VALUE, tag)


def number_fault(message: FixMessage, tag: bytes) -> Fault | None:
    """Why there is no sequence number in a field, or None when there is one."""
    fault = value_fault(message, tag)
    if fault is None:
        value = message.fields[tag]
        if not value.isdigit() or len(value) > 18:
            return Fault(INCORRECT_FORMAT, tag)
    return fault
