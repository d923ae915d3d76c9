"""
The message log: a readable line per message, a file per session.

Lines are written a few times a second from the journal, not as messages pass, so that the way
of an order through exsim does not wait for a disk.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.logfile import LogFile

from exsim.errors import ConfigError, Problem
from exsim.model.journal import Entry, EntryKind
from exsim.services.exchange import Exchange

log = Logger(namespace="exsim")

PERIOD = 0.2
"""Seconds between two looks at the journal."""
MOST_AT_ONCE = 2_000
"""Lines written before others get a turn."""

MOST_OPEN = 64
"""Files kept open."""

_MARKS = {int(EntryKind.IN): "<", int(EntryKind.OUT): ">", int(EntryKind.GARBLED): "?"}


class FixLog(Service):
    """Writes ``SESSION.log`` files of up to ``size`` bytes, and keeps ``keep`` older ones."""

    name = "fix-log"

    def __init__(self, exchange: Exchange, reactor: Any, folder: str, size: int, keep: int) -> None:
        self._exchange = exchange
        self._reactor = reactor
        self._folder = Path(folder)
        self._size = size
        self._keep = keep
        self._files: dict[str, LogFile] = {}
        self._epoch = exchange.journal.epoch
        self._seen = 0
        self._timer: IDelayedCall | None = None

    def startService(self) -> None:
        """Make the folder, and begin to look.

        :raises exsim.errors.ConfigError: when the folder cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"[exsim] fix_log = {self._folder}: {error}"
            raise ConfigError([Problem(text)]) from None
        super().startService()
        journal = self._exchange.journal
        self._epoch, self._seen = journal.epoch, journal.last  # of a run before, it may be
        self._exchange.before_clear.append(self.catch_up)
        self._timer = self._reactor.callLater(PERIOD, self._look)

    def stopService(self) -> None:
        """Write what is left."""
        super().stopService()
        self._exchange.before_clear.remove(self.catch_up)
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self.catch_up()
        for file in self._files.values():
            file.close()
        self._files.clear()

    def catch_up(self) -> None:
        """Write all that there is."""
        try:
            while self.write():
                pass
        except OSError as error:
            log.error("the message log cannot be written: {error}", error=error)

    def _look(self) -> None:
        more = False
        try:
            more = self.write()
        except OSError as error:
            log.error("the message log cannot be written: {error}", error=error)
        finally:
            self._timer = self._reactor.callLater(0 if more else PERIOD, self._look)

    def write(self) -> bool:
        """Write the next lines; True when there are more."""
        journal = self._exchange.journal
        if journal.epoch != self._epoch:
            self._epoch, self._seen = journal.epoch, 0
        missed = journal.first - 1 - self._seen
        if missed > 0:
            log.warn("the message log fell behind: {n} entries are missing", n=missed)
            self._seen = journal.first - 1
        for entry in islice(journal.entries(self._seen), MOST_AT_ONCE):
            if entry.kind in _MARKS:
                self._line(entry)
            self._seen = entry.seq
        for file in self._files.values():
            file.flush()
        return journal.last > self._seen

    def _line(self, entry: Entry) -> None:
        seconds, nanoseconds = divmod(entry.time, 10**9)
        moment = datetime.fromtimestamp(seconds, UTC)
        text = self._exchange.origins[entry.origin].messages.text(entry.session, entry.data)
        stamp = f"{moment:%Y-%m-%d %H:%M:%S}.{nanoseconds // 1000:06d}"
        line = f"{stamp} {_MARKS[entry.kind]} {text}\n"
        self._file(entry.session or entry.origin).write(line)

    def _file(self, name: str) -> LogFile:
        file = self._files.pop(name, None)
        if file is None:
            if len(self._files) >= MOST_OPEN:  # the one not written to for longest
                self._files.pop(next(iter(self._files))).close()
            safe = re.sub(r"[^A-Za-z0-9._@-]", "_", name).lstrip(".") or "_"
            file = LogFile(f"{safe}.log", str(self._folder), self._size, maxRotatedFiles=self._keep)
        self._files[name] = file
        return file
