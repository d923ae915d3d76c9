"""What an operator does to single orders over REST, and what their session hears of it."""

from __future__ import annotations

from typing import Any

from exsim.model.codes import OrdStatus, ReportKind
from exsim.orders.order import order_of
from exsim.protocols.fix_versions import VERSIONS, exec_trans_type, exec_type
from exsim.services.snapshots import plain
from exsim.services.state import capture
from tests.simulator import RestTestCase, settings


class OperatorTestCase(RestTestCase):
    """A is logged in, and has order 1 in the book: to buy 10 AAA at 10."""

    def setUp(self) -> None:
        """The order is there."""
        super().setUp()
        self.wire = self.memory.login("A")
        self.wire.send("NEW 1 BUY 10 AAA 10")

    def step(self, name: str, body: object = None, status: int = 200) -> Any:
        """Take a step with the order."""
        return self.post(f"/venues/X/orders/1/{name}", body, status)

    def order(self) -> tuple[str, str, str]:
        """Its status, and the quantities that are done and left."""
        found = self.get("/venues/X/orders/1")
        return found["status"], found["cum_quantity"], found["leaves_quantity"]

    def bids(self) -> list[Any]:
        """Price and quantity of the book's bids."""
        book = self.get("/venues/X/books/AAA")
        return [(level["price"], level["quantity"]) for level in book["bids"]]

    def fills(self) -> list[tuple[str, str]]:
        """Quantity and price of its fills."""
        items = self.get("/venues/X/orders/1/fills")["items"]
        return [(item["quantity"], item["price"]) for item in items]

    def exec_id(self) -> str:
        """The ExecID of its newest fill."""
        found: str = self.get("/venues/X/orders/1/fills")["items"][-1]["exec_id"]
        return found


class StepTests(OperatorTestCase):
    """One step each."""

    def test_fill(self) -> None:
        """In part, the rest keeps its place; then in full."""
        self.step("fill", {"quantity": "4"})
        self.assertEqual(self.wire.read(), ["fill 1 6 4@10"])
        self.assertEqual(
            (self.order(), self.bids()), (("PARTIALLY_FILLED", "4", "6"), [("10", "6")])
        )
        self.step("fill", {"quantity": "7"}, 409)
        self.step("fill", {"price": "9.5"})
        self.assertEqual(self.wire.read(), ["fill 1 0 6@9.5"])
        self.assertEqual((self.order()[0], self.bids()), ("FILLED", []))
        self.step("fill", None, 409)

    def test_expire(self) -> None:
        """It ends as if its time were over."""
        self.step("expire")
        self.assertEqual(self.wire.read(), ["expired 1 0"])
        self.assertEqual((self.order(), self.bids()), (("EXPIRED", "0", "0"), []))
        self.step("expire", None, 409)

    def test_marks(self) -> None:
        """They are told in the place of the status, and taken back; the order goes on below."""
        for step, body, status in (("stop", {}, "STOPPED"), ("calculate", None, "CALCULATED")):
            self.step(step, body)
            self.assertEqual((self.order()[0], self.bids()), (status, [("10", "10")]))
            self.step("resume")
            self.assertEqual(self.order()[0], "NEW")
        said = ["stopped", "restated", "calculated", "restated"]
        self.assertEqual(self.wire.read(), [f"{word} 1 10" for word in said])
        self.step("resume", None, 409)

    def test_done_for_day(self) -> None:
        """Nothing is left of an order for the day, and no book has it until it is resumed."""
        self.step("done-for-day")
        self.assertEqual((self.order()[0], self.bids()), ("DONE_FOR_DAY", []))
        self.step("resume")
        self.assertEqual((self.order()[0], self.bids()), ("NEW", [("10", "10")]))
        self.assertEqual(self.wire.read(), ["done_for_day 1 0", "restated 1 10"])

    def test_guarantee(self) -> None:
        """A stopped order may be told the price that it is guaranteed, for how much of it."""
        self.step("stop", {"quantity": "4", "price": "9.5"})
        self.assertEqual(self.order(), ("STOPPED", "0", "10"))
        self.step("stop", {"quantity": "11", "price": "9.5"}, 409)
        self.step("stop", {"quantity": "4"}, 409)
        self.step("fill", {"quantity": "4"})
        self.assertEqual(self.order(), ("STOPPED", "4", "6"))

    def test_replace(self) -> None:
        """It is told as restated, and keeps what it was marked as; at what was filled it ends."""
        self.step("fill", {"quantity": "4"})
        self.step("stop", {})
        self.wire.read()
        self.step("replace", {"quantity": "8"})
        self.assertEqual(self.wire.read(), ["restated 1 4"])
        self.assertEqual((self.order(), self.bids()), (("STOPPED", "4", "4"), [("10", "4")]))
        self.step("replace", {"quantity": "4"})
        self.assertEqual(self.wire.read(), ["replaced 1 0"])
        self.assertEqual((self.order(), self.bids()), (("FILLED", "4", "0"), []))

    def test_reports_tell_of_a_mark(self) -> None:
        """Their OrdStatus is the mark."""
        self.step("stop", {})
        orders = self.memory.simulator.dispatcher.venue("X").orders
        order = orders.get(1)
        assert order is not None
        self.assertEqual(orders.status(order, 5).status, int(OrdStatus.STOPPED))

    def test_filled_stands_above_stopped(self) -> None:
        """But done for day stands above filled."""
        self.step("stop", {})
        self.step("fill")
        self.assertEqual(self.order()[0], "FILLED")
        self.step("stop", {}, 409)
        self.step("done-for-day")
        self.assertEqual(self.order()[0], "DONE_FOR_DAY")

    def test_suspend(self) -> None:
        """It is out of the book until it is resumed, and then behind all others."""
        self.step("suspend")
        self.assertEqual((self.order()[0], self.bids()), ("SUSPENDED", []))
        self.wire.send("NEW 2 BUY 5 AAA 10")
        self.step("resume")
        self.assertEqual(self.bids(), [("10", "15")])
        self.wire.read()
        self.assertIn("fill 2 0 5@10", self.wire.send("NEW 3 SELL 5 AAA 10"))
        self.assertEqual(self.order(), ("NEW", "0", "10"))

    def test_suspended_is_canceled(self) -> None:
        """Its session can do what it could before."""
        self.step("suspend")
        self.wire.read()
        self.wire.send("CANCEL 9 1")
        self.assertEqual(self.order()[0], "CANCELED")


