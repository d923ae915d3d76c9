"""
What a node answers others: of each venue that it carries itself, and of no other.

Another node asks under ``/carried/VENUE/api/v1``, and with a token like everybody.
"""

from __future__ import annotations

from msgspec import Struct
from twisted.internet.defer import Deferred
from zope.interface import implementer

from exsim.control.operations import IControl
from exsim.errors import Unavailable
from exsim.services.front.places import Place, Places


@implementer(IControl)
class Carried:
    """Carries operations out on one venue while it is carried here."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def perform(
        self, operation: str, arguments: Struct, body: Struct | None
    ) -> Deferred[Struct | bytes | None]:
        """See :class:`exsim.control.operations.IControl`."""
        carrier = self._place.carrier
        if carrier is None:
            raise Unavailable(f"venue {self._place.venue} is not carried here")
        return carrier.ask(operation, arguments, body)


def carried(places: Places, venue: str) -> Carried | None:
    """What is asked for a venue; None where the configuration has none of that name."""
    for place in places.places:
        if place.venue == venue:
            return Carried(place)
    return None
