"""Every action of the page is done by a test of it: by a click, in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.page.actions import FOLDER, does, offered, operation, said, sent_by
from tests.page.browser import PageCase

TESTS = Path(__file__).parent / "page"
SAMPLE = """
const set = (where) => send("PUT", `${where}/phase`, {});
const where = path`/faults/${fault.name}`;
await run(() => send("POST", `${where}/${fault.enabled ? "disable" : "enable"}`), "");
await run(() => send("PUT", path`/scenarios/${name}`, { state: next }, { venue }));
send("POST", `${path`/sessions/${session.name}/`}${verb}`, body);
send("DELETE", "/rules");
"""
SENT = {
    *("disable_fault", "enable_fault", "set_scenario", "set_phase", "set_instrument_phase"),
    *("logout_session", "disconnect_session", "reset_session", "test_session", "send_message"),
    *("refuse_logons", "accept_logons", "clear_rules"),
}


def declared() -> Iterator[tuple[str, str]]:
    """The operations that tests of the page say they do, each with the test."""
    for path in sorted(TESTS.glob("test_*.py")):
        module = import_module(f"tests.page.{path.stem}")
        for case in vars(module).values():
            if isinstance(case, type) and issubclass(case, PageCase):
                for name in vars(case):
                    if name.startswith("test_"):
                        for each in said(getattr(case, name)):
                            yield each, f"{path.stem}.{case.__name__}.{name}"


class ActionTests(SynchronousTestCase):
    """What the code sends, and what tests do."""

    def test_tested(self) -> None:
        """Whatever the page may do over REST, some test does."""
        done = {name for name, _ in declared()}
        missing = [f"{name} ({where})" for name, where in offered().items() if name not in done]
        self.assertEqual(missing, [], "a test should do this by a click, and say @does(...)")

    def test_offered(self) -> None:
        """What tests say they do is what the code sends."""
        known = offered()
        self.assertEqual([pair for pair in declared() if pair[0] not in known], [])

    def test_pages(self) -> None:
        """Each page has tests of its own."""
        names = re.findall(r'\{ name: "(\w+)"', (FOLDER / "pages.js").read_text("utf-8"))
        self.assertGreaterEqual(len(names), 10)
        for name in names:
            self.assertTrue((TESTS / f"test_{name}.py").exists(), name)


class ReadingTests(SynchronousTestCase):
    """How code and requests are read."""

    def test_code(self) -> None:
        """Constants, parameters, what is chosen, and verbs."""
        told = {name for name in sent_by(SAMPLE) if name in SENT}
        self.assertEqual(told, SENT)
        self.assertIn("reject_hold", sent_by('const verbs = useVerbs("/holds/{hold}");'))
        self.assertNotIn("reject_hold", sent_by(SAMPLE))

    def test_requests(self) -> None:
        """A request is of the operation whose path says most of it."""
        self.assertEqual(operation("POST", "/api/v1/sessions/A%2FB/messages"), "send_message")
        self.assertEqual(operation("DELETE", "/api/v1/rules"), "clear_rules")
        self.assertRaises(KeyError, operation, "POST", "/api/v1/nothing")

    def test_said(self) -> None:
        """A test that says nothing does nothing."""
        self.assertEqual(said(self.test_said), frozenset())
        self.assertEqual(said(does("a", "b")(lambda: None)), {"a", "b"})
