"""One order and the state it is in."""

from __future__ import annotations

from typing import Final

from exsim.model.acyclic import mypyc_attr
from exsim.model.codes import OrdStatus, TimeInForce
from exsim.model.plain import Plain, terms_of, terms_state
from exsim.model.requests import NO_PRICE, NewOrder

PENDING: Final = -1
"""Status of an order that nobody has answered yet."""
NEW: Final = int(OrdStatus.NEW)
PARTIALLY_FILLED: Final = int(OrdStatus.PARTIALLY_FILLED)
FILLED: Final = int(OrdStatus.FILLED)
DONE_FOR_DAY: Final = int(OrdStatus.DONE_FOR_DAY)
CANCELED: Final = int(OrdStatus.CANCELED)
REPLACED: Final = int(OrdStatus.REPLACED)
REJECTED: Final = int(OrdStatus.REJECTED)
EXPIRED: Final = int(OrdStatus.EXPIRED)
PENDING_CANCEL: Final = int(OrdStatus.PENDING_CANCEL)
PENDING_REPLACE: Final = int(OrdStatus.PENDING_REPLACE)

_MOST_NOTES: Final = 50
_LASTING: Final = frozenset({int(TimeInForce.GTC), int(TimeInForce.GTD)})


@mypyc_attr(acyclic=True)
class Fill:
    """
    One fill of an order, by its ExecID; a bust or a correction gives it another. ``match`` and
    ``liquidity`` are those of its :class:`exsim.model.events.Report`.
    """

    __slots__ = ("exec_id", "liquidity", "match", "price", "qty")

    def __init__(
        self, exec_id: str, qty: int, price: int, match: int = 0, liquidity: int = 0
    ) -> None:
        self.exec_id = exec_id
        self.qty = qty
        self.price = price
        self.match = match
        self.liquidity = liquidity


class Before:
    """
    What was filled of an order on the days before this one: the first ``fills`` of its fills, of
    ``cum`` together, and ``notional`` as the order has it.
    """

    __slots__ = ("cum", "fills", "notional")

    def __init__(self, fills: int, cum: int, notional: int) -> None:
        self.fills = fills
        self.cum = cum
        self.notional = notional


