"""What nodes have in the database: who is there, and the leases of venues."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from twisted.internet.defer import Deferred, DeferredLock
from twisted.python.failure import Failure
from zope.interface import implementer

from exsim.errors import ConfigError
from exsim.services.front.leases import ILeases, Peer, Seen
from exsim.services.postgres.address import Address, PostgresAway
from exsim.services.postgres.lease import RELEASE, RENEW, TAKE
from exsim.services.postgres.link import Link, Row, Value, connect
from exsim.services.postgres.migrating import NEWEST, THERE, check_version

PATIENCE: Final = 2.0
"""Seconds that an answer may take; the connection counts as lost after that."""

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
_WANT: Final = """
    UPDATE exsim.lease SET wanted = $2, wanted_at = clock_timestamp() WHERE venue = $1
    RETURNING term
"""
_LEAVE: Final = "DELETE FROM exsim.node WHERE node = $1"


@implementer(ILeases)
class PostgresLeases:
    """
    A node's way to them, over a connection of its own, which is made again where it is lost.

    :param node: its name.
    :param lease: what a lease lasts, in seconds.
    """

    def __init__(self, address: Address, node: str, lease: float, reactor: Any) -> None:
        self._address = address
        self._node = node
        self._lease = lease
        self._reactor = reactor
        self._connecting = DeferredLock()
        self._link: Link | None = None

    def look(self, me: Peer) -> Deferred[Seen]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        asked = self._ask(_LOOK, me.node, me.address, me.room, me.pid, me.version)
        return asked.addCallback(_seen)

    def take(self, venue: str) -> Deferred[int | None]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(TAKE, venue, self._node, self._lease).addCallback(_value)

    def renew(self, venue: str, term: int) -> Deferred[bool]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(RENEW, venue, term, self._lease, "", "").addCallback(bool)

    def release(self, venue: str, term: int) -> Deferred[None]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(RELEASE, venue, term).addCallback(lambda rows: None)

    def want(self, venue: str, node: str) -> Deferred[bool]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_WANT, venue, node).addCallback(bool)

    def leave(self, node: str) -> Deferred[None]:
        """See :class:`exsim.services.front.leases.ILeases`."""
        return self._ask(_LEAVE, node).addBoth(self._close)

    def _ask(self, sql: str, *values: Value) -> Deferred[list[Row]]:
        asked = Deferred.fromCoroutine(self._rows(sql, values))
        return asked.addTimeout(PATIENCE, self._reactor, self._too_late)

    async def _rows(self, sql: str, values: tuple[Value, ...]) -> list[Row]:
        link = self._link
        if link is None or not link.open:
            link = await self._connecting.run(lambda: Deferred.fromCoroutine(self._linked()))
        return await link.query(sql, *values)

    async def _linked(self) -> Link:
        """The connection; a new one where there is none."""
        if self._link is not None and self._link.open:
            return self._link
        link = await connect(self._address, self._reactor)
        try:
            there = (await link.query(THERE))[0][0]
            check_version((await link.query(NEWEST))[0][0] if there else 0, self._address)
        except ConfigError as error:  # it may be mended while we wait
            link.close()
            raise PostgresAway(str(error)) from None
        self._link = link
        return link

    def _too_late(self, result: Any, timeout: float) -> Any:
        """Whatever comes of it, it is of no use: ask over another connection next time."""
        self._close(result)
        raise PostgresAway(f"{self._address.text}: no answer within {timeout:g} s")

    def _close(self, result: Any) -> Any:
        link, self._link = self._link, None
        if link is not None:
            link.close()
        return result if isinstance(result, Failure) else None


def _seen(rows: list[Row]) -> Seen:
    return msgspec.json.decode(rows[0][0], type=Seen)


def _value(rows: list[Row]) -> Any:
    return rows[0][0] if rows else None
