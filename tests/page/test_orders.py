"""Orders: a list by filters, and one with why it is where it is, a time line, and what is done."""

from __future__ import annotations

import re
from typing import Any

from tests.page.actions import does
from tests.page.browser import PageCase, expect


class OrdersTests(PageCase):
    """An order of a session, one of nobody, and a look at the first."""

    def setUp(self) -> None:
        """Enter them."""
        super().setUp()
        self.far = self.client()
        self.order(self.far, "c-1", "58=<b>bold</b>|")
        self.rest("SELL", "101")
        self.page.set_viewport_size({"width": 1280, "height": 1100})
        self.first = self.number(session="TRADER")
        self.open(f"#/orders/XSIM/{self.first}?symbol=AAA")
        self.rows = self.page.locator(".virtual .body .row")
        self.detail = self.page.get_by_label("Order", exact=True)
        expect(self.rows).to_have_count(2)
        expect(self.verb("cancel")).to_be_enabled()

    def verb(self, name: str) -> Any:
        """The button of a verb."""
        verbs = self.detail.get_by_role("group", name="Verbs")
        return verbs.locator("button").filter(has_text=name).first

    def form(self, name: str, **fields: str) -> None:
        """Fill in the form of a verb, and do it."""
        self.verb(name).click()
        form = self.page.get_by_role("form", name=name)
        for label, value in fields.items():
            form.get_by_label(label).fill(value)
        form.get_by_role("button", name=name).click()

    def fact(self, name: str) -> Any:
        """What is told of the order under this name."""
        return self.detail.locator(".facts > div", has=self.page.get_by_text(name, exact=True))

    @does("fill_order")
    def test_story(self) -> None:
        """Names, fills, messages, why, and a time line of all that happened, as text."""
        self.far.send("G", "41=c-1|11=c-2|55=AAA|54=1|38=200|40=2|44=100.25|60=NOW|")
        self.far.receive()
        self.form("fill", quantity="30", price="100.2")
        expect(self.fact("Quantity")).to_contain_text("200: 30 filled, 170 left")
        expect(self.detail).to_contain_text("c-1 → c-2")
        expect(self.detail.locator(".why")).to_contain_text("30 filled at 100.2")
        expect(self.detail.locator(".why .is")).to_contain_text("170 rest in the book")
        fills = self.detail.get_by_role("region").get_by_role("table")
        expect(fills).to_contain_text("100.2")
        expect(self.detail.locator(".lines li")).to_have_count(5)
        expect(self.detail.locator(".lines li").first).to_contain_text("<b>bold</b>")
        line = self.detail.get_by_role("img")
        name = line.get_attribute("aria-label")
        for word in ("entered", "acked", "replaced", "fill 30 @ 100.2"):
            self.assertIn(word, name)
        self.assertEqual(line.locator("circle").count(), 4)
        places = [float(one.get_attribute("cx")) for one in line.locator("circle").all()]
        self.assertEqual(places, sorted(places))
        self.far.send("F", "41=c-2|11=c-3|55=AAA|54=1|38=200|60=NOW|")
        expect(self.detail.locator(".why .is")).to_have_text("it ended: CANCELED")
        expect(line).to_have_accessible_name(re.compile("fill 30 @ 100.2, canceled$"))

    def test_every_verb(self) -> None:
        """There is a button for each that REST has, what is done most first."""
        paths = self.simulator.openapi()["paths"]
        below = "/orders/{order_id}/"
        names = [path for path, item in paths.items() if below in path and "post" in item]
        shown = self.detail.get_by_role("group", name="Verbs").locator("button")
        expect(shown).to_have_count(len(names))
        expect(shown.first).to_have_text("cancel")

    @does("cancel_order")
    def test_cancel(self) -> None:
        """By one click; it is gone from those that are open; a second time is refused in words."""
        self.verb("cancel").click()
        self.assertEqual(self.far.receive()["39"], "4")
        expect(self.rows).to_have_count(1)
        expect(self.detail.locator(".phase")).to_have_text("CANCELED")
        self.verb("cancel").click()
        expect(self.detail.get_by_role("status")).to_contain_text("Refused")

    @does("replace_order")
    def test_replace(self) -> None:
        """By quantity and price."""
        self.form("replace", quantity="50", price="99")
        expect(self.rows.last).to_contain_text("50")
        expect(self.fact("Terms")).to_contain_text("at 99")

    @does("bust_fill", "correct_fill", "fill_order")
    def test_bust_and_correct(self) -> None:
        """A fill is corrected, and busted; without one REST says so beside the button."""
        self.form("bust")
        expect(self.detail.locator(".verb .trouble")).not_to_be_empty()
        self.detail.get_by_role("form").get_by_role("button", name="Cancel").click()
        self.form("fill", quantity="40")
        expect(self.fact("Quantity")).to_contain_text("40 filled")
        self.form("correct", quantity="30")
        expect(self.fact("Quantity")).to_contain_text("30 filled")
        self.form("bust")
        expect(self.fact("Quantity")).to_contain_text("0 filled")

    @does("restate_order", "suspend_order", "resume_order", "expire_order")
    def test_others(self) -> None:
        """Terms that nobody asked for; an order out of the market and back; its end."""
        self.form("restate", quantity="60")
        expect(self.fact("Quantity")).to_contain_text("60: 0 filled")
        self.verb("suspend").click()
        expect(self.detail.locator(".phase")).to_have_text("SUSPENDED")
        self.verb("resume").click()
        expect(self.detail.locator(".phase")).not_to_have_text("SUSPENDED")
        self.verb("expire").click()
        expect(self.detail.locator(".phase")).to_have_text("EXPIRED")

    @does("stop_order", "calculate_order", "done_for_day")
    def test_statuses(self) -> None:
        """What may become of an order that rests."""
        for name, status in (("stop", "STOPPED"), ("calculate", "CALCULATED")):
            self.press(name)
            expect(self.detail.locator(".phase")).to_have_text(status)
        self.press("done for day")
        expect(self.detail.locator(".phase")).to_have_text("DONE_FOR_DAY")

    @does("match_order", "ack_order", "pending_order")
    def test_answered(self) -> None:
        """What is for one that was not answered yet is refused in words."""
        for name in ("match", "ack", "pending"):
            self.press(name)
            expect(self.detail.locator(".trouble").first).not_to_be_empty()
        expect(self.detail.locator(".phase")).to_have_text("NEW")

    @does("reply_order", "raw_order")
    def test_reply_and_raw(self) -> None:
        """Fields, and bytes, of one's own to who entered it."""
        self.form("reply", fields="35=B|148=Hello|33=1|58=there")
        self.assertEqual(self.far.receive()["148"], "Hello")
        self.form("raw", raw="8=FIX.4.4|9=5|35=0|10=161|")
        self.assertEqual(self.far.receive()["35"], "0")

    def press(self, name: str) -> None:
        """Press a verb, and then what its form has, where it has one."""
        button = self.verb(name)
        has_form = "…" in button.inner_text()
        button.click()
        if has_form:
            self.page.get_by_role("form", name=name).locator("button.main").click()

    @does("reject_order")
    def test_forced(self) -> None:
        """A report of what was not, with details asked for."""
        self.detail.get_by_label("ask for details").check()
        self.verb("reject").click()
        form = self.page.get_by_role("form", name="reject")
        form.get_by_label("text").fill("late")
        form.get_by_label("How it is told").check()
        form.get_by_label("force").check()
        form.get_by_role("button", name="reject").click()
        self.assertEqual(self.far.receive()["58"], "late")
        expect(self.rows).to_have_count(2)

    def test_filters(self) -> None:
        """By session, symbol, state and ClOrdID."""
        which = self.page.get_by_role("search", name="Which orders")
        which.get_by_label("Session").select_option("TRADER")
        expect(self.rows).to_have_count(1)
        expect(self.rows).to_contain_text("c-1")
        which.get_by_label("Session").select_option("(nobody)")
        expect(self.rows).to_contain_text("nobody")
        which.get_by_label("Session").select_option("")
        which.get_by_label("Symbol").select_option("BBB")
        expect(self.rows).to_have_count(0)
        which.get_by_label("Symbol").select_option("AAA")
        self.verb("cancel").click()
        which.get_by_label("Which").select_option("finished")
        expect(self.rows).to_have_count(1)
        which.get_by_label("Which").select_option("any")
        expect(self.rows).to_have_count(2)
        which.get_by_label("ClOrdID").fill("c-1")
        which.get_by_label("ClOrdID").press("Enter")
        expect(self.rows).to_have_count(1)

    def test_choose(self) -> None:
        """Another row, and none."""
        self.rows.first.click()
        expect(self.detail.locator("h2")).to_contain_text(
            f"Order {self.number(session='', symbol='AAA')}"
        )
        expect(self.fact("Session")).to_contain_text("nobody")
        expect(self.detail.get_by_role("img")).to_have_count(1)
        self.detail.get_by_role("button", name="Close").click()
        expect(self.detail).to_have_count(0)


