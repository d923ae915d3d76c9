"""A FIX client of a few lines for live tests: bytes over a blocking socket, and nothing clever."""

from __future__ import annotations

import socket
import time
from types import TracebackType

PATIENCE = 10.0
"""Seconds to wait for anything."""


class FixClient:
    """One FIX session as its initiator. Messages are lists of (tag, value) pairs of text."""

    def __init__(
        self, address: tuple[str, int], begin_string: str, sender: str, target: str = "XSIM"
    ) -> None:
        self._socket = socket.create_connection(address, timeout=PATIENCE)
        self._begin_string = begin_string
        self._sender = sender
        self._target = target
        self._sent = 0
        self._input = b""

    def __enter__(self) -> FixClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(self, msg_type: str, body: str) -> None:
        """Send a message; ``body`` has ``|`` for SOH and ``NOW`` for the time."""
        self._sent += 1
        now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        fields = (
            f"35={msg_type}|34={self._sent}|49={self._sender}|52={now}|56={self._target}|{body}|"
        )
        fields = fields.replace("NOW", now).replace("||", "|")
        text = f"8={self._begin_string}|9={len(fields)}|{fields}".replace("|", "\x01")
        self._socket.sendall(f"{text}10={sum(text.encode()) % 256:03}\x01".encode())

    def receive(self) -> dict[str, str]:
        """The next message, by tag; empty when the simulator hung up."""
        while b"\x0110=" not in self._input or not self._input.endswith(b"\x01"):
            data = self._socket.recv(65536)
            if not data:
                return {}
            self._input += data
        end = self._input.index(b"\x01", self._input.index(b"\x0110=") + 1) + 1
        message, self._input = self._input[:end], self._input[end:]
        pairs = (field.partition("=") for field in message.decode().split("\x01") if field)
        return {tag: value for tag, _, value in pairs}

    def log_on(self, more: str = "") -> dict[str, str]:
        """Log on; the answer."""
        self.send("A", f"98=0|108=30|141=Y|{more}")
        return self.receive()
