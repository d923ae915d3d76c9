"""What a browser spends on a page that looks at a busy market: processor, memory, elements."""

from __future__ import annotations

import threading
from typing import Any, Final, NamedTuple

MARK: Final = "exsim-load"
TASK: Final = "ThreadControllerImpl::RunTask"
MICROTASKS: Final = "BlinkScheduler_PerformMicrotaskCheckpoint"
STEP: Final = 200
"""Milliseconds between two looks."""


class Tasks:
    """
    The tasks of a page's main thread while they are traced: how much of a processor each took.

    That is what the page asks for, and not how long it had to wait for others on a busy machine.
    """

    def __init__(self, browser: Any, page: Any) -> None:
        self._page = page
        self._session = browser.new_browser_cdp_session()
        self._events: list[dict[str, Any]] = []
        self._complete = False
        self._session.on("Tracing.dataCollected", lambda told: self._events.extend(told["value"]))
        self._session.on("Tracing.tracingComplete", self._completed)

    def _completed(self, told: Any) -> None:
        self._complete = True

    def begin(self) -> None:
        """Trace from now on."""
        kinds = ["toplevel", "blink.user_timing"]
        traced = {"includedCategories": kinds, "excludedCategories": ["*"]}
        wanted = {"transferMode": "ReportEvents", "traceConfig": traced}
        self._session.send("Tracing.start", wanted)
        self._page.evaluate(f"() => performance.mark({MARK!r})")

    def end(self) -> list[float]:
        """Milliseconds that each task took of a processor, the longest first."""
        self._session.send("Tracing.end")
        while not self._complete:
            pause(self._page, 50)
        return sorted(times(self._events), reverse=True)


def times(events: list[dict[str, Any]]) -> list[float]:
    """
    Milliseconds that each task took of a processor, with what promises had done after it: that is
    traced as a part of its own behind the task, though nothing else has its turn before.
    """
    # Chromium has other processes of this kind, for itself.
    (mark,) = (event for event in events if event.get("name") == MARK)
    traced = [
        event
        for event in events
        if event.get("name") in (TASK, MICROTASKS)
        and (event["pid"], event["tid"]) == (mark["pid"], mark["tid"])
        and event["ts"] > mark["ts"]
        and "tdur" in event
    ]
    found: list[float] = []
    end = 0.0
    for event in sorted(traced, key=lambda one: (one["ts"], -one["dur"])):
        if event["ts"] < end:
            continue  # it is within another
        end = event["ts"] + event["dur"]
        if event["name"] == TASK or not found:
            found.append(0)
        found[-1] += event["tdur"] / 1000
    return found


class Heap:
    """JavaScript's memory of a page."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)

    def used(self) -> int:
        """Bytes that it holds, garbage and all."""
        return int(self._session.send("Runtime.getHeapUsage")["usedSize"])

    def live(self) -> int:
        """Bytes that it holds without garbage."""
        self._session.send("HeapProfiler.collectGarbage")
        return self.used()


class Spent(NamedTuple):
    """
    What a page spent: ``tasks`` in milliseconds of a processor, the longest first; ``heaps`` in
    bytes of JavaScript's memory, garbage and all, as they were; ``elements`` of its document.
    """

    tasks: list[float]
    heaps: list[int]
    elements: int


def watch(browser: Any, page: Any, load: threading.Thread) -> Spent:
    """Look at a page while a load, which is started here, goes on."""
    tasks, heap, heaps = Tasks(browser, page), Heap(page), []
    tasks.begin()
    load.start()
    while load.is_alive():
        pause(page, STEP)
        heaps.append(heap.used())
    longest = tasks.end()
    heaps.append(heap.used())
    elements = page.evaluate("() => document.getElementsByTagName('*').length")
    return Spent(longest, heaps, elements)


def pause(page: Any, milliseconds: int) -> None:
    """Let a page go on."""
    page.evaluate("time => new Promise(done => setTimeout(done, time))", milliseconds)
