"""What a Logon says, and which endpoint it is for."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.settings import EndpointSettings, GatewaySettings, SessionSettings, Settings
from exsim.services.gateway.directory import Directory, Unknown
from exsim.services.gateway.logon import LONGEST, Asked, NoLogon, first_message
from exsim.wire import fix, soup
from tests.gateway_case import NOW, fix_endpoint, login, logon, ouch_endpoint


class LogonTests(SynchronousTestCase):
    """The first message, however it was cut."""

    def read(self, protocol: str, *pieces: bytes) -> Asked | None:
        """What the last piece brings; nothing may come of those before."""
        first = first_message(protocol)
        for piece in pieces[:-1]:
            self.assertIsNone(first.feed(piece))
        asked = first.feed(pieces[-1])
        self.assertEqual(first.data, b"".join(pieces))
        return asked

    def assert_asked(self, asked: Asked | None, sender: bytes, target: bytes) -> None:
        """Who wants whom."""
        assert asked is not None
        self.assertEqual((asked.sender, asked.target), (sender, target))

    @given(st.sampled_from(("fix", "ouch")), st.lists(st.integers(0, 200)), st.binary(max_size=40))
    @settings(max_examples=60)
    def test_cut_anywhere(self, protocol: str, cuts: list[int], after: bytes) -> None:
        """It is found with its last byte, and all bytes are kept, those after it too."""
        whole = logon() if protocol == "fix" else login(session=b"X")
        places = sorted({cut for cut in cuts if cut < len(whole)} | {0})
        pieces = [whole[a:b] for a, b in zip(places, [*places[1:], len(whole)], strict=True)]
        pieces[-1] += after
        self.assert_asked(self.read(protocol, *pieces), b"DESK", b"X")

    def test_no_logon(self) -> None:
        """What is none is told from what is none yet."""
        wrong = {
            "fix": (
                logon(kind="D"),
                logon(target=""),
                logon().replace(b"10=", b"10=9"),
                b"8=FIX.4.4\x019=99999\x01",
                b"GET / HTTP/1.1\r\n" + b"x" * 5000,
            ),
            "ouch": (
                soup.packet(soup.CLIENT_HEARTBEAT),
                soup.packet(soup.LOGIN, b"short"),
                b"\x00\x00",
                b"\xff\xff",
                b"GET / HTTP/1.1\r\n",
            ),
        }
        for protocol, some in wrong.items():
            for data in some:
                with self.assertRaises(NoLogon, msg=repr(data[:40])):
                    first_message(protocol).feed(data)

    def test_bounds(self) -> None:
        """However little comes at a time, so many bytes are enough."""
        size = LONGEST - len(logon(more="96=|"))
        first = first_message("fix")
        asked = first.feed(logon(more=f"96={'x' * (size - 2)}|"))
        self.assert_asked(asked, b"DESK", b"X")
        with self.assertRaises(NoLogon):
            first_message("fix").feed(logon(more=f"96={'x' * (size + 2)}|"))
        first = first_message("fix")
        with self.assertRaises(NoLogon):
            for _ in range(LONGEST + 1):
                first.feed(b"8")
        self.assertLessEqual(len(first.data), LONGEST + 1)

    def test_refusal(self) -> None:
        """A client is told in its own words, as by whom it asked for."""
        first = first_message("fix")
        asked = first.feed(logon("DESK", "Z"))
        assert asked is not None
        told = fix.decode(first.refusal(asked, "no Z is here", NOW))
        found = [told.get(tag) for tag in (b"8", b"35", b"34", b"49", b"56", b"52", b"58")]
        time = b"20231114-22:13:20.000"
        self.assertEqual(found, [b"FIX.4.4", b"5", b"1", b"Z", b"DESK", time, b"no Z is here"])
        refusal = first_message("ouch").refusal(asked, "no Z is here", NOW)
        self.assertEqual(refusal, soup.rejected(soup.NO_SESSION))


class DirectoryTests(SynchronousTestCase):
    """Which endpoint is meant."""

    def directory(self, protocol: str, role: str, *found: Any) -> Directory:
        """That of a gateway, with endpoints and sessions."""
        gateway = GatewaySettings("g", "tcp:0", protocol, role)
        endpoints = tuple(one for one in found if isinstance(one, EndpointSettings))
        sessions = tuple(one for one in found if isinstance(one, SessionSettings))
        return Directory(gateway, Settings(endpoints=endpoints, sessions=sessions))

    def session(self, name: str, endpoint: str, **options: Any) -> SessionSettings:
        """A session."""
        return SessionSettings(name, endpoint, options=options)

    def test_target(self) -> None:
        """TargetCompID decides, whoever asks, among endpoints of the role that can be taken to."""
        directory = self.directory(
            "fix",
            "order-entry",
            fix_endpoint("x", "X"),
            fix_endpoint("x-data", "X", "market-data"),
            fix_endpoint("x-tls", "X", tls_certificate="x.pem"),
            fix_endpoint("y", "Y"),
            ouch_endpoint("o", "X"),
        )
        for target in ("X", "Y"):
            known = directory.find(Asked(b"ANY", target.encode()))
            self.assertEqual((known.endpoint, known.venue), (target.lower(), f"V-{target.lower()}"))
        with self.assertRaises(Unknown) as caught:
            directory.find(Asked(b"ANY", b"Z"))
        self.assertEqual(str(caught.exception), "no Z is here")

    def test_sender(self) -> None:
        """Where several could be meant it is the one that knows who asks, else which takes any."""
        directory = self.directory(
            "fix",
            "order-entry",
            fix_endpoint("a", "X"),
            fix_endpoint("b", "X"),
            fix_endpoint("c", "X", anybody=True),
            self.session("S1", "a", sender_comp_id="ONE"),
            self.session("TWO", "b", sender_comp_id=""),
            self.session("S3", "a", sender_comp_id="BOTH"),
            self.session("S4", "b", sender_comp_id="BOTH"),
        )
        found = [directory.find(Asked(s, b"X")).endpoint for s in (b"ONE", b"TWO", b"THREE")]
        self.assertEqual(found, ["a", "b", "c"])
        with self.assertRaises(Unknown):
            directory.find(Asked(b"BOTH", b"X"))

    def test_soup(self) -> None:
        """A login names a session, or nothing but a user."""
        directory = self.directory(
            "ouch",
            "order-entry",
            ouch_endpoint("a", "MORN"),
            ouch_endpoint("b", "EVE"),
            self.session("S", "a", user="DESK"),
            self.session("T", "b", user="OTHER"),
        )
        self.assertEqual(directory.find(Asked(b"ANY", b"EVE")).endpoint, "b")
        self.assertEqual(directory.find(Asked(b"DESK", b"")).endpoint, "a")
        for asked in (Asked(b"NOBODY", b""), Asked(b"DESK", b"NIGHT")):
            with self.assertRaises(Unknown):
                directory.find(asked)
