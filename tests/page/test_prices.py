"""Prices and bots: what is told of them, and what is done to them by a click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.page.actions import does
from tests.page.browser import PageCase, expect

EXAMPLE = Path(__file__).parents[2] / "etc" / "exsim.ini"
STANDING = ("pricing:steady.every=1h", "pricing:jumpy.every=1h", "venue:XSIM.seed=7")
"""Sources that do not move by themselves while a test looks."""


class PricesCase(PageCase):
    """The example's venue, with an instrument of it looked at."""

    config = EXAMPLE
    overrides = STANDING

    def setUp(self) -> None:
        """Open the page."""
        super().setUp()
        self.open("#/prices/XSIM/ACME")
        expect(self.page.locator("#instrument")).to_contain_text("ACME")

    def press(self, name: str, inside: Any = None) -> None:
        """Press a button, in a part of the page."""
        (inside or self.page).get_by_role("button", name=name, exact=True).click()

    def price(self) -> Any:
        """What the page says that ACME is worth."""
        return self.page.locator("#instrument .big")

    def line(self, name: str) -> Any:
        """What is told of one source or bot: a row, and what is under it."""
        return self.page.locator("tbody", has=self.page.get_by_text(name, exact=True))


class PriceTests(PricesCase):
    """The price of one instrument."""

    @does("set_price", "clear_price")
    def test_set_and_forget(self) -> None:
        """A price is set, shown in both places and drawn; then what was set is forgotten."""
        self.page.get_by_label("Price", exact=True).fill("55.25")
        self.press("Set")
        expect(self.price()).to_have_text("55.25")
        expect(self.page.locator(".virtual .body .row.picked")).to_contain_text("55.25")
        self.assertEqual(self.simulator.get_price("ACME").price, "55.25")
        self.page.get_by_label("Price", exact=True).fill("56")
        self.press("Set")
        expect(self.page.locator(".chart canvas")).to_be_visible()
        expect(self.page.locator(".virtual .row.picked .way")).to_have_count(1)
        self.press("Forget what was set")
        expect(self.page.get_by_text("What was set is forgotten.")).to_be_visible()

    @does("step_price")
    def test_step(self) -> None:
        """By one click so many per cent; by a form an amount or per cent."""
        self.simulator.set_price("ACME", price="50")
        self.press("+1 %")
        expect(self.price()).to_have_text("50.5")
        self.press("−5 %")
        expect(self.price()).to_have_text("47.98")
        self.page.get_by_label("By", exact=True).fill("-0.98")
        self.press("Step")
        expect(self.price()).to_have_text("47")
        self.page.get_by_label("By", exact=True).fill("100%")
        self.press("Step")
        expect(self.price()).to_have_text("94")

    def test_words(self) -> None:
        """What cannot be is refused in REST's words, beside what was pressed."""
        self.page.get_by_label("Price", exact=True).fill("<img src=x>")
        self.press("Set")
        expect(self.page.locator(".moves .trouble")).to_contain_text("price")
        self.page.get_by_label("To", exact=True).fill("60")
        self.press("Ramp")
        expect(self.page.locator(".moves .trouble")).to_contain_text("goes by itself")
        self.page.locator(".virtual .body .row", has_text="BBB").click()
        self.press("+1 %")
        expect(self.page.locator(".moves .trouble")).to_contain_text("BBB has no price")

    def test_facts_and_picture(self) -> None:
        """What a market is like, as numbers beside those of real ones, and as a picture."""
        self.press("Stylised facts")
        facts = self.page.get_by_label("Stylised facts", exact=True).last
        expect(facts).to_contain_text("spread in ticks")
        self.press("Picture")
        self.until("document.querySelector('img.plot')?.naturalWidth > 100")


