"""The simulator goes, and comes back on its port: the page goes on."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from tests.page.browser import BUSY, SAID, PageCase, expect

BACK = 3000
"""Milliseconds after which the page is live again."""
OTHER = "OTHER"
TWO = f"""
[venue:YSIM]
policies = match

[instrument:YSIM:{BUSY}]
reference = 100

[endpoint:{OTHER}]
venue = YSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
"""
"""Another venue."""


class RestartCase(PageCase):
    """The simulator goes, and comes back on its port."""

    alone = True

    def begin_again(self) -> None:
        """End the simulator, and start it where it was."""
        rest = urlsplit(self.simulator.url)
        ports = {name: self.address(name)[1] for name in self.simulator.endpoints}
        self.simulator.stop()
        expect(self.page.locator(".connection")).to_have_text("no answer")
        self.overrides = (
            *self.overrides,
            f"rest.listen=tcp:{rest.port}:interface=127.0.0.1",
            *(
                f"endpoint:{name}.listen=tcp:{port}:interface=127.0.0.1"
                for name, port in ports.items()
            ),
        )
        self.simulator = self.start()

    def keep_data(self) -> None:
        """Start it anew, with a folder where its data lasts."""
        self.busy.end()
        self.simulator.stop()
        self.overrides = (*self.overrides, f"exsim.data_dir={Path(self.mktemp()).resolve()}")
        self.simulator = self.start()

    def said(self) -> list[str]:
        """The ClOrdIDs of the orders in the table, in order."""
        rows = self.page.locator(".virtual .body .row", has_text="NewOrderSingle")
        found = sorted(
            (float(row.evaluate("row => parseFloat(row.style.top)")), row.text_content())
            for row in rows.all()
        )
        return [text.partition("cl_ord_id=")[2].split()[0] for _, text in found]

    def assert_whole(self, *endpoints: str) -> None:
        """Trade, restart, trade on: each message of the journal is one row, and none is lost."""
        self.keep_data()
        self.open("#/messages")
        traffic = [self.trade(endpoint) for endpoint in endpoints]
        rows = self.page.locator(".count")
        self.until("Number(document.querySelector('.count').dataset.count) > 200")
        self.begin_again()
        before = [one.answered for one in traffic]
        expect(self.page.locator(".connection")).to_have_text("live", timeout=BACK)
        while any(one.answered < told + 100 for one, told in zip(traffic, before, strict=True)):
            self.page.wait_for_timeout(50)
        for one in traffic:
            one.end()
        expect(rows).to_have_attribute("data-count", str(self.messages()))

    def messages(self) -> int:
        """How many messages the journal has."""
        count, after = 0, None
        while True:
            told = self.simulator.list_messages(limit=1000, after=after)
            count, after = count + len(told.items), told.next
            if after is None:
                return count


class RestartTests(RestartCase):
    """One process for all."""

    def test_busy(self) -> None:
        """The same where it is traded all the time, before and after."""
        self.assert_whole(BUSY)

    def test_lasting(self) -> None:
        """Where its data lasts no message is lost or told twice, within 3 s."""
        self.keep_data()
        first = self.client("ONE")
        for number in range(3):
            self.order(first, f"before-{number}")
        self.open(SAID)
        expect(self.page.locator(".virtual .body .row")).to_have_count(8)
        self.begin_again()
        second = self.client("TWO")
        for number in range(3):
            self.order(second, f"after-{number}")
        expect(self.page.locator(".connection")).to_have_text("live", timeout=BACK)
        last = self.page.locator(".virtual .body .row", has_text="cl_ord_id=after-2")
        expect(last.first).to_be_visible(timeout=BACK)
        self.assertEqual(
            self.said(),
            [f"before-{number}" for number in range(3)]
            + [f"after-{number}" for number in range(3)],
        )

    def test_fleeting(self) -> None:
        """Where nothing lasts, the page says so, keeps what it has, and shows all of the new."""
        self.order(self.client(), "before")
        self.open(SAID)
        expect(self.page.locator(".virtual .body .row")).to_have_count(4)
        self.begin_again()
        self.order(self.client(), "after")
        mark = self.page.locator(".virtual .row.mark")
        expect(mark).to_have_text("The simulator was started anew.")
        last = self.page.locator(".virtual .body .row", has_text="cl_ord_id=after")
        expect(last).to_have_count(2)
        self.assertEqual(self.said(), ["before", "after"])

    def test_failure(self) -> None:
        """What comes together with the news that no more does is told, too."""
        about = {"type": "0", "name": "Heartbeat", "direction": "in"}
        event = {"seq": 7, "time": "", "venue": "XSIM", "session": "A", "about": about}
        told = json.dumps({**event, "event": "message", "id": "1-7", "text": "A --> Heartbeat(0)"})
        failure = json.dumps({"status": 503, "detail": "a venue is gone"})
        body = f"id: 1-7\ndata: {told}\n\nevent: error\ndata: {failure}\n\n"
        answer = {"status": 200, "content_type": "text/event-stream", "body": body}
        self.page.route("**/events?*messages=line*", lambda one: one.fulfill(**answer), times=1)
        self.open(SAID)
        row = self.page.locator(".virtual .body .row", has_text="Heartbeat")
        expect(row).to_have_count(1)
        expect(self.page.locator(".connection")).to_have_text("live")

    def test_reset(self) -> None:
        """A reset is a line between what was said before and after it."""
        self.order(self.client(), "before")
        self.open(SAID)
        expect(self.page.locator(".virtual .body .row")).to_have_count(4)
        self.simulator.reset()
        expect(self.page.locator(".virtual .row.mark").first).to_contain_text("reset")
        self.order(self.client("ANOTHER"), "after")
        expect(self.page.locator(".virtual .body .row").last).to_contain_text("after")


class ProcessesTests(RestartCase):
    """The same where each venue has a process of its own."""

    sections = TWO
    overrides = ("exsim.processes=venue",)

    def test_busy(self) -> None:
        """Both venues are traded."""
        self.assert_whole(BUSY, OTHER)
