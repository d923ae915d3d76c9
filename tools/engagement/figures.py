"""The figures of ``docs/fix.rst``: conversations that are had as the figures are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.wire.fix import FixMessage, decode
from tools.engagement.fields import message_name
from tools.engagement.sequence import Arrow, Note, Row, svg
from tools.engagement.trying import Counterparty, Sent, sent

VERSION: Final = "FIX.4.4"
_ORDER: Final = "11={id}|55=AAA|54={side}|60=NOW|38=100|40=2|44=10|"
_SHOWN: Final = tuple(
    b"34 43 123 7 16 36 108 141 789 112 11 41 54 38 44 39 150 32 31 103 380 373 371 131 117"
    b" 132 133 134 135 297".split()
)
"""Fields that are shown, in this order."""


class Figure:
    """A conversation, told as it is had."""

    def __init__(self, *overrides: str) -> None:
        self._counterparty = Counterparty(VERSION, overrides)
        self.rows: list[Row] = []

    def log_on(self, fields: str = "98=0|108=30|") -> None:
        """Log on."""
        self.send(self._counterparty.logon(fields))

    def send(self, message: Sent) -> None:
        """Send a message, and take what is answered."""
        data = self._counterparty.raw(message)
        self.rows.append(Arrow(_told(decode(data)), outbound=True))
        self._take(self._counterparty.feed(data))

    def lose(self, message: Sent) -> None:
        """Send a message that does not arrive."""
        data = self._counterparty.raw(message)
        self.rows.append(Arrow(_told(decode(data)), outbound=True, lost=True))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.rows.append(Note(f"{seconds:g} seconds pass"))
        self._take(self._counterparty.wait(seconds))

    def break_off(self) -> None:
        """Lose the connection, and make another."""
        self.rows.append(Note("the connection is lost, another one is made"))
        self._counterparty.lost()
        self._counterparty.connect()

    def note(self, text: str) -> None:
        """Say something."""
        self.rows.append(Note(text))

    def _take(self, messages: list[FixMessage]) -> None:
        self.rows += [Arrow(_told(message), outbound=False) for message in messages]
        if self._counterparty.connection.closing:
            self.note("exsim closes the connection")


def _told(message: FixMessage) -> str:
    fields = [
        f"{tag.decode()}={message.fields[tag].decode()}" for tag in _SHOWN if tag in message.fields
    ]
    return " ".join([message_name(message.msg_type.decode()), *fields])


def day() -> Figure:
    """A whole session: logon, an order and its cancel, quiet, logout."""
    figure = Figure()
    figure.log_on()
    figure.send(sent("D", _ORDER.format(id="A", side=1)))
    figure.send(sent("F", "41=A|11=B|55=AAA|54=1|60=NOW|38=100|"))
    figure.wait(30)
    figure.wait(6)
    figure.send(sent("0", "112=TEST|"))
    figure.send(sent("5"))
    return figure


def orders() -> Figure:
    """An order that rests, is replaced, and filled in part; one that is refused."""
    figure = Figure()
    figure.log_on()
    figure.send(sent("D", _ORDER.format(id="A", side=1)))
    replace = "41=A|11=B|55=AAA|54=1|60=NOW|38=150|40=2|44=10.01|"
    figure.send(sent("G", replace))
    figure.send(sent("D", _ORDER.format(id="C", side=2)))
    figure.send(sent("D", _ORDER.format(id="D", side=1).replace("44=10|", "44=10.001|")))
    figure.send(sent("D", _ORDER.format(id="E", side=1).replace("44=10|", "")))
    figure.send(sent("D", _ORDER.format(id="F", side="x")))
    return figure


def gap() -> Figure:
    """A message of the counterparty that exsim did not get."""
    figure = Figure()
    figure.log_on()
    order = _ORDER.format(id="A", side=1)
    figure.lose(sent("D", order))
    figure.send(sent("D", _ORDER.format(id="B", side=1)))
    figure.note("exsim keeps order B until what was before it is there")
    figure.send(sent("D", "34=2|43=Y|122=NOW|" + order))
    return figure


def missed() -> Figure:
    """Messages of exsim that the counterparty did not get."""
    figure = Figure()
    figure.log_on()
    figure.send(sent("D", _ORDER.format(id="A", side=1)))
    figure.send(sent("1", "112=PING|"))
    figure.break_off()
    figure.log_on()
    figure.note("it knows exsim's messages up to 1, and asks for the others")
    figure.send(sent("2", "7=2|16=0|"))
    return figure


def quotes() -> Figure:
    """A quote that rests and is filled; a request for a quote, and an order on the answer."""
    figure = Figure("venue:XSIM.rfq=price", "venue:XSIM.pricing=fixed")
    figure.log_on()
    figure.send(sent("S", "117=Q|55=BBB|132=99|133=101|134=10|135=10|"))
    figure.note("an order of somebody else would meet the bid; here it is one of its own")
    figure.send(sent("D", "11=A|55=BBB|54=2|60=NOW|38=4|40=2|44=99|"))
    figure.send(sent("Z", "117=Q|298=4|"))
    figure.note("the venue has rfq = price: it answers a request by itself")
    figure.send(sent("R", "131=R|146=1|55=AAA|54=1|38=50|"))
    figure.send(sent("D", "11=B|117=Q2|55=AAA|54=1|60=NOW|38=50|40=D|"))
    return figure


FIGURES: Final[dict[str, tuple[str, Callable[[], Figure]]]] = {
    "fix-day.svg": ("A session from logon to logout", day),
    "fix-orders.svg": ("Orders and their answers", orders),
    "fix-gap.svg": ("A message of the counterparty is missing", gap),
    "fix-missed.svg": ("Messages of exsim are missing", missed),
    "fix-quotes.svg": ("Quotes, and a request for one", quotes),
}
"""By file: the title, and the conversation."""


def drawn(file: str) -> str:
    """A figure as SVG."""
    name, conversation = FIGURES[file]
    return svg(name, "counterparty", "exsim", conversation().rows)
