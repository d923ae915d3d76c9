"""The commands about journals in PostgreSQL."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from exsim.errors import ConfigError
from exsim.services.postgres.address import Address, PostgresAway, address


def guarded(work: Callable[[], int]) -> int:
    """Carry out a command; an operator's mistake and a server that is away are told, status 2."""
    try:
        return work()
    except (ConfigError, PostgresAway) as error:
        print(f"exsim: {error}", file=sys.stderr)  # noqa: T201
        return 2


def postgres(options: argparse.Namespace) -> int:
    """Carry out ``exsim postgres``."""
    work = {"migrate": _migrate, "status": _status}[options.carry_out]
    return guarded(lambda: work(address(options.url, options.password_file)))


def _migrate(where: Address) -> int:
    from exsim.services.postgres.migrating import migrate, newest

    for migration in migrate(where):
        _say(f"migrated to version {migration.version}: {migration.name}")
    _say(f"{where.text}: the tables are of version {newest()}")
    return 0


def _status(where: Address) -> int:
    from exsim.services.postgres.status import status

    for line in status(where):
        _say(line)
    return 0


def _say(line: str) -> None:
    print(line)  # noqa: T201
