"""
Trade capture: telling a session which trades it has had, from the tape of its venue, and which it
has from then on.

The tape stays as it was when a fill is busted or corrected; what a side of a trade has come to by
that is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.model.codes import MassScope, Reason
from exsim.model.events import Event, TradesAnswer, TradeSides, TradeTold
from exsim.model.many import CANCELED, CORRECTED, SUBSCRIBE, UNSUBSCRIBE
from exsim.model.plain import Plain, request_of, request_state
from exsim.model.requests import TradesQuery
from exsim.model.trades import Trade
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.floor import Floor

_ALL: Final = int(MassScope.ALL)


class Capture:
    """
    The subscriptions of a venue, by session and request, and what became of trades.

    ``revised`` has of trades, by number, what each side came to that was busted or corrected, by
    OrderID: quantity and price, 0 and 0 for nothing; ``revisions`` how often any side of it was.
    """

    __slots__ = ("_floor", "revised", "revisions", "subscribed")

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.reset()

    def reset(self) -> None:
        """Nobody has asked, and nothing was busted."""
        self.subscribed: dict[tuple[str, str], TradesQuery] = {}
        self.revised: dict[int, dict[str, tuple[int, int]]] = {}
        self.revisions: dict[int, int] = {}

    def left(self, session: str) -> None:
        """The subscriptions of a session end with its connection."""
        for key in [key for key in self.subscribed if key[0] == session]:
            del self.subscribed[key]

    # -- what is asked

    def answer(self, request: TradesQuery, out: list[Event]) -> None:
        """Answer how many trades there are, then tell each, oldest first."""
        key = (request.session, request.req_id)
        if request.updates == UNSUBSCRIBE:
            known = self.subscribed.pop(key, None) is not None
            text = "" if known else f"there is no subscription {request.req_id[:40]!r}"
            out.append(TradesAnswer(request, 0, None if known else Reason.OTHER, text))
            return
        refusal = self._check(request)
        if refusal is not None:
            out.append(TradesAnswer(request, 0, refusal[0], refusal[1]))
            return
        found: list[tuple[Trade, TradeSides, int, int]] = []
        for trade in self._floor.trades:
            found += self._told(request, trade)
        total = len(found)
        out.append(TradesAnswer(request, total))
        for number, (trade, sides, qty, price) in enumerate(found, 1):
            last = number == total
            out.append(TradeTold(request, trade, sides, total, last, qty=qty, price=price))
        if request.updates == SUBSCRIBE:
            self.subscribed[key] = request

    def _check(self, request: TradesQuery) -> tuple[Reason, str] | None:
        scope = request.scope
        if scope.kind != _ALL:
            return Reason.UNSUPPORTED, "trades cannot be chosen so"
        if scope.symbol and scope.symbol not in self._floor.instruments:
            return Reason.UNKNOWN_SYMBOL, f"unknown symbol {scope.symbol[:40]!r}"
        return None

    def _told(self, request: TradesQuery, trade: Trade) -> list[tuple[Trade, TradeSides, int, int]]:
        """A trade as its sides have it: once, but where they came to differ."""
        found: dict[tuple[int, int], TradeSides] = {}
        revised = self.revised.get(trade.trade_id)
        for side in self.sides(request, trade):
            come_to = (trade.qty, trade.price)
            if revised is not None:
                come_to = revised.get(side[0], come_to)
            if come_to[0]:
                found.setdefault(come_to, []).append(side)
        return [(trade, sides, qty, price) for (qty, price), sides in found.items()]

    def sides(self, request: TradesQuery, trade: Trade) -> TradeSides:
        """The orders of the session in a trade that is asked for."""
        scope = request.scope
        if scope.symbol and scope.symbol != trade.symbol:
            return []
        if trade.time < request.since or (request.until and trade.time > request.until):
            return []
        found: TradeSides = []
        wanted = not (request.order_id or request.order_name)
        named = self._order_named(request)
        for order_id in (trade.taker_order_id, trade.maker_order_id):
            order = self._floor.orders.by_order_id(order_id)
            if order is None or order.owner != request.session:
                continue
            terms = order.terms
            if (scope.side and scope.side != terms.side) or (
                scope.account and scope.account != terms.account
            ):
                continue
            wanted = wanted or order_id == named
            found.append((order_id, terms))
        return found if wanted else []

    def _order_named(self, request: TradesQuery) -> str:
        """The OrderID of the order whose trades are asked for; empty for none."""
        if not (request.order_id or request.order_name):
            return ""
        orders = self._floor.orders
        order = orders.find(request.session, request.order_name, request.order_id)
        return "" if order is None else order.order_id

    # -- what happens meanwhile

    def traded(self, trade: Trade, out: list[Event]) -> None:
        """Tell who has subscribed to it of a new trade."""
        for request in self.subscribed.values():
            sides = self.sides(request, trade)
            if sides:
                out.append(TradeTold(request, trade, sides, 0, False, live=True))

    def revise(self, order: Order, fill: int, qty: int, price: int, out: list[Event]) -> None:
        """
        A fill of an order is canceled (``qty`` is 0) or corrected: it is the one before ``fill``
        others, which came after it.
        """
        trade = self._trade_of(order, fill)
        if trade is None:
            return
        number = trade.trade_id
        come_to = self.revised.setdefault(number, {})
        before = come_to.get(order.order_id, (trade.qty, trade.price))
        come_to[order.order_id] = (qty, price)
        self.revisions[number] = self.revisions.get(number, 0) + 1
        self._prune()
        what = CORRECTED if qty else CANCELED
        qty, price = (qty, price) if qty else before
        for request in self.subscribed.values():
            sides = [each for each in self.sides(request, trade) if each[0] == order.order_id]
            if sides:
                told = TradeTold(request, trade, sides, 0, False, live=True, qty=qty, price=price)
                told.what = what
                told.revision = self.revisions[number]
                out.append(told)

    def _trade_of(self, order: Order, later: int) -> Trade | None:
        """The trade that an order's fill is of: its fills are as its trades that still stand."""
        name = order.order_id
        for trade in reversed(self._floor.trades):
            if name != trade.taker_order_id and name != trade.maker_order_id:
                continue
            revised = self.revised.get(trade.trade_id)
            if revised is not None and revised.get(name, (1, 0))[0] == 0:
                continue
            if later == 0:
                return trade
            later -= 1
        return None

    def _prune(self) -> None:
        """Forget what became of trades that the tape does not have any more."""
        first = self._floor.trades[0].trade_id
        for number in [each for each in self.revised if each < first]:
            del self.revised[number]
            del self.revisions[number]

    # -- snapshots

    def state(self) -> Plain:
        """All of it."""
        revised = [
            [number, [[name, *come_to] for name, come_to in sides.items()]]
            for number, sides in self.revised.items()
        ]
        asked = [request_state(request) for request in self.subscribed.values()]
        return [asked, revised, [list(each) for each in self.revisions.items()]]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.reset()
        asked, revised, revisions = plain
        for each in asked:
            request = request_of(each)
            assert isinstance(request, TradesQuery)
            self.subscribed[request.session, request.req_id] = request
        for number, sides in revised:
            self.revised[number] = {name: (qty, price) for name, qty, price in sides}
        self.revisions = dict(revisions)
