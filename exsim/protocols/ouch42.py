"""OUCH 4.2: its messages to requests, and events to its messages."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import UNIT
from exsim.model.carry import Carry
from exsim.model.codes import OrdStatus, OrdType, TimeInForce
from exsim.model.events import Report
from exsim.model.instructions import Instructions, Peg, PostOnly
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.protocols import ouch_codes as c
from exsim.protocols.ouch_dialect import Change, Ouch
from exsim.wire.layouts import ouch42 as m

_LIMIT: Final = int(OrdType.LIMIT)
_MARKET: Final = int(OrdType.MARKET)
_PEGGED: Final = int(OrdType.PEGGED)
_DAY: Final = int(TimeInForce.DAY)
_IOC: Final = int(TimeInForce.IOC)
_GTD: Final = int(TimeInForce.GTD)
_FILLED: Final = int(OrdStatus.FILLED)
_HEAD: Final = 3  # bytes of a packet before its payload
_SECOND: Final = 1_000_000_000
_AFTER_HOURS: Final = 99_997
_MARKET_HOURS: Final = 99_998
_SYSTEM_HOURS: Final = 99_999
_NO_PRICE: Final = 0x7FFF_FFFF
_TOKEN_SIZE: Final = 14
_RETAIL: Final = b"OTQ"
_PEGS: Final = b"MWm"
_POST_ONLY: Final = b"PLW"
_HIDDEN: Final = b"Nn"
_REASONS: Final = {
    c.SYMBOL: b"S",
    c.CLOSED: b"C",
    c.HALTED: b"H",
    c.QUANTITY: b"Z",
    c.NOTIONAL: b"Z",
    c.PRICE: b"X",
    c.DISPLAY: b"D",
    c.MIN_QTY: b"N",
    c.CROSS: b"R",
    c.FIRM: b"L",
    c.KILLED: b"a",
}

_enter: Final = m.ENTER.struct.unpack_from
_replace: Final = m.REPLACE.struct.unpack_from
_accepted: Final = m.ACCEPTED.struct.pack
_replaced: Final = m.REPLACED.struct.pack
_canceled: Final = m.CANCELED.struct.pack
_executed: Final = m.EXECUTED.struct.pack

# The carry of an order holds what Accepted and Replaced tell of it, as the message had it: token
# (14 bytes), time in force (4), firm (4), display, capacity and sweep eligibility (1 each), minimum
# quantity (4) and cross type (1).


class Ouch42(Ouch):
    """See :class:`exsim.protocols.ouch_dialect.Ouch`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(m.OUCH42)

    # -- in

    def name(self, raw: bytes) -> str:
        """The token of an Enter Order, or that of the replacement in a Replace."""
        at = 18 if raw[_HEAD : _HEAD + 1] == c.REPLACE else 4
        return _text(raw[at : at + _TOKEN_SIZE])

    def replaces(self, raw: bytes) -> str:
        """The token of the order that a Replace is about."""
        return _text(raw[4:18])

    def enter(self, raw: bytes, session: str, name: str, now: int) -> NewOrder:
        """The order of an Enter Order."""
        _, token, side, count, stock, price, tif, firm, display, _, _, least, cross, customer = (
            _enter(raw, _HEAD)
        )
        if customer == b"R":
            raise c.Unfit(c.RETAIL)
        body = token + raw[35:51]  # time in force to cross type
        order = _order(
            raw, session, name, side, count, stock, price, tif, display, least, cross, body, now
        )
        order.account = _text(firm)
        return order

    def replace(self, raw: bytes, old: NewOrder, name: str, now: int) -> NewOrder:
        """The terms of a Replace: side, stock, firm and capacity are those of the order."""
        _, _, token, count, price, tif, display, iso, least = _replace(raw, _HEAD)
        before = _body(old)
        cross = before[29:30]
        codes = before[18:22] + display + before[23:24] + iso
        body = token + tif.to_bytes(4, "big") + codes + least.to_bytes(4, "big") + cross
        side, stock = c.SIDE_CODES[old.side], old.symbol.encode()
        order = _order(
            raw, old.session, name, side, count, stock, price, tif, display, least, cross, body, now
        )
        order.account = old.account
        return order

    def cancel(self, raw: bytes) -> Change:
        """The order, and the quantity that it is to have in all."""
        _, token, count = m.CANCEL.struct.unpack_from(raw, _HEAD)
        return Change(_text(token), count * UNIT)

    def modify(self, raw: bytes) -> Change:
        """The order, its side and its quantity."""
        _, token, side, count = m.MODIFY.struct.unpack_from(raw, _HEAD)
        return Change(_text(token), count * UNIT, c.SIDES.get(side, 0))

    # -- out

    def cl_ord_id(self, carry: Carry, raw: bytes) -> bytes:
        """There is none besides the token."""
        return b""

    def system_event(self, code: bytes, time: int) -> bytes:
        """System Event (S)."""
        return m.SYSTEM_EVENT.encode((self.moment(time), code))

    def accepted(self, report: Report) -> bytes:
        """Accepted (A)."""
        terms = report.terms
        body = _body(terms)
        return _accepted(
            b"A",
            self.moment(report.time),
            body[:_TOKEN_SIZE],
            c.SIDE_CODES[terms.side],
            c.shares(terms.qty),
            _symbol(terms),
            _price(terms.price),
            int.from_bytes(body[14:18], "big"),
            body[18:22],
            body[22:23],
            int(report.order_id),
            body[23:24],
            body[24:25],
            int.from_bytes(body[25:29], "big"),
            body[29:30],
            b"L",
            b" ",
        )

    def replaced(self, report: Report, old: NewOrder | None) -> bytes:
        """Replaced (U)."""
        terms = report.terms
        body = _body(terms)
        return _replaced(
            b"U",
            self.moment(report.time),
            body[:_TOKEN_SIZE],
            c.SIDE_CODES[terms.side],
            c.shares(terms.qty),
            _symbol(terms),
            _price(terms.price),
            int.from_bytes(body[14:18], "big"),
            body[18:22],
            body[22:23],
            int(report.order_id),
            body[23:24],
            body[24:25],
            int.from_bytes(body[25:29], "big"),
            body[29:30],
            b"D" if report.status == _FILLED else b"L",
            _token(terms if old is None else old),
            b" ",
        )

    def canceled(self, report: Report, less: int, reason: bytes) -> bytes:
        """Canceled (C)."""
        return _canceled(
            b"C", self.moment(report.time), _token(report.terms), c.shares(less), reason
        )

    def aiq_canceled(self, report: Report, less: int, prevented: int, price: int) -> bytes:
        """AIQ Canceled (D)."""
        token, told = _token(report.terms), (c.shares(prevented), _price(price), b"R")
        return m.AIQ_CANCELED.encode((self.moment(report.time), token, c.shares(less), b"Q", *told))

    def executed(self, report: Report) -> bytes:
        """Executed (E)."""
        return _executed(b"E", *self._fill(report))

    def _fill(self, report: Report) -> tuple[int, bytes, int, int, bytes, int]:
        return (
            self.moment(report.time),
            _token(report.terms),
            c.shares(report.last_qty),
            _price(report.last_px),
            c.LIQUIDITY[report.liquidity],
            report.match,
        )

    def broken(self, report: Report) -> bytes:
        """Broken Trade (B)."""
        return m.BROKEN.encode((self.moment(report.time), _token(report.terms), report.match, b"S"))

    def corrected(self, report: Report) -> list[bytes]:
        """Trade Correction (F)."""
        return [m.CORRECTION.encode((*self._fill(report), b"N"))]

    def rejected(self, name: str, why: str, time: int, cl_ord_id: bytes) -> bytes:
        """Rejected (J)."""
        return m.REJECTED.encode((self.moment(time), token_of(name), _REASONS.get(why, b"O")))

    def cancel_pending(self, report: Report) -> bytes:
        """Cancel Pending (P)."""
        return m.CANCEL_PENDING.encode((self.moment(report.time), _token(report.terms)))

    def cancel_reject(self, name: str, time: int) -> bytes:
        """Cancel Reject (I)."""
        return m.CANCEL_REJECT.encode((self.moment(time), token_of(name)))

    def modified(self, report: Report) -> bytes:
        """Order Modified (M)."""
        terms = report.terms
        side, count = c.SIDE_CODES[terms.side], c.shares(terms.qty)
        return m.MODIFIED.encode((self.moment(report.time), _token(terms), side, count))

    def repriced(self, report: Report, by_itself: bool) -> bytes:
        """Order Priority Update (T)."""
        terms = report.terms
        told = (_price(terms.price), _body(terms)[22:23], int(report.order_id))
        return m.PRIORITY.encode((self.moment(report.time), _token(terms), *told))


