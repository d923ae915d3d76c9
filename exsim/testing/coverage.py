"""
What the system under test met, over all tests, and how it answered; and what it never met.

Each message that it got or sent counts, each ExecType, each change of an order's status, each
reason of a reject, each event of a session, and each race, rule and fault that had a part in it.
Its answer is the first message that it sent after that.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from exsim.control import session_results as sr
from exsim.faults import races

SENT: Final = "Messages sent"
GOT: Final = "Messages received"
EXEC: Final = "ExecType"
CHANGES: Final = "Changes of OrdStatus"
REASONS: Final = "Reasons of rejects"
EVENTS: Final = "Session events"
RACES: Final = "Races"
CAUSES: Final = "Rules and faults"
NOTHING: Final = "nothing"
"""How it answered where it sent no more."""

EXEC_TYPES: Final = {
    "0": "NEW",
    "3": "DONE_FOR_DAY",
    "4": "CANCELED",
    "5": "REPLACED",
    "6": "PENDING_CANCEL",
    "7": "STOPPED",
    "8": "REJECTED",
    "9": "SUSPENDED",
    "A": "PENDING_NEW",
    "B": "CALCULATED",
    "C": "EXPIRED",
    "D": "RESTATED",
    "E": "PENDING_REPLACE",
    "F": "TRADE",
    "G": "TRADE_CORRECT",
    "H": "TRADE_CANCEL",
    "I": "ORDER_STATUS",
    "L": "TRIGGERED",
}
SAME: Final = {"1": "F", "2": "F"}
"""What versions before FIX.4.3 call fills."""
STATES: Final = {
    "0": "NEW",
    "1": "PARTIALLY_FILLED",
    "2": "FILLED",
    "3": "DONE_FOR_DAY",
    "4": "CANCELED",
    "5": "REPLACED",
    "6": "PENDING_CANCEL",
    "7": "STOPPED",
    "8": "REJECTED",
    "9": "SUSPENDED",
    "A": "PENDING_NEW",
    "B": "CALCULATED",
    "C": "EXPIRED",
    "E": "PENDING_REPLACE",
}
REASON_TAGS: Final = ("103", "102", "373", "380", "300")
EVENT_OF: Final = {
    ("in", "A"): "logged on",
    ("out", "5"): "logged out by the exchange",
    ("in", "5"): "logged out by itself",
    ("in", "2"): "asked for what it missed",
    ("out", "2"): "was asked for what was missed",
    ("out", "1"): "was asked for a sign of life",
    ("in", "1"): "asked for a sign of life",
    ("out", "3"): "a message of it was rejected",
    ("in", "3"): "rejected a message",
    ("out", "4"): "numbers were filled or reset by the exchange",
    ("in", "4"): "filled or reset its numbers",
}
AGAIN: Final = "got a message again (PossDup)"
REPORTS: Final = ("ExecutionReport(8)", "OrderCancelReject(9)", "BusinessMessageReject(j)")
MAY_MEET: Final[dict[str, tuple[str, ...]]] = {
    SENT: (),
    GOT: REPORTS,
    EXEC: tuple(f"{name}({code})" for code, name in EXEC_TYPES.items()),
    CHANGES: (),
    REASONS: (),
    EVENTS: (*EVENT_OF.values(), AGAIN),
    RACES: tuple(races.BY_NAME),
    CAUSES: (),
}
"""What there is to meet, as far as that can be said."""

Plain = dict[str, dict[str, dict[str, int]]]


class Coverage:
    """What was met, by kind and name: how often, by how it was answered."""

    def __init__(self) -> None:
        self.met: dict[str, dict[str, Counter[str]]] = {kind: {} for kind in MAY_MEET}

    def take(self, messages: Iterable[sr.Message]) -> None:
        """Count one conversation, from its beginning."""
        open_items: dict[str, list[tuple[str, str]]] = {}
        states: dict[tuple[str, str], str] = {}
        seen: set[int | None] = set()
        for message in messages:
            unanswered = open_items.setdefault(message.session, [])
            if message.direction == "in":
                answer = _title(message)
                for kind, name in unanswered:
                    self._count(kind, name, answer)
                unanswered.clear()
                self._count(SENT, answer, "")
                if (event := EVENT_OF.get(("in", message.type))) is not None:
                    self._count(EVENTS, event, "")
                seen.add(message.seq)
            else:
                unanswered += _items(message, states)
            if message.cause not in seen:  # or it was counted with that
                unanswered += _causes(message)
        for unanswered in open_items.values():
            for kind, name in unanswered:
                self._count(kind, name, NOTHING)

    def plain(self) -> Plain:
        """All of it as plain values."""
        return {
            kind: {name: dict(answers) for name, answers in items.items()}
            for kind, items in self.met.items()
        }

    def merge(self, plain: Plain) -> None:
        """Add what another one met."""
        for kind, items in plain.items():
            for name, answers in items.items():
                self.met[kind].setdefault(name, Counter()).update(answers)

    def rows(self) -> Iterator[tuple[str, str, Counter[str]]]:
        """Kind, name, and how often by answer; what was never met has none."""
        for kind, names in MAY_MEET.items():
            items = self.met[kind]
            for name in sorted({*names, *items}):
                yield kind, name, items.get(name, Counter())

    def write(self, folder: Path) -> None:
        """Write ``exsim-coverage.xml`` (JUnit) and ``exsim-coverage.html``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "exsim-coverage.xml").write_text(self.junit(), "utf-8")
        (folder / "exsim-coverage.html").write_text(self.page(), "utf-8")

    def junit(self) -> str:
        """As JUnit has it: a case for each thing; what was never met is skipped."""
        lines = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
        rows = [*self.rows()]
        for kind in MAY_MEET:
            of_it = [(name, answers) for its, name, answers in rows if its == kind]
            missed = sum(not answers for _, answers in of_it)
            head = f'tests="{len(of_it)}" failures="0" errors="0" skipped="{missed}"'
            lines.append(f"<testsuite name={quoteattr(kind)} {head}>")
            for name, answers in of_it:
                case = f"<testcase classname={quoteattr(kind)} name={quoteattr(name)}"
                if answers:
                    told = html.escape(_told(answers), quote=False)
                    lines.append(f"{case}><system-out>{told}</system-out></testcase>")
                else:
                    lines.append(f'{case}><skipped message="never met"/></testcase>')
            lines.append("</testsuite>")
        return "\n".join([*lines, "</testsuites>", ""])

    def page(self) -> str:
        """As one HTML page that needs nothing else."""
        rows = [*self.rows()]
        parts = [_HEAD]
        for kind in MAY_MEET:
            of_it = [(name, answers) for its, name, answers in rows if its == kind]
            met = sum(bool(answers) for _, answers in of_it)
            parts.append(f"<h2>{kind}: {met} of {len(of_it)} met</h2>\n<table>")
            parts.append("<tr><th>What</th><th>How often</th><th>How it answered</th></tr>")
            for name, answers in of_it:
                style = "" if answers else ' class="never"'
                told = html.escape(_told(answers)) if answers else "never met"
                often = answers.total()
                parts.append(
                    f"<tr{style}><td>{html.escape(name)}</td><td>{often}</td><td>{told}</td></tr>"
                )
            parts.append("</table>")
        return "\n".join([*parts, "</body></html>", ""])

    def _count(self, kind: str, name: str, answer: str) -> None:
        self.met[kind].setdefault(name, Counter())[answer] += 1


def _items(message: sr.Message, states: dict[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    """All that a message sent to it is; ``states`` are those that its orders are in."""
    yield GOT, _title(message)
    fields = {field.tag: field for field in reversed(message.fields)}
    if (event := EVENT_OF.get(("out", message.type))) is not None:
        yield EVENTS, event
    if "43" in fields and fields["43"].value == "Y":
        yield EVENTS, AGAIN
    if message.type == "8":
        yield from _of_report({tag: field.value for tag, field in fields.items()}, message, states)
    for tag in REASON_TAGS:
        if tag in fields:
            field = fields[tag]
            yield REASONS, f"{field.name} {field.meaning}({field.value})"


def _causes(message: sr.Message) -> Iterator[tuple[str, str]]:
    """The rules and faults that had a part in a message, or in what came of it."""
    if message.caused is not None:
        yield from (_cause("rule", name) for name in message.caused.rules)
        yield from (_cause("fault", name) for name in message.caused.faults)


def _cause(what: str, name: str) -> tuple[str, str]:
    """A rule or fault by its name, which tells where it is one of a race."""
    found = re.match(r"race:([^@:]+)", name)
    if found is not None and found[1] in races.BY_NAME:
        return RACES, found[1]
    return CAUSES, f"{what} {name}"


def _of_report(
    values: Mapping[str, str], message: sr.Message, states: dict[tuple[str, str], str]
) -> Iterator[tuple[str, str]]:
    code = values.get("150")
    if code is not None:
        code = SAME.get(code, code)
        yield EXEC, f"{EXEC_TYPES.get(code, '')}({code})"
    state, key = values.get("39", ""), (message.session, values.get("37", ""))
    before = states.get(key, "-")
    if state and state != before:
        states[key] = state
        yield CHANGES, f"{STATES.get(before, before)} to {STATES.get(state, state)}"


def _title(message: sr.Message) -> str:
    return f"{message.name}({message.type})" if message.type else "garbled"


def _told(answers: Counter[str]) -> str:
    """``2 NewOrderSingle(D), 1 nothing``; or how often, where it is no question of an answer."""
    return ", ".join(
        f"{count} {answer}" if answer else f"{count} times"
        for answer, count in answers.most_common()
    )


_HEAD: Final = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>What the system under test met</title>
<style>
body { font-family: sans-serif; margin: 2em; max-width: 60em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: 0.2em 0.6em; text-align: left; }
.never { color: #999; }
</style></head><body>
<h1>What the system under test met</h1>"""


def all_messages(exchange: Any) -> Iterator[sr.Message]:
    """All messages of an exchange so far."""
    after = None
    while True:
        page = exchange.simulator.list_messages(venue=exchange.venue, limit=1000, after=after)
        yield from page.items
        after = page.next
        if after is None:
            return
