"""What faults do to sockets: slices, resets, connections that are closed on one side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from exsim.faults.marked import Marked
from exsim.model.treatment import HALF_CLOSE, RESET

SECOND = 1_000_000_000
SOONEST = 1e-6
"""Seconds: a slice without a gap is still another round of the reactor."""


class UnevenWriter:
    """
    Writes bytes in order, as their marks say; what comes meanwhile waits behind them.

    ``shut``: our side of the connection is closed, what comes is lost. ``size`` is how many bytes
    are still to be written.

    :param write: hands bytes to the socket.
    :param cut: resets the connection.
    :param shut: closes our side of it.
    :param done: is called when nothing is left to write.
    """

    def __init__(
        self,
        reactor: IReactorTime,
        write: Callable[[bytes], object],
        cut: Callable[[], None],
        shut: Callable[[], None],
        done: Callable[[], None],
    ) -> None:
        self.shut = False
        self.size = 0
        self._reactor = reactor
        self._write = write
        self._cut = cut
        self._shut = shut
        self._done = done
        self._waiting: deque[bytes] = deque()
        self._call: IDelayedCall | None = None

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._waiting)

    def add(self, segments: Iterable[bytes]) -> None:
        """Write these after the others."""
        if not self.shut:
            for segment in segments:
                self._waiting.append(segment)
                self.size += len(segment)
            if self._call is None:
                self._go_on()

    def stop(self) -> None:
        """The socket is gone."""
        self._clear()
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _clear(self) -> None:
        self._waiting.clear()
        self.size = 0

    def _later(self) -> None:
        self._call = None
        self._go_on()
        if not self._waiting:
            self._done()

    def _go_on(self) -> None:
        while self._waiting:
            data = self._waiting.popleft()
            self.size -= len(data)
            if not isinstance(data, Marked):
                self._write(data)
            elif data.defect.how == RESET:
                self._clear()
                self._cut()
            elif data.defect.how == HALF_CLOSE:
                self._clear()
                self.shut = True
                self._shut()
            elif self._slice(data):
                return

    def _slice(self, data: Marked) -> bool:
        """Write the first slice; whether others follow, in their time."""
        size, gap = data.defect.size, data.defect.gap
        self._write(bytes(data[:size]))
        if len(data) <= size:
            return False
        rest = Marked(data[size:])
        rest.defect = data.defect
        self._waiting.appendleft(rest)
        self.size += len(rest)
        self._call = self._reactor.callLater(max(SOONEST, gap / SECOND), self._later)
        return True
