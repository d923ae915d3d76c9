"""
Lists of orders, orders that depend on each other, and crosses, in no protocol's words.

Values like those of :mod:`exsim.model.requests` and :mod:`exsim.model.events`. Amounts are units of
10^-8, times nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from exsim.model.carry import NOTHING_CARRIED, Carry
from exsim.model.codes import Reason

if TYPE_CHECKING:
    from exsim.model.requests import CancelOrder, NewOrder, ReplaceOrder

LIST: Final = "list"
LIST_CANCEL: Final = "list-cancel"
LIST_STATUS: Final = "list-status"
LIST_EXECUTE: Final = "list-execute"
CROSS: Final = "cross"
CROSS_CANCEL: Final = "cross-cancel"
CROSS_REPLACE: Final = "cross-replace"
"""The kinds of request, as policies and REST name them."""

LIST_QUESTIONS: Final = (LIST_CANCEL, LIST_STATUS, LIST_EXECUTE)
LIST_KINDS: Final = (LIST, *LIST_QUESTIONS, CROSS, CROSS_CANCEL, CROSS_REPLACE)


class Contingency(IntEnum):
    """How the orders of a list depend on each other: ContingencyType(1385), and a bracket."""

    NONE = 0
    OCO = 1
    """One cancels the others."""
    OTO = 2
    """The first one triggers the others."""
    OUO = 3
    """One updates the others: they are reduced by the quantity that it trades."""
    OUO_PROPORTIONAL = 4
    """They are reduced by the part of its quantity that it trades."""
    BRACKET = ord("B")
    """The first one triggers the others, of which one cancels the others."""


class CrossType(IntEnum):
    """CrossType(549)."""

    ALL_OR_NONE = 1
    IMMEDIATE = 2
    """What one side has more than the other is canceled."""
    ONE_SIDE = 3
    """What one side has more than the other stays in the book."""
    SAME_PRICE = 4
    """Orders that rest at the price trade first; what is left of one side is canceled."""


class Priority(IntEnum):
    """The side that has to trade in full: CrossPrioritization(550)."""

    NONE = 0
    BUY = 1
    SELL = 2


class ListMessage:
    """
    A request of this module; ``name`` is its ListID or CrossID. ``msg_type`` and ``ref`` are what a
    refusal of the message has to say.
    """

    __slots__ = ("carry", "kind", "msg_type", "name", "raw", "ref", "session")

    def __init__(
        self,
        kind: str,
        session: str,
        name: str,
        msg_type: str = "",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        self.kind = kind
        self.session = session
        self.name = name
        self.msg_type = msg_type
        self.ref = ref
        self.carry = carry
        self.raw = raw

    @property
    def cl_ord_id(self) -> str:
        """What it goes by."""
        return self.name

    @property
    def symbol(self) -> str:
        """The instrument that it is about, where that is one."""
        return ""

    @property
    def side(self) -> int:
        """It has none, or both."""
        return 0

    @property
    def account(self) -> str:
        """It has none of its own."""
        return ""

    def renamed(self, symbols: dict[str, str]) -> ListMessage:
        """The same with other names of instruments, where ``symbols`` has them."""
        return self


class ListQuestion(ListMessage):
    """
    Cancel what is left of a list (``LIST_CANCEL``), tell its state (``LIST_STATUS``), or have one
    enter the books that waits for that (``LIST_EXECUTE``).
    """

    __slots__ = ()


class NewList(ListMessage):
    """
    Enter several orders at once, which may depend on each other: all of them or, where they do,
    none. With OTO and in a bracket the first of ``orders`` is the one that triggers the others.
    ``waits`` says that none of them enters its book before the list is to be executed.
    """

    __slots__ = ("contingency", "orders", "waits")

    def __init__(
        self,
        session: str,
        name: str,
        contingency: int,
        orders: list[NewOrder],
        msg_type: str = "",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
        waits: bool = False,
    ) -> None:
        super().__init__(LIST, session, name, msg_type, ref, carry, raw)
        self.contingency = contingency
        self.orders = orders
        self.waits = waits

    @property
    def symbol(self) -> str:
        """The instrument of all its orders; empty where they are for several."""
        symbols = {order.symbol for order in self.orders}
        return symbols.pop() if len(symbols) == 1 else ""

    def renamed(self, symbols: dict[str, str]) -> ListMessage:
        """The same with other names of instruments, where ``symbols`` has them."""
        rest = (self.msg_type, self.ref, self.carry, self.raw)
        orders = _renamed(self.orders, symbols)
        return NewList(self.session, self.name, self.contingency, orders, *rest, self.waits)

    def of_orders(self, orders: list[NewOrder]) -> NewList:
        """The same of other orders; where it is one alone, that depends on nothing."""
        contingency = self.contingency if len(orders) > 1 else int(Contingency.NONE)
        rest = (self.msg_type, self.ref, self.carry, self.raw)
        return NewList(self.session, self.name, contingency, orders, *rest, self.waits)


class NewCross(ListMessage):
    """Have two orders of one session trade with each other; see :class:`CrossType`."""

    __slots__ = ("cross_type", "priority", "sides")

    def __init__(
        self,
        session: str,
        name: str,
        cross_type: int,
        priority: int,
        sides: list[NewOrder],
        msg_type: str = "",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        super().__init__(CROSS, session, name, msg_type, ref, carry, raw)
        self.cross_type = cross_type
        self.priority = priority
        self.sides = sides

    @property
    def symbol(self) -> str:
        """The instrument of both sides."""
        return self.sides[0].symbol

    def renamed(self, symbols: dict[str, str]) -> ListMessage:
        """The same with other names of instruments, where ``symbols`` has them."""
        return self.of_sides(_renamed(self.sides, symbols))

    def of_sides(self, sides: list[NewOrder]) -> NewCross:
        """The same of other sides."""
        rest = (self.msg_type, self.ref, self.carry, self.raw)
        return NewCross(self.session, self.name, self.cross_type, self.priority, sides, *rest)


class ChangeCross(ListMessage):
    """Cancel (``CROSS_CANCEL``) or replace (``CROSS_REPLACE``) what is left of a cross's sides."""

    __slots__ = ("parts",)

    def __init__(
        self,
        kind: str,
        session: str,
        name: str,
        parts: list[CancelOrder | ReplaceOrder],
        msg_type: str = "",
        ref: str = "",
        carry: Carry = NOTHING_CARRIED,
        raw: bytes = b"",
    ) -> None:
        super().__init__(kind, session, name, msg_type, ref, carry, raw)
        self.parts = parts

    @property
    def symbol(self) -> str:
        """The instrument that it names."""
        return self.parts[0].symbol


