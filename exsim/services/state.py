"""
All that a simulator is at one moment, as plain values, and a simulator made of them again.

The configuration says what there is, and the state what was done: a counterparty, instrument or
endpoint that the configuration has now is as it says now, what it has no longer is gone, and what
was made or removed over REST stays so.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import Any

from exsim.dispatch.bot_runner import ORIGIN
from exsim.dispatch.holds import Held
from exsim.dispatch.price_lines import Line
from exsim.dispatch.venue import Venue
from exsim.errors import ConfigError, NotFound, Problem, RequestError
from exsim.faults.kinds import PROXY
from exsim.interfaces import ISession
from exsim.model.list_settings import ListSettings
from exsim.model.options import read_options
from exsim.model.participants import participants
from exsim.model.plain import Plain, request_of
from exsim.model.quote_settings import quote_settings
from exsim.model.settings import (
    EndpointSettings,
    Instrument,
    SessionSettings,
    Settings,
    VenueSettings,
    day_settings,
    instrument_of,
)
from exsim.orders.order import order_of
from exsim.services.exchange import Exchange
from exsim.services.origins import Endpoint, Origin
from exsim.services.simulator import Simulator

# -- what it is


def capture(simulator: Simulator) -> Plain:
    """
    The state between two turns.

    It shares lists and dictionaries with the simulator: it is to be encoded before that goes on.
    """
    exchange, settings = simulator.exchange, simulator.settings
    return {
        "venues": [_venue(venue) for venue in exchange.dispatcher.venues.values()],
        "endpoints": [_endpoint(exchange, each) for each in exchange.endpoints.values()],
        "origins": [
            [name, origin.venue, origin.protocol, exchange.given.get(f"endpoint:{name}")]
            for name, origin in exchange.origins.items()
            if name not in exchange.endpoints and not name.startswith((PROXY, ORIGIN))
        ],
        "holds": exchange.dispatcher.holds.state(),
        "policies": simulator.parts.state(),
        "connections": [
            [endpoint.settings.name, connection.state()]
            for endpoint, connection in exchange.connections.values()
        ],
        "last_connection": exchange.last_connection,
        "publishing": exchange.publishing.state(),
        "floors": exchange.floors,
        "faults": exchange.misbehaving.faults.state(),
        "numbers": simulator.numbers.state(),
        "configured": _configured(settings),
    }


def _configured(settings: Settings) -> Plain:
    """What there was by configuration, to tell it from what was made over REST."""
    return {
        "venues": {
            venue.name: [asdict(instrument) for instrument in venue.instruments]
            for venue in settings.venues
        },
        "endpoints": [endpoint.name for endpoint in settings.endpoints],
        "sessions": [session.name for session in settings.sessions],
    }


def _venue(venue: Venue) -> Plain:
    return {
        "settings": asdict(replace(venue.settings, instruments=())),
        "instruments": [asdict(instrument) for instrument in venue.instruments.values()],
        "pricing": venue.prices.state(),
        **venue.state(),
    }


def _endpoint(exchange: Exchange, endpoint: Endpoint) -> Plain:
    settings, name = endpoint.settings, endpoint.settings.name
    return {
        "name": name,
        "venue": settings.venue,
        "protocol": settings.protocol,
        "listen": settings.listen,
        "role": settings.role,
        "given": exchange.given.get(f"endpoint:{name}"),
        "sessions": [
            _session(exchange, endpoint, session) for session in endpoint.acceptor.sessions.values()
        ],
    }


def _session(exchange: Exchange, endpoint: Endpoint, session: ISession) -> Plain:
    settings = session.settings
    return {
        "name": session.name,
        "made": endpoint.acceptor.made(session.name),
        "given": exchange.given.get(f"session:{session.name}"),
        "policies": settings.policies,
        "connect": settings.connect,
        "reconnect": [settings.reconnect_min, settings.reconnect_max],
        "state": session.state(),
    }


# -- and again


def restore(simulator: Simulator, state: Plain) -> None:
    """
    Make a simulator that has just been built be as :func:`capture` told.

    :raises exsim.errors.ConfigError: where the configuration has no room for what was there.
    """
    exchange = simulator.exchange
    try:
        _restore_venues(simulator, state)
        _restore_endpoints(simulator, state)
        _restore_rest(simulator, state)
    except (RequestError, LookupError, ValueError) as error:
        text = f"the last run's state does not fit this configuration: {error}"
        raise ConfigError([Problem(text)]) from error
    for origin, connection_state in state["connections"]:
        endpoint = exchange.endpoints.get(origin)
        if endpoint is not None:
            connection = endpoint.acceptor.resume(connection_state)
            exchange.connections[connection.number] = (endpoint, connection)
    exchange.publishing.restore(state["publishing"])
    exchange.noting.sync()


def _restore_venues(simulator: Simulator, state: Plain) -> None:
    venues, parts = simulator.dispatcher.venues, simulator.parts
    configured = {venue.name: venue for venue in simulator.settings.venues}
    before = state["configured"]["venues"]
    for name in list(venues):
        parts.forget(name)
        parts.forget_bots(name)
    venues.clear()
    for each in state["venues"]:
        name = each["settings"]["name"]
        now = configured.pop(name, None)
        if now is None and name in before:
            continue  # it was configured, and is no more
        instruments = _instruments(now, each["instruments"], before.get(name, []))
        settings = now or _venue_settings(each["settings"])
        venue = parts.venue(replace(settings, instruments=tuple(instruments)))
        venue.settings = settings
        venues[name] = venue
    for name, now in configured.items():
        if name not in before:  # else it was removed over REST
            venues[name] = parts.venue(now)


def _venue_settings(plain: dict[str, Any]) -> VenueSettings:
    names = {key: tuple(plain[key]) for key in ("policies", "pricing")}
    values = {**plain, **names, "instruments": ()}
    values["participants"] = participants(plain["participants"])
    values["day"] = day_settings(plain["day"])
    values["quoting"] = quote_settings(plain["quoting"])
    values["lists"] = ListSettings(**plain["lists"])
    return VenueSettings(**values)


def _instruments(
    now: VenueSettings | None, there: list[dict[str, Any]], before: list[dict[str, Any]]
) -> list[Instrument]:
    """Those of a venue: as configured now, but for what was made or removed over REST."""
    configured = {} if now is None else {each.symbol: each for each in now.instruments}
    found = []
    for each in there:
        symbol = each["symbol"]
        mine = configured.pop(symbol, None)
        found.append(mine if mine is not None and each in before else instrument_of(each))
    known = {each["symbol"] for each in before}
    return found + [each for symbol, each in configured.items() if symbol not in known]


def _restore_endpoints(simulator: Simulator, state: Plain) -> None:
    exchange, settings = simulator.exchange, simulator.settings
    exchange.forget_endpoints()
    configured = {each.name: each for each in settings.endpoints}
    before = state["configured"]["endpoints"]
    for each in state["endpoints"]:
        name = each["name"]
        now = configured.pop(name, None)
        if each["given"] is not None:
            now = None  # made over REST, in the place of one that was configured
        elif now is None:
            continue  # it was configured, and is no more
        endpoint = _make_endpoint(simulator, now, each)
        if endpoint is not None:
            _restore_sessions(simulator, endpoint, each["sessions"], state)
    for name, now in configured.items():
        if name not in before:
            made = _make_endpoint(simulator, now, {})
            if made is not None:
                _restore_sessions(simulator, made, [], state)


def _make_endpoint(
    simulator: Simulator, now: EndpointSettings | None, each: Plain
) -> Endpoint | None:
    """An endpoint as configured, or as it was made over REST; None where its venue is gone."""
    exchange = simulator.exchange
    protocol = simulator.parts.protocol(each["protocol"] if now is None else now.protocol)
    if now is None:
        options = read_options(protocol.endpoint_options, each["given"])
        keys = ("name", "venue", "protocol", "listen", "role")
        now = EndpointSettings(**{key: each[key] for key in keys}, options=options)
        exchange.given[f"endpoint:{now.name}"] = each["given"]
    if now.venue not in exchange.dispatcher.venues:
        return None
    return exchange.add_endpoint(now, protocol, [])


def _restore_sessions(
    simulator: Simulator, endpoint: Endpoint, sessions: list[Plain], state: Plain
) -> None:
    exchange, name = simulator.exchange, endpoint.settings.name
    configured = {each.name: each for each in simulator.settings.sessions if each.endpoint == name}
    before = state["configured"]["sessions"]
    for each in sessions:
        now = configured.pop(each["name"], None)
        session: ISession
        if each["made"] is not None:
            session = endpoint.acceptor.remake(each["name"], each["made"])
        elif each["given"] is not None:
            session = exchange.add_session(_session_settings(endpoint, each))
            exchange.given[f"session:{session.name}"] = each["given"]
        elif now is not None:
            session = exchange.add_session(now)
        else:
            continue  # it was configured, and is no more
        session.restore(each["state"])
    for session_name, now in configured.items():
        if session_name not in before:
            exchange.add_session(now)


def _session_settings(endpoint: Endpoint, each: Plain) -> SessionSettings:
    """What a session was made with over REST."""
    inherited = endpoint.settings.options
    options = read_options(endpoint.protocol.session_options, each["given"])
    for name in options:
        if name in inherited and name not in each["given"]:
            options[name] = inherited[name]
    least, most = each["reconnect"]
    return SessionSettings(
        name=each["name"],
        endpoint=endpoint.settings.name,
        policies=tuple(each["policies"]),
        connect=each["connect"],
        reconnect_min=least,
        reconnect_max=most,
        options=options,
    )


def _restore_rest(simulator: Simulator, state: Plain) -> None:
    """What refers to venues and sessions, now that these are there."""
    exchange, parts = simulator.exchange, simulator.parts
    venues = exchange.dispatcher.venues
    parts.restore(state["policies"], venues)
    for each in state["venues"]:
        venue = venues.get(each["settings"]["name"])
        if venue is not None:
            venue.restore(each, partial(parts.chain, venue))
            venue.prices.restore(each["pricing"], _values_of)
    holds = {
        key: [each for each in value if each[1] in venues] if isinstance(value, list) else value
        for key, value in state["holds"].items()
    }
    exchange.dispatcher.holds.restore(holds, lambda plain: _held(simulator, plain))
    for each in state["origins"]:
        _restore_origin(simulator, *each)
    exchange.last_connection = state["last_connection"]
    exchange.floors.update(state["floors"])
    exchange.misbehaving.faults.restore(state["faults"])
    simulator.numbers.restore(state["numbers"])


def _restore_origin(
    simulator: Simulator, name: str, venue: str, protocol_name: str, given: Plain
) -> None:
    """Know again how messages are told that were of an endpoint which was removed."""
    exchange = simulator.exchange
    protocol = simulator.parts.protocol(protocol_name)
    configured = {each.name: each for each in simulator.settings.endpoints}
    if given is not None:
        exchange.given[f"endpoint:{name}"] = given
        options = read_options(protocol.endpoint_options, given)
        settings = EndpointSettings(name, venue, protocol_name, "none", options=options)
    elif name in configured:
        settings = configured[name]
    else:
        return
    messages = protocol.acceptor(settings, [], _nowhere, {}).messages
    exchange.origins[name] = Origin(messages, venue, protocol_name)


def _values_of(line: Line, given: dict[str, str]) -> dict[str, Any]:
    """The values of options of a pricing source that were changed, from text."""
    return {
        option.name: option.parse(given[option.name])
        for option in line.source.options
        if option.name in given
    }


def _nowhere(time: int, kind: int, session: str, data: bytes) -> int:
    raise NotFound("an endpoint that was removed writes no entries")


def _held(simulator: Simulator, plain: Plain) -> Held:
    hold_id, venue_name, request, names, position, time, by, order = plain
    venue = simulator.dispatcher.venues[venue_name]
    chain = simulator.parts.chain(venue, names)
    held = Held(hold_id, venue_name, request_of(request), chain, position, time, by)
    if order is not None:
        held.order = venue.orders.get(order[0]) or order_of(order)
    return held
