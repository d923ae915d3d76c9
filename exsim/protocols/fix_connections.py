"""Connections joined with the mapping of whoever logs on: bytes to requests, not too many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.errors import RemoteError
from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.model.requests import Request
from exsim.protocols.fix_recall import is_answer
from exsim.protocols.fix_refused import Refused, RefusedAs, RefusedBusiness
from exsim.protocols.fix_sessions import TOO_MANY, MappedSession
from exsim.protocols.session_options import DISCONNECT, QUEUE
from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_session import FixSession
from exsim.sessions.quick import QuickConnection
from exsim.sessions.throttle import Waiting
from exsim.wire.fix import FixMessage, decode

_IN: Final = int(EntryKind.IN)
_GARBLED: Final = int(EntryKind.GARBLED)
_LINK: Final = int(EntryKind.LINK)


class MappedConnection(QuickConnection):
    """One socket's conversation. ``session_of`` finds the session of the machine that logged on."""

    __slots__ = (
        "_gone",
        "_machine",
        "_now",
        "_released",
        "_session_of",
        "_waiting",
        "replayed",
        "session",
    )

    def __init__(
        self, machine: FixConnection, session_of: Callable[[FixSession], MappedSession]
    ) -> None:
        self._machine = machine
        self._session_of = session_of
        self._now = 0
        self._gone = False
        self._waiting: Waiting[FixMessage] | None = None
        self._released: FixMessage | None = None  # its turn has come, says a journal
        self.replayed = False
        self.session: MappedSession | None = None
        self._logged_on()

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
        self._machine.receive(data, self._machine.time(now))

    def next_request(self, now: int) -> Request | None:
        """Work through what came in up to the next request; None when there is none."""
        real = now
        now = self._now = self._machine.time(real)
        while True:
            message = self._machine.next_message(now)
            session = self.session
            if session is None:
                session = self._logged_on()
                if session is None:
                    return None
                now = self._now = self._machine.time(real)  # as the session has it
            if session.throttle is not None:
                if message is not None:
                    message = self._throttled(message, session, now)
                    if message is None:
                        continue
                else:
                    message = self._next_waiting(now)
            if message is None:
                return None
            try:
                return session.request(message)
            except Refused as refused:
                session.machine.reject(message, refused.reason, refused.tag, "", now)
            except RefusedBusiness as business:  # a name of its own: compiled, each has one type
                session.refuse(message, business, now)
            except RefusedAs as answer:
                session.refuse_as(message, answer, now)

    def _logged_on(self) -> MappedSession | None:
        machine = self._machine.session
        if machine is None:
            return None
        session = self.session = self._session_of(machine)
        session.logged_on(self)
        if session.throttle is not None:
            most = session.settings.options["throttle_queue"]
            self._waiting = Waiting(session.throttle, most)
        return session

    # -- messages beyond what the session may send

    def _throttled(
        self, message: FixMessage, session: MappedSession, now: int
    ) -> FixMessage | None:
        """The message if there is room for it; if not, it waits, or is refused."""
        waiting = self._waiting
        assert waiting is not None
        if waiting.admit(now):
            return message
        action = session.settings.options["throttle_action"]
        if action == DISCONNECT:
            session.machine.logout(TOO_MANY, now)
            session.machine.end(TOO_MANY)
        elif action != QUEUE or not waiting.push(message):
            session.refuse_throttled(message, now)
        return None

    def _next_waiting(self, now: int) -> FixMessage | None:
        """A message that has waited long enough; once the socket is gone any that waits."""
        if self.replayed:
            released, self._released = self._released, None
            return released
        waiting = self._waiting
        if waiting is None:
            return None
        message = waiting.pop() if self._gone else waiting.pop_due(now)
        if message is not None:
            self._machine.waited(now)
        return message

    def drop_waiting(self) -> None:
        """What waits for its turn never has it."""
        self._waiting = None

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        waiting = [] if self._waiting is None else [each.raw for each in self._waiting.all()]
        return {
            "machine": self._machine.state(),
            "now": self._now,
            "gone": self._gone,
            "waiting": waiting,
        }

    def restore(self, plain: Plain, session: MappedSession | None) -> None:
        """Be as :meth:`state` told; ``session`` is whose it is."""
        self._machine.restore(plain["machine"], None if session is None else session.machine)
        self._now = plain["now"]
        self._gone = plain["gone"]
        self.session = session
        if session is None:
            return
        if session.machine.output is not None and plain["machine"]["attached"]:
            session.resume(self)
        if session.throttle is not None:
            most = session.settings.options["throttle_queue"]
            self._waiting = Waiting(session.throttle, most)
            for raw in plain["waiting"]:
                self._waiting.push(decode(raw, session.machine.data_fields))

    def again(self, kind: int, data: bytes, now: int) -> None:
        """Take in what an entry of a journal has, instead of bytes."""
        now = self._machine.time(now)
        if kind == _IN:
            self._machine.message(data, now)
        elif kind == _GARBLED:
            self._machine.garbage(data, now)
        elif kind == _LINK:
            self._machine.cut(data.decode().split(" ", 2)[2], now)
        else:
            self.replayed = False
            self._released = self._next_waiting(now)
            self.replayed = True

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """See :meth:`exsim.interfaces.IConnection.recall`."""
        session = self.session
        if session is None or session.throttle is not None:
            return None
        if not is_answer(answer):
            return None
        machine = self._machine
        if not machine.straight:
            return None
        request = session.recalled(data) or self._recall(data, session)
        if request is not None:
            self._now = machine.time(now)
            machine.recalled(self._now)
        return request

    def _recall(self, data: bytes, session: MappedSession) -> Request | None:
        """The same for a message that is read whole; None where it is of another kind."""
        message = self._machine.recall(data)
        if message is None:
            return None
        try:
            request = session.request(message)
        except RemoteError:
            return None
        session.learn(message)
        return request

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
        due, clock = self._first(self._machine.next_deadline()), self._machine.clock
        return due if due is None or clock is None else clock.due(due)

    def market_deadline(self) -> int | None:
        """When that is by the market's clock; None where it has nothing to do with that."""
        return None if self._machine.clock is None else self._first(self._machine.next_timer())

    def rewind(self, now: int) -> None:
        """See :meth:`exsim.interfaces.IConnection.rewind`."""
        machine = self._machine
        if machine.clock is None:
            return
        self._now = machine.time(now)  # a throttle sees by itself that time went back
        machine.rewind(self._now)

    def _first(self, due: int | None) -> int | None:
        """What is first: that, or room for a message that waits."""
        room = self._waiting.due(self._now) if self._waiting is not None else None
        if due is None or room is None:
            return room if due is None else due
        return min(due, room)

    def deadline(self, now: int) -> None:
        """Time passed."""
        self._machine.deadline(self._machine.time(now))

    def lost(self, now: int) -> None:
        """The socket is gone; what was received goes on to the application all the same."""
        self._gone = True
        self._machine.lost(self._machine.time(now))
