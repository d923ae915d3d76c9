"""Indications of interest, which are sent on to who asks for such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal
from exsim.model.codes import Reason
from exsim.model.events import Event
from exsim.model.plain import Plain
from exsim.model.quote_events import IoiTold
from exsim.model.quotes import Ioi

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

IOI_RECEIVERS: Final = "ioi"
"""The role of their sessions, see :attr:`exsim.dispatch.accounts.Accounts.having`."""
_MOST: Final = 10_000


class Iois:
    """The indications of a venue: their numbers, by session and identifier."""

    __slots__ = ("_last", "_numbers", "_venue")

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self.reset()

    def reset(self) -> None:
        """There was none."""
        self._numbers: dict[tuple[str, str], int] = {}
        self._last = 0

    def indicate(self, ioi: Ioi, now: int, out: list[Event]) -> Refusal | None:
        """Send an indication of interest on to who asks for such."""
        symbol = self._venue.aliases.get(ioi.symbol, ioi.symbol)
        if symbol not in self._venue.listings:
            return Reason.UNKNOWN_SYMBOL, f"unknown symbol {ioi.symbol[:40]!r}"
        if self._venue.settings.quoting.ioi != "route":
            return None
        number = self._number(ioi.session, ioi.cl_ord_id)
        earlier = self._numbers.get((ioi.session, ioi.ref_id))
        ref_id = "" if earlier is None else str(earlier)
        for name in self._venue.accounts.having(IOI_RECEIVERS):
            if name != ioi.session:
                out.append(IoiTold(name, now, ioi, str(number), ref_id))
        return None

    def _number(self, session: str, name: str) -> int:
        """What others know an indication as: two senders may use one identifier."""
        key = (session, name)
        number = self._numbers.get(key)
        if number is None:
            self._last += 1
            number = self._numbers[key] = self._last
            if len(self._numbers) > _MOST:
                del self._numbers[next(iter(self._numbers))]
        return number

    def state(self) -> Plain:
        """All of it."""
        return [[[*key, number] for key, number in self._numbers.items()], self._last]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        numbers, self._last = plain
        for session, name, number in numbers:
            self._numbers[session, name] = number