def _order(
    raw: bytes,
    session: str,
    name: str,
    side: bytes,
    count: int,
    stock: bytes,
    price: int,
    tif: int,
    display: bytes,
    least: int,
    cross: bytes,
    body: bytes,
    now: int,
) -> NewOrder:
    """The order that the fields of a message make."""
    if side not in c.SIDES:
        raise c.Unfit(c.SIDE)
    at = c.check_price(price)
    time_in_force = _time_in_force(tif) if cross == c.CONTINUOUS else c.CROSSES.get(cross, -1)
    if time_in_force < 0:
        raise c.Unfit(c.OTHER if cross == c.CONTINUOUS else c.CROSS)
    order = NewOrder(
        session,
        name,
        _text(stock),
        c.SIDES[side],
        _MARKET if at == NO_PRICE else _LIMIT,
        time_in_force,
        c.check_shares(count),
        at,
        carry=Carry(c.OWNER, body),
        raw=raw,
    )
    if least or display not in (b"Y", b"A") or time_in_force == _GTD:
        expire = now + tif * _SECOND if time_in_force == _GTD else 0
        order.extra = _extra(order, display, least, expire)
    return order


def _time_in_force(seconds: int) -> int:
    if not seconds:
        return _IOC
    if seconds <= c.MOST_SECONDS:
        return _GTD
    return _DAY if seconds in (_AFTER_HOURS, _MARKET_HOURS, _SYSTEM_HOURS) else -1


