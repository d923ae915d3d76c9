"""
The row "rest": the running interface does what its OpenAPI document says, as schemathesis sees it.

Every operation, all checks, so many examples of each as there are cases; only the long polls do not
wait. ``rest.toml`` says the rest.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from exsim.client import Simulator
from exsim.control.entries import PREFIX
from exsim.control.operations import OPERATIONS
from exsim.control.schemas import NoArguments
from tests.soak.rows import Found

HERE: Final = Path(__file__).resolve().parent
REMOVING: Final = "^(delete_.*|reset)$"
"""Operations that remove things."""
REMOVING_EXAMPLES: Final = 20
"""At most so many where these are tried: what the others say of what is gone takes no more to see.
"""
WITHIN: Final = 3600
"""Seconds after which schemathesis is stopped; on two processors it takes minutes."""
ENDING: Final = [operation for operation in OPERATIONS if not operation.streams]
"""Those whose answers have an end."""
LEFT: Final = [operation for operation in ENDING if not re.match(REMOVING, operation.name)]


def run(seed: int, numbers: Sequence[int]) -> Found:
    """
    Try all operations; with more examples then all but those that remove things, too, so that there
    is much to find for the others.
    """
    count = len(numbers)
    failures = _try(seed, min(count, REMOVING_EXAMPLES), len(ENDING), 12)
    if count > REMOVING_EXAMPLES:
        others = f"--exclude-operation-id-regex={REMOVING}"
        failures += _try(seed, count, len(LEFT), 100, others)
    return Found(failures, f"{len(ENDING)} operations")


def _try(seed: int, examples: int, operations: int, orders: int, *options: str) -> list[str]:
    """Try so many operations with so many examples each, at least; what is wrong."""
    log, done = _run_with(seed, examples, orders, *options)
    again = f"again: python -m tests.soak rest --seed {seed} --count {examples}"
    said = f"{done.stdout}{done.stderr}{again}"
    if "Traceback" in log:
        return [f"rest: an error was logged:\n{log}\n{again}"]
    if done.returncode:
        return [f"rest: exit status {done.returncode}\n{said}"]
    (tested,) = re.findall(r"^ +Tested: (\d+)", done.stdout, re.MULTILINE)
    (cases,) = re.findall(r"^ +(\d+) generated", done.stdout, re.MULTILINE)
    if int(tested) != operations:
        return [f"rest: {tested} operations were tried, there are {operations}\n{said}"]
    taking_nothing = sum(op.arguments is NoArguments and op.body is None for op in OPERATIONS)
    least = examples * (operations - taking_nothing)  # what takes nothing has one example
    if int(cases) < least:
        return [f"rest: {cases} cases were tried, {least} are due\n{said}"]
    return []


def message(msg_type: str, number: int, *fields: str) -> bytes:
    """Return a FIX.4.4 message of BUYSIDE."""
    now = f"{datetime.now(UTC):%Y%m%d-%H:%M:%S}"
    head = (f"35={msg_type}", "49=BUYSIDE", "56=XSIM", f"34={number}", f"52={now}")
    body = b"".join(f"{field}\x01".encode() for field in (*head, *fields))
    whole = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


@contextmanager
def held_up(simulator: Simulator, connect: str) -> Iterator[None]:
    """A proxy with a client, and messages of that which it holds."""
    proxy = simulator.create_proxy(name="between", connect=connect, venue="XSIM")
    assert proxy.port is not None
    simulator.create_fault(kind="hold", endpoint=proxy.origin, direction="in")
    with socket.create_connection((proxy.host, proxy.port), 5) as client:
        for number in range(1, 61):
            client.sendall(message("0", number))
        assert simulator.wait_held("between", count=60, timeout="5s").complete
        yield


def _run_with(
    seed: int, examples: int, orders: int, *options: str
) -> tuple[str, subprocess.CompletedProcess[str]]:
    """
    Run schemathesis against a simulator in which something is going on already.

    What that logged, and what it said.
    """
    with Simulator.spawn(HERE / "rest.ini", timeout=60) as simulator:
        address = simulator.endpoints["order-entry"]
        assert address.port is not None
        with socket.create_connection((address.host, address.port), 5) as connection:
            connection.sendall(message("A", 1, "98=0", "108=30"))
            terms = ("55=AAA", "54=2", "38=7", "40=2", "44=100.5", "60=20260102-03:04:05")
            connection.sendall(message("D", 2, "11=c-1", "21=1", *terms))
            simulator.wait_messages(session="BUYSIDE", direction="out", count=1)
            for number in range(orders):
                price = f"{100 + number % 20}.01"
                simulator.enter_order("XSIM", symbol="AAA", side="BUY", quantity=9, price=price)
            with held_up(simulator, f"tcp:{address.host}:{address.port}"):
                told = (f"--seed={seed}", f"--max-examples={examples}", *options)
                done = _schemathesis(simulator, *told)
        return simulator.output, done


def _schemathesis(simulator: Simulator, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it on a simulator's document; from a file, or it would leave out that operation."""
    with TemporaryDirectory(prefix="exsim-soak-") as folder:
        Path(folder, "openapi.json").write_text(json.dumps(simulator.openapi()))
        program = str(Path(sys.executable).with_name("schemathesis"))
        url = f"--url={simulator.url}{PREFIX}"
        config = f"--config-file={HERE / 'rest.toml'}"
        return subprocess.run(
            [program, "--no-color", config, "run", "openapi.json", url, "--checks=all", *options],
            cwd=folder,
            env=os.environ | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
