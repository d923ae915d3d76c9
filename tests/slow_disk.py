"""A disk for a journal that answers when a test says so, as a database does."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exsim.model.journal import Entry
from exsim.services.commits import LeaseLost, UnderWay


class SlowDisk:
    """
    :class:`exsim.journal.memory.Disk` whose writes take until :meth:`answer`.

    ``entries`` are those that it has; ``sent`` those that are on their way, and ``trouble`` why
    they do not arrive. It is at once again with ``at_once``.
    """

    def __init__(self) -> None:
        self.epoch = 1
        self.entries: list[Entry] = []
        self.sent: list[Entry] = []
        self.trouble = ""
        self.at_once = False
        self.is_lost = False
        self.writes = 0
        self._done: Deferred[None] = Deferred()

    @property
    def last(self) -> int:
        """Number of the newest entry that it has."""
        return self.entries[-1].seq if self.entries else 0

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        return bool(self.sent)

    def start_epoch(self, epoch: int) -> None:
        """See :class:`exsim.journal.memory.Disk`."""
        assert not self.sent, "an epoch ends with what is known"
        self.epoch, self.entries = epoch, []

    def write(self, entries: list[Entry]) -> None:
        """See :class:`exsim.journal.memory.Disk`."""
        if self.is_lost:
            raise LeaseLost("node B has venue X")
        if self.sent:
            raise UnderWay(self._done, self.trouble)
        self.sent = [entry for entry in entries if entry.seq > self.last]
        if not self.sent:
            return
        self.writes += 1
        if self.at_once:
            self._take()
            return
        self._done = Deferred()
        raise UnderWay(self._done, self.trouble)

    def _take(self) -> None:
        self.entries += self.sent
        self.sent = []

    def answer(self) -> None:
        """It has what is on its way."""
        self._take()
        self._tell()

    def go_away(self, why: str) -> None:
        """It does not answer for now, and that is known."""
        self.trouble = why
        self._tell()

    def come_back(self, arrived: bool) -> None:
        """It is there again, and has what was on its way, or not."""
        self.trouble = ""
        if arrived:
            self._take()
        self.sent = []
        self._tell()

    def lose(self) -> None:
        """Somebody else writes from now on; it did not take what was on its way."""
        self.is_lost, self.sent = True, []
        self._tell()

    def _tell(self) -> None:
        done, self._done = self._done, Deferred()
        done.callback(None)
