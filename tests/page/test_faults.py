"""Faults, races and scripts: set, armed and run by a click, and what came of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.page.actions import does
from tests.page.browser import PageCase, expect

SCRIPT = "[script]\nsummary = <b>{name}</b>\nsteps =\n    {step}\n"


class FaultsCase(PageCase):
    """What one does on the page."""

    def press(self, name: str, inside: Any = None) -> None:
        """Press a button, in a part of the page."""
        (inside or self.page).get_by_role("button", name=name, exact=True).click()

    def row(self, name: str) -> Any:
        """That of a fault, race or script."""
        return self.page.locator("tr", has=self.page.get_by_text(name, exact=True))

    def form(self) -> Any:
        """Where a fault is set."""
        return self.page.get_by_role("form", name="New fault")


class FaultTests(FaultsCase):
    """Faults."""

    @does("create_fault", "delete_fault")
    def test_set(self) -> None:
        """One of the catalogue is set as its form says, fires, is counted, and removed."""
        client = self.client()
        self.open("#/faults")
        self.press("change")
        form = self.form()
        form.get_by_label("Session").fill("TRADER")
        form.get_by_label("Match").fill("type=8")
        form.get_by_label("Count").fill("1")
        form.get_by_label("Name", exact=True).fill("other-text")
        form.get_by_label("fields").fill("58=<img src=x>")
        self.press("Set it", form)
        expect(self.row("other-text")).to_contain_text("change fields=58=<img src=x> where type=8")
        client.send("D", "11=a|55=AAA|54=1|38=100|40=2|44=100.25|59=0|60=NOW|")
        self.assertEqual(client.receive()["58"], "<img src=x>")
        expect(self.row("other-text").locator(".hits")).to_have_text("1 of 1")
        expect(self.row("other-text")).to_contain_text("fired as often as it may")
        self.press("Delete other-text")
        expect(self.page.get_by_text("all messages go through")).to_be_visible()
        self.assertEqual(self.simulator.list_faults().items, [])

    @does("enable_fault", "disable_fault")
    def test_switch(self) -> None:
        """A switch has a fault do nothing, and act again."""
        client = self.client()
        self.simulator.create_fault(
            kind="change", name="c", endpoint="order-entry", parameters={"fields": "58=changed"}
        )
        self.open("#/faults")
        switch = self.page.get_by_role("switch", name="c acts")
        switch.click()
        expect(self.row("c")).to_have_class("off")
        self.assertFalse(self.simulator.get_fault("c").enabled)
        body = "55=AAA|54=1|38=100|40=2|44=100.25|59=0|60=NOW|"
        client.send("D", f"11=a|{body}")
        self.assertIsNone(client.receive().get("58"))
        switch.click()
        expect(self.row("c")).not_to_have_class("off")
        client.send("D", f"11=b|{body}")
        self.assertEqual(client.receive()["58"], "changed")
        expect(self.row("c").locator(".hits")).to_have_text("1")

    @does("replace_fault")
    def test_change(self) -> None:
        """One that is set becomes another by the same form: what is not changed stays."""
        self.simulator.create_fault(
            kind="delay",
            name="slow",
            match="type=8",
            direction="out",
            count=3,
            seed=9,
            endpoint="order-entry",
            probability="50%",
            parameters={"time": "2s"},
        )
        self.simulator.disable_fault("slow")
        self.open("#/faults")
        self.press("Edit slow")
        form = self.page.get_by_role("form", name="Change slow")
        expect(form.get_by_label("time")).to_have_value("2s")
        expect(form.get_by_label("Match")).to_have_value("type=8")
        expect(form.get_by_label("Endpoint").last).to_have_value("order-entry")
        expect(form.get_by_label("Name", exact=True)).to_be_disabled()
        form.get_by_label("time").fill("soon")
        self.press("Change it", form)
        expect(form.locator(".trouble")).to_contain_text("soon")
        form.get_by_label("time").fill("3s")
        form.get_by_label("Match").fill("type=8 exec=fill")
        self.press("Change it", form)
        expect(self.row("slow")).to_contain_text("delay time=3s where type=8 exec=fill")
        told = self.simulator.get_fault("slow")
        self.assertEqual((told.count, told.probability, told.seed), (3, "0.5", 9))
        self.assertEqual(
            (told.endpoint, told.direction, told.enabled), ("order-entry", "out", False)
        )
        self.press("Close")
        expect(self.form()).to_be_visible()

    def test_needed(self) -> None:
        """What a kind has to be given is asked for; what it may be has its default."""
        self.open("#/faults/change")
        expect(self.form().get_by_role("button", name="Set it")).to_be_disabled()
        self.press("delay")
        expect(self.form().get_by_label("time")).to_have_value("1s")
        expect(self.form().get_by_role("button", name="Set it")).to_be_enabled()

    def test_words(self) -> None:
        """What cannot be is told in the server's words."""
        self.open("#/faults/delay")
        form = self.form()
        form.get_by_label("time").fill("soon")
        self.press("Set it", form)
        expect(form.locator(".trouble")).to_contain_text("soon")
        form.get_by_label("time").fill("2s")
        form.get_by_label("Count").fill("often")
        self.press("Set it", form)
        expect(form.locator(".trouble")).to_contain_text("count")

    @does("create_fault", "clear_faults")
    def test_endpoint_and_all(self) -> None:
        """One is of an endpoint, in a direction; all go by one click."""
        self.open("#/faults/drop")
        form = self.form()
        form.get_by_label("Endpoint").last.select_option("order-entry")
        form.get_by_label("Direction").last.select_option("in")
        self.press("Set it", form)
        expect(self.page.locator("td.what", has_text="endpoint order-entry · in")).to_have_count(1)
        self.simulator.create_fault(kind="delay", endpoint="order-entry")
        expect(self.page.locator(".hits")).to_have_count(2)
        self.press("Delete all")
        expect(self.page.get_by_text("2 removed.")).to_be_visible()
        self.assertEqual(self.simulator.list_faults().items, [])


