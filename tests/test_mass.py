"""Requests about many orders at once: which orders they mean, and what is told."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Conflict
from exsim.model.amounts import UNIT
from exsim.model.codes import MassScope, Phase, Reason, Side
from exsim.model.decisions import DROP, HOLD, PASS, Decision, Reject
from exsim.model.options import read_options
from exsim.model.plain import request_of, request_state
from exsim.model.requests import (
    Carry,
    DontKnow,
    MassCancel,
    MassStatus,
    NewOrder,
    Request,
    Scope,
    TradesQuery,
)
from exsim.model.settings import Instrument
from exsim.policies.criteria import CRITERIA, KINDS, TYPES, Criteria
from tests.market import Market, told

BUY, SELL = Side.BUY, Side.SELL
ALL = int(MassScope.ALL)


def scope(kind: MassScope = MassScope.ALL, **named: object) -> Scope:
    """A scope that names these things."""
    return Scope(int(kind), **named)  # type: ignore[arg-type]


def cancel(name: str, about: Scope, session: str = "S") -> MassCancel:
    """A mass cancel."""
    return MassCancel(session, name, about)


class MassTestCase(SynchronousTestCase):
    """A venue with orders of two sessions on both sides of two shares and a future."""

    def setUp(self) -> None:
        """Six orders."""
        self.market = Market()
        self.market.venue.add_instrument(Instrument("FUT", security_type="FUT", underlying="AAA"))
        for name, side, price, symbol, session, account in (
            ("A1", BUY, 9, "AAA", "S", "ONE"),
            ("A2", SELL, 11, "AAA", "S", "TWO"),
            ("B1", BUY, 9, "BBB", "S", "ONE"),
            ("F1", BUY, 9, "FUT", "S", "TWO"),
            ("X1", BUY, 9, "AAA", "T", "ONE"),
            ("Z1", BUY, 8, "AAA", "S", "ONE"),
        ):
            terms = NewOrder(
                session,
                name,
                symbol,
                int(side),
                2,
                0,
                10 * UNIT,
                price * UNIT,
                account,
            )
            self.market.submit(terms)
        self.market.cancel("Z2", "Z1")

    def names(self, about: Scope, session: str = "S") -> str:
        """The orders that are told for a scope; the answer says that they are all."""
        answers = told(self.market.submit(MassStatus(session, "M", about)))
        names = [answer.split()[0] for answer in answers]
        for number, answer in enumerate(answers, 1):
            last = " last" if number == len(answers) else ""
            self.assertTrue(answer.endswith(f" of {len(answers)}{last}"), answer)
        return " ".join(names)


class ScopeTests(MassTestCase):
    """Which orders are meant."""

    def test_each(self) -> None:
        """Each scope, of the session's own open orders alone, oldest first."""
        for kind, named, expected in (
            (MassScope.ALL, {}, "A1 A2 B1 F1"),
            (MassScope.ALL, {"side": 1}, "A1 B1 F1"),
            (MassScope.ALL, {"account": "TWO"}, "A2 F1"),
            (MassScope.SECURITY, {"symbol": "AAA"}, "A1 A2"),
            (MassScope.SECURITY, {"symbol": "AAA", "side": 2}, "A2"),
            (MassScope.UNDERLYING, {"underlying": "AAA"}, "F1"),
            (MassScope.PRODUCT, {"product": "5"}, "A1 A2 B1"),
            (MassScope.PRODUCT, {"product": "12"}, "F1"),
            (MassScope.CFI, {"cfi": "ESXXXX"}, "A1 A2 B1"),
            (MassScope.CFI, {"cfi": "EXXXXX", "side": 2}, "A2"),
            (MassScope.CFI, {"cfi": "FXXXXX"}, "F1"),
            (MassScope.SECURITY_TYPE, {"security_type": "FUT"}, "F1"),
            (MassScope.SECURITY_TYPE, {"security_type": "CS", "side": 1}, "A1 B1"),
            (MassScope.TRADING_SESSION, {"trading_session": "1"}, "A1 A2 B1 F1"),
            (MassScope.TRADING_SESSION, {"trading_session": "Day"}, "A1 A2 B1 F1"),
            (MassScope.PARTY, {"account": "ONE"}, "A1 B1"),
            (MassScope.MARKET, {"market": self.market.venue.name}, "A1 A2 B1 F1"),
        ):
            self.assertEqual(self.names(scope(kind, **named)), expected, f"{kind.name} {named}")
        self.assertEqual(self.names(scope(), "T"), "X1")

    def test_unknown(self) -> None:
        """What there is not, and what exsim has no notion of, is refused."""
        for kind, named, reason in (
            (MassScope.SECURITY, {"symbol": "NO"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.UNDERLYING, {"underlying": "NO"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.PRODUCT, {"product": "4"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.CFI, {"cfi": "OCXXXX"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.MARKET, {"market": "NO"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.SECURITY_TYPE, {"security_type": "OPT"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.TRADING_SESSION, {"trading_session": "5"}, Reason.UNKNOWN_SYMBOL),
            (MassScope.OTHER, {}, Reason.UNSUPPORTED),
        ):
            about = scope(kind, **named)
            answer = told(self.market.submit(cancel("C", about)))
            self.assertEqual(answer, [f"C mass 0 {reason.name}"])
            (answer_,) = told(self.market.submit(MassStatus("S", "M", about)))
            self.assertEqual(answer_, f" status {reason.name} 0/0 of 0 last")
        self.assertEqual(self.names(scope()), "A1 A2 B1 F1")


class CancelTests(MassTestCase):
    """What becomes of the orders."""

    def test_cancel(self) -> None:
        """Each is canceled, out of its book too, and told; then comes the count."""
        answers = told(self.market.submit(cancel("C", scope(MassScope.SECURITY, symbol="AAA"))))
        self.assertEqual(answers, ["A1 canceled 0/0", "A2 canceled 0/0", "C mass 2"])
        self.assertEqual(self.market.resting("AAA"), [(5, 9, 10)])
        self.assertEqual(told(self.market.submit(cancel("C2", scope(side=2)))), ["C2 mass 0"])
        self.assertEqual(self.names(scope()), "B1 F1")

    def test_other_actions(self) -> None:
        """Those of which there is nothing in FIX are not done."""
        request = MassCancel("S", "C", scope(), True, 4)
        self.assertEqual(told(self.market.submit(request)), ["C mass 0 UNSUPPORTED"])
        self.assertEqual(self.names(scope()), "A1 A2 B1 F1")

    def test_duplicate(self) -> None:
        """A ClOrdID that an order has is not one for a mass cancel."""
        self.assertEqual(told(self.market.submit(cancel("A1", scope()))), ["A1 mass 0 DUPLICATE"])

    def test_phase(self) -> None:
        """An order that may not be canceled in the phase of its market stays."""
        out = self.market.dispatcher.out
        self.market.venue.set_instrument_phase("AAA", Phase.HALT, False, self.market.now, out)
        self.market.take()
        answers = self.market.submit(cancel("C", scope()))
        self.assertEqual(told(answers), ["B1 canceled 0/0", "F1 canceled 0/0", "C mass 2"])
        self.assertIn("2 more cannot be canceled", getattr(answers[-1], "text", ""))
        self.assertEqual(self.names(scope()), "A1 A2")

    def test_nothing_open(self) -> None:
        """A status request where there is no order has an answer all the same."""
        self.market.submit(cancel("C", scope()))
        answers = told(self.market.submit(MassStatus("S", "M", scope())))
        self.assertEqual(answers, [" status UNKNOWN_ORDER 0/0 of 0 last"])

    def test_dont_know(self) -> None:
        """It is taken note of, and nothing else."""
        self.assertEqual(self.market.submit(DontKnow("S", "1", "1", "D")), [])
        self.assertEqual(self.names(scope()), "A1 A2 B1 F1")


class TradeTests(MassTestCase):
    """Which trades are told."""

    def setUp(self) -> None:
        """Three trades: of the session with another, on both sides, and of others alone."""
        super().setUp()
        self.market.enter("T1", SELL, 4, 9, session="T")  # with A1
        self.market.now += 100
        self.market.enter("A3", SELL, 6, 9)  # with A1, on the same side of the market's books
        self.market.enter("T2", SELL, 10, 9, session="T")  # with X1
        self.market.now += 100
        self.market.enter("T3", SELL, 10, 9, session="T", symbol="BBB")  # with B1

    def trades(self, about: Scope, session: str = "S", **asked: object) -> list[str]:
        """What is told."""
        query = TradesQuery(session, "R", about, **asked)  # type: ignore[arg-type]
        return told(self.market.submit(query))

    def test_own(self) -> None:
        """Those that an order of the session was in, with those of its orders."""
        expected = ["3 trades", "1 A1 of 3", "2 A3+A1 of 3", "4 B1 of 3 last"]
        self.assertEqual(self.trades(scope()), expected)
        expected = ["3 trades", "1 T1 of 3", "3 T2+X1 of 3", "4 T3 of 3 last"]
        self.assertEqual(self.trades(scope(), "T"), expected)
        self.assertEqual(self.trades(scope(), "U"), ["0 trades"])

    def test_chosen(self) -> None:
        """By instrument, side, account, order and time."""
        start = self.market.now - 200
        for about, asked, expected in (
            (scope(symbol="BBB"), {}, ["4 B1"]),
            (scope(side=2), {}, ["2 A3"]),
            (scope(account="ONE"), {}, ["1 A1", "2 A1", "4 B1"]),
            (scope(), {"order_name": "A1"}, ["1 A1", "2 A3+A1"]),
            (scope(), {"order_id": "3"}, ["4 B1"]),
            (scope(), {"order_name": "T1"}, []),
            (scope(), {"since": start + 1}, ["2 A3+A1", "4 B1"]),
            (scope(), {"since": start, "until": start + 100}, ["1 A1", "2 A3+A1"]),
        ):
            first, *rest = self.trades(about, **asked)
            self.assertEqual(first, f"{len(expected)} trades")
            self.assertEqual([text.partition(" of ")[0] for text in rest], expected)

    def test_refused(self) -> None:
        """What there is not, and what exsim has no notion of."""
        self.assertEqual(self.trades(scope(symbol="NO")), ["0 trades UNKNOWN_SYMBOL"])
        self.assertEqual(self.trades(scope(MassScope.OTHER)), ["0 trades UNSUPPORTED"])


class PolicyTests(MassTestCase):
    """Policies decide about them as about any request."""

    requests: tuple[Request, ...] = (
        MassCancel("S", "C", scope(MassScope.SECURITY, symbol="AAA")),
        MassStatus("S", "M", scope(MassScope.SECURITY, symbol="AAA")),
        TradesQuery("S", "R", scope(symbol="AAA")),
        DontKnow("S", "1", "1", "D", "AAA", 1, "Q", "7"),
    )

    def test_kinds(self) -> None:
        """Criteria tell the kinds apart, and see the symbol."""
        options = (TYPES, *CRITERIA)
        for request in self.requests:
            self.assertIn(request.kind, KINDS)
            for kind in KINDS:
                for symbol in ("AAA", "BBB"):
                    criteria = Criteria(read_options(options, {"types": kind, "symbols": symbol}))
                    fits = criteria.fit(request, None)  # type: ignore[arg-type]
                    self.assertEqual(fits, kind == request.kind and symbol == "AAA")

    def test_reject(self) -> None:
        """Each has its own form of refusal."""
        chain = self.market.chain(lambda request: Reject(Reason.POLICY, "no"))
        answers = [told(self.market.submit(request, chain)) for request in self.requests]
        mass, status, trades, unknown = answers
        self.assertEqual(mass + status, ["C mass 0 POLICY", " status POLICY 0/0 of 0 last"])
        self.assertEqual(trades + unknown, ["0 trades POLICY", "Q refused POLICY"])

    def test_drop(self) -> None:
        """Nothing is told, and nothing done."""
        chain = self.market.chain(lambda request: DROP)
        for request in self.requests:
            self.assertEqual(self.market.submit(request, chain), [])
        self.assertEqual(self.names(scope()), "A1 A2 B1 F1")

    def hold(self, request: Request) -> int:
        """The number of the hold of a request."""

        def decide(_: Request) -> Decision:
            return HOLD

        self.assertEqual(self.market.submit(request, self.market.chain(decide)), [])
        return self.market.dispatcher.holds.last

    def test_hold(self) -> None:
        """A held one is carried out when it is acked or released, refused when that is said."""
        dispatcher, now = self.market.dispatcher, self.market.now
        status, canceled = self.requests[1], self.requests[0]
        dispatcher.ack(self.hold(status), now)
        self.assertEqual(len(self.market.take()), 2)
        dispatcher.ack(self.hold(self.requests[2]), now)
        self.assertEqual(told(self.market.take()), ["0 trades"])
        dispatcher.ack(self.hold(self.requests[3]), now)
        self.assertEqual(self.market.take(), [])
        dispatcher.reject(self.hold(canceled), Reason.POLICY, "", now)
        self.assertEqual(told(self.market.take()), ["C mass 0 POLICY"])
        dispatcher.release(self.hold(canceled), now)
        self.assertEqual(len(self.market.take()), 3)

    def test_ack_impossible(self) -> None:
        """What cannot be done is not done by a person either; the request is still held."""
        held = self.hold(cancel("C", scope(MassScope.SECURITY, symbol="NO")))
        with self.assertRaisesRegex(Conflict, "unknown symbol 'NO': reject or release it"):
            self.market.dispatcher.ack(held, self.market.now)
        self.market.dispatcher.reject(held, Reason.OTHER, "", self.market.now)
        self.assertEqual(told(self.market.take()), ["C mass 0 OTHER"])

    def test_pass(self) -> None:
        """A policy that lets it through changes nothing."""
        chain = self.market.chain(lambda request: PASS)
        self.assertEqual(len(self.market.submit(self.requests[0], chain)), 3)


class StateTests(SynchronousTestCase):
    """Held ones are in snapshots."""

    def test_again(self) -> None:
        """Each comes back as it was."""
        carry = Carry("fix", b"b", b"r")
        about = Scope(5, "AAA", 2, "acc", "FUT", "5", "1", "UND", "5")
        for request in (
            MassCancel("S", "C", about, True, 2, carry, b"raw"),
            MassStatus("S", "M", about, carry, b"raw"),
            TradesQuery("S", "R", about, "1", "C", 5, 6, "7 R", carry, b"raw"),
            DontKnow("S", "1", "2", "D", "AAA", 1, "Q", "7", carry, b"raw"),
        ):
            plain = request_state(request)
            again = request_of(plain)
            self.assertIs(type(again), type(request))
            self.assertEqual(request_state(again), plain)
            self.assertEqual((again.session, again.symbol, again.raw), ("S", "AAA", b"raw"))
