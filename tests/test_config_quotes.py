"""The keys of quotes, requests for quotes and last look: what they take, and what they say."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.quote_keys import QUOTES, chance, last_look, some_time, spread
from exsim.model.amounts import UNIT
from exsim.model.quote_settings import QuoteSettings, quote_settings

MS = 1_000_000


class ParserTests(SynchronousTestCase):
    """Text to values."""

    def test_last_look(self) -> None:
        """A time, a chance, or both."""
        for text, expected in (
            ("100ms, 90%", (100 * MS, UNIT * 9 // 10)),
            ("100ms", (100 * MS, UNIT)),
            ("25%", (0, UNIT // 4)),
            ("0s,0%", (0, 0)),
            ("1s, 0.5", (1000 * MS, UNIT // 2)),
        ):
            self.assertEqual(last_look(text), expected)

    def test_wrong(self) -> None:
        """Each error says what would be right."""
        for parse, text, said in (
            (last_look, "", "as 100ms, 90%"),
            (last_look, "1s,", "as 100ms, 90%"),
            (last_look, "1s, 2s, 3s", "as 100ms, 90%"),
            (last_look, "soon", "no time span"),
            (chance, "101%", "no chance such as 90%"),
            (chance, "-1%", "no chance such as 90%"),
            (chance, "x", "no chance such as 90%"),
            (some_time, "10us", "too short"),
            (spread, "", "say 0.02"),
        ):
            error = self.assertRaises(ValueError, parse, text)
            self.assertIn(said, str(error))

    def test_spread(self) -> None:
        """So much, or so many percent."""
        self.assertEqual((spread("0.5"), spread("2%")), ((UNIT // 2, 0), (0, 2 * UNIT)))


class SettingsTests(SynchronousTestCase):
    """What becomes of them."""

    def test_snapshot(self) -> None:
        """They come back equal from lists, as a snapshot holds them."""
        values = {option.name: option.value(None) for option in QUOTES}
        values["last_look"] = [5, 7]
        values["rfq_spread"] = [1, 0]
        self.assertEqual(quote_settings(values), QuoteSettings(last_look=(5, 7), rfq_spread=(1, 0)))

    def test_protects(self) -> None:
        """Any of the three limits makes it look at fills."""
        self.assertFalse(QuoteSettings().protects)
        for key in ("mmp_fills", "mmp_quantity", "mmp_delta"):
            self.assertTrue(QuoteSettings(**{key: 1}).protects)  # type: ignore[arg-type]
