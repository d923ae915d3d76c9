"""Sessions over REST."""

from __future__ import annotations

from typing import Any

from exsim.config.roles import check_connect
from exsim.config.schema import connect_or_not, wait
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control.cursors import page, parse_cursor
from exsim.errors import ConfigError, Conflict, NotFound
from exsim.interfaces import ISession
from exsim.model.settings import SessionSettings
from exsim.services.connecting import keep_connected, leave
from exsim.services.endpoints import EndpointService
from exsim.services.operations import views
from exsim.services.operations.endpoints import check_role, check_together, read_known
from exsim.services.operations.messages import first_sent
from exsim.services.origins import Endpoint
from exsim.services.simulator import Handler, Simulator


def list_sessions(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All sessions."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    numbered = simulator.numbers.of("session", simulator.exchange.sessions)
    queued = _queued(simulator)
    items = ((n, _view(simulator, name, queued)) for n, name in numbered if n > after)
    return page(items, epoch, arguments.limit)


def get_session(simulator: Simulator, arguments: ss.SessionArguments, body: None) -> sr.Session:
    """One session."""
    return _view(simulator, arguments.session)


def create_session(simulator: Simulator, arguments: Any, body: ss.NewSession) -> sr.Session:
    """Configure another counterparty; what it leaves out is as its endpoint says."""
    exchange = simulator.exchange
    session = declare(simulator, arguments, body)
    try:
        keep_connected(simulator.endpoint_service(body.endpoint), session)
    except ConfigError as error:
        exchange.undo_session(body.name, simulator.now())
        raise Conflict(str(error)) from None
    return _view(simulator, body.name)


def declare(simulator: Simulator, arguments: Any, body: ss.NewSession) -> ISession:
    """Make a session, which does not connect yet."""
    exchange = simulator.exchange
    try:
        session = exchange.add_session(settings_of(exchange.endpoint(body.endpoint), body))
    except LookupError as error:
        raise NotFound(str(error)) from None
    except ValueError as error:
        raise Conflict(str(error)) from None
    exchange.given[f"session:{body.name}"] = body.options
    return session


def settings_of(endpoint: Endpoint, body: ss.NewSession) -> SessionSettings:
    """
    What a body says.

    :raises ValueError: when it makes no sense.
    """
    inherited = endpoint.settings.options
    options = read_known(endpoint.protocol.session_options, body.options)
    passed_on = {name for name in options if name in inherited and name not in body.options}
    for name in passed_on:
        options[name] = inherited[name]
    check_together(endpoint.protocol, options, passed_on, bool(body.connect))
    check_role(endpoint.settings.role, {**options, "policies": body.policies})
    check_connect(endpoint.protocol, connect_or_not(body.connect))
    least, most = wait(body.reconnect_min), wait(body.reconnect_max)
    if most < least:
        raise ValueError("reconnect_max is shorter than reconnect_min")
    return SessionSettings(
        name=body.name,
        endpoint=body.endpoint,
        policies=tuple(body.policies),
        connect=connect_or_not(body.connect),
        reconnect_min=least,
        reconnect_max=most,
        options=options,
    )


def delete_session(simulator: Simulator, arguments: ss.SessionArguments, body: None) -> None:
    """Connect a session no more, disconnect it and forget it."""
    endpoint, session = simulator.exchange.session(arguments.session)
    leave(simulator.endpoint_service(endpoint.settings.name), session.name)
    forget(simulator, arguments, body)


def forget(simulator: Simulator, arguments: ss.SessionArguments, body: None) -> None:
    """Forget a session that nothing connects any more."""
    simulator.exchange.remove_session(arguments.session, simulator.now())


def logout_session(
    simulator: Simulator, arguments: ss.SessionArguments, body: ss.Logout
) -> sr.Session:
    """Begin an orderly logout."""
    _, session = simulator.exchange.session(arguments.session)
    simulator.exchange.touch(session)
    session.logout(body.text, simulator.now())
    return _view(simulator, arguments.session)


def disconnect_session(
    simulator: Simulator, arguments: ss.SessionArguments, body: None
) -> sr.Session:
    """Close a session's connection without a word."""
    _, session = simulator.exchange.session(arguments.session)
    simulator.exchange.touch(session)
    session.disconnect(simulator.now())
    return _view(simulator, arguments.session)


def reset_session(simulator: Simulator, arguments: ss.SessionArguments, body: None) -> sr.Session:
    """Begin both numbers at 1 again."""
    _, session = simulator.exchange.session(arguments.session)
    simulator.exchange.touch(session)
    session.reset(simulator.now())
    return _view(simulator, arguments.session)


def set_sequence(
    simulator: Simulator, arguments: ss.SessionArguments, body: ss.SequenceNumbers
) -> sr.Session:
    """Go on with other numbers."""
    _, session = simulator.exchange.session(arguments.session)
    session.set_numbers(body.next_in, body.next_out)
    return _view(simulator, arguments.session)


def test_session(
    simulator: Simulator, arguments: ss.SessionArguments, body: ss.TestRequest
) -> sr.Session:
    """Ask whether somebody is there."""
    _, session = simulator.exchange.session(arguments.session)
    session.test_request(body.id, simulator.now())
    simulator.exchange.touch(session)
    return _view(simulator, arguments.session)


def refuse_logons(
    simulator: Simulator, arguments: ss.SessionArguments, body: ss.Refusal
) -> sr.Session:
    """Let nobody in from now on."""
    _, session = simulator.exchange.session(arguments.session)
    session.refuse_logons(body.text)
    return _view(simulator, arguments.session)


def accept_logons(simulator: Simulator, arguments: ss.SessionArguments, body: None) -> sr.Session:
    """Let it in again."""
    _, session = simulator.exchange.session(arguments.session)
    session.refuse_logons(None)
    return _view(simulator, arguments.session)


def send_message(
    simulator: Simulator, arguments: ss.SessionArguments, body: ss.NewMessage
) -> sr.Sent:
    """Send fields or bytes."""
    exchange = simulator.exchange
    _, session = exchange.session(arguments.session)
    before = exchange.journal.last
    if body.raw is not None:
        session.send_raw(body.raw, simulator.now())
    else:
        session.send_fields(body.fields or (), simulator.now())
    exchange.touch(session)
    message = first_sent(simulator, arguments.session, before)
    return sr.Sent(message is not None, message)


def _view(simulator: Simulator, name: str, queued: dict[str, int] | None = None) -> sr.Session:
    endpoint, _ = simulator.exchange.session(name)
    if queued is None:
        queued = _queued(simulator)
    return views.session(endpoint, name, queued.get(name, 0))


def _queued(simulator: Simulator) -> dict[str, int]:
    """How many bytes wait for sessions that do not read, by their names."""
    found: dict[str, int] = {}
    for service in simulator.endpoints:
        if isinstance(service, EndpointService):
            for peer in (*service.peers, *service.called):
                session = peer.connection.session
                if peer.queued and session is not None:
                    found[session.name] = found.get(session.name, 0) + peer.queued
    return found


HANDLERS: dict[str, Handler] = {
    "list_sessions": list_sessions,
    "get_session": get_session,
    "create_session": create_session,
    "delete_session": delete_session,
    "logout_session": logout_session,
    "disconnect_session": disconnect_session,
    "reset_session": reset_session,
    "set_sequence": set_sequence,
    "test_session": test_session,
    "refuse_logons": refuse_logons,
    "accept_logons": accept_logons,
    "send_message": send_message,
}
