"""Holds: what waits, edited and let go, with every verb, by mouse and keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from tests.page.actions import does
from tests.page.browser import OURS, PageCase, expect

STATUSES = (
    ("match", "0"),
    ("cancel", "4"),
    ("expire", "C"),
    ("stop", "7"),
    ("suspend", "9"),
    ("calculate", "B"),
    ("done for day", "3"),
)
"""Verbs, and the OrdStatus that they say of an order that nobody has seen."""
LATER = ("restate", "resume", "bust", "correct")
"""What can be said only of one that was accepted."""


class HoldsTests(PageCase):
    """Two orders of a session that a rule holds."""

    def setUp(self) -> None:
        """Hold them, and look."""
        super().setUp()
        self.simulator.create_rule(name="all", when=f"type=D {OURS}", then="hold")
        self.far = self.client()
        self.enter("c-1")
        self.enter("c-2", "58=<img src=x onerror=alert(1)>|")
        self.open("#/holds")
        self.rows = self.page.locator(".virtual .body .row")
        self.detail = self.page.get_by_label("Hold", exact=True)
        expect(self.rows).to_have_count(2)
        expect(self.verb("release")).to_be_enabled()

    def enter(self, number: str, more: str = "") -> None:
        """Send an order, which is not answered."""
        body = f"11={number}|55=AAA|54=1|38=100|40=2|44=100.25|59=0|60=NOW|{more}"
        self.far.send("D", body)

    def verb(self, name: str) -> Any:
        """The button of a verb."""
        verbs = self.detail.get_by_role("group", name="Verbs")
        return verbs.locator("button").filter(has_text=name).first

    def report(self) -> dict[str, str]:
        """The next report; on a machine that is busy a heartbeat may come before it."""
        while (told := self.far.receive())["35"] in "01":
            pass
        self.assertEqual(told["35"], "8", told)
        return told

    def answer(self, status: str) -> dict[str, str]:
        """The next report, which says this OrdStatus."""
        told = self.report()
        self.assertEqual(told["39"], status, told)
        return told

    def test_live(self) -> None:
        """What comes to wait is there at once, and what is decided elsewhere is gone."""
        self.enter("c-3")
        expect(self.rows).to_have_count(3)
        expect(self.rows.last).to_contain_text("c-3")
        self.simulator.drop_hold("1")
        expect(self.rows).to_have_count(2)
        expect(self.rows.first).to_contain_text("c-2")

    def test_gone(self) -> None:
        """One that is let go elsewhere says so, and no other is decided in its place."""
        gone = self.page.get_by_label("Hold that is gone")
        expect(self.detail.locator("h2")).to_contain_text("c-1")
        self.simulator.drop_hold("1")
        expect(gone).to_contain_text("there is no hold 1: it was decided (drop)")
        expect(self.detail).to_have_count(0)
        self.page.keyboard.press("d")
        self.page.keyboard.press("Space")
        self.page.keyboard.press("j")
        expect(self.detail.locator("h2")).to_contain_text("c-2")
        expect(gone).to_have_count(0)
        self.assertEqual(len(self.simulator.list_holds().items), 1)
        self.simulator.ack_hold("2")
        expect(gone).to_contain_text("It was accepted: order ")
        self.page.keyboard.press("Escape")
        expect(gone).to_have_count(0)
        self.enter("c-3")
        expect(self.detail.locator("h2")).to_contain_text("c-3")

    def test_gone_before(self) -> None:
        """An address of one that is gone chooses no other; nor does one of another session."""
        self.simulator.drop_hold("1")
        self.open("#/holds/1")
        gone = self.page.get_by_label("Hold that is gone")
        expect(gone).to_contain_text("it was decided (drop)")
        expect(self.rows).to_have_count(1)
        expect(self.page.locator(".row.picked")).to_have_count(0)
        self.page.keyboard.press("d")
        self.client("OTHER")
        self.open("#/holds/2?session=OTHER")
        expect(gone).to_contain_text("It waits, and is not of session OTHER.")
        gone.get_by_role("link", name="It waits").click()
        expect(self.detail.locator("h2")).to_contain_text("c-2")
        self.open("#/holds/proxy/none/1")
        expect(gone).to_contain_text("Proxy none holds no message 1")
        self.assertEqual(len(self.simulator.list_holds().items), 1)

    def test_every_verb(self) -> None:
        """There is a button for each that REST has."""
        document = self.simulator.openapi()
        names = [path.split("/")[-1] for path in document["paths"] if "/holds/{hold}/" in path]
        shown = self.detail.get_by_role("group", name="Verbs").locator("button")
        expect(shown).to_have_count(len(names))
        for name in names:
            expect(self.verb(name.replace("-", " "))).to_be_visible()

    @does("release_hold")
    def test_release(self) -> None:
        """One goes on, and the next one is looked at."""
        self.verb("release").click()
        self.assertEqual(self.answer("0")["11"], "c-1")
        expect(self.rows).to_have_count(1)
        expect(self.detail.locator("h2")).to_contain_text("c-2")
        expect(self.page.get_by_role("link", name=re.compile(r"^order \d+$"))).to_be_visible()

    @does("fill_hold")
    def test_fill(self) -> None:
        """With the quantity and the price that are given; keys alone do it."""
        self.page.keyboard.press("f")
        form = self.page.get_by_role("form", name="fill")
        expect(form.get_by_label("quantity")).to_be_focused()
        self.page.keyboard.type("40")
        form.get_by_label("price").fill("100.2")
        self.page.keyboard.press("Enter")
        self.answer("0")
        told = self.answer("1")
        self.assertEqual((told["32"], told["31"]), ("40", "100.2"))
        expect(self.rows).to_have_count(1)

    @does("reject_hold")
    def test_reject(self) -> None:
        """With a reason and a text."""
        self.verb("reject").click()
        form = self.page.get_by_role("form", name="reject")
        form.get_by_label("reason").select_option("TICK")
        form.get_by_label("text").fill("no such tick")
        form.get_by_role("button", name="reject").click()
        self.assertEqual(self.answer("8")["58"], "no such tick")

    def press(self, name: str) -> None:
        """Press a verb, and then what its form has, where it has one."""
        button = self.verb(name)
        has_form = "…" in button.inner_text()
        button.click()
        if has_form:
            self.page.get_by_role("form", name=name).locator("button.main").click()

    @does("match_hold", "cancel_hold", "expire_hold", "stop_hold", "suspend_hold")
    def test_statuses(self) -> None:
        """Verbs that say what became of an order, each of another one."""
        self.statuses(STATUSES[:5])

    @does("calculate_hold", "done_for_day_hold")
    def test_more_statuses(self) -> None:
        """The others."""
        self.statuses(STATUSES[5:])

    def statuses(self, verbs: Sequence[tuple[str, str]]) -> None:
        """Have more orders wait, and decide each by a verb."""
        for number in range(3, len(verbs) + 3):
            self.enter(f"c-{number}")
        for done, (name, status) in enumerate(verbs):
            expect(self.rows).to_have_count(len(verbs) + 2 - done)
            self.press(name)
            told = self.report()
            if told["39"] != status:  # it was accepted first
                told = self.answer(status)
            self.assertEqual(told["39"], status)
        expect(self.rows).to_have_count(2)

    @does("restate_hold", "resume_hold", "bust_hold", "correct_hold")
    def test_later(self) -> None:
        """What makes no sense yet is refused in words, and the order still waits."""
        for name in LATER:
            self.press(name)
            expect(self.detail.locator(".trouble")).not_to_be_empty()
        expect(self.rows).to_have_count(2)

    @does("reply_hold", "raw_hold")
    def test_reply_and_raw(self) -> None:
        """Fields, and bytes, of one's own."""
        self.verb("reply").click()
        form = self.page.get_by_role("form", name="reply")
        form.get_by_label("fields").fill("35=B|148=Hello|33=1|58=there")
        form.get_by_role("button", name="reply").click()
        self.assertEqual(self.far.receive()["148"], "Hello")
        expect(self.rows).to_have_count(1)
        self.verb("raw").click()
        form = self.page.get_by_role("form", name="raw")
        form.get_by_label("raw").fill("8=FIX.4.4|9=5|35=0|10=161|")
        form.get_by_role("button", name="raw").click()
        self.assertEqual(self.far.receive()["35"], "0")
        expect(self.rows).to_have_count(0)

    @does("pending_hold")
    def test_details(self) -> None:
        """How a report is told can be asked for: forced, a request still waits."""
        self.detail.get_by_label("ask for details").check()
        self.verb("pending").click()
        form = self.page.get_by_role("form", name="pending")
        form.get_by_label("How it is told").check()
        form.get_by_label("report id").fill("mine")
        form.get_by_label("force").check()
        form.get_by_role("button", name="pending").click()
        self.assertEqual(self.answer("A")["17"], "mine")
        expect(self.rows).to_have_count(2)

    @does("bust_hold")
    def test_refused(self) -> None:
        """What cannot be done is said where it was clicked."""
        self.verb("bust").click()
        form = self.page.get_by_role("form", name="bust")
        form.get_by_role("button", name="bust").click()
        expect(form.locator(".trouble")).not_to_be_empty()
        form.get_by_role("button", name="Cancel").click()
        expect(form).to_have_count(0)

    @does("ack_hold")
    def test_many(self) -> None:
        """All at once."""
        self.page.get_by_role("button", name="Mark all").click()
        expect(self.detail).to_contain_text("about 2 marked")
        self.verb("ack").click()
        self.assertEqual([self.answer("0")["11"] for _ in range(2)], ["c-1", "c-2"])
        expect(self.rows).to_have_count(0)
        expect(self.page.get_by_role("status", name="")).to_contain_text(["ack 2"])

    @does("drop_hold")
    def test_keyboard(self) -> None:
        """Down, mark, up, edit, and a letter that decides about what is marked."""
        self.page.keyboard.press("j")
        expect(self.detail.locator("h2")).to_contain_text("c-2")
        self.page.keyboard.press("Space")
        self.page.keyboard.press("k")
        expect(self.detail.locator("h2")).to_contain_text("c-1")
        self.page.keyboard.press("d")
        expect(self.rows).to_have_count(1)
        expect(self.rows).to_contain_text("c-1")
        self.page.keyboard.press("Enter")
        expect(self.detail.get_by_label("ClOrdID (11)")).to_be_focused()

    @does("change_hold", "release_hold")
    def test_edit(self) -> None:
        """Fields are changed, added, taken away, and the request let go."""
        expect(self.page.locator("main img")).to_have_count(0)
        self.detail.get_by_label("OrderQty (38)").fill("300")
        self.detail.get_by_role("button", name="Change", exact=True).click()
        expect(self.rows.first).to_contain_text("300")
        self.detail.get_by_label("Price (44)").fill("many")
        self.detail.get_by_role("button", name="Change and release").click()
        expect(self.detail.locator(".trouble")).to_contain_text("tag 44")
        self.detail.get_by_label("Price (44)").fill("99.5")
        self.detail.get_by_label("Tag or name").fill("Account")
        self.detail.get_by_label("Value of another field").fill("A-1")
        self.detail.get_by_role("button", name="Change and release").click()
        told = self.answer("0")
        self.assertEqual((told["38"], told["44"], told["1"]), ("300", "99.5", "A-1"))

    @does("create_rule", "delete_rule")
    def test_switch(self) -> None:
        """All orders of a session and a symbol are held by a click, until by another."""
        self.simulator.clear_rules()
        held = self.page.get_by_role("group", name="What is held")
        held.get_by_label("Session").select_option("TRADER")
        held.get_by_label("Symbol").select_option("AAA")
        held.get_by_role("button", name="Hold all orders").click()
        expect(held).to_contain_text("session=TRADER symbol=AAA, 0 held")
        self.enter("c-3")
        expect(self.rows).to_have_count(3)
        held.get_by_role("button", name="End").click()
        expect(held.locator(".switch")).to_have_count(0)
        self.enter("c-4")
        self.assertEqual(self.answer("0")["11"], "c-4")
        self.simulator.create_rule(name="other", when=OURS, then="hold")
        self.client("OTHER")
        held.get_by_label("Session").select_option("OTHER")
        expect(self.rows).to_have_count(0)


