"""The built-in policies: which requests each is for, and what it decides of them."""

from __future__ import annotations

from collections.abc import Iterable

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyClass, verifyObject

from exsim.dispatch.chain import Link
from exsim.interfaces import IAlways, IPolicy, IView
from exsim.model import decisions
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Reason, Side, TimeInForce
from exsim.model.decisions import DROP, HOLD, MATCH, PASS, Decision, FillStep, Reply
from exsim.model.options import REQUIRED, Option, read_options
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    ReplaceOrder,
    Request,
)
from exsim.model.settings import Instrument
from exsim.policies import delay, drop, echo, fill, hold, match, reject
from tests.fakes import FakeView

POLICIES: tuple[type[IPolicy], ...] = (
    match.Match,
    fill.Fill,
    reject.Reject,
    hold.Hold,
    drop.Drop,
    delay.Delay,
    echo.Echo,
)
SECOND = 1_000_000_000


def new(
    symbol: str = "AAA",
    qty: int = 100,
    side: Side = Side.BUY,
    account: str = "",
    session: str = "S",
) -> NewOrder:
    """A limit order, in whole units."""
    return NewOrder(
        session,
        "C1",
        symbol,
        int(side),
        int(OrdType.LIMIT),
        int(TimeInForce.DAY),
        qty * UNIT,
        10 * UNIT,
        account,
    )


def of_each_kind(qty: int = 100) -> dict[str, Request]:
    """One request of each kind, all for AAA where they name an instrument."""
    return {
        "new": new(qty=qty),
        "cancel": CancelOrder("S", "C2", "C1", symbol="AAA", side=1),
        "replace": ReplaceOrder("C1", new(qty=qty)),
        "status": OrderStatusQuery("S", "C1", symbol="AAA", side=1),
        "other": OtherMessage("S", "R"),
    }


@implementer(IAlways)
class Knowing:
    """A policy that knows what it decides, and decides otherwise if it is asked."""

    name = "knowing"
    options: tuple[Option, ...] = ()

    def __init__(self, always: Decision | None) -> None:
        self.always = always

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """It was asked."""
        return HOLD


def made(policy: type[IPolicy], **given: str) -> IPolicy:
    """A policy with options as an ini would give them; a time that is needed is 1s."""
    needed = {option.name: "1s" for option in policy.options if option.default is REQUIRED}
    return policy("p", read_options(policy.options, needed | given))


def decided(policy: IPolicy, requests: Iterable[Request], view: IView) -> list[Decision]:
    """What a policy decides of some requests."""
    return [policy.decide(request, view, 0) for request in requests]


class InterfaceTests(SynchronousTestCase):
    """Policies and the view that the tests give them are what they say."""

    def test_view(self) -> None:
        """The fake is a view."""
        verifyClass(IView, FakeView)
        verifyObject(IView, FakeView())

    def test_policies(self) -> None:
        """Each is a policy, and knows its section."""
        for policy in POLICIES:
            verifyClass(IPolicy, policy)
            one = made(policy)
            verifyObject(IPolicy, one)
            self.assertEqual(one.name, "p")

    def test_options(self) -> None:
        """Every option has an explanation, every default can be read, no name is there twice."""
        for policy in POLICIES:
            names = [option.name for option in policy.options]
            self.assertEqual(len(set(names)), len(names))
            for option in policy.options:
                self.assertIsInstance(option, Option)
                self.assertRegex(option.help, r"^[A-Z].*\.$")
                if option.default is not None:
                    option.value(None)