class RaceTests(FaultsCase):
    """Races."""

    @does("race", "disarm_race")
    def test_click(self) -> None:
        """Armed by a click it happens to the next order, of whomever, and is disarmed."""
        self.open("#/faults")
        self.press("Arm unsolicited-cancel")
        race = self.row("unsolicited-cancel")
        expect(race.locator(".armed")).to_contain_text("happened once")
        self.press("Disarm unsolicited-cancel")
        expect(race.locator(".armed")).to_have_count(0)

    @does("race")
    def test_options(self) -> None:
        """Whose it is and how it goes are said in a form; what is wrong in words."""
        self.client()
        self.open("#/faults")
        self.press("Options of fill-crosses-cancel")
        form = self.page.get_by_role("form", name="Arm fill-crosses-cancel")
        form.get_by_label("quantity").fill("all of it")
        self.press("Arm it so", form)
        expect(form.locator(".trouble")).to_be_visible()
        form.get_by_label("quantity").fill("25%")
        form.get_by_label("session").fill("TRADER")
        self.press("Arm it so", form)
        armed = self.row("fill-crosses-cancel").locator(".armed")
        expect(armed).to_contain_text("armed")
        expect(armed).to_contain_text("TRADER")
        rules = [rule.then for rule in self.simulator.list_rules().items]
        self.assertEqual(rules, ["order fill 25%; match"])


class ScriptTests(FaultsCase):
    """Scripts of the configuration's folder."""

    alone = True

    def setUp(self) -> None:
        """A folder with one that passes and one that does not."""
        folder = Path(self.mktemp()).resolve()
        folder.mkdir()
        for name, step in (("good", "say <i>hello</i>"), ("bad", "verify type=D exactly 3")):
            (folder / f"{name}.ini").write_text(SCRIPT.format(name=name, step=step))
        self.overrides = (f"exsim.scripts={folder}",)
        super().setUp()

    @does("run_script")
    def test_run(self) -> None:
        """Each tells whether it passed, and what came of its steps, as text."""
        self.open("#/faults")
        self.press("Run good")
        expect(self.row("good")).to_contain_text("Passed")
        expect(self.row("good").locator("pre")).to_contain_text("<i>hello</i>")
        self.press("Run bad")
        expect(self.row("bad")).to_contain_text("Failed")
        expect(self.row("bad").locator("pre")).to_contain_text("verify")
