"""The log as JSON, and its newest lines for a diagnosis."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.python.logfile import LogFile
from zope.interface import implementer

from exsim.services.masking import masked

MOST_LINES: Final = 1_000
"""Lines kept for a diagnosis."""
LONGEST: Final = 4_000
"""Characters that are kept of each."""


def record(event: LogEvent) -> dict[str, str]:
    """What an event of the log says, secrets masked: its time, level, origin and text."""
    level = event.get("log_level")
    failure = event.get("log_failure")
    time = datetime.fromtimestamp(event.get("log_time", 0.0), UTC)
    told = {
        "time": time.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "level": "info" if level is None else level.name,
        "namespace": str(event.get("log_namespace", "")),
        "text": masked(formatEvent(event)),
    }
    if failure is not None:
        told["traceback"] = masked(failure.getTraceback())
    return told


@implementer(ILogObserver)
class JsonLog:
    """Writes an object of JSON for each event, on a line of its own."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __call__(self, event: LogEvent) -> None:
        """Something was logged."""
        self._file.write(json.dumps(record(event)) + "\n")
        self._file.flush()


@implementer(ILogObserver)
class Recent:
    """Keeps the newest lines."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=MOST_LINES)

    def __call__(self, event: LogEvent) -> None:
        """Something was logged."""
        told = record(event)
        line = f"{told['time']} [{told['namespace']}#{told['level']}] {told['text']}"
        if "traceback" in told:
            line += f"\n{told['traceback'].rstrip()}"
        self._lines.append(line[:LONGEST])

    def start(self) -> None:
        """Keep what is logged from now on."""
        globalLogPublisher.addObserver(self)

    def stop(self) -> None:
        """Keep no more."""
        globalLogPublisher.removeObserver(self)

    def lines(self) -> list[str]:
        """The lines kept, oldest first."""
        return list(self._lines)


def json_log(twistd: Mapping[str, Any] | None) -> JsonLog:
    """
    The JSON log where twistd, by its options, would write its own: a file, or standard output.
    """
    name = None if twistd is None else twistd.get("logfile")
    file: Any = LogFile.fromFullPath(name) if name and name != "-" else sys.stdout
    return JsonLog(file)
