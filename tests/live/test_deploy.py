"""What is shipped for systemd, containers and Kubernetes, by the linters that these have."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.client.launch import child_environment, free_ports, python
from exsim.config.load import load
from exsim.plugins import Catalogue
from tests.live.test_spawn import SECONDS

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "etc" / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted(DEPLOY.glob("*.service"))
EXPOSED = 20
"""Tenths: the most that systemd may find a unit exposed; from 2 on it says that is medium."""
RULES = "{extends: default, rules: {document-start: disable, line-length: {max: 100}}}"


def tool(name: str) -> str:
    """
    The path of a linter, beside this Python or anywhere.

    :raises SkipTest: where there is none.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise SkipTest(f"there is no {name} here")
    return found


class LinterTests(SynchronousTestCase):
    """Each file by its own."""

    def run_well(self, *words: str | Path) -> str:
        """What a command says that has nothing to complain about."""
        done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def units(self) -> list[Path]:
        """The units as instances, of programs that are there, with the drop-in."""
        folder = Path(tempfile.mkdtemp(prefix="exsim-"))
        self.addCleanup(shutil.rmtree, folder)
        found = []
        for unit in UNITS:
            found.append(folder / unit.name.replace("@", "@venue"))
            found[-1].write_text(unit.read_text().replace("/opt/exsim/bin/exsim", "/bin/true"))
        dropped = folder / "exsim@venue.service.d" / "postgresql.conf"
        dropped.parent.mkdir()
        text = (DEPLOY / "exsim-postgresql.conf").read_text()
        dropped.write_text(text.replace("/opt/exsim/bin/exsim", "/bin/true"))
        return found

    def test_systemd(self) -> None:
        """systemd can read the units, and finds little that they expose."""
        analyze = tool("systemd-analyze")
        for unit in self.units():
            self.run_well(analyze, "verify", "--man=no", unit)
            found = [analyze, "security", "--offline=true", f"--threshold={EXPOSED}", str(unit)]
            done = subprocess.run(found, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout.splitlines()[-1:])

    def test_container(self) -> None:
        """The container file has nothing that a linter knows of."""
        self.run_well(tool("hadolint"), DEPLOY / "Containerfile")

    def test_container_files(self) -> None:
        """What the container file takes of a checkout is there."""
        taken = re.findall(r"^COPY ([^-].*) \S+$", (DEPLOY / "Containerfile").read_text(), re.M)
        names = [name for line in taken for name in line.split()]
        self.assertIn("exsim", names)
        self.assertEqual([name for name in names if not (ROOT / name).exists()], [])

    def test_yaml(self) -> None:
        """The manifests are tidy."""
        self.run_well(tool("yamllint"), "-d", RULES, *MANIFESTS)

    def test_kubernetes(self) -> None:
        """They are what Kubernetes takes, to the last key."""
        validate = tool("kubernetes-validate")
        done = subprocess.run(
            [validate, "--strict", *map(str, MANIFESTS)],
            capture_output=True,
            text=True,
            check=False,
        )
        told = done.stdout + done.stderr
        self.assertEqual((done.returncode, told.count(" passed for ")), (0, 10), told)


class ConfigTests(SynchronousTestCase):
    """The configuration in the manifests."""

    def text(self) -> str:
        """It, as a file."""
        _, _, rest = (DEPLOY / "kubernetes" / "config.yaml").read_text().partition("exsim.ini: |\n")
        return "".join(line.removeprefix("    ") for line in rest.splitlines(keepends=True))

    def test_check(self) -> None:
        """It is one, but for the secrets, which are made by hand."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "tokens").write_text("a token\n")
        (folder / "password").write_text("secret\n")
        (folder / "password").chmod(0o600)
        config = folder / "exsim.ini"
        config.write_text(self.text().replace("/run/secrets/exsim/", f"{folder.resolve()}/"))
        settings = load(str(config), (), Catalogue())
        self.assertEqual((len(settings.venues), len(settings.gateways)), (2, 3))

    def test_ports(self) -> None:
        """Gateways listen at the ports that the Services lead to."""
        gateway = (DEPLOY / "kubernetes" / "gateway.yaml").read_text()
        for port in re.findall(r"\[gateway:\w+\]\nlisten = tcp:(\d+)", self.text()):
            self.assertIn(f"containerPort: {port}", gateway)
            self.assertIn(f"port: {port}, targetPort", gateway)


class NotifyTests(SynchronousTestCase):
    """exsim as systemd starts it."""

    def setUp(self) -> None:
        """A socket to tell."""
        self.folder = Path(tempfile.mkdtemp(prefix="exsim-"))  # short: it holds socket files
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.patch(tempfile, "tempdir", str(self.folder))
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(str(self.folder / "notify"))
        self.socket.settimeout(3 * SECONDS)  # for that of the venue has to start, too

    def start(self, *overrides: str) -> subprocess.Popen[bytes]:
        """The quiet simulator of ``etc/bench.ini``."""
        config = str(ROOT / "etc" / "bench.ini")
        words = [f"--set={one}" for one in (*free_ports(config), *overrides)]
        return self.run_command("run", "-c", config, *words)

    def run_command(self, *words: str) -> subprocess.Popen[bytes]:
        """A command of exsim, as systemd starts it."""
        ready = self.folder / "ready.json"
        environment = {
            **child_environment(),
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "TMPDIR": str(self.folder),
        }
        process = subprocess.Popen(
            [*python("exsim"), *words, f"--ready-file={ready}"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait, SECONDS)
        self.addCleanup(process.terminate)
        return process

    def await_line(self, line: str) -> list[str]:
        """All that is told up to a line, but signs of life."""
        told: list[str] = []
        while line not in told:
            told += self.socket.recv(65536).decode().split("\n")
        return [one for one in told if one != "WATCHDOG=1"]

    def assert_told(self, *overrides: str) -> None:
        """READY comes once, when all listens, and STOPPING at the stop."""
        process = self.start(*overrides)
        self.assertEqual(self.await_line("STATUS=ready"), ["READY=1", "STATUS=ready"])
        self.assertTrue((self.folder / "ready.json").exists())
        process.terminate()
        self.assertEqual(self.await_line("STOPPING=1"), ["STOPPING=1", "STATUS=stopping"])
        process.wait(SECONDS)

    def test_one(self) -> None:
        """One process."""
        self.assert_told()

    def test_front(self) -> None:
        """A process for each venue: the first one tells, and no other."""
        self.assert_told("exsim.processes=venue")

    def test_gateway(self) -> None:
        """A gateway listens though no node tells where venues are, and says that."""
        config = self.folder / "gateway.ini"
        endpoint = "venue = X\nprotocol = fix\nlisten = tcp:0\ncomp_id = X\n"
        gateway = "listen = tcp:0:interface=127.0.0.1\nnodes = http://127.0.0.1:1\n"
        config.write_text(f"[venue:X]\n[endpoint:x]\n{endpoint}\n[gateway:g]\n{gateway}")
        process = self.run_command("gateway", "-c", str(config))
        told: list[str] = []
        while not any("no node tells" in line for line in told):
            told += self.socket.recv(65536).decode().split("\n")
        self.assertEqual(told.count("READY=1"), 1)
        process.terminate()
        self.assertEqual(self.await_line("STOPPING=1"), ["STOPPING=1", "STATUS=stopping"])
        self.assertEqual(process.wait(SECONDS), 0)
