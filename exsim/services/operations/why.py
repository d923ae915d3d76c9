"""
Why an order is where it is, told when somebody asks.

Nothing is kept for that of an order that simply rests, trades and ends: it is read off the order,
the tape and the book. What cannot be found there later is a note on the order, made as it happens.
"""

from __future__ import annotations

from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.dispatch.venue import Venue
from exsim.model.amounts import format_amount
from exsim.model.codes import Side
from exsim.model.requests import NO_PRICE
from exsim.model.trades import Trade
from exsim.orders.order import Order
from exsim.services.operations import views
from exsim.services.operations.steps import find
from exsim.services.simulator import Handler, Simulator

Moment = tuple[int, tr.Met]
"""When something was met, and what."""


def get_order_why(simulator: Simulator, arguments: ts.OrderArguments, body: None) -> tr.Why:
    """What an order met, first to last, and where it is now."""
    market, order = find(simulator, arguments)
    ahead = _ahead(market, order) if order.working else None
    met = [*_traded(market, order), *_happened(order)]
    story = [
        _came(market, order),
        *[each for _, each in sorted(met, key=_time)],
        _is(market, order, ahead),
    ]
    chain = simulator.exchange.chain(market, order.owner)
    return tr.Why(
        order.order_id,
        views.order(market, order).status,
        None if ahead is None else format_amount(ahead),
        [each.text for each in story],
        [link.policy.name for link in chain],
        story,
    )


def _time(moment: Moment) -> int:
    return moment[0]


def _came(market: Venue, order: Order) -> tr.Met:
    terms, time = order.terms, views.time_text(order.created)
    side = views.order(market, order).side
    what = f"{side} {format_amount(terms.qty)} {terms.symbol}"
    if terms.price != NO_PRICE:
        what += f" at {format_amount(terms.price)}"
    text = f"it came at {time}, from {order.owner or 'REST'}: {what}"
    return tr.Met(time, "came", text, format_amount(terms.qty), views.amount(terms.price))


def _traded(market: Venue, order: Order) -> list[Moment]:
    """The trades of an order that the tape still has, and the fills that it has no trade of."""
    trades = [
        trade
        for trade in market.trades
        if order.order_id in (trade.maker_order_id, trade.taker_order_id)
    ]
    found = [(trade.time, _trade(order, trade)) for trade in trades]
    if order.fills is not None and not trades:  # older than the tape
        found += [
            (
                order.created,
                tr.Met(
                    None,
                    "traded",
                    f"{format_amount(fill.qty)} filled at {format_amount(fill.price)}"
                    f" (ExecID {fill.exec_id})",
                    format_amount(fill.qty),
                    format_amount(fill.price),
                ),
            )
            for fill in order.fills
        ]
    return found


def _trade(order: Order, trade: Trade) -> tr.Met:
    rested = trade.maker_order_id == order.order_id
    other = trade.taker_order_id if rested else trade.maker_order_id
    qty, price = format_amount(trade.qty), format_amount(trade.price)
    against = f"order {other}" if other else "nobody in its book"
    how = f"{'it rested' if rested else 'it came in'}, against {against}"
    return tr.Met(
        views.time_text(trade.time),
        "traded",
        f"{qty} filled at {price}, trade {trade.trade_id}: {how}",
        qty,
        price,
        str(trade.trade_id),
        other or None,
    )


def _happened(order: Order) -> list[Moment]:
    return [
        (time, tr.Met(views.time_text(time), "happened", text)) for time, text in order.notes or ()
    ]


def _is(market: Venue, order: Order, ahead: int | None) -> tr.Met:
    if not order.open:
        time = views.time_text(order.updated)
        status = views.order(market, order).status
        return tr.Met(time, "is", f"it ended at {time}: {status} {order.text}".rstrip())
    listing = market.listings.get(order.terms.symbol)
    phase = "none: it is not traded here" if listing is None else listing.phase.value
    left = format_amount(order.leaves)
    if ahead is not None:
        where = f"{left} rest in the book, {format_amount(ahead)} before them"
    elif order.working:
        where = f"{left} wait for their trigger"
    elif market.links is not None and order.number in market.links.waiting:
        where = f"{left} wait for another order of their list"
    elif listing is not None and order.number in listing.parked:
        where = f"{left} are set aside for an auction"
    else:
        where = f"{left} are open outside the book, with a person or a policy"
    return tr.Met(None, "is", f"{where}; phase {phase}", left)


def _ahead(market: Venue, order: Order) -> int | None:
    """The quantity before an order in its book, also what is not shown; None if it is not there."""
    total = 0
    side = Side.BUY if order.terms.side == Side.BUY else Side.SELL
    for number, _price, qty in market.engine.book(order.terms.symbol).orders(int(side)):
        if number == order.number:
            return total
        total += qty
    return None


HANDLERS: dict[str, Handler] = {"get_order_why": get_order_why}
