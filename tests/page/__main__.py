"""
Show how the page does in a busy market.

``python -m tests.page [--page messages] [--rate 1000] [--seconds 30]`` starts a simulator, looks at
it in Chromium, has a client enter so many orders a second, each a change of the book and two
messages, and prints what the page spent; ``--first N`` opens a ladder N times instead, each in a
window of its own, and prints how soon it had prices.
"""

# ruff: noqa: T201  # what it finds it prints

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from exsim.client import Simulator
from tests.page.browser import browser, why_not
from tests.page.load import Load
from tests.page.watch import watch

PAGES = {
    "messages": ("#/messages", ".virtual"),
    "ladder": ("#/ladder/XSIM/AAA", ".ladder"),
    "overview": ("#/overview", "main:not([aria-busy])"),
}
LADDER = "#/ladder/XSIM/AAA"
PRICES = ".ladder .size.buy button:not(:empty)"


def busy(page: Any, simulator: Any, rate: int, seconds: float) -> None:
    """Look at a busy market, and tell."""
    address = simulator.endpoints["order-entry"]
    load = Load((address.host, address.port), rate, seconds)
    spent = watch(browser(), page, load)
    over = [task for task in spent.tasks if task > 16]
    longest = " ".join(f"{task:.1f}" for task in spent.tasks[:5])
    print(f"orders: {load.sent:,} sent, {load.answered:,} answered in {seconds:g} s")
    print(f"tasks: {len(spent.tasks):,}, {sum(spent.tasks) / 10 / seconds:.0f} % of a processor")
    print(f"longest: {longest} ms; {len(over)} over 16 ms")
    print(f"heap: {max(spent.heaps) / 1e6:.1f} MB at most, {spent.heaps[-1] / 1e6:.1f} in the end")
    print(f"elements: {spent.elements:,}")


def first(simulator: Any, count: int) -> None:
    """Open a ladder so often, and tell how soon each was there."""
    simulator.enter_order("XSIM", symbol="AAA", side="BUY", quantity="100", price="99.5")
    took = []
    for _ in range(count):
        context = browser().new_context()
        page = context.new_page()
        page.goto(f"{simulator.url}/{LADDER}")
        page.wait_for_selector(PRICES)
        took.append(page.evaluate("() => performance.now()"))
        context.close()
    told = " ".join(f"{each:.0f}" for each in sorted(took))
    print(f"first ladder: {told} ms")


def main(arguments: Sequence[str] | None = None) -> int:
    """Show what the command line asks for; return the exit status."""
    about = "Show how the page does in a busy market."
    parser = argparse.ArgumentParser(prog="python -m tests.page", description=about)
    parser.add_argument("--page", choices=PAGES, default="messages", help="what is looked at")
    parser.add_argument("--rate", type=int, default=1000, help="orders a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long")
    parser.add_argument("--first", type=int, metavar="N", help="open a ladder so often instead")
    options = parser.parse_args(arguments)
    if why := why_not():
        print(why, file=sys.stderr)
        return 1
    with Simulator.spawn() as simulator:
        if options.first:
            first(simulator, options.first)
            return 0
        where, ready = PAGES[options.page]
        page = browser().new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(f"{simulator.url}/{where}")
        page.wait_for_selector(ready)
        busy(page, simulator, options.rate, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