class ManyTests(PageCase):
    """More orders than are asked for at once."""

    MANY = 900
    BATCH = 100
    traffic = 0

    def setUp(self) -> None:
        """Enter them."""
        super().setUp()
        client = self.client()
        body = "55=AAA|54=1|38=100|40=2|44=99|59=0|60=NOW|"
        for begin in range(0, self.MANY, self.BATCH):
            for number in range(begin, begin + self.BATCH):
                client.send("D", f"11={number}|{body}")
            for _ in range(self.BATCH):
                client.receive()
        self.told = self.page.locator(".count")

    def scroll_to(self, number: int, place: str) -> None:
        """Scroll to where the list begins or ends, on and on until an order is seen there."""
        self.page.wait_for_function(
            """([number, place]) => {
                const body = document.querySelector(".virtual .body");
                body.scrollTop = place === "end" ? body.scrollHeight : 0;
                const rows = [...body.querySelectorAll(".row")];
                return rows.some(row => row.firstElementChild.textContent === number);
            }""",
            arg=[str(number), place],
        )

    def test_no_end(self) -> None:
        """The newest first, and as far back as one scrolls; what comes is put before the first."""
        self.open("#/orders")
        first = self.page.locator(".virtual .body .row").first
        expect(first.locator("span").first).to_have_text(str(self.MANY))
        expect(self.told).to_contain_text("older ones below")
        self.scroll_to(1, "end")
        expect(self.told).to_have_text(str(self.MANY))
        self.scroll_to(self.MANY, "beginning")
        self.rest("BUY", "90")
        self.scroll_to(self.MANY + 1, "beginning")

    def test_bound(self) -> None:
        """No more rows are kept than so many: others are asked for again, in both directions."""
        self.open()
        most = "m => { m.OrderList.most = 500; }"
        self.page.evaluate(f"() => import('/page/order-list.js').then({most})")
        self.page.evaluate("() => { location.hash = '#/orders'; }")
        expect(self.told).to_contain_text("older ones below")
        self.scroll_to(1, "end")
        expect(self.told).to_have_text("500, newer ones above")
        self.scroll_to(self.MANY, "beginning")
        expect(self.told).to_have_text("500, older ones below")