class CriteriaTests(SynchronousTestCase):
    """Which requests fit; tried on hold, since all share them."""

    def assert_fits(self, given: dict[str, str], requests: dict[str, Request], *fit: str) -> None:
        """Check by name which requests are held, with options as an ini would give them."""
        policy, view = made(hold.Hold, **given), FakeView()
        held = [name for name, one in requests.items() if policy.decide(one, view, 0) is HOLD]
        self.assertEqual(held, list(fit), given)

    def test_none(self) -> None:
        """Without criteria everything fits."""
        requests = of_each_kind()
        self.assert_fits({}, requests, *requests)

    def test_types(self) -> None:
        """Kinds of request, and message types of messages that map to none."""
        requests = {**of_each_kind(), "V": OtherMessage("S", "V")}
        self.assert_fits({"types": "new"}, requests, "new")
        self.assert_fits({"types": "cancel, replace"}, requests, "cancel", "replace")
        self.assert_fits({"types": "status other"}, requests, "status", "other", "V")
        self.assert_fits({"types": "V new"}, requests, "new", "V")

    def test_message_type_of_a_request(self) -> None:
        """A message type counts for messages that map to a request, too."""
        policy = made(hold.Hold, types="D")
        self.assertIs(policy.decide(new(), FakeView(message=(("35", "D"),)), 0), HOLD)
        self.assertIs(policy.decide(new(), FakeView(message=(("35", "E"),)), 0), PASS)
        self.assertIs(policy.decide(new(), FakeView(), 0), PASS)

    def test_names(self) -> None:
        """Symbol, side, account and session; all that are given have to agree."""
        requests: dict[str, Request] = {
            "plain": new(),
            "symbol": new("BBB"),
            "side": new(side=Side.SELL),
            "short": new(side=Side.SELL_SHORT),
            "account": new(account="X"),
            "session": new("BBB", session="T"),
        }
        self.assert_fits({"symbols": "BBB, CCC"}, requests, "symbol", "session")
        self.assert_fits({"sides": "sell"}, requests, "side")
        self.assert_fits({"sides": "sell, sell-short"}, requests, "side", "short")
        self.assert_fits({"accounts": "X Y"}, requests, "account")
        self.assert_fits({"sessions": "T"}, requests, "session")
        self.assert_fits({"sessions": "T", "symbols": "AAA"}, requests)

    def test_quantity(self) -> None:
        """From and to, both included; what has no quantity does not fit."""
        requests = of_each_kind()
        self.assert_fits({"min_qty": "100"}, requests, "new", "replace")
        self.assert_fits({"min_qty": "100.00000001"}, requests)
        self.assert_fits({"max_qty": "100"}, requests, "new", "replace")
        self.assert_fits({"max_qty": "99.99999999"}, requests)
        self.assert_fits({"min_qty": "0"}, requests, "new", "replace")

    def test_probability(self) -> None:
        """About so many fit, the same ones for the same seed."""
        policy, requests = made(hold.Hold, probability="25%"), [new()] * 1000
        first = decided(policy, requests, FakeView(seed=7))
        self.assertEqual(first, decided(policy, requests, FakeView(seed=7)))
        self.assertNotEqual(first, decided(policy, requests, FakeView(seed=8)))
        self.assertTrue(200 < first.count(HOLD) < 300, first.count(HOLD))
        self.assertEqual(first.count(HOLD) + first.count(PASS), 1000)

    def test_certain(self) -> None:
        """0 is never, 1 is always."""
        for chance, decision in (("0", PASS), ("1", HOLD), ("100%", HOLD)):
            policy = made(hold.Hold, probability=chance, types="new")
            self.assertEqual(decided(policy, [new()] * 100, FakeView()), [decision] * 100, chance)

    def test_chance_is_not_shifted(self) -> None:
        """Requests that do not fit otherwise draw nothing."""
        policy = made(
            hold.Hold,
            probability="0.5",
            symbols="AAA",
            types="new",
            sides="buy",
            min_qty="10",
            sessions="S",
            accounts="X",
        )
        fit = new(account="X")
        others = (
            new("BBB", account="X"),
            new(),
            new(account="X", qty=1),
            new(account="X", side=Side.SELL),
            new(account="X", session="T"),
            CancelOrder("S", "C2", "C1", symbol="AAA", side=1, account="X"),
        )
        alone = decided(policy, [fit] * 50, FakeView())
        self.assertIn(HOLD, alone)
        self.assertIn(PASS, alone)
        among = decided(policy, [*others, fit] * 50, FakeView())
        self.assertEqual(among[len(others) :: len(others) + 1], alone)
        self.assertEqual(among.count(HOLD), alone.count(HOLD))

    def test_every_policy_has_them(self) -> None:
        """What does not fit is passed on by each."""
        view = FakeView(message=(("35", "D"),))
        for policy in POLICIES:
            one = made(policy, symbols="BBB", probability="100%")
            self.assertIs(one.decide(new(), view, 0), PASS, policy)
            self.assertIsNot(one.decide(new("BBB"), view, 0), PASS, policy)

    def test_every_policy_for_every_kind(self) -> None:
        """By default each decides requests of all kinds, but for fill."""
        view = FakeView(message=(("35", "D"),))
        for policy in POLICIES:
            one = made(policy)
            kinds = [k for k, r in of_each_kind().items() if one.decide(r, view, 0) is not PASS]
            expected = ["new"] if policy is fill.Fill else list(of_each_kind())
            self.assertEqual(kinds, expected, policy)

    def test_refused(self) -> None:
        """Text that means nothing, and what would be right."""
        for given, why in (
            ({"types": "cancle"}, "none of new, cancel, replace, status, mass-cancel"),
            ({"types": "New"}, "nor a message type"),
            ({"sides": "long"}, "none of buy, sell, sell-short, sell-short-exempt"),
            ({"min_qty": "-1"}, "too small"),
            ({"min_qty": "2", "max_qty": "1"}, "min_qty is above max_qty"),
        ):
            error = self.assertRaises(ValueError, made, hold.Hold, **given)
            self.assertIn(why, str(error))

    def test_long_message_types(self) -> None:
        """Types of a counterparty's own making begin with U."""
        self.assert_fits({"types": "UABC"}, {"own": OtherMessage("S", "UABC")}, "own")


