"""Telling systemd, where that started us, that we are ready, how we are, and that we stop."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"
WATCHDOG_OF: Final = "WATCHDOG_PID"
PERIOD: Final = 1.0
"""Seconds between two looks at how we are, at most."""
PER_WATCHDOG: Final = 3
"""How often we are heard of, at least, in the time after which the watchdog bites."""

log = Logger(namespace="exsim")


@dataclass(frozen=True, slots=True)
class Condition:
    """How we are: whether all that is to listen does, and in words what systemd shows."""

    ready: bool
    text: str


class Systemd(Service):
    """
    Speaks the protocol of sd_notify(3) to the socket that systemd named.

    The reactor sends the signs of life, so that a process whose reactor hangs is started again. One
    that is degraded goes on giving them: nothing would be better after another start.

    :param look: tells how we are.
    :param environ: that of a process; only one that has :data:`SOCKET` has anybody to tell.
    """

    name = "systemd"

    def __init__(
        self, reactor: IReactorTime, look: Callable[[], Condition], environ: Mapping[str, str]
    ) -> None:
        self._reactor = reactor
        self._look = look
        address = environ[SOCKET]
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._period = min(PERIOD, _watchdog(environ) / PER_WATCHDOG)
        self._socket: socket.socket | None = None
        self._timer: IDelayedCall | None = None
        self._ready = False
        self._text = ""
        self._trouble = ""

    def startService(self) -> None:
        """Everything before this has started."""
        super().startService()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # Not before the reactor runs: a signal to stop that comes earlier would just end us.
        self._timer = self._reactor.callLater(0, self._tell_again)

    def stopService(self) -> None:
        """Say so, before anything else stops."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        self._send("STOPPING=1", "STATUS=stopping")
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _tell_again(self) -> None:
        self._timer = self._reactor.callLater(self._period, self._tell_again)
        condition = self._look()
        lines = ["WATCHDOG=1"]
        if condition.ready and not self._ready:
            lines.append("READY=1")
        text = " ".join(condition.text.split())  # a line is an assignment
        if text != self._text:
            lines.append(f"STATUS={text}")
        if self._send(*lines):
            self._ready, self._text = self._ready or condition.ready, text

    def _send(self, *lines: str) -> bool:
        """Whether it was taken; if not, the next time it may be."""
        assert self._socket is not None
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            if str(error) != self._trouble:
                log.warn("systemd cannot be told how we are: {error}", error=error)
            self._trouble = str(error)
            return False
        self._trouble = ""
        return True


def _watchdog(environ: Mapping[str, str]) -> float:
    """Seconds of silence that are taken for death; without bounds where nobody watches us."""
    microseconds, whose = environ.get(WATCHDOG, ""), environ.get(WATCHDOG_OF, "")
    if not microseconds.isdigit() or whose not in ("", str(os.getpid())):
        return float("inf")
    return int(microseconds) / 1e6


def systemd(
    reactor: IReactorTime,
    look: Callable[[], Condition],
    environ: Mapping[str, str] | None = None,
) -> Systemd | None:
    """What tells systemd; None where that did not start us, or does not want to be told."""
    environ = os.environ if environ is None else environ
    return Systemd(reactor, look, environ) if environ.get(SOCKET) else None
