"""What of a recorded message is of its day, and is another when it is played: names and times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from exsim.control.double_schemas import RecordedMessage

OWN_IDS: Final = frozenset(
    (
        *("11", "41", "526", "583", "66", "131", "644", "693", "1166", "584", "790", "568"),
        *("262", "320", "548", "551", "571", "572", "23", "26", "70", "923"),
    )
)
"""Fields of FIX with a name that its sender chose: ClOrdID, ListID, QuoteReqID, ..."""
_QUOTE_ID: Final = "117"
_QUOTES: Final = frozenset(("S", "i", "Z"))
"""Messages in which QuoteID is the sender's own name, and not one that it was told."""
_MOMENTS: Final = frozenset(("60", "62", "126", "168", "1724"))
"""TransactTime, ValidUntilTime, ExpireTime, EffectiveTime, ..."""
_DATES: Final = frozenset(("432", "64", "75", "1079"))
_MOMENT: Final = re.compile(r"(\d{8})-(\d\d):(\d\d):(\d\d)(\.\d{1,9})?")
_SENDING_TIME: Final = "52"
_ORDER_ID: Final = "37"
_CL_ORD_ID: Final = "11"


class Restamping:
    """
    Says what a recorded message of FIX is when it is played.

    :param mark: what names get at their end; empty: they stay as they were.
    :param times: whether times are moved by as much as the message is.
    :param recorded: the whole recording, which tells whose order an OrderID was.
    """

    def __init__(self, mark: str, times: bool, recorded: Iterable[RecordedMessage]) -> None:
        self._mark = mark
        self._times = times
        self._names: dict[str, str] = {}  # ClOrdID by the OrderID of then
        for message in recorded:
            if message.direction == "out":
                found = by_tag(message)
                if _ORDER_ID in found and _CL_ORD_ID in found:
                    self._names.setdefault(found[_ORDER_ID], found[_CL_ORD_ID])

    def fields(
        self, message: RecordedMessage, order_ids: Mapping[str, str], now: int
    ) -> list[tuple[str, str]]:
        """
        The fields of a message that is sent at ``now``, nanoseconds since 1970 UTC; ``order_ids``
        are those of today by ClOrdID.
        """
        by = self._moved(message, now) if self._times else None
        return [
            (field.tag, self._value(message.type, field.tag, field.value, order_ids, by))
            for field in message.fields
        ]

    def _value(
        self, kind: str, tag: str, value: str, order_ids: Mapping[str, str], by: timedelta | None
    ) -> str:
        if tag in OWN_IDS or (tag == _QUOTE_ID and kind in _QUOTES):
            return self._named(value)
        if tag == _ORDER_ID:
            return order_ids.get(self._named(self._names.get(value, "")), value)
        if by is not None and tag in _MOMENTS:
            return moved(value, by)
        if by is not None and tag in _DATES:
            return moved_date(value, by)
        return value

    def _named(self, name: str) -> str:
        return f"{name}{self._mark}" if name and name != "NONE" else name

    def _moved(self, message: RecordedMessage, now: int) -> timedelta | None:
        """How much later it is than it was then; None where nobody knows."""
        then = moment(by_tag(message).get(_SENDING_TIME, ""))
        if then is None:
            return None
        return datetime.fromtimestamp(now // 10**9, UTC) - then.replace(microsecond=0)


def by_tag(message: RecordedMessage) -> dict[str, str]:
    """The first value of each field."""
    found: dict[str, str] = {}
    for field in message.fields:
        found.setdefault(field.tag, field.value)
    return found


def moment(text: str) -> datetime | None:
    """A UTCTimestamp, to the microsecond; None where it is none."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        whole = datetime.strptime(text[:17], "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return whole.replace(microsecond=int((found[5] or ".0")[1:7].ljust(6, "0")))


def moved(text: str, by: timedelta) -> str:
    """A UTCTimestamp so much later, with as many digits; what is none stays as it is."""
    then = moment(text)
    if then is None:
        return text
    return f"{then + by:%Y%m%d-%H:%M:%S}{text[17:]}"


def moved_date(text: str, by: timedelta) -> str:
    """A date so many whole days later, to the nearest; what is none stays as it is."""
    if len(text) != 8 or not text.isdigit():
        return text
    try:
        then = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return text
    return f"{then + timedelta(days=round(by / timedelta(days=1))):%Y%m%d}"
