"""OUCH 5.0: its messages to requests, and events to its messages."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import UNIT
from exsim.model.carry import Carry
from exsim.model.codes import OrdStatus, OrdType, TimeInForce
from exsim.model.events import DisplayRefreshed, Report
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.protocols import ouch_codes as c
from exsim.protocols.ouch_appended import read_appended
from exsim.protocols.ouch_dialect import Change, Ouch
from exsim.wire.layouts import ouch50 as m

_LIMIT: Final = int(OrdType.LIMIT)
_MARKET: Final = int(OrdType.MARKET)
_GTD: Final = int(TimeInForce.GTD)
_FILLED: Final = int(OrdStatus.FILLED)
_HEAD: Final = 3  # bytes of a packet before its payload
_TIMES: Final = {
    b"0": int(TimeInForce.DAY),
    b"3": int(TimeInForce.IOC),
    b"5": int(TimeInForce.DAY),
    b"6": _GTD,
    b"E": int(TimeInForce.DAY),
}
_TIF_CODES: Final = {int(TimeInForce.IOC): b"3", _GTD: b"6"}
_NO_PRICE: Final = 2_000_000_000
_BLANK: Final = b" " * 14
_REASONS: Final = {
    c.CLOSED: 2,
    c.DISPLAY: 3,
    c.MAX_FLOOR: 4,
    c.PEG: 5,
    c.HALTED: 7,
    c.SIDE: 9,
    c.FIRM: 12,
    c.MIN_QTY: 13,
    c.OTHER: 15,
    c.KILLED: 15,
    c.CROSSED: 18,
    c.QUANTITY: 19,
    c.CROSS: 20,
    c.REPLACE_NOT_ALLOWED: 21,
    c.ROUTE: 22,
    c.SYMBOL: 23,
    c.RETAIL: 26,
    c.MIDPOINT_POST_ONLY: 27,
    c.PRICE: 29,
    c.NOTIONAL: 31,
}

_enter: Final = m.ENTER.struct.unpack_from
_replace: Final = m.REPLACE.struct.unpack_from
_accepted: Final = m.ACCEPTED.struct.pack
_replaced: Final = m.REPLACED.struct.pack
_canceled: Final = m.CANCELED.struct.pack
_executed: Final = m.EXECUTED.struct.pack

# The carry of an order holds what Accepted and Replaced tell of it, as the message had it:
# UserRefNum (4 bytes), ClOrdID (14), time in force, display, capacity, sweep eligibility and cross
# type (1 each), and the options that were appended.
_CL_ORD_ID: Final = 4
_CODES: Final = 18
_CAPACITY: Final = 20
_CROSS: Final = 22
_OPTIONS: Final = 23


class Ouch50(Ouch):
    """See :class:`exsim.protocols.ouch_dialect.Ouch`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(m.OUCH50)

    # -- in

    def name(self, raw: bytes) -> str:
        """The UserRefNum of an Enter Order or a Replace."""
        at = 8 if raw[_HEAD : _HEAD + 1] == c.REPLACE else 4
        return str(int.from_bytes(raw[at : at + 4], "big"))

    def replaces(self, raw: bytes) -> str:
        """The OrigUserRefNum of a Replace."""
        return str(int.from_bytes(raw[4:8], "big"))

    def enter(self, raw: bytes, session: str, name: str, now: int) -> NewOrder:
        """The order of an Enter Order."""
        values = _enter(raw, _HEAD)
        _, _, side, count, symbol, price, tif, display, _, _, cross, cl_ord_id, more = values
        body = raw[4:8] + cl_ord_id + raw[29:34]
        if more:
            body += raw[50:]
        return _order(
            raw, session, name, side, count, symbol, price, tif, display, cross, body, now
        )

    def replace(self, raw: bytes, old: NewOrder, name: str, now: int) -> NewOrder:
        """The terms of a Replace: side, symbol and capacity are those of the order."""
        _, _, _, count, price, tif, display, iso, cl_ord_id, _ = _replace(raw, _HEAD)
        before = _body(old)
        cross = before[_CROSS:_OPTIONS]
        capacity = before[_CAPACITY : _CAPACITY + 1]
        body = raw[8:12] + cl_ord_id + tif + display + capacity + iso + cross + raw[43:]
        side, symbol = c.SIDE_CODES[old.side], old.symbol.encode()
        order = _order(
            raw, old.session, name, side, count, symbol, price, tif, display, cross, body, now
        )
        order.account = old.account
        return order

    def cancel(self, raw: bytes) -> Change:
        """The order, and the quantity that it is to have in all."""
        _, ref, count = m.CANCEL.struct.unpack_from(raw, _HEAD)
        return Change(str(ref), count * UNIT)

    def modify(self, raw: bytes) -> Change:
        """The order, its side and its quantity."""
        _, ref, side, count = m.MODIFY.struct.unpack_from(raw, _HEAD)
        return Change(str(ref), count * UNIT, c.SIDES.get(side, 0))

    # -- out

    def cl_ord_id(self, carry: Carry, raw: bytes) -> bytes:
        """The ClOrdID of a carry, or of an Enter Order."""
        if raw:
            return raw[34:48]
        return carry.body[_CL_ORD_ID:_CODES] if carry.owner == c.OWNER else _BLANK

    def system_event(self, code: bytes, time: int) -> bytes:
        """System Event (S)."""
        return m.SYSTEM_EVENT.encode((self.moment(time), code))

    def accepted(self, report: Report) -> bytes:
        """Order Accepted (A)."""
        terms = report.terms
        body = _body(terms)
        options = body[_OPTIONS:]
        return (
            _accepted(
                b"A",
                self.moment(report.time),
                int.from_bytes(body[:4], "big"),
                c.SIDE_CODES[terms.side],
                c.shares(terms.qty),
                _symbol(terms),
                _price(terms.price),
                body[18:19],
                body[19:20],
                int(report.order_id),
                body[20:21],
                body[21:22],
                body[22:23],
                b"L",
                body[_CL_ORD_ID:_CODES],
                len(options),
            )
            + options
        )

    def replaced(self, report: Report, old: NewOrder | None) -> bytes:
        """Order Replaced (U)."""
        terms = report.terms
        body = _body(terms)
        options = body[_OPTIONS:]
        return (
            _replaced(
                b"U",
                self.moment(report.time),
                _ref(terms if old is None else old),
                int.from_bytes(body[:4], "big"),
                c.SIDE_CODES[terms.side],
                c.shares(terms.qty),
                _symbol(terms),
                _price(terms.price),
                body[18:19],
                body[19:20],
                int(report.order_id),
                body[20:21],
                body[21:22],
                body[22:23],
                b"D" if report.status == _FILLED else b"L",
                body[_CL_ORD_ID:_CODES],
                len(options),
            )
            + options
        )

    def canceled(self, report: Report, less: int, reason: bytes) -> bytes:
        """Order Canceled (C)."""
        return _canceled(b"C", self.moment(report.time), _ref(report.terms), c.shares(less), reason)

    def aiq_canceled(self, report: Report, less: int, prevented: int, price: int) -> bytes:
        """AIQ Canceled (D)."""
        ref, told = _ref(report.terms), (c.shares(prevented), _price(price), b"R")
        return m.AIQ_CANCELED.encode((self.moment(report.time), ref, c.shares(less), b"Q", *told))

    def executed(self, report: Report) -> bytes:
        """Order Executed (E)."""
        return _executed(
            b"E",
            self.moment(report.time),
            _ref(report.terms),
            c.shares(report.last_qty),
            _price(report.last_px),
            c.LIQUIDITY[report.liquidity],
            report.match,
            0,
        )

    def broken(self, report: Report) -> bytes:
        """Broken Trade (B)."""
        body = _body(report.terms)
        ref, cl_ord_id = int.from_bytes(body[:4], "big"), body[_CL_ORD_ID:_CODES]
        return m.BROKEN.encode((self.moment(report.time), ref, report.match, b"S", cl_ord_id))

    def corrected(self, report: Report) -> list[bytes]:
        """There is no correction from April 2023 on: the trade is broken, and there is another."""
        return [self.broken(report), self.executed(report)]

    def rejected(self, name: str, why: str, time: int, cl_ord_id: bytes) -> bytes:
        """Rejected (J)."""
        reason = _REASONS.get(why, 15)
        return m.REJECTED.encode((self.moment(time), number_of(name), reason, cl_ord_id))

    def cancel_pending(self, report: Report) -> bytes:
        """Cancel Pending (P)."""
        return m.CANCEL_PENDING.encode((self.moment(report.time), _ref(report.terms)))

    def cancel_reject(self, name: str, time: int) -> bytes:
        """Cancel Reject (I)."""
        return m.CANCEL_REJECT.encode((self.moment(time), number_of(name)))

    def modified(self, report: Report) -> bytes:
        """Order Modified (M)."""
        terms = report.terms
        side, count = c.SIDE_CODES[terms.side], c.shares(terms.qty)
        return m.MODIFIED.encode((self.moment(report.time), _ref(terms), side, count))

    def repriced(self, report: Report, by_itself: bool) -> bytes:
        """Order Restated (R) with the displayed price, or Order Priority Update (T)."""
        terms = report.terms
        time, ref, price = self.moment(report.time), _ref(terms), _price(terms.price)
        if by_itself:
            return m.RESTATED.encode((time, ref, b"P"), m.DISPLAY_PRICE.encode(price))
        display = _body(terms)[19:20]
        return m.PRIORITY.encode((time, ref, price, display, int(report.order_id)))

    def refreshed(self, event: DisplayRefreshed) -> bytes:
        """Order Restated (R) with the displayed quantity."""
        shown = m.DISPLAY_QUANTITY.encode(c.shares(event.shown))
        return m.RESTATED.encode((self.moment(event.time), _ref(event.terms), b"R"), shown)

    def account(self, number: int, time: int) -> bytes:
        """Account Query Response (Q)."""
        return m.ACCOUNT.encode((self.moment(time), number))


