"""Instruments, limits, participants and fees from an ini to the wire: FIX, without a socket."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.services.endpoints import PeerFactory
from exsim.services.peer import Peer
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.simulator import MemorySimulator

INI = """\
[exsim]
durability = none
[venue:X]
price_band = 10%
stp = cancel-newest
stp_by = firm
short_sale = locate
[instrument:X:AAA]
isin = US0000000001
ric = AAA.N
reference = 100
ticks = 0:0.01, 100:0.05
[account:X:HOUSE]
firm = ACME
max_position = 100
[fees:X:standard]
maker = -0.002/share
taker = 0.003/share
[endpoint:oe]
venue = X
protocol = fix
listen = tcp:0
comp_id = X
accept_any_logon = yes
cancel_on_disconnect = yes
cancel_grace = 5s
[session:ALPHA]
endpoint = oe
report_fees = commission
firm = ACME
cancel_on_logout = yes
[session:BETA]
endpoint = oe
report_fees = misc-fees
firm = ACME
act_for = firm
cancel_on_disconnect = no
[session:LAX]
endpoint = oe
validate = no
[session:GAMMA]
endpoint = oe
cancel_grace = 0s
"""


class Counterparty:
    """A FIX client of a simulator in memory."""

    def __init__(self, memory: MemorySimulator, name: str, version: str = "FIX.4.4") -> None:
        peer = PeerFactory(memory.service("oe")).buildProtocol(None)
        assert isinstance(peer, Peer)
        self.peer = peer
        self.transport = StringTransport()
        peer.makeConnection(self.transport)
        self._memory = memory
        self._name = name
        self._version = version
        self._seq = 0
        self._framer = Framer()
        self.send("A", "98=0|108=0|141=Y|")

    def send(self, msg_type: str, body: str) -> list[FixMessage]:
        """Send a message; all that came since the last call."""
        self._seq += 1
        stamp = utc_timestamp(self._memory.now(), 0).decode()
        head = f"35={msg_type}|34={self._seq}|49={self._name}|52={stamp}|56=X|"
        text = (head + body).replace("|", "\x01").encode()
        self.peer.dataReceived(encode(self._version.encode(), text))
        return self.read()

    def read(self) -> list[FixMessage]:
        """What came since the last call."""
        self._framer.feed(self.transport.value())
        self.transport.clear()
        found = []
        while (data := self._framer.next()) is not None:
            assert isinstance(data, bytes), data
            found.append(decode(data))
        return found

    def order(self, cl_ord_id: str, more: str, what: str = "55=AAA|") -> list[FixMessage]:
        """Enter a limit order."""
        stamp = utc_timestamp(self._memory.now(), 0).decode()
        return self.send("D", f"11={cl_ord_id}|21=1|40=2|{what}60={stamp}|{more}")

    def lose(self) -> None:
        """Lose the connection."""
        self.peer.connectionLost(Failure(ConnectionDone()))


def told(messages: list[FixMessage]) -> list[str]:
    """ClOrdID, ExecType and Text of reports."""
    return [
        " ".join(m.fields[tag].decode() for tag in (b"11", b"150", b"58") if tag in m.fields)
        for m in messages
    ]


class WireCase(SynchronousTestCase):
    """A simulator on INI."""

    def setUp(self) -> None:
        """Start it."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "x.ini").write_text(INI, encoding="utf-8")
        self.settings = load(str(folder / "x.ini"), (), Catalogue())
        self.memory = MemorySimulator(self.settings, Catalogue())
        self.addCleanup(self.memory.stop)

    def open_orders(self) -> list[str]:
        """The ClOrdIDs of those that are open."""
        venue = self.memory.exchange.dispatcher.venue("X")
        return [order.terms.cl_ord_id for order in venue.orders.all() if order.open]

    def run_again(self) -> None:
        """The day again from its journal: every entry is the same."""
        entries = list(self.memory.exchange.journal.entries(0))
        replay = Replay(inert(self.settings, Catalogue()), entries, 1, 0)
        difference = replay.run()
        self.assertIs(difference, None, difference and difference.text())


