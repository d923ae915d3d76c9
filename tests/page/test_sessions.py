"""Sessions: who is connected and how it goes, and what is done to them by a click."""

from __future__ import annotations

from typing import Any

from tests.fix_client import FixClient
from tests.page.actions import does
from tests.page.browser import BUSY, PageCase, expect


class SessionsTests(PageCase):
    """A session that is logged on, looked at."""

    def setUp(self) -> None:
        """Log on, and open the session."""
        super().setUp()
        self.far = self.client()
        self.open("#/sessions/TRADER")
        self.detail = self.page.get_by_label("Session", exact=True)
        expect(self.detail.locator("h2")).to_have_text("TRADER")

    def press(self, name: str) -> None:
        """Press a button of the session."""
        self.detail.get_by_role("button", name=name, exact=True).click()

    def row(self) -> Any:
        """That of the session in the table."""
        return self.page.locator(".virtual .body .row", has_text="TRADER")

    def fact(self, name: str) -> Any:
        """What is told of the session under this name."""
        return self.detail.locator(".facts > div", has=self.page.get_by_text(name, exact=True))

    @does("test_session")
    def test_round_trip(self) -> None:
        """A test request is sent; what comes back says how long it took."""
        expect(self.fact("Round trip")).to_contain_text("not measured")
        self.press("Test request")
        request = self.far.receive()
        self.assertEqual(request["35"], "1")
        self.far.send("0", f"112={request['112']}|")
        expect(self.fact("Round trip")).to_contain_text("s, at ")
        expect(self.row()).to_contain_text("ms")

    @does("logout_session")
    def test_logout(self) -> None:
        """A logout goes out with its text; table and history tell how it ended."""
        self.detail.get_by_label("Text of a logout").fill("for today")
        self.press("Log out")
        told = self.far.receive()
        self.assertEqual((told["35"], told["58"]), ("5", "for today"))
        expect(self.row()).to_contain_text("logout")
        self.far.send("5", "")
        expect(self.row()).to_contain_text("offline")
        expect(self.detail.locator(".lines li", has_text="for today")).to_have_count(1)
        expect(self.detail.locator(".lines li", has_text="Logon")).to_have_count(2)

    @does("disconnect_session")
    def test_disconnect(self) -> None:
        """The connection is closed without a word."""
        self.press("Disconnect")
        expect(self.row()).to_contain_text("offline")
        expect(self.fact("Numbers")).to_contain_text("in 2, out 2")
        self.press("Test request")
        expect(self.detail.get_by_role("status").first).to_contain_text("not logged on")

    @does("reset_session")
    def test_reset(self) -> None:
        """Both numbers begin anew."""
        self.press("Reset")
        expect(self.fact("Numbers")).to_contain_text("in 1, out 1")

    @does("refuse_logons", "accept_logons")
    def test_refuse(self) -> None:
        """Logons are refused, for a reason, until they are accepted again."""
        self.detail.get_by_label("Text of a logout").fill("closed")
        self.press("Refuse logons")
        expect(self.fact("Refused")).to_contain_text("closed")
        expect(self.row()).to_contain_text("refused")
        self.press("Accept logons")
        expect(self.fact("Refused")).to_have_count(0)

    @does("set_sequence")
    def test_numbers(self) -> None:
        """One number is set, and the other stays; what is none is refused in words."""
        self.detail.get_by_label("Sent next").fill("70")
        self.press("Set numbers")
        expect(self.fact("Numbers")).to_contain_text("in 2, out 70")
        self.detail.get_by_label("Expected next").fill("x")
        self.press("Set numbers")
        expect(self.detail.locator(".trouble")).to_contain_text("next_in")

    @does("send_message")
    def test_send(self) -> None:
        """A message goes out: fields under the session's header, or bytes as they are."""
        box = self.detail.get_by_label("Message", exact=True)
        box.fill("35=B|148=Hello <b>|33=1|58=there")
        self.press("Send")
        told = self.far.receive()
        self.assertEqual((told["35"], told["34"], told["148"]), ("B", "2", "Hello <b>"))
        self.detail.get_by_label("Bytes as they are").check()
        box.fill("8=FIX.4.4|9=5|35=0|10=161|")
        self.press("Send")
        self.assertEqual(self.far.receive()["35"], "0")
        self.detail.get_by_label("Fields", exact=True).check()
        box.fill("nonsense")
        self.press("Send")
        expect(self.detail.locator(".trouble")).to_contain_text("nonsense is no field")

    def test_links(self) -> None:
        """To its messages, and only those."""
        self.client("OTHER")
        self.detail.get_by_role("link", name="Its messages").click()
        expect(self.page.locator(".virtual .body .row")).to_have_count(2)

    def test_only(self) -> None:
        """A part of a name chooses sessions; the keyboard goes through them."""
        self.client("OTHER")
        rows = self.page.locator(".virtual .body .row")
        expect(rows).to_have_count(3)
        self.page.locator(".virtual .body").focus()
        self.page.keyboard.press("Home")
        expect(self.detail.locator("h2")).to_have_text(BUSY)
        self.page.keyboard.press("ArrowDown")
        expect(self.detail.locator("h2")).to_have_text("OTHER")
        self.page.get_by_label("Only sessions").fill("rade")
        expect(rows).to_have_count(1)

    @does("close_link")
    def test_proxy(self) -> None:
        """Proxies are shown with their links, which can be closed."""
        address = self.simulator.endpoints["order-entry"]
        where = f"tcp:{address.host}:{address.port}"
        proxy = self.simulator.create_proxy(
            name="between", venue="XSIM", protocol="fix", connect=where
        )
        panel = self.page.locator("section.panel", has_text="Proxies")
        expect(panel).to_contain_text("between")
        expect(panel).to_contain_text("0 links")
        assert proxy.port is not None
        with FixClient((proxy.host, proxy.port), "FIX.4.4", "AROUND") as around:
            around.log_on()
            link = panel.get_by_role("row", name="AROUND")
            link.get_by_role("button", name="Close").click()
            expect(panel).to_contain_text("0 links")
