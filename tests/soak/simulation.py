"""
The row ``simulation``: whole days with a reactor, a network and a disk that are all in memory.

Counterparties trade over lines that are cut, bots trade around prices that move, operators turn
phases and do things to orders, bots and prices, time goes by, the power fails and the simulator
starts again. All of it comes of one seed, so that a day that fails can be lived through again to
the byte. After each thing that happens all is looked at that is always true
(:mod:`tests.invariants`); at the end everybody connects once more and has to have heard of all that
was done for them, and the journal is run again.
"""

from __future__ import annotations

import gc
import traceback
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from twisted.application.service import IServiceCollection
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import globalLogPublisher

from exsim.config.load import load
from exsim.dispatch.venue import Venue
from exsim.errors import ExsimError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.endpoints import EndpointService
from exsim.services.exchange import Exchange
from exsim.services.operations.control import Control
from exsim.services.recovery import Recovery
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.simulator import Simulator
from exsim.services.snapshots import Snapshot, Snapshots, decode
from exsim.services.state import capture, restore
from exsim.services.tree import build
from tests.disk import Disk
from tests.invariants import Invariants
from tests.random_day import let_pass, perform
from tests.soak.copies import Copier
from tests.soak.disk import PowerLost
from tests.soak.exchange import Errors
from tests.soak.rows import Found
from tests.soak.traders import Trader
from tests.soundness import demand

INI = """
[exsim]
seed = 7
journal_segment_size = 20000

[venue:SIM]
policies = slow, steps, match
pricing = hands, walk, jumps
keep_finished = 60
keep_trades = 100
schedule =
    13:46:50 opening-auction, 13:47:00 continuous, 13:49:00 intraday-auction, 13:49:20 continuous,
    13:51:00 closing-auction, 13:51:20 trade-at-close, 13:51:40 closed, 13:51:50 pre-open,
    13:52:10 continuous
auction_random_end = 3s
auction_extension = 4s
extension_imbalance = 30%
volatility_time = 5s
done_for_day = yes
gtc_restate = yes

[instrument:SIM:AAA]
reference = 100

[instrument:SIM:BBB]
reference = 100
allocation = pro-rata
lmm = A3
lmm_share = 20

[instrument:SIM:CCC]
reference = 100
allocation = price-display-time
replace_keeps = any-quantity

[pricing:hands]
source = manual
symbols = CCC
start = reference

[pricing:walk]
source = random-walk
symbols = AAA
every = 700ms
ticks = 20

[pricing:jumps]
source = jump-diffusion
every = 900ms
volatility = 300%
jump_every = 20s
gap = 1%

[bot:MAKER]
kind = maker
levels = 2
size = 40
spread = 40
step = 25
refresh = 3s
most = 200

[bot:CROWD]
kind = noise
rate = 0.5
clustering = 50%
size = 20
distance = 50
account = A3

[bot:WAITS]
kind = momentum
symbols = AAA BBB
threshold = 20
window = 5s
size = 20
account = A2

[bot:ICE]
kind = iceberg
symbols = CCC
size = 60
display = 20
total = 500

[bot:LAYERS]
kind = burst
symbols = BBB
rate = 0.1
size = 10

[policy:slow]
kind = delay
accounts = A2
probability = 20%
time = 500ms
jitter = 2s

[policy:steps]
kind = fill
accounts = A3
probability = 10%
style = steps
steps = 30%, 30% after 1s, rest after 2s

[endpoint:oe]
venue = SIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = SIM
accept_any_logon = yes
validate = no
resend_size = 200

[endpoint:copies]
venue = SIM
protocol = fix
role = drop-copy
listen = tcp:0:interface=127.0.0.1
comp_id = SIM
validate = no
resend_size = 10000

[session:COPIES]
endpoint = copies
copy_trades = also

[session:T3]
endpoint = oe
sender_comp_id = T3
begin_string = FIX.4.4
pending_reports = yes
cancel_on_disconnect = yes
cancel_grace = 3s
"""
STEPS = 150
VERSIONS = ("FIX.4.0", "FIX.4.2", "FIX.4.4", "FIX.4.4", "FIXT.1.1")
"""Of the traders, by their number."""
ACTIVITY = ("none", "slow", "normal", "normal", "fast")
PREVENTION = ("none", "none", "none", "cancel-newest", "cancel-oldest", "cancel-both", "decrement")
PHASES = ("continuous", "continuous", "halt", "intraday-auction", "closing-auction", "closed")
PLAIN_STEPS = ("cancel", "expire", "suspend", "resume", "resume", "calculate")
FOLDER = "data"
TWICE = 25
"""Every so many cases are lived through twice."""


