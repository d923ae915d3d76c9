"""
``exsim diagnose``: all that a report of a defect should have, in one zip, and no secret.

It asks a running simulator over REST. What cannot be had is named in ``problems.txt`` in the zip,
which is written all the same.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TextIO
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import requests

from exsim import __version__
from exsim.client.blocking import Simulator
from exsim.client.codec import SimulatorError

MOST: Final = 1_000
"""Sessions, endpoints and venues that are told."""

Files = dict[str, str]


def collect(simulator: Simulator) -> Files:
    """The files of a diagnosis by name, of what the simulator answers."""
    files: Files = {"client.json": _json(_client())}
    problems: list[str] = []

    def ask(name: str, question: Callable[[], Any]) -> Any:
        try:
            answer = question()
        except (SimulatorError, requests.RequestException) as error:
            problems.append(f"{name}: {error}")
            return None
        files[name] = answer if isinstance(answer, str) else _json(answer)
        return answer

    ask("health.json", simulator.health_ready)
    ask("metrics.txt", simulator.metrics)
    ask("venues.json", lambda: simulator.list_venues(limit=MOST).items)
    ask("endpoints.json", lambda: simulator.list_endpoints(limit=MOST).items)
    ask("sessions.json", lambda: simulator.list_sessions(limit=MOST).items)
    found = ask("simulator.json", simulator.diagnose)
    if found is not None:
        files["simulator.json"] = _json(found.versions | found.platform)
        files["settings.json"] = _json(found.settings)
        files["log.txt"] = _lines(found.log)
        files["messages.txt"] = _lines(found.messages)
    if problems:
        files["problems.txt"] = _lines(problems)
    return files


def write(path: Path, files: Files) -> None:
    """The zip; one that is there already is no longer.

    :raises OSError: when it cannot be written.
    """
    with ZipFile(path, "w", ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            bundle.writestr(f"exsim-diagnosis/{name}", text)


def diagnose(
    simulator: Simulator, output: str | None, out: TextIO | None = None, err: TextIO | None = None
) -> int:
    """Ask, write the zip, and say where it is; the exit status is 1 where something was missing."""
    out, err = out or sys.stdout, err or sys.stderr
    path = Path(output or time.strftime("exsim-diagnosis-%Y%m%d-%H%M%S.zip"))
    files = collect(simulator)
    try:
        write(path, files)
    except OSError as error:
        err.write(f"exsim diagnose: {path}: {error.strerror}\n")
        return 1
    out.write(f"{path}: {len(files)} files; passwords and tokens are masked\n")
    problems = files.get("problems.txt", "")
    if problems:
        err.write(f"exsim diagnose: not all could be had:\n{problems}")
    return int(bool(problems))


def _client() -> dict[str, str]:
    """What is known here, wherever the simulator runs."""
    return {"exsim": __version__, "python": sys.version, "system": platform.platform()}


def _json(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value), indent=2) + "\n"


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
