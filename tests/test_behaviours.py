"""Behaviours: outcomes that an order chooses by itself; each of the ready set does what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.plugins import Catalogue
from tests.personality import DAY, Floor
from tests.simulator import RestTestCase, settings

READY = Path(__file__).resolve().parent.parent / "etc" / "exsim-behaviours.ini"
SECOND = 10**9

ANSWERS = {
    "ACK-": ["new"],
    "FILL-": ["new", "100@10"],
    "PARTIAL-": ["new", "50@10"],
    "PARTS-": ["new", "25@10", "1s", "25@10", "1s", "25@10", "1s", "25@10"],
    "REJECT-": ["rejected: rejected by its ClOrdID"],
    "BADSYM-": ["rejected: unknown symbol"],
    "BADTICK-": ["rejected: the price is no multiple of the tick"],
    "NOACK-": ["9s"],
    "LATE-": ["4s", "1s", "new"],
    "PENDING-": ["A", "2s", "new"],
    "HOLD-": ["9s"],
    "CANCEL-": ["new", "1s", "canceled"],
    "EXPIRE-": ["new", "1s", "expired"],
    "RESTATE-": ["new", "1s", "restated"],
    "BUST-": ["new", "100@10", "1s", "H"],
    "CORRECT-": ["new", "50@10", "1s", "G"],
    "SUSPEND-": ["new", "1s", "9"],
    "DONE-": ["new", "50@10", "done for day"],
    "FILLFIRST-": ["50@10", "new"],
    "DUP-": ["new", "50@10", "50@10"],
    "OVER-": ["new", "100@10", "100@10"],
    "AFTERCANCEL-": ["new", "canceled", "100@10"],
    "LATEREJECT-": ["new", "1s", "rejected: rejected after all"],
    "ANY-": ["new"],
}
"""By the prefix of an order to buy 100 at 10: what is told of it, and which times go by between."""

CHANGES = {
    ("F", "KEEP-"): ["9 too late: the order is no longer open"],
    ("F", "CROSS-"): ["CROSS-1 100@10", "9 too late: the order is no longer open"],
    ("G", "FIXED-"): ["9 it stays as it is"],
}
"""The same for what is asked of orders of these prefixes."""


class ReadySetTests(SynchronousTestCase):
    """``etc/exsim-behaviours.ini``, over FIX."""

    def setUp(self) -> None:
        """Its venue, with a clock that is moved by hand."""
        time = f"venue:XSIM.clock_start={DAY}T12:00:00Z"
        self.settings = load(str(READY), ["venue:XSIM.clock=manual", time], Catalogue())
        self.floor = Floor(self.settings)

    def test_each(self) -> None:
        """Each prefix has the answer that its line says, at once and as time goes on."""
        tested = set(ANSWERS) - {"ANY-"} | {prefix for _, prefix in CHANGES}
        declared = {prefix for each in self.settings.behaviours for prefix in each.prefixes}
        declared |= {
            each.match.partition("/^")[2].removesuffix("/")
            for each in self.settings.behaviours
            if each.match
        }
        self.assertEqual(tested, declared)
        for prefix, expected in ANSWERS.items():
            name = f"{prefix}1"
            heard = self.floor.order("A", name, "buy", "100", "10")
            told: list[str] = [each.removeprefix(f"{name} ") for each in heard]
            for step in expected:
                if step in ("1s", "2s", "4s", "9s"):
                    self.floor.wait(int(step[0]) * SECOND)
                    told.append(step)
                    heard = self.floor.read("A")
                    told += [each.removeprefix(f"{name} ") for each in heard]
            self.assertEqual(told, expected, prefix)

    def test_changes(self) -> None:
        """Of some orders a cancel or a replace is not carried out."""
        for (kind, prefix), expected in CHANGES.items():
            name = f"{prefix}1"
            self.assertEqual(self.floor.order("A", name, "buy", "100", "10"), [f"{name} new"])
            more = "38=50|40=2|44=10|" if kind == "G" else ""
            body = f"11=X{name}|41={name}|54=1|55=AAA|{more}60=20240102-03:04:05|"
            self.assertEqual(self.floor.send("A", kind, body), expected, prefix)

    def test_the_same_exec_id(self) -> None:
        """What comes twice has one ExecID; what is left of the order is counted once."""
        party = self.floor.party("A")
        party.send("D", "11=DUP-1|54=1|55=AAA|38=100|40=2|44=10|59=0|60=20240102-03:04:05|")
        _, first, again = party.received()
        self.assertEqual(first.get(b"17"), again.get(b"17"))
        self.assertEqual((again.get(b"14"), again.get(b"151")), (b"50", b"50"))

    def test_all_have_a_summary(self) -> None:
        """The list of them can be read."""
        self.assertTrue(all(each.summary for each in self.settings.behaviours))


INI = """
[venue:X]
[instrument:X:AAA]
[behaviour:b]
"""


class ConfigTests(SynchronousTestCase):
    """``[behaviour:NAME]``."""

    def problems(self, text: str) -> str:
        """What is said of a behaviour."""
        path = Path(self.mktemp())
        path.write_text(INI + text, encoding="utf-8")
        return str(self.assertRaises(ConfigError, load, str(path), [], Catalogue()))

    def test_problems(self) -> None:
        """What cannot be right is told, with what would be."""
        for text, expected in (
            ("symbols = A", "needs 'then'"),
            ("symbols = A\nthen = akc", "did you mean 'ack'"),
            ("match = type=\nthen = ack", "match"),
            ("match = type=F\nthen = fill", "order fill"),
            ("symbols = A\nthen = ack\nvenue = Y", "there is no [venue:Y]"),
            ("symbols = A\nthen =", "say what is done"),
        ):
            self.assertIn(expected, self.problems(text), text)

    def test_by_its_name(self) -> None:
        """One that says nothing else is chosen by its own name."""
        path = Path(self.mktemp())
        path.write_text(INI + "then = ack", encoding="utf-8")
        (made,) = load(str(path), [], Catalogue()).behaviours
        self.assertTrue(made.names("AAA", "b-1"))
        self.assertFalse(made.names("b", "b1"))


class ListTests(RestTestCase):
    """``GET /behaviours``."""

    def setUp(self) -> None:
        """Two behaviours, one of another venue."""
        super().setUp()
        text = (
            "[behaviour:r]\nsummary = no\nsymbols = BBB\nprefixes = R-\nthen = reject\n"
            "[behaviour:m]\nmatch = 2=zz\nthen = ack; fill 1\nvenue = X\n"
        )
        path = Path(self.mktemp())
        path.write_text(f"[venue:X]\n{text}", encoding="utf-8")
        loaded = load(str(path), [], Catalogue())
        self.start(replace(settings(), behaviours=loaded.behaviours))
        self.wire = self.memory.login("A")

    def test_list(self) -> None:
        """Each with what chooses it, what it does, and how often that was."""
        self.assertEqual(self.wire.send("NEW R-1 BUY 5 AAA 10"), ["rejected R-1 0"])
        self.assertEqual(self.wire.send("NEW 1 BUY 5 BBB 10"), ["rejected 1 0"])
        self.assertEqual(self.wire.send("NEW zz BUY 5 AAA 10"), ["new zz 5", "fill zz 4 1@10"])
        items = self.get("/behaviours")["items"]
        found = [(each["name"], each["then"], each["hits"]) for each in items]
        self.assertEqual(found, [("m", "ack; fill 1", 1), ("r", "reject", 2)])
        self.assertEqual(items[1]["prefixes"], ["R-"])
        self.post("/reset")
        self.assertEqual(self.get("/behaviours")["items"][1]["hits"], 0)

    def test_after_rules(self) -> None:
        """A rule goes before it, whatever its priority."""
        self.post("/rules", {"then": "ack", "when": "1=NEW", "priority": -5, "times": 1}, 201)
        self.assertEqual(self.wire.send("NEW R-1 BUY 5 AAA 10"), ["new R-1 5"])
        self.assertEqual(self.wire.send("NEW R-2 BUY 5 AAA 10"), ["rejected R-2 0"])
