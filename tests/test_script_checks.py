"""The step ``check``: what a market is to be like, and what is told where it is not."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client.script import parse_script, run_script
from exsim.client.script_checks import AMOUNTS, BOOKS, FIGURES, PRICES, Check
from exsim.testing.memory import MemoryExchange


class ReadingTests(SynchronousTestCase):
    """What is no check is refused before anything is done."""

    def test_wrong(self) -> None:
        """Each says why."""
        for text, why in (
            ("", "a check is FIGURE"),
            ("trades", "a check is FIGURE"),
            ("trades > ", "a check is FIGURE"),
            ("trades from 1", "a check is FIGURE"),
            ("trdes > 1", "did you mean 'trades'?"),
            ("trades > many", "no decimal number"),
            ("trades > 5%", "no price of trades"),
            ("phase > halt", "which something is (=) or is not"),
            ("bid < none", "which something is (=) or is not"),
            ("low from none to 5", "which something is (=) or is not"),
        ):
            error = self.assertRaises(ValueError, Check, text)
            self.assertIn(why, str(error), text)

    def test_told(self) -> None:
        """Each figure is on the page, and says what it is."""
        page = Path(__file__).resolve().parent.parent / "docs" / "scripts.rst"
        text = page.read_text("utf-8")
        for figure in FIGURES:
            self.assertIn(f"``{figure}``", text)
        for figures in (PRICES, AMOUNTS, BOOKS):
            self.assertNotIn("", [told for _, told in figures.values()])


class MarketTests(SynchronousTestCase):
    """Checks of an exchange in memory: AAA, 10 to sell at 101 and 10 to buy at 99."""

    def setUp(self) -> None:
        self.exchange = MemoryExchange()
        self.addCleanup(self.exchange.stop)
        self.passes("order BUY 10 AAA @ 99", "order SELL 10 AAA @ 101")

    def run_steps(self, *steps: str) -> str:
        """What came of these, without those that passed."""
        lines = "".join(f"    {step}\n" for step in steps)
        report = run_script(
            self.exchange.simulator, parse_script("x", f"[script]\nsteps =\n{lines}")
        )
        return "\n".join(line for line in report.lines[1:] if not line.startswith("  ok"))

    def passes(self, *steps: str) -> None:
        """All hold."""
        self.assertEqual(self.run_steps(*steps), "")

    def fails(self, found: str, *steps: str) -> None:
        """The last does not, for what was found."""
        told = self.run_steps(*steps)
        self.assertIn(f"FAILED  {steps[-1]}", told)
        self.assertIn(f"Expected {steps[-1].removeprefix('check ')}; found {found}.", told)

    def test_book(self) -> None:
        """Of now, where no time passed; of another instrument where one is named."""
        self.passes(
            "check bid = 99",
            "check offer of AAA = 101",
            "check spread = 2",
            "check bids = 10",
            "check offers from 10 to 10",
            "check bid != none",
            "check bid of BBB = none",
            "check spread of BBB = none",
            "check offers of BBB = 0",
            "check phase = continuous",
            "check phase != halt",
        )
        self.fails("99", "check bid > 99")
        self.fails("none", "check bid of BBB > 1")
        self.fails("none", "check bid of BBB != 5")
        self.fails("99", "check bid = none")
        self.fails("none", "check bid of BBB != none")
        self.fails("10", "check offers < 10")
        self.fails("continuous", "check phase = halt")
        self.fails("continuous", "check phase != continuous")

    def test_relations(self) -> None:
        """At their bounds."""
        self.passes("check bid >= 99", "check bid <= 99", "check bid from 99 to 99")
        self.fails("99", "check bid < 99")
        self.fails("99", "check bid != 99")
        self.fails("99", "check bid from 99.01 to 100")
        self.fails("99", "check bid from 98 to 98.99")

    def test_trades(self) -> None:
        """Those since the clock was last advanced, whatever was before."""
        self.passes("check trades = 0", "check low = none", "order BUY 4 AAA @ 101")
        self.passes(
            "check trades = 0",
            "advance 1s",
            "check trades = 0",
            "check volume = 0",
            "order SELL 3 AAA @ 99",
            "order BUY 2 AAA @ 101",
            "check trades = 2",
            "check volume = 5",
            "check low = 99",
            "check high = 101",
            "check first = 99",
            "check last = 101",
            "check first from -2% to -1.9%",
            "check high <= 0%",
            "check trades of BBB = 0",
        )
        self.fails("1", "order BUY 1 AAA @ 101", "check trades > 5")

    def test_percent(self) -> None:
        """It is of the last trade before, and says so."""
        self.fails("no trade before, of which it could be a percentage", "check low > -5%")
        self.fails(
            "99, -1.98% from 101",
            "order BUY 1 AAA @ 101",
            "advance 1s",
            "order SELL 1 AAA @ 99",
            "check low > -1%",
        )

    def test_looks(self) -> None:
        """Looks at the book while time passes make the mean."""
        simulator = self.exchange.simulator
        simulator.enter_order(
            "XSIM",
            symbol="BBB",
            side="BUY",
            quantity=40,
            type="LIMIT",
            price="50",
            time_in_force="GTD",
            expire="2026-01-05T09:00:05.1Z",
        )
        self.passes(
            "advance 10s",
            "check bids of BBB = 20",  # half of the time
            "check bid of BBB = none",
            "check bids = 10",
            "advance to 2026-01-05T09:00:30Z",
            "check bids of BBB = 0",
        )
        self.assertIn("09:00:30.000", simulator.get_clock("XSIM").time)

    def test_again(self) -> None:
        """A reset forgets what was."""
        self.passes(
            "order BUY 4 AAA @ 101", "advance 1s", "reset", "check trades = 0", "check bids = 0"
        )
