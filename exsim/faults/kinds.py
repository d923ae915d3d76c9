"""
The kinds of faults: a table, of which the documentation and the list over REST are made.

What each does to a message is in :mod:`exsim.faults.acts`, what needs to know the protocol's bytes
in a surgery such as :mod:`exsim.faults.fix`, and what the outcome of orders is in
:mod:`exsim.faults.orders`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from exsim.faults.values import (
    character,
    either,
    fields,
    interval,
    place,
    price,
    raw_bytes,
    size,
)
from exsim.model.options import Option, boolean, choice, duration, integer, text
from exsim.model.settings import DROP_COPY, MARKET_DATA

GENERAL: Final = "general"
BYTE: Final = "byte"
FRAME: Final = "frame"
SESSION: Final = "session"
ORDER: Final = "order"
DATA: Final = "data"
LEVELS: Final = (GENERAL, BYTE, FRAME, SESSION, ORDER, DATA)
"""
What a fault is in: any message, the stream, one message's bytes, the session, the orders, or what
is told to those who look on.
"""

IN: Final = "in"
OUT: Final = "out"
BOTH: Final = (OUT, IN)
HOLD: Final = "hold"
"""The kind that only proxies have."""
NO_HOLD: Final = "only proxies hold messages: name one as the endpoint, proxy:NAME"
"""Why nothing else has it."""
PROXY: Final = "proxy:"
"""What the name of a proxy begins with where names of endpoints can be given, too."""


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind: ``directions`` are those that it can have, the first by default; ``options`` are its
    own parameters. ``match`` is the filter that the requests of a kind of orders fit whatever else
    is asked for; which messages a kind of the session is of, and whether a protocol has any, is up
    to the protocol's surgery. ``roles`` are those of the endpoints that can have it, none for all.
    ``lacks`` are the protocols of order entry that cannot have a kind of
    orders, and why.
    """

    name: str
    level: str
    summary: str
    directions: tuple[str, ...] = (OUT,)
    options: tuple[Option, ...] = ()
    match: str = ""
    lacks: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()


def _data(name: str, summary: str, *options: Option, role: str = MARKET_DATA) -> Kind:
    """A kind of what is told to those who look on."""
    return Kind(name, DATA, summary, options=options, roles=(role,))


_HOW_LONG: Final = Option("time", duration, "100ms", "How long it is held up.")
_WITHIN: Final = Option("within", duration, "5s", "How long it waits for others at most.")
_WHERE_CUT: Final = "How many bytes of the message still go: a number, all, or half."