@lru_cache
def settings(prevention: str, plain: bool, activity: str) -> Settings:
    """
    The settings of days with one kind of self-trade prevention. Plain ones have none, nor a band:
    most orders go the short way, straight to the book. ``activity`` is that of the bots.
    """
    with TemporaryDirectory() as folder:
        Path(folder, "day.ini").write_text(INI)
        changes = [f"venue:SIM.activity={activity}"]
        if not plain:
            changes += [f"venue:SIM.stp={prevention}", "venue:SIM.stp_by=account"]
            changes.append("venue:SIM.volatility_band=1%")
        loaded = load(f"{folder}/day.ini", changes, Catalogue())
    return replace(loaded, data_dir=FOLDER, durability="fsync", rest=None)


class Reactor(MemoryReactorClock):
    """One that has no processes: nobody indexes the journal."""

    def spawnProcess(self, *arguments: object, **more: object) -> None:
        """Not here."""
        raise OSError("there are no processes here")


class Run:
    """A simulator from its start to its end, on a disk."""

    def __init__(self, configuration: Settings, disk: Disk, begun: float) -> None:
        self.reactor = Reactor()
        self.reactor.advance(begun)
        self._disk = disk
        made = build(configuration, self.reactor, plugins=Catalogue(), now=self.now, files=disk)
        self.root: Any = made
        services = IServiceCollection(self.root)
        for name in ("sweeper", "watch"):  # what they look at is the process, which is not its own
            services.getServiceNamed(name).disownServiceParent()
        recovery: Recovery = services.getServiceNamed("recovery")
        self.simulator: Simulator = recovery.simulator
        self.exchange: Exchange = self.simulator.exchange
        self.control = Control(self.simulator)
        self.root.privilegedStartService()
        self.root.startService()

    def now(self) -> int:
        """The reactor's time in nanoseconds."""
        return round(self.reactor.seconds() * 10**9)

    def snapshot(self) -> None:
        """Write one, as the forked process does."""
        journal = self.exchange.journal
        journal.commit()
        state = capture(self.simulator)
        snapshots = Snapshots(f"{FOLDER}/snapshots", self._disk)
        snapshots.write(Snapshot(journal.epoch, journal.last, self.now(), state))

    def stop(self) -> None:
        """Stop in good order; nobody is connected any more."""
        results: list[object] = []
        self.root.stopService().addBoth(results.append)
        self.reactor.advance(10)
        demand(results == [None], "the stop came to {}", results)


