"""What a commit says that does not end at once: it is under way, or the journal is lost."""

from __future__ import annotations

import errno
import os
from typing import Final

from twisted.internet.defer import Deferred

LOST: Final = 75
"""The exit status where the lease was lost: EX_TEMPFAIL, somebody else goes on."""


class UnderWay(BlockingIOError):
    """
    What is to be written is on its way: to be committed again when ``done`` fires, with None.

    ``trouble`` says why that may take long; empty where it is a matter of milliseconds.
    """

    def __init__(self, done: Deferred[None], trouble: str = "") -> None:
        super().__init__(errno.EAGAIN, trouble or os.strerror(errno.EAGAIN))
        self.done = done
        self.trouble = trouble

    def __str__(self) -> str:
        return self.trouble or "the journal is being written"


class LeaseLost(OSError):
    """Somebody else carries the venue: nothing can be written any more, now or later."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else "the lease is lost"
