"""
Requests about many orders at once: mass cancels, and mass status requests.

They are about the open orders of their session alone. Each order is told by a report of its own;
what became of a mass cancel as a whole is told after them.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.answers import unknown
from exsim.dispatch.checks import Refusal
from exsim.dispatch.floor import Floor
from exsim.model.codes import MassScope, Reason
from exsim.model.events import Event, Listed, MassReport
from exsim.model.requests import MassCancel, MassStatus, OrderStatusQuery, Scope
from exsim.model.settings import Instrument
from exsim.orders.order import Order

_SECURITY: Final = int(MassScope.SECURITY)
_UNDERLYING: Final = int(MassScope.UNDERLYING)
_PRODUCT: Final = int(MassScope.PRODUCT)
_SECURITY_TYPE: Final = int(MassScope.SECURITY_TYPE)
_TRADING_SESSION: Final = int(MassScope.TRADING_SESSION)
_OTHER: Final = int(MassScope.OTHER)
_CANCEL: Final = 3  # MassActionType(1373)
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


def cancel_all(floor: Floor, request: MassCancel, now: int, out: list[Event]) -> None:
    """Cancel what a request is about, as far as the phases of the instruments allow it."""
    refusal = check(floor, request)
    if refusal is not None:
        out.append(MassReport(request, 0, now, refusal[0], refusal[1]))
        return
    kept = 0
    count = 0
    for order in floor.waiting_first(chosen(floor, request.session, request.scope)):
        listing = floor.listings.get(order.terms.symbol)
        if not order.open:  # it went with one that it depends on
            count += 1
        elif listing is not None and not listing.rules.cancels:
            kept += 1
        else:
            floor.cancel_order(order, now, out)
            count += 1
    text = f"{kept} more cannot be canceled in the phase that their market is in" if kept else ""
    out.append(MassReport(request, count, now, None, text))


def tell_all(floor: Floor, request: MassStatus, now: int, out: list[Event]) -> None:
    """Tell the state of what a request is about; that there is nothing is told too."""
    refusal = _check_scope(floor, request.scope)
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
    """Whether a mass cancel can be carried out."""
    if request.what != _CANCEL:
        return Reason.UNSUPPORTED, f"mass action {request.what} is not supported"
    if floor.orders.known(request.session, request.cl_ord_id):
        return Reason.DUPLICATE, f"duplicate ClOrdID {request.cl_ord_id[:40]!r}"
    return _check_scope(floor, request.scope)


def _check_scope(floor: Floor, scope: Scope) -> Refusal | None:
    if scope.kind == _OTHER:
        return Reason.UNSUPPORTED, "orders cannot be chosen so"
    if scope.symbol and scope.symbol not in floor.instruments:
        return Reason.UNKNOWN_SYMBOL, f"unknown symbol {scope.symbol[:40]!r}"
    if scope.kind == _TRADING_SESSION and scope.trading_session.upper() not in THE_SESSION:
        name = scope.trading_session[:40]
        return Reason.UNKNOWN_SYMBOL, f"unknown trading session {name!r}: there is 1, the day"
    for instrument in floor.instruments.values():
        if _has(instrument, scope):
            return None
    return Reason.UNKNOWN_SYMBOL, "no instrument is of that kind"


def chosen(floor: Floor, session: str, scope: Scope) -> list[Order]:
    """The open orders of a session in a scope, oldest first; sides of quotes are none of them."""
    return [
        order
        for order in floor.orders.all()
        if order.owner == session
        and order.open
        and _is_in(floor, order, scope)
        and (floor.traders is None or not floor.traders.owns(order.number))
    ]


def _is_in(floor: Floor, order: Order, scope: Scope) -> bool:
    terms = order.terms
    if scope.side and scope.side != terms.side:
        return False
    if scope.account and scope.account != terms.account:
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
    if scope.kind == _PRODUCT:
        return scope.product == PRODUCTS.get(instrument.security_type, _OTHER_PRODUCT)
    return True
