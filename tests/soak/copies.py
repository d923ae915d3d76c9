"""Drop copy in a simulation: what it was told of a day is what those who traded were told."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Protocol

from exsim.services.endpoints import EndpointService
from exsim.wire.fix import FixMessage
from tests.invariants import Told, told_of
from tests.soak.traders import Trader
from tests.soundness import demand


class Place(Protocol):
    """Where copies are to be had."""

    def now(self) -> int:
        """Nanoseconds since 1970 UTC."""

    def copies(self) -> EndpointService:
        """Where it connects."""


class _World:
    """The same as a trader sees it; what it does takes nothing from the luck of others."""

    plain = True

    def __init__(self, place: Place, seed: int) -> None:
        self.random = Random(f"copies:{seed}")
        self._place = place

    def now(self) -> int:
        """Nanoseconds since 1970 UTC."""
        return self._place.now()

    def service(self) -> EndpointService:
        """Where it connects."""
        return self._place.copies()


class Copier(Trader):
    """
    A drop copy session: it comes and goes, asks for what it missed, and keeps all it is told.

    ``copied`` are reports by ExecID, with the session that each was for; ``trades`` the ExecIDs of
    TradeCaptureReports of fills; ``sides`` symbol and Side(54) of each order, by OrderID.
    """

    def __init__(self, place: Place, seed: int) -> None:
        self.copied: dict[str, Told] = {}
        self.trades: set[str] = set()
        self.sides: dict[str, tuple[str, bytes]] = {}
        super().__init__(_World(place, seed), "COPIES", "FIX.4.4")

    def begins_again(self) -> bool:
        """Its numbers never begin again."""
        return False

    def act(self) -> None:
        """Come or go."""
        if not self.connected:
            self.connect()
        elif self._random.random() < 0.05:
            self.cut()

    def _take(self, kind: str, message: FixMessage) -> None:
        get = message.get
        exec_id = (get(b"17") or b"").decode()
        if kind == "AE":
            demand(exec_id not in self.trades, "trade {} was told twice", exec_id)
            if get(b"150") == b"F":
                self.trades.add(exec_id)
        elif kind == "8":
            demand(get(b"797") == b"Y", "{} is no copy", message.raw)
            demand(exec_id not in self.copied, "report {} was copied twice", exec_id)
            told = told_of((get(b"128") or b"").decode(), message)
            demand(told is not None, "{} is no report of a change", message.raw)
            if told is not None:
                self.copied[exec_id] = told
                symbol = (get(b"55") or b"").decode()
                self.sides[told.order_id] = symbol, get(b"54") or b""
        else:
            super()._take(kind, message)

    def compare(self, traders: Iterable[Trader]) -> None:
        """
        Drop copy is order flow: what each trader heard was copied, and what was copied for one who
        missed nothing he heard; of each fill there is a TradeCaptureReport.
        """
        fills = {name for name, told in self.copied.items() if told.fill}
        demand(fills == self.trades, "fills {} are not trades {}", fills, self.trades)
        for trader in traders:
            for exec_id, told in trader.told.items():
                copy = self.copied.get(exec_id)
                demand(copy is not None, "report {} of {} was not copied", exec_id, trader.name)
                if copy is not None:
                    demand(_flow(copy) == _flow(told), "{} was copied as {}", told, copy)
            if trader.fresh:
                for exec_id, copy in self.copied.items():
                    heard = copy.session != trader.name or not copy.fill or exec_id in trader.told
                    demand(heard, "{} has not heard of {}", trader.name, copy)

    def positions(self, session: str) -> dict[str, int]:
        """What a session bought less what it sold, by symbol: by the last reports of orders."""
        cums: dict[str, tuple[int, int]] = {}
        for exec_id, told in self.copied.items():
            if told.session == session:
                last = int(exec_id), told.cum
                cums[told.order_id] = max(last, cums.get(told.order_id, last))
        found: dict[str, int] = {}
        for order_id, (_, cum) in cums.items():
            symbol, side = self.sides[order_id]
            found[symbol] = found.get(symbol, 0) + (cum if side == b"1" else -cum)
        return found


def _flow(told: Told) -> tuple[object, ...]:
    """What a report says in every version."""
    traded = (told.last_qty, told.last_px) if told.fill else ()
    return (told.session, told.order_id, told.fill, *traded, told.cum, told.avg)
