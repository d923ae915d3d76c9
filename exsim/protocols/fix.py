"""
FIX order entry, from FIX.4.0 to FIX.5.0SP2: the protocol module.

Bytes are read in :mod:`exsim.wire.fix` and kept in order in :mod:`exsim.sessions`; here messages
become requests and events messages. This module is never compiled, so that it may say which
interfaces the classes of the others provide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zope.interface import classImplements, implementer

from exsim.interfaces import IAcceptor, IConnection, IProtocol, ISession, Recorder
from exsim.model.messages import Description
from exsim.model.options import Option
from exsim.model.settings import EndpointSettings, SessionSettings
from exsim.protocols import fix_text
from exsim.protocols.fix_acceptor import FixAcceptor
from exsim.protocols.fix_check import Dictionaries
from exsim.protocols.fix_fields import decode_fields
from exsim.protocols.fix_options import ENDPOINT_OPTIONS, SESSION_OPTIONS
from exsim.protocols.fix_sessions import MappedConnection, MappedSession

classImplements(MappedSession, ISession)
classImplements(MappedConnection, IConnection)
classImplements(FixAcceptor, IAcceptor)


@implementer(IProtocol)
class FixProtocol:
    """
    ``protocol = fix``.

    ``dictionaries`` are those that messages are held to; without them none is.
    """

    name = "fix"
    endpoint_options: tuple[Option, ...] = ENDPOINT_OPTIONS
    session_options: tuple[Option, ...] = SESSION_OPTIONS

    def __init__(self, dictionaries: Dictionaries | None = None) -> None:
        self._dictionaries = dictionaries

    def acceptor(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> FixAcceptor:
        """The acceptor of one endpoint."""
        return FixAcceptor(settings, sessions, record, taken, self._dictionaries)

    def describe(self, data: bytes) -> Description:
        """A message with the names of its fields, passwords masked."""
        return fix_text.describe(data)

    def matches(
        self, data: bytes, msg_type: str | None, fields: Sequence[tuple[str, str | None]]
    ) -> bool:
        """Whether a message is of a type, and has all of these fields."""
        return fix_text.matches(data, msg_type, fields)

    def masked(self, data: bytes) -> bytes:
        """The message with passwords overwritten by as many asterisks."""
        return fix_text.masked(data)

    def text(self, data: bytes) -> str:
        """The message as one readable line, passwords masked."""
        return fix_text.line(data)

    def fields(self, data: bytes) -> tuple[tuple[str, str], ...]:
        """The message's type and body, as a session sends them."""
        return decode_fields(data)