class RampTests(PageCase):
    """A price that is told where to go."""

    overrides = (
        "venue:XSIM.pricing=hand",
        "pricing:hand.source=manual",
        "pricing:hand.symbols=AAA",
        "pricing:hand.every=250ms",
    )

    @does("ramp_price")
    def test_ramp(self) -> None:
        """It goes to a price within a time, in steps."""
        self.simulator.set_price("AAA", price="50")
        self.open("#/prices")
        self.page.get_by_label("To", exact=True).fill("60")
        self.page.get_by_label("Within", exact=True).fill("1s")
        self.page.get_by_role("button", name="Ramp").click()
        expect(self.page.locator("#instrument .big")).to_have_text("60")
        self.assertGreater(len(self.simulator.get_price_history("AAA").changes), 3)

    @does("schedule_price")
    def test_at_times(self) -> None:
        """Prices at times to come, after a time or at one; no plans by a click."""
        self.simulator.set_clock("XSIM", mode="manual")
        self.simulator.set_price("AAA", price="50")
        self.open("#/prices")
        price = self.page.locator("#instrument .big")
        expect(price).to_have_text("50")
        self.page.get_by_role("button", name="At times").click()
        form = self.page.get_by_role("form", name="Prices at times")
        form.get_by_label("When 1").fill("10s")
        form.get_by_label("Price 1").fill("51")
        form.get_by_label("When 2").fill("soon")
        form.get_by_label("Price 2").fill("52")
        form.get_by_role("button", name="Schedule").click()
        expect(form.locator(".trouble")).not_to_be_empty()
        form.get_by_label("When 2").fill("23:59:59")
        form.get_by_role("button", name="Schedule").click()
        expect(form).to_contain_text("2 prices are planned.")
        self.simulator.advance_clock("XSIM", by="11s")
        expect(price).to_have_text("51")
        form.get_by_role("button", name="No plans").click()
        expect(form).to_contain_text("Nothing is planned.")
        self.simulator.advance_clock("XSIM", by="24h")
        self.assertEqual(self.simulator.get_price("AAA").price, "51")


class FeedTests(PageCase):
    """A source whose prices come from outside."""

    overrides = (
        "venue:XSIM.pricing=feed",
        "pricing:feed.source=external",
        "pricing:feed.map=SPY=AAA",
        "pricing:feed.stale=5m",
    )

    @does("feed_source", "stop_source", "start_source")
    def test_feed(self) -> None:
        """It is told prices and how its link is; which are stale is told; it stops and starts."""
        self.open("#/prices/XSIM/AAA")
        source = self.page.locator("tbody", has=self.page.get_by_text("feed", exact=True))
        expect(source).to_contain_text("link unknown")
        source.get_by_role("button", name="Feed of feed").click()
        form = self.page.get_by_role("form", name="Feed of feed")
        form.get_by_label("Symbol").fill("SPY")
        form.get_by_label("Bid").fill("99.98")
        form.get_by_label("Ask").fill("cheap")
        form.get_by_role("button", name="Tell it").click()
        expect(form.locator(".trouble")).to_contain_text("ask")
        form.get_by_label("Ask").fill("100.02")
        form.get_by_role("button", name="Tell it").click()
        expect(self.page.locator("#instrument .big")).to_have_text("100")
        form.get_by_role("button", name="Link up").click()
        expect(source).to_contain_text("link up")
        expect(source).to_contain_text("fresh: AAA, each for 5m")
        form.get_by_role("button", name="Link down").click()
        expect(source).to_contain_text("stale: AAA, so hold")
        source.get_by_role("button", name="Stop").click()
        expect(source).to_contain_text("stands")
        self.assertFalse(self.simulator.get_source("XSIM", "feed").running)
        source.get_by_role("button", name="Start").click()
        expect(source).to_contain_text("runs")


