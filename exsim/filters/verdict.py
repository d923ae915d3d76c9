"""
What is told of messages that did not come as expected: for who reads it late at night.

First what was expected and how often it came; then the messages that come nearest, with the fields
that differ; then the conversation as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from exsim.filters.filter import Filter
from exsim.filters.lines import Line, line_of, shown
from exsim.filters.nearest import Near
from exsim.filters.seen import Seen

SHOWN: Final = 5
"""Messages that fitted which are shown."""


class Conversation(NamedTuple):
    """
    The newest of what happened, oldest first: messages of some sessions, of which there were
    ``total``, ``told`` among the lines; and what rules, faults and operations did.
    """

    sessions: Sequence[str]
    lines: Sequence[Line]
    told: int
    total: int


class Evidence(NamedTuple):
    """
    What there was: ``looked`` messages looked at, of one ``session`` (empty for all), ``waited``
    for so long (text, empty for not at all), the ``near`` ones and the conversation.
    """

    looked: int
    session: str
    waited: str
    near: Sequence[Near]
    conversation: Conversation


def counted(
    expected: str, filter: Filter, count: int, found: Sequence[Seen], evidence: Evidence
) -> str:
    """
    The text where ``expected`` (``exactly 1``) messages were, and ``count`` came.

    :param found: the first of them.
    """
    came = "none" if count == 0 else f"{count}"
    lines = [f"Expected {expected}:", f"    {_of(filter)}", f"Found {came} {_among(evidence)}.", ""]
    if found:
        lines += ["Found:", *(f"  {line}" for line in shown([line_of(one) for one in found]))]
        if count > len(found):
            lines.append(f"  and {count - len(found)} more")
        lines.append("")
    marked = {seen.seq for seen in found}
    return _whole(lines, evidence, marked, "Nearest:")


def ordered(
    steps: Sequence[Filter], found: Sequence[Seen], early: Seen | None, evidence: Evidence
) -> str:
    """
    The text where messages were to come one after another, of which the first few did.

    :param early: one that the first missing step is for, which came before those.
    """
    missing = len(found)
    after = f" after #{found[-1].seq}" if found else ""
    place = ordinal(missing + 1)
    lines = [
        f"Expected {len(steps)} messages in this order, but the {place} did not come{after}.",
        f"Found {missing} {_among(evidence)}.",
        "",
    ]
    told = shown([line_of(seen) for seen in found])
    for number, step in enumerate(steps, 1):
        lines.append(f"  {number}. {_of(step)}")
        if number <= missing:
            lines.append(f"       {told[number - 1]}")
        elif number == missing + 1:
            lines.append(f"       missing{after}")
            if early is not None:
                lines.append(f"       came too early: {shown([line_of(early)])[0]}")
    lines.append("")
    return _whole(lines, evidence, {seen.seq for seen in found}, f"Nearest to the {place}:")


def _whole(lines: list[str], evidence: Evidence, marked: set[int], title: str) -> str:
    if evidence.near:
        lines.append(title)
        told = shown([line_of(near.seen) for near in evidence.near])
        for line, near in zip(told, evidence.near, strict=True):
            lines += [f"  {line}", *_differences(near)]
        lines.append("")
    happened = evidence.conversation
    if not happened.total:
        return "\n".join([*lines, "No messages went either way."])
    whose = ", ".join(name or "nobody" for name in happened.sessions)
    amount = f"all {happened.total}" if happened.told == happened.total else _last(happened)
    found = any(line.seq in marked for line in happened.lines)
    legend = " (* fits)" if found else ""
    lines.append(f"Conversation of {whose}, {amount} messages{legend}:")
    for each, text in zip(happened.lines, shown(happened.lines), strict=True):
        lines.append(f"{'*' if each.seq in marked else ' '} {text}")
    return "\n".join(lines)


def _last(happened: Conversation) -> str:
    return f"the last {happened.told} of {happened.total}"


def _differences(near: Near) -> list[str]:
    width = max(len(miss.key) for miss in near.misses)
    return [
        f"       {miss.key.ljust(width)}  expected {miss.wanted}, got {miss.got}"
        for miss in near.misses
    ]


def _of(filter: Filter) -> str:
    return str(filter) or "any message"


def _among(evidence: Evidence) -> str:
    looked = "1 message" if evidence.looked == 1 else f"{evidence.looked} messages"
    whose = f" of {evidence.session}" if evidence.session else ""
    waited = f" within {evidence.waited}" if evidence.waited else ""
    return f"among {looked}{whose}{waited}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, ..."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
