"""
What is traded, and when: SecurityListRequest(x), SecurityDefinitionRequest(c),
SecurityStatusRequest(e), TradingSessionStatusRequest(g) and TradingSessionListRequest(BI) to
requests; SecurityList(y), SecurityDefinition(d), SecurityStatus(f), TradingSessionStatus(h) and
TradingSessionList(BJ) of what is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import Phase
from exsim.model.market_data import SNAPSHOT, SUBSCRIBE, UNSUBSCRIBE
from exsim.model.reference_data import (
    DEFINITION,
    LIST,
    SESSION,
    SESSIONS,
    STATUS,
    InstrumentsTold,
    PhaseTold,
    ReferenceQuery,
)
from exsim.model.requests import Carry
from exsim.protocols.fix_mass import check, text_of
from exsim.protocols.fix_refused import Refused, RefusedAs, RefusedBusiness
from exsim.protocols.fix_versions import Version
from exsim.wire.fix import FixMessage, utc_timestamp
from exsim.wire.fix_reasons import VALUE_INCORRECT

if TYPE_CHECKING:
    from exsim.model.settings import Instrument

_ABOUT: Final = {b"x": LIST, b"c": DEFINITION, b"e": STATUS, b"g": SESSION, b"BI": SESSIONS}
TYPES: Final = frozenset(_ABOUT)
"""The types of message that are read here."""
_REQUIRED: Final = {
    b"x": (b"320", b"559"),
    b"c": (b"320", b"321"),
    b"e": (b"324", b"55", b"263"),
    b"g": (b"335", b"263"),
    b"BI": (b"335", b"263"),
}
_IDS: Final = {b"x": b"320", b"c": b"320", b"e": b"324", b"g": b"335", b"BI": b"335"}
_ACTIONS: Final = {b"0": SNAPSHOT, b"1": SUBSCRIBE, b"2": UNSUBSCRIBE}

_OTHER: Final = 0  # BusinessRejectReason(380)
_STATUSES: Final = {
    Phase.START_OF_DAY: 18,
    Phase.PRE_OPEN: 21,
    Phase.OPENING_AUCTION: 21,
    Phase.CONTINUOUS: 17,
    Phase.INTRADAY_AUCTION: 5,
    Phase.VOLATILITY_AUCTION: 5,
    Phase.HALT: 2,
    Phase.CLOSING_AUCTION: 5,
    Phase.TRADE_AT_CLOSE: 17,
    Phase.CLOSED: 18,
}
"""SecurityTradingStatus(326): not available, pre-open, ready to trade, price indication, halt."""
_PRE_OPEN: Final = 21  # from FIX.4.4
_INDICATION: Final = 5
_SESSIONS: Final = {
    Phase.START_OF_DAY: 4,
    Phase.PRE_OPEN: 4,
    Phase.OPENING_AUCTION: 4,
    Phase.CONTINUOUS: 2,
    Phase.INTRADAY_AUCTION: 2,
    Phase.VOLATILITY_AUCTION: 2,
    Phase.HALT: 1,
    Phase.CLOSING_AUCTION: 5,
    Phase.TRADE_AT_CLOSE: 5,
    Phase.CLOSED: 3,
}
"""TradSesStatus(340): halted, open, closed, pre-open, pre-close."""


def read(message: FixMessage, session: str, carry: Carry) -> ReferenceQuery:
    """
    The request of a message.

    :raises Refused: when a field is missing or wrong.
    """
    fields, msg_type = message.fields, message.msg_type
    check(fields, _REQUIRED[msg_type])
    about = _ABOUT[msg_type]
    action = _ACTIONS.get(fields.get(b"263", b"0"))
    if action is None:
        raise Refused(VALUE_INCORRECT, b"263")
    req_id = text_of(fields, _IDS[msg_type])
    symbol, security_type = text_of(fields, b"55"), text_of(fields, b"167")
    if about == LIST and fields[b"559"] == b"4":
        symbol = security_type = ""  # all of them
    return ReferenceQuery(session, req_id, about, action, symbol, security_type, carry, message.raw)


def check_session(message: FixMessage, version: Version, ours: str) -> None:
    """
    Let a request pass that is about no session of trading, or ``ours``.

    :raises RefusedAs: when it is about another, where the version can say so.
    :raises RefusedBusiness: likewise, where it cannot.
    """
    fields, about = message.fields, _ABOUT[message.msg_type]
    asked, req_id = text_of(fields, b"336"), text_of(fields, b"335")
    if about not in (SESSION, SESSIONS) or asked in ("", ours) or not req_id:
        return
    if fields.get(b"263") == b"2":
        return
    text = f"there is no TradingSessionID {asked}"
    if not version.trading_session_rejects:
        raise RefusedBusiness(_OTHER, text)
    told = f"336={asked}\x01325=N\x01340=6\x01567=1\x0158={text}\x01"
    if about == SESSIONS:
        raise RefusedAs(b"BJ", f"335={req_id}\x01386=1\x01{told}".encode())
    raise RefusedAs(b"h", f"335={req_id}\x01{told}".encode())


def instruments_told(event: InstrumentsTold, version: Version) -> tuple[bytes, bytes]:
    """MsgType and body of a SecurityList(y) or SecurityDefinition(d)."""
    request = event.request
    response = f"{request.req_id}-{event.number}"
    body = f"320={request.req_id}\x01322={response}\x01"
    if request.about == DEFINITION:
        found, old = bool(event.instruments), version.exec_trans_type
        body += f"323={6 if not found else 4 if old else 1}\x01"
        if old:
            body += f"393={event.total}\x01"
        for instrument in event.instruments:
            body += _instrument(instrument, version)
            if not old:
                body += _lots(instrument)
        return b"d", body.encode()
    body += f"560={0 if event.total else 2}\x01393={event.total}\x01"
    if version.lists_reports:
        body += f"893={'Y' if event.last else 'N'}\x01"
    if event.instruments:
        body += f"146={len(event.instruments)}\x01"
    for instrument in event.instruments:
        body += _instrument(instrument, version) + _lots(instrument)
    return b"y", body.encode()


def _instrument(instrument: Instrument, version: Version) -> str:
    """The fields of an instrument that all versions have, in their order."""
    fields = [(55, instrument.symbol)]
    identifiers = list(instrument.identifiers())
    if identifiers:
        source, _, identifier = identifiers[0].partition(":")
        fields += [(48, identifier), (22, source)]
    fields.append((167, instrument.security_type))
    maturity, new = instrument.maturity, not version.exec_trans_type
    if maturity:
        fields.append((200, maturity[:6]))
    if len(maturity) == 8:
        fields.append((541, maturity) if new else (205, maturity[6:]))
    if instrument.put_call and not new:
        fields.append((201, "0" if instrument.put_call == "put" else "1"))
    if instrument.strike is not None:
        fields.append((202, format_amount(instrument.strike)))
    if instrument.multiplier != UNIT:
        fields.append((231, format_amount(instrument.multiplier)))
    fields.append((15, instrument.currency))
    return "".join([f"{tag}={text}\x01" for tag, text in fields])


def _lots(instrument: Instrument) -> str:
    lots = f"561={format_amount(instrument.lot)}\x01"
    if instrument.min_qty is not None:
        lots += f"562={format_amount(instrument.min_qty)}\x01"
    return lots


def phase_told(event: PhaseTold, version: Version) -> tuple[bytes, bytes]:
    """MsgType and body of a SecurityStatus(f), TradingSessionStatus(h), TradingSessionList(BJ)."""
    unsolicited = "325=Y\x01" if event.unsolicited else "325=N\x01"
    if not event.symbol:
        status = 3 if event.phase is None else _SESSIONS[event.phase]
        name = version.trading_session(event.venue)
        told = f"336={name}\x01{unsolicited}340={status}\x01"
        if event.listed:
            return b"BJ", f"335={event.req_id}\x01386=1\x01{told}".encode()
        return b"h", f"335={event.req_id}\x01{told}".encode()
    status = 20 if event.phase is None else _STATUSES[event.phase]
    if status == _PRE_OPEN and not version.lists_reports:
        status = _INDICATION
    prices = "".join([
        f"{tag}={format_amount(price)}\x01"
        for tag, price in ((332, event.high), (333, event.low), (31, event.last))
        if price is not None
    ])  # fmt: skip
    time = utc_timestamp(event.time, version.timestamp_digits).decode()
    body = (
        f"324={event.req_id}\x0155={event.symbol}\x01{unsolicited}326={status}\x01"
        f"{prices}60={time}\x01"
    )
    return b"f", body.encode()
