"""What verbs and plays need of the dispatcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch.chain import Chain
from exsim.interfaces import IJournal
from exsim.model.events import Event
from exsim.model.requests import Request

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


class Desk:
    """Where requests are decided. ``out`` are the events that come of it, to be sent."""

    def __init__(self, journal: IJournal) -> None:
        self.journal = journal
        self.out: list[Event] = []

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
