"""What is built and installed works: wheel, ``pip install .`` and ``pip install -e .``.

The wheel is compiled; the install is made without a compiler, and so is pure.

Each is installed in a fresh virtual environment, with its dependencies from the package index, and
is asked to start a simulator from a folder that is no checkout.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from signal import SIGTERM

from treq.client import HTTPClient
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import deferLater
from twisted.internet.utils import getProcessOutputAndValue
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase
from twisted.web.client import Agent

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 30
FOLDERS = (".ci", "docs", "etc", "examples", "exsim", "tests", "tools", "twisted")
FILES = ("*.rst", "*.json", "*.toml", "LICENSE", "MANIFEST.in", "Makefile", "setup.cfg", "setup.py")
UNCOMPILED = shutil.ignore_patterns("tests", "compiled")
"""What is in build/ that does not come of compiling."""


def plain_environment() -> dict[str, str]:
    """
    Return our environment without what would show the checkout to another Python, or hide C.

    What pip installs becomes bytecode as it is imported, which most of it never is.
    """
    hidden = ("PYTHONPATH", "EXSIM_PURE", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"PIP_COMPILE": "0"}


async def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run `command` and return what it printed; fail with all of it if its status is not 0."""
    words = [str(word) for word in command]
    out, err, status = await getProcessOutputAndValue(
        words[0], words[1:], env=plain_environment() | variables, path=str(cwd)
    )
    if status != 0:
        text = (out + err).decode("utf-8", "replace")
        raise AssertionError(f"{' '.join(words)}: exit status {status}\n{text}")
    return str(out, "utf-8")


class RunningSimulator(ProcessProtocol):
    """A simulator in a process of its own: its output so far, and its end."""

    def __init__(self) -> None:
        self.output = b""
        self.ended: Deferred[int] = Deferred()

    def outReceived(self, data: bytes) -> None:
        """Keep what it prints."""
        self.output += data

    errReceived = outReceived

    def processEnded(self, reason: Failure) -> None:
        """Tell the exit status, or the signal that ended it as a negative number."""
        end = reason.value
        assert isinstance(end, ProcessDone | ProcessTerminated)
        self.ended.callback(end.exitCode if end.exitCode is not None else -(end.signal or 0))

    async def ready(self, path: Path) -> dict[str, str]:
        """Wait for the ready file at `path`; return what it says."""
        for _ in range(READY_SECONDS * 20):
            if path.exists() or self.ended.called:
                break
            await deferLater(reactor, 0.05)
        if not path.exists():
            raise AssertionError(f"no ready file; the simulator said\n{self.output.decode()}")
        said: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return said

    def stop(self, signal: str) -> Deferred[int]:
        """Send it a signal (TERM, KILL) if it still runs; return its end."""
        if not self.ended.called:
            IProcessTransport(self.transport).signalProcess(signal)
        return self.ended


def free_ports(config: Path) -> list[str]:
    """Return the options that move everything that `config` starts to free ports of loopback."""
    sections = re.findall(r"^\[(endpoint:.+|rest)\]$", config.read_text(encoding="utf-8"), re.M)
    return [f"--set={section}.listen=tcp:0:interface=127.0.0.1" for section in sections]


