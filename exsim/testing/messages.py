"""Messages as tests look at them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exsim.control import session_results as sr
from exsim.filters.lines import line_of, shown
from exsim.filters.seen import folded
from exsim.terminal.seeing import seen_message


class Message:
    """
    A message that the exchange received (``direction`` ``in``) or sent (``out``).

    ``message["38"]``, ``message["OrderQty"]`` and ``message["order_qty"]`` are the value of that
    field; ``seq``, ``time``, ``venue``, ``session``, ``direction``, ``type``, ``name``, ``text``,
    ``raw`` and ``fields`` are as :class:`exsim.control.results.Message` has them.
    """

    def __init__(self, result: sr.Message) -> None:
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


def conversation(messages: Iterable[sr.Message]) -> str:
    """Messages as lines: when, of which session, which way, what, and who had a part in it."""
    found = list(messages)
    lines = shown([line_of(seen_message(message)) for message in found])
    return "\n".join(
        f"{line}{_by(message.caused)}" for line, message in zip(lines, found, strict=True)
    )


def _by(caused: sr.Caused | None) -> str:
    if caused is None:
        return ""
    told = [*(f"rule {name}" for name in caused.rules), *(f"fault {one}" for one in caused.faults)]
    return f"  [{', '.join(told)}]" if told else ""
