"""Processes of venues: how they are started, watched, started again and stopped."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from typing import Any

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, TimeoutError, fail, succeed
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogLevel, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.client.codec import SimulatorError
from exsim.client.launch import Address, Ready
from exsim.config.load import load, only_venue
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.errors import ConfigError, RequestError, Unavailable
from exsim.model.settings import EndpointSettings, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.services.front import process
from exsim.services.front.carrier import LONGEST, LOOK, Carrier, Carriers, IVenue
from exsim.services.front.folders import check_folders
from exsim.services.front.places import Places
from exsim.services.front.process import (
    STOP_SECONDS,
    IVenueProcess,
    Launcher,
    Output,
    Relay,
    VenueProcess,
)
from exsim.services.front.ready import FrontReady
from exsim.tap import Options, makeService
from tests.front_fakes import FakeProcess

ROOT = Path(__file__).resolve().parent.parent
NONE = s.NoArguments()
READY = Ready(7, "http://x", {"e": Address("127.0.0.1", 9)})


class Client:
    """Answers what a test says."""

    answer: Any = None

    def perform(self, operation: str, arguments: Any, body: Any = None) -> Deferred[Any]:
        """That."""
        return fail(self.answer) if isinstance(self.answer, Exception) else succeed(self.answer)


class CarrierCase(SynchronousTestCase):
    """A carrier of venue X whose processes are fakes; ``before`` is what each start was given."""

    again = True

    def setUp(self) -> None:
        """Not started yet."""
        self.clock = Clock()
        self.processes: list[FakeProcess] = []
        self.before: list[Ready | None] = []
        self.changes = 0
        self.client = Client()
        self.carriers = Carriers(self.clock.advance)
        self.carrier = Carrier("X", self.start, self.client, self.clock, self.again, self.changed)
        self.carrier.setServiceParent(self.carriers)

    def start(self, before: Ready | None) -> FakeProcess:
        """Start another."""
        self.before.append(before)
        self.processes.append(FakeProcess(len(self.processes) + 1))
        return self.processes[-1]

    def changed(self) -> None:
        """It is ready, or is not any more."""
        self.changes += 1

    def run_until_ready(self) -> FakeProcess:
        """Start the carrier; its process is ready."""
        self.carrier.startService()
        self.processes[-1].says = READY
        self.clock.advance(LOOK)
        self.assertEqual(self.carrier.trouble, "")
        return self.processes[-1]

    def end(self, how: str = "was killed by signal 9") -> None:
        """The newest process ends, and that is seen."""
        self.processes[-1].how = how
        self.clock.advance(LOOK)


class CarrierTests(CarrierCase):
    """One that may be started again."""

    def test_provides(self) -> None:
        """It is a venue that can be asked, of a process."""
        verifyObject(IVenue, self.carrier)
        verifyObject(IVenueProcess, self.start(None))
        verifyClass(IVenueProcess, VenueProcess)

    def test_ready(self) -> None:
        """It is in trouble until the process says that all listens."""
        self.assertEqual(self.carrier.trouble, "venue X is starting")
        self.run_until_ready()
        self.assertEqual((self.carrier.ready, self.changes), (READY, 1))
        self.clock.advance(LOOK)
        self.assertEqual((self.changes, len(self.processes)), (1, 1))

    def test_again(self) -> None:
        """One that ends is started again, later each time, on the ports that it had."""
        self.run_until_ready()
        for seconds in (1, 2, 4, 8, 16, 32, 60, 60):
            self.end()
            text = f"venue X was killed by signal 9; it is started again in {seconds} s"
            self.assertEqual(self.carrier.trouble, text)
            started = len(self.processes)
            self.clock.advance(seconds - 0.01)
            self.assertEqual(len(self.processes), started)
            self.clock.advance(0.02)
            self.assertEqual(len(self.processes), started + 1)
            self.assertEqual(self.carrier.trouble, "venue X is starting")
        self.assertEqual(self.before[:2], [None, READY])
        self.processes[-1].says = READY
        self.clock.advance(LOOK)
        self.assertEqual(self.carrier.trouble, "")

    def test_sound(self) -> None:
        """One that ran for long is started again soon."""
        self.run_until_ready()
        self.end()
        self.clock.advance(1)
        self.processes[-1].says = READY
        self.clock.advance(LOOK)
        self.clock.advance(LONGEST)
        self.end()
        self.assertIn("again in 1 s", self.carrier.trouble)

    def test_cannot_be_started_again(self) -> None:
        """That is tried again, too."""
        self.run_until_ready()

        def start(before: Ready | None) -> FakeProcess:
            raise OSError("too many processes")

        self.carrier._start = start
        self.end()
        self.clock.advance(1)
        text = "venue X cannot be started: too many processes; it is started again in 2 s"
        self.assertEqual(self.carrier.trouble, text)

    def test_stop(self) -> None:
        """A stop waits until the process is gone; it is not started again."""
        process = self.run_until_ready()
        stopped = self.carrier.stopService()
        self.assertEqual(process.done, ["close"])
        self.clock.advance(1)
        self.assertNoResult(stopped)
        process.how = "ended, status 0"
        self.clock.advance(1)
        self.successResultOf(stopped)
        self.clock.advance(100)
        self.assertEqual((len(self.processes), self.clock.getDelayedCalls()), (1, []))

    def test_stop_takes_too_long(self) -> None:
        """As a last resort it is killed."""
        process = self.run_until_ready()
        stopped = self.carrier.stopService()
        self.clock.pump([0.1] * (int(STOP_SECONDS * 10) + 2))
        self.assertEqual(process.done, ["close", "kill"])
        self.successResultOf(stopped)

    def test_stop_between(self) -> None:
        """A stop while none runs means that none is started."""
        self.run_until_ready()
        self.end()
        self.successResultOf(self.carrier.stopService())
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_ask(self) -> None:
        """What it answers, refuses, or does not answer."""
        failure = self.failureResultOf(self.carrier.ask("version", NONE), Unavailable)
        self.assertEqual(str(failure.value), "venue X is starting")
        self.run_until_ready()
        self.client.answer = r.Health()
        self.assertEqual(self.successResultOf(self.carrier.ask("health_live", NONE)), r.Health())
        self.client.answer = SimulatorError(r.Problem("Conflict", 409, "it is there"))
        error = self.failureResultOf(self.carrier.ask("version", NONE), RequestError).value
        self.assertEqual((error.status, error.title, str(error)), (409, "Conflict", "it is there"))
        for trouble in (ConnectionRefusedError(), TimeoutError(3, "no answer")):
            self.client.answer = trouble
            failure = self.failureResultOf(self.carrier.ask("version", NONE), Unavailable)
            self.assertIn("venue X does not answer", str(failure.value))


class FleetingTests(CarrierCase):
    """One that keeps nothing."""

    again = False

    def test_not_again(self) -> None:
        """What it had is gone, so it is not started again, and says so."""
        self.run_until_ready()
        self.end("ended, status 3")
        self.assertIn("ended, status 3; nothing of it is kept (no data_dir)", self.carrier.trouble)
        self.clock.advance(1000)
        self.assertEqual((len(self.processes), self.changes), (1, 2))


class CarriersTests(CarrierCase):
    """All of them: the start waits for each."""

    def setUp(self) -> None:
        """A second one, Y."""
        super().setUp()
        self.other = Carrier("Y", self.start, self.client, self.clock, True, self.changed)
        self.other.setServiceParent(self.carriers)

    def test_start(self) -> None:
        """It returns when both are ready."""
        for number, seconds in enumerate((0.05, 0.5)):
            self.clock.callLater(seconds, self.become_ready, number)
        self.carriers.startService()
        self.assertGreaterEqual(self.clock.seconds(), 0.5)
        self.assertEqual([one.trouble for one in self.carriers.all], ["", ""])

    def become_ready(self, number: int) -> None:
        """A process says that it is."""
        self.processes[number].says = READY

    def test_failure(self) -> None:
        """One that ends before it is ready stops the start, and the other with it."""
        self.clock.callLater(0.05, self.become_ready, 0)

        def fails() -> None:
            self.processes[1].how = "ended, status 1: the port is taken"

        self.clock.callLater(0.1, fails)
        error = self.assertRaises(ConfigError, self.carriers.startService)
        self.assertEqual(str(error), "venue Y ended, status 1: the port is taken")
        self.assertEqual(self.processes[0].done, ["close", "wait"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_ready_file(self) -> None:
        """It tells of all processes, and is written again when one has another."""
        path = Path(self.mktemp())
        ready = FrontReady(self.clock, self.carriers, None, str(path))
        for number in (0, 1):
            self.clock.callLater(0.05, self.become_ready, number)
        self.carriers.startService()
        ready.update()
        self.assertFalse(path.exists())
        ready.startService()
        ready.update()
        self.assertFalse(path.exists())
        self.clock.advance(0)
        told = json.loads(path.read_text())
        self.assertEqual(told["processes"], {"X": 7, "Y": 7})
        self.assertEqual(told["endpoints"], {"e": {"host": "127.0.0.1", "port": 9}})
        self.assertEqual((told["pid"], told["rest"]), (os.getpid(), None))
        self.carrier.trouble = "gone"
        ready.update()
        self.assertEqual(list(json.loads(path.read_text())["processes"]), ["Y"])
        ready.stopService()
        self.assertFalse(path.exists())


class LauncherTests(SynchronousTestCase):
    """What a process is started with."""

    def setUp(self) -> None:
        """A launcher of venues A/B and C, with everything that is not a venue's own."""
        self.settings = Settings(
            data_dir="/d",
            fix_log="/f",
            venues=(VenueSettings("A/B"), VenueSettings("C")),
            endpoints=(
                EndpointSettings("any", "C", "fix", "tcp:0:interface=127.0.0.1"),
                EndpointSettings("fixed", "C", "fix", "tcp:9878"),
                EndpointSettings("other", "A/B", "fix", "tcp:0"),
            ),
        )
        self.launcher = Launcher("/x.ini", ("exsim.seed=3",), self.settings, None)
        self.launcher.startService()
        self.addCleanup(self.launcher.stopService)

    def test_own(self) -> None:
        """Its folders, and a socket for REST that takes no token, whatever was set."""
        found = dict(text.split("=", 1) for text in self.launcher._own("A/B", None))
        self.assertEqual(found["exsim.data_dir"], "/d/A%2FB")
        self.assertEqual(found["exsim.fix_log"], "/f/A%2FB")
        self.assertEqual(found["rest.token_file"], "")
        socket = self.launcher.socket("A/B")
        self.assertEqual(found["rest.listen"], f"unix:{socket}:mode=600")
        self.assertNotEqual(socket, self.launcher.socket("C"))
        self.assertEqual(Path(socket).parent.stat().st_mode & 0o77, 0)
        self.assertLess(len(socket), 100)

    def test_same_port(self) -> None:
        """A process that follows another listens where that did."""
        before = Ready(1, "", {"any": Address("127.0.0.1", 5), "fixed": Address("0.0.0.0", 9878)})
        found = [text for text in self.launcher._own("C", before) if text.startswith("endpoint")]
        self.assertEqual(found, ["endpoint:any.listen=tcp:5:interface=127.0.0.1"])

    def test_folder(self) -> None:
        """The private folder goes with it."""
        folder = Path(self.launcher.socket("C")).parent
        self.launcher.stopService()
        self.assertFalse(folder.exists())