class World:
    """A day, by its seed: the simulator of now, and all who trade there."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"simulation:{seed}")
        self.plain = self.random.random() < 0.25
        self.disk = Disk()
        prevention, activity = self.random.choice(PREVENTION), self.random.choice(ACTIVITY)
        self.settings = settings(prevention, self.plain, activity)
        self.begun = 1_000_000.0
        self.run = Run(self.settings, self.disk, self.begun)
        self.traders = [
            Trader(self, f"T{number}", version) for number, version in enumerate(VERSIONS)
        ]
        self.copier = Copier(self, seed)
        self.parties = [*self.traders, self.copier]
        self.invariants = Invariants(self.run.exchange)
        self.crashes = 0

    def now(self) -> int:
        """The time that all clocks show."""
        return self.run.now()

    def service(self) -> EndpointService:
        """Where orders are entered."""
        return self.run.simulator.endpoint_service("oe")

    def copies(self) -> EndpointService:
        """Where copies are to be had."""
        return self.run.simulator.endpoint_service("copies")

    # -- what happens

    def live(self) -> None:
        """The whole day."""
        for _ in range(STEPS):
            try:
                self.step()
                self.run.reactor.advance(0)
                for trader in self.parties:
                    trader.fetch()
                self.run.reactor.advance(0)  # one that hung up then: that is written, too
            except PowerLost:
                self.restart(lost=True)
            self.invariants.check(self.run.exchange)
        self.disk.before = _nothing
        self.settle()

    def step(self) -> None:
        """One thing happens."""
        self.copier.act()
        self.copier.carry()
        choice = self.random.random()
        if choice < 0.68:
            for trader in self.random.choices(self.traders, k=self.random.randint(1, 3)):
                trader.act()
                trader.carry()
        elif choice < 0.82:
            seconds = self.random.choice((0.001, 0.5, 1, 3, 10))
            let_pass(self.run.reactor, seconds, self.random)
        elif choice < 0.96:
            perform(self.run.control, *self.operation())
        elif choice < 0.975:
            self.run.snapshot()
        elif choice < 0.99:
            self.fail_soon()
        else:
            self.restart(lost=False)

    def fail_soon(self) -> None:
        """The power is about to fail."""
        left = self.random.randint(1, 12)

        def lose(operation: str, path: str) -> None:
            nonlocal left
            left -= operation != "read"
            if left < 0:
                raise PowerLost

        self.disk.before = lose

    def restart(self, lost: bool) -> None:
        """It starts again: after a loss of power, a kill, or a stop in good order."""
        self.disk.before = _nothing
        self.crashes += 1
        orderly = not lost and self.random.random() < 0.5
        for trader in self.parties:
            trader.cut() if orderly else trader.gone()
        if orderly:
            self.run.reactor.advance(0)
            self.run.stop()
        if lost:
            self.disk.crash(self.random)
        else:
            self.disk.kill()
        before = self.run.reactor.seconds()
        self.run = Run(self.settings, self.disk, before + self.random.choice((0.5, 2, 20)))
        self.run.reactor.advance(0)

    def operation(self) -> tuple[str, dict[str, str], Any]:
        """An operation over REST."""
        random, venue = self.random, {"venue": "SIM"}
        one = {**venue, "symbol": random.choice("ABC") * 3}
        orders = self.run.exchange.dispatcher.venues["SIM"].orders
        number = random.randint(max(1, orders.created - 30), orders.created + 1)
        order = {**venue, "order_id": str(number)}
        known = orders.by_order_id(order["order_id"])
        fills = [] if known is None or known.fills is None else known.fills
        fill = {"exec_id": random.choice(fills).exec_id if fills else "1"}
        new = {"symbol": one["symbol"], "side": random.choice(("BUY", "SELL")), "quantity": "40"}
        price = f"{100 + random.randint(-6, 6) / 4:.2f}"
        step = random.choice(PLAIN_STEPS)
        if random.random() < 0.25:
            return self.lead(one)
        choices: list[tuple[str, dict[str, str], Any]] = [
            ("set_phase", venue, {"phase": random.choice(PHASES)}),
            ("set_phase", venue, {"phase": "continuous"}),
            ("set_instrument_phase", one, {"phase": random.choice(PHASES)}),
            ("set_instrument_phase", one, {"phase": None}),
            ("set_instrument_phase", one, {"phase": None}),
            ("corporate_action", one, {"kind": "split", "new": 2}),
            ("corporate_action", one, {"kind": "split", "old": 2}),
            ("corporate_action", one, {"kind": "dividend", "cash": "0.25"}),
            ("set_clock", venue, {"mode": random.choice(("manual", "real"))}),
            ("advance_clock", venue, {"by": random.choice(("1s", "20s", "60s"))}),
            ("enter_order", venue, {**new, "price": price}),
            ("enter_order", venue, {**new, "price": price, "session": "T1", "display": "10"}),
            ("replace_order", order, {"quantity": random.choice(("20", "70")), "price": price}),
            ("fill_order", order, {"quantity": "10", "price": price}),
            ("bust_fill", order, fill),
            ("correct_fill", order, {**fill, "quantity": "10"}),
            ("stop_order", order, {}),
            (step if step == "done_for_day" else f"{step}_order", order, None),
            (step if step == "done_for_day" else f"{step}_order", order, None),
            ("done_for_day", order, None),
            ("test_session", {"session": "T1"}, {"id": "T"}),
            ("disconnect_session", {"session": "T2"}, None),
            ("logout_session", {"session": "T4"}, {"text": "bye"}),
        ]
        return random.choice(choices)

    def lead(self, one: dict[str, str]) -> tuple[str, dict[str, str], Any]:
        """An operation on prices and bots; ``one`` names an instrument."""
        random, venue = self.random, {"venue": "SIM"}
        bot = {**venue, "bot": random.choice(("MAKER", "CROWD", "WAITS", "ICE", "LAYERS"))}
        source = {**venue, "name": random.choice(("walk", "jumps"))}
        hands = {**venue, "symbol": "CCC"}
        activity = random.choice(ACTIVITY)
        return random.choice(
            (
                ("step_price", one, {"percent": random.choice(("-2", "0.5"))}),
                ("ramp_price", hands, {"price": "101", "within": "5s"}),
                ("schedule_price", hands, {"points": [{"price": "99", "after": "2s"}]}),
                ("change_source", source, {"parameters": {"every": "400ms"}}),
                ("stop_source", source, None),
                ("start_source", source, None),
                ("start_source", source, None),
                ("change_bot", bot, {"activity": activity}),
                ("change_bot", bot, {"options": {"size": "30"}}),
                ("stop_bot", bot, None),
                ("start_bot", bot, None),
                ("start_bot", bot, None),
                ("start_bots", venue, None),
            )
        )

    # -- the end

    def settle(self) -> None:
        """Everybody is there, everything arrives, and nobody has missed anything."""
        for _ in range(12):
            self.settle_more()
        for _ in range(100):  # what a day with busy bots has to send again comes in portions
            if not any(self.is_behind(trader) for trader in self.parties):
                break
            self.settle_more()
        for trader in self.parties:  # what the last half second had them answer
            trader.carry(everything=True)
        venue = self.run.exchange.dispatcher.venues["SIM"]
        told = {trader.name: trader for trader in self.traders if trader.fresh}
        self.copier.compare(self.traders)
        for trader in self.parties:
            demand(trader.logged_on, "{} could not log on", trader.name)
            session = self.run.exchange.sessions[trader.name].view()
            numbers = (session.next_out, session.next_in)
            heard = (trader.next_in, trader.next_out)
            demand(numbers == heard, "{} is at {}, its session at {}", trader.name, heard, numbers)
        for order in venue.orders.all():
            revised = any(text.startswith("fill ") for _, text in order.notes or ())
            if order.owner in told and not revised:
                heard_of = sum(told[order.owner].fills.get(order.order_id, {}).values())
                said = "{} heard of {} filled of order {}, it was {}"
                right = heard_of == order.cum
                demand(right, said, order.owner, heard_of, order.order_id, order.cum)
        self.check_bots(venue)
        self.check_again()

    def settle_more(self) -> None:
        """Half a second in which all is there and all arrives."""
        for trader in self.parties:
            if not trader.connected:
                trader.connect()
            trader.carry(everything=True)
        self.run.reactor.advance(0.5)
        for trader in self.parties:
            trader.fetch(everything=True)
        self.invariants.check(self.run.exchange)

    def is_behind(self, trader: Trader) -> bool:
        """Whether somebody has not heard all that was sent to them."""
        return trader.next_in < self.run.exchange.sessions[trader.name].view().next_out

    def check_bots(self, venue: Venue) -> None:
        """No bot failed; each knows what it has in the book, and what it bought and sold."""
        assert venue.bots is not None
        for name, desk in venue.bots.desks.items():
            runner = desk.runner
            demand(not runner.failure, "bot {} failed: {}", name, runner.failure)
            has = {each for each, amount in desk.positions.items() if amount}
            told = self.copier.positions(runner.session)
            sums = all(desk.position(symbol) == told.get(symbol, 0) for symbol in {*has, *told})
            demand(sums, "bot {} has {}, copies say {}", name, desk.positions, told)
            there = {
                order.terms.cl_ord_id: order.leaves
                for order in venue.orders.all()
                if order.owner == runner.session and order.open and order.told_leaves
            }
            known = {
                order.cl_ord_id: order.leaves
                for order in desk.orders.values()
                if runner.account != "A2" or venue.orders.find(runner.session, order.cl_ord_id)
            }  # but for those that a policy delays still
            demand(there == known, "bot {} knows of {}, open are {}", name, known, there)

    def check_again(self) -> None:
        """The journal, from the oldest snapshot that it needs, gives the same once more."""
        journal = self.run.exchange.journal
        again, after = inert(replace(self.settings, data_dir=""), Catalogue()), 0
        entries = list(journal.entries(0))
        places = Snapshots(f"{FOLDER}/snapshots", self.disk).all()
        if entries[0].seq > 1:
            _, after, path = places[-1]
            restore(again, decode(self.disk.read(path)).state)
        rest = [entry for entry in entries if entry.seq > after]
        difference = Replay(again, rest, journal.epoch, after).run()
        said = None if difference is None else difference.text()
        demand(said is None, "run again after {}: {}", after, said)

    def digest(self) -> str:
        """All that was said, and all that is written down, in short."""
        found = sha256()
        for trader in self.traders:
            found.update(b"".join(trader.heard))
        for entry in self.run.exchange.journal.entries(0):
            found.update(repr((entry.time, entry.kind, entry.session, entry.data)).encode())
        return found.hexdigest()


def _nothing(operation: str, path: str) -> None:
    """The disk works."""


class Outcome:
    """What a day came to: its digest, and what was wrong, empty for nothing."""

    def __init__(self, seed: int) -> None:
        self.wrong = ""
        self.digest = ""
        self.crashes = self.orders = self.trades = 0
        logged = Errors()
        globalLogPublisher.addObserver(logged)
        try:
            world = World(seed)
            world.live()
            self.digest = world.digest()
            self.crashes = world.crashes
            venue = world.run.exchange.dispatcher.venues["SIM"]
            self.orders, self.trades = venue.orders.created, venue.last_trade
        except (AssertionError, ExsimError, OSError, LookupError, ValueError, TypeError) as error:
            self.wrong = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        except (AttributeError, SystemExit, PowerLost) as error:
            self.wrong = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        finally:
            globalLogPublisher.removeObserver(logged)
        if logged.texts:
            self.wrong += f"\nlogged: {logged.texts[0]}"


def run(seed: int, numbers: Sequence[int]) -> Found:
    """The row: the case of number N is the day of seed + N."""
    gc.freeze()  # the garbage collector need not look at what is here already
    failures: list[str] = []
    orders = trades = crashes = 0
    for number in numbers:
        outcome = Outcome(seed + number)
        gc.collect()  # what a day leaves are cycles
        again = f"make soak ROW=simulation SEED={seed + number} COUNT=1"
        if outcome.wrong:
            failures.append(f"{again}: {outcome.wrong}")
        elif not number % TWICE and Outcome(seed + number).digest != outcome.digest:
            failures.append(f"{again}: another digest the second time")
        orders += outcome.orders
        trades += outcome.trades
        crashes += outcome.crashes
    gc.unfreeze()
    return Found(failures, f"{orders:,} orders, {trades:,} trades, {crashes:,} starts again")
