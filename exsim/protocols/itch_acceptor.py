"""The ITCH side of one endpoint: one stream of messages, and who may log in to be sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exsim.errors import Conflict
from exsim.faults.mold import MOLD_SURGERY
from exsim.interfaces import Recorder, Surgery
from exsim.model.book_updates import Listener
from exsim.model.messages import Description
from exsim.model.plain import Plain
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.model.vocabulary import UNKNOWN
from exsim.protocols import mold_text
from exsim.protocols import ouch_text as text
from exsim.protocols.itch_mold import MoldPublisher
from exsim.protocols.itch_options import mold_rules, session_options_of
from exsim.protocols.itch_sessions import ItchSession
from exsim.protocols.itch_writer import ItchWriter
from exsim.protocols.member import Member
from exsim.protocols.soup_acceptor import SoupAcceptor
from exsim.protocols.soup_messages import SoupMessages
from exsim.sessions.mold_session import MoldSession
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.sessions.soup_stream import SoupStream
from exsim.wire.layout import Family
from exsim.wire.layouts.itch50 import ITCH50


class ItchMessages(SoupMessages):
    """
    What is said of messages of a feed, and of packets of MoldUDP64 with several of them: no order
    of a client is looked for in them.
    """

    __slots__ = ()

    def __init__(self, sessions: Mapping[str, Member], family: Family) -> None:
        super().__init__(sessions, family)
        self.vocabulary = UNKNOWN

    def describe(self, session: str, data: bytes) -> Description:
        """A message or packet with the names of its fields and codes, passwords masked."""
        if mold_text.is_mold(data):
            return mold_text.describe(data, self._family(session))
        return super().describe(session, data)

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether a message or packet is of a type, and has all of these fields."""
        if mold_text.is_mold(data):
            return mold_text.matches(data, msg_type, fields, self._family(session))
        return super().matches(session, data, msg_type, fields)

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """The type of a message, the types of all in a packet; the rest :meth:`describe` tells."""
        if tag != "35":
            return None
        if mold_text.is_mold(data):
            return mold_text.types(data)
        return [text.type_of(data, self._family(session))]

    def masked(self, session: str, data: bytes) -> bytes:
        """The message with passwords overwritten by as many asterisks."""
        return data if mold_text.is_mold(data) else super().masked(session, data)

    def text(self, session: str, data: bytes) -> str:
        """The message or packet as one readable line, passwords masked."""
        return text.line_of(self.describe(session, data))

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """The type and the fields of a message or packet."""
        return text.pairs_of(self.describe(session, data))


class ItchStream(ItchWriter):
    """What is told of a venue, as one stream of messages."""

    __slots__ = ("stream",)

    def __init__(self, stream: SoupStream) -> None:
        self.stream = stream
        super().__init__(self._append)

    def beside(self, others: list[Listener]) -> None:
        """Others write streams of their own."""

    def _append(self, raw: bytes, now: int) -> None:
        self.stream.append(raw)

    def cleared(self, now: int, moment: int) -> None:
        """Another stream begins, with what is there."""
        self.stream.restart()
        super().cleared(now, moment)

    def state(self) -> Plain:
        """All that it knows, and the stream, for a snapshot."""
        return [super().state(), self.stream.state()]

    def restore(self, state: Plain) -> None:
        """Be as :meth:`state` told."""
        writer, stream = state
        super().restore(writer)
        self.stream.restore(stream)


class ItchAcceptor(SoupAcceptor):
    """Sends all sessions one stream, which ``listener`` writes: over SoupBinTCP or MoldUDP64."""

    __slots__ = ("listener", "messages")

    def __init__(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> None:
        super().__init__(settings, record, taken, self._told())
        self.messages = ItchMessages(self.sessions, self._told())
        self.listener = self._stream(SoupStream(self._rules.session.encode(), self._rules.kept))
        self.listener.attributes = self._options["attribution"]
        for session in sessions:
            self.open(session)

    def open(self, settings: SessionSettings) -> Member:
        """
        Add a session; with ``connect`` it is sent by MoldUDP64.

        :raises exsim.errors.Conflict: when one with its name or identity is there.
        """
        if not settings.connect:
            return super().open(settings)
        if settings.name in self.sessions:
            raise Conflict(f"endpoint {self._settings.name} has a session {settings.name!r}")
        rules, stream = mold_rules(settings.options), self.listener.stream
        machine = MoldSession(settings.name, rules, self._record, stream)
        publisher = MoldPublisher(settings, machine, self._told())
        self.sessions[settings.name] = publisher
        self.opened(settings.name)
        return publisher

    def surgery(self, session: str) -> Surgery:
        """See :meth:`exsim.interfaces.IBreakable.surgery`."""
        if isinstance(self.sessions.get(session), MoldPublisher):
            return MOLD_SURGERY
        return super().surgery(session)

    def initiate(self, name: str, peer: str, now: int, number: int = 0) -> Any:
        """
        There is a socket for a session that is sent by MoldUDP64.

        :raises exsim.errors.Conflict: when it has one already, or is another's to connect.
        """
        session = self.sessions[name]
        if isinstance(session, MoldPublisher):
            return session.attach(peer, now, number)
        return super().initiate(name, peer, now, number)

    def resume(self, plain: Plain) -> Any:
        """Make a connection again, of a session that is restored already."""
        if "mold" not in plain:
            return super().resume(plain)
        publisher = self.sessions[plain["mold"]]
        assert isinstance(publisher, MoldPublisher)
        return publisher.again(plain)

    def _values(self, user: str) -> Values:
        return session_options_of(self._options, user)

    def _member(self, settings: SessionSettings, rules: SoupRules) -> ItchSession:
        return ItchSession(settings, self._machine(settings, rules), self._told())

    def _told(self) -> Family:
        """The messages that its sessions are sent."""
        return ITCH50

    def _stream(self, stream: SoupStream) -> ItchStream:
        """What listens to the venue."""
        return ItchStream(stream)

    def _machine(self, settings: SessionSettings, rules: SoupRules) -> SoupSession:
        """The machine of a session, which shares the stream."""
        return SoupSession(settings.name, rules, self._record, self.listener.stream)
