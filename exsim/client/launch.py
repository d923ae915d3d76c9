"""
Starting a simulator in the background: what to start, where, and how it says that it is ready.

Shared by the blocking and the asynchronous way. The child's standard input is a pipe that the
parent holds open; the child ends when it closes, which happens however the parent ends.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

import exsim
from exsim.config.ini import Section, parse, read_text

DEFAULT_CONFIG: Final = """\
[venue:XSIM]
policies = match
pricing = manual

[instrument:XSIM:AAA]
reference = 100

[instrument:XSIM:BBB]
reference = 100

[instrument:XSIM:CCC]
reference = 100

[endpoint:order-entry]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
"""
"""What is started where nothing else is asked for."""

LOOPBACK: Final = "tcp:0:interface=127.0.0.1"
OUTPUT_TAIL: Final = 20_000
"""How many bytes of what the child wrote an error shows."""
STOP_SECONDS: Final = 5.0
"""How long the child may take to stop before it is told less politely."""
OF_PARENT: Final = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""What systemd sets for the process that it starts itself: a child is not the one to answer."""


class SpawnError(Exception):
    """A simulator that was to be started did not become ready; the text says what it wrote."""


class Address(Struct, frozen=True):
    """Where an endpoint listens; ``port`` is None for a unix socket, whose path ``host`` is."""

    host: str
    port: int | None


class Ready(Struct, frozen=True):
    """
    The ready file: what listens where; ``processes`` are those of venues that have their own.
    """

    pid: int
    rest: str
    endpoints: dict[str, Address]
    processes: dict[str, int] = {}


class Launch:
    """
    One simulator to be started in ``folder``, which is its own.

    With ``private`` the folder goes with the simulator: nothing is left of it, also where nobody is
    there any more to clean up.
    """

    def __init__(
        self,
        folder: Path,
        config: str | os.PathLike[str] | None,
        overrides: Iterable[str],
        private: bool = False,
    ) -> None:
        self._written: BinaryIO | None = None
        self.log = folder / "output.log"
        self._ready_file = folder / "ready.json"
        if config is None:
            config = folder / "exsim.ini"
            config.write_text(DEFAULT_CONFIG, encoding="utf-8")
        path = os.path.abspath(config)
        self.command = [*python("exsim"), "run", f"--config={path}"]
        self.command += [f"--set={text}" for text in (*free_ports(path), *overrides)]
        self.command += [f"--ready-file={self._ready_file}", f"--pidfile={folder / 'exsim.pid'}"]
        self.command.append("--until-eof")
        if private:
            self.command.append(f"--remove={folder}")

    def environment(self) -> Mapping[str, str]:
        """That of :func:`child_environment`."""
        return child_environment()

    def ready(self) -> Ready | None:
        """What the child says once everything listens; None before that."""
        try:
            content = self._ready_file.read_bytes()
        except FileNotFoundError:
            return None
        return msgspec.json.decode(content, type=Ready)

    def started(self) -> None:
        """The child has its log; from now on that can be read, wherever its folder has gone."""
        self._written = self.log.open("rb")

    def output(self) -> str:
        """The end of what the child wrote."""
        if self._written is None:
            self.started()
        assert self._written is not None
        size = os.fstat(self._written.fileno()).st_size
        return os.pread(self._written.fileno(), OUTPUT_TAIL, max(0, size - OUTPUT_TAIL)).decode(
            "utf-8", "replace"
        )

    def close(self) -> None:
        """Nobody reads the log any more."""
        if self._written is not None:
            self._written.close()
            self._written = None

    def failed(self, what: str) -> SpawnError:
        """The error that says what happened, and what the child wrote."""
        command = " ".join(self.command)
        return SpawnError(f"The simulator {what}.\n$ {command}\n{self.output().rstrip()}")


def python(module: str) -> list[str]:
    """
    What runs a module in this Python.

    The path is safe (-P): sources of exsim that lie where this runs are not the exsim that this is.
    """
    return [sys.executable, "-P", "-m", module]


def child_environment() -> Mapping[str, str]:
    """That of this process; the child runs the same exsim, with the plugins of where it runs."""
    root = str(Path(exsim.__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")]), os.curdir]
    inherited = {key: text for key, text in os.environ.items() if key not in OF_PARENT}
    return inherited | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


def free_ports(path: str) -> Iterator[str]:
    """
    Overrides that make REST and all endpoints of a configuration listen on free ports.

    They stay on the loopback, and a unix socket stays as it is.

    :raises exsim.errors.ConfigError: when the file cannot be read.
    """
    yield f"rest.listen={LOOPBACK}"
    for section in parse(read_text(path), path, []):
        listen = _free_port(section)
        if listen is not None:
            yield f"endpoint:{section.name}.listen={listen}"


def _free_port(section: Section) -> str | None:
    entry = section.entries.get("listen")
    if section.kind != "endpoint" or entry is None:
        return None
    kind = entry.text.partition(":")[0]
    if kind in ("tcp", "tcp6"):
        return LOOPBACK
    if kind != "ssl":
        return None
    free = re.sub(r"^ssl:(port=)?\d+", "ssl:0", entry.text)
    return re.sub(r":interface=[^:]*", "", free) + ":interface=127.0.0.1"
