"""What is told on feeds over REST, since no trading makes it."""

from __future__ import annotations

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.errors import Conflict, Unprocessable
from exsim.services.simulator import Handler, Simulator


def announce(simulator: Simulator, arguments: s.VenueArguments, body: s.FeedMessage) -> r.FeedTold:
    """Tell a message on all ITCH feeds of a venue."""
    venue = simulator.dispatcher.venue(arguments.venue)
    publishing = simulator.exchange.publishing
    try:
        told = publishing.announce(venue, body.type, body.fields, simulator.now())
    except ValueError as error:
        raise Unprocessable(str(error)) from None
    if not told:
        raise Conflict(f"venue {venue.name} has no ITCH endpoint")
    return r.FeedTold(told)


HANDLERS: dict[str, Handler] = {"announce": announce}
