"""What a venue checks besides the terms of an order: each rule at its bound and one past it."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.accounts import Membership
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Reason, Side
from exsim.model.events import CancelReject, Event, Report
from exsim.model.instructions import Instructions
from exsim.model.participants import AccountSettings, Participants, RiskSettings
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE, NewOrder, ReplaceOrder
from exsim.model.settings import Instrument
from tests.market import Market

BUY, SELL, SHORT, EXEMPT = Side.BUY, Side.SELL, Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT
PERCENT = UNIT
MILLISECOND = 1_000_000


class RiskTestCase(SynchronousTestCase):
    """A venue with an instrument REF whose reference price is 100."""

    market: Market

    def venue(
        self,
        *accounts: AccountSettings,
        instrument: Instrument | None = None,
        **limits: Any,
    ) -> Market:
        """A venue with these limits."""
        settings = Participants(RiskSettings(**limits), accounts)
        self.market = Market(participants=settings)
        ref = instrument or Instrument("REF", reference=100 * UNIT)
        self.market.venue.add_instrument(ref)
        self.count = 0
        return self.market

    def order(
        self,
        qty: int,
        price: int | None,
        side: Side = BUY,
        account: str = "",
        session: str = "S",
        extra: Instructions | None = None,
        symbol: str = "REF",
    ) -> NewOrder:
        """An order in whole units, with a ClOrdID of its own."""
        self.count += 1
        kind = OrdType.MARKET if price is None else OrdType.LIMIT
        at = NO_PRICE if price is None else price * UNIT
        return NewOrder(
            session,
            f"c{self.count}",
            symbol,
            int(side),
            int(kind),
            0,
            qty * UNIT,
            at,
            account,
            extra=extra,
        )

    def enter(self, *args: Any, **more: Any) -> list[Event]:
        """Enter such an order."""
        return self.market.submit(self.order(*args, **more))

    def taken(self, *args: Any, **more: Any) -> None:
        """Such an order is taken."""
        event = self.enter(*args, **more)[0]
        assert isinstance(event, Report)
        self.assertIs(event.reason, None, event.text)

    def refused(self, reason: Reason, text: str, *args: Any, **more: Any) -> None:
        """Such an order is rejected, for just this."""
        events = self.enter(*args, **more)
        self.assertEqual([(each.reason, each.text) for each in events], [(reason, text)])  # type: ignore[union-attr]

    def again(self) -> None:
        """The venue as a snapshot has it, made again."""
        before = self.market
        plain: Plain = before.venue.state()
        after = Market(participants=before.venue.settings.participants)
        for instrument in before.venue.instruments.values():
            if instrument.symbol not in after.venue.instruments:
                after.venue.add_instrument(instrument)
        after.venue.restore(plain, lambda names: ())
        after.now = before.now
        self.assertEqual(after.venue.state(), plain)
        self.market = after


class NothingTests(RiskTestCase):
    """A venue without limits."""

    def test_no_checks(self) -> None:
        """It has nothing that would check."""
        self.assertIs(self.venue().venue.risk, None)
        self.assertIs(self.venue(stp="cancel-newest", stp_by="firm").venue.risk, None)
        self.assertIsNot(self.venue(price_band=(UNIT, 0)).venue.risk, None)

    def test_limits_of_an_instrument(self) -> None:
        """They are enough for checks to begin."""
        narrow = Instrument("REF", reference=100 * UNIT, price_band=(2 * UNIT, 0))
        self.venue(instrument=narrow)
        self.taken(1, 102)
        text = "price_band: price 103 is not from 98 to 102, 2 around the reference price"
        self.refused(Reason.BAND, text, 1, 103)


class BandTests(RiskTestCase):
    """Prices."""

    def test_static(self) -> None:
        """Around the reference price, whatever was traded; an instrument's own goes before."""
        self.venue(price_band=(0, 10 * PERCENT))
        self.taken(1, 110, SELL)
        self.taken(1, 90)
        self.taken(1, 110)
        text = "price_band: price {} is not from 90 to 110, 10% around the reference price"
        self.refused(Reason.BAND, text.format(111), 1, 111)
        self.refused(Reason.BAND, text.format(89), 1, 89, SELL)
        self.taken(1, 500, symbol="AAA")  # which has no reference price
        wide = Instrument("REF", reference=100 * UNIT, price_band=(50 * UNIT, 0))
        self.venue(instrument=wide, price_band=(0, 10 * PERCENT))
        self.taken(1, 150)

    def test_dynamic(self) -> None:
        """Around the last price, once there is one."""
        self.venue(dynamic_band=(5 * UNIT, 0))
        text = "dynamic_band: price 106 is not from 95 to 105, 5 around the reference price"
        self.refused(Reason.BAND, text, 1, 106)
        self.taken(1, 105, SELL)
        self.taken(1, 105)
        self.again()
        self.taken(1, 110)
        text = "dynamic_band: price 99 is not from 100 to 110, 5 around the last price"
        self.refused(Reason.BAND, text, 1, 99)

    def test_fat_finger(self) -> None:
        """Only away on the wrong side."""
        self.venue(fat_finger=(0, 3 * PERCENT))
        self.taken(1, 103)
        self.taken(1, 50)
        self.taken(1, 200, SELL)
        text = "fat_finger: price 104 is above 103, 3% from the reference price 100"
        self.refused(Reason.BAND, text, 1, 104)
        text = "fat_finger: price 96 is below 97, 3% from the reference price 100"
        self.refused(Reason.BAND, text, 1, 96, SELL)

    def test_collar(self) -> None:
        """By the worst price at which a market order would trade."""
        self.venue(collar=(0, 2 * PERCENT))
        self.taken(5, None)
        self.taken(5, 101, SELL, session="M")
        self.taken(5, 102, SELL, session="M")
        self.taken(5, 103, SELL, session="M")
        text = "collar: the order would trade at 103, beyond 102, 2% from the reference price"
        self.refused(Reason.BAND, text, 11, None)
        self.taken(10, None)

    def test_replace(self) -> None:
        """The new terms are held to the same."""
        self.venue(price_band=(UNIT, 0))
        first = self.order(1, 100)
        self.market.submit(first)
        (event,) = self.market.submit(ReplaceOrder(first.cl_ord_id, self.order(1, 102)))
        assert isinstance(event, CancelReject)
        self.assertIs(event.reason, Reason.BAND)
        self.assertIn("price 102 is not from 99 to 101", event.text)