class InstrumentTests(WireCase):
    """What an order names, and its ticks."""

    def test_identifiers(self) -> None:
        """By ISIN and RIC, with Symbol [N/A] or without one; reports have the symbol."""
        alpha = Counterparty(self.memory, "ALPHA")
        for number, what in enumerate(
            ("48=US0000000001|22=4|", "48=AAA.N|22=5|", "55=[N/A]|48=US0000000001|22=4|")
        ):
            (report,) = alpha.order(f"a{number}", "38=1|44=99|54=1|", what)
            self.assertEqual((report.fields[b"150"], report.fields[b"55"]), (b"0", b"AAA"))
        (report,) = alpha.order("b", "38=1|44=99|54=1|", "48=US0000000009|22=4|")
        self.assertEqual(report.fields[b"103"], b"1")
        self.assertEqual(report.fields[b"58"], b"unknown symbol '4:US0000000009'")
        (replaced,) = alpha.send(
            "G", "11=c|41=a0|38=2|40=2|44=98|54=1|21=1|48=AAA.N|22=5|60=20240102-03:04:05|"
        )
        self.assertEqual(replaced.fields[b"150"], b"5")
        self.run_again()

    def test_needed(self) -> None:
        """A version that requires Symbol still does; others want one of the two."""
        old = Counterparty(self.memory, "OLD", "FIX.4.2")
        (reject,) = old.order("a", "38=1|44=99|54=1|", "48=US0000000001|22=4|")
        self.assertEqual((reject.msg_type, reject.fields[b"371"]), (b"3", b"55"))
        new = Counterparty(self.memory, "NEW")
        (reject,) = new.order("a", "38=1|44=99|54=1|", "")
        self.assertEqual((reject.msg_type, reject.fields[b"380"]), (b"j", b"5"))
        self.assertIn(b"(55)", reject.fields[b"58"])

    def test_needed_where_nothing_is_validated(self) -> None:
        """The same without a dictionary."""
        old = Counterparty(self.memory, "LAX", "FIX.4.2")
        (reject,) = old.order("a", "38=1|44=99|54=1|", "48=US0000000001|22=4|")
        self.assertEqual((reject.msg_type, reject.fields[b"371"]), (b"3", b"55"))
        self.assertEqual(len(old.order("b", "38=1|44=99|54=1|")), 1)

    def test_ticks(self) -> None:
        """Finer below 100 than from there on."""
        alpha = Counterparty(self.memory, "ALPHA")
        for price, expected in (("99.99", b"0"), ("100.01", b"8"), ("100.05", b"0")):
            (report,) = alpha.order(f"p{price}", f"38=1|44={price}|54=1|")
            self.assertEqual(report.fields[b"150"], expected, price)
        (report,) = alpha.order("x", "38=1|44=99.995|54=1|")
        text = b"price 99.995 is no multiple of the tick 0.01"
        self.assertEqual(report.fields[b"58"], text)


class LimitTests(WireCase):
    """Limits, as reports tell them."""

    def test_band_and_position(self) -> None:
        """The rule and its numbers are in Text."""
        alpha = Counterparty(self.memory, "ALPHA")
        (report,) = alpha.order("a", "38=1|44=111|54=1|")
        text = "price_band: price 111 is not from 90 to 110, 10% around the reference price"
        self.assertEqual(told([report]), [f"a 8 {text}"])
        self.assertEqual(alpha.order("b", "1=HOUSE|38=100|44=99|54=1|")[0].fields[b"150"], b"0")
        (report,) = alpha.order("c", "1=HOUSE|38=1|44=99|54=1|")
        text = "max_position: the position in AAA might come to 101, above 100"
        self.assertEqual(told([report]), [f"c 8 {text}"])

    def test_locate(self) -> None:
        """LocateReqd(114) N, or a broker's 5700, is a locate."""
        alpha = Counterparty(self.memory, "ALPHA")
        for name, more, expected in (
            ("a", "", b"8"),
            ("b", "114=Y|", b"8"),
            ("c", "114=N|", b"0"),
            ("d", "5700=BROKER|", b"0"),
        ):
            (report,) = alpha.order(name, f"38=1|44=105|54=5|{more}")
            self.assertEqual(report.fields[b"150"], expected, name)


class FeeTests(WireCase):
    """What fills cost, in the form that a session asks for."""

    def test_fees(self) -> None:
        """Commission, MiscFees, or nothing; no fee on other reports."""
        alpha = Counterparty(self.memory, "ALPHA")
        gamma = Counterparty(self.memory, "GAMMA")
        alpha.order("a", "1=X|38=50|44=99|54=1|")
        fills = gamma.order("g", "1=Y|38=50|44=99|54=2|")
        self.assertNotIn(b"12", fills[1].fields)
        (fill,) = alpha.read()
        self.assertEqual((fill.fields[b"12"], fill.fields[b"13"]), (b"-0.1", b"3"))
        beta = Counterparty(self.memory, "BETA")
        gamma.order("h", "1=Y|38=50|44=99|54=1|")
        new, fill = beta.order("b", "1=Z|38=50|44=99|54=2|")
        self.assertNotIn(b"136", new.fields)
        found = [fill.fields[tag] for tag in (b"136", b"137", b"139")]
        self.assertEqual(found, [b"1", b"0.15", b"4"])
        self.run_again()

    def test_version_without_the_group(self) -> None:
        """Its reports have Commission."""
        beta = Counterparty(self.memory, "BETA", "FIX.4.2")
        gamma = Counterparty(self.memory, "GAMMA")
        gamma.order("h", "1=Y|38=50|44=99|54=1|")
        _, fill = beta.order("b", "1=Z|38=50|44=99|54=2|")
        self.assertEqual((fill.fields[b"12"], fill.fields[b"13"]), (b"0.15", b"3"))