def framed(body: str) -> str:
    """A message of FIX, with | for SOH."""
    text = f"8=FIX.4.4|9={len(body)}|{body}"
    return f"{text}10={sum(text.replace('|', chr(1)).encode()) % 256:03}|"


class ProxyTests(PageCase):
    """Messages that a proxy holds."""

    def setUp(self) -> None:
        """A client of a proxy before the simulator itself, which holds its orders."""
        super().setUp()
        here = self.simulator.endpoints["order-entry"]
        proxy = self.simulator.create_proxy(name="middle", connect=f"tcp:127.0.0.1:{here.port}")
        self.simulator.create_fault(
            kind="hold", endpoint=proxy.origin, direction="in", match="type=D"
        )
        self.far = self.client(port=proxy.port)
        for number in ("c-1", "c-2"):
            body = f"11={number}|55=AAA|54=1|38=100|40=2|44=100.25|59=0|60=NOW|"
            self.far.send("D", body + "58=<img src=x onerror=alert(1)>|")
        self.open("#/holds")
        self.panel = self.page.locator("section", has=self.page.locator("#proxied"))
        self.rows = self.panel.locator("tbody tr")
        self.detail = self.page.get_by_label("Held by a proxy", exact=True)
        expect(self.rows).to_have_count(2)

    def report(self) -> dict[str, str]:
        """What the client is told of its order."""
        while (told := self.far.receive())["35"] != "8":  # a heartbeat, on a machine that is busy
            self.assertIn(told["35"], "01")
        return told

    @does("release_held", "drop_held")
    def test_row(self) -> None:
        """One goes on by a click, another never does."""
        expect(self.rows.first).to_contain_text("NewOrderSingle")
        expect(self.rows.first).to_contain_text("TRADER")
        self.page.get_by_role("button", name="Release 1 of middle").click()
        self.assertEqual(self.report()["11"], "c-1")
        expect(self.rows).to_have_count(1)
        self.page.get_by_role("button", name="Drop 2 of middle").click()
        expect(self.panel).to_contain_text("Nothing.")
        self.assertEqual(len(self.simulator.list_orders("XSIM", symbol="AAA").items), 1)

    @does("release_held")
    def test_changed(self) -> None:
        """With other fields; what is wrong is told in words."""
        self.rows.first.get_by_role("link").click()
        form = self.detail.get_by_role("form", name="Fields")
        expect(self.page.locator("main img")).to_have_count(0)
        form.get_by_label("Tag or name").fill("NoSuchField")
        form.get_by_label("Value of another field").fill("1")
        form.get_by_role("button", name="Change and release").click()
        expect(self.detail.locator(".trouble")).to_contain_text("NoSuchField")
        form.get_by_label("Tag or name").fill("1")
        form.get_by_label("Value of another field").fill("HOUSE")
        form.get_by_label("OrderQty (38)").fill("300")
        form.get_by_role("button", name="Change and release").click()
        told = self.report()
        self.assertEqual((told["11"], told["38"], told["1"]), ("c-1", "300", "HOUSE"))
        expect(self.detail).to_have_count(0)
        expect(self.rows).to_have_count(1)

    @does("release_held")
    def test_bytes(self) -> None:
        """Other bytes in its place."""
        self.rows.first.get_by_role("link").click()
        now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        message = framed(f"35=1|34=2|49=TRADER|52={now}|56=XSIM|112=mine|")
        form = self.detail.get_by_role("form", name="Bytes in its place")
        form.get_by_label("Bytes").fill(message)
        form.get_by_role("button", name="Release these bytes").click()
        while (told := self.far.receive()).get("112") != "mine":  # others may come before it
            self.assertIn(told["35"], "01")
        self.assertEqual(told["35"], "0")

    def test_letters(self) -> None:
        """No letter decides about a request while a message of a proxy is looked at."""
        self.simulator.create_rule(when="symbol=BBB", then="hold")
        self.simulator.enter_order("XSIM", symbol="BBB", side="BUY", quantity="5", price="9")
        expect(self.page.get_by_label("Hold", exact=True)).to_be_visible()
        self.rows.first.get_by_role("link").click()
        expect(self.detail).to_be_visible()
        self.page.locator("body").press("d")
        self.detail.get_by_role("button", name="Close").click()
        expect(self.page.get_by_label("Hold", exact=True)).to_be_visible()
        self.assertEqual(len(self.simulator.list_holds().items), 1)

    def test_letters_early(self) -> None:
        """Nor while that message is not there yet."""
        self.simulator.create_rule(when="symbol=BBB", then="hold")
        self.simulator.enter_order("XSIM", symbol="BBB", side="BUY", quantity="5", price="9")
        early: list[Any] = []
        late = False
        self.page.route("**/proxies?*", lambda one: one.continue_() if late else early.append(one))
        self.page.goto("about:blank")
        self.page.goto(f"{self.simulator.url}/#/holds/proxy/middle/1")
        expect(self.page.get_by_text("1 waits")).to_be_visible()
        self.page.locator("body").press("d")
        late = True
        for one in early:
            one.continue_()
        expect(self.detail).to_be_visible()
        self.assertEqual(len(self.simulator.list_holds().items), 1)
