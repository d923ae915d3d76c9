"""The row ``page``: what the web page holds of a market that stays busy, in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from exsim.client import Simulator
from exsim.client.launch import DEFAULT_CONFIG
from tests.page.browser import BUSY, MARKET, START, browser, why_not
from tests.page.load import Traffic
from tests.page.watch import Heap, pause
from tests.soak.rows import Found

RATE: Final = 500
"""Orders a second, and as many cancels: 1,000 changes of a book and 2,000 messages."""
PAGES: Final = {"messages": "#/messages", "ladder": f"#/ladder/XSIM/{BUSY}"}
STEP: Final = 5_000
"""Milliseconds between two looks at the memory."""
MOST: Final = 60e6
"""Bytes of JavaScript's memory that a page may hold, without garbage."""
ELEMENTS: Final = 1_500
FULL: Final = 60
"""Seconds after which a page holds as much as it ever should; half of all on a slow machine."""
SLACK: Final = 4e6
"""Bytes that it may hold more in the end than then."""


def run(seed: int, numbers: Sequence[int]) -> Found:
    """Look at messages and at a ladder, each in a window, for so many seconds."""
    if why := why_not():
        return Found([], f"not run: {why}")
    with TemporaryDirectory() as folder:
        path = Path(folder, "exsim.ini")
        path.write_text(DEFAULT_CONFIG + MARKET, "utf-8")
        with Simulator.spawn(path, timeout=START) as simulator:
            address = simulator.endpoints[BUSY]
            assert address.port is not None
            traffic = Traffic((address.host, address.port), RATE, BUSY, BUSY)
            traffic.start()
            try:
                seen = _watch(simulator.url, len(numbers))
            finally:
                traffic.end()
    failures = [f"page: {one.name} {wrong}" for one in seen for wrong in one.wrong()]
    if traffic.answered < len(numbers):
        failures.append(f"page: {traffic.answered} reports in {len(numbers)} s")
    told = "; ".join(f"{one.name} {one.told()}" for one in seen)
    return Found(failures, f"{traffic.answered:,} reports; {told}")


def _watch(url: str, seconds: int) -> list[Window]:
    """The windows, after so many seconds."""
    seen = [Window(name, f"{url}/{where}") for name, where in PAGES.items()]
    for _ in range(0, seconds * 1000, STEP):
        for window in seen:
            window.look()
    for window in seen:
        window.close()
    return seen


class Window:
    """A page that is looked at; ``held`` has the bytes that it held, step by step."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self._context = browser().new_context(viewport={"width": 1280, "height": 800})
        self._page: Any = self._context.new_page()
        self._page.goto(address)
        self._page.wait_for_selector("main:not([aria-busy])")
        self._heap = Heap(self._page)
        self.held: list[int] = []
        self.elements = 0

    def look(self) -> None:
        """Let it go on for its part of a step, and see what it holds then."""
        pause(self._page, STEP // len(PAGES))
        self.held.append(self._heap.live())
        count = self._page.evaluate("() => document.getElementsByTagName('*').length")
        self.elements = max(self.elements, count)

    def wrong(self) -> list[str]:
        """What is wrong with it."""
        found = []
        if max(self.held) > MOST:
            found.append(f"held {max(self.held) / 1e6:.1f} MB")
        full = self.held[max(FULL * 1000 // STEP, len(self.held) // 2) :]
        if full and full[-1] > full[0] * 1.1 + SLACK:
            found.append(f"grew from {full[0] / 1e6:.1f} to {full[-1] / 1e6:.1f} MB")
        if self.elements > ELEMENTS:
            found.append(f"had {self.elements:,} elements")
        return found

    def told(self) -> str:
        """What it held, in words."""
        first, last = self.held[0] / 1e6, self.held[-1] / 1e6
        return f"{first:.1f} to {last:.1f} MB, {max(self.held) / 1e6:.1f} at most"

    def close(self) -> None:
        """Close it."""
        self._context.close()
