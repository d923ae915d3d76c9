"""Sessions of OUCH: their messages, and what is copied of them."""

from __future__ import annotations

import socket
import time

from exsim.sessions.soup_client import SoupClient
from exsim.wire import soup
from exsim.wire.layouts.ouch50 import OUCH50
from tests.ouch_client import ENTER
from tests.page.browser import PageCase, expect
from tests.page.copied import answer, copied

PATIENCE = 10.0
"""Seconds that an answer may take."""
ENDPOINT = """
[endpoint:ouch]
venue = XSIM
protocol = ouch
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes
"""


class Client:
    """A session that is logged in over a socket."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, PATIENCE)
        self._soup = SoupClient(soup.Login(b"USER01", b"secret", b"", 1), time.time_ns())
        self._flush()
        self.receive()  # the day begins

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def enter(self, number: int) -> None:
        """Enter an order of 100 AAA at 100."""
        fields = {**ENTER["5.0"], "UserRefNum": str(number), "ClOrdID": "c", "Price": "100"}
        self._soup.send(OUCH50.inbound[b"O"].build(fields), time.time_ns())
        self._flush()

    def receive(self) -> bytes:
        """The type of the next message."""
        while (came := self._soup.next_message()) is None:
            self._soup.receive(self._socket.recv(1 << 16), time.time_ns())
        return came[1][:1]

    def _flush(self) -> None:
        self._socket.sendall(self._soup.data_to_send())


class OuchTests(PageCase):
    """A session that has entered an order."""

    traffic = 0
    sections = ENDPOINT

    def setUp(self) -> None:
        """Log in, enter one, and be told that it was accepted."""
        super().setUp()
        self.far = Client(self.address("ouch"))
        self.addCleanup(self.far.close)
        self.far.enter(1)
        self.assertEqual(self.far.receive(), b"A")

    def test_copied(self) -> None:
        """A filter finds its message; commands are taken; a rule fires for the next such order."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        messages = self.simulator.list_messages().items
        self.assertEqual(len(messages), 5)
        for message in messages:
            self.open(f"#/messages/{message.seq}")
            expect(self.page.locator(".detail p.dim")).to_contain_text(f"#{message.seq} ")
            (text,) = copied(self.page, "as filter", whole=True)
            found = self.simulator.list_messages(filter=text).items
            self.assertIn(message.seq, [one.seq for one in found])
            self.assertTrue(answer(copied(self.page, "as verify"))["passed"])
            self.assertEqual(len(answer(copied(self.page, "as curl"))["items"]), 1)
            if message.name == "LoginRequest":
                self.page.get_by_role("button", name="Copy").click()
                expect(self.page.get_by_role("menuitem", name="as rule")).to_be_disabled()
            elif message.type == "O":
                answer(copied(self.page, "as rule"))
        self.far.enter(2)
        self.assertEqual([self.far.receive() for _ in range(2)], [b"A", b"E"])
        (rule,) = self.simulator.list_rules().items
        self.assertEqual(rule.hits, 1)

    def test_history(self) -> None:
        """Logins are told, and nothing that is none."""
        self.open("#/sessions/USER01")
        names = self.page.locator(".detail .lines li strong")
        expect(names).to_have_text(["LoginAccepted", "LoginRequest"])
