"""The overview: one look tells whether it is up, who is connected, and what happens."""

from __future__ import annotations

import re

from tests.page.browser import BUSY, PageCase, expect


class OverviewTests(PageCase):
    """What is seen first."""

    def test_one_look(self) -> None:
        """Up; the venue; a book; who is connected; what was said, and what was done about it."""
        self.rest("BUY", "99.5", "300")
        client = self.client("BUYSIDE")
        self.order(client, "c-1", side="2")
        self.open()
        main = self.page.locator("main")
        for text in ("Up", "XSIM", "continuous", "99.5", "BUYSIDE", "active"):
            expect(main).to_contain_text(text)
        said = self.page.locator("section", has_text="Said")
        expect(said).to_contain_text("NewOrderSingle")
        expect(said).to_contain_text(f"{BUSY} @")
        self.busy.end()
        self.order(client, "c-2", side="2")
        expect(said).to_contain_text("c-2")
        done = self.page.locator("section", has_text="Done")
        expect(done).to_contain_text("enter_order")
        self.simulator.create_rule(when="type=D", then="ack", name="as-told")
        expect(done).to_contain_text("create_rule")
        expect(self.page.locator(".connection")).to_have_text("live")

    def test_trouble(self) -> None:
        """A simulator that is gone is told as gone, and once it is there again, as there."""
        self.open()
        expect(self.page.locator(".connection")).to_have_text("live")
        self.simulator.stop()
        expect(self.page.locator(".connection")).to_have_text("no answer")
        expect(self.page.locator(".tile.bad")).to_contain_text("does not answer")

    def test_ways(self) -> None:
        """From a book to its ladder, and from a message to all of it."""
        self.order(self.client(), "c-1")
        self.open()
        self.page.get_by_role("link", name="AAA").first.click()
        expect(self.page.locator(".ladder")).to_be_visible()
        self.page.go_back()
        self.page.locator(".lines a").first.click()
        expect(self.page.locator(".detail h2")).to_have_text(
            re.compile("^(ExecutionReport|NewOrderSingle|OrderCancel)")
        )

    def test_hosts(self) -> None:
        """Where hosts share venues it is told which of them carries each."""
        self.open()
        venues = self.page.get_by_role("region", name="Venues")
        expect(venues).to_contain_text("XSIM")
        expect(venues).not_to_contain_text("Host")
        carried = {"venue": "XSIM", "node": "host-7"}
        told = {"node": "host-7", "items": [{"node": "host-7", "venues": [carried]}], "free": []}
        self.page.route("**/api/v1/nodes", lambda route: route.fulfill(json=told))
        expect(venues).to_contain_text("Host")
        expect(venues).to_contain_text("host-7")


class TurnTests(PageCase):
    """A market that stands still."""

    alone = True

    traffic = 0

    def test_turn(self) -> None:
        """How long a turn takes: the newest that is known, and how old that is."""
        self.open()
        tile = self.page.locator(".tile", has_text="A turn takes")
        expect(tile.locator("strong")).to_have_text("–")
        self.order(self.client(), "c-1")
        expect(tile.locator("strong")).to_contain_text(re.compile(" (µs|ms|s)$"))
        expect(tile).to_contain_text(re.compile("[0-9]+ s ago"))
        self.page.reload()
        expect(tile.locator("strong")).to_contain_text(re.compile(" (µs|ms|s)$"))
        expect(tile).to_contain_text("of all so far")
