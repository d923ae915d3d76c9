"""
The lease of a venue: who may write its journal, for how long, and under which term.

A term counts those who have had it. Whoever takes the lease waits for what is being written under
the term before, and nothing is written under that one afterwards.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final, NamedTuple

import psycopg
from twisted.logger import Logger

from exsim.errors import ConfigError, Problem
from exsim.services.commits import LeaseLost
from exsim.services.postgres.address import Address

log = Logger(namespace="exsim")

TAKE: Final = """
    INSERT INTO exsim.lease AS l (venue, term, node, expires)
    VALUES ($1, 1, $2, clock_timestamp() + make_interval(secs => $3))
    ON CONFLICT (venue) DO UPDATE SET term = l.term + 1, node = excluded.node,
        expires = clock_timestamp() + make_interval(secs => $3), address = '', endpoints = '{}',
        wanted = NULL, wanted_at = NULL
    WHERE l.expires <= clock_timestamp() AND (
        l.wanted IS NULL OR l.wanted = $2 OR l.wanted_at < clock_timestamp() - interval '5 s'
    )
    RETURNING term
"""
"""Venue, node, seconds: its term. No row: somebody has it, or is to have it."""
RENEW: Final = """
    UPDATE exsim.lease SET expires = clock_timestamp() + make_interval(secs => $3),
        address = coalesce(nullif($4::text, ''), address),
        endpoints = coalesce(nullif($5::text, '')::jsonb, endpoints)
    WHERE venue = $1 AND term = $2 RETURNING coalesce(nullif(wanted, node), '')
"""
"""Venue, term, seconds, address, endpoints: who is to have it, or ''. No row: it is lost."""
RELEASE: Final = """
    UPDATE exsim.lease SET expires = least(expires, clock_timestamp())
    WHERE venue = $1 AND term = $2
"""
"""Venue, term: anybody may take it now."""
HOLDER: Final = """
    SELECT node, extract(epoch FROM expires - clock_timestamp())::float8, coalesce(wanted, '')
    FROM exsim.lease WHERE venue = $1
"""
"""Venue: who had it last, how many seconds are left, and who is to have it."""
PATIENCE: Final = 3
"""Leases that a start waits for one that somebody else has."""
LOOK: Final = 0.1
"""Seconds between two looks at whether it is free."""
RENEWALS: Final = 4
"""How often a lease is renewed within its time."""


class Lease(NamedTuple):
    """What we have: a venue, under a term, as a node, for so many seconds at a time."""

    venue: str
    term: int
    node: str
    seconds: float

    def lost(self, holder: str = "") -> LeaseLost:
        """What to raise where it is not ours any more."""
        who = f"{holder} has it" if holder and holder != self.node else "it was taken again"
        return LeaseLost(f"the lease of venue {self.venue} is lost (term {self.term}): {who}")


def take(address: Address, venue: str, node: str, seconds: float, term: int | None = None) -> Lease:
    """
    The lease of a venue: the one of a ``term`` that was taken for us, or a new one; that of
    somebody else is waited for.

    :raises exsim.errors.ConfigError: when somebody keeps it.
    :raises exsim.services.commits.LeaseLost: when that term is over.
    :raises OSError: when the database cannot be asked.
    """
    with address.connect() as connection:
        try:
            if term is not None:
                lease = Lease(venue, term, node, seconds)
                renew(connection, lease)
                return lease
            return Lease(venue, _wait(connection, venue, node, seconds), node, seconds)
        except psycopg.Error as error:
            raise address.away(error) from None


def renew(connection: psycopg.Connection[Any], lease: Lease) -> None:
    """
    Have it for longer.

    :raises exsim.services.commits.LeaseLost: when it is not ours any more.
    """
    with psycopg.RawCursor(connection) as cursor:
        if not cursor.execute(RENEW, (lease.venue, lease.term, lease.seconds, "", "")).rowcount:
            row = cursor.execute(HOLDER, (lease.venue,)).fetchone()
            raise lease.lost(row[0] if row else "")


def release(address: Address, lease: Lease) -> None:
    """
    Let others have it, if it is ours.

    :raises OSError: when the database cannot be told.
    """
    with address.connect(lease.seconds) as connection:
        try:
            with psycopg.RawCursor(connection) as cursor:
                cursor.execute(RELEASE, (lease.venue, lease.term))
        except psycopg.Error as error:
            raise address.away(error) from None


def _wait(connection: psycopg.Connection[Any], venue: str, node: str, seconds: float) -> int:
    late = time.monotonic() + PATIENCE * seconds
    told = False
    with psycopg.RawCursor(connection) as cursor:
        while True:
            row = cursor.execute(TAKE, (venue, node, seconds)).fetchone()
            if row is not None:
                term: int = row[0]
                return term
            holder, left, wanted = cursor.execute(HOLDER, (venue,)).fetchone() or ("", 0.0, "")
            who = (
                f"{holder} has it for {left:.1f} s more" if left > 0 else f"{wanted} is to have it"
            )
            if time.monotonic() > late:
                raise ConfigError([Problem(f"[exsim] journal: the lease of venue {venue}: {who}")])
            if not told:
                log.info("waiting for the lease of venue {venue}: {who}", venue=venue, who=who)
                told = True
            time.sleep(LOOK)


class Keeper:
    """
    Renews a lease on a thread, while all else is busy with something that keeps the reactor: a
    start, or a last snapshot. What comes of it is found out by whoever writes next.
    """

    def __init__(self, address: Address, lease: Lease) -> None:
        self._address = address
        self._lease = lease
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def start(self) -> None:
        """Keep it from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Keep it no longer; who has the reactor does not wait for the thread."""
        self._over.set()

    def _run(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while not self._over.wait(self._lease.seconds / RENEWALS):
            try:
                connection = connection or self._address.connect(self._lease.seconds)
                renew(connection, self._lease)
            except LeaseLost:
                break
            except (OSError, psycopg.Error):  # it is tried again
                if connection is not None:
                    connection.close()
                connection = None
        if connection is not None:
            connection.close()
