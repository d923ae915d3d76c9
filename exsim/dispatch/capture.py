"""Trade capture: telling a session which trades it has had, from the tape of its venue."""

from __future__ import annotations

from typing import Final

from exsim.dispatch.floor import Floor
from exsim.model.codes import MassScope, Reason
from exsim.model.events import Event, TradesAnswer, TradeTold
from exsim.model.requests import NewOrder, TradesQuery
from exsim.model.trades import Trade

_ALL: Final = int(MassScope.ALL)


def tell_trades(floor: Floor, request: TradesQuery, out: list[Event]) -> None:
    """Answer how many trades there are, then tell each, oldest first."""
    scope = request.scope
    if scope.kind != _ALL:
        out.append(TradesAnswer(request, 0, Reason.UNSUPPORTED, "trades cannot be chosen so"))
        return
    if scope.symbol and scope.symbol not in floor.instruments:
        text = f"unknown symbol {scope.symbol[:40]!r}"
        out.append(TradesAnswer(request, 0, Reason.UNKNOWN_SYMBOL, text))
        return
    wanted = order_id_of(floor, request)
    found: list[tuple[Trade, list[tuple[str, NewOrder]]]] = []
    for trade in floor.trades:
        sides = sides_of(floor, request, trade)
        if sides and (wanted is None or any(order_id == wanted for order_id, _ in sides)):
            found.append((trade, sides))
    total = len(found)
    out.append(TradesAnswer(request, total))
    for number, (trade, sides) in enumerate(found, 1):
        out.append(TradeTold(request, trade, sides, total, number == total))


def order_id_of(floor: Floor, request: TradesQuery) -> str | None:
    """The order whose trades are asked for: empty for one that there is not, None for any."""
    if not (request.order_id or request.order_name):
        return None
    order = floor.orders.find(request.session, request.order_name, request.order_id)
    return "" if order is None else order.order_id


def sides_of(floor: Floor, request: TradesQuery, trade: Trade) -> list[tuple[str, NewOrder]]:
    """The orders of the session in a trade that is asked for."""
    scope = request.scope
    if scope.symbol and scope.symbol != trade.symbol:
        return []
    if trade.time < request.since or (request.until and trade.time > request.until):
        return []
    found: list[tuple[str, NewOrder]] = []
    for order_id in (trade.taker_order_id, trade.maker_order_id):
        order = floor.orders.by_order_id(order_id)
        if order is None or order.owner != request.session:
            continue
        terms = order.terms
        if (scope.side and scope.side != terms.side) or (
            scope.account and scope.account != terms.account
        ):
            continue
        found.append((order_id, terms))
    return found