def _extra(order: NewOrder, display: bytes, least: int, expire: int) -> Instructions:
    """What an order asks for by its display and its minimum quantity."""
    if display in _RETAIL:
        raise c.Unfit(c.RETAIL)
    if display not in b"AYNPLMWmn":
        raise c.Unfit(c.DISPLAY)
    if least * UNIT > order.qty:
        raise c.Unfit(c.MIN_QTY)
    extra = Instructions(hidden=display in _HIDDEN, min_qty=least * UNIT, expire=expire)
    if display in _PEGS:
        order.ord_type = _PEGGED
        extra.peg = int(Peg.MID)
    if display in _POST_ONLY:
        extra.post_only = int(PostOnly.REPRICE)
    return extra


def _body(terms: NewOrder) -> bytes:
    """What the carry of an order holds; made up for one that did not come by OUCH."""
    carry = terms.carry
    if carry.owner == c.OWNER and carry.body:
        return carry.body
    tif = 0 if terms.tif == _IOC else _MARKET_HOURS
    firm = terms.account.encode("ascii", "replace")[:4].ljust(4)
    return token_of(terms.cl_ord_id) + tif.to_bytes(4, "big") + firm + b"YON" + b"\0\0\0\0" + b"N"


def _token(terms: NewOrder) -> bytes:
    carry = terms.carry
    if carry.owner == c.OWNER and carry.body:
        return carry.body[:_TOKEN_SIZE]
    return token_of(terms.cl_ord_id)


def token_of(name: str) -> bytes:
    """The token in the name of an order."""
    day, slash, token = name.partition("/")
    text = token if slash and day.isdigit() else name
    return text.encode("ascii", "replace")[:_TOKEN_SIZE].ljust(_TOKEN_SIZE)


def _text(value: bytes) -> str:
    return value.rstrip(b" ").decode("latin-1")


def _symbol(terms: NewOrder) -> bytes:
    return terms.symbol.encode("ascii", "replace")[:8].ljust(8)


def _price(price: int) -> int:
    if price == NO_PRICE:
        return _NO_PRICE
    return min(max(price // c.PRICE_UNIT, 0), 0xFFFF_FFFF)
