"""The keyboard alone: Tab comes to every control and shows where it is; Escape leads back."""

from __future__ import annotations

from typing import Any

from tests.page.browser import SAID, expect
from tests.page.test_frame import EveryPage

CONTROLS = """() => {
  const all = 'a[href], button, input, select, textarea, [tabindex], [role=button], [onclick]';
  // In grids and menus keys of their own lead from one to another.
  const stop = one => one.tabIndex >= 0 || !one.closest('[role=grid], [role=menu]');
  const free = one => stop(one) && !one.disabled && one.checkVisibility();
  const radio = one => one.type !== 'radio' || one.checked;
  window.controls = [...document.querySelectorAll(all)].filter(one => free(one) && radio(one));
  window.reached = new Map();
  window.addEventListener('focusin', ({ target }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const box = target.getBoundingClientRect();
    const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const shown = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && seen;
    window.reached.set(target, shown);
  });
  document.activeElement?.blur();
  return window.controls.length;
}"""
"""Note what can be come to, and from now on what is come to, and whether that shows."""
MISSED = """() => {
  const name = one => one.outerHTML.slice(0, 120);
  const there = window.controls.filter(one => one.isConnected && !one.disabled);
  return {
    missed: there.filter(one => !window.reached.has(one)).map(name),
    unseen: there.filter(one => window.reached.get(one) === false).map(name),
  };
}"""
ROUNDS = 3
"""How often Tab goes through as many controls as there are, since some come meanwhile."""


class TabTests(EveryPage):
    """Every page, from its beginning on."""

    def test_every_control(self) -> None:
        """All are come to, one after another, and each shows that it is."""
        for route in self.routes():
            self.page.goto("about:blank")
            self.show(route)
            expect(self.page.locator(".connection")).to_have_text("live")
            count = self.page.evaluate(CONTROLS)
            for _ in range(ROUNDS):
                for _ in range(count):
                    self.page.keyboard.press("Tab")
                found = self.page.evaluate(MISSED)
                if not found["missed"]:
                    break
            self.assertEqual(found, {"missed": [], "unseen": []}, route)


class EscapeTests(EveryPage):
    """What is open is left by Escape, and the keyboard is where it was before."""

    def setUp(self) -> None:
        """What has the keyboard."""
        super().setUp()
        self.focused = self.page.locator(":focus")
        self.table = self.page.locator(".virtual .body")

    def leave(self, opened: Any) -> None:
        """It is there; then Escape closes it."""
        expect(opened).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(opened).to_have_count(0)

    def test_details(self) -> None:
        """A message, a session, an order: back to the table."""
        for route in (SAID, "#/sessions", "#/orders?symbol=AAA"):
            self.show(route)
            expect(self.page.locator(".virtual .body .row").first).to_be_visible()
            self.table.focus()
            self.page.keyboard.press("Home")
            expect(self.page.locator(".detail h2")).to_be_visible()
            self.page.locator(".detail button").last.focus()
            self.leave(self.page.locator(".detail"))
            expect(self.table).to_be_focused()

    def test_menu(self) -> None:
        """Of a message: back to its button, and the message stays."""
        self.show(SAID)
        self.page.locator(".virtual .body .row").first.click()
        button = self.page.get_by_role("button", name="Copy")
        button.focus()
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("menuitem", name="as filter")).to_be_focused()
        self.leave(self.page.get_by_role("menu"))
        expect(button).to_be_focused()
        expect(self.page.locator(".detail")).to_be_visible()

    def test_verb(self) -> None:
        """The form of a verb: back to the button."""
        self.show("#/holds")
        verbs = self.page.get_by_role("group", name="Verbs")
        button = verbs.locator("button").filter(has_text="fill").first
        button.focus()
        self.page.keyboard.press("Enter")
        form = self.page.get_by_role("form", name="fill")
        expect(form.get_by_label("quantity")).to_be_focused()
        self.leave(form)
        expect(button).to_be_focused()

    def test_rule(self) -> None:
        """The editor of a rule: back to where it was opened."""
        self.show("#/rules")
        button = self.page.get_by_role("button", name="Edit").first
        button.focus()
        self.page.keyboard.press("Enter")
        editor = self.page.get_by_role("form", name="Rule", exact=True)
        expect(editor.get_by_label("Message").last).to_be_focused()
        self.leave(editor)
        expect(button).to_be_focused()
