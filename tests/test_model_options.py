"""Options: the parsers of settings, and what they say of text that they cannot read."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model import options as o


class ParserTests(SynchronousTestCase):
    """Each parser on good text and on bad."""

    def test_values(self) -> None:
        """Text that means something."""
        for parse, text, value in (
            (o.boolean, "Yes", True),
            (o.boolean, "off", False),
            (o.integer(-1, 5), "-1", -1),
            (o.choice("a", "b"), "b", "b"),
            (o.amount(), "0.01", 1_000_000),
            (o.amount(least=1), "1", 100_000_000),
            (o.optional(o.amount()), "", None),
            (o.duration, "0s", 0),
            (o.duration, "250ms", 250_000_000),
            (o.duration, "1.5s", 1_500_000_000),
            (o.duration, "5m", 300_000_000_000),
            (o.probability, "25%", 0.25),
            (o.probability, "1", 1.0),
            (o.words, " a, b  c", ("a", "b", "c")),
            (o.tags, "1 5001", (1, 5001)),
        ):
            self.assertEqual(parse(text), value, text)

    def test_refused(self) -> None:
        """Text that does not, and what would be right."""
        for parse, text, why in (
            (o.name, "two words", "one word"),
            (o.boolean, "maybe", "neither yes nor no"),
            (o.integer(1, 5), "6", "not from 1 to 5"),
            (o.integer(1, 5), "1.5", "no whole number"),
            (o.integer(1, 5), "9" * 5000, "no whole number"),
            (o.choice("a", "b"), "c", "none of a, b"),
            (o.amount(least=1), "0", "too small"),
            (o.duration, "5", "no time span"),
            (o.duration, "-1s", "out of range"),
            (o.duration, "5 weeks", "no time span"),
            (o.probability, "101%", "between 0 and 1"),
            (o.tags, "Text", "no whole number"),
        ):
            error = self.assertRaises(ValueError, parse, text)
            self.assertIn(why, str(error), text)

    def test_read_options(self) -> None:
        """Defaults fill what is not given; what is needed and missing is an error by name."""
        options = (
            o.Option("size", o.integer(1, 9), "3", "how big"),
            o.Option("name", o.name, o.REQUIRED, "what it is called"),
        )
        self.assertEqual(o.read_options(options, {"name": "x"}), {"size": 3, "name": "x"})
        error = self.assertRaises(ValueError, o.read_options, options, {})
        self.assertEqual(str(error), "name: name is needed: what it is called")
