"""
Requests about many orders at once: mass cancels, other mass actions, and mass status requests.

They are about the open orders of their session; where they name a party, also about those of others
that the session may act for. Each order is told by a report of its own to its owner, and to who
acts for it; what became of a mass action as a whole is told after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch import cfi, operator, waiting
from exsim.dispatch.acting import canceled_by, tell
from exsim.dispatch.answers import unknown
from exsim.dispatch.checks import Refusal
from exsim.dispatch.floor import Floor
from exsim.model.codes import MassScope, Reason, ReportKind
from exsim.model.events import Event, Listed, MassReport
from exsim.model.requests import MassCancel, MassStatus, OrderStatusQuery, Scope
from exsim.model.settings import Instrument
from exsim.orders.order import Order
from exsim.orders.unasked import SUSPENDED

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_SECURITY: Final = int(MassScope.SECURITY)
_UNDERLYING: Final = int(MassScope.UNDERLYING)
_PRODUCT: Final = int(MassScope.PRODUCT)
_CFI: Final = int(MassScope.CFI)
_MARKET: Final = int(MassScope.MARKET)
_SECURITY_TYPE: Final = int(MassScope.SECURITY_TYPE)
_TRADING_SESSION: Final = int(MassScope.TRADING_SESSION)
_OTHER: Final = int(MassScope.OTHER)
SUSPEND: Final = 1
RELEASE: Final = 2
CANCEL: Final = 3
"""MassActionType(1373)."""
_ACTIONS: Final = (SUSPEND, RELEASE, CANCEL)
_UNDISCLOSED: Final = 7  # Side(54) of a report about no order in particular

THE_SESSION: Final = ("1", "DAY")
"""TradingSessionID(336): a venue has one, the day."""

PRODUCTS: Final = {
    "CS": "5",
    "PS": "5",
    "ETF": "5",
    "MF": "5",
    "FOR": "4",
    "FXSPOT": "4",
    "FXFWD": "4",
    "FXNDF": "4",
    "FXSWAP": "4",
    "CORP": "3",
    "CB": "3",
    "CPP": "3",
    "FAC": "1",
    "TBOND": "6",
    "TNOTE": "6",
    "TBILL": "6",
    "TIPS": "6",
    "EUSOV": "6",
    "GO": "11",
    "MBS": "10",
    "CD": "9",
    "CP": "9",
    "REPO": "13",
}
"""Product(460) by SecurityType(167), as FIX has them; all others are 12, other."""
_OTHER_PRODUCT: Final = "12"


def act_on_all(venue: Venue, request: MassCancel, now: int, out: list[Event]) -> None:
    """Do what a request asks for to the orders that it is about."""
    refusal = check(venue, request)
    if refusal is not None:
        out.append(MassReport(request, 0, now, refusal[0], refusal[1]))
    elif request.what == CANCEL:
        _cancel_all(venue, request, now, out)
    else:
        _mark_all(venue, request, now, out)


def _cancel_all(floor: Venue, request: MassCancel, now: int, out: list[Event]) -> None:
    """
    Cancel them, as far as the phases of the instruments allow it; those that are not accepted yet,
    too.
    """
    kept = 0
    count = 0
    for order in floor.waiting_first(chosen(floor, request.session, request.scope)):
        listing = floor.listings.get(order.terms.symbol)
        if not order.open:  # it went with one that it depends on
            count += 1
        elif listing is not None and not listing.rules.cancels:
            kept += 1
        else:
            text = "" if order.owner == request.session else canceled_by(request.session)
            floor.cancel_order(order, now, out, text)
            tell(floor, request.session, order, ReportKind.CANCELED, now, out)
            count += 1
    session, scope = request.session, request.scope
    for order in waiting.cancel_all(
        floor,
        lambda order: is_of_scope(floor, session, scope, order) and _may_go(floor, order),
        now,
        out,
        "",
    ):
        tell(floor, session, order, ReportKind.CANCELED, now, out)
        count += 1
    text = f"{kept} more cannot be canceled in the phase that their market is in" if kept else ""
    out.append(MassReport(request, count, now, None, text))


def _mark_all(venue: Venue, request: MassCancel, now: int, out: list[Event]) -> None:
    """
    Suspend them, or release those that are suspended; none is counted that is so already, or has
    another mark that an operator made.
    """
    suspends = request.what == SUSPEND
    count = 0
    for order in chosen(venue, request.session, request.scope):
        if not order.open or order.mark != (0 if suspends else SUSPENDED):
            continue
        count += 1
        if suspends:
            operator.suspend(venue, order, now, out)
        else:
            operator.resume(venue, order, now, out)
        kind = ReportKind.SUSPENDED if suspends else ReportKind.RESTATED
        tell(venue, request.session, order, kind, now, out)
    out.append(MassReport(request, count, now, None))


def tell_all(floor: Floor, request: MassStatus, now: int, out: list[Event]) -> None:
    """Tell the state of what a request is about; that there is nothing is told too."""
    refusal = _check_scope(floor, request.session, request.scope)
    if refusal is not None:
        refuse_status(request, refusal[0], refusal[1], now, out)
        return
    orders = chosen(floor, request.session, request.scope)
    if not orders:
        refuse_status(request, Reason.UNKNOWN_ORDER, "there are no such orders", now, out)
        return
    total = len(orders)
    for number, order in enumerate(orders, 1):
        report = floor.orders.status(order, now, request.carry)
        report.session = request.session
        out.append(Listed(report, request.req_id, total, number == total))


def refuse_status(
    request: MassStatus, reason: Reason, text: str, now: int, out: list[Event]
) -> None:
    """The answer where no order can be told."""
    scope = request.scope
    query = OrderStatusQuery(
        request.session,
        "",
        "",
        scope.symbol,
        scope.side or _UNDISCLOSED,
        scope.account,
        request.carry,
    )
    report = unknown(query, reason, text or reason.value, now)
    out.append(Listed(report, request.req_id, 0, True))


def check(floor: Floor, request: MassCancel) -> Refusal | None:
    """Whether a mass action can be carried out."""
    if request.what not in _ACTIONS:
        return Reason.UNSUPPORTED, f"mass action {request.what} is not supported"
    if floor.orders.known(request.session, request.cl_ord_id):
        return Reason.DUPLICATE, f"duplicate ClOrdID {request.cl_ord_id[:40]!r}"
    return _check_scope(floor, request.session, request.scope)


def _check_scope(floor: Floor, session: str, scope: Scope) -> Refusal | None:
    if scope.kind == _OTHER:
        return Reason.UNSUPPORTED, "orders cannot be chosen so"
    if scope.symbol and scope.symbol not in floor.instruments:
        return Reason.UNKNOWN_SYMBOL, f"unknown symbol {scope.symbol[:40]!r}"
    if scope.kind == _TRADING_SESSION and scope.trading_session.upper() not in THE_SESSION:
        name = scope.trading_session[:40]
        return Reason.UNKNOWN_SYMBOL, f"unknown trading session {name!r}: there is 1, the day"
    if scope.kind == _MARKET and scope.market != floor.name:
        return Reason.UNKNOWN_SYMBOL, f"unknown market {scope.market[:40]!r}: this is {floor.name}"
    if not floor.accounts.may_act_for_party(session, scope.firm, scope.whose):
        named = f"firm {scope.firm[:40]}" if scope.firm else f"session {scope.whose[:40]}"
        return Reason.NOT_ALLOWED, f"session {session} may not act for {named}"
    for instrument in floor.instruments.values():
        if _has(instrument, scope):
            return None
    return Reason.UNKNOWN_SYMBOL, "no instrument is of that kind"


def chosen(floor: Floor, session: str, scope: Scope) -> list[Order]:
    """
    The open orders in a scope of a session, and of those that it may act for where it names a
    party; oldest first. Sides of quotes are none of them.
    """
    return [
        order
        for order in floor.orders.all()
        if order.open
        and is_of_scope(floor, session, scope, order)
        and (floor.traders is None or not floor.traders.owns(order.number))
    ]


def is_of_scope(floor: Floor, session: str, scope: Scope, order: Order) -> bool:
    """Whether an order is one of those that a session means by a scope."""
    mine = order.owner == session or (scope.party and floor.accounts.may_act_for(session, order))
    return mine and is_of_party(floor, scope, order) and _is_in(floor, order, scope)


def _may_go(floor: Floor, order: Order) -> bool:
    """Whether the phase of its instrument allows to cancel an order."""
    listing = floor.listings.get(order.terms.symbol)
    return listing is None or listing.rules.cancels


def is_of_party(floor: Floor, scope: Scope, order: Order) -> bool:
    """Whether an order is of the party that a scope names, where it does."""
    if scope.account and scope.account != order.terms.account:
        return False
    if scope.whose and scope.whose != order.owner:
        return False
    return not scope.firm or scope.firm == floor.accounts.firm_of(order.terms)


def _is_in(floor: Floor, order: Order, scope: Scope) -> bool:
    terms = order.terms
    if scope.side and scope.side != terms.side:
        return False
    instrument = floor.instruments.get(terms.symbol)
    return instrument is not None and _has(instrument, scope)


def _has(instrument: Instrument, scope: Scope) -> bool:
    """Whether orders for an instrument are in a scope."""
    if scope.symbol and scope.symbol != instrument.symbol:
        return False
    if scope.kind == _UNDERLYING:
        return scope.underlying == instrument.underlying
    if scope.kind == _SECURITY_TYPE:
        return scope.security_type == instrument.security_type
    if scope.kind == _CFI:
        return cfi.is_of(instrument, scope.cfi)
    if scope.kind == _PRODUCT:
        return scope.product == PRODUCTS.get(instrument.security_type, _OTHER_PRODUCT)
    return True
