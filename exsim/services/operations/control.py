"""
The other side of the REST table: each operation is journalled, carried out, and its turn ended.
"""

from __future__ import annotations

from collections.abc import Coroutine

import msgspec
from msgspec import Struct
from twisted.internet.defer import Deferred
from zope.interface import implementer

from exsim.control.operations import BY_NAME, IControl
from exsim.errors import Bug
from exsim.model.journal import EntryKind
from exsim.services.operations import (
    endpoints,
    health,
    holds,
    messages,
    orders,
    prices,
    sessions,
    venues,
)
from exsim.services.simulator import Handler, Simulator

HANDLERS: dict[str, Handler] = {
    **health.HANDLERS,
    **venues.HANDLERS,
    **orders.HANDLERS,
    **endpoints.HANDLERS,
    **sessions.HANDLERS,
    **messages.HANDLERS,
    **holds.HANDLERS,
    **prices.HANDLERS,
}
"""By operation name."""


@implementer(IControl)
class Control:
    """Carries operations out on a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def perform(
        self, operation: str, arguments: Struct, body: Struct | None
    ) -> Struct | Deferred[Struct | None] | None:
        """See :class:`exsim.control.operations.IControl`."""
        simulator = self._simulator
        handler = HANDLERS.get(operation)
        if handler is None:
            raise Bug(f"operation {operation!r} has no handler")
        now = simulator.now()
        simulator.exchange.run_due(now)
        if BY_NAME[operation].command:
            self._record(operation, arguments, body, now)
        try:
            result = handler(simulator.at(now), arguments, body)
        finally:
            simulator.exchange.send_events(now)
            simulator.turns.turn_over()
        if isinstance(result, Coroutine):
            return Deferred.fromCoroutine(result)
        assert result is None or isinstance(result, Struct)
        return result

    def _record(self, operation: str, arguments: Struct, body: Struct | None, now: int) -> None:
        command = {"operation": operation, "arguments": arguments, "body": body}
        data = msgspec.json.encode(command)
        self._simulator.exchange.journal.append(now, int(EntryKind.COMMAND), "", "", data)
