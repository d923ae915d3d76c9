"""
Rows where some counterparties are a burden: ``idle``, ``slow-reader`` and ``resend-storm``.

A probe trades meanwhile, in a process of its own: what it waits for an answer must hardly change.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from threading import Thread
from typing import Final
from urllib.parse import urlsplit

from tests.soak.clients import INI, LIMIT, Client, Market, Probe, message
from tests.soak.rows import Found

CLOSED_WITHIN: Final = 10.0
"""Seconds after which who says nothing, too little, or does not read is cut off."""
SLACK: Final = 1.5
"""Seconds that a busy machine may take longer to do so, or to tell us."""
MOST_QUEUED: Final = 32 * 1024 * 1024
STORED: Final = 100_000
"""Messages that each session asks for again; in the fast part a twentieth."""
MEASURED: Final = 500
"""Answers that the probe is measured by before there is any burden."""
AGAIN: Final = 3
"""How often the probe is measured before it counts as too slow: other programs run here, too."""


def hurt(base: float, loaded: float, more: float = 5.0) -> str:
    """What is wrong where answers took so many milliseconds, without the burden and with it."""
    if loaded <= 2 * base + more:
        return ""
    return f"p99 of the probe: {base:.1f} ms before, {loaded:.1f} ms under the burden"


# -- idle


class Idle:
    """A connection that never says anything whole; some say a byte a second."""

    def __init__(self, address: tuple[str, int], says: bytes, number: int) -> None:
        self.socket = socket.create_connection(address)
        self.begun = time.monotonic()
        self.lasted: float | None = None
        self.number = number
        self._says = says

    def say(self) -> None:
        """Say the next byte, if there is one."""
        if self.lasted is None and self._says:
            try:
                self.socket.send(self._says[:1])
            except OSError:
                return
            self._says = self._says[1:]

    def read(self) -> bool:
        """Take in what came; whether it was closed."""
        try:
            data = self.socket.recv(4096)
        except OSError:
            data = b""
        if not data:
            self.lasted = time.monotonic() - self.begun
            self.socket.close()
        return not data


def idle(seed: int, numbers: Sequence[int]) -> Found:
    """So many connections, every other one to HTTP, and a fifth more that say a byte a second."""
    with Market() as market, Probe(market) as probe:
        base = probe.p99(MEASURED)
        opened = _open_idle(market, numbers)
        _wait_until_closed(opened)
        loaded = probe.p99()
    failures = [
        f"idle: connection {one.number} was not closed: {one.lasted or 'still open'}"
        for one in opened
        if one.lasted is None or one.lasted > CLOSED_WITHIN + SLACK
    ]
    wrong = hurt(base, loaded)
    if wrong:
        failures.append(f"idle: {wrong}")
    longest = max((one.lasted or 0.0 for one in opened), default=0.0)
    told = f"{len(opened)} sockets, the last closed after"
    return Found(failures, f"{told} {longest:.1f} s; p99 {base:.1f} ms, then {loaded:.1f} ms")


def _open_idle(market: Market, numbers: Sequence[int]) -> list[Idle]:
    rest = urlsplit(market.simulator.url)
    http = (str(rest.hostname), int(rest.port or 0))
    logon = message("SLOW", 1, "A", "98=0|108=30|")
    request = b"GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\nX-Slow: yes\r\n"
    opened: list[Idle] = []
    for number in numbers:
        address = http if number % 2 else market.address
        opened.append(Idle(address, b"", number))
        if number % 5 == 0:
            says = request if number % 2 else logon
            opened.append(Idle(address, says, number))
    return opened


def _wait_until_closed(opened: list[Idle]) -> None:
    """Until all are closed, or should be; the slow ones speak meanwhile."""
    with selectors.DefaultSelector() as selector:
        for one in opened:
            selector.register(one.socket, selectors.EVENT_READ, one)
        end = time.monotonic() + CLOSED_WITHIN + 3 * SLACK
        speak = time.monotonic()
        while selector.get_map() and time.monotonic() < end:
            if time.monotonic() >= speak:
                speak += 1
                for one in opened:
                    one.say()
            for key, _events in selector.select(0.1):
                where = key.fileobj
                if key.data.read():
                    selector.unregister(where)


# -- slow-reader


class Deaf(Thread):
    """
    A counterparty that enters orders and reads no answer, in a thread of its own.

    Every other one enters them as fast as it can, to be cut off for how much it leaves; the others
    4,000 a second, until more has piled up than sockets hold.
    """

    def __init__(self, market: Market, number: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.lasted: float | None = None
        self.floods = bool(number % 2)
        self._client = market.client(f"DEAF{number}")
        self._client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)

    def run(self) -> None:
        """Enter orders until it is cut off."""
        client, begun = self._client, time.monotonic()
        end = begun + 3 * CLOSED_WITHIN
        try:
            while time.monotonic() < end:
                self._enter_some(client)
        except OSError:
            self.lasted = time.monotonic() - begun
        client.socket.close()

    def _enter_some(self, client: Client) -> None:
        if not self.floods:
            time.sleep(0.005)
        if self.floods or client.sent < 14_000:
            body = LIMIT.format(side=1, price=1, tif=3)
            some = (client.make("D", f"11={client.sent}|{body}") for _ in range(20))
            client.socket.sendall(b"".join(some))
        else:
            time.sleep(0.1)
            client.send("0", "")


def slow_reader(seed: int, numbers: Sequence[int]) -> Found:
    """So many that do not read: cut at 32 MB or after 10 s, and nobody else is the worse for it."""
    small = ("exsim.journal_size=1000", "endpoint:order-entry.resend_size=1000")
    failures, told = [], []
    with Market(INI, *small, "venue:XSIM.keep_finished=1000") as market:
        for floods in (False, True):
            some = [number for number in numbers if number % 2 == floods]
            if some:
                wrong, remark = _deaf(market, some, floods)
                failures += wrong
                told.append(remark)
    return Found(failures, "; ".join(told))


def _deaf(market: Market, numbers: Sequence[int], floods: bool) -> tuple[list[str], str]:
    """Failures, and what was seen; how others fare in a flood of orders is another matter."""
    with Probe(market, f"PROBE{floods:d}") as probe:
        base, before = probe.p99(MEASURED), market.memory()
        cut = market.metric("exsim_slow_readers_total")
        deaf = [Deaf(market, number) for number in numbers]
        for one in deaf:
            one.start()
        most = unread = 0.0
        while any(one.is_alive() for one in deaf):
            time.sleep(0.25)
            most = max(most, float(market.memory() - before))
            unread = max(unread, market.metric("exsim_unread_bytes"))
        loaded = probe.p99()
        cut = market.metric("exsim_slow_readers_total") - cut
    failures = [f"slow-reader: {one.number} was not cut off" for one in deaf if one.lasted is None]
    if cut != len(deaf):
        failures.append(f"slow-reader: {cut:.0f} of {len(deaf)} were counted as cut off")
    bound = len(deaf) * 1.25 * MOST_QUEUED + 32e6
    if most > bound:
        failures.append(f"slow-reader: {most / 1e6:.0f} MB more memory, {bound / 1e6:.0f} at most")
    wrong = "" if floods else hurt(base, loaded)
    if wrong:
        failures.append(f"slow-reader: {wrong}")
    longest = max(one.lasted or 0.0 for one in deaf)
    how = f"{len(deaf)} {'in a flood' if floods else 'that trade'}: cut after {longest:.1f} s"
    sizes = f"{unread / 1e6:.1f} MB unread, {most / 1e6:.0f} MB more memory"
    return failures, f"{how}, {sizes}, p99 {base:.1f} ms, then {loaded:.1f} ms"


# -- resend-storm


def resend_storm(seed: int, numbers: Sequence[int]) -> Found:
    """So many sessions ask for all again, at once."""
    each = STORED if len(numbers) >= 20 else STORED // 20
    with Market(INI, "exsim.journal_size=1000", "exsim.durability=none") as market:
        clients = [market.client(f"AGAIN{number}") for number in numbers]
        for client in clients:
            client.enter(each // 2)
        with Probe(market) as probe:
            base, before = probe.p99(MEASURED), market.memory()
            loaded, grown, failures = _storms(market, probe, clients, each, base, before)
        for client in clients:
            client.socket.close()
    wrong = hurt(base, loaded)
    if wrong:
        failures.append(f"resend-storm: {wrong}")
    bound = 0.25 * 200 * each * len(clients) + 16e6
    if grown > bound:
        failures.append(f"resend-storm: {grown / 1e6:.0f} MB more, {bound / 1e6:.0f} at most")
    told = f"{len(clients)} times {each:,} messages, {grown / 1e6:.1f} MB more memory"
    return Found(failures, f"{told}; p99 {base:.1f} ms, then {loaded:.1f} ms")


def _storms(
    market: Market, probe: Probe, clients: list[Client], each: int, base: float, before: int
) -> tuple[float, float, list[str]]:
    """Storm until the probe was well enough once: its p99, the memory taken, and failures."""
    failures: list[str] = []
    loaded = grown = 0.0
    for _turn in range(AGAIN):
        probe.p99()
        threads = [Thread(target=_ask_again, args=(one, each, failures)) for one in clients]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
            grown = max(grown, float(market.memory() - before))
        loaded = probe.p99()
        if failures or not hurt(base, loaded):
            break
    return loaded, grown, failures


def _ask_again(client: Client, each: int, failures: list[str]) -> None:
    """ResendRequest 1 to infinity: first the gap fill of the Logon, then every report."""
    client.send("2", "7=1|16=0|")
    got = client.count(each)
    last = client.receive()
    if got != each or b"\x0134=%d\x01" % (each + 1) not in last or b"\x0143=Y" not in last:
        failures.append(f"resend-storm: {client.sender} got {got} of {each}, then {last!r}")
