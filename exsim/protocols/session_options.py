"""
Keys that the sessions of any protocol may have: when they may be logged on, and how much they send.

Which values go together is checked by :func:`schedule_of`; each alone by its option's parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from exsim.model.options import (
    Option,
    boolean,
    choice,
    duration,
    integer,
    optional,
    text,
    words,
)
from exsim.model.settings import Values
from exsim.sessions.schedule import EVERY_DAY, Schedule
from exsim.sessions.throttle import Throttle

REJECT: Final = "reject"
QUEUE: Final = "queue"
DISCONNECT: Final = "disconnect"

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_OF: Final = {
    **{weekday: number for number, weekday in enumerate(_WEEKDAYS)},
    **{weekday[:3]: number for number, weekday in enumerate(_WEEKDAYS)},
}
_SHORT: Final = ", ".join(weekday[:3] for weekday in _WEEKDAYS)
_TIME_OF_DAY: Final = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_NO_ZONES: Final = ("right/", "posix", "localtime")
"""What lies among the zones but is none, or not the same on every machine."""


def time_of_day(value: str) -> int:
    """``HH:MM`` or ``HH:MM:SS``, as seconds since midnight."""
    found = _TIME_OF_DAY.fullmatch(value)
    if found is None:
        raise ValueError(
            f"{value[:32]!r} is no time of day: give HH:MM or HH:MM:SS, from 00:00 to 23:59:59"
        )
    hours, minutes, seconds = found.groups(default="0")
    return int(hours) * 3_600 + int(minutes) * 60 + int(seconds)


def weekday(value: str) -> int:
    """A weekday by its English name or the first three letters of it, as a number; Monday is 0."""
    number = _WEEKDAY_OF.get(value.lower())
    if number is None:
        raise ValueError(f"{value[:32]!r} is no weekday: give one of {_SHORT}")
    return number


def weekdays(value: str) -> tuple[int, ...]:
    """Weekdays separated by commas or white space, in the order of the week; none is allowed."""
    return tuple(sorted({weekday(word) for word in words(value)}))


def time_zone(value: str) -> ZoneInfo:
    """A time zone by the name that the IANA database has for it."""
    if not value.startswith(_NO_ZONES):
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # told below, with what may have been meant
    raise ValueError(no_zone(value, available_timezones()))


def no_zone(value: str, known: Collection[str]) -> str:
    """What to say of a name that is none of the known time zones."""
    if not known:
        return "this machine has no time zones: install the Python package tzdata"
    names = {name.lower(): name for name in sorted(known)}
    names |= {name.rpartition("/")[2]: names[name] for name in names if "/" in name}
    close = get_close_matches(value[:64].lower().replace(" ", "_"), names, n=1)
    hint = f"did you mean {names[close[0]]!r}?" if close else "give one such as Europe/London"
    return f"{value[:64]!r} is no time zone of the IANA database: {hint}"


def _interval(value: str) -> int:
    nanoseconds = duration(value)
    if nanoseconds == 0:
        raise ValueError(f"{value!r} is no time at all: give one such as 1s")
    return nanoseconds


SCHEDULE: Final = (
    Option(
        "start_time",
        optional(time_of_day),
        "",
        "When the session opens, HH:MM or HH:MM:SS in time_zone; it starts with new sequence"
        " numbers. Empty, as end_time: it is open always, and nothing is reset.",
    ),
    Option(
        "end_time",
        optional(time_of_day),
        "",
        "When it closes. Before start_time: on the next day. The same: it is open around the clock,"
        " and a new session begins at that time.",
    ),
    Option(
        "time_zone",
        time_zone,
        "UTC",
        "The time zone of start_time and end_time by its IANA name, such as America/New_York. A"
        " time that summer time skips happens as the clock jumps over it; of one that comes twice"
        " the first counts.",
    ),
    Option(
        "start_day",
        optional(weekday),
        "",
        "The weekday on which a weekly session opens, such as sun. Empty, as end_day: it is daily.",
    ),
    Option("end_day", optional(weekday), "", "The weekday on which a weekly session closes."),
    Option(
        "days",
        weekdays,
        "",
        "The weekdays on which a daily session opens, such as mon tue wed thu fri. Empty: all. One"
        " that goes past midnight belongs to the day on which it opens.",
    ),
)
"""Keys that say when a session may be logged on."""

THROTTLE: Final = (
    Option(
        "throttle_messages",
        integer(0, 1_000_000),
        "0",
        "How many messages of the application a session may send in any throttle_interval; 0 for"
        " any number. Heartbeats and other messages of the session itself do not count.",
    ),
    Option(
        "throttle_interval",
        _interval,
        "1s",
        "The time in which it may send that many.",
    ),
    Option(
        "throttle_action",
        choice(REJECT, QUEUE, DISCONNECT),
        REJECT,
        "What becomes of a message too many: it is rejected, it waits in a queue until there is"
        " room, or the session is disconnected.",
    ),
    Option(
        "throttle_queue",
        integer(1, 1_000_000),
        "1000",
        "How many messages may wait with throttle_action = queue; more are rejected.",
    ),
)
"""Keys that say how many messages a session may send."""


MARKET: Final = "market"

TIMING: Final = (
    Option(
        "session_clock",
        choice("real", MARKET),
        "real",
        "Whose time the session goes by, in heartbeats, test requests, time-outs, its schedule and"
        " SendingTime: the real one, or that of its venue's clock, so that a test which advances"
        " that ages a heartbeat without waiting. With market the SendingTime of what comes in is"
        " not checked, since a counterparty's clock is another one.",
    ),
)
"""Keys that say what time a session has."""

PARTICIPATION: Final = (
    Option("firm", text, "", "The firm that it is of, where an order's account does not say."),
    Option(
        "market_maker",
        boolean,
        "no",
        "Send it the QuoteRequests(R) of others, where its venue has rfq = makers.",
    ),
    Option(
        "receive_ioi",
        boolean,
        "no",
        "Send it the IOIs(6) of others, where its venue has ioi = route.",
    ),
    Option(
        "act_for",
        choice("own", "firm", "any"),
        "own",
        "Whose orders it may cancel, replace and ask for, by OrderID(37) or by naming a party: its"
        " own, those of its firm, or any; lists and quotes, too.",
    ),
    Option(
        "pending_reports",
        boolean,
        "no",
        "Tell first that an order is pending new, and that a cancel or replace is pending: before"
        " each is carried out, and while a policy holds or delays it.",
    ),
    Option(
        "cancel_on_disconnect",
        boolean,
        "no",
        "Cancel its open orders when its connection is lost.",
    ),
    Option("cancel_on_logout", boolean, "no", "Cancel its open orders when it logs out."),
    Option(
        "cancel_grace",
        duration,
        "0s",
        "How long either waits: a session that logs on again in this time keeps its orders.",
    ),
    Option(
        "report_fees",
        choice("no", "commission", "misc-fees"),
        "no",
        "Whether its fills tell what they cost: not, as Commission(12), or as MiscFeeAmt(137) in"
        " the group NoMiscFees(136).",
    ),
)
"""Keys that say what a session is at its venue."""

COPYING: Final = (
    Option(
        "copy_firms",
        words,
        "",
        "With role = drop-copy: only copies of reports to these firms; empty: to all.",
    ),
    Option("copy_accounts", words, "", "Likewise: only of orders for these accounts."),
    Option("copy_sessions", words, "", "Likewise: only of orders that these sessions entered."),
    Option(
        "copy_fills_only",
        boolean,
        "no",
        "Likewise: only of fills, and of fills that are canceled or corrected.",
    ),
    Option("copy_clients_only", boolean, "no", "Likewise: nothing of the orders of bots."),
    Option(
        "copy_trades",
        choice("", "also", "only"),
        "",
        "Likewise: whether fills are told as TradeCaptureReports, from FIX.4.3: besides copies of"
        " reports (also), in place of all these (only), or not (empty).",
    ),
)
"""Keys that say what a drop copy session is sent."""

CONFLATION: Final = (
    Option(
        "conflate",
        duration,
        "0s",
        "With role = market-data: the least time between updates of an instrument; what happens"
        " meanwhile is told as what it came to. 0s tells each change.",
    ),
    Option(
        "implied_prices",
        boolean,
        "no",
        "Likewise: whether implied prices are among those of a book by price, with QuoteCondition"
        "(276) K from FIX.5.0.",
    ),
)
"""Keys that say how a session that looks on is told."""

NEWS: Final = (
    Option(
        "news",
        choice("auto", "yes", "no"),
        "auto",
        "Whether it is told the news of its venue that are for all: auto is yes with role ="
        " market-data, and no otherwise.",
    ),
)
"""Keys that say who hears news."""


class Mismatch(ValueError):
    """Values that do not go together; ``key`` is the one to look at."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def schedule_of(values: Values) -> Schedule | None:
    """
    The schedule that the values of :data:`SCHEDULE` make, or None: open always, never reset.

    :raises Mismatch: where they do not go together.
    """
    start, end = values["start_time"], values["end_time"]
    start_day, end_day, days = values["start_day"], values["end_day"], values["days"]
    _both_or_neither("start_time", start, "end_time", end)
    _both_or_neither("start_day", start_day, "end_day", end_day)
    if start_day is not None and days:
        raise Mismatch(
            "days",
            "days are for a daily session, start_day and end_day for a weekly one: leave one empty",
        )
    if start is None:
        if start_day is not None or days:
            key = "days" if days else "start_day"
            raise Mismatch(key, f"{key} needs start_time and end_time")
        return None
    zone = values["time_zone"]
    if start_day is not None:
        return Schedule.weekly(zone, start_day, start, end_day, end)
    return Schedule.daily(zone, start, end, days or EVERY_DAY)


def throttle_of(values: Values) -> Throttle | None:
    """The throttle that the values of :data:`THROTTLE` make, or None for none."""
    messages = values["throttle_messages"]
    return Throttle(messages, values["throttle_interval"]) if messages else None


def _both_or_neither(first: str, one: object, second: str, other: object) -> None:
    if (one is None) != (other is None):
        given, missing = (second, first) if one is None else (first, second)
        raise Mismatch(given, f"{given} is given without {missing}: give both, or neither")
