"""
The other side of the REST table where each venue has a process of its own.

What is of one venue is asked there; what is of all is asked of all, and put together. Nothing is
known here but which venues there are, so nothing can be out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from exsim.control import consolidated_schemas as ks
from exsim.control import double_schemas as ds
from exsim.control import proxy_results as pr
from exsim.control import proxy_schemas as ps
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control import trading_schemas as ts
from exsim.control.operations import BY_NAME, IControl
from exsim.errors import Bug, Conflict, RequestError, Unavailable
from exsim.model.settings import Settings
from exsim.services.diagnosis import MOST_MESSAGES, surroundings, version_of, versions
from exsim.services.front import consolidated, double, messages, nodes
from exsim.services.front.carrier import IVenue
from exsim.services.front.fleet import Fleet, begun, outward, together
from exsim.services.front.lists import venue_by_venue
from exsim.services.front.metrics import merged
from exsim.services.front.node import Node
from exsim.services.masking import masked, plain, secrets
from exsim.services.watch import Watch


@implementer(IControl)
class Front:
    """
    Carries operations out on a fleet of venues. ``watch`` measures this process; ``node`` is there
    where venues are shared with other hosts.
    """

    def __init__(
        self,
        fleet: Fleet,
        settings: Settings,
        watch: Watch,
        reactor: IReactorTime,
        node: Node | None = None,
    ) -> None:
        self.fleet = fleet
        self.settings = settings
        self.watch = watch
        self.clock = reactor.seconds
        self.reactor = reactor
        self.node = node

    @property
    def here(self) -> Sequence[IVenue]:
        """The venues that are carried on this host."""
        return self.fleet.venues if self.node is None else self.node.here

    def perform(
        self, operation: str, arguments: Struct, body: Struct | None
    ) -> Deferred[Struct | bytes | None]:
        """See :class:`exsim.control.operations.IControl`."""
        handler = HANDLERS.get(operation)
        work = handler(self, arguments, body) if handler else self.route(operation, arguments, body)
        return begun(work)

    async def route(self, operation: str, arguments: Any, body: Struct | None) -> Any:
        """Ask the venue that an operation is of, by what it names."""
        fleet, named = self.fleet, BY_NAME[operation].path_fields
        if "hold" in named:
            venue, number = fleet.hold(arguments.hold)
            arguments = replace(arguments, hold=number)
        elif "session" in named:
            venue, name = await fleet.one("session", arguments.session)
            arguments = replace(arguments, session=name)
        elif "endpoint" in named:
            venue, name = await fleet.one("endpoint", arguments.endpoint)
            arguments = replace(arguments, endpoint=name)
        elif "proxy" in named:
            venue, name = await fleet.one("proxy", arguments.proxy)
            arguments = replace(arguments, proxy=name)
        elif "fault" in named:
            venue, name = await fleet.one("fault", arguments.fault)
            arguments = replace(arguments, fault=name)
        elif operation.endswith(("_recording", "_recordings")):  # a journal's
            venue = fleet.only(None)
        elif "venue" in arguments.__struct_fields__:
            venue = fleet.only(arguments.venue)
        else:
            raise Bug(f"operation {operation!r} is of no venue, and has no handler")
        return outward(venue.venue, await venue.ask(operation, arguments, body))


Handler = Callable[[Front, Any, Any], Coroutine[Any, Any, Any]]


async def health_live(front: Front, arguments: Any, body: None) -> r.Health:
    """This process answers."""
    return r.Health()


async def health_ready(front: Front, arguments: Any, body: None) -> r.Health:
    """Every venue is there, and ready; of a node, those that it carries, and the database."""

    async def trouble(venue: Any) -> str:
        try:
            await venue.ask("health_ready", arguments)
        except RequestError as error:
            return str(error) if venue.trouble else f"venue {venue.venue}: {error}"
        return ""

    found = await together(begun(trouble(venue)) for venue in front.here)
    if front.node is not None:
        found.append(front.node.trouble)
    if any(found):
        raise Unavailable(f"degraded: {'; '.join(filter(None, found))}")
    return r.Health()


async def version(front: Front, arguments: Any, body: None) -> r.Version:
    """The versions; the venues' processes run the same."""
    return version_of(front.settings, front.watch)


async def metrics(front: Front, arguments: Any, body: None) -> str:
    """Of all venues that answer."""
    return merged(dict(await _of_those_there(front, "metrics", arguments)), front.watch)


async def diagnose(front: Front, arguments: Any, body: None) -> r.Diagnosis:
    """Our log, which has those of the venues, and the newest messages of all."""
    known = {*secrets(front.settings), *front.watch.secrets}
    found = await _of_those_there(front, "diagnose", arguments)
    lines = sorted(line for _, told in found if told is not None for line in told.messages)
    log = [masked(line, known) for line in front.watch.recent.lines()]
    log += [venue.trouble for venue in front.fleet.venues if venue.trouble]
    return r.Diagnosis(
        versions=versions(),
        platform=surroundings(),
        settings=plain(front.settings),
        log=log,
        messages=lines[-MOST_MESSAGES:],
    )


async def _of_those_there(front: Front, operation: str, arguments: Any) -> list[tuple[str, Any]]:
    """What the venues here answer; None for one that does not."""

    async def answer(venue: Any) -> tuple[str, Any]:
        try:
            return venue.venue, await venue.ask(operation, arguments)
        except Unavailable:
            return venue.venue, None

    return await together(begun(answer(venue)) for venue in front.here)


