"""Bots that are not configured any more, or not for an instrument: what they left behind goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.holds import Holds
from exsim.dispatch.tasks import Resume
from exsim.model.bots import BOT
from exsim.model.events import Event
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

TEXT: Final = "the bot does not trade this any more"


def is_any(venue: Venue, holds: Holds) -> bool:
    """Whether there is anything of such a bot."""
    return bool(_orders(venue) or _sessions(venue, holds))


def take_out(venue: Venue, holds: Holds, now: int, out: list[Event]) -> None:
    """Cancel their orders, and forget their requests that wait; ``now`` is market time."""
    for order in venue.waiting_first(_orders(venue)):
        if order.open:  # else it went with one that it depends on
            venue.cancel_order(order, now, out, TEXT)
    for session in _sessions(venue, holds):
        holds.forget_session(session)
        venue.forget_session(session)


def _orders(venue: Venue) -> list[Order]:
    """Their orders that are open."""
    return [
        order
        for order in venue.orders.all()
        if order.open and _is_gone(venue, order.owner, order.terms.symbol)
    ]


def _sessions(venue: Venue, holds: Holds) -> list[str]:
    """The names under which requests wait of those that are not here at all."""
    waiting = [held.request.session for held in holds.all() if held.venue == venue.name]
    for _, _, task in venue.agenda.tasks():
        if isinstance(task, Resume):
            waiting.append(task.request.session)
    return [session for session in dict.fromkeys(waiting) if _is_gone(venue, session)]


def _is_gone(venue: Venue, session: str, symbol: str = "") -> bool:
    if not session.startswith(BOT):
        return False
    desk = None if venue.bots is None else venue.bots.desks.get(session.removeprefix(BOT))
    return desk is None or (bool(symbol) and symbol not in desk.symbols)
