"""Whose orders are whose: owners, acting for others, sessions that go, the ledger and the fees."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.accounts import Accounts, Membership
from exsim.dispatch.fees import fee
from exsim.dispatch.ledger import month_of
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Side
from exsim.model.events import Report
from exsim.model.instructions import Instructions
from exsim.model.participants import (
    AccountSettings,
    FeeTier,
    Participants,
    RiskSettings,
    Stay,
)
from exsim.model.requests import CancelOrder, NewOrder
from tests.amount import amount
from tests.market import Market, told

BUY, SELL = Side.BUY, Side.SELL
SECOND = 1_000_000_000
DAY = 86_400 * SECOND


def order(
    cl_ord_id: str,
    side: Side = BUY,
    qty: int = 10,
    price: int = 100,
    account: str = "",
    session: str = "S",
    extra: Instructions | None = None,
) -> NewOrder:
    """A limit order in whole units."""
    kind = int(OrdType.LIMIT)
    return NewOrder(
        session,
        cl_ord_id,
        "AAA",
        int(side),
        kind,
        0,
        qty * UNIT,
        price * UNIT,
        account,
        extra=extra,
    )


def member(session: str) -> Membership:
    """S and T are of a firm, and T may act for it; Z may act for anybody."""
    firm = "F" if session in "ST" else "G"
    return Membership(firm, {"T": "firm", "U": "firm", "Z": "any"}.get(session, "own"))


class OwnerTests(SynchronousTestCase):
    """Who must not trade with whom."""

    def owner(self, by: str, terms: NewOrder) -> str:
        """The owner of an order where that is by something."""
        accounts = Accounts(
            Participants(RiskSettings(stp_by=by), (AccountSettings("A", firm="ACME"),))
        )
        accounts.membership = member
        return accounts.owner_of(terms)

    def test_by(self) -> None:
        """Account, firm (of the account, or else the session), session, or nobody."""
        terms = order("1", account="A")
        self.assertEqual(self.owner("account", terms), "A")
        self.assertEqual(self.owner("firm", terms), "ACME")
        self.assertEqual(self.owner("firm", order("1", account="B")), "F")
        self.assertEqual(self.owner("session", terms), "S")
        self.assertEqual(self.owner("group", terms), "")

    def test_group(self) -> None:
        """One that an order names goes before, and is no account of its name."""
        terms = order("1", account="A", extra=Instructions(group="A"))
        for by in ("account", "firm", "session", "group"):
            self.assertEqual(self.owner(by, terms), "group A")


class ActingTests(SynchronousTestCase):
    """Orders of others."""

    def setUp(self) -> None:
        """An order of S rests."""
        self.market = Market()
        self.market.venue.accounts.membership = member
        self.market.submit(order("1"))

    def cancel(self, session: str, order_id: str = "1") -> list[str]:
        """A session cancels by OrderID."""
        return told(self.market.submit(CancelOrder(session, "x", "", order_id)))

    def test_not_allowed(self) -> None:
        """A session that may not, one of another firm, and one that names the wrong order."""
        for session in ("R", "U"):
            self.assertEqual(self.cancel(session), ["x cancel refused UNKNOWN_ORDER"])
        self.assertEqual(self.cancel("T", "2"), ["x cancel refused UNKNOWN_ORDER"])
        self.assertEqual(self.market.resting(), [(1, 100, 10)])

    def test_cancel(self) -> None:
        """Both hear of it, under ClOrdIDs of their own; each report has its ExecID."""
        events = self.market.submit(CancelOrder("T", "x", "", "1"))
        found = [
            (each.session, each.cl_ord_id, each.orig_cl_ord_id, each.text)
            for each in events
            if isinstance(each, Report)
        ]
        text = "session T canceled it"
        self.assertEqual(found, [("S", "1", "", text), ("T", "x", "1", text)])
        self.assertEqual(len({each.exec_id for each in events}), 2)  # type: ignore[union-attr]
        self.assertEqual(self.market.resting(), [])
        self.assertEqual(self.cancel("T"), ["x cancel refused TOO_LATE"])

    def test_for_anybody(self) -> None:
        """With act_for = any."""
        self.assertEqual(self.cancel("Z"), ["1 canceled 0/0", "x canceled 0/0"])


class LeavingTests(SynchronousTestCase):
    """Sessions that go."""

    def setUp(self) -> None:
        """Two orders of S rest, one of them for as long as it is connected; one of T."""
        self.market = Market()
        fleeting = Instructions(cancel_on_disconnect=True)
        self.market.submit(order("1"))
        self.market.submit(order("2", extra=fleeting))
        self.market.submit(order("3", session="T"))

    def left(self, stay: Stay, logged_out: bool = False, session: str = "S") -> list[str]:
        """What comes of it at once."""
        market = self.market
        market.venue.left(session, 1, logged_out, stay, market.now, market.dispatcher.out)
        return told(market.take())

    def again(self) -> None:
        """The venue as a snapshot has it, made again."""
        plain = self.market.venue.state()
        after = Market()
        after.venue.restore(plain, lambda names: ())
        after.now = self.market.now
        self.assertEqual(after.venue.state(), plain)
        self.market = after

    def test_stays(self) -> None:
        """But for the order that asked to go, once; not on a logout."""
        self.assertEqual(self.left(Stay(), logged_out=True), [])
        self.setUp()
        self.assertEqual(self.left(Stay()), ["2 canceled 0/0"])
        self.assertEqual(self.left(Stay()), [])

    def test_all_go(self) -> None:
        """On what is asked for, and only then."""
        self.assertEqual(self.left(Stay(ends_on_logout=True)), ["2 canceled 0/0"])
        self.assertEqual(self.left(Stay(ends_on_disconnect=True), logged_out=True), [])
        self.assertEqual(self.left(Stay(ends_on_disconnect=True)), ["1 canceled 0/0"])
        self.assertEqual(self.market.resting(), [(3, 100, 10)])
        text = self.market.events[-1].text  # type: ignore[union-attr]
        self.assertEqual(text, "the session is disconnected")

    def test_logout(self) -> None:
        """Says so."""
        self.left(Stay(ends_on_logout=True), logged_out=True)
        text = self.market.events[-1].text  # type: ignore[union-attr]
        self.assertEqual(text, "the session logged out")

    def test_grace(self) -> None:
        """Not a moment before it is over; the wait is in snapshots."""
        self.assertEqual(self.left(Stay(True, grace=5 * SECOND)), [])
        self.again()
        self.assertEqual(self.market.advance(5 * SECOND - 1), [])
        self.assertEqual(told(self.market.advance(1)), ["1 canceled 0/0", "2 canceled 0/0"])
        entry = list(self.market.journal.entries(0))[-1]
        self.assertEqual((entry.session, entry.data), ("S", b"departure"))

    def test_back_in_time(self) -> None:
        """The next logon keeps the orders; that it was there before does not."""
        self.left(Stay(True, grace=5 * SECOND))
        self.market.venue.returned("S", 1)
        self.market.venue.returned("T", 9)
        self.assertEqual(len(self.market.venue.agenda), 1)
        self.again()
        self.market.venue.returned("S", 2)
        self.assertEqual(self.market.advance(10 * SECOND), [])
        self.assertEqual(len(self.market.resting()), 3)

    def test_forgotten(self) -> None:
        """A session that is removed takes its wait along."""
        self.left(Stay(True, grace=5 * SECOND))
        self.market.venue.forget_session("S")
        self.assertEqual(len(self.market.venue.agenda), 0)


class LedgerTests(SynchronousTestCase):
    """What is counted as orders change is what counting all orders gives."""

    def recount(self, market: Market) -> dict[str, tuple[int, int, int, int]]:
        """Open orders, buying, selling and position of each account, from the orders."""
        found: dict[str, tuple[int, int, int, int]] = {}
        for one in market.venue.orders.all():
            opened, buying, selling, position = found.get(one.terms.account, (0, 0, 0, 0))
            buys = one.terms.side == BUY
            found[one.terms.account] = (
                opened + one.open,
                buying + one.leaves * buys,
                selling + one.leaves * (not buys),
                position + (one.cum if buys else -one.cum),
            )
        return found

    def counted(self, market: Market) -> dict[str, tuple[int, int, int, int]]:
        """The same from the ledger."""
        ledger = market.venue.watch_over().ledger
        return {
            name: (
                use.open_orders,
                use.buying.get("AAA", 0),
                use.selling.get("AAA", 0),
                use.positions.get("AAA", 0),
            )
            for name, use in ledger.uses.items()
        }

    @settings(max_examples=amount(15, 40), derandomize=True, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from("NNNCRFM"),
                st.integers(1, 9),
                st.integers(1, 30),
                st.sampled_from("AB"),
                st.sampled_from((BUY, SELL)),
            ),
            max_size=60,
        ),
        st.integers(0, 60),
    )
    def test_random(self, steps: list[tuple[str, int, int, str, Side]], begin: int) -> None:
        """Enter, cancel, replace, fill by hand; watched from any moment on, and over a snapshot."""
        market = Market()
        for number, (what, size, which, account, side) in enumerate(steps):
            if number == begin:
                market.venue.watch_over()
            known = market.venue.orders.get(which)
            if what == "N":
                market.submit(order(f"n{number}", side, size, 98 + size % 4, account))
            elif known is not None and what == "C":
                market.cancel(f"c{number}", known.terms.cl_ord_id)
            elif known is not None and what == "R":
                kind = Side(known.terms.side)
                new = order(f"r{number}", kind, size, 98 + size % 4, known.terms.account)
                market.replace(known.terms.cl_ord_id, new)
            elif known is not None and known.open and what == "F":
                qty = min(size * UNIT, known.leaves)
                market.venue.fill_order(known, qty, 99 * UNIT, market.now, market.events)
            elif what == "M" and number > begin:
                after = Market()
                after.venue.restore(market.venue.state(), lambda names: ())
                market = after
            if number >= begin:
                self.assertEqual(self.counted(market), self.recount(market))


class ForgettingTests(SynchronousTestCase):
    """The ledger keeps no more orders than the venue does, but for a while."""

    def test_bounded(self) -> None:
        """Positions stay right, though orders that are filled leave memory."""
        market = Market()
        market.venue.orders._keep_finished = 1
        ledger = market.venue.watch_over().ledger
        most = 0
        for number in range(1_200):
            market.submit(order(f"m{number}", SELL, 1, account="M", session="M"))
            market.submit(order(f"t{number}", BUY, 1, account="T"))
            most = max(most, len(ledger._booked))
        self.assertEqual(ledger.use("T").positions, {"AAA": 1_200 * UNIT})
        self.assertLess(most, 1_010)  # 1,000, and what is seen to be kept


class MonthTests(SynchronousTestCase):
    """Months of days."""

    def test_months(self) -> None:
        """As the calendar has them, every day of 1968 to 2104."""
        begin = date(1970, 1, 1)
        for number in range(-700, 49_000):
            day = begin + timedelta(number)
            self.assertEqual(month_of(number), day.year * 12 + day.month - 1, day)


class FeeTests(SynchronousTestCase):
    """What fills cost."""

    def test_rates(self) -> None:
        """By share, value and order; rounded to the nearest, halves away from zero."""
        qty, price = 300 * UNIT, 20 * UNIT
        for rate, expected in (
            (("share", UNIT // 1000 * 3), 9 * UNIT // 10),
            (("share", -UNIT // 500), -6 * UNIT // 10),
            (("bp", UNIT // 2), 3 * UNIT // 10),
            (("bp", -UNIT // 2), -3 * UNIT // 10),
            (("order", UNIT), UNIT),
        ):
            self.assertEqual(fee(rate, qty, price, UNIT, True), expected, rate)
        self.assertEqual(fee(("order", UNIT), qty, price, UNIT, False), 0)
        self.assertEqual(fee(("bp", UNIT), qty, price, 10 * UNIT, True), 6 * UNIT)
        self.assertEqual(fee(("share", 1), UNIT // 2, price, UNIT, True), 1)
        self.assertEqual(fee(("share", -1), UNIT // 2, price, UNIT, True), -1)
        self.assertEqual(fee(("share", 1), UNIT // 2 - 1, price, UNIT, True), 0)

    def market(self, *accounts: AccountSettings) -> Market:
        """A venue with three tiers."""
        fees = (
            FeeTier("plain", ("share", -UNIT // 1000), ("share", 3 * UNIT // 1000)),
            FeeTier("daily", ("share", 0), ("share", 2 * UNIT // 1000), 100 * UNIT, "day"),
            FeeTier("monthly", ("share", 0), ("share", UNIT // 1000), 300 * UNIT, "month"),
        )
        return Market(participants=Participants(accounts=accounts, fees=fees))

    def trade(self, market: Market, qty: int, name: str) -> list[int | None]:
        """What a trade costs, or earns, taker and maker, of an account each."""
        market.submit(order(f"m{name}", SELL, qty, account="M", session="M"))
        events = market.submit(order(f"t{name}", BUY, qty, account="T"))
        fills = [each for each in events if isinstance(each, Report) and each.last_qty]
        return [None if each.more is None else each.more.commission for each in fills]

    def test_maker_and_taker(self) -> None:
        """Each by what it is; all is added up, and in snapshots."""
        market = self.market()
        self.assertEqual(self.trade(market, 100, "1"), [30_000_000, -10_000_000])
        risk = market.venue.risk
        assert risk is not None
        self.assertEqual(risk.ledger.use("T").fees, 30_000_000)
        self.assertEqual(risk.ledger.use("M").fees, -10_000_000)
        after = self.market()
        after.venue.restore(market.venue.state(), lambda names: ())
        self.assertEqual(after.venue.state(), market.venue.state())

    def test_tiers(self) -> None:
        """By the volume before the fill, of the day or the month, counted anew in the next."""
        market = self.market()
        market.now = 0
        self.trade(market, 99, "1")
        self.assertEqual(self.trade(market, 1, "2")[0], 300_000)
        self.assertEqual(self.trade(market, 1, "3")[0], 200_000)
        market.now += DAY
        self.assertEqual(self.trade(market, 199, "4")[0], 199 * 300_000)
        self.assertEqual(self.trade(market, 1, "5")[0], 100_000)
        market.now += 31 * DAY
        self.assertEqual(self.trade(market, 1, "6")[0], 300_000)

    def test_given_tier(self) -> None:
        """That of the account, whatever it trades."""
        market = self.market(AccountSettings("T", fee_tier="monthly"))
        self.assertEqual(self.trade(market, 1, "1")[0], 100_000)

    def test_no_fees(self) -> None:
        """Where there are none, reports have nothing more."""
        self.assertEqual(self.trade(Market(), 1, "1"), [None, None])
