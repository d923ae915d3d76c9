"""What a version of OUCH is to a session: messages to requests, and events to messages."""

from __future__ import annotations

from exsim.interfaces import Moment
from exsim.model.carry import Carry
from exsim.model.events import DisplayRefreshed, Report
from exsim.model.requests import NewOrder
from exsim.protocols.ouch_codes import since_midnight
from exsim.wire.layout import Family


class Change:
    """
    A request about an order: ``name`` names it, ``side`` is 0 and ``qty`` -1 where they are not
    changed; ``qty`` is in units of 10^-8.
    """

    __slots__ = ("name", "qty", "side")

    def __init__(self, name: str, qty: int, side: int = 0) -> None:
        self.name = name
        self.qty = qty
        self.side = side


class Ouch:
    """
    One version of OUCH.

    Messages that are read are whole packets of SoupBinTCP. An order is named by text: its
    UserRefNum or its token. Times are nanoseconds since 1970 UTC, those of messages since midnight,
    which ``moment`` makes of them.
    """

    __slots__ = ("family", "moment")

    def __init__(self, family: Family) -> None:
        self.family = family
        self.moment: Moment = since_midnight

    # -- in

    def name(self, raw: bytes) -> str:
        """The name that a message enters an order, or replaces one, under."""
        raise NotImplementedError

    def replaces(self, raw: bytes) -> str:
        """The name of the order that a Replace is about."""
        raise NotImplementedError

    def enter(self, raw: bytes, session: str, name: str, now: int) -> NewOrder:
        """
        The order of an Enter Order; ``now`` is market time.

        :raises exsim.protocols.ouch_codes.Unfit: when it asks for what cannot be.
        """
        raise NotImplementedError

    def replace(self, raw: bytes, old: NewOrder, name: str, now: int) -> NewOrder:
        """
        The terms that a Replace asks for.

        :raises exsim.protocols.ouch_codes.Unfit: likewise.
        """
        raise NotImplementedError

    def cancel(self, raw: bytes) -> Change:
        """What a Cancel asks for."""
        raise NotImplementedError

    def modify(self, raw: bytes) -> Change:
        """What a Modify asks for."""
        raise NotImplementedError

    # -- out

    def cl_ord_id(self, carry: Carry, raw: bytes) -> bytes:
        """The ClOrdID that an order brought, or that is in the message of an Enter Order."""
        raise NotImplementedError

    def system_event(self, code: bytes, time: int) -> bytes:
        """System Event."""
        raise NotImplementedError

    def accepted(self, report: Report) -> bytes:
        """Accepted."""
        raise NotImplementedError

    def replaced(self, report: Report, old: NewOrder | None) -> bytes:
        """Replaced; ``old`` are the terms before, if they are known."""
        raise NotImplementedError

    def canceled(self, report: Report, less: int, reason: bytes) -> bytes:
        """Canceled: ``less`` is what is not asked for any more."""
        raise NotImplementedError

    def aiq_canceled(self, report: Report, less: int, prevented: int, price: int) -> bytes:
        """AIQ Canceled; ``prevented`` would have traded at ``price``."""
        raise NotImplementedError

    def executed(self, report: Report) -> bytes:
        """Executed."""
        raise NotImplementedError

    def broken(self, report: Report) -> bytes:
        """Broken Trade."""
        raise NotImplementedError

    def corrected(self, report: Report) -> list[bytes]:
        """What tells of a trade that was corrected."""
        raise NotImplementedError

    def rejected(self, name: str, why: str, time: int, cl_ord_id: bytes) -> bytes:
        """Rejected: of an Enter Order or a Replace under this name."""
        raise NotImplementedError

    def cancel_pending(self, report: Report) -> bytes:
        """Cancel Pending."""
        raise NotImplementedError

    def cancel_reject(self, name: str, time: int) -> bytes:
        """Cancel Reject."""
        raise NotImplementedError

    def modified(self, report: Report) -> bytes:
        """Modified."""
        raise NotImplementedError

    def repriced(self, report: Report, by_itself: bool) -> bytes:
        """
        What tells of another price: ``by_itself`` the order follows the market, else the venue gave
        it another.
        """
        raise NotImplementedError

    def refreshed(self, event: DisplayRefreshed) -> bytes:
        """What tells of the next part of an iceberg; nothing where no message does."""
        return b""
