"""
The other side of the REST table: each operation is journalled, carried out, and its turn ended.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import msgspec
from msgspec import Struct
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from zope.interface import implementer

from exsim.control.operations import BY_NAME, IControl
from exsim.errors import Bug, RequestError, Unavailable
from exsim.model.journal import EntryKind
from exsim.services.operations import (
    accounts,
    bots,
    consolidated,
    endpoints,
    events,
    faults,
    feeds,
    health,
    holds,
    lists,
    markets,
    messages,
    news,
    nodes,
    orders,
    prices,
    pricing,
    proxies,
    quotes,
    races,
    recordings,
    rules,
    scripts,
    sessions,
    snapshots,
    venues,
    verify,
)
from exsim.services.simulator import Handler, Simulator

log = Logger(namespace="exsim")

HANDLERS: dict[str, Handler] = {
    **health.HANDLERS,
    **venues.HANDLERS,
    **accounts.HANDLERS,
    **orders.HANDLERS,
    **lists.HANDLERS,
    **endpoints.HANDLERS,
    **sessions.HANDLERS,
    **messages.HANDLERS,
    **verify.HANDLERS,
    **events.HANDLERS,
    **holds.HANDLERS,
    **prices.HANDLERS,
    **consolidated.HANDLERS,
    **pricing.HANDLERS,
    **bots.HANDLERS,
    **quotes.HANDLERS,
    **markets.HANDLERS,
    **news.HANDLERS,
    **feeds.HANDLERS,
    **rules.HANDLERS,
    **faults.HANDLERS,
    **proxies.HANDLERS,
    **races.HANDLERS,
    **scripts.HANDLERS,
    **snapshots.HANDLERS,
    **recordings.HANDLERS,
    **nodes.HANDLERS,
}
"""By operation name."""

AGAIN: dict[str, Handler] = {
    **HANDLERS,
    **snapshots.AGAIN,
    **recordings.AGAIN,
    **proxies.AGAIN,
    "create_endpoint": endpoints.declare,
    "delete_endpoint": endpoints.check_there,
    "delete_venue": venues.check_there,
    "create_session": sessions.declare,
    "delete_session": sessions.forget,
}
"""The same for a journal that is run again: nothing listens or connects, and steps follow."""


class _Command(Struct):
    """What the entry of an operation holds."""

    operation: str
    arguments: msgspec.Raw
    body: msgspec.Raw


@implementer(IControl)
class Control:
    """Carries operations out on a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = replace(simulator, control=self)

    def perform(
        self, operation: str, arguments: Struct, body: Struct | None
    ) -> Struct | str | Deferred[Struct | bytes | None] | None:
        """See :class:`exsim.control.operations.IControl`."""
        simulator = self._simulator
        handler = HANDLERS.get(operation)
        if handler is None:
            raise Bug(f"operation {operation!r} has no handler")
        now, turns = simulator.now(), simulator.turns
        command = BY_NAME[operation].command
        if operation not in health.HANDLERS:
            stale = turns.stale()
            if stale or (command and turns.trouble):
                raise Unavailable(stale or turns.trouble)
            if turns.held and not turns.trouble:
                return Deferred.fromCoroutine(self._when_free(operation, arguments, body))
        if not (turns.trouble or turns.held):
            simulator.exchange.run_due(now)
        if command:
            self._record(operation, arguments, body, now)
        try:
            result = handler(simulator.at(now), arguments, body)
        finally:
            simulator.exchange.send_events(now)
            turns.turn_over()
        if isinstance(result, Coroutine):
            return Deferred.fromCoroutine(self._settled(result) if command else result)
        assert result is None or isinstance(result, Struct | str)
        settled = turns.settled() if command else None
        if settled is None:
            return result
        assert not isinstance(result, str)  # that is no command's
        return Deferred.fromCoroutine(_after(settled, result))

    async def _when_free(self, operation: str, arguments: Struct, body: Struct | None) -> Any:
        """The same, once nothing is held."""
        await self._simulator.turns.free()
        result = self.perform(operation, arguments, body)
        return await result if isinstance(result, Deferred) else result

    async def _settled(
        self, work: Coroutine[Any, Any, Struct | bytes | None]
    ) -> Struct | bytes | None:
        """What an operation that waits makes, once the journal has all that it did."""
        result = await work
        settled = self._simulator.turns.settled()
        if settled is not None:
            await settled
        return result

    def again(self, data: bytes, now: int) -> None:
        """Carry out the operation of an entry of a journal; nobody waits for the answer."""
        simulator = self._simulator
        command = msgspec.json.decode(data, type=_Command)
        entry = BY_NAME[command.operation]
        arguments = msgspec.json.decode(command.arguments, type=entry.arguments)
        sent = (
            command.body if command.body != b"null" else b"{}"
        )  # it took none in a version before
        body = None if entry.body is None else msgspec.json.decode(sent, type=entry.body)
        self._record(command.operation, arguments, body, now)
        try:
            AGAIN[command.operation](simulator.at(now), arguments, body)
        except RequestError:
            pass  # it was refused then, too
        except Exception:  # noqa: BLE001 - it was answered as a bug then
            log.failure("{operation} failed again", operation=command.operation)
        finally:
            simulator.exchange.send_events(now)

    def _record(self, operation: str, arguments: Struct, body: Struct | None, now: int) -> None:
        command = {"operation": operation, "arguments": arguments, "body": body}
        data = msgspec.json.encode(command)
        self._simulator.exchange.journal.append(now, int(EntryKind.COMMAND), "", "", data)


async def _after(settled: Deferred[None], result: Struct | None) -> Struct | bytes | None:
    """The result, once the journal has what it came of."""
    await settled
    return result
