"""Lists of orders and crosses in a whole simulator: over REST, kept, and run again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec.msgpack import decode, encode

from exsim.model.amounts import UNIT
from exsim.model.list_settings import ListSettings
from exsim.model.options import read_options
from exsim.model.settings import Instrument, PolicySettings, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.policies.criteria import CRITERIA, TYPES
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from tests.again import BOTH, check_again
from tests.fix_market import endpoint, session
from tests.quote_market import TIME, told
from tests.simulator import RestTestCase
from tests.test_crossing import new_cross
from tests.test_fix_lists import FIRST, SECOND, THIRD, new_list
from tests.test_operations_quotes import Far

LISTS = ListSettings(oto_triggers="any-fill", cross_price="any")


def configuration() -> Settings:
    """Venue V with sessions S and T."""
    venue = VenueSettings("V", instruments=(Instrument("AAA"), Instrument("BBB")), lists=LISTS)
    return Settings(
        venues=(venue,),
        endpoints=(endpoint(),),
        sessions=(session("S"), session("T", act_for="any")),
        rest=None,
        durability="none",
    )


def body(side: str, price: str, **more: Any) -> dict[str, Any]:
    """An order as REST has it."""
    return {"symbol": "AAA", "side": side, "quantity": "10", "price": price, **more}


class ListTestCase(RestTestCase):
    """A simulator with a counterparty."""

    def setUp(self) -> None:
        """Start it, with one logged on."""
        self.settings = configuration()
        self.start(self.settings, Catalogue())
        self.far = Far(self.memory, "S")

    def enter(self, contingency: str, *orders: dict[str, Any], **more: Any) -> Any:
        """Enter a list over REST."""
        given = {"contingency": contingency, "orders": list(orders), **more}
        return self.post("/venues/V/lists", given)


class OperationTests(ListTestCase):
    """The operations."""

    def test_enter(self) -> None:
        """A list of nobody, whose names are made up, and one of a session, which hears of it."""
        outcome = self.enter("OCO", body("SELL", "12"), body("BUY", "8"))
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("accepted", None))
        told_list = outcome["order_list"]
        self.assertEqual(told_list["list_id"], outcome["list_id"])
        self.assertEqual([each["status"] for each in told_list["orders"]], ["NEW", "NEW"])
        names = {each["cl_ord_id"] for each in told_list["orders"]}
        self.assertEqual(len(names), 2)
        orders = (body("BUY", "9", cl_ord_id="A"), body("SELL", "13", cl_ord_id="B"))
        outcome = self.enter("OTO", *orders, session="S", list_id="L")
        self.assertEqual(outcome["order_list"]["waiting"], ["4"])
        answers = [told(each, "11 39 66") for each in self.far.received()]
        self.assertEqual(answers, ["8 A 0 -", "8 B 0 -", "N A 0 L"])

    def test_rejected(self) -> None:
        """Why, and nothing of it stays."""
        outcome = self.enter("OCO", body("SELL", "12"), body("BUY", "8", symbol="NO"), list_id="L")
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "OTHER"))
        self.assertIn("unknown symbol", outcome["text"])
        self.get("/venues/V/lists/L", 404)
        self.post("/venues/V/lists", {"orders": []}, 422)

    def test_show(self) -> None:
        """All of a venue, those of a session, one."""
        self.enter("OCO", body("SELL", "12"), body("BUY", "8"), list_id="N")
        self.enter("OUO", body("SELL", "12"), body("BUY", "8"), list_id="M", session="S")
        items = self.get("/venues/V/lists")["items"]
        found = [(each["list_id"], each["session"], each["contingency"]) for each in items]
        self.assertEqual(found, [("N", "", "OCO"), ("M", "S", "OUO")])
        items = self.get("/venues/V/lists?session=S")["items"]
        self.assertEqual([each["list_id"] for each in items], ["M"])
        first = self.get("/venues/V/lists?limit=1")
        more = self.get(f"/venues/V/lists?after={first['next']}")["items"]
        self.assertEqual([each["list_id"] for each in more], ["M"])
        self.assertEqual(self.get("/venues/V/lists/M?session=S"), items[0])
        self.get("/venues/V/lists/M", 404)

    def test_cancel(self) -> None:
        """What is left of a list is canceled; nothing of it is triggered by that."""
        self.enter("BRACKET", body("BUY", "9"), body("SELL", "12"), body("BUY", "7"), list_id="N")
        left = self.post("/venues/V/lists/N/cancel")
        self.assertEqual([each["status"] for each in left["orders"]], ["CANCELED"] * 3)
        self.post("/venues/V/lists/X/cancel", status=404)

    def test_linked(self) -> None:
        """Single orders are linked by what they say themselves."""
        for side, price in (("SELL", "12"), ("BUY", "8")):
            self.post("/venues/V/orders", body(side, price, link="K", contingency="OCO"))
        self.assertEqual(len(self.get("/venues/V/lists/K")["orders"]), 2)
        self.post("/venues/V/orders/1/cancel")
        self.assertEqual(self.get("/venues/V/orders/2")["status"], "CANCELED")

    def test_held(self) -> None:
        """A list that a policy holds is pending, and released or acked as a whole."""
        venue = replace(self.settings.venues[0], policies=("h",))
        options = read_options((TYPES, *CRITERIA), {"types": "list"})
        held = PolicySettings("h", "hold", options)
        self.start(replace(self.settings, venues=(venue,), policies=(held,)), Catalogue())
        outcome = self.enter("OCO", body("SELL", "12"), body("BUY", "8"), list_id="N")
        self.assertEqual((outcome["outcome"], outcome["hold"]), ("pending", "1"))
        hold = self.get("/holds/1")
        self.assertEqual((hold["kind"], hold["symbol"], hold["cl_ord_id"]), ("list", "AAA", "N"))
        self.post("/holds/1/ack")
        self.assertEqual(len(self.get("/venues/V/lists/N")["orders"]), 2)


class AgainTests(ListTestCase):
    """Snapshots and replays have lists and crosses."""

    def day(self) -> Any:
        """Some of everything; the state after it."""
        self.far.send("E", new_list(FIRST, SECOND, THIRD, more="21385=B|"))
        self.enter("OUO", body("SELL", "20"), body("BUY", "2"), list_id="N")
        self.far.send("s", new_cross(3, 4))
        other = Far(self.memory, "T")
        other.send("D", f"11=T|54=2|55=AAA|38=13|40=2|44=9|59=3|{TIME}")
        self.far.send("M", "66=L|")
        self.enter("OTO", body("BUY", "3"), body("SELL", "30"), list_id="W")
        self.post("/venues/V/lists/N/cancel")
        self.more(other)
        return decode(encode(capture(self.memory.simulator)))

    def more(self, risk: Far) -> None:
        """Lists that wait, somebody who acts for another, subscriptions, busts, and quotes."""
        risk.send("AD", "568=R|569=0|263=1|")
        self.far.send("AD", "568=R|569=0|263=1|")
        late = new_list(FIRST.replace("11=A", "11=WA"), SECOND.replace("11=B", "11=WB"))
        self.far.send("E", late.replace("66=L|394=3|433=1|", "66=LATE|394=3|433=2|"))
        later = new_list(FIRST.replace("11=A", "11=VA"), SECOND.replace("11=B", "11=VB"))
        self.far.send("E", later.replace("66=L|394=3|433=1|", "66=LATER|394=3|433=2|"))
        self.far.send("L", f"66=LATE|{TIME}")
        number = self.memory.simulator.dispatcher.venues["V"].orders.created
        body = f"11=R|41=VA|37={number - 1}|38=7|40=2|44=8|54=1|55=AAA|{TIME}"
        risk.send("G", body)
        risk.send("S", "117=Q|537=0|55=BBB|132=4|133=5|134=1|135=1|")
        risk.send("D", f"11=T2|54=2|55=AAA|38=3|40=2|44=9|{TIME}")
        self.post(f"/venues/V/orders/{number + 1}/bust", {})

    def test_replay(self) -> None:
        """The journal run again makes the same bytes, and leaves the same state."""
        self.assertTrue(self.day()["venues"])
        check_again(self, self.memory.simulator, self.settings, ways=BOTH)

    def test_restore(self) -> None:
        """A snapshot makes the same again, and what depends on each other goes on."""
        lived = self.day()
        simulator = inert(self.settings, Catalogue())
        restore(simulator, lived)
        self.assertEqual(decode(encode(capture(simulator))), lived)
        venue = simulator.dispatcher.venues["V"]
        self.assertTrue(venue.contingent.waiting)
        self.assertTrue(venue.contingent.find("S", "LATER").held)  # type: ignore[union-attr]
        self.assertEqual(len(venue.capture.subscribed), 2)
        self.assertEqual(len(venue.capture.revised), 1)
        self.assertEqual(len(venue.quotes.all()), 1)
        self.assertEqual(venue.order(venue.orders.created - 2).terms.price, 8 * UNIT)
        bare = replace(self.settings, venues=(), endpoints=(), sessions=())
        other = inert(bare, Catalogue())
        lived["configured"]["venues"] = {}  # made over REST, then
        restore(other, lived)
        self.assertEqual(other.dispatcher.venues["V"].settings.lists, LISTS)