def _renamed(orders: list[NewOrder], symbols: dict[str, str]) -> list[NewOrder]:
    return [
        each.with_symbol(symbols[each.symbol]) if each.symbol in symbols else each
        for each in orders
    ]


class ListedOrder:
    """An order of a list as it stands; ``canceled`` is what of it will not trade any more."""

    __slots__ = ("avg", "canceled", "cl_ord_id", "cum", "leaves", "status", "text")

    def __init__(
        self,
        cl_ord_id: str,
        status: int,
        cum: int,
        leaves: int,
        canceled: int,
        avg: int,
        text: str,
    ) -> None:
        self.cl_ord_id = cl_ord_id
        self.status = status
        self.cum = cum
        self.leaves = leaves
        self.canceled = canceled
        self.avg = avg
        self.text = text


class ListState:
    """
    The state of a list: ListStatus in FIX. ``answer`` says that it was asked for, so that it is no
    acknowledgment of the list, ``started`` that it is executed from now, ``waits`` that it is not
    yet; ``reason`` why the list was refused.
    """

    __slots__ = (
        "answer",
        "carry",
        "name",
        "open",
        "orders",
        "reason",
        "session",
        "started",
        "text",
        "time",
        "waits",
    )

    def __init__(
        self,
        request: ListMessage,
        orders: list[ListedOrder],
        open: bool,
        time: int,
        reason: Reason | None = None,
        text: str = "",
        waits: bool = False,
    ) -> None:
        self.session = request.session
        self.name = request.name
        self.carry = request.carry
        self.answer = request.kind != LIST
        self.started = request.kind == LIST_EXECUTE
        self.waits = waits
        self.orders = orders
        self.open = open
        self.time = time
        self.reason = reason
        self.text = text
