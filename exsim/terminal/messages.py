"""``exsim messages``: messages as they come and go, a line each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from rich.text import Text

from exsim.client.codec import SimulatorError
from exsim.control import session_results as sr
from exsim.filters import filter_of
from exsim.filters.lines import OUT, line_of, printable, title_of
from exsim.filters.terms import time_of_day
from exsim.terminal.seeing import seen_message
from exsim.terminal.watching import (
    GONE,
    Surroundings,
    Watched,
    carried_out,
    console,
    watched,
)

BEGINNING: Final = "0-0"
"""The cursor before all that there is."""
LIMIT: Final = 100
WAIT: Final = "5s"
"""How long one question waits."""
_NOT: Final = "1ms"


class MessageFeed:
    """
    The messages that fit a filter, each once; also those of a simulator that began anew.

    :param after: where to begin; None for now.
    """

    def __init__(
        self, watch: Watched, venue: str | None, filter: str | None, after: str | None
    ) -> None:
        self._watch = watch
        self._venue = venue
        self._filter = filter
        self._after = after
        self._losses = 0

    def begin(self) -> None:
        """From now on nothing is missed."""
        if self._after is None:
            self._after = self._watch.ask(lambda: self._wait(_NOT, None)).position

    def some(self, wait: str) -> list[sr.Message] | None:
        """The next ones, perhaps after having waited for them; None when there are none."""
        try:
            awaited = self._watch.ask(lambda: self._wait(self._patience(wait), self._after))
        except SimulatorError as error:
            if error.status != GONE:
                raise
            self._after = BEGINNING  # there was a reset
            return []
        if self._watch.losses != self._losses:
            self._losses = self._watch.losses
            if self._behind():
                self._after = BEGINNING  # it is another one, that has not come as far
                return []
        self._after = awaited.position
        found = [event.message for event in awaited.items if event.message is not None]
        return found if awaited.items else None

    def _patience(self, wait: str) -> str:
        """How long to wait: not at all, where it is to be seen who answers."""
        return wait if self._watch.losses == self._losses else _NOT

    def _behind(self) -> bool:
        """Whether what there is now ends before the place that was come to."""
        now = self._watch.ask(lambda: self._wait(_NOT, None))
        return _number(now.position) < _number(self._after)

    def _wait(self, wait: str, after: str | None) -> Any:
        return self._watch.simulator.wait_events(
            venue=self._venue,
            kind=["message"],
            filter=self._filter,
            after=after,
            timeout=wait,
            limit=LIMIT,
        )


def _number(cursor: str | None) -> int:
    """What counts up in a cursor; 0 where nothing does."""
    number = (cursor or "").rpartition("-")[2]
    return int(number) if number.isdigit() else 0


def line(message: sr.Message, fields: bool) -> Text:
    """A message in a line: all of its fields, or those that tell most."""
    seen = seen_message(message)
    told = line_of(seen)
    text = told.text
    if fields:
        pairs = [
            f"{f.name or f.tag}={f.value}{f'[{f.meaning}]' if f.meaning else ''}"
            for f in message.fields
        ]
        text = printable(f"{title_of(seen.description)} {' '.join(pairs)}")
    head, _, rest = text.partition(" ")
    return Text.assemble(
        (f"#{told.seq} ", "dim"),
        (time_of_day(told.time), "dim"),
        f" {told.who} ",
        (told.way, "cyan" if told.way == OUT else "green"),
        " ",
        (head, "bold red" if "Reject" in head or "REJECTED" in rest else "bold"),
        f" {rest}",
    )


def main(options: argparse.Namespace, around: Surroundings | None = None) -> int:
    """Carry out a command line."""
    given = around or Surroundings()

    def work() -> None:
        words = " ".join(options.filter)
        filter_of(words)
        with watched(options, given, "messages") as watch:
            screen = console(given)
            for message in _messages(watch, options, words):
                if options.json:
                    given.out.write(msgspec.json.encode(message).decode() + "\n")
                else:
                    screen.print(line(message, options.fields))
                given.out.flush()

    return carried_out("messages", given, work)


def _messages(watch: Watched, options: argparse.Namespace, words: str) -> Iterator[sr.Message]:
    after = BEGINNING if options.all or options.once else None
    feed = MessageFeed(watch, options.venue, words or None, after)
    feed.begin()
    while True:
        found = feed.some(_NOT if options.once else WAIT)
        if found is None and options.once:
            return
        yield from found or ()
