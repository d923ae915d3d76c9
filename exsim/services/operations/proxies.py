"""Proxies over REST: made, looked at, and what they hold decided."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import maybeDeferred

from exsim.control import proxy_results as pr
from exsim.control import proxy_schemas as ps
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.control.fields import wait_time
from exsim.errors import ConfigError, Conflict, NotFound
from exsim.faults.values import fields
from exsim.model.settings import ProxySettings
from exsim.services.listening import host_and_port
from exsim.services.operations import views
from exsim.services.operations.rules import book_of
from exsim.services.operations.waiting import wait_until
from exsim.services.proxy_messages import messages_of
from exsim.services.proxy_sockets import ProxyService
from exsim.services.proxying import Kept, Link, Proxy
from exsim.services.simulator import Handler, Simulator


def list_proxies(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """All of them."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    proxies = {proxy.name: proxy for proxy in simulator.exchange.proxies}
    numbered = simulator.numbers.of("proxy", proxies)
    items = [(n, _view(simulator, proxies[name])) for n, name in numbered if n > after]
    return page(items, epoch, arguments.limit)


def get_proxy(simulator: Simulator, arguments: ps.ProxyArguments, body: None) -> pr.Proxy:
    """One of them."""
    return _view(simulator, simulator.exchange.proxies.get(arguments.proxy))


async def create_proxy(simulator: Simulator, arguments: Any, body: ps.NewProxy) -> pr.Proxy:
    """Listen for clients of another acceptor."""
    exchange = simulator.exchange
    venue = book_of(simulator, body.venue).venue.name
    settings = ProxySettings(body.name, venue, body.listen, body.connect, body.protocol)
    proxy = exchange.add_proxy(settings, messages_of(settings, simulator.parts))
    service = ProxyService(proxy, simulator.turns, simulator.reactor)
    try:
        await service.listen()
    except ConfigError as error:
        raise Conflict(str(error)) from None
    finally:
        if service.port is None:
            exchange.proxies.remove(body.name)
    service.setServiceParent(simulator.proxies)
    return _view(simulator, proxy)


async def delete_proxy(simulator: Simulator, arguments: ps.ProxyArguments, body: None) -> None:
    """Close its links, and listen no more."""
    simulator.exchange.proxies.get(arguments.proxy)
    await close(simulator, arguments.proxy)


async def close(simulator: Simulator, name: str) -> None:
    """Stop a proxy in good order."""
    service = _service(simulator, name)
    if service is not None:
        await service.stop("the proxy is removed")
        if service.parent is not None:
            await maybeDeferred(service.disownServiceParent)
    simulator.exchange.proxies.remove(name)


def _service(simulator: Simulator, name: str) -> ProxyService | None:
    for service in simulator.proxies:
        if isinstance(service, ProxyService) and service.proxy.name == name:
            return service
    return None


def _view(simulator: Simulator, proxy: Proxy) -> pr.Proxy:
    service = _service(simulator, proxy.name)
    settings = proxy.settings
    host, port = host_and_port(None if service is None else service.port)
    return pr.Proxy(
        name=proxy.name,
        origin=proxy.origin,
        venue=settings.venue,
        protocol=settings.protocol,
        listen=settings.listen,
        connect=settings.connect,
        host=host,
        port=port,
        links=len(proxy.links),
        held=len(proxy.held),
    )


# -- links


def list_links(simulator: Simulator, arguments: ps.ProxyListArguments, body: None) -> Any:
    """Those of a proxy, oldest first."""
    proxy = simulator.exchange.proxies.get(arguments.proxy)
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = [(n, _link_view(link)) for n, link in proxy.links.items() if n > after]
    return page(items, epoch, arguments.limit)


def close_link(simulator: Simulator, arguments: ps.LinkArguments, body: None) -> None:
    """Close both connections of a link."""
    _link(simulator, arguments)[1].close("it was closed over REST")


def send_on_link(simulator: Simulator, arguments: ps.LinkArguments, body: ps.LinkBytes) -> None:
    """Send bytes on a link as if the other side had."""
    proxy, link = _link(simulator, arguments)
    proxy.send(link.number, body.direction, body.raw, simulator.now())


