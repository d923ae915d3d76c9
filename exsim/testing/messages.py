"""Messages as tests look at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from exsim.control import results as r
from exsim.filters import Seen
from exsim.filters.lines import line_of, shown
from exsim.filters.seen import folded
from exsim.model.messages import Description, FieldView


class Message:
    """
    A message that the exchange received (``direction`` ``in``) or sent (``out``).

    ``message["38"]``, ``message["OrderQty"]`` and ``message["order_qty"]`` are the value of that
    field; ``seq``, ``time``, ``venue``, ``session``, ``direction``, ``type``, ``name``, ``text``,
    ``raw`` and ``fields`` are as :class:`exsim.control.results.Message` has them.
    """

    def __init__(self, result: r.Message) -> None:
        self.result = result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.result, name)

    def get(self, key: str | int, default: str | None = None) -> str | None:
        """The value of the first field of this tag or name."""
        wanted = folded(str(key))
        for field in self.result.fields:
            if wanted in (field.tag, folded(field.name)):
                return field.value
        return default

    def __getitem__(self, key: str | int) -> str:
        value = self.get(key)
        if value is None:
            raise KeyError(f"{self.result.name} has no field {key}: {self.result.text}")
        return value

    def __contains__(self, key: str | int) -> bool:
        return self.get(key) is not None

    def __repr__(self) -> str:
        return f"<{self.result.direction} {self.result.session} {self.result.text}>"


def conversation(messages: Iterable[r.Message]) -> str:
    """Messages as lines: when, of which session, which way, what, and who had a part in it."""
    found = list(messages)
    lines = shown([line_of(_seen(message)) for message in found])
    return "\n".join(
        f"{line}{_by(message.caused)}" for line, message in zip(lines, found, strict=True)
    )


def _seen(message: r.Message) -> Seen:
    """A message as filters, and what is told of failures, have it."""
    fields = tuple(FieldView(f.tag, f.name, f.value, f.meaning) for f in message.fields)
    return Seen(
        message.seq,
        _nanoseconds(message.time),
        message.venue,
        "",
        message.session,
        message.direction,
        message.raw,
        lambda: Description(message.type, message.name, fields),
    )


def _nanoseconds(time: str) -> int:
    """RFC 3339 with nanoseconds, since 1970 UTC."""
    second = datetime.fromisoformat(f"{time[:19]}+00:00")
    return int(second.timestamp()) * 10**9 + int(time[20:29])


def _by(caused: r.Caused | None) -> str:
    if caused is None:
        return ""
    told = [*(f"rule {name}" for name in caused.rules), *(f"fault {one}" for one in caused.faults)]
    return f"  [{', '.join(told)}]" if told else ""
