"""
A feeder reads prices from outside for one pricing source, and tells it of them.

What it tells is an operation as anybody could ask for over REST (``feed_source``), so it is in the
journal before it acts, and a journal that is run again needs nobody outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.control.operations import IControl
from exsim.control.pricing_schemas import Feeding, SourceArguments, Told
from exsim.errors import NotFound, RequestError
from exsim.model.amounts import format_amount
from exsim.model.settings import Values
from exsim.model.ticks import DOWN, UP, Tick
from exsim.services.backoff import Backoff

log = Logger(namespace="exsim")

SECOND: Final = 1_000_000_000
MOST: Final = 10_000
"""Instruments that are told of at once."""


class Lost(Exception):
    """A connection is over, or never was; the text says why."""


class Feeder(Service):
    """
    Keeps one source told. What it reads, and how, is :meth:`read` of a subclass.

    :param control: carries out operations.
    :param values: the options of the source.
    :param symbols: those of the source, as the feed has them.
    """

    def __init__(
        self,
        control: IControl,
        venue: str,
        source: str,
        values: Values,
        symbols: Sequence[str],
        reactor: IReactorTime,
    ) -> None:
        self.setName(f"feed:{venue}:{source}")
        self.values = values
        self.symbols = symbols
        self.reactor = reactor
        self._control = control
        self._arguments = SourceArguments(venue=venue, name=source)
        self._backoff = Backoff(self.name or "", values["retry"], values["retry_most"])
        self._pending: dict[str, Tick] = {}
        self._link: str | None = None  # as it was told
        self._new_link: str | None = None
        self._flushing: IDelayedCall | None = None
        self._reading: Deferred[None] | None = None
        self._said = ""

    async def read(self) -> None:
        """
        Connect, call :meth:`connected`, and :meth:`told` whatever comes.

        :raises Lost: when that is over.
        """
        raise NotImplementedError

    # -- as a service

    def startService(self) -> None:
        """Read, and again whenever it is over."""
        super().startService()
        self._reading = Deferred.fromCoroutine(self._keep_reading())
        self._reading.addErrback(self._ended)

    def stopService(self) -> None:
        """Read no more."""
        super().stopService()
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
        if self._flushing is not None and self._flushing.active():
            self._flushing.cancel()

    def _ended(self, failure: Failure) -> None:
        if self.running or not failure.check(CancelledError):
            log.failure("{name} reads no more", failure, name=self.name)

    async def _keep_reading(self) -> None:
        while self.running:
            try:
                await self.read()
            except Lost as lost:
                if not self.running:
                    return
                self._tell_link(DOWN)
                self.say(f"{lost}; it tries again")
                await self.sleep(self._backoff.wait())

    def sleep(self, seconds: float) -> Deferred[None]:
        """Fires after that time."""
        return deferLater(self.reactor, seconds, lambda: None)

    def say(self, text: str) -> None:
        """Have the log tell something, but not the same twice in turn."""
        if text != self._said:
            self._said = text
            log.info("{name}: {text}", name=self.name, text=text)

    # -- what is read

    def connected(self) -> None:
        """The other side is there, and talks to us."""
        self._backoff.reset()
        if self._link != UP:
            self.say("it is there")
        self._tell_link(UP)

    def told(self, ticks: Sequence[Tick]) -> None:
        """These prices came; the source hears of them soon."""
        for tick in ticks:
            before = self._pending.get(tick.symbol)
            if before is not None:
                pairs = zip(tick[1:], before[1:], strict=True)
                tick = Tick(tick.symbol, *[old if new is None else new for new, old in pairs])
            self._pending[tick.symbol] = tick
        if ticks:
            self._flush_soon()

    def _tell_link(self, link: str) -> None:
        if link != self._link:
            self._link = self._new_link = link
            self._flush()

    def _flush_soon(self) -> None:
        if self._flushing is None:
            delay = self.values["conflate"] / SECOND
            self._flushing = self.reactor.callLater(delay, self._flush)

    def _flush(self) -> None:
        """Tell the source."""
        if self._flushing is not None and self._flushing.active():
            self._flushing.cancel()
        self._flushing = None
        several = list(self._pending.values())[:MOST]
        body = Feeding(prices=[_told(tick) for tick in several], link=self._new_link)  # type: ignore[arg-type]
        try:
            result = self._control.perform("feed_source", self._arguments, body)
        except NotFound as gone:
            self.say(str(gone))
            return
        except RequestError as error:  # the journal cannot be written: that is tried again
            self.say(f"not told: {error}")
            self._flush_soon()
            return
        if isinstance(result, Deferred):
            result.addErrback(self._not_told)
        self._new_link = None
        for tick in several:
            self._pending.pop(tick.symbol)
        if self._pending:
            self._flush_soon()

    def _not_told(self, failure: Failure) -> None:
        log.failure("{name} could not tell what it read", failure, name=self.name)


def _told(tick: Tick) -> Told:
    return Told(symbol=tick.symbol, bid=_text(tick.bid), ask=_text(tick.ask), last=_text(tick.last))


def _text(amount: int | None) -> str | None:
    return None if amount is None else format_amount(amount)
