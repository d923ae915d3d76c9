"""
Rows about what is refused: ``oversized``, ``guessing`` and ``plugin``.

Each has numbered cases that run against a real simulator; another session, or another client of
REST, has to be served as ever after each of them.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import requests

from exsim.client import SimulatorError
from exsim.control.guesses import FIRST, FREE
from exsim.control.limits import MAX_BODY
from tests.soak.clients import INI, LIMIT, Client, Market
from tests.soak.rows import Found

REFUSED_WITHIN: Final = 0.1
"""Seconds until a refusal has come, from the last byte sent; a busy machine gets three tries."""
TRIES: Final = 3
BODY: Final = LIMIT.format(side=1, price=1, tif=3)


class Wrong(Exception):
    """It was not as it must be."""


# -- oversized


def _fix(market: Market, name: str, raw: Callable[[Client], bytes], wanted: bytes) -> float:
    """Send bytes on a session of its own; the seconds until the answer, which has ``wanted``."""
    with market.client(name) as client:
        data = raw(client)
        begun = time.perf_counter()
        try:
            client.socket.sendall(data[:-1])
            time.sleep(0.05)
            begun = time.perf_counter()
            client.socket.sendall(data[-1:])
            answer = client.receive()
        except (BrokenPipeError, ConnectionResetError):  # before all was sent
            answer = b""
        took = time.perf_counter() - begun
    if wanted not in answer if wanted else answer:
        raise Wrong(f"{wanted!r} is not in {answer[:300]!r}")
    return took


def _long_message(market: Market, name: str) -> float:
    """A whole message over 64 KiB is garbage: the connection ends without an answer."""
    return _fix(market, name, lambda c: c.make("D", f"11=1|58={'x' * 65_600}|{BODY}"), b"")


def _long_length(market: Market, name: str) -> float:
    """So is one that only says that it will be so long."""
    return _fix(market, name, lambda c: b"8=FIX.4.2\x019=99999999\x0135=D\x01", b"")


def _many_fields(market: Market, name: str) -> float:
    """2,001 fields are refused as a message."""
    more = "".join(f"{6000 + number}=1|" for number in range(2_001))
    return _fix(market, name, lambda c: c.make("D", f"11=1|{BODY}{more}"), b"\x0135=3\x01")


def _many_entries(market: Market, name: str) -> float:
    """A group that says that it has a thousand million entries, and has none."""
    body = f"11=1|78=1000000000|{BODY}"
    return _fix(market, name, lambda c: c.make("D", body), b"\x0135=3\x01")


def _groups_in_groups(market: Market, name: str) -> float:
    """A group in itself, 500 deep."""
    body = f"11=1|{'78=1|79=A|' * 500}{BODY}"
    return _fix(market, name, lambda c: c.make("D", body), b"\x0135=3\x01")


def _long_number(market: Market, name: str) -> float:
    """A price of 60,000 digits."""
    body = BODY.replace("|44=1|", f"|44={'9' * 60_000}|")
    return _fix(market, name, lambda c: c.make("D", f"11=1|{body}"), b"\x0135=3\x01")


def _exponent(market: Market, name: str) -> float:
    """1e400000000 is no price."""
    body = BODY.replace("|44=1|", "|44=1e400000000|")
    return _fix(market, name, lambda c: c.make("D", f"11=1|{body}"), b"\x0135=3\x01")


def _rest(market: Market, path: str, content: bytes, *statuses: int) -> float:
    """POST something; the seconds until it was refused, with one of the statuses."""
    url = f"{market.simulator.url}/api/v1{path}"
    headers = {"Content-Type": "application/json"}
    with requests.Session() as session:
        session.get(f"{market.simulator.url}/api/v1/version", timeout=10)  # to be connected
        begun = time.perf_counter()
        answer = session.post(url, content, headers=headers, timeout=10)
        took = time.perf_counter() - begun
    kind = answer.headers["content-type"]
    if answer.status_code not in statuses or kind != "application/problem+json":
        raise Wrong(f"answered {answer.status_code} {kind}: {answer.text[:200]}")
    return took


_ORDERS: Final = "/venues/XSIM/orders"


def _long_body(market: Market, name: str) -> float:
    """A byte over 1 MiB."""
    return _rest(market, "/reset", b"{}".ljust(MAX_BODY + 1), 413)


def _deep(depth: int, text: bytes = b"[") -> Callable[[Market, str], float]:
    """JSON that is nested so deep."""
    content = b'{"symbol": ' + text * depth

    def case(market: Market, name: str) -> float:
        return _rest(market, _ORDERS, content, 400, 422)

    return case


def _number(key: str, number: str) -> Callable[[Market, str], float]:
    """A number that is none of use."""
    terms = {"symbol": '"AAA"', "side": '"BUY"', "quantity": '"1"', "price": '"1"', key: number}
    content = ", ".join(f'"{name}": {value}' for name, value in terms.items())

    def case(market: Market, name: str) -> float:
        return _rest(market, _ORDERS, f"{{{content}}}".encode(), 400, 422)

    return case


def _sequence(market: Market, name: str) -> float:
    """The same number where an integer belongs."""
    market.client("SEQ" + name).socket.close()
    url = f"{market.simulator.url}/api/v1/sessions/SEQ{name}/sequence"
    begun = time.perf_counter()
    headers = {"Content-Type": "application/json"}
    answer = requests.put(url, b'{"next_in": 1e400000000}', headers=headers, timeout=10)
    if answer.status_code not in (400, 422):
        raise Wrong(f"answered {answer.status_code}: {answer.text[:200]}")
    return time.perf_counter() - begun


def _long_head(market: Market, name: str) -> float:
    """A header of 100,000 bytes."""
    address = urlsplit(market.simulator.url)
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        begun = time.perf_counter()
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000)
        answer = connection.recv(1000)
        took = time.perf_counter() - begun
    if not re.match(rb"HTTP/1\.1 4(00|31) ", answer):
        raise Wrong(f"answered {answer[:100]!r}")
    return took


OVERSIZED: Final[tuple[Callable[[Market, str], float], ...]] = (
    _long_message,
    _long_length,
    _many_fields,
    _many_entries,
    _groups_in_groups,
    _long_number,
    _exponent,
    _long_body,
    _deep(64),
    _deep(1_000_000),
    _deep(100_000, b'{"a": '),
    _number("price", "1e400000000"),
    _number("quantity", '"1e400000000"'),
    _number("quantity", f'"{"9" * 1_000_000}"'),
    _number("price", "9" * 100_000),
    _sequence,
    _long_head,
)


def oversized(seed: int, numbers: Sequence[int]) -> Found:
    """Each of the cases is refused at once, and others are served as ever."""
    failures: list[str] = []
    slowest = 0.0
    with Market() as market, market.client("WELL") as well:
        for number in numbers:
            try:
                took = min(
                    OVERSIZED[number](market, f"BIG{number}-{turn}") for turn in range(TRIES)
                )
                _still_well(market, well)
                slowest = max(slowest, took)
                if took > REFUSED_WITHIN:
                    raise Wrong(f"it took {took * 1000:.0f} ms")
            except (Wrong, OSError, requests.RequestException) as error:
                failures.append(f"oversized: case {number}: {error}")
        failures += _complaints("oversized", market)
    return Found(failures, f"the slowest refusal took {slowest * 1000:.1f} ms")


def _still_well(market: Market, well: Client) -> None:
    """Another session trades, and REST answers."""
    well.enter(1)
    market.simulator.health_ready()


def _complaints(row: str, market: Market) -> list[str]:
    """What the simulator logged that it should not have had to: a defect of its own."""
    output = market.simulator.output
    return [f"{row}: it logged:\n{output[-3000:]}"] if "Traceback" in output else []


# -- guessing

SECRET: Final = "0pen-Sesame-42"
TOKEN: Final = "t0ken-of-the-admin-77"
GUARDED: Final = """
[rest]
listen = tcp:0:interface=127.0.0.1
token_file = token
[venue:XSIM]
policies = match
[instrument:XSIM:AAA]
[endpoint:order-entry]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
logon_lockout = 2s
[session:RICH]
endpoint = order-entry
sender_comp_id = RICH
username = rich
password = {secret}
[session:BUSY]
endpoint = order-entry
sender_comp_id = BUSY
password = {secret}
"""
GUESSES_PER_SECOND: Final = 100
LOCKOUT: Final = 2.0
LATE: Final = 0.2
"""Seconds that the answer to a right token may take."""
IN_A_ROW: Final = 5
"""One of so many answers is in time, unless all wait: other programs run here, too."""


def guessing(seed: int, numbers: Sequence[int]) -> Found:
    """So many guesses, a hundred a second, of five kinds: all are answered alike."""
    with TemporaryDirectory(prefix="exsim-soak-") as folder:
        ini = Path(folder, "exsim.ini")
        ini.write_text(GUARDED.format(secret=SECRET))
        Path(folder, "token").write_text(TOKEN)
        with Market(str(ini)) as market:
            market.simulator.close()
            market.simulator._token = TOKEN
            busy = market.client("BUSY", f"554={SECRET}|")
            failures, took = _guess(market, numbers)
            failures += _lockout(market)
            busy.send("D", f"11=1|{BODY}")
            if busy.count(2) != 2:
                failures.append("guessing: the session that was logged on is no longer")
            busy.socket.close()
            failures += _tokens(market) + _secrets_told(market, folder)
            failures += _complaints("guessing", market)
    return Found(failures, f"{len(numbers)} guesses in {took:.1f} s")


def _guess(market: Market, numbers: Sequence[int]) -> tuple[list[str], float]:
    """Guess; an answer to any of it, or one that differs, is a failure."""
    kinds = (
        ("RICH", "553=rich|554=guess{}|"),
        ("RICH", "553=user{}|554=" + SECRET + "|"),
        ("RICH", ""),
        ("NOBODY{}", "554=guess{}|"),
        ("BUSY", "554=" + SECRET + "|"),
    )
    begun = time.monotonic()
    answers: dict[bytes, int] = {}
    for number in numbers:
        sender, more = kinds[number % len(kinds)]
        with Client(market.address, sender.format(number)) as client:
            answer = client.log_on(more.format(number))
            answers[answer] = answers.get(answer, 0) + 1
        time.sleep(max(0.0, begun + number / GUESSES_PER_SECOND - time.monotonic()))
    wrong = [] if set(answers) == {b""} else [f"guessing: answers differ: {answers}"]
    return wrong, time.monotonic() - begun


def _lockout(market: Market) -> list[str]:
    """The right password does not help while the lock holds, and does afterwards."""
    right = f"553=rich|554={SECRET}|"
    for number in range(12):
        with Client(market.address, "RICH") as client:
            client.log_on(f"553=rich|554=guess{number}|")
    with Client(market.address, "RICH") as client:
        if client.log_on(right):
            return ["guessing: no back-off: the right password opened at once"]
    end = time.monotonic() + LOCKOUT + 0.5
    while time.monotonic() < end:
        with Client(market.address, "RICH") as client:
            if client.log_on(right):
                return []
        time.sleep(0.05)
    return ["guessing: the right password does not open after the back-off"]


def _takes(action: Callable[[], object]) -> float:
    """How many seconds something takes."""
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def _tokens(market: Market) -> list[str]:
    """Tokens guessed over REST: one answer for all, later and later, and the right one at once."""
    url = f"{market.simulator.url}/api/v1/venues"
    answers = set()
    waited = 0.0
    for number in range(FREE + 4):
        given = ("", f"Bearer guess{number}", f"Bearer {TOKEN}x", f"Basic {TOKEN}")[number % 4]
        begun = time.monotonic()
        answer = requests.get(url, headers={"Authorization": given}, timeout=10)
        waited = time.monotonic() - begun
        answers.add((answer.status_code, answer.content))
        if all(_takes(market.simulator.list_venues) > LATE for _ in range(IN_A_ROW)):
            return ["guessing: the right token waits for the wrong ones"]
    if waited < FIRST * 8:
        return [f"guessing: no back-off: a wrong token was answered after {waited:.3f} s"]
    right = len(answers) == 1 and next(iter(answers))[0] == 401
    return [] if right else [f"guessing: tokens are answered {answers}"]


def _secrets_told(market: Market, folder: str) -> list[str]:
    """Passwords and tokens, right and guessed, in what anybody gets to read."""
    from exsim.client.diagnose import collect

    simulator = market.simulator
    told = {f"diagnose, {name}": text for name, text in collect(simulator).items()}
    told["the log"] = Path(simulator._launch.log).read_text()
    found = simulator.list_messages(limit=1000)
    told["messages"] = repr(found)
    if not found.items:
        return ["guessing: there are no messages to look at"]
    if "problems.txt" in told:
        return [f"guessing: {told['problems.txt']}"]
    return [
        f"guessing: {secret} is in {where}"
        for where, text in told.items()
        for secret in (SECRET, TOKEN, "guess1", "guess5")
        if re.search(rf"{re.escape(secret)}\b", text)
    ]


# -- plugin

PLUGINS: Final = """
from exsim.plugins import PolicyPlugin

