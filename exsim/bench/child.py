"""Servers in processes of their own, which end with whoever started them."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from exsim.bench.driver import BenchError
from exsim.bench.gauge import BEGIN, END
from exsim.client.launch import STOP_SECONDS, Launch, Ready

START_SECONDS: Final = 30.0
"""How long a server may take to listen, or to answer a signal."""

FIX_ONLY: Final = """\
# As etc/bench.ini, on ports that are free.
[venue:XSIM]
policies = match

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

[rest]
listen = tcp:0:interface=127.0.0.1
"""
"""What any version of exsim understands."""
CONFIG: Final = f"""\
{FIX_ONLY}
[endpoint:ouch]
venue = XSIM
protocol = ouch
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes
"""
"""What is measured where no configuration is named."""


class Child:
    """
    A process that is measured: started, asked, and ended, by its id.

    ``words`` are those after ``python -m``; the module gets the number of its pipe first. With
    ``cpu`` it runs on that one only, with ``python`` on that rather than on this. What it writes
    goes to ``output.log`` in ``folder``.
    """

    def __init__(
        self,
        words: Sequence[str],
        folder: Path,
        cpu: int | None = None,
        environment: Mapping[str, str] | None = None,
        python: str = "",
    ) -> None:
        self.log = folder / "output.log"
        self._pipe, pipe = os.pipe()
        module, *rest = words
        # Its path is safe (-P), as that of all children: what is installed is what is measured.
        command = [python or sys.executable, "-P", "-m", module, str(pipe), *rest]
        try:
            with self.log.open("wb") as log:
                # In a session of its own, so that Ctrl-C is ours to handle.
                self._process = subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=(pipe,),
                    start_new_session=True,
                )
        except BaseException:
            os.close(self._pipe)
            raise
        finally:
            os.close(pipe)
        self.pid = self._process.pid
        self._rest = b""
        if cpu is not None:
            os.sched_setaffinity(self.pid, {cpu})

    def begin(self) -> None:
        """Have it measure itself from here."""
        os.kill(self.pid, BEGIN)
        self.line()

    def end(self) -> dict[str, Any]:
        """What it has found since :meth:`begin`: see :class:`exsim.bench.gauge.Gauge`."""
        os.kill(self.pid, END)
        return self.line()

    def line(self) -> dict[str, Any]:
        """
        The next line of its pipe.

        :raises BenchError: when it ends, or says nothing.
        """
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._pipe], [], [], START_SECONDS)
            data = os.read(self._pipe, 1 << 16) if ready else b""
            if not data:
                raise self.failed("does not answer")
            self._rest += data
        text, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(text)
        return found

    def failed(self, what: str) -> BenchError:
        """The error that says what happened, and the end of what the server wrote."""
        written = self.log.read_text("utf-8", "replace")[-4000:]
        return BenchError(f"the server {what}; it wrote:\n{written.rstrip()}")

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it: by the end of its input, a signal, or as the last resort a kill."""
        os.close(self._pipe)
        assert self._process.stdin is not None
        self._process.stdin.close()
        for step in (self._process.terminate, self._process.kill):
            try:
                self._process.wait(STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                step()
        self._process.wait()


@contextmanager
def _started(
    words: Sequence[str],
    folder: Path,
    cpu: int | None,
    environment: Mapping[str, str],
    python: str = "",
) -> Iterator[Child]:
    """A child that is stopped however this ends."""
    child = None
    try:
        with _undisturbed():
            child = Child(words, folder, cpu, environment, python)
        yield child
    finally:
        if child is not None:
            child.stop()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until this is over: nobody would know of a child half started."""
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda number, _: came.append(number)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        for each in came:
            signal.raise_signal(each)


@contextmanager
def floor(kind: str, cpu: int | None) -> Iterator[tuple[Child, tuple[str, int]]]:
    """A server of :mod:`exsim.bench.floor_server`, and where it listens."""
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as name:
        folder = Path(name)
        environment = Launch(folder, config_file(folder, None), ()).environment()
        words = ["exsim.bench.floor_server", kind]
        with _started(words, folder, cpu, environment) as child:
            yield child, ("127.0.0.1", child.line()["port"])


@contextmanager
def simulator(
    config: str | None,
    overrides: Iterable[str] = (),
    cpu: int | None = None,
    collector: str = "",
    profile: bool = False,
    python: str = "",
) -> Iterator[tuple[Child, Ready]]:
    """
    A simulator on a configuration, or on :data:`CONFIG`; all ports are free ones.

    With ``python``, which has an exsim of its own, it is that one on :data:`FIX_ONLY`.

    :raises exsim.errors.ConfigError: when the file cannot be read.
    :raises BenchError: when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as name:
        folder = Path(name)
        path = config_file(folder, config, FIX_ONLY if python else CONFIG)
        launch = Launch(folder, path, overrides)
        options = [word for word in launch.command if word.startswith("--")]
        words = ["exsim.bench.served", collector, str(int(profile)), *options]
        environment = _foreign() if python else launch.environment()
        with _started(words, folder, cpu, environment, python) as child:
            yield child, _ready(child, launch)


def version_of(python: str) -> str:
    """
    What exsim another Python has, as that says it.

    :raises BenchError: when it has none.
    """
    try:
        asked = subprocess.run(
            [python, "-P", "-m", "exsim", "version"],
            env=_foreign(),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise BenchError(
            f"--beside {python}: name a Python that has exsim installed: {said.strip()}"
        ) from None
    return asked.stdout.splitlines()[0]


def _foreign() -> Mapping[str, str]:
    """The environment of another Python: it is to find its own exsim, and not this."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


def config_file(folder: Path, config: str | None, ours: str = CONFIG) -> str:
    """The configuration named, or a file in the folder with ours."""
    if config is not None:
        return config
    path = folder / "bench.ini"
    path.write_text(ours, encoding="utf-8")
    return str(path)


def _ready(child: Child, launch: Launch) -> Ready:
    """Wait for the ready file."""
    end = time.monotonic() + START_SECONDS
    while (ready := launch.ready()) is None:
        if child.ended:
            raise child.failed("ended before it was ready")
        if time.monotonic() > end:
            raise child.failed("was not ready in time")
        time.sleep(0.01)
    return ready


@contextmanager
def on_cpu(cpu: int | None) -> Iterator[None]:
    """Run this process on one CPU only."""
    if cpu is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpus() -> list[int]:
    """The CPUs that this process may use; none where that cannot be told or set."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def terminable() -> Iterator[None]:
    """End by SIGTERM as by Ctrl-C, so that what was started is stopped."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
