"""The console script: what each command prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim import __version__
from exsim.cli import main, parser, twistd_arguments
from exsim.model.build import this_build

ROOT = Path(__file__).resolve().parent.parent


class CommandTests(SynchronousTestCase):
    """Commands that end by themselves."""

    def run_main(self, *words: str) -> tuple[int, str, str]:
        """Exit status and output of a command line."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                status = main(words)
            except SystemExit as error:
                status = int(str(error.code))
        return status, out.getvalue(), err.getvalue()

    def test_version(self) -> None:
        """The version of exsim, and which build it is."""
        said = f"exsim {__version__} ({this_build()})\n"
        self.assertEqual(self.run_main("version"), (0, said, ""))

    def test_help(self) -> None:
        """Every command is listed; without one, that is what is said."""
        status, out, _ = self.run_main("--help")
        self.assertEqual(status, 0)
        for command in ("run", "check", "plugins", "bench", "version", "ctl"):
            self.assertIn(f"\n    {command} ", out)
        status, _, err = self.run_main()
        self.assertEqual(status, 2)
        self.assertIn("COMMAND", err)

    def test_run_alone(self) -> None:
        """``run`` takes the same where no other command is looked at."""
        asked = StringIO()
        with redirect_stdout(asked):
            self.assertRaises(SystemExit, parser().parse_args, ["run", "--help"])
        self.assertIn("--until-eof", asked.getvalue())
        self.assertEqual(self.run_main("run", "--help"), (0, asked.getvalue(), ""))
        self.assertRaises(SystemExit, parser(run_alone=True).parse_args, ["version"])

    def test_check(self) -> None:
        """A good file is counted."""
        for name, found in (
            ("exsim.ini", "1 venue, 8 instruments, 5 endpoints, 0 sessions"),
            ("exsim-full.ini", "1 venue, 1 instrument, 4 endpoints, 4 sessions"),
        ):
            path = str(ROOT / "etc" / name)
            self.assertEqual(self.run_main("check", path), (0, f"{path}: ok: {found}\n", ""))

    def test_check_wrong(self) -> None:
        """A wrong one is told all that is wrong."""
        path = str(ROOT / "etc" / "exsim.ini")
        found = self.run_main("check", path, "--set", "exsim.seed=x", "--set", "rest.listen=tcp:x")
        expected = (
            f"exsim: 2 problems in {path}\n"
            "--set exsim.seed: [exsim] seed: 'x' is no whole number\n"
            "--set rest.listen: [rest] listen: 'x' in 'tcp:x' is no port from 1 to 65535, "
            "or 0 for any\n"
        )
        self.assertEqual(found, (1, expected, ""))

    def test_check_policy(self) -> None:
        """The policies that are installed are known."""
        path = str(ROOT / "etc" / "exsim.ini")
        status, out, _ = self.run_main("check", path, "--set", "venue:XSIM.policies=macth")
        self.assertEqual(status, 1)
        self.assertIn("there is no [policy:macth] section, and ", out)
        self.assertIn("match", out)

    def test_plugins(self) -> None:
        """Protocols, policies, pricing sources and bots, each with what it does."""
        status, out, _ = self.run_main("plugins")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^Protocols\n  fix +\S.*\.$")
        self.assertRegex(out, r"(?m)^  match +\S.*\.$")
        self.assertRegex(out, r"(?m)^Pricing sources\n(  .*\n)*  fixed +\S.*\.$")
        self.assertRegex(out, r"(?m)^Bots\n(  .*\n)*  maker +\S.*\.$")

    def test_bench(self) -> None:
        """A benchmark prints a table, or JSON; its name is needed, and one that there is."""
        status, out, _ = self.run_main("bench", "fix-in", "--seconds", "0")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^FIX\.4\.2\n  framing and decoding +\d+\.\d\d  .* to .*$")
        status, out, _ = self.run_main("bench", "fix-in", "--seconds=0", "--json")
        self.assertEqual((status, json.loads(out)["benchmark"]), (0, "fix-in"))
        status, out, _ = self.run_main("bench", "--help")
        self.assertEqual(status, 0)
        self.assertIn("\n    fix-in ", out)
        for words, said in (
            ((), "BENCHMARK"),
            (("fix",), "invalid choice: 'fix'"),
            (("fix-in", "--seconds", "-1"), "'-1' is no number of seconds from 0 to 3600"),
            (("fix-in", "--seconds", "x"), "'x' is no number of seconds"),
        ):
            status, _, err = self.run_main("bench", *words)
            self.assertEqual(status, 2)
            self.assertIn(said, err)

    def test_ctl(self) -> None:
        """All that follows ``ctl`` is for it, options too."""
        status, out, _ = self.run_main("ctl", "--help")
        self.assertEqual(status, 0)
        self.assertIn("exsim ctl", out)

    def test_run(self) -> None:
        """It is twistd in the foreground, without a pid file unless one is asked for."""
        words = twistd_arguments(parser().parse_args(["run", "-c", "x.ini"]))
        self.assertEqual(words, ["--nodaemon", "--pidfile=", "exsim", "--config=x.ini"])
        options = ["--set=a.b=1", "--set=c.d=-2", "--ready-file=r", "--until-eof"]
        words = twistd_arguments(
            parser().parse_args(["run", "--config=x.ini", "--pidfile=p", *options])
        )
        self.assertEqual(words, ["--nodaemon", "--pidfile=p", "exsim", "--config=x.ini", *options])

    def test_run_needs_a_configuration(self) -> None:
        """It is said which option is missing."""
        status, _, err = self.run_main("run")
        self.assertEqual(status, 2)
        self.assertIn("-c/--config", err)


class ProcessTests(SynchronousTestCase):
    """Things that show in a process of its own."""

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the checkout."""
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
        )

    def test_module(self) -> None:
        """``python -m exsim`` is the same, exit status too."""
        run = self.python("-m", "exsim", "version")
        said = f"exsim {__version__} ({this_build()})\n"
        self.assertEqual((run.returncode, run.stdout), (0, said), run.stderr)
        self.assertEqual(self.python("-m", "exsim", "check", "nowhere.ini").returncode, 1)

    def test_light(self) -> None:
        """Help needs no Twisted, and checking a file neither a reactor nor klein."""
        script = (
            "import sys\n"
            "from exsim.cli import main\n"
            "try:\n"
            "    main(sys.argv[2:])\n"
            "except SystemExit:\n"
            "    pass\n"
            "print(set(sys.argv[1].split()) & set(sys.modules))\n"
        )
        heavy = "twisted treq klein msgspec requests exsim.config"
        self.assertIn("\nset()\n", self.python("-c", script, heavy, "--help").stdout)
        heavy = "twisted.internet.reactor klein"
        check = self.python("-c", script, heavy, "check", "etc/exsim.ini").stdout
        self.assertRegex(check, r"etc/exsim.ini: ok: .*\nset\(\)\n")

    def test_run_wrong(self) -> None:
        """A simulator on a wrong file ends with status 1 and the report on standard error."""
        run = self.python(
            "-m",
            "exsim",
            "run",
            "-c",
            "etc/exsim.ini",
            "--set",
            "x.y=1",
            "--set=exsim.seed=x",
            "--ready-file",
            "r",
            "--until-eof",
        )
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertRegex(run.stderr, r"^exsim: 2 problems in etc/exsim.ini\n")
        self.assertIn("--set exsim.seed: [exsim] seed: 'x' is no whole number", run.stderr)