class FillTests(OperatorTestCase):
    """Fills that never were, and others that were not as told."""

    def test_bust_in_the_book(self) -> None:
        """What it filled is left once more, also in the book."""
        self.wire.send("NEW 2 SELL 4 AAA 10")
        self.assertEqual(self.order(), ("PARTIALLY_FILLED", "4", "6"))
        self.wire.read()
        self.step("bust", {"exec_id": self.exec_id(), "text": "an error"})
        self.assertEqual(self.wire.read(), ["trade_cancel 1 10"])
        self.assertEqual((self.order(), self.bids()), (("NEW", "0", "10"), [("10", "10")]))
        self.assertEqual(self.fills(), [])

    def test_bust_of_the_last(self) -> None:
        """An order that was filled is open once more, outside the book, and can be canceled."""
        self.step("fill", {"quantity": "4"})
        self.step("fill")
        first = self.get("/venues/X/orders/1/fills")["items"][0]["exec_id"]
        self.step("bust", {"exec_id": first})
        self.assertEqual((self.order(), self.bids()), (("PARTIALLY_FILLED", "6", "4"), []))
        orders = self.memory.simulator.dispatcher.venue("X").orders
        self.assertEqual(orders.open_count, 1)
        self.step("cancel")
        self.assertEqual(self.order(), ("CANCELED", "6", "0"))
        self.assertEqual(orders.open_count, 0)

    def test_bust_of_what_was_canceled(self) -> None:
        """Canceled it stays (FIX 4.4, J.1.b)."""
        self.step("fill", {"quantity": "4"})
        self.step("cancel")
        self.step("bust", {"exec_id": self.exec_id()})
        self.assertEqual(self.order(), ("CANCELED", "0", "0"))

    def test_late(self) -> None:
        """One that was canceled has traded before that, where the operator says so; it stays so."""
        self.step("fill", {"quantity": "4"})
        self.step("cancel")
        self.wire.read()
        self.step("fill", {"quantity": "3"}, 409)
        self.step("fill", {"quantity": "7", "late": True}, 409)
        self.step("fill", {"quantity": "3", "price": "9", "late": True})
        self.assertEqual(self.wire.read(), ["fill 1 0 3@9"])
        self.assertEqual((self.order(), self.bids()), (("CANCELED", "7", "0"), []))
        self.assertEqual(self.fills(), [("4", "10"), ("3", "9")])
        trades = self.get("/venues/X/trades")["items"]
        self.assertEqual([trade["quantity"] for trade in trades], ["4", "3"])
        self.step("fill", {"late": True})
        self.assertEqual(self.order(), ("FILLED", "10", "0"))
        self.step("fill", {"late": True}, 409)

    def test_late_is_not_needed(self) -> None:
        """One that is open is filled as ever; one that was rejected never was on."""
        self.step("fill", {"quantity": "4", "late": True})
        self.assertEqual(
            (self.order(), self.bids()), (("PARTIALLY_FILLED", "4", "6"), [("10", "6")])
        )
        self.wire.send("NEW 1 BUY 5 AAA 10")
        self.post("/venues/X/orders/2/fill", {"late": True}, 409)

    def test_correct(self) -> None:
        """Quantity, price and average follow; the fill has a new ExecID."""
        self.step("fill", {"quantity": "4"})
        before = self.exec_id()
        self.step("correct", {"exec_id": before, "quantity": "3", "price": "9"})
        self.assertEqual(self.wire.read()[-1], "trade_correct 1 7 3@9")
        self.assertEqual(
            (self.order(), self.bids()), (("PARTIALLY_FILLED", "3", "7"), [("10", "7")])
        )
        self.assertEqual(self.get("/venues/X/orders/1")["average_price"], "9")
        self.assertEqual(self.fills(), [("3", "9")])
        self.assertNotEqual(self.exec_id(), before)
        self.step("correct", {"exec_id": before}, 404)

    def test_correct_up_to_the_whole(self) -> None:
        """It is filled then, and no more; its rest is out of the book."""
        self.step("fill", {"quantity": "4"})
        self.step("correct", {"exec_id": self.exec_id(), "quantity": "11"}, 409)
        self.step("correct", {"exec_id": self.exec_id(), "quantity": "10"})
        self.assertEqual((self.order(), self.bids()), (("FILLED", "10", "0"), []))
        self.step("bust", {"exec_id": "999"}, 404)

    def test_snapshot(self) -> None:
        """Marks and fills are of what is kept."""
        self.step("fill", {"quantity": "4"})
        self.step("stop", {})
        order = self.memory.simulator.dispatcher.venue("X").orders.get(1)
        assert order is not None
        state = order.state()
        fills = [[self.exec_id(), 4 * 10**8, 10**9, 1, 0]]
        self.assertEqual(state[-6:-3], [int(OrdStatus.STOPPED), fills, None])
        self.assertEqual(state[-3][0][1], "stopped")
        self.assertEqual(order_of(state[:-1]).state(), state)  # as it was before

        self.assertEqual(order_of(state).state(), state)


