"""What a page spends is told of what its browser traces."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from tests.page.watch import MARK, MICROTASKS, TASK, times


def traced(name: str, begin: int, end: int, spent: int, thread: int = 1) -> dict[str, Any]:
    """A part of a trace, in microseconds, of which so many were of a processor."""
    return {"name": name, "pid": 7, "tid": thread, "ts": begin, "dur": end - begin, "tdur": spent}


class TimesTests(SynchronousTestCase):
    """How long tasks took."""

    def test_tasks(self) -> None:
        """Those of the page since its mark; promises count with the task that they follow."""
        events = [
            traced(TASK, 0, 900, 900),
            {"name": MARK, "pid": 7, "tid": 1, "ts": 1000},
            traced(TASK, 2000, 9000, 5000),
            traced(MICROTASKS, 3000, 4000, 1000),  # within it
            traced(MICROTASKS, 9000, 20_000, 10_000),
            traced(TASK, 9000, 9900, 800, thread=2),
            traced(TASK, 30_000, 31_000, 500),
        ]
        self.assertEqual(times(events), [15.0, 0.5])
        self.assertEqual(times(events[::-1]), [15.0, 0.5])
