"""What sessions of all binary protocols have in common, whatever they go by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exsim.errors import Unprocessable
from exsim.interfaces import MarketTime, Tamper
from exsim.model.events import Event
from exsim.model.messages import SessionView
from exsim.model.plain import Plain
from exsim.model.settings import SessionSettings
from exsim.protocols.ouch_text import build
from exsim.wire.layout import Family


class Member:
    """
    A counterparty of an endpoint; ``family`` are the messages of its protocol. See
    :class:`exsim.interfaces.ISession`: what is not here, those say that are sent in their own way.

    ``market`` tells the time of its market, where somebody does.
    """

    __slots__ = ("family", "market", "name", "settings")

    def __init__(self, settings: SessionSettings, family: Family) -> None:
        self.name = settings.name
        self.settings = settings
        self.family = family
        self.market: MarketTime | None = None

    @property
    def connection(self) -> Any:
        """Where it is logged in, or None."""
        raise NotImplementedError

    @property
    def logons(self) -> int:
        """How often it was."""
        raise NotImplementedError

    # -- out

    def send(self, event: Event, now: int) -> None:
        """Send what an event says."""
        raise NotImplementedError

    def say(self, payload: bytes, now: int) -> None:
        """Send a message in sequence, now or when the counterparty is there."""
        raise NotImplementedError

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """To send it again is as fast."""
        return False

    def send_fields(self, fields: Sequence[tuple[str, str]], now: int) -> None:
        """
        Send a message of these fields in sequence; its type is the field ``Type``.

        Where a stream is shared, the others are sent it with what comes next.

        :raises exsim.errors.Unprocessable: when they make none.
        """
        try:
            payload = build(self.family.outbound, fields)
        except ValueError as error:
            raise Unprocessable(str(error)) from None
        self.say(payload, now)

    # -- its life

    def show(self, tamper: Tamper | None) -> None:
        """Show what it is sent, from the next message on, to these faults, or to none."""
        raise NotImplementedError

    def disconnect(self, now: int) -> None:
        """Close the connection, if there is one, without a word."""
        raise NotImplementedError

    def send_raw(self, data: bytes, now: int) -> None:
        """Send bytes as they are."""
        raise NotImplementedError

    def test_request(self, test_id: str, now: int) -> None:
        """Ask for a sign of life."""
        raise NotImplementedError

    def logout(self, text: str, now: int) -> None:
        """End the session; does nothing when it is not logged in."""
        raise NotImplementedError

    def reset(self, now: int) -> None:
        """Begin anew."""
        raise NotImplementedError

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """Give these numbers next."""
        raise NotImplementedError

    def refuse_logons(self, text: str | None) -> None:
        """Accept no more logins, for this reason; with None, accept them again."""
        raise NotImplementedError

    def opens(self, now: int) -> int:
        """When it may be logged in next; ``now`` if it may be already."""
        raise NotImplementedError

    def view(self) -> SessionView:
        """State and numbers."""
        raise NotImplementedError

    def state(self) -> Plain:
        """All of it but its connection, for a snapshot."""
        raise NotImplementedError

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with no connection as yet."""
        raise NotImplementedError