KINDS: Final[tuple[Kind, ...]] = (
    # -- any message
    Kind(
        "drop",
        GENERAL,
        "The message is lost on its way; its number is used up. Who reads SoupBinTCP sees no gap,"
        " and counts wrong from there on.",
        BOTH,
    ),
    Kind(
        "ignore",
        GENERAL,
        "The message is received and counted, and nothing comes of it.",
        (IN,),
    ),
    Kind(
        "delay",
        GENERAL,
        "The message is held up, and others overtake it.",
        BOTH,
        (
            Option("time", duration, "1s", "How long it is held up, by the session's clock."),
            Option("jitter", duration, "0s", "Up to so much longer, by chance."),
        ),
    ),
    Kind(
        "duplicate",
        GENERAL,
        "The message comes again with the same number, without PossDupFlag. Who reads SoupBinTCP"
        " counts it as another message.",
        BOTH,
        (
            Option("copies", integer(1, 1000), "1", "How often it comes again."),
            Option("poss_dup", boolean, "no", "Mark the copies as possible duplicates (FIX)."),
        ),
    ),
    Kind(
        "change",
        GENERAL,
        "Fields of the message are changed, added or taken away; length and checksum are right.",
        BOTH,
        (
            Option(
                "fields",
                fields,
                None,
                "Tags or names, and values, such as 44=10.05|58= (which takes 58 away).",
            ),
        ),
    ),
    Kind(
        "insert",
        GENERAL,
        "Other bytes are sent before, after or instead of the message, as they are.",
        (OUT,),
        (
            Option("raw", raw_bytes, None, "The bytes: | is SOH, \\xNN any byte."),
            Option("where", choice("before", "after", "instead"), "after", "Where they go."),
        ),
    ),
    Kind(HOLD, GENERAL, "The message waits at a proxy until somebody decides about it.", BOTH),
    # -- the stream of bytes
    Kind("latency", BYTE, "The message, and all behind it, is late.", BOTH, (_HOW_LONG,)),
    Kind(
        "jitter",
        BYTE,
        "The message, and all behind it, is late by chance.",
        BOTH,
        (Option("time", duration, "100ms", "How late it is at most."),),
    ),
    Kind(
        "bandwidth",
        BYTE,
        "The message, and all behind it, goes no faster than a slow line.",
        BOTH,
        (Option("rate", integer(1, 10**12), "1000", "Bytes a second."),),
    ),
    Kind(
        "slicer",
        BYTE,
        "The message is written in slices, each a segment of its own.",
        (OUT,),
        (
            Option("size", size(1), "1", "Bytes a slice."),
            Option("gap", duration, "1ms", "Time between two slices, by the real clock."),
        ),
    ),
    Kind(
        "cut",
        BYTE,
        "The connection is closed in the middle of the message.",
        (OUT,),
        (Option("at", place, "half", _WHERE_CUT),),
    ),
    Kind(
        "reset",
        BYTE,
        "The connection is reset (RST) after the message; one received does nothing.",
        BOTH,
        (Option("at", place, "all", _WHERE_CUT),),
    ),
    Kind(
        "black-hole",
        BYTE,
        "From the message on nothing gets through, while the connection stays.",
        BOTH,
        (Option("ways", choice("both", "in", "out"), "both", "Which directions are dead."),),
    ),
    Kind(
        "half-close",
        BYTE,
        "After the message our side of the connection is shut down, and we go on reading.",
        BOTH,
    ),
    # -- the bytes of one message
    Kind("bad-checksum", FRAME, "CheckSum(10) is wrong."),
    Kind(
        "wrong-body-length",
        FRAME,
        "BodyLength(9) is wrong, and CheckSum fits it; or the length of a packet is wrong.",
        options=(Option("by", integer(-100_000, 100_000), "1", "How much it is too high."),),
    ),
    Kind(
        "missing-soh",
        FRAME,
        "A field has no SOH at its end.",
        options=(Option("tag", integer(1, 10**9), "10", "The field: by default the last one."),),
    ),
    Kind(
        "join",
        FRAME,
        "The message waits for the next one, and both go in one segment.",
        options=(
            Option("count", integer(1, 1000), "1", "For how many messages it waits."),
            _WITHIN,
        ),
    ),
    Kind(
        "garbage",
        FRAME,
        "Bytes that are no message are sent before it.",
        options=(
            Option("size", size(1, 65_536), "16", "How many."),
            Option("raw", either("random", raw_bytes), "random", "They, or random: by chance."),
        ),
    ),
    Kind(
        "oversize-field",
        FRAME,
        "A field is very long; length and checksum are right.",
        options=(
            Option("tag", integer(1, 10**9), "58", "The field, which is added if it is not there."),
            Option("size", size(1), "100000", "Bytes of its value."),
        ),
    ),
    Kind(
        "unknown-type",
        FRAME,
        "A packet has a type that there is not.",
        options=(Option("type", character, "?", "The type, one character."),),
    ),
    Kind(
        "oversize-packet",
        FRAME,
        "A packet is longer than its message; its length is right.",
        options=(Option("size", size(1, 65_534), "65534", "Bytes more, as far as there is room."),),
    ),
    # -- the session
    Kind(
        "skip-number",
        SESSION,
        "Sequence numbers are left out before the message.",
        options=(Option("by", integer(1, 10**6), "1", "How many."),),
    ),
    Kind(
        "low-number",
        SESSION,
        "MsgSeqNum is too low, without PossDupFlag.",
        options=(Option("by", integer(1, 10**9), "1", "How much."),),
    ),
    Kind(
        "reorder",
        SESSION,
        "The message goes only after others that come later.",
        options=(
            Option("count", integer(1, 1000), "1", "How many overtake it."),
            _WITHIN,
        ),
    ),
    Kind(
        "ignore-resend-request",
        SESSION,
        "A ResendRequest is received and counted, and not answered.",
        (IN,),
    ),
    Kind(
        "wrong-gap-fill",
        SESSION,
        "NewSeqNo of a gap fill is wrong.",
        options=(
            Option("by", integer(-(10**6), 10**6), "1", "How much it is too high; -1: too low."),
        ),
    ),
    Kind(
        "stop-heartbeats",
        SESSION,
        "Heartbeats are not sent; those that answer a TestRequest are.",
    ),
    Kind(
        "wrong-sequence",
        SESSION,
        "A login is accepted with another number than that of the message that comes next.",
        options=(
            Option("by", integer(-(10**9), 10**9), "1", "How much it is too high; -1: too low."),
        ),
    ),
    Kind(
        "ignore-test-request",
        SESSION,
        "A TestRequest is received and counted, and not answered.",
        (IN,),
    ),
    Kind(
        "refuse-logon",
        SESSION,
        "A logon is refused, and the connection closed.",
        (IN,),
        (
            Option("text", text, "not now", "Text of the Logout that says so; else for our log."),
            Option("silent", boolean, "no", "Close without a word."),
            Option(
                "code",
                choice("A", "S"),
                "A",
                "The reason of a Login Rejected: A (not authorised) or S (no such session).",
            ),
        ),
    ),
    Kind(
        "logout",
        SESSION,
        "A Logout, or End of Session, is sent after the message; one received does nothing.",
        BOTH,
        (Option("text", text, "go away", "Its text; an End of Session has none."),),
    ),
    Kind(
        "stale-sending-time",
        SESSION,
        "SendingTime is too old.",
        options=(Option("by", duration, "5m", "How much."),),
    ),
    # -- market data, and drop copies
    _data(
        "data-gap",
        "An update is not told; session numbers are right, those of the feed have a gap.",
    ),
    _data(
        "crossed-book",
        "A price is told that crosses the other side of the book, or locks it.",
        Option("by", price, "0.01", "How far it crosses the best price there."),
        Option("locked", boolean, "no", "The best price itself: the book is locked."),
    ),
    _data(
        "stale",
        "What is told of the market is old: it comes late, while the session goes on.",
        Option("time", duration, "5s", "How old it is."),
    ),
    _data(
        "late-snapshot",
        "A snapshot comes late; updates are told before it.",
        Option("time", duration, "5s", "How late it is."),
    ),
    _data(
        "conflate",
        "Updates wait for the end of an interval, and only what they came to is told.",
        Option("time", interval, "1s", "The interval, by the session's clock."),
    ),
    _data(
        "halt",
        "A halt is told with what is told of an instrument, which trades on.",
    ),
    _data(
        "copy-lag",
        "A copy comes late.",
        Option("time", duration, "5s", "How late it is."),
        role=DROP_COPY,
    ),
    _data("missing-trade", "The copy of a fill is not sent; no number is missing.", role=DROP_COPY),
)
"""All kinds but those of orders, which :mod:`exsim.faults.orders` has, by level."""
