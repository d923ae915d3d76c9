"""
How binary messages lie one behind another: in files of ITCH, in SoupBinTCP, in MoldUDP64.

A framing tells where a record ends, whether it is right, and what messages are in it. By that the
next right one can be found behind what is broken, and the protocol of an unknown file be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from exsim.filters.seen import NAME
from exsim.model.messages import Description, FieldView
from exsim.protocols import ouch_text
from exsim.recorded.found import Found
from exsim.wire import soup
from exsim.wire.layout import TIME, BadMessage, Family, Layout

_SIZES: Final = {
    soup.ACCEPTED: 30,
    soup.REJECTED: 1,
    soup.SERVER_HEARTBEAT: 0,
    soup.END_OF_SESSION: 0,
    soup.LOGIN: 46,
    soup.CLIENT_HEARTBEAT: 0,
    soup.LOGOUT: 0,
}
"""Bytes of the payload, of packets that have as many always."""
_STOCK: Final = "stock"
MOLD_HEADER: Final = 20
_MOLD_END: Final = 0xFFFF


class Framing(Protocol):
    """One way that records lie in a file."""

    def size(self, data: bytes, at: int) -> int:
        """Bytes of the record that begins there; 0 when more are needed to tell, -1 for none."""

    def run(self, data: bytes, at: int, base: int, found: list[Found]) -> int:
        """
        Add the messages of records as long as these are right and whole, from there on; where it
        stops. ``base`` is the place in the file at which ``data`` begins. It may do nothing.
        """

    def fits(self, record: bytes) -> bool:
        """Whether a record is right in itself."""

    def messages(self, record: bytes, at: int) -> Iterator[Found]:
        """What is in a right record, which begins at byte ``at`` of the file."""

    def wrong(self, record: bytes) -> str:
        """What is wrong with one that is not."""


class ItchFound(Found):
    """
    A message of ITCH that is right.

    :param stock: the symbol that it is about and does not have; empty where it has it.
    """

    __slots__ = ("layout", "stock")

    def __init__(self, place: str, raw: bytes, layout: Layout, stock: bytes, time: int) -> None:
        self.place = place
        self.raw = raw
        self.layout = layout
        self.stock = stock
        self.time = time
        self.why = self.way = self.who = ""
        self._description = None

    @property
    def readable(self) -> bool:
        """It is a message."""
        return True

    @property
    def description(self) -> Description:
        """It, decoded."""
        if self._description is None:
            self._description = self._described()
        return self._description

    def _described(self) -> Description:
        layout, views = self.layout, []
        for field, value in layout.read(self.raw):
            text = field.text(value)
            views.append(FieldView(field.name, field.name, text, field.meaning(text)))
        if self.stock:
            views.insert(0, FieldView(_STOCK, _STOCK, self.stock.decode("latin-1").rstrip(" ")))
        return Description(layout.type.decode(), layout.name, tuple(views))

    @property
    def type(self) -> str:
        """The code of its type."""
        return self.layout.type.decode()

    def find(self, tag: str) -> Sequence[str] | None:
        """Its type, by code and name, with nothing decoded for it."""
        if tag == "35":
            return [self.type]
        return [self.layout.name] if tag == NAME else None


class ItchFile:
    """
    Messages of one family from the server, each behind its length of two bytes.

    A length of 0 ends a session. Messages that only say the number of a stock (Stock Locate) are
    told with its symbol, once another has said both.
    """

    def __init__(self, family: Family) -> None:
        self._family = family
        self._stocks: dict[bytes, bytes] = {}
        self._shapes = {kind: _shape(layout) for kind, layout in family.outbound.items()}

    def run(self, data: bytes, at: int, base: int, found: list[Found]) -> int:
        """See :class:`Framing`: the same as one by one, sooner."""
        shapes, end = self._shapes, len(data) - 2
        while at < end:
            size, begin = data[at] << 8 | data[at + 1], at + 2
            shape = shapes.get(data[begin : begin + 1])
            if shape is None or size != shape.size or begin + size > end + 2:
                break
            found.append(self._message(data[begin : begin + size], f"byte {base + at}", shape))
            at = begin + size
        return at

    def size(self, data: bytes, at: int) -> int:
        """See :class:`Framing`."""
        return _length(data, at)

    def fits(self, record: bytes) -> bool:
        """See :class:`Framing`."""
        return len(record) == 2 or not self.wrong(record)

    def wrong(self, record: bytes) -> str:
        """See :class:`Framing`."""
        return wrong_message(record[2:], self._family.outbound, self._family.name)

    def messages(self, record: bytes, at: int) -> Iterator[Found]:
        """See :class:`Framing`."""
        if len(record) > 2:
            yield self.message(record[2:], f"byte {at}")

    def message(self, raw: bytes, place: str) -> Found:
        """A right message, without its length."""
        return self._message(raw, place, self._shapes[raw[:1]])

    def _message(self, raw: bytes, place: str, shape: _Shape) -> ItchFound:
        stock, (begin, end), (stock_begin, stock_end) = b"", shape.time, shape.stock
        if stock_end:
            self._stocks[raw[1:3]] = raw[stock_begin:stock_end]
        else:
            stock = self._stocks.get(raw[1:3], b"")
        time = int.from_bytes(raw[begin:end], "big")
        return ItchFound(place, raw, shape.layout, stock, time)


class _Shape(NamedTuple):
    """Where a message has its time and its symbol: from and to which byte, 0 for nowhere."""

    layout: Layout
    size: int
    time: tuple[int, int]
    stock: tuple[int, int]


def _shape(layout: Layout) -> _Shape:
    times = [each for each in layout.fields if each.kind == TIME]
    stocks = [each for each in layout.fields if each.name == _STOCK]
    places = [
        (found[0].offset, found[0].offset + found[0].size) if found else (0, 0)
        for found in (times, stocks)
    ]
    return _Shape(layout, layout.size, *places)


class SoupFile:
    """A stream of SoupBinTCP, or both of a conversation, with messages of one family in it."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._inner = ItchFile(family)
        self.run = run_none
        self._locates = any(
            f.name == "stock_locate" for each in family.outbound.values() for f in each.fields
        )

    def size(self, data: bytes, at: int) -> int:
        """See :class:`Framing`."""
        size = _length(data, at)
        return -1 if size == 2 else size

    def fits(self, record: bytes) -> bool:
        """See :class:`Framing`."""
        return not self.wrong(record)

    def wrong(self, record: bytes) -> str:
        """See :class:`Framing`."""
        kind, payload = soup.kind_of(record), soup.payload_of(record)
        if kind not in soup.PACKET_NAMES:
            return f"a packet of type {kind.decode('latin-1')!r}, which SoupBinTCP does not have"
        if kind == soup.SEQUENCED:
            return wrong_message(payload, self._family.outbound, self._family.name)
        if kind == soup.UNSEQUENCED:
            return wrong_message(payload, self._family.inbound, self._family.name)
        right = _SIZES.get(kind, len(payload))
        if len(payload) != right:
            return f"{soup.PACKET_NAMES[kind]} of {len(payload)} bytes, where {right} are right"
        return ""

    def messages(self, record: bytes, at: int) -> Iterator[Found]:
        """See :class:`Framing`."""
        kind, place = soup.kind_of(record), f"byte {at}"
        way = "in" if kind in soup.FROM_CLIENT else "out"
        if self._locates and kind == soup.SEQUENCED:
            found = self._inner.message(soup.payload_of(record), place)
            found.way = way
            yield found
            return
        layout = ouch_text.layout_of(record, self._family)
        time = 0 if layout is None else time_in(record[3:], layout)
        told = partial(ouch_text.describe, record, self._family)
        yield Found(place, ouch_text.masked(record), told, "", time, way)


