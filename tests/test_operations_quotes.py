"""Quotes over REST, in a whole simulator: listed, pulled, let in again, kept, and run again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec.msgpack import decode, encode

from exsim.model.amounts import UNIT
from exsim.model.quote_settings import QuoteSettings
from exsim.model.settings import Instrument, PricingSettings, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from exsim.wire.fix import FixMessage, utc_timestamp
from exsim.wire.fix import decode as fix_decode
from exsim.wire.fix import encode as fix_message
from exsim.wire.fix_frame import Framer
from tests.again import BOTH, check_again
from tests.fix_market import endpoint, session, wire
from tests.quote_market import told
from tests.simulator import MemorySimulator, RestTestCase

QUOTING = QuoteSettings(mmp_fills=1, rfq="makers", ioi="route", last_look=(10**9, UNIT // 2))


def configuration(quoting: QuoteSettings = QUOTING) -> Settings:
    """Venue V with sessions MM, a market maker who wants indications, and T."""
    instruments = (Instrument("AAA", reference=100 * UNIT), Instrument("BBB"))
    return Settings(
        venues=(VenueSettings("V", (), ("fixed",), instruments=instruments, quoting=quoting),),
        endpoints=(endpoint(),),
        sessions=(
            session("MM", market_maker="yes", receive_ioi="yes"),
            session("AWAY", market_maker="yes", receive_ioi="yes"),
            session("OTHER"),
            session("T"),
        ),
        pricing=(PricingSettings("fixed", "fixed", {}),),
        rest=None,
        durability="none",
    )


class Far:
    """The far end of a FIX session."""

    def __init__(self, memory: MemorySimulator, name: str) -> None:
        self._memory = memory
        self._name = name
        self._far = memory.connect("oe")
        self._framer = Framer()
        self._seq = 0
        self.send("A", "98=0|108=30|")

    def send(self, msg_type: str, body: str) -> list[FixMessage]:
        """Send a message; what came since the last call."""
        stamp = utc_timestamp(self._memory.now(), 0).decode()
        self._seq += 1
        head = f"35={msg_type}|34={self._seq}|49={self._name}|52={stamp}|56=XSIM|"
        self._far.peer.dataReceived(fix_message(b"FIX.4.4", wire(head + body)))
        return self.received()

    def received(self) -> list[FixMessage]:
        """What came since the last call."""
        self._framer.feed(self._far.transport.value())
        self._far.transport.clear()
        found = []
        while (data := self._framer.next()) is not None:
            assert isinstance(data, bytes), data
            found.append(fix_decode(data))
        return found

    def order(self, name: str, side: int, qty: int, price: int) -> list[FixMessage]:
        """Send a limit order for AAA."""
        stamp = utc_timestamp(self._memory.now(), 0).decode()
        body = f"11={name}|38={qty}|40=2|44={price}|54={side}|55=AAA|60={stamp}|"
        return self.send("D", body)


class QuoteTestCase(RestTestCase):
    """A simulator with a market maker and a taker."""

    def setUp(self) -> None:
        """Start it, with both logged on."""
        self.settings = configuration()
        self.start(self.settings, Catalogue())
        self.maker = Far(self.memory, "MM")
        self.taker = Far(self.memory, "T")

    def quote(self, name: str = "Q", symbol: str = "AAA") -> list[FixMessage]:
        """The market maker quotes."""
        return self.maker.send("S", f"117={name}|55={symbol}|132=99|133=101|134=10|135=20|")


class QuoteTests(QuoteTestCase):
    """The operations."""

    def test_list(self) -> None:
        """What is left of each quote, with its orders; by session and symbol."""
        self.quote()
        self.quote("B", "BBB")
        self.taker.order("1", 1, 5, 101)
        first, second = self.get("/venues/V/quotes")["items"]
        self.assertEqual(
            first,
            {
                "venue": "V",
                "session": "MM",
                "quote_id": "Q",
                "set_id": "",
                "entry_id": "",
                "symbol": "AAA",
                "account": "",
                "bid": "99",
                "offer": "101",
                "bid_size": "10",
                "offer_size": "15",
                "bid_order_id": "1",
                "offer_order_id": "2",
                "indicative": False,
            },
        )
        self.assertEqual(second["symbol"], "BBB")
        self.assertEqual(self.get("/venues/V/quotes?symbol=BBB")["items"], [second])
        self.assertEqual(self.get("/venues/V/quotes?session=T")["items"], [])
        page = self.get("/venues/V/quotes?limit=1")
        self.assertEqual(self.get(f"/venues/V/quotes?after={page['next']}")["items"], [second])
        self.get("/venues/V/quotes?symbol=NO", 404)

    def test_pull(self) -> None:
        """They are taken off the books, and their session is told."""
        self.quote()
        self.quote("B", "BBB")
        body = {"symbol": "AAA", "text": "a test"}
        self.assertEqual(self.post("/venues/V/quotes/pull", body), {"quotes": 1})
        (message,) = self.maker.received()
        self.assertEqual(told(message, "117 297 58"), "AI Q 6 a test")
        self.assertEqual(self.post("/venues/V/quotes/pull", {"session": "MM"}), {"quotes": 1})
        self.assertEqual(self.get("/venues/V/books/AAA")["bids"], [])

    def test_protection(self) -> None:
        """Who is kept out, until that is reset."""
        self.quote()
        for name in "12":
            self.taker.order(name, 1, 1, 101)
        (tripped,) = self.get("/venues/V/protection")["tripped"]
        self.assertEqual((tripped["session"], tripped["underlying"]), ("MM", "AAA"))
        self.assertEqual(told(self.quote()[-1], "297"), "AI 5")
        body = {"session": "MM", "underlying": "BBB"}
        self.assertEqual(len(self.post("/venues/V/protection/reset", body)["tripped"]), 1)
        found = self.post("/venues/V/protection/reset", {"session": "MM"})
        self.assertEqual(found, {"venue": "V", "tripped": []})
        self.assertEqual(told(self.quote()[-1], "297"), "AI 0")

    def test_roles(self) -> None:
        """Market makers are asked, and who wants indications gets them, if logged on."""
        other = Far(self.memory, "OTHER")
        self.taker.send("6", "23=I|28=N|55=AAA|54=1|27=L|")
        self.taker.send("R", "131=R|146=1|55=AAA|54=1|38=5|")
        self.assertEqual(other.received(), [])
        self.assertEqual(self.get("/sessions/AWAY")["next_out"], 1)
        found = [told(message, "23 131") for message in self.maker.received()]
        self.assertEqual(found, ["6 1 -", "R - R1"])


class AgainTests(QuoteTestCase):
    """A day with quotes is kept and run again."""

    def day(self) -> Any:
        """Some of everything; the state at its end."""
        self.quote()
        self.maker.send("i", "117=M|296=1|302=S|304=1|295=1|299=1|55=BBB|132=9|134=4|")
        self.taker.order("1", 1, 1, 101)
        self.taker.send("6", "23=I|28=N|55=AAA|54=1|27=L|")
        self.taker.send("R", "131=R|146=1|55=AAA|54=1|38=5|")
        self.maker.send("S", "131=R2|117=MINE|55=AAA|133=100|135=9|")
        stamp = utc_timestamp(self.memory.now(), 0).decode()
        self.taker.send("D", f"11=A|117=Q3|38=5|40=D|54=1|55=AAA|60={stamp}|")
        self.memory.reactor.advance(2)
        self.taker.order("2", 1, 1, 101)
        self.taker.order("3", 1, 1, 101)
        self.post("/venues/V/protection/reset", {"session": "MM"})
        self.quote("Q9")
        self.taker.send("R", "131=S|146=1|55=AAA|54=1|38=5|")
        return decode(encode(capture(self.memory.simulator)))

    def test_replay(self) -> None:
        """The journal run again makes the same bytes, and leaves the same state."""
        self.day()
        check_again(self, self.memory.simulator, self.settings, ways=BOTH)

    def test_restore(self) -> None:
        """A snapshot makes the same again, with the venue's settings from the configuration."""
        lived = self.day()
        simulator = inert(self.settings, Catalogue())
        restore(simulator, lived)
        self.assertEqual(decode(encode(capture(simulator))), lived)
        bare = replace(self.settings, venues=(), endpoints=(), sessions=())
        other = inert(bare, Catalogue())
        lived["configured"]["venues"] = {}  # made over REST, then
        restore(other, lived)
        venue = other.dispatcher.venues["V"]
        self.assertEqual(venue.settings.quoting, QUOTING)
