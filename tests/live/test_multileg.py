"""A spread over real sockets: orders of it trade with orders of its legs, and users make others."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.fix_client import FixClient

CONFIG = """
[venue:X]
policies = match
user_defined = yes
[instrument:X:ESZ6]
[instrument:X:ESH7]
[instrument:X:ES-CAL]
security_type = spread
legs = ESZ6:buy:1, ESH7:sell:1
implied = both
[endpoint:x]
venue = X
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
multileg_reports = both
"""
TAGS = "55 54 39 31 32 442"
CALENDAR = "555=2|600=ESZ6|623=1|624=1|600=ESH7|623=1|624=2|"
PAIR = "555=2|600=ESZ6|623=2|624=1|600=ESH7|623=1|624=2|"


def told(message: dict[str, str]) -> str:
    """Some fields of a report."""
    return " ".join([message.get(tag, "-") for tag in TAGS.split()])


class MultilegTests(SynchronousTestCase):
    """One simulator, a trader of legs and one of spreads."""

    def test_a_day(self) -> None:
        """Each has fills at own prices; REST shows what is implied, and the tape of each book."""
        path = Path(self.mktemp())
        path.write_text(CONFIG)
        with Simulator.spawn(path) as simulator:
            where = simulator.endpoints["x"]
            assert where.host is not None and where.port is not None
            address = (where.host, where.port)
            with (
                FixClient(address, "FIX.4.2", "LEGS") as legs,
                FixClient(address, "FIX.4.4", "SPREADS") as spreads,
            ):
                self.assertEqual(legs.log_on()["35"], "A")
                self.assertEqual(spreads.log_on()["35"], "A")
                for name, symbol, side, price in (("1", "ESZ6", 2, 100), ("2", "ESH7", 1, 98)):
                    legs.send(
                        "D",
                        f"11={name}|21=1|55={symbol}|54={side}|38=5|40=2|44={price}|60=NOW",
                    )
                    self.assertEqual(legs.receive()["39"], "0")
                book = simulator.get_book("X", "ES-CAL")
                assert book.implied_ask is not None
                self.assertEqual((book.implied_ask.price, book.implied_ask.quantity), ("2", "5"))
                spreads.send("AB", f"11=S|55=ES-CAL|54=1|38=3|40=2|44=4|60=NOW|{CALENDAR}")
                self.assertEqual(
                    [told(spreads.receive()) for _ in range(4)],
                    [
                        "ES-CAL 1 0 - - 3",
                        "ES-CAL 1 2 2 3 3",
                        "ESZ6 1 2 100 3 2",
                        "ESH7 2 2 98 3 2",
                    ],
                )
                self.assertEqual(told(legs.receive()), "ESZ6 2 1 100 3 -")
                self.assertEqual(told(legs.receive()), "ESH7 1 1 98 3 -")
                spreads.send("AB", f"11=T|55=[N/A]|54=1|38=1|40=2|44=-7|60=NOW|{PAIR}")
                self.assertEqual(told(spreads.receive()), "UDS1 1 0 - - 3")
                trades = simulator.list_trades("X").items
                self.assertEqual(
                    [(each.symbol, each.price) for each in trades],
                    [("ES-CAL", "2"), ("ESZ6", "100"), ("ESH7", "98")],
                )
