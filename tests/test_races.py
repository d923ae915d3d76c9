"""Races: each armed by one line, with the effect that its chart shows."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import NotFound, Unprocessable
from exsim.faults.races import BY_NAME, RACES, race_of
from exsim.model.options import read_options
from tests.fault_market import Market
from tools.races import PAGE, chart, page

TESTDOUBLE = (
    "fill-crosses-cancel",
    "fill-crosses-replace",
    "fill-after-cancel-ack",
    "duplicate-exec-id",
    "reports-out-of-order",
    "late-ack",
    "pending-then-outcome",
    "cancel-reject-after-fill",
    "chain-of-replaces",
    "bust-and-correct-after-fill",
    "unsolicited-cancel",
    "restated-quantity",
    "poss-resend",
    "logon-while-old-socket-lives",
)
"""What testers ask for."""


class TableTests(SynchronousTestCase):
    """The table, and the page of it."""

    def test_names(self) -> None:
        """All that testers ask for is there, and an unknown one is told with its nearest."""
        self.assertEqual(tuple(race.name for race in RACES), TESTDOUBLE)
        error = self.assertRaises(ValueError, race_of, "late-ac")
        self.assertEqual(str(error), "there is no race 'late-ac': did you mean 'late-ack'?")
        error = self.assertRaises(ValueError, race_of, "zzz")
        self.assertIn("known: fill-crosses-cancel", str(error))

    def test_page(self) -> None:
        """It is what runs make now; else: python -m tools.races."""
        self.assertEqual(PAGE.read_text("utf-8"), page(), "python -m tools.races")

    def test_parameters(self) -> None:
        """Each stands somewhere in the steps, or in how often they are taken."""
        for race in RACES:
            text = " ".join(f"{move.then} {move.times}" for move in race.moves)
            for option in race.options:
                self.assertIn(f"${option.name}", text)
            read_options(race.options, {})

    def test_charts(self) -> None:
        """Each has what its name says."""
        for name, words in (
            ("fill-crosses-cancel", ["cum 50 leaves 50", "C9 cum 50 leaves 0"]),
            ("fill-crosses-replace", ["cum 50 leaves 50", "C2 cum 50 leaves 70"]),
            ("fill-after-cancel-ack", ["canceled", "trade (filled)"]),
            ("duplicate-exec-id", ["id 2", "id 2"]),
            ("reports-out-of-order", ["id 3", "id 2"]),
            ("late-ack", ["trade", "new id 3"]),
            ("pending-then-outcome", ["pending new", "pending replace", "pending cancel"]),
            ("cancel-reject-after-fill", ["trade (filled)", "OrderCancelReject"]),
            ("chain-of-replaces", ["replaced", "OrderCancelReject", "replaced"]),
            ("bust-and-correct-after-fill", ["trade", "trade correct", "trade cancel"]),
            ("unsolicited-cancel", ["new", "canceled"]),
            ("restated-quantity", ["new", "restated"]),
            ("poss-resend", ["new id 1", "PossResend new id 1"]),
            ("logon-while-old-socket-lives", ["connection 2 is closed", "Logon"]),
        ):
            lines = iter(line for line in chart(name) if "<" in line)
            for word in words:
                self.assertTrue(any(word in line for line in lines), f"{name}: {word}")


class RestTests(SynchronousTestCase):
    """Arming over REST."""

    def setUp(self) -> None:
        self.market = Market(self.mktemp())
        self.client = self.market.client()

    def arm(self, name: str, **body: Any) -> Any:
        """Arm a race; it as it is then."""
        return self.market.do("race", body, race=name)

    def heard(self) -> list[str]:
        """The ExecTypes of what the client hears, or message types of what has none."""
        self.client.data()
        self.client.types()
        return [each.get("150", each["35"]) for each in self.client.last]

    def armed(self, name: str) -> list[tuple[str, int, int | None]]:
        """What is armed of a race, how often it fired and still may."""
        races = {each.race: each for each in self.market.do("list_races").items}
        return [(each.name, each.hits, each.left) for each in races[name].armed]

    def test_once(self) -> None:
        """By default it happens once, to whoever is first."""
        armed = self.arm("unsolicited-cancel", parameters={"time": "5s", "text": "go"}).armed
        self.assertEqual([each.when for each in armed], ["type=D"])
        self.client.order("1")
        self.client.order("2")
        self.market.advance(5)
        orders = self.market.do("list_orders", venue="XSIM", status="any").items
        self.assertEqual([each.status for each in orders], ["CANCELED", "NEW"])
        self.assertEqual(self.armed("unsolicited-cancel"), [("race:unsolicited-cancel", 1, 0)])

    def test_session_and_match(self) -> None:
        """Only requests that fit, of that session, and as often as it says."""
        self.arm("unsolicited-cancel", session="BUY", match={"qty__ge": 20}, times=2)
        self.arm("unsolicited-cancel", session="OTHER", times=None)
        for name, quantity in (("1", 10), ("2", 20), ("3", 30), ("4", 40)):
            self.client.order(name, quantity=quantity)
        self.market.advance(1)
        orders = self.market.do("list_orders", venue="XSIM", status="any").items
        statuses = [each.status for each in orders]
        self.assertEqual(statuses, ["NEW", "CANCELED", "CANCELED", "NEW"])
        self.assertEqual(
            self.armed("unsolicited-cancel"),
            [("race:unsolicited-cancel@BUY", 2, 0), ("race:unsolicited-cancel@OTHER", 0, None)],
        )

    def test_again(self) -> None:
        """Armed again it takes the place of what there was, and of no other race."""
        self.arm("late-ack")
        self.arm("chain-of-replaces", times=3, parameters={"before": 2})
        self.arm("chain-of-replaces", times=2, parameters={"before": 2})
        self.assertEqual(
            self.armed("chain-of-replaces"),
            [("race:chain-of-replaces:1", 0, 4), ("race:chain-of-replaces:2", 0, 2)],
        )
        self.assertEqual(len(self.armed("late-ack")), 1)

    def test_disarm(self) -> None:
        """All of it is taken away: rules and faults."""
        for name in ("pending-then-outcome", "logon-while-old-socket-lives"):
            self.arm(name)
            self.assertTrue(self.armed(name))
            cleared = self.market.do("disarm_race", race=name)
            self.assertEqual(cleared.cleared, len(BY_NAME[name].moves + BY_NAME[name].defects))
            self.assertEqual(self.armed(name), [])
        self.client.order("1")
        self.assertEqual(self.client.types(), "8")

    def test_reset(self) -> None:
        """A reset leaves nothing armed."""
        for race in RACES:
            self.arm(race.name)
        self.market.do("reset")
        for race in RACES:
            self.assertEqual(self.armed(race.name), [])

    def test_wrong(self) -> None:
        """What cannot be is refused, and nothing is armed."""
        self.assertRaises(NotFound, self.arm, "no-such-race")
        error = self.assertRaises(Unprocessable, self.arm, "late-ack", parameters={"tim": "1s"})
        self.assertIn("no parameter 'tim': it has quantity, time", str(error))
        self.assertRaises(Unprocessable, self.arm, "late-ack", parameters={"time": "soon"})
        self.assertRaises(Unprocessable, self.arm, "late-ack", match="qty>=")
        self.arm("late-ack", parameters={"time": "3s"})
        self.assertRaises(Unprocessable, self.arm, "late-ack", parameters={"quantity": "-5"})
        self.assertEqual(len(self.armed("late-ack")), 1)
