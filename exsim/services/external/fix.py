"""Prices of another venue, by FIX market data that is subscribed to."""

from __future__ import annotations

from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from exsim.config.listen import connect
from exsim.model.ticks import Tick
from exsim.pricing.tops import Tops
from exsim.protocols.fix_reader import FixReader
from exsim.recorded.rows import RowMaker
from exsim.services import tls
from exsim.services.external.feeder import SECOND, Feeder, Lost

_LOOK: Final = 1.0
"""Seconds between two looks at whether anything is to be said by the clock."""


class FixPeer(Protocol):
    """The socket of one connection; ``over`` fires with why it is over."""

    def __init__(self, feeder: FixFeeder) -> None:
        self._feeder = feeder
        self._reader = feeder.reader()
        self._maker, self._tops = RowMaker(), Tops()
        self._looking: IDelayedCall | None = None
        self.over: Deferred[str] = Deferred()

    def connectionMade(self) -> None:
        """Log on."""
        self._write(self._reader.log_on(self._feeder.now()))
        self._look()

    def dataReceived(self, data: bytes) -> None:
        """Answer, and tell what was told."""
        reader, feeder = self._reader, self._feeder
        was_ready = reader.ready
        answers, told = reader.hear(data, feeder.now())
        self._write(answers)
        if reader.ready and not was_ready:
            feeder.connected()
        if reader.refused:
            feeder.say(f"what it asked for was refused: {reader.refused}")
        changed: dict[str, None] = {}
        for raw in told:
            for row in self._maker.rows(raw, 0):
                self._tops.row(row)
                changed[row.symbol] = None
        feeder.told([self._tick(symbol) for symbol in changed])
        self._close_if_over()

    def _tick(self, symbol: str) -> Tick:
        top = self._tops[symbol]
        return Tick(symbol, top.bid, top.ask, top.last)

    def _look(self) -> None:
        """Say what is to be said by the clock."""
        self._looking = self._feeder.reactor.callLater(_LOOK, self._look)
        self._write(self._reader.passes(self._feeder.now()))
        self._close_if_over()

    def _close_if_over(self) -> None:
        if self._reader.closed and self.transport is not None:
            self.transport.loseConnection()

    def _write(self, data: bytes) -> None:
        if data and self.transport is not None:
            self.transport.write(data)

    def leave(self) -> None:
        """Log out, and close."""
        self._write(self._reader.log_out(self._feeder.now()))
        if self.transport is not None:
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell who waits for that."""
        if self._looking is not None and self._looking.active():
            self._looking.cancel()
        self.over.callback(self._reader.closed or tls.reason(reason.value))


class FixFeeder(Feeder):
    """Reads one subscription of one session."""

    def now(self) -> int:
        """Nanoseconds since 1970 UTC, for SendingTime(52)."""
        return int(self.reactor.seconds() * SECOND)

    def reader(self) -> FixReader:
        """The machine of a connection."""
        values = self.values
        return FixReader(
            values["begin_string"],
            values["sender_comp_id"],
            values["target_comp_id"],
            self.symbols,
            values["heartbeat"] // SECOND,
            values["updates"] == "full",
            values["username"],
            _password(values["password_file"]),
        )

    async def read(self) -> None:
        """See :class:`~exsim.services.external.feeder.Feeder`."""
        where = self.values["connect"]
        factory: Any = Factory.forProtocol(lambda: FixPeer(self))
        factory.noisy = False
        try:
            target = clientFromString(self.reactor, connect(where))
            peer: Any = await target.connect(factory)
        except Exception as error:  # whatever ails the other side, we go on
            if not self.running:
                raise
            raise Lost(f"{where} cannot be connected to: {tls.reason(error)}") from None
        try:
            why = await peer.over
        except BaseException:  # it is given up: the service stops
            peer.leave()
            raise
        raise Lost(f"{where} is lost: {why}")


def _password(file: str) -> str:
    if not file:
        return ""
    with open(file, encoding="utf-8") as opened:
        return opened.read().strip()
