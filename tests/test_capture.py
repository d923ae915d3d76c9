"""Trade capture that goes on: subscriptions, busts and corrections, over FIX in each version."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch import operator
from exsim.model.participants import Stay
from exsim.model.plain import request_of, request_state
from exsim.model.requests import TradeAck, TradesQuery
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_versions import NAMES
from tests.fix_market import NOW
from tests.quote_market import TIME, Pit, told, units
from tests.test_fix_requests import mapped

SINCE = NAMES[3:]
"""The versions that have trade capture."""
CODES = {"FIX.4.3": ("N", "C", "R")}
"""TradeReportTransType of new, canceled and corrected; from FIX.4.4 they are numbers."""


class CaptureTestCase(SynchronousTestCase):
    """Somebody who hears of trades, and another one."""

    def start(self, version: str) -> None:
        """Both log on."""
        self.pit = Pit()
        self.pit.join("ME", version)
        self.pit.join("YOU", "FIX.4.4")
        self.count = 0

    def ask(self, body: str, tags: str = "750 748") -> list[str]:
        """Ask for trades; all that is told."""
        return [told(each, tags) for each in self.pit.send("ME", "AD", body)]

    def trade(self, qty: int = 5, price: int = 10, me: int = 1) -> None:
        """Both trade; ``me`` is my side."""
        self.count += 1
        for who, side in (("ME", me), ("YOU", 3 - me)):
            head = f"11={who}{self.count}|21=1|38={qty}|40=2|44={price}|54={side}"
            self.pit.send(who, "D", f"{head}|55=AAA|{TIME}")

    def heard(self, tags: str = "571 487 150 31 32") -> list[str]:
        """What I was told of trades meanwhile, once it is held to the dictionary."""
        return [each for each in self.pit.read("ME", tags) if each.startswith("AE ")]

    def bust(self, order: int, fill: int = 0) -> None:
        """A fill of an order never was."""
        venue, out = self.pit.market.venue, self.pit.market.dispatcher.out
        found = venue.order(order)
        assert found.fills is not None
        operator.bust(venue, found, found.fills[fill].exec_id, "", NOW, out)
        self.pit.route()

    def correct(self, order: int, qty: int, price: int, fill: int = 0) -> None:
        """A fill of an order was another one."""
        venue, out = self.pit.market.venue, self.pit.market.dispatcher.out
        found = venue.order(order)
        assert found.fills is not None
        name = found.fills[fill].exec_id
        operator.correct(venue, found, name, units(qty), units(price), "", NOW, out)
        self.pit.route()


class SubscriptionTests(CaptureTestCase):
    """SubscriptionRequestType(263) 1 and 2."""

    def test_updates(self) -> None:
        """First those that there are, then each as it happens, to its end."""
        for version in SINCE:
            self.start(version)
            old = version == "FIX.4.3"
            self.trade()
            self.pit.read("ME", "11")
            answers = self.ask("568=R|569=0|263=1|", "571 263 750 748 912")
            first = [] if old else ["AQ - 1 0 1 -"]
            self.assertEqual(answers, [*first, "AE 1 - - - -" if old else "AE 1 - - 1 Y"])
            self.trade(3, 11)
            new = CODES.get(version, "0")[0]
            self.assertEqual(self.heard(), [f"AE 2 {new} F 11 3"])
            self.trade()
            self.assertEqual(self.heard("568 325 912"), ["AE R - -" if old else "AE R Y -"])
            answers = self.ask("568=R|569=0|263=2|", "263 750 749")
            self.assertEqual(answers, [] if old else ["AQ 2 1 0"])
            self.trade()
            self.assertEqual(self.heard(), [])

    def test_chosen(self) -> None:
        """Only those that were asked for; each request hears for itself."""
        self.start("FIX.4.4")
        self.assertEqual(self.ask("568=S|569=0|263=1|54=2|"), ["AQ 0 0"])
        self.assertEqual(self.ask("568=B|569=0|263=1|55=BBB|"), ["AQ 0 0"])
        self.trade()
        self.assertEqual(self.heard("568"), [])
        self.trade(me=2)
        self.assertEqual(self.heard("568"), ["AE S"])

    def test_ends(self) -> None:
        """It ends with its connection, and with a reset; of one that there is not it is told."""
        self.start("FIX.4.4")
        self.assertEqual(self.ask("568=R|569=0|263=2|", "749 750"), ["AQ 99 2"])
        venue, name = self.pit.market.venue, self.pit.parties["ME"].name
        self.ask("568=R|569=0|263=1|")
        venue.left("ANOTHER", 1, True, Stay(), NOW, [])
        self.assertEqual(len(venue.capture.subscribed), 1)
        venue.left(name, 1, True, Stay(), NOW, [])
        self.assertEqual(venue.capture.subscribed, {})
        self.ask("568=R|569=0|263=1|")
        venue.forget_session(name)
        self.assertEqual(venue.capture.subscribed, {})
        self.ask("568=R|569=0|263=1|")
        venue.reset()
        self.assertEqual(venue.capture.subscribed, {})

    def test_refused(self) -> None:
        """What cannot be asked for is not subscribed to."""
        self.start("FIX.4.4")
        self.assertEqual(self.ask("568=R|569=0|263=1|55=NO|", "749 750"), ["AQ 1 2"])
        self.assertEqual(self.pit.market.venue.capture.subscribed, {})
        error = self.assertRaises(Refused, mapped, "AD", "568=R|569=0|263=3|", "FIX.4.4")
        self.assertEqual((error.reason, error.tag), (5, b"263"))

    def test_snapshot(self) -> None:
        """Subscriptions, and what became of trades, go on over a snapshot."""
        self.start("FIX.4.4")
        self.ask("568=R|569=0|263=1|")
        self.trade()
        self.trade()
        self.correct(1, 4, 9)
        self.pit.read("ME", "11")
        plain = self.pit.market.venue.state()
        again = Pit().market.venue
        again.restore(plain, lambda names: ())
        self.assertEqual(again.state(), plain)
        self.assertEqual(len(again.capture.subscribed), 1)
        self.assertEqual(again.capture.revised, {1: {"1": (units(4), units(9))}})


class RevisedTests(CaptureTestCase):
    """Fills that are busted or corrected."""

    def test_told(self) -> None:
        """Canceled or replaced, by a report that names the first one."""
        for version in SINCE:
            new, canceled, corrected = CODES.get(version, ("0", "1", "2"))
            self.start(version)
            self.ask("568=R|569=0|263=1|")
            self.trade()
            self.assertEqual(self.heard(), [f"AE 1 {new} F 10 5"])
            self.correct(1, 4, 9)
            tags = "571 572 487 150 31 32"
            self.assertEqual(self.heard(tags), [f"AE 1.1 1 {corrected} G 9 4"])
            self.bust(2)  # the other's
            self.assertEqual(self.heard(tags), [])
            self.bust(1)
            self.assertEqual(self.heard(tags), [f"AE 1.3 1 {canceled} H 9 4"])

    def test_asked_later(self) -> None:
        """What was busted is not told again, what was corrected is told as it is now."""
        self.start("FIX.4.4")
        for _ in range(4):
            self.trade()
        self.bust(3)  # my second
        self.correct(5, 3, 8)  # my third
        self.pit.read("ME", "11")
        answers = self.ask("568=R|569=0|", "748 571 31 32")
        expected = ["AQ 3 - - -", "AE 3 1 10 5", "AE 3 3 8 3", "AE 3 4 10 5"]
        self.assertEqual(answers, expected)

    def test_which(self) -> None:
        """Of several fills of one order it is the right trade, whatever was busted before."""
        self.start("FIX.4.4")
        self.ask("568=R|569=0|263=1|")
        head = f"21=1|40=2|44=10|55=AAA|{TIME}"
        self.pit.send("ME", "D", f"11=A|38=20|54=1|{head}")
        for name in "BCDE":
            self.pit.send("YOU", "D", f"11={name}|38=5|54=2|{head}")
        self.pit.read("ME", "11")
        for fill, trade in ((1, 2), (1, 3), (1, 4), (0, 1)):  # each by its place among the rest
            self.bust(1, fill)
            self.assertEqual(self.heard("572"), [f"AE {trade}"])

    def test_both_sides(self) -> None:
        """Of a trade with oneself each side is told for itself once they differ."""
        self.start("FIX.4.4")
        head = f"21=1|40=2|44=10|55=AAA|38=5|{TIME}"
        self.pit.send("ME", "D", f"11=A|54=1|{head}")
        self.pit.send("ME", "D", f"11=B|54=2|{head}")
        self.assertEqual(self.ask("568=R|569=0|", "748 552"), ["AQ 1 -", "AE 1 2"])
        self.correct(1, 4, 9)
        self.pit.read("ME", "11")
        answers = self.ask("568=R|569=0|", "748 552 54 32")
        self.assertEqual(answers, ["AQ 2 - - -", "AE 2 1 2 5", "AE 2 1 1 4"])
        self.bust(2)
        self.pit.read("ME", "11")
        self.assertEqual(self.ask("568=R|569=0|", "552 54 32")[1:], ["AE 1 1 4"])

    def test_forgotten(self) -> None:
        """What became of a trade is forgotten with it."""
        self.start("FIX.4.4")
        venue = self.pit.market.venue
        self.trade()
        self.trade()
        self.bust(1)
        self.assertEqual(list(venue.capture.revised), [1])
        venue.trades.popleft()
        self.bust(3)
        self.assertEqual((list(venue.capture.revised), list(venue.capture.revisions)), ([2], [2]))


class AckTests(CaptureTestCase):
    """TradeCaptureReportAck(AR) of a counterparty."""

    def test_accepted(self) -> None:
        """Nothing is answered, and nothing happens."""
        for version in NAMES[4:]:
            self.start(version)
            body = f"571=1|150=F|939=1|58=no|55=AAA|{TIME}"
            self.assertEqual(self.pit.send("ME", "AR", body), [])
            request = mapped("AR", body, version)
            assert isinstance(request, TradeAck)
            self.assertEqual(
                (request.report_id, request.accepted, request.text), ("1", False, "no")
            )
            plain = request_state(request)
            self.assertEqual(request_state(request_of(plain)), plain)

    def test_refused(self) -> None:
        """It has to say of which report it is."""
        self.assertRaises(RefusedBusiness, mapped, "AR", f"150=F|55=AAA|{TIME}", "FIX.4.4")
        self.assertRaises(Refused, mapped, "AR", "571=1|150=F|55=AAA|", "FIX.4.3")


class StateTests(SynchronousTestCase):
    """Requests for trades are in snapshots."""

    def test_again(self) -> None:
        """With what they subscribe to."""
        request = mapped("AD", "568=R|569=0|263=1|", "FIX.4.4")
        assert isinstance(request, TradesQuery)
        again = request_of(request_state(request))
        assert isinstance(again, TradesQuery)
        self.assertEqual((request.updates, again.updates), (1, 1))