def _order(
    raw: bytes,
    session: str,
    name: str,
    side: bytes,
    count: int,
    symbol: bytes,
    price: int,
    tif: bytes,
    display: bytes,
    cross: bytes,
    body: bytes,
    now: int,
) -> NewOrder:
    """The order that the fields of a message make."""
    if side not in c.SIDES:
        raise c.Unfit(c.SIDE)
    at = c.check_price(price)
    time_in_force = _TIMES.get(tif, -1) if cross == c.CONTINUOUS else c.CROSSES.get(cross, -1)
    if time_in_force < 0:
        raise c.Unfit(c.OTHER if cross == c.CONTINUOUS else c.CROSS)
    order = NewOrder(
        session,
        name,
        symbol.rstrip(b" ").decode("latin-1"),
        c.SIDES[side],
        _MARKET if at == NO_PRICE else _LIMIT,
        time_in_force,
        c.check_shares(count),
        at,
        carry=Carry(c.OWNER, body),
        raw=raw,
    )
    if display not in (b"Y", b"A") or len(body) > _OPTIONS or time_in_force == _GTD:
        if display not in (b"Y", b"A", b"N"):
            raise c.Unfit(c.DISPLAY)
        read_appended(order, body[_OPTIONS:], display == b"N", now)
    return order


