"""
ITCH 5.0 market data over SoupBinTCP and MoldUDP64: the protocol module.

What a venue shows becomes one stream of messages; whoever logs in is sent it from the number on
that it asks for. This module is never compiled, so that it may say which interfaces the classes of
the others provide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zope.interface import classImplements, implementer

from exsim.errors import Problem
from exsim.interfaces import (
    IAcceptor,
    IBreakable,
    IConnection,
    IDatagrams,
    IMessages,
    IProtocol,
    IPublishing,
    ISession,
    IUneven,
    Recorder,
)
from exsim.model.options import Option
from exsim.model.settings import MARKET_DATA, EndpointSettings, SessionSettings, Values
from exsim.protocols.glimpse_acceptor import GlimpseAcceptor
from exsim.protocols.itch_acceptor import ItchAcceptor, ItchMessages
from exsim.protocols.itch_mold import MoldLine
from exsim.protocols.itch_options import ENDPOINT_OPTIONS, SESSION_OPTIONS
from exsim.protocols.member import Member
from exsim.protocols.session_options import Mismatch, schedule_of
from exsim.protocols.soup_lines import SoupLine

classImplements(Member, ISession)
classImplements(SoupLine, IConnection, IUneven)
classImplements(MoldLine, IDatagrams)
classImplements(ItchAcceptor, IAcceptor, IBreakable, IPublishing)
classImplements(ItchMessages, IMessages)


@implementer(IProtocol)
class ItchProtocol:
    """``protocol = itch``."""

    name = "itch"
    roles = (MARKET_DATA,)
    connects: tuple[str, ...] = ("udp",)
    endpoint_options: tuple[Option, ...] = ENDPOINT_OPTIONS
    session_options: tuple[Option, ...] = SESSION_OPTIONS

    def problems(self, options: Values, connects: bool) -> list[tuple[str, Problem]]:
        """What is wrong with values of an endpoint or a session that are right one by one."""
        found: list[tuple[str, Problem]] = []
        try:
            schedule_of(options)
        except Mismatch as error:
            found.append((error.key, Problem(str(error))))
        return found

    def acceptor(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> ItchAcceptor:
        """The acceptor of one endpoint."""
        return ItchAcceptor(settings, sessions, record, taken)


class GlimpseProtocol(ItchProtocol):
    """``protocol = glimpse``: the state of an ITCH stream, at each login."""

    name = "glimpse"
    connects = ()

    def acceptor(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
    ) -> GlimpseAcceptor:
        """The acceptor of one endpoint."""
        return GlimpseAcceptor(settings, sessions, record, taken)
