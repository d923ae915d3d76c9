"""The files of ``etc/personalities/`` as exchanges in memory, and who trades there over FIX."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from exsim.config.load import load
from exsim.config.trading_day import moment
from exsim.interfaces import IConnection
from exsim.model.options import read_options
from exsim.model.settings import DaySettings, Instrument, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.services.tree import build_exchange
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.fix_market import NOW, wire

FOLDER = Path(__file__).resolve().parent.parent / "etc" / "personalities"
VERSION = "FIX.4.4"
DAY = "2024-01-02"  # a Tuesday, as that of NOW
KINDS = {"0": "new", "3": "done for day", "4": "canceled", "5": "replaced", "8": "rejected"} | {
    "C": "expired",
    "D": "restated",
    "L": "triggered",
}


def personality(name: str, start: str) -> Settings:
    """The settings of a file, with a clock that is moved by hand and begins at ``start`` in UTC."""
    path = str(FOLDER / f"{name}.ini")
    venue = load(path, [], Catalogue()).venues[0].name
    time = f"venue:{venue}.clock_start={DAY}T{start}Z"
    return load(path, [f"venue:{venue}.clock=manual", time], Catalogue())


def plain(settings: Settings) -> Settings:
    """The same instruments and addresses, and every other key as it is by default."""
    venue, endpoint = settings.venues[0], settings.endpoints[0]
    instruments = tuple(
        Instrument(one.symbol, reference=one.reference) for one in venue.instruments
    )
    day = DaySettings(clock="manual", clock_start=venue.day.clock_start)
    given = {"comp_id": str(endpoint.options["comp_id"]), "accept_any_logon": "yes"}
    options = read_options(Catalogue().protocol("fix").endpoint_options, given)
    return replace(
        settings,
        venues=(VenueSettings(venue.name, ("match",), instruments=instruments, day=day),),
        endpoints=(replace(endpoint, options=options),),
        sessions=(),
    )


class Floor:
    """An exchange with one venue; real time stands still, market time goes as it is told."""

    def __init__(self, settings: Settings) -> None:
        self.exchange, _ = build_exchange(settings, Catalogue())
        (self.endpoint,) = self.exchange.endpoints.values()
        self.venue = self.endpoint.venue
        self.parties: dict[str, Party] = {}
        self.exchange.days.begin(NOW)

    def until(self, clock: str) -> None:
        """Let it be so late on the day, UTC."""
        self.exchange.days.advance(self.venue, moment(f"{DAY}T{clock}Z"), NOW)

    def wait(self, nanoseconds: int) -> None:
        """Let so much market time pass."""
        self.exchange.days.advance(self.venue, self.venue.time(NOW) + nanoseconds, NOW)

    def party(self, name: str) -> Party:
        """Somebody who is logged on."""
        found = self.parties.get(name)
        if found is None:
            found = self.parties[name] = Party(self, name)
        return found

    def send(self, name: str, msg_type: str, body: str) -> list[str]:
        """Send a message for somebody; what came to them, in words."""
        party = self.party(name)
        party.send(msg_type, body)
        return self.read(name)

    def read(self, name: str) -> list[str]:
        """What came to somebody since the last time."""
        return [said(message) for message in self.party(name).received()]

    def order(
        self,
        name: str,
        cl_ord_id: str,
        side: str,
        qty: str,
        price: str = "",
        symbol: str = "",
        tif: str = "0",
        more: str = "",
    ) -> list[str]:
        """Enter an order, limit where there is a price; ``more`` may have another OrdType(40)."""
        code = {"buy": "1", "sell": "2", "short": "5"}[side]
        kind = "" if "|40=" in f"|{more}" else f"40={'2' if price else '1'}|"
        limit = f"44={price}|" if price else ""
        symbol = symbol or next(iter(self.venue.instruments))
        body = f"11={cl_ord_id}|54={code}|55={symbol}|38={qty}|{kind}{limit}59={tif}|{more}"
        return self.send(name, "D", f"{body}60=20240102-03:04:05|")

    def cancel(self, name: str, orig: str, more: str = "") -> list[str]:
        """Cancel an order of the first instrument."""
        symbol = next(iter(self.venue.instruments))
        body = f"11=X{orig}|41={orig}|54=1|55={symbol}|{more}60=20240102-03:04:05|"
        return self.send(name, "F", body)

    def phase(self, symbol: str) -> str:
        """That of an instrument."""
        return self.venue.listings[symbol].phase.value


class Party:
    """A counterparty that has logged on."""

    def __init__(self, floor: Floor, name: str) -> None:
        self._floor = floor
        self._name = name
        self._target = floor.endpoint.settings.options["comp_id"]
        self._seq = 0
        self._framer = Framer()
        exchange = floor.exchange
        self.connection: IConnection = exchange.connected(floor.endpoint, "127.0.0.1:999", NOW)
        self.send("A", "98=0|108=30|")
        (logon,) = self.received()
        assert logon.msg_type == b"A", logon.raw

    def send(self, msg_type: str, body: str) -> None:
        """Number a message and send it."""
        self._seq += 1
        stamp = utc_timestamp(NOW, 0).decode()
        head = f"35={msg_type}|34={self._seq}|49={self._name}|52={stamp}|56={self._target}|"
        data = encode(VERSION.encode(), wire(head + body))
        self._floor.exchange.received(self._floor.endpoint, self.connection, data, NOW)

    def received(self) -> list[FixMessage]:
        """What was sent to it."""
        self._framer.feed(self.connection.data_to_send())
        messages = []
        while (data := self._framer.next()) is not None:
            assert isinstance(data, bytes), data
            messages.append(decode(data))
        return messages

    def leave(self) -> None:
        """Lose the connection."""
        self._floor.exchange.lost(self._floor.endpoint, self.connection, NOW)
        del self._floor.parties[self._name]


def said(message: FixMessage) -> str:
    """A message in words: what became of an order, or the type and the text of another."""

    def field(tag: str) -> str:
        return (message.get(tag.encode()) or b"").decode()

    kind = message.msg_type.decode()
    if kind != "8":
        return " ".join(filter(None, (kind, field("58"))))
    name = field("11")
    if field("150") == "F":
        fee = field("12") or field("137")
        return f"{name} {field('32')}@{field('31')}" + (f" fee {fee}" if fee else "")
    text = f": {field('58')}" if field("150") == "8" else ""
    return f"{name} {KINDS.get(field('150'), field('150'))}{text}"
