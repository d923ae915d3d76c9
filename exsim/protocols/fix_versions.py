"""
What differs between the versions of FIX, as data: one :class:`Version` for each.

How they came to be so, version by version, is in :mod:`exsim.protocols.fix_steps`.
Everything here is about application messages; what a session does by version is in
:mod:`exsim.sessions.fix`.
"""

from __future__ import annotations

from typing import Final, TypeVar

from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.protocols.fix_codes import ADDED_CODES, MISSING_CODES
from exsim.protocols.fix_steps import (
    ADDED_MESSAGES,
    BUSINESS_OTHER,
    BUSINESS_REASONS,
    CANCEL_REJECT_CARRIED,
    CARRIED,
    CXL_REJ_OTHER,
    CXL_REJ_REASONS,
    MASS_CARRIED,
    ORD_REJ_OTHER,
    ORD_REJ_REASONS,
    REQUIRED,
    TOLD,
    Steps,
)

T = TypeVar("T")

NAMES: Final = (
    "FIX.4.0",
    "FIX.4.1",
    "FIX.4.2",
    "FIX.4.3",
    "FIX.4.4",
    "FIX.5.0",
    "FIX.5.0SP1",
    "FIX.5.0SP2",
)
"""The application versions, oldest first."""

NEW_ORDER: Final = b"D"
CANCEL: Final = b"F"
REPLACE: Final = b"G"
STATUS: Final = b"H"

_TRIGGERED: Final = int(ReportKind.TRIGGERED)
_BROKER_OPTION: Final = 4

CONDITIONALLY_REQUIRED: Final = 5
"""BusinessRejectReason(380): conditionally required field missing."""

BUSINESS_IDS: Final[dict[bytes, bytes]] = {
    b"D": b"11", b"F": b"11", b"G": b"11", b"H": b"11", b"E": b"66", b"K": b"66", b"L": b"66",
    b"M": b"66", b"J": b"70", b"R": b"131", b"S": b"117", b"V": b"262", b"Z": b"117", b"c": b"320",
    b"e": b"324", b"g": b"335", b"i": b"117", b"q": b"11", b"s": b"548", b"t": b"548",
    b"u": b"548", b"v": b"320", b"x": b"320", b"z": b"320", b"AB": b"11", b"AC": b"11",
    b"AD": b"568", b"AE": b"571", b"AF": b"584", b"AH": b"644", b"AN": b"710", b"CA": b"11",
}  # fmt: skip
"""The field of each request that BusinessRejectRefID(379) repeats."""

_DAY: Final = "1"
"""TradingSessionID(336), where that is a code."""
_RANKS: Final = {name: rank for rank, name in enumerate(NAMES)}


