"""Scripts: read with errors that help, run step by step, and told in a text that says why."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from twisted.internet.defer import succeed
from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import main
from exsim.client.codec import SimulatorError
from exsim.client.script import (
    Report,
    Script,
    ScriptError,
    parse_script,
    read_script,
    run_script,
)
from exsim.client.script_steps import STEPS
from exsim.control.operations import BY_NAME
from exsim.control.results import Health
from exsim.control.schemas import NoArguments
from exsim.errors import NotFound
from exsim.services.script_thread import Inside
from exsim.services.scripts import script_path, scripts_in
from exsim.testing.memory import MemoryExchange
from tests.fake_control import FakeControl
from tools.races import Counterparty

ORDER = "11=C1|55=AAA|54=1|38=500|40=2|44=10|60=20260105-09:00:00|"


def ini(*steps: str, head: str = "") -> str:
    """The text of a script."""
    return f"[script]\n{head}steps =\n" + "".join(f"    {step}\n" for step in steps)


class ReadingTests(SynchronousTestCase):
    """What is no script is refused before anything is done."""

    def wrong(self, text: str, *words: str) -> None:
        """It is, for this reason."""
        error = self.assertRaises(ScriptError, parse_script, "x", text)
        for word in words:
            self.assertIn(word, str(error))

    def test_wrong(self) -> None:
        """Where, what, and what would be right."""
        self.wrong("steps", "x: File contains no section headers")
        self.wrong("[other]\nsteps = reset", "one section, [script]")
        self.wrong("[script]\nsteps =", "has no steps")
        self.wrong("[script]\nstep = reset", "no key 'step': did you mean 'steps'?")
        for step, why in (
            ("expct type=D", "no step 'expct': did you mean 'expect'?"),
            ("expect tpe=D", "step 2, 'expect tpe=D'"),
            ("rule type=D", "a rule is FILTER then STEPS"),
            ("rule type=D then akc", "did you mean 'ack'?"),
            ("do hold", "hold is for rules"),
            ("advance", "it needs a time"),
            ("order 5 AAA", "an order is BUY or SELL"),
            ("fault", "it needs a name"),
            ("fault drop now", "'now' is no parameter"),
            ("phase", "it needs the name of a phase"),
            ("price AAA", "it needs a price"),
            ("send 35", "no field such as 35=8"),
        ):
            self.wrong(ini("reset", step), "step 2", why)

    def test_python(self) -> None:
        """A Python file has a function, and tells what it is."""
        path = Path(self.mktemp() + ".py")
        path.write_text('"""A day.\n\nLong."""\ndef run(simulator): return simulator.version()\n')
        script = read_script(path)
        self.assertEqual((script.summary, script.steps), ("A day.", []))
        path.write_text("x = 1\n")
        self.assertRaises(ScriptError, read_script, path)
        path.write_text("1 / 0\n")
        error = self.assertRaises(ScriptError, read_script, path)
        self.assertIn("ZeroDivisionError", str(error))

    def test_steps(self) -> None:
        """Each is in the documentation."""
        page = Path(__file__).resolve().parent.parent / "docs" / "scripts.rst"
        text = page.read_text("utf-8")
        for word in STEPS:
            self.assertIn(f"``{word}``", text)


class RunningTests(SynchronousTestCase):
    """Steps at work on an exchange in memory."""

    def setUp(self) -> None:
        self.exchange = MemoryExchange()
        self.addCleanup(self.exchange.stop)
        self.client = Counterparty(self.exchange)
        self.exchange.connect(self.client)
        self.client.say("A", "98=0|108=30|")

    def run_steps(self, *steps: str, session: str = "BUYSIDE1") -> Report:
        """Run these."""
        script = parse_script("x", ini(*steps, head=f"session = {session}\n"))
        return run_script(self.exchange.simulator, script)

    def passes(self, *steps: str) -> None:
        """They do."""
        report = self.run_steps(*steps)
        self.assertTrue(report.passed, report.text)
        self.assertEqual(report.lines[1:], [f"  ok  {step}" for step in steps])

    def fails(self, *steps: str) -> str:
        """The last of them does; why."""
        report = self.run_steps(*steps)
        self.assertFalse(report.passed)
        self.assertIn(f"  FAILED  {steps[-1]}", report.lines)
        return report.text

    def test_day(self) -> None:
        """A rule, an order from outside, time, and what is checked of it."""
        client = self.client
        self.passes("rule type=D qty>=500 then ack; fill 200 @ 10.01; after 5m; fill rest")
        client.say("D", ORDER)
        report = self.run_steps("advance 5m", "verify type=8 exec=fill dir=out exactly 1")
        self.assertTrue(report.passed, report.text)

    def test_expect_and_do(self) -> None:
        """What was expected is decided about; each expect goes on behind the one before."""
        simulator, client = self.exchange.simulator, self.client
        perform = simulator.perform

        def after_rule(operation: str, arguments: Any, body: Any = None) -> Any:
            answer = perform(operation, arguments, body)
            if operation == "create_rule":
                client.say("D", ORDER)
            return answer

        simulator.perform = after_rule  # type: ignore[method-assign]
        self.passes(
            "rule type=D then hold",
            "expect type=D symbol=AAA qty=500 within 1s",
            "hold qty=500",
            "do ack; fill 200 @ 10.01",
            "do fill; bust",
            "expect type=8 exec=new",
            "expect type=8 exec=fill last_qty=200",
            "expect type=8 exec=fill last_qty=300",
            "verify type=8 exec=fill exactly 2",
            "verify type=8 exec=rejected never",
            "verify type=8 at least 3",
            "verify type=8 at most 4",
        )

    def test_of_sessions_and_markets(self) -> None:
        """Send, faults, races, orders of nobody, prices and phases."""
        self.passes(
            "price AAA 100",
            "order BUY 10 AAA @ 99",
            "do fill 4; cancel",
            "phase halt",
            "phase continuous",
            "clock manual",
            "send 35=B,148=Hello,33=1,58=x",
            "expect type=B dir=out",
            "send raw 8=FIX|",
            "fault drop count=1 direction=out match type=8",
            "race late-ack time=5s match symbol=AAA",
            "test-request",
            "say all is well",
        )
        simulator = self.exchange.simulator
        (fault,) = simulator.list_faults().items
        self.assertEqual((fault.kind, fault.count), ("drop", 1))
        self.assertEqual(fault.match, "session=BUYSIDE1 type=8")
        races = [race for race in simulator.list_races().items if race.armed]
        self.assertEqual(races[0].armed[0].when, "type=D symbol=AAA session=BUYSIDE1")
        self.passes("logout")
        self.passes("disconnect", "reset")
        self.assertEqual(simulator.list_faults().items, [])

    def test_failures(self) -> None:
        """Each says what was expected, and what came instead."""
        text = self.fails("reset", "expect type=D within 0s")
        self.assertIn("Expected at least 1 message", text)
        self.assertTrue(text.endswith("x: FAILED"), text)
        self.assertIn("there is none", self.fails("hold within 0s"))
        self.assertIn("nothing to do it to", self.fails("do ack"))
        self.assertIn("Invalid", self.fails("phase nowhere"))
        report = self.run_steps("send 35=B", session="")
        self.assertIn("session = NAME", report.text)

    def test_python(self) -> None:
        """A function passes when it returns, and fails with what it raises."""

        def bad(simulator: Any) -> None:
            raise AssertionError("not so\nnot at all")

        simulator = self.exchange.simulator
        self.assertTrue(run_script(simulator, Script("x", run=lambda sim: sim.version())).passed)
        report = run_script(simulator, Script("x", run=bad))
        self.assertEqual(report.lines, ["x", "  FAILED  run", "    not so", "    not at all"])


class FolderTests(SynchronousTestCase):
    """The folder that the configuration names."""

    def test_folder(self) -> None:
        """Its files, by name; others are none of ours."""
        folder = Path(self.mktemp())
        folder.mkdir()
        for name in ("b.ini", "a.py", "c.txt"):
            (folder / name).write_text("")
        self.assertEqual(list(scripts_in(str(folder))), ["a", "b"])
        self.assertEqual(script_path(str(folder), "b"), folder / "b.ini")
        error = self.assertRaises(NotFound, script_path, str(folder), "c")
        self.assertIn("there are: a, b", str(error))
        self.assertRaises(NotFound, script_path, str(folder), "../b")
        error = self.assertRaises(NotFound, script_path, "", "b")
        self.assertIn("[exsim] scripts", str(error))
        self.assertEqual(scripts_in(""), {})


class InsideTests(SynchronousTestCase):
    """The client of a script's thread, with both threads in one."""

    def callFromThread(self, function: Any, *arguments: Any) -> None:
        """At once."""
        function(*arguments)

    def test_answers(self) -> None:
        """Results, also those that come later, and errors as clients know them."""
        control = FakeControl()
        inside = Inside(control, self)
        self.assertEqual(inside.health_live(), Health())
        control.answers["health_live"] = succeed(Health("ok"))
        self.assertEqual(inside.health_live(), Health("ok"))
        control.answers["get_rule"] = NotFound("no rule")
        error = self.assertRaises(SimulatorError, inside.get_rule, "x")
        self.assertEqual((error.problem.status, error.problem.detail), (404, "no rule"))
        error = self.assertRaises(SimulatorError, inside.list_rules, limit=-1)
        self.assertEqual(error.problem.status, 422)
        self.assertIn("health_live", BY_NAME)

    def test_end(self) -> None:
        """Once it is ended nothing is answered."""
        inside = Inside(FakeControl(), self)
        inside.end()
        error = self.assertRaises(SimulatorError, inside.perform, "health_live", NoArguments())
        self.assertEqual(error.problem.status, 503)


class ShellTests(SynchronousTestCase):
    """``exsim script``, as far as it needs no simulator."""

    def test_wrong(self) -> None:
        """A file that is none is refused with status 2."""
        path = Path(self.mktemp() + ".ini")
        for text in (None, "[script]\nsteps = nothing\n"):
            if text is not None:
                path.write_text(text)
            out, err = io.StringIO(), io.StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                self.assertEqual(main(["script", str(path)]), 2)
            self.assertIn("exsim script: ", err.getvalue())
            self.assertEqual(out.getvalue(), "")
