"""What verbs and plays need of the dispatcher."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exsim.dispatch.chain import Chain
from exsim.dispatch.holds import Holds
from exsim.interfaces import IJournal
from exsim.model.events import Event
from exsim.model.requests import Request

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def nobody(now: int) -> None:
    """Tell nobody: what came of a request stays where it is."""


class Desk:
    """
    Where requests are decided; ``holds`` are those that wait for it. ``out`` are the events that
    come of it, to be sent: ``told`` does that, for whoever has something to do afterwards; it takes
    the real time.
    """

    def __init__(self, journal: IJournal) -> None:
        self.journal = journal
        self.holds = Holds()
        self.out: list[Event] = []
        self.told: Callable[[int], None] = nobody

    def take(self, venue: Venue, request: Request, chain: Chain, real: int, now: int) -> None:
        """Run a request from the start of its chain; ``now`` is market time, ``real`` the real."""
        raise NotImplementedError

    def go_on(self, venue: Venue, request: Request, chain: Chain, position: int, now: int) -> None:
        """Have a request go on with the policy at ``position``; ``now`` is market time."""
        raise NotImplementedError

    def keep(
        self, venue: Venue, request: Request, chain: Chain, position: int, now: int, by: str
    ) -> None:
        """
        Hold a request, as ``by`` says; when it is released it goes on with the policy at
        ``position``.
        """
        raise NotImplementedError