class SizeTests(RiskTestCase):
    """Quantities and values."""

    def test_quantity(self) -> None:
        """Of any order, and of one of an account."""
        self.venue(AccountSettings("A", max_order_qty=5 * UNIT), max_order_qty=10 * UNIT)
        self.taken(10, 100)
        self.refused(Reason.QUANTITY, "max_order_qty: quantity 11 is above 10", 11, 100)
        self.taken(5, 100, account="A")
        text = "max_order_qty: quantity 6 is above 5 of account A"
        self.refused(Reason.QUANTITY, text, 6, 100, account="A")

    def test_notional(self) -> None:
        """With the multiplier; a market order counts at the last or reference price."""
        future = Instrument("REF", reference=100 * UNIT, multiplier=10 * UNIT)
        self.venue(instrument=future, max_notional=10_000 * UNIT)
        self.taken(10, 100)
        text = "max_notional: the order is worth 11000, above 10000"
        self.refused(Reason.NOTIONAL, text, 11, 100)
        self.refused(Reason.NOTIONAL, text, 11, None)

    def test_own(self) -> None:
        """An instrument's limit goes before the venue's, an account's is one more."""
        big = Instrument("REF", max_notional=5_000 * UNIT)
        self.venue(
            AccountSettings("A", max_notional=50 * UNIT), instrument=big, max_notional=100 * UNIT
        )
        self.taken(50, 100)
        text = "max_notional: the order is worth 100, above 50 of account A"
        self.refused(Reason.NOTIONAL, text, 1, 100, account="A")

    def test_open_orders(self) -> None:
        """Of a session, of any account, and of one; what ended makes room."""
        self.venue(AccountSettings("A", max_open_orders=1), max_open_session=3, max_open_account=2)
        self.taken(1, 90, account="A")
        text = "max_open_orders: account A has 1 open, of 1"
        self.refused(Reason.RISK, text, 1, 90, account="A")
        self.taken(1, 91, account="B")
        self.taken(1, 91, account="B")
        text = "max_open_session: session S has 3 open, of 3"
        self.refused(Reason.RISK, text, 1, 90)
        text = "max_open_account: account B has 2 open, of 2"
        self.refused(Reason.RISK, text, 1, 90, account="B", session="T")
        self.market.cancel("x", "c3")
        self.again()
        self.taken(1, 92, account="B")


