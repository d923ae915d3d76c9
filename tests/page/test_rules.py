"""Rules: those that there are, switches, and the editor."""

from __future__ import annotations

from typing import Any

from tests.page.actions import does
from tests.page.browser import SAID, PageCase, expect


class RulesCase(PageCase):
    """What one does on the page."""

    def press(self, name: str, inside: Any = None) -> None:
        """Press a button, in a part of the page."""
        (inside or self.page).get_by_role("button", name=name, exact=True).click()

    def row(self, name: str) -> Any:
        """That of a rule."""
        return self.page.locator("tr", has=self.page.locator("strong", has_text=name))

    def editor(self) -> Any:
        """Where a rule is made or changed."""
        return self.page.get_by_role("form", name="Rule", exact=True)


class ListTests(RulesCase):
    """The list."""

    def test_hits(self) -> None:
        """How often each fired, as it does, in the order they are asked."""
        self.simulator.create_rule(name="second", when="type=D symbol=AAA", then="ack")
        self.simulator.create_rule(name="first", when="symbol=BBB", priority=2, times=3)
        self.open("#/rules")
        expect(self.page.locator("td.what strong")).to_have_text(["first", "second"])
        self.order(self.client(), "a")
        expect(self.row("second").locator(".hits")).to_have_text("1")
        expect(self.row("first").locator(".hits")).to_have_text("0 of 3")

    @does("disable_rule", "enable_rule")
    def test_switch(self) -> None:
        """A switch has a rule not asked, and asked again."""
        self.simulator.create_rule(name="one", when="type=D", then="hold")
        self.open("#/rules")
        switch = self.page.get_by_role("switch", name="one is asked")
        expect(switch).to_be_checked()
        switch.click()
        expect(self.row("one")).to_have_class("off")
        self.assertFalse(self.simulator.get_rule("one").enabled)
        switch.click()
        expect(switch).to_be_checked()
        expect(self.row("one")).not_to_have_class("off")
        self.assertTrue(self.simulator.get_rule("one").enabled)

    @does("delete_rule", "clear_rules")
    def test_delete(self) -> None:
        """One goes by a click, and all by another."""
        for name in ("one", "two", "three"):
            self.simulator.create_rule(name=name, when="type=D", then="hold")
        self.open("#/rules")
        self.press("Delete two")
        expect(self.page.locator("td.what strong")).to_have_text(["one", "three"])
        self.press("Delete all")
        expect(self.page.get_by_text("No rules")).to_be_visible()
        self.assertEqual(self.simulator.list_rules().items, [])

    def test_text(self) -> None:
        """What a rule says is text."""
        text = "<img/src=x/onerror=alert(1)>"
        self.simulator.create_rule(name=text, when="type=F", then=f'reject OTHER "{text}"')
        self.open("#/rules")
        expect(self.row(text)).to_contain_text(f"reject OTHER text={text}")
        expect(self.page.locator("main img")).to_have_count(0)

    @does("set_scenario", "reset_scenario")
    def test_scenario(self) -> None:
        """The state that rules wait for is put by a choice, and back where it starts."""
        self.simulator.create_rule(
            name="r", when="type=D symbol=AAA", scenario="day", state="start", becomes="late"
        )
        self.open("#/rules")
        choice = self.page.get_by_label("State of day")
        expect(choice).to_have_value("start")
        with self.page.expect_response("**/scenarios/day?*"):
            choice.select_option("late")
        self.assertEqual(self.simulator.get_scenario("day").state, "late")
        self.order(self.client(), "a")
        self.assertEqual(self.simulator.get_rule("r").hits, 0)
        self.press("Back to its start")
        expect(choice).to_have_value("start")

    def test_scenario_refused(self) -> None:
        """A state that was chosen in vain is not what shows."""
        self.simulator.create_rule(name="r", when="symbol=AAA", scenario="day", becomes="late")
        self.open("#/rules")
        choice = self.page.get_by_label("State of day")
        expect(choice).to_have_value("start")
        refused = {"status": 409, "json": {"status": 409, "detail": "not now"}}
        self.page.route("**/scenarios/day?*", lambda one: one.fulfill(**refused))
        choice.select_option("late")
        expect(self.page.get_by_text("not now")).to_be_visible()
        expect(choice).to_have_value("start")


