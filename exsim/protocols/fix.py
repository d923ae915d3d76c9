"""
FIX order entry, from FIX.4.0 to FIX.5.0SP2: the protocol module.

Bytes are read in :mod:`exsim.wire.fix` and kept in order in :mod:`exsim.sessions`; here messages
become requests and events messages. This module is never compiled, so that it may say which
interfaces the classes of the others provide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zope.interface import classImplements, implementer

from exsim.errors import Problem
from exsim.interfaces import (
    IAcceptor,
    IBreakable,
    IChangeable,
    IConnection,
    IMessages,
    IPlayable,
    IProtocol,
    ISession,
    IUneven,
    Recorder,
)
from exsim.model.options import Option
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.protocols.fix_acceptor import FixAcceptor
from exsim.protocols.fix_connections import MappedConnection
from exsim.protocols.fix_dialect import Dialects, Dictionaries
from exsim.protocols.fix_messages import FixMessages
from exsim.protocols.fix_options import ENDPOINT_OPTIONS, SESSION_OPTIONS
from exsim.protocols.fix_sessions import MappedSession
from exsim.protocols.fix_versions import BEGIN_STRINGS
from exsim.protocols.session_options import Mismatch, schedule_of
from exsim.sessions.fix_rules import ANY_VERSION

classImplements(MappedSession, ISession, IChangeable)
classImplements(MappedConnection, IConnection, IUneven)
classImplements(FixAcceptor, IAcceptor, IBreakable, IPlayable)
classImplements(FixMessages, IMessages)


@implementer(IProtocol)
class FixProtocol:
    """
    ``protocol = fix``.

    :param standard: exsim's own dictionaries.
    :param read: gives the dictionary in the file of a path; raises
        :exc:`~exsim.errors.ConfigError` with all that is wrong with it.
    """

    name = "fix"
    endpoint_options: tuple[Option, ...] = ENDPOINT_OPTIONS
    session_options: tuple[Option, ...] = SESSION_OPTIONS

    def __init__(self, standard: Dictionaries, read: Dictionaries) -> None:
        self._dialects = Dialects(standard, read)

    def problems(self, options: Values, connects: bool) -> list[tuple[str, Problem]]:
        """What is wrong with values of an endpoint or a session that are right one by one."""
        found = [("dictionary", problem) for problem in self._dialects.problems(options)]
        try:
            schedule_of(options)
        except Mismatch as error:
            found.append((error.key, Problem(str(error))))
        if connects and options["begin_string"] == ANY_VERSION:
            versions = ", ".join(BEGIN_STRINGS)
            found.append(("begin_string", Problem(f"say which version to log on with: {versions}")))
        return found

    def acceptor(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> FixAcceptor:
        """The acceptor of one endpoint."""
        return FixAcceptor(settings, sessions, record, taken, self._dialects)
