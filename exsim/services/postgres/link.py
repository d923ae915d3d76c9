"""
A connection to PostgreSQL on the reactor: libpq's own way not to block, and no thread.

A :class:`Link` carries out one query after the other, each prepared the first time that it is
asked. It is over once it is lost; who needs another one makes it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from psycopg import OperationalError
from psycopg.conninfo import make_conninfo
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, PollingStatus
from psycopg.pq import PGconn as Libpq
from psycopg.pq.abc import PGconn, PGresult
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IDelayedCall, IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from exsim.services.postgres.address import CONNECT_SECONDS, Address, PostgresAway
from exsim.services.postgres.resolving import resolved

Value = bytes | str | int | float | None
"""What a query may be given: bytes are a bytea."""
Row = tuple[Any, ...]

UNIQUE_VIOLATION: Final = "23505"
_READ: Final[dict[int, Callable[[bytes], Any]]] = {
    16: lambda text: text == b"t",
    20: int,
    21: int,
    23: int,
    700: float,
    701: float,
}
"""By the number of a type, how what it says is read; others are texts."""


class QueryRefused(PostgresAway):
    """The server says what is wrong with a query; ``code`` is its SQLSTATE."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


async def connect(address: Address, reactor: Any) -> Link:
    """
    A connection to a server.

    :raises exsim.services.postgres.address.PostgresAway: when there is none.
    """
    parameters = await resolved(reactor, address.complete)
    link = Link(address, reactor)
    await link.begin(make_conninfo("", **parameters))
    return link


class _Query:
    """What was asked, and who waits."""

    __slots__ = ("done", "sql", "values")

    def __init__(self, sql: str, values: Sequence[Value]) -> None:
        self.sql = sql
        self.values = values
        self.done: Deferred[list[Row]] = Deferred()


