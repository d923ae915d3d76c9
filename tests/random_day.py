"""
Days at an exchange that nobody planned: FIX sessions of all versions, orders of every fate, bots,
prices that move, operations over REST, timers and lost connections, all by a seed.

Nothing here looks at what the exchange answers, but for the end of a connection. What is always
true of it (:mod:`tests.invariants`) is looked at after each thing that happens.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport

from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.errors import RequestError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.connecting import CalledPeer
from exsim.services.endpoints import PeerFactory
from exsim.services.operations.control import Control
from exsim.services.peer import Peer
from exsim.wire.fix import encode, utc_timestamp
from tests.invariants import Invariants

INI = """
[exsim]
seed = 7

[venue:XSIM]
policies = seen, held, slow, steps, luck, match
pricing = manual, walk
keep_finished = 40
keep_trades = 30
max_holds = 6

[venue:YSIM]
policies = match
pricing = near, jumps
schedule =
    13:46:50 opening-auction, 13:47:20 continuous, 13:48:30 closing-auction,
    13:49:00 trade-at-close, 13:49:20 closed, 13:49:30 pre-open, 13:49:40 continuous
auction_random_end = 5s
auction_extension = 4s
extension_imbalance = 20%
volatility_band = 2%
volatility_time = 5s
done_for_day = yes
gtc_restate = yes

[instrument:XSIM:AAA]
reference = 100

[instrument:XSIM:BBB]
lot = 10

[instrument:YSIM:AAA]

[policy:seen]
kind = echo
types = U1
drop_duplicates = yes

[policy:held]
kind = hold
accounts = HOLD

[policy:slow]
kind = delay
accounts = SLOW
time = 800ms
jitter = 3s

[policy:steps]
kind = fill
accounts = STEPS
style = steps
steps = 30%, 30% after 1s, rest after 2s

[policy:luck]
kind = reject
accounts = LUCK
probability = 0.5

[endpoint:oe]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_sessions = 6
resend_size = 30
max_message_size = 4096
max_latency = 0s

[endpoint:queue]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
throttle_messages = 3
throttle_interval = 2s
throttle_action = queue
throttle_queue = 5

[endpoint:other]
venue = YSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = YSIM
accept_any_logon = yes
reset_on_disconnect = yes

[session:FIXED]
endpoint = oe
sender_comp_id = FIXED
begin_string = FIX.4.4
password = secret
max_logon_failures = 2
logon_refusal = verbose
policies = luck

[session:CALLED]
endpoint = oe
sender_comp_id = CALLED
begin_string = FIX.4.2
connect = tcp:127.0.0.1:1

[session:NIGHT]
endpoint = oe
sender_comp_id = NIGHT
begin_string = FIX.4.2
start_time = 00:00
end_time = 00:00

[pricing:manual]
source = manual
symbols = AAA
start = reference

[pricing:walk]
source = random-walk
start = 50
every = 700ms

[pricing:near]
source = follower
leader = XSIM
symbols = AAA
every = 1s
correlation = 80%
lag = 1500ms
plan = 20s crossed, 40s follow, 60s stale, 90s follow

[pricing:jumps]
source = jump-diffusion
start = 100
jump_every = 3s
gap = 1%

[bot:MM]
kind = maker
venue = YSIM
levels = 2
refresh = 8s
react = 5s

[bot:CROWD]
kind = noise
venue = YSIM
rate = 0.3
clustering = 40%

[bot:HELD]
kind = noise
venue = XSIM
rate = 0.2
account = HOLD

[bot:SLOW]
kind = maker
venue = XSIM
account = SLOW
refresh = 8s
react = 5s

[bot:GONE]
kind = momentum
venue = YSIM
threshold = 2
every = 4s

