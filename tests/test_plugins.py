"""Plugins: the catalogue finds them by name, and says what is wrong with those it cannot use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from twisted.plugin import IPlugin
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from exsim.errors import ExsimError
from exsim.interfaces import IPolicy, IPricingSource, IProtocol, IView
from exsim.model.decisions import PASS, Decision
from exsim.model.options import Option
from exsim.model.requests import Request
from exsim.model.settings import Values
from exsim.plugins import (
    BrokenPlugin,
    Catalogue,
    DuplicatePlugin,
    IPolicyPlugin,
    IPricingPlugin,
    IProtocolPlugin,
    PluginError,
    PolicyPlugin,
    PricingPlugin,
    ProtocolPlugin,
    UnknownPlugin,
)

ROOT = Path(__file__).resolve().parent.parent
POLICIES = ["delay", "drop", "echo", "fill", "hold", "match", "reject"]
SOURCES = ["fixed", "manual"]


@implementer(IPolicy)
class Good:
    """A policy as it should be."""

    options: tuple[Option, ...] = ()

    def __init__(self, name: str, options: Values) -> None:
        self.name = name

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Nothing."""
        return PASS


class Undeclared:
    """Does not say that it is a policy."""

    options: tuple[Option, ...] = ()


class Undecided(Good):
    """Says that it is a policy, but takes other arguments."""

    def decide(self, request: Request) -> Decision:  # type: ignore[override]
        """Nothing."""
        return PASS


class Nameless(Good):
    """Is not made like a policy."""

    def __init__(self) -> None:
        super().__init__("", {})


class Optionless(Good):
    """Its options are no options."""

    options = ("size",)  # type: ignore[assignment]


GOOD = PolicyPlugin("good", f"{__name__}.Good", "Nothing.")


def catalogue(*plugins: Any) -> Catalogue:
    """A catalogue of these plugins alone."""

    def find(interface: type[Any]) -> Iterable[Any]:
        return [each for each in plugins if interface.providedBy(each)]

    return Catalogue(find)


class ValueTests(SynchronousTestCase):
    """The lines of plugin files."""

    def test_interfaces(self) -> None:
        """Each is a plugin to Twisted, and of its kind to us."""
        for plugin, interface in (
            (PolicyPlugin("n", "p", "s"), IPolicyPlugin),
            (PricingPlugin("n", "p", "s"), IPricingPlugin),
            (ProtocolPlugin("n", "p", "s"), IProtocolPlugin),
        ):
            verifyObject(IPlugin, plugin)
            verifyObject(interface, plugin)
            self.assertRaises(AttributeError, setattr, plugin, "name", "other")


