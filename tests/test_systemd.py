"""What systemd is told, by a socket as it has one."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

from twisted.internet.task import Clock
from twisted.internet.testing import EventLoggingObserver, MemoryReactorClock
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from exsim.client.launch import OF_PARENT, child_environment
from exsim.services.branches import Root
from exsim.services.front.carrier import Carriers
from exsim.services.front.ready import FrontReady
from exsim.services.systemd import PERIOD, SOCKET, WATCHDOG, WATCHDOG_OF, Condition, systemd
from exsim.services.tree import build
from tests.simulator import LinePlugins, settings


class Listener:
    """What systemd has; ``address`` is what it names it."""

    def __init__(self, path: str) -> None:
        self.address = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(f"\0{path[1:]}" if path.startswith("@") else path)

    def told(self) -> list[list[str]]:
        """What came since, each with its assignments."""
        found = []
        while True:
            try:
                found.append(self.socket.recv(65536).decode().split("\n"))
            except BlockingIOError:
                return found


class SystemdCase(SynchronousTestCase):
    """A socket in a folder of its own."""

    def setUp(self) -> None:
        """Nothing is told yet."""
        folder = tempfile.mkdtemp(prefix="exsim-")  # short: the path of a socket has to be
        self.addCleanup(shutil.rmtree, folder)
        self.path = Path(folder) / "notify"
        self.listener = self.listen(str(self.path))
        self.clock = Clock()
        self.condition = Condition(True, "ready")

    def listen(self, path: str) -> Listener:
        """A socket there, closed in the end."""
        listener = Listener(path)
        self.addCleanup(listener.socket.close)
        return listener

    def start(self, **variables: str) -> None:
        """As systemd starts it, with more variables."""
        environ = {SOCKET: self.listener.address, **variables}
        service = systemd(self.clock, lambda: self.condition, environ)
        assert service is not None
        self.service = service
        service.startService()
        self.addCleanup(self.stop)
        self.clock.advance(0)

    def stop(self) -> None:
        """Stop it, if that was not done."""
        if self.service.running:
            self.service.stopService()


class SystemdTests(SystemdCase):
    """From the start to the stop."""

    def test_nobody(self) -> None:
        """Where systemd did not start us, or wants to hear nothing, there is nothing to tell."""
        self.assertIsNone(systemd(self.clock, lambda: self.condition, {}))
        self.assertIsNone(systemd(self.clock, lambda: self.condition, {SOCKET: ""}))

    def test_ready(self) -> None:
        """READY comes once, with the first status; after that signs of life alone."""
        self.start()
        self.assertEqual(self.listener.told(), [["WATCHDOG=1", "READY=1", "STATUS=ready"]])
        self.clock.pump([PERIOD] * 2)
        self.assertEqual(self.listener.told(), [["WATCHDOG=1"]] * 2)

    def test_not_yet(self) -> None:
        """Who has to wait for something is ready after that."""
        self.condition = Condition(False, "venue X is starting")
        self.start()
        self.assertEqual(self.listener.told(), [["WATCHDOG=1", "STATUS=venue X is starting"]])
        self.condition = Condition(True, "ready")
        self.clock.advance(PERIOD)
        self.assertEqual(self.listener.told(), [["WATCHDOG=1", "READY=1", "STATUS=ready"]])

    def test_status(self) -> None:
        """How we are is told when it changes, on one line; trouble does not take READY back."""
        self.start()
        self.listener.told()
        self.condition = Condition(False, "degraded: the disk\nREADY=1 is full")
        self.clock.advance(PERIOD)
        status = "STATUS=degraded: the disk READY=1 is full"
        self.assertEqual(self.listener.told(), [["WATCHDOG=1", status]])

    def test_stop(self) -> None:
        """The stop is told as it begins, and it is the last."""
        self.start()
        self.listener.told()
        self.service.stopService()
        self.assertEqual(self.listener.told(), [["STOPPING=1", "STATUS=stopping"]])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_watchdog(self) -> None:
        """We are heard of three times in the time that the watchdog gives."""
        self.start(**{WATCHDOG: "1500000", WATCHDOG_OF: str(os.getpid())})
        self.listener.told()
        self.clock.pump([0.25] * 6)
        self.assertEqual(self.listener.told(), [["WATCHDOG=1"]] * 3)

    def test_watchdog_of_another(self) -> None:
        """One that watches another process, or none, does not make us hurry."""
        for variables in ({WATCHDOG: "300000", WATCHDOG_OF: "1"}, {WATCHDOG: "often"}):
            self.start(**variables)
            self.listener.told()
            self.clock.pump([0.1] * 9)
            self.assertEqual(self.listener.told(), [])
            self.service.stopService()
            self.listener.told()

    def test_abstract(self) -> None:
        """A socket may have a name that is no file."""
        self.listener = self.listen(f"@{self.path}")
        self.start()
        self.assertEqual(len(self.listener.told()), 1)

    def test_nobody_there(self) -> None:
        """Where systemd cannot be told that is logged once, and tried again: READY is not lost."""
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.listener.socket.close()
        self.path.unlink()
        self.start()
        self.clock.pump([PERIOD] * 3)
        texts = [event["log_format"] for event in observer if "log_format" in event]
        self.assertEqual(texts, ["systemd cannot be told how we are: {error}"])
        self.listener = self.listen(str(self.path))
        self.clock.advance(PERIOD)
        self.assertEqual(self.listener.told(), [["WATCHDOG=1", "READY=1", "STATUS=ready"]])


class TreeTests(SystemdCase):
    """Who tells systemd, and when."""

    def test_one_process(self) -> None:
        """A simulator is the last to start that speaks, and the first to stop."""
        self.patch(os, "environ", {**os.environ, SOCKET: self.listener.address})
        reactor = MemoryReactorClock()
        tree = build(settings(), reactor, plugins=LinePlugins())
        assert isinstance(tree, Root)
        names = [child.name for child in tree]
        self.assertEqual(names[names.index("ready") + 1], "systemd")
        tree.privilegedStartService()
        self.assertEqual(self.listener.told(), [])
        tree.startService()
        self.assertEqual(self.listener.told(), [])  # for the reactor may not run yet
        reactor.advance(0)
        self.assertEqual(self.listener.told(), [["WATCHDOG=1", "READY=1", "STATUS=ready"]])
        self.successResultOf(tree.stopService())
        self.assertEqual(self.listener.told(), [["STOPPING=1", "STATUS=stopping"]])

    def test_front(self) -> None:
        """The first process of several is ready when all are, and tells of those that are not."""
        clock = Clock()
        ready = FrontReady(clock, Carriers(), None, None)
        self.assertEqual(ready.condition(), Condition(False, "ready"))
        ready.startService()
        clock.advance(0)
        self.assertEqual(ready.condition(), Condition(True, "ready"))
        ready.stopService()
        self.assertEqual(ready.condition(), Condition(False, "ready"))

    def test_children(self) -> None:
        """A process that we start does not speak to systemd in our place."""
        self.patch(os, "environ", {**os.environ, **dict.fromkeys(OF_PARENT, "1"), "OTHER": "2"})
        found = child_environment()
        self.assertEqual([key for key in (*OF_PARENT, "OTHER") if key in found], ["OTHER"])