class ExposureTests(RiskTestCase):
    """Positions and credit."""

    def test_position(self) -> None:
        """What open orders may lead to counts; the other side of it is free."""
        self.venue(AccountSettings("A", max_position=10 * UNIT))
        self.taken(6, 100, account="A")
        self.taken(4, 100, account="A")
        text = "max_position: the position in REF might come to 11, above 10"
        self.refused(Reason.RISK, text, 1, 100, account="A")
        self.taken(10, 100, SELL, session="M")
        self.again()
        self.refused(Reason.RISK, text, 1, 100, account="A")
        self.taken(20, 100, SELL, account="A")
        text = "max_position: the position in REF might come to 11, above 10"
        self.refused(Reason.RISK, text, 1, 100, SELL, account="A")

    def test_of_one_instrument(self) -> None:
        """Has its own limit."""
        self.venue(AccountSettings("A", max_position=10 * UNIT, positions=(("REF", UNIT),)))
        self.taken(1, 100, account="A")
        text = "max_position: the position in REF might come to 2, above 1"
        self.refused(Reason.RISK, text, 1, 100, account="A")
        self.taken(10, 100, account="A", symbol="AAA")

    def test_replace_counts_what_is_more(self) -> None:
        """A larger quantity is held to the limit, a smaller one is not."""
        self.venue(AccountSettings("A", max_position=10 * UNIT))
        first = self.order(10, 100, account="A")
        self.market.submit(first)
        larger, smaller = self.order(11, 100, account="A"), self.order(9, 100, account="A")
        (event,) = self.market.submit(ReplaceOrder(first.cl_ord_id, larger))
        self.assertIs(event.reason, Reason.RISK)  # type: ignore[union-attr]
        (event,) = self.market.submit(ReplaceOrder(first.cl_ord_id, smaller))
        assert isinstance(event, Report)
        self.taken(1, 100, account="A")

    def test_credit(self) -> None:
        """All instruments together, at the last, reference or own price."""
        self.venue(AccountSettings("A", credit=2_000 * UNIT))
        self.taken(10, 100, account="A")
        self.taken(10, 50, account="A", symbol="AAA")
        text = "credit: account A would use 2100 of 2000"
        self.refused(Reason.RISK, text, 6, 100, account="A")
        self.taken(5, 100, account="A")
        self.taken(1, 500, SELL, account="A")  # no more than what is open to buy
        self.taken(1, 200, SELL, session="M")
        self.taken(1, 200, session="M")  # so that all of it is worth more than the limit
        self.taken(1, 500, SELL, account="A")
        text = "credit: account A would use 3700 of 2000"
        self.refused(Reason.RISK, text, 1, 100, account="A")

    def test_bust_gives_back(self) -> None:
        """Whatever changes an order changes what is counted, such as a cancel after a fill."""
        self.venue(AccountSettings("A", max_position=10 * UNIT))
        self.taken(10, 100, account="A")
        self.taken(4, 100, SELL, session="M")
        self.market.cancel("x", "c1")
        risk = self.market.venue.risk
        assert risk is not None
        use = risk.ledger.use("A")
        self.assertEqual((use.positions, use.buying), ({"REF": 4 * UNIT}, {}))
        self.assertEqual((use.open_orders, use.day_volume), (0, 4 * UNIT))


