"""The messages: a live table of any length, the filter language, and each message in full."""

from __future__ import annotations

import json
from typing import Any

from tests.page.browser import BUSY, OURS, SAID, PageCase, expect
from tests.page.copied import answer, copied

PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    '"><svg onload=alert(3)>',
    "<iframe srcdoc='<script>parent.alert(4)</script>'>",
    "javascript:alert(5)",
    "${alert(6)}",
    "{{constructor.constructor('alert(7)')()}}",
    "</td></tr></table><h1>big</h1>",
    "&lt;b&gt;&amp;&#x3c;",
    "' onmouseover='alert(10)",
    "<a href=javascript:alert(11)>here</a>",
)


class MessagesTests(PageCase):
    """What was said."""

    def rows(self) -> Any:
        """Those that are in the document."""
        return self.page.locator(".virtual .body .row")

    def test_live(self) -> None:
        """What was said before is there, newest last, and what comes is added."""
        client = self.client()
        self.order(client, "c-1")
        self.open(SAID)
        expect(self.rows()).to_have_count(4)
        expect(self.rows().last).to_contain_text("ExecutionReport")
        expect(self.rows().last).to_contain_text("c-1")
        self.order(client, "c-2")
        expect(self.rows()).to_have_count(6)
        expect(self.rows().last).to_contain_text("c-2")

    def test_filter(self) -> None:
        """The filter of REST, with what is wrong with it; what comes is filtered, too."""
        client = self.client()
        self.order(client, "c-1")
        self.open(SAID)
        box = self.page.get_by_label("Filter messages")
        box.fill(f"type=D {OURS}")
        expect(self.rows()).to_have_count(1)
        self.order(client, "c-2")
        expect(self.rows()).to_have_count(2)
        box.fill("sid=BUY")
        expect(self.page.locator(".filter .trouble")).to_contain_text("did you mean 'side'?")
        box.fill(OURS)
        expect(self.rows()).to_have_count(6)
        box.fill("")
        expect(self.rows().filter(has_text=BUSY).first).to_be_visible()

    def test_detail(self) -> None:
        """Fields with their names and codes; all bytes; JSON; what came of it."""
        self.order(self.client(), "c-1")
        self.open(SAID)
        self.rows().nth(2).click()
        detail = self.page.locator(".detail")
        expect(detail.get_by_role("row", name="54 Side 1 BUY")).to_be_visible()
        detail.get_by_role("tab", name="Raw").click()
        expect(detail).to_contain_text("|55=AAA|")
        expect(detail).to_contain_text("38 3d 46 49 58 2e 34 2e 34")
        detail.get_by_role("tab", name="JSON").click()
        shown = json.loads(detail.locator("pre").inner_text())
        self.assertEqual((shown["type"], shown["direction"]), ("D", "in"))
        expect(detail).to_contain_text(f"order {self.number('TRADER')}")
        detail.get_by_role("link", name="#", exact=False).first.click()
        expect(detail.locator("h2")).to_have_text("ExecutionReport")

    def test_keyboard(self) -> None:
        """Keys go from message to message."""
        self.order(self.client(), "c-1")
        self.open(SAID)
        expect(self.rows()).to_have_count(4)
        self.page.locator(".virtual .body").focus()
        self.page.keyboard.press("End")
        expect(self.page.locator(".detail h2")).to_have_text("ExecutionReport")
        self.page.keyboard.press("ArrowUp")
        expect(self.page.locator(".detail h2")).to_have_text("NewOrderSingle")
        self.page.keyboard.press("Home")
        expect(self.page.locator(".detail h2")).to_have_text("Logon")

    def test_payloads(self) -> None:
        """Text from the wire is text: it is shown as it was written, and nothing comes of it."""
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        client = self.client()
        for number, text in enumerate(PAYLOADS):
            self.order(client, f"p-{number}", f"58={text}|")
        self.open(f"{SAID}%20type%3DD")
        expect(self.rows()).to_have_count(len(PAYLOADS))
        for row, text in zip(self.rows().all(), PAYLOADS, strict=True):
            self.assertIn(text, row.text_content())
            row.click()
            value = self.page.locator(".detail td.wrap", has_text=text)
            expect(value).to_have_text(text)
        self.page.goto(f"{self.simulator.url}/#/overview")
        self.busy.end()  # else it is told no more before it is seen
        self.order(client, "last", f"58={PAYLOADS[-1]}|")
        expect(self.page.locator("section", has_text="Said")).to_contain_text(PAYLOADS[-1])
        self.assertEqual(self.page.locator("main img, main iframe, main script").count(), 0)

    def test_copy(self) -> None:
        """A message is copied as a filter, a rule, an expectation, a command."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.order(self.client(), "c-1")
        self.open(SAID)
        self.rows().nth(2).click()
        for name, wanted in (
            ("as filter", "type=D symbol=AAA side=BUY qty=100 price=100.25"),
            ("as rule", "/api/v1/rules"),
            ("as verify", "/api/v1/messages/verify"),
            ("as curl", "/api/v1/messages?"),
        ):
            self.page.get_by_role("button", name="Copy").click()
            self.page.get_by_role("menuitem", name=name).click()
            self.page.wait_for_function(
                "text => navigator.clipboard.readText().then(found => found.includes(text))",
                arg=wanted,
            )

    def test_copied_commands(self) -> None:
        """What is copied of any message is taken as it is; a rule is about such messages."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        client = self.client()
        self.order(client, "it's $HOME", '58=a "b" `c` \\|')
        client.send("F", "11=c-2|41=it's $HOME|55=AAA|54=1|38=100|60=NOW|")
        client.receive()
        self.open(SAID)
        expect(self.rows()).to_have_count(6)
        for number in range(6):
            self.rows().nth(number).click()
            for name in ("as rule", "as verify", "as curl"):
                told = answer(copied(self.page, name))
                if name == "as verify":
                    self.assertTrue(told["passed"], told["text"])
                elif name == "as curl":
                    self.assertEqual(len(told["items"]), 1)
        steps = [(rule.when.split()[0], rule.then) for rule in self.simulator.list_rules().items]
        self.assertEqual(
            steps,
            [
                ("type=A", "fault drop"),
                ("type=A", "fault drop"),
                ("type=D", "ack; fill"),
                ("type=8", "fault drop"),
                ("type=F", "reject"),
                ("type=8", "fault drop"),
            ],
        )

    def test_verify_alike(self) -> None:
        """An expectation of one message holds, too, where others are alike."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        client = self.client()
        for number in range(2):
            self.order(client, f"c-{number}")
        self.open("#/messages?filter=type%3DD%20symbol%3DAAA")
        expect(self.rows()).to_have_count(2)
        self.rows().first.click()
        told = answer(copied(self.page, "as verify"))
        self.assertTrue(told["passed"], told["text"])