class BuiltInTests(SynchronousTestCase):
    """What comes with exsim."""

    def test_names(self) -> None:
        """All of them are found, in order, and say what they are in a sentence."""
        known = Catalogue()
        lists: tuple[tuple[list[str], Sequence[Any]], ...] = (
            (POLICIES, known.policies()),
            (SOURCES, known.pricings()),
            (["fix"], known.protocols()),
        )
        for ours, plugins in lists:
            names = [plugin.name for plugin in plugins]
            self.assertEqual(names, sorted(names))
            self.assertLessEqual(set(ours), set(names))
            for plugin in plugins:
                self.assertRegex(plugin.summary, r"^[A-Z].{5,60}\.$")

    def test_load(self) -> None:
        """Each can be had by its name."""
        known = Catalogue()
        for name in POLICIES:
            self.assertTrue(IPolicy.implementedBy(known.policy(name)))
        for name in SOURCES:
            self.assertTrue(IPricingSource.implementedBy(known.pricing(name)))

    def test_protocol(self) -> None:
        """FIX is a protocol, by that name."""
        fix = Catalogue().protocol("fix")
        verifyObject(IProtocol, fix)
        self.assertEqual(fix.name, "fix")

    def test_light(self) -> None:
        """Listing plugins imports none of them, nor klein, nor a reactor."""
        script = (
            "import sys\n"
            "from exsim.plugins import Catalogue\n"
            "c = Catalogue()\n"
            "print(len(c.policies()) >= 7, len(c.pricings()) >= 2, len(c.protocols()) >= 1)\n"
            "heavy = ('klein', 'twisted.internet.reactor', 'exsim.policies', 'exsim.pricing',\n"
            "         'exsim.protocols', 'exsim.services', 'exsim.control')\n"
            "print(*(name for name in heavy if name in sys.modules))\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
        self.assertEqual(run.stdout, "True True True\n\n", run.stderr)


class CatalogueTests(SynchronousTestCase):
    """Looking up, and what is said when that fails."""

    def error(self, *plugins: Any, name: str = "bad") -> PluginError:
        """What is raised when a policy is looked up among these."""
        error: PluginError = self.assertRaises(PluginError, catalogue(*plugins).policy, name)
        # The configuration tells these as problems of a file; others tell them as our errors.
        self.assertIsInstance(error, LookupError)
        self.assertIsInstance(error, ExsimError)
        return error

    def test_asked_once(self) -> None:
        """Reading all plugin files is not cheap."""
        asked: list[type[Any]] = []

        def find(interface: type[Any]) -> Iterable[Any]:
            asked.append(interface)
            return [GOOD]

        known = Catalogue(find)
        self.assertEqual(asked, [])
        for _ in range(3):
            self.assertIs(known.policy("good"), Good)
            known.policies()
        self.assertEqual(asked, [IPolicyPlugin])

    def test_protocol(self) -> None:
        """A protocol is made once."""
        known = catalogue(ProtocolPlugin("line", "tests.line_protocol.LineProtocol", "Lines."))
        line = known.protocol("line")
        verifyObject(IProtocol, line)
        self.assertIs(known.protocol("line"), line)

    def test_kinds_apart(self) -> None:
        """A policy is no pricing source, whatever its name."""
        known = catalogue(GOOD)
        self.assertRaises(UnknownPlugin, known.pricing, "good")
        self.assertRaises(UnknownPlugin, known.protocol, "good")
        self.assertEqual(known.pricings(), [])

    def test_unknown(self) -> None:
        """What is known is listed, the nearest first, and the log is mentioned."""
        others = [PolicyPlugin(name, "a.B", "Nothing.") for name in ("delay", "match", "FILL")]
        error = self.error(*others, name="fil")
        self.assertIsInstance(error, UnknownPlugin)
        text = str(error)
        self.assertIn("there is no policy 'fil'; known, the nearest first: FILL, ", text)
        self.assertIn("delay", text)
        self.assertIn("match", text)
        self.assertIn("look at the log", text)
        self.assertIn("known, the nearest first: none.", str(self.error()))

    def test_twice(self) -> None:
        """Two of one name: neither is taken, and both are told; others are not touched."""
        known = catalogue(GOOD, PolicyPlugin("echo", "a.B", "x"), PolicyPlugin("echo", "c.D", "x"))
        error = self.assertRaises(DuplicatePlugin, known.policy, "echo")
        self.assertIn("the policy 'echo' is there twice, as a.B in ", str(error))
        self.assertIn("and as c.D in ", str(error))
        self.assertIs(known.policy("good"), Good)
        self.assertEqual([each.name for each in known.policies()], ["echo", "echo", "good"])

    def test_place(self) -> None:
        """An error names the plugin file that the plugin stands in."""
        from twisted.plugins import exsim_policies

        text = str(self.error(exsim_policies.echo, PolicyPlugin("echo", "a.B", "x"), name="echo"))
        self.assertIn(f"exsim.policies.echo.Echo in {exsim_policies.__file__}", text)
        self.assertIn("a.B in an unknown file", text)

    def test_broken(self) -> None:
        """Whatever is wrong with what a plugin names: plugin, place, path and reason are told."""
        for path, why in (
            ("Good", "the path should read package.module.Class"),
            (".Good", "ValueError: Empty module name"),
            ("acme.missing.Half", "ModuleNotFoundError: No module named 'acme'"),
            (f"{__name__}.Missing", "AttributeError: module 'tests.test_plugins' has no"),
            (f"{__name__}.ROOT", "is no class"),
            (f"{__name__}.Undeclared", "Does not declaratively implement"),
            (f"{__name__}.Undecided", "doesn't allow enough arguments"),
            (f"{__name__}.Nameless", "it is made by Nameless(name, options): too many"),
            (f"{__name__}.Optionless", "its class attribute 'options' is no tuple of Option"),
        ):
            error = self.error(PolicyPlugin("bad", path, "x"))
            self.assertIsInstance(error, BrokenPlugin)
            start = f"the policy 'bad', which an unknown file names as {path}, cannot be used: "
            self.assertTrue(str(error).startswith(start), str(error))
            self.assertIn(why, str(error))
            self.assertNotIn("\n", str(error))

    def test_wrong_kind(self) -> None:
        """A policy that is named as something else is told so."""
        path = f"{__name__}.Good"
        known = catalogue(PricingPlugin("bad", path, "x"), ProtocolPlugin("bad", path, "x"))
        error = self.assertRaises(BrokenPlugin, known.pricing, "bad")
        self.assertIn("the pricing source 'bad'", str(error))
        self.assertIn("IPricingSource", str(error))
        error = self.assertRaises(BrokenPlugin, known.protocol, "bad")
        self.assertIn("the protocol 'bad'", str(error))
        self.assertIn("IProtocol", str(error))
