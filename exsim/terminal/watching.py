"""What commands that look at a running simulator have in common: they find it, and wait for it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TextIO, TypeVar

import requests
from rich.console import Console

from exsim.client.address import token_of, url_of
from exsim.client.blocking import Simulator
from exsim.client.codec import SimulatorError
from exsim.errors import ExsimError

T = TypeVar("T")
Connect = Callable[[str, str | None], Any]

PATIENCE: Final = 1.0
"""Seconds until a simulator that is gone is asked again."""
GONE: Final = 410
_LOST: Final = (requests.RequestException, OSError)


@dataclass
class Surroundings:
    """What is around a command: given, so that a test can be it."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    connect: Connect = Simulator
    pause: Callable[[float], None] = time.sleep


class Refused(ExsimError):
    """The command cannot do what it is asked to."""


class Watched:
    """
    A simulator that is watched.

    :param patient: whether to wait for it, if it is gone, rather than give up.
    """

    def __init__(
        self, simulator: Any, around: Surroundings, patient: bool, called: str, url: str
    ) -> None:
        self.simulator = simulator
        self._around = around
        self._patient = patient
        self._called = called
        self._url = url
        self.losses = 0
        """How often it was gone."""

    def ask(self, question: Callable[[], T]) -> T:
        """
        What it answers; where that takes a new connection, or a new simulator, once that is there.

        :raises SimulatorError: when it refuses.
        """
        lost = False
        while True:
            try:
                answer = question()
            except _LOST as error:
                if not self._patient:
                    raise
                if not lost:
                    self._say(f"{self._url} is gone, waiting for it: {error}")
                    self.losses += 1
                lost = True
                self._around.pause(PATIENCE)
                continue
            if lost:
                self._say(f"{self._url} is there again")
            return answer

    def _say(self, text: str) -> None:
        self._around.err.write(f"exsim {self._called}: {text}\n")

    def venue(self, name: str | None, symbol: str | None = None) -> str:
        """
        The venue that is meant: the one of that name, or the only one, or the only one with an
        instrument of that symbol.

        :raises Refused: when none is, or several are.
        """
        if name is not None:
            return name
        names = [venue.name for venue in self.venues()]
        if len(names) > 1 and symbol is not None:
            names = [each for each in names if self._has(each, symbol)]
        if len(names) == 1:
            return str(names[0])
        several = f"is at {', '.join(names)}" if names else "is at no venue"
        raise Refused(f"{symbol or 'that'} {several}: say which with --venue")

    def venues(self) -> list[Any]:
        """All venues."""
        found: list[Any] = []
        after: str | None = None
        while True:
            page = self.ask(partial(self.simulator.list_venues, after=after))
            found += page.items
            after = page.next
            if after is None:
                return found

    def _has(self, venue: str, symbol: str) -> bool:
        try:
            self.ask(lambda: self.simulator.get_instrument(venue, symbol))
        except SimulatorError as error:
            if error.status != 404:
                raise
            return False
        return True


@contextmanager
def watched(options: argparse.Namespace, around: Surroundings, called: str) -> Iterator[Watched]:
    """
    The simulator that options say; it is waited for unless they say ``--once``.

    :raises OSError: when a file that says where it is cannot be read.
    """
    url = url_of(options)
    with around.connect(url, token_of(options)) as simulator:
        yield Watched(simulator, around, not options.once, called, url)


def carried_out(called: str, around: Surroundings, work: Callable[[], None]) -> int:
    """
    The exit status of a command: 0, also when it was interrupted, as one ends it; 1 when it was
    refused or there is no simulator; 2 when the command line is wrong.
    """
    try:
        work()
        around.out.flush()
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        return 0
    except ValueError as error:
        around.err.write(f"exsim {called}: {error}\n")
        return 2
    except (SimulatorError, ExsimError, *_LOST) as error:
        around.err.write(f"exsim {called}: {error}\n")
        return 1
    return 0


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command, which ends well then: rich would end it with status 1."""
        raise BrokenPipeError


def console(around: Surroundings) -> Console:
    """What draws on the output, in colour only on a terminal."""
    return _Console(file=around.out, highlight=False, soft_wrap=True)
