"""The layers of the design hold: imports run one way, and exchange logic does no I/O.

Every import of every module under ``exsim/`` counts: those inside functions and those made only
for type checking too.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).resolve().parent.parent

WORDS = ("model", "errors", "interfaces")
LOGIC = ("engine", "orders", "feeds", "policies", "pricing", "bots", "journal", "facts")
ROWS: tuple[tuple[str, ...], ...] = (
    WORDS,
    ("filters",),
    ("wire",),
    ("faults",),
    ("sessions",),
    ("protocols",),
    ("recorded",),
    LOGIC,
    ("dispatch",),
    ("config", "plugins"),
    ("control", "client"),
    ("services",),
    ("tap",),
    ("runs",),
    ("bench", "terminal"),
    ("testing", "cli"),
    ("robot", "__main__"),
)
"""The table of layers: a part (module or package of exsim) imports only from rows above its own."""

OPERATION_TABLE = {
    f"exsim.control.{name}"
    for name in (
        "bot_operations",
        "bot_results",
        "bot_schemas",
        "consolidated_operations",
        "consolidated_results",
        "consolidated_schemas",
        "double_operations",
        "double_results",
        "double_schemas",
        "entries",
        "fields",
        "inputs",
        "node_operations",
        "node_results",
        "node_schemas",
        "operations",
        "pricing_operations",
        "pricing_results",
        "pricing_schemas",
        "proxy_operations",
        "proxy_results",
        "proxy_schemas",
        "results",
        "schemas",
        "session_operations",
        "session_results",
        "session_schemas",
        "trading_operations",
        "trading_results",
        "trading_schemas",
    )
}
"""What a client may import of control: the table that it is made from, and the table's words."""

SANS_IO = {part for row in ROWS[: ROWS.index(("dispatch",)) + 1] for part in row}
"""Parts that ask no clock, no chance and no operating system: these are arguments there."""
COMPILED = {"filters", "wire", "sessions", "engine", "orders", "dispatch"}
"""Parts that are written so that they can be compiled: no zope in them. In protocols/ the modules
that say what they provide stay plain."""
TWISTED = {
    "services",
    "control",
    "client",
    "plugins",
    "tap",
    "bench",
    "runs",
    "testing",
    "cli",
    "__main__",
}
"""Parts that may know Twisted."""

TWISTED_MODULES = {"twisted", "klein", "treq"}
WORLD_MODULES = {
    "asyncio",
    "decimal",
    "os",
    "random",
    "secrets",
    "select",
    "selectors",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "uuid",
}
"""Modules that the sans-I/O parts do without (decimal is there for its speed, not its I/O)."""
CLOCK_METHODS = {"now", "utcnow", "today"}


def part_of(module: str) -> str:
    """Return the part of exsim that a dotted module name belongs to; "" is exsim itself."""
    return module.partition("exsim")[2].lstrip(".").partition(".")[0]


def row_of(part: str) -> int | None:
    """Return the row of a part, counted from the top; None if the table does not have it."""
    return next((index for index, row in enumerate(ROWS) if part in row), None)


def walk(tree: ast.AST) -> list[ast.AST]:
    """Return `tree` and all that is in it, as ast.walk does, but what says load or store."""
    nodes = [tree]
    for node in nodes:  # which grows
        for value in vars(node).values():
            if isinstance(value, list):
                nodes += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                nodes.append(value)
    return nodes


def imports_of(nodes: Iterable[ast.AST], package: str) -> Iterator[tuple[int, str]]:
    """Yield line and full dotted name of everything that is imported by one of `nodes`.

    ``from a import b`` yields ``a.b``, whether b is a module or a name in one. A relative import is
    resolved against `package`.
    """
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            stem = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node).endswith(("import_module", "__import__")):
            if node.args and isinstance(node.args[0], ast.Constant):
                yield node.lineno, str(node.args[0].value)


