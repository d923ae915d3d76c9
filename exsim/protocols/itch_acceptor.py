"""The ITCH side of one endpoint: one stream of messages, and who may log in to be sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exsim.interfaces import Recorder
from exsim.model.plain import Plain
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.protocols import ouch_text as text
from exsim.protocols.itch_options import session_options_of
from exsim.protocols.itch_sessions import ItchSession
from exsim.protocols.itch_writer import ItchWriter
from exsim.protocols.soup_acceptor import SoupAcceptor
from exsim.protocols.soup_messages import SoupMessages
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.sessions.soup_stream import SoupStream
from exsim.wire.layout import Family
from exsim.wire.layouts.itch50 import ITCH50


class ItchMessages(SoupMessages):
    """What is said of messages of a feed: no order of a client is looked for in them."""

    __slots__ = ()

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """The type of a message; other fields :meth:`describe` tells."""
        return [text.type_of(data, self._family(session))] if tag == "35" else None


class ItchStream(ItchWriter):
    """What is told of a venue, as one stream of messages."""

    __slots__ = ("stream",)

    def __init__(self, stream: SoupStream) -> None:
        self.stream = stream
        super().__init__(self._append)

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
    """Sends all sessions one stream, which ``listener`` writes."""

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
        for session in sessions:
            self.open(session)

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
