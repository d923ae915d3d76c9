"""Finding the operation that a method and a path ask for."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.control.entries import PREFIX
from exsim.control.operations import BY_NAME, OPERATIONS
from exsim.control.problems import Refused
from exsim.control.routes import Routes


class RoutesTests(SynchronousTestCase):
    """The routes of all operations."""

    routes = Routes(OPERATIONS)

    def found(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """The name of the operation, and its arguments."""
        operation, names = self.routes.find(method, f"{PREFIX}{path}")
        return operation.name, names

    def refused(self, method: str, path: str) -> Refused:
        """Why there is none."""
        error: Refused = self.assertRaises(Refused, self.routes.find, method, path)
        return error

    def test_each(self) -> None:
        """Each is found by its path, with what is in it as it came; HEAD asks for what GET does."""
        for operation in OPERATIONS:
            names = {name: f"the%2F{name}" for name in operation.path_fields}
            path = operation.path.format(**names)
            methods = ("GET", "HEAD") if operation.method == "GET" else (operation.method,)
            for method in methods:
                self.assertEqual(self.found(method, path), (operation.name, names))

    def test_words_first(self) -> None:
        """What could be a name is the word, unless nothing of the word takes the method."""
        self.assertEqual(self.found("GET", "/holds/wait"), ("wait_holds", {}))
        self.assertEqual(self.found("GET", "/holds/waits"), ("get_hold", {"hold": "waits"}))
        named = BY_NAME["change_hold"]
        self.assertEqual(self.found(named.method, "/holds/wait"), (named.name, {"hold": "wait"}))

    def test_back(self) -> None:
        """A word that leads nowhere further on is a name after all."""
        small = Routes([BY_NAME["wait_holds"], BY_NAME["suspend_hold"]])
        path = BY_NAME["suspend_hold"].path.format(hold="wait")
        operation, names = small.find("POST", PREFIX + path)
        self.assertEqual((operation.name, names), ("suspend_hold", {"hold": "wait"}))

    def test_unknown(self) -> None:
        """No path, an empty name, a slash too many, something else in front."""
        for path in ("/venue", "", "/", "/venues/", "//venues", "/venues//orders", "/../version"):
            error = self.refused("GET", PREFIX + path)
            self.assertEqual(error.status, 404, path)
            self.assertIn(f"There is no {PREFIX}{path};", str(error))
        self.assertEqual(self.refused("GET", "/version").status, 404)
        self.assertEqual(self.refused("GET", "").status, 404)

    def test_long(self) -> None:
        """A long path is not told whole."""
        error = self.refused("GET", PREFIX + "/" + "x" * 10_000)
        self.assertLess(len(str(error)), 300)

    def test_methods(self) -> None:
        """A method that a path does not take is told which it does: the word's, where it is one."""
        for path, allowed in (
            ("/venues", "GET, HEAD, POST"),
            ("/holds/wait", "GET, HEAD"),
            ("/holds/1", "GET, HEAD, PATCH"),
            ("/reset", "POST"),
        ):
            error = self.refused("BREW", PREFIX + path)
            self.assertEqual((error.status, error.headers), (405, {"Allow": allowed}))
            self.assertEqual(str(error), f"{PREFIX}{path} takes {allowed}.")
