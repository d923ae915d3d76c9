"""Bots over REST: listed, started, stopped and changed."""

from __future__ import annotations

from typing import Any

from exsim.control import bot_results as br
from exsim.control import bot_schemas as bs
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.dispatch.bot_desk import BotDesk
from exsim.dispatch.bots import VenueBots
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.model.amounts import format_amount
from exsim.model.bots import Activity, activity
from exsim.services.operations import views
from exsim.services.simulator import Handler, Simulator


def list_bots(simulator: Simulator, arguments: bs.BotsArguments, body: None) -> Any:
    """All that trade at a venue."""
    market = simulator.dispatcher.venue(arguments.venue)
    after = parse_cursor(arguments.after, market.epoch)
    desks = {} if market.bots is None else market.bots.desks
    numbered = simulator.numbers.of(f"bot of {market.name}", desks)
    items = ((n, _view(desks[name])) for n, name in numbered if n > after)
    return page(items, market.epoch, arguments.limit)


def get_bot(simulator: Simulator, arguments: bs.BotArguments, body: None) -> br.Bot:
    """One of them."""
    return _view(_found(simulator, arguments)[2])


def start_bot(simulator: Simulator, arguments: bs.BotArguments, body: None) -> br.Bot:
    """Have one run."""
    _, bots, desk = _found(simulator, arguments)
    bots.start(desk, simulator.now())
    return _view(desk)


def stop_bot(simulator: Simulator, arguments: bs.BotArguments, body: None) -> br.Bot:
    """Have one do nothing any more."""
    _, bots, desk = _found(simulator, arguments)
    bots.stop(desk, simulator.now())
    return _view(desk)


def change_bot(simulator: Simulator, arguments: bs.BotArguments, body: bs.BotChange) -> br.Bot:
    """Have one go by other values."""
    _, bots, desk = _found(simulator, arguments)
    wanted = None if body.activity is None else _activity(body.activity)
    try:
        bots.change(desk, wanted, body.options, simulator.now())
    except ValueError as error:
        raise Unprocessable(f"options: {error}") from None
    return _view(desk)


def start_bots(simulator: Simulator, arguments: s.VenueArguments, body: None) -> br.BotsActivity:
    """Have all run."""
    market, bots = _bots(simulator, arguments.venue)
    for desk in bots.desks.values():
        bots.start(desk, simulator.now())
    return _activities(market, bots)


def stop_bots(simulator: Simulator, arguments: s.VenueArguments, body: None) -> br.BotsActivity:
    """Have all do nothing any more."""
    market, bots = _bots(simulator, arguments.venue)
    for desk in bots.desks.values():
        bots.stop(desk, simulator.now())
    return _activities(market, bots)


def get_activity(simulator: Simulator, arguments: s.VenueArguments, body: None) -> br.BotsActivity:
    """How busy all are, and which run."""
    return _activities(*_bots(simulator, arguments.venue))


def change_bots(
    simulator: Simulator, arguments: s.VenueArguments, body: bs.NewActivity
) -> br.BotsActivity:
    """Have all be as busy as that."""
    market, bots = _bots(simulator, arguments.venue)
    wanted = _activity(body.activity)
    if wanted.rate is not None:
        raise Unprocessable("activity: for all bots it is a word or a factor, such as slow or x2.5")
    bots.busy(wanted, simulator.market_time(market), simulator.now())
    return _activities(market, bots)


def _activity(text: str) -> Activity:
    try:
        return activity(text)
    except ValueError as error:
        raise Unprocessable(f"activity: {error}") from None


def _bots(simulator: Simulator, venue: str) -> tuple[Venue, VenueBots]:
    market = simulator.dispatcher.venue(venue)
    if market.bots is None:
        raise Conflict(f"venue {venue} has no bots: add a [bot:NAME] section with venue = {venue}")
    return market, market.bots


def _found(simulator: Simulator, arguments: bs.BotArguments) -> tuple[Venue, VenueBots, BotDesk]:
    market = simulator.dispatcher.venue(arguments.venue)
    if market.bots is None:
        raise NotFound(f"venue {arguments.venue} has no bot {arguments.bot!r}")
    return market, market.bots, market.bots.desk(arguments.bot)


def _activities(market: Venue, bots: VenueBots) -> br.BotsActivity:
    running = [name for name, desk in bots.desks.items() if desk.runner.running]
    return br.BotsActivity(market.name, bots.activity.text, running)


def _view(desk: BotDesk) -> br.Bot:
    runner = desk.runner
    return br.Bot(
        name=runner.name,
        venue=desk.venue,
        kind=runner.kind,
        session=runner.session,
        account=runner.account,
        running=runner.running,
        failure=runner.failure,
        activity=runner.activity.text,
        symbols=list(desk.symbols),
        options=runner.options(),
        due=None if desk.due is None else views.time_text(desk.due),
        entered=desk.entered,
        fills=desk.traded,
        refused=desk.refused,
        open_orders=len(desk.orders),
        positions=[
            br.BotPosition(symbol, format_amount(qty))
            for symbol, qty in desk.positions.items()
            if qty
        ],
    )


HANDLERS: dict[str, Handler] = {
    "list_bots": list_bots,
    "get_bot": get_bot,
    "start_bot": start_bot,
    "stop_bot": stop_bot,
    "change_bot": change_bot,
    "start_bots": start_bots,
    "stop_bots": stop_bots,
    "get_activity": get_activity,
    "change_bots": change_bots,
}