class DecisionTests(SynchronousTestCase):
    """What each policy decides of a request that fits."""

    def decide(self, policy: type[IPolicy], **given: str) -> Decision:
        """The decision on a plain order."""
        view = FakeView(Instrument("AAA"), message=(("35", "D"), ("11", "C1")))
        return made(policy, **given).decide(new(), view, 0)

    def test_plain(self) -> None:
        """Those with nothing to say but what they are; the dispatcher compares by identity."""
        self.assertIs(self.decide(match.Match), MATCH)
        self.assertIs(self.decide(hold.Hold), HOLD)
        self.assertIs(self.decide(drop.Drop), DROP)

    def test_always(self) -> None:
        """One that matches everything is not even asked; one that fits some requests is."""
        for given, always in ((dict[str, str](), MATCH), ({"sides": "buy"}, None)):
            policy = match.Match("p", read_options(match.Match.options, given))
            verifyObject(IAlways, policy)
            self.assertIs(policy.always, always)
            link = Link(IAlways(Knowing(always)), FakeView(Instrument("AAA")))
            self.assertIs(link.decide(new(), 0), always or HOLD)

    def test_reject(self) -> None:
        """A reason by name, and a text."""
        self.assertEqual(self.decide(reject.Reject), decisions.Reject(Reason.POLICY, ""))
        self.assertEqual(
            self.decide(reject.Reject, reason="unknown-symbol", text="not today, #1"),
            decisions.Reject(Reason.UNKNOWN_SYMBOL, "not today, #1"),
        )
        for reason in Reason:
            name = reason.name.lower().replace("_", "-")
            self.assertEqual(self.decide(reject.Reject, reason=name), decisions.Reject(reason))
        error = self.assertRaises(ValueError, self.decide, reject.Reject, reason="TICK")
        self.assertIn("unknown-symbol, closed, ", str(error))

    def test_delay(self) -> None:
        """The time, and with jitter up to so much more, as the seed says."""
        self.assertEqual(self.decide(delay.Delay), decisions.Delay(SECOND))
        policy = made(delay.Delay, time="1s", jitter="10ns")
        first = decided(policy, [new()] * 200, FakeView(seed=3))
        times = {each.time - SECOND for each in first if isinstance(each, decisions.Delay)}
        self.assertEqual(times, set(range(11)))
        self.assertEqual(first, decided(policy, [new()] * 200, FakeView(seed=3)))
        self.assertRaises(ValueError, self.decide, delay.Delay, time="")

    def test_delay_needs_a_time(self) -> None:
        """There is no time that suits all."""
        error = self.assertRaises(ValueError, read_options, delay.Delay.options, {})
        self.assertIn("time is needed", str(error))

    def test_echo(self) -> None:
        """The fields as they came; what came by no message is passed on."""
        self.assertEqual(self.decide(echo.Echo), Reply((("35", "D"), ("11", "C1"))))
        self.assertIs(made(echo.Echo).decide(new(), FakeView(), 0), PASS)
        self.assertIs(self.decide(echo.Echo, types="E, other"), PASS)