@implementer(IReadWriteDescriptor)
class Link:
    """
    One connection; ``ended`` fires with why when it is over.
    """

    def __init__(self, address: Address, reactor: Any) -> None:
        self.ended: Deferred[PostgresAway] = Deferred()
        self._address = address
        self._reactor = reactor
        self._libpq: PGconn | None = None
        self._file = -1
        self._made: Deferred[None] | None = None  # while it is being made
        self._late: IDelayedCall | None = None
        self._queue: deque[_Query] = deque()
        self._asked = False  # the first of the queue is on its way
        self._preparing = False  # its answer is that it is prepared
        self._result: PGresult | None = None
        self._prepared: dict[str, bytes] = {}

    # -- the beginning

    def begin(self, parameters: str) -> Deferred[None]:
        """Connect; fires once that is done, or fails with PostgresAway."""
        made: Deferred[None] = Deferred()
        self._made = made
        self._late = self._reactor.callLater(CONNECT_SECONDS, self._too_late)
        self._libpq = libpq = Libpq.connect_start(parameters.encode())
        if libpq.status == ConnStatus.BAD:
            self._end(self._away(libpq.get_error_message()))
        else:
            self._watch(PollingStatus.WRITING)
        return made

    def _too_late(self) -> None:
        self._end(self._away(f"it did not answer within {CONNECT_SECONDS} s"))

    def _connecting(self) -> None:
        """Go on with what libpq does to connect; its socket may be another one after that."""
        libpq = self._libpq
        assert libpq is not None
        self._unwatch()
        try:
            status = PollingStatus(libpq.connect_poll())
        except OperationalError as error:
            self._end(self._away(str(error)))
            return
        if status == PollingStatus.FAILED:
            self._end(self._away(libpq.get_error_message()))
        elif status == PollingStatus.OK:
            self._connected(libpq)
        else:
            self._watch(status)

    def _connected(self, libpq: PGconn) -> None:
        libpq.nonblocking = 1
        self._watch(PollingStatus.READING)
        made, self._made = self._made, None
        self._forget_late()
        if made is not None:
            made.callback(None)

    def _forget_late(self) -> None:
        if self._late is not None and self._late.active():
            self._late.cancel()
        self._late = None

    def _watch(self, status: PollingStatus) -> None:
        """Watch libpq's socket, by a descriptor of our own: libpq closes its own as it likes."""
        assert self._libpq is not None
        self._file = os.dup(self._libpq.socket)
        if status == PollingStatus.WRITING:
            self._reactor.addWriter(self)
        else:
            self._reactor.addReader(self)

    def _unwatch(self) -> None:
        if self._file >= 0:
            self._reactor.removeReader(self)
            self._reactor.removeWriter(self)
            os.close(self._file)
            self._file = -1

    # -- queries

    @property
    def open(self) -> bool:
        """Whether it can be asked."""
        return self._libpq is not None and self._made is None

    def query(self, sql: str, *values: Value) -> Deferred[list[Row]]:
        """
        Ask for the rows of a query, ``$1`` and so on in it being ``values``.

        It fails with :class:`QueryRefused` where the server says so, else with PostgresAway where
        the connection is lost: then nobody knows whether it was carried out.
        """
        query = _Query(sql, values)
        if not self.open:
            query.done.errback(self._away("the connection is closed"))
            return query.done
        self._queue.append(query)
        self._ask()
        return query.done

    def _ask(self) -> None:
        """Send the first of the queue, if nothing is on its way."""
        libpq = self._libpq
        if self._asked or not self._queue or libpq is None:
            return
        query = self._queue[0]
        name = self._prepared.get(query.sql)
        self._asked, self._preparing, self._result = True, name is None, None
        try:
            if name is None:
                name = b"q%d" % len(self._prepared)
                libpq.send_prepare(name, query.sql.encode())
            else:
                values = [_bytes(value) for value in query.values]
                formats = [int(isinstance(value, bytes)) for value in query.values]
                libpq.send_query_prepared(name, values, formats)
            self._flush(libpq)
        except OperationalError as error:
            self._end(self._away(str(error)))

    def _flush(self, libpq: PGconn) -> None:
        if libpq.flush():
            self._reactor.addWriter(self)
        else:
            self._reactor.removeWriter(self)

    def _read(self, libpq: PGconn) -> None:
        """Take what there is of answers."""
        libpq.consume_input()
        while self._asked and not libpq.is_busy():
            result = libpq.get_result()
            if result is None:
                self._answered()
            else:
                self._result = result

    def _answered(self) -> None:
        """All of an answer is there: tell, and ask the next one."""
        result, self._result, self._asked = self._result, None, False
        assert result is not None
        query = self._queue[0]
        if result.status == ExecStatus.FATAL_ERROR:
            self._queue.popleft()
            self._ask()
            query.done.errback(self._refused(result))
        elif self._preparing:
            self._prepared[query.sql] = b"q%d" % len(self._prepared)
            self._ask()
        else:
            self._queue.popleft()
            self._ask()
            query.done.callback(_rows(result))

    def _refused(self, result: PGresult) -> QueryRefused:
        said = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b"it says nothing"
        code = result.error_field(DiagnosticField.SQLSTATE) or b""
        text = str(self._away(said.decode(errors="replace")))
        return QueryRefused(text, code.decode())

    # -- the end

    def close(self) -> None:
        """Be done with it: what is on its way is not waited for."""
        self._end(self._away("the connection is closed"))

    def _away(self, why: str) -> PostgresAway:
        return self._address.away(OperationalError(why))

    def _end(self, why: PostgresAway) -> None:
        libpq, self._libpq = self._libpq, None
        if libpq is None:
            return
        self._asked = False
        self._forget_late()
        self._unwatch()
        with suppress(OperationalError):
            libpq.finish()
        made, self._made = self._made, None
        queue, self._queue = self._queue, deque()
        if made is not None:
            made.errback(why)
        for query in queue:
            query.done.errback(why)
        self.ended.callback(why)

    # -- IReadWriteDescriptor

    def fileno(self) -> int:
        """The socket."""
        return self._file

    def logPrefix(self) -> str:
        """Who this is, in a log."""
        return "postgres"

    def doRead(self) -> None:
        """There is something to read."""
        self._go_on(self._read)

    def doWrite(self) -> None:
        """There is room for what is to be sent."""
        self._go_on(self._flush)

    def _go_on(self, step: Callable[[PGconn], None]) -> None:
        libpq = self._libpq
        if libpq is None:
            return
        if self._made is not None:
            self._connecting()
            return
        try:
            step(libpq)
        except OperationalError as error:
            self._end(self._away(str(error)))

    def connectionLost(self, reason: Failure) -> None:
        """The reactor has seen the end, or is about to end itself."""
        if self._made is not None:  # libpq has another address, or tells better what it was
            self._connecting()
            return
        why = reason.value
        text = "the connection is lost" if isinstance(why, ConnectionDone) else str(why)
        self._end(self._away(text))


def _bytes(value: Value) -> bytes | None:
    """A value as libpq takes it."""
    if value is None or isinstance(value, bytes):
        return value
    return str(value).encode()


def _rows(result: PGresult) -> list[Row]:
    read = [_READ.get(result.ftype(at), bytes.decode) for at in range(result.nfields)]
    return [
        tuple(_value(result.get_value(row, at), how) for at, how in enumerate(read))
        for row in range(result.ntuples)
    ]


def _value(said: bytes | None, how: Callable[[bytes], Any]) -> Any:
    return None if said is None else how(said)
