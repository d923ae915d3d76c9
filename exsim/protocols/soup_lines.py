"""What connections of all protocols over SoupBinTCP have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.protocols.member import Member
from exsim.protocols.soup_member import SoupMember
from exsim.sessions.soup_connection import SoupConnection
from exsim.wire.layout import BadMessage

_LINK: Final = int(EntryKind.LINK)


class SoupLine:
    """
    One socket's conversation: packets to requests of whoever logged in.

    ``members`` are the sessions of the endpoint by name.
    """

    __slots__ = ("_machine", "_members", "replayed", "session")

    def __init__(self, machine: SoupConnection, members: Mapping[str, Member]) -> None:
        self._machine = machine
        self._members = members
        self.replayed = False
        self.session: SoupMember | None = None

    @property
    def number(self) -> int:
        """What the journal calls it."""
        return self._machine.number

    @property
    def closing(self) -> bool:
        """Whether to close the socket once what is to be sent is written."""
        return self._machine.closing

    @property
    def why(self) -> str:
        """Why it closes, for a log."""
        return self._machine.why

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        self._machine.receive(data, now)

    def next_request(self, now: int) -> Request | None:
        """Work through what came in up to the next request; None when there is none."""
        machine = self._machine
        session = self.session
        if session is None:
            if not machine.log_in(now):
                return None
            assert machine.session is not None
            member = self._members[machine.session.name]
            assert isinstance(member, SoupMember)
            session = self.session = member
            session.logged_on(self, now)
        while True:
            raw = machine.next_message(now)
            if raw is None:
                return None
            try:
                request = session.request(raw, now)
            except BadMessage as bad:
                machine.close(str(bad))
                return None
            if request is not None:
                return request

    def again(self, kind: int, data: bytes, now: int) -> None:
        """Take in what an entry of a journal has, instead of bytes."""
        if kind == _LINK:
            self._machine.cut(data.decode().split(" ", 2)[2], now)
        else:
            self._machine.message(data, now)

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """To take it in again is as fast."""
        return None

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""
        return self._machine.data_to_send()

    @property
    def uneven(self) -> bool:
        """See :class:`exsim.interfaces.IUneven`."""
        return self._machine.uneven

    def segments_to_send(self) -> list[bytes]:
        """The same as :meth:`data_to_send`, with a mark on what has a defect."""
        return self._machine.segments_to_send()

    def next_deadline(self) -> int | None:
        """When :meth:`deadline` should be called next, or None."""
        return self._machine.next_deadline()

    def market_deadline(self) -> int | None:
        """None goes by a market's clock."""
        return None

    def rewind(self, now: int) -> None:
        """Real time does not go back."""

    def deadline(self, now: int) -> None:
        """Time passed: more of the stream, a heartbeat, a time-out, or the end of the day."""
        session = self.session
        if session is not None and session.connection is self:
            closes = session.machine.closes()
            if closes is not None and now >= closes:
                session.day_ends(now)
        self._machine.deadline(now)

    def lost(self, now: int) -> None:
        """The socket is gone."""
        self._machine.lost(now)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return self._machine.state()

    def restore(self, plain: Plain, session: SoupMember | None) -> None:
        """Be as :meth:`state` told; ``session`` is whose it is."""
        self._machine.restore(plain, None if session is None else session.machine)
        self.session = session
        if session is not None and plain["attached"]:
            session.resume(self)
