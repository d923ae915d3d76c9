"""The commands about journals in PostgreSQL."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from exsim.errors import ConfigError
from exsim.journal.format import JournalError
from exsim.services.masking import without_password
from exsim.services.postgres.address import Address, address


def guarded(work: Callable[[], int]) -> int:
    """Carry out a command; an operator's mistake and a server that is away are told, status 2."""
    try:
        return work()
    except (ConfigError, JournalError, OSError) as error:
        print(f"exsim: {error}", file=sys.stderr)  # noqa: T201
        return 2


def postgres(options: argparse.Namespace) -> int:
    """Carry out ``exsim postgres``."""
    work = {"migrate": _migrate, "status": _status}[options.carry_out]
    return guarded(lambda: work(address(options.url, options.password_file)))


def copy_journal(options: argparse.Namespace) -> int:
    """Carry out ``exsim copy-journal``."""
    from exsim.services.copying import copy, opened
    from exsim.services.sources import source_of

    def work() -> int:
        password, venue = options.password_file, options.venue
        with closing(source_of(options.from_place, venue, password)) as source:
            with opened(options.to_place, venue, password) as target:
                done = copy(source, target)
        _say(
            f"copied epoch {done.epoch}, entries {done.first:,} to {done.last:,},"
            f" {done.snapshots} snapshots; digest {done.digest}"
        )
        return 0

    return guarded(work)


def look_at_journal(options: argparse.Namespace) -> int:
    """Carry out ``exsim repair`` for a journal in PostgreSQL: tell what can be done."""
    from exsim.services.postgres.looking import look
    from exsim.services.sources import source_of

    def work() -> int:
        place, password = options.data_dir, options.password_file
        with closing(source_of(place, options.venue, password)) as source:
            lines = look(source)
        for line in lines:
            _say(line)
        if not lines:
            _say(f"{without_password(options.data_dir)}: nothing to repair")
        return int(bool(lines))

    return guarded(work)


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
