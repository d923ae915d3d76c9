"""The keys of ``[venue:NAME]`` that are about quotes, requests for quotes and indications."""

from __future__ import annotations

from typing import Final

from exsim.config.market_values import band
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.options import Option, amount, choice, duration, integer
from exsim.model.participants import Band

SHORTEST: Final = 1_000_000


def spread(value: str) -> Band:
    """A distance between bid and offer: so much, or so many percent of the price."""
    found = band(value)
    if found is None:
        raise ValueError("nothing is given: say 0.02, or 0.1%")
    return found


def some_time(value: str) -> int:
    """A time that is not so short that nothing happens in it."""
    time = duration(value)
    if time < SHORTEST:
        raise ValueError(f"{value!r} is too short: give 1ms or more")
    return time


def chance(value: str) -> int:
    """A percentage such as 90%, or a part of 1, as units of 10^-8."""
    try:
        part = parse_amount(value.removesuffix("%").strip())
    except ValueError:
        part = -1
    part = part // 100 if value.endswith("%") and part > 0 else part
    if not 0 <= part <= UNIT:
        raise ValueError(f"{value!r} is no chance such as 90% or 0.9")
    return part


def last_look(value: str) -> tuple[int, int]:
    """``100ms, 90%``: how long, and the chance that it trades; either may be left out."""
    words = [word.strip() for word in value.split(",")]
    if len(words) > 2 or not all(words):
        raise ValueError(f"{value!r}: give a time and a chance, as 100ms, 90%")
    if len(words) == 2:
        return duration(words[0]), chance(words[1])
    only = words[0]
    return (0, chance(only)) if only.endswith("%") else (duration(only), UNIT)


QUOTES: Final = (
    Option(
        "quotes",
        choice("accept", "refuse"),
        "accept",
        "Quote(S) and MassQuote(i): accept, they rest in the book as a bid and an offer; refuse.",
    ),
    Option(
        "quote_acks",
        choice("all", "negative", "none"),
        "all",
        "Which quotes are acknowledged that have no QuoteResponseLevel(301) of their own.",
    ),
    Option(
        "mmp_fills",
        integer(0, 1_000_000),
        "0",
        "Market maker protection: the most fills of a session's quotes within mmp_time. With one"
        " more they are pulled, and new ones are refused until it is reset. 0 for any.",
    ),
    Option("mmp_quantity", amount(0), "0", "The same for the quantity that is filled."),
    Option("mmp_delta", amount(0), "0", "The same for what is bought less what is sold."),
    Option("mmp_time", some_time, "1s", "The time in which fills count together, by market time."),
    Option(
        "mmp_by",
        choice("underlying", "session"),
        "underlying",
        "What counts together, and is pulled: a session's quotes in one underlying (an instrument"
        " that has none is its own), or all of a session's.",
    ),
    Option(
        "rfq",
        choice("none", "price", "makers"),
        "none",
        "Who answers a QuoteRequest(R): nobody; the venue, by the price of its source; the sessions"
        " with market_maker = yes that are logged on.",
    ),
    Option("rfq_spread", spread, "0.02", "How far bid and offer of the venue are from each other."),
    Option(
        "rfq_size", amount(1), "100", "What the venue quotes for where no quantity is asked for."
    ),
    Option("rfq_valid", some_time, "5s", "How long a quote is good that does not say so itself."),
    Option(
        "rfq_interval",
        some_time,
        "1s",
        "How often the venue quotes in a stream: for a request with QuoteRequestType(303) 2.",
    ),
    Option(
        "rfq_time",
        some_time,
        "60s",
        "How long a request lasts: a stream, and the wait for market makers. ExpireTime(126) may"
        " end it before.",
    ),
    Option(
        "last_look",
        last_look,
        "100%",
        "How long an order on a quote is looked at before it trades, and the chance that it does:"
        " 100ms, 90%.",
    ),
    Option(
        "ioi",
        choice("refuse", "accept", "route"),
        "refuse",
        "An IOI(6) is refused; accepted, and no more; or sent on to the other sessions with"
        " receive_ioi = yes.",
    ),
)
"""With :class:`exsim.model.quote_settings.QuoteSettings`."""
