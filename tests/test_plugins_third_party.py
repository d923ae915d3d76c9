"""
A third party's policy, in a folder of its own, is found by its name and used from an ini.

All is tried in processes of their own, so that the plugins of this one stay as they are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import exsim

ROOT = Path(__file__).resolve().parent.parent

PLUGIN_FILE = """
from exsim.plugins import PolicyPlugin

half = PolicyPlugin("acme-half", "acme_policies.Half", "Fill half of every order.")
"""

POLICY = '''
from zope.interface import implementer

from exsim.interfaces import IPolicy
from exsim.model.decisions import PASS, Fill, FillStep
from exsim.model.options import Option, amount
from exsim.model.requests import NewOrder


@implementer(IPolicy)
class Half:
    """Fills half of every order at a price of its own."""

    options = (Option("at", amount(), "5", "The price of the fills."),)

    def __init__(self, name, options):
        self.name = name
        self._at = options["at"]

    def decide(self, request, view, now):
        """Fill half of it."""
        if not isinstance(request, NewOrder):
            return PASS
        return Fill((FillStep(request.qty // 2, self._at),))
'''

INI = """
[venue:ACME]
policies = acme

[instrument:ACME:AAA]

[policy:acme]
kind = acme-half
at = 7
"""

TRADE = """
import sys

from exsim.config.load import load
from exsim.model.codes import Side
from exsim.plugins import Catalogue
from exsim.services.tree import build_exchange
from tests.market import order, told

settings = load(sys.argv[1], [], Catalogue())
exchange, _ = build_exchange(settings, Catalogue())
(venue,) = exchange.dispatcher.venues.values()
exchange.dispatcher.submit(venue, order("A", Side.BUY, 100, 10), venue.chain, 0)
print(told(exchange.dispatcher.out))
"""


class ThirdPartyTests(SynchronousTestCase):
    """A folder with a plugin file and a module, which a PYTHONPATH can name."""

    def setUp(self) -> None:
        """Have the folder."""
        self.folder = Path(self.mktemp()).resolve()
        self.plugins = self.folder / "twisted" / "plugins"
        self.plugins.mkdir(parents=True)
        (self.plugins / "acme_exsim.py").write_text(PLUGIN_FILE)
        (self.folder / "acme_policies.py").write_text(POLICY)
        self.ini = self.folder / "acme.ini"
        self.ini.write_text(INI)

    def run_python(self, *arguments: str, folders: tuple[Path, ...] = ()) -> tuple[int, str, str]:
        """Run Python with our tree and these folders on its path; status, output and errors."""
        given = os.environ.get("PYTHONPATH", "")  # where the tests' own tools are, if not here
        path = os.pathsep.join(str(each) for each in (*folders, ROOT, given) if each != "")
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder.parent,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout, run.stderr

    def look_up(self, name: str) -> tuple[int, str, str]:
        """Look a policy up in a process that has the folder."""
        script = f"from exsim.plugins import Catalogue; print(Catalogue().policy({name!r}))"
        return self.run_python("-c", script, folders=(self.folder,))

    def test_found(self) -> None:
        """It is there as soon as its folder is, and so are those that come with exsim."""
        status, said, errors = self.look_up("acme-half")
        self.assertEqual((status, said), (0, "<class 'acme_policies.Half'>\n"), errors)
        status, said, errors = self.look_up("match")
        self.assertEqual((status, said), (0, "<class 'exsim.policies.match.Match'>\n"), errors)

    def test_checked(self) -> None:
        """``exsim check`` knows it and its keys, and tells a wrong one."""
        check = ("-m", "exsim", "check", str(self.ini))
        status, said, errors = self.run_python(*check, folders=(self.folder,))
        self.assertEqual(status, 0, said + errors)
        self.assertIn("1 venue", said)
        self.ini.write_text(INI.replace("at = 7", "att = 7"))
        status, said, errors = self.run_python(*check, folders=(self.folder,))
        self.assertEqual(status, 1, errors)
        self.assertIn("[policy:acme] has no key 'att': did you mean 'at'?", said)

    def test_used(self) -> None:
        """A venue of an ini that names it answers an order with it."""
        trade = ("-c", TRADE, str(self.ini))
        status, said, errors = self.run_python(*trade, folders=(self.folder,))
        self.assertEqual((status, said), (0, "['A new 0/100', 'A fill 50@7 50/50']\n"), errors)

    def test_not_there(self) -> None:
        """Without its folder the ini is wrong, and what there is is listed."""
        status, said, errors = self.run_python("-m", "exsim", "check", str(self.ini))
        self.assertEqual(status, 1, errors)
        self.assertIn("there is no policy 'acme-half'; known, the nearest first: ", said)
        self.assertIn("acme.ini:8: [policy:acme] kind: ", said)

    def test_does_not_import(self) -> None:
        """A plugin file that fails is logged, the others are there all the same."""
        (self.plugins / "acme_broken.py").write_text("import acme_missing\n")
        status, said, errors = self.look_up("acme-half")
        self.assertEqual((status, said), (0, "<class 'acme_policies.Half'>\n"), errors)
        self.assertIn("No module named 'acme_missing'", errors)

    def test_policy_fails(self) -> None:
        """A policy whose module fails is told with the plugin file and the reason."""
        (self.folder / "acme_policies.py").write_text("1 / 0\n")
        check = ("-m", "exsim", "check", str(self.ini))
        status, said, errors = self.run_python(*check, folders=(self.folder,))
        self.assertEqual(status, 1, errors)
        place = self.plugins / "acme_exsim.py"
        self.assertIn(f"the policy 'acme-half', which {place} names as acme_policies.Half", said)
        self.assertIn("cannot be used: ZeroDivisionError: division by zero", said)

    def test_same_name(self) -> None:
        """One that takes the name of a built-in: both places are told."""
        plugin_file = self.plugins / "acme_exsim.py"
        plugin_file.write_text(PLUGIN_FILE.replace("acme-half", "echo"))
        status, _said, errors = self.look_up("echo")
        self.assertEqual(status, 1)
        self.assertIn("the policy 'echo' is there twice", errors)
        self.assertIn(f"acme_policies.Half in {plugin_file}", errors)
        ours = Path(exsim.__file__).resolve().parent.parent
        built_in = ours / "twisted" / "plugins" / "exsim_policies.py"
        self.assertIn(f"exsim.policies.echo.Echo in {built_in}", errors)
