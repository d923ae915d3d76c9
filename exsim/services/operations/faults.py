"""Faults over REST."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.rulebook import Rulebook
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound, Unprocessable
from exsim.faults.book import BY_NAME, Faults, active_of, kind_of
from exsim.faults.fault import Active, Fault, values_of
from exsim.faults.kinds import HOLD, NO_HOLD, ORDER, PROXY, Kind
from exsim.faults.orders import steps_text
from exsim.faults.protocols import refusal, served
from exsim.filters import filter_of
from exsim.interfaces import IBreakable
from exsim.model.amounts import format_amount
from exsim.model.options import read_options
from exsim.model.rules import Rule, chance, parse_steps
from exsim.services.operations.rules import book_of
from exsim.services.origins import Endpoint
from exsim.services.proxying import Proxy
from exsim.services.simulator import Handler, Simulator


def _faults(simulator: Simulator) -> Faults:
    return simulator.exchange.misbehaving.faults


def list_fault_kinds(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All kinds, by level."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = [(number, kind) for number, kind in enumerate(kinds(), 1) if number > after]
    return page(items, epoch, arguments.limit)


def kinds() -> list[dr.FaultKind]:
    """The table of kinds, as people see it."""
    return [
        dr.FaultKind(
            kind=kind.name,
            level=kind.level,
            summary=kind.summary,
            directions=list(kind.directions),
            protocols=[dr.FaultProtocol(name, match) for name, match in served(kind).items()],
            parameters=[
                dr.FaultParameter(option.name, option.default, option.help)
                for option in kind.options
            ],
        )
        for kind in BY_NAME.values()
    ]


def list_faults(simulator: Simulator, arguments: ds.FaultsArguments, body: None) -> Any:
    """Those of a venue, or all, in the order they were set."""
    if arguments.venue is not None:
        simulator.dispatcher.venue(arguments.venue)
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    found = {
        each.fault.name: view(simulator, each)
        for each in _faults(simulator)
        if arguments.venue in (None, each.fault.venue)
    }
    numbered = simulator.numbers.of("fault", [each.fault.name for each in _faults(simulator)])
    items = [(n, found[name]) for n, name in numbered if n > after and name in found]
    return page(items, epoch, arguments.limit)


def create_fault(simulator: Simulator, arguments: Any, body: ds.NewFault) -> dr.Fault:
    """Set a fault; one of orders is a rule of the venue."""
    faults = _faults(simulator)
    try:
        name = body.name or faults.free_name(kind_of(body.kind).name)
        active = faults.add(*_made(simulator, body, name))
        if active.kind.level == ORDER:
            try:
                _book(simulator, active).add(_rule(active))
            except Exception:
                faults.remove(active.fault.name)
                raise
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    return view(simulator, active)


def replace_fault(
    simulator: Simulator, arguments: ds.FaultArguments, body: ds.NewFault
) -> dr.Fault:
    """Have a fault be another; its name, its venue, and whether it is switched on stay."""
    faults = _faults(simulator)
    before = faults.get(arguments.fault)
    if body.name not in (None, arguments.fault):
        raise Unprocessable(f"name: this fault is {arguments.fault!r}, and keeps its name")
    if body.session is None and body.endpoint is None and body.venue is None:
        body = replace(body, venue=before.fault.venue)
    try:
        fault, seed = _made(simulator, body, arguments.fault, before.fault.enabled)
        if fault.venue != before.fault.venue:
            raise ValueError(f"venue: this fault is of {before.fault.venue}, and stays there")
        active = active_of(fault, seed)
        _exchange_rules(simulator, before, active)
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    faults.replace(active)
    return view(simulator, active)


def _made(
    simulator: Simulator, body: ds.NewFault, name: str, enabled: bool = True
) -> tuple[Fault, int]:
    """
    The fault that a body asks for, and the seed of its venue.

    :raises ValueError: when it makes no sense.
    """
    proxy = _proxy(simulator, body)
    venue, endpoint = (
        _place(simulator, body) if proxy is None else (_venue_of(simulator, proxy, body), None)
    )
    kind = kind_of(body.kind)
    fault = Fault(
        name=name,
        kind=kind.name,
        venue=venue.name,
        endpoint=body.endpoint or "",
        session=body.session or "",
        match=str(filter_of(body.match)) if body.match else None,
        direction=body.direction or "",
        count=body.count,
        probability=chance(body.probability),
        seed=body.seed,
        parameters={key: _text(value) for key, value in body.parameters.items()},
        enabled=enabled,
    )
    if proxy is not None:
        _check_proxy(proxy, kind, fault)
    elif endpoint is not None:
        _check(endpoint, kind, fault)
    elif kind.name == HOLD:
        raise ValueError(NO_HOLD)
    seed = simulator.parts.seed if venue.settings.seed is None else venue.settings.seed
    return fault, seed


def _place(simulator: Simulator, body: ds.NewFault) -> tuple[Venue, Endpoint | None]:
    """
    The venue of a fault, and the endpoint if it is of one.

    :raises ValueError: when what it names does not go together.
    """
    exchange, endpoint = simulator.exchange, None
    if body.session is not None:
        endpoint, _ = exchange.session(body.session)
    elif body.endpoint is not None:
        endpoint = exchange.endpoint(body.endpoint)
    if endpoint is None:
        return book_of(simulator, body.venue).venue, None
    if body.endpoint not in (None, endpoint.settings.name):
        raise ValueError(f"session {body.session!r} is not at endpoint {body.endpoint!r}")
    if body.venue not in (None, endpoint.venue.name):
        raise ValueError(f"endpoint {endpoint.settings.name!r} is not of venue {body.venue!r}")
    return endpoint.venue, endpoint


def _check(endpoint: Endpoint, kind: Kind, fault: Fault) -> None:
    """
    Whether an endpoint, or its session, can have a fault.

    :raises ValueError: when it cannot.
    """
    acceptor = endpoint.acceptor
    surgery = acceptor.surgery(fault.session) if IBreakable.providedBy(acceptor) else None
    why = refusal(kind, endpoint.settings.protocol, endpoint.settings.role, surgery)
    if why:
        raise ValueError(why)
    if surgery is not None:
        surgery.check(kind.name, fault.parameters, values_of(fault, kind))


def _proxy(simulator: Simulator, body: ds.NewFault) -> Proxy | None:
    """
    The proxy that a fault is of, if it is of one.

    :raises ValueError: when it is of a session, too.
    """
    if body.endpoint is None or not body.endpoint.startswith(PROXY):
        return None
    proxy = simulator.exchange.proxies.get(body.endpoint.removeprefix(PROXY))
    if body.session is not None:
        raise ValueError("a proxy has no sessions: match session=NAME, which is what clients say")
    return proxy


def _venue_of(simulator: Simulator, proxy: Proxy, body: ds.NewFault) -> Venue:
    name = proxy.settings.venue
    if body.venue not in (None, name):
        raise ValueError(f"proxy {proxy.name!r} is not of venue {body.venue!r}")
    return simulator.dispatcher.venue(name)


def _check_proxy(proxy: Proxy, kind: Kind, fault: Fault) -> None:
    """
    Whether a proxy can have a fault.

    :raises ValueError: when it cannot.
    """
    surgery = proxy.surgery
    if kind.name not in surgery.kinds:
        why = surgery.lacks.get(kind.name, f"it has {', '.join(sorted(surgery.kinds))}")
        what = f"a proxy of protocol {proxy.settings.protocol} has no fault of kind {kind.name}"
        raise ValueError(f"{what}: {why}")
    surgery.check(kind.name, fault.parameters, values_of(fault, kind))


def _text(value: str | bool | int) -> str:
    """A parameter as an option reads it."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


