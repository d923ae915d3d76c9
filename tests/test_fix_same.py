"""FIX on the whole exchange: the same bytes at the same times give the same bytes back."""

from __future__ import annotations

import random
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.services.tree import build_exchange
from exsim.wire.fix import encode, utc_timestamp

ETC = Path(__file__).resolve().parent.parent / "etc"
SECOND = 10**9
START = 1_700_000_000 * SECOND
VERSIONS = ("FIX.4.2", "FIX.4.4", "FIXT.1.1")


def day(seed: int, cut: int) -> tuple[list[bytes], list[tuple[object, ...]]]:
    """What each counterparty was sent, and the journal; bytes come in pieces of ``cut``."""
    lot = random.Random(seed)
    settings = load(
        str(ETC / "exsim.ini"), ["venue:XSIM.policies=delay, match", *DELAY], Catalogue()
    )
    exchange, _ = build_exchange(settings, Catalogue())
    endpoint = exchange.endpoints["order-entry"]
    connections = [exchange.connected(endpoint, "peer", START) for _ in VERSIONS]
    heard = [b"", b"", b""]
    numbers = [0, 0, 0]
    now = START

    def send(who: int, msg_type: str, body: str) -> None:
        numbers[who] += 1
        time = utc_timestamp(now, 3).decode()
        head = f"35={msg_type}|34={numbers[who]}|49=C{who}|52={time}|56=XSIM|"
        text = f"{head}{body}".replace("NOW", time).replace("|", "\x01")
        data = encode(VERSIONS[who].encode(), text.encode())
        for begin in range(0, len(data), cut):
            exchange.received(endpoint, connections[who], data[begin : begin + cut], now)
        for each, connection in enumerate(connections):
            heard[each] += connection.data_to_send()

    for who, version in enumerate(VERSIONS):
        send(who, "A", "98=0|108=30|" + ("1137=9|" if version == "FIXT.1.1" else ""))
    for number in range(300):
        now += lot.randint(0, SECOND // 10)
        who, side = lot.randrange(3), lot.choice("12")
        terms = f"55=AAA|54={side}|60=NOW|"
        if lot.random() < 0.2:
            send(who, "F", f"11=c{number}|41={lot.randint(0, number)}|38=1|{terms}")
        elif lot.random() < 0.1:
            send(who, "2", "7=1|16=0|")
        else:
            price = f"{99 + lot.randint(0, 200) / 100:.2f}"
            send(who, "D", f"11={number}|21=1|38={lot.randint(1, 9)}|40=2|44={price}|{terms}")
    journal = [
        (e.seq, e.time, e.kind, e.origin, e.session, e.data) for e in exchange.journal.entries(0)
    ]
    return heard, list(journal)


class SameAgainTests(SynchronousTestCase):
    """A random but seeded day of three counterparties, each of another version."""

    def test_same(self) -> None:
        """Twice the same seed, twice the same bytes, however they are cut; else another day."""
        heard, journal = day(1, 10_000)
        self.assertGreater(sum(map(len, heard)), 100_000)
        self.assertIn(b"\x0135=8\x01", heard[2])
        self.assertEqual((heard, journal), day(1, 10_000))
        self.assertEqual(heard, day(1, 7)[0])
        self.assertNotEqual(heard, day(2, 10_000)[0])


DELAY = [
    "policy:delay.kind=delay",
    "policy:delay.time=50ms",
    "policy:delay.jitter=100ms",
    "policy:delay.probability=30%",
]