[bot:ARB]
kind = arbitrage
venue = XSIM, YSIM
every = 4s
symbols = AAA
"""

ASKED = (
    *("18=6|", "111=10|", "110=10|18=G|", "20018=hidden|", "20018=Z|"),
    "20059=6|126=20991231-00:00:00|",
)
VERSIONS = ("FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1")
ACCOUNTS = ("", "", "", "HOLD", "SLOW", "STEPS", "LUCK")
GARBAGE = (
    b"nonsense",
    b"8=FIX.4.2\x019=5\x0135=0\x0110=000\x01",
    b"8=FIX.4.2\x01junk",
    b"8=FIX.4.2\x019=3\x01xx\x0110=123\x01",
    b"x" * 5000,
)


def settings(path: str, *changes: str) -> Settings:
    """The settings of these days, with changes; their file is written to ``path``."""
    Path(path).write_text(INI)
    return load(path, changes, Catalogue())


def let_pass(reactor: Any, seconds: float, random: Random) -> None:
    """Let time pass: by half seconds, or all at once, as where the machine was asleep."""
    while seconds > 0.5 and random.random() < 0.9:
        reactor.advance(0.5)
        seconds -= 0.5
    reactor.advance(seconds)


def perform(control: Control, operation: str, arguments: dict[str, str], body: Any) -> None:
    """Carry out an operation over REST, whatever comes of it."""
    entry = BY_NAME[operation]
    given = msgspec.convert(arguments, entry.arguments)
    sent = None if entry.body is None else msgspec.convert(body or {}, entry.body)
    try:
        result = control.perform(operation, given, sent)
    except RequestError:
        return
    if isinstance(result, Deferred):
        result.addErrback(lambda failure: failure.trap(RequestError) and None)


class Party:
    """A counterparty: it numbers what it sends, and does not care for what it gets."""

    def __init__(self, day: Day, name: str, endpoint: str, version: str) -> None:
        self.day = day
        self.name = name
        self.endpoint = endpoint
        self.version = version
        self.peer: Peer | None = None
        self.seq = 1
        self.orders: list[str] = []
        self.sent = b""

    @property
    def target(self) -> str:
        """The CompID of the endpoint."""
        return "YSIM" if self.endpoint == "other" else "XSIM"

    def connect(self) -> None:
        """Connect, and log on in some way or other."""
        memory, random = self.day.memory, self.day.random
        if self.endpoint not in memory.exchange.endpoints:
            return
        service = memory.service(self.endpoint)
        if self.name == "CALLED":
            if memory.exchange.sessions["CALLED"].connection is not None:
                return
            self.peer = CalledPeer(service, memory.exchange.sessions["CALLED"])
        else:
            self.peer = PeerFactory(service).buildProtocol(None)
        if self.peer is None:  # the endpoint is about to go
            return
        self.peer.makeConnection(StringTransport())
        more = random.choice(("", "", "141=Y|"))
        if more:
            self.seq = 1
        if self.name == "FIXED":
            more += random.choice(("554=secret|", "554=secret|", "554=wrong|", ""))
        if self.version == "FIXT.1.1":
            more += random.choice(("1137=9|", "1137=7|"))
        if random.random() < 0.9:
            self.say("A", f"98=0|108={random.choice((1, 2, 30))}|{more}")

    def lose(self) -> None:
        """The socket is gone."""
        peer, self.peer = self.peer, None
        if peer is not None:
            peer.connectionLost()

    def message(self, msg_type: str, body: str) -> bytes:
        """The next message."""
        stamp = utc_timestamp(self.day.memory.now(), 0).decode()
        head = f"35={msg_type}|34={self.seq}|49={self.name}|52={stamp}|56={self.target}|"
        self.seq += 1
        return encode(self.version.encode(), (head + body).replace("|", "\x01").encode())

    def say(self, *message: str) -> None:
        """Send a message; perhaps a part of it, with the rest before the next."""
        self.sent += self.message(*message)
        random = self.day.random
        while self.sent and (random.random() < 0.9 or len(self.sent) > 500):
            size = random.choice((1, 30, 100, 1000, 1000, 1000))
            data, self.sent = self.sent[:size], self.sent[size:]
            self.feed(data)

    def feed(self, data: bytes) -> None:
        """Send bytes."""
        if self.peer is not None:
            self.peer.dataReceived(data)
            self.check()

    def check(self) -> None:
        """Hang up when the other side does."""
        if self.peer is not None and self.peer.transport.disconnecting:  # type: ignore[union-attr]
            self.sent = b""
            self.lose()

    def order(self) -> tuple[str, str]:
        """A new order."""
        random = self.day.random
        name = f"{self.name}{self.seq}" if random.random() < 0.95 else "SAME"
        self.orders.append(name)
        account = random.choice(ACCOUNTS)
        limit = f"44={random.randint(9900, 10100) / 100:.2f}|"
        terms = f"40=2|{limit}" if random.random() < 0.9 else "40=1|"
        qty = f"38={random.randint(0, 9) * 10}|"
        if self.day.more.random() < 0.05:
            qty = f"152={self.day.more.choice((0, 99, 1000, 2500.5))}|"
        return "D", (
            f"11={name}|21=1|{f'1={account}|' if account else ''}{qty}"
            f"{terms}54={random.choice('125')}|55={random.choice(('AAA', 'BBB', 'NIL'))}|"
            f"59={random.choice('0134')}|{self.stamp()}{self.asked()}"
        )

    def asked(self) -> str:
        """What an order asks for besides: mostly nothing."""
        more = self.day.more
        return more.choice(ASKED) if more.random() < 0.2 else ""

    def many(self, name: str) -> tuple[str, str]:
        """A request about many orders or trades."""
        side = f"54={self.day.more.choice('12')}|"
        named = f"11={name}m{self.seq}|55=AAA|{side}{self.stamp()}"
        return self.day.more.choice(
            (
                ("q", f"{named}530=1|"),
                ("CA", f"{named}1373=3|1374=1|"),
                ("AF", f"584=S{self.seq}|585=7|{side}"),
                ("AD", f"568=T{self.seq}|569=0|"),
                ("Q", f"37=1|17=1|127=D|55=AAA|38=1|32=1|31=1|{side}"),
            )
        )

    def stamp(self) -> str:
        """TransactTime."""
        return f"60={utc_timestamp(self.day.memory.now(), 0).decode()}|"

    def act(self) -> None:
        """Do something."""
        random = self.day.random
        if self.peer is None:
            self.connect()
            return
        known = random.choice(self.orders[-8:]) if self.orders else "NONE"
        own = f"11={self.name}c{self.seq}|41={known}|54=1|55=AAA|{self.stamp()}"
        account = random.choice(ACCOUNTS)
        own += f"1={account}|" if account else ""
        choice = random.random()
        if choice < 0.5:
            self.say(*self.order())
        elif choice < 0.6:
            self.say("F", own)
        elif choice < 0.7:
            self.orders.append(f"{self.name}c{self.seq}")
            self.say("G", f"{own}21=1|38={random.randint(1, 9) * 10}|40=2|44=100.01|")
        elif choice < 0.74:
            self.say("H", f"11={known}|54=1|55=AAA|")
        elif choice < 0.78:
            self.say("2", f"7={random.randint(1, self.seq)}|16=0|")
        elif choice < 0.8:
            self.say("1", "112=who|")
        elif choice < 0.83:
            self.seq += random.randint(0, 2)  # a gap
            self.say("0", "")
        elif choice < 0.85:
            self.say("4", f"123=Y|36={self.seq + 2}|")
            self.seq += 1
        elif choice < 0.88:
            self.say("U1", f"11={known}|97={random.choice('YN')}|58=hello|")
        elif choice < 0.91:
            self.feed(random.choice(GARBAGE))
        elif choice < 0.915:
            self.feed(b"8=FIX.4.2\x019=9999\x0135=0\x01" + b"y" * 500)
        elif choice < 0.94:
            self.say("5", "")
        elif choice < 0.98:
            self.lose()
        else:
            odd = (random.choice(("R", "V", "zz")), "131=1|")
            self.say(*(self.many(self.name) if self.day.more.random() < 0.7 else odd))


class Day:
    """One day; ``memory`` is what lives through it, a :class:`MemorySimulator` or its like."""

    def __init__(self, memory: Any, seed: int) -> None:
        self.memory = memory
        self.random = Random(seed)
        self.more = Random(seed + 1)
        self.hands = Random(seed + 2)
        self.invariants = Invariants(memory.exchange)
        self.asked = 0  # how often bots asked for something
        memory.exchange.publishing.publishers.append(self.look_at_bots)
        self.parties = [
            Party(self, f"P{number}", "oe", version) for number, version in enumerate(VERSIONS)
        ]
        self.parties += [
            Party(self, "Q0", "queue", "FIX.4.2"),
            Party(self, "Q1", "queue", "FIX.4.4"),
            Party(self, "O0", "other", "FIX.4.2"),
            Party(self, "FIXED", "oe", "FIX.4.4"),
            Party(self, "CALLED", "oe", "FIX.4.2"),
            Party(self, "NIGHT", "oe", "FIX.4.2"),
            Party(self, "MADE", "oe", "FIX.4.2"),
            Party(self, "NEW", "new", "FIX.4.2"),
        ]

    def live(self, steps: int, watch: Callable[[], None] = lambda: None) -> None:
        """Let so many things happen; ``watch`` is called after each."""
        for _ in range(steps):
            self.step()
            self.look()
            watch()

    def look_at_bots(self, now: int) -> None:
        """The same after a bot did something, which may be in the midst of a step."""
        bots = self.memory.exchange.bots.values()
        asked = sum(desk.entered for runner in bots for desk in runner.desks.values())
        if asked != self.asked:
            self.asked = asked
            self.look()

    def look(self) -> None:
        """See that all is as it always is."""
        self.invariants.check(self.memory.exchange)

    def step(self) -> None:
        """One thing happens."""
        choice = self.random.random()
        if choice < 0.72:
            self.random.choice(self.parties).act()
        elif choice < 0.84:
            seconds = self.random.choice((0.001, 0.3, 1.1, 2.5, 7))
            let_pass(self.memory.reactor, seconds, self.hands)
            for party in self.parties:
                party.check()
        else:
            self.operate()
        for party in self.parties:
            party.check()

    def lead(self) -> None:
        """Something about prices and bots, by a chance of its own: it moves no other chance."""
        walk = {"venue": "XSIM", "name": "walk"}
        crowd, both = {"venue": "YSIM", "bot": "CROWD"}, {"venue": "XSIM", "bot": "ARB"}
        price = {"symbol": "AAA", "venue": "XSIM"}
        every = self.hands.choice(("300ms", "2s"))
        choices: list[tuple[str, dict[str, str], Any]] = [
            ("step_price", {"symbol": "BBB", "venue": "XSIM"}, {"percent": "1"}),
            ("ramp_price", price, {"price": "95", "within": "3s"}),
            ("schedule_price", price, {"points": [{"price": "90", "after": "2s"}]}),
            ("change_source", walk, {"parameters": {"every": every}}),
            ("stop_source", walk, None),
            ("start_source", walk, None),
            ("stop_bot", both, None),
            ("start_bot", both, None),
            ("change_bot", crowd, {"activity": self.hands.choice(("none", "normal", "x3"))}),
        ]
        perform(self.memory.control, *self.hands.choice(choices))

    def operate(self) -> None:
        """An operation over REST."""
        if self.hands.random() < 0.2:
            self.lead()
        random, exchange = self.random, self.memory.exchange
        session = {"session": random.choice(("P2", "P4", "Q0", "FIXED", "MADE", "nobody"))}
        hold = {
            "hold": str(random.choice([h.hold_id for h in exchange.dispatcher.holds.all()] or [1]))
        }
        order = {"venue": "XSIM", "order_id": str(random.randint(1, 60))}
        venue = {"venue": "XSIM"}
        symbol = {"venue": "XSIM", "symbol": "NIL"}
        price = {"symbol": "AAA", "venue": "XSIM"}
        new = {"symbol": "AAA", "side": "BUY", "quantity": "50", "price": "100.05"}
        choices: list[tuple[str, dict[str, str], Any]] = [
            ("enter_order", venue, new),
            ("enter_order", venue, {**new, "session": "P2", "side": "SELL", "account": "HOLD"}),
            ("enter_order", venue, {**new, "session": "P4", "account": "STEPS"}),
            ("cancel_order", order, None),
            ("replace_order", order, {"quantity": "70", "price": "99.99"}),
            ("release_hold", hold, None),
            ("ack_hold", hold, None),
            ("ack_hold", hold, None),
            ("fill_hold", hold, {"quantity": "10", "price": "100"}),
            ("fill_hold", hold, {}),
            ("reject_hold", hold, {"text": "no"}),
            ("reply_hold", hold, {"fields": [["35", "B"], ["148", "news"]]}),
            ("change_hold", hold, {"fields": [["38", "60"], ["58", "changed"]]}),
            ("change_hold", hold, {"fields": [["44", "99.98"], ["1", ""]]}),
            ("drop_hold", hold, None),
            ("create_instrument", venue, {"symbol": "NIL", "tick": "0.5", "reference": "3"}),
            ("delete_instrument", symbol, None),
            ("set_price", price, {"price": "105"}),
            ("clear_price", price, None),
            (
                "create_session",
                {},
                {
                    "name": "MADE",
                    "endpoint": "oe",
                    "policies": ["luck"],
                    "options": {"sender_comp_id": "MADE", "resend_size": "5"},
                },
            ),
            ("delete_session", {"session": "MADE"}, None),
            ("logout_session", session, {"text": "bye"}),
            ("disconnect_session", session, None),
            ("reset_session", session, None),
            ("set_sequence", session, {"next_out": random.randint(1, 50)}),
            ("test_session", session, {"id": "T"}),
            ("refuse_logons", session, {"text": "closed"}),
            ("accept_logons", session, None),
            ("accept_logons", session, None),
            ("send_message", session, {"fields": [["35", "B"], ["148", "news"]]}),
            ("send_message", session, {"raw": "OD1GSVg="}),
            ("reset", {}, {"venue": "YSIM", "sessions": random.choice(("keep", "disconnect"))}),
            (
                "create_venue",
                {},
                {
                    "name": "ZSIM",
                    "policies": ["slow"],
                    "seed": 3,
                    "instruments": [{"symbol": "AAA"}],
                },
            ),
            (
                "create_endpoint",
                {},
                {
                    "name": "new",
                    "venue": "ZSIM",
                    "protocol": "fix",
                    "listen": "tcp:0",
                    "options": {"comp_id": "XSIM", "accept_any_logon": "yes"},
                },
            ),
            ("delete_endpoint", {"endpoint": "new"}, None),
            ("delete_venue", {"venue": "ZSIM"}, None),
        ]
        self.perform(*random.choice(choices))

    def of_the_market(self) -> list[tuple[str, dict[str, str], Any]]:
        """Operations on phases, clocks and the terms of orders, most of them at YSIM."""
        random, quiet = self.random, {"venue": "YSIM"}
        one = {"venue": random.choice(("XSIM", "YSIM")), "symbol": "AAA"}
        watched = {"venue": "XSIM"}
        new = {"symbol": "AAA", "side": random.choice(("BUY", "SELL")), "quantity": "50"}
        phases = ("continuous", "halt", "intraday-auction", "closing-auction", "closed", "pre-open")
        tif = random.choice(("DAY", "GTC", "AT_CLOSE", "GOOD_FOR_AUCTION", "GOOD_TILL_CROSSING"))
        ahead = random.choice(("3s", "20s", "70s"))
        price = random.choice(("99", "100", "101", "104"))
        return [
            ("set_phase", quiet, {"phase": random.choice(phases)}),
            ("set_phase", quiet, {"phase": "continuous"}),
            ("set_instrument_phase", one, {"phase": random.choice(phases)}),
            ("set_instrument_phase", one, {"phase": None}),
            ("set_instrument_phase", one, {"phase": None}),
            ("set_instrument_phase", one, {"phase": "halt", "cancels": False}),
            ("corporate_action", one, {"kind": "split", "new": 2}),
            ("corporate_action", one, {"kind": "split", "old": 2}),
            ("corporate_action", one, {"kind": "dividend", "cash": "0.01"}),
            ("set_clock", quiet, {"mode": random.choice(("manual", "real"))}),
            ("set_clock", quiet, {"mode": "scaled", "scale": random.choice(("0.5", "20"))}),
            ("advance_clock", quiet, {"by": ahead}),
            ("advance_clock", quiet, {"by": ahead}),
            *[("enter_order", quiet, new | {"price": price, "time_in_force": tif})] * 4,
            ("enter_order", watched, new | {"type": "STOP", "stop_price": price}),
            ("enter_order", quiet, new | {"price": price, "display": "10"}),
            (
                "enter_order",
                quiet,
                new | {"price": price, "time_in_force": "GTD", "expire": "1970-01-12T13:50:00Z"},
            ),
        ]

    def perform(self, operation: str, arguments: dict[str, str], body: Any) -> None:
        """Carry out an operation, whatever comes of it."""
        perform(self.memory.control, operation, arguments, body)

    def end(self) -> None:
        """All sockets are gone."""
        for party in self.parties:
            party.lose()
        self.memory.stop()


class TradingDay(Day):
    """A day of which the market at YSIM makes the most: phases, auctions, clocks and expiries."""

    def __init__(self, memory: Any, seed: int) -> None:
        super().__init__(memory, seed)
        quiet = {"activity": "x0.1"}  # time goes fast, and bots with it
        self.perform("change_bots", {"venue": "YSIM"}, quiet)

    def step(self) -> None:
        """One thing happens."""
        if self.random.random() < 0.1:
            super().step()
        elif self.random.random() < 0.2:
            let_pass(self.memory.reactor, self.random.choice((0.3, 1.1, 7)), self.hands)
        else:
            self.perform(*self.random.choice(self.of_the_market()))