# -- faults of orders: rules of the venue, under the fault's name


def _book(simulator: Simulator, active: Active) -> Rulebook:
    return book_of(simulator, active.fault.venue)


def _rule(active: Active) -> Rule:
    """
    The rule that a fault of orders is.

    :raises ValueError: when its steps make no sense.
    """
    fault = active.fault
    values = read_options(active.kind.options, fault.parameters)
    return Rule(
        name=fault.name,
        when=_when(active),
        then=parse_steps(steps_text(fault.kind, values)),
        priority=1,
        times=fault.count,
        probability=fault.probability,
        seed=active.luck.state,
        enabled=fault.enabled,
    )


def _exchange_rules(simulator: Simulator, before: Active, after: Active) -> None:
    """
    Have the rule that one fault is be that of another of its name, where they are of orders.

    :raises ValueError: when its steps make no sense; then all is as it was.
    """
    book = _book(simulator, after)
    if after.kind.level != ORDER:
        _forget(simulator, before)
    elif before.kind.level == ORDER and after.fault.name in book.rules:
        book.replace(_rule(after))
    else:
        book.add(_rule(after))


def _when(active: Active) -> str:
    """The filter of a fault's rule: its own, its kind's, and whose messages it is of."""
    fault = active.fault
    parts = [active.kind.match, f"({active.filter})" if fault.match else ""]
    parts += [f'session="{fault.session}"' if fault.session else ""]
    parts += [f'endpoint="{fault.endpoint}"' if fault.endpoint else ""]
    return " ".join(filter(None, parts))


