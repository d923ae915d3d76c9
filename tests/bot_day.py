"""A market where bots trade, by a clock that is moved: for tests of bots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.dispatch.bot_desk import BotDesk
from exsim.dispatch.venue import Venue
from exsim.model.codes import Phase
from exsim.model.journal import Entry, EntryKind
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.operations.control import Control
from exsim.services.replaying import inert
from tests.again import Kept, check_again, keep

VENUE = """
[exsim]
seed = 7

[venue:XSIM]
pricing = {pricing}
clock = manual
clock_start = 20260105-09:00:00
{venue}

[instrument:XSIM:ZIG]
reference = 100

[instrument:XSIM:ZAG]
reference = 50
tick = 0.05

[pricing:manual]
source = manual
start = reference
"""


class Day:
    """A simulator of these settings that has begun; ``name`` is the venue that it is about."""

    name = "XSIM"

    def __init__(self, test: SynchronousTestCase, settings: Settings) -> None:
        self._test = test
        self.settings = settings
        self.simulator = inert(settings, Catalogue())
        self.control = Control(self.simulator)
        self.simulator.exchange.days.begin(1)

    @property
    def venue(self) -> Venue:
        """The market."""
        return self.simulator.dispatcher.venues[self.name]

    def desk(self, name: str) -> BotDesk:
        """Where a bot trades."""
        assert self.venue.bots is not None
        return self.venue.bots.desk(name)

    def go(self, time: str) -> None:
        """Let a time pass."""
        self.rest("advance_clock", {"by": time})

    def turn(self, phase: Phase) -> None:
        """Begin a phase by hand."""
        self.rest("set_phase", {"phase": phase.value})

    def rest(self, operation: str, body: Any = None, **arguments: Any) -> Any:
        """Carry out an operation over REST."""
        entry = BY_NAME[operation]
        if "venue" in entry.arguments.__struct_fields__:
            arguments = {"venue": self.name, **arguments}
        given = msgspec.convert(arguments, entry.arguments)
        sent = None if entry.body is None else msgspec.convert(body or {}, entry.body)
        return self.control.perform(operation, given, sent)

    def entries(self, kind: EntryKind, session: str = "") -> list[Entry]:
        """What the journal has of a kind, and of a session where one is named."""
        return [
            entry
            for entry in self.simulator.exchange.journal.entries(0)
            if entry.kind == kind and session in ("", entry.session)
        ]

    def asked(self, name: str, msg_type: str) -> list[Entry]:
        """What a bot has asked for, of a type."""
        begin = f"35={msg_type}\x01".encode()
        found = self.entries(EntryKind.BOT, f"bot:{name}")
        return [entry for entry in found if entry.data.startswith(begin)]

    def keep(self) -> Kept:
        """The state of now."""
        return keep(self.simulator)

    def check_again(self, *kept: Kept) -> None:
        """The journal run again gives the same, from the start and from each state kept."""
        check_again(self._test, self.simulator, self.settings, *kept)


class BotDay(Day):
    """
    A simulator with ``bots``, sections of an ini, begun at 09:00; ``venue`` are keys of its venue.
    """

    def __init__(
        self, test: SynchronousTestCase, bots: str, venue: str = "", pricing: str = "manual"
    ) -> None:
        path = Path(test.mktemp())
        path.write_text(VENUE.format(venue=venue, pricing=pricing) + bots, encoding="utf-8")
        super().__init__(test, load(str(path), [], Catalogue()))
