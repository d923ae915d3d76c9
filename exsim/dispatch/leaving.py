"""Sessions that are gone: their orders go, at once or when they do not come back in time."""

from __future__ import annotations

from typing import Final

from exsim.dispatch.agenda import Agenda
from exsim.dispatch.tasks import Departure, Task
from exsim.model.plain import Plain
from exsim.orders.order import Order
from exsim.orders.registry import Orders

GONE: Final = "the session is disconnected"
LOGGED_OUT: Final = "the session logged out"


class Leaving:
    """
    ``away`` are the sessions that have a time to come back, with how often they had logged on
    before; ``fleeting`` those that entered orders which end with their connection.
    """

    __slots__ = ("away", "fleeting")

    def __init__(self) -> None:
        self.away: dict[str, int] = {}
        self.fleeting: dict[str, bool] = {}

    def reset(self) -> None:
        """Nobody is away."""
        self.away.clear()
        self.fleeting.clear()

    def leave(self, agenda: Agenda[Task], departure: Departure, logons: int, due: int) -> None:
        """Have a time for a session to come back."""
        self.away[departure.session] = logons
        agenda.add(due, departure)

    def back(self, agenda: Agenda[Task], session: str) -> None:
        """The session is there again, in time."""
        del self.away[session]
        agenda.forget(lambda task: isinstance(task, Departure) and task.session == session)

    def doomed(self, orders: Orders, departure: Departure) -> list[Order]:
        """The orders that go with a session."""
        self.away.pop(departure.session, None)
        return [
            order
            for order in orders.all()
            if order.owner == departure.session
            and order.open
            and (departure.everything or is_fleeting(order))
        ]

    def state(self) -> Plain:
        """All of it."""
        return [self.away, list(self.fleeting)]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.away, fleeting = plain
        self.fleeting = dict.fromkeys(fleeting, True)


def is_any(order: Order) -> bool:
    """Any order goes."""
    return True


def is_fleeting(order: Order) -> bool:
    """Whether an order ends with the connection of its session."""
    extra = order.terms.extra
    return extra is not None and extra.cancel_on_disconnect