def _counts(simulator: Simulator, active: Active) -> tuple[int, int]:
    """How often a fault fired, and how often chance was against it."""
    if active.kind.level == ORDER:
        try:
            entry = _book(simulator, active).get(active.fault.name)
        except NotFound:  # somebody removed the rule
            return active.hits, active.passed
        active.hits, active.passed = entry.hits, entry.passed
    return active.hits, active.passed


# -- one fault, and the end


def get_fault(simulator: Simulator, arguments: ds.FaultArguments, body: None) -> dr.Fault:
    """One fault."""
    return view(simulator, _faults(simulator).get(arguments.fault))


def delete_fault(simulator: Simulator, arguments: ds.FaultArguments, body: None) -> None:
    """Take a fault away."""
    _forget(simulator, _faults(simulator).remove(arguments.fault))


def enable_fault(simulator: Simulator, arguments: ds.FaultArguments, body: None) -> dr.Fault:
    """Switch a fault on."""
    return _switch(simulator, arguments.fault, True)


def disable_fault(simulator: Simulator, arguments: ds.FaultArguments, body: None) -> dr.Fault:
    """Switch a fault off."""
    return _switch(simulator, arguments.fault, False)


def _switch(simulator: Simulator, name: str, enabled: bool) -> dr.Fault:
    active = _faults(simulator).enable(name, enabled)
    if active.kind.level == ORDER:
        book = _book(simulator, active)
        if name in book.rules:
            book.enable(name, enabled)
    return view(simulator, active)


def clear_faults(simulator: Simulator, arguments: ds.OneVenueArguments, body: None) -> dr.Cleared:
    """Take all away, of one venue or of all."""
    if arguments.venue is not None:
        simulator.dispatcher.venue(arguments.venue)
    gone = _faults(simulator).clear(arguments.venue)
    for active in gone:
        _forget(simulator, active)
    return dr.Cleared(len(gone))


def _forget(simulator: Simulator, active: Active) -> None:
    """Take away the rule that a fault of orders is, if it is there still."""
    if active.kind.level == ORDER:
        book = _book(simulator, active)
        if active.fault.name in book.rules:
            book.remove(active.fault.name)


def view(simulator: Simulator, active: Active) -> dr.Fault:
    """A fault as people see it."""
    fault = active.fault
    hits, passed = _counts(simulator, active)
    return dr.Fault(
        name=fault.name,
        kind=fault.kind,
        level=active.kind.level,
        venue=fault.venue,
        endpoint=fault.endpoint or None,
        session=fault.session or None,
        match=str(filter_of(fault.match)) if fault.match else "",
        direction=active.direction,
        count=fault.count,
        probability=format_amount(fault.probability),
        seed=fault.seed,
        parameters=dict(fault.parameters),
        enabled=fault.enabled,
        hits=hits,
        left=active.left,
        passed=passed,
    )


HANDLERS: dict[str, Handler] = {
    "list_fault_kinds": list_fault_kinds,
    "list_faults": list_faults,
    "create_fault": create_fault,
    "clear_faults": clear_faults,
    "get_fault": get_fault,
    "replace_fault": replace_fault,
    "delete_fault": delete_fault,
    "enable_fault": enable_fault,
    "disable_fault": disable_fault,
}
