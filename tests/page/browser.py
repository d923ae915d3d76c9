"""A simulator and a browser that looks at it, for tests of the page."""

from __future__ import annotations

import atexit
import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal
from urllib.parse import quote, urlsplit

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.launch import DEFAULT_CONFIG
from exsim.client.spawn import SpawnedSimulator
from exsim.testing.server import Server
from tests.fix_client import FixClient
from tests.page.actions import operation, said
from tests.page.load import Traffic

PATIENCE = 30_000
"""Milliseconds to wait for anything, also on a machine that is busy."""
START = 120.0
"""Seconds that a simulator may take to start there."""
TRAFFIC = 100
"""Orders a second that are entered beside a test, and as many that are canceled: 400 messages."""
BUSY = "BUSY"
"""The session that enters them, the endpoint where, and the instrument of which they are."""
OURS = f"not session={BUSY}"
"""A filter of what a test itself has said."""
SAID = f"#/messages?filter={quote(OURS)}"
"""Where that is shown."""
MARKET = f"""
[instrument:XSIM:{BUSY}]
reference = 100

[endpoint:{BUSY}]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
"""
"""The sections of where the traffic goes."""
UNWANTED = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
"""
What Chromium does without. The first take longer than a page: with each window they are loaded, for
what one might type as an address. The others are those that Playwright does without: of two such
switches Chromium takes the last.
"""
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
    args = ["--no-sandbox", f"--disable-features={','.join(UNWANTED)}"]
    found = playwright.chromium.launch(executable_path=chromium(), args=args)
    atexit.register(found.close)
    return found


class Kept:
    """The simulator of the test before, for as long as the next one wants the same."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="exsim-page-")
        self._of: tuple[str, tuple[str, ...]] | None = None
        self._server = Server()

    def fresh(self, text: str, overrides: tuple[str, ...]) -> SpawnedSimulator:
        """The one of a configuration's text and overrides, as it begins."""
        if self._of != (text, overrides):
            self._server.stop()
            config = Path(self._folder.name) / "exsim.ini"
            config.write_text(text, "utf-8")
            self._of, self._server = (text, overrides), Server(config, overrides)
        self._server.exchange()
        return self._server.simulator

    def stop(self) -> None:
        """End it."""
        self._server.stop()
        self._folder.cleanup()


@cache
def kept() -> Kept:
    """The one of this process."""
    made = Kept()
    atexit.register(made.stop)
    return made


class PageCase(SynchronousTestCase):
    """
    A simulator as it begins for each test, under load: a client of its own trades there all the
    time. And a page that nothing was loaded in.

    A test fails when the page has logged an error, of JavaScript or of its content security policy,
    whatever else it showed; answers that are problems do not count.
    """

    skip = why_not() or None
    config: Path | None = None
    """The file of its configuration, None for that of a spawned one."""
    sections = ""
    """Of its configuration, beside those of that file."""
    overrides: tuple[str, ...] = ()
    """Settings of the simulator beside those of its file."""
    traffic = TRAFFIC
    """Orders a second that are entered beside the test; 0 for a market that stands still."""
    token: str | None = None
    alone = False
    """Whether a test has a simulator that was started for it, rather than one that was reset."""
    viewport: ClassVar[dict[str, int]] = {"width": 1280, "height": 800}

    def setUp(self) -> None:
        """Start a simulator, have it trade, and make a window."""
        self.simulator = self.start()
        if self.traffic:
            self.busy = self.trade(BUSY)
        self.errors: list[str] = []
        self.asked: set[str] = set()
        self.page = self.window()

    def start(self) -> SpawnedSimulator:
        """The simulator of a test."""
        text = DEFAULT_CONFIG if self.config is None else self.config.read_text("utf-8")
        text += (MARKET if self.traffic else "") + self.sections
        if not self.alone:
            return kept().fresh(text, self.overrides)
        config = Path(self.mktemp()).resolve()
        config.write_text(text, "utf-8")
        simulator = Simulator.spawn(config, self.overrides, START, self.token)
        self.addCleanup(simulator.stop)
        return simulator

    def trade(self, endpoint: str) -> Traffic:
        """Have a client trade BUSY at an endpoint until the test is over."""
        traffic = Traffic(self.address(endpoint), self.traffic or TRAFFIC, BUSY, BUSY)
        traffic.start()
        self.addCleanup(traffic.end)
        return traffic

    def window(self, **more: Any) -> Any:
        """A page in a window of its own; what is wrong in it is kept in ``errors``."""
        context = browser().new_context(**{"viewport": self.viewport, **more})
        self.addCleanup(context.close)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._logged)
        page.on("request", self._asked)
        return page

    def _logged(self, message: Any) -> None:
        if message.type == "error" and not REFUSED.search(message.text):
            self.errors.append(message.text)

    def _asked(self, request: Any) -> None:
        if request.method != "GET":
            self.asked.add(operation(request.method, urlsplit(request.url).path))

    def tearDown(self) -> None:
        """Nothing went wrong in the page, it did what the test says, and the market was busy."""
        self.assertEqual(self.errors, [])
        self.assertEqual(said(getattr(self, self._testMethodName)) - self.asked, set())
        if self.traffic:
            self.assertGreater(self.busy.answered, 0)

    def open(self, where: str = "", ready: str = "main:not([aria-busy])") -> None:
        """Go to a part of the page such as ``#/ladder/XSIM/AAA``, and wait for it."""
        self.page.goto(f"{self.simulator.url}/{where}")
        self.page.wait_for_selector(ready)

    def address(self, endpoint: str) -> tuple[str, int]:
        """Where an endpoint listens."""
        address = self.simulator.endpoints[endpoint]
        assert address.port is not None
        return address.host, address.port

    def client(
        self, sender: str = "TRADER", endpoint: str = "order-entry", port: int | None = None
    ) -> FixClient:
        """A FIX session that is logged on: at an endpoint, or at a port that leads there."""
        host, own = self.address(endpoint)
        client = FixClient((host, port or own), "FIX.4.4", sender)
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

    def number(self, session: str, symbol: str | None = None) -> str:
        """The number of the one open order of a session, empty for nobody, or of one symbol."""
        (order,) = self.simulator.list_orders("XSIM", session=session, symbol=symbol).items
        return order.order_id

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