class WhyTests(OperatorTestCase):
    """An order's story in words."""

    def test_rests(self) -> None:
        """With what stands before it."""
        self.wire.send("NEW 2 BUY 5 AAA 10")
        self.step("fill", {"quantity": "4"})
        why = self.get("/venues/X/orders/2/why")
        self.assertEqual((why["status"], why["ahead"]), ("NEW", "6"))
        self.assertIn("5 rest in the book, 6 before them; phase continuous", why["steps"][-1])
        first = self.get("/venues/X/orders/1/why")["steps"]
        self.assertIn("from A: BUY 10 AAA at 10", first[0])
        self.assertIn("4 filled at 10, trade 1: it came in, against nobody", first[1])

    def test_died(self) -> None:
        """With the reason."""
        self.wire.send("NEW 2 BUY 0 AAA 10")
        why = self.get("/venues/X/orders/2/why")
        self.assertEqual((why["status"], why["ahead"]), ("REJECTED", None))
        self.assertIn("quantity 0 is not above zero", why["steps"][-1])

    def test_story(self) -> None:
        """Trades with their other side, and what else it met, in order of time and in parts."""
        self.step("stop", {"price": "9"})
        self.memory.reactor.advance(1)
        self.wire.send("NEW 2 SELL 4 AAA 10")
        self.memory.reactor.advance(1)
        fill = self.exec_id()
        self.step("bust", {"exec_id": fill})
        why = self.get("/venues/X/orders/1/why")
        met = [(each["what"], each["text"]) for each in why["story"][1:-1]]
        self.assertEqual(
            met,
            [
                ("happened", "stopped"),
                ("traded", "4 filled at 10, trade 1: it rested, against order 2"),
                ("happened", f"fill {fill} canceled"),
            ],
        )
        self.assertEqual(why["story"][2]["counterpart"], "2")
        self.assertEqual(why["steps"], [each["text"] for each in why["story"]])
        self.assertEqual(why["policies"], [])

    def test_waits(self) -> None:
        """A stop waits for its trigger, an order at the close for its auction."""
        stop = {"symbol": "AAA", "side": "SELL", "quantity": "5", "type": "STOP"}
        self.post("/venues/X/orders", {**stop, "stop_price": "8"})
        close = {"symbol": "AAA", "side": "BUY", "quantity": "5", "price": "9"}
        self.post("/venues/X/orders", {**close, "time_in_force": "AT_CLOSE"})
        told = [self.get(f"/venues/X/orders/{n}/why")["steps"] for n in (2, 3)]
        self.assertIn("5 wait for their trigger", told[0][-1])
        self.assertEqual(told[1][1], "set aside for an auction")
        self.assertIn("5 are set aside for an auction", told[1][-1])

    def test_older_than_the_tape(self) -> None:
        """Of a fill whose trade is not kept any more, the order tells."""
        self.start(settings(keep_trades=1))
        wire = self.memory.login("A")
        for name in ("1", "2"):
            wire.send(f"NEW {name} BUY 10 AAA 10")
            self.post(f"/venues/X/orders/{name}/fill", {"quantity": "4"})
        self.assertIn("4 filled at 10 (ExecID 2)", self.get("/venues/X/orders/1/why")["steps"])

    def test_unknown_symbol(self) -> None:
        """An order for what is not traded here has a story, too."""
        self.wire.send("NEW 2 BUY 5 ZZZ 10")
        why = self.get("/venues/X/orders/2/why")
        self.assertIn("REJECTED unknown symbol", why["steps"][-1])

    def test_of_nothing(self) -> None:
        """An order for what there is not has a story, and can be told as done for day."""
        self.wire.send("NEW 2 BUY 5 NONE 10")
        self.assertIn("REJECTED", self.get("/venues/X/orders/2/why")["steps"][-1])
        self.post("/venues/X/orders/2/done-for-day")

    def test_aside(self) -> None:
        """It may be in nobody's book."""
        self.step("suspend")
        self.assertIn("outside the book", self.get("/venues/X/orders/1/why")["steps"][-1])


