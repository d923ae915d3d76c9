"""
Server-sent events, as both clients read them.

The stream has the id of the last event in it, so that after a cut it goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from exsim.client.codec import Call, SimulatorError, prepare
from exsim.control.double_results import Event
from exsim.control.double_schemas import EventsArguments, MessagesTold
from exsim.control.operations import BY_NAME
from exsim.control.results import Problem

SILENCE: Final = 60.0
"""Seconds without so much as a heartbeat after which a connection counts as lost."""
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0
"""Seconds until it is tried again, doubled each time."""
PATIENCE: Final = 30.0
"""Seconds for which it is tried in vain before that is an error."""
UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Follow:
    """What is followed, and from where on."""

    url: str
    token: str | None
    arguments: EventsArguments

    def call(self, after: str | None) -> Call:
        """The request that goes on after an id."""
        call = prepare(self.url, self.token, BY_NAME["events"], self.arguments, None)
        headers = {**call.headers, "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = after
        return replace(call, headers=headers, timeout=SILENCE)


def follow(
    url: str,
    token: str | None,
    venue: str | None,
    kind: Sequence[Any],
    filter: str | None,
    after: str | None,
    messages: MessagesTold,
) -> Follow:
    """What :meth:`events` of a client was asked for."""
    arguments = EventsArguments(
        venue=venue, kind=list(kind), filter=filter, after=after, messages=messages
    )
    return Follow(url, token, arguments)


def passes(error: SimulatorError) -> bool:
    """Whether a stream that has begun may go on after that: what it is of may be back soon."""
    return error.status == UNAVAILABLE


class Reader:
    """Takes in the bytes of a stream; ``last`` is the id to go on after."""

    def __init__(self, last: str | None = None) -> None:
        self.last = last
        self._rest = b""

    def cut(self) -> None:
        """The connection is lost: what came of an event that was not whole never was."""
        self._rest = b""

    def feed(self, data: bytes) -> list[Event]:
        """
        The events that are whole now.

        :raises SimulatorError: when the simulator says that it cannot go on.
        """
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        return [event for block in blocks if (event := self._event(block)) is not None]

    def _event(self, block: bytes) -> Event | None:
        fields: dict[bytes, bytes] = {}
        for line in block.split(b"\n"):
            name, _, value = line.partition(b": ")
            fields[name] = value
        if fields.get(b"event") == b"error":
            told = msgspec.json.decode(fields[b"data"])
            error = SimulatorError(Problem("The stream ends", told["status"], told["detail"]))
            if not passes(error):
                raise error
            return None  # the stream ends, and is asked for again
        if b"id" in fields:
            self.last = fields[b"id"].decode()
        if b"data" not in fields:
            return None
        return msgspec.json.decode(fields[b"data"], type=Event)
