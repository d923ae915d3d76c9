"""
What testers are given, with processes: the plugin for pytest, the examples, and no orphans.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from tests.soak.tester import kill_pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
SECONDS = 120
FEWER = "-p no:schemathesis"
"""Options of pytest: that plugin takes longer to load than exsim, and is for other tests."""


def run(*command: str, cwd: Path, **variables: str) -> tuple[int, str]:
    """The exit status of a command, and all that it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plain = {name: text for name, text in os.environ.items() if not name.startswith("EXSIM_")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=plain
        | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTEST_ADDOPTS": FEWER}
        | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stdout


class ExampleTests(SynchronousTestCase):
    """The order manager of the examples, tested in each way."""

    def setUp(self) -> None:
        """Run them where they leave nothing."""
        self.folder = Path(self.mktemp()).absolute()
        shutil.copytree(EXAMPLES, self.folder, ignore=shutil.ignore_patterns("__pycache__"))

    def passes(self, said: str, *command: str) -> None:
        """Check that a command ends well, and what it says."""
        status, output = run(*command, cwd=self.folder)
        self.assertEqual(status, 0, output)
        self.assertIn(said, output)

    def test_pytest(self) -> None:
        """A lost fill."""
        self.passes("1 passed", sys.executable, "-m", "pytest", "test_with_pytest.py")

    def test_router(self) -> None:
        """A smart order router at three venues."""
        self.passes("6 passed", sys.executable, "-m", "pytest", "test_router.py")

    def test_unittest(self) -> None:
        """A large order, held."""
        self.passes("OK", sys.executable, "-m", "unittest", "test_with_unittest")

    def test_trial(self) -> None:
        """A bust, on the reactor; and a quiet day without sockets."""
        self.passes(
            "PASSED (successes=2)", sys.executable, "-m", "twisted.trial", "test_with_trial"
        )

    def test_robot(self) -> None:
        """Keywords of Robot Framework."""
        self.passes("2 tests, 2 passed, 0 failed", sys.executable, "-m", "robot", ".")

    def test_shell(self) -> None:
        """``exsim with`` and ``exsim ctl``."""
        exsim = (sys.executable, "-m", "exsim", "with", "--")
        self.passes("position 40: as it should be", *exsim, "sh", "test_with_shell.sh")

    def test_shell_that_fails(self) -> None:
        """The status is that of the command, or says that there was none."""
        exsim = (sys.executable, "-m", "exsim", "with")
        for status, words in (
            (7, ("sh", "-c", "exit 7")),
            (2, ()),
            (127, ("no-such-command",)),
            (125, ("--set", "nothing", "--", "true")),
        ):
            self.assertEqual(run(*exsim, *words, cwd=self.folder)[0], status, words)


class PluginTests(SynchronousTestCase):
    """The plugin for pytest, as pytest finds it."""

    def setUp(self) -> None:
        """Make a folder for tests."""
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()

    def pytest(self, text: str, *options: str) -> tuple[int, str]:
        """Run tests; the exit status, and what was printed."""
        (self.folder / "test_it.py").write_text(f"from exsim.testing import *\n{text}")
        command = (sys.executable, "-m", "pytest", *options)
        return run(*command, cwd=self.folder)

    def test_fresh(self) -> None:
        """Each test has an exchange as it is at the start, whatever the one before did with it."""
        status, output = self.pytest(
            "def test_1(exsim):\n"
            "    exsim.when('D').then(reject())\n"
            "    exsim.session('ME').fault('drop')\n"
            "    exsim.clock.advance('1d')\n"
            "    exsim.simulator.create_venue(name='OTHER')\n"
            "    exsim.simulator.create_instrument('XSIM', symbol='NEW')\n"
            "    exsim.simulator.create_endpoint(name='more', venue='XSIM', protocol='fix',"
            " options={'comp_id': 'XSIM'})\n"
            "    exsim.simulator.create_session(name='ME', endpoint='more',"
            " options={'begin_string': 'FIX.4.4', 'sender_comp_id': 'ME'})\n"
            "def test_2(exsim, exsim_server):\n"
            "    s = exsim.simulator\n"
            "    assert [v.name for v in s.list_venues().items] == ['XSIM']\n"
            "    assert s.get_venue('XSIM').instruments == ['AAA', 'BBB', 'CCC']\n"
            "    assert [e.name for e in s.list_endpoints().items] == ['order-entry']\n"
            "    for found in s.list_sessions, s.list_rules, s.list_faults:\n"
            "        assert found().items == []\n"
            "    assert exsim.query() == []\n"
            "    s.delete_instrument('XSIM', 'AAA')\n"
            "def test_3(exsim):\n"
            "    assert exsim.simulator.get_venue('XSIM').instruments == ['AAA', 'BBB', 'CCC']\n"
            "    import os; os.kill(exsim.simulator.pid, 9)\n"
            "def test_4(exsim):\n"
            "    assert exsim.query() == []\n",
        )
        self.assertEqual(status, 0, output)

    def test_failure(self) -> None:
        """What was expected and the conversation are shown, none of ours of the traceback."""
        status, output = self.pytest(
            "def test_verify(exsim):\n"
            "    exsim.verify('D', symbol='AAA', count=1)\n"
            "def test_other(exsim):\n"
            "    import socket\n"
            "    s = exsim.session('ME')\n"
            "    with socket.create_connection((s.host, s.port)) as client:\n"
            "        client.sendall(b'8=FIX.4.4\\x019=5\\x0135=0\\x0110=161\\x01')\n"
            "        client.recv(4096)\n"
            "    exsim.verify(never=True, type='D')\n"
            "    assert 1 == 2\n",
        )
        self.assertEqual(status, 1, output)
        self.assertIn("E       AssertionError: Expected exactly 1 message:", output)
        self.assertIn("type=D symbol=AAA", output)
        self.assertIn("- The conversation with exsim -", output)
        self.assertNotIn("_judged", output)
        self.assertNotIn("exchange.py", output)

    def test_configured(self) -> None:
        """By the marker, by an option, by pytest's own configuration."""
        (self.folder / "lse.ini").write_text(
            "[venue:LSE]\n[instrument:LSE:VOD]\n"
            "[endpoint:oe]\nvenue = LSE\nprotocol = fix\ncomp_id = LSE\nlisten = tcp:1\n"
        )
        (self.folder / "pytest.ini").write_text(
            "[pytest]\nexsim_set =\n  instrument:XSIM:AAA.tick=0.5\naddopts = --strict-markers\n"
        )
        _, output = self.pytest(
            "import pytest\n"
            "@pytest.mark.exsim(config='lse.ini', set=['instrument:LSE:VOD.tick=0.25'])\n"
            "def test_marked(exsim):\n"
            "    assert exsim.venue == 'LSE' and [*exsim.endpoints] == ['oe']\n"
            "    assert exsim.simulator.get_instrument('LSE', 'VOD').tick == '0.25'\n"
            "@pytest.mark.exsim(set=['instrument:XSIM:BBB.tick=0.1'])\n"
            "def test_both(exsim):\n"
            "    assert exsim.simulator.get_instrument('XSIM', 'AAA').tick == '0.5'\n"
            "    assert exsim.simulator.get_instrument('XSIM', 'BBB').tick == '0.1'\n"
            "def test_plain(exsim):\n"
            "    assert exsim.simulator.get_instrument('XSIM', 'AAA').tick == '0.5'\n"
            "    assert exsim.simulator.get_instrument('XSIM', 'CCC').tick == '2'\n"
            "@pytest.mark.exsim(polices='hold')\n"
            "def test_wrong(exsim):\n"
            "    pass\n",
            "--exsim-set=instrument:XSIM:CCC.tick=2",
        )
        self.assertIn("3 passed, 1 error", output)
        self.assertIn("a marker exsim has config, set and venue", output)

    def test_parallel(self) -> None:
        """With xdist each worker has a simulator of its own."""
        status, output = self.pytest(
            "import pytest\n"
            "@pytest.mark.parametrize('number', range(12))\n"
            "def test_alone(exsim, number, worker_id):\n"
            "    s = exsim.simulator\n"
            "    s.enter_order('XSIM', symbol='AAA', side='BUY', quantity=1, price=1)\n"
            "    assert len(s.list_orders('XSIM').items) == 1\n"
            "    print(f'pid={exsim.simulator.pid} of {worker_id}')\n",
            *("-n", "2", "-rP"),
        )
        self.assertEqual(status, 0, output)
        self.assertEqual(len(set(re.findall(r"pid=\d+ of gw\d", output))), 2, output)

    def test_coverage(self) -> None:
        """What was met in all tests, those of all workers, is in one report."""
        text = (
            "import pytest\n"
            "@pytest.mark.parametrize('number', range(4))\n"
            "def test_logon(exsim, number):\n"
            "    import socket, time\n"
            "    now = time.strftime('%Y%m%d-%H:%M:%S', time.gmtime())\n"
            "    body = f'35=A|34=1|49=ME|52={now}|56=XSIM|98=0|108=30|141=Y|'\n"
            "    head = f'8=FIX.4.4|9={len(body)}|{body}'.replace('|', chr(1)).encode()\n"
            "    s = exsim.session('ME')\n"
            "    with socket.create_connection((s.host, s.port)) as client:\n"
            "        client.sendall(head + f'10={sum(head) % 256:03}\\x01'.encode())\n"
            "        client.recv(4096)\n"
        )
        for options in ((), ("-n", "2")):
            status, output = self.pytest(text, "--exsim-coverage=report", *options)
            self.assertEqual(status, 0, output)
            suites = ElementTree.parse(self.folder / "report" / "exsim-coverage.xml").getroot()
            (logon,) = suites.findall(".//testcase[@name='Logon(A)'][@classname='Messages sent']")
            self.assertEqual(logon.findtext("system-out"), "4 times", options)
            self.assertTrue((self.folder / "report" / "exsim-coverage.html").exists())

    def test_light(self) -> None:
        """Where no test asks for it, the plugin costs next to nothing."""
        script = (
            "import sys, exsim.testing.plugin\n"
            "print(*{'requests', 'twisted', 'msgspec'} & {*sys.modules})"
        )
        self.assertEqual(run(sys.executable, "-c", script, cwd=self.folder), (0, "\n"))


class TrialTests(SynchronousTestCase):
    """The mixin of trial."""

    def test_failure(self) -> None:
        """The conversation is told with a failure; a skip is one, and an error an error."""
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        (folder / "test_it.py").write_text(
            "from twisted.trial.unittest import SkipTest, TestCase\n"
            "from exsim.testing import ExsimTrialMixin, reject\n"
            "class Tests(ExsimTrialMixin, TestCase):\n"
            "    async def test_fails(self):\n"
            "        await self.exsim.when('D').then(reject())\n"
            "        await self.exsim.simulator.enter_order(\n"
            "            'XSIM', symbol='AAA', side='BUY', quantity=1, price=1)\n"
            "        hold = self.exsim.holds.wait(within='50ms')\n"
            "        await self.assertFailure(hold, AssertionError)\n"
            "        self.assertEqual(await self.exsim.session('ME').state, 'online')\n"
            "    def test_skips(self):\n"
            "        raise SkipTest('as it should')\n"
            "    async def test_errs(self):\n"
            "        fault = await self.exsim.session('ME').fault('drop')\n"
            "        assert await fault.hits == 0\n"
            "        await fault.remove()\n"
            "        await fault.remove()\n"
            "        await self.exsim.order('other')\n"
        )
        status, output = run(sys.executable, "-m", "twisted.trial", "test_it", cwd=folder)
        self.assertEqual(status, 1, output)
        self.assertIn("FAILED (skips=1, failures=2)", output)
        for text in ("'offline' != 'online'", "The conversation with exsim:", "is no order other"):
            self.assertIn(text, output)


class KillTests(SynchronousTestCase):
    """``kill -9`` of pytest leaves neither a process nor a file."""

    def test_killed(self) -> None:
        """While the simulator starts, and while a test runs; the long row does it 50 times."""
        for moment in (0.3, None):
            self.assertEqual(kill_pytest(moment), "")


class CompletionTests(SynchronousTestCase):
    """``exsim completion``: where a shell is, it completes."""

    def setUp(self) -> None:
        """Write the scripts."""
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()

    def script(self, shell: str) -> Path:
        """The script of a shell, which has to be there."""
        if shutil.which(shell) is None:
            raise SkipTest(f"there is no {shell} here")
        status, text = run(sys.executable, "-m", "exsim", "completion", shell, cwd=self.folder)
        self.assertEqual(status, 0, text)
        path = self.folder / shell
        path.write_text(text)
        return path

    def test_bash(self) -> None:
        """Commands, operations, options, and values."""
        path = self.script("bash")
        for line, expected in (
            ("exsim c", ["check", "copy-journal", "completion", "ctl"]),
            ("exsim ctl get-boo", ["get-book"]),
            ("exsim ctl enter-order XSIM --time", ["--time-in-force"]),
            ("exsim ctl enter-order --side ", ["BUY", "SELL"]),
        ):
            words = line.split(" ")
            quoted = " ".join(f"'{word}'" for word in words)
            ask = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _exsim"
            script = f"source {path}; {ask}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
            status, output = run("bash", "-c", script, cwd=self.folder)
            self.assertEqual((status, output.split()), (0, expected), line)

    def test_zsh(self) -> None:
        """It takes what bash has."""
        path = self.script("zsh")
        script = f"source {path}; [[ ${{_comps[exsim]}} == *bash* ]] && echo known"
        status, output = run("zsh", "-f", "-c", script, cwd=self.folder, HOME=str(self.folder))
        self.assertEqual((status, output), (0, "known\n"))

    def test_fish(self) -> None:
        """Commands, operations, options, and values."""
        path = self.script("fish")
        for line, expected in (
            ("exsim comp", "completion"),
            ("exsim ctl get-boo", "get-book"),
            ("exsim ctl enter-order --time", "--time-in-force"),
            ("exsim ctl enter-order --side B", "BUY"),
        ):
            script = f"source {path}; complete -C '{line}'"
            status, output = run("fish", "-c", script, cwd=self.folder, HOME=str(self.folder))
            words = [text.partition("\t")[0] for text in output.splitlines()]
            self.assertEqual((status, words), (0, [expected]), output)
