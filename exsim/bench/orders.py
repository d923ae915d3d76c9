"""The bytes that a counterparty sends in a measurement, made before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exsim.model.amounts import UNIT
from exsim.wire.fix import amount_bytes, encode, utc_timestamp

ADD: Final = "add"
ADD_CANCEL: Final = "addcancel"
CROSS: Final = "cross"
MIXES: Final = {
    ADD: "orders that rest, on both sides",
    ADD_CANCEL: "the same, each followed by its cancel",
    CROSS: "buy and sell at one price in turn, so that each pair trades",
}
"""What orders may do."""
LEVELS: Final = 10
"""Price levels on each side, but for ``cross``."""

_FIXT: Final = {"FIX.5.0": b"7", "FIX.5.0SP1": b"8", "FIX.5.0SP2": b"9"}  # DefaultApplVerID(1137)
_OLDEST: Final = ("FIX.4.0", "FIX.4.1")


@dataclass(frozen=True, slots=True)
class Market:
    """
    What is traded: ``target`` is the CompID of the venue.

    ``price``, ``tick`` and ``qty`` are in units of 10^-8.
    """

    target: str = "XSIM"
    symbol: str = "AAA"
    price: int = 100 * UNIT
    tick: int = UNIT // 100
    qty: int = 100 * UNIT


class Orders:
    """
    What the counterparty with the CompID ``sender`` sends in a version of FIX.

    Its ClOrdIDs are ``prefix`` and eight digits, of requests counted from 0. All is stamped with
    ``now``, nanoseconds since 1970 UTC; the Logon is the first message, the requests follow.
    """

    def __init__(self, version: str, sender: str, market: Market, now: int) -> None:
        self.version = version
        self.sender = sender.encode()
        self.prefix = self.sender + b"-"
        self._market = market
        self._begin_string = b"FIXT.1.1" if version in _FIXT else version.encode()
        self._stamp = utc_timestamp(now, 0 if version in _OLDEST else 3)

    def logon(self) -> bytes:
        """A Logon(A) with heartbeats every 30 seconds."""
        version = _FIXT.get(self.version)
        default = b"" if version is None else b"1137=%b\x01" % version
        return self._message(b"A", 1, b"98=0\x01108=30\x01" + default)

    def is_logon(self, answer: bytes) -> bool:
        """Whether it was accepted."""
        return b"\x0135=A\x01" in answer

    def logout(self, requests: int) -> bytes:
        """The Logout(5) after so many requests."""
        return self._message(b"5", 2 + requests, b"")

    def requests(self, mix: str, count: int) -> list[bytes]:
        """So many orders of a mix, with the cancels that it has."""
        return [message for order in range(count) for message in self._order(mix, order)]

    def _order(self, mix: str, order: int) -> Iterator[bytes]:
        market, buys = self._market, order % 2 == 0
        away = 0 if mix == CROSS else (1 + order // 2 % LEVELS) * market.tick
        price = market.price - away if buys else market.price + away
        if mix == ADD_CANCEL:
            yield self.enter(2 * order, market.symbol, buys, market.qty, price)
            yield self.cancel(2 * order + 1, 2 * order, market.symbol, buys, market.qty)
        else:
            yield self.enter(order, market.symbol, buys, market.qty, price)

    def enter(self, request: int, symbol: str, buys: bool, qty: int, price: int) -> bytes:
        """A NewOrderSingle(D): a limit order for the day."""
        body = b"11=%b\x0121=1\x0155=%b\x0154=%d\x01%b38=%b\x0140=2\x0144=%b\x0159=0\x01" % (
            self.cl_ord_id(request),
            symbol.encode(),
            1 if buys else 2,
            self._transact_time(),
            amount_bytes(qty),
            amount_bytes(price),
        )
        return self._message(b"D", 2 + request, body)

    def cancel(self, request: int, order: int, symbol: str, buys: bool, qty: int) -> bytes:
        """An OrderCancelRequest(F) for the order of an earlier request."""
        cancel_type = b"125=F\x01" if self.version == "FIX.4.0" else b""
        body = b"41=%b\x0111=%b\x01%b55=%b\x0154=%d\x01%b38=%b\x01" % (
            self.cl_ord_id(order),
            self.cl_ord_id(request),
            cancel_type,
            symbol.encode(),
            1 if buys else 2,
            self._transact_time(),
            amount_bytes(qty),
        )
        return self._message(b"F", 2 + request, body)

    def cl_ord_id(self, request: int) -> bytes:
        """The ClOrdID(11) of a request."""
        return b"%b%08d" % (self.prefix, request)

    def _transact_time(self) -> bytes:
        """TransactTime(60), where orders have it: since FIX 4.2."""
        return b"" if self.version in _OLDEST else b"60=%b\x01" % self._stamp

    def _message(self, msg_type: bytes, seq: int, body: bytes) -> bytes:
        head = b"35=%b\x0134=%d\x0149=%b\x0152=%b\x0156=%b\x01" % (
            msg_type,
            seq,
            self.sender,
            self._stamp,
            self._market.target.encode(),
        )
        return encode(self._begin_string, head + body)


def requests_of(mix: str, orders: int) -> int:
    """The requests that so many orders of a mix make."""
    return 2 * orders if mix == ADD_CANCEL else orders


def reports_of(mix: str) -> int:
    """The reports that a request of a mix gets: the first, and of one that trades the fill."""
    return 2 if mix == CROSS else 1
