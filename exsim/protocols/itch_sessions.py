"""Sessions of ITCH, which all are sent one stream."""

from __future__ import annotations

from exsim.errors import Conflict
from exsim.model.events import Event, Outgoing
from exsim.model.market_data import DataWaiting
from exsim.model.requests import Request
from exsim.protocols.soup_member import SoupMember
from exsim.wire.layout import BadMessage


class ItchSession(SoupMember):
    """A counterparty that looks on."""

    __slots__ = ()

    def request(self, raw: bytes, now: int) -> Request | None:
        """
        Who looks on asks for nothing.

        :raises exsim.wire.layout.BadMessage: always.
        """
        raise BadMessage(f"{len(raw)} bytes of unsequenced data: nothing is asked of ITCH")

    def send(self, event: Event, now: int) -> None:
        """Send what is new in the stream; or a message that somebody chose."""
        if isinstance(event, DataWaiting):
            if self.machine.connection is not None:
                self.machine.connection.more(now)
        elif isinstance(event, Outgoing):
            self.send_fields(event.fields, now)

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """The stream is not its own.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict("the numbers of an ITCH stream are those of all its sessions")
