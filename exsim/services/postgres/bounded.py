"""A connection on which nobody waits for long, whatever has become of the server."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")


class Overdue(psycopg.OperationalError):
    """There was no answer in time; the connection is given up, since one may still come."""


class Bounded(psycopg.Connection[Any]):
    """Waits ``limit`` seconds for an answer; what the server is told of is less than that."""

    limit = 0.0

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """See :class:`psycopg.Connection`."""
        try:
            return super().wait(gen, interval, self.limit or timeout)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise Overdue(f"no answer for {self.limit:g} s") from None