class MoldFile:
    """Packets of MoldUDP64, one behind another, with messages of one family in them."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._inner = ItchFile(family)
        self.run = run_none

    def size(self, data: bytes, at: int) -> int:
        """See :class:`Framing`."""
        end = at + MOLD_HEADER
        if len(data) < end:
            return 0
        count = data[end - 2] << 8 | data[end - 1]
        if count == _MOLD_END:
            return MOLD_HEADER
        for _ in range(count):
            if len(data) < end + 2:
                return 0
            end += 2 + (data[end] << 8 | data[end + 1])
            if end - at > 65_536:
                return -1
        return end - at

    def fits(self, record: bytes) -> bool:
        """See :class:`Framing`."""
        session = record[:10]
        if not session.strip() or not all(32 <= byte < 127 for byte in session):
            return False
        return all(not self._wrong(each) for _, each in _in_packet(record))

    def _wrong(self, raw: bytes) -> str:
        return wrong_message(raw, self._family.outbound, self._family.name)

    def wrong(self, record: bytes) -> str:
        """See :class:`Framing`."""
        for _, raw in _in_packet(record):
            if why := self._wrong(raw):
                return why
        return "no packet of MoldUDP64: its session is no text"

    def messages(self, record: bytes, at: int) -> Iterator[Found]:
        """See :class:`Framing`."""
        yield Found(f"byte {at}", record[:MOLD_HEADER], partial(mold_header, record), "", 0, "out")
        for offset, raw in _in_packet(record):
            found = self._inner.message(raw, f"byte {at + offset}")
            found.way = "out"
            yield found


def run_none(data: bytes, at: int, base: int, found: list[Found]) -> int:
    """For framings that have their records read one by one."""
    return at


def mold_header(record: bytes) -> Description:
    """The header of a packet: of messages, of none (a heartbeat), or at the end of a session."""
    count = int.from_bytes(record[18:20], "big")
    name = "Packet"
    if count in (0, _MOLD_END):
        name = "EndOfSession" if count else "Heartbeat"
    elif len(record) == MOLD_HEADER:
        name = "Request"
    fields = (
        ("Session", record[:10].decode("latin-1").strip()),
        ("SequenceNumber", str(int.from_bytes(record[10:18], "big"))),
        ("MessageCount", str(count)),
    )
    return Description(name, name, tuple(FieldView(key, key, text) for key, text in fields))


def _in_packet(record: bytes) -> Iterator[tuple[int, bytes]]:
    """The messages of a packet, and where each begins in it."""
    at = MOLD_HEADER
    while at < len(record):
        begin = at + 2
        at = begin + (record[at] << 8 | record[at + 1])
        yield begin, record[begin:at]


def _length(data: bytes, at: int) -> int:
    """What a length of two bytes counts, with itself; 0 when it is not there yet."""
    return 2 + (data[at] << 8 | data[at + 1]) if len(data) >= at + 2 else 0


def wrong_message(raw: bytes, layouts: dict[bytes, Layout], name: str) -> str:
    """What is wrong with a message; empty for nothing."""
    layout = layouts.get(raw[:1])
    if layout is None:
        return f"a message of type {raw[:1].decode('latin-1')!r}, which {name} does not have"
    try:
        layout.decode(raw)
        layout.appended(raw)
    except BadMessage as bad:
        return str(bad)
    return ""


def time_in(raw: bytes, layout: Layout) -> int:
    """The first time that a message has, in nanoseconds since midnight; 0 where there is none."""
    for field in layout.fields:
        if field.kind == TIME:
            return int.from_bytes(raw[field.offset : field.offset + field.size], "big")
    return 0
