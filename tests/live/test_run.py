"""``exsim run``: a simulator in the foreground, which goes when its parent does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).resolve().parent.parent.parent
FREE = "tcp:0:interface=127.0.0.1"


class RunTests(SynchronousTestCase):
    """Start, wait until it is ready, let go of it."""

    def run_until_ready(self, config: str) -> int:
        """Start a simulator, close its standard input once it is ready; the exit status."""
        command = [sys.executable, "-m", "exsim", "run", "-c", config, "--until-eof"]
        command += [f"--set=endpoint:order-entry.listen={FREE}", f"--set=rest.listen={FREE}"]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None and process.stdout is not None
        for end in (process.wait, process.stdout.close, process.stdin.close, process.kill):
            self.addCleanup(end)  # the last one goes first
        said = ""
        while "is ready" not in said:
            line = process.stdout.readline()
            self.assertNotEqual(line, "", f"it ended, and had said:\n{said}")
            said += line
        process.stdin.close()
        return process.wait(timeout=20)

    def test_files(self) -> None:
        """Each file that comes with exsim starts, and the end of the input stops it."""
        for name in ("exsim.ini", "bench.ini", "exsim-full.ini"):
            self.assertEqual(self.run_until_ready(f"etc/{name}"), 0)
