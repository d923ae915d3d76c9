"""The keys of ``[venue:NAME]`` that are about its trading day and its clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from exsim.dispatch.phases import changed, phase_of
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.options import (
    Option,
    boolean,
    choice,
    duration,
    integer,
    optional,
    text,
)
from exsim.protocols.session_options import time_of_day, time_zone, weekdays

_SECOND: Final = 1_000_000_000


def phase(value: str) -> str:
    """The name of a phase."""
    return phase_of(value).value


def schedule(value: str) -> tuple[tuple[int, str], ...]:
    """``08:00 pre-open, 09:00 opening-auction, ...``: seconds of the day and phases, in order."""
    entries: list[tuple[int, str]] = []
    for part in value.split(","):
        words = part.split()
        if not words:
            continue
        if len(words) != 2:
            raise ValueError(f"{part.strip()[:64]!r}: give a time and a phase, as 09:00 continuous")
        second = time_of_day(words[0])
        if entries and second <= entries[-1][0]:
            raise ValueError(f"{words[0]} does not come after the time before it")
        entries.append((second, phase(words[1])))
    return tuple(entries)


def zone_name(value: str) -> str:
    """The name of a time zone, or nothing."""
    return time_zone(value).key if value else ""


def phase_rules(value: str) -> tuple[tuple[str, str], ...]:
    """``halt: no-cancel; pre-open: -market/* +limit/gtc``: phases, and words of what they do."""
    pairs: list[tuple[str, str]] = []
    name = ""
    for word in value.replace(";", " ").split():
        if word[-1:] == ":":
            name = phase(word[:-1])
        elif name:
            pairs.append((name, word))
        else:
            raise ValueError(f"{word[:64]!r}: give a phase, a colon, and what it is to do")
    changed(pairs)
    return tuple(pairs)


def percent(value: str) -> int:
    """A percentage, with or without its sign, in units of 10^-8; 0 is none."""
    result = parse_amount(value.removesuffix("%").strip())
    if result < 0:
        raise ValueError(f"{value} is below 0")
    return result


def scale(value: str) -> int:
    """How fast a clock goes, from 0.1 to 1000, in units of 10^-8."""
    result = parse_amount(value)
    if not UNIT // 10 <= result <= 1000 * UNIT:
        raise ValueError(f"{value} is not from 0.1 to 1000")
    return result


def moment(value: str) -> int:
    """``2026-01-05T09:00:00Z`` in UTC, as nanoseconds since 1970."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:64]!r} is no time such as 2026-01-05T09:00:00Z") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    since = found - datetime(1970, 1, 1, tzinfo=UTC)
    result = (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds * 1_000
    if result < 0:
        raise ValueError(f"{value} is before 1970")
    return result


DAY: Final = (
    Option(
        "phase",
        phase,
        "continuous",
        "The phase that the market is in where it has no schedule, until REST has another:"
        " start-of-day, pre-open, opening-auction, continuous, intraday-auction,"
        " volatility-auction, halt, closing-auction, trade-at-close or closed.",
    ),
    Option(
        "schedule",
        schedule,
        "",
        "When each phase begins, in time_zone, in order: 08:00 pre-open, 09:00 opening-auction,"
        " 09:05 continuous, 17:30 closing-auction, 17:35 closed. Empty: nothing changes by itself.",
    ),
    Option(
        "time_zone",
        zone_name,
        "",
        "The time zone of schedule and of the venue's days by its IANA name, such as Europe/London."
        " Empty: that of the calendar, or UTC.",
    ),
    Option(
        "days",
        weekdays,
        "",
        "The weekdays with trading, such as mon tue wed thu fri. Empty: all, or what the calendar"
        " has.",
    ),
    Option(
        "calendar",
        text,
        "",
        "The trading days and early closes of an exchange by its MIC, such as XNYS: it needs the"
        " Python package exchange-calendars (pip install exsim[calendars]). Empty: no holidays.",
    ),
    Option(
        "phase_rules",
        phase_rules,
        "",
        "What phases take other than by default, such as halt: no-cancel; pre-open: -market/*"
        " +limit/gtc. See docs/trading-day.rst.",
    ),
    Option(
        "clock",
        choice("real", "scaled", "manual"),
        "real",
        "How the market's time goes: as the real one, clock_scale times as fast, or as it is told"
        " to over REST.",
    ),
    Option(
        "clock_scale",
        scale,
        "1",
        "How many times as fast as the real time the market's goes, with clock = scaled: from 0.1"
        " to 1000.",
    ),
    Option(
        "clock_start",
        optional(moment),
        "",
        "The market's time at the start, such as 2026-01-05T08:00:00Z, with clock = scaled or"
        " manual. Empty: the real time then.",
    ),
    Option(
        "auction_random_end",
        duration,
        "0s",
        "An auction of the schedule ends up to so much later, at random by the seed.",
    ),
    Option(
        "auction_extension",
        duration,
        "0s",
        "For how long an auction is extended whose price or imbalance is beyond the next two keys;"
        " 0s for never.",
    ),
    Option("auction_extensions", integer(1, 100), "1", "How often an auction is extended at most."),
    Option(
        "extension_price",
        percent,
        "0%",
        "An auction is extended where its price is farther from the reference; 0% for never.",
    ),
    Option(
        "extension_imbalance",
        percent,
        "0%",
        "An auction is extended where more than this part of its volume would be left unmatched on"
        " one side at its price; 0% for never.",
    ),
    Option(
        "volatility_band",
        percent,
        "0%",
        "An order that would trade farther from the last price brings a volatility auction"
        " about; 0% for never.",
    ),
    Option("volatility_time", duration, "2m", "How long a volatility auction goes on."),
    Option(
        "gtc_restate",
        boolean,
        "no",
        "Whether a day begins with a restatement of each order carried over.",
    ),
    Option(
        "done_for_day",
        boolean,
        "no",
        "Whether a day ends with a done-for-day report of each order carried over.",
    ),
)
"""The names are those of :class:`exsim.model.settings.DaySettings`."""
