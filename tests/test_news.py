"""News: said over REST, heard over FIX in every version, and once more in a replay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exsim.config.dictionaries import standard
from exsim.config.load import load
from exsim.model.news import FLASH, News
from exsim.plugins import Catalogue
from exsim.protocols.fix_news import news_told
from exsim.protocols.fix_versions import VERSIONS
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.wire.fix import decode, encode
from exsim.wire.fix_validate import Validator
from tests.simulator import RestTestCase
from tests.test_drop_copy import Client

INI = """
[exsim]
durability = none

[venue:XSIM]
[venue:OTHER]
[instrument:XSIM:AAA]
[instrument:XSIM:BBB]

[endpoint:orders]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[endpoint:data]
venue = XSIM
protocol = fix
role = market-data
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[endpoint:ouch]
venue = XSIM
protocol = ouch
listen = tcp:0:interface=127.0.0.1

[session:TRADER]
endpoint = orders
news = yes

[session:DEAF]
endpoint = data
news = no

[session:BINARY]
endpoint = ouch
user = BIN
password = p

[endpoint:else]
venue = OTHER
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM

[session:ELSE]
endpoint = else
"""
NEWS = {
    "headline": "AAA is halted",
    "lines": ["Pending news.", "More later."],
    "urgency": "flash",
    "symbols": ["AAA", "BBB"],
}


class NewsTests(RestTestCase):
    """Who hears what."""

    def setUp(self) -> None:
        """A venue with all sorts of sessions."""
        path = self.mktemp()
        Path(path).write_text(INI)
        self.settings = load(path, [], Catalogue())
        self.start(self.settings, Catalogue())

    def say(self, status: int = 200, **more: Any) -> Any:
        """Say it."""
        return self.ask("POST", "/venues/XSIM/news", {**NEWS, **more}, status)

    def test_all(self) -> None:
        """Those hear it that look on or whose setting says so, as long as they are logged on."""
        reader, trader = Client(self.memory, "data", "R"), Client(self.memory, "orders", "TRADER")
        other, deaf = Client(self.memory, "orders", "S1"), Client(self.memory, "data", "DEAF")
        self.assertEqual(sorted(self.say()["sessions"]), ["R", "TRADER"])
        for client in (reader, trader):
            [told] = client.heard()
            self.assertEqual((told["35"], told["148"], told["61"]), ("B", "AAA is halted", "1"))
            self.assertEqual((told["33"], told["146"]), ("2", "2"))
        self.assertEqual(other.heard() + deaf.heard(), [])
        reader.wire.peer.connectionLost()
        self.assertEqual(self.say()["sessions"], ["TRADER"])

    def test_named(self) -> None:
        """Those that are named hear it whatever they are; if they were away, resent."""
        self.assertEqual(self.say(sessions=["DEAF", "DEAF"])["sessions"], ["DEAF"])
        deaf = Client(self.memory, "data", "DEAF")
        found = deaf.say("2", "7=1", "16=0")
        self.assertIn(("B", "Y"), [(each["35"], each.get("43")) for each in found])

    def test_refused(self) -> None:
        """What is not there cannot be told, nor be told of."""
        self.say(404, symbols=["ZZZ"])
        self.say(404, sessions=["NOBODY"])
        self.say(409, sessions=["ELSE"])
        self.say(409, sessions=["BINARY"])
        self.say(422, headline="")
        self.say(422, lines=["two\nlines"])
        self.say(422, lines=["x"] * 101)
        self.say(lines=["x"] * 100)

    def test_again(self) -> None:
        """It is in the journal, and comes of it again."""
        Client(self.memory, "data", "R")
        self.say()
        journal = self.memory.exchange.journal
        replay = Replay(
            inert(self.settings, Catalogue()), list(journal.entries(0)), journal.epoch, 0
        )
        difference = replay.run()
        self.assertEqual("" if difference is None else difference.text(), "")


class VersionTests(RestTestCase):
    """The message as each version has it."""

    def test_versions(self) -> None:
        """It is valid, and made once."""
        for lines in ((), ("one", "two")):
            for name, version in VERSIONS.items():
                news = News("head", lines, FLASH, ("AAA", "BBB"), 10**18)
                msg_type, body = news_told(news, version)
                self.assertIs(news_told(news, version)[1], body)
                header = b"35=B\x0134=2\x0149=XSIM\x0152=20200101-00:00:00\x0156=R\x01"
                raw = encode(name.encode() if name < "FIX.5" else b"FIXT.1.1", header + body)
                message = decode(raw)
                self.assertEqual(msg_type, b"B")
                new = name >= "FIX.5"
                validator = (
                    Validator(standard("FIXT.1.1"), standard(name))
                    if new
                    else Validator(standard(name))
                )
                if name != "FIX.4.0":  # whose groups are no groups in a dictionary
                    self.assertIsNone(validator.check(message))
                texts = [
                    value
                    for tag, value in zip(message.parts[::2], message.parts[1::2], strict=True)
                    if tag == b"58"
                ]
                least = [b"head"] if name == "FIX.4.0" or not lines else []
                self.assertEqual(texts, least + [line.encode() for line in lines])
