"""A venue's dialect from the ini to the wire: checked, validated, named and answered by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from twisted.internet.testing import StringTransport

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.endpoints import PeerFactory
from exsim.services.fixlog import FixLog
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.fix_market import wire
from tests.simulator import MemorySimulator, RestTestCase
from tests.test_fix_dialect import VENUE

INI = """\
[venue:X]
policies = blocks, match
[policy:blocks]
kind = hold
types = U1
[instrument:X:AAA]
[endpoint:oe]
venue = X
protocol = fix
listen = tcp:0
comp_id = XSIM
[session:DESK]
endpoint = oe
begin_string = FIX.4.4
dictionary = dialects/venue.xml
[session:PLAIN]
endpoint = oe
begin_string = FIX.4.4
"""
REQUEST = "11=1|5001=a b|5002=2|5003=x|5003=y|"


class FixWire:
    """The far end of a FIX connection to a simulator in memory."""

    def __init__(self, memory: MemorySimulator, name: str, endpoint: str = "oe") -> None:
        peer = PeerFactory(memory.service(endpoint)).buildProtocol(None)
        assert peer is not None
        self._peer = peer
        self._transport = StringTransport()
        self._memory = memory
        self._name = name
        self._seq = 0
        self._framer = Framer()
        peer.makeConnection(self._transport)

    def send(self, msg_type: str, body: str) -> list[FixMessage]:
        """Send a message; what is answered."""
        self._seq += 1
        stamp = utc_timestamp(self._memory.now(), 0).decode()
        head = f"35={msg_type}|34={self._seq}|49={self._name}|52={stamp}|56=XSIM|"
        self._peer.dataReceived(encode(b"FIX.4.4", wire(head + body)))
        return self.read()

    def read(self) -> list[FixMessage]:
        """The messages that came since the last call."""
        self._framer.feed(self._transport.value())
        self._transport.clear()
        found = []
        while (data := self._framer.next()) is not None:
            assert isinstance(data, bytes), data
            found.append(decode(data))
        return found

    def hang_up(self) -> None:
        """Close the connection."""
        self._peer.connectionLost()

    def log_on(self) -> None:
        """Log on."""
        (answer,) = self.send("A", "98=0|108=30|")
        assert answer.msg_type == b"A", answer.raw


class DictionaryTestCase(RestTestCase):
    """A folder with an ini, and in it another with a dialect."""

    maxDiff = None

    def setUp(self) -> None:
        """Write both."""
        self.folder = Path(self.mktemp())
        (self.folder / "dialects").mkdir(parents=True)
        self.write("dialects/venue.xml", VENUE)
        self.write("x.ini", INI)

    def write(self, name: str, text: str) -> str:
        """Write a file of the folder."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def load(self, ini: str = INI, *overrides: str) -> Settings:
        """The settings of an ini in the folder."""
        return load(self.write("x.ini", ini), overrides, Catalogue())

    def problems(self, ini: str, *overrides: str) -> list[str]:
        """What is wrong, with the folder left out."""
        error = self.assertRaises(ConfigError, self.load, ini, *overrides)
        said = str(error).replace(os.path.abspath(self.folder) + "/", "")
        return said.replace(f"{self.folder}/", "").splitlines()


