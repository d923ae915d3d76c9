"""Messages and sessions as people see them: decoded with names, for REST, logs and policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ORDERLY: Final = "logged out"
"""Why a connection closes whose counterparty logged out."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """
    One field: ``tag`` and ``value`` as text, ``name`` where the protocol knows one.

    ``meaning`` is the name of the code that is the value, such as ``BUY``; empty if it has none.
    """

    tag: str
    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A decoded message: its type, the type's name, and its fields in order."""

    type: str
    name: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """
    The state of a session: ``state`` is ``offline``, ``logon``, ``active`` or ``logout``.

    ``next_in`` and ``next_out`` are the sequence numbers expected and sent next; ``peer`` is
    the address connected from; ``identity`` is the protocol's own, such as CompIDs;
    ``refusal`` says why no logon is accepted, None where any may be. ``round_trip`` is how long the
    newest test request and its answer took, in nanoseconds, and when it came, in nanoseconds UTC on
    the clock of the session; None where none was answered.
    """

    state: str
    next_in: int
    next_out: int
    peer: str
    identity: dict[str, str]
    refusal: str | None = None
    round_trip: tuple[int, int] | None = None