class PackagingTests(TestCase):
    """Build, install, start, ask, stop."""

    timeout = 600

    def setUp(self) -> None:
        """Copy the checkout, so that building leaves nothing in it."""
        self.folder = Path(tempfile.mkdtemp(prefix="exsim-packaging-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)
        self.elsewhere = self.folder / "elsewhere"
        self.elsewhere.mkdir()
        self.source = self.folder / "source"
        self.venv = self.folder / "venv"
        for name in (name for name in FOLDERS if (ROOT / name).is_dir()):
            built = shutil.ignore_patterns("__pycache__", "dropin.cache")
            shutil.copytree(ROOT / name, self.source / name, ignore=built)
        for path in (path for pattern in FILES for path in ROOT.glob(pattern)):
            shutil.copy(path, self.source)

    async def install(self, *what: str | Path, **variables: str) -> None:
        """Make the virtual environment and have our pip install there what it is told to."""
        await run(sys.executable, "-m", "venv", "--without-pip", self.venv, cwd=self.folder)
        python = self.venv / "bin" / "python"
        pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
        await run(*pip, "install", "--quiet", *what, cwd=self.elsewhere, **variables)

    async def assert_works(self, config: Path, package: Path, build: str) -> None:
        """Check the commands and a simulator on `config`: code in `package`, of that `build`."""
        where = "import exsim; print(exsim.__file__)"
        python = self.venv / "bin" / "python"
        file = (await run(python, "-c", where, cwd=self.elsewhere)).strip()
        self.assertEqual(Path(file).resolve().parent, package)
        exsim = self.venv / "bin" / "exsim"
        self.assertIn("check", await run(exsim, "--help", cwd=self.elsewhere))
        self.assertIn(f"({build})", await run(exsim, "version", cwd=self.elsewhere))
        await run(exsim, "check", config, cwd=self.elsewhere)
        await self.assert_starts(config)

    async def assert_starts(self, config: Path) -> None:
        """Start a simulator on `config`, find it ready, and stop it as an init system does."""
        ready = self.elsewhere / "ready.json"
        twistd = str(self.venv / "bin" / "twistd")
        options = ["-c", str(config), "--ready-file", str(ready), *free_ports(config)]
        simulator = RunningSimulator()
        reactor.spawnProcess(
            simulator,
            twistd,
            [twistd, "-n", "exsim", *options],
            env=plain_environment(),
            path=str(self.elsewhere),
        )
        self.addCleanup(simulator.stop, "KILL")
        url = (await simulator.ready(ready))["rest"]
        response = await HTTPClient(Agent(reactor)).get(f"{url}/api/v1/health/ready")
        self.assertEqual(response.code, 200)
        await response.content()
        status = await simulator.stop("TERM")
        # Once all is shut down, twistd ends by the signal that it got, so that its parent knows.
        self.assertIn(status, (0, -SIGTERM), simulator.output.decode())
        self.assertIn("Server Shut Down", simulator.output.decode())

    def site_packages(self) -> Path:
        """Return where the virtual environment keeps what is installed."""
        return next(self.venv.glob("lib/python*/site-packages"))

    async def test_wheel(self) -> None:
        """Source archive and wheel hold the right files, and the wheel works where it is put."""
        build = (sys.executable, "-m", "build", "--outdir", self.folder)
        await run(*build, "--sdist", self.source, cwd=self.elsewhere)
        (archive,) = self.folder.glob("exsim-*.tar.gz")
        self.assert_archive(archive)
        await run(*build, "--wheel", self.unpacked(archive), cwd=self.elsewhere)
        (wheel,) = self.folder.glob("exsim-*.whl")
        self.assert_wheel(wheel)
        await self.install(wheel)
        await self.assert_works(
            self.venv / "share" / "exsim" / "etc" / "exsim.ini",
            self.site_packages() / "exsim",
            "compiled",
        )

    def unpacked(self, archive: Path) -> Path:
        """
        Return a folder of what is in the source archive.

        Where the checkout was compiled before, that is there, too: of files that are the same the
        compiler need not be asked again.
        """
        with tarfile.open(archive) as opened:
            opened.extractall(self.folder / "unpacked", filter="data")
        (folder,) = (self.folder / "unpacked").iterdir()
        if (ROOT / "build").is_dir():
            shutil.copytree(ROOT / "build", folder / "build", ignore=UNCOMPILED)
        return folder

    def sources(self, *patterns: str) -> set[str]:
        """Return the files of the checkout that fit, as paths below it."""
        found = {path for pattern in patterns for path in self.source.glob(pattern)}
        return {str(path.relative_to(self.source)) for path in found if path.is_file()}

    def assert_archive(self, path: Path) -> None:
        """Check that the source archive has all that the checkout has, and nothing built."""
        with tarfile.open(path) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        wanted = self.sources("**/*")
        self.assertEqual(wanted - names, set())
        self.assertEqual([name for name in names if re.search(r"\.py[co]$|\.cache$", name)], [])

    def assert_wheel(self, path: Path) -> None:
        """Check that the wheel has the package, the plugins, the configurations, and no more."""
        names = set(zipfile.ZipFile(path).namelist())
        kept = {name for name in names if not re.match(r"exsim-[^/]+\.(dist-info|data)/", name)}
        compiled = {name for name in kept if name.endswith(".so")}
        sources = self.sources("exsim/**/*", "twisted/plugins/*.py")
        self.assertEqual(kept - compiled, sources - self.sources("exsim/**/*.[ch]"))
        stems = {name.partition(".")[0] for name in compiled}
        self.assertTrue({"exsim__mypyc", "exsim/wire/fix", "exsim/engine/book"} <= stems, stems)
        services = {stem for stem in stems if stem.startswith("exsim/services")}
        self.assertEqual(services, {"exsim/services/_large_pages"})  # all else there is as it is
        self.assertIn("exsim/py.typed", names)
        self.assertEqual([name for name in names if re.match(r"twisted/.*__init__", name)], [])
        shared = {name.partition(".data/data/share/exsim/")[2] for name in names} - {""}
        self.assertEqual(shared, self.sources("etc/**/*"))
        self.assertTrue(any(name.endswith("/licenses/LICENSE") for name in names), names)

    async def test_install(self) -> None:
        """``pip install .`` works, where there is no compiler too."""
        await self.install(self.source, CC="/bin/false")
        config = self.source / "etc" / "exsim.ini"
        await self.assert_works(config, self.site_packages() / "exsim", "pure")

    async def test_editable(self) -> None:
        """``pip install -e .`` works, plugins too, and runs the checkout's own files."""
        await self.install("--editable", self.source)
        await self.assert_works(self.source / "etc" / "exsim.ini", self.source / "exsim", "pure")
        self.assertEqual(self.sources("**/*.so"), set())