bad = PolicyPlugin("soak-bad", "exsim_soak_policies.Bad", "Misbehaves as it is told.")
"""
POLICIES: Final = """
import time

from zope.interface import implementer

from exsim.interfaces import IPolicy
from exsim.model.decisions import PASS, Delay, Fill
from exsim.model.options import Option, text
from exsim.model.requests import NewOrder


class Nasty(Exception):
    def __str__(self):
        raise RuntimeError("not even this")


@implementer(IPolicy)
class Bad:
    options = (Option("how", text, "raise", "How."),)

    def __init__(self, name, options):
        self.name = name
        self._how = options["how"]

    def decide(self, request, view, now):
        if self._how == "raise":
            raise ValueError("on purpose")
        if self._how == "nasty":
            raise Nasty()
        if self._how == "recurse":
            return self.decide(request, view, now)
        if self._how == "junk":
            return 42
        if self._how == "delay":
            return Delay("soon")
        if self._how == "fill":
            return Fill(())
        time.sleep(1)
        return PASS
"""
HOWS: Final = ("raise", "nasty", "recurse", "junk", "delay", "fill", "slow")
ON_ERRORS: Final = ("reject", "pass", "hold", "drop")
MISBEHAVED: Final = tuple((how, error) for how in HOWS for error in ON_ERRORS)


def plugin(seed: int, numbers: Sequence[int]) -> Found:
    """A policy that misbehaves in so many ways: isolated, answered as said, named in the log."""
    failures: list[str] = []
    with TemporaryDirectory(prefix="exsim-soak-") as folder:
        (Path(folder) / "twisted" / "plugins").mkdir(parents=True)
        (Path(folder) / "twisted" / "plugins" / "exsim_soak.py").write_text(PLUGINS)
        (Path(folder) / "exsim_soak_policies.py").write_text(POLICIES)
        ini = Path(folder) / "exsim.ini"
        ini.write_text("".join(_plugin_ini()))
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, before)))
        try:
            with Market(str(ini)) as market, market.client("WELL") as well:
                for number in numbers:
                    how, on_error = MISBEHAVED[number]
                    try:
                        _misbehave(market, f"{how}-{on_error}", how, on_error)
                        _still_well(market, well)
                    except (Wrong, OSError, SimulatorError) as error:
                        failures.append(f"plugin: case {number}, {how}, {on_error}: {error}")
        finally:
            del os.environ["PYTHONPATH"]
            if before is not None:
                os.environ["PYTHONPATH"] = before
    return Found(failures, f"{len(HOWS)} ways to misbehave, {len(ON_ERRORS)} ways to go on")


def _plugin_ini() -> Sequence[str]:
    parts = [Path(INI).read_text()]
    for how in HOWS:
        parts.append(f"\n[policy:{how}]\nkind = soak-bad\nhow = {how}\n")
    for how, on_error in MISBEHAVED:
        name = f"{how}-{on_error}"
        parts.append(
            f"\n[venue:{name}]\npolicies = {how}, match\non_error = {on_error}\n"
            f"[instrument:{name}:AAA]\n"
            f"[endpoint:{name}]\nvenue = {name}\nprotocol = fix\ncomp_id = XSIM\n"
            "accept_any_logon = yes\nlisten = tcp:0:interface=127.0.0.1\n"
        )
    return parts


def _misbehave(market: Market, name: str, how: str, on_error: str) -> None:
    """An order to a venue whose policy misbehaves."""
    address = market.simulator.endpoints[name]
    assert address.port is not None
    with Client((address.host, address.port), f"C-{name}") as client:
        client.log_on()
        client.send("D", f"11=1|{BODY}")
        client.send("1", "112=after|")
        answers = [client.receive()]
        while b"\x0135=0\x01" not in answers[-1] and answers[-1]:
            answers.append(client.receive())
    statuses = [match[1].decode() for one in answers if (match := re.search(rb"\x0139=(.)", one))]
    # A slow policy is no failure: its answer counts, and it passes the order on.
    wanted = {"reject": ["8"], "pass": ["0", "4"], "hold": [], "drop": []}[
        "pass" if how == "slow" else on_error
    ]
    if statuses != wanted or not answers[-1]:
        raise Wrong(f"statuses {statuses}, wanted {wanted}; {answers}")
    held = len(market.simulator.list_holds(venue=name).items)
    if held != (on_error == "hold" and how != "slow"):
        raise Wrong(f"{held} are held")
    log = market.simulator._launch.log.read_text()
    if how == "slow":
        named = re.search(rf"{name}: what C-{name}\S* sent took 1\.\d+ s .*policies: slow", log)
    else:
        named = re.search(rf"policy {how} failed on a new request of session 'C-{name}", log)
    if named is None:
        raise Wrong(f"the log does not say so: {log[-1500:]}")