class SourceTests(PricesCase):
    """Sources of prices."""

    @does("stop_source", "start_source")
    def test_stop_and_start(self) -> None:
        """One that was stopped stands still until it is started."""
        steady = self.line("steady")
        self.press("Stop", steady)
        expect(steady).to_contain_text("stands")
        self.assertFalse(self.simulator.get_source("XSIM", "steady").running)
        self.press("Start", steady)
        expect(steady).to_contain_text("runs")
        self.assertTrue(self.simulator.get_source("XSIM", "steady").running)

    @does("change_source")
    def test_plan(self) -> None:
        """What is to come is written in lines, begins by a click, and ends by another."""
        steady = self.line("steady")
        self.press("Plan of steady", steady)
        for label, text in (("After 1", "0s"), ("By 1", "-5%"), ("Within 1", "10s")):
            steady.get_by_label(label).fill(text)
        steady.get_by_label("After 2").fill("1m")
        steady.get_by_label("By 2").fill("far")
        self.press("Begin this plan", steady)
        expect(steady.locator(".trouble")).to_contain_text("plan")
        steady.get_by_label("By 2").fill("3%")
        self.press("Begin this plan", steady)
        expect(steady).to_contain_text("The plan begins now.")
        told = self.simulator.get_source("XSIM", "steady").parameters["plan"]
        self.assertEqual(told, "0s -5% within 10s, 1m 3%")
        self.press("No plan", steady)
        expect(steady).to_contain_text("It has no plan.")
        self.assertEqual(self.simulator.get_source("XSIM", "steady").parameters["plan"], "")

    @does("change_source")
    def test_parameters(self) -> None:
        """Only what was changed is sent; what is wrong is told in words, and nothing is lost."""
        steady = self.line("steady")
        self.press("Parameters of steady", steady)
        steady.get_by_label("deviation").fill("lots")
        self.press("Change", steady)
        expect(steady.locator(".trouble")).to_contain_text("deviation")
        steady.get_by_label("deviation").fill("3%")
        self.press("Change", steady)
        expect(steady).to_contain_text("So it is from its next step on.")
        parameters = self.simulator.get_source("XSIM", "steady").parameters
        self.assertEqual((parameters["deviation"], parameters["half_life"]), ("3%", "30m"))
        expect(steady.get_by_label("deviation")).to_have_value("3%")


class BotTests(PricesCase):
    """Bots: one, and all."""

    @does("stop_bot", "start_bot")
    def test_stop_and_start(self) -> None:
        """One bot stands, with no orders, and runs again."""
        maker = self.line("MAKER")
        self.press("Stop", maker)
        expect(maker).to_contain_text("stands")
        expect(maker.locator("a").first).to_have_text("0")
        self.press("Start", maker)
        expect(maker).to_contain_text("runs")

    @does("change_bot")
    def test_options(self) -> None:
        """Options are changed by their names, activity by a choice."""
        maker = self.line("MAKER")
        self.press("Options of MAKER", maker)
        maker.get_by_label("levels").fill("many")
        self.press("Change", maker)
        expect(maker.locator(".trouble")).to_contain_text("levels")
        maker.get_by_label("levels").fill("3")
        self.press("Change", maker)
        expect(maker).to_contain_text("It does so from now.")
        maker.get_by_label("Activity of MAKER").select_option("slow")
        expect(maker.get_by_label("Activity of MAKER")).to_have_value("slow")
        told = self.simulator.get_bot("XSIM", "MAKER")
        self.assertEqual((told.options["levels"], told.activity), ("3", "slow"))

    @does("stop_bots", "start_bots", "change_bots")
    def test_all(self) -> None:
        """All stop, start, and are as busy as is said, by one click each."""
        bots = self.page.locator(".panel", has=self.page.locator("#bots"))
        self.press("Stop all", bots)
        expect(self.page.locator("#bots")).to_contain_text("0 of 2 run")
        self.press("Start all", bots)
        expect(self.page.locator("#bots")).to_contain_text("2 of 2 run")
        bots.get_by_label("Activity of the venue").select_option("fast")
        expect(bots).to_contain_text("The venue is fast now.")
        self.assertEqual(self.simulator.get_activity("XSIM").activity, "fast")
        expect(bots.get_by_label("Activity of the venue")).to_have_value("fast")
