"""Processes that :mod:`tools.runtests` runs: their output, their end, and what time they took."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "tests"
"""Where trial's folders and each stage's output go."""
STAGE_SECONDS = 1800.0
"""After this long a process is stopped and counts as failed."""
STOP_SECONDS = 10.0
"""How long a process that is stopped may take to clean up, before it is killed."""


@contextlib.asynccontextmanager
async def started(
    command: Sequence[str], log: Path, folder: Path = ROOT, **variables: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start `command` in `folder`, with `variables` in its environment, its output going to `log`.

    It leads a process group, of which nothing is left when the context ends, however it ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=os.environ | {"PYTHONWARNINGS": "default"} | variables,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def run(name: str, *command: str, folder: Path = ROOT, **variables: str) -> tuple[int, str]:
    """Run `command`; return its exit status, and all that it printed (kept as NAME.log too)."""
    log = BUILD / f"{name}.log"
    status, remark = 1, ""
    async with started(command, log, folder, **variables) as process:
        try:
            status = await asyncio.wait_for(process.wait(), STAGE_SECONDS)
        except TimeoutError:
            remark = f"\nstopped after {STAGE_SECONDS:.0f} s: {' '.join(command)}\n"
    return status, log.read_text(encoding="utf-8", errors="replace") + remark


def processor_time() -> float:
    """Return the seconds of all processes that were run so far and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
