"""
Write the page of races: each with the chart of the messages that it makes.

``python -m tools.races`` writes ``docs/races.rst``. The charts are of runs: a counterparty of FIX
4.4 trades in memory, on a clock that the tool moves. A test holds the page to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from exsim.control import session_results as sr
from exsim.faults.races import BY_NAME, RACES, Race
from exsim.testing.memory import MemoryExchange
from exsim.wire.fix import encode, utc_timestamp
from tools.engagement.rst import document, paragraph, table, title

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "races.rst"
NAME: Final = "BUYSIDE1"
WIDTH: Final = 82
"""Characters between the two sides."""
INTRODUCTION: Final = (
    "A race is two things that happen at once: a fill is on its way while a cancel is, and one of"
    " them is first. A trading system meets them seldom, and always at the wrong time; here each is"
    " one line. ``POST /races/NAME``, ``simulator.race(NAME)`` or ``exsim ctl race NAME`` arms it"
    " for the next request that it is about, of a session (``--session``) that fits a filter"
    " (``--match``) where these are given; ``--times`` has it happen more often. ``GET /races``"
    " tells what is armed, and how often it happened.",
    "An armed race is rules (rules.rst) or faults under its name, ``race:NAME`` or"
    " ``race:NAME@SESSION``: they are listed, removed and reset with all others, and are asked"
    " before them. ``DELETE /races/NAME`` removes them. Where a race needs state to be otherwise"
    " than it is told, the simulator's is what really happened: an order whose report comes twice"
    " was filled once.",
    "Times are by the market's clock: with one that is moved by hand, what is to come later comes"
    " when a test says so.",
    "The charts are made by ``python -m tools.races`` from runs with a counterparty of FIX 4.4 that"
    " buys 100 at 100. At the left is the time in seconds; a number after ``#`` is"
    " MsgSeqNum(34), after ``id`` ExecID(17).",
)
STAMP: Final = "60=20260105-09:00:00|"


class Counterparty(Protocol):
    """Says what it is told to, hears all and answers nothing; ``closed`` once it is cut off."""

    def __init__(self, exchange: MemoryExchange, seq: int = 0) -> None:
        self.exchange = exchange
        self.seq = seq
        self.closed = False

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """It was closed, by the exchange."""
        self.closed = True

    def dataReceived(self, data: bytes) -> None:
        """The journal has it."""

    def say(self, msg_type: str, body: str) -> None:
        """Send a message."""
        self.seq += 1
        reactor = self.exchange.reactor
        now = utc_timestamp(round(reactor.seconds() * 10**9), 3).decode()
        head = f"35={msg_type}|34={self.seq}|49={NAME}|52={now}|56=XSIM|"
        assert self.transport is not None
        self.transport.write(encode(b"FIX.4.4", (head + body).replace("|", "\x01").encode()))
        self.exchange.pump()


class Run:
    """One race, from the logon on; ``lines`` are its chart."""

    def __init__(self, race: Race) -> None:
        self.exchange = MemoryExchange()
        self.client = self._connected()
        self.client.say("A", "98=0|108=30|")
        self.exchange.simulator.race(race.name, session=NAME)
        self.lines: list[str] = []
        self._told = self.exchange.simulator.list_messages().position
        self._seconds = 0
        try:
            self._trade(race)
        finally:
            self.exchange.stop()

    def _connected(self, seq: int = 0) -> Counterparty:
        client = Counterparty(self.exchange, seq)
        self.exchange.connect(client)
        return client

    def _trade(self, race: Race) -> None:
        """Enter an order, then do about it what the race is about."""
        types = [move.match.partition(" ")[0][-1] for move in race.moves]
        self._say("D", f"11=C1|55=AAA|54=1|38=100|40=2|44=100|{STAMP}")
        name = "C1"
        replaces = types.count("G") + (race.name == "chain-of-replaces")
        for number in range(replaces):
            new = f"C{number + 2}"
            self._say(
                "G", f"41={name}|11={new}|55=AAA|54=1|38={120 + 20 * number}|40=2|44=100|{STAMP}"
            )
            if self._done(new):
                name = new
        if "F" in types:
            self._say("F", f"41={name}|11=C9|55=AAA|54=1|38=100|{STAMP}")
        if race.defects:
            self._log_on_again()

    def _say(self, msg_type: str, body: str) -> None:
        """Send, and see what comes of it, at once and in the two seconds after it."""
        self.client.say(msg_type, body)
        self._look()
        for _ in range(2):
            self._pass()

    def _done(self, name: str) -> bool:
        orders = self.exchange.simulator.list_orders("XSIM", cl_ord_id=name).items
        return bool(orders)

    def _log_on_again(self) -> None:
        """From a new socket while the old one is there, and from another when that is closed."""
        old = self.client
        self._reconnect(2)
        self._draw("connection 2 is closed", back=True)
        assert self.client.closed and old.transport is not None
        self._draw("connection 1 is closed")
        old.transport.loseConnection()
        self.exchange.pump()
        self._reconnect(3)

    def _reconnect(self, number: int) -> None:
        self._draw(f"connection {number}")
        self.client = self._connected(self.client.seq)
        self.client.say("A", "98=0|108=30|")
        self._look()

    def _pass(self) -> None:
        """Let a second pass, in the market and for sessions."""
        self.exchange.clock.advance("1s")
        self.exchange.wait(1)
        self._seconds += 1
        self._look()

    def _draw(self, text: str, back: bool = False) -> None:
        """Have something in the chart that is no message."""
        self.lines.append(f"{self._seconds:3}  {line(text, back, '.')}")

    def _look(self) -> None:
        """Draw what came since the last look."""
        found = self.exchange.simulator.list_messages(after=self._told, limit=1000)
        self._told = found.position
        for message in found.items:
            self.lines.append(f"{self._seconds:3}  {arrow(message)}")


def arrow(message: sr.Message) -> str:
    """A message as a line of a chart."""
    return line(told(message), message.direction == "out", "-")


def line(text: str, back: bool, stroke: str) -> str:
    """An arrow with text, to the exchange or back."""
    body = f" {text} ".ljust(WIDTH, stroke)
    return f"|<{stroke}{body}{stroke * 2}|" if back else f"|{stroke * 2}{body}{stroke}>|"


def told(message: sr.Message) -> str:
    """A message in as few words as tell it from others."""
    fields = {field.tag: field for field in message.fields}
    words = [f"#{fields['34'].value}", message.name]
    if "97" in fields:
        words.append("PossResend")
    if "150" in fields:
        kind, status = _named(fields["150"]), _named(fields["39"])
        words += [kind, *([f"({status})"] if status != kind else []), f"id {fields['17'].value}"]
    elif "39" in fields:
        words.append(f"({_named(fields['39'])})")
    if "19" in fields:
        words.append(f"of {fields['19'].value}")
    if "41" in fields:
        words.append(f"{fields['41'].value} > {fields['11'].value}")
    elif "11" in fields:
        words.append(fields["11"].value)
    if message.type in ("D", "G"):
        words.append(fields["38"].value)
    if fields.get("32") and fields["32"].value != "0":
        words.append(f"{fields['32'].value} @ {fields['31'].value}")
    if "14" in fields:
        words.append(f"cum {fields['14'].value} leaves {fields['151'].value}")
    if "58" in fields:
        words.append(f"'{fields['58'].value}'")
    return " ".join(words)


def _named(field: sr.Field) -> str:
    return (field.meaning or field.value).replace("_", " ").lower()


def chart(name: str) -> list[str]:
    """The lines of the chart of a race."""
    lines = Run(BY_NAME[name]).lines
    head = f"     {NAME}{'exsim':>{WIDTH + 6 - len(NAME)}}"
    return [head, *lines]


def page() -> str:
    """The whole page."""
    lines = ["Races", "=====", ""]
    for text in INTRODUCTION:
        lines += paragraph(text)
    for race in RACES:
        lines += _race(race)
    return document(lines)


def _race(race: Race) -> list[str]:
    lines = [*title(race.name, "-"), *paragraph(race.summary)]
    if race.options:
        rows = [
            (option.name, str(option.default).strip('"'), option.help) for option in race.options
        ]
        lines += table(("Parameter", "Default", "What it says"), rows)
    made = [f"    {move.match} then {move.then}" for move in race.moves]
    made += [f"    fault {each.kind} {each.direction} {each.match}" for each in race.defects]
    lines += ["It is made of ::", "", *made, "", "and this is what happens::", ""]
    return [*lines, *(f"    {line}".rstrip() for line in chart(race.name)), ""]


def main() -> None:
    """Write it."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
