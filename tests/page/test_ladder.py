"""The ladder: what rests at which price, and a click that trades."""

from __future__ import annotations

from typing import Any, Literal

from tests.page.actions import does
from tests.page.browser import BUSY, PageCase, expect


class LadderTests(PageCase):
    """One book."""

    def at(self, price: str) -> Any:
        """The row of a price."""
        return self.page.locator(f'.ladder [data-price="{price}"]')

    def test_book(self) -> None:
        """Sizes and numbers of orders at their prices, the last trade, and what changes."""
        self.rest("BUY", "99.99", "300")
        self.rest("BUY", "99.99", "50")
        self.rest("SELL", "100.02", "1200")
        self.rest("BUY", "100.02", "200")
        self.open("#/ladder/XSIM/AAA")
        expect(self.at("99.99").locator(".size.buy")).to_have_text("350")
        expect(self.at("99.99").locator(".orders").first).to_have_text("2")
        expect(self.at("100.02").locator(".size.sell")).to_have_text("1 000".replace(" ", "\u2009"))
        expect(self.at("100.02").locator(".price")).to_have_class("price last")
        expect(self.page.locator(".tape")).to_contain_text("200")
        self.rest("SELL", "100.01", "7")
        expect(self.at("100.01").locator(".size.sell")).to_have_text("7")

    def test_first(self) -> None:
        """Where none is named it is one that has a market, rather than the first of all."""
        self.until_traded()
        self.open("#/ladder")
        expect(self.page.get_by_label("Instrument")).to_have_value(BUSY)
        self.rest("BUY", "99", "1")
        sides: tuple[tuple[Literal["BUY", "SELL"], str], ...] = (("BUY", "9"), ("SELL", "11"))
        for side, price in sides:
            self.simulator.enter_order("XSIM", symbol="BBB", side=side, quantity="100", price=price)
        self.page.reload()
        expect(self.page.get_by_label("Instrument")).to_have_value("BBB")
        self.page.get_by_label("Instrument").select_option("AAA")
        expect(self.at("99.00").locator(".size.buy")).to_have_text("1")

    def test_chosen(self) -> None:
        """Until what was chosen is there, a click trades nothing: not what was shown before."""
        self.rest("BUY", "99", "1")
        self.simulator.enter_order("XSIM", symbol="BBB", side="BUY", quantity="2", price="99")
        held: list[Any] = []
        self.page.route("**/instruments/AAA", lambda one: held.append(one))
        size = self.at("99.00").locator(".size.buy")
        self.open("#/ladder/XSIM/BBB")
        expect(size).to_have_text("2")
        self.page.get_by_label("Instrument").select_option("AAA")
        sell = self.at("99.00").get_by_role("button", name="SELL at 99.00")
        expect(self.page.locator(".trading")).to_have_attribute("inert", "")
        expect(size).to_have_text("2")
        box = sell.bounding_box()
        self.page.mouse.click(box["x"] + 2, box["y"] + 2)
        while not held:
            self.page.wait_for_timeout(50)
        held[0].continue_()
        expect(size).to_have_text("1")
        self.assertNotIn("enter_order", self.asked)
        sell.click()
        expect(self.page.locator(".tape")).to_contain_text("99.00")
        traded = self.simulator.list_trades("XSIM", symbol="AAA").items
        self.assertEqual([one.quantity for one in traded], ["1"])

    def test_late(self) -> None:
        """What was chosen before is not shown when it is there at last."""
        self.rest("BUY", "99", "1")
        held: list[Any] = []
        self.page.route("**/instruments/AAA", lambda one: held.append(one))
        self.open("#/ladder/XSIM/BBB")
        choice = self.page.get_by_label("Instrument")
        choice.select_option("AAA")
        while not held:
            self.page.wait_for_timeout(50)
        with self.page.expect_response("**/instruments/BBB"):
            choice.select_option("BBB")
        for answered, total in ((False, "2"), (True, "4")):
            if answered:
                with self.page.expect_response("**/instruments/AAA"):
                    held[0].continue_()
            self.simulator.enter_order("XSIM", symbol="BBB", side="BUY", quantity="2", price="99")
            expect(self.at("99.00").locator(".size.buy")).to_have_text(total)
        expect(self.page.locator(".trading")).not_to_have_attribute("inert", "")

    def until_traded(self) -> None:
        """Wait until there is a market of both sides somewhere."""
        self.simulator.wait_messages(filter=f"session={BUSY} type=8 exec=trade")

    def test_chart(self) -> None:
        """Prices and volumes are drawn, and drawn again in other colours."""
        self.rest("BUY", "99", "100")
        self.rest("SELL", "99", "60")
        self.open("#/ladder/XSIM/AAA")
        drawn = self.page.locator(".chart canvas")
        expect(drawn).to_be_visible()
        expect(self.page.locator(".chart")).to_have_attribute(
            "aria-label", "Prices and volumes of the last 1 trades"
        )
        self.page.get_by_role("button", name="Make it dark").click()
        expect(drawn).to_be_visible()

    @does("enter_order", "cancel_order")
    def test_click(self) -> None:
        """A click on a side buys or sells at its price; one on our own cancels it."""
        self.open("#/ladder/XSIM/AAA")
        self.page.get_by_label("Quantity").fill("25")
        self.at("99.98").get_by_role("button", name="BUY at 99.98").click()
        expect(self.at("99.98").locator(".size.buy")).to_have_text("25")
        expect(self.at("99.98").locator(".own").first).to_have_text("25")
        (order,) = self.simulator.list_orders("XSIM", session="").items
        self.assertEqual((order.side, order.quantity, order.price), ("BUY", "25", "99.98"))
        self.at("99.98").get_by_role("button", name="Cancel own BUY").click()
        expect(self.at("99.98").locator(".size.buy")).to_have_text("")
        self.assertEqual(self.simulator.list_orders("XSIM", symbol="AAA").items, [])

    @does("enter_order", "cancel_order")
    def test_keyboard(self) -> None:
        """Keys choose a price, buy, sell and cancel there."""
        self.rest("BUY", "99", "1")
        self.open("#/ladder/XSIM/AAA")
        expect(self.at("99.00").locator(".size.buy")).to_have_text("1")
        self.page.locator(".ladder").focus()
        for key in ("c", "ArrowUp", "ArrowUp", "+", "b"):
            self.page.keyboard.press(key)
        expect(self.at("99.02").locator(".size.buy")).to_have_text("101")
        for key in ("ArrowUp", "-", "s"):
            self.page.keyboard.press(key)
        expect(self.at("99.03").locator(".size.sell")).to_have_text("100")
        self.page.keyboard.press("x")
        expect(self.at("99.03").locator(".size.sell")).to_have_text("")

    @does("enter_order")
    def test_entry(self) -> None:
        """The form enters what a click does not, and a refusal is told."""
        self.open("#/ladder/XSIM/AAA")
        self.page.get_by_role("textbox", name="Price").fill("100.001")
        self.page.get_by_role("button", name="Buy", exact=True).click()
        expect(self.page.locator(".notice.bad, .notice")).to_contain_text("TICK")
        self.page.get_by_label("Type").select_option("MARKET")
        expect(self.page.get_by_role("textbox", name="Price")).to_have_count(0)
        self.rest("SELL", "101", "100")
        self.page.get_by_role("button", name="Buy", exact=True).click()
        expect(self.page.locator(".tape")).to_contain_text("101")