class CodeTests(RestTestCase):
    """ExecType(150) and ExecTransType(20) by version."""

    def test_trades(self) -> None:
        """Busts and corrections have codes of their own from FIX.4.3."""
        kinds = (ReportKind.TRADE_CANCEL, ReportKind.TRADE_CORRECT, ReportKind.FILL)
        self.assertEqual([exec_trans_type(int(kind)) for kind in kinds], ["1", "2", "0"])
        self.assertEqual(exec_type(VERSIONS["FIX.4.2"], int(kinds[0]), 4, False), "1")  # D35
        for name, told in (("FIX.4.2", "11"), ("FIX.4.3", "HG"), ("FIX.5.0SP2", "HG")):
            codes = [exec_type(VERSIONS[name], int(kind), 1, False) for kind in kinds[:2]]
            self.assertEqual("".join(codes), told, name)

    def test_triggered(self) -> None:
        """It has a code of its own from FIX.5.0; before that it is a restatement, if at all."""
        kind = int(ReportKind.TRIGGERED)
        names = ("FIX.4.1", "FIX.4.2", "FIX.4.4", "FIX.5.0")
        self.assertEqual([exec_type(VERSIONS[name], kind, 0, True) for name in names], [*"0DDL"])


class LargeTests(RestTestCase):
    """Sums that have more than 64 bits, and orders that are where they were put."""

    def test_snapshot(self) -> None:
        """A snapshot holds what any number of the largest orders comes to."""
        self.ask("PUT", "/venues/X/accounts/A", {"max_position": "1"})
        self.ask("DELETE", "/venues/X/accounts/A", None, 204)
        order = {"symbol": "AAA", "quantity": "9999999999", "price": "1", "account": "A"}
        for side in ("BUY",) * 20 + ("SELL",) * 15:
            self.post("/venues/X/orders", {**order, "side": side})
        state = capture(self.memory.simulator)
        self.assertIn("venues", plain(state))

    def test_resume(self) -> None:
        """An order that was put in its book meanwhile is not put there again."""
        order = {"symbol": "AAA", "quantity": "5", "price": "10", "side": "BUY"}
        self.post("/venues/X/orders", order)
        self.post("/venues/X/orders/1/suspend")
        self.post("/venues/X/orders/1/match")
        self.post("/venues/X/orders/1/resume")
        book = self.memory.simulator.dispatcher.venue("X").engine.book("AAA")
        self.assertEqual([qty for _, _, qty in book.orders(1)], [5 * 10**8])
