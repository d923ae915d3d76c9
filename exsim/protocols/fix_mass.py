"""
Requests about many orders, and about trades that are not known: messages to requests, and answers.

OrderMassCancelRequest(q) and OrderMassActionRequest(CA) are answered by the reports of the orders
that they cancel, then by OrderMassCancelReport(r) and OrderMassActionReport(BZ);
OrderMassStatusRequest(AF) by a report for each order. DontKnowTrade(Q) is not answered.
"""

from __future__ import annotations

from typing import Final

from exsim.model.codes import MassScope, Reason
from exsim.model.events import Listed, MassReport
from exsim.model.requests import Carry, DontKnow, MassCancel, MassStatus, Scope
from exsim.protocols.fix_carry import OWNER, only, without_text
from exsim.protocols.fix_given import missing
from exsim.protocols.fix_parties import party_of, target_of
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_reports import Reports
from exsim.protocols.fix_versions import Version, code_text
from exsim.wire.fix import FixMessage, parse_utc_timestamp
from exsim.wire.fix_reasons import (
    INCORRECT_FORMAT,
    REQUIRED_TAG_MISSING,
    TAG_WITHOUT_VALUE,
    VALUE_INCORRECT,
)

DONT_KNOW: Final = b"Q"
MASS_CANCEL: Final = b"q"
MASS_STATUS: Final = b"AF"
MASS_ACTION: Final = b"CA"

_CANCELS: Final = {
    b"1": MassScope.SECURITY,
    b"2": MassScope.UNDERLYING,
    b"3": MassScope.PRODUCT,
    b"4": MassScope.CFI,
    b"5": MassScope.SECURITY_TYPE,
    b"6": MassScope.TRADING_SESSION,
    b"7": MassScope.ALL,
    b"8": MassScope.MARKET,
    **dict.fromkeys((b"9", b"A", b"B", b"C"), MassScope.OTHER),
}
_STATUSES: Final = {
    **{code: scope for code, scope in _CANCELS.items() if code in b"1234567"},
    b"8": MassScope.PARTY,
    b"9": MassScope.OTHER,
    b"10": MassScope.OTHER,
}
_ACTIONS: Final = {
    **{code: scope for code, scope in _CANCELS.items() if code in b"12345678"},
    **dict.fromkeys((b"9", b"10", b"11", b"12"), MassScope.OTHER),
}
_SCOPES: Final = {
    MASS_CANCEL: (b"530", _CANCELS),
    MASS_STATUS: (b"585", _STATUSES),
    MASS_ACTION: (b"1374", _ACTIONS),
}
"""The field that says the scope, and its codes."""

_NEEDS: Final = {
    MassScope.SECURITY: b"55",
    MassScope.UNDERLYING: b"311",
    MassScope.PRODUCT: b"460",
    MassScope.CFI: b"461",
    MassScope.SECURITY_TYPE: b"167",
    MassScope.TRADING_SESSION: b"336",
    MassScope.MARKET: b"1301",
    MassScope.PARTY: b"448",
}
_REQUIRED: Final = {
    MASS_CANCEL: (b"11", b"530", b"60"),
    MASS_STATUS: (b"584", b"585"),
    MASS_ACTION: (b"11", b"1373", b"1374", b"60"),
    DONT_KNOW: (b"127", b"54"),
}
TYPES: Final = frozenset(_REQUIRED)
"""The types of message that are read here."""

_INVALID: Final = {  # MassCancelRejectReason(532) and MassActionRejectReason(1376)
    int(MassScope.SECURITY): 1,
    int(MassScope.UNDERLYING): 2,
    int(MassScope.PRODUCT): 3,
    int(MassScope.CFI): 4,
    int(MassScope.SECURITY_TYPE): 5,
    int(MassScope.TRADING_SESSION): 6,
    int(MassScope.MARKET): 8,
}
_NOT_SUPPORTED: Final = 0


def read(
    message: FixMessage, session: str, version: Version, carry: Carry, ref: str
) -> MassCancel | MassStatus | DontKnow:
    """
    The request of one of :data:`TYPES`.

    :raises Refused: when a field is missing or wrong.
    :raises RefusedBusiness: when one is missing under a condition.
    """
    fields = message.fields
    msg_type = message.msg_type
    check(fields, _REQUIRED[msg_type])
    _check_codes(fields, version)
    side = side_of(fields, version)
    symbol = text_of(fields, b"55")
    if msg_type == DONT_KNOW:
        return DontKnow(
            session,
            text_of(fields, b"37"),
            text_of(fields, b"17"),
            text_of(fields, b"127"),
            symbol,
            side,
            "Q",
            ref,
            carry,
            message.raw,
        )
    scope = _scope(fields, msg_type, symbol, side)
    if msg_type == MASS_STATUS:
        return MassStatus(session, text_of(fields, b"584"), scope, carry, message.raw)
    action = msg_type == MASS_ACTION
    what = 3
    if action:
        if fields[b"1373"] not in (b"1", b"2", b"3"):
            raise Refused(VALUE_INCORRECT, b"1373")
        what = int(fields[b"1373"])
    return MassCancel(session, text_of(fields, b"11"), scope, action, what, carry, message.raw)


