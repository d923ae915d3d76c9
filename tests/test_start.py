"""What a simulator loads when it starts: it is to be there at once, for each test has its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client.launch import DEFAULT_CONFIG, child_environment

STARTED = """\
import sys
from exsim.tap import Options, makeService

options = Options()
options.parseOptions(["--config", sys.argv[1]])
makeService(options)
print(*sorted(sys.modules))
"""
NEEDLESS = (
    "exchange_calendars",
    "exsim.bench.run",
    "exsim.client.asynchronous",
    "exsim.client.blocking",
    "exsim.client.blocking_operations",
    "exsim.client.script",
    "exsim.config.fix_xml",
    "exsim.control.openapi",
    "exsim.services.front.tree",
    "exsim.services.metrics",
    "exsim.services.proxy_run",
    "exsim.services.script_thread",
    "exsim.testing",
    "hypothesis",
    "jsonschema",
    "lxml",
    "numpy",
    "pandas",
    "prometheus_client",
    "pytest",
    "requests",
    "treq",
    "twisted.web.client",
    "urllib3",
)
"""Modules for which there is time when somebody asks for what they do."""


class StartTests(SynchronousTestCase):
    """A simulator on the configuration that clients start one on."""

    def modules(self) -> set[str]:
        """Those that are there once all is built, in a process of its own."""
        config = Path(self.mktemp())
        config.write_text(DEFAULT_CONFIG, encoding="utf-8")
        command = [sys.executable, "-c", STARTED, os.fspath(config)]
        done = subprocess.run(
            command, env=child_environment(), capture_output=True, text=True, check=True
        )
        return set(done.stdout.split())

    def test_modules(self) -> None:
        """What is large and seldom used is loaded when it is used."""
        modules = self.modules()
        self.assertIn("exsim.services.tree", modules)
        self.assertEqual(modules.intersection(NEEDLESS), set())
