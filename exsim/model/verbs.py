"""
The verbs: what can be done about a request or an order, whoever does it.

One table for holds, live orders, rules, behaviours, scripts and races. What each does is in
:mod:`exsim.dispatch.verbs`; here is what it is called, what it takes, and what it can be done to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REQUEST: Final = "request"
"""Done about a request that nobody has decided."""
ORDER: Final = "order"
"""Done to an order; a new order that nobody has answered is accepted first."""
EITHER: Final = "either"
"""Done about both: a request that is undecided, or an order that is live."""
PLAY: Final = "play"
"""For rules only: not done by itself."""

NEW: Final = "new"
CANCEL: Final = "cancel"
REPLACE: Final = "replace"

TOLD: Final = ("report_id", "status", "cum", "leaves", "average")
"""What a report may say instead, with ``force``: ExecID, OrdStatus by name, amounts."""
AMOUNTS: Final = ("price", "cum", "leaves", "average")
"""Parameters that are exact decimals; ``quantity`` may also be a share, or ``rest``."""


@dataclass(frozen=True, slots=True)
class Verb:
    """
    One verb. ``takes`` are its parameters, in the order in which the short form has them.

    ``about`` is one of the words above; ``reports`` that it tells of an order by a report, so that
    it takes :data:`TOLD`, too. ``kinds`` are those of request that it can be done about; empty for
    all.
    """

    name: str
    about: str
    takes: tuple[str, ...]
    summary: str
    reports: bool = False
    kinds: tuple[str, ...] = ()


_CHANGES: Final = (NEW, CANCEL, REPLACE)

VERBS: Final = {
    verb.name: verb
    for verb in (
        Verb("release", REQUEST, (), "Let the request go on with the next policy"),
        Verb("match", EITHER, (), "Give it to the matching engine, past all policies"),
        Verb(
            "ack", REQUEST, (), "Do what the request asks for; a new order rests off the book", True
        ),
        Verb("pending", REQUEST, (), "Tell that the request is pending", True, _CHANGES),
        Verb(
            "fill", ORDER, ("quantity", "price"), "Fill the order, in full or in part", True, (NEW,)
        ),
        Verb("reject", REQUEST, ("reason", "text"), "Refuse the request", True),
        Verb("cancel", ORDER, ("text",), "Cancel what is left of the order, unasked", True, (NEW,)),
        Verb("expire", ORDER, (), "End the order as if its time were over", True, (NEW,)),
        Verb(
            "restate",
            ORDER,
            ("quantity", "price", "text"),
            "Put the order on other terms, unasked",
            True,
            (NEW,),
        ),
        Verb("bust", ORDER, ("exec_id", "text"), "Cancel a fill: it never was", True, (NEW,)),
        Verb(
            "correct",
            ORDER,
            ("exec_id", "quantity", "price", "text"),
            "Correct the quantity or the price of a fill",
            True,
            (NEW,),
        ),
        Verb("stop", ORDER, ("quantity", "price"), "Guarantee the order a price", True, (NEW,)),
        Verb(
            "suspend", ORDER, (), "Take the order out of the market without ending it", True, (NEW,)
        ),
        Verb("resume", ORDER, (), "Put the order back that was suspended or marked", True, (NEW,)),
        Verb("calculate", ORDER, (), "Tell that the order is calculated", True, (NEW,)),
        Verb("done-for-day", ORDER, (), "Tell that nothing more is done today", True, (NEW,)),
        Verb("hold", PLAY, (), "Keep the request until a person or a test decides"),
        Verb("drop", REQUEST, (), "Forget the request: its sender hears nothing"),
        Verb("reply", EITHER, ("fields",), "Answer with a message of these fields"),
        Verb("raw", EITHER, ("data",), "Answer with these bytes, as they are"),
        Verb("fault", PLAY, ("kind", "parameters"), "Have a message suffer a fault on its way"),
        Verb("logout", PLAY, ("text",), "Log the session out"),
        Verb("disconnect", PLAY, (), "Close the connection of the session"),
        Verb("phase", PLAY, ("phase",), "Have a phase of the market begin"),
        Verb("webhook", PLAY, ("url", "timeout", "on_error"), "Ask an HTTP endpoint for steps"),
        Verb("after", PLAY, ("time", "clock"), "Go on after a time"),
    )
}
"""By name."""

ENDS: Final = frozenset({"hold"})
"""Verbs that nothing can follow."""
WATCHERS: Final = frozenset(
    {"fault", "logout", "disconnect", "phase", "reply", "raw", "webhook", "after"}
)
"""Verbs, besides those to orders, of rules about messages sent, session messages and events."""
FLAGS: Final = ("force", "silent", "late")
"""
``force``: the message is sent, and state is not touched. ``silent``: the other way round.
``late``: a fill of an order that was canceled or has expired, since it traded before that.
"""


def parameters(verb: Verb) -> tuple[str, ...]:
    """All parameters that a verb takes."""
    return (*verb.takes, *TOLD) if verb.reports else verb.takes
