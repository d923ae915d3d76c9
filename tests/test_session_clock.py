"""Sessions that go by the clock of their market: ``session_clock = market``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from hypothesis import Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode

from exsim.config.load import load
from exsim.model.journal import EntryKind
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.peer import Peer
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from exsim.wire.fix import encode as message
from tests.amount import amount
from tests.random_day import INI as RANDOM_INI
from tests.random_day import Day, TradingDay
from tests.simulator import MemorySimulator, RestTestCase, Wire

INI = """
[venue:XSIM]
policies = match
clock = manual
clock_start = 2026-01-05T08:30:00Z
schedule = 08:00 pre-open, 08:30:40 continuous, 17:00 closed

[instrument:XSIM:AAA]

[endpoint:market]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
session_clock = market

[session:REAL]
endpoint = market
session_clock = real
max_latency = 0s

[endpoint:real]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[session:PACED]
endpoint = real
session_clock = market

[session:HOURS]
endpoint = real
session_clock = market
start_time = 08:00
end_time = 17:30
"""
SENT = "20200101-00:00:00"
ONCE: Any = {"derandomize": True, "deadline": None, "phases": (Phase.generate,)}


class Client:
    """A counterparty of a few lines; ``wire`` is its connection."""

    def __init__(self, memory: MemorySimulator, endpoint: str, name: str) -> None:
        self.wire: Wire = memory.connect(endpoint)
        self._name = name
        self._sent = 0

    def say(self, msg_type: str, *fields: str) -> list[str]:
        """Send a message; what came since the last call, as :meth:`heard` tells it."""
        self._sent += 1
        header = (f"35={msg_type}", f"34={self._sent}", f"49={self._name}", "56=XSIM")
        body = "".join(f"{each}\x01" for each in (*header, f"52={SENT}", *fields))
        peer: Peer = self.wire.peer
        peer.dataReceived(message(b"FIX.4.2", body.encode()))
        return self.heard()

    def log_on(self, heartbeat: int = 30) -> list[str]:
        """Log on."""
        return self.say("A", "98=0", f"108={heartbeat}")

    def heard(self) -> list[str]:
        """MsgType, and the time of day in SendingTime, of all that came since the last call."""
        data: bytes = self.wire.transport.value()
        self.wire.transport.clear()
        found = []
        for each in data.decode().split("8=FIX.4.2\x01")[1:]:
            fields = dict(field.split("=", 1) for field in each.split("\x01") if field)
            found.append(f"{fields['35']} {fields['52'][9:17]}")
        return found


class SessionClockCase(RestTestCase):
    """A market that stands still until it is advanced."""

    def setUp(self) -> None:
        """The simulator."""
        path = self.mktemp()
        Path(path).write_text(INI)
        self.settings = load(path, [], Catalogue())
        self.start(self.settings, Catalogue())
        self.memory.reactor.advance(1)

    def advance(self, **arguments: str) -> None:
        """Advance the market."""
        self.post("/venues/XSIM/clock/advance", arguments)

    def client(self, endpoint: str, name: str, heartbeat: int = 30) -> Client:
        """A counterparty that is logged on."""
        client = Client(self.memory, endpoint, name)
        self.assertEqual([told.split()[0] for told in client.log_on(heartbeat)], ["A"])
        return client


class TimersTests(SessionClockCase):
    """Whose time counts."""

    def test_real_by_default(self) -> None:
        """A session of an endpoint that says nothing does not age with the market."""
        client = self.client("real", "A")
        self.advance(by="5m")
        self.assertEqual(client.heard(), [])
        self.memory.reactor.pump([1] * 31)
        self.assertEqual([told.split()[0] for told in client.heard()], ["0"])

    def test_ages(self) -> None:
        """Five minutes: a Heartbeat, a TestRequest, and the end, each at its own market time."""
        client = self.client("market", "A")
        self.advance(by="5m")
        self.assertEqual(client.heard(), ["0 08:30:30", "1 08:30:36"])
        self.assertTrue(client.wire.closed)

    def test_real_time_does_not_count(self) -> None:
        """As long as the market stands still nothing ages, whatever time passes."""
        client = self.client("market", "A")
        self.memory.reactor.pump([10] * 60)
        self.assertEqual(client.heard(), [])
        self.assertFalse(client.wire.closed)

    def test_in_due_order(self) -> None:
        """Sessions and the schedule take turns by their times: the phase begins in between."""
        client = self.client("market", "A", 35)
        before = self.memory.exchange.journal.last
        self.advance(by="42s")
        entries = self.memory.exchange.journal.entries(before)
        timers = [each.data for each in entries if each.kind == EntryKind.TIMER]
        self.assertEqual(timers, [b"session 1", b"day", b"session 1"])
        self.assertEqual(client.heard(), ["0 08:30:35", "1 08:30:42"])

    def test_several(self) -> None:
        """Two sessions with other intervals age side by side."""
        slow, fast = self.client("market", "A", 20), self.client("market", "B", 10)
        self.advance(by="20s")
        self.assertEqual(slow.heard(), ["0 08:30:20"])
        self.assertEqual(fast.heard(), ["0 08:30:10", "1 08:30:12"])

    def test_no_logon(self) -> None:
        """A connection that does not log on in time, by the market's clock."""
        wire = self.memory.connect("market")
        self.memory.reactor.pump([10] * 3)
        self.assertFalse(wire.closed)
        self.advance(by="9999ms")
        self.assertFalse(wire.closed)
        self.advance(by="1ms")
        self.assertTrue(wire.closed)

    def test_a_session_of_its_own(self) -> None:
        """A session that says market where its endpoint says nothing, and the other way around."""
        paced, real = Client(self.memory, "real", "PACED"), Client(self.memory, "market", "REAL")
        self.assertEqual(paced.log_on(), ["A 08:30:00"])
        (told,) = real.log_on()
        self.assertEqual(told, "A 13:46:41")
        self.advance(by="35s")
        self.assertEqual((paced.heard(), real.heard()), (["0 08:30:30"], []))
        self.memory.reactor.pump([1] * 30)
        self.assertEqual((paced.heard(), real.heard()), ([], ["0 13:47:11"]))

    def test_reports(self) -> None:
        """SendingTime of what is sent for others, too; and chosen fields and logouts."""
        client = self.client("market", "A")
        self.advance(by="10s")
        told = client.say(
            "D", "11=1", "55=AAA", "54=1", "38=5", "40=2", "44=1", "21=1", f"60={SENT}"
        )
        self.assertEqual(told, ["8 08:30:10"])
        self.post("/sessions/A/messages", {"fields": [["35", "B"], ["148", "x"]]})
        self.post("/sessions/A/test-request", {"id": "x"})
        self.post("/sessions/A/logout", {"text": "x"})
        self.assertEqual(client.heard(), ["B 08:30:10", "1 08:30:10", "5 08:30:10"])

    def test_hours(self) -> None:
        """A session's schedule, which ends it in the market's evening."""
        client = self.client("real", "HOURS", 0)
        self.advance(to="2026-01-05T17:29:59Z")
        self.assertEqual(client.heard(), [])
        self.advance(to="2026-01-05T17:30:00Z")
        self.assertEqual(client.heard(), ["5 17:30:00"])

    def test_scaled(self) -> None:
        """With a clock that goes ten times as fast a heartbeat comes after three real seconds."""
        body = {"mode": "scaled", "scale": "10", "time": "2026-01-05T08:30:00Z"}
        self.ask("PUT", "/venues/XSIM/clock", body)
        client = self.client("market", "A")
        self.memory.reactor.pump([0.1] * 29)
        self.assertEqual(client.heard(), [])
        self.memory.reactor.pump([0.1] * 2)
        self.assertEqual(client.heard(), ["0 08:30:30"])

    def test_scaled_and_advanced(self) -> None:
        """The timer of a session is set anew after its market was advanced."""
        body = {"mode": "scaled", "scale": "10", "time": "2026-01-05T08:30:00Z"}
        self.ask("PUT", "/venues/XSIM/clock", body)
        client = self.client("market", "A")
        self.advance(by="25s")
        self.memory.reactor.pump([0.5, 0.01])
        self.assertEqual(client.heard(), ["0 08:30:30"])

    def test_reset(self) -> None:
        """A market that begins anew, and sessions that stay: they age as from its beginning."""
        client = self.client("market", "A")
        self.advance(by="25s")
        client.say("0")
        self.post("/reset", {"sessions": "keep"})
        self.advance(by="30s")
        self.assertEqual(client.heard(), ["0 08:30:30"])
        wire = self.memory.connect("market")
        self.advance(by="5s")
        self.post("/reset", {"sessions": "keep"})
        self.advance(by="10s")
        self.assertTrue(wire.closed)

    def test_a_day(self) -> None:
        """A day moved on with sessions up, in less than five seconds."""
        clients = [self.client("market", str(number), 0) for number in range(50)]
        clients += [self.client("market", f"h{number}") for number in range(50)]
        begun = time.perf_counter()
        self.advance(to="2026-01-06T08:30:00Z")
        self.assertLess(time.perf_counter() - begun, 5)
        self.assertEqual([each.wire.closed for each in clients], [False] * 50 + [True] * 50)


