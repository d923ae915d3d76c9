"""News over REST: said to those who look on."""

from __future__ import annotations

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict, NotFound
from exsim.interfaces import ISession
from exsim.model.news import News, NewsTold
from exsim.model.settings import MARKET_DATA
from exsim.services.simulator import Handler, Simulator

_URGENCY = ("normal", "flash", "background")


def publish_news(simulator: Simulator, arguments: s.VenueArguments, body: s.NewNews) -> r.NewsSent:
    """Say something to the sessions that are named, or to all that are to hear news."""
    market = simulator.dispatcher.venue(arguments.venue)
    for symbol in body.symbols:
        if symbol not in market.instruments:
            raise NotFound(f"venue {market.name} has no instrument {symbol!r}")
    if not body.sessions:
        names = _listening(simulator, market)
    else:
        names = list(dict.fromkeys(body.sessions))
        for name in names:
            endpoint, session = simulator.exchange.session(name)
            if endpoint.venue is not market:
                raise Conflict(f"session {name!r} is at venue {endpoint.venue.name}")
            if "news" not in session.settings.options:
                raise Conflict(f"session {name!r} speaks {endpoint.settings.protocol}: no news")
    news = News(
        body.headline,
        tuple(body.lines),
        _URGENCY.index(body.urgency),
        tuple(dict.fromkeys(body.symbols)),
        simulator.market_time(market),
    )
    simulator.dispatcher.out.extend([NewsTold(name, news) for name in names])
    return r.NewsSent(names)


def _listening(simulator: Simulator, market: Venue) -> list[str]:
    """The sessions of a venue that are logged on and are told news."""
    return [
        name
        for endpoint in simulator.exchange.endpoints.values()
        if endpoint.venue is market
        for name, session in endpoint.acceptor.sessions.items()
        if session.connection is not None and _hears(session, endpoint.settings.role)
    ]


def _hears(session: ISession, role: str) -> bool:
    setting = session.settings.options.get("news", "no")
    return setting == "yes" or (setting == "auto" and role == MARKET_DATA)


HANDLERS: dict[str, Handler] = {"publish_news": publish_news}
