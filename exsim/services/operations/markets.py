"""The trading day over REST: phases, the market's clock, corporate actions."""

from __future__ import annotations

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.dispatch.corporate import dividend, split
from exsim.dispatch.phases import phase_of
from exsim.dispatch.venue import Venue
from exsim.errors import Conflict
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.options import duration
from exsim.services.operations import views
from exsim.services.simulator import Handler, Simulator

FARTHEST = 400 * 86_400 * 10**9
"""Nanoseconds that a clock may be advanced by at a time: a little over a year."""


def set_phase(simulator: Simulator, arguments: s.VenueArguments, body: s.NewPhase) -> r.Venue:
    """A phase begins, as by the schedule."""
    market = simulator.dispatcher.venue(arguments.venue)
    now, out = simulator.market_time(market), simulator.dispatcher.out
    market.set_phase(phase_of(body.phase), body.cancels, now, out)
    return views.venue(market, simulator.parts.seed)


def set_instrument_phase(
    simulator: Simulator, arguments: s.InstrumentArguments, body: s.InstrumentPhase
) -> r.Instrument:
    """One instrument goes its own way, or with its venue again."""
    market = simulator.dispatcher.venue(arguments.venue)
    now, out = simulator.market_time(market), simulator.dispatcher.out
    phase = None if body.phase is None else phase_of(body.phase)
    market.set_instrument_phase(arguments.symbol, phase, body.cancels, now, out)
    return views.instrument(market, market.instruments[arguments.symbol])


def corporate_action(
    simulator: Simulator, arguments: s.InstrumentArguments, body: s.CorporateAction
) -> r.Restated:
    """Resting orders are put on other terms."""
    market = simulator.dispatcher.venue(arguments.venue)
    listing = market.listing(arguments.symbol)
    now, out = simulator.market_time(market), simulator.dispatcher.out
    if body.kind == "split":
        restated = split(market, listing, body.new, body.old, now, out)
        if market.bots is not None:
            market.bots.split(arguments.symbol, body.new, body.old)
        seq = simulator.exchange.journal.last
        market.prices.split(arguments.symbol, body.new, body.old, now, seq)
        return r.Restated(*restated)
    if body.cash is None:
        raise Conflict("a dividend needs its cash")
    return r.Restated(*dividend(market, listing, parse_amount(body.cash), now, out))


def get_clock(simulator: Simulator, arguments: s.VenueArguments, body: None) -> r.Clock:
    """The time of a market."""
    market = simulator.dispatcher.venue(arguments.venue)
    return views.clock(market, simulator.now())


def set_clock(simulator: Simulator, arguments: s.VenueArguments, body: s.NewClock) -> r.Clock:
    """The time of a market goes in another way; what is due by the time that it begins is done."""
    market, now = simulator.dispatcher.venue(arguments.venue), simulator.now()
    time = market.time(now) if body.time is None else views.parse_time(body.time)
    scale = parse_amount(body.scale) if body.mode == "scaled" else UNIT
    if body.mode == "real":
        time = now
    _check_step(market.time(now), time)
    if not market.clock.real:
        simulator.exchange.days.advance(market, time, now)
    elif time > now:
        market.clock.start("manual", UNIT, now, now)
        simulator.exchange.days.advance(market, time, now)
    market.clock.start(body.mode, scale, time, now)
    return views.clock(market, now)


def advance_clock(simulator: Simulator, arguments: s.VenueArguments, body: s.Advance) -> r.Clock:
    """The time of a market goes on."""
    market, now = simulator.dispatcher.venue(arguments.venue), simulator.now()
    if market.clock.real:
        raise Conflict("this clock is real: set it to manual or scaled first")
    simulator.exchange.days.advance(market, advanced(market, now, body), now)
    return views.clock(market, now)


def advanced(market: Venue, now: int, body: s.Advance) -> int:
    """
    The time of a market once it was advanced.

    :raises exsim.errors.Conflict: when it cannot be.
    """
    before = market.time(now)
    if body.to is not None:
        time = views.parse_time(body.to)
    else:
        time = before + (0 if body.by is None else duration(body.by))
    _check_step(before, time)
    return time


def _check_step(before: int, after: int) -> None:
    """Whether a market's time may go from one to another.

    :raises exsim.errors.Conflict: when it is earlier, or too far ahead.
    """
    if after < before:
        told = views.time_text(before)
        raise Conflict(f"it is {told} there, and time does not go back: reset the venue for that")
    if after - before > FARTHEST:
        raise Conflict("that is too far: advance by 400 days at most at a time")


HANDLERS: dict[str, Handler] = {
    "set_phase": set_phase,
    "set_instrument_phase": set_instrument_phase,
    "corporate_action": corporate_action,
    "get_clock": get_clock,
    "set_clock": set_clock,
    "advance_clock": advance_clock,
}
