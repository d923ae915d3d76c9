"""Two venues with a process each: every page works as with one process for all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.page.browser import PageCase, expect
from tests.page.copied import answer, copied

VENUE = """\
[venue:{venue}]
policies = match

[instrument:{venue}:{symbol}]
reference = 100

[endpoint:{endpoint}]
venue = {venue}
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes

"""
PLACES = {"XSIM": ("x", "AAA"), "YSIM": ("y", "BBB")}


class FrontTests(PageCase):
    """A client of one name at both venues, each of whose journals begins with number 1."""

    traffic = 0

    def setUp(self) -> None:
        """An order at each venue."""
        self.config = Path(self.mktemp()).resolve()
        venues = [
            VENUE.format(venue=venue, endpoint=endpoint, symbol=symbol)
            for venue, (endpoint, symbol) in PLACES.items()
        ]
        self.config.write_text("[exsim]\nprocesses = venue\n\n" + "".join(venues))
        super().setUp()
        self.far = {venue: self.client("SAME", PLACES[venue][0]) for venue in PLACES}
        for venue, number in (("XSIM", "at-x"), ("YSIM", "at-y")):
            self.enter(venue, number)
            self.assertEqual(self.far[venue].receive()["39"], "0")

    def enter(self, venue: str, number: str) -> None:
        """Send an order to a venue."""
        symbol = PLACES[venue][1]
        body = f"11={number}|55={symbol}|54=1|38=100|40=2|44=99|59=0|60=NOW|"
        self.far[venue].send("D", body)

    def rows(self) -> Any:
        """Those of the table."""
        return self.page.locator(".virtual .body .row")

    def test_overview(self) -> None:
        """Both venues, both books, both sessions, and what was said at both."""
        self.open()
        main = self.page.locator("main")
        for text in ("XSIM", "YSIM", "AAA", "BBB", "2 of 2 sessions", "at-x", "at-y"):
            expect(main).to_contain_text(text)
        expect(self.page.locator(".connection")).to_have_text("live")
        said = self.page.locator(".lines li", has_text="at-y").last
        said.get_by_role("link").click()
        expect(self.page.locator(".detail")).to_contain_text("YSIM")
        expect(self.page.locator(".detail")).to_contain_text("at-y")

    def test_ladder(self) -> None:
        """Of each venue; a click trades there."""
        self.open("#/ladder")
        self.page.get_by_label("Venue").select_option("YSIM")
        expect(self.page.get_by_label("Instrument")).to_have_value("BBB")
        level = self.page.locator('.ladder [data-price="99.00"] .size.buy')
        expect(level).to_have_text("100")
        self.page.get_by_role("button", name="SELL at 99.00", exact=True).click()
        expect(self.page.locator(".tape")).to_contain_text("99.00")
        self.assertEqual(len(self.simulator.list_trades("YSIM").items), 1)
        self.page.get_by_label("Venue").select_option("XSIM")
        expect(self.page.get_by_label("Instrument")).to_have_value("AAA")
        expect(level).to_have_text("100")

    def test_messages(self) -> None:
        """Those of both as they come; each in full, though two have one number."""
        self.open("#/messages")
        expect(self.rows()).to_have_count(8)
        for venue, number in (("XSIM", "late-x"), ("YSIM", "late-y")):
            self.enter(venue, number)
            came = self.rows().filter(has_text=number)
            expect(came).to_have_count(2)
            came.first.click()
            detail = self.page.locator(".detail")
            expect(detail.get_by_role("row", name=f"11 ClOrdID {number}")).to_be_visible()
            expect(self.page.locator(".row.picked")).to_have_count(1)
            detail.locator(".causes a", has_text="#").first.click()
            expect(detail.locator("h2")).to_have_text("ExecutionReport")
            expect(detail).to_contain_text(venue)
        self.page.get_by_label("Filter messages").fill("type=D")
        expect(self.rows()).to_have_count(4)

    def test_reset(self) -> None:
        """A reset of both is one line; one of a venue another, which names it."""
        self.open("#/messages")
        expect(self.rows()).to_have_count(8)
        first = self.simulator.reset().epoch
        mark = self.page.locator(".virtual .row.mark")
        begins = f"epoch {first} begins at [XY]SIM"
        both = re.compile(f"reset: {begins}, {begins}")
        expect(mark).to_have_text(both)
        self.client("LATER", "y")
        expect(self.rows().filter(has_text="LATER")).to_have_count(2)
        self.simulator.reset(venue="YSIM")
        expect(mark).to_have_text([both, f"reset: epoch {first + 1} begins at YSIM"])

    def test_copied(self) -> None:
        """What is copied of a message is about its venue, where both have a session of its name."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.open("#/messages?filter=type%3DD")
        expect(self.rows()).to_have_count(2)
        for row in self.rows().all():
            row.click()
            for name in ("as rule", "as verify", "as curl"):
                told = answer(copied(self.page, name))
                if name == "as verify":
                    self.assertTrue(told["passed"], told["text"])
        rules = self.simulator.list_rules().items
        self.assertEqual(sorted(rule.venue for rule in rules), ["XSIM", "YSIM"])

    def test_orders(self) -> None:
        """Of each venue; one with its story, and canceled."""
        self.open("#/orders")
        expect(self.rows()).to_contain_text(["at-x"])
        self.page.get_by_label("Venue").select_option("YSIM")
        expect(self.rows()).to_contain_text(["at-y"])
        self.rows().first.click()
        detail = self.page.locator(".detail")
        expect(detail.locator(".lines li")).to_have_count(2)
        detail.get_by_role("button", name="cancel", exact=True).click()
        self.assertEqual(self.far["YSIM"].receive()["39"], "4")
        expect(self.rows()).to_have_count(0)

    def test_holds(self) -> None:
        """What waits at both is decided in one list; holding begins and ends at one venue."""
        self.simulator.create_rule(venue="XSIM", when="type=D", then="hold", name="mine")
        self.open("#/holds")
        held = self.page.get_by_role("group", name="What is held")
        held.get_by_label("Venue").select_option("YSIM")
        held.get_by_role("button", name="Hold all orders").click()
        expect(held.locator(".switch")).to_have_count(2)
        for venue, number in (("XSIM", "held-x"), ("YSIM", "held-y")):
            self.enter(venue, number)
        expect(self.rows()).to_have_count(2)
        for venue, number in (("YSIM", "held-y"), ("XSIM", "held-x")):
            self.rows().filter(has_text=number).click()
            expect(self.page.locator(".detail h2")).to_contain_text(number)
            self.page.get_by_role("button", name="release").first.click()
            told = self.far[venue].receive()
            self.assertEqual((told["11"], told["39"]), (number, "0"))
        expect(self.rows()).to_have_count(0)

    def test_clock(self) -> None:
        """Each has its own."""
        self.open("#/clock")
        faces = self.page.locator(".face")
        expect(faces).to_have_count(2)
        other = self.page.locator("section", has=self.page.locator("#clock-YSIM"))
        other.get_by_role("button", name="Pause").click()
        expect(other.locator(".face")).to_contain_text("manual")
        expect(faces.first).to_contain_text("real")
        with self.page.expect_response("**/phase"):
            other.get_by_label("Phase of BBB").select_option("halt")
        self.assertEqual(self.simulator.get_instrument("YSIM", "BBB").phase, "halt")

    def test_sessions(self) -> None:
        """Two of one name are told apart by their venues."""
        self.open("#/sessions")
        expect(self.rows()).to_have_count(2)
        self.rows().filter(has_text="YSIM:SAME").click()
        expect(self.page.locator(".detail .facts")).to_contain_text("YSIM, y")
        self.page.get_by_role("button", name="Log out", exact=True).click()
        self.assertEqual(self.far["YSIM"].receive()["35"], "5")

    def test_rules_and_faults(self) -> None:
        """Made at a venue that is chosen; two of one name are told apart."""
        for venue in PLACES:
            self.simulator.create_rule(venue=venue, when="type=F", then="reject", name="no")
        self.open("#/rules")
        row = self.page.locator("td.what", has_text="YSIM").locator("xpath=..")
        row.get_by_role("switch").click()
        expect(row).to_have_class("off")
        self.assertTrue(self.simulator.get_rule("no", venue="XSIM").enabled)
        for venue in PLACES:
            self.simulator.create_fault(kind="no-ack", venue=venue)
        self.page.goto(f"{self.simulator.url}/#/faults")
        row = self.page.locator("td.what", has_text="YSIM").locator("xpath=..")
        row.get_by_role("button", name="Delete").click()
        expect(row).to_have_count(0)
        self.assertEqual([one.venue for one in self.simulator.list_faults().items], ["XSIM"])

    def test_prices(self) -> None:
        """A venue without sources says so."""
        self.open("#/prices")
        self.page.get_by_label("Venue", exact=True).select_option("YSIM")
        expect(self.page.locator("main")).to_contain_text("BBB")
        expect(self.page.locator("main")).to_contain_text("no pricing source")
