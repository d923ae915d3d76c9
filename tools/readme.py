"""
Run every block of README.rst, and of the documents that are written like it, and compare what it
prints with what they say it prints.

    python -m tools.readme            say what differs, exit status 1 if anything does
    python -m tools.readme --write    put what was printed into them

Blocks with a name are files, written to a private folder, beside ``examples/``, in which the
commands of console blocks run, against a simulator on free ports whose numbers stand in for those
of the README. ``make run`` itself is run first, in the checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

from exsim.client import Simulator

ROOT = Path(__file__).parent.parent
README = ROOT / "README.rst"
DOCUMENTS = (README, ROOT / "docs" / "dictionaries.rst")
INDENT = "   "
SECONDS = 120
FIX_PORT, REST_PORT = "9878", "8480"
PORTS = {
    "order-entry": FIX_PORT,
    "market-data": "9879",
    "drop-copy": "9880",
    "ouch": "9881",
    "itch": "9882",
}
"""The ports of ``etc/exsim.ini``, by endpoint."""
QUIET = "venue:XSIM.activity=none"
"""What keeps numbers the same each time: nobody trades but who reads the README."""
ASKS = re.compile(r"exsim (ctl|book|trades|messages|record-feed) ")
"""The commands that ask a simulator."""


@dataclass
class Block:
    """A code block: what it is written in, its file name if it has one, and its lines."""

    language: str
    name: str
    begin: int
    end: int
    lines: list[str] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """The code blocks of a README, with the numbers of the lines of their content."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        started = re.fullmatch(r"\.\. code-block:: (\w+)", lines[number])
        number += 1
        if started is None:
            continue
        name = ""
        while lines[number].strip():
            option = re.fullmatch(r"   :name: (\S+)", lines[number])
            name = option[1] if option else name
            number += 1
        begin = number + 1
        number = begin
        while number < len(lines) and (lines[number].startswith(INDENT) or not lines[number]):
            number += 1
        end = number
        while not lines[end - 1].strip():
            end -= 1
        content = [line.removeprefix(INDENT) for line in lines[begin:end]]
        yield Block(started[1], name, begin, end, content)


def commands(block: Block) -> list[str]:
    """The commands of a console block."""
    return [line[2:] for line in block.lines if line.startswith("$ ")]


def settled(text: str) -> str:
    """Output without what differs from run to run: times, and the checksums over them."""
    text = re.sub(r"\d{8}-\d\d:\d\d:\d\d(\.\d{3})?", "20260102-03:04:05.678", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", "2026-01-02T03:04:05.678000000Z", text)
    text = re.sub(r"\b\d\d:\d\d:\d\d\.\d{9}\b", "03:04:05.678000000", text)
    text = re.sub(r"\b\d\d:\d\d:\d\d\.\d{3}\b", "03:04:05.678", text)
    text = re.sub(r"\btimestamp=\d+", "timestamp=11045678000000", text)
    text = re.sub(r"\b10=\d{3}\|", "10=000|", text)
    text = re.sub(r"\bin \d+\.\d\ds$", "in 0.50s", text, flags=re.MULTILINE)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).rstrip("\n")


class Reader:
    """Does what a reader of the README does."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self._folder = folder
        self._ports = {
            FIX_PORT: str(simulator.endpoints["order-entry"].port),  # type: ignore[attr-defined]
            REST_PORT: simulator.url.rpartition(":")[2],
        }
        for environment in (".venv", ".venv-compiled"):
            (folder / environment).symlink_to(sys.prefix)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=ignored)

    def write(self, block: Block) -> None:
        """Write the file of a block."""
        path = self._folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(block.lines) + "\n"
        for port, real in self._ports.items():
            text = text.replace(port, real)
        path.write_text(text)

    def run(self, command: str) -> str:
        """Run a command; what it printed."""
        for port, real in self._ports.items():
            command = command.replace(port, real)
        url = f"http://127.0.0.1:{self._ports[REST_PORT]}"
        command = ASKS.sub(rf"exsim \1 --url {url} ", command)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(self._folder)},
        )
        output = (done.stdout + done.stderr).replace(f"{self._folder}/", "")
        for port, real in self._ports.items():
            output = output.replace(real, port)
        return settled(output)


def make_run() -> str:
    """Start with ``make run`` on free ports, and stop it: what exsim itself said."""
    folder = TemporaryDirectory()
    ready = Path(folder.name, "ready")
    overrides = "".join(
        f" --set {name}.listen=tcp:0:interface=127.0.0.1"
        for name in (*(f"endpoint:{name}" for name in PORTS), "rest")
    )
    process = subprocess.Popen(
        [
            "make",
            "--no-print-directory",
            "run",
            f"ARGS=--ready-file {ready}{overrides} --until-eof",
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    alarm = Timer(SECONDS, process.kill)
    alarm.start()
    said = []
    for line in process.stdout:
        found = re.search(r"\[exsim#info\].*", line)
        if found:
            said.append(found[0])
            if "REST on" in line:
                break
    process.stdin.close()
    process.wait()
    alarm.cancel()
    folder.cleanup()
    text = "\n".join(said)
    for name, port in PORTS.items():
        text = re.sub(rf"( {name}: .*:)\d+", rf"\g<1>{port}", text)
    return re.sub(r"(REST on.*:)\d+", rf"\g<1>{REST_PORT}", text)


def played(text: str) -> str:
    """A document with the output of its commands as it is when they are run."""
    lines = text.splitlines()
    replaced: list[tuple[Block, list[str]]] = []
    spawned = Simulator.spawn(ROOT / "etc" / "exsim.ini", [QUIET])
    with TemporaryDirectory() as folder, spawned as simulator:
        reader = Reader(Path(folder), simulator)
        for block in blocks(text):
            if block.name:
                reader.write(block)
            elif block.language == "console":
                output = []
                for command in commands(block):
                    output.append(f"$ {command}")
                    printed = make_run() if command == "make run" else reader.run(command)
                    output += printed.splitlines()
                replaced.append((block, output))
    for block, output in reversed(replaced):
        lines[block.begin : block.end] = [(INDENT + line).rstrip() for line in output]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Compare, or write."""
    status = 0
    for document in DOCUMENTS:
        before = document.read_text()
        after = played(before)
        if "--write" in sys.argv[1:]:
            document.write_text(after)
        elif after != before:
            name = document.relative_to(ROOT)
            print(f"{name} is not what its blocks print: python -m tools.readme --write")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
