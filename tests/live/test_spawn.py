"""Simulators in the background: they start, answer, and never outlive whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase, TestCase

from exsim import __version__
from exsim.client import AsyncSimulator, Simulator, SimulatorError
from exsim.client.launch import SpawnError, child_environment

SECONDS = 20.0
"""How long anything here may take at most."""


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds, and tell whether it came to."""
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def is_running(pid: int) -> bool:
    """Whether a process is there, other than as a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


class PrivateFolders:
    """A folder for temporary files, of which spawned simulators should leave nothing."""

    def __init__(self, case: Any) -> None:
        self.path = Path(case.mktemp())
        self.path.mkdir()
        case.patch(tempfile, "tempdir", str(self.path))

    def all(self) -> list[Path]:
        """What is in it."""
        return list(self.path.iterdir())


class BlockingTests(SynchronousTestCase):
    """``Simulator.spawn``."""

    def setUp(self) -> None:
        """Keep temporary files where they can be seen."""
        self.folders = PrivateFolders(self)

    def test_default(self) -> None:
        """Without a configuration it is a venue XSIM; it has a pid file; it ends with the block."""
        with Simulator.spawn(timeout=SECONDS) as simulator:
            self.assertEqual(simulator.version().version, __version__)
            symbols = [item.symbol for item in simulator.list_instruments("XSIM").items]
            self.assertEqual(symbols, ["AAA", "BBB", "CCC"])
            (endpoint,) = simulator.list_endpoints().items
            told = simulator.endpoints["order-entry"]
            self.assertEqual((endpoint.host, endpoint.port), (told.host, told.port))
            self.assertEqual(told.host, "127.0.0.1")
            (folder,) = self.folders.all()
            self.assertEqual((folder / "exsim.pid").read_text().strip(), str(simulator.pid))
            self.assertEqual(folder.stat().st_mode & 0o77, 0)
            self.assertIn("ready", simulator.output)
            pid = simulator.pid
            self.assertTrue(is_running(pid))
        self.assertFalse(is_running(pid))
        self.assertEqual(self.folders.all(), [])

    def test_side_by_side(self) -> None:
        """Two have nothing in common."""
        with Simulator.spawn(timeout=SECONDS) as one, Simulator.spawn(timeout=SECONDS) as two:
            self.assertNotEqual(one.url, two.url)
            one.set_price("AAA", price="12.5")
            self.assertEqual(one.get_price("AAA").price, "12.5")
            self.assertNotEqual(two.get_price("AAA").price, "12.5")

    def test_configuration(self) -> None:
        """A configuration of one's own and overrides count, but for the ports."""
        config = Path(self.mktemp())
        config.write_text(
            "[venue:LSE]\n[instrument:LSE:VOD]\n"
            "[endpoint:oe]\nvenue = LSE\nprotocol = fix\ncomp_id = LSE\nlisten = tcp:1\n"
        )
        overrides = ["instrument:LSE:VOD.tick=0.5"]
        with Simulator.spawn(config, overrides, timeout=SECONDS) as simulator:
            self.assertEqual([venue.name for venue in simulator.list_venues().items], ["LSE"])
            self.assertEqual(simulator.get_instrument("LSE", "VOD").tick, "0.5")
            self.assertNotEqual(simulator.endpoints["oe"].port, 1)

    def test_wrong_configuration(self) -> None:
        """What is wrong with a configuration is in the error; nothing is left."""
        with self.assertRaises(SpawnError) as caught:
            Simulator.spawn(overrides=["venue:XSIM.polices=match"], timeout=SECONDS)
        self.assertIn("ended with status 1", str(caught.exception))
        self.assertIn("polices", str(caught.exception))
        self.assertEqual(self.folders.all(), [])

    def test_other_sources(self) -> None:
        """What is started is the exsim that starts it, whatever lies in the folder."""
        folder = Path(self.mktemp())
        (folder / "exsim").mkdir(parents=True)
        (folder / "exsim" / "__init__.py").write_text("raise SystemExit('not this one')\n")
        start = "from exsim.client import Simulator\nwith Simulator.spawn() as one: print(one.url)"
        run = subprocess.run(
            [sys.executable, "-P", "-c", start],
            cwd=folder,
            env=child_environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("http://127.0.0.1:", run.stdout)

    def test_too_slow(self) -> None:
        """One that is not ready in time is stopped."""
        with self.assertRaises(SpawnError) as caught:
            Simulator.spawn(timeout=0)
        self.assertIn("not ready within 0 s", str(caught.exception))
        self.assertEqual(self.folders.all(), [])

    def test_ended_early(self) -> None:
        """Leaving the block is fine when the simulator is gone already."""
        with Simulator.spawn(timeout=SECONDS) as simulator:
            os.kill(simulator.pid, signal.SIGKILL)
            self.assertTrue(wait_until(lambda: not is_running(simulator.pid)))
        self.assertEqual(self.folders.all(), [])

    def test_error_within(self) -> None:
        """An error within the block passes through, and the simulator ends."""
        with self.assertRaises(SimulatorError):
            with Simulator.spawn(timeout=SECONDS) as simulator:
                simulator.get_venue("NOWHERE")
        self.assertFalse(is_running(simulator.pid))


class OrphanTests(SynchronousTestCase):
    """Whatever becomes of the parent, the simulator ends."""

    SCRIPT = (
        "import os, signal\n"
        "from exsim.client import Simulator\n"
        "simulator = Simulator.spawn(timeout=20)\n"
        "print(simulator.pid, flush=True)\n"
        "{ending}\n"
    )

    def orphan(self, ending: str) -> None:
        """Check that a simulator ends when its parent ends in some way."""
        root = str(Path(__file__).resolve().parent.parent.parent)
        parent = subprocess.run(
            [sys.executable, "-c", self.SCRIPT.format(ending=ending)],
            env=os.environ | {"PYTHONPATH": root, "TMPDIR": self._folder()},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        pid = int(parent.stdout or 0)
        self.assertGreater(pid, 0, parent.stderr)
        self.assertTrue(wait_until(lambda: not is_running(pid)), f"{pid} is still there")

    def _folder(self) -> str:
        path = Path(self.mktemp()).absolute()
        path.mkdir()
        return str(path)

    def test_killed(self) -> None:
        """kill -9 leaves no orphan."""
        self.orphan("os.kill(os.getpid(), signal.SIGKILL)")

    def test_exit(self) -> None:
        """Nor does an exit that forgets the simulator."""
        self.orphan("os._exit(0)")


class AsynchronousTests(TestCase):
    """``AsyncSimulator.spawn``."""

    timeout = 60

    def setUp(self) -> None:
        """Keep temporary files where they can be seen."""
        self.folders = PrivateFolders(self)

    def test_default(self) -> Deferred[None]:
        """It starts, answers, and is gone once stopped."""
        return Deferred.fromCoroutine(self._default())

    async def _default(self) -> None:
        simulator = await AsyncSimulator.spawn(reactor, timeout=SECONDS)
        self.assertEqual((await simulator.version()).version, __version__)
        self.assertEqual([*simulator.endpoints], ["order-entry"])
        self.assertIn("ready", simulator.output)
        self.assertTrue(is_running(simulator.pid))
        await simulator.stop()
        self.assertFalse(is_running(simulator.pid))
        self.assertEqual(self.folders.all(), [])

    def test_wrong_configuration(self) -> Deferred[None]:
        """What is wrong with a configuration is in the error; nothing is left."""
        return Deferred.fromCoroutine(self._wrong_configuration())

    async def _wrong_configuration(self) -> None:
        with self.assertRaises(SpawnError) as caught:
            await AsyncSimulator.spawn(reactor, overrides=["nothing"], timeout=SECONDS)
        self.assertIn("nothing", str(caught.exception))
        self.assertEqual(self.folders.all(), [])

    def test_too_slow(self) -> Deferred[None]:
        """One that is not ready in time is stopped."""
        return Deferred.fromCoroutine(self._too_slow())

    async def _too_slow(self) -> None:
        with self.assertRaises(SpawnError) as caught:
            await AsyncSimulator.spawn(reactor, timeout=0)
        self.assertIn("not ready within 0 s", str(caught.exception))
        self.assertEqual(self.folders.all(), [])
