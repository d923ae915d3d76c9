"""What a shell is given: completion, and where a simulator of its own is."""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from exsim import cli
from exsim.client import ctl
from exsim.client.address import url_of
from exsim.client.completion import SCRIPTS, Words, words_of
from exsim.client.launch import Address
from exsim.client.within import variables
from exsim.control.operations import OPERATIONS


class CompletionTests(SynchronousTestCase):
    """The words, and the scripts made of them; the live tests have shells run these."""

    def setUp(self) -> None:
        """All words."""
        self.words = words_of(cli.parser(), ctl.parser())

    def of(self, *path: str) -> Words:
        """What can follow some words."""
        (found,) = [words for words in self.words if words.path == path]
        return found

    def test_commands(self) -> None:
        """All commands of ``exsim``, and all operations of ``exsim ctl``, with what they do."""
        self.assertLessEqual({"run", "check", "ctl", "with", "completion"}, {*self.of().commands})
        names = {operation.name.replace("_", "-") for operation in OPERATIONS}
        self.assertEqual({*self.of("ctl").commands}, names)
        self.assertEqual(self.of("ctl").commands["get-book"], "Show a book by price levels")

    def test_options(self) -> None:
        """The options of each, and the values of those that have some."""
        entering = self.of("ctl", "enter-order")
        self.assertLessEqual({"--symbol", "--side", "--url", "--json"}, {*entering.options})
        self.assertEqual(entering.values["--side"], ("BUY", "SELL"))
        self.assertIn("--ready-file", self.of("run").options)

    def test_scripts(self) -> None:
        """Each knows each operation and each option, in quotes where it has to be."""
        for shell, script in SCRIPTS.items():
            text = script(self.words)
            self.assertIn("enter-order", text, shell)
            self.assertIn("time-in-force", text, shell)
        self.assertIn("\\'", SCRIPTS["fish"](self.words))


class VariableTests(SynchronousTestCase):
    """Where a command finds its simulator."""

    def test_names(self) -> None:
        """By its endpoints' names, in the letters that variables have; a socket has no port."""
        endpoints = {"order-entry": Address("127.0.0.1", 5), "a.b": Address("/run/x", None)}
        self.assertEqual(
            variables("http://127.0.0.1:4", endpoints),
            {
                "EXSIM_URL": "http://127.0.0.1:4",
                "EXSIM_ORDER_ENTRY_HOST": "127.0.0.1",
                "EXSIM_ORDER_ENTRY_PORT": "5",
                "EXSIM_A_B_HOST": "/run/x",
            },
        )

    def test_ctl(self) -> None:
        """``exsim ctl`` goes by it, unless it is told something else."""
        self.patch(os, "environ", {"EXSIM_URL": "http://127.0.0.1:4"})
        for words, url in (
            ((), "http://127.0.0.1:4"),
            (("--url", "http://127.0.0.1:5"), "http://127.0.0.1:5"),
        ):
            options = ctl.parser().parse_args(["version", *words])
            self.assertEqual(url_of(options), url)