class RelayTests(SynchronousTestCase):
    """What a process logs comes to our log."""

    def setUp(self) -> None:
        """Look at the log."""
        self.events: list[Any] = []
        observer: Any = self.events.append
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.relay = Relay("X")

    def told(self) -> list[tuple[str, str, str]]:
        """Namespace, level and text of what was logged."""
        return [
            (one["log_namespace"], one["log_level"].name, f"{one['venue']}: {one['text']}")
            for one in self.events
        ]

    def test_lines(self) -> None:
        """However they are cut, with level and traceback, braces and all."""
        line = json.dumps(
            {"time": "t", "level": "error", "namespace": "n", "text": "a {b}", "traceback": "T"}
        ).encode()
        for data in (line[:9], line[9:] + b"\n" + line, b"\n"):
            self.relay.take(data)
        self.assertEqual(self.told(), [("n", "error", "X: a {b}\nT")] * 2)
        self.assertEqual(self.events[0]["log_level"], LogLevel.error)
        self.assertEqual(list(self.relay.said), [])

    def test_no_log(self) -> None:
        """Lines that are no log are told as they are, and kept to say why it ended."""
        self.relay.take(b"Fatal \xff\n[]\nno end")
        self.relay.end()
        self.assertEqual(list(self.relay.said), ["Fatal \ufffd", "[]", "no end"])
        self.assertEqual([level for _, level, _ in self.told()], ["warn"] * 3)

    def test_stderr(self) -> None:
        """So is what it wrote to standard error, which comes by its log."""
        said = {"time": "", "level": "error", "namespace": "stderr", "text": "exsim cannot start"}
        self.relay.take(json.dumps(said).encode() + b"\n")
        self.assertEqual(list(self.relay.said), ["exsim cannot start"])

    def test_endless(self) -> None:
        """A line without an end is cut: it is not kept for ever."""
        self.patch(process, "READ", 1_000)
        for _ in range(3):
            self.relay.take(b"x" * 600)
        self.assertEqual([len(text) for text in self.relay.said], [1_200])

    def test_pipe(self) -> None:
        """It is read as it comes, and to its end."""
        end, writer = os.pipe()
        self.addCleanup(os.close, end)
        reactor: Any = MemoryReactorClock()
        output = Output(end, self.relay, reactor)
        output.startReading()
        output.doRead()
        os.write(writer, b"one\ntw")
        output.doRead()
        self.assertEqual(list(self.relay.said), ["one"])
        os.write(writer, b"o")
        os.close(writer)
        output.drain()
        self.assertEqual(list(self.relay.said), ["one", "two"])
        self.assertEqual(reactor.getReaders(), [])


