"""Amounts: exact decimals to integers of 10^-8 and back, and what is refused."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.amounts import LARGEST, UNIT, format_amount, parse_amount


class AmountTests(SynchronousTestCase):
    """Text to units of 10^-8, and back."""

    def test_parse(self) -> None:
        """Plain decimals, with or without a sign or a point."""
        for text, value in (
            ("0", 0),
            ("100", 100 * UNIT),
            ("100.02", 10_002_000_000),
            ("-0.5", -UNIT // 2),
            (".5", UNIT // 2),
            ("5.", 5 * UNIT),
            ("007", 7 * UNIT),
            ("0.00000001", 1),
            ("1.100000000000", 110_000_000),
            ("92233720368.54775807", LARGEST),
        ):
            self.assertEqual(parse_amount(text), value, text)

    def test_refused(self) -> None:
        """Everything else says what is wrong with it."""
        for text, why in (
            ("", "no decimal number"),
            ("-", "no decimal number"),
            (".", "no decimal number"),
            ("1e5", "no decimal number"),
            ("+1", "no decimal number"),
            ("1_000", "no decimal number"),
            (" 1", "no decimal number"),
            ("١", "no decimal number"),
            ("9" * 400, "no decimal number"),
            ("0.000000001", "more than 8 decimals"),
            ("92233720368.54775808", "out of range"),
        ):
            error = self.assertRaises(ValueError, parse_amount, text)
            self.assertIn(why, str(error), text)

    @settings(derandomize=True, deadline=None)
    @given(st.integers(-LARGEST, LARGEST))
    def test_round_trip(self, value: int) -> None:
        """Every amount has a text that reads back as itself, and means what it says."""
        text = format_amount(value)
        self.assertEqual(parse_amount(text), value)
        self.assertEqual(Decimal(text) * UNIT, value)
