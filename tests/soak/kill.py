"""
Row ``kill``: the simulator is killed at any moment under load, and goes on where it was.

One counterparty trades with itself as fast as it can over a real socket. The process is killed
(SIGKILL) at a random moment and started again on the same data directory; the counterparty logs
on with its own numbers, both sides ask for what they miss, and then both must agree: every order
that was acknowledged is open, or has the reports that ended it; no ExecID and no OrderID came
twice; the numbers go on.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any, Protocol

from exsim.client.launch import free_ports
from exsim.wire.fix import encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.soak.rows import Found

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20.0
"""Seconds to wait for anything."""
STARTS_WITHIN = 60.0
"""Seconds that a start may take, where others work on the machine too."""
BURST = 20
"""Messages that are sent at once."""
MOST_OPEN = 300
"""Open orders, beyond which they are canceled rather than more entered."""
LONG_EVERY = 5
"""Every so many cases the load lasts long enough for snapshots to be under way."""


class Gives(Protocol):
    """Whose REST is asked."""

    def get(self, path: str) -> Any:
        """What it has there."""


class Broken(Exception):
    """Something is not as it must be."""


class Server:
    """The simulator's process, again and again on one data directory."""

    def __init__(self, folder: str, *words: str) -> None:
        self._ready = f"{folder}/ready.json"
        self._log = open(f"{folder}/log", "w+")  # noqa: SIM115 - it is closed by stop
        self._command = [
            *(sys.executable, "-m", "exsim", "run", "-c", "etc/exsim.ini", "--until-eof"),
            f"--ready-file={self._ready}",
            f"--set=exsim.data_dir={folder}/data",
            "--set=venue:XSIM.activity=none",
            "--set=exsim.snapshot_every=1000",
            "--set=exsim.journal_segment_size=1048576",
            *(f"--set={text}" for text in free_ports(str(ROOT / "etc" / "exsim.ini"))),
            *(f"--set={text}" for text in words),
        ]
        self.starting = 0.0
        self.start()

    def start(self) -> None:
        """Start, and wait until it is ready."""
        Path(self._ready).unlink(missing_ok=True)
        begun = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        while not os.path.exists(self._ready):
            if self._process.poll() is not None or time.monotonic() > begun + STARTS_WITHIN:
                self._log.seek(0)
                raise Broken(f"it does not start again: {self._log.read()[-2000:]}")
            time.sleep(0.01)
        self.starting = max(self.starting, time.monotonic() - begun)
        ready = json.loads(Path(self._ready).read_text())
        place = ready["endpoints"]["order-entry"]
        self.address = (place["host"], place["port"])
        self.rest = f"{ready['rest']}/api/v1"

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Kill it, or send it another signal."""
        self._process.send_signal(how)

    def wait(self) -> int:
        """Wait until it is gone; its exit status."""
        status = self._process.wait(timeout=PATIENCE)
        assert self._process.stdin is not None
        self._process.stdin.close()
        return status

    def stop(self) -> None:
        """Stop it in good order, and close its log."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        status = self._process.wait(timeout=PATIENCE)
        self._log.close()
        if status:
            raise Broken(f"its orderly stop ended with status {status}")

    def get(self, path: str) -> Any:
        """What REST has there; it says 503 while somebody else may carry the venue."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{self.rest}{path}", timeout=PATIENCE) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > end:
                    raise
                time.sleep(0.05)


class Counterparty:
    """A FIX.4.2 session that outlives its connections, with all that it was told of its orders."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.next_in = 1
        self.next_out = 1
        self.sent: dict[int, tuple[str, str]] = {}
        self.orders: dict[str, list[str]] = {}  # OrdStatus and CumQty, once there is a report
        self.order_ids: dict[str, str] = {}
        self.exec_ids: set[str] = set()
        self.resent = 0
        self._asked_upto = 0
        self._mark = ""  # the TestReqID that was sent last, and the number of what answered it
        self._answer = 0
        self._socket: socket.socket | None = None
        self._framer = Framer()

    @property
    def open(self) -> dict[str, list[str]]:
        """The orders that are open, as far as it knows."""
        return {name: each for name, each in self.orders.items() if each[0] in "01"}

    # -- out

    def write(self, msg_type: str, body: str, seq: int, header: str = "") -> bytes:
        """The bytes of a message."""
        stamp = utc_timestamp(time.time_ns(), 3).decode()
        text = f"35={msg_type}|34={seq}|49=KILLED|52={stamp}|56=XSIM|{header}{body}"
        return encode(b"FIX.4.2", text.replace("|", "\x01").encode())

    def new(self, msg_type: str, body: str) -> bytes:
        """The bytes of the next message."""
        seq = self.next_out
        self.next_out += 1
        self.sent[seq] = (msg_type, body)
        return self.write(msg_type, body, seq)

    def burst(self) -> bytes:
        """Orders that mostly meet each other, and cancels."""
        random, messages = self.random, []
        known = list(self.open)
        for _ in range(BURST):
            stamp = f"60={utc_timestamp(time.time_ns(), 0).decode()}|"
            if len(known) > MOST_OPEN or (known and random.random() < 0.2):
                victim = known.pop(random.randrange(len(known)))
                body = f"11=c{self.next_out}|41={victim}|54=1|55=AAA|{stamp}"
                body = body.replace("54=1", f"54={'12'[int(victim[1:]) % 2]}")
                messages.append(self.new("F", body))
                continue
            number = self.next_out
            price = 100 + random.randint(-3, 3) / 100
            terms = f"38={random.randint(1, 9) * 100}|40=2|44={price:.2f}"
            side = "12"[number % 2]
            body = f"11=o{number}|21=1|{terms}|54={side}|55=AAA|{stamp}"
            messages.append(self.new("D", body))
        return b"".join(messages)

    # -- in

    def take(self, raw: bytes) -> bytes:
        """Take in a message; what is to be sent for it."""
        pairs = [field.partition("=") for field in raw.decode().split("\x01") if field]
        fields = {tag: value for tag, _, value in pairs}
        seq, msg_type = int(fields["34"]), fields["35"]
        answer = b""
        if msg_type == "2":
            answer = self._resend(int(fields["7"]))
        if msg_type == "5":
            raise Broken(f"logged out: {fields.get('58')}")
        if msg_type == "0" and fields.get("112") == self._mark:
            self._answer = seq  # also past a gap: it is not sent again when that is filled
        if seq > self.next_in:
            if self._asked_upto < self.next_in:
                self._asked_upto = seq
                answer += self.new("2", f"7={self.next_in}|16=0|")
            return answer
        if seq < self.next_in:
            if fields.get("43") != "Y":
                raise Broken(f"number {seq} came again, {self.next_in} was to come: {raw!r}")
            return answer
        self.next_in += 1
        if msg_type == "4":
            self.next_in = int(fields["36"])
        elif msg_type == "8":
            self._report(fields)
        elif msg_type in "3j":
            raise Broken(f"rejected: {raw!r}")
        return answer

    def _resend(self, begin: int) -> bytes:
        """Send again what the other side has lost: it was never acknowledged."""
        data = b""
        for seq in range(begin, self.next_out):
            msg_type, body = self.sent[seq]
            if msg_type in "DF":
                self.resent += 1
                stamp = utc_timestamp(time.time_ns(), 3).decode()
                data += self.write(msg_type, body, seq, f"43=Y|122={stamp}|")
            else:
                data += self.write("4", f"123=Y|36={seq + 1}|", seq, "43=Y|")
        return data

    def _report(self, fields: dict[str, str]) -> None:
        exec_id, name = fields["17"], fields["11"]
        if exec_id in self.exec_ids:
            raise Broken(f"ExecID {exec_id} came twice")
        self.exec_ids.add(exec_id)
        name = fields.get("41", name)
        if fields["150"] == "0" and self.order_ids.setdefault(fields["37"], name) != name:
            raise Broken(f"OrderID {fields['37']} was given twice")
        self.orders[name] = [fields["39"], fields["14"]]

    # -- its life

    def connect(self, address: tuple[str, int]) -> None:
        """Log on, and get all that was missed, both ways."""
        self.log_on(socket.create_connection(address, timeout=PATIENCE))

    def log_on(self, through: socket.socket) -> None:
        """Log on through a socket that is connected, and get all that was missed, both ways."""
        self._socket = through
        self._framer = Framer()
        self._asked_upto = 0
        self._socket.sendall(self.new("A", "98=0|108=30|"))
        self.get_level()

    def get_level(self) -> None:
        """Wait until all that was sent is answered, and all that was answered is here."""
        assert self._socket is not None
        self._mark, self._answer = f"T{self.next_out}", 0
        self._socket.sendall(self.new("1", f"112={self._mark}|"))
        end = time.monotonic() + PATIENCE
        while not 0 < self._answer < self.next_in:
            if not self._read(0.2):
                raise Broken(f"it hangs up: {self.next_in} is to come")
            if time.monotonic() > end:
                raise Broken(f"it does not get level: {self.next_in} is to come")

    def _read(self, patience: float) -> bool:
        """Take in what is there; False when the other side is gone."""
        assert self._socket is not None
        if not select.select([self._socket], [], [], patience)[0]:
            return True
        data = self._socket.recv(1 << 20)
        if not data:
            return False
        self._framer.feed(data)
        while (raw := self._framer.next()) is not None:
            if not isinstance(raw, bytes):
                raise Broken(f"garbage came: {raw.data!r}")
            answer = self.take(raw)
            if answer:
                self._socket.sendall(answer)
        return True

    def trade(self, enough: Callable[[], bool] = lambda: False) -> None:
        """Trade until it is ``enough``, or the other side is gone."""
        assert self._socket is not None
        try:
            while self._read(0):
                if enough():
                    return
                self._socket.sendall(self.burst())
                self._read(0.02)
        except OSError:
            pass
        self._socket.close()

    def send_blindly(self) -> None:
        """Send some more, to whoever may be there."""
        assert self._socket is not None
        self._socket.sendall(self.burst())

    def is_cut(self) -> bool:
        """Whether the other side hangs up before it says anything."""
        assert self._socket is not None
        try:
            said = self._socket.recv(1)
        except OSError:
            said = b""
        self._socket.close()
        return not said


