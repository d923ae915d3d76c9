"""What a venue is at one moment, as plain values, and a venue made of them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exsim.dispatch.agenda import Agenda
from exsim.dispatch.chain import Chain
from exsim.dispatch.tasks import task_of, task_state
from exsim.model.plain import Plain
from exsim.model.trades import Trade

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def venue_state(venue: Venue) -> Plain:
    """What was done at a venue; not its instruments, policies or prices."""
    return {
        "books": venue.engine.state(),
        "orders": venue.orders.state(),
        "trades": [trade.state() for trade in venue.trades],
        "agenda": [[due, number, task_state(task)] for due, number, task in venue.agenda.tasks()],
        "tasks": venue.agenda.count,
        "last_trade": venue.last_trade,
        "epoch": venue.epoch,
        "clock": venue.clock.state(),
        "phase": [venue.phase.value, venue.rules.cancels],
        "listings": {name: listing.state() for name, listing in venue.listings.items()},
        "day": venue.day.state(),
        "leaving": venue.leaving.state(),
        "capture": venue.capture.state(),
        "aside": list(venue.aside),
        "accounts": venue.accounts.state(),
        "risk": None if venue.risk is None else venue.risk.state(),
        "contingent": venue.contingent.state(),
        "quotes": venue.quotes.state(),
        "quote_requests": venue.requests.state(),
        "iois": venue.iois.state(),
        "rules": None if venue.rulebook is None else venue.rulebook.state(),
        "wakes": _wakes(venue),
        "told_pending": venue.told_pending,
        "bots": None if venue.bots is None else venue.bots.state(),
    }


def restore_venue(venue: Venue, plain: Plain, chain_of: Callable[[list[str]], Chain]) -> None:
    """
    Have a venue be as :func:`venue_state` told; its instruments are there already.

    ``chain_of`` makes a chain of the names of its policies.
    """
    venue.clock.restore(plain["clock"])
    venue.rules = venue.rules_of(*plain["phase"])
    for name, listing in venue.listings.items():
        none = [*plain["phase"], False, [], None, 0]  # it is there since the snapshot
        phase, cancels, *more = plain["listings"].get(name, none)
        listing.own, listing.parked, listing.last, listing.extended = more
        venue.follow(listing, venue.rules_of(phase, cancels))
    venue.engine.restore(plain["books"])
    venue.orders.restore(plain["orders"])
    venue.trades.extend([Trade(*values) for values in plain["trades"]])
    tasks = [(due, number, task_of(task, chain_of)) for due, number, task in plain["agenda"]]
    venue.agenda.restore(tasks, plain["tasks"])
    venue.last_trade = plain["last_trade"]
    venue.epoch = plain["epoch"]
    venue.day.restore(plain["day"])
    venue.leaving.restore(plain["leaving"])
    venue.capture.restore(plain["capture"])
    venue.aside = dict.fromkeys(plain["aside"], True)
    venue.accounts.restore(plain["accounts"])
    if plain["risk"] is not None:
        venue.watch_over().restore(plain["risk"])
    elif venue.risk is not None:
        venue.risk.ledger.load()
    venue.contingent.restore(plain["contingent"])
    venue.quotes.restore(plain["quotes"])
    venue.requests.restore(plain["quote_requests"])
    venue.iois.restore(plain["iois"])
    venue.told_pending = plain["told_pending"]
    if plain["wakes"] is not None:
        tasks, count = plain["wakes"]
        venue.wakes = Agenda()
        restored = [(due, number, task_of(task, chain_of)) for due, number, task in tasks]
        venue.wakes.restore(restored, count)
    if venue.bots is not None:
        venue.bots.restore(plain["bots"] or {"activity": venue.settings.activity, "desks": {}})
    if venue.rulebook is not None and plain["rules"] is not None:
        venue.rulebook.restore(plain["rules"], chain_of)


def _wakes(venue: Venue) -> Plain:
    if venue.wakes is None:
        return None
    tasks = [[due, number, task_state(task)] for due, number, task in venue.wakes.tasks()]
    return [tasks, venue.wakes.count]
