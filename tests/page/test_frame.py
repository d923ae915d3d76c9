"""What all pages have in common: access, being read by anybody, themes, restarts of the server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exsim.client.spawn import SpawnedSimulator
from tests.page.browser import OURS, PageCase, expect
from tests.page.test_messages import PAYLOADS

ROUTES = """() => [...document.querySelectorAll("nav a")].map(link => link.getAttribute("href"))"""
WIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
SERIOUS = ("serious", "critical")


class EveryPage(PageCase):
    """All pages of the navigation, with something to show."""

    def setUp(self) -> None:
        """Orders, messages, a rule and a fault."""
        super().setUp()
        client = self.client()
        self.order(client, "c-1")
        self.order(client, "c-2", "58=a text that is longer than there is room for on a telephone|")
        self.rest("SELL", "101")
        self.simulator.create_rule(when="type=F", then="reject", name="no-cancels")
        self.simulator.create_rule(when="symbol=BBB", then="hold", name="held")
        self.simulator.enter_order("XSIM", symbol="BBB", side="BUY", quantity="5", price="9")

    def routes(self) -> list[str]:
        """The addresses of all pages, and of some things on them."""
        self.open()
        found: list[str] = self.page.evaluate(ROUTES)
        self.assertGreaterEqual(len(found), 3)
        return [*found, "#/ladder/XSIM/AAA", "#/messages/5", "#/sessions/TRADER", "#/orders/XSIM/1"]

    def show(self, route: str) -> None:
        """Go to a page, and wait for what it shows."""
        self.page.goto(f"{self.simulator.url}/{route}")
        self.page.wait_for_selector(f"main.page-{re.split('[/?]', route[2:])[0]}")
        expect(self.page.locator("main h1")).to_have_count(1)


class AccessibilityTests(EveryPage):
    """What axe finds."""

    def test_light(self) -> None:
        """No serious fault by day."""
        self.assert_sound("light")

    def test_dark(self) -> None:
        """Nor by night."""
        self.assert_sound("dark")

    def assert_sound(self, scheme: str) -> None:
        """Look at each page in a colour scheme."""
        from axe_playwright_python.sync_playwright import Axe

        self.page = self.window(color_scheme=scheme)
        for route in self.routes():
            self.show(route)
            found = Axe().run(self.page).response["violations"]
            told = [
                (each["id"], each["help"], [node["html"][:300] for node in each["nodes"]][:3])
                for each in found
                if each["impact"] in SERIOUS
            ]
            self.assertEqual(told, [], route)


class NarrowTests(EveryPage):
    """A telephone."""

    viewport = {"width": 390, "height": 844}

    def test_width(self) -> None:
        """No page is wider than it: what is wide scrolls by itself."""
        for route in self.routes():
            self.show(route)
            self.assertEqual(self.page.evaluate(WIDE), 0, route)

    def test_where(self) -> None:
        """The navigation shows the page that one is at, however far to the right it is."""
        for route in self.routes():
            self.show(route)
            expect(self.page.locator("nav [aria-current]")).to_be_in_viewport(ratio=0.9)


class PayloadTests(PageCase):
    """Text of who is connected, on all pages that show some."""

    viewport = {"width": 1280, "height": 2400}
    SENDER = "<img src=x onerror=alert(0)>"
    FOREIGN = "main :is(img, iframe, script, svg[onload], [onmouseover], a[href^='javascript:'])"

    def test_text(self) -> None:
        """It is shown as it was written, and nothing comes of it."""
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
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
        for route in (*shown, "overview", "ladder/XSIM/AAA", "sessions", "faults", "prices"):
            self.page.goto(f"{self.simulator.url}/#/{route}{ours.get(route, '')}")
            self.page.wait_for_selector(f"main.page-{route.partition('/')[0]}")
            for text in PAYLOADS if route in shown else ():
                expect(self.page.locator("main")).to_contain_text(text)
            self.assertEqual(self.page.locator(self.FOREIGN).count(), 0, route)
        for order in self.simulator.list_orders("XSIM", symbol="AAA").items:
            self.page.goto(f"{self.simulator.url}/#/orders/XSIM/{order.order_id}")
            expect(self.page.locator(".detail")).to_contain_text(order.cl_ord_id)
            self.assertEqual(self.page.locator(self.FOREIGN).count(), 0, order)


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
