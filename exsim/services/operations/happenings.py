"""Entries of the journal that are no messages, in words: operations, connections, rules, faults."""

from __future__ import annotations

import json
from typing import Any, Final

from exsim.filters.lines import printable
from exsim.filters.seen import folded
from exsim.model.journal import Entry, EntryKind
from exsim.services.masking import MASK, plain

LONGEST: Final = 120
"""Characters of what is told of one."""
_PASSWORDS: Final = frozenset(
    [
        *("96", "554", "925", "1402", "1404", "rawdata", "password", "newpassword"),
        *("encryptedpassword", "encryptednewpassword"),
    ]
)


def happened(entry: Entry) -> str:
    """What an entry tells; empty for one that says nothing to people."""
    kind = entry.kind
    if kind == EntryKind.COMMAND:
        return _operation(entry)
    if kind == EntryKind.NOTE:
        return _cut(" ".join(_pairs(json.loads(entry.data))))
    if kind == EntryKind.LINK:
        return _link(entry)
    return ""


def operation_of(entry: Entry) -> tuple[str, dict[str, Any]]:
    """The operation that an entry records, and what it was given, but no password."""
    command = json.loads(entry.data)
    given = plain({**command["arguments"], **(command["body"] or {})})
    if isinstance(given.get("fields"), list):
        given["fields"] = [_masked(pair) for pair in given["fields"]]
    if given.get("raw"):
        given["raw"] = MASK  # any bytes may be in it
    return command["operation"], given


def _masked(pair: Any) -> Any:
    """A field of a message to send; the value of a password is a mask."""
    if isinstance(pair, list) and len(pair) == 2 and folded(str(pair[0])) in _PASSWORDS:
        return [pair[0], MASK]
    return pair


def _operation(entry: Entry) -> str:
    name, given = operation_of(entry)
    return _cut(" ".join(["operation", name, *_pairs(given)]))


def _pairs(given: dict[str, Any]) -> list[str]:
    found = []
    for name, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value)
        found.append(f"{name}={json.dumps(text) if ' ' in text or not text else text}")
    return found


def _link(entry: Entry) -> str:
    what, _, about = entry.data.decode("utf-8", "replace").partition(" ")
    if what == "down":
        return f"connection {about} lost"
    if what == "cut":
        number, _, why = about.partition(" ")
        return _cut(f"connection {number} cut: {why}")
    return ""


def _cut(text: str) -> str:
    return printable(text if len(text) <= LONGEST else text[: LONGEST - 3] + "...")
