"""Accounts, kill switches and instruments with limits over REST, and their life after a restart."""

from __future__ import annotations

from msgspec.msgpack import decode, encode

from exsim.model.amounts import UNIT
from exsim.model.participants import AccountSettings, FeeTier, Participants
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from tests.simulator import LinePlugins, RestTestCase, settings

ACCOUNTS = "/venues/X/accounts"


class AccountsCase(RestTestCase):
    """A venue with one account and one tier of fees."""

    def setUp(self) -> None:
        """Start it."""
        house = AccountSettings("HOUSE", firm="ACME", max_position=10 * UNIT)
        tier = FeeTier("low", taker=("share", UNIT // 100))
        self.settings = settings(participants=Participants(accounts=(house,), fees=(tier,)))
        self.start(self.settings)

    def put(self, path: str, body: object, status: int = 200) -> object:
        """PUT."""
        return self.ask("PUT", path, body, status)

    def order(self, account: str, quantity: str, side: str = "BUY", price: str = "10") -> str:
        """Enter an order for an account; what became of it."""
        body = {"symbol": "AAA", "side": side, "quantity": quantity, "price": price}
        told = self.post("/venues/X/orders", {**body, "account": account})
        return str(told["text"] or told["outcome"])


class AccountTests(AccountsCase):
    """Limits and use."""

    def test_use(self) -> None:
        """What it has is told with its limits."""
        self.order("HOUSE", "4")
        self.order("OTHER", "3", "SELL")
        found = self.get(f"{ACCOUNTS}/HOUSE")
        self.assertEqual((found["known"], found["firm"], found["open_orders"]), (True, "ACME", 1))
        position = {"symbol": "AAA", "quantity": "3", "buying": "1", "selling": "0"}
        self.assertEqual(found["positions"], [position])
        self.assertEqual((found["credit_used"], found["day_volume"]), ("40", "3"))
        other = self.get(f"{ACCOUNTS}/OTHER")
        self.assertEqual((other["fees"], other["positions"][0]["quantity"]), ("0.03", "-3"))
        listed = [(one["account"], one["known"]) for one in self.get(ACCOUNTS)["items"]]
        self.assertEqual(listed, [("HOUSE", True), ("OTHER", False)])
        first = self.get(f"{ACCOUNTS}?limit=1")
        rest = self.get(f"{ACCOUNTS}?after={first['next']}")
        self.assertEqual([one["account"] for one in rest["items"]], ["OTHER"])
        self.get(f"{ACCOUNTS}/NOBODY", 404)

    def test_put(self) -> None:
        """Others limits from now on; none once it is deleted; those of the ini after a reset."""
        text = "max_position: the position in AAA might come to 11, above 10"
        self.assertEqual(self.order("HOUSE", "11"), text)
        self.put(f"{ACCOUNTS}/HOUSE", {"positions": "AAA:20", "fee_tier": "low"})
        self.assertEqual(self.order("HOUSE", "20"), "accepted")
        self.assertEqual(self.get(f"{ACCOUNTS}/HOUSE")["max_positions"], {"AAA": "20"})
        self.ask("DELETE", f"{ACCOUNTS}/HOUSE", None, 204)
        self.ask("DELETE", f"{ACCOUNTS}/HOUSE", None, 404)
        self.assertEqual(self.order("HOUSE", "50"), "accepted")
        self.post("/reset", {})
        self.assertEqual(self.order("HOUSE", "11"), text)

    def test_refused(self) -> None:
        """Names that are none."""
        for body, words in (
            ({"fee_tier": "lo"}, "did you mean 'low'?"),
            ({"positions": "AAB:1"}, "there is no instrument 'AAB': did you mean 'AAA'?"),
            ({"positions": "AAA"}, "'AAA' is no limit of a position"),
        ):
            problem = self.ask("PUT", f"{ACCOUNTS}/NEW", body, 422)
            self.assertIn(words, problem["detail"])
        self.get(f"{ACCOUNTS}/NEW", 404)


class KillTests(AccountsCase):
    """Kill switches."""

    def kill(self, **body: object) -> object:
        """Set one."""
        return self.put("/venues/X/kill-switch", body)

    def test_switches(self) -> None:
        """With and without orders; who is off does not get in."""
        for account in ("HOUSE", "B"):
            self.order(account, "1")
        found = self.kill(scope="firm", name="ACME", cancel_orders=True, reason="a test")
        switch = {"scope": "firm", "name": "ACME", "reason": "a test"}
        self.assertEqual(found, {"venue": "X", "switches": [switch], "canceled": 1})
        self.assertEqual(self.order("HOUSE", "1"), "the kill switch of firm ACME is on: a test")
        self.assertEqual(self.order("B", "1"), "accepted")
        self.assertEqual(self.kill(on=False, scope="firm", name="ACME")["switches"], [])  # type: ignore[index]
        self.assertEqual(self.order("HOUSE", "1"), "accepted")
        self.kill()
        self.assertEqual(self.order("B", "1"), "the kill switch of venue is on")
        self.assertEqual(self.kill(cancel_orders=True)["canceled"], 3)  # type: ignore[index]
        self.assertEqual(len(self.get("/venues/X/kill-switch")["switches"]), 1)

    def test_sessions_and_accounts(self) -> None:
        """Each is only itself."""
        wire = self.memory.login("A")
        wire.send("NEW 1 BUY 1 AAA 10")
        self.order("A", "1")
        self.order("B", "1")
        self.assertEqual(self.kill(scope="session", name="A", cancel_orders=True)["canceled"], 1)  # type: ignore[index]
        self.assertEqual(wire.read(), ["canceled 1 0"])
        self.assertEqual(self.kill(scope="account", name="A", cancel_orders=True)["canceled"], 1)  # type: ignore[index]

    def test_conflicts(self) -> None:
        """Which one, and what for."""
        for body in (
            {"scope": "account"},
            {"name": "A"},
            {"scope": "account", "name": "A", "on": False, "cancel_orders": True},
        ):
            self.put("/venues/X/kill-switch", body, 409)


class InstrumentTests(AccountsCase):
    """Instruments made at run time."""

    def test_all_fields(self) -> None:
        """They are told as they were given, and hold at once."""
        body = {
            "symbol": "OPT",
            "security_type": "option",
            "maturity": "202612",
            "strike": "100",
            "put_call": "call",
            "multiplier": "10",
            "ticks": "0:0.01, 3:0.05",
            "isin": "US0000000009",
            "price_band": "50%",
            "reference": "4",
            "max_notional": "1000",
        }
        made = self.post("/venues/X/instruments", body, 201)
        self.assertEqual(made["security_type"], "OPT")
        told = {**body, "security_type": "OPT"}
        self.assertEqual({key: made[key] for key in body}, told)
        order = {"symbol": "4:US0000000009", "side": "BUY", "quantity": "1", "price": "7"}
        found = self.post("/venues/X/orders", order)
        self.assertIn("price 7 is not from 2 to 6", found["text"])
        found = self.post("/venues/X/orders", {**order, "price": "3.01"})
        self.assertEqual(found["text"], "price 3.01 is no multiple of the tick 0.05")
        found = self.post("/venues/X/orders", {**order, "price": "5", "quantity": "20"})
        self.assertEqual(found["order"]["symbol"], "OPT")
        self.post("/venues/X/instruments", {"symbol": "B", "isin": "US0000000009"}, 409)
        self.ask("DELETE", "/venues/X/instruments/OPT", None, 204)
        self.post("/venues/X/instruments", {"symbol": "B", "isin": "US0000000009"}, 201)

    def test_refused(self) -> None:
        """Incomplete, and wrong."""
        for body, words in (
            ({"security_type": "future"}, "maturity: is needed"),
            ({"security_type": "futures"}, "did you mean 'future'?"),
            ({"ticks": "1"}, "ticks: '1' is no row"),
        ):
            problem = self.post("/venues/X/instruments", {"symbol": "N", **body}, 422)
            self.assertIn(words, problem["detail"])

    def test_limits_of_a_venue(self) -> None:
        """A venue made over REST may have them."""
        instruments = [{"symbol": "ZZZ"}]
        body = {"name": "Y", "limits": {"max_order_qty": "5"}, "instruments": instruments}
        self.post("/venues", body, 201)
        order = {"symbol": "ZZZ", "side": "BUY", "quantity": "6", "price": "1"}
        found = self.post("/venues/Y/orders", order)
        self.assertEqual(found["text"], "max_order_qty: quantity 6 is above 5")
        wrong = {"name": "Z", "limits": {"max_qty": "5"}}
        problem = self.post("/venues", wrong, 422)
        self.assertIn("did you mean 'max_order_qty'?", problem["detail"])


class AgainTests(AccountsCase):
    """Replay and snapshots."""

    def test_again(self) -> None:
        """A day of all this is the same again, from the start and from a snapshot."""
        self.order("HOUSE", "4")
        self.put(f"{ACCOUNTS}/NEW", {"credit": "100", "positions": "AAA:5"})
        self.order("NEW", "3", "SELL")
        self.put("/venues/X/kill-switch", {"scope": "account", "name": "HOUSE"})
        self.post("/venues", {"name": "Y", "limits": {"price_band": "5%"}}, 201)
        kept = decode(encode(capture(self.memory.simulator)))
        seq = self.memory.exchange.journal.last
        self.order("HOUSE", "1")
        self.order("NEW", "3", "SELL")
        self.order("NEW", "2", "SELL")
        entries = list(self.memory.exchange.journal.entries(0))
        again = inert(self.settings, LinePlugins())
        difference = Replay(again, entries, 1, 0).run()
        self.assertIs(difference, None, difference and difference.text())
        self.assertEqual(state(again), state(self.memory.simulator))
        restored = inert(self.settings, LinePlugins())
        restore(restored, kept)
        rest = [entry for entry in entries if entry.seq > seq]
        difference = Replay(restored, rest, 1, seq).run()
        self.assertIs(difference, None, difference and difference.text())
        self.assertEqual(state(restored), state(self.memory.simulator))


def state(simulator: object) -> object:
    """The state as a snapshot has it, but for what is of REST alone."""
    plain = decode(encode(capture(simulator)))  # type: ignore[arg-type]
    del plain["numbers"]
    return plain
