"""A simulator and a browser that looks at it, for tests of the page."""

from __future__ import annotations

import atexit
import re
import shutil
from functools import cache
from typing import Any, ClassVar, Literal

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from tests.fix_client import FixClient

PATIENCE = 10_000
"""Milliseconds to wait for anything."""
REFUSED = re.compile("Failed to load resource")
"""What a browser says of each answer that is no good one, or of none."""


def why_not() -> str:
    """Why there is no browser to test with; empty where there is."""
    if chromium() is None:
        return "there is no Chromium here (Debian: apt-get install chromium)"
    try:
        import playwright.sync_api  # noqa: F401 - whether it is there
    except ImportError:
        return "Playwright is not installed: pip install exsim[dev]"
    return ""


def chromium() -> str | None:
    """The path of the browser of this machine, None where it has none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@cache
def browser() -> Any:
    """One browser for all tests of a process, which ends with it."""
    from playwright.sync_api import expect, sync_playwright

    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    expect.set_options(timeout=PATIENCE)
    # Chromium's sandbox is not for root; what is loaded here is our own.
    found = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    atexit.register(found.close)
    return found


class PageCase(SynchronousTestCase):
    """
    A fresh simulator for each test, and a page that nothing was loaded in.

    A test fails when the page has logged an error, of JavaScript or of its content security policy,
    whatever else it showed; answers that are problems do not count.
    """

    skip = why_not() or None
    overrides: tuple[str, ...] = ()
    """Settings of the simulator beside those of a spawned one."""
    token: str | None = None
    viewport: ClassVar[dict[str, int]] = {"width": 1280, "height": 800}

    def setUp(self) -> None:
        """Start a simulator, and make a window."""
        self.simulator = self.start()
        self.errors: list[str] = []
        self.page = self.window()

    def start(self) -> SpawnedSimulator:
        """The simulator of a test."""
        simulator = Simulator.spawn(overrides=self.overrides, token=self.token)
        self.addCleanup(simulator.stop)
        return simulator

    def window(self, **more: Any) -> Any:
        """A page in a window of its own; what is wrong in it is kept in ``errors``."""
        context = browser().new_context(**{"viewport": self.viewport, **more})
        self.addCleanup(context.close)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._logged)
        return page

    def _logged(self, message: Any) -> None:
        if message.type == "error" and not REFUSED.search(message.text):
            self.errors.append(message.text)

    def tearDown(self) -> None:
        """Nothing went wrong in the page."""
        self.assertEqual(self.errors, [])

    def open(self, where: str = "", ready: str = "main:not([aria-busy])") -> None:
        """Go to a part of the page such as ``#/ladder/XSIM/AAA``, and wait for it."""
        self.page.goto(f"{self.simulator.url}/{where}")
        self.page.wait_for_selector(ready)

    def client(self, sender: str = "TRADER") -> FixClient:
        """A FIX session that is logged on."""
        address = self.simulator.endpoints["order-entry"]
        assert address.port is not None
        client = FixClient((address.host, address.port), "FIX.4.4", sender)
        self.addCleanup(client.__exit__, None, None, None)
        client.log_on()
        return client

    def order(self, client: FixClient, number: object, more: str = "", side: str = "1") -> None:
        """Have a client enter an order of AAA, for 100 at 100.25, and read one answer."""
        body = f"11={number}|55=AAA|54={side}|38=100|40=2|44=100.25|59=0|60=NOW|{more}"
        client.send("D", body)
        client.receive()

    def until(self, expression: str) -> None:
        """Wait until JavaScript in the page finds something true."""
        self.page.wait_for_function(f"() => {expression}")

    def rest(self, side: Literal["BUY", "SELL"], price: str, quantity: str = "100") -> str:
        """Enter an order of AAA over REST, for nobody; its number."""
        told = self.simulator.enter_order(
            "XSIM", symbol="AAA", side=side, quantity=quantity, price=price
        )
        assert told.order is not None, told
        return told.order.order_id


def expect(what: Any) -> Any:
    """Playwright's ``expect``: it waits for what is to be so."""
    from playwright.sync_api import expect as expected

    return expected(what)
