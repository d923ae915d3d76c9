"""Orders that depend on each other: what a fill, a cancel or an end of one does to the others."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch import corporate, operator
from exsim.errors import Conflict
from exsim.model.amounts import UNIT
from exsim.model.codes import MassScope, OrdStatus, OrdType, Phase, Reason, Side, TimeInForce
from exsim.model.decisions import DROP, HOLD, PASS, Decision, Fill, FillStep, Reject
from exsim.model.instructions import Instructions
from exsim.model.list_settings import ListSettings
from exsim.model.lists import LIST_CANCEL, LIST_STATUS, Contingency, ListQuestion, NewList
from exsim.model.options import read_options
from exsim.model.participants import Stay
from exsim.model.plain import request_of, request_state
from exsim.model.requests import NO_PRICE, MassCancel, NewOrder, Request, Scope
from exsim.model.settings import Instrument
from exsim.policies.criteria import CRITERIA, TYPES, Criteria
from tests.market import Market, order, told

BUY, SELL = Side.BUY, Side.SELL
NONE, OCO, OTO = Contingency.NONE, Contingency.OCO, Contingency.OTO
OUO, SHARE, BRACKET = Contingency.OUO, Contingency.OUO_PROPORTIONAL, Contingency.BRACKET
S = 10**9


def listed(kind: Contingency, *orders: NewOrder, name: str = "L", session: str = "S") -> NewList:
    """A list of orders."""
    return NewList(session, name, int(kind), list(orders))


def linked(terms: NewOrder, kind: Contingency = NONE, link: str = "K") -> NewOrder:
    """An order that says itself what it belongs to."""
    return terms.with_extra(Instructions(link=link, contingency=int(kind)))


class ContingentTestCase(SynchronousTestCase):
    """A venue, and others that trade with its lists."""

    def setUp(self) -> None:
        """One with the settings that a venue has by itself."""
        self.market = Market()

    def enter(self, kind: Contingency, *orders: NewOrder) -> list[str]:
        """Enter a list; what is told."""
        return told(self.market.submit(listed(kind, *orders)))

    def trade(self, side: Side, qty: int, price: int, symbol: str = "AAA") -> list[str]:
        """Trade with what rests; what the others are told."""
        name = f"T{self.market.venue.orders.created}"
        events = self.market.enter(
            name, side, qty, price, TimeInForce.IOC, session="T", symbol=symbol
        )
        return [words for words in told(events) if not words.startswith("T")]

    def again(self) -> None:
        """Go on with a venue that was made of the state of the one there was."""
        before = self.market.venue
        state = before.state()
        market = Market(lists=before.settings.lists)
        market.now = self.market.now
        market.venue.restore(state, lambda names: ())
        self.assertEqual(market.venue.state(), state)
        self.market = market


class CancelsTests(ContingentTestCase):
    """One cancels the others."""

    pair = (order("A", SELL, 10, 12), order("B", SELL, 10, 13), order("C", BUY, 10, 8))

    def test_filled(self) -> None:
        """The fill of one cancels the others; those partly filled go on."""
        self.assertEqual(
            self.enter(OCO, *self.pair),
            ["A new 0/10", "B new 0/10", "C new 0/10", "list L 3 of 3 open"],
        )
        self.assertEqual(self.trade(BUY, 4, 12), ["A fill 4@12 4/6"])
        self.assertEqual(
            self.trade(BUY, 6, 12), ["A fill 6@12 10/0", "B canceled 0/0", "C canceled 0/0"]
        )
        self.assertEqual(self.market.resting(), [])

    def test_any_fill(self) -> None:
        """As a setting, the first fill of one cancels the others; it goes on itself."""
        self.market = Market(lists=ListSettings(oco_cancels="any-fill"))
        self.enter(OCO, *self.pair)
        expected = ["A fill 4@12 4/6", "B canceled 0/0", "C canceled 0/0"]
        self.assertEqual(self.trade(BUY, 4, 12), expected)
        self.assertEqual(self.market.resting(), [(1, 12, 6)])
        self.assertEqual(self.trade(BUY, 6, 12), ["A fill 6@12 10/0"])

    def test_canceled(self) -> None:
        """So does a cancel, a replace to what was filled, and the end of the day."""
        self.enter(OCO, *self.pair)
        events = self.market.cancel("X", "B")
        self.assertEqual(told(events), ["X canceled 0/0", "A canceled 0/0", "C canceled 0/0"])
        texts = [getattr(event, "text", "") for event in events]
        self.assertEqual(texts[1:], ["another order of its list ended"] * 2)
        one, two = order("D", SELL, 10, 12), order("E", BUY, 5, 8, TimeInForce.GTC)
        self.market.submit(listed(OCO, one, two, name="M"))
        self.trade(BUY, 4, 12)
        events = self.market.replace("D", order("D2", SELL, 4, 12))
        self.assertEqual(told(events), ["D2 replaced 4/0", "E canceled 0/0"])
        one, two = order("F", SELL, 10, 12), order("G", BUY, 5, 8, TimeInForce.GTC)
        self.market.submit(listed(OCO, one, two, name="N"))
        self.market.venue.set_phase(Phase.CLOSED, None, self.market.now, self.market.dispatcher.out)
        self.assertEqual(told(self.market.take()), ["F expired 0/0", "G canceled 0/0"])

    def test_one_sweep(self) -> None:
        """An order that would trade with two of them trades with one, and beyond the other."""
        self.enter(OCO, *self.pair)
        self.market.enter("M", SELL, 10, 14)
        expected = ["A fill 10@12 10/0", "M fill 5@14 5/5", "B canceled 0/0", "C canceled 0/0"]
        self.assertEqual(self.trade(BUY, 15, 14), expected)
        self.assertEqual(self.market.resting(), [(4, 14, 5)])

    def test_one_sweep_with_the_first_fill(self) -> None:
        """The same where the first fill counts; the one that trades goes on to trade."""
        self.market = Market(lists=ListSettings(oco_cancels="any-fill"))
        one, two = order("A", SELL, 10, 12), order("B", SELL, 10, 12)
        shown = one.with_extra(Instructions(display=2 * UNIT, link="K", contingency=int(OCO)))
        self.market.submit(shown)
        self.market.submit(linked(two))
        fills = [f"A fill 2@12 {cum}/{10 - cum}" for cum in range(2, 11, 2)]
        shows = [words for fill in fills for words in (fill, "DisplayRefreshed")][:-1]
        self.assertEqual(self.trade(BUY, 20, 12), [*shows, "B canceled 0/0"])

    def test_part_of_one(self) -> None:
        """As long as none is filled all may trade, where that is what counts."""
        one, two = order("A", SELL, 10, 12), order("B", SELL, 10, 13)
        self.enter(OCO, one, two)
        self.assertEqual(self.trade(BUY, 9, 13), ["A fill 9@12 9/1"])
        self.assertEqual(self.trade(BUY, 2, 13), ["A fill 1@12 10/0", "B canceled 0/0"])

    def test_parts_of_both(self) -> None:
        """In one sweep, too."""
        one, two = order("A", SELL, 10, 12), order("B", SELL, 10, 12)
        self.market.submit(
            one.with_extra(Instructions(display=2 * UNIT, link="K", contingency=int(OCO)))
        )
        self.market.submit(linked(two))
        expected = ["A fill 2@12 2/8", "B fill 6@12 6/4", "DisplayRefreshed"]
        self.assertEqual(self.trade(BUY, 8, 12), expected)

    def test_name_used_again(self) -> None:
        """What traded under a name does not count for orders that have it later."""
        self.market = Market(keep_finished=0)
        for _ in range(2):
            name = str(self.market.venue.orders.created)
            self.market.submit(linked(order(f"A{name}", SELL, 1, 12), OCO))
            self.market.submit(linked(order(f"B{name}", SELL, 1, 13)))
            words = self.trade(BUY, 2, 13)
            self.assertEqual(words, [f"A{name} fill 1@12 1/0", f"B{name} canceled 0/0"])

    def test_fill_or_kill(self) -> None:
        """One that has to trade whole does not count on both of them."""
        one, two = order("A", SELL, 10, 12), order("B", SELL, 10, 13)
        self.enter(OCO, one, two)
        events = self.market.enter("T", BUY, 11, 13, TimeInForce.FOK, session="T")
        self.assertEqual(told(events), ["T new 0/11", "T canceled 0/0"])
        self.market.enter("M", SELL, 1, 13)
        events = self.market.enter("T2", BUY, 11, 13, TimeInForce.FOK, session="T")
        words = [word.split("/")[0] for word in told(events) if word[0] != "T"]
        self.assertEqual(words, ["A fill 10@12 10", "M fill 1@13 1", "B canceled 0"])

    def test_not_elected(self) -> None:
        """A stop is not elected by the trade that cancels it."""
        stop = NewOrder(
            "S", "B", "AAA", int(BUY), int(OrdType.STOP), 0, 10 * UNIT, NO_PRICE,
            extra=Instructions(stop_px=12 * UNIT),
        )  # fmt: skip
        self.market.enter("M", SELL, 10, 13)
        self.enter(OCO, order("A", SELL, 10, 12), stop)
        self.assertEqual(self.trade(BUY, 10, 12), ["A fill 10@12 10/0", "B canceled 0/0"])

    def test_one_sweep_after_a_restart(self) -> None:
        """What they share is known in a venue that is made again."""
        self.enter(OCO, *self.pair)
        self.again()
        expected = ["A fill 10@12 10/0", "B canceled 0/0", "C canceled 0/0"]
        self.assertEqual(self.trade(BUY, 15, 13), expected)

    def test_entered_and_traded(self) -> None:
        """One that trades as it comes cancels the others, too: they were accepted before."""
        self.market.enter("T", BUY, 10, 12, session="T")
        self.assertEqual(
            self.enter(OCO, *self.pair),
            [
                "A new 0/10",
                "B new 0/10",
                "C new 0/10",
                "A fill 10@12 10/0",
                "T fill 10@12 10/0",
                "B canceled 0/0",
                "C canceled 0/0",
                "list L 0 of 3 open",
            ],
        )
        self.assertEqual(self.market.resting(), [])

    def test_many_canceled_at_once(self) -> None:
        """A mass cancel, a session that goes, an instrument that goes: each is canceled once."""
        other = NewOrder("S", "D", "BBB", int(SELL), 2, 0, 5 * UNIT, 9 * UNIT)
        for number in range(3):
            terms = [each.with_symbol(each.symbol) for each in (*self.pair, other)]
            for each in terms:
                each.cl_ord_id += str(number)
            self.market.submit(listed(OCO, *terms, name=f"L{number}"))
            if number == 0:
                events = self.market.submit(MassCancel("S", "M", Scope(int(MassScope.ALL))))
                self.assertEqual(told(events)[-1], "M mass 4")
            elif number == 1:
                venue = self.market.venue
                stay = Stay(ends_on_disconnect=True)
                venue.left("S", 1, False, stay, self.market.now, self.market.dispatcher.out)
                self.assertEqual(len(self.market.take()), 4)
            else:
                self.market.venue.remove_instrument(
                    "AAA", self.market.now, self.market.dispatcher.out
                )
                self.assertEqual(len(self.market.take()), 4)
        self.assertEqual(self.market.venue.orders.open_count, 0)

    def test_by_hand(self) -> None:
        """What an operator does to one counts like anything else."""
        self.enter(OCO, *self.pair)
        venue, out = self.market.venue, self.market.dispatcher.out
        operator.fill(venue, venue.order(1), 10 * UNIT, None, self.market.now, out)
        expected = ["A fill 10@12 10/0", "B canceled 0/0", "C canceled 0/0"]
        self.assertEqual(told(self.market.take()), expected)
        self.market.submit(listed(OCO, order("D", SELL, 1, 12), order("E", BUY, 1, 8), name="M"))
        operator.expire(venue, venue.order(4), self.market.now, out)
        self.assertEqual(told(self.market.take()), ["D expired 0/0", "E canceled 0/0"])
        other = order("G", BUY, 9, 8, symbol="BBB")
        self.market.submit(listed(OCO, order("F", SELL, 1, 12), other, name="N"))
        corporate.split(venue, venue.listing("AAA"), 1, 2, self.market.now, out)
        expected = ["F canceled 0/0", "G canceled 0/0"]
        self.assertEqual(told(self.market.take()), expected)


class UpdatesTests(ContingentTestCase):
    """One reduces the others."""

    def test_absolute(self) -> None:
        """By what it trades; they keep their place, and end where nothing is left."""
        self.enter(OUO, order("A", SELL, 10, 12), order("B", SELL, 6, 13), order("C", BUY, 20, 8))
        self.market.enter("Z", SELL, 1, 13, session="Z")
        events = self.trade(BUY, 4, 12)
        self.assertEqual(events, ["A fill 4@12 4/6", "B restated 0/2", "C restated 0/16"])
        report = self.market.events[-1]
        self.assertEqual(getattr(report, "more", None) and report.more.restated, 5)  # type: ignore
        self.assertEqual(self.market.resting()[1:3], [(1, 12, 6), (2, 13, 2)])
        expected = ["A fill 6@12 10/0", "B canceled 0/0", "C restated 0/10"]
        self.assertEqual(self.trade(BUY, 6, 12), expected)
        self.assertEqual(self.market.resting(), [(3, 8, 10), (4, 13, 1)])
        self.assertEqual(self.trade(SELL, 3, 8), ["C fill 3@8 3/7"])

    def test_suspended(self) -> None:
        """One that is suspended is reduced, and stays so."""
        self.enter(OUO, order("A", SELL, 10, 12), order("B", SELL, 6, 13))
        venue, out = self.market.venue, self.market.dispatcher.out
        operator.suspend(venue, venue.order(2), self.market.now, out)
        self.market.take()
        self.assertEqual(self.trade(BUY, 4, 12), ["A fill 4@12 4/6", "B restated 0/2"])
        self.assertEqual(venue.order(2).told, OrdStatus.SUSPENDED)
        operator.resume(venue, venue.order(2), self.market.now, out)
        self.market.take()
        self.assertEqual(self.market.resting(), [(1, 12, 6), (2, 13, 2)])

    def test_all_or_none(self) -> None:
        """One that now finds all that it asks for trades at once."""
        whole = Instructions(all_or_none=True)
        self.enter(
            OUO, order("A", SELL, 10, 12, symbol="BBB"), order("B", SELL, 10, 13).with_extra(whole)
        )
        self.market.enter("C", BUY, 6, 13)
        self.assertEqual(
            self.trade(BUY, 4, 12, "BBB"),
            [
                "A fill 4@12 4/6",
                "B restated 0/6",
                "B fill 6@13 6/0",
                "C fill 6@13 6/0",
                "A canceled 4/0",
            ],
        )

    def test_proportional(self) -> None:
        """By the part of its quantity that it trades, in whole lots."""
        self.enter(SHARE, order("A", SELL, 10, 12), order("B", BUY, 25, 8))
        self.assertEqual(self.trade(BUY, 3, 12), ["A fill 3@12 3/7", "B restated 0/18"])
        self.assertEqual(self.trade(BUY, 1, 12), ["A fill 1@12 4/6", "B restated 0/16"])
        self.assertEqual(self.trade(SELL, 8, 8), ["B fill 8@8 8/8", "A restated 4/3"])
        self.assertEqual(self.trade(BUY, 3, 12), ["A fill 3@12 7/0", "B canceled 8/0"])

    def test_canceled(self) -> None:
        """A cancel of one cancels the others."""
        for kind in (OUO, SHARE):
            name = kind.name
            self.market.submit(
                listed(
                    kind, order(f"A{name}", SELL, 5, 12), order(f"B{name}", BUY, 9, 8), name=name
                )
            )
            self.trade(BUY, 2, 12)
            words = told(self.market.cancel(f"X{name}", f"A{name}"))
            self.assertEqual(words[0], f"X{name} canceled 2/0")
            self.assertEqual(words[1], f"B{name} canceled 0/0")


class TriggersTests(ContingentTestCase):
    """One triggers the others."""

    orders = (order("A", BUY, 10, 9), order("B", SELL, 10, 12), order("C", BUY, 4, 7))

    def test_filled(self) -> None:
        """They wait, off the book, until the first one is filled."""
        self.assertEqual(
            self.enter(OTO, *self.orders),
            ["A new 0/10", "B new 0/10", "C new 0/4", "list L 3 of 3 open"],
        )
        self.assertEqual(self.market.resting(), [(1, 9, 10)])
        self.assertEqual(self.trade(BUY, 5, 12), [])
        self.assertEqual(self.trade(SELL, 4, 9), ["A fill 4@9 4/6"])
        expected = ["A fill 6@9 10/0", "B triggered 0/10", "C triggered 0/4"]
        self.assertEqual(self.trade(SELL, 6, 9), expected)
        self.assertEqual(self.market.resting(), [(3, 7, 4), (2, 12, 10)])
        self.assertEqual(told(self.market.cancel("X", "B")), ["X canceled 0/0"])
        self.assertEqual(self.market.resting(), [(3, 7, 4)])

    def test_any_fill(self) -> None:
        """As a setting, its first fill triggers them."""
        self.market = Market(lists=ListSettings(oto_triggers="any-fill"))
        self.enter(OTO, *self.orders)
        expected = ["A fill 4@9 4/6", "B triggered 0/10", "C triggered 0/4"]
        self.assertEqual(self.trade(SELL, 4, 9), expected)
        self.assertEqual(told(self.market.cancel("X", "A")), ["X canceled 4/0"])
        self.assertEqual(self.market.resting(), [(3, 7, 4), (2, 12, 10)])

    def test_filled_at_once(self) -> None:
        """Where the first one trades as it comes, the others follow, once each."""
        self.market.enter("T", SELL, 10, 9, session="T", symbol="BBB")
        self.market.enter("U", BUY, 10, 12, session="T")
        first = order("A", BUY, 10, 9, symbol="BBB")
        words = self.enter(BRACKET, first, *self.orders[1:])
        self.assertEqual(
            words[3:],
            [
                "A fill 10@9 10/0",
                "T fill 10@9 10/0",
                "B triggered 0/10",
                "B fill 10@12 10/0",
                "U fill 10@12 10/0",
                "C canceled 0/0",
                "list L 0 of 3 open",
            ],
        )
        self.market.enter("V", SELL, 1, 9, session="T")
        self.market.submit(listed(OTO, order("D", BUY, 1, 9), order("E", SELL, 2, 13), name="M"))
        self.assertEqual(self.market.resting(), [(8, 13, 2)])

    def test_canceled_together(self) -> None:
        """Where all are canceled at once, none is triggered by that."""
        self.enter(OTO, *self.orders)
        self.trade(SELL, 4, 9)
        events = self.market.submit(MassCancel("S", "M", Scope(int(MassScope.ALL))))
        expected = ["B canceled 0/0", "C canceled 0/0", "A canceled 4/0", "M mass 3"]
        self.assertEqual(told(events), expected)

    def test_expires_while_waiting(self) -> None:
        """A time at which one that waits expires holds for it, too."""
        extra = Instructions(expire=self.market.now + S)
        terms = order("B", SELL, 10, 12, TimeInForce.GTD).with_extra(extra)
        self.enter(OTO, order("A", BUY, 10, 9), terms)
        self.assertEqual(told(self.market.advance(S)), ["B expired 0/0"])

    def test_canceled(self) -> None:
        """Without any fill the others go with it; with one, as large a part of them is entered."""
        self.enter(OTO, *self.orders)
        expected = ["X canceled 0/0", "B canceled 0/0", "C canceled 0/0"]
        self.assertEqual(told(self.market.cancel("X", "A")), expected)
        terms = (order("D", BUY, 10, 9), order("E", SELL, 10, 12), order("F", BUY, 3, 7))
        self.market.submit(listed(OTO, *terms, name="M"))
        self.trade(SELL, 3, 9)
        self.assertEqual(
            told(self.market.cancel("Y", "D")),
            ["Y canceled 3/0", "E restated 0/3", "F canceled 0/0", "E triggered 0/3"],
        )
        self.assertEqual([each[1:] for each in self.market.resting()], [(12, 3)])

    def test_changed_while_waiting(self) -> None:
        """One that waits is canceled, replaced, suspended and resumed without being entered."""
        self.enter(OTO, *self.orders)
        self.assertEqual(told(self.market.cancel("X", "C")), ["X canceled 0/0"])
        self.market.replace("B", order("B2", SELL, 8, 11))
        venue, out, now = self.market.venue, self.market.dispatcher.out, self.market.now
        operator.suspend(venue, venue.order(2), now, out)
        operator.resume(venue, venue.order(2), now, out)
        self.market.take()
        self.assertEqual(self.market.resting(), [(1, 9, 10)])
        operator.suspend(venue, venue.order(2), now, out)
        self.market.take()
        self.assertEqual(self.trade(SELL, 10, 9), ["A fill 10@9 10/0"])
        self.assertEqual(self.market.resting(), [])
        operator.resume(venue, venue.order(2), now, out)
        self.market.take()
        self.assertEqual(self.market.resting(), [(2, 11, 8)])

    def test_not_taken(self) -> None:
        """What is triggered in a phase that does not take it is canceled."""
        other = NewOrder("S", "B", "BBB", int(SELL), 2, 0, 5 * UNIT, 9 * UNIT)
        self.enter(OTO, order("A", BUY, 10, 9), other)
        venue, out = self.market.venue, self.market.dispatcher.out
        venue.set_instrument_phase("BBB", Phase.HALT, None, self.market.now, out)
        self.market.take()
        expected = ["A fill 10@9 10/0", "B triggered 0/5", "B canceled 0/0"]
        self.assertEqual(self.trade(SELL, 10, 9), expected)

    def test_bracket(self) -> None:
        """The first triggers two, of which one cancels the other."""
        for number, (side, price, gone) in enumerate(((BUY, 12, "C"), (SELL, 7, "B"))):
            a, b, c = f"A{number}", f"B{number}", f"C{number}"
            terms = (order(a, BUY, 10, 9), order(b, SELL, 10, 12), order(c, BUY, 10, 7))
            self.market.submit(listed(BRACKET, *terms, name=a))
            words = self.trade(SELL, 10, 9)
            self.assertEqual(words[1:], [f"{b} triggered 0/10", f"{c} triggered 0/10"])
            words = self.trade(side, 10, price)
            self.assertEqual(words[1:], [f"{gone}{number} canceled 0/0"])
        self.enter(BRACKET, *self.orders)
        expected = ["X canceled 0/0", "B canceled 0/0", "C canceled 0/0"]
        self.assertEqual(told(self.market.cancel("X", "A")), expected)
        self.assertEqual(self.market.resting(), [])

    def test_bracket_leg_canceled_early(self) -> None:
        """The cancel of one that waits cancels the other that waits, not the first."""
        self.enter(BRACKET, *self.orders)
        self.assertEqual(told(self.market.cancel("X", "B")), ["X canceled 0/0", "C canceled 0/0"])
        self.assertEqual(self.market.resting(), [(1, 9, 10)])


class RefusedTests(ContingentTestCase):
    """Lists that are not entered, and questions about lists."""

    def test_all_or_nothing(self) -> None:
        """One that is refused has all refused that depend on it, and none else."""
        bad = NewOrder("S", "B", "NO", int(SELL), 2, 0, UNIT, UNIT)
        words = self.enter(OCO, order("A", BUY, 10, 9), bad)
        self.assertEqual(
            words,
            [
                "A rejected OTHER 0/0",
                "B rejected UNKNOWN_SYMBOL 0/0",
                "list L 0 of 2 open OTHER",
            ],
        )
        words = told(self.market.submit(listed(NONE, order("C", BUY, 10, 9), _named(bad, "D"))))
        self.assertEqual(
            words, ["C new 0/10", "D rejected UNKNOWN_SYMBOL 0/0", "list L 1 of 2 open"]
        )

    def test_whole_lists(self) -> None:
        """A ListID is used once; the orders have different names; one depends on nothing."""
        self.enter(OCO, order("A", BUY, 1, 9), order("B", BUY, 1, 8))
        for name, terms, reason in (
            ("L", (order("C", BUY, 1, 9), order("D", BUY, 1, 9)), Reason.DUPLICATE),
            ("M", (order("H", BUY, 1, 9), order("H", BUY, 1, 9)), Reason.DUPLICATE),
            ("N", (order("E", BUY, 1, 9),), Reason.OTHER),
        ):
            events = self.market.submit(listed(OCO, *terms, name=name))
            self.assertEqual(getattr(events[-1], "reason", None), reason)
        events = self.market.submit(
            NewList("S", "O", 77, [order("F", BUY, 1, 9), order("G", BUY, 1, 9)])
        )
        self.assertEqual(getattr(events[-1], "reason", None), Reason.UNSUPPORTED)
        self.assertEqual(self.market.venue.orders.open_count, 2)

    def test_limits_count_those_before(self) -> None:
        """Where the list as a whole exceeds a limit, what was accepted of it is canceled."""
        self.market = Market(max_orders=1)
        words = self.enter(OCO, order("A", BUY, 10, 9), order("B", BUY, 10, 8))
        expected = [
            "A new 0/10",
            "B rejected OTHER 0/0",
            "A canceled 0/0",
            "list L 0 of 2 open",
        ]
        self.assertEqual(words, expected)
        self.assertEqual(self.market.resting(), [])

    def test_questions(self) -> None:
        """A list is told and canceled by its ListID, by its own session."""
        self.enter(OTO, order("A", BUY, 10, 9), order("B", SELL, 10, 12))
        self.trade(SELL, 4, 9)
        ask = ListQuestion(LIST_STATUS, "S", "L", "M", "7")
        self.assertEqual(told(self.market.submit(ask)), ["list L 2 of 2 open"])
        words = told(self.market.submit(ListQuestion(LIST_CANCEL, "S", "L", "K", "8")))
        expected = [
            "B canceled 0/0",
            "A canceled 4/0",
            "list L 0 of 2 open",
        ]
        self.assertEqual(words, expected)
        words = told(self.market.submit(ListQuestion(LIST_CANCEL, "T", "L", "K", "9")))
        self.assertEqual(words, ["K refused UNKNOWN_ORDER"])

    def test_phase_without_cancels(self) -> None:
        """A list is canceled as far as the phases allow it."""
        self.enter(OUO, order("A", BUY, 1, 9), order("B", BUY, 1, 8))
        venue, out = self.market.venue, self.market.dispatcher.out
        venue.set_phase(Phase.CONTINUOUS, False, self.market.now, out)
        words = told(self.market.submit(ListQuestion(LIST_CANCEL, "S", "L", "K", "8")))
        self.assertEqual(words, ["list L 2 of 2 open"])

    def test_forgotten(self) -> None:
        """As many lists are kept after they ended as orders are."""
        self.market = Market(keep_finished=2)
        for number in range(4):
            pair = order(f"A{number}", BUY, 1, 9), order(f"B{number}", BUY, 1, 8)
            self.market.submit(listed(OCO, *pair, name=f"L{number}"))
            if number:
                self.market.cancel(f"X{number}", f"A{number}")
        names = [group.name for group in self.market.venue.contingent.all()]
        self.assertEqual(names, ["L0", "L2", "L3"])

    def test_not_forgotten(self) -> None:
        """One that ended, and has an open order again, is not forgotten."""
        self.market = Market(keep_finished=1)
        self.market.submit(linked(order("A", BUY, 1, 9), OTO))
        self.trade(SELL, 1, 9)
        self.market.submit(linked(order("B", SELL, 1, 12), OTO))
        for number in range(2):
            name = f"C{number}"
            self.market.submit(linked(order(name, BUY, 1, 9), OTO, name))
            self.market.cancel(f"X{number}", name)
        names = [group.name for group in self.market.venue.contingent.all()]
        self.assertEqual(names, ["K", "C1"])


class LinkedTests(ContingentTestCase):
    """Orders that come one by one."""

    def test_cancels(self) -> None:
        """They depend on each other from when they are there; later ones are refused at the end."""
        self.market.submit(linked(order("A", SELL, 10, 12), OCO))
        self.market.submit(linked(order("B", BUY, 10, 8)))
        self.market.submit(linked(order("C", BUY, 10, 8), OCO, "other"))
        self.assertEqual(self.trade(BUY, 10, 12), ["A fill 10@12 10/0", "B canceled 0/0"])
        self.assertEqual(
            told(self.market.submit(linked(order("D", BUY, 10, 8), OCO))), ["D rejected OTHER 0/0"]
        )
        words = told(self.market.submit(linked(order("E", BUY, 10, 8), OTO, "other")))
        self.assertEqual(words, ["E rejected UNSUPPORTED 0/0"])
        unknown = order("F", BUY, 10, 8).with_extra(Instructions(link="new", contingency=77))
        self.assertEqual(told(self.market.submit(unknown)), ["F rejected UNSUPPORTED 0/0"])

    def test_expired(self) -> None:
        """The end of one by its time cancels the others."""
        extra = Instructions(link="K", contingency=int(OCO), expire=self.market.now + S)
        self.market.submit(order("A", BUY, 10, 9, TimeInForce.GTD).with_extra(extra))
        self.market.submit(linked(order("B", SELL, 10, 12)))
        self.assertEqual(told(self.market.advance(S)), ["A expired 0/0", "B canceled 0/0"])

    def test_triggers(self) -> None:
        """The first is the one that triggers; what comes after it was filled does not wait."""
        self.market.submit(linked(order("A", BUY, 10, 9), OTO))
        self.market.submit(linked(order("B", SELL, 10, 12), OTO))
        self.assertEqual(self.market.resting(), [(1, 9, 10)])
        self.assertEqual(self.trade(SELL, 10, 9)[1:], ["B triggered 0/10"])
        self.market.submit(linked(order("C", SELL, 10, 13), OTO))
        self.assertEqual(self.market.resting()[-1][1:], (13, 10))

    def test_by_policy(self) -> None:
        """What a policy or a person fills counts, and is not entered when it is triggered."""
        chain = self.market.chain(
            lambda request: Fill((FillStep(4 * UNIT), FillStep(6 * UNIT, after=S)))
        )
        self.market.submit(linked(order("A", BUY, 10, 9), OCO), chain)
        self.market.submit(linked(order("B", SELL, 10, 12), OCO))
        words = told(self.market.advance(S))
        self.assertEqual(words, ["A fill 6@9 10/0", "B canceled 0/0"])


class KeptTests(ContingentTestCase):
    """Snapshots, policies and holds know lists."""

    def test_state(self) -> None:
        """All of it goes on in a venue made of the state of another."""
        self.enter(BRACKET, order("A", BUY, 10, 9), order("B", SELL, 10, 12), order("C", BUY, 5, 7))
        self.market.submit(linked(order("D", SELL, 10, 20), OUO))
        self.market.submit(linked(order("E", SELL, 10, 21), OUO))
        self.trade(SELL, 4, 9)
        self.again()
        words = self.trade(SELL, 6, 9)
        self.assertEqual(words, ["A fill 6@9 10/0", "B triggered 0/10", "C triggered 0/5"])
        self.again()
        self.assertEqual(self.trade(BUY, 10, 12), ["B fill 10@12 10/0", "C canceled 0/0"])
        self.again()
        self.assertEqual(self.trade(BUY, 3, 20), ["D fill 3@20 3/7", "E restated 0/7"])
        self.market.venue.reset()
        self.assertEqual(self.market.venue.contingent.all(), [])
        self.assertIsNone(self.market.venue.orders.links)

    def test_not_followed_yet(self) -> None:
        """What was not followed is in the state, too."""
        self.enter(OCO, order("A", SELL, 10, 12), order("B", SELL, 10, 13))
        venue = self.market.venue
        venue.take_out(venue.order(1))
        venue.orders.filled(venue.order(1), 10 * UNIT, 12 * UNIT, self.market.now)
        self.again()
        out = self.market.dispatcher.out
        self.market.venue.follow_links(self.market.now, out)
        self.assertEqual(told(out), ["B canceled 0/0"])

    def test_bust(self) -> None:
        """A fill that never was is not given back to others, but the next ones count."""
        self.enter(OUO, order("A", SELL, 10, 12), order("B", SELL, 10, 13))
        self.trade(BUY, 4, 12)
        venue, out = self.market.venue, self.market.dispatcher.out
        operator.suspend(venue, venue.order(1), self.market.now, out)
        fill = (venue.order(1).fills or [])[0]
        operator.bust(venue, venue.order(1), fill.exec_id, "", self.market.now, out)
        self.market.take()
        self.again()
        venue, out = self.market.venue, self.market.dispatcher.out
        operator.fill(venue, venue.order(1), 2 * UNIT, None, self.market.now, out)
        self.assertEqual(told(self.market.take()), ["A fill 2@12 2/8", "B restated 0/4"])

    def test_requests(self) -> None:
        """The requests are plain values and back; criteria see what they are about."""
        terms = [linked(order("A", BUY, 1, 9)), order("B", BUY, 1, 8)]
        requests: list[Request] = [
            NewList("S", "L", 2, terms, "E", "7 L"),
            ListQuestion(LIST_CANCEL, "S", "L", "K", "8 L"),
            ListQuestion(LIST_STATUS, "S", "L", "M", "9 L"),
        ]
        for request in requests:
            back = request_of(request_state(request))
            self.assertIs(type(back), type(request))
            self.assertEqual(request_state(back), request_state(request))
        back = request_of(request_state(requests[0]))
        assert isinstance(back, NewList)
        self.assertEqual(back.contingency, OTO)
        kinds = [request.kind for request in requests]
        self.assertEqual(kinds, ["list", "list-cancel", "list-status"])
        options = read_options((TYPES, *CRITERIA), {"types": "list", "symbols": "AAA"})
        view = self.market.chain(lambda request: PASS)[0].view
        self.assertEqual(
            [Criteria(options).fit(each, view) for each in requests], [True, False, False]
        )

    def test_policies(self) -> None:
        """A list is refused, dropped, held, released and acked as a whole."""
        pair = (order("A", BUY, 1, 9), order("B", BUY, 1, 8))

        def refused(request: Request) -> Decision:
            return Reject(Reason.POLICY, "no")

        events = self.market.submit(listed(OCO, *pair), self.market.chain(refused))
        expected = ["A rejected POLICY 0/0", "B rejected POLICY 0/0", "list L 0 of 2 open POLICY"]
        self.assertEqual(told(events), expected)
        ask = ListQuestion(LIST_STATUS, "S", "L", "M", "7")
        self.assertEqual(
            told(self.market.submit(ask, self.market.chain(refused))), ["M refused POLICY"]
        )
        other = (order("C", BUY, 1, 9), order("D", BUY, 1, 8))
        self.market.submit(listed(OCO, *other), self.market.chain(lambda request: DROP))
        self.market.submit(listed(OCO, *other), self.market.chain(lambda request: HOLD))
        dispatcher = self.market.dispatcher
        dispatcher.ack(1, self.market.now)
        self.assertEqual(told(self.market.take())[-1], "list L 2 of 2 open")
        self.market.submit(listed(OCO, *other), self.market.chain(lambda request: HOLD))
        error = self.assertRaises(Conflict, dispatcher.ack, 2, self.market.now)
        self.assertIn("duplicate ListID", str(error))
        bad = order("E", BUY, 1, 9, symbol="NO")
        hold = self.market.chain(lambda request: HOLD)
        self.market.submit(listed(NONE, bad, order("F", BUY, 1, 8), name="N"), hold)
        self.market.submit(listed(OCO, bad, order("G", BUY, 1, 8), name="O"), hold)
        dispatcher.ack(3, self.market.now)
        expected = ["E rejected UNKNOWN_SYMBOL 0/0", "F new 0/1", "list N 1 of 2 open"]
        self.assertEqual(told(self.market.take()), expected)
        error = self.assertRaises(Conflict, dispatcher.ack, 4, self.market.now)
        self.assertIn("duplicate ClOrdID", str(error))

    def test_aliases(self) -> None:
        """Instruments may be named by their other identifiers."""
        self.market.venue.add_instrument(Instrument("CCC", isin="US0378331005"))
        terms = [_named(order(name, BUY, 1, 9), name, "4:US0378331005") for name in "AB"]
        self.assertEqual(self.enter(OCO, *terms)[0], "A new 0/1")

    def test_plain_orders_pay_nothing(self) -> None:
        """Nobody listens to orders as long as there are no lists."""
        self.market.enter("A", BUY, 1, 9)
        self.assertIsNone(self.market.venue.links)
        self.assertIsNone(self.market.venue.orders.links)


def _named(terms: NewOrder, name: str, symbol: str = "") -> NewOrder:
    found = terms.with_symbol(symbol or terms.symbol)
    found.cl_ord_id = name
    return found