def check(fields: dict[bytes, bytes], required: tuple[bytes, ...]) -> None:
    """Whether all fields are there that have to be."""
    for tag in required:
        if tag not in fields:
            raise Refused(REQUIRED_TAG_MISSING, tag)
        if not fields[tag]:
            raise Refused(TAG_WITHOUT_VALUE, tag)


def _check_codes(fields: dict[bytes, bytes], version: Version) -> None:
    if b"60" in fields:
        try:
            parse_utc_timestamp(fields[b"60"])
        except ValueError:
            raise Refused(INCORRECT_FORMAT, b"60") from None
    if b"127" in fields and fields[b"127"] not in version.codes[b"127"]:
        raise Refused(VALUE_INCORRECT, b"127")


def side_of(fields: dict[bytes, bytes], version: Version) -> int:
    """The number of Side(54), 0 where it is not there."""
    if b"54" not in fields:
        return 0
    side = version.codes[b"54"].get(fields[b"54"])
    if side is None:
        raise Refused(VALUE_INCORRECT if fields[b"54"] else TAG_WITHOUT_VALUE, b"54")
    return side


def _scope(fields: dict[bytes, bytes], msg_type: bytes, symbol: str, side: int) -> Scope:
    tag, codes = _SCOPES[msg_type]
    kind = codes.get(fields[tag])
    if kind is None:
        raise Refused(VALUE_INCORRECT, tag)
    needed = _NEEDS.get(kind)
    if needed is not None and not fields.get(needed):
        raise missing(needed)
    account, firm, whose = target_of(fields)
    if kind is MassScope.PARTY:
        account, firm, whose = party_of(fields, b"448", b"452")
    return Scope(
        int(kind),
        symbol,
        side,
        account or text_of(fields, b"1"),
        text_of(fields, b"167"),
        text_of(fields, b"460"),
        text_of(fields, b"336"),
        text_of(fields, b"311"),
        text_of(fields, tag),
        firm,
        whose,
        text_of(fields, b"461"),
        text_of(fields, b"1301"),
    )


def text_of(fields: dict[bytes, bytes], tag: bytes) -> str:
    """A field as text, empty where it is not there."""
    try:
        return fields.get(tag, b"").decode()
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None


# -- answers


def listed_fields(event: Listed, version: Version) -> str:
    """MassStatusReqID(584), TotNumReports(911) and LastRptRequested(912), where there are any."""
    if not version.lists_reports:
        return ""
    req_id = event.req_id
    return f"584={req_id}\x01911={event.total}\x01912={'Y' if event.last else 'N'}\x01"


def mass_report(event: MassReport, reports: Reports) -> tuple[bytes, bytes]:
    """
    MsgType and body of an OrderMassCancelReport(r) or OrderMassActionReport(BZ).

    There is no counter behind its identifier: it is the ClOrdID of the request.
    """
    request, version = event.request, reports.version
    code = _reject_reason(event, version)
    fields = [(11, request.cl_ord_id)]
    if not request.action:
        fields.append((37, request.cl_ord_id))
    if request.side:
        fields.append((54, code_text(request.side)))
    if request.symbol:
        fields.append((55, request.symbol))
    if event.text or event.reason is not None:
        told = event.text or ("" if event.reason is None else event.reason.value)
        fields.append((58, told.replace("\x01", " ")))
    fields.append((60, reports.time_of(event.time)))
    fields += _outcome(event, code)
    if version.mass_action:
        fields.append((1369, request.cl_ord_id))
    if request.action:
        scope = _code_of(request.scope, _ACTIONS)
        fields += [(1373, str(request.what)), (1374, scope), (1375, "1" if code is None else "0")]
        if code is not None:
            fields.append((1376, str(code)))
    body = "".join([f"{tag}={text}\x01" for tag, text in fields]).encode()
    if request.carry.owner == OWNER:
        body += only(without_text(request.carry.body), version.mass_carried)
    return b"BZ" if request.action else b"r", body


def _outcome(event: MassReport, code: int | None) -> list[tuple[int, str]]:
    """What of a mass cancel was done: MassCancelResponse(531) is its scope, or 0."""
    fields: list[tuple[int, str]] = []
    if not event.request.action:
        scope = _code_of(event.request.scope, _CANCELS)
        fields += [(530, scope), (531, scope if code is None else "0")]
        if code is not None:
            fields.append((532, str(code)))
    if code is None:
        fields.append((533, str(event.count)))
    return fields


def _code_of(scope: Scope, codes: dict[bytes, MassScope]) -> str:
    """The code of a scope; of what exsim has no notion of the one that it came as is told."""
    if scope.code:
        return scope.code
    return next(code.decode() for code, kind in codes.items() if int(kind) == scope.kind)


def _reject_reason(event: MassReport, version: Version) -> int | None:
    """The code of why nothing was done; None where it was."""
    if event.reason is None:
        return None
    if event.reason is Reason.UNSUPPORTED:
        return _NOT_SUPPORTED
    if event.reason is Reason.UNKNOWN_SYMBOL:
        return _INVALID.get(event.request.scope.kind, 1)
    return version.mass_other
