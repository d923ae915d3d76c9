"""How long a TestRequest(1) is on its way, until the Heartbeat(0) that answers it has come."""

from __future__ import annotations

MOST_ASKED = 16
"""How many TestRequests are remembered that nobody has answered."""


class RoundTrip:
    """
    The round trip of the newest TestRequest that was answered.

    ``took`` is in nanoseconds, and ``at`` when the answer came, in nanoseconds on the clock of the
    session; None and 0 before the first. It belongs to a connection's time rather than to what
    lasts, so that no snapshot has it.
    """

    __slots__ = ("_asked", "at", "took")

    def __init__(self) -> None:
        self.took: int | None = None
        self.at = 0
        self._asked: dict[bytes, int] = {}

    def asked(self, test_id: bytes, now: int) -> None:
        """A TestRequest with this TestReqID(112) was sent."""
        self._asked.pop(test_id, None)
        self._asked[test_id] = now
        if len(self._asked) > MOST_ASKED:
            del self._asked[next(iter(self._asked))]

    def answered(self, test_id: bytes | None, now: int) -> None:
        """A Heartbeat came, which has a TestReqID where it answers a TestRequest."""
        asked = self._asked.pop(test_id, None) if test_id is not None else None
        if asked is not None:
            self.took = now - asked
            self.at = now

    def forget(self) -> None:
        """The connection has ended: what was asked on it is not answered any more."""
        self._asked.clear()