def _body(terms: NewOrder) -> bytes:
    """What the carry of an order holds; made up for one that did not come by OUCH."""
    carry = terms.carry
    if carry.owner == c.OWNER and carry.body:
        return carry.body
    tif = _TIF_CODES.get(terms.tif, b"0")
    ref = number_of(terms.cl_ord_id).to_bytes(4, "big")
    cl_ord_id = terms.cl_ord_id.encode("ascii", "replace")[:14].ljust(14)
    return ref + cl_ord_id + tif + b"YONN"


def _ref(terms: NewOrder) -> int:
    carry = terms.carry
    if carry.owner == c.OWNER and carry.body:
        return int.from_bytes(carry.body[:4], "big")
    return number_of(terms.cl_ord_id)


def number_of(name: str) -> int:
    """The UserRefNum in the name of an order; 0 where it has another kind of name."""
    digits = name.rpartition("/")[2]
    if digits.isascii() and digits.isdigit() and len(digits) < 11:
        number = int(digits)
        return number if number < 2**32 else 0
    return 0


def _symbol(terms: NewOrder) -> bytes:
    return terms.symbol.encode("ascii", "replace")[:8].ljust(8)


def _price(price: int) -> int:
    return _NO_PRICE if price == NO_PRICE else max(price // c.PRICE_UNIT, 0)
