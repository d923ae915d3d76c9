"""The clock of a venue and its day: paused, scaled, moved on; phases by hand."""

from __future__ import annotations

from typing import Any

from tests.page.actions import does
from tests.page.browser import PageCase, expect

DAY = "08:00 pre-open, 09:00 opening-auction, 09:30 continuous, 16:00 closed"


class ClockTests(PageCase):
    """A venue with a timetable, whose clock stands still."""

    overrides = (
        f"venue:XSIM.schedule={DAY}",
        "venue:XSIM.clock=manual",
        "venue:XSIM.clock_start=2026-01-05T09:15:00Z",
    )

    def setUp(self) -> None:
        """Look at it."""
        super().setUp()
        self.open("#/clock")
        expect(self.face).to_contain_text("09:15:00.000")

    @property
    def face(self) -> Any:
        """Date, time and mode."""
        return self.page.locator(".face")

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def fill(self, label: str, text: str) -> None:
        """Type something, and have it done."""
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Enter")

    def phase(self, name: str) -> Any:
        """The row of a venue's or instrument's phase."""
        rows = self.page.get_by_role("region", name="Phases of XSIM").get_by_role("row")
        return rows.filter(has=self.page.get_by_text(name, exact=True)).first

    @does("advance_clock")
    def test_passing(self) -> None:
        """While time passes it says so, since nothing can be pressed then."""
        held: list[Any] = []

        def hold(route: Any) -> None:
            held.append(route)

        self.page.route("**/clock/advance", hold)
        self.press("+1s")
        passing = self.page.locator(".passing")
        expect(passing).to_contain_text("Time passes")
        expect(self.page.get_by_role("button", name="+1h", exact=True)).to_be_disabled()
        while not held:
            self.page.wait_for_timeout(50)
        held[0].continue_()
        expect(self.face).to_contain_text("09:15:01")
        expect(passing).to_have_count(0)

    @does("advance_clock")
    def test_advance(self) -> None:
        """By steps, by a span, to a time of the day, and to what is due next."""
        self.press("+1s")
        expect(self.face).to_contain_text("09:15:01")
        self.press("+1m")
        expect(self.face).to_contain_text("09:16:01")
        self.fill("By", "2m")
        expect(self.face).to_contain_text("09:18:01")
        self.fill("To", "09:20")
        expect(self.face).to_contain_text("09:20:00")
        expect(self.page.locator(".clock")).to_contain_text("09:30:00.000, in 10.0 min")
        self.press("To what is due next")
        expect(self.face).to_contain_text("09:30:00")
        expect(self.phase("AAA")).to_contain_text("continuous")
        self.fill("To", "2026-01-05T16:00:00Z")
        expect(self.page.locator("section.panel > h2")).to_contain_text("closed")
        self.fill("To", "08:00")
        expect(self.page.locator(".clock .trouble")).not_to_be_empty()

    @does("set_clock")
    def test_mode(self) -> None:
        """It goes on, so many times as fast, and is paused."""
        self.press("×60")
        expect(self.face).to_contain_text("scaled ×60")
        self.fill("Scale", "0.5")
        expect(self.face).to_contain_text("scaled ×0.5")
        self.press("Pause")
        expect(self.face).to_contain_text("manual")
        self.fill("Scale", "0")
        expect(self.page.locator(".clock .trouble")).to_contain_text("scale")
        self.press("Real time")
        expect(self.face).to_contain_text("real")
        expect(self.page.locator(".clock")).to_contain_text("pauses a real clock first")

    def test_schedule(self) -> None:
        """The phases of the day, and which one it is in."""
        days = self.page.get_by_role("list", name="Schedule of XSIM").get_by_role("listitem")
        expect(days).to_have_count(4)
        current = self.page.locator(".schedule [aria-current]")
        expect(current).to_have_text("01-05 09:00:00 opening auction")
        self.press("To what is due next")
        expect(current).to_have_text("01-05 09:30:00 continuous")

    @does("set_phase", "set_instrument_phase")
    def test_phases(self) -> None:
        """Of the venue, or of one instrument, that is halted and resumes."""
        self.page.get_by_label("Phase of XSIM", exact=True).select_option("continuous")
        expect(self.phase("BBB")).to_contain_text("continuous")
        self.page.get_by_label("Phase of BBB").select_option("intraday-auction")
        expect(self.phase("BBB").locator(".phase")).to_have_text("intraday auction")
        expect(self.phase("BBB")).to_contain_text("its own")
        self.phase("AAA").get_by_role("button", name="Halt").click()
        expect(self.phase("AAA").locator(".phase")).to_have_text("halt")
        self.phase("AAA").get_by_role("button", name="Resume").click()
        expect(self.phase("AAA").locator(".phase")).to_have_text("continuous")


class RealClockTests(PageCase):
    """A venue with a real clock, and no timetable."""

    @does("set_clock", "advance_clock")
    def test_advance(self) -> None:
        """Letting time pass pauses it first."""
        self.open("#/clock")
        expect(self.page.locator(".face")).to_contain_text("real")
        expect(self.page.locator("main")).to_contain_text("No timetable")
        expect(self.page.locator(".clock")).to_contain_text("nothing is due")
        self.page.get_by_role("button", name="+1h").click()
        expect(self.page.locator(".face")).to_contain_text("manual")
