"""
The orders of one venue, and every change of their state.

Each change returns the :class:`~exsim.model.events.Report` that tells of it. Whoever decides
(the engine, a policy, a person) calls the same methods, so cancels, replaces and status
requests work on any order. Nothing here checks prices or knows of books.
"""

from __future__ import annotations

from typing import Final

from exsim.errors import Bug
from exsim.model.codes import OrdType, Reason, ReportKind
from exsim.model.events import Details, Report, Today
from exsim.model.requests import NO_PRICE, CancelOrder, Carry, NewOrder, ReplaceOrder
from exsim.orders.kept import KeptOrders
from exsim.orders.order import (
    CANCELED,
    FILLED,
    NEW,
    PARTIALLY_FILLED,
    PENDING,
    PENDING_CANCEL,
    PENDING_REPLACE,
    REJECTED,
    REPLACED,
    Before,
    Fill,
    Order,
    average,
)
from exsim.orders.watcher import Tally, Watcher

_MARKET_TO_LIMIT: Final = int(OrdType.MARKET_TO_LIMIT)


class Orders(KeptOrders):
    """Orders, and what happens to them. Whoever looks on is told of each report."""

    def __init__(self, keep_finished: int) -> None:
        super().__init__(keep_finished)
        self.watcher: Watcher | None = None
        """Hears of each order that is reported of; None for nobody."""
        self.tally: Tally | None = None
        """Counts reports by their kinds; None where nobody does."""
        self.links: Watcher | None = None
        """The same for orders that depend on each other: None where there have been none."""
        self.copies: list[Report] | None = None
        """Each report is added to it, for whoever takes them out; None where nobody does."""
        self.strategies: dict[str, bool] | None = None
        """Instruments that are made of others, and whether those are linked: None for none."""
        self.touched: dict[int, Order] | None = None
        """The same for orders that may stand in their books otherwise than before, by number."""

    # -- changes

    def forget_session(self, session: str) -> None:
        """
        Forget the ClOrdIDs of a session that is no more, and what it was not answered; its orders
        are kept by OrderID.
        """
        self._chains.pop(session, None)
        for order in list(self._orders.values()):
            if order.owner == session:
                order.pending = None
                if order.status == PENDING:
                    self.withdraw(order)

    def create(self, terms: NewOrder, now: int, register: bool = True) -> Order:
        """
        Give a new order its number; nobody has answered it yet.

        ``register`` is off for a duplicate, whose ClOrdID goes on naming the first order.
        """
        self._last_order += 1
        order = Order(self._last_order, terms, now)
        self._orders[order.number] = order
        self.open_count += 1
        if register:
            self._register(terms.session, terms.cl_ord_id, order.number)
        return order

    def received(self, order: Order, now: int) -> Report:
        """The order is there, and nobody has answered it yet: pending new."""
        return self.report(order, ReportKind.PENDING_NEW, now)

    def withdraw(self, order: Order) -> None:
        """Forget an order that nobody has answered, nor will: its ClOrdID named nothing."""
        if order.status != PENDING:
            raise Bug(f"order {order.order_id} was answered before")
        del self._orders[order.number]
        self.open_count -= 1
        for cl_ord_id in (order.terms.cl_ord_id, *(order.pending or ())):
            self._chains.get(order.owner, {}).pop(cl_ord_id, None)

    def accepted(self, order: Order, now: int) -> Report:
        """The order is on."""
        if order.status != PENDING:
            raise Bug(f"order {order.order_id} was answered before")
        order.status = NEW
        order.updated = now
        return self.report(order, ReportKind.NEW, now)

    def rejected(self, order: Order, reason: Reason, text: str, now: int) -> Report:
        """The order never was on."""
        if order.status != PENDING:
            raise Bug(f"order {order.order_id} was answered before")
        order.text = text or reason.value
        self.finish(order, REJECTED, now)
        return self.report(order, ReportKind.REJECTED, now, reason=reason, text=order.text)

    def filled(
        self, order: Order, qty: int, price: int, now: int, match: int = 0, liquidity: int = 0
    ) -> Report:
        """``qty`` of the order traded at ``price``, in the trade that is ``match`` on the tape."""
        if not order.open or not 0 < qty <= order.leaves:
            raise Bug(f"order {order.order_id} has no {qty} left to fill")
        if not order.cum:
            order.even_px = price
        elif order.even_px != price:
            order.even_px = NO_PRICE
        order.cum += qty
        order.leaves -= qty
        order.notional += qty * price
        if order.leaves == 0:
            self.finish(order, FILLED, now)
        else:
            order.status = PARTIALLY_FILLED
            order.updated = now
        report = self.report(order, ReportKind.FILL, now, last_qty=qty, last_px=price)
        report.match = match
        report.liquidity = liquidity
        if order.fills is None:
            order.fills = []
        order.fills.append(Fill(report.exec_id, qty, price, match, liquidity))
        return report

    def canceled(
        self, order: Order, now: int, request: CancelOrder | None = None, text: str = ""
    ) -> Report:
        """
        The rest of the order is off: asked for by ``request``, or unsolicited. One that nobody has
        answered may be, too (FIX 4.4, order state changes B.1.d).
        """
        if not order.open and order.status != PENDING:
            raise Bug(f"order {order.order_id} is not open")
        order.text = text
        self.finish(order, CANCELED, now)
        if request is None or not request.cl_ord_id:
            return self.report(order, ReportKind.CANCELED, now, text=text)
        self._register(order.owner, request.cl_ord_id, order.number)
        self._answered(order, request.cl_ord_id)
        return self.report(
            order,
            ReportKind.CANCELED,
            now,
            cl_ord_id=request.cl_ord_id,
            orig_cl_ord_id=request.orig_cl_ord_id or order.terms.cl_ord_id,
            text=text,
            carry=request.carry,
        )

    def told_to(
        self, request: CancelOrder | ReplaceOrder, order: Order, now: int, text: str = ""
    ) -> Report:
        """The cancel or replace of an order for another session, which asked for it."""
        replaces = isinstance(request, ReplaceOrder)
        report = self.report(
            order,
            ReportKind.REPLACED if replaces else ReportKind.CANCELED,
            now,
            cl_ord_id=request.cl_ord_id,
            orig_cl_ord_id=request.orig_cl_ord_id or order.terms.cl_ord_id,
            text=text or order.text,
            carry=request.carry,
        )
        report.session = request.session
        return report

    def replaced(self, order: Order, request: ReplaceOrder, now: int) -> Report:
        """
        The order stands on new terms; one that was filled is open again.

        A quantity at or below what was filled ends the order as filled, at what was filled
        (FIX 4.2 Appendix D, D11 and D12).
        """
        if order.status == FILLED:
            self.reopen(order)
        if not order.open:
            raise Bug(f"order {order.order_id} is not open")
        terms = request.terms
        if not terms.cl_ord_id and order.terms.cl_ord_id:  # a change in place: it keeps its name
            terms = terms.with_name(order.terms.cl_ord_id)
        if terms.qty < order.cum:
            terms = terms.with_qty(order.cum)
        order.cap = terms.price
        order.level = NO_PRICE
        if terms.ord_type == _MARKET_TO_LIMIT and terms.price == NO_PRICE:
            terms = terms.with_qty(terms.qty, order.terms.price)  # the limit that it became
        terms = terms.with_carry_of(order.terms)
        before = order.terms.cl_ord_id
        orig = self.last_accepted(order, request.orig_cl_ord_id)
        if not request.orig_cl_ord_id and terms.cl_ord_id == before:
            orig = ""
        order.terms = terms
        order.leaves = terms.qty - order.cum
        if terms.cl_ord_id and terms.cl_ord_id != before:
            self._register(order.owner, terms.cl_ord_id, order.number)
        if order.leaves == 0:
            self.finish(order, FILLED, now)
        else:
            order.status = PARTIALLY_FILLED if order.cum else REPLACED
            order.updated = now
        self._answered(order, terms.cl_ord_id)
        return self.report(order, ReportKind.REPLACED, now, orig_cl_ord_id=orig)

    def status(self, order: Order, now: int, carry: Carry | None = None, text: str = "") -> Report:
        """The state of an order, changing nothing; ExecID 0 as FIX 4.2 asks for.

        ``carry`` is that of whoever asks.
        """
        return self.report(
            order, ReportKind.STATUS, now, exec_id="0", text=text or order.text, carry=carry
        )

    # -- requests that are worked on

    def asked(self, order: Order, request: CancelOrder | ReplaceOrder, now: int) -> Report | None:
        """
        A cancel or replace of the order is pending from now; None if that was told before.

        Its ClOrdID names the order meanwhile, too, so that the next request may build on it.
        """
        if order.pending is None:
            order.pending = {}
        elif request.cl_ord_id in order.pending:
            return None
        replaces = isinstance(request, ReplaceOrder)
        order.pending[request.cl_ord_id] = PENDING_REPLACE if replaces else PENDING_CANCEL
        order.note(now, f"{request.kind} {request.cl_ord_id} pending")
        self._register(order.owner, request.cl_ord_id, order.number)
        return self.report(
            order,
            ReportKind.PENDING_REPLACE if replaces else ReportKind.PENDING_CANCEL,
            now,
            cl_ord_id=request.cl_ord_id,
            orig_cl_ord_id=order.terms.cl_ord_id,
            carry=request.carry,
        )

    def refused(self, order: Order, cl_ord_id: str) -> None:
        """A request is not worked on any more, and never named the order."""
        if order.pending is not None and cl_ord_id in order.pending:
            self._answered(order, cl_ord_id)
            self._chains.get(order.owner, {}).pop(cl_ord_id, None)

    def _answered(self, order: Order, cl_ord_id: str) -> None:
        if order.pending is not None:
            order.pending.pop(cl_ord_id, None)
            if not order.pending:
                order.pending = None

    # -- what all changes have in common

    def report(
        self,
        order: Order,
        kind: int,
        now: int,
        last_qty: int = 0,
        last_px: int = NO_PRICE,
        cl_ord_id: str = "",
        orig_cl_ord_id: str = "",
        reason: Reason | None = None,
        text: str = "",
        exec_id: str = "",
        carry: Carry | None = None,
    ) -> Report:
        """The report of a change that was made just now, under a new ExecID if it has none."""
        if not exec_id:
            self._last_exec += 1
            exec_id = str(self._last_exec)
        if self.watcher is not None:
            self.watcher.changed(order)
        if self.tally is not None:
            self.tally.reported(order, kind, now)
        if self.links is not None:
            self.links.changed(order)
        more = None if order.before is None else Details(today=_today(order, order.before))
        if self.strategies is not None and order.terms.symbol in self.strategies:
            more = Details() if more is None else more
            more.multileg = True
        report = Report(
            kind,
            order.owner,
            order.terms,
            order.order_id,
            exec_id,
            cl_ord_id or order.terms.cl_ord_id,
            order.told if order.mark or order.pending is not None else order.status,
            order.cum,
            order.told_leaves if order.mark else order.leaves,
            order.average,
            now,
            last_qty,
            last_px,
            orig_cl_ord_id,
            reason,
            text,
            carry,
            more,
        )
        if self.copies is not None:
            self.copies.append(report)
        if self.touched is not None:
            self.touched[order.number] = order
        return report

    def touch(self, order: Order) -> None:
        """An order changed that is not reported of."""
        if self.touched is not None:
            self.touched[order.number] = order


def _today(order: Order, before: Before) -> Today:
    """What is told of an order on a later day than its first (FIX 4.2 Appendix D, D30 and D36)."""
    cum = order.cum - before.cum
    return Today(order.terms.qty - before.cum, cum, average(order.notional - before.notional, cum))
