"""Tries exsim: conversations with a simulator in memory, without sockets and without a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from exsim.config.load import load
from exsim.interfaces import IConnection
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.exchange import Exchange
from exsim.services.origins import Endpoint
from exsim.services.tree import build_exchange
from exsim.sessions.fix_header import HEADER_TAGS
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_dictionary import APPL_VER_IDS, TRANSPORT
from exsim.wire.fix_frame import Framer

ROOT: Final = Path(__file__).resolve().parent.parent.parent
INI: Final = ROOT / "etc" / "exsim.ini"
SECOND: Final = 10**9
NOW: Final = 1_767_323_045_678_000_000  # 2026-01-02 03:04:05.678
STAMP: Final = utc_timestamp(NOW, 0).decode()
SENDER: Final = "TRADER"
ORDER_ENTRY: Final = "order-entry"
MARKET_DATA: Final = "market-data"

Pairs = tuple[tuple[str, str | None], ...]
"""Tags and values. A header field given as None is left out."""


Raw = Callable[[bytes], bytes]
"""Makes other bytes of those of a message."""


class Sent(NamedTuple):
    """A message that the counterparty sends; what its header has by itself need not be given."""

    msg_type: str
    pairs: Pairs

    def changed(self, tag: str, *values: str) -> Sent:
        """The same with this field only where values for it are given."""
        first = next((n for n, pair in enumerate(self.pairs) if pair[0] == tag), len(self.pairs))
        kept = [pair for pair in self.pairs if pair[0] != tag]
        new = [(tag, value) for value in values]
        return Sent(self.msg_type, (*kept[:first], *new, *kept[first:]))


class Answer(NamedTuple):
    """What came of a conversation: the messages of exsim, and how the session stands."""

    messages: tuple[FixMessage, ...]
    closed: bool
    state: str
    expected: int

    def essence(self) -> tuple[object, ...]:
        """All that may be compared with another."""
        fields = [
            tuple(zip(message.parts[::2], message.parts[1::2], strict=True))[2:-1]
            for message in self.messages
        ]
        return (*fields, self.closed, self.state, self.expected)


def text_of(fields: str) -> Pairs:
    """Pairs, from fields with ``|`` between them; ``NOW`` is the time."""
    pairs = (field.partition("=") for field in fields.replace("NOW", STAMP).split("|") if field)
    return tuple((tag, value) for tag, _, value in pairs)


def sent(msg_type: str, fields: str = "") -> Sent:
    """A message of these fields."""
    return Sent(msg_type, text_of(fields))


class Counterparty:
    """
    A counterparty that speaks a version (``FIX.4.2``, ``FIX.5.0SP1``) to an exchange of its own.

    :param overrides: what is set over ``etc/exsim.ini``.
    :param beside: another one, at whose exchange it is.
    :param endpoint: where it connects.
    """

    def __init__(
        self,
        version: str,
        overrides: Iterable[str] = (),
        beside: Counterparty | None = None,
        name: str = SENDER,
        endpoint: str = ORDER_ENTRY,
    ) -> None:
        self.name = name
        codes = [code for code, name in APPL_VER_IDS.items() if name == version]
        self.appl_ver_id = codes[0].decode() if version.startswith("FIX.5") else ""
        if version == TRANSPORT:
            self.appl_ver_id = "9"
        self.begin_string = TRANSPORT if self.appl_ver_id else version
        if beside is None:
            self.exchange: Exchange = build_exchange(settings(tuple(overrides)), _catalogue())[0]
        else:
            self.exchange = beside.exchange
        self.endpoint: Endpoint = self.exchange.endpoints[endpoint]
        self.now = NOW
        self.number = 1
        self.connection: IConnection
        self._framer: Framer
        self.connect()

    def connect(self) -> None:
        """Connect, once more if it has done so before."""
        self.connection = self.exchange.connected(self.endpoint, "127.0.0.1:49152", self.now)
        self._framer = Framer()

    def logon(self, fields: str = "98=0|108=30|") -> Sent:
        """Its Logon."""
        return sent("A", fields + (f"1137={self.appl_ver_id}|" if self.appl_ver_id else ""))

    def raw(self, message: Sent) -> bytes:
        """The bytes of its next message."""
        given = dict(message.pairs)
        header: dict[str, str | None] = {
            "34": str(self.number),
            "49": self.name,
            "52": utc_timestamp(self.now, 0).decode(),
            "56": "XSIM",
        }
        if given.get("34") is None or "34" not in given:
            self.number += 1
        in_header = [(tag, value) for tag, value in message.pairs if tag.encode() in HEADER_TAGS]
        body = [(tag, value) for tag, value in message.pairs if tag.encode() not in HEADER_TAGS]
        header.update(in_header)
        version = header.pop("8", None) or self.begin_string
        fields = [("35", message.msg_type), *header.items(), *body]
        text = "".join(f"{tag}={value}\x01" for tag, value in fields if value is not None)
        return encode(version.encode(), text.encode("latin-1"))

    def send(self, message: Sent) -> list[FixMessage]:
        """Send a message; what exsim answers."""
        return self.feed(self.raw(message))

    def feed(self, data: bytes) -> list[FixMessage]:
        """Send bytes; what exsim answers."""
        self.exchange.received(self.endpoint, self.connection, data, self.now)
        return self.received()

    def wait(self, seconds: float) -> list[FixMessage]:
        """Let time pass; what exsim sends meanwhile."""
        until = self.now + int(seconds * SECOND)
        found: list[FixMessage] = []
        while (due := self.connection.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            self.exchange.deadline(self.endpoint, self.connection, self.now)
            found += self.received()
        self.now = until
        return found

    def received(self) -> list[FixMessage]:
        """What exsim has sent."""
        self._framer.feed(self.connection.data_to_send())
        messages = []
        while isinstance(data := self._framer.next(), bytes):
            messages.append(decode(data))
        return messages

    def lost(self) -> None:
        """The connection is gone."""
        self.exchange.lost(self.endpoint, self.connection, self.now)

    def answer(self, messages: Iterable[Sent], changed: Raw | None = None) -> Answer:
        """What comes of these messages, whose bytes ``changed`` changes."""
        found: list[FixMessage] = []
        for message in messages:
            if not self.connection.closing:
                data = self.raw(message)
                found += self.feed(changed(data) if changed is not None else data)
        session = self.connection.session
        view = session.view() if session is not None else None
        state, expected = (view.state, view.next_in) if view is not None else ("", 0)
        return Answer(tuple(found), self.connection.closing, state, expected)


@cache
def settings(overrides: tuple[str, ...]) -> Settings:
    """``etc/exsim.ini`` with something set over it."""
    return load(str(INI), list(overrides), _catalogue())


@cache
def _catalogue() -> Catalogue:
    return Catalogue()