def _called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def at_import(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported: none inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            continue
        if isinstance(node, ast.stmt):
            yield node
        yield from at_import(node)


def direction_fault(part: str, name: str) -> str | None:
    """Say what is wrong with `part` importing `name`, of exsim, or None."""
    other = part_of(name)
    if other in ("", "__version__", part):
        return None
    if part == "client" and ".".join(name.split(".")[:3]) in OPERATION_TABLE:
        return None
    own, its = row_of(part), row_of(other)
    if own is None or its is None:
        return None if own is None else f"imports {name}, which is not in the table of layers"
    if part in WORDS and other in WORDS:
        return None
    if part in LOGIC and other not in WORDS:
        return f"imports {name}: {', '.join(LOGIC)} import only {', '.join(WORDS)}"
    if its >= own:
        return f"imports {name}: {other} is not in a row above {part}"
    return None


def import_faults(part: str, name: str) -> Iterator[str]:
    """Yield what is wrong with `part` importing `name`."""
    library = name.partition(".")[0]
    if library == "exsim":
        fault = direction_fault(part, name)
        if fault:
            yield fault
    elif library == "tests":
        yield f"imports {name}: tests are not installed"
    if library in TWISTED_MODULES and part not in TWISTED:
        yield f"imports {name}: only {', '.join(sorted(TWISTED))} may know Twisted"
    if library in WORLD_MODULES and part in SANS_IO:
        yield f"imports {name}: time, identifiers, chance and files are arguments here"
    if library == "zope" and part in COMPILED:
        yield f"imports {name}: this part must compile; say classImplements in a plain module"


def reactor_faults(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Yield the imports of the reactor that run as soon as the module is imported."""
    for statement in at_import(tree):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for line, name in imports_of([statement], package):
                if name.startswith("twisted.internet.reactor"):
                    yield line, "imports the reactor at module level: take it as an argument"


def call_faults(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield the calls that open a file or ask datetime for the time."""
    dates = {"datetime", "date"}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "datetime":
            dates |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            dates |= {a.asname for a in node.names if a.name == "datetime" and a.asname}
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        called = ast.unparse(node.func)
        if called in ("open", "io.open"):
            yield node.lineno, "calls open: the data is an argument here"
        names = called.split(".")
        if names[0] in dates and names[-1] in CLOCK_METHODS:
            yield node.lineno, f"calls {called}: the time is an argument here"


def faults(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Return all that `source` does against the layers, as the module of that dotted name."""
    part = part_of(module)
    tree = ast.parse(source, module)
    nodes = walk(tree)
    package = module if is_package else module.rpartition(".")[0]
    found = list(reactor_faults(tree, package))
    if not part:
        names = [(line, name) for line, name in imports_of(nodes, package) if "exsim" in name]
        found += [(line, f"imports {name}: exsim itself imports nothing") for line, name in names]
    elif row_of(part) is None:
        found.append((1, f"{part} is in no layer: add it to ROWS in tests/test_layers.py"))
    for line, name in imports_of(nodes, package):
        found += [(line, fault) for fault in import_faults(part, name)]
    if part in SANS_IO:
        found += call_faults(nodes)
    return [f"{module}, line {line}: {fault}" for line, fault in sorted(set(found))]


def faults_below(root: Path) -> list[str]:
    """Return the faults of all modules of the package exsim below `root`."""
    found: list[str] = []
    for path in sorted(root.glob("exsim/**/*.py")):
        names = path.relative_to(root).with_suffix("").parts
        is_package = names[-1] == "__init__"
        module = ".".join(names[:-1] if is_package else names)
        found += faults(module, path.read_text(encoding="utf-8"), is_package=is_package)
    return found


class LayersTests(SynchronousTestCase):
    """The tree as it is."""

    def test_tree(self) -> None:
        """No module imports against the layers, and none of the logic does I/O."""
        found = faults_below(ROOT)
        if found:
            self.fail("\n".join(["against the layers:", *found]))

    def test_tree_is_read(self) -> None:
        """The walk finds modules at all, of the top and of a package."""
        paths = {path.relative_to(ROOT).parts for path in ROOT.glob("exsim/**/*.py")}
        self.assertIn(("exsim", "errors.py"), paths)
        self.assertIn(("exsim", "engine", "book.py"), paths)

    def test_plugin_files_are_light(self) -> None:
        """A file in twisted/plugins/ imports nothing but Twisted's plugin words and exsim's."""
        paths = sorted(ROOT.glob("twisted/plugins/*.py"))
        self.assertNotEqual(paths, [])
        for path in paths:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for line, name in imports_of(ast.walk(tree), ""):
                light = name.startswith(
                    ("__future__.", "exsim.plugins.", "twisted.application.", "zope.interface.")
                )
                self.assertTrue(light, f"{path.name}, line {line}: imports {name}")

    def test_no_init_among_plugins(self) -> None:
        """twisted/ and twisted/plugins/ are no packages of ours: Twisted would skip them."""
        self.assertEqual(list(ROOT.glob("twisted/**/__init__.py")), [])

    def assert_light(self, script: str, *arguments: str) -> None:
        """Run `script` in a Python of its own, and find there neither a reactor nor klein after."""
        script += "\nprint(*{'twisted.internet.reactor', 'klein'} & {*sys.modules})"
        command = [sys.executable, "-c", f"import sys\n{script}", *arguments]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual((run.stdout, run.returncode), ("\n", 0), run.stderr)

    def test_plugins_install_no_reactor(self) -> None:
        """Twisted's look-up of plugins, cold, neither picks a reactor nor loads klein.

        Otherwise ``--reactor=`` would break for every Twisted program of the same environment.
        """
        script = (
            "import exsim.plugins, exsim.tap, importlib\n"
            "from twisted.application.service import IServiceMaker\n"
            "from twisted.plugin import getPlugins\n"
            "assert 'exsim' in [plugin.tapname for plugin in getPlugins(IServiceMaker)]\n"
            "for name in sys.argv[1:]: importlib.import_module(f'twisted.plugins.{name}')"
        )
        self.assert_light(script, *(path.stem for path in ROOT.glob("twisted/plugins/*.py")))

    def test_client_installs_no_reactor(self) -> None:
        """A program that uses a client picks its own reactor, or none; the server stays out."""
        self.assert_light("import exsim.client")


class CheckerTests(SynchronousTestCase):
    """The checker catches each kind of violation, and lets pass what is right."""

    def assert_fault(self, module: str, source: str, *words: str) -> None:
        """Check that `source` has exactly one fault, and that its text has all the words."""
        found = faults(module, source)
        self.assertEqual(len(found), 1, found)
        for word in (module, *words):
            self.assertIn(word, found[0])

    def assert_fine(self, module: str, source: str) -> None:
        """Check that `source` has no fault."""
        self.assertEqual(faults(module, source), [])

    def test_downwards(self) -> None:
        """An import from a row above is right; one from a row below is not, nor from its own."""
        self.assert_fine("exsim.sessions.fix", "from exsim.wire import fix\nimport exsim.model.x")
        self.assert_fault("exsim.wire.fix", "\nimport exsim.sessions.fix", "line 2", "sessions")
        self.assert_fault("exsim.wire.fix", "from exsim import services", "exsim.services")
        self.assert_fault("exsim.config", "from exsim.plugins import find", "plugins")
        self.assert_fault("exsim.control.api", "from exsim.client import Simulator", "client")
        self.assert_fault("exsim.cli", "import exsim.testing", "testing")

    def test_within_a_part(self) -> None:
        """A part imports from itself, and the words from each other."""
        self.assert_fine("exsim.engine.matching", "from exsim.engine.book import Book")
        self.assert_fine("exsim.interfaces", "from exsim.model.events import Event")
        self.assert_fault("exsim.errors", "from exsim.wire import fix", "exsim.wire.fix")

    def test_siblings(self) -> None:
        """The parts of the logic know only the words: not each other, nor bytes."""
        self.assert_fine("exsim.orders.chain", "from exsim.model.events import Event")
        self.assert_fault("exsim.orders", "from exsim.engine import Book", "exsim.engine.Book")
        self.assert_fault(
            "exsim.orders", "from exsim.dispatch import chain", "exsim.dispatch.chain"
        )
        self.assert_fine("exsim.dispatch.venue", "from exsim.orders.registry import Orders")
        self.assert_fault("exsim.feeds.depth", "import exsim.engine.book", "exsim.engine.book")
        self.assert_fault("exsim.journal.log", "import exsim.wire.fix", "exsim.wire.fix")

    def test_hidden(self) -> None:
        """Relative, local, conditional and dynamic imports count like any other."""
        self.assert_fault("exsim.wire.fix", "from ..services import tree", "exsim.services.tree")
        self.assert_fault("exsim.errors", "from . import cli", "exsim.cli")
        self.assert_fault("exsim.wire.fix", "def f():\n    import exsim.cli", "line 2")
        checking = "if TYPE_CHECKING:\n    from exsim.services.tree import Tree"
        self.assert_fault("exsim.policies.hold", checking, "exsim.services")
        dynamic = "import importlib\nimportlib.import_module('exsim.services.tree')"
        self.assert_fault("exsim.wire.fix", dynamic, "line 2", "exsim.services")

    def test_relative_in_a_package(self) -> None:
        """In an ``__init__`` one dot is the package itself."""
        self.assertEqual(faults("exsim.wire", "from .fix import x", is_package=True), [])
        found = faults("exsim.wire", "from ..services import x", is_package=True)
        self.assertEqual(len(found), 1, found)

    def test_operation_table(self) -> None:
        """The clients import the operation table, and nothing else of control."""
        self.assert_fine("exsim.client.base", "from exsim.control.operations import TABLE")
        self.assert_fine("exsim.client.base", "from exsim.control import operations, schemas")
        self.assert_fault("exsim.client.base", "from exsim.control.api import Api", "control")
        self.assert_fault("exsim.engine.x", "import exsim.control.operations", "control")

    def test_unknown_part(self) -> None:
        """A new module or folder has to be put in a row."""
        self.assert_fault("exsim.helpers.text", "x = 1", "helpers", "add it to ROWS")
        self.assert_fault("exsim.cli", "import exsim.helpers.text", "table of layers")

    def test_exsim_itself(self) -> None:
        """Anyone may ask for the version, so the package itself imports nothing."""
        self.assert_fine("exsim.config", "from exsim import __version__")
        self.assert_fine("exsim", "__version__ = '1'")
        self.assert_fault("exsim", "from exsim.client import Simulator", "imports nothing")

    def test_twisted(self) -> None:
        """Twisted, and what is made on it, stays where sockets are."""
        self.assert_fine("exsim.services.tree", "from twisted.application import service")
        self.assert_fine("exsim.control.api", "from klein import Klein")
        self.assert_fault("exsim.engine.book", "from twisted.python import log", "Twisted")
        self.assert_fault("exsim.config", "import twisted", "Twisted")
        self.assert_fault("exsim.pricing.fixed", "def f():\n    import treq", "Twisted")

    def test_reactor(self) -> None:
        """A reactor is imported inside functions at most."""
        self.assert_fine("exsim.cli", "def main():\n    from twisted.internet import reactor")
        source = "from twisted.internet import reactor"
        self.assert_fault("exsim.services.tree", source, "reactor")
        self.assert_fault("exsim.tap", f"try:\n    {source}\nexcept E:\n    pass", "reactor")
        self.assert_fault("exsim.cli", f"class A:\n    {source}", "reactor")
        self.assert_fault("exsim.cli", "import twisted.internet.reactor as r", "reactor")

    def test_world(self) -> None:
        """Time, chance, identifiers and files are arguments in the sans-I/O parts."""
        for name in ("time", "random", "decimal", "os", "socket", "uuid"):
            self.assert_fault("exsim.dispatch", f"import {name}", f"imports {name}")
            self.assert_fine("exsim.services.clock", f"import {name}")
        self.assert_fault("exsim.policies.fill", "from random import Random", "random.Random")
        self.assert_fault("exsim.pricing.fixed", "x = open('f').read()", "calls open")
        self.assert_fine("exsim.orders.chain", "venue.open(now)")

    def test_datetime(self) -> None:
        """datetime may convert, but not ask the clock, under whatever name."""
        self.assert_fine("exsim.wire.fix", "from datetime import datetime\ndatetime(1970, 1, 1)")
        asked = "from datetime import datetime\nx = datetime.now(UTC)"
        self.assert_fault("exsim.wire.fix", asked, "line 2", "datetime.now")
        renamed = "import datetime as dt\nx = dt.datetime.utcnow()"
        self.assert_fault("exsim.wire.fix", renamed, "line 2", "utcnow")
        self.assert_fine("exsim.services.clock", asked)

    def test_zope(self) -> None:
        """What must compile keeps clear of zope; a plain part need not."""
        self.assert_fault("exsim.orders.chain", "from zope.interface import implementer", "zope")
        self.assert_fine("exsim.protocols.fix", "from zope.interface import implementer")

    def test_tests(self) -> None:
        """What is installed does not need what is not."""
        self.assert_fault("exsim.testing", "from tests.fakes import Fake", "not installed")
