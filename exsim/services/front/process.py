"""
The process of one venue: a whole simulator, started with this one's configuration, that carries
this venue alone.

Its REST listens on a socket file in a folder that only this user can open. Its standard input is a
pipe that we hold open, so it ends when we do, however that is. What it logs comes to our log.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from twisted.application.service import Service
from twisted.internet.abstract import FileDescriptor
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure
from zope.interface import Attribute, Interface, implementer

from exsim.client.launch import Ready, child_environment, python
from exsim.config.listen import port_of
from exsim.model.settings import EndpointSettings, Settings
from exsim.services.front.folders import own_folder

READ: Final = 1 << 16
"""Most bytes of a read, and the longest line that is kept together."""
STOP_SECONDS: Final = 10.0
"""How long it may take to stop in good order."""
TOLD: Final = 10
"""How many lines are kept to say why it ended."""
_PLACE: Final = re.compile(r"^(tcp6?|ssl):(?:port=)?0+(?=:|$)")

log = Logger(namespace="exsim")


class IVenueProcess(Interface):
    """A process that carries one venue."""

    pid: int = Attribute("Its process id.")
    status: int | None = Attribute("Its exit status; None while it runs, or where it was killed.")

    def ready() -> Ready | None:
        """What it says once everything of it listens; None before that."""

    def ended() -> str | None:
        """How it ended, in words; None while it runs."""

    def close() -> None:
        """Have it stop in good order."""

    def kill() -> None:
        """End it at once."""

    def wait() -> None:
        """Block until it is gone; one that takes too long is killed."""


class Launcher(Service):
    """
    Starts processes of venues, which say in a private folder where they listen.

    :param config: the configuration file.
    :param overrides: what the command line put over it.
    :param settings: what the two come to.
    """

    name = "launcher"

    def __init__(
        self, config: str, overrides: tuple[str, ...], settings: Settings, reactor: Any
    ) -> None:
        self._config = config
        self._overrides = overrides
        self._settings = settings
        self._reactor = reactor
        self._cwd = os.getcwd()  # twistd may leave it; what was given may be relative to it
        self._folder: TemporaryDirectory[str] | None = None

    def startService(self) -> None:
        """Make the folder."""
        super().startService()
        self._folder = TemporaryDirectory(prefix="exsim-", ignore_cleanup_errors=True)

    def stopService(self) -> None:
        """Remove it: all processes are gone."""
        super().stopService()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def socket(self, venue: str) -> str:
        """The socket file where REST of a venue's process listens."""
        return str(self._file(venue, "rest"))

    def start(self, venue: str, before: Ready | None, words: Iterable[str] = ()) -> IVenueProcess:
        """
        Start the process of a venue. ``before``: what the last one said; the ports stay the same.
        ``words`` are more of its command line.

        :raises OSError: when none can be started.
        """
        ready_file = self._file(venue, "ready")
        ready_file.unlink(missing_ok=True)
        command = [*python("exsim"), "run", f"--config={self._config}"]
        command += [f"--set={text}" for text in (*self._overrides, *self._own(venue, before))]
        command += [f"--venue={venue}", f"--ready-file={ready_file}", "--until-eof", *words]
        return VenueProcess(venue, command, self._cwd, ready_file, self._reactor)

    def _file(self, venue: str, kind: str) -> Path:
        """A file of a venue; its name may have characters that no file has."""
        assert self._folder is not None
        number = [one.name for one in self._settings.venues].index(venue)
        return Path(self._folder.name) / f"{number}.{kind}"

    def _own(self, venue: str, before: Ready | None) -> Iterator[str]:
        """What is set for one venue alone."""
        yield f"rest.listen=unix:{self.socket(venue)}:mode=600"
        for key in ("token_file", "trade_tokens", "read_tokens"):
            yield f"rest.{key}="
        for key in ("tls_certificate", "tls_key", "tls_client_ca"):
            yield f"rest.{key}="
        yield "exsim.log=json"
        for key in ("data_dir", "fix_log"):
            folder = getattr(self._settings, key)
            if folder:
                yield f"exsim.{key}={own_folder(folder, venue)}"
        for endpoint in self._settings.endpoints:
            if endpoint.venue == venue and before is not None:
                yield from _same_port(endpoint, before)


