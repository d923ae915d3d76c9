"""The clock of sessions that go by their market's time instead of the real one."""

from __future__ import annotations

from exsim.interfaces import MarketTime, Recorder


class SessionClock:
    """
    Makes market time of the real time that each call brings, before a session's machine sees it.

    The journal has real time all the same: :meth:`record` writes under that of the last call, which
    is ``real``. ``market`` is None until it is known, and time is real as long.
    """

    __slots__ = ("_record", "market", "real")

    def __init__(self, record: Recorder) -> None:
        self.market: MarketTime | None = None
        self.real = 0
        self._record = record

    def time(self, now: int) -> int:
        """The session's time, where the real time is ``now``."""
        self.real = now
        return now if self.market is None else self.market.time(now)

    def due(self, time: int) -> int | None:
        """From which real time on it is ``time`` for the session; None where nobody can tell."""
        return time if self.market is None else self.market.due(time)

    def record(self, time: int, kind: int, session: str, data: bytes) -> int:
        """Write an entry that a machine makes at ``time``."""
        return self._record(self.real, kind, session, data)