class EditorTests(RulesCase):
    """Making rules, and changing them."""

    @does("create_rule")
    def test_template(self) -> None:
        """Fields make the filter, a template the steps; the rule does what it says."""
        self.open("#/rules")
        self.press("New rule")
        editor = self.editor()
        editor.get_by_label("Message").last.select_option("D")
        editor.get_by_label("Symbol").fill("AAA")
        editor.get_by_label("Side").last.select_option("BUY")
        editor.get_by_label("Quantity from").fill("100")
        self.press("Part fill", editor)
        editor.get_by_label("Name").fill("half")
        expect(editor.get_by_label("Filter")).to_have_value("type=D symbol=AAA side=BUY qty>=100")
        self.press("Add", editor)
        expect(self.row("half")).to_contain_text("ack; fill 50%")
        expect(editor).to_have_count(0)
        client = self.client()
        self.order(client, "a")
        self.assertEqual(client.receive()["32"], "50")
        expect(self.row("half").locator(".hits")).to_have_text("1")

    def test_words(self) -> None:
        """What is wrong is told in the server's words; what was written stays."""
        self.open("#/rules?new=yes")
        editor = self.editor()
        editor.get_by_label("Filter").fill("type=D")
        editor.get_by_label("Steps").fill("fly")
        self.press("Add", editor)
        expect(editor.locator(".trouble")).to_contain_text("there is no verb 'fly'")
        editor.get_by_label("Steps").fill("drop")
        editor.get_by_label("Times").fill("many")
        self.press("Add", editor)
        expect(editor.locator(".trouble")).to_contain_text("times")
        expect(editor.get_by_label("Steps")).to_have_value("drop")

    @does("replace_rule")
    def test_change(self) -> None:
        """A rule becomes another, under its name and in its place."""
        self.simulator.create_rule(name="one", when="type=D", then="hold", priority=3)
        self.simulator.create_rule(name="two", when="type=D", then="hold", priority=3)
        self.simulator.disable_rule("one")
        self.open("#/rules")
        self.press("Edit", self.row("one"))
        editor = self.editor()
        expect(editor.get_by_label("Name")).to_be_disabled()
        editor.get_by_label("Steps").fill("drop")
        self.press("As JSON", editor)
        self.press("As a form", editor)
        self.press("Change", editor)
        expect(self.row("one")).to_contain_text("drop")
        told = [(r.name, r.then, r.priority, r.enabled) for r in self.simulator.list_rules().items]
        self.assertEqual(told, [("one", "drop", 3, False), ("two", "hold", 3, True)])

    @does("create_rule")
    def test_json(self) -> None:
        """The same as JSON, with what only JSON has; a slip is told."""
        self.open("#/rules?new=yes")
        editor = self.editor()
        editor.get_by_label("Filter").fill("type=D")
        self.press("As JSON", editor)
        area = editor.get_by_label("Rule as JSON")
        expect(area).to_have_value(
            '{\n  "when": "type=D",\n  "then": "",\n  "priority": 0,\n  "probability": "1"\n}'
        )
        area.fill("{")
        self.press("Add", editor)
        expect(editor.locator(".trouble")).to_contain_text("JSON")
        area.fill('{"name": "j", "when": {"type": "D", "qty__ge": 5}, "then": [{"do": "hold"}]}')
        self.press("As a form", editor)
        expect(editor.locator(".trouble")).to_contain_text("when is no text")
        area.fill('{"name": "j", "when": "type=D", "then": "hold", "seed": 5}')
        self.press("As a form", editor)
        expect(editor).to_contain_text("Kept as it is: seed=5")
        self.press("Add", editor)
        expect(self.row("j")).to_contain_text("hold")
        self.assertEqual(self.simulator.get_rule("j").seed, 5)

    @does("replace_rule")
    def test_kept(self) -> None:
        """What the form has no field for stays as it was."""
        self.simulator.create_rule(
            name="one", when="type=D", then="hold", seed=7, probability="50%"
        )
        self.open("#/rules")
        self.press("Edit", self.row("one"))
        expect(self.editor()).to_contain_text("seed=7")
        self.editor().get_by_label("Steps").fill("drop")
        self.press("Change", self.editor())
        expect(self.row("one")).to_contain_text("drop")
        told = self.simulator.get_rule("one")
        self.assertEqual((told.then, told.seed, told.probability), ("drop", 7, "0.5"))

    @does("replace_rule")
    def test_switched_meanwhile(self) -> None:
        """Whether it is asked is as its switch has it, also since the form was opened."""
        self.simulator.create_rule(name="one", when="type=D", then="hold")
        self.open("#/rules")
        self.press("Edit", self.row("one"))
        for enabled, steps in ((False, "drop"), (True, "ack")):
            self.editor().get_by_label("Steps").fill(steps)
            (self.simulator.enable_rule if enabled else self.simulator.disable_rule)("one")
            switch = self.page.get_by_role("switch", name="one is asked")
            expect(switch).to_be_checked(checked=enabled)
            self.press("Change", self.editor())
            expect(self.row("one")).to_contain_text(steps)
            self.assertEqual(self.simulator.get_rule("one").enabled, enabled)
            self.press("Edit", self.row("one"))
        self.press("As JSON", self.editor())
        self.editor().get_by_label("Rule as JSON").fill('{"then": "drop", "enabled": false}')
        self.press("Change", self.editor())
        expect(self.row("one")).to_have_class("off")

    def test_from_message(self) -> None:
        """A message leads here, with the filter that it fits."""
        self.order(self.client(), "a")
        self.open(SAID)
        self.page.locator(".virtual .body .row").nth(2).click()
        self.page.get_by_role("button", name="Copy").click()
        self.page.get_by_role("menuitem", name="make a rule of it").click()
        expect(self.editor().get_by_label("Filter")).to_have_value(
            "type=D symbol=AAA side=BUY qty=100 price=100.25"
        )
