"""Three venues on one price over real sockets: FIX at each, REST for all, and the journal again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from tests.fix_client import FixClient

ROOT = Path(__file__).parent.parent.parent
INI = ROOT / "examples" / "venues.ini"
SYMBOLS = {"XSIM": "ZIG", "YSIM": "ZIG", "ZSIM": "ZIG.Z"}
BID, OFFER = "0", "1"


class VenuesTests(SynchronousTestCase):
    """The example's configuration."""

    def client(self, sim: SpawnedSimulator, venue: str, what: str) -> FixClient:
        """A session at an endpoint of a venue, logged on."""
        address = sim.endpoints[f"{venue[0].lower()}-{what}"]
        assert address.port is not None
        client = FixClient((address.host, address.port), "FIX.4.4", "ROUTER", venue)
        self.addCleanup(client.__exit__, None, None, None)
        client.log_on()
        return client

    def until(self, said: Callable[[], bool]) -> None:
        """Wait until something holds."""
        last = time.monotonic() + 20
        while not said():
            self.assertLess(time.monotonic(), last, "it never came to that")
            time.sleep(0.05)

    def best(self, data: dict[str, FixClient], kind: str) -> dict[str, Decimal]:
        """The best bid, or offer, of each venue, by its market data."""
        found = {}
        for venue, client in data.items():
            client.send("V", f"262=1|263=0|264=1|267=1|269={kind}|146=1|55={SYMBOLS[venue]}|")
            told = client.receive()
            self.assertEqual((told["35"], told["269"]), ("W", kind))
            found[venue] = Decimal(told["270"])
        return found

    def quiet(self, sim: SpawnedSimulator) -> bool:
        """Whether all offers are where they are to be: that of YSIM a tick below the others."""
        view = sim.get_consolidated("ZIG")
        offers = [Decimal(venue.ask.price) for venue in view.venues if venue.ask is not None]
        return len(offers) == 3 and offers[0] == offers[2] == offers[1] + Decimal("0.01")

    def test_router(self) -> None:
        """A client reads three markets, and takes the best price; books cross where they are to."""
        folder = Path(self.mktemp()).absolute()
        with Simulator.spawn(INI, [f"exsim.data_dir={folder}"]) as sim:
            sim.stop_source("XSIM", "model")  # whoever compares needs a market that stands still
            sim.change_source("YSIM", "near", parameters={"correlation": "100%", "offset": "-1"})
            self.until(lambda: self.quiet(sim))
            data = {venue: self.client(sim, venue, "data") for venue in SYMBOLS}
            self.take(sim, self.best(data, OFFER))
            sim.change_source("YSIM", "near", parameters={"relation": "crossed", "cross": "2"})
            self.until(lambda: sim.get_consolidated("ZIG").crossed)
            bids, offers = self.best(data, BID), self.best(data, OFFER)
            self.assertEqual(bids["YSIM"] - offers["XSIM"], Decimal("0.02"))
            sim.set_phase("YSIM", phase="closed")
            self.assertFalse(sim.get_consolidated("ZIG").crossed)
            listed = self.exsim("ctl", "--url", sim.url, "get-consolidated", "ZIG")
            self.assertIn("closed", listed)
        command = ("replay", str(folder), "-c", str(INI), "--json")
        self.assertTrue(json.loads(self.exsim(*command))["same"])

    def take(self, sim: SpawnedSimulator, offers: dict[str, Decimal]) -> None:
        """Buy where market data has the best offer, which REST has, too."""
        cheapest = min(offers, key=lambda venue: offers[venue])
        view = sim.get_consolidated("XS0000000017")
        assert view.best_ask is not None
        self.assertEqual([share.venue for share in view.best_ask.venues], [cheapest])
        self.assertEqual(Decimal(view.best_ask.price), offers[cheapest])
        orders = self.client(sim, cheapest, "orders")
        terms = f"55={SYMBOLS[cheapest]}|54=1|38=10|40=2|44={offers[cheapest]}|59=3"
        orders.send("D", f"11=1|{terms}|60=NOW|")
        self.assertEqual(orders.receive()["150"], "0")
        fill = orders.receive()
        self.assertEqual((fill["150"], Decimal(fill["31"])), ("F", offers[cheapest]))

    def exsim(self, *arguments: str) -> str:
        """What a command of exsim prints."""
        command = [sys.executable, "-m", "exsim", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout
