"""
Write what is told of faults from what the code says of them.

``python -m tools.faults`` (and ``python -m tools.reference``, which writes all of that kind) writes
the kinds of faults into ``docs/faults.rst``, between its two markers. A test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Final

from exsim.faults.book import BY_NAME
from exsim.faults.kinds import BYTE, DATA, FRAME, GENERAL, ORDER, SESSION, Kind
from exsim.faults.orders import ENTRY, THEN
from exsim.faults.protocols import SURGERIES, served
from exsim.model.options import REQUIRED
from tools.engagement.rst import escaped

RST: Final = Path(__file__).resolve().parent.parent / "docs" / "faults.rst"
BEGIN: Final = ".. The kinds, written by python -m tools.faults:\n"
END: Final = ".. That was the last kind.\n"

LEVELS: Final = {
    GENERAL: (
        "Any message",
        "They act between a session and its connection: on a message that was made and numbered and"
        " is about to be written, or on one that was received and has yet to act.",
    ),
    BYTE: (
        "The stream of bytes",
        "Times are by the session's clock, and what is held up is in snapshots; slices, resets and"
        " half-closes are done by the socket.",
    ),
    FRAME: (
        "The bytes of one message",
        "What the journal and ``GET /messages`` have is what really left.",
    ),
    SESSION: (
        "The session",
        "Numbers and messages of the session itself; the session's own count stays right, so that"
        " it recovers when the fault is gone.",
    ),
    ORDER: (
        "The outcome of orders",
        "Each is a rule with steps ready for it, under the fault's name, which ``GET /rules`` has,"
        " too; it is asked before other rules of priority 0.",
    ),
    DATA: (
        "Market data and drop copies",
        "What those are told who look on: sessions of endpoints with the role ``market-data``, or"
        " ``drop-copy``. The market itself is as it was. What comes late has its number only then.",
    ),
}
"""For each level its title, and where it acts."""


def kinds_rst() -> str:
    """The kinds, by level."""
    lines: list[str] = []
    for level, (title, where) in LEVELS.items():
        lines += ["", title, "~" * len(title), "", *_wrapped(where, 100), ""]
        for kind in BY_NAME.values():
            if kind.level == level:
                lines += _kind(kind)
    return "\n".join(lines) + "\n\n"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"``{kind.name}``"
    words = [escaped(kind.summary)]
    if len(kind.directions) > 1:
        words.append("Direction ``out`` or ``in``.")
    elif kind.level != ORDER:
        words.append(f"Direction ``{kind.directions[0]}``.")
    words += _protocols(kind)
    if kind.level == ORDER:
        words.append(f"The steps: ``{THEN[kind.name]}``.")
    yield from (f"    {line}" for line in _wrapped(" ".join(words), 96))
    for option in kind.options:
        if option.default is REQUIRED:
            default = "has to be given"
        else:
            default = f"by default ``{option.default}``" if option.default else "none by default"
        text = f"``{option.name}`` ({default}): {escaped(option.help)}"
        yield ""
        yield from _bullet(text)
    yield ""


def _protocols(kind: Kind) -> Iterator[str]:
    """The protocols that have a kind, if not all do; and of which messages it is."""
    found = served(kind)
    if kind.level == ORDER:
        yield f"Only of messages that fit ``{kind.match}``."
    if len(found) < (len(SURGERIES) if kind.level != ORDER else len(ENTRY)):
        yield f"Only {', '.join(found) or 'proxies'}."
    if kind.level == ORDER:
        return
    by_match: dict[str, list[str]] = {}
    for protocol, match in found.items():
        by_match.setdefault(match, []).append(protocol)
    for match, names in by_match.items():
        if match:
            where = f"{', '.join(names)}: only" if len(names) < len(found) else "Only"
            yield f"{where} of messages that fit ``{match}``."


def _bullet(text: str) -> Iterator[str]:
    first, *rest = _wrapped(text, 92)
    yield f"    * {first}"
    yield from (f"      {line}" for line in rest)


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, break_on_hyphens=False)


def with_kinds(document: str, kinds: str) -> str:
    """The document with these kinds between its markers."""
    head, _begin, rest = document.partition(BEGIN)
    _old, _end, tail = rest.partition(END)
    return head + BEGIN + kinds + END + tail


def main() -> None:
    """Write the page."""
    document = RST.read_text(encoding="utf-8")
    RST.write_text(with_kinds(document, kinds_rst()), encoding="utf-8")


if __name__ == "__main__":
    main()
