"""One instrument at several venues: which are the same, and their books as one, over REST."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import only_venue
from exsim.control.access import Access
from exsim.control.resource import make_site
from exsim.errors import Conflict, NotFound
from exsim.services.front.control import Front
from exsim.services.front.fleet import Fleet
from exsim.services.same_instruments import Instruments, Listed, the_one
from exsim.services.watch import Watch
from tests.amount import amount
from tests.front_fakes import MemoryVenue
from tests.simulator import MemorySimulator
from tests.venues_case import VenuesCase

THREE = """
[venue:Y]
pricing = like
[venue:Z]
[instrument:Y:AAA]
[instrument:Z:A.Z]
isin = US0378331005
tick = 0.05
[instrument:Z:ZZZ]
currency = EUR
[instrument:Y:ZZZ]
[pricing:like]
source = follower
leader = X
[fees:X:base]
maker = -0.002/share
taker = 0.003/share
[fees:X:big]
taker = 1bp
volume = 1000
[fees:Z:base]
taker = 1.50/order
"""
VENUES = "XYZ"
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(VENUES),
        st.sampled_from(("BUY", "SELL")),
        st.integers(1, 9),
        st.integers(1995, 2005),
    ),
    max_size=25,
)


def listed(text: str) -> Listed:
    """``venue symbol currency identifiers``."""
    venue, symbol, currency, *identifiers = text.split()
    return Listed(venue, symbol, currency, tuple(identifiers))


def together(*texts: str) -> list[str]:
    """Those that are the same, each as venue and symbol."""
    found = Instruments(listed(text) for text in texts).all
    return [" ".join(f"{one.venue}:{one.symbol}" for one in same.listed) for same in found]


class SameTests(SynchronousTestCase):
    """Which instruments are the same."""

    def test_symbols(self) -> None:
        """Those of one symbol and currency."""
        self.assertEqual(
            together("X A USD", "X B USD", "Y A USD", "Z A EUR"), ["X:A Y:A", "X:B", "Z:A"]
        )

    def test_identifiers(self) -> None:
        """What has one in common is the same by any symbol; RIC and exchange symbol say nothing."""
        self.assertEqual(
            together("X A USD 4:I1", "Y B USD 4:I1", "Z B USD 4:I2", "W A USD"),
            ["X:A Y:B W:A", "Z:B"],
        )
        self.assertEqual(together("X A USD 5:R 8:E", "Y B USD 5:R 8:E"), ["X:A", "Y:B"])
        self.assertEqual(together("X A USD 4:I1", "Y B EUR 4:I1"), ["X:A", "Y:B"])

    def test_contradiction(self) -> None:
        """One symbol, but another ISIN or CUSIP; SEDOL and FIGI differ from market to market."""
        self.assertEqual(together("X A USD 4:I1", "Y A USD 4:I2"), ["X:A", "Y:A"])
        self.assertEqual(together("X A USD 1:C1", "Y A USD 1:C2"), ["X:A", "Y:A"])
        self.assertEqual(together("X A USD 2:S1 S:F1", "Y A USD 2:S2 S:F2"), ["X:A Y:A"])

    def test_bridge(self) -> None:
        """What has identifiers of two makes these the same, and they are found by all names."""
        texts = ("X A USD 4:I1", "Y B USD 1:C1", "Z C USD 4:I1 1:C1", "W B USD")
        self.assertEqual(together(*texts), ["X:A Z:C Y:B W:B"])
        known = Instruments(listed(text) for text in texts)
        for name in ("A", "B", "C", "4:I1", "1:C1", "I1", "C1"):
            self.assertEqual(len(known.find(name)), 1, name)
            self.assertEqual(known.find(name)[0].symbol, "A")

    def test_the_one(self) -> None:
        """What may be several is told; a currency or an identifier says which."""
        known = Instruments(map(listed, ("X A USD 4:I1", "Y A USD 4:I2", "Z A EUR", "W B USD")))
        with self.assertRaises(Conflict) as caught:
            the_one(known.find("A"), "A", "")
        self.assertIn("(USD 4:I1 at X; USD 4:I2 at Y; EUR at Z)", str(caught.exception))
        self.assertEqual(the_one(known.find("A", "EUR"), "A", "EUR").listed[0].venue, "Z")
        self.assertEqual(the_one(known.find("4:I2"), "4:I2", "").listed[0].venue, "Y")
        for name, currency in (("C", ""), ("B", "EUR")):
            with self.assertRaises(NotFound):
                the_one(known.find(name, currency), name, currency)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from("AB"),
                st.sampled_from(("USD", "EUR")),
                st.sets(st.sampled_from(("4:I1", "4:I2", "2:S1", "2:S2", "S:F1")), max_size=2),
            ),
            max_size=8,
        )
    )
    def test_any(self, given_: list[tuple[str, str, set[str]]]) -> None:
        """Each is once in what is found, with its own currency and no other ISIN."""
        instruments = [
            Listed(f"V{number}", symbol, currency, tuple(sorted(identifiers)))
            for number, (symbol, currency, identifiers) in enumerate(given_)
            if not {"4:I1", "4:I2"} <= identifiers
        ]
        known = Instruments(instruments)
        self.assertEqual(
            sorted(one for same in known.all for one in same.listed), sorted(instruments)
        )
        for same in known.all:
            self.assertEqual({one.currency for one in same.listed}, {same.currency})
            codes = {each for each in same.identifiers if each.startswith("4:")}
            self.assertLessEqual(len(codes), 1)
            for one in same.listed:
                for name in (one.symbol, *one.identifiers):
                    self.assertIn(same, known.find(name))
        for isin in ("4:I1", "4:I2"):
            self.assertLessEqual(len(known.find(isin, "USD")), 1)


Levels = list[tuple[Decimal, Decimal, dict[str, str]]]
"""Prices, quantities, and those of the venues."""


def naive(books: dict[str, Any], side: str, depth: int) -> Levels:
    """Levels of books put together."""
    found: dict[Decimal, dict[str, str]] = {}
    for venue, book in books.items():
        for level in book[side]:
            found.setdefault(Decimal(level["price"]), {})[venue] = level["quantity"]
    prices = sorted(found, reverse=side == "bids")[:depth]
    return [
        (each, Decimal(sum(map(Decimal, found[each].values()))), found[each]) for each in prices
    ]


class ViewTests(VenuesCase):
    """Over REST."""

    def setUp(self) -> None:
        """AAA at X and Y, A.Z at Z; at Y it follows X."""
        self.begin_with(THREE, isin="US0378331005")

    def enter(self, venue: str, side: str, quantity: int, price: str, account: str = "") -> None:
        """An order over REST."""
        symbol = "A.Z" if venue == "Z" else "AAA"
        body = {"symbol": symbol, "side": side, "quantity": str(quantity), "price": price}
        self.post(f"/venues/{venue}/orders", {**body, "account": account})

    def view(self, name: str = "AAA", query: str = "") -> Any:
        """What is told."""
        return self.get(f"/consolidated/{name}{query}")

    def test_levels(self) -> None:
        """Prices of all venues, and who has how much; the best apart, even with a depth of 1."""
        self.enter("X", "BUY", 5, "99.95")
        self.enter("Z", "BUY", 7, "99.95")
        self.enter("Z", "BUY", 1, "99.95")
        self.enter("Y", "BUY", 2, "99.9")
        self.enter("Y", "SELL", 3, "100")
        self.enter("X", "SELL", 4, "100.01")
        told = self.view()
        bid = {
            "price": "99.95",
            "quantity": "13",
            "orders": 3,
            "venues": [
                {"venue": "X", "symbol": "AAA", "quantity": "5", "orders": 1},
                {"venue": "Z", "symbol": "A.Z", "quantity": "8", "orders": 2},
            ],
        }
        self.assertEqual((told["best_bid"], told["bids"][0]), (bid, bid))
        self.assertEqual([each["price"] for each in told["bids"]], ["99.95", "99.9"])
        self.assertEqual([each["price"] for each in told["asks"]], ["100", "100.01"])
        self.assertEqual((told["locked"], told["crossed"]), (False, False))
        self.assertEqual((told["symbol"], told["currency"]), ("AAA", "USD"))
        self.assertEqual(told["identifiers"], ["4:US0378331005"])
        self.assertEqual([each["venue"] for each in told["venues"]], ["X", "Y", "Z"])
        short = self.view(query="?depth=1")
        self.assertEqual((short["bids"], short["best_ask"]), ([bid], told["asks"][0]))

    def test_names(self) -> None:
        """By each symbol, and by the identifier with its kind and without."""
        for name in ("AAA", "A.Z", "4:US0378331005", "US0378331005"):
            self.assertEqual(self.view(name), self.view())
        why = self.get("/consolidated/ZZZ", 409)["detail"]
        self.assertIn("(USD at Y; EUR at Z)", why)
        self.assertEqual(self.view("ZZZ", "?currency=EUR")["venues"][0]["venue"], "Z")
        self.assertIn("no venue lists", self.get("/consolidated/NONE", 404)["detail"])

    def test_meeting(self) -> None:
        """A bid of one venue at an offer of another locks, above it crosses."""
        self.enter("X", "SELL", 1, "100")
        self.enter("Z", "BUY", 1, "100")
        self.assertEqual((self.view()["locked"], self.view()["crossed"]), (True, False))
        self.enter("Z", "BUY", 1, "100.05")
        self.assertEqual((self.view()["locked"], self.view()["crossed"]), (False, True))

    def test_states(self) -> None:
        """A venue that is closed or halted has no levels; its best prices are told all the same."""
        self.enter("X", "BUY", 1, "99")
        self.enter("Y", "BUY", 1, "100")
        for body, path, state in (
            ({"phase": "halt"}, "/venues/Y/instruments/AAA/phase", "halted"),
            ({"phase": "opening-auction"}, "/venues/Y/instruments/AAA/phase", "auction"),
            ({"phase": "closed"}, "/venues/Y/instruments/AAA/phase", "closed"),
        ):
            self.ask("PUT", path, body)
            told = self.view()
            self.assertEqual(told["best_bid"]["price"], "99")
            self.assertEqual(told["venues"][1]["state"], state)
            self.assertEqual(told["venues"][1]["phase"], body["phase"])
            if state != "closed":  # then orders for the day end
                self.assertEqual(told["venues"][1]["bid"]["price"], "100")

    def test_stale(self) -> None:
        """Where what prices it stands still; its orders can be traded all the same."""

        def stale() -> list[bool]:
            return [each["stale"] for each in self.view()["venues"]]

        self.assertEqual(stale(), [False, False, False])
        self.assertEqual(self.view()["venues"][1]["relation"], "follow")
        self.change("like", relation="stale")
        self.assertEqual(stale(), [False, True, False])
        self.change("like", relation="crossed")
        self.assertEqual(self.view()["venues"][1]["relation"], "crossed")
        self.post("/venues/Y/pricing/like/stop")
        self.post("/venues/X/pricing/hands/stop")
        self.assertEqual(stale(), [True, True, False])

    def test_fees(self) -> None:
        """Of an account, and what the best prices come to with them."""
        self.enter("X", "BUY", 1, "99.95")
        self.enter("X", "SELL", 1, "100")
        self.enter("Y", "BUY", 1, "99.95")
        self.enter("Z", "BUY", 1, "99.95")
        x, y, z = self.view()["venues"]
        self.assertEqual(
            x["fees"],
            {
                "tier": "base",
                "maker": {"amount": "-0.002", "per": "share"},
                "taker": {"amount": "0.003", "per": "share"},
            },
        )
        self.assertEqual((x["bid"]["net"], x["ask"]["net"]), ("99.947", "100.003"))
        self.assertEqual((y["fees"], y["bid"]["net"]), (None, "99.95"))
        self.assertEqual((z["fees"]["taker"]["per"], z["bid"]["net"]), ("order", None))
        body = {"fee_tier": "big"}
        self.ask("PUT", "/venues/X/accounts/RICH", body)
        x = self.view(query="?account=RICH")["venues"][0]
        self.assertEqual((x["fees"]["tier"], x["ask"]["net"]), ("big", "100.01"))

    def test_earned(self) -> None:
        """A tier that the volume of this month earns, and not that of the last one."""
        self.enter("X", "SELL", 1000, "100")
        self.enter("X", "BUY", 1000, "100", "MANY")

        def tier(account: str) -> str:
            found: str = self.view(query=f"?account={account}")["venues"][0]["fees"]["tier"]
            return found

        self.assertEqual((tier("MANY"), tier("FEW")), ("big", "base"))
        self.get("/venues/X/accounts/FEW", 404)
        self.post("/venues/X/pricing/walk/stop")
        self.advance("31d", "X")
        self.assertEqual(tier("MANY"), "base")

    def test_updated(self) -> None:
        """When something was last done about an order at the best price, by the clock there."""
        self.enter("X", "BUY", 1, "99")
        self.enter("X", "BUY", 5, "98")
        self.advance("2s", "X")
        self.enter("X", "BUY", 5, "98")
        bid = self.view()["venues"][0]["bid"]
        self.assertEqual(bid["updated"], "2026-01-05T09:30:00.000000000Z")
        self.enter("X", "BUY", 1, "99")
        bid = self.view()["venues"][0]["bid"]
        self.assertEqual(bid["updated"], "2026-01-05T09:30:02.000000000Z")
        self.assertIsNone(self.view()["venues"][0]["ask"])

    def test_tag(self) -> None:
        """The same until anything is another."""

        def ask(tag: str = "") -> tuple[int, str]:
            path = "http://localhost/api/v1/consolidated/AAA"
            request: Any = self.treq.request  # type: ignore[attr-defined]  # made at run time
            pending = request("GET", path, headers={"If-None-Match": tag} if tag else {})
            self.treq.flush()
            response = self.successResultOf(pending)
            return response.code, (response.headers.getRawHeaders("etag") or [""])[0]

        code, tag = ask()
        self.assertEqual((code, ask(tag)), (200, (304, tag)))
        self.advance("1s")
        self.assertEqual(ask(tag)[0], 304)
        self.enter("Z", "BUY", 1, "99")
        self.assertEqual(ask(tag)[0], 200)

    def test_listed(self) -> None:
        """All instruments, page by page, with best prices; those made later, too."""
        self.enter("X", "SELL", 1, "100")
        self.enter("Y", "BUY", 1, "100")
        items = self.get("/consolidated")["items"]
        first = items[0]
        self.assertEqual(
            (first["symbol"], first["best_bid"], first["best_ask"]), ("AAA", "100", "100")
        )
        self.assertEqual((first["locked"], first["crossed"]), (True, False))
        self.assertEqual(
            [(each["venue"], each["symbol"]) for each in first["venues"]],
            [("X", "AAA"), ("Y", "AAA"), ("Z", "A.Z")],
        )
        names = [(each["symbol"], each["currency"]) for each in items]
        others = [("BBB", "USD"), ("WWW", "USD"), ("ZZZ", "USD"), ("ZZZ", "EUR")]
        self.assertEqual(names, [("AAA", "USD"), *others])
        page = self.get("/consolidated?limit=2")
        rest = self.get(f"/consolidated?limit=9&after={page['next']}")
        self.assertEqual(page["items"] + rest["items"], items)
        self.post("/venues/Z/instruments", {"symbol": "BBB"}, 201)
        self.assertEqual(len(self.view("BBB")["venues"]), 2)
        self.ask("DELETE", "/venues/X", None, 204)
        self.assertEqual([each["venue"] for each in self.view("BBB")["venues"]], ["Z"])
        self.assertEqual([each["venue"] for each in self.view("A.Z")["venues"]], ["Z"])


class MergeTests(VenuesCase):
    """Against books put together in the simplest way; in one process, and in one for each venue."""

    def front(self) -> None:
        """Talk to the front of venues of their own from now on."""
        self.memories = {name: MemorySimulator(only_venue(self.settings, name)) for name in VENUES}
        for memory in self.memories.values():
            self.addCleanup(memory.stop)
        venues = self.venues = [
            MemoryVenue(name, memory.control) for name, memory in self.memories.items()
        ]
        reactor = self.memory.reactor
        front = Front(Fleet(venues), self.settings, Watch(reactor), reactor)
        self.treq = type(self.treq)(make_site(front, Access(), reactor).resource)

    def check(self, orders: list[tuple[str, str, int, int]], depth: int) -> Any:
        """That what is told is what books have."""
        for venue, side, quantity, price in orders:
            symbol = "A.Z" if venue == "Z" else "AAA"
            body = {"symbol": symbol, "side": side, "quantity": str(quantity)}
            self.post(f"/venues/{venue}/orders", {**body, "price": str(Decimal(price) / 20)})
        books = {
            venue: self.get(f"/venues/{venue}/books/{'A.Z' if venue == 'Z' else 'AAA'}?depth=100")
            for venue in VENUES
        }
        told = self.get(f"/consolidated/AAA?depth={depth}")
        best: list[Decimal | None] = []
        for side in ("bids", "asks"):
            found = [
                (
                    Decimal(level["price"]),
                    Decimal(level["quantity"]),
                    {share["venue"]: share["quantity"] for share in level["venues"]},
                )
                for level in told[side]
            ]
            self.assertEqual(found, naive(books, side, depth))
            best.append(found[0][0] if found else None)
        bid, ask = best
        meets = bid is not None and ask is not None
        self.assertEqual(told["locked"], meets and bid == ask)
        self.assertEqual(told["crossed"], meets and bid > ask)  # type: ignore[operator]
        return told

    def test_names(self) -> None:
        """Several processes find what one finds, by any name; lists are the same, page by page."""
        self.begin_with(THREE.replace("pricing = like\n", ""), isin="US0378331005")
        names = ("AAA", "A.Z", "4:US0378331005", "US0378331005", "ZZZ?currency=USD", "BBB")
        orders = [("X", "BUY", 1, 1990), ("Y", "BUY", 1, 2000), ("Z", "SELL", 1, 2005)]
        self.check(orders, 9)
        told = {name: self.get(f"/consolidated/{name}") for name in names}
        items = self.get("/consolidated")["items"]
        why = self.get("/consolidated/ZZZ", 409)
        self.front()
        self.check(orders, 9)
        for name in names:
            self.assertEqual(self.get(f"/consolidated/{name}"), told[name], name)
        self.assertEqual(self.get("/consolidated")["items"], items)
        page = self.get("/consolidated?limit=2")
        found = page["items"]
        while page["next"] is not None:
            page = self.get(f"/consolidated?limit=2&after={page['next']}")
            found += page["items"]
        self.assertEqual(found, items)
        self.assertEqual(self.get("/consolidated/ZZZ", 409), why)
        self.get("/consolidated/NONE", 404)
        for venue in self.venues[1:]:
            venue.trouble = f"venue {venue.venue} is down"
        for path in ("/consolidated", "/consolidated/AAA"):
            told = self.get(path, 503)["detail"]
            self.assertEqual(told, "venue Y is down; venue Z is down")

    @settings(max_examples=amount(5, 15))
    @given(ORDERS, st.integers(1, 6))
    def test_any(self, orders: list[tuple[str, str, int, int]], depth: int) -> None:
        """In one process, then in several: the same."""
        ini = THREE.replace("pricing = like\n", "").partition("[pricing")[0]
        self.begin_with(ini, isin="US0378331005")
        told = self.check(orders, depth)
        self.front()
        self.assertEqual(self.check(orders, depth), told)
        self.memory.stop()
