"""What tests give, as operations of the simulator take it: matches, times, names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from exsim.filters import FilterError, from_match

BOTH_WAYS: Final = frozenset(
    (
        *("0", "1", "2", "3", "4", "5", "A", "Heartbeat", "TestRequest", "ResendRequest"),
        *("Reject", "SequenceReset", "Logout", "Logon"),
    )
)
"""Types that either side may send: of these a check means what the exchange received."""

Span = str | int | float | timedelta
"""A time span: ``"250ms"``, ``"5m"``, a timedelta, or seconds."""


def wanted(kind: str, session: Any, match: Mapping[str, Any], received: bool = False) -> str:
    """
    The filter of a type (``D``, ``NewOrderSingle``), or of text in the filter language, a session
    and a match.

    :param received: whether, of a type that goes both ways, only what the exchange got is meant.
    :raises exsim.filters.FilterError: saying what is wrong with it.
    """
    whole = matched(kind, match)
    if session is not None:
        whole["session"] = str(session)
    if received and kind in BOTH_WAYS and not {"dir", "direction"} & whole.keys():
        whole["dir"] = "in"
    return str(from_match(whole))


def matched(kind: str, match: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a mapping."""
    whole: dict[str, Any] = {}
    if kind and all(char.isalnum() or char == "_" for char in kind):
        whole["type"] = kind
    elif kind:
        if "filter" in match:
            raise FilterError("give the text of a filter once")
        whole["filter"] = kind
    whole.update(match)
    return whole


def span(value: Span) -> str:
    """
    A time span as text.

    :raises ValueError: when it is negative.
    """
    if isinstance(value, str):
        return value
    seconds = Decimal(str(value.total_seconds() if isinstance(value, timedelta) else value))
    if seconds < 0:
        raise ValueError(f"{value!r} is negative, and time does not go back")
    whole = round(seconds * 1000)
    return f"{whole // 1000}s" if whole % 1000 == 0 else f"{whole // 1000}.{whole % 1000:03}s"