def check(server: Gives, party: Counterparty) -> None:
    """Both sides agree on the orders."""
    there: dict[str, list[str]] = {}
    cursor: str | None = ""
    while cursor is not None:
        after = f"&after={cursor}" if cursor else ""
        page = server.get(f"/venues/XSIM/orders?status=open&session=KILLED&limit=1000{after}")
        for order in page["items"]:
            status = "1" if order["status"] == "PARTIALLY_FILLED" else "0"
            there[order["cl_ord_id"]] = [status, order["cum_quantity"]]
        cursor = page["next"]
    known = party.open
    if there != known:
        differ = [n for n in {*there, *known} if there.get(n) != known.get(n)]
        told = [(n, known.get(n), there.get(n)) for n in sorted(differ)[:5]]
        raise Broken(f"{len(differ)} orders differ (name, told, there): {told}")
    unanswered = [
        seq
        for seq, (msg_type, _) in party.sent.items()
        if msg_type == "D" and f"o{seq}" not in party.orders
    ]
    if unanswered:
        raise Broken(f"{len(unanswered)} orders were never answered, first number {unanswered[0]}")


def run(seed: int, numbers: Sequence[int], *words: str) -> Found:
    """Kill it once for each number; a failure ends the run. ``words`` are set."""
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="exsim-kill-") as folder:
        party = Counterparty(Random(seed))
        server = Server(folder, *words)
        number = numbers[0]
        try:
            party.connect(server.address)
            for number in numbers:
                random = Random(f"{seed}:{number}")
                longest = 1.6 if number % LONG_EVERY == 0 else 0.4
                killer = threading.Timer(random.uniform(0.02, longest), server.kill)
                killer.start()
                party.trade()
                killer.join()
                server.wait()
                server.start()
                party.connect(server.address)
                check(server, party)
            server.stop()
        except (Broken, OSError) as error:
            server.kill()
            failures.append(f"seed {seed} case {number}: {error}")
    remark = (
        f"{len(party.orders):,} orders, {len(party.exec_ids):,} reports,"
        f" {party.resent:,} messages sent again, the longest start took {server.starting:.1f} s"
    )
    return Found(failures, remark)
