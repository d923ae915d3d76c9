"""Recordings: conversations of a simulator, kept by name, and told as a script or a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exsim.control import double_schemas as ds
from exsim.errors import Conflict, NotFound
from exsim.wire.soup import PACKET_NAMES

MOST: Final = 1_000
"""Recordings there may be."""
MOST_MESSAGES: Final = 100_000
"""Messages that one may have."""
SESSION_TYPES: Final = frozenset((*"012345A", *PACKET_NAMES.values()))
"""Messages by which sessions stay alive and in order: nothing of what was said."""
_TOLD: Final = {
    "in": ("Symbol", "Side", "OrderQty", "OrdType", "Price"),
    "out": ("ExecType", "OrdStatus", "Symbol", "LastQty", "LastShares", "CumQty", "LeavesQty"),
}
"""Fields that say what a message is about, and do not differ from day to day as names do."""


@dataclass
class Running:
    """A recording under way: from which entry of which epoch on, and of whom."""

    epoch: int
    seq: int
    session: str | None
    filter: str


class Recordings:
    """Those of a simulator: ``running`` are under way, ``kept`` are whole."""

    def __init__(self) -> None:
        self.played = 0  # how often any was played in
        self.running: dict[str, Running] = {}
        self.kept: dict[str, list[ds.RecordedMessage]] = {}

    def names(self) -> list[str]:
        """All names."""
        return [*self.kept, *(name for name in self.running if name not in self.kept)]

    def start(self, name: str, running: Running) -> None:
        """
        Begin one.

        :raises exsim.errors.Conflict: when there is one of that name, or there are too many.
        """
        self._check_free(name)
        self.running[name] = running

    def _check_free(self, name: str) -> None:
        if name in self.names():
            raise Conflict(f"there is a recording {name!r} already: delete it first")
        if len(self.names()) >= MOST:
            raise Conflict(f"there are {MOST} recordings, no more are made: delete some")

    def stop(self, name: str) -> Running:
        """
        What is to be kept of one that is under way.

        :raises exsim.errors.Conflict: when it is not under way.
        """
        if name not in self.running:
            self.get(name)
            raise Conflict(f"recording {name!r} has ended already")
        return self.running.pop(name)

    def load(self, name: str, messages: list[ds.RecordedMessage]) -> None:
        """
        Have one that was made before.

        :raises exsim.errors.Conflict: when there is one of that name, or there are too many.
        """
        self._check_free(name)
        self.kept[name] = messages

    def get(self, name: str) -> list[ds.RecordedMessage]:
        """
        The messages of one that has ended.

        :raises exsim.errors.NotFound: when there is none.
        :raises exsim.errors.Conflict: when it is under way.
        """
        if name in self.running:
            raise Conflict(f"recording {name!r} is under way: stop it first")
        found = self.kept.get(name)
        if found is None:
            known = ", ".join(self.names()) or "none"
            raise NotFound(f"there is no recording {name!r}; there are: {known[:500]}")
        return found

    def remove(self, name: str) -> None:
        """Forget one, whether it has ended or not."""
        if self.running.pop(name, None) is None:
            self.get(name)
            del self.kept[name]


# -- told otherwise


def question(message: ds.RecordedMessage) -> str:
    """A filter that a message like this fits, on another day, too."""
    words = [f"type={_value(message.type)}", f"dir={message.direction}"]
    found = {field.name: field.value for field in message.fields}
    for name in _TOLD[message.direction]:
        if name in found and '"' not in found[name] and "\\" not in found[name]:
            words.append(f"{name}={_value(found[name])}")
    return " ".join(words)


def _value(text: str) -> str:
    plain = text.replace(".", "").replace("-", "").isalnum()
    return text if plain else f'"{text}"'


def conversation(messages: list[ds.RecordedMessage]) -> list[ds.RecordedMessage]:
    """What was said: all but what sessions say to stay alive and in order."""
    return [message for message in messages if message.type not in SESSION_TYPES]


def as_script(name: str, messages: list[ds.RecordedMessage]) -> str:
    """A script that expects the same conversation."""
    lines = ["[script]", f"summary = As in recording {name}", "steps ="]
    lines += [f"    expect {question(message)} within 5s" for message in conversation(messages)]
    if len(lines) == 3:
        lines.append("    say nothing was said")
    return "\n".join(lines) + "\n"


def as_test(name: str, messages: list[ds.RecordedMessage]) -> str:
    """A pytest test that expects the same conversation of what a test makes happen."""
    word = "".join(char if char.isascii() and char.isalnum() else "_" for char in name).lower()
    lines = [
        f'"""As in recording {name}."""',
        "",
        "",
        f"def test_{word}(exsim):",
        '    """The same is said, in the same order."""',
        "    # Here the system under test is to do what it did.",
    ]
    found = [question(message) for message in conversation(messages)]
    if not found:
        return "\n".join([*lines, "    assert exsim.query() == []"]) + "\n"
    lines.append("    exsim.verify_in_order(")
    lines += [f"        {text!r}," for text in found]
    return "\n".join([*lines, '        within="5s",', "    )"]) + "\n"
