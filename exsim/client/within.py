"""``exsim with``: a command that has a simulator of its own while it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from exsim.client.launch import Address
from exsim.client.spawn import SpawnedSimulator, SpawnError

NOT_STARTED = 125
"""The exit status where there is no simulator to run the command with."""
NOT_RUN = 127
"""That where the command itself cannot be run, as a shell has it."""


def run_within(
    command: Sequence[str], config: str | None, overrides: Sequence[str], timeout: float = 30.0
) -> int:
    """
    Run a command with a simulator on free ports, which ends with it; the command's exit status.

    The command finds it by its environment: see :func:`variables`.
    """
    try:
        with SpawnedSimulator(config, overrides, timeout) as simulator:
            told = variables(simulator.url, simulator.endpoints)
            return subprocess.run(command, env=os.environ | told, check=False).returncode
    except SpawnError as error:
        print(f"exsim with: {error}", file=sys.stderr)  # noqa: T201
        return NOT_STARTED
    except OSError as error:
        print(f"exsim with: {command[0]}: {error}", file=sys.stderr)  # noqa: T201
        return NOT_RUN


def variables(url: str, endpoints: Mapping[str, Address]) -> dict[str, str]:
    """
    Where the simulator is, as environment: ``EXSIM_URL``, which ``exsim ctl`` goes by, and
    ``EXSIM_ORDER_ENTRY_HOST`` and ``_PORT`` for an endpoint ``order-entry``.
    """
    found = {"EXSIM_URL": url}
    for name, address in endpoints.items():
        prefix = "EXSIM_" + "".join(char if char.isalnum() else "_" for char in name).upper()
        found[f"{prefix}_HOST"] = address.host
        if address.port is not None:
            found[f"{prefix}_PORT"] = str(address.port)
    return found
