"""Messages that REST tells, as filters and lines have them."""

from __future__ import annotations

from datetime import datetime

from exsim.control import session_results as sr
from exsim.filters import Seen
from exsim.model.messages import Description, FieldView


def seen_message(message: sr.Message) -> Seen:
    """A message as filters, and what is told of it in a line, have it."""
    fields = tuple(FieldView(f.tag, f.name, f.value, f.meaning) for f in message.fields)
    told = Description(message.type, message.name, fields)
    time = nanoseconds(message.time)
    return Seen(
        message.seq,
        time,
        message.venue,
        "",
        message.session,
        message.direction,
        message.raw,
        lambda: told,
    )


def nanoseconds(time: str) -> int:
    """RFC 3339 with nanoseconds, since 1970 UTC."""
    second = datetime.fromisoformat(f"{time[:19]}+00:00")
    return int(second.timestamp()) * 10**9 + int(time[20:29])