def _same_port(endpoint: EndpointSettings, before: Ready) -> Iterator[str]:
    """Listen where the last process did, if any port will do."""
    address = before.endpoints.get(endpoint.name)
    if address is None or address.port is None or port_of(endpoint.listen) != 0:
        return
    place, found = _PLACE.subn(rf"\g<1>:{address.port}", endpoint.listen)
    if found:
        yield f"endpoint:{endpoint.name}.listen={place}"


@implementer(IVenueProcess)
class VenueProcess:
    """A process that runs ``command`` in the folder ``cwd``."""

    def __init__(
        self, venue: str, command: list[str], cwd: str, ready_file: Path, reactor: Any
    ) -> None:
        self._ready_file = ready_file
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that Ctrl-C is ours to handle
        )
        assert self._process.stdout is not None
        self.pid = self._process.pid
        self._relay = Relay(venue)
        self._output = Output(self._process.stdout.fileno(), self._relay, reactor)
        self._output.startReading()
        self.status: int | None = None
        self._how: str | None = None

    def ready(self) -> Ready | None:
        """What its ready file says."""
        self._output.doRead()  # while the reactor does not run yet, nobody else does
        try:
            return msgspec.json.decode(self._ready_file.read_bytes(), type=Ready)
        except FileNotFoundError:
            return None

    def ended(self) -> str | None:
        """How it ended, with the last that it said beside its log."""
        if self._how is None and self._process.poll() is not None:
            self._output.drain()
            status = self._process.returncode
            self.status = status if status >= 0 else None
            how = f"was killed by signal {-status}" if status < 0 else f"ended, status {status}"
            said = "\n".join(self._relay.said).removeprefix("exsim cannot start: ")
            self._how = f"{how}: {said}" if said else how
            self._release()
        return self._how

    def _release(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._output.stopReading()
        self._process.stdin.close()
        self._process.stdout.close()

    def close(self) -> None:
        """Let its standard input end."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def kill(self) -> None:
        """As a last resort."""
        self._process.kill()

    def wait(self) -> None:
        """Wait, and read what it says meanwhile."""
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.ended()


class Told(Struct, frozen=True):
    """A line of a JSON log, see :func:`exsim.services.logs.record`."""

    level: Literal["debug", "info", "warn", "error", "critical"]
    namespace: str
    text: str
    traceback: str = ""


class Relay:
    """Passes what the process of a venue logs on to our log, under the venue's name."""

    def __init__(self, venue: str) -> None:
        self.said: deque[str] = deque(maxlen=TOLD)
        """The last lines that are not of its log, or that would not be if it did not log them."""
        self._venue = venue
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Some more of what it wrote."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line)
        if len(self._rest) > READ:
            self.end()

    def end(self) -> None:
        """There is no more of the line."""
        rest, self._rest = self._rest, b""
        if rest:
            self._line(rest)

    def _line(self, line: bytes) -> None:
        try:
            told = msgspec.json.decode(line, type=Told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            text = line.decode("utf-8", "replace").rstrip()
            self.said.append(text)
            log.warn("{venue}: {text}", venue=self._venue, text=text)
            return
        text = f"{told.text}\n{told.traceback}".rstrip()
        if told.namespace == "stderr":  # why it cannot start, for one
            self.said.append(text)
        level = LogLevel.lookupByName(told.level)
        Logger(told.namespace).emit(level, "{venue}: {text}", venue=self._venue, text=text)


class Output(FileDescriptor):
    """The end of a pipe that a process writes its log to."""

    def __init__(self, number: int, relay: Relay, reactor: Any) -> None:
        super().__init__(reactor)
        self._number = number
        self._relay = relay
        flags = fcntl.fcntl(number, fcntl.F_GETFL)
        fcntl.fcntl(number, fcntl.F_SETFL, flags | os.O_NONBLOCK)

    def fileno(self) -> int:
        """That of the pipe."""
        return self._number

    def doRead(self) -> None:
        """Pass on what is there."""
        self._read()

    def drain(self) -> None:
        """Pass on all that is left."""
        while self._read():
            pass
        self._relay.end()

    def _read(self) -> bool:
        try:
            data = os.read(self._number, READ)
        except BlockingIOError:
            return False
        if not data:
            self.stopReading()
        self._relay.take(data)
        return bool(data)

    def connectionLost(self, reason: Failure) -> None:
        """Nobody writes to it any more."""
        self.stopReading()
