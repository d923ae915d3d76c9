"""
Row ``same``: the same script gives the same journal, byte for byte, in one process after another.

Everything is as a tester has it: ``exsim run``, a real socket, REST. Both clocks are moved by hand,
the seed is given, and the client awaits each answer. Compared are the journal's files.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final

from exsim.client import Simulator
from exsim.wire.fix import encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.soak.rows import Found

INI: Final = """
[exsim]
seed = {seed}
time = market
data_dir = {folder}/data

[rest]
listen = tcp:0:interface=127.0.0.1

[venue:XSIM]
policies = luck, match
clock = manual
clock_start = 2026-01-05T09:00:00Z
auction_random_end = 20s
schedule =
    09:00 continuous, 09:10 intraday-auction, 09:12 continuous, 09:30 closed

[policy:luck]
kind = reject
accounts = LUCK
probability = 0.5

[instrument:XSIM:AAA]
reference = 100

[endpoint:oe]
venue = XSIM
protocol = fix
listen = unix:{folder}/oe
comp_id = XSIM
accept_any_logon = yes
session_clock = market
"""
START: Final = 1_767_603_600 * 10**9
SECOND: Final = 10**9
STEPS: Final = 60
PATIENCE: Final = 30.0
"""Seconds to wait for an answer."""


class Client:
    """A FIX session over a socket file: each message is answered before the next is sent."""

    def __init__(self, path: str, name: str) -> None:
        self.name = name
        self.heard: list[bytes] = []
        self._seq = 0
        self._framer = Framer()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(path)

    def ask(self, msg_type: str, body: str, now: int) -> None:
        """
        Send a message, and a TestRequest with it: once that is answered, so is the message. Both go
        in one piece, as what is read at once is written to the journal at once.
        """
        test = f"112=T{self._seq}"
        self._socket.sendall(self._made(msg_type, body, now) + self._made("1", f"{test}|", now))
        self.until(f"\x01{test}\x01".encode())

    def log_out(self, now: int) -> None:
        """Log out, and be hung up on."""
        self._socket.sendall(self._made("5", "", now))
        while self._read():
            pass
        self._socket.close()

    def until(self, wanted: bytes) -> None:
        """Read until something is there."""
        while not any(wanted in message for message in self.heard):
            self.heard.clear()
            if not self._read():
                raise ConnectionError(f"{self.name} was hung up on before {wanted!r}")

    def _made(self, msg_type: str, body: str, now: int) -> bytes:
        self._seq += 1
        stamp = utc_timestamp(now, 3).decode()
        text = f"35={msg_type}|34={self._seq}|49={self.name}|52={stamp}|56=XSIM|{body}"
        return encode(b"FIX.4.4", text.replace("|", "\x01").encode())

    def _read(self) -> bool:
        data = self._socket.recv(1 << 16)
        self._framer.feed(data)
        while isinstance(found := self._framer.next(), bytes):
            self.heard.append(found)
        return bool(data)


class Script:
    """What a tester does: two sessions trade, rules and faults misbehave, time is moved."""

    def __init__(self, simulator: Any, path: str, seed: int) -> None:
        self.simulator = simulator
        self.random = Random(seed)
        self.now = START
        self.names: list[tuple[Client, str]] = []
        self.clients = [Client(path, name) for name in ("BUY", "SELL")]

    def play(self) -> None:
        """All of it."""
        for client in self.clients:
            client.ask("A", "98=0|108=0|", self.now)
        self.simulator.create_rule(
            when="type=D qty>=90", then="ack; fill 50%; after 30s; cancel", probability="0.5"
        )
        self.simulator.create_fault(
            kind="duplicate", venue="XSIM", endpoint="oe", match="type=8", probability="0.1"
        )
        for number in range(STEPS):
            self._step(number)
        self.simulator.advance_clock("XSIM", to="2026-01-05T09:40:00Z")
        for client in self.clients:
            client.log_out(self.now)
        while any(each.state != "offline" for each in self.simulator.list_sessions().items):
            pass

    def _step(self, number: int) -> None:
        random, client = self.random, self.random.choice(self.clients)
        what = random.random()
        stamp = f"60={utc_timestamp(self.now, 3).decode()}|"
        if what < 0.2:
            by = random.randrange(1, 40)
            self.simulator.advance_clock("XSIM", by=f"{by}s")
            self.now += by * SECOND
        elif what < 0.35 and self.names:
            owner, name = random.choice(self.names)
            owner.ask("F", f"11=X{number}|41={name}|55=AAA|54=1|{stamp}", self.now)
        else:
            name = f"C{number}"
            self.names.append((client, name))
            side, quantity = random.choice("12"), random.randrange(1, 120)
            price = 100 + random.randrange(-3, 4) / 100
            account = random.choice(("", "1=LUCK|"))
            body = f"11={name}|{account}55=AAA|54={side}|38={quantity}|40=2|44={price:.2f}|{stamp}"
            client.ask("D", body, self.now)


def journal_of(seed: int) -> bytes:
    """The journal of one process: its files, one after another."""
    with tempfile.TemporaryDirectory(prefix="same-") as folder:
        config = Path(f"{folder}/exsim.ini")
        config.write_text(INI.format(seed=seed, folder=folder))
        with Simulator.spawn(str(config), (), PATIENCE) as simulator:
            Script(simulator, f"{folder}/oe", seed).play()
        files = sorted(Path(f"{folder}/data/journal").iterdir())
        return b"".join(path.name.encode() + path.read_bytes() for path in files)


def difference(first: bytes, second: bytes) -> str:
    """Where two journals differ first."""
    pairs = enumerate(zip(first, second, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))
    return (
        f"other from byte {at}: {second[at - 40 : at + 40]!r}, first {first[at - 40 : at + 40]!r}"
    )


def run(seed: int, numbers: Sequence[int]) -> Found:
    """Play it in so many processes; each journal has to be that of the first."""
    first, failures = journal_of(seed), []
    for number in numbers[1:]:
        found = journal_of(seed)
        if found != first:
            failures.append(f"same: --seed {seed}, run {number}: {difference(first, found)}")
    digest = sha256(first).hexdigest()[:16]
    return Found(failures, f"{len(first):,} bytes, digest {digest}")
