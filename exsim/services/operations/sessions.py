"""Sessions over REST."""

from __future__ import annotations

from typing import Any

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.errors import Conflict, NotFound
from exsim.model.settings import SessionSettings
from exsim.services.operations import views
from exsim.services.operations.endpoints import read_known
from exsim.services.simulator import Handler, Simulator


def list_sessions(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All sessions."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    numbered = simulator.numbers.of("session", simulator.exchange.sessions)
    items = ((n, _view(simulator, name)) for n, name in numbered if n > after)
    return page(items, epoch, arguments.limit)


def get_session(simulator: Simulator, arguments: s.SessionArguments, body: None) -> r.Session:
    """One session."""
    return _view(simulator, arguments.session)


def create_session(simulator: Simulator, arguments: Any, body: s.NewSession) -> r.Session:
    """Configure another counterparty; what it leaves out is as its endpoint says."""
    endpoint = simulator.exchange.endpoint(body.endpoint)
    try:
        options = read_known(endpoint.protocol.session_options, body.options)
    except ValueError as error:
        raise Conflict(str(error)) from None
    inherited = endpoint.settings.options
    for name in options:
        if name in inherited and name not in body.options:
            options[name] = inherited[name]
    settings = SessionSettings(body.name, body.endpoint, tuple(body.policies), options)
    try:
        simulator.exchange.add_session(settings)
    except LookupError as error:
        raise NotFound(str(error)) from None
    except ValueError as error:
        raise Conflict(str(error)) from None
    return _view(simulator, body.name)


def delete_session(simulator: Simulator, arguments: s.SessionArguments, body: None) -> None:
    """Disconnect a session and forget it."""
    simulator.exchange.remove_session(arguments.session, simulator.now())


def logout_session(
    simulator: Simulator, arguments: s.SessionArguments, body: s.Logout
) -> r.Session:
    """Begin an orderly logout."""
    _, session = simulator.exchange.session(arguments.session)
    simulator.exchange.touch(session)
    session.logout(body.text, simulator.now())
    return _view(simulator, arguments.session)


def disconnect_session(
    simulator: Simulator, arguments: s.SessionArguments, body: None
) -> r.Session:
    """Close a session's connection without a word."""
    _, session = simulator.exchange.session(arguments.session)
    simulator.exchange.touch(session)
    session.disconnect(simulator.now())
    return _view(simulator, arguments.session)


def _view(simulator: Simulator, name: str) -> r.Session:
    endpoint, _ = simulator.exchange.session(name)
    return views.session(endpoint, name)


HANDLERS: dict[str, Handler] = {
    "list_sessions": list_sessions,
    "get_session": get_session,
    "create_session": create_session,
    "delete_session": delete_session,
    "logout_session": logout_session,
    "disconnect_session": disconnect_session,
}
