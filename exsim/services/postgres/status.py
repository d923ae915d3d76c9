"""What there is of exsim in a database, for an operator to read."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from exsim.services.postgres.address import Address
from exsim.services.postgres.migrating import newest, version_of

_VENUES = """
    SELECT v.venue, v.epoch, coalesce(min(b.first), 1), coalesce(max(b.last), 0), count(b.last),
        (SELECT count(*) FROM exsim.snapshot s WHERE s.venue = v.venue)
    FROM exsim.venue v LEFT JOIN exsim.batch b ON b.venue = v.venue AND b.epoch = v.epoch
    GROUP BY v.venue, v.epoch ORDER BY v.venue
"""
_LEASES = """
    SELECT venue, term, node, extract(epoch FROM expires - clock_timestamp())::float8
    FROM exsim.lease ORDER BY venue
"""


def status(address: Address) -> Iterator[str]:
    """
    Lines: the version, each venue's journal, each lease.

    :raises exsim.services.postgres.address.PostgresAway: when the server does not tell.
    """
    try:
        with address.connect() as connection:
            version = version_of(connection)
            yield f"{address.text}: {_about(version)}"
            if version != newest():
                return
            for name, epoch, first, last, rows, snapshots in connection.execute(_VENUES):
                what = (
                    f"entries {first:,} to {last:,} in {rows:,} batches" if rows else "no entries"
                )
                yield f"venue {name}: epoch {epoch}, {what}, {snapshots} snapshots"
            for name, term, node, left in connection.execute(_LEASES):
                how = f"for {left:.1f} s more" if left > 0 else f"expired {-left:.1f} s ago"
                yield f"lease of {name}: term {term}, {node}, {how}"
    except psycopg.Error as error:
        raise address.away(error) from None


def _about(version: int) -> str:
    if not version:
        return f"no tables of exsim: `exsim postgres migrate` makes them, of version {newest()}"
    if version == newest():
        return f"the tables are of version {version}"
    if version < newest():
        return (
            f"the tables are of version {version}: `exsim postgres migrate` brings them to"
            f" {newest()}"
        )
    return f"the tables are of version {version}, newer than the {newest()} of this exsim"
