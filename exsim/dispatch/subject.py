"""
What a verb is done to: a request that waits for a decision, the order that came of it, or an order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch.chain import Chain
from exsim.dispatch.pending import waiting
from exsim.errors import Conflict
from exsim.model.messages import Description
from exsim.model.requests import (
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    ReplaceOrder,
    Request,
)
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


class Subject:
    """
    A request at ``position`` of its chain, or an order without one.

    ``decided`` says that the request was answered, or that there is none. ``order`` is what was
    made of a new order, or is meant from the start; ``exec_id`` that of the last report of it.
    What is no request, but a message of a session or an event, is ``told``, and of session ``to``.
    """

    __slots__ = (
        *("chain", "decided", "exec_id", "order", "position", "request", "to", "told", "venue"),
    )

    def __init__(
        self,
        venue: Venue,
        request: Request | None,
        chain: Chain = (),
        position: int = 0,
        order: Order | None = None,
    ) -> None:
        self.venue = venue
        self.request = request
        self.chain = chain
        self.position = position
        self.order = order
        self.decided = request is None or order is not None
        self.exec_id = ""
        self.to = ""
        self.told: Description | None = None

    @property
    def session(self) -> str:
        """Who is to be told; empty for nobody."""
        if self.request is not None:
            return self.request.session
        if self.told is not None:
            return self.to
        return "" if self.order is None else self.order.owner

    def undecided(self, do: str) -> Request:
        """
        The request, which nobody has answered.

        :raises exsim.errors.Conflict: when somebody has, or there is none.
        """
        if self.request is not None and not self.decided:
            return self.request
        if self.order is None:
            raise Conflict(f"the request was answered: there is nothing to {do}")
        text = f"order {self.order.order_id} was answered"
        if do in ("release", "drop"):
            raise Conflict(f"{text}: there is nothing to {do}")
        right = "cancel or expire it" if do == "reject" else "fill, cancel, ... it"
        raise Conflict(f"{text}: {right}, or send the message with force")

    def named(self) -> Order | None:
        """
        The order that this is about: made of the request, or named by it; None where there is none.
        """
        if self.order is not None:
            return self.order
        request, venue = self.request, self.venue
        if isinstance(request, NewOrder):
            return waiting(venue, request)
        if isinstance(request, (CancelOrder, ReplaceOrder)):
            return venue.find(request)
        if isinstance(request, OrderStatusQuery):
            return venue.orders.find(request.session, request.cl_ord_id, request.order_id)
        return None
