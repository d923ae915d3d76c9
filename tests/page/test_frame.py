"""What all pages have in common: access, being read by anybody, themes, restarts of the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from exsim.client.spawn import SpawnedSimulator
from tests.page.browser import OURS, PageCase, expect
from tests.page.test_messages import PAYLOADS

ROUTES = """() => [...document.querySelectorAll("nav a")].map(link => link.getAttribute("href"))"""
WIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
GONE = """async () => {
  const { note } = await import("/page/route.js");
  location.hash = "#/orders";
  note("#/holds/2");
}"""
THINGS = (
    "#/ladder/XSIM/AAA",
    "#/messages/5",
    "#/sessions/TRADER",
    "#/orders/XSIM/1",
    "#/holds/proxy/middle/1",
    "#/rules?new=yes",
    "#/rules/XSIM/no-cancels",
    "#/faults/delay/slow",
)
"""Addresses of things on pages, some of them open beside a list."""
SERIOUS = ("serious", "critical")


class EveryPage(PageCase):
    """All pages of the navigation, with something to show."""

    def setUp(self) -> None:
        """Orders, messages, rules, a fault, a hold, and a proxy that holds something."""
        super().setUp()
        client = self.client()
        self.order(client, "c-1")
        self.order(client, "c-2", "58=a text that is longer than there is room for on a telephone|")
        self.rest("SELL", "101")
        self.simulator.create_rule(when="type=F", then="reject", name="no-cancels")
        self.simulator.create_rule(when="symbol=BBB", then="hold", name="held")
        self.simulator.enter_order("XSIM", symbol="BBB", side="BUY", quantity="5", price="9")
        self.simulator.create_fault(kind="delay", name="slow", endpoint="order-entry")
        here = self.address("order-entry")
        proxy = self.simulator.create_proxy(name="middle", connect=f"tcp:127.0.0.1:{here[1]}")
        self.simulator.create_fault(
            kind="hold", endpoint=proxy.origin, direction="in", match="type=D"
        )
        far = self.client("FAR", port=proxy.port)
        far.send("D", "11=held|55=AAA|54=1|38=100|40=2|44=100.25|59=0|60=NOW|")

    def routes(self) -> list[str]:
        """The addresses of all pages, and of some things on them."""
        self.open()
        found: list[str] = self.page.evaluate(ROUTES)
        self.assertGreaterEqual(len(found), 3)
        return [*found, *THINGS]

    def show(self, route: str) -> None:
        """Go to a page, and wait for what it shows."""
        self.page.goto(f"{self.simulator.url}/{route}")
        self.page.wait_for_selector(f"main.page-{re.split('[/?]', route[2:])[0]}")
        expect(self.page.locator("main h1")).to_have_count(1)
        if route in THINGS and "ladder" not in route:
            expect(self.page.locator(".detail, #editor, #catalogue").first).to_be_visible()

    def assert_sound(self, *schemes: Literal["light", "dark"]) -> None:
        """Axe finds no serious fault of any page, in each of the colour schemes."""
        from axe_playwright_python.sync_playwright import Axe

        for route in self.routes():
            self.show(route)
            for scheme in schemes:
                self.page.emulate_media(color_scheme=scheme)
                self.until(f"document.documentElement.dataset.theme === '{scheme}'")
                found = Axe().run(self.page).response["violations"]
                told = [
                    (each["id"], each["help"], [node["html"][:300] for node in each["nodes"]][:3])
                    for each in found
                    if each["impact"] in SERIOUS
                ]
                self.assertEqual(told, [], (route, scheme))


class AccessibilityTests(EveryPage):
    """What axe finds."""

    def test_sound(self) -> None:
        """No serious fault, by day and by night."""
        self.assert_sound("light", "dark")


class NarrowTests(EveryPage):
    """A telephone."""

    viewport = {"width": 390, "height": 844}

    def test_width(self) -> None:
        """No page is wider than it: what is wide scrolls by itself."""
        for route in self.routes():
            self.show(route)
            self.assertEqual(self.page.evaluate(WIDE), 0, route)

    def test_proxies(self) -> None:
        """The table of proxies has room."""
        self.show("#/sessions")
        table = self.page.locator(".scroll[aria-labelledby=proxies]")
        expect(table.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
        over = table.evaluate("one => one.scrollWidth - one.clientWidth")
        self.assertEqual(over, 0)

    def test_sound(self) -> None:
        """No serious fault here either; the colours are those of wider ones."""
        self.assert_sound("dark")

    def test_where(self) -> None:
        """The navigation shows the page that one is at, however far to the right it is."""
        for route in self.routes():
            self.show(route)
            expect(self.page.locator("nav [aria-current]")).to_be_in_viewport(ratio=0.9)


class PayloadCase(PageCase):
    """A look at hostile text, which is shown as it was written, and nothing comes of it."""

    viewport = {"width": 1280, "height": 2400}
    FOREIGN = "main :is(img, iframe, script, svg[onload], [onmouseover], a[href^='javascript:'])"

    def setUp(self) -> None:
        """What opens a dialog is an error."""
        super().setUp()
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))

    def check(self, route: str, texts: Iterable[str]) -> None:
        """A page has these texts, and no element of theirs."""
        self.page.goto(f"{self.simulator.url}/#/{route}")
        self.page.wait_for_selector(f"main.page-{re.split('[/?]', route)[0]}")
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        self.assertEqual(self.page.locator(self.FOREIGN).count(), 0, route)


class PayloadTests(PayloadCase):
    """Text of messages, on all pages that show some."""

    SENDER = "<img src=x onerror=alert(0)>"

    def test_text(self) -> None:
        """It is shown as it was written, and nothing comes of it."""
        client = self.client(self.SENDER)
        self.simulator.create_rule(when="symbol=BBB", then="hold", name="held")
        ours = {"messages": f"?filter={quote(OURS)}", "orders/XSIM": "?symbol=AAA"}
        for number, text in enumerate(PAYLOADS):
            self.order(client, f"{number}{text}", f"58={text}|")
            client.send("D", f"11=h{number}{text}|55=BBB|54=1|38=1|40=2|44=9|60=NOW|58={text}|")
            when = f"symbol=CCC 58={json.dumps(text)}"
            self.simulator.create_rule(when=when, then="reject")
            client.send("D", f"11=r{number}{text}|55=CCC|54=1|38=1|40=2|44=9|60=NOW|58={text}|")
            client.receive()
        shown = ("messages", "holds", "orders/XSIM", "rules")
        for route in (
            *shown,
            "overview",
            "ladder/XSIM/AAA",
            "sessions",
            "faults",
            "prices",
            "clock",
        ):
            self.check(route + ours.get(route, ""), PAYLOADS if route in shown else ())
        for order in self.simulator.list_orders("XSIM", symbol="AAA").items:
            self.check(f"orders/XSIM/{order.order_id}", ())
            expect(self.page.locator(".detail")).to_contain_text(order.cl_ord_id)


class NameTests(PayloadCase):
    """Names of all that has one."""

    traffic = 0

    def test_names(self) -> None:
        """Of sessions, instruments, rules, faults and more, on each page that has them."""
        names = [text.replace(" ", "/") for text in PAYLOADS]
        for text, name in zip(PAYLOADS, names, strict=True):
            self.client(text)
            self.simulator.create_instrument("XSIM", symbol=name)
            self.simulator.create_rule(name=name, when="type=F", scenario=f"of {name}")
            self.simulator.create_fault(kind="drop", name=name, venue="XSIM", match="58=no")
            self.simulator.create_proxy(name=name, connect="tcp:127.0.0.1:9")
        for route, texts in (
            ("overview", sorted(names)[:9]),  # of the twelve instruments that it shows
            ("sessions", names),
            ("rules", (*names, *(f"of {name}" for name in names))),
            ("faults", names),
            ("prices", names),
            ("clock", names),
            ("holds", ()),
            ("orders", ()),
        ):
            self.check(route, texts)
        for name in names:
            self.check(f"ladder/XSIM/{quote(name, safe='')}", ())
            expect(self.page.get_by_label("Instrument")).to_have_value(name)
        for session in self.simulator.list_sessions().items:
            self.check(f"sessions/{quote(session.name, safe='')}", ())
            told = self.page.locator(".detail .facts")
            expect(told).to_contain_text(session.identity["sender_comp_id"])


class GoingTests(EveryPage):
    """From page to page."""

    def test_elsewhere(self) -> None:
        """Who goes elsewhere gets there, also where a page chooses something at that moment."""
        self.show("#/holds")
        self.page.evaluate(GONE)
        self.page.wait_for_selector("main.page-orders")
        self.assertEqual(self.page.evaluate("() => location.hash"), "#/orders")


class ThemeTests(PageCase):
    """Light and dark."""

    def theme(self) -> Any:
        """What it is now."""
        return self.page.evaluate("() => document.documentElement.dataset.theme")

    def test_switch(self) -> None:
        """As the system is, until somebody chooses; that is kept."""
        self.page = self.window(color_scheme="dark")
        self.open()
        self.assertEqual(self.theme(), "dark")
        self.page.get_by_role("button", name="Make it light").click()
        self.until("document.documentElement.dataset.theme === 'light'")
        self.page.reload()
        self.until("document.documentElement.dataset.theme === 'light'")
        self.page.get_by_role("button", name="Make it dark").click()
        self.until("document.documentElement.dataset.theme === 'dark'")
        self.page.emulate_media(color_scheme="light")
        self.until("document.documentElement.dataset.theme === 'light'")


class TokenTests(PageCase):
    """A simulator that asks for tokens."""

    alone = True

    token = "admin-" + "a" * 20
    reader = "reader-" + "r" * 20

    def start(self) -> SpawnedSimulator:
        """With one for all, and one to look."""
        folder = Path(self.mktemp()).resolve()
        folder.mkdir()
        (folder / "admin").write_text(self.token)
        (folder / "read").write_text(self.reader)
        self.overrides = (
            f"rest.token_file={folder / 'admin'}",
            f"rest.read_tokens={folder / 'read'}",
        )
        return super().start()

    def log_in(self, token: str) -> None:
        """Give a token to the page."""
        self.page.get_by_label("Token").fill(token)
        self.page.get_by_role("button", name="Log in").click()

    def test_log_in(self) -> None:
        """Nothing is shown before; a wrong one is told; the tab keeps a right one until log-out."""
        self.open(ready="dialog")
        self.assertNotIn("XSIM", self.page.content())
        self.log_in("wrong")
        expect(self.page.get_by_role("alert")).to_contain_text("Give the token")
        self.log_in(self.token)
        expect(self.page.locator("dialog")).to_have_count(0)
        expect(self.page.locator("main")).to_contain_text("XSIM")
        expect(self.page.locator(".connection")).to_have_text("live")
        self.page.reload()
        expect(self.page.locator("main")).to_contain_text("XSIM")
        self.page.get_by_role("button", name="Log out").click()
        expect(self.page.locator("dialog")).to_be_visible()
        self.page.reload()
        expect(self.page.locator("dialog")).to_be_visible()

    def test_reader(self) -> None:
        """Who may only look sees all, and changes nothing."""
        self.open("#/ladder/XSIM/AAA", ready="dialog")
        self.log_in(self.reader)
        expect(self.page.locator(".ladder")).to_be_visible()
        expect(self.page.get_by_role("button", name="Buy", exact=True)).to_be_disabled()
        self.page.locator(".ladder .size button").first.click()
        expect(self.page.locator(".notice")).to_contain_text("takes a token for trade")
        self.assertEqual(self.simulator.list_orders("XSIM", symbol="AAA").items, [])
