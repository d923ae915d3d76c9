"""Sessions of OUCH: what they are, the orders that they have, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.errors import Conflict
from exsim.model.codes import ReportKind
from exsim.model.events import CancelReject, DisplayRefreshed, Event, MassReport, Outgoing, Report
from exsim.model.plain import Plain
from exsim.model.requests import (
    NOTHING_CARRIED,
    CancelOrder,
    NewOrder,
    OtherMessage,
    ReplaceOrder,
    Request,
)
from exsim.model.settings import SessionSettings
from exsim.protocols import ouch_codes as c
from exsim.protocols.ouch_account import account_of
from exsim.protocols.ouch_dialect import Change, Ouch
from exsim.protocols.soup_member import SoupMember
from exsim.sessions.soup_session import SoupSession
from exsim.wire.layout import BadMessage

if TYPE_CHECKING:
    from exsim.protocols.soup_lines import SoupLine

_NEW: Final = int(ReportKind.NEW)
_FILL: Final = int(ReportKind.FILL)
_CANCELED: Final = int(ReportKind.CANCELED)
_REPLACED: Final = int(ReportKind.REPLACED)
_REJECTED: Final = int(ReportKind.REJECTED)
_EXPIRED: Final = int(ReportKind.EXPIRED)
_RESTATED: Final = int(ReportKind.RESTATED)
_PENDING_CANCEL: Final = int(ReportKind.PENDING_CANCEL)
_TRADE_CANCEL: Final = int(ReportKind.TRADE_CANCEL)
_TRADE_CORRECT: Final = int(ReportKind.TRADE_CORRECT)
_REPRICED: Final = 3  # ExecRestatementReason(378)
_ANSWERS: Final = frozenset((_NEW, _CANCELED, _REJECTED))
"""Reports that a new order is answered by."""

CANCELS: Final = " X"
"""What follows the name of an order in that of a request to cancel it."""
_START: Final = b"S"
_END: Final = b"E"
_HEAD: Final = 3


class OuchSession(SoupMember):
    """
    A counterparty with an account, and with orders that are live.

    An order is named by its UserRefNum or its token; from the second day on the number of the day
    and a slash stand before that.
    """

    __slots__ = ("_period", "account", "ouch")

    def __init__(self, settings: SessionSettings, machine: SoupSession, ouch: Ouch) -> None:
        super().__init__(settings, machine, ouch.family)
        self.ouch = ouch
        self.account = account_of(ouch, settings.options)
        self._period = 0

    def market_time(self, now: int) -> int:
        """The time of its market."""
        return now if self.market is None else self.market.time(now)

    def logged_on(self, connection: SoupLine, now: int) -> None:
        """A connection was accepted."""
        super().logged_on(connection, now)
        self._follow_day()
        self._begin(now)

    def _follow_day(self) -> None:
        """Begin the next day of the account if the schedule has begun another period."""
        period = self.machine.period
        if period != self._period:
            if self._period:
                self.account.next_day()
            self._period = period

    def _begin(self, now: int) -> None:
        """The first message of a stream says that the day begins."""
        if self.machine.stream.next == 1:
            self.machine.send(self.ouch.system_event(_START, self.market_time(now)), now)

    def day_ends(self, now: int) -> None:
        """Say that the day is over."""
        self.say(self.ouch.system_event(_END, self.market_time(now)), now)

    # -- in

    def request(self, raw: bytes, now: int) -> Request | None:
        """
        The request that a message makes; None when it is ignored, or answered here.

        :raises exsim.wire.layout.BadMessage: when it is no message.
        """
        kind = raw[_HEAD : _HEAD + 1]
        layout = self.family.inbound.get(kind)
        if layout is None:
            return OtherMessage(self.name, kind.decode("latin-1"), raw=raw)
        layout.check(raw, _HEAD)
        self.account.mass = False
        if kind == c.ENTER:
            return self._enter(raw, now)
        if kind == c.REPLACE:
            return self._replace(raw, now)
        if kind == c.CANCEL:
            return self._cancel(raw)
        if kind == c.MODIFY:
            return self._modify(raw)
        return self.account.ask(self, raw, now)

    def _enter(self, raw: bytes, now: int) -> NewOrder | None:
        account = self.account
        text = self.ouch.name(raw)
        if not text:
            raise BadMessage("an order with a blank token")
        if not account.take(text):
            return None
        name = account.full(text)
        if account.disabled:
            self._refuse(name, c.KILLED, now, raw)
            return None
        try:
            terms = self.ouch.enter(raw, self.name, name, self.market_time(now))
        except c.Unfit as unfit:
            self._refuse(name, unfit.why, now, raw)
            return None
        account.asked[name] = terms
        return terms

    def _refuse(self, name: str, why: str, now: int, raw: bytes) -> None:
        cl_ord_id = self.ouch.cl_ord_id(NOTHING_CARRIED, raw)
        self.say(self.ouch.rejected(name, why, self.market_time(now), cl_ord_id), now)

    def _replace(self, raw: bytes, now: int) -> Request | None:
        account = self.account
        orig = account.full(self.ouch.replaces(raw))
        old, text = account.live.get(orig), self.ouch.name(raw)
        if old is None or not account.is_free(text):
            return None
        try:
            terms = self.ouch.replace(raw, old, account.full(text), self.market_time(now))
        except c.Unfit:  # it fails, and takes the order with it; the number is not used up
            return CancelOrder(self.name, orig + CANCELS, orig, raw=raw)
        account.take(text)
        return ReplaceOrder(orig, terms)

    def _cancel(self, raw: bytes) -> Request | None:
        change = self.ouch.cancel(raw)
        name = self.account.full(change.name)
        old = self.account.live.get(name)
        if old is None and not change.qty:  # of one that is not accepted yet, all alone can go
            old = self.account.asked.get(name)
        if old is None or change.qty >= old.qty:
            return None
        if not change.qty:
            return CancelOrder(self.name, name + CANCELS, name, raw=raw)
        return self._in_place(name, old, change, raw)

    def _modify(self, raw: bytes) -> Request | None:
        change = self.ouch.modify(raw)
        name = self.account.full(change.name)
        old = self.account.live.get(name)
        if old is None or not change.side or not change.qty:
            return None
        return self._in_place(name, old, change, raw)

    def _in_place(self, name: str, old: NewOrder, change: Change, raw: bytes) -> ReplaceOrder:
        """A change that leaves an order its name, and so its ClOrdID."""
        terms = old.with_qty(change.qty).with_name("")
        terms.side = change.side or old.side
        terms.raw = raw
        return ReplaceOrder(name, terms)

    # -- out

    def send(self, event: Event, now: int) -> None:
        """Send what an event says."""
        if isinstance(event, Report):
            self._report(event, now)
        elif isinstance(event, CancelReject):
            self._reject_change(event, now)
        elif isinstance(event, DisplayRefreshed):
            told = self.ouch.refreshed(event)
            if told:
                self.say(told, now)
        elif isinstance(event, MassReport):
            told = self.account.mass_report(event, self)
            if told:
                self.say(told, now)
        elif isinstance(event, Outgoing):
            self.send_fields(event.fields, now)

    def say(self, payload: bytes, now: int) -> None:
        """Send a message in sequence, now or when the counterparty is there."""
        machine = self.machine
        if machine.connection is None:
            machine.enter_period(now)
            self._follow_day()
        if machine.stream.next == 1:
            self._begin(now)
        machine.send(payload, now)

    def _report(self, report: Report, now: int) -> None:
        """Tell of an order, and remember how it stands."""
        kind, terms = report.kind, report.terms
        live, ouch, name = self.account.live, self.ouch, report.terms.cl_ord_id
        if self.account.asked and kind in _ANSWERS:
            self.account.asked.pop(name, None)
        if kind == _NEW:
            live[name] = terms
            self.say(ouch.accepted(report), now)
        elif kind == _FILL:
            if not report.leaves:
                live.pop(name, None)
            self.say(ouch.executed(report), now)
        elif kind in (_CANCELED, _EXPIRED):
            live.pop(name, None)
            self.say(self._ended(report), now)
        elif kind == _REPLACED:
            self._replaced(report, now)
        elif kind == _REJECTED:
            why = c.refusal(report.reason, report.text)
            cl_ord_id = ouch.cl_ord_id(terms.carry, b"")
            self.say(ouch.rejected(name, why, report.time, cl_ord_id), now)
        elif kind == _RESTATED:
            self._restated(report, now)
        elif kind in (_TRADE_CANCEL, _TRADE_CORRECT):
            if report.leaves:
                live[name] = terms
            else:
                live.pop(name, None)
            told = [ouch.broken(report)] if kind == _TRADE_CANCEL else ouch.corrected(report)
            for each in told:
                self.say(each, now)
        elif kind == _PENDING_CANCEL:
            self.say(ouch.cancel_pending(report), now)

    def _ended(self, report: Report) -> bytes:
        """What tells that the rest of an order is off."""
        less, more = report.terms.qty - report.cum, report.more
        if more is not None and more.prevented is not None:
            return self.ouch.aiq_canceled(report, less, *more.prevented)
        if report.kind == _EXPIRED:
            reason = b"T"
        elif report.cl_ord_id.endswith(CANCELS) or (self.account.mass and not report.text):
            reason = b"U"
        else:
            reason = c.CANCEL_REASONS.get(report.text, b"S" if not report.text else b"Z")
        return self.ouch.canceled(report, less, reason)

    def _replaced(self, report: Report, now: int) -> None:
        """An order stands on other terms: those of a Replace, of a Cancel or of a Modify."""
        live, terms = self.account.live, report.terms
        old = live.pop(report.orig_cl_ord_id or terms.cl_ord_id, None)
        if report.leaves:
            live[terms.cl_ord_id] = terms
        kind = terms.raw[_HEAD : _HEAD + 1] if terms.carry.owner == c.OWNER else b""
        if kind == c.CANCEL and old is not None:
            self.say(self.ouch.canceled(report, old.qty - terms.qty, b"U"), now)
        elif kind == c.MODIFY:
            self.say(self.ouch.modified(report), now)
        else:
            self.say(self.ouch.replaced(report, old), now)

    def _restated(self, report: Report, now: int) -> None:
        """An order stands on other terms without having asked for it."""
        live, terms, more = self.account.live, report.terms, report.more
        old = live.get(terms.cl_ord_id)
        live[terms.cl_ord_id] = terms
        less = 0 if old is None else old.qty - terms.qty
        if more is not None and more.prevented is not None:
            self.say(self.ouch.aiq_canceled(report, less, *more.prevented), now)
        elif less > 0:
            self.say(self.ouch.canceled(report, less, b"S"), now)
        if old is not None and old.price != terms.price:
            by_itself = more is not None and more.restated == _REPRICED
            self.say(self.ouch.repriced(report, by_itself), now)

    def _reject_change(self, reject: CancelReject, now: int) -> None:
        """A Replace was refused under its own name; a Cancel or Modify under that of the order."""
        if reject.replace and reject.cl_ord_id:
            why = c.refusal(reject.reason, reject.text)
            if why == c.OTHER:
                why = c.REPLACE_NOT_ALLOWED
            carry = NOTHING_CARRIED if reject.carry is None else reject.carry
            cl_ord_id = self.ouch.cl_ord_id(carry, b"")
            self.say(self.ouch.rejected(reject.cl_ord_id, why, reject.time, cl_ord_id), now)
        else:
            self.say(self.ouch.cancel_reject(reject.orig_cl_ord_id, reject.time), now)

    # -- its life

    def reset(self, now: int) -> None:
        """Begin another stream and another account."""
        super().reset(now)
        self.account.reset()

    def set_numbers(self, next_in: int | None, next_out: int | None) -> None:
        """Give this number next; what comes in has the UserRefNum that its sender gives it."""
        if next_in is not None:
            raise Conflict("what an OUCH client sends has no sequence number: leave next_in out")
        if next_out is not None:
            self.machine.stream.set_next(next_out)
            if self.machine.connection is not None:
                self.machine.connection.renumber(next_out)

    # -- snapshots

    def state(self) -> Plain:
        """All of it but its connection, for a snapshot."""
        return {
            "machine": self.machine.snapshot(),
            "account": self.account.state(),
            "period": self._period,
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, with no connection as yet."""
        self.machine.restore(plain["machine"])
        self.account.restore(plain["account"])
        self._period = plain["period"]