async def reset(front: Front, arguments: Any, body: s.Reset) -> r.ResetResult:
    """One venue, or all if all are there. Each has an epoch of its own: the highest is told."""
    fleet = front.fleet
    if body.venue is not None:
        found = [await fleet.venue(body.venue).ask("reset", arguments, body)]
    else:
        found = await fleet.each("reset", [arguments] * len(fleet.venues), body)
    names = sorted(name for one in found for name in one.venues)
    return r.ResetResult(max(one.epoch for one in found), names)


async def create_venue(front: Front, arguments: Any, body: s.NewVenue) -> r.Venue:
    """Refused."""
    raise Conflict(FIXED)


async def delete_venue(front: Front, arguments: s.VenueArguments, body: None) -> None:
    """Refused."""
    front.fleet.venue(arguments.venue)
    raise Conflict(FIXED)


FIXED = (
    "each venue has a process of its own ([exsim] processes = venue), which is started with the "
    "simulator: change the venues in the configuration, and start again"
)


async def create_endpoint(front: Front, arguments: Any, body: ss.NewEndpoint) -> sr.Endpoint:
    """At its venue, under a name that no other venue has."""
    venue = front.fleet.venue(body.venue)

    async def create() -> Any:
        await front.fleet.check_free("endpoint", body.name, venue)
        return await venue.ask("create_endpoint", arguments, body)

    return await front.fleet.naming.run(lambda: begun(create()))


async def create_proxy(front: Front, arguments: Any, body: ps.NewProxy) -> pr.Proxy:
    """At its venue, under a name that no other venue has."""
    venue = front.fleet.only(body.venue)

    async def create() -> Any:
        await front.fleet.check_free("proxy", body.name, venue)
        return await venue.ask("create_proxy", arguments, body)

    return await front.fleet.naming.run(lambda: begun(create()))


async def list_proxies(front: Front, arguments: Any, body: None) -> Any:
    """Venue by venue."""
    return await venue_by_venue(front.fleet, "list_proxies", arguments)


async def create_session(front: Front, arguments: Any, body: ss.NewSession) -> sr.Session:
    """At the venue of its endpoint, under a name that no other venue has."""

    async def create() -> Any:
        venue, endpoint = await front.fleet.one("endpoint", body.endpoint)
        await front.fleet.check_free("session", body.name, venue)
        return await venue.ask("create_session", arguments, replace(body, endpoint=endpoint))

    return await front.fleet.naming.run(lambda: begun(create()))


async def list_venues(front: Front, arguments: Any, body: None) -> Any:
    """In the order of the configuration."""
    return await venue_by_venue(front.fleet, "list_venues", arguments)


async def list_endpoints(front: Front, arguments: Any, body: None) -> Any:
    """Venue by venue."""
    return await venue_by_venue(front.fleet, "list_endpoints", arguments)


async def list_sessions(front: Front, arguments: Any, body: None) -> Any:
    """Venue by venue."""
    return await venue_by_venue(front.fleet, "list_sessions", arguments)


async def list_holds(front: Front, arguments: ts.HoldsArguments, body: None) -> Any:
    """Venue by venue, and in each oldest first."""
    if arguments.venue is not None:
        return await front.route("list_holds", arguments, None)
    return await venue_by_venue(front.fleet, "list_holds", arguments)


async def wait_holds(front: Front, arguments: ts.WaitHoldsArguments, body: None) -> Any:
    """Oldest first."""
    if arguments.venue is not None:
        return await front.route("wait_holds", arguments, None)
    return await messages.wait_holds(front.fleet, arguments, front.clock)


async def list_messages(front: Front, arguments: ss.MessagesArguments, body: None) -> Any:
    """By time."""
    if arguments.venue is not None:
        return await front.route("list_messages", arguments, None)
    return await messages.list_messages(front.fleet, arguments)


async def wait_messages(front: Front, arguments: ss.WaitMessagesArguments, body: None) -> Any:
    """By time."""
    if arguments.venue is not None:
        return await front.route("wait_messages", arguments, None)
    return await messages.wait_messages(front.fleet, arguments, front.clock)


async def wait_events(front: Front, arguments: ds.WaitEventsArguments, body: None) -> Any:
    """By time."""
    if arguments.venue is not None:
        return await front.route("wait_events", arguments, None)
    return await messages.wait_events(front.fleet, arguments, front.clock)


async def list_consolidated(front: Front, arguments: s.PageArguments, body: None) -> Any:
    """Those of all venues, those that are the same as one."""
    return await consolidated.list_consolidated(front.fleet, arguments)


async def get_consolidated(front: Front, arguments: ks.ConsolidatedArguments, body: None) -> Any:
    """What each venue has of it, put together."""
    return await consolidated.get_consolidated(front.fleet, arguments)


HANDLERS: dict[str, Handler] = {
    **double.HANDLERS,
    **nodes.HANDLERS,
    "list_consolidated": list_consolidated,
    "get_consolidated": get_consolidated,
    "create_proxy": create_proxy,
    "list_proxies": list_proxies,
    "health_live": health_live,
    "health_ready": health_ready,
    "version": version,
    "metrics": metrics,
    "diagnose": diagnose,
    "reset": reset,
    "create_venue": create_venue,
    "delete_venue": delete_venue,
    "create_endpoint": create_endpoint,
    "create_session": create_session,
    "list_venues": list_venues,
    "list_endpoints": list_endpoints,
    "list_sessions": list_sessions,
    "list_holds": list_holds,
    "wait_holds": wait_holds,
    "list_messages": list_messages,
    "wait_messages": wait_messages,
    "wait_events": wait_events,
}
"""By name those that are not of a single venue; the others are routed by what they name."""
