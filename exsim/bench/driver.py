"""Drives a server over loopback with prepared bytes, and takes the time."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exsim.bench.answers import Answers
from exsim.bench.orders import Orders
from exsim.bench.ouch import OuchOrders
from exsim.errors import ExsimError

SILENCE: Final = 3.0
"""Seconds without an answer after which no more is waited for."""
READ: Final = 1 << 16
"""
Most bytes of a read. For more than 128 kB, malloc has memory mapped and unmapped around each read,
or not, by what was freed before: servers that are compared would not be driven alike.
"""

_SECOND: Final = 1_000_000_000


class BenchError(ExsimError):
    """Something could not be measured; the text says why."""


@dataclass(frozen=True, slots=True)
class Load:
    """
    What driving a server came to.

    :param sent: requests sent.
    :param elapsed: from the first request sent to the last report received, in nanoseconds.
    :param client_cpu: CPU time of this process meanwhile, in nanoseconds.
    :param reports: how many came.
    :param latencies: of each request sent, line by line, in nanoseconds.
    :param faults: what was wrong.
    """

    sent: int
    elapsed: int
    client_cpu: int
    reports: int
    latencies: tuple[int, ...]
    faults: tuple[str, ...]


class Line:
    """
    One connection: ``messages`` wait to be sent, ``answers`` takes what comes.

    ``step`` requests belong together; never a part of them is sent alone.
    """

    def __init__(
        self,
        connected: socket.socket,
        orders: Orders | OuchOrders,
        messages: list[bytes],
        answers: Answers,
    ) -> None:
        self.orders = orders
        self.messages = messages
        self.answers = answers
        self.sent = 0
        self.total = len(messages)
        self.unsent = b""
        self.socket = connected

    def log_on(self) -> None:
        """
        Log on, and wait for the answer.

        :raises BenchError: when it is refused, or none comes.
        """
        name = self.orders.sender.decode()
        self.socket.sendall(self.orders.logon())
        try:
            answer = self.socket.recv(READ)
        except OSError as error:
            raise BenchError(f"the Logon of {name} was not answered: {error}") from None
        if not self.orders.is_logon(answer):
            text = answer.replace(b"\x01", b"|").decode("ascii", "replace")
            raise BenchError(f"the Logon of {name} was refused: {text or 'the connection closed'}")

    def close(self) -> None:
        """Log out, if that can be told, and close."""
        try:
            self.socket.settimeout(SILENCE)
            self.socket.sendall(self.orders.logout(self.sent))
            self.socket.recv(READ)
        except OSError as error:
            self.answers.fault(f"the Logout could not be sent: {error}")
        finally:
            self.socket.close()

    @property
    def done(self) -> bool:
        """Whether all is answered that is to be sent."""
        return self.sent == self.total and self.answers.reports >= self.expected

    @property
    def expected(self) -> int:
        """The reports due for what is to be sent."""
        return self.total * self.answers.expected

    def stop(self, step: int) -> None:
        """Send no more than completes the last ``step`` requests."""
        self.total = min(self.total, self.sent + -self.sent % step)

    def fill(self, window: int) -> None:
        """Send as much as may be unanswered."""
        begin, end = self.sent, min(self.answers.answered + window, self.total)
        if end > begin:
            now = time.perf_counter_ns()
            sent_at = self.answers.sent_at
            for request in range(begin, end):
                sent_at[request] = now
            self.unsent += b"".join(self.messages[begin:end])
            self.sent = end
        if self.unsent:
            self.flush()

    def flush(self) -> None:
        """Send what the socket takes."""
        try:
            self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except BlockingIOError:
            return

    def read(self) -> bool:
        """Take in what came; False when the connection is closed."""
        data = self.socket.recv(READ)
        if not data:
            self.answers.fault("the server closed the connection")
            return False
        self.answers.take(data, time.perf_counter_ns())
        return True


def connect(address: tuple[str, int]) -> socket.socket:
    """A socket that is connected with a server, and sends at once what it is given."""
    connected = socket.create_connection(address, SILENCE)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def drive(lines: Sequence[Line], window: int, step: int, seconds: float) -> Load:
    """
    Send all that the lines have, with so many requests of each unanswered.

    After ``seconds`` only what belongs together is completed.
    """
    cpu, begun = time.process_time_ns(), time.perf_counter_ns()
    deadline = begun + int(seconds * _SECOND)
    if window == 1 and len(lines) == 1 and lines[0].answers.expected == 1:
        read = _ping_pong(lines[0], step, deadline)
        cpu, ended = time.process_time_ns() - cpu, read[-1][0] if read else begun
        for now, data in read:
            lines[0].answers.take(data, now)
    else:
        ended = _windows(lines, window, step, deadline)
        cpu = time.process_time_ns() - cpu
    return Load(
        sum(line.sent for line in lines),
        max(1, ended - begun),
        cpu,
        sum(line.answers.reports for line in lines),
        tuple(found for line in lines for found in line.answers.latency[: line.sent]),
        tuple(fault for line in lines for fault in line.answers.faults(line.sent)),
    )


def _windows(lines: Sequence[Line], window: int, step: int, deadline: int) -> int:
    """Keep all lines' windows full; when the last answer came."""
    with selectors.DefaultSelector() as selector:
        for line in lines:
            line.socket.setblocking(False)
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.fill(window)
        last, stopped = time.perf_counter_ns(), False
        while selector.get_map():
            # A socket that takes no more has a server behind it that has messages to answer: what
            # it answers wakes us, so that nobody needs to wait until it can be written to.
            ready = selector.select(SILENCE)
            if not ready:
                return last
            for key, _ in ready:
                line = key.data
                goes_on = line.read()
                line.fill(window)
                if not goes_on or line.done:
                    selector.unregister(line.socket)
            last = time.perf_counter_ns()
            if last > deadline and not stopped:
                stopped = True
                for key in list(selector.get_map().values()):
                    key.data.stop(step)
                    if key.data.done:
                        selector.unregister(key.fileobj)
        return last


def _ping_pong(line: Line, step: int, deadline: int) -> list[tuple[int, bytes]]:
    """
    Send each request when the one before is answered; what was read, and when.

    Where server and client share a CPU every step of the client counts, so it blocks, and leaves
    the looking at the answers for later.
    """
    wait = struct.pack("ll", int(SILENCE), 0)
    line.socket.setblocking(True)
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)
    send, recv, clock = line.socket.send, line.socket.recv, time.perf_counter_ns
    sent_at, complete = line.answers.sent_at, line.answers.complete
    read: list[tuple[int, bytes]] = []
    for request, message in enumerate(line.messages):
        now = clock()
        if now > deadline and request % step == 0:
            break
        sent_at[request] = now
        line.sent = request + 1
        send(message)
        try:
            data = recv(READ)
            while not complete(data) and (more := recv(READ)):
                data += more
        except BlockingIOError:
            break
        read.append((clock(), data))
    return read
