"""The row ``churn``: sessions that trade, and come and go, for long: nothing may pile up."""

from __future__ import annotations

import random
import selectors
import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tests.soak.clients import INI, LIMIT, PATIENCE, Client, Market
from tests.soak.rows import Found

SESSIONS: Final = 50
ORDERS_PER_SECOND: Final = 500
CHURN: Final = 2.0
"""Seconds between two that leave, each of which comes back at once."""
BYTES_PER_ORDER: Final = 100
"""What a ClOrdID may leave behind for the day."""
SLACK: Final = 6_000_000
"""Bytes that memory may differ by for reasons of its own."""
TICK: Final = 0.02
SMALL: Final = (
    "exsim.journal_size=5000",
    "venue:XSIM.keep_trades=1000",
    "endpoint:order-entry.resend_size=50",
)


class Seen(NamedTuple):
    """The simulator from outside, after so many orders."""

    orders: int
    memory: int
    descriptors: int


class Crowd:
    """The sessions, and one thread that plays them all."""

    def __init__(self, market: Market, seed: int) -> None:
        self.orders = 0
        self.failures: list[str] = []
        self._market = market
        self._random = random.Random(seed)
        self._selector = selectors.DefaultSelector()
        self._clients = [self._join(f"CHURN{number}") for number in range(SESSIONS)]

    def _join(self, sender: str) -> Client:
        client = self._market.client(sender)
        self._selector.register(client.socket, selectors.EVENT_READ, client)
        return client

    def live(self, seconds: float) -> None:
        """Trade, and come and go, for so long."""
        begun = due = time.monotonic()
        leaves = begun + CHURN / 2
        while due < begun + seconds:
            self._enter(round(ORDERS_PER_SECOND * TICK))
            self._read()
            if due >= leaves:
                leaves += CHURN
                self._replace()
            due += TICK
            time.sleep(max(0.0, due - time.monotonic()))

    def _enter(self, count: int) -> None:
        """Orders of one session, of which most trade with those of others."""
        client = self._clients[self._random.randrange(SESSIONS)]
        some = b""
        for _number in range(count):
            self.orders += 1
            tif = 0 if self.orders % 2 else 3
            body = LIMIT.format(side=1 + self.orders % 2, price=100, tif=tif)
            some += client.make("D", f"11=churn-{self.orders}|{body}")
        client.socket.sendall(some)

    def _read(self) -> None:
        for key, _events in self._selector.select(0):
            if not key.data.socket.recv(1 << 20):
                self.failures.append(f"churn: {key.data.sender} was hung up on")
                self._selector.unregister(key.fileobj)

    def _replace(self) -> None:
        """One leaves, by a Logout or without a word, and comes back with numbers from 1."""
        at = self._random.randrange(SESSIONS)
        client = self._clients[at]
        self._selector.unregister(client.socket)
        if self._random.random() < 0.5:
            client.send("5", "")
            while client.receive():
                pass
        client.socket.close()
        self._clients[at] = self._rejoin(client.sender)

    def _rejoin(self, sender: str) -> Client:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._join(sender)
            except ConnectionError:  # the simulator has not heard of the end yet
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def close(self) -> None:
        """All leave."""
        for client in self._clients:
            client.socket.close()
        self._selector.close()


def churn(seed: int, numbers: Sequence[int]) -> Found:
    """So many seconds: half a minute at most to settle down, then all has to stay as it is."""
    seconds = len(numbers)
    settle = min(30, max(1, seconds // 3))
    keep = 100_000 if seconds > 600 else 1_000
    with Market(INI, *SMALL, f"venue:XSIM.keep_finished={keep}") as market:
        if seconds > 600:
            settle = max(settle, 2 * keep // ORDERS_PER_SECOND)
        crowd = Crowd(market, seed)
        crowd.live(settle)
        seen = list(_watch(market, crowd, seconds - settle))
        kept = market.metric("exsim_kept_orders") - market.metric("exsim_open_orders")
        crowd.close()
    failures = crowd.failures + _judge(seen)
    if kept > keep:
        failures.append(f"churn: {kept:.0f} finished orders are kept, {keep} at most")
    first, last = seen[0], seen[-1]
    grown = (last.memory - first.memory) / 1e6
    entered = last.orders - first.orders
    told = f"{entered:,} orders after the first {first.orders:,}, {grown:+.1f} MB"
    return Found(failures, f"{told}, {first.descriptors} to {last.descriptors} descriptors")


def _watch(market: Market, crowd: Crowd, seconds: float) -> Iterator[Seen]:
    """What is seen, ten times."""
    yield Seen(crowd.orders, market.memory(), market.descriptors())
    for _turn in range(10):
        crowd.live(seconds / 10)
        yield Seen(crowd.orders, market.memory(), market.descriptors())


def _judge(seen: list[Seen]) -> list[str]:
    """What has grown that must not."""
    failures: list[str] = []
    first = seen[0]
    for one in seen[1:]:
        bound = first.memory + BYTES_PER_ORDER * (one.orders - first.orders) + SLACK
        if one.memory > bound:
            failures.append(
                f"churn: {one.memory / 1e6:.1f} MB after {one.orders:,} orders,"
                f" {bound / 1e6:.1f} at most"
            )
        if abs(one.descriptors - first.descriptors) > 2:
            failures.append(f"churn: {first.descriptors} descriptors, then {one.descriptors}")
    return failures