class SessionTests(WireCase):
    """Sessions that go, and those that act for others."""

    def test_grace(self) -> None:
        """Lost, and not back in 5 s: the orders go, and the counterparty hears of it later."""
        alpha = Counterparty(self.memory, "ALPHA")
        alpha.order("a", "38=1|44=99|54=1|")
        alpha.lose()
        self.memory.reactor.advance(4.9)
        self.assertEqual(self.open_orders(), ["a"])
        kept = capture(self.memory.simulator)
        self.memory.reactor.advance(0.2)
        self.assertEqual(self.open_orders(), [])
        self.run_again()
        restored = inert(self.settings, Catalogue())
        restore(restored, kept)
        (task,) = restored.dispatcher.venue("X").agenda.tasks()
        self.assertEqual(task[2].session, "ALPHA")  # type: ignore[union-attr]

    def test_back_in_time(self) -> None:
        """The orders stay."""
        alpha = Counterparty(self.memory, "ALPHA")
        alpha.order("a", "38=1|44=99|54=1|")
        alpha.lose()
        self.memory.reactor.advance(4.9)
        Counterparty(self.memory, "ALPHA")
        self.memory.reactor.advance(10)
        self.assertEqual(self.open_orders(), ["a"])
        self.run_again()

    def test_at_once(self) -> None:
        """Without a grace time, also of a session that nobody configured."""
        gamma = Counterparty(self.memory, "GAMMA")
        gamma.order("g", "38=1|44=99|54=1|")
        anybody = Counterparty(self.memory, "ANY")
        anybody.order("x", "38=1|44=99|54=1|")
        gamma.lose()
        anybody.lose()
        self.assertEqual(self.open_orders(), ["x"])
        self.memory.reactor.advance(5)
        self.assertEqual(self.open_orders(), [])

    def test_logout(self) -> None:
        """Is another thing: only ALPHA loses its orders by it, and BETA never does."""
        for name in ("ALPHA", "BETA", "GAMMA"):
            one = Counterparty(self.memory, name)
            one.order(name[0], "38=1|44=99|54=1|")
            one.send("5", "")
            one.lose()
        self.memory.reactor.advance(10)
        self.assertEqual(self.open_orders(), ["B", "G"])
        beta = Counterparty(self.memory, "BETA")
        beta.order("c", "18=o|38=1|44=99|54=1|")
        beta.lose()
        self.memory.reactor.advance(10)
        self.assertEqual(self.open_orders(), ["B", "G"])
        self.run_again()

    def test_self_trades(self) -> None:
        """Those of one firm do not trade with each other; a group that orders name goes before."""
        alpha = Counterparty(self.memory, "ALPHA")
        beta = Counterparty(self.memory, "BETA")
        alpha.order("a", "38=1|44=99|54=1|")
        _, gone = beta.order("b", "38=1|44=99|54=2|")
        self.assertEqual(told([gone]), ["b 4 the order would trade with its own side"])
        self.assertEqual(self.open_orders(), ["a"])
        _, fill = beta.order("c", "38=1|44=99|54=2|22362=other|")
        self.assertEqual(fill.fields[b"150"], b"F")
        self.run_again()

    def test_acting_for_another(self) -> None:
        """BETA cancels an order of its firm, and ALPHA may not do the same."""
        alpha = Counterparty(self.memory, "ALPHA")
        beta = Counterparty(self.memory, "BETA")
        (new,) = alpha.order("a", "38=1|44=99|54=1|")
        number = new.fields[b"37"].decode()
        cancel = f"11=x|41=a|37={number}|54=1|55=AAA|60=20240102-03:04:05|"
        # OrigClOrdID(41) is the other session's, so that OrderID alone says which order it is
        (report,) = beta.send("F", cancel)
        self.assertEqual(told([report]), ["x 4 session BETA canceled it"])
        self.assertEqual(told(alpha.read()), ["a 4 session BETA canceled it"])
        (new,) = beta.order("b", "38=1|44=99|54=1|")
        cancel = cancel.replace(f"37={number}|", f"37={new.fields[b'37'].decode()}|")
        (refused,) = alpha.send("F", cancel.replace("11=x|", "11=y|").replace("41=a|", "41=b|"))
        self.assertEqual(refused.fields[b"102"], b"1")
        self.run_again()
