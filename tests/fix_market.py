"""A FIX endpoint without a socket, and a counterparty of it, for tests."""

from __future__ import annotations

from collections.abc import Iterator

from exsim.config.dictionaries import standard
from exsim.config.fix_xml import read_xml
from exsim.model.codes import OrdStatus, ReportKind
from exsim.model.events import Report
from exsim.model.options import read_options
from exsim.model.requests import NewOrder, Request
from exsim.model.settings import EndpointSettings, SessionSettings
from exsim.protocols.fix import FixProtocol
from exsim.protocols.fix_acceptor import FixAcceptor
from exsim.protocols.fix_connections import MappedConnection
from exsim.protocols.fix_sessions import MappedSession
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer

UNIT = 10**8
SECOND = 10**9
NOW = 1_704_164_645_000_000_000  # 2024-01-02 03:04:05
PROTOCOL = FixProtocol(standard, read_xml)

ORDER = "11=C1|21=1|38=100|40=2|44=10.25|54=1|55=AAA|60=20240102-03:04:05|"


def wire(text: str) -> bytes:
    """Bytes of fields written with ``|`` for the delimiter."""
    return text.replace("|", "\x01").encode("latin-1")


def readable(data: bytes) -> str:
    """The other way."""
    return data.decode("latin-1").replace("\x01", "|")


def endpoint(**keys: str) -> EndpointSettings:
    """An endpoint where we are XSIM, with these keys; messages are not validated for once."""
    given = {"comp_id": "XSIM", "validate": "no", **keys}
    options = read_options(PROTOCOL.endpoint_options, given)
    return EndpointSettings("oe", "V", "fix", "tcp:0", options=options)


def session(name: str, **keys: str) -> SessionSettings:
    """A session with these keys, whose messages are not validated either."""
    given = {"validate": "no", **keys}
    return SessionSettings(name, "oe", options=read_options(PROTOCOL.session_options, given))


class Market:
    """An endpoint with its journal."""

    def __init__(self, *sessions: SessionSettings, **keys: str) -> None:
        self.journal: list[tuple[int, str, bytes]] = []
        self.taken: dict[str, None] = {}
        self.acceptor: FixAcceptor = PROTOCOL.acceptor(
            endpoint(**keys), sessions, self.record, self.taken
        )

    def record(self, time: int, kind: int, session: str, data: bytes) -> int:
        """Keep an entry."""
        self.journal.append((kind, session, data))
        return len(self.journal)


class Client:
    """A counterparty: it numbers and sends, and decodes what it gets."""

    def __init__(
        self,
        acceptor: FixAcceptor,
        name: str = "CLIENT",
        version: str = "FIX.4.2",
        appl_ver_id: str = "9",
        target: str = "XSIM",
    ) -> None:
        self.connection: MappedConnection = acceptor.connect("127.0.0.1:999", NOW)
        self.name = name
        self.version = version
        self.target = target
        self.appl_ver_id = appl_ver_id
        self.seq = 1
        self._framer = Framer()

    def message(self, msg_type: str, body: str, header: str = "") -> bytes:
        """The next message to send."""
        stamp = utc_timestamp(NOW, 0).decode()
        head = f"35={msg_type}|34={self.seq}|49={self.name}|52={stamp}|56={self.target}|"
        self.seq += 1
        return encode(self.version.encode(), wire(f"{head}{header}{body}"))

    def logon(self, extra: str = "") -> list[FixMessage]:
        """Log on; what is answered."""
        fixt = f"1137={self.appl_ver_id}|" if self.version == "FIXT.1.1" else ""
        self.send("A", f"98=0|108=30|{extra}{fixt}")
        return self.received()

    def send(self, msg_type: str, body: str, header: str = "") -> list[Request]:
        """Send a message; the requests that come of it."""
        return self.feed(self.message(msg_type, body, header))

    def feed(self, data: bytes) -> list[Request]:
        """Send bytes; the requests that come of them."""
        return list(self.requests(data))

    def requests(self, data: bytes) -> Iterator[Request]:
        """The same one by one: each may be answered before the next is read."""
        self.connection.receive(data, NOW)
        while (request := self.connection.next_request(NOW)) is not None:
            yield request

    def received(self) -> list[FixMessage]:
        """What was sent to it."""
        self._framer.feed(self.connection.data_to_send())
        messages = []
        while (data := self._framer.next()) is not None:
            assert isinstance(data, bytes), data
            messages.append(decode(data))
        return messages

    @property
    def session(self) -> MappedSession:
        """Its session on the other side."""
        assert self.connection.session is not None
        return self.connection.session


def logged_on(version: str = "FIX.4.2", appl_ver_id: str = "9", **keys: str) -> Client:
    """A counterparty that has logged on to an endpoint where any may."""
    market = Market(accept_any_logon="yes", **keys)
    client = Client(market.acceptor, version=version, appl_ver_id=appl_ver_id)
    assert [message.msg_type for message in client.logon()] == [b"A"]
    return client


def fill(order: NewOrder) -> Report:
    """A report that 40 of an order were filled at 10.20."""
    return Report(
        ReportKind.FILL,
        order.session,
        order,
        "17",
        "23",
        order.cl_ord_id,
        OrdStatus.PARTIALLY_FILLED,
        40 * UNIT,
        60 * UNIT,
        1020 * UNIT // 100,
        NOW,
        40 * UNIT,
        1020 * UNIT // 100,
    )


def order_of(requests: list[Request]) -> NewOrder:
    """The one order among these requests."""
    (order,) = requests
    assert isinstance(order, NewOrder)
    return order
