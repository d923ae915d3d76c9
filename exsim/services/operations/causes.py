"""
What messages come of, and what comes of them, as the order of the journal tells.

An input is followed by all that it caused, before the next one: messages sent, and notes of what
rules and faults did.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from exsim.control import session_results as sr
from exsim.faults.kinds import PROXY
from exsim.model.journal import Entry, EntryKind
from exsim.services.exchange import Exchange

_OUT: Final = int(EntryKind.OUT)
_NOTE: Final = int(EntryKind.NOTE)
_COMMAND: Final = int(EntryKind.COMMAND)
_DERIVED: Final = frozenset({_OUT, _NOTE})
_ORDER_ID: Final = "37"
_NO_ORDER: Final = frozenset({"", "NONE"})

MOST: Final = 1_000
"""Entries that are looked at for one message: a single one can cause a resend of any size."""


def cause_of(exchange: Exchange, entry: Entry) -> int | None:
    """
    The number of the entry that had a message sent; None for one received, and for one that only
    went by at a proxy, unless somebody released it.
    """
    return None if entry.kind != _OUT else _before(exchange, entry)[0]


def caused_by(exchange: Exchange, entry: Entry) -> sr.Caused:
    """What came of a message received; of one sent, who had a part in it, and its order."""
    if entry.kind == _OUT:
        return _told(exchange, [*_before(exchange, entry)[1], entry], sent=False)
    found: list[Entry] = []
    proxied = entry.origin.startswith(PROXY)
    for after in exchange.journal.entries(entry.seq):
        if after.kind not in _DERIVED or len(found) == MOST:
            break
        if after.origin.startswith(PROXY) and (not proxied or after.kind == _OUT):
            break  # it came of what the other side said
        found.append(after)
    return _told(exchange, found, sent=True)


def _before(exchange: Exchange, entry: Entry) -> tuple[int | None, list[Entry]]:
    """The cause of an entry, and the notes since."""
    notes: list[Entry] = []
    proxied = entry.origin.startswith(PROXY)
    for looked, before in enumerate(exchange.journal.backward(entry.seq)):
        if before.kind not in _DERIVED:
            told = not proxied or before.kind == _COMMAND
            return before.seq if told else None, notes[::-1]
        if looked == MOST or (proxied and before.kind == _OUT):
            break
        if before.kind == _NOTE:
            notes.append(before)
    return None, notes[::-1]


def _told(exchange: Exchange, entries: Iterable[Entry], sent: bool) -> sr.Caused:
    numbers: list[int] = []
    rules: dict[str, None] = {}
    faults: dict[str, None] = {}
    orders: dict[str, None] = {}
    for entry in entries:
        if entry.kind == _NOTE:
            note = note_of(entry)
            for found, key in ((rules, "rule"), (faults, "fault"), (orders, "order_id")):
                if note.get(key):
                    found[str(note[key])] = None
        else:
            if sent:
                numbers.append(entry.seq)
            orders.update(dict.fromkeys(_orders(exchange, entry)))
    return sr.Caused(numbers, list(rules), list(faults), list(orders))


def _orders(exchange: Exchange, entry: Entry) -> list[str]:
    """The OrderIDs that a message has."""
    origin = exchange.origins.get(entry.origin)
    found = origin and origin.messages.values(entry.session, entry.data, _ORDER_ID)
    return [each for each in found or () if each not in _NO_ORDER]


def note_of(entry: Entry) -> dict[str, Any]:
    """What a note says."""
    told = json.loads(entry.data)
    return told if isinstance(told, dict) else {}
