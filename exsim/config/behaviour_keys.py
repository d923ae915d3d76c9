"""The keys of ``[behaviour:NAME]``: outcomes that an order chooses by itself."""

from __future__ import annotations

from typing import Final

from exsim.filters import parse
from exsim.model.options import REQUIRED, Option, text, words
from exsim.model.steps import Step, parse_steps


def filter_text(value: str) -> str:
    """A filter, as text; empty for none."""
    return str(parse(value)) if value else ""


def steps(value: str) -> tuple[Step, ...]:
    """Steps in one line; one at least."""
    found = parse_steps(value)
    if not found:
        raise ValueError("say what is done, such as reject, or ack; fill 50%; after 1s; cancel")
    return found


BEHAVIOUR: Final = (
    Option("summary", text, "", "What it does, in words, for who asks for the list of them."),
    Option("venue", text, "", "The venue that it is for; empty for all."),
    Option("symbols", words, "", "New orders in one of these symbols choose it."),
    Option(
        "prefixes",
        words,
        "",
        "New orders whose ClOrdID begins with one of these choose it. Where there are neither"
        " symbols nor prefixes nor match, it is the name of the section and a hyphen.",
    ),
    Option(
        "match",
        filter_text,
        "",
        "Requests that fit this filter choose it, such as type=F symbol=SLOW or 9001=reject.",
    ),
    Option(
        "then",
        steps,
        REQUIRED,
        "What is done, in one line: ack; fill 50%; after 1s; cancel. docs/rules.rst has the verbs.",
    ),
)
"""With :class:`exsim.model.behaviours.Behaviour`."""
