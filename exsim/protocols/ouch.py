"""
OUCH order entry over SoupBinTCP, versions 5.0 and 4.2: the protocol module.

Packets are read in :mod:`exsim.wire.soup`, messages in :mod:`exsim.wire.layout`; here they become
requests, and events messages. This module is never compiled, so that it may say which interfaces
the classes of the others provide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zope.interface import classImplements, implementer

from exsim.errors import Problem
from exsim.interfaces import (
    IAcceptor,
    IBreakable,
    IConnection,
    IMessages,
    IPlayable,
    IProtocol,
    ISession,
    IUneven,
    Recorder,
)
from exsim.model.options import Option
from exsim.model.settings import ORDER_ENTRY, EndpointSettings, SessionSettings, Values
from exsim.protocols.member import Member
from exsim.protocols.ouch_acceptor import OuchAcceptor
from exsim.protocols.ouch_options import ENDPOINT_OPTIONS, SESSION_OPTIONS
from exsim.protocols.session_options import Mismatch, schedule_of
from exsim.protocols.soup_lines import SoupLine
from exsim.protocols.soup_messages import SoupMessages

classImplements(Member, ISession)
classImplements(SoupLine, IConnection, IUneven)
classImplements(OuchAcceptor, IAcceptor, IBreakable, IPlayable)
classImplements(SoupMessages, IMessages)


@implementer(IProtocol)
class OuchProtocol:
    """``protocol = ouch``."""

    name = "ouch"
    roles: tuple[str, ...] = (ORDER_ENTRY,)
    endpoint_options: tuple[Option, ...] = ENDPOINT_OPTIONS
    session_options: tuple[Option, ...] = SESSION_OPTIONS

    def problems(self, options: Values, connects: bool) -> list[tuple[str, Problem]]:
        """What is wrong with values of an endpoint or a session that are right one by one."""
        found: list[tuple[str, Problem]] = []
        try:
            schedule_of(options)
        except Mismatch as error:
            found.append((error.key, Problem(str(error))))
        if options["later_messages"] and options["version"] != "5.0":
            found.append(("later_messages", Problem("OUCH 4.2 has none: leave later_messages out")))
        if connects:
            text = "an OUCH session is connected to by its counterparty: leave connect out"
            found.append(("user", Problem(text)))
        return found

    def acceptor(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> OuchAcceptor:
        """The acceptor of one endpoint."""
        return OuchAcceptor(settings, sessions, record, taken)
