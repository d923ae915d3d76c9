"""What is traded at a venue, and whether it is just now: what is asked about that, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.model.carry import NOTHING_CARRIED, Carry
from exsim.model.codes import Phase
from exsim.model.market_data import DataMessage

if TYPE_CHECKING:
    from exsim.model.settings import Instrument

LIST: Final = "list"
"""Ask for instruments, many in an answer: SecurityListRequest in FIX."""
DEFINITION: Final = "definition"
"""Ask for instruments, each in an answer of its own: SecurityDefinitionRequest."""
STATUS: Final = "status"
"""Ask whether an instrument trades: SecurityStatusRequest."""
SESSION: Final = "session"
"""Ask which phase the venue is in: TradingSessionStatusRequest."""
SESSIONS: Final = "sessions"
"""Ask for the same of all there are, of which a venue has one: TradingSessionListRequest."""


class ReferenceQuery(DataMessage):
    """
    Asks about instruments, or about the venue itself; ``about`` is one of the five words above.

    ``action`` is that of :class:`exsim.model.market_data.DataQuery`, of STATUS, SESSION and
    SESSIONS. Instruments are chosen by ``symbol`` and ``security_type``, empty for all.
    """

    __slots__ = ("about", "action", "security_type")

    def __init__(
        self,
        session: str,
        req_id: str,
        about: str,
        action: int,
        symbol: str,
        security_type: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        super().__init__(session, req_id, symbol, carry, raw)
        self.about = about
        self.action = action
        self.security_type = security_type


class InstrumentsTold:
    """
    Instruments in answer to a request: none where none fit. ``number`` counts the answers to it,
    from 1; ``total`` are the instruments of all of them.
    """

    __slots__ = ("instruments", "last", "number", "request", "session", "total")

    def __init__(
        self,
        request: ReferenceQuery,
        instruments: list[Instrument],
        number: int,
        total: int,
        last: bool,
    ) -> None:
        self.session = request.session
        self.request = request
        self.instruments = instruments
        self.number = number
        self.total = total
        self.last = last


class PhaseTold:
    """
    The phase of an instrument, or of the venue where ``symbol`` is empty; None: it is unknown.

    ``unsolicited`` says that it has changed, of what is subscribed to; ``listed`` that all sessions
    of trading were asked for. ``last``, ``high`` and
    ``low`` are prices of the day.
    """

    __slots__ = (
        "carry",
        "high",
        "last",
        "listed",
        "low",
        "phase",
        "req_id",
        "session",
        "symbol",
        "time",
        "unsolicited",
        "venue",
    )

    def __init__(
        self,
        session: str,
        req_id: str,
        venue: str,
        symbol: str,
        phase: Phase | None,
        time: int,
        unsolicited: bool,
        last: int | None = None,
        high: int | None = None,
        low: int | None = None,
        carry: Carry = NOTHING_CARRIED,
    ) -> None:
        self.session = session
        self.req_id = req_id
        self.venue = venue
        self.symbol = symbol
        self.phase = phase
        self.time = time
        self.unsolicited = unsolicited
        self.last = last
        self.high = high
        self.low = low
        self.carry = carry
        self.listed = False


ReferenceEvent = InstrumentsTold | PhaseTold


def no_instruments(request: ReferenceQuery) -> InstrumentsTold:
    """The answer to a request that nobody answers better."""
    return InstrumentsTold(request, [], 1, 0, True)
