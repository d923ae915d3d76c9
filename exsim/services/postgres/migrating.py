"""
The tables that exsim has in PostgreSQL: numbered files of SQL in ``migrations``, each carried out
once, in order, by ``exsim postgres migrate``.

Nothing else makes or changes tables, so that an operator decides when, and as which user.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import psycopg

from exsim.errors import ConfigError, Problem
from exsim.services.postgres.address import Address

_NAME: Final = re.compile(r"(\d{3})_(\w+)\.sql")
_LOCK: Final = 0x657873696D  # "exsim": two that migrate at once do it one after the other
THERE: Final = "SELECT to_regclass('exsim.version') IS NOT NULL"
"""Whether there are tables."""
NEWEST: Final = "SELECT coalesce(max(version), 0) FROM exsim.version"
"""The version of those."""
_VERSIONS: Final = """
    CREATE SCHEMA IF NOT EXISTS exsim;
    CREATE TABLE IF NOT EXISTS exsim.version (
        version integer PRIMARY KEY,
        name text NOT NULL,
        since timestamptz NOT NULL DEFAULT clock_timestamp()
    );
"""


class Migration(NamedTuple):
    """A step from the version before to this one."""

    version: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """All that this exsim knows, in order."""
    found = []
    for file in files("exsim.services.postgres").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match is not None:
            found.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    return tuple(sorted(found))


def newest() -> int:
    """The version that this exsim works with."""
    return migrations()[-1].version


def version_of(connection: psycopg.Connection[Any]) -> int:
    """The version of the tables in a database; 0 where there are none."""
    row = connection.execute(THERE).fetchone()
    if row is None or not row[0]:
        return 0
    row = connection.execute(NEWEST).fetchone()
    assert row is not None
    version: int = row[0]
    return version


def migrate(address: Address) -> list[Migration]:
    """
    Bring the tables of a database to the newest version; what was done for that.

    All of it is one transaction: it is done whole or not at all.

    :raises exsim.errors.ConfigError: when they are of a newer exsim.
    :raises exsim.services.postgres.address.PostgresAway: when the server does not do it.
    """
    done: list[Migration] = []
    with address.connect() as connection:
        try:
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                version = version_of(connection)
                if version > newest():
                    raise ConfigError([_newer(address, version)])
                if not version:
                    connection.execute(_VERSIONS)
                for migration in migrations():
                    if migration.version > version:
                        connection.execute(migration.sql.encode())
                        sql = "INSERT INTO exsim.version (version, name) VALUES (%s, %s)"
                        connection.execute(sql, (migration.version, migration.name))
                        done.append(migration)
        except psycopg.Error as error:
            raise address.away(error) from None
    return done


def insist(connection: psycopg.Connection[Any], address: Address) -> None:
    """
    Insist that the tables are those that this exsim works with.

    :raises exsim.errors.ConfigError: when they are not; it tells what to do.
    """
    check_version(version_of(connection), address)


def check_version(version: int, address: Address) -> None:
    """
    Insist that tables of this version (0: none) are those that this exsim works with.

    :raises exsim.errors.ConfigError: when they are not; it tells what to do.
    """
    if version > newest():
        raise ConfigError([_newer(address, version)])
    if version < newest():
        what = (
            f"are of version {version}, this exsim works with {newest()}"
            if version
            else ("are not there yet")
        )
        text = f"{address.text}: the tables {what}: run `exsim postgres migrate '{address.text}'`"
        raise ConfigError([Problem(text)])


def _newer(address: Address, version: int) -> Problem:
    return Problem(
        f"{address.text}: the tables are of version {version}, and this exsim knows up to"
        f" {newest()}: use the exsim that migrated them, or a later one"
    )