class WhoTests(RiskTestCase):
    """Accounts, sessions, and who is switched off."""

    def test_known_accounts(self) -> None:
        """Others are refused only where that is asked for."""
        self.venue(AccountSettings("A"), accounts="known")
        self.taken(1, 100, account="A")
        text = "accounts = known: there is no account 'B'"
        self.refused(Reason.ACCOUNT, text, 1, 100, account="B")
        text = "accounts = known: the order names no account"
        self.refused(Reason.ACCOUNT, text, 1, 100)
        self.venue(AccountSettings("A"))
        self.taken(1, 100, account="B")

    def test_sessions_of_an_account(self) -> None:
        """Only they trade for it."""
        self.venue(AccountSettings("A", sessions=("S", "T")))
        self.taken(1, 100, account="A")
        text = "sessions: account A is for S, T"
        self.refused(Reason.NOT_ALLOWED, text, 1, 100, account="A", session="U")
        self.taken(1, 100, account="A", session="")  # by hand, over REST

    def test_kill_switches(self) -> None:
        """Of the venue, a session, an account and a firm; cancels go on; all are kept."""
        self.venue(AccountSettings("A", firm="F"))
        self.taken(1, 90, account="A")
        switches = self.market.venue.watch_over().switches
        for scope, name, who in (
            ("venue", "", "venue"),
            ("session", "S", "session S"),
            ("account", "A", "account A"),
            ("firm", "F", "firm F"),
        ):
            switches.set(scope, name, True, "a test")
            text = f"the kill switch of {who} is on: a test"
            self.refused(Reason.KILLED, text, 1, 100, account="A")
            switches.set(scope, name, False, "")
            self.taken(1, 90, account="A")
        switches.set("venue", "", True, "")
        self.again()
        self.refused(Reason.KILLED, "the kill switch of venue is on", 1, 100)
        first = self.order(2, 91)
        (event,) = self.market.submit(ReplaceOrder("c1", first))
        self.assertIs(event.reason, Reason.KILLED)  # type: ignore[union-attr]
        (event,) = self.market.cancel("x", "c1")
        assert isinstance(event, Report)
        self.market.venue.reset()
        self.taken(1, 100)

    def test_firm_of_a_session(self) -> None:
        """Is that of orders whose account has none."""
        self.venue()
        self.market.venue.accounts.membership = lambda session: Membership(f"firm of {session}")
        self.market.venue.watch_over().switches.set("firm", "firm of S", True, "")
        self.refused(Reason.KILLED, "the kill switch of firm firm of S is on", 1, 100)
        self.taken(1, 100, session="T")

    def test_short_sales(self) -> None:
        """Allowed, with a locate, or not at all; an instrument and an account have their own."""
        located = Instructions(located=True)
        self.venue(short_sale="locate")
        text = "short_sale = locate: a short sale needs a locate, LocateReqd(114) = N"
        self.refused(Reason.SHORT_SALE, text, 1, 100, SHORT)
        self.taken(1, 100, SHORT, extra=located)
        self.taken(1, 100, EXEMPT)
        self.taken(1, 100, SELL)
        self.venue(short_sale="refuse")
        text = "short_sale = refuse: short sales are not taken"
        for side in (SHORT, EXEMPT):
            self.refused(Reason.SHORT_SALE, text, 1, 100, side, extra=located)
        self.venue(instrument=Instrument("REF", short_sale="refuse"))
        self.refused(Reason.SHORT_SALE, text, 1, 100, SHORT)
        self.taken(1, 100, SHORT, symbol="AAA")
        self.venue(AccountSettings("A", short_sale="allow"), short_sale="refuse")
        self.taken(1, 100, SHORT, account="A")


class DuplicateTests(RiskTestCase):
    """The same terms within a time."""

    def test_within(self) -> None:
        """Not a moment before it is over; other terms and other sessions do not count."""
        self.venue(duplicate_within=500 * MILLISECOND)
        self.taken(1, 100)
        self.taken(2, 100)
        self.taken(1, 100, session="T")
        self.market.now += 500 * MILLISECOND - 1
        self.again()
        text = "duplicate_within: order c1 has the same terms, and came 499 ms ago"
        text += ", less than 500 ms"
        self.refused(Reason.DUPLICATE, text, 1, 100)
        self.market.now += 1
        self.taken(1, 100)
        risk = self.market.venue.risk
        assert risk is not None
        self.assertEqual(len(risk.state()[2]), 1)  # what is over is forgotten