class ReplayTests(SessionClockCase):
    """What is written is lived through again."""

    def test_the_same_again(self) -> None:
        """From the beginning, and from a snapshot in the middle."""
        client = self.client("market", "A")
        paced = self.client("real", "PACED", 45)
        self.memory.connect("market")
        self.advance(by="20s")
        client.say("0")
        kept, seq = encode(capture(self.memory.simulator)), self.memory.exchange.journal.last
        self.advance(by="40s")
        client.say("1", "112=x")
        self.memory.reactor.advance(5)
        paced.say("0")
        self.advance(by="10m")
        self.assertTrue(client.wire.closed)
        for after, state in ((0, None), (seq, kept)):
            again = inert(self.settings, Catalogue())
            if state is not None:
                restore(again, decode(state))
            entries = list(self.memory.exchange.journal.entries(after))
            replay = Replay(again, entries, 1, after)
            self.assertIsNone(replay.run())
            self.assertEqual(replay.tape.last, self.memory.exchange.journal.last)
            now = decode(encode(capture(self.memory.simulator)))
            self.assertEqual(decode(encode(capture(again))), now)


class RandomDayTests(SessionClockCase):
    """Random days, in which nothing goes by the real time."""

    def random_settings(self) -> Settings:
        """Those of random days, with the market's clock for all."""
        path = self.mktemp()
        Path(path).write_text(RANDOM_INI)
        sets = [f"endpoint:{name}.session_clock=market" for name in ("oe", "queue", "other")]
        sets.append("session:NIGHT.session_clock=real")
        for venue in ("XSIM", "YSIM"):  # prices of the one follow those of the other
            sets += [f"venue:{venue}.clock=scaled", f"venue:{venue}.clock_scale=7"]
        return load(path, sets, Catalogue())

    @profile(max_examples=amount(1, 12), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 300), st.booleans())
    def test_the_same_again(self, seed: int, moment: int, trading: bool) -> None:
        """Run again, from the start and from a snapshot, they come to the same."""
        configuration = self.random_settings()
        memory = MemorySimulator(configuration, Catalogue())
        day = (TradingDay if trading else Day)(memory, seed)
        day.live(moment)
        kept, seq = encode(capture(memory.simulator)), memory.exchange.journal.last
        day.live(300 - moment)
        day.end()
        self.flushLoggedErrors()
        for after, state in ((0, None), (seq, kept)):
            again = inert(configuration, Catalogue())
            if state is not None:
                restore(again, decode(state))
            replay = Replay(again, list(memory.exchange.journal.entries(after)), 1, after)
            difference = replay.run()
            self.assertEqual("" if difference is None else difference.text(), "")
            now = decode(encode(capture(memory.simulator)))
            self.assertEqual(decode(encode(capture(again))), now)
