"""Endpoints over REST."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from twisted.internet.defer import maybeDeferred

from exsim.config.roles import misplaced, role_of
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control.cursors import page, parse_cursor
from exsim.errors import ConfigError, Conflict, NotFound
from exsim.interfaces import IProtocol
from exsim.model.options import read_options
from exsim.model.settings import EndpointSettings, Values
from exsim.services.endpoints import EndpointService
from exsim.services.operations import views
from exsim.services.origins import Endpoint
from exsim.services.simulator import Handler, Simulator


def list_endpoints(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All endpoints."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    numbered = simulator.numbers.of("endpoint", simulator.exchange.endpoints)
    items = (
        (n, views.endpoint(simulator.endpoint_service(name))) for n, name in numbered if n > after
    )
    return page(items, epoch, arguments.limit)


def get_endpoint(simulator: Simulator, arguments: ss.EndpointArguments, body: None) -> sr.Endpoint:
    """One endpoint."""
    return views.endpoint(simulator.endpoint_service(arguments.endpoint))


async def create_endpoint(
    simulator: Simulator, arguments: Any, body: ss.NewEndpoint
) -> sr.Endpoint:
    """Listen on another address."""
    exchange = simulator.exchange
    endpoint = declare(simulator, arguments, body)
    service = EndpointService(endpoint, simulator.turns, simulator.reactor)
    try:
        await service.listen()
    except ConfigError as error:
        raise Conflict(str(error)) from None
    finally:
        if not service.opened:
            exchange.remove_endpoint(body.name, simulator.turns.now())
    service.setServiceParent(simulator.endpoints)
    return views.endpoint(service)


def declare(simulator: Simulator, arguments: Any, body: ss.NewEndpoint) -> Endpoint:
    """Make an endpoint, on which nobody listens yet."""
    exchange = simulator.exchange
    if body.name in exchange.endpoints:
        raise Conflict(f"there is an endpoint {body.name!r} already")
    simulator.dispatcher.venue(body.venue)
    try:
        protocol = simulator.parts.protocol(body.protocol)
        options = read_known(protocol.endpoint_options, body.options)
        check_together(protocol, options)
        role = role_of(protocol, body.role)
        check_role(role, options)
    except LookupError as error:
        raise NotFound(str(error)) from None
    except ValueError as error:
        raise Conflict(str(error)) from None
    settings = EndpointSettings(
        name=body.name,
        venue=body.venue,
        protocol=body.protocol,
        listen=body.listen,
        role=role,
        options=options,
    )
    endpoint = exchange.add_endpoint(settings, protocol, [])
    exchange.given[f"endpoint:{body.name}"] = body.options
    return endpoint


def check_there(simulator: Simulator, arguments: ss.EndpointArguments, body: None) -> None:
    """Whether there is such an endpoint, which is then to go.

    :raises exsim.errors.NotFound: when there is none.
    """
    simulator.exchange.endpoint(arguments.endpoint)


async def delete_endpoint(
    simulator: Simulator, arguments: ss.EndpointArguments, body: None
) -> None:
    """Stop listening, log sessions out, and forget them."""
    check_there(simulator, arguments, body)
    await close(simulator, arguments.endpoint)


async def close(simulator: Simulator, name: str) -> None:
    """Stop an endpoint in good order."""
    service = simulator.endpoint_service(name)
    await service.stop("the endpoint is removed")
    if simulator.exchange.endpoints.get(name) is service.endpoint:
        simulator.exchange.remove_endpoint(name, simulator.turns.now())
        await maybeDeferred(service.disownServiceParent)


def check_together(
    protocol: IProtocol,
    options: Values,
    inherited: Container[str] = (),
    connects: bool = False,
) -> None:
    """
    Look at values once more, now together; those inherited were looked at where they are from.

    :raises ValueError: with all that the protocol says of them.
    """
    problems = protocol.problems(options, connects)
    found = [f"{key}: {problem}" for key, problem in problems if key not in inherited]
    if found:
        raise ValueError("; ".join(found))


def check_role(role: str, given: Values) -> None:
    """
    Look whether values mean anything on an endpoint of this role.

    :raises ValueError: for those that do not.
    """
    found = [f"{key} {text}" for key, text in misplaced(role, given)]
    if found:
        raise ValueError("; ".join(found))


def read_known(options: Any, given: dict[str, str]) -> dict[str, object]:
    """Values of options from text.

    :raises ValueError: for a key that is none of them, or a value that cannot be read.
    """
    known = {option.name for option in options}
    for name in given:
        if name not in known:
            raise ValueError(f"options has no key {name!r}; known: {', '.join(sorted(known))}")
    return read_options(options, given)


HANDLERS: dict[str, Handler] = {
    "list_endpoints": list_endpoints,
    "get_endpoint": get_endpoint,
    "create_endpoint": create_endpoint,
    "delete_endpoint": delete_endpoint,
}