@mypyc_attr(acyclic=True)
class Order:
    """
    One order: the terms it stands on now, and what was done of it.

    ``number`` is its identity in the engine; ``owner`` the session that hears of it;
    ``working`` says that its leaves rest in a book rather than with a policy or a person.
    ``notional`` is the sum of price times quantity of its fills, in units of 10^-16; ``even_px`` is
    the price of all of them, where it is known that they have one and the same. ``mark`` is
    what an operator or the end of a day made of it, an OrdStatus: done for day, stopped, suspended
    or calculated; 0 for none. It is told in the place of the status, which goes on below it.
    ``pending`` are the requests that its session was told to be worked on, by ClOrdID: each is
    PENDING_CANCEL or PENDING_REPLACE. It is None where there are none, as nearly always.
    ``notes`` are what it met besides fills, each with its time: the newest of them, None for none.
    ``before`` is None on the first day of an order, as nearly always.
    ``cap`` is the limit that a pegged order was given: ``terms`` have the price that it has now.
    One that is ``entered`` has been in a book, where its minimum quantity was asked for; one that
    is ``elected`` waits for its trigger no more. ``level`` is where its stop had come to as it was
    taken out of its book for a while, NO_PRICE while it is in one.
    """

    __slots__ = (
        "before",
        "cap",
        "created",
        "cum",
        "elected",
        "entered",
        "even_px",
        "fills",
        "leaves",
        "level",
        "mark",
        "notes",
        "notional",
        "number",
        "order_id",
        "owner",
        "pending",
        "status",
        "terms",
        "text",
        "updated",
        "working",
    )

    def __init__(self, number: int, terms: NewOrder, now: int) -> None:
        self.number = number
        self.order_id = str(number)
        self.owner = terms.session
        self.terms = terms
        self.status = PENDING
        self.cum = 0
        self.leaves = terms.qty
        self.notional = 0
        self.even_px = NO_PRICE
        self.mark = 0
        self.pending: dict[str, int] | None = None
        self.fills: list[Fill] | None = None
        self.notes: list[tuple[int, str]] | None = None
        self.before: Before | None = None
        self.cap = terms.price
        self.entered = False
        self.elected = False
        self.level = NO_PRICE
        self.working = False
        self.created = now
        self.updated = now
        self.text = ""

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [
            self.number,
            self.owner,
            terms_state(self.terms),
            self.status,
            self.cum,
            self.leaves,
            str(self.notional),  # it may have more than 64 bits
            self.working,
            self.created,
            self.updated,
            self.text,
            self.mark,
            [
                [fill.exec_id, fill.qty, fill.price, fill.match, fill.liquidity]
                for fill in self.fills or ()
            ],
            self.pending,
            [list(note) for note in self.notes or ()],
            None
            if self.before is None
            else [self.before.fills, self.before.cum, str(self.before.notional)],
            [self.cap, self.entered, self.elected, self.level],
        ]

    def note(self, now: int, text: str) -> None:
        """Remember something that the order met."""
        if self.notes is None:
            self.notes = []
        self.notes.append((now, text))
        if len(self.notes) > _MOST_NOTES:
            del self.notes[0]

    @property
    def told(self) -> int:
        """
        The OrdStatus that reports tell. Pending cancel stands above pending replace, that above
        done for day, then filled, then stopped (FIX 4.2, OrdStatus precedence in Appendix D). One
        that may go on tomorrow was done for a day that is over where it has ended.
        """
        if self.pending is not None and self.status != REJECTED:  # which nothing is asked of
            asked = self.pending.values()
            return PENDING_CANCEL if PENDING_CANCEL in asked else PENDING_REPLACE
        if not self.mark or (not self.open and (self.mark != DONE_FOR_DAY or self.lasts)):
            return self.status
        return self.mark

    @property
    def lasts(self) -> bool:
        """Whether it may go on tomorrow."""
        return self.terms.tif in _LASTING

    @property
    def told_leaves(self) -> int:
        """
        The LeavesQty that reports tell: nothing is left of an order for the day that is done for it
        (FIX 4.2 Appendix D, D2; FIX 4.4, order state changes J.1.d).
        """
        return 0 if self.mark == DONE_FOR_DAY and not self.lasts else self.leaves

    @property
    def average(self) -> int:
        """The average fill price in units of 10^-8, rounded half up; 0 before any fill."""
        if not self.cum:
            return 0
        if self.even_px != NO_PRICE:
            return self.even_px
        return average(self.notional, self.cum)

    @property
    def open(self) -> bool:
        """Whether it can still be filled, canceled or replaced."""
        return self.status == NEW or self.status == PARTIALLY_FILLED or self.status == REPLACED


def average(notional: int, qty: int) -> int:
    """The average price of fills in units of 10^-8, rounded half up; 0 where there is none."""
    return (2 * notional + qty) // (2 * qty) if qty else 0


def order_of(plain: Plain) -> Order:
    """The order that :meth:`Order.state` told of."""
    number, owner, terms, status, cum, leaves, notional, working, created, *more = plain
    updated, text, mark, fills, pending, notes, before, *later = more
    order = Order(number, terms_of(terms), created)
    order.owner = owner
    order.status = status
    order.cum = cum
    order.leaves = leaves
    order.notional = int(notional)
    order.working = working
    order.updated = updated
    order.text = text
    order.mark = mark
    order.fills = [Fill(*fill) for fill in fills] or None
    order.pending = pending
    order.notes = [(time, note) for time, note in notes] or None
    order.before = before and Before(before[0], before[1], int(before[2]))
    if later:  # a snapshot of before has no such thing
        values = later[0]
        order.cap, order.entered, order.elected = values[:3]
        if len(values) > 3:  # likewise
            order.level = values[3]
    return order
