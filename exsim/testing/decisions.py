"""What a test decides about: holds, and orders."""

from __future__ import annotations

from typing import Any, Final, overload

from exsim.client.blocking_operations import BlockingOperations
from exsim.control import trading_results as tr
from exsim.testing.asking import Span, span
from exsim.testing.then import then
from exsim.testing.verbs import Decided, Verb

OF_ORDERS: Final = {"done-for-day": "done_for_day", "bust": "bust_fill", "correct": "correct_fill"}
"""Operations of orders that are not named after their verb."""


class Hold(Decided):
    """
    A request that waits for the test to decide: ``hold.ack()``, ``hold.fill(200, "10.01")``, ...

    What else is known of it is as :class:`exsim.control.results.Hold` has it: ``kind``, ``symbol``,
    ``side``, ``quantity``, ``price``, ``cl_ord_id``, ...
    """

    def __init__(self, simulator: BlockingOperations, result: tr.Hold) -> None:
        self._simulator = simulator
        self.result = result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.result, name)

    def do(self, verb: Verb) -> tr.Order | None:
        """Decide so; the order as it is now, if there is one."""
        operation = getattr(self._simulator, f"{verb.do.replace('-', '_')}_hold")
        return then(operation(self.result.hold, **verb.values), _order)

    def __repr__(self) -> str:
        held = self.result
        return f"<hold {held.hold} of {held.session}: {held.kind} {held.cl_ord_id}>"


class Holds:
    """The requests that are held."""

    def __init__(self, simulator: BlockingOperations, venue: str) -> None:
        self._simulator = simulator
        self._venue = venue

    @overload
    def wait(self, within: Span = ..., *, session: object = ...) -> Hold: ...

    @overload
    def wait(self, within: Span = ..., *, count: int, session: object = ...) -> list[Hold]: ...

    def wait(
        self, within: Span = "2s", *, count: int | None = None, session: object = None
    ) -> Hold | list[Hold]:
        """
        Wait for a hold: the oldest one. With ``count``, wait for so many: a list.

        :raises AssertionError: when they do not come in time.
        """
        __tracebackhide__ = True
        least, whose = count or 1, None if session is None else str(session)
        asked = self._simulator.wait_holds(
            venue=self._venue, session=whose, timeout=span(within), count=least
        )

        def look(found: tr.AwaitedHolds) -> Hold | list[Hold]:
            __tracebackhide__ = True
            if not found.complete:
                raise AssertionError(
                    f"Expected {least} held, of {whose or 'any session'}, within {span(within)}:"
                    f" found {len(found.items)}."
                )
            holds = self._holds(found.items)
            return holds[0] if count is None else holds

        return then(asked, look)

    def all(self) -> list[Hold]:
        """All that wait now, oldest first."""
        page = self._simulator.list_holds(venue=self._venue, limit=1000)
        return then(page, lambda page: self._holds(page.items))

    def _holds(self, items: list[tr.Hold]) -> list[Hold]:
        return [Hold(self._simulator, item) for item in items]


def _order(decided: tr.Decided) -> tr.Order | None:
    return decided.order


class Order(Decided):
    """
    An order, held or not: ``order.fill(100)``, ``order.cancel()``, ``order.bust()``, ...

    What is known of it, as :class:`exsim.control.results.Order` has it, is asked for anew each
    time: ``order.status``, ``order.cum_quantity``.
    """

    def __init__(self, simulator: BlockingOperations, venue: str, order_id: str) -> None:
        self._simulator = simulator
        self._venue = venue
        self.order_id = order_id

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return then(self._now(), lambda order: getattr(order, name))

    def do(self, verb: Verb) -> tr.Order:
        """Do it; the order as it is then."""
        name = OF_ORDERS.get(verb.do, f"{verb.do.replace('-', '_')}_order")
        operation = getattr(self._simulator, name, None)
        if operation is None:
            raise TypeError(f"{verb.do} is about a request: do it to a hold")
        return then(operation(self._venue, self.order_id, **verb.values), lambda _: self._now())

    def why(self) -> list[str]:
        """How it came to be where it is."""
        asked = self._simulator.get_order_why(self._venue, self.order_id)
        return then(asked, lambda why: why.steps)

    def _now(self) -> tr.Order:
        return self._simulator.get_order(self._venue, self.order_id)
