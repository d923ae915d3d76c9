"""Steps in their three forms: values, plain values, and one line of text."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.control.double_schemas import VerbName
from exsim.dispatch.verbs import DOERS
from exsim.model.rules import Rule, chance, plain_rule, rule_of
from exsim.model.steps import Step, parse_steps, plain_step, step, steps_of, steps_text
from exsim.model.verbs import PLAY, VERBS, parameters
from tests.amount import amount

DOCS = Path(__file__).resolve().parent.parent / "docs" / "rules.rst"

LINES = (
    ("ack; fill 200 @ 10.01; after 5m", "ack; fill 200 @ 10.01; after 5m"),
    ("fill 50%@{price}", "fill 50% @ {price}"),
    ("fill price=10 quantity=5", "fill 5 @ 10"),
    ("fill rest late", "fill rest late"),
    ('reject TICK "no, never; ever"', 'reject TICK text="no, never; ever"'),
    ("reject OTHER late", "reject OTHER text=late"),
    ("cancel text='say \"no\"'", "cancel text='say \"no\"'"),
    ("  ack ;; ; ack;", "ack; ack"),
    ("order fill rest; reject TOO_LATE", "order fill rest; reject TOO_LATE"),
    ("ack force status=FILLED report_id=9 cum=3", "ack report_id=9 status=FILLED cum=3 force"),
    ('reply 35=8,39=0 58="a, b" 1=x|2=y', 'reply 35=8 39=0 58="a, b" 1=x 2=y'),
    ('raw "8=FIX.4.4|58=a b|"', 'raw "8=FIX.4.4|58=a b|"'),
    ("after 2s session", "after 2s clock=session"),
    (
        "webhook http://h:1/x?a=b&c=d on_error=pass",
        "webhook http://h:1/x?a=b&c=d on_error=pass",
    ),
    ("bust; bust 17 error", "bust; bust exec_id=17 text=error"),
    ("", ""),
)

WRONG = (
    ("akc", "step 1: there is no verb 'akc': did you mean 'ack'?"),
    ("ack; fill x", "step 2: 'x' is no decimal number"),
    ("fill 0", "quantity 0 is not above zero"),
    ("fill 0%", "from above 0% to 100%"),
    ("fill 101%", "from above 0% to 100%"),
    ("fill 1 @", "needs a price after it"),
    ("fill 1 2", "fill takes no '2' there"),
    ("correct 7 50%", "'50%' is no decimal number"),
    ("reject TOLATE", "did you mean 'TOO_LATE'?"),
    ("ack force status=DONE", "there is no status 'DONE'"),
    ("ack cum=3", "add force"),
    ("ack force silent", "one"),
    ("drop force", "force and silent mean nothing"),
    ("ack late", "ack takes no 'late' there"),
    ("hold; ack", "nothing can follow hold"),
    ("order hold", "hold is not done to an order"),
    ("reply", "reply needs fields"),
    ("reply 35", "'35' is no field such as 35=8"),
    ("raw", "raw needs its data"),
    ("webhook", "webhook needs its url"),
    ("webhook ftp://x", "no address such as"),
    ("webhook http://x on_error=explode", "none of reject"),
    ("after", "after needs its time"),
    ("after soon", "no time span"),
    ("after 1s moon", "market or session"),
    ('cancel "abc', "has no end"),
    ("; ".join(["ack"] * 1001), "1001 steps are too many"),
    ("cancel " + "x" * 10_001, "too long"),
)

VALUES = st.text(st.characters(codec="latin-1", exclude_characters="\0\x01{}"), max_size=12)


class TextTests(SynchronousTestCase):
    """The short form."""

    def test_lines(self) -> None:
        """What is read is told again in one way, and read so."""
        for line, told in LINES:
            self.assertEqual(steps_text(parse_steps(line)), told)
            self.assertEqual(parse_steps(told), parse_steps(line))

    def test_wrong(self) -> None:
        """What makes no sense is told, with the step and what would be right."""
        for line, text in WRONG:
            error = self.assertRaises(ValueError, parse_steps, line)
            self.assertIn(text, str(error), line)

    @profile(derandomize=True, deadline=None, max_examples=amount(20, 200))
    @given(VALUES, st.booleans())
    def test_any_text(self, text: str, order: bool) -> None:
        """Any text comes back whole, but for one that has quotes of both kinds."""
        made = Step("cancel", {"text": text}, on_order=order)
        if '"' not in text or "'" not in text:
            self.assertEqual(parse_steps(steps_text([made])), (made,))

    def test_templates_are_not_looked_at(self) -> None:
        """What a template stands for is known later."""
        (made,) = parse_steps("fill {qty} @ {44}")
        self.assertEqual(made.values, {"quantity": "{qty}", "price": "{44}"})


class PlainTests(SynchronousTestCase):
    """JSON, and Python."""

    def test_round_trip(self) -> None:
        """Plain values and back."""
        for line, _ in LINES:
            for made in parse_steps(line):
                self.assertEqual(steps_of(plain_step(made)), (made,))

    def test_forms(self) -> None:
        """A line, one step, or a list of both."""
        wanted = parse_steps("ack; fill 200 @ 10.01; after 5m; reply 35=8; raw junk")
        self.assertEqual(
            steps_of(
                [
                    "ack",
                    {"do": "fill", "quantity": 200, "price": "10.01"},
                    {"after": "5m"},
                    {"do": "reply", "fields": {"35": "8"}},
                    {"do": "raw", "raw": "anVuaw=="},
                ]
            ),
            wanted,
        )
        self.assertEqual(steps_of({"do": "ack", "force": True}), parse_steps("ack force"))
        self.assertEqual(step("fill", quantity=200, price="10.01"), wanted[1])

    def test_wrong(self) -> None:
        """What is no step."""
        for plain, text in (
            (7, "as a line of text or as a list"),
            ([7], "step 1: 7 is no step"),
            ([{"do": "fill", "quantity": 1.5}], "write decimals as text"),
            ([{"do": "reply", "fields": ["35=8"]}], "give tag or name, and value"),
            ([{"do": "raw", "raw": "!"}], "no base64"),
            ([{"do": "ack", "fields": [["35", "8"]]}], "reply does"),
        ):
            error = self.assertRaises(ValueError, steps_of, plain)
            self.assertIn(text, str(error))


class TableTests(SynchronousTestCase):
    """One table for all."""

    def test_everywhere(self) -> None:
        """Each verb is done somewhere, can be asked for over REST, and is in the document."""
        done = {name for name, verb in VERBS.items() if verb.about != PLAY}
        self.assertEqual(done, set(DOERS))
        self.assertEqual({*get_args(VerbName), "after"}, set(VERBS))
        text = DOCS.read_text(encoding="utf-8")
        rows = text[text.index("Verbs\n---") : text.index("Steps in one line\n---")]
        for name in VERBS:
            self.assertIn(f"``{name}``", rows)

    def test_parameters(self) -> None:
        """A parameter stands once."""
        for verb in VERBS.values():
            self.assertEqual(len(set(parameters(verb))), len(parameters(verb)), verb.name)


class RuleTests(SynchronousTestCase):
    """Rules as values."""

    def test_round_trip(self) -> None:
        """Plain values and back."""
        rule = Rule(
            "r", {"type": "D"}, parse_steps("ack; after 1s"), 5, 3, 7, 9, "s", "a", "b", False
        )
        self.assertEqual(rule_of(plain_rule(rule)), rule)

    def test_chance(self) -> None:
        """As a part of one, or of a hundred."""
        self.assertEqual(chance("0.25"), 25_000_000)
        self.assertEqual(chance("25%"), 25_000_000)
        for wrong in ("x", "1.1", "101%", "-1", "1e3"):
            self.assertRaises(ValueError, chance, wrong)
