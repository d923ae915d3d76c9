"""What is started when a simulator is spawned."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import exsim
from exsim.client.launch import (
    DEFAULT_CONFIG,
    LOOPBACK,
    OUTPUT_TAIL,
    Address,
    Launch,
    Ready,
    free_ports,
)
from exsim.errors import ConfigError


class LaunchTests(SynchronousTestCase):
    """The command, and what it says back through files."""

    def setUp(self) -> None:
        """Make a folder."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def test_default(self) -> None:
        """Without a configuration there is one, in the folder; all files are there."""
        launch = Launch(self.folder, None, ["exsim.seed=4"])
        config = self.folder / "exsim.ini"
        self.assertEqual(config.read_text(), DEFAULT_CONFIG)
        self.assertEqual(
            launch.command,
            [
                sys.executable,
                "-P",
                "-m",
                "exsim",
                "run",
                f"--config={config.absolute()}",
                f"--set=rest.listen={LOOPBACK}",
                f"--set=endpoint:order-entry.listen={LOOPBACK}",
                "--set=exsim.seed=4",
                f"--ready-file={self.folder / 'ready.json'}",
                f"--pidfile={self.folder / 'exsim.pid'}",
                "--until-eof",
            ],
        )

    def test_same_exsim(self) -> None:
        """The child runs the exsim that runs here, not what lies in its folder; plugins may."""
        self.patch(os, "environ", {"PYTHONPATH": "/elsewhere", "HOME": "/home/x"})
        environment = Launch(self.folder, None, []).environment()
        root = Path(exsim.__file__).resolve().parent.parent
        self.assertEqual(environment["PYTHONPATH"], os.pathsep.join((str(root), "/elsewhere", ".")))
        self.assertEqual(environment["HOME"], "/home/x")

    def test_ready(self) -> None:
        """The ready file says what listens where; before it is there, nothing."""
        launch = Launch(self.folder, None, [])
        self.assertIsNone(launch.ready())
        (self.folder / "ready.json").write_text(
            '{"pid": 7, "rest": "http://127.0.0.1:5", "endpoints": {"a": {"host": "h", "port": 6},'
            ' "b": {"host": "/run/x", "port": null}}}'
        )
        endpoints = {"a": Address("h", 6), "b": Address("/run/x", None)}
        self.assertEqual(launch.ready(), Ready(7, "http://127.0.0.1:5", endpoints))

    def test_output(self) -> None:
        """An error shows the end of what the child wrote."""
        launch = Launch(self.folder, None, [])
        launch.log.write_bytes(b"early" + b"x" * OUTPUT_TAIL + b"\xff no such venue\n")
        text = str(launch.failed("ended with status 1"))
        self.assertIn("The simulator ended with status 1.\n$ ", text)
        self.assertTrue(text.endswith("� no such venue"))
        self.assertNotIn("early", text)


class FreePortsTests(SynchronousTestCase):
    """Every port of a configuration becomes a free one of the loopback."""

    def ports(self, text: str) -> list[str]:
        """Return the overrides of the endpoints of a configuration."""
        path = self.mktemp()
        Path(path).write_text(text)
        first, *others = free_ports(path)
        self.assertEqual(first, f"rest.listen={LOOPBACK}")
        return others

    def test_tcp(self) -> None:
        """Plain sockets, whatever they were bound to; other sections have none."""
        self.assertEqual(
            self.ports(
                "[endpoint:a]\nlisten = tcp:9878\n[venue:V]\n[endpoint: b.c ]\nlisten=tcp6:1"
            ),
            [f"endpoint:a.listen={LOOPBACK}", f"endpoint:b.c.listen={LOOPBACK}"],
        )

    def test_tls(self) -> None:
        """A TLS socket keeps its keys."""
        self.assertEqual(
            self.ports("[endpoint:a]\nlisten = ssl:443:interface=0.0.0.0:privateKey=k:certKey=c"),
            ["endpoint:a.listen=ssl:0:privateKey=k:certKey=c:interface=127.0.0.1"],
        )
        self.assertEqual(
            self.ports("[endpoint:a]\nlisten = ssl:port=443:privateKey=k"),
            ["endpoint:a.listen=ssl:0:privateKey=k:interface=127.0.0.1"],
        )

    def test_others(self) -> None:
        """A unix socket has no port; one that says nothing is for the simulator to complain of."""
        self.assertEqual(self.ports("[endpoint:a]\nlisten = unix:/run/x\n[endpoint:b]\n"), [])

    def test_no_file(self) -> None:
        """A file that is not there is named."""
        error = self.assertRaises(ConfigError, list, free_ports("/nonexistent/x.ini"))
        self.assertIn("/nonexistent/x.ini", str(error))
