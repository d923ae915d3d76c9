"""What nodes have in the database: who is there, and the leases of venues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import psycopg
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from exsim.errors import ConfigError
from exsim.services.front.leases import ILeases, Peer, Seen
from exsim.services.postgres.address import Address, PostgresAway
from exsim.services.postgres.migrating import insist

PATIENCE: Final = 2.0
"""Seconds that an answer may take."""

_LOOK: Final = """
    WITH me AS (
        INSERT INTO exsim.node (node, address, room, seen, pid, version)
        VALUES ($1, $2, $3, clock_timestamp(), $4, $5)
        ON CONFLICT (node) DO UPDATE SET address = excluded.address, room = excluded.room,
            seen = excluded.seen, pid = excluded.pid, version = excluded.version
        RETURNING *
    ), forgotten AS (
        DELETE FROM exsim.node WHERE node <> $1 AND seen < clock_timestamp() - interval '1 day'
    ), nodes AS (
        SELECT * FROM me UNION ALL SELECT * FROM exsim.node WHERE node <> $1
    )
    SELECT json_build_object(
        'time', (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint,
        'nodes', (SELECT coalesce(json_agg(json_build_object(
            'node', node, 'address', address, 'room', room, 'pid', pid, 'version', version,
            'age', extract(epoch FROM clock_timestamp() - seen)::float8
        )), '[]') FROM nodes),
        'leases', (SELECT coalesce(json_agg(json_build_object(
            'venue', venue, 'term', term, 'node', node, 'address', address,
            'left', extract(epoch FROM expires - clock_timestamp())::float8,
            'endpoints', endpoints, 'wanted', wanted,
            'wanted_for', coalesce(extract(epoch FROM clock_timestamp() - wanted_at)::float8, 0)
        )), '[]') FROM exsim.lease)
    )::text
"""
_TAKE: Final = """
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
_RENEW: Final = """
    UPDATE exsim.lease SET expires = clock_timestamp() + make_interval(secs => $3)
    WHERE venue = $1 AND term = $2 RETURNING term
"""
_RELEASE: Final = """
    UPDATE exsim.lease SET expires = least(expires, clock_timestamp())
    WHERE venue = $1 AND term = $2
"""
_WANT: Final = """
    UPDATE exsim.lease SET wanted = $2, wanted_at = clock_timestamp() WHERE venue = $1
    RETURNING term
"""
_LEAVE: Final = "DELETE FROM exsim.node WHERE node = $1"


@implementer(ILeases)
class PostgresLeases:
    """
    A node's way to them, on a thread of its own: two questions a second, and one for each venue
    that is taken, kept or given back.

    :param node: its name.
    :param lease: what a lease lasts, in seconds.
    """

    def __init__(self, address: Address, node: str, lease: float, reactor: Any) -> None:
        self._address = address
        self._node = node
        self._lease = lease
        self._reactor = reactor
        self._pool: ThreadPool | None = None
        self._connection: psycopg.Connection[Any] | None = None

    def look(self, me: Peer) -> Deferred[Seen]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        values = me.node, me.address, me.room, me.pid, me.version
        return self._ask(_LOOK, values).addCallback(_seen)

    def take(self, venue: str) -> Deferred[int | None]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_TAKE, (venue, self._node, self._lease)).addCallback(_value)

    def renew(self, venue: str, term: int) -> Deferred[bool]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_RENEW, (venue, term, self._lease)).addCallback(bool)

    def release(self, venue: str, term: int) -> Deferred[None]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_RELEASE, (venue, term)).addCallback(lambda rows: None)

    def want(self, venue: str, node: str) -> Deferred[bool]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_WANT, (venue, node)).addCallback(bool)

    def leave(self, node: str) -> Deferred[None]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_LEAVE, (node,)).addBoth(self._close)

    def _ask(self, sql: str, values: Sequence[Any]) -> Deferred[list[tuple[Any, ...]]]:
        if self._pool is None:
            self._pool = ThreadPool(1, 1, "leases")
            self._pool.start()
        return deferToThreadPool(self._reactor, self._pool, self._answer, sql, values)

    def _answer(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of an answer; none of what has no rows. This is on the thread."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            with psycopg.RawCursor(self._connection) as cursor:
                cursor.execute(sql.encode(), values)
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            raise self._address.away(error) from None

    def _connect(self) -> psycopg.Connection[Any]:
        connection = self._address.connect(PATIENCE)
        try:
            insist(connection, self._address)
        except ConfigError as error:  # it may be mended while we wait
            connection.close()
            raise PostgresAway(str(error)) from None
        return connection

    def _close(self, result: Any) -> Any:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._pool is not None:
            self._pool.stop()
            self._pool = None
        return result if isinstance(result, Failure) else None


def _seen(rows: list[tuple[Any, ...]]) -> Seen:
    return msgspec.json.decode(rows[0][0], type=Seen)


def _value(rows: list[tuple[Any, ...]]) -> Any:
    return rows[0][0] if rows else None
