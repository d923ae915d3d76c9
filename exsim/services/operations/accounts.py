"""Accounts of a venue, and its kill switches."""

from __future__ import annotations

from typing import Any

from exsim.config.market_values import positions
from exsim.config.nearest import instead
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch import waiting
from exsim.dispatch.ledger import Use
from exsim.dispatch.switches import ACCOUNT, FIRM, SESSION, VENUE
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.model.amounts import format_amount, parse_amount
from exsim.model.participants import AccountSettings
from exsim.orders.order import Order
from exsim.services.operations.views import amount
from exsim.services.simulator import Handler, Simulator

_ON_KILL = "trading was switched off"


def list_accounts(simulator: Simulator, arguments: s.AccountsArguments, body: None) -> Any:
    """Those that were configured or made, and those that have traded."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    numbered = simulator.numbers.of(f"account of {market.name}", _names(market))
    items = ((n, _view(market, name)) for n, name in numbered if n > after)
    return page(items, market.epoch, arguments.limit)


def _names(market: Venue) -> dict[str, None]:
    uses = market.risk.ledger.uses if market.risk is not None else {}
    return dict.fromkeys([*market.accounts.by_name, *(name for name in uses if name)])


def get_account(simulator: Simulator, arguments: s.AccountArguments, body: None) -> r.Account:
    """One account."""
    market = simulator.dispatcher.venue(arguments.venue)
    if arguments.account not in _names(market):
        raise NotFound(f"venue {market.name} has no account {arguments.account!r}")
    return _view(market, arguments.account)


def put_account(
    simulator: Simulator, arguments: s.AccountArguments, body: s.NewAccount
) -> r.Account:
    """An account with these limits, in the place of one of its name."""
    market = simulator.dispatcher.venue(arguments.venue)
    tiers = [tier.name for tier in market.settings.participants.fees]
    if body.fee_tier and body.fee_tier not in tiers:
        known = instead(body.fee_tier, tiers)
        raise Unprocessable(f"fee_tier: there is none {body.fee_tier!r}{known}")
    settings = _settings(arguments.account, body)
    for symbol, _limit in settings.positions:
        if symbol not in market.instruments:
            known = instead(symbol, market.instruments)
            raise Unprocessable(f"positions: there is no instrument {symbol!r}{known}")
    market.watch_over()
    market.accounts.put(settings)
    return _view(market, arguments.account)


def _settings(name: str, body: s.NewAccount) -> AccountSettings:
    try:
        limits = positions(body.positions)
    except ValueError as error:
        raise Unprocessable(f"positions: {error}") from None
    return AccountSettings(
        name=name,
        firm=body.firm,
        credit=_parsed(body.credit),
        max_position=_parsed(body.max_position),
        positions=limits,
        max_order_qty=_parsed(body.max_order_qty),
        max_notional=_parsed(body.max_notional),
        max_open_orders=body.max_open_orders,
        short_sale=body.short_sale,
        sessions=tuple(body.sessions),
        fee_tier=body.fee_tier,
    )


def _parsed(text: str | None) -> int | None:
    return None if text is None else parse_amount(text)


def delete_account(simulator: Simulator, arguments: s.AccountArguments, body: None) -> None:
    """No limits for an account any more; what it has stays counted."""
    market = simulator.dispatcher.venue(arguments.venue)
    if arguments.account not in market.accounts.by_name:
        raise NotFound(f"venue {market.name} has no account {arguments.account!r}")
    market.accounts.remove(arguments.account)


def get_kill_switches(
    simulator: Simulator, arguments: s.VenueArguments, body: None
) -> r.KillSwitches:
    """Those that are on."""
    return _switches(simulator.dispatcher.venue(arguments.venue))


def set_kill_switch(
    simulator: Simulator, arguments: s.VenueArguments, body: s.NewKillSwitch
) -> r.KillSwitches:
    """Switch somebody off, with or without their orders, or on again."""
    market = simulator.dispatcher.venue(arguments.venue)
    if (body.scope == VENUE) == bool(body.name):
        raise Conflict(
            "a venue's own kill switch takes no name" if body.name else f"which {body.scope}?"
        )
    if body.cancel_orders and not body.on:
        raise Conflict("orders are canceled only as the kill switch is set on")
    market.watch_over().switches.set(body.scope, body.name, body.on, body.reason)
    canceled = 0
    if body.cancel_orders:
        now, out = market.time(simulator.now()), simulator.dispatcher.out
        for order in market.waiting_first(list(market.orders.all())):
            if order.open and _is_of(market, order, body.scope, body.name):
                market.cancel_order(order, now, out, body.reason or _ON_KILL)
                canceled += 1
        canceled += len(
            waiting.cancel_all(
                market,
                lambda order: _is_of(market, order, body.scope, body.name),
                now,
                out,
                body.reason or _ON_KILL,
            )
        )
    return _switches(market, canceled)


def _is_of(market: Venue, order: Order, scope: str, name: str) -> bool:
    """Whether an order is of whom a kill switch is for."""
    if scope == SESSION:
        return order.owner == name
    if scope == ACCOUNT:
        return order.terms.account == name
    return scope != FIRM or market.accounts.firm_of(order.terms) == name


def _switches(market: Venue, canceled: int = 0) -> r.KillSwitches:
    off = {} if market.risk is None else market.risk.switches.off
    switches = [
        r.KillSwitch(scope, name, why)  # type: ignore[arg-type]  # one of the four
        for (scope, name), why in off.items()
    ]
    return r.KillSwitches(market.name, switches, canceled)


def _view(market: Venue, name: str) -> r.Account:
    settings = market.accounts.by_name.get(name)
    limits = settings or AccountSettings(name)
    risk = market.risk
    use = Use() if risk is None else risk.ledger.uses.get(name) or Use()
    return r.Account(
        venue=market.name,
        account=name,
        known=settings is not None,
        firm=limits.firm,
        credit=amount(limits.credit),
        max_position=amount(limits.max_position),
        max_positions={symbol: format_amount(most) for symbol, most in limits.positions},
        max_order_qty=amount(limits.max_order_qty),
        max_notional=amount(limits.max_notional),
        max_open_orders=limits.max_open_orders,
        short_sale=limits.short_sale,  # type: ignore[arg-type]  # one of its words
        sessions=list(limits.sessions),
        fee_tier=limits.fee_tier,
        open_orders=use.open_orders,
        credit_used=format_amount(0 if risk is None else risk.credit_used(use)),
        positions=_positions(use),
        day_volume=format_amount(use.day_volume),
        month_volume=format_amount(use.month_volume),
        fees=format_amount(use.fees),
    )


def _positions(use: Use) -> list[r.Position]:
    return [
        r.Position(
            symbol,
            format_amount(use.positions.get(symbol, 0)),
            format_amount(use.buying.get(symbol, 0)),
            format_amount(use.selling.get(symbol, 0)),
        )
        for symbol in sorted({*use.positions, *use.buying, *use.selling})
    ]


HANDLERS: dict[str, Handler] = {
    "list_accounts": list_accounts,
    "get_account": get_account,
    "put_account": put_account,
    "delete_account": delete_account,
    "get_kill_switches": get_kill_switches,
    "set_kill_switch": set_kill_switch,
}