class Version:
    """
    The facts of one application version.

    Tables are keyed by the bytes of a tag or a message type. ``codes`` gives the number that a
    request holds for each code: of a digit its value, of a letter its character number. A reason
    whose code is None is told without one.
    """

    __slots__ = (
        "business_reasons",
        "business_reject",
        "cancel_reject_carried",
        "cancel_reject_status",
        "cancel_reject_time",
        "carried",
        "codes",
        "contingency",
        "copy_indicator",
        "cxl_rej_reasons",
        "day_quantities",
        "exec_trans_type",
        "exec_type",
        "groups_requests",
        "last_always",
        "last_restatement",
        "list_of_orders",
        "lists_reports",
        "mass_action",
        "mass_carried",
        "mass_other",
        "messages",
        "multileg_reporting",
        "name",
        "news_symbol",
        "ord_rej_reasons",
        "orig_cl_ord_id",
        "quote_msg_id",
        "quote_states",
        "replaced_status",
        "required",
        "restatement_reason",
        "session_codes",
        "side_orders_last",
        "takes_cash",
        "timestamp_digits",
        "told",
        "trade_exec_type",
        "trade_id",
        "trade_reports",
        "trading_session_rejects",
        "triggered",
        "whole_quantities",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.codes: dict[bytes, dict[bytes, int]] = {tag: _codes(tag, name) for tag in ADDED_CODES}
        self.required: dict[bytes, tuple[bytes, ...]] = {
            msg_type: _tags(steps, name) for msg_type, steps in REQUIRED.items()
        }
        self.messages: frozenset[bytes] = frozenset(
            word.encode() for words in _so_far(ADDED_MESSAGES, name) for word in words.split()
        )
        # Fields of reports
        self.exec_trans_type: bool = not _from(name, "FIX.4.3")
        self.exec_type: bool = _from(name, "FIX.4.1")
        self.day_quantities: bool = _from(name, "FIX.4.2")  # 424 425 426
        self.multileg_reporting: bool = _from(name, "FIX.4.2")  # 442
        self.restatement_reason: bool = _from(name, "FIX.4.2")
        self.triggered: bool = _from(name, "FIX.5.0")  # 150=L, before D
        self.last_restatement: int = 99 if _from(name, "FIX.4.3") else 5
        self.orig_cl_ord_id: bool = _from(name, "FIX.4.1")
        self.trade_exec_type: bool = _from(name, "FIX.4.3")
        self.replaced_status: bool = not _from(name, "FIX.4.3")
        self.last_always: bool = not _from(name, "FIX.4.2")
        self.whole_quantities: bool = not _from(name, "FIX.4.2")
        self.takes_cash: bool = _from(name, "FIX.4.1")
        self.timestamp_digits: int = 3 if _from(name, "FIX.4.2") else 0
        self.carried: tuple[bytes, ...] = _tags(CARRIED, name)
        self.told: tuple[bytes, ...] = _tags(TOLD, name)
        # Of lists
        self.list_of_orders: bool = _from(name, "FIX.4.2")  # in one message
        self.contingency: bool = _from(name, "FIX.5.0SP1")  # 1385
        # Fields of rejects
        self.cancel_reject_status: bool = _from(name, "FIX.4.1")
        self.cancel_reject_time: bool = _from(name, "FIX.4.2")  # 60 and 434
        self.cancel_reject_carried: tuple[bytes, ...] = _tags(CANCEL_REJECT_CARRIED, name)
        # Of quotes
        self.groups_requests: bool = _from(name, "FIX.4.2")  # 146 in R
        self.quote_states: bool = _from(name, "FIX.5.0SP1")  # 297 from 16 on, 298 and 300 in AI
        self.quote_msg_id: bool = _from(name, "FIX.5.0SP2")  # 1166 on reports
        # Of answers to mass requests
        self.trade_reports: bool = _from(name, "FIX.4.3")  # AE
        self.copy_indicator: bool = _from(name, "FIX.4.4")  # 797
        self.news_symbol = "55" if _from(name, "FIX.4.3") else "46"  # RelatdSym(46)
        self.lists_reports: bool = _from(name, "FIX.4.4")  # 584, 911 and 912 on reports
        self.mass_action: bool = _from(name, "FIX.5.0SP1")
        self.session_codes: bool = _from(name, "FIX.5.0SP1")  # 336 is a code
        self.trading_session_rejects: bool = _from(name, "FIX.4.3")  # 281=9, 340=6 and 567
        self.trade_id: bool = _from(name, "FIX.5.0")  # 1003
        self.side_orders_last: bool = _from(name, "FIX.5.0SP2")  # 37 and 11 of a side of a trade
        self.mass_other: int = 99 if _from(name, "FIX.4.4") else 0
        self.mass_carried: frozenset[bytes] = frozenset(_tags(MASS_CARRIED, name))
        self.business_reject: bool = _from(name, "FIX.4.2")
        self.ord_rej_reasons: dict[Reason, int | None] = _reasons(
            ORD_REJ_REASONS, ORD_REJ_OTHER, name
        )
        self.cxl_rej_reasons: dict[Reason, int | None] = _reasons(
            CXL_REJ_REASONS, CXL_REJ_OTHER, name
        )
        self.business_reasons: dict[Reason, int | None] = (
            _reasons(BUSINESS_REASONS, BUSINESS_OTHER, name) if self.business_reject else {}
        )

    def restatement(self, kind: int, why: int) -> int:
        """
        ExecRestatementReason(378) of a report; below 0 where it has none.

        FIX.4.2 has few, and "broker option" for what it does not have. That an order was triggered
        needs none where there is an ExecType for it.
        """
        if not self.restatement_reason or (kind == _TRIGGERED and self.triggered):
            return -1
        return why if why <= self.last_restatement else _BROKER_OPTION

    def trading_session(self, venue: str) -> str:
        """TradingSessionID(336) of the one that a venue has: a code, or its name."""
        return _DAY if self.session_codes else venue


def code_text(number: int) -> str:
    """The code of a number that :attr:`Version.codes` gave."""
    return chr(number + 48) if 0 <= number < 10 else chr(number)


def _code_number(code: str) -> int:
    return int(code) if code.isdigit() else ord(code)


def _letter(number: int) -> str:
    """The code of a number of OrdStatus or ReportKind: letters count on from 10."""
    return str(number) if number < 10 else chr(ord("A") + number - 10)


def _from(name: str, first: str) -> bool:
    return _RANKS[name] >= _RANKS[first]


def _so_far(steps: tuple[tuple[str, T], ...], name: str) -> list[T]:
    return [value for first, value in steps if _from(name, first)]


def _tags(steps: tuple[tuple[str, str], ...], name: str) -> tuple[bytes, ...]:
    return tuple(tag.encode() for tag in _so_far(steps, name)[-1].split())


def _codes(tag: bytes, name: str) -> dict[bytes, int]:
    gone = MISSING_CODES.get((name, tag), "")
    every = "".join(_so_far(ADDED_CODES[tag], name))
    return {code.encode(): _code_number(code) for code in every if code not in gone}


def _reasons(
    known: dict[Reason, tuple[tuple[str, int], ...]], other: Steps, name: str
) -> dict[Reason, int | None]:
    default = _so_far(other, name)[-1]
    codes: dict[Reason, int | None] = {}
    for reason in Reason:
        found = _so_far(known.get(reason, ()), name)
        codes[reason] = found[-1] if found else default
    return codes


VERSIONS: Final = {name: Version(name) for name in NAMES}
"""All versions by name."""

APPL_VER_IDS: Final = {
    b"2": VERSIONS["FIX.4.0"],
    b"3": VERSIONS["FIX.4.1"],
    b"4": VERSIONS["FIX.4.2"],
    b"5": VERSIONS["FIX.4.3"],
    b"6": VERSIONS["FIX.4.4"],
    b"7": VERSIONS["FIX.5.0"],
    b"8": VERSIONS["FIX.5.0SP1"],
    b"9": VERSIONS["FIX.5.0SP2"],
}
"""ApplVerID(1128) and DefaultApplVerID(1137) of FIXT.1.1."""

BEGIN_STRINGS: Final = (*NAMES[:5], "FIXT.1.1")
"""The values of BeginString(8) that exsim speaks."""
FIXT: Final = b"FIXT.1.1"


def find_version(begin_string: bytes, appl_ver_id: bytes) -> Version | None:
    """The version of a session's application messages, or None where exsim does not know it."""
    if begin_string == FIXT:
        return APPL_VER_IDS.get(appl_ver_id)
    name = begin_string.decode("ascii", "replace")
    return VERSIONS[name] if name in BEGIN_STRINGS else None


# -- how states are told

_STATUS_CODES: Final = {
    -1: "A",  # nobody has answered the order yet: Pending New
    **{int(status): _letter(int(status)) for status in OrdStatus},
}
STATUSES: Final = tuple(_STATUS_CODES)
"""Every state that an order can be in."""

_EXEC_TYPES: Final = {int(kind): _letter(int(kind)) for kind in ReportKind}


def ord_status(version: Version, status: int) -> str:
    """
    OrdStatus(39).

    Replaced is the state of an order that nothing was filled of since its replace. From FIX.4.3
    such an order is told as New, which it lives as. Before FIX.4.2 there is one code for a cancel
    and a replace that are pending.
    """
    if status == int(OrdStatus.PENDING_REPLACE) and not _from(version.name, "FIX.4.2"):
        return _STATUS_CODES[int(OrdStatus.PENDING_CANCEL)]
    if status == int(OrdStatus.REPLACED) and not version.replaced_status:
        return "0"
    return _STATUS_CODES[status]


_LATER_KINDS: Final = {
    int(ReportKind.CALCULATED): "FIX.4.1",
    int(ReportKind.RESTATED): "FIX.4.2",
    int(ReportKind.PENDING_REPLACE): "FIX.4.2",
    int(ReportKind.TRADE_CORRECT): "FIX.4.3",
    int(ReportKind.TRADE_CANCEL): "FIX.4.3",
    int(ReportKind.STATUS): "FIX.4.3",
    int(ReportKind.TRIGGERED): "FIX.5.0",
}
"""The first versions in which ExecType(150) has a code for them."""
_OF_FILLS: Final = frozenset({int(ReportKind.TRADE_CORRECT), int(ReportKind.TRADE_CANCEL)})


def exec_type(version: Version, kind: int, status: int, trade: bool) -> str:
    """
    ExecType(150); ``trade`` says that a fill is F, not 1 or 2.

    Where the version has no code for what is told, it repeats OrdStatus: ExecTransType(20) says
    that it is the answer to a status request. With a bust or a correction it is that of a fill
    (FIX 4.2 Appendix D, D34 and D35). Before FIX.5.0 that a stop was triggered is told as a
    restatement, where the version has that.
    """
    if kind == int(ReportKind.FILL):
        return "F" if trade else "2" if status == int(OrdStatus.FILLED) else "1"
    if _from(version.name, _LATER_KINDS.get(kind, "FIX.4.0")):
        return _EXEC_TYPES[kind]
    if kind in _OF_FILLS:
        return "2" if status == int(OrdStatus.FILLED) else "1"
    if kind == int(ReportKind.TRIGGERED) and _from(version.name, "FIX.4.2"):
        return _EXEC_TYPES[int(ReportKind.RESTATED)]
    return ord_status(version, status)


_TRANS_TYPES: Final = {
    int(ReportKind.TRADE_CANCEL): "1",
    int(ReportKind.TRADE_CORRECT): "2",
    int(ReportKind.STATUS): "3",
}


def exec_trans_type(kind: int) -> str:
    """ExecTransType(20), which FIX.4.0 to 4.2 have: new, cancel, correct or status."""
    return _TRANS_TYPES.get(kind, "0")