class CheckTests(DictionaryTestCase):
    """What ``exsim check`` says of dictionaries."""

    def test_found(self) -> None:
        """Relative to the ini, or with --set to where one is."""
        path = os.path.abspath(self.folder / "dialects" / "venue.xml")
        options = self.load().sessions[0].options
        self.assertEqual(options["dictionary"], (path,))
        here = os.path.relpath(path)
        for override in ("session:DESK", "endpoint:oe"):
            settings = self.load(INI, f"{override}.dictionary={here}")
            self.assertEqual(settings.sessions[0].options["dictionary"], (path,))
        self.assertEqual(settings.sessions[1].options["dictionary"], (path,))

    def test_broken(self) -> None:
        """Every mistake of a file, with the others of the ini, and each once."""
        bad = VENUE.replace('type="CHAR"', 'type="CHRA"').replace('type="AMT"', 'type="ATM"')
        self.write("dialects/venue.xml", bad)
        ini = INI.replace("venue = X", "venue = Y")
        self.assertEqual(
            self.problems(ini + "dictionary = none.xml, dialects/venue.xml\n"),
            [
                "x.ini:8: [endpoint:oe] venue: there is no [venue:Y]; known: X",
                "x.ini:15: [session:DESK] dictionary: dialects/venue.xml cannot be used",
                "x.ini:19: [session:PLAIN] dictionary: none.xml cannot be used",
                "x.ini:19: [session:PLAIN] dictionary: dialects/venue.xml cannot be used",
                "dialects/venue.xml:70: there is no type CHRA: did you mean 'CHAR'?",
                "dialects/venue.xml:90: there is no type ATM: did you mean 'AMT'?",
                "none.xml: cannot be read: No such file or directory",
            ],
        )

    def test_version(self) -> None:
        """A file of a version that the session never speaks, which an endpoint may well name."""
        ini = INI.replace("begin_string = FIX.4.4", "begin_string = FIX.4.2", 1)
        self.assertEqual(
            self.problems(ini),
            [
                "x.ini:15: [session:DESK] dictionary: dialects/venue.xml is a dictionary of"
                " FIX.4.4, which a session of FIX.4.2 never speaks"
            ],
        )
        line = "dictionary = dialects/venue.xml\n"
        self.load(ini.replace(line, "").replace("comp_id", f"{line}comp_id"))


class WireTests(DictionaryTestCase):
    """A session with a dialect, and one without, on one endpoint."""

    def setUp(self) -> None:
        """Start, and log both on."""
        super().setUp()
        self.start(self.load(), Catalogue())
        self.desk = FixWire(self.memory, "DESK")
        self.desk.log_on()
        self.plain = FixWire(self.memory, "PLAIN")
        self.plain.log_on()

    def texts(self, query: str) -> list[str]:
        """The names of the messages that a filter lets through."""
        return [item["name"] for item in self.get(f"/messages?{query}")["items"]]

    def test_validated(self) -> None:
        """What the venue has is taken of the one, and refused of the other."""
        self.assertEqual(self.desk.send("U1", REQUEST), [])
        (reject,) = self.plain.send("U1", REQUEST)
        self.assertEqual(reject.fields[b"373"], b"11")
        (reject,) = self.desk.send("U1", REQUEST.replace("a b", "a c"))
        self.assertEqual((reject.fields[b"373"], reject.fields[b"371"]), (b"5", b"5001"))

    def named(self) -> list[tuple[str, str, str]]:
        """Tag, name and meaning of what the venue's request has of its own."""
        (item,) = self.get("/messages?type=U1&session=DESK")["items"]
        self.assertEqual(item["name"], "BlockRequest")
        self.assertTrue(item["text"].startswith("BlockRequest 8=FIX.4.4|"))
        fields = item["fields"]
        return [(f["tag"], f["name"], f["meaning"]) for f in fields if int(f["tag"]) >= 5000]

    def test_named(self) -> None:
        """Messages, fields and codes have the venue's names, of a session removed too."""
        self.desk.send("U1", REQUEST)
        expected = [
            ("5001", "VenueFlags", "ANONYMOUS BLOCK"),
            ("5002", "NoFees", ""),
            ("5003", "FeeType", ""),
            ("5003", "FeeType", ""),
        ]
        self.assertEqual(self.named(), expected)
        messages = self.get("/messages")["items"]
        self.desk.hang_up()
        self.plain.hang_up()
        for path in ("/sessions/DESK", "/endpoints/oe"):
            self.ask("DELETE", path, None, 204)
            self.assertEqual(self.get("/messages")["items"], messages)

    def test_filters(self) -> None:
        """A filter takes a session's names for its messages alone."""
        self.desk.send("U1", REQUEST)
        self.plain.send("U1", REQUEST)
        flags = quote("VenueFlags=a b")
        self.assertEqual(self.texts(f"tag={flags}"), ["BlockRequest"])
        self.assertEqual(len(self.texts(f"tag={quote('5001=a b')}")), 2)
        self.assertEqual(self.texts("tag=VenueFlags=a"), [])
        pending = self.begin("GET", f"/messages/wait?tag={flags}&count=2&timeout=5s")
        self.treq.flush()
        self.assertNoResult(pending)
        self.desk.send("U1", REQUEST)
        self.memory.reactor.advance(0.1)
        self.treq.flush()
        self.assertEqual(self.successResultOf(pending).code, 200)

    def test_policies(self) -> None:
        """What a policy asks of a message may have the venue's names."""
        self.desk.send("U1", REQUEST)
        (held,) = self.memory.exchange.dispatcher.holds.all()
        exchange = self.memory.exchange
        self.assertTrue(exchange.matches(held.request, "U1", (("VenueFlags", "a b"),)))
        self.assertFalse(exchange.matches(held.request, "U1", (("VenueFlags", "a"),)))
        self.assertEqual(exchange.fields(held.request)[2], ("5001", "a b"))

    def test_reply(self) -> None:
        """A held request of the venue's own is shown by name, and answered by name."""
        self.desk.send("U1", REQUEST)
        (hold,) = self.get("/holds")["items"]
        meanings = {field["name"]: field["meaning"] for field in hold["fields"]}
        self.assertEqual(meanings["VenueFlags"], "ANONYMOUS BLOCK")
        fields: list[list[str]] = [["MsgType", "U1"], ["ClOrdID", "2"], ["VenueFlags", "b"]]
        wrong = {"fields": [*fields, ["VenueFlag", "b"]]}
        self.post(f"/holds/{hold['hold']}/reply", wrong, 422)
        self.post(f"/holds/{hold['hold']}/reply", {"fields": fields})
        (reply,) = self.desk.read()
        self.assertEqual((reply.msg_type, reply.fields[b"5001"]), (b"U1", b"b"))

    def test_message_log(self) -> None:
        """A line of the message log begins with the venue's name."""
        folder = self.mktemp()
        log = FixLog(self.memory.exchange, self.memory.reactor, folder, 10**6, 1)
        log.startService()
        self.desk.send("U1", REQUEST)
        log.stopService()
        self.assertIn(" < BlockRequest 8=FIX.4.4|", (Path(folder) / "DESK.log").read_text())


