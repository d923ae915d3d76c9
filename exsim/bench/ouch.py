"""OUCH 5.0 in a measurement: what a counterparty sends, and what comes back."""

from __future__ import annotations

from typing import Final

from exsim.bench.answers import Answers
from exsim.bench.orders import ADD_CANCEL, CROSS, LEVELS, Market
from exsim.model.amounts import UNIT
from exsim.wire import soup
from exsim.wire.layout import PRICE_UNIT
from exsim.wire.layouts import ouch50

FIX: Final = "fix"
OUCH: Final = "ouch"
BOTH: Final = "both"
VERSION: Final = "OUCH.5.0"
"""What the column of a result is called."""

_ENTER: Final = ouch50.ENTER.struct.pack
_BLANK: Final = b" " * 14
_REF: Final = 12  # bytes of a packet before the UserRefNum of a message
_CANCELED: Final = ord("C")
_TOLD: Final = frozenset(b"AEC")
_SYSTEM_EVENT: Final = ord("S")


class OuchOrders:
    """
    What the counterparty with the user name that ``sender`` ends with sends.

    UserRefNums are those of requests counted from 1; the cancel of an order names it.
    """

    def __init__(self, sender: str, market: Market) -> None:
        self.sender = sender[-soup.USER_SIZE :].encode()
        self.prefix = b""
        self._market = market

    def logon(self) -> bytes:
        """A Login Request for the stream from its beginning."""
        return soup.login(soup.Login(self.sender, b"", b"", 1))

    def is_logon(self, answer: bytes) -> bool:
        """Whether it was accepted."""
        return soup.kind_of(answer) == soup.ACCEPTED

    def logout(self, requests: int) -> bytes:
        """The Logout Request."""
        return soup.packet(soup.LOGOUT)

    def requests(self, mix: str, count: int) -> list[bytes]:
        """So many orders of a mix, with the cancels that it has."""
        found = []
        for order in range(count):
            request = 2 * order if mix == ADD_CANCEL else order
            found.append(self._enter(mix, order, request + 1))
            if mix == ADD_CANCEL:
                cancel = ouch50.CANCEL.encode((request + 1, 0))
                found.append(soup.packet(soup.UNSEQUENCED, cancel))
        return found

    def _enter(self, mix: str, order: int, ref: int) -> bytes:
        market, buys = self._market, order % 2 == 0
        away = 0 if mix == CROSS else (1 + order // 2 % LEVELS) * market.tick
        price = market.price - away if buys else market.price + away
        side, symbol = b"B" if buys else b"S", market.symbol.encode().ljust(8)
        about = (ref, side, market.qty // UNIT, symbol, price // PRICE_UNIT)
        codes = (b"0", b"Y", b"P", b"N", b"N", _BLANK, 0)
        return soup.packet(soup.UNSEQUENCED, _ENTER(b"O", *about, *codes))


class OuchAnswers(Answers):
    """The same of the packets that one connection reads: each tells of a request."""

    def __init__(self, requests: int, expected: int) -> None:
        super().__init__(b"", requests, expected)
        self._packets = b""

    def complete(self, data: bytes) -> bool:
        """Whether some bytes end with a whole packet."""
        at = 0
        while at + 2 <= len(data):
            at += 2 + (data[at] << 8 | data[at + 1])
        return at == len(data)

    def take(self, data: bytes, now: int) -> None:
        """Take in what was read at ``now``."""
        data = self._packets + data
        at, end, found = 0, len(data), []
        while at + 3 <= end:
            size = 2 + (data[at] << 8 | data[at + 1])
            if at + size > end:
                break
            if data[at + 2 : at + 3] == soup.SEQUENCED:
                kind = data[at + 3]
                if kind in _TOLD:
                    ref = int.from_bytes(data[at + _REF : at + _REF + 4], "big")
                    found.append(b"%d" % (ref if kind == _CANCELED else ref - 1))
                elif kind != _SYSTEM_EVENT:
                    self.fault(f"an answer that is none: {data[at : at + size]!r}")
            at += size
        self._packets = data[at:]
        if found:
            self._count(found, now)
