"""The incoming side of a recording, played: what clients sent comes as if they sent it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.dispatch.market_clock import MANUAL
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.interfaces import IPlayable
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.settings import ORDER_ENTRY
from exsim.services.endpoints import EndpointService
from exsim.services.operations.views import time_text
from exsim.services.playing import Line, call, settled
from exsim.services.recordings import conversation
from exsim.services.restamping import Restamping, by_tag
from exsim.services.simulator import Simulator

_FIX: Final = "fix"
_MICROSECOND: Final = 1_000


class PlayedIn:
    """
    One playing of what came in. Each sender logs on with its first message, under the settings of
    its session, and logs out in the end.
    """

    def __init__(
        self, simulator: Simulator, messages: list[ds.RecordedMessage], body: ds.Playing
    ) -> None:
        self._simulator = simulator
        self._body = body
        self._messages = said(messages, "in")
        self._lines: dict[str, tuple[EndpointService, Line]] = {}
        mark = f"-{simulator.recordings.played}" if body.ids == "new" else ""
        self._restamping = Restamping(mark, body.times == "new", messages)

    async def play(self) -> int:
        """
        Play it; how many messages were sent.

        :raises exsim.errors.RequestError: when one cannot be, or its sender cannot log on.
        """
        self._check()
        try:
            for number, message in enumerate(self._messages):
                before = self._messages[number - 1] if number else message
                name = target(message, self._body)
                service, line = self._lines.get(name) or await self._log_on(name, message)
                await pass_time(self._simulator, service, message.at - before.at, self._body)
                self._say(service, line, message)
                await settled(service)
        finally:
            for _, line in self._lines.values():
                line.end()
        return len(self._messages)

    def _check(self) -> None:
        """Whether all who are to send can: before anything is sent."""
        for message in self._messages:
            name = target(message, self._body)
            service = self._service(name)
            endpoint = service.endpoint
            protocol = endpoint.settings.protocol
            if not IPlayable.providedBy(endpoint.acceptor):
                raise Unprocessable(f"protocol {protocol} has nobody to be played")
            if self._body.ids == "new" and protocol != _FIX:
                raise Unprocessable(f"ids are made new for FIX alone, and {name} is of {protocol}")
            endpoint.acceptor.caller(name, {})

    async def _log_on(self, name: str, message: ds.RecordedMessage) -> tuple[EndpointService, Line]:
        service = self._service(name)
        acceptor = service.endpoint.acceptor
        assert IPlayable.providedBy(acceptor)  # it was checked
        caller = acceptor.caller(name, by_tag(message))
        line = await call(service, name, caller)
        self._lines[name] = service, line
        return service, line

    def _say(self, service: EndpointService, line: Line, message: ds.RecordedMessage) -> None:
        now = service.endpoint.venue.time(service.dispatcher.now())
        if service.endpoint.settings.protocol == _FIX:
            fields = self._restamping.fields(message, line.caller.order_ids, now)
        else:
            fields = [(field.tag, field.value) for field in message.fields]
        line.say(message.type, fields)

    def _service(self, name: str) -> EndpointService:
        """The endpoint of a session, or where one of that name is to log on."""
        simulator, exchange = self._simulator, self._simulator.exchange
        if name in exchange.sessions:
            return simulator.endpoint_service(exchange.endpoint_of(name))
        if self._body.endpoint is not None:
            return simulator.endpoint_service(self._body.endpoint)
        known = [
            endpoint.settings.name
            for endpoint in exchange.endpoints.values()
            if endpoint.settings.role == ORDER_ENTRY
            and endpoint.settings.options.get("accept_any_logon")
        ]
        if not known:
            raise NotFound(f"there is no session {name!r}, and no endpoint where any may log on")
        if len(known) > 1:
            raise Conflict(
                f"there is no session {name!r}: name the endpoint where it is to log on,"
                f" one of {', '.join(known)}"
            )
        return simulator.endpoint_service(known[0])


def said(messages: Iterable[ds.RecordedMessage], direction: str) -> list[ds.RecordedMessage]:
    """What was said in one direction, without what sessions say to stay alive."""
    return [each for each in conversation(list(messages)) if each.direction == direction]


def target(message: ds.RecordedMessage, body: ds.Playing) -> str:
    """The session whose a message is when it is played."""
    return body.sessions.get(message.session) or body.session or message.session


async def pass_time(
    simulator: Simulator, service: EndpointService | None, gap: int, body: ds.Playing
) -> None:
    """
    Have ``gap`` microseconds pass, as the speed makes of them: by the real time, or by the clock
    of the market of ``service``, which is advanced where it is moved by hand.
    """
    speed = parse_amount(body.speed)
    if not gap or not speed:
        return
    time = gap * _MICROSECOND * UNIT // speed
    if service is None or body.clock == "session":
        await deferLater(simulator.reactor, time / 1e9)
        return
    venue = service.endpoint.venue
    if venue.clock.mode != MANUAL:
        await deferLater(simulator.reactor, time * UNIT / venue.clock.scale / 1e9)
        return
    assert simulator.control is not None  # whoever performs this is there
    to = s.Advance(to=time_text(venue.time(service.dispatcher.now()) + time))
    asked = simulator.control.perform("advance_clock", s.VenueArguments(venue.name), to)
    if isinstance(asked, Deferred):
        await asked