class OnlyVenueTests(SynchronousTestCase):
    """``--venue``."""

    def test_only(self) -> None:
        """One venue with its endpoints and sessions; the rest is as it was."""
        path = Path(self.mktemp())
        path.write_text(
            "[exsim]\nseed = 3\n[venue:X]\n[venue:Y]\n"
            + "".join(
                f"[endpoint:{e}]\nvenue = {v}\nprotocol = fix\nlisten = tcp:0\ncomp_id = {e}\n"
                for e, v in (("x", "X"), ("y", "Y"))
            )
            + "[session:a]\nendpoint = x\nsender_comp_id = A\n"
            + "[session:b]\nendpoint = y\nsender_comp_id = B\n"
        )
        settings = load(str(path), [], Catalogue())
        found = only_venue(settings, "Y")
        names = [[one.name for one in some] for some in (found.venues, found.endpoints)]
        self.assertEqual((names, [one.name for one in found.sessions]), ([["Y"], ["y"]], ["b"]))
        self.assertEqual((found.seed, found.rest), (3, settings.rest))
        error = self.assertRaises(ConfigError, only_venue, settings, "Z")
        self.assertEqual(str(error), "--venue Z: there is none of that name; known: X, Y")


class TreeTests(SynchronousTestCase):
    """``twistd exsim`` with ``processes = venue``."""

    def make(self, *words: str) -> list[str]:
        """The names of the services that a command line asks for; nothing is started."""
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        options = Options()
        options.parseOptions(["-c", str(ROOT / "etc" / "exsim.ini"), *words])
        service = makeService(options)
        assert isinstance(service, MultiService)
        names = [one.name for one in service]
        for one in service:
            names += [each.name for each in one] if isinstance(one, Carriers | Places) else []
        return names

    def test_node(self) -> None:
        """Where the journal is in a database it is a node."""
        words = ("--set=exsim.processes=venue", "--set=exsim.journal=postgresql://me@h.invalid/x")
        found = self.make(*words, "--until-eof")
        names = ["watch", "launcher", "rest", "venues", "node", "ready", "lifeline", "venue:XSIM"]
        self.assertEqual(found, names)

    def test_venue(self) -> None:
        """REST, and a service for each venue; the lifeline where it is asked for."""
        found = self.make("--set", "exsim.processes=venue", "--until-eof")
        names = ["watch", "launcher", "rest", "venues", "ready", "lifeline", "venue:XSIM"]
        self.assertEqual(found, names)
        found = self.make("--set=exsim.processes=venue", "--set=rest.listen=none")
        self.assertNotIn("rest", found)

    def test_one(self) -> None:
        """``--venue`` carries it here; one that is not there is told."""
        words = ("--set", "exsim.processes=venue")
        self.assertIn("endpoints", self.make(*words, "--venue=XSIM"))
        error = self.assertRaises(SystemExit, self.make, *words, "--venue=Q")
        self.assertIn("--venue Q: there is none of that name; known: XSIM", str(error))

    def test_other_folder(self) -> None:
        """A folder that one process has written is refused."""
        folder = Path(self.mktemp())
        (folder / "journal").mkdir(parents=True)
        words = ("--set=exsim.processes=venue", f"--set=exsim.data_dir={folder}")
        error = self.assertRaises(SystemExit, self.make, *words)
        self.assertIn("is of a run with processes = one", str(error))


class FolderTests(SynchronousTestCase):
    """A folder of the other kind is refused."""

    def check(self, processes: str, *journals: str) -> str:
        """What is said of a folder with these journals."""
        folder = Path(self.mktemp())
        for journal in journals:
            (folder / journal).mkdir(parents=True)
        venues = (VenueSettings("X"),)
        try:
            check_folders(Settings(data_dir=str(folder), processes=processes, venues=venues))
        except ConfigError as error:
            return str(error)
        return ""

    def test_kinds(self) -> None:
        """What one process kept is not what several look for, nor the other way round."""
        self.assertIn("with processes = one;", self.check("venue", "journal"))
        self.assertIn("with processes = venue;", self.check("one", "X/journal"))
        for processes, journals in (("venue", ["X/journal"]), ("one", ["journal"]), ("venue", [])):
            self.assertEqual(self.check(processes, *journals), "")
        check_folders(Settings(processes="venue"))