class FillTests(SynchronousTestCase):
    """How much is filled, at what price, and when."""

    def fills(self, qty: int = 100, lot: int = 1, **given: str) -> list[tuple[int, int]]:
        """The steps of an order's fill: quantity in whole units, seconds since the one before."""
        view = FakeView(Instrument("AAA", lot=lot * UNIT))
        decision = made(fill.Fill, **given).decide(new(qty=qty), view, 0)
        steps = decision.steps if isinstance(decision, decisions.Fill) else ()
        for step in steps:
            self.assertEqual((step.qty % UNIT, step.after % SECOND), (0, 0), step)
        return [(step.qty // UNIT, step.after // SECOND) for step in steps]

    def test_full(self) -> None:
        """All of it, to the last odd lot: whether that may be is the venue's to say."""
        self.assertEqual(self.fills(), [(100, 0)])
        self.assertEqual(self.fills(105, 10), [(105, 0)])

    def test_price(self) -> None:
        """The one given, else the venue looks for one."""
        view = FakeView()
        for given, price in (("", NO_PRICE), ("9.5", 950_000_000), ("0", 0)):
            decision = made(fill.Fill, price=given).decide(new(), view, 0)
            self.assertEqual(decision, decisions.Fill((FillStep(100 * UNIT, price),)))

    def test_part(self) -> None:
        """A share or a quantity, in whole lots, never more than there is."""
        for qty, lot, part, filled in (
            (100, 1, "50%", [(50, 0)]),
            (100, 1, "33.4%", [(33, 0)]),
            (100, 40, "50%", [(40, 0)]),
            (100, 1, "30", [(30, 0)]),
            (100, 20, "30", [(20, 0)]),
            (100, 1, "200", [(100, 0)]),
            (105, 10, "100%", [(105, 0)]),
            (1, 1, "50%", []),
        ):
            self.assertEqual(self.fills(qty, lot, style="part", part=part), filled, (qty, part))

    def test_steps(self) -> None:
        """Each after the one before; what they do not fill stays."""
        for qty, lot, steps, filled in (
            (100, 1, "30%, 30% after 1s, rest after 5s", [(30, 0), (30, 1), (40, 5)]),
            (100, 1, "10 after 2s,20% after 1s", [(10, 2), (20, 1)]),
            (100, 1, "60, 60 after 1s, rest after 1s", [(60, 0), (40, 1)]),
            (100, 1, "rest after 3s", [(100, 3)]),
            # Rounded down to the lot; the last of 100% takes what that left over.
            (100, 30, "50%, 50% after 1s", [(30, 0), (70, 1)]),
            (10, 1, "33%, 33%, 34%", [(3, 0), (3, 0), (4, 0)]),
            (100, 30, "50%, 40% after 1s", [(30, 0), (30, 1)]),
            # A step that comes to nothing hands its time to the next.
            (2, 1, "10% after 1s, 10% after 2s, rest after 4s", [(2, 7)]),
        ):
            self.assertEqual(self.fills(qty, lot, style="steps", steps=steps), filled, steps)

    def test_no_room_for_a_step(self) -> None:
        """An order too small to be filled by any step is passed on, as is one for nothing."""
        view = FakeView(Instrument("AAA"))
        policy = made(fill.Fill, style="steps", steps="10%, 20% after 1s")
        self.assertIs(policy.decide(new(qty=4), view, 0), PASS)
        for qty in (0, -5):
            self.assertIs(made(fill.Fill).decide(new(qty=qty), view, 0), PASS)

    def test_unknown_instrument(self) -> None:
        """There is no lot to round to; the venue refuses the order."""
        policy = made(fill.Fill, style="part", part="0.5%")
        decision = policy.decide(new(qty=1), FakeView(), 0)
        self.assertEqual(decision, decisions.Fill((FillStep(500_000),)))

    def test_refused(self) -> None:
        """Steps that cannot be, and what would be right."""
        for option, value, why in (
            ("part", "half", "give a share such as 50%"),
            ("part", "0%", "not above zero"),
            ("part", "101%", "the shares make 101%: 100% is all there is"),
            ("part", "", "give a share"),
            ("part", "rest", "give a share"),
            ("steps", "", "no step such as 30%"),
            ("steps", "30% 1s", "'30% 1s' is no step such as 30%, 200 after 1s"),
            ("steps", "30% in 1s", "no step such as"),
            ("steps", "30%,", "no step such as"),
            ("steps", "30% after soon", "no time span"),
            ("steps", "-5 after 1s", "not above zero"),
            ("steps", "70%, 40%", "the shares make 110%"),
            ("steps", "rest, 10%", "write it last"),
            ("steps", "50%, 50%, rest after 1s", "nothing for the other steps"),
            ("steps", ",".join(["1"] * 1001), "at most 1000"),
            ("style", "partly", "none of full, part, steps"),
        ):
            error = self.assertRaises(ValueError, made, fill.Fill, **{option: value})
            self.assertIn(why, str(error), value)

    def test_no_types(self) -> None:
        """It is for new orders alone, so there is no such key to set."""
        self.assertNotIn("types", [option.name for option in fill.Fill.options])


class EchoOptionTests(SynchronousTestCase):
    """What ``echo`` can be told besides whom it is for."""

    def echo(self, **given: str) -> echo.Echo:
        """A policy with these options."""
        return echo.Echo("echo", read_options(echo.Echo.options, given))

    def test_order(self) -> None:
        """By tag where asked for; not where tags repeat, since they may be a group's."""
        message = (("35", "D"), ("55", "A"), ("11", "x"), ("9001", "y"), ("40", "1"))
        view = FakeView(message=message)
        request = OtherMessage("S", "D")
        self.assertEqual(self.echo().decide(request, view, 0), Reply(message))
        decision = self.echo(order="ascending").decide(request, view, 0)
        assert isinstance(decision, Reply)
        self.assertEqual([tag for tag, _ in decision.fields], ["35", "11", "40", "55", "9001"])
        view.message = (*message, ("11", "again"))
        self.assertEqual(self.echo(order="ascending").decide(request, view, 0), Reply(view.message))

    def test_drop_duplicates(self) -> None:
        """A PossResend of what came before in the same logon is dropped; anything else is not."""
        policy = self.echo(drop_duplicates="yes")
        view = FakeView(message=(("35", "D"), ("11", "x")))

        def answered(name: str, resend: bool) -> bool:
            view.header = {("PossResend", "Y")} if resend else set()
            request = OtherMessage("S", "D", cl_ord_id=name)
            return isinstance(policy.decide(request, view, 0), Reply)

        self.assertTrue(answered("a", resend=True))
        self.assertTrue(answered("a", resend=False))
        self.assertFalse(answered("a", resend=True))
        self.assertTrue(answered("b", resend=True))
        view.logged_on = 2
        self.assertTrue(answered("a", resend=True))
        self.assertFalse(answered("a", resend=True))
