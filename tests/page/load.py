"""Orders, many a second, and what a browser spends on them."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

SOH = "\x01"
MARK = "exsim-load"
PAUSE = 0.005
"""Seconds between two batches of orders."""


class Load(threading.Thread):
    """
    A FIX session that enters so many limit orders of AAA a second, at 20 prices, none of which
    trades: a change of the book and two messages each. ``sent`` and ``answered`` count them.
    """

    def __init__(self, address: tuple[str, int], rate: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self._socket = socket.create_connection(address)
        self._rate = rate
        self._seconds = seconds
        self._number = 0
        self.sent = 0
        self.answered = 0

    def run(self) -> None:
        """Log on, and enter orders until the time is over; then wait for the answers."""
        self._socket.sendall(self._message("A", "98=0|108=60|141=Y|"))
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        begun = time.monotonic()
        while (gone := time.monotonic() - begun) < self._seconds:
            due = int(gone * self._rate)
            self._socket.sendall(b"".join(map(self._order, range(self.sent, due))))
            self.sent = due
            time.sleep(PAUSE)  # the rate is what is to be kept, not a wait for anything
        while self.answered < self.sent and time.monotonic() - begun < 2 * self._seconds:
            time.sleep(PAUSE)
        self._socket.shutdown(socket.SHUT_RDWR)
        reader.join()
        self._socket.close()

    def _order(self, number: int) -> bytes:
        sell = number % 2
        price = 100 + (1 if sell else -1) * (1 + number // 2 % 10) / 100
        terms = f"11=o{number}|55=AAA|54={1 + sell}|38={100 + number % 900}|40=2|44={price:.2f}"
        return self._message("D", f"{terms}|59=0|60={_now()}|")

    def _message(self, kind: str, body: str) -> bytes:
        self._number += 1
        text = f"35={kind}|34={self._number}|49=LOAD|52={_now()}|56=XSIM|{body}"
        data = text.replace("|", SOH).encode()
        message = f"8=FIX.4.4{SOH}9={len(data)}{SOH}".encode() + data
        return message + f"10={sum(message) % 256:03}{SOH}".encode()

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except OSError:
                return
            if not data:
                return
            *whole, rest = (rest + data).split(b"\x0135=8\x01")
            self.answered += len(whole)


def _now() -> str:
    return time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())


class Tasks:
    """
    The tasks of a page's main thread while they are traced: how much of a processor each took.

    That is what the page asks for, and not how long it had to wait for others on a busy machine.
    """

    def __init__(self, browser: Any, page: Any) -> None:
        self._page = page
        self._session = browser.new_browser_cdp_session()
        self._events: list[dict[str, Any]] = []
        self._complete = False
        self._session.on("Tracing.dataCollected", lambda told: self._events.extend(told["value"]))
        self._session.on("Tracing.tracingComplete", self._completed)

    def _completed(self, told: Any) -> None:
        self._complete = True

    def begin(self) -> None:
        """Trace from now on."""
        kinds = ["toplevel", "blink.user_timing"]
        traced = {"includedCategories": kinds, "excludedCategories": ["*"]}
        wanted = {"transferMode": "ReportEvents", "traceConfig": traced}
        self._session.send("Tracing.start", wanted)
        self._page.evaluate(f"() => performance.mark({MARK!r})")

    def end(self) -> list[float]:
        """Milliseconds that each task took of a processor, the longest first."""
        self._session.send("Tracing.end")
        while not self._complete:
            self._page.evaluate("() => new Promise(done => setTimeout(done, 50))")
        # Chromium has other processes of this kind, for itself.
        (mark,) = (event for event in self._events if event.get("name") == MARK)
        found = [
            event["tdur"] / 1000
            for event in self._events
            if event.get("name") == "ThreadControllerImpl::RunTask"
            and (event["pid"], event["tid"]) == (mark["pid"], mark["tid"])
            and event["ts"] > mark["ts"]
            and "tdur" in event
        ]
        return sorted(found, reverse=True)