class RestTests(DictionaryTestCase):
    """Sessions and endpoints made over REST."""

    def setUp(self) -> None:
        """Start."""
        super().setUp()
        self.start(self.load(), Catalogue())

    def made(self, path: str, body: dict[str, Any], status: int, **options: str) -> Any:
        """Make one."""
        return self.post(path, {**body, "options": options}, status)

    def test_session(self) -> None:
        """Files are relative to where the simulator runs; a bad one is refused with its lines."""
        body = {"name": "NEW", "endpoint": "oe"}
        bad = self.write("bad.xml", VENUE.replace("CHAR", "CHRA"))
        detail = self.made("/sessions", body, 409, dictionary=bad)["detail"]
        self.assertEqual(
            detail, f"dictionary: {bad}:70: there is no type CHRA: did you mean 'CHAR'?"
        )
        detail = self.made("/sessions", body, 409, dictionary="nowhere.xml")["detail"]
        self.assertIn("nowhere.xml: cannot be read", detail)
        good = str(self.folder / "dialects/venue.xml")
        detail = self.made("/sessions", body, 409, dictionary=good, begin_string="FIX.4.2")
        self.assertIn("never speaks", detail["detail"])
        self.made("/sessions", body, 201, dictionary=good)
        wire = FixWire(self.memory, "NEW")
        wire.log_on()
        self.assertEqual(wire.send("U1", REQUEST), [])

    def test_endpoint(self) -> None:
        """The sessions of a new endpoint speak as it says."""
        body = {"name": "new", "venue": "X", "protocol": "fix", "listen": "tcp:0"}
        bad = self.write("bad.xml", "<fix>")
        options = {"comp_id": "XSIM", "accept_any_logon": "yes"}
        detail = self.made("/endpoints", body, 409, **options, dictionary=bad)["detail"]
        self.assertIn("bad.xml:1: is no XML", detail)
        good = str(self.folder / "dialects/venue.xml")
        self.made("/endpoints", body, 201, **options, dictionary=good)
        wire = FixWire(self.memory, "ANY", "new")
        wire.log_on()
        self.assertEqual(wire.send("U1", REQUEST), [])

    def test_read_once(self) -> None:
        """A file that changes while the simulator runs is another at the next start."""
        path = self.write("dialects/venue.xml", "<fix>")
        again = os.path.abspath(path)
        self.made("/sessions", {"name": "SAME", "endpoint": "oe"}, 201, dictionary=again)
        self.start(self.load(INI.replace("dictionary", "#dictionary")), Catalogue())
        self.made("/sessions", {"name": "SAME", "endpoint": "oe"}, 409, dictionary=again)
