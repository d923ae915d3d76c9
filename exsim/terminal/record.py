"""``exsim record-feed``: what an endpoint for market data tells, into a file."""

from __future__ import annotations

import argparse
import select
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from exsim.client.feeds import Feed, FixFeed, ItchFeed
from exsim.control import session_results as sr
from exsim.control.fields import wait_time
from exsim.terminal.watching import Refused, Surroundings, Watched, carried_out, watched
from exsim.terminal.writing import Writer, day_of, feed_writer

PATIENCE: Final = 5.0
"""Seconds that connecting may take."""
TURN: Final = 0.25
"""Seconds until time is looked at, where nothing comes."""
QUIET: Final = 2 * 10**9
"""Nanoseconds without a message after which a feed is quiet."""
_READ: Final = 1 << 16


class Recorder:
    """Records one feed, over as many connections as it takes."""

    def __init__(
        self,
        address: tuple[str, int],
        writer: Writer,
        make: Callable[[Feed | None, int], Feed],
        options: argparse.Namespace,
    ) -> None:
        self._address = address
        self._writer = writer
        self._make = make
        self._quiet = options.until_quiet
        begun = time.time_ns()
        self._end = begun + wait_time(options.span) if options.span else None
        self._last = begun
        self._feed: Feed | None = None
        self.count = 0
        """Messages that were recorded."""

    def run(self) -> bool:
        """
        Record over one connection; True when that was all, False when it was lost.

        :raises OSError: when there is no connection.
        :raises exsim.errors.RemoteError: when the venue gives no such feed.
        """
        with socket.create_connection(self._address, timeout=PATIENCE) as line:
            self._last = time.time_ns()
            self._feed = feed = self._make(self._feed, self._last)
            while not self._done():
                if data := feed.data_to_send():
                    line.sendall(data)
                ready, _, _ = select.select([line], [], [], TURN)
                now = time.time_ns()
                if ready:
                    data = line.recv(_READ)
                    if not data:
                        return False
                    self._take(feed, data, now)
                feed.deadline(now)
                if feed.over:
                    return True
        return True

    def _take(self, feed: Feed, data: bytes, now: int) -> None:
        for raw in feed.receive(data, now):
            self._writer.write(raw, now)
            self._last = now
            self.count += 1

    def _done(self) -> bool:
        now = time.time_ns()
        if self._end is not None and now >= self._end:
            return True
        return self._quiet and now - self._last >= QUIET


def main(options: argparse.Namespace, around: Surroundings | None = None) -> int:
    """Carry out a command line."""
    given = around or Surroundings()
    options.once = True  # to be told at once, where there is no simulator

    def work() -> None:
        with watched(options, given, "record-feed") as watch, ExitStack() as stack:
            _record(watch, options, given, stack)

    return carried_out("record-feed", given, work)


def _record(
    watch: Watched, options: argparse.Namespace, around: Surroundings, stack: ExitStack
) -> None:
    endpoint = watch.ask(lambda: watch.simulator.get_endpoint(options.endpoint))
    make = _maker(watch, endpoint, options)
    if endpoint.port is None:
        raise Refused(f"endpoint {endpoint.name} listens on a unix socket: no feed of it is read")
    day = day_of(options.day or time.strftime("%Y-%m-%d", time.gmtime()))
    writer = feed_writer(options.file, endpoint.protocol == "fix", day, stack)
    recorder = Recorder((endpoint.host, endpoint.port), writer, make, options)
    end = "" if options.span or options.until_quiet else ", until Ctrl-C"
    around.err.write(f"exsim record-feed: {endpoint.name} to {options.file}{end}\n")
    try:
        while not _once(recorder, around):
            around.pause(1)
    finally:
        around.err.write(f"exsim record-feed: {options.file}: {recorder.count} messages\n")


def _once(recorder: Recorder, around: Surroundings) -> bool:
    """One connection; whether that was all."""
    try:
        if recorder.run():
            return True
        why = "it was closed"
    except OSError as error:
        why = str(error)
    around.err.write(f"exsim record-feed: the connection is lost, trying again: {why}\n")
    return False


def _maker(
    watch: Watched, endpoint: sr.Endpoint, options: argparse.Namespace
) -> Callable[[Feed | None, int], Feed]:
    """
    What makes the reader of a connection, given the one of the connection before.

    :raises Refused: when the endpoint has no feed that can be read.
    """
    password = ""
    if options.password_file:
        password = Path(options.password_file).read_text("utf-8").strip()
    if endpoint.protocol in ("itch", "glimpse"):
        return partial(_itch, options.user or "RECORD", password)
    if endpoint.protocol == "fix" and endpoint.role == "market-data":
        symbols = options.symbol or _symbols(watch, endpoint.venue)
        sender, target = options.user or "RECORDER", options.target or endpoint.venue
        return lambda before, now: FixFeed(options.version, sender, target, symbols, now)
    raise Refused(
        f"endpoint {endpoint.name} is {endpoint.protocol} {endpoint.role}: feeds that can be"
        " recorded are of protocol itch or glimpse, or of fix with role market-data"
    )


def _itch(user: str, password: str, before: Feed | None, now: int) -> Feed:
    if isinstance(before, ItchFeed):
        return ItchFeed(user, password, before.session, before.next, now)
    return ItchFeed(user, password, b"", 1, now)


def _symbols(watch: Watched, venue: str) -> list[str]:
    """Those of all instruments."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = watch.ask(partial(watch.simulator.list_instruments, venue, after=after, limit=1_000))
        found += [instrument.symbol for instrument in page.items]
        after = page.next
        if after is None:
            return found