def _link(simulator: Simulator, arguments: ps.LinkArguments) -> tuple[Proxy, Link]:
    proxy = simulator.exchange.proxies.get(arguments.proxy)
    return proxy, proxy.link(_number(arguments.link, "link"))


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or text != str(int(text)):
        raise NotFound(f"there is no {what} {text!r}: they are numbers")
    return int(text)


def _link_view(link: Link) -> pr.Link:
    return pr.Link(
        link=str(link.number),
        session=link.session,
        state=link.state,
        peer=link.peer,
        upstream=link.upstream,
        since=views.time_text(link.begun),
        received=link.counts["in"],
        sent=link.counts["out"],
    )


# -- what is held


def list_held(simulator: Simulator, arguments: ps.ProxyListArguments, body: None) -> Any:
    """What a proxy holds, oldest first."""
    proxy = simulator.exchange.proxies.get(arguments.proxy)
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = [(n, _held_view(proxy, kept)) for n, kept in proxy.held.items() if n > after]
    return page(items, epoch, arguments.limit)


async def wait_held(
    simulator: Simulator, arguments: ps.WaitHeldArguments, body: None
) -> pr.AwaitedHeld:
    """Wait until a proxy holds so many."""
    proxy = simulator.exchange.proxies.get(arguments.proxy)
    found = await wait_until(
        simulator,
        wait_time(arguments.timeout),
        lambda: list(proxy.held.values()),
        lambda found: len(found) >= arguments.count,
    )
    items = [_held_view(proxy, kept) for kept in found[: arguments.count]]
    return pr.AwaitedHeld(items, len(items) >= arguments.count)


def release_held(
    simulator: Simulator, arguments: ps.HeldArguments, body: ps.Release
) -> pr.HeldMessage:
    """Let a message go on, as it is or changed."""
    proxy, kept = _kept(simulator, arguments)
    instead = body.raw
    if body.fields:
        if instead is not None:
            raise Conflict("give fields or raw, not both")
        instead = proxy.edited(kept, fields(body.fields))
    proxy.release(kept.number, simulator.now(), instead)
    return _held_view(proxy, kept, instead)


def drop_held(simulator: Simulator, arguments: ps.HeldArguments, body: None) -> pr.HeldMessage:
    """Let a message never go on."""
    proxy, kept = _kept(simulator, arguments)
    proxy.drop(kept.number)
    return _held_view(proxy, kept)


def _kept(simulator: Simulator, arguments: ps.HeldArguments) -> tuple[Proxy, Kept]:
    proxy = simulator.exchange.proxies.get(arguments.proxy)
    return proxy, proxy.kept(_number(arguments.held, "message held"))


def _held_view(proxy: Proxy, kept: Kept, instead: bytes | None = None) -> pr.HeldMessage:
    raw, session = kept.raw if instead is None else instead, kept.link.session
    described = proxy.messages.describe(session, raw)
    return pr.HeldMessage(
        held=str(kept.number),
        link=str(kept.link.number),
        session=session,
        direction="in" if kept.direction == "in" else "out",
        time=views.time_text(kept.time),
        type=described.type,
        name=described.name,
        text=proxy.messages.text(session, raw),
        raw=proxy.messages.masked(session, raw),
        fields=views.fields(described),
    )


HANDLERS: dict[str, Handler] = {
    "list_proxies": list_proxies,
    "create_proxy": create_proxy,
    "get_proxy": get_proxy,
    "delete_proxy": delete_proxy,
    "list_links": list_links,
    "close_link": close_link,
    "send_on_link": send_on_link,
    "list_held": list_held,
    "wait_held": wait_held,
    "release_held": release_held,
    "drop_held": drop_held,
}


def _nothing(simulator: Simulator, arguments: Any, body: Any) -> None:
    """A journal that is run again has what went by; nobody is there to be connected."""


AGAIN: dict[str, Handler] = {
    "create_proxy": _nothing,
    "delete_proxy": _nothing,
    "close_link": _nothing,
    "send_on_link": _nothing,
    "release_held": _nothing,
    "drop_held": _nothing,
}
"""The same for a journal that is run again."""
