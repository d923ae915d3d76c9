"""The running interface does what its OpenAPI document says, as schemathesis sees it.

Every operation, all checks, a fixed seed, at least 50 examples each, or 20 of what removes things;
only the long polls do not wait. ``schemathesis.toml`` says the rest.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.control.entries import PREFIX
from exsim.control.operations import OPERATIONS
from exsim.control.schemas import NoArguments

HERE = Path(__file__).resolve().parent
EXAMPLES = 50
"""What schemathesis.toml says; operations that take nothing have one example."""
REMOVING_EXAMPLES = 20
"""Where what is there is soon removed: what the others say then takes no more to see."""


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


ENDING = [operation for operation in OPERATIONS if not operation.streams]
"""Those whose answers have an end."""


class SchemathesisTests(SynchronousTestCase):
    """schemathesis against a simulator of its own."""

    def test_all(self) -> None:
        """It tests each operation in all ways, and finds nothing."""
        run = self.run_with(f"--max-examples={REMOVING_EXAMPLES}", orders=12)
        self.assertEqual(self.clean(run, REMOVING_EXAMPLES), len(ENDING))

    def test_depth(self) -> None:
        """The same without what removes things, so that there is much to find for the others."""
        removing = "^(delete_.*|reset)$"
        run = self.run_with(f"--exclude-operation-id-regex={removing}", orders=100)
        left = [op for op in ENDING if not re.match(removing, op.name)]
        self.assertEqual(self.clean(run, EXAMPLES), len(left))

    def clean(self, run: subprocess.CompletedProcess[str], examples: int) -> int:
        """
        Check that a run found nothing, and return how many operations it was about.

        ``examples`` is how many each of them has at least.
        """
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        (tested,) = re.findall(r"^ +Tested: (\d+)", run.stdout, re.MULTILINE)
        (cases,) = re.findall(r"^ +(\d+) generated", run.stdout, re.MULTILINE)
        taking_nothing = sum(op.arguments is NoArguments and op.body is None for op in OPERATIONS)
        self.assertGreaterEqual(int(cases), examples * (int(tested) - taking_nothing))
        return int(tested)

    def run_with(self, *options: str, orders: int) -> subprocess.CompletedProcess[str]:
        """Run schemathesis against a simulator in which something is going on already."""
        with Simulator.spawn(HERE / "schemathesis.ini", timeout=20) as simulator:
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
                    run = self.schemathesis(simulator, *options)
            log = simulator.output
        self.assertNotIn("Traceback", log)
        return run

    def schemathesis(self, simulator: Simulator, *options: str) -> subprocess.CompletedProcess[str]:
        """Run it on a simulator's document; from a file, or it would leave out that operation."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "openapi.json").write_text(json.dumps(simulator.openapi()))
        program = str(Path(sys.executable).with_name("schemathesis"))
        url = f"--url={simulator.url}{PREFIX}"
        config = f"--config-file={HERE / 'schemathesis.toml'}"
        return subprocess.run(
            [program, "--no-color", config, "run", "openapi.json", url, "--checks=all", *options],
            cwd=folder,
            env=os.environ | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
